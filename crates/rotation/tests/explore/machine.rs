//! The machine that is explored: the real one, or one that was broken on purpose to see that it is noticed.

use domain::{Lock, Result, RotationStep};
use rotation::{Act, Move, Phase, Rotation, RotationOrder};

use crate::{acts::slot_use, world::at};

/// When everything has been waited for.
const LATE: i64 = 10_000;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Machine {
    Real,
    /// Disables the old material although somebody still has to read with it.
    IgnoresBackPath,
    /// Lets the users come although nobody has verified the new material.
    IgnoresVerification,
    /// Switches before readers can know the new key.
    IgnoresCaches,
    /// Lets the old key be taken away while its tokens live.
    IgnoresTokens,
    /// Sends the new key into the slot of the working one.
    OverwritesSlot,
    /// Switches back without asking whether the old key is still there.
    IgnoresRemoved,
    /// Takes an order while another one is out.
    TakesTwoOrders,
    /// Never believes that anybody works with the new material.
    NeverBelieves,
    /// Never ends taking back.
    NeverEndsBack,
    /// The lock says open, and the act is refused.
    Disagrees,
    /// Forgets what happened.
    Forgets,
}

impl Machine {
    pub(crate) fn lock(self, rotation: &Rotation, what: &Move, now: i64) -> Option<Lock> {
        let now = at(now);
        match (self, what) {
            (Self::Real, _) => rotation.lock(what, now),
            (Self::NeverBelieves, Move::Verify(_)) => lock_of_over(rotation),
            (Self::NeverEndsBack, Move::FinishRollBack) => lock_of_over(rotation),
            _ => self.lied_to(rotation, what).lock(what, self.clock(what, now)),
        }
    }

    pub(crate) fn apply(self, rotation: &Rotation, act: Act, asks: &Move, now: i64) -> Result<Rotation> {
        if self == Self::Real {
            return rotation.apply(act, "a", at(now));
        }
        if self == Self::Disagrees && matches!(act, Act::Finish(_)) {
            return rotation.apply(Act::SetScope(rotation.settings.clone()), "a", at(now));
        }
        if let Some(lock) = self.lock(rotation, asks, now) {
            return Err(lock.refuses("try"));
        }
        let lied = self.lied_to(rotation, asks);
        let mut next = lied.apply(act.clone(), "a", self.clock(asks, at(now)))?;
        self.undo(rotation, &act, &mut next);
        Ok(next)
    }

    /// What the broken machine takes the rotation for.
    fn lied_to(self, rotation: &Rotation, what: &Move) -> Rotation {
        let mut lied = rotation.clone();
        match (self, what) {
            (Self::IgnoresBackPath, Move::Order(_)) => {
                for run in &mut lied.runs {
                    run.consumer.round_trip = false;
                }
            }
            (Self::IgnoresVerification, Move::GoOn | Move::ConfirmSwitch | Move::Order(_) | Move::RemoveOld(_)) => {
                let sure = domain::Moment { at: at(0), actor: String::new(), evidence: String::new() };
                lied.proof = Some(sure.clone());
                for run in &mut lied.runs {
                    run.verified = Some(sure.clone());
                }
            }
            (Self::IgnoresCaches, Move::Order(RotationStep::Switch)) => {
                for seen in lied.runs.iter_mut().filter_map(|run| run.watched.as_mut()) {
                    seen.looked = Some(at(LATE));
                }
            }
            (Self::IgnoresRemoved, Move::Order(RotationStep::SwitchBack) | Move::ConfirmSwitchBack) => {
                lied.runs.clear()
            }
            (Self::TakesTwoOrders, Move::Order(_)) => lied.orders.clear(),
            _ => {}
        }
        lied
    }

    fn clock(self, what: &Move, now: domain::Timestamp) -> domain::Timestamp {
        let skips = match self {
            Self::IgnoresCaches => matches!(what, Move::Order(RotationStep::Switch)),
            Self::IgnoresTokens => matches!(what, Move::RemoveOld(_)),
            _ => false,
        };
        if skips { at(LATE) } else { now }
    }

    /// Takes the lie out of the result again, so that the one fault stays.
    fn undo(self, was: &Rotation, act: &Act, next: &mut Rotation) {
        if matches!(act, Act::TakeOrder { .. } | Act::GoOn | Act::ConfirmSwitchBack(_)) {
            next.runs.clone_from(&was.runs);
            next.proof.clone_from(&was.proof);
        }
        match (self, act) {
            (Self::IgnoresVerification, Act::ConfirmSwitch(_) | Act::RemoveOld(..)) => {
                next.proof.clone_from(&was.proof);
                for (run, before) in next.runs.iter_mut().zip(&was.runs) {
                    run.verified.clone_from(&before.verified);
                }
            }
            (Self::TakesTwoOrders, Act::TakeOrder { .. }) => {
                let taken: Vec<RotationOrder> = std::mem::take(&mut next.orders);
                next.orders.clone_from(&was.orders);
                next.orders.extend(taken);
            }
            (Self::OverwritesSlot, Act::TakeSlots(..)) => {
                for run in &mut next.runs {
                    run.slots = run.slots.as_ref().map(|_| slot_use(0, Some(1)));
                }
            }
            (Self::Forgets, _) if next.phase == Phase::Retire => next.log.clear(),
            _ => {}
        }
    }
}

fn lock_of_over(rotation: &Rotation) -> Option<Lock> {
    let mut over = rotation.clone();
    over.orders.clear();
    over.phase = Phase::Done;
    over.lock(&Move::Finish, at(0))
}
