//! Tells what became of a step: by the mark that its order left in the file, and by the entry as it is now.

use domain::{Finding, Performed, Result};

use crate::{
    edits::Facts,
    entries::EntryState,
    keystore::Keystore,
    marks::{Mark, Trace},
    moment,
    perform::{read_step, results},
};

/// What the file says.
///
/// # Errors
/// `Unexpected` for a step that this provider did not plan.
pub(crate) fn find(keystore: &Keystore, performed: &Performed) -> Result<Finding> {
    let (edit, before) = read_step(&performed.step)?;
    let now = Facts::of(keystore, &edit.entry);
    let there = describe(&edit.entry, now.as_ref());
    let done = |mark: &Mark, evidence| Finding::Done { evidence, results: results(mark.clone()) };
    Ok(match keystore.orders().trace(&performed.order, before.orders) {
        Trace::Marked { mark, .. } if edit.shows(now.as_ref(), mark.version.as_deref()) => {
            done(mark, format!("The file holds the mark of this order, written {}: {there}.", moment(mark.at)))
        }
        Trace::Marked { mark, later: Some(later) } => done(
            mark,
            format!(
                "The file holds the mark of this order, written {}. Order {} changed the same entry after it: {there}.",
                moment(mark.at),
                later.order
            ),
        ),
        Trace::Marked { mark, later: None } => Finding::Unclear {
            evidence: format!(
                "the file holds the mark of this order, written {}, yet the entry does not show it: {there}. Something \
                 else than Claviger changed it",
                moment(mark.at)
            ),
        },
        Trace::Absent => Finding::NotDone { evidence: format!("the file holds no mark of this order, and {there}") },
        Trace::Older => Finding::Unclear {
            evidence: format!(
                "the file is an older copy than the one the plan was made from, so it cannot tell; in it, {there}"
            ),
        },
        Trace::Crowded => Finding::Unclear {
            evidence: format!("so many orders changed the file since that the mark of this one may be gone; {there}"),
        },
    })
}

/// What there is now, as a clause.
fn describe(name: &str, facts: Option<&Facts>) -> String {
    let Some(facts) = facts else { return format!("there is no entry {name}") };
    let state = match facts.state {
        EntryState::Disabled => "disabled".to_owned(),
        EntryState::Enabled => "enabled".to_owned(),
        EntryState::PendingDeletion(at) => format!("to be deleted after {}", moment(at)),
    };
    format!("{name} is {state} and its current version is {}", facts.current)
}
