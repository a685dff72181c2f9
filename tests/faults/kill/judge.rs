//! The judgement on what a killed process left: nothing lost, nothing twice, and no false word.

use contract::{ChangedWire, OrderState, OrderWire};
use libtest_mimic::Failed;
use servers::State;

use super::run::{Killing, Left};
use crate::lost::stage::{blurred_by_others, untellable};

impl Killing<'_> {
    /// Compares the journal's last word with what the server shows.
    pub(crate) fn judge(&self, left: &Left) -> Result<(), Failed> {
        self.wrong(left).map_err(|wrong| {
            let Left { order, sent, .. } = left;
            let order = order.as_ref().map(|order| (order.state, &order.error));
            format!("{wrong}\n      {order:?}\n      sent: {sent:?}").into()
        })
    }

    fn wrong(&self, left: &Left) -> Result<(), String> {
        let Left { order, sent, before, after } = left;
        let mut different = sent.clone();
        different.sort();
        different.dedup();
        if different.len() < sent.len() {
            return Err("the same was sent twice".to_owned());
        }
        if sent.len() > self.honest.sent {
            return Err(format!("{} requests instead of {} reached the place", sent.len(), self.honest.sent));
        }
        let same = |state: &State, what: &str| match after.differences(state) {
            differences if differences.is_empty() => Ok(()),
            differences => Err(format!("it is said to be {what}, but the server shows {differences:?}")),
        };
        let Some(order) = order else {
            same(before, "unknown to the journal")?;
            return if sent.is_empty() { Ok(()) } else { Err("the journal does not know what was sent".to_owned()) };
        };
        match (order.state, untellable(self.deed)) {
            (OrderState::Done, _) => same(&self.honest.after, "done"),
            (OrderState::Abandoned, _) if changed_nothing(order) => same(before, "as before"),
            (OrderState::Abandoned, _) => {
                let done = done(order);
                if done == 0 || done >= self.honest.sent || after == before || after == &self.honest.after {
                    return Err(format!("{done} steps are said to be done, and the server shows otherwise"));
                }
                Ok(())
            }
            (OrderState::Unknown, Some(_)) => Ok(()),
            // By a clock that was wrong, a place may not be able to tell whose it is; it must not take it for nothing.
            (OrderState::Unknown, None) if self.set_back && after == &self.honest.after => Ok(()),
            (OrderState::Unknown, None) if blurred_by_others(self.deed) && sent.is_empty() => same(before, "as before"),
            (OrderState::Unknown, None) => Err("a reading could tell, and did not".to_owned()),
            (OrderState::Paused | OrderState::Running, _) => Err("it has not ended".to_owned()),
        }
    }
}

fn changed_nothing(order: &OrderWire) -> bool {
    order.error.as_ref().is_some_and(|error| matches!(error.changed, ChangedWire::Nothing))
}

/// How many steps are said to be done.
fn done(order: &OrderWire) -> usize {
    match order.error.as_ref().map(|error| &error.changed) {
        Some(ChangedWire::Exactly(what)) => what.len(),
        Some(ChangedWire::Nothing | ChangedWire::Unknown) | None => 0,
    }
}
