//! Reads what became of a step that was sent. Nothing is ever sent again from here.
//!
//! Most calls set something, and comparing tells: as it was wanted is done, as it was before is not done, and anything
//! else was somebody else. Where a call makes something, the order's mark on it tells.

mod made;
mod material;

use domain::{Finding, Performed, Result, Timestamp};
use jiff::SignedDuration;
use serde_json::Value;

use crate::{Account, client::Client, operation::Operation, parameters::Parameters, state, time};

/// What a reading says about the step.
pub(crate) async fn check(account: &Account, performed: &Performed) -> Result<Finding> {
    let (operation, sent) = (Operation::of(&performed.step)?, Parameters::of(&performed.step));
    let client = account.client(sent.region()?);
    if operation == Operation::CreateKey {
        return made::key(&client, performed).await;
    }
    let seen = state::seen(&client, operation, sent).await?;
    let before = &performed.step.before;
    let wanted = state::wanted(operation, sent, performed.results.get("KeyId").map(String::as_str));
    let evidence = state::in_words(operation, sent, &seen);
    if operation == Operation::RotateKeyOnDemand {
        return Ok(rotated(before, &seen, evidence));
    }
    if operation == Operation::ImportKeyMaterial {
        let answered = performed.results.contains_key("KeyId");
        return Ok(material::imported(sent, before, &seen, answered, evidence));
    }
    if wanted.as_ref() == Some(&seen) {
        if operation == Operation::ScheduleKeyDeletion
            && let Some(evidence) = scheduled_by_another(&client, sent, performed.sent).await?
        {
            return Ok(Finding::Unclear { evidence });
        }
        let results = made::results(&client, operation, sent).await?;
        return Ok(Finding::Done { evidence, results });
    }
    if seen == *before {
        return Ok(Finding::NotDone { evidence });
    }
    let before = state::in_words(operation, sent, before);
    Ok(Finding::Unclear {
        evidence: format!("{evidence} That is neither what was wanted nor as before, when it said: {before}"),
    })
}

/// Rotations are counted: nothing else tells one from another. One more is ours, unless somebody else was just as quick.
fn rotated(before: &Value, seen: &Value, evidence: String) -> Finding {
    let count = |state: &Value| state["OnDemand"].as_i64();
    let under_way = seen["InProgressSince"].is_string() && seen["InProgressSince"] != before["InProgressSince"];
    let results = Default::default();
    match (count(before), count(seen)) {
        (Some(before), Some(seen)) if seen == before && under_way => Finding::Done { evidence, results },
        (Some(before), Some(seen)) if seen == before + 1 && !under_way => Finding::Done { evidence, results },
        (Some(before), Some(seen)) if seen == before => Finding::NotDone { evidence },
        (before, _) => {
            let before = before.map_or("an unknown number".to_owned(), |count| count.to_string());
            Finding::Unclear {
                evidence: format!("{evidence} Before the call it was {before}: somebody else rotated too."),
            }
        }
    }
}

/// Whether the deletion is at another time than the call asked for, as a sentence.
async fn scheduled_by_another(client: &Client, sent: Parameters<'_>, at: Timestamp) -> Result<Option<String>> {
    /// AWS may take up to a day longer than it was asked to, and clocks differ. Source: API reference, ScheduleKeyDeletion.
    const TOLERANCE: SignedDuration = SignedDuration::from_hours(36);
    let key = client.describe_key(sent.str("KeyId").unwrap_or_default()).await?;
    // None of a primary key whose replicas have to go first.
    let Some(due) = key.deletion_date.as_ref().and_then(time) else { return Ok(None) };
    let asked = at + SignedDuration::from_hours(24 * sent.number("PendingWindowInDays").unwrap_or_default());
    let differs = due.duration_since(asked).abs() > TOLERANCE;
    Ok(differs.then(|| {
        format!("The key waits for its deletion at {due}, which is not what was asked for: somebody else scheduled it.")
    }))
}
