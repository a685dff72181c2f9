//! What statements that deny leave of what others allow.

use super::{
    super::{
        condition,
        context::Context,
        document::{Document, Statement},
        evaluate::has_resource,
        identity::{Identity, reach},
        truth::Truth,
    },
    Actions, Person, Question,
};
use crate::{Holder, Power, Standing};

/// The statements of a policy that deny.
pub(super) struct Denials<'a> {
    statements: Vec<(&'a Statement, Actions)>,
    excepted: Vec<Identity>,
}

impl<'a> Denials<'a> {
    /// Finds them.
    pub(super) fn of(document: &'a Document) -> Self {
        let denying = document.statements.iter().filter(|statement| statement.denies());
        let statements: Vec<_> = denying.map(|statement| (statement, Actions::of(statement))).collect();
        let mut excepted: Vec<Identity> = Vec::new();
        for (statement, _) in &statements {
            let lists = statement.principals.iter().filter(|principals| principals.negated);
            for principal in lists.flat_map(|principals| &principals.values) {
                excepted.extend(Identity::of_principal(&principal.value).filter(|other| !excepted.contains(other)));
            }
        }
        Self { statements, excepted }
    }

    /// Whom `NotPrincipal` of some of them names.
    pub(super) fn excepted(&self) -> &[Identity] {
        &self.excepted
    }

    /// What of these actions is denied to somebody.
    pub(super) fn against(
        &self,
        question: &Question<'_>,
        identity: &Identity,
        context: &Context,
        actions: Actions,
    ) -> Against<'a> {
        let mut found = Against { denied: Vec::new(), unless: Vec::new() };
        for (statement, denied) in &self.statements {
            if actions.and(*denied).is_empty() {
                continue;
            }
            match against(question, statement, identity, context) {
                (Truth::Fails, _) => {}
                (Truth::Holds, _) => found.denied.push((*denied, *statement)),
                (Truth::Unknown(_), words) => found.unless.push((*denied, words)),
            }
        }
        found
    }

    /// Adds whoever is denied a whole power by name and whom nothing lets in.
    pub(super) fn add_denied(&self, question: &Question<'_>, holders: &mut Vec<Holder>) {
        for (statement, denied) in &self.statements {
            let Some(principals) = &statement.principals else { continue };
            let people = if principals.negated {
                vec![Person::everybody_but(principals)]
            } else {
                principals.values.iter().flat_map(|principal| question.person(&principal.value)).collect()
            };
            for Person { identity, who, id, .. } in people {
                if !against(question, statement, &identity, &question.context(&identity)).0.holds() {
                    continue;
                }
                for power in Power::ALL {
                    let every = Actions::of_power(power);
                    let known = holders.iter().any(|holder| holder.id == id && holder.power == power);
                    if known || every.is_empty() || !every.without(*denied).is_empty() {
                        continue;
                    }
                    holders.push(Holder {
                        who: who.clone(),
                        id: id.clone(),
                        power,
                        standing: Standing::Denied,
                        by: statement.label(),
                        span: Some(statement.span),
                    });
                }
            }
        }
    }
}

/// What is denied to one somebody.
pub(super) struct Against<'a> {
    denied: Vec<(Actions, &'a Statement)>,
    /// What is denied under conditions, and when it is not, in words.
    unless: Vec<(Actions, String)>,
}

impl<'a> Against<'a> {
    /// Under which conditions one of these actions is left; the freest of them counts.
    ///
    /// # Errors
    /// The statement that denies the last of them.
    pub(super) fn of(&self, actions: Actions) -> Result<Vec<String>, &'a Statement> {
        let (mut left, mut denied_by) = (actions, None);
        for (denied, statement) in &self.denied {
            if !left.and(*denied).is_empty() {
                left = left.without(*denied);
                denied_by = Some(*statement);
            }
        }
        let conditions = |action: Actions| -> Vec<String> {
            let narrowing = self.unless.iter().filter(|(denied, _)| !denied.and(action).is_empty());
            let mut words: Vec<String> = Vec::new();
            for (_, said) in narrowing {
                if !words.contains(said) {
                    words.push(said.clone());
                }
            }
            words
        };
        match (left.each().map(conditions).min_by_key(Vec::len), denied_by) {
            (Some(words), _) => Ok(words),
            (None, Some(statement)) => Err(statement),
            (None, None) => Ok(Vec::new()),
        }
    }
}

/// Whether a statement denies somebody; and if that is unknown, when it does not, in words.
fn against(question: &Question<'_>, statement: &Statement, identity: &Identity, context: &Context) -> (Truth, String) {
    let Some(principals) = &statement.principals else { return (Truth::Fails, String::new()) };
    let variables = question.document.has_variables();
    let (reached, _) = reach(principals, identity, true, false);
    let item = question.surroundings.item.as_deref();
    let about = reached.and(has_resource(statement, item, context, variables));
    if about.fails() {
        return (Truth::Fails, String::new());
    }
    let mut truth = about.clone();
    let mut open = Vec::new();
    for one in &statement.conditions {
        let so = condition::holds(one, context, variables);
        if !so.holds() {
            open.push(one);
        }
        truth = truth.and(so);
    }
    let words = match (about.on(), open.as_slice()) {
        ([], [one]) => condition::words(one, false),
        ([], several) => {
            let all: Vec<String> = several.iter().map(|one| condition::words(one, true)).collect();
            format!("not where all of this is so: {}", all.join("; "))
        }
        (on, _) => format!("not where {} denies it, which depends on {}", statement.label(), on.join(" and ")),
    };
    (truth, words)
}
