//! How long the inventory of many vaults of Azure takes, against what the network alone allows; and whether one that hangs
//! delays the others.
//!
//! The raw client follows every list of every vault at once, with a token in hand: pages of 25 come one after the other, so
//! the longest list decides. Ours is challenged first, once a vault, as the official crates do it, and signs in then.

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    process::Stdio,
    time::{Duration, Instant},
};

use domain::{Answers, Entry, Environment, Provider, Secret, SecretAnswers};
use futures::StreamExt;
use reqwest::{Certificate, Client};
use serde_json::Value;
use servers::{Failure, Result};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    task::JoinSet,
};

use crate::{
    figures::Figures,
    vaults_fake::{PAGE, Size, TENANT, host},
};

/// What every answer is late by.
const LATENCY: Duration = Duration::from_millis(30);
/// The target for the last row, as a ratio to the raw client.
const MOST_RATIO: f64 = 1.3;
/// One vault that hangs delays the others by nothing: what is beyond this is no noise.
const MOST_DELAY: f64 = 1.1;
/// Live and deleted, of each kind.
const LISTS: [&str; 6] = ["certificates", "keys", "secrets", "deletedcertificates", "deletedkeys", "deletedsecrets"];

/// Measures and prints the table. Whether every target was met.
pub(crate) async fn measure(vaults: usize, keys: usize, pairs: usize) -> Result<bool> {
    let size = Size { vaults, keys, latency: LATENCY, hangs: false };
    let (whole, hanging) = (Fake::start(size).await?, Fake::start(Size { hangs: true, ..size }).await?);
    // The first of each is not counted: it warms the caches of the machine.
    whole.raw().await?;
    ours(&whole, vaults * keys).await?;
    ours(&hanging, (vaults - 1) * keys).await?;
    let (mut raws, mut plain, mut beside) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..pairs.max(1) {
        raws.push(whole.raw().await?);
        plain.push(ours(&whole, vaults * keys).await?);
        beside.push(ours(&hanging, (vaults - 1) * keys).await?);
    }
    let ratio = |ours: &[Duration], to: &[Duration]| {
        Figures::of(ours.iter().zip(to).map(|(ours, to)| ours.as_secs_f64() / to.as_secs_f64()))
    };
    let (against, delay) = (ratio(&plain, &raws), ratio(&beside, &plain));
    let met = against.median <= MOST_RATIO && delay.median <= MOST_DELAY;
    println!(
        "Every answer {} ms late, pages of {PAGE}, {pairs} turns of all three; median (10 % – 90 %), seconds.\n",
        LATENCY.as_millis()
    );
    println!(
        "| vaults x keys | raw client | ours, last row | ratio | beside one that hangs | ratio to without | target |"
    );
    println!("|---:|---:|---:|---:|---:|---:|---|");
    println!(
        "| {vaults} x {keys} | {} | {} | {} | {} | {} | {} |",
        Figures::of_times(raws).show(),
        Figures::of_times(plain).show(),
        against.show(),
        Figures::of_times(beside).show(),
        delay.show(),
        if met { "met" } else { "missed" }
    );
    Ok(met)
}

/// One listing by a provider that is fresh, to the last row that is due: what hangs behind it is left.
async fn ours(fake: &Fake, due: usize) -> Result<Duration> {
    let provider = fake.connect().await?;
    let start = Instant::now();
    let (mut seen, mut last) = (BTreeSet::new(), Duration::ZERO);
    let mut entries = provider.inventory().list();
    while seen.len() < due {
        match entries.next().await {
            Some(Entry::Item(item)) => {
                last = start.elapsed();
                if !seen.insert(item.key.clone()) {
                    return Err(Failure::new(format!("{} came twice", item.name)));
                }
            }
            Some(Entry::End { result, .. }) => result.map_err(|error| Failure::new(error.to_string()))?,
            Some(Entry::Vault(_)) => {}
            None => return Err(Failure::new(format!("{} rows came, {due} are due", seen.len()))),
        }
    }
    Ok(last)
}

/// The fake in its own process; it ends with its standard input.
struct Fake {
    size: Size,
    address: SocketAddr,
    folder: tempfile::TempDir,
    _process: Child,
}

impl Fake {
    async fn start(size: Size) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut process = Command::new(std::env::current_exe()?)
            .arg("vaults-fake")
            .args([size.vaults.to_string(), size.keys.to_string(), size.latency.as_millis().to_string()])
            .arg(if size.hangs { "hangs" } else { "answers" })
            .arg(folder.path().join("ca.pem"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = process.stdout.take().ok_or_else(|| Failure::new("the fake has no output"))?;
        let line = BufReader::new(stdout).lines().next_line().await?.unwrap_or_default();
        let address = line.parse().map_err(|_| Failure::new(format!("the fake said {line:?}")))?;
        Ok(Self { size, address, folder, _process: process })
    }

    fn ca(&self) -> std::path::PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Every list of every vault at once, page after page, and nothing made of them but their links.
    async fn raw(&self) -> Result<Duration> {
        let ca = Certificate::from_pem(&std::fs::read(self.ca())?)?;
        let mut builder = Client::builder().no_proxy().tls_certs_only([ca]);
        for number in 0..self.size.vaults {
            builder = builder.resolve(&host(number), self.address);
        }
        let client = builder.build()?;
        let start = Instant::now();
        let mut lists = JoinSet::<Result<usize>>::new();
        for number in 0..self.size.vaults {
            for list in LISTS {
                let client = client.clone();
                lists.spawn(async move {
                    let (mut rows, mut next) = (0, Some(format!("https://{}/{list}?api-version=7.6", host(number))));
                    while let Some(url) = next {
                        let body = client.get(url).bearer_auth("e30.e30.e30").send().await?.bytes().await?;
                        let page: Value = serde_json::from_slice(&body)?;
                        rows += page["value"].as_array().map_or(0, Vec::len);
                        next = page["nextLink"].as_str().map(str::to_owned);
                    }
                    Ok(rows)
                });
            }
        }
        let mut rows = 0;
        while let Some(list) = lists.join_next().await {
            rows += list.map_err(|error| Failure::new(error.to_string()))??;
        }
        let took = start.elapsed();
        let due = self.size.vaults * self.size.keys;
        if rows == due { Ok(took) } else { Err(Failure::new(format!("the raw client saw {rows} rows of {due}"))) }
    }

    async fn connect(&self) -> Result<std::sync::Arc<dyn Provider>> {
        let hosts: Vec<String> = (0..self.size.vaults).map(host).collect();
        let resolve = hosts
            .iter()
            .map(String::as_str)
            .chain(["login.microsoftonline.com"])
            .map(|host| format!("{host}={}", self.address));
        let answers = Answers::from([
            ("cloud".to_owned(), "public".to_owned()),
            ("tenant".to_owned(), TENANT.to_owned()),
            ("auth".to_owned(), "client-secret".to_owned()),
            ("client_id".to_owned(), "bench".to_owned()),
            ("vaults".to_owned(), hosts.join(",")),
            ("ca".to_owned(), self.ca().display().to_string()),
            ("resolve".to_owned(), resolve.collect::<Vec<_>>().join(",")),
        ]);
        let secrets = SecretAnswers::from([("client_secret".to_owned(), Secret::from_text("bench".to_owned()))]);
        let home = self.folder.path().to_owned();
        let environment = Environment { home, variables: Default::default(), host: None };
        let connected = azure::connect(&answers, &secrets, &environment).await;
        connected.map_err(|error| Failure::new(error.to_string()))
    }
}
