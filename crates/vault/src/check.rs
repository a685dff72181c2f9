//! Reads what became of a step that was sent. A lost answer is settled here, by comparing what is there now with what
//! was there when the change was planned, and with when it was sent.

mod kv;
mod policy;
mod transit;

use std::collections::BTreeMap;

use domain::{Finding, Kind, Performed, Result, Timestamp};
use jiff::SignedDuration;
use serde_json::{Map, Value};

use crate::{
    client::Client,
    inventory::engine_of,
    mounts::Engine,
    plan::{Before, Parameters, Seen, read_back},
};

const CHECK: &str = "check what became of the step";
/// Servers tell some times in whole seconds, and clocks differ a little.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(2);

/// Reads; sends no change.
pub(crate) async fn check(client: &Client, performed: &Performed) -> Result<Finding> {
    let before: Before = read_back(CHECK, &performed.step.before)?;
    let sent: Parameters = read_back(CHECK, &performed.step.parameters)?;
    if let Seen::Policy(text) = &before.seen {
        return policy::check(client, text.as_deref(), &sent).await;
    }
    match engine_of(&before.item)? {
        Engine::Kv => kv::check(client, performed, &before, &sent).await,
        Engine::Transit => transit::check(client, performed, &before, &sent).await,
        Engine::Pki => Ok(unclear("Certificates are not changed, so this step is none of this version's.")),
    }
}

/// What was read; `None` if there is no such thing, which tells as much.
fn if_there<T>(read: Result<T>) -> Result<Option<T>> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error) if error.kind() == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether something that was made at `at` can be this step's: not if it is older than the sending.
fn since(performed: &Performed, at: Timestamp) -> bool {
    performed.sent.checked_sub(TOLERANCE).is_ok_and(|sent| at >= sent)
}

/// The version that the answer told, if the answer came back.
fn answered_version(performed: &Performed) -> Option<u64> {
    performed.results.get("version").and_then(|version| version.parse().ok())
}

fn done(evidence: impl Into<String>) -> Finding {
    Finding::Done { evidence: evidence.into(), results: BTreeMap::new() }
}

fn not_done(evidence: impl Into<String>) -> Finding {
    Finding::NotDone { evidence: evidence.into() }
}

fn unclear(evidence: impl Into<String>) -> Finding {
    Finding::Unclear { evidence: evidence.into() }
}

fn version_result(version: u64) -> (String, String) {
    ("version".to_owned(), version.to_string())
}

/// A time for a sentence.
fn at(time: Option<Timestamp>) -> String {
    time.map_or_else(|| "at a time the server does not tell".to_owned(), |time| format!("at {time:.0}"))
}

/// Compares settings: as wanted, as before, or neither.
fn settings(sent: &Map<String, Value>, before: &Map<String, Value>, now: &dyn Fn(&str) -> Value) -> Finding {
    let wanted: &Map<String, Value> = &sent
        .iter()
        .filter(|(name, _)| before.contains_key(*name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let told = |map: &Map<String, Value>| {
        map.keys().map(|name| format!("{name} is {}", now(name))).collect::<Vec<_>>().join(", ")
    };
    let all = |map: &Map<String, Value>| map.iter().all(|(name, value)| now(name) == *value);
    if all(wanted) {
        done(format!("{}, as wanted.", told(wanted)))
    } else if all(before) {
        not_done(format!("{}, as before.", told(wanted)))
    } else {
        unclear(format!(
            "{}: neither what was wanted ({}) nor what was there before ({}), so somebody else set it too.",
            told(wanted),
            Value::Object(wanted.clone()),
            Value::Object(before.clone())
        ))
    }
}

#[cfg(test)]
mod tests;
