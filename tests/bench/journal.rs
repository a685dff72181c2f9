//! How long the whole journal takes to verify, against a plain SHA-256 pass over the same bytes in memory.
//!
//! The file is written here record by record after the documented form, in one transaction, since a hundred thousand
//! durable records would take an hour; so the verification also reads what it did not write itself.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use domain::{Ask, Error, Event, ItemKey, Kind, OrderId, Plan, Step, Target, Tier, Timestamp};
use journal::{Chain, FILE_NAME, Journal, Seal};
use serde_json::json;
use servers::{Failure, Result};
use sha2::{Digest, Sha256};

use crate::figures::Figures;

/// The target for a hundred thousand records.
const MOST: Duration = Duration::from_secs(1);

/// A keyring with what was sealed last.
struct Sealed(String);

impl Seal for Sealed {
    fn persistent(&self) -> bool {
        true
    }

    fn read(&self) -> domain::Result<Option<String>> {
        Ok(Some(self.0.clone()))
    }

    fn keep(&self, _: &str) -> domain::Result<()> {
        Err(Error::new(Kind::Unexpected, "measure", "a verification keeps nothing"))
    }
}

/// Measures and prints the table. Whether the target was met.
pub(crate) fn measure(records: usize, pairs: usize) -> Result<bool> {
    let folder = tempfile::tempdir()?;
    let (bytes, head) = fill(folder.path(), records)?;
    let sealed = json!({"last": {"sequence": records, "hash": head}, "next": null}).to_string();
    let opened = Journal::open(folder.path(), Timestamp::now()).map_err(told)?;
    let chain = Chain::new(Arc::new(opened.journal), Arc::new(Sealed(sealed)), Timestamp::now);
    let (mut plain, mut ours) = (Vec::new(), Vec::new());
    // The first pair reads the file for the first time and is not counted.
    for pair in 0..=pairs.max(1) {
        let (one, two) = (pass(&bytes), verify(&chain, records)?);
        if pair > 0 {
            plain.push(one);
            ours.push(two);
        }
    }
    let ratio = Figures::of(plain.iter().zip(&ours).map(|(plain, ours)| ours.as_secs_f64() / plain.as_secs_f64()));
    let (plain, ours) = (Figures::of_times(plain), Figures::of_times(ours));
    let met = ours.median <= MOST.as_secs_f64();
    println!("{pairs} pairs A-B-A-B; median (10 % – 90 %), seconds.\n");
    println!("| records | MiB hashed | plain SHA-256 | ours, verified | ratio | target |");
    println!("|---:|---:|---:|---:|---:|---|");
    println!(
        "| {records} | {:.1} | {} | {} | {} | {} |",
        bytes.len() as f64 / f64::from(1 << 20),
        plain.show(),
        ours.show(),
        ratio.show(),
        if met { "met" } else { "missed: more than a second" }
    );
    Ok(met)
}

fn verify(chain: &Chain, records: usize) -> Result<Duration> {
    let start = Instant::now();
    let verdict = chain.verify().map_err(told)?;
    let took = start.elapsed();
    match verdict.problem {
        None if verdict.records as usize == records => Ok(took),
        other => Err(Failure::new(format!("{} records, {other:?}", verdict.records))),
    }
}

fn pass(bytes: &[u8]) -> Duration {
    let start = Instant::now();
    std::hint::black_box(Sha256::digest(std::hint::black_box(bytes)));
    start.elapsed()
}

/// Orders of one step each, four records an order. Gives everything that was hashed, and the head.
fn fill(folder: &Path, records: usize) -> Result<(Vec<u8>, String)> {
    drop(Journal::open(folder, Timestamp::now()).map_err(told)?);
    let mut database = rusqlite::Connection::open(folder.join(FILE_NAME)).map_err(sql)?;
    let transaction = database.transaction().map_err(sql)?;
    let (mut bytes, mut previous) = (Vec::new(), "0".repeat(64));
    {
        let mut insert =
            transaction.prepare("INSERT INTO change_record VALUES (?1, ?2, ?3, ?4, ?5, ?6)").map_err(sql)?;
        for sequence in 1..=records {
            let (word, order, event) = event(sequence - 1);
            let body = json!({"sequence": sequence, "at": Timestamp::UNIX_EPOCH, "event": event}).to_string();
            let start = bytes.len();
            bytes.extend_from_slice(format!("{previous}\n{body}").as_bytes());
            let hash: String = Sha256::digest(&bytes[start..]).iter().map(|byte| format!("{byte:02x}")).collect();
            insert.execute((sequence as i64, &order.0, word, &body, &previous, &hash)).map_err(sql)?;
            previous = hash;
        }
        let sealed_in = "INSERT INTO preference VALUES ('journal sealed in', 'keyring')";
        transaction.execute(sealed_in, []).map_err(sql)?;
    }
    transaction.commit().map_err(sql)?;
    Ok((bytes, previous))
}

fn event(number: usize) -> (&'static str, OrderId, Event) {
    let (id, step) = (OrderId(format!("01JDORDER{:017}", number / 4)), 0);
    let order = id.clone();
    match number % 4 {
        0 => (
            "intent",
            id,
            Event::Intent {
                order,
                connection: "prod".into(),
                place: "123456789012".into(),
                actor: "admin".into(),
                plan: plan(),
            },
        ),
        1 => ("sent", id, Event::Sent { order, step }),
        2 => {
            let results = [("KeyId".to_owned(), "1234abcd-12ab-34cd-56ef-1234567890ab".to_owned())].into();
            ("observed", id, Event::Observed { order, step, request_id: Some("9f1c".repeat(8)), results })
        }
        _ => {
            let evidence = "The key is disabled.".to_owned();
            ("verified", id, Event::Verified { order, step, evidence, results: [].into() })
        }
    }
}

fn plan() -> Plan {
    let key = "1234abcd-12ab-34cd-56ef-1234567890ab";
    Plan {
        ask: Ask::Disable,
        target: Target::Item(ItemKey::new("eu-west-1", key)),
        name: "payments-sign".into(),
        title: "Disable payments-sign".into(),
        tier: Tier::Consequences,
        effects: vec!["Nothing can be signed with it until it is enabled again.".into()],
        warnings: vec!["Whatever signs with it stops working at once.".into()],
        steps: vec![Step {
            says: "Disable the key".into(),
            operation: "kms:DisableKey".into(),
            parameters: json!({"KeyId": key}),
            command: format!("aws kms disable-key --region eu-west-1 --key-id {key}"),
            before: json!({"Enabled": true}),
            secrets: Vec::new(),
        }],
        undo: None,
    }
}

fn told(error: Error) -> Failure {
    Failure::new(error.to_string())
}

fn sql(error: rusqlite::Error) -> Failure {
    Failure::new(error.to_string())
}
