//! What became of a change of a transit key.

use domain::{Finding, Performed, Result};
use encoding::PublicKey;
use serde_json::Value;

use super::{answered_version, at, done, if_there, not_done, settings, since, unclear, version_result};
use crate::{
    client::Client,
    perform::made,
    plan::{Before, Parameters, Seen},
    transit::{self, Key},
};

pub(super) async fn check(
    client: &Client,
    performed: &Performed,
    before: &Before,
    sent: &Parameters,
) -> Result<Finding> {
    let key = if_there(transit::read(client, &before.item).await)?;
    let name = format!("{}/{}", before.item.vault, before.item.id);
    let key = match (key, &before.seen) {
        (Some(key), _) => key,
        (None, Seen::Made(_)) => return Ok(done(format!("{name} is gone."))),
        (None, Seen::Absent) => return Ok(not_done(format!("There is no key {name}."))),
        (None, _) => return Ok(unclear(format!("{name} is gone: somebody deleted it."))),
    };
    Ok(match &before.seen {
        Seen::Absent => created(&key, &name, performed, before, sent),
        Seen::Latest(latest) => rotated(&key, *latest, performed),
        Seen::Made(first) => match (first, key.made(1)) {
            (Some(first), Some(now)) if now != *first => {
                unclear(format!("{name} is there again, made {}: somebody made a new key of the name.", at(Some(now))))
            }
            _ => not_done(format!("{name} is still there.")),
        },
        Seen::Settings(were) => settings(&sent.body, were, &|setting| key.setting(setting)),
        Seen::Current(_) | Seen::Policy(_) | Seen::Versions { .. } => unclear("A transit key has no such versions."),
    })
}

fn rotated(key: &Key, latest: u64, performed: &Performed) -> Finding {
    let (now, next) = (key.latest(), latest + 1);
    let made = key.made(next);
    let evidence = format!("latest_version is {now}; version {next} was made {}.", at(made));
    let ours = || Finding::Done { evidence: evidence.clone(), results: [version_result(next)].into() };
    if now <= latest {
        not_done(format!("latest_version is still {now}."))
    } else if answered_version(performed) == Some(next) {
        ours()
    } else if made.is_some_and(|made| !since(performed, made)) {
        unclear(format!(
            "{evidence} That is before this was sent ({}): somebody else rotated it, or the clocks differ.",
            at(Some(performed.sent))
        ))
    } else if now == next {
        ours()
    } else {
        let versions: Vec<String> =
            (next..=now).map(|version| format!("{version} {}", at(key.made(version)))).collect();
        unclear(format!("More than one version was made since it was {latest}: {}.", versions.join(", ")))
    }
}

/// Whether it is the public key that was sent, if one was.
fn is_public_key(key: &Key, sent: &Parameters) -> bool {
    let Some(pem) = sent.body.get("public_key").and_then(Value::as_str) else { return true };
    let is = key.public_key(Some("1")).map(|told| told.spki_der().to_vec()).ok();
    is.is_some() && is == PublicKey::from_pem(pem).map(|sent| sent.spki_der().to_vec()).ok()
}

fn created(key: &Key, name: &str, performed: &Performed, before: &Before, sent: &Parameters) -> Finding {
    let wanted = sent.body.get("type").and_then(Value::as_str).unwrap_or_default();
    let (kind, born) = (key.kind(), key.made(1));
    let evidence = format!("{name} is there, of type {kind}, made {}.", at(born));
    let ours = || Finding::Done { evidence: evidence.clone(), results: made(before).into() };
    let flags = ["derived", "convergent_encryption", "exportable", "allow_plaintext_backup"];
    let as_wanted = kind == wanted
        && flags.iter().all(|flag| key.is(flag) == sent.body.contains_key(*flag))
        && key.is("imported_key") == sent.imports()
        && is_public_key(key, sent);
    if performed.results.contains_key("item") && as_wanted {
        ours()
    } else if !as_wanted {
        unclear(format!("{evidence} It is not as it was wanted, so somebody else made it."))
    } else {
        match born {
            Some(born) if since(performed, born) => ours(),
            Some(_) => unclear(format!(
                "{evidence} That is before this was sent ({}): somebody else made it, or the clocks differ.",
                at(Some(performed.sent))
            )),
            None => unclear(format!(
                "{evidence} It was not there when the change was planned, and is as it was wanted; the server's audit log \
                 tells who made it."
            )),
        }
    }
}
