//! What keeps a step at the place from being ordered: the switch, the end of the old material.

use domain::{Lock, RotationStep, Switch, Timestamp};

use super::after;
use crate::{ConsumerKind, Phase, Rotation, Run, StepState};

impl Rotation {
    pub(super) fn order(&self, step: RotationStep, now: Timestamp) -> Option<Lock> {
        match step {
            RotationStep::Create => self.only_in(&[Phase::Create]).or_else(|| match self.new {
                Some(_) => Lock::new("the new material is there already", "Go on."),
                None if self.needs_pin() && self.pinned.is_none() => Lock::new(
                    "whoever names no version would sign with the new key before anybody accepts it",
                    "Have the signers name the old version, and confirm that.",
                ),
                None => None,
            }),
            RotationStep::Switch => self.only_in(&[Phase::Switch]).or_else(|| match (&self.switched, &self.switch) {
                (Some(_), _) => Lock::new("the users have come to the new material already", "Go on."),
                (None, Some(Switch::ByAlias { .. })) => self.ready(now),
                (None, _) => Lock::new("no call switches the users by this method", "Say that they were switched."),
            }),
            RotationStep::DisableOld => self.only_in(&[Phase::Retire]).or_else(|| self.disable_old(now)),
            RotationStep::DeleteOld => self.only_in(&[Phase::Retire]).or_else(|| self.delete_old(now)),
            RotationStep::KeepOld => self.late().or_else(|| match self.deleted {
                Some(_) => None,
                None => Lock::new("no destruction was ordered", "There is nothing to call off."),
            }),
            RotationStep::EnableOld => self.late().or_else(|| match (&self.disabled, &self.deleted) {
                (Some(_), None) => None,
                (_, Some(_)) => Lock::new("its destruction was ordered", "Call that off first."),
                (None, None) => Lock::new("the old material was not disabled", "There is nothing to enable."),
            }),
            RotationStep::SwitchBack => self.switch_back(now),
            RotationStep::DisableNew => self.disable_new(),
        }
    }

    pub(super) fn late(&self) -> Option<Lock> {
        self.only_in(&[Phase::Retire, Phase::RollingBack])
    }

    /// Whether the users may come: also whoever joined late, or was passed over, must be able to follow them.
    fn ready(&self, now: Timestamp) -> Option<Lock> {
        let refuses = |run: &&Run| run.consumer.kind.accepts_signatures() && run.state != StepState::Succeeded;
        self.distributed()
            .or_else(|| {
                let run = self.taking_part().find(refuses)?;
                Lock::new(
                    format!("{} would refuse what the new key signs", run.consumer.name),
                    "Put it right and try it again, or leave it out if it is not there any more.",
                )
            })
            .or_else(|| self.all_verified())
            .or_else(|| self.published(now))
    }

    /// Whether each address publishes the new key for as long as readers may keep what they read before.
    fn published(&self, now: Timestamp) -> Option<Lock> {
        let addresses = self.taking_part().filter(|run| run.consumer.kind == ConsumerKind::JwksEndpoint);
        for run in addresses {
            let name = &run.consumer.name;
            let Some(seen) = &run.watched else {
                return Lock::new(format!("{name} was not looked at"), "Look at what it publishes.");
            };
            let Some(since) = seen.new_since else {
                return Lock::new(
                    format!("{name} does not publish the new key"),
                    "Publish both keys, then look again.",
                );
            };
            if !seen.has_old {
                return Lock::new(
                    format!("{name} does not publish the old key any more, which still signs"),
                    "Publish both keys, then look again.",
                );
            }
            let known = after(since, u64::from(seen.cache_seconds));
            if now < known {
                return Lock::until(known, format!("readers of {name} may keep what they read before"));
            }
            if seen.looked.is_none_or(|looked| looked < known) {
                return Lock::new(
                    format!("{name} was not looked at since its readers know the new key"),
                    "Look once more: it must publish both keys still.",
                );
            }
        }
        None
    }

    pub(super) fn confirm_switch(&self, now: Timestamp) -> Option<Lock> {
        self.only_in(&[Phase::Switch]).or_else(|| match (&self.switched, &self.switch) {
            (Some(_), _) => Lock::new("the users have come to the new material already", "Go on."),
            (None, Some(Switch::ByAlias { alias })) => {
                Lock::new(format!("{alias} is what switches them"), "Point it at the new key.")
            }
            (None, _) => self.ready(now),
        })
    }

    pub(super) fn disable_old(&self, now: Timestamp) -> Option<Lock> {
        if self.disabled.is_some() {
            return Lock::new("the old material is disabled already", "Wait, or finish the rotation.");
        }
        self.needed(now)
    }

    /// Who still needs the old material, or may.
    fn needed(&self, now: Timestamp) -> Option<Lock> {
        if self.switched.is_none() || !self.is_verified() {
            return Lock::new("nobody has shown that the new material works", "Verify it first.");
        }
        if let Some(run) = self.taking_part().find(|run| run.is_on_back_path()) {
            return Lock::new(
                format!("{} still has to read what was made with the old material", run.consumer.name),
                "Wait until it says that it needs the old material no more.",
            );
        }
        if let Some(lock) = self.without(false).or_else(|| self.all_verified()) {
            return Some(lock);
        }
        if let Some(until) = self.soaks_until().filter(|until| now < *until) {
            return Lock::until(until, "both are kept valid for a time after the switch");
        }
        let holds_both = |run: &&Run| run.consumer.kind.holds_two() && run.old_removed.is_none();
        let holding = self.taking_part().find(holds_both)?;
        let name = &holding.consumer.name;
        Lock::new(format!("the old key is not taken away from {name}"), "Take it away there first.")
    }

    pub(super) fn delete_old(&self, now: Timestamp) -> Option<Lock> {
        if self.deleted.is_some() {
            return Lock::new("its destruction was ordered already", "Finish the rotation.");
        }
        let Some(until) = self.waits_until() else {
            return Lock::new(
                "the old material is not disabled",
                "Disable it first, and see whether anybody misses it.",
            );
        };
        // Somebody may have joined since it was disabled.
        self.needed(now).or_else(|| match now < until {
            true => Lock::until(until, "it is disabled for a time first, so that whoever misses it can say so"),
            false => None,
        })
    }

    pub(super) fn finish(&self) -> Option<Lock> {
        self.only_in(&[Phase::Retire]).or_else(|| {
            if let Some(run) = self.taking_part().find(|run| run.is_on_back_path()) {
                return Lock::new(
                    format!("{} is still on the back path", run.consumer.name),
                    "Wait until it needs the old material no more.",
                );
            }
            // Whoever was passed over lives from the old material, as long as that is not disabled.
            let passes_over = self.settings.strategy.passes_over() && self.disabled.is_none();
            self.without(passes_over).or_else(|| self.all_verified())
        })
    }
}
