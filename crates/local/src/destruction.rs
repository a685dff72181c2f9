//! How an entry ends: what is known of it as data with source and date, and the change that each step takes.

use domain::{
    Ask, DestructionStep, DestructionStroke, DestructionSubject, Destructions, ItemDetail, Result, RotationFact,
    Standing, State, Target, WaitDays, Wish,
};

use crate::{
    LocalKeystore,
    questions::{DAYS, MOST_DAYS},
};

const CHECKED: &str = "2026-11-26";
/// Recommendation for Key Management, part 1, 8.3.4: destruction of keys.
const NIST: &str = "https://doi.org/10.6028/NIST.SP.800-57pt1r5";
/// Guidelines for Media Sanitization.
const MEDIA: &str = "https://doi.org/10.6028/NIST.SP.800-88r2";

const FACTS: [RotationFact; 3] = [
    RotationFact::new(
        "A file does nothing by itself: when the time of a scheduled deletion is over, the entry is still there, closed, \
         until a person deletes it for good.",
        NIST,
        CHECKED,
    ),
    RotationFact::new(
        "A file writes down no use: whoever can unlock it can use an entry without a trace.",
        NIST,
        CHECKED,
    ),
    RotationFact::new(
        "Copies and backups of the file keep the entry; they are destroyed where they lie.",
        MEDIA,
        CHECKED,
    ),
];

impl Destructions for LocalKeystore {
    fn facts(&self, _: &ItemDetail) -> Vec<RotationFact> {
        FACTS.to_vec()
    }

    fn wait(&self, _: &ItemDetail) -> Option<WaitDays> {
        Some(WaitDays { least: 1, most: u32::try_from(MOST_DAYS).unwrap_or(u32::MAX) })
    }

    fn standing(&self, item: &ItemDetail) -> Standing {
        match item.item.state {
            State::PendingDeletion => Standing::Pending { at: item.pending_deletion() },
            State::Disabled => Standing::Stopped,
            State::Destroyed => Standing::Gone,
            State::Enabled | State::Expired | State::Other(_) | State::PendingImport | State::Unknown => {
                Standing::InUse
            }
        }
    }

    fn unread(&self, _: &ItemDetail) -> Vec<String> {
        Vec::new()
    }

    fn stroke(&self, subject: &DestructionSubject<'_>, step: DestructionStep) -> Result<DestructionStroke> {
        let wish = |ask| Wish::new(ask, Target::Item(subject.item.item.key.clone()));
        match (step, self.standing(subject.item)) {
            (DestructionStep::Permit | DestructionStep::Forbid, _) => {
                Err(step.not_taken("A keystore needs no word before an entry is deleted."))
            }
            (DestructionStep::Disable, Standing::InUse) => Ok(DestructionStroke::new(wish(Ask::Disable))),
            (DestructionStep::Enable, Standing::Stopped) => Ok(DestructionStroke::new(wish(Ask::Enable))),
            (DestructionStep::Schedule, Standing::InUse | Standing::Stopped) => {
                let wish = wish(Ask::ScheduleDeletion).answer(DAYS, subject.days.to_string());
                Ok(DestructionStroke::new(wish))
            }
            (DestructionStep::Cancel, Standing::Pending { .. }) => {
                Ok(DestructionStroke::new(wish(Ask::CancelDeletion)))
            }
            (DestructionStep::Destroy, Standing::Pending { .. } | Standing::Stopped) => {
                Ok(DestructionStroke::new(wish(Ask::Delete)).for_good())
            }
            (
                DestructionStep::Cancel
                | DestructionStep::Destroy
                | DestructionStep::Disable
                | DestructionStep::Enable
                | DestructionStep::Schedule,
                _,
            ) => Err(step.is_so_already()),
        }
    }
}
