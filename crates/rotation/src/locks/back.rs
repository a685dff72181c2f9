//! What keeps a rotation from being taken back, or from going on after all.

use domain::{Lock, RotationMethod, Switch, Timestamp};

use super::after;
use crate::{ConsumerKind, Phase, Rotation, Run};

impl Rotation {
    pub(super) fn roll_back(&self) -> Option<Lock> {
        if self.nothing_made("").is_none() {
            return Lock::new("nothing was made that could be taken back", "Throw the plan away instead.");
        }
        if self.method == Some(RotationMethod::InPlace) {
            return Lock::new(
                "material that was made in place cannot be taken back",
                "Go on: what was made with the old material is still read.",
            );
        }
        match self.phase {
            Phase::RollingBack => Lock::new("it is being taken back already", "Finish that."),
            _ => None,
        }
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

    pub(super) fn switch_back(&self, now: Timestamp) -> Option<Lock> {
        self.only_in(&[Phase::RollingBack]).or_else(|| self.old_usable()).or_else(|| {
            match self.switched.is_some() || self.unsure {
                true => self.old_accepted(now),
                false => Lock::new("the users are at the old material", "Nothing has to be switched back."),
            }
        })
    }

    /// Whether everybody who held both keys has the old one still, or again.
    fn old_accepted(&self, now: Timestamp) -> Option<Lock> {
        let holders = self.taking_part().filter(|run| run.consumer.kind.holds_two());
        for run in holders {
            let lock = match run.consumer.kind {
                ConsumerKind::JwksEndpoint => old_published(run, now),
                _ if run.told_back.is_some() => None,
                _ => Lock::new(
                    format!("it is not shown that {} has the old key", run.consumer.name),
                    "See to it that the old key is there, then say that it may go back.",
                ),
            };
            if lock.is_some() {
                return lock;
            }
        }
        None
    }

    /// Whether a call moves the users, so that it is always known where they are.
    pub(crate) fn by_call(&self) -> bool {
        matches!(self.switch, Some(Switch::ByAlias { .. }))
    }

    /// Whether whoever named no version came to the new material by itself when that was made.
    fn came_at_once(&self) -> bool {
        self.switch == Some(Switch::AtOnce) && self.pinned.is_none()
    }

    pub(super) fn taken_back(&self) -> Option<Lock> {
        if let Some(lock) = self.old_usable() {
            return Some(lock);
        }
        if self.switched.is_some() {
            return Lock::new("the users are still at the new material", "Switch them back first.");
        }
        if self.unsure {
            return Lock::new(
                "it is not said that the users are at the old material",
                "See to it that they are, then say so: they may have begun to change over.",
            );
        }
        let touched = |run: &&Run| run.is_touched() || self.came_at_once();
        let untold = self.taking_part().filter(touched).find(|run| run.told_back.is_none())?;
        let name = &untold.consumer.name;
        Lock::new(
            format!("{name} does not know that it is taken back"),
            "Tell it, and say that it uses the old material.",
        )
    }

    pub(super) fn disable_new(&self) -> Option<Lock> {
        self.only_in(&[Phase::RollingBack]).or_else(|| self.taken_back()).or_else(|| {
            if self.used.is_none() && !self.came_at_once() {
                return None;
            }
            let keeps = self.taking_part().find(|run| run.consumer.round_trip)?;
            let name = &keeps.consumer.name;
            Lock::new(
                format!("{name} may keep what was made with the new material, which nothing else can read"),
                "Finish taking it back, and leave the new material as it is.",
            )
        })
    }
}

fn old_published(run: &Run, now: Timestamp) -> Option<Lock> {
    let name = &run.consumer.name;
    let Some(seen) = run.watched.as_ref().filter(|seen| seen.looked.is_some()) else {
        return Lock::new(format!("{name} was not looked at since it is taken back"), "Look at what it publishes.");
    };
    let Some(since) = seen.old_since.filter(|_| seen.has_old) else {
        return Lock::new(format!("{name} does not publish the old key"), "Publish both keys, then look again.");
    };
    let known = after(since, u64::from(seen.cache_seconds));
    match now < known {
        true => Lock::until(known, format!("readers of {name} may keep what they read before")),
        false => None,
    }
}
