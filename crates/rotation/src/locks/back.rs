//! What keeps a rotation from being taken back, or from going on after all.

use super::Lock;
use crate::{Phase, Rotation};

impl Rotation {
    pub(super) fn roll_back(&self) -> Option<Lock> {
        if self.nothing_made("").is_none() {
            return Lock::new("nothing was made that could be taken back", "Throw the plan away instead.");
        }
        match self.phase {
            Phase::RollingBack => Lock::new("it is being taken back already", "Finish that."),
            _ => None,
        }
    }

    pub(super) fn forward(&self) -> Option<Lock> {
        self.only_in(&[Phase::RollingBack]).or_else(|| {
            let told = self.runs.iter().find(|run| run.told_back.is_some())?;
            let name = &told.consumer.name;
            Lock::new(format!("{name} uses the old material again"), "Finish taking it back, then begin anew.")
        })
    }

    pub(super) fn old_usable(&self) -> Option<Lock> {
        if self.deleted.is_some() {
            return Lock::new("the destruction of the old material is ordered", "Call that off first.");
        }
        match self.disabled {
            Some(_) => Lock::new("the old material is disabled", "Enable it first."),
            None => None,
        }
    }

    pub(super) fn switched_is_some(&self) -> Option<Lock> {
        match self.switched {
            Some(_) => None,
            None => Lock::new("the users are at the old material", "Nothing has to be switched back."),
        }
    }

    pub(super) fn taken_back(&self) -> Option<Lock> {
        if let Some(lock) = self.old_usable() {
            return Some(lock);
        }
        if self.switched.is_some() {
            return Lock::new("the users are still at the new material", "Switch them back first.");
        }
        let untold = self.runs.iter().find(|run| run.is_touched() && run.told_back.is_none())?;
        let name = &untold.consumer.name;
        Lock::new(
            format!("{name} does not know that it is taken back"),
            "Tell it, and say that it uses the old material.",
        )
    }
}
