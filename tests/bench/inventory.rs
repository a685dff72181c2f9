//! How long the whole inventory of a Region takes, against what the network alone allows.
//!
//! Formula (reliability.md 2.2, no quota): one round trip for the first page of keys, then `N / C` turns of
//! descriptions; pages of keys and aliases come in meanwhile. The round trip is measured in the same run, one call at a
//! time, so that the fake's own clock does not count as ours.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    process::Stdio,
    time::{Duration, Instant},
};

use domain::{Answers, Entry, Environment, Provider, SecretAnswers};
use futures::StreamExt;
use servers::{Failure, Result};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::{fake, figures::Figures, raw};

/// What every answer is late by.
const LATENCY: Duration = Duration::from_millis(30);
/// The targets: the last row, as a ratio to the raw client; the first row, beyond two round trips.
const MOST_RATIO: f64 = 1.3;
const FIRST_ROW_GRACE: Duration = Duration::from_millis(50);
/// The raw client must come so near to the formula, or the run says nothing.
const MOST_BEYOND_FORMULA: f64 = 1.05;
/// So often a void run is tried in all.
const MOST_RUNS: usize = 3;
/// So many calls one after the other tell the round trip.
const ROUND_TRIPS: usize = 15;

/// One whole listing by our provider.
struct Ours {
    first_row: Duration,
    last_row: Duration,
    rows: usize,
    named: usize,
}

/// Measures each number of keys and prints the table. Whether every target was met.
pub(crate) async fn measure(sizes: &[usize], pairs: usize) -> Result<bool> {
    println!(
        "Every answer {} ms late, {} in flight, {pairs} pairs A-B-A-B; median (10 % – 90 %), seconds.\n",
        LATENCY.as_millis(),
        raw::IN_FLIGHT
    );
    println!(
        "| keys | round trip | formula | raw client | ours, last row | ratio | ours, first row | requests | target |"
    );
    println!("|---:|---:|---:|---:|---:|---:|---:|---|---|");
    let mut met = true;
    for keys in sizes {
        met &= measure_one(*keys, pairs.max(1)).await?;
    }
    Ok(met)
}

/// A run that is void says nothing, so it is measured again, and the last is reported as it is.
async fn measure_one(keys: usize, pairs: usize) -> Result<bool> {
    let mut measured = Measured::of(keys, pairs).await?;
    for _ in 1..MOST_RUNS {
        if !measured.is_void() {
            break;
        }
        eprintln!("{keys} keys: void, the raw client took {}; measured again", measured.raw().show());
        measured = Measured::of(keys, pairs).await?;
    }
    let verdict = measured.verdict();
    println!("{} {verdict} |", measured.row());
    Ok(verdict == "met")
}

/// One run: pairs of listings, raw and ours in turn.
struct Measured {
    keys: usize,
    /// In seconds, as the formula.
    round_trip: f64,
    formula: f64,
    raws: Vec<Duration>,
    ours: Vec<Ours>,
    counts: BTreeMap<String, usize>,
}

impl Measured {
    async fn of(keys: usize, pairs: usize) -> Result<Self> {
        let fake = Fake::start(keys).await?;
        let round_trip = fake.round_trip().await?;
        let formula = round_trip * limit(keys) as f64;
        let first = (raw::list(fake.address).await?, ours(fake.address).await?);
        let mut measured =
            Self { keys, round_trip, formula, raws: Vec::new(), ours: Vec::new(), counts: BTreeMap::new() };
        fake.counts().await?;
        for _ in 0..pairs {
            measured.raws.push(raw::list(fake.address).await?);
            let raw_counts = fake.counts().await?;
            let run = ours(fake.address).await?;
            check(&run, keys, &raw_counts)?;
            measured.ours.push(run);
            measured.counts = fake.counts().await?;
        }
        let (raw, ours) = (first.0.as_secs_f64(), first.1.last_row.as_secs_f64());
        eprintln!("{keys} keys: the first runs, not counted, took {raw:.3} s raw and {ours:.3} s ours");
        Ok(measured)
    }

    fn raw(&self) -> Figures {
        Figures::of_times(self.raws.iter().copied())
    }

    fn ratio(&self) -> Figures {
        let pairs = self.raws.iter().zip(&self.ours);
        Figures::of(pairs.map(|(raw, ours)| ours.last_row.as_secs_f64() / raw.as_secs_f64()))
    }

    fn first_row(&self) -> Figures {
        Figures::of_times(self.ours.iter().map(|run| run.first_row))
    }

    fn is_void(&self) -> bool {
        self.raw().median > self.formula * MOST_BEYOND_FORMULA
    }

    fn verdict(&self) -> String {
        if self.is_void() {
            let beyond = (self.raw().median / self.formula - 1.0) * 100.0;
            return format!("void: the raw client is {beyond:.0} % beyond the formula");
        }
        if self.ratio().median > MOST_RATIO {
            return format!("missed: more than {MOST_RATIO}");
        }
        if self.first_row().median > 2.0 * self.round_trip + FIRST_ROW_GRACE.as_secs_f64() {
            return "missed: the first row is late".to_owned();
        }
        "met".to_owned()
    }

    fn row(&self) -> String {
        format!(
            "| {} | {:.4} | {:.3} | {} | {} | {} | {} | {} |",
            self.keys,
            self.round_trip,
            self.formula,
            self.raw().show(),
            Figures::of_times(self.ours.iter().map(|run| run.last_row)).show(),
            self.ratio().show(),
            self.first_row().show(),
            requests(&self.counts, self.keys)
        )
    }
}

/// Turns of one round trip each that cannot be had for less.
fn limit(keys: usize) -> usize {
    let pages = keys.div_ceil(1000);
    let aliases = fake::aliases(keys).div_ceil(100);
    (1 + keys.div_ceil(raw::IN_FLIGHT)).max(pages + 1).max(aliases)
}

/// A listing that left something out would be fast.
fn check(run: &Ours, keys: usize, raw: &BTreeMap<String, usize>) -> Result<()> {
    if run.rows != keys || run.named != fake::aliases(keys) {
        return Err(Failure::new(format!("{} rows and {} names came of {keys} keys", run.rows, run.named)));
    }
    if raw.get("DescribeKey") != Some(&keys) {
        return Err(Failure::new(format!("the raw client asked for {raw:?} of {keys} keys")));
    }
    Ok(())
}

fn requests(counts: &BTreeMap<String, usize>, keys: usize) -> String {
    let least = BTreeMap::from([
        ("DescribeKey", keys),
        ("ListAliases", fake::aliases(keys).div_ceil(100)),
        ("ListKeys", keys.div_ceil(1000)),
    ]);
    let said = counts.iter().map(|(operation, count)| match least.get(operation.as_str()) {
        Some(least) if count > least => format!("{operation} {count} (limit {least})"),
        Some(_) | None => format!("{operation} {count}"),
    });
    said.collect::<Vec<_>>().join(", ")
}

/// One listing by a provider that is fresh, so that it opens its connections as the raw client does.
async fn ours(address: SocketAddr) -> Result<Ours> {
    let provider = connect(address).await?;
    let start = Instant::now();
    let mut run = Ours { first_row: Duration::ZERO, last_row: Duration::ZERO, rows: 0, named: 0 };
    let mut entries = provider.inventory().list();
    while let Some(entry) = entries.next().await {
        match entry {
            Entry::Vault(_) => {}
            Entry::Item(item) => {
                run.last_row = start.elapsed();
                if run.rows == 0 {
                    run.first_row = run.last_row;
                }
                run.rows += 1;
                run.named += usize::from(item.name.starts_with("service-"));
                if let Some(trouble) = item.trouble {
                    return Err(Failure::new(trouble.to_string()));
                }
            }
            Entry::End { result, .. } => result.map_err(|error| Failure::new(error.to_string()))?,
        }
    }
    Ok(run)
}

async fn connect(address: SocketAddr) -> Result<std::sync::Arc<dyn Provider>> {
    let answers = Answers::from([
        ("regions".to_owned(), "eu-west-1".to_owned()),
        ("endpoint_url".to_owned(), format!("http://{address}")),
    ]);
    let variables = [("AWS_ACCESS_KEY_ID", "bench"), ("AWS_SECRET_ACCESS_KEY", "bench")];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let environment = Environment { home: std::env::temp_dir().join("no-home"), variables, host: None };
    let connected = aws::connect(&answers, &SecretAnswers::new(), &environment).await;
    connected.map_err(|error| Failure::new(error.to_string()))
}

/// The fake in its own process; it ends with its standard input.
struct Fake {
    address: SocketAddr,
    _process: Child,
}

impl Fake {
    async fn start(keys: usize) -> Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["fake", &keys.to_string(), &LATENCY.as_millis().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = process.stdout.take().ok_or_else(|| Failure::new("the fake has no output"))?;
        let line = BufReader::new(stdout).lines().next_line().await?.unwrap_or_default();
        let address = line.parse().map_err(|_| Failure::new(format!("the fake said {line:?}")))?;
        Ok(Self { address, _process: process })
    }

    /// The median, in seconds, of calls one after the other on one connection.
    async fn round_trip(&self) -> Result<f64> {
        let mut connection = raw::Connection::open(self.address).await?;
        let mut times = Vec::new();
        for _ in 0..ROUND_TRIPS {
            let start = Instant::now();
            connection.call("TrentService.DescribeKey", "{\"KeyId\":\"none\"}").await?;
            times.push(start.elapsed());
        }
        Ok(Figures::of_times(times).median)
    }

    /// What it was asked since the last time.
    async fn counts(&self) -> Result<BTreeMap<String, usize>> {
        let told = raw::Connection::open(self.address).await?.call(fake::COUNTS, "{}").await?;
        Ok(serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&told)?
            .into_iter()
            .map(|(operation, count)| (operation, count.as_u64().unwrap_or_default() as usize))
            .collect())
    }
}
