//! What became of a change of a KV path. Reads metadata only, never a value.

use domain::{Finding, Performed, Result};
use serde_json::{Value, json};

use super::{answered_version, at, done, if_there, not_done, settings, since, unclear, version_result};
use crate::{
    client::Client,
    kv::{self, Life, Metadata},
    perform::made,
    plan::{Before, Parameters, Seen},
};

pub(super) async fn check(
    client: &Client,
    performed: &Performed,
    before: &Before,
    sent: &Parameters,
) -> Result<Finding> {
    let read = if_there(kv::read(client, &before.item).await)?;
    let name = format!("{}/{}", before.item.vault, kv::path_of(&before.item));
    let read = match (read, &before.seen) {
        (Some(read), _) => read,
        (None, Seen::Made(_)) => return Ok(done(format!("{name} is gone."))),
        (None, Seen::Absent) => return Ok(not_done(format!("There is no path {name}."))),
        (None, _) => return Ok(unclear(format!("{name} is gone: somebody destroyed it."))),
    };
    Ok(match &before.seen {
        Seen::Absent => written(&read, 0, performed, Some(before)),
        Seen::Current(current) => written(&read, *current, performed, None),
        Seen::Made(first) => match (first, read.made()) {
            (Some(first), Some(now)) if now != *first => {
                unclear(format!("{name} is there again, made {}: somebody made a new path of the name.", at(Some(now))))
            }
            _ => not_done(format!("{name} is still there.")),
        },
        Seen::Settings(were) => settings(&sent.body, were, &|setting| now(&read, setting)),
        Seen::Versions { deleted } => hidden(&read, *deleted, sent),
        Seen::Latest(_) | Seen::Policy(_) => unclear("A KV path has no such version."),
    })
}

/// A setting in the form in which it is sent.
fn now(read: &Metadata, setting: &str) -> Value {
    match setting {
        "custom_metadata" => json!(read.tags()),
        "max_versions" => json!(read.most_versions()),
        "cas_required" => json!(read.needs_cas()),
        "delete_version_after" => json!(format!("{}s", read.deleted_after())),
        _ => Value::Null,
    }
}

fn written(read: &Metadata, before: u64, performed: &Performed, new: Option<&Before>) -> Finding {
    let (current, next) = (read.current_version(), before + 1);
    let written = read.written(next);
    let ours = |evidence: String| {
        let results = [version_result(next)].into_iter().chain(new.into_iter().flat_map(made));
        Finding::Done { evidence, results: results.collect() }
    };
    if current <= before {
        let evidence = match before {
            0 => "The path has no version yet.".to_owned(),
            _ => format!("Version {current} is still current."),
        };
        return not_done(evidence);
    }
    if answered_version(performed) == Some(next) {
        return ours(format!("Version {next} was written {}; version {current} is current.", at(written)));
    }
    match written {
        Some(written) if current == next && since(performed, written) => ours(format!(
            "Version {next} is current, written {}. It was sent with check-and-set, so only one write could become this \
             version.",
            at(Some(written))
        )),
        _ => {
            // The newest few tell the story; a path can have thousands.
            let newest =
                (next..=current).rev().take(10).map(|version| format!("{version} {}", at(read.written(version))));
            let newest: Vec<String> = newest.collect();
            unclear(format!(
                "Version {current} is current, and this was sent after version {before} ({}). Written since: {}. One of \
                 them may be this one, or it was refused by check-and-set.",
                at(Some(performed.sent)),
                newest.join(", ")
            ))
        }
    }
}

fn hidden(read: &Metadata, were_deleted: bool, sent: &Parameters) -> Finding {
    let versions = sent.body.get("versions").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_u64);
    let lives: Vec<(u64, Option<Life>)> = versions.map(|version| (version, read.life(version))).collect();
    let (was, wanted) = if were_deleted { (Life::Deleted, Life::Live) } else { (Life::Live, Life::Deleted) };
    let told: Vec<String> = lives
        .iter()
        .map(|(version, life)| {
            let word = match life {
                Some(Life::Deleted) => "deleted",
                Some(Life::Destroyed) => "destroyed",
                Some(Life::Live) => "there",
                None => "gone",
            };
            format!("version {version} is {word}")
        })
        .collect();
    let all = |life| lives.iter().all(|(_, now)| *now == Some(life));
    let told = told.join(", ");
    if all(wanted) {
        done(format!("Now {told}."))
    } else if all(was) {
        not_done(format!("As before, {told}."))
    } else {
        unclear(format!("Now {told}: somebody else changed versions too."))
    }
}
