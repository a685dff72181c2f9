//! Plans that wait for their confirmation, in memory, with the secrets that go with them; and answers that must fit.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
};

use contract::ConfirmChange;
use domain::{Answers, Error, Kind, Plan, Provider, Question, QuestionKind, Result, SecretAnswers};
use journal::SavedConnection;

use super::{PLAN, Until};
use crate::locked;

/// More plans than a person can have open; the oldest go.
const MOST: usize = 20;

/// A plan that was shown.
pub(crate) struct Pending {
    pub(super) plan: Plan,
    pub(super) secrets: Arc<SecretAnswers>,
    pub(super) connection: SavedConnection,
    pub(super) provider: Arc<dyn Provider>,
    pub(super) actor: String,
    /// The wizard's number and the word of its step that the plan was made for, if it was made for one.
    pub(super) wizard: Option<(String, String)>,
}

/// By the number of the order that each would become.
#[derive(Default)]
pub(crate) struct Plans(Mutex<HashMap<String, (Until, Pending)>>);

impl Plans {
    pub(super) fn keep(&self, order: String, pending: Pending, until: Until) {
        let mut plans = locked(&self.0);
        plans.retain(|_, (until, _)| !until.is_over());
        while plans.len() >= MOST {
            let oldest = plans.iter().min_by_key(|(_, (until, _))| until.wall).map(|(order, _)| order.clone());
            oldest.map(|order| plans.remove(&order));
        }
        plans.insert(order, (until, pending));
    }

    /// The number of the connection that the plan goes through.
    pub(super) fn connection(&self, order: &str) -> Option<i64> {
        locked(&self.0).get(order).filter(|(until, _)| !until.is_over()).map(|(_, plan)| plan.connection.id)
    }

    pub(super) fn plan(&self, order: &str) -> Option<Plan> {
        locked(&self.0).get(order).map(|(_, pending)| pending.plan.clone())
    }

    /// Says for which step of which wizard a plan was made.
    pub(crate) fn say_for(&self, order: &str, wizard: &str, step: &str) {
        if let Some((_, pending)) = locked(&self.0).get_mut(order) {
            pending.wizard = Some((wizard.to_owned(), step.to_owned()));
        }
    }

    /// Refuses a confirmation that could lead to nothing, before the wizard takes the order's number down.
    ///
    /// # Errors
    /// `Conflict` for a plan that is gone or was made for another step of another wizard; as [`Plan::reviewed`].
    pub(crate) fn may_confirm(
        &self,
        confirm: &ConfirmChange,
        wizard: &str,
        step: &str,
        operation: &'static str,
    ) -> Result<()> {
        let plans = locked(&self.0);
        let found = plans.get(&confirm.order).filter(|(until, _)| !until.is_over()).map(|(_, pending)| pending);
        let made_for =
            |pending: &&Pending| pending.wizard.as_ref().is_some_and(|(of, which)| of == wizard && which == step);
        match found.filter(made_for) {
            Some(pending) => pending.plan.clone().reviewed(&confirm.digest, confirm.typed.as_deref()).map(drop),
            None => Err(Error::new(Kind::Conflict, operation, "this plan is not of this step, or is gone")
                .with_refused_by("this app")
                .with_next("Make the plan anew, read it, and confirm it.")),
        }
    }

    /// Takes it out, so that it is used once. `None` if it is not there, or has waited too long.
    pub(super) fn take(&self, order: &str) -> Option<Pending> {
        locked(&self.0).remove(order).filter(|(until, _)| !until.is_over()).map(|(_, pending)| pending)
    }
}

/// The answers to the questions that are shown, each in the form that was asked for.
///
/// # Errors
/// `Invalid`, naming the question by its label.
pub(crate) fn fit(questions: &[Question], answers: Answers, secrets: &SecretAnswers) -> Result<Answers> {
    let mut fitting = BTreeMap::new();
    for question in questions {
        if let Some((name, values)) = &question.shown_when
            && !fitting.get(*name).is_some_and(|answer| values.contains(answer))
        {
            continue;
        }
        if question.kind == QuestionKind::Secret {
            let given = secrets.get(question.name).is_some_and(|secret| !secret.expose().is_empty());
            if question.required && !given {
                return Err(misfit(question, "it must be answered"));
            }
            continue;
        }
        if question.kind == QuestionKind::File && secrets.contains_key(question.name) {
            // What would be read from the file is at hand already.
            continue;
        }
        let answer = answers.get(question.name).map(|answer| answer.trim()).unwrap_or_default();
        if answer.is_empty() && question.required {
            return Err(misfit(question, "it must be answered"));
        }
        if !answer.is_empty() {
            well_formed(question, answer)?;
        }
        // An empty answer is one too: it takes a description away.
        if answers.contains_key(question.name) {
            let text = if question.kind == QuestionKind::Lines { &answers[question.name] } else { answer };
            fitting.insert(question.name.to_owned(), text.to_owned());
        }
    }
    let is_asked = |name: &String| questions.iter().any(|question| question.name == name.as_str());
    match answers.keys().chain(secrets.keys()).find(|name| !is_asked(name)) {
        Some(unasked) => Err(Error::new(Kind::Invalid, PLAN, format!("nothing called \"{unasked}\" is asked"))),
        None => Ok(fitting),
    }
}

fn well_formed(question: &Question, answer: &str) -> Result<()> {
    let one_of = |choices: &[(String, String)], answer: &str| choices.iter().any(|(value, _)| value == answer);
    let wrong = match &question.kind {
        QuestionKind::Choice(choices) if !one_of(choices, answer) => "it is not one of the choices".to_owned(),
        QuestionKind::Several(choices) => {
            match answer.split(',').map(str::trim).find(|one| !one.is_empty() && !one_of(choices, one)) {
                Some(other) => format!("\"{other}\" is not one of the choices"),
                None => return Ok(()),
            }
        }
        QuestionKind::Flag if !matches!(answer, "true" | "false") => "it is true or false".to_owned(),
        QuestionKind::Number { least, most } => match answer.parse::<i64>() {
            Ok(number) if (*least..=*most).contains(&number) => return Ok(()),
            Ok(_) | Err(_) => format!("it is a whole number from {least} to {most}"),
        },
        QuestionKind::Pairs => match serde_json::from_str::<Vec<(String, String)>>(answer) {
            Ok(pairs) if pairs.iter().any(|(key, _)| key.is_empty()) => "a key is empty".to_owned(),
            Ok(pairs) => {
                let keys: std::collections::BTreeSet<_> = pairs.iter().map(|(key, _)| key).collect();
                match keys.len() == pairs.len() {
                    true => return Ok(()),
                    false => "a key is there twice".to_owned(),
                }
            }
            Err(_) => "it is a JSON array of arrays of two texts".to_owned(),
        },
        QuestionKind::Choice(_)
        | QuestionKind::File
        | QuestionKind::Flag
        | QuestionKind::Lines
        | QuestionKind::List
        | QuestionKind::Secret
        | QuestionKind::Text => return Ok(()),
    };
    Err(misfit(question, &wrong))
}

fn misfit(question: &Question, why: &str) -> Error {
    Error::new(Kind::Invalid, PLAN, format!("{}: {why}", question.label))
        .with_refused_by("this app")
        .with_next("Correct the answer, then go on.")
}
