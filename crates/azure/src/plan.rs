//! The exact calls of a change, in words and as lines for the shell, with what is there before. Reads only.

mod certificates;
mod objects;

pub(crate) use certificates::within;
pub(crate) use objects::{allow, fits};
use objects::{members_marked, named_certificate, new_certificate};

use std::collections::BTreeMap;

use domain::{Answers, Ask, Change, Error, Kind, Plan, Result, Step, Target, Tier, Undo, VaultId};
use serde::Serialize;
use serde_json::Value;

use crate::{
    Tenant,
    object::{Named, is_issuing},
    operation::Operation,
    parameters::Parameters,
};

pub(crate) const PLAN: &str = "plan the change";
/// The tag by which a check finds again what an order made.
pub(crate) const MARK: &str = "claviger-order";

/// The plan of a change.
pub(crate) async fn plan(tenant: &Tenant, change: &Change) -> Result<Plan> {
    let draft = Draft::new(tenant, change);
    let ask = change.ask;
    match &change.target {
        Target::Vault(_) if is_issuing(ask, None) => certificates::of_vault(draft).await,
        Target::Vault(_) => objects::of_vault(draft).await,
        Target::Item(item) => {
            let named = Named::of(item)?;
            if is_issuing(ask, Some(named.object)) {
                certificates::of_item(draft, &named).await
            } else {
                objects::of_item(draft, &named).await
            }
        }
    }
}

/// A plan in the making.
pub(crate) struct Draft<'a> {
    pub(crate) tenant: &'a Tenant,
    pub(crate) change: &'a Change,
    pub(crate) vault: &'a VaultId,
    steps: Vec<Step>,
}

/// A call that a plan makes.
pub(crate) struct Planned<'a> {
    pub(crate) operation: Operation,
    pub(crate) says: String,
    pub(crate) sent: &'a Parameters,
    /// The same as a line for the shell.
    pub(crate) command: String,
    /// The names of the secret answers that it sends.
    pub(crate) secrets: &'a [&'a str],
}

/// What a plan says beside its steps.
pub(crate) struct Words {
    name: String,
    title: String,
    tier: Tier,
    effects: Vec<String>,
    warnings: Vec<String>,
}

impl<'a> Draft<'a> {
    fn new(tenant: &'a Tenant, change: &'a Change) -> Self {
        Self { tenant, change, vault: change.target.vault(), steps: Vec::new() }
    }

    /// Adds a call, with what was there before.
    ///
    /// # Errors
    /// `Unexpected` if it cannot be written down.
    pub(crate) fn step(&mut self, call: Planned<'_>, before: &impl Serialize) -> Result<()> {
        self.steps.push(Step {
            says: call.says,
            operation: call.operation.name().to_owned(),
            parameters: written(call.sent)?,
            command: call.command,
            before: written(before)?,
            secrets: call.secrets.iter().map(|name| (*name).to_owned()).collect(),
        });
        Ok(())
    }

    /// What takes the change back, done to the same target.
    pub(crate) fn undo<const N: usize>(&self, ask: Ask, answers: [(&str, String); N], whole: bool) -> Option<Undo> {
        let answers: Answers = answers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Some(self.undo_with(ask, answers, whole))
    }

    /// The same with answers that are in their form already.
    pub(crate) fn undo_with(&self, ask: Ask, answers: Answers, whole: bool) -> Undo {
        Undo { ask, target: self.change.target.clone(), answers, whole }
    }

    /// The plan.
    ///
    /// # Errors
    /// `Conflict` if everything is as wanted.
    pub(crate) fn plan(self, words: Words, undo: Option<Undo>) -> Result<Plan> {
        if self.steps.is_empty() {
            return Err(Error::new(Kind::Conflict, PLAN, format!("{} is already so", words.name))
                .with_refused_by("this app")
                .with_next("Nothing needs to be sent. Answer otherwise, or leave it as it is."));
        }
        let Words { name, title, tier, effects, warnings } = words;
        let (ask, target) = (self.change.ask, self.change.target.clone());
        Ok(Plan { ask, target, name, title, tier, effects, warnings, steps: self.steps, undo })
    }

    /// An answer that must be there.
    ///
    /// # Errors
    /// `Invalid` if it is not.
    pub(crate) fn answer(&self, name: &str) -> Result<&'a str> {
        self.change.answer(name).ok_or_else(|| unfit(format!("nothing was answered to \"{name}\"")))
    }

    /// Pairs of texts.
    ///
    /// # Errors
    /// `Invalid` for an answer of another form.
    pub(crate) fn pairs(&self, name: &str) -> Result<BTreeMap<String, String>> {
        let pairs: Vec<(String, String)> = serde_json::from_str(self.change.answer(name).unwrap_or("[]"))
            .map_err(|_| unfit(format!("\"{name}\" must be a JSON array of arrays of two texts")))?;
        Ok(pairs.into_iter().collect())
    }
}

impl Words {
    /// `name` is what a person calls what the change is about.
    pub(crate) fn new(
        name: impl Into<String>,
        title: String,
        tier: Tier,
        effects: impl IntoIterator<Item = String>,
    ) -> Self {
        Self { name: name.into(), title, tier, effects: effects.into_iter().collect(), warnings: Vec::new() }
    }

    pub(crate) fn warning(mut self, warning: impl Into<String>) -> Self {
        self.warnings.push(warning.into());
        self
    }
}

/// What this change cannot be, in words.
pub(crate) fn not_offered(because: impl Into<String>) -> Error {
    Error::new(Kind::Unsupported, PLAN, because)
        .with_refused_by("this app")
        .with_next("Nothing was changed. Choose a change that is offered here.")
}

/// An answer that does not fit.
pub(crate) fn unfit(because: impl Into<String>) -> Error {
    Error::new(Kind::Invalid, PLAN, because)
        .with_refused_by("this app")
        .with_next("Correct the answer, then plan again.")
}

fn written(part: &impl Serialize) -> Result<Value> {
    serde_json::to_value(part)
        .map_err(|cause| Error::new(Kind::Unexpected, PLAN, "the step could not be written down").with_source(cause))
}
