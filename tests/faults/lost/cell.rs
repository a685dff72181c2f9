//! One cell of the matrix: one change, one of whose answers is lost in one way, and what must be true of it afterwards.

use std::{fmt, sync::Arc};

use contract::{ChangedWire, OrderState, OrderWire};
use domain::Ask;
use libtest_mimic::Failed;
use servers::State;
use tokio::sync::Mutex;

use super::{
    deed::{Deed, Honest, On, Ready, Setting, Way},
    fault::Fault,
    place::Place,
    stage::blurred_by_others,
};

/// Held while a saved copy is taken back.
static RESTORING: Mutex<()> = Mutex::const_new(());

/// One change with one lost answer.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    pub(crate) deed: Deed,
    pub(crate) honest: Honest,
    pub(crate) fault: Fault,
    /// How many requests of the change pass before.
    pub(crate) pass: usize,
    /// Why no reading can tell what became of it, if none can.
    pub(crate) untellable: Option<&'static str>,
}

/// What is known in the end.
struct End {
    order: OrderWire,
    /// What reached the place.
    sent: Vec<String>,
    before: State,
    after: State,
}

impl Cell {
    /// Tries it, and judges.
    pub(crate) async fn run(&self, place: &dyn Place) -> Result<(), Failed> {
        // Its name stands in the copy alone: of two that are taken back at once, no reading could tell whose is whose.
        let _alone = match self.deed.ask {
            Ask::Restore => Some(RESTORING.lock().await),
            _ => None,
        };
        let end = self.end(place).await?;
        self.judge(&end).map_err(|wrong| {
            let End { order, sent, .. } = &end;
            format!("{wrong}\n      {:?}: {:?}\n      sent: {sent:?}", order.state, order.error).into()
        })
    }

    /// Carries it out with the fault, then does all that could send something again, and must not.
    async fn end(&self, place: &dyn Place) -> Result<End, Failed> {
        let ready = self.deed.ready(place, self.fault).await?.ok_or("it is not offered any more")?;
        let Ready { setting: Setting { scene, line, strike, mut person, .. }, plan, made, before, sent } = ready;
        if before != self.honest.before {
            return Err(format!("the scene is another: {:?}", before.differences(&self.honest.before)).into());
        }
        let sent = || (line.sent)().split_off(sent);
        strike.arm(self.pass);
        if place.dies_of(self.fault) {
            let (strike, plan) = (Arc::clone(&strike), plan.clone());
            let struck = async move { strike.struck().await };
            person = tokio::task::spawn_blocking(move || person.dies_confirming(&plan, struck)).await??;
            person.recover().await?;
        } else {
            person.confirm(&plan).await?;
        }
        if !strike.has_struck() {
            return Err("the fault never struck: this cell proves nothing".into());
        }
        let once = sent();
        person.check(&plan.order).await?;
        person.recover().await?;
        let person = person.restarted()?;
        person.recover().await?;
        person.allow_changes().await?;
        let order = person.check(&plan.order).await?;
        if sent() != once {
            return Err(format!("something was sent again: {once:?}, then {:?}", sent()).into());
        }
        person.sound().await?;
        Ok(End { order, sent: once, before, after: place.state(&scene, &made).await? })
    }

    /// What was done was done once, and the journal's last word is true.
    fn judge(&self, end: &End) -> Result<(), String> {
        let End { order, sent, before, after } = end;
        let mut different = sent.clone();
        different.sort();
        different.dedup();
        if different.len() < sent.len() {
            return Err("the same was sent twice".to_owned());
        }
        let due = if self.fault.acts() { self.honest.sent } else { self.pass };
        if sent.len() > due {
            return Err(format!("{} requests instead of {due} reached the place", sent.len()));
        }
        if let Some(error) = &order.error
            && [&error.operation, &error.message, &error.next].iter().any(|text| text.trim().is_empty())
        {
            return Err("the error does not say what to do".to_owned());
        }
        let same = |state: &State, what: &str| match after.differences(state) {
            differences if differences.is_empty() => Ok(()),
            differences => Err(format!("it is said to be {what}, but the server shows {differences:?}")),
        };
        match (order.state, self.untellable) {
            (OrderState::Unknown, Some(_)) => Ok(()),
            (_, Some(reason)) => Err(format!("it can be told after all: {reason}")),
            (OrderState::Done, None) => same(&self.honest.after, "done"),
            (OrderState::Abandoned, None) => {
                let changed = order.error.as_ref().map(|error| &error.changed);
                match changed {
                    Some(ChangedWire::Nothing) if self.pass == 0 => same(before, "as before")?,
                    Some(ChangedWire::Exactly(what)) if what.len() == sent.len() && self.pass > 0 => {}
                    other => return Err(format!("it does not say truly what was changed: {other:?}")),
                }
                if self.fault.acts() { Err("it is said not to have happened, and it did".to_owned()) } else { Ok(()) }
            }
            (OrderState::Unknown, None) if blurred_by_others(&self.deed) && !self.fault.acts() => {
                same(before, "as before")
            }
            (OrderState::Unknown, None) => Err("a reading could tell, and did not".to_owned()),
            (OrderState::Paused | OrderState::Running, None) => Err("it has not ended".to_owned()),
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { deed, pass, .. } = self;
        write!(f, "{deed}")?;
        if *pass > 0 { write!(f, ", request {}", pass + 1) } else { Ok(()) }
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.on {
            On::Like(name) => write!(f, "{} of a {} like {name}", self.ask.word(), self.kind)?,
            On::Vault(vault) => write!(f, "{} in {vault}", self.ask.word())?,
        }
        f.write_str(match self.way {
            Way::Asked => "",
            Way::Brought => ", for a key that is brought",
            Way::Again => ", with the same material",
            Way::Other => ", with other material",
        })
    }
}
