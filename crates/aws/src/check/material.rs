//! Tells what became of an import of key material.
//!
//! The first import takes a key out of its waiting, other material adds a generation, and another expiry shows. The same
//! material with the same expiry leaves no trace: without AWS's answer nobody can say whether it arrived.

use std::collections::BTreeMap;

use domain::Finding;
use serde_json::Value;

use crate::{parameters::Parameters, state};

const WAITING: &str = "PendingImport";

/// `answered` says that AWS answered that it is done.
pub(super) fn imported(
    sent: Parameters<'_>,
    before: &Value,
    seen: &Value,
    answered: bool,
    evidence: String,
) -> Finding {
    if state::is_other(sent) {
        return added(before, seen, evidence);
    }
    let (was, is) = (before["KeyState"].as_str(), seen["KeyState"].as_str());
    match is {
        Some(WAITING) if was == Some(WAITING) => return Finding::NotDone { evidence },
        Some(WAITING) => {
            return Finding::Unclear { evidence: format!("{evidence} Its material has expired or was deleted since.") };
        }
        Some("Enabled" | "Disabled") => {}
        Some(_) | None => {
            return Finding::Unclear { evidence: format!("{evidence} That tells nothing about its material.") };
        }
    }
    let changed = expiry(before) != expiry(seen);
    let done = |evidence| Finding::Done { evidence, results: results(seen["CurrentKeyMaterialId"].as_str()) };
    match (as_asked(sent, seen), was == Some(WAITING)) {
        (false, false) if !changed && was == is => Finding::NotDone { evidence },
        (false, _) => Finding::Unclear {
            evidence: format!("{evidence} That is another expiry than was asked for: somebody else imported it too."),
        },
        (true, true) => done(evidence),
        (true, false) if changed || answered => done(evidence),
        (true, false) if was == is => Finding::NotDone {
            evidence: format!(
                "{evidence} That is as before. The same material leaves no other trace, so it cannot be told whether it \
                 was imported once more, and the key is the same either way."
            ),
        },
        (true, false) => Finding::Unclear {
            evidence: format!(
                "{evidence} Before the call its state was {}, which an import of the same material does not change.",
                was.unwrap_or("not told")
            ),
        },
    }
}

/// Other material is one more generation. KMS gives each an id of its own.
fn added(before: &Value, seen: &Value, evidence: String) -> Finding {
    let listed = |state: &Value| -> Vec<String> {
        let ids = state["Materials"].as_array().into_iter().flatten().filter_map(Value::as_str);
        ids.map(str::to_owned).collect()
    };
    let known = listed(before);
    let new: Vec<String> = listed(seen).into_iter().filter(|id| !known.contains(id)).collect();
    match new.as_slice() {
        [] => Finding::NotDone { evidence },
        [id] => Finding::Done { evidence: format!("{evidence} New is {id}."), results: results(Some(id)) },
        several => Finding::Unclear {
            evidence: format!("{evidence} New are {}: somebody else imported too.", several.join(", ")),
        },
    }
}

fn expiry(state: &Value) -> (&Value, &Value) {
    (&state["ExpirationModel"], &state["ValidTo"])
}

/// Whether nothing that is told of the expiry is otherwise than the call asked for.
fn as_asked(sent: Parameters<'_>, seen: &Value) -> bool {
    let alike = |name: &str| seen[name].as_str().is_none_or(|told| sent.str(name) == Some(told));
    alike("ExpirationModel") && alike("ValidTo")
}

fn results(material: Option<&str>) -> BTreeMap<String, String> {
    material.map(|id| ("KeyMaterialId".to_owned(), id.to_owned())).into_iter().collect()
}
