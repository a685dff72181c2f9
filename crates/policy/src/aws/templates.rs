//! Statements that people add to key policies again and again. Merged behind what is there, never put over it.

mod catalogue;

pub use catalogue::TEMPLATES;

use super::{
    document::Document,
    form::{ConditionForm, PrincipalForm, PrincipalsForm, StatementForm, ValuesForm, applied, read},
    identity::{Identity, IdentityKind},
    lint::free_sid,
    parse::parse,
    pattern::action_matches,
};
use crate::{Answers, Merged, Surroundings, Template, Trouble, json::Shape};

/// The template of an id.
///
/// # Errors
/// [`Trouble::NotThere`].
pub fn template(id: &str) -> Result<&'static Template, Trouble> {
    let found = TEMPLATES.iter().find(|template| template.id == id);
    found.ok_or_else(|| Trouble::NotThere { says: format!("There is no template \"{id}\".") })
}

/// The text with a template's statements behind its own. What it says already is not said again, and every byte of what
/// was there stays as it is.
///
/// # Errors
/// [`Trouble::Answer`] if an answer is missing or wrong, [`Trouble::Unreadable`] if the text is not a policy.
pub fn merge(text: &str, id: &str, answers: &Answers, around: &Surroundings) -> Result<Merged, Trouble> {
    let wanted = statements_of(id, answers, around)?;
    let layout = read(text)?;
    let document = parse(text, true);
    let new: Vec<StatementForm> = wanted.into_iter().filter(|wanted| !says_already(&document, wanted)).collect();
    if new.is_empty() {
        let says = "The policy says this already. Nothing was changed.".to_owned();
        return Ok(Merged { text: text.to_owned(), changed: false, says });
    }
    let named = with_free_sids(&document, new);
    let labels: Vec<String> = named.iter().map(|form| format!("\"{}\"", form.sid)).collect();
    let shapes: Vec<Shape> = named.iter().map(StatementForm::shape).collect();
    let text = applied(text, layout.added(text, &shapes))?;
    let says = format!("Added {}. What was there stays as it was.", crate::listed(&labels));
    Ok(Merged { text, changed: true, says })
}

/// The text without the statements that a template added with these answers: those that say the same and no more,
/// whatever their Sid. What stops is told by [`super::differences`].
///
/// # Errors
/// As [`merge`]; and the last statement of a policy is not taken out.
pub fn take_back(text: &str, id: &str, answers: &Answers, around: &Surroundings) -> Result<Merged, Trouble> {
    let wanted = statements_of(id, answers, around)?;
    read(text)?;
    let mut text = text.to_owned();
    let mut taken = Vec::new();
    // From behind, so that what is still to be taken out keeps its number.
    for statement in parse(&text, true).statements.iter().rev() {
        let form = StatementForm::of(statement);
        if wanted.iter().any(|wanted| same_effect(&form, wanted)) {
            text = super::form::remove(&text, statement.index)?;
            taken.push(statement.label());
        }
    }
    taken.reverse();
    if taken.is_empty() {
        let says = "The policy has no statement that says exactly this. Nothing was changed.".to_owned();
        return Ok(Merged { text, changed: false, says });
    }
    let says = format!("Removed {}. What else was there stays as it was.", crate::listed(&taken));
    Ok(Merged { text, changed: true, says })
}

/// What leaves the rest to the IAM policies of the key's account.
pub(super) fn root_delegation(document: &Document, partition: &str, account: &str) -> StatementForm {
    let root = format!("arn:{partition}:iam::{account}:root");
    let form = allow("Enable IAM User Permissions", &[root], &["kms:*"]);
    with_free_sids(document, vec![form]).remove(0)
}

fn statements_of(id: &str, answers: &Answers, around: &Surroundings) -> Result<Vec<StatementForm>, Trouble> {
    let template = template(id)?;
    template.check(answers)?;
    let partition = around.arn_part(1).unwrap_or("aws");
    Ok((catalogue::statements(template.id))(&Given { answers, partition }))
}

/// The answers, as statements need them.
struct Given<'a> {
    answers: &'a Answers,
    partition: &'a str,
}

impl Given<'_> {
    fn of(&self, question: &str) -> &str {
        self.answers.get(question).map_or("", |answer| answer.trim())
    }

    fn lines(&self, question: &str) -> Vec<String> {
        let lines = self.of(question).lines().map(str::trim).filter(|line| !line.is_empty());
        lines.map(str::to_owned).collect()
    }

    /// An account as a principal.
    fn account(&self, question: &str) -> Vec<String> {
        vec![format!("arn:{}:iam::{}:root", self.partition, self.of(question))]
    }
}

fn allow(sid: &str, principals: &[String], actions: &[&str]) -> StatementForm {
    StatementForm {
        sid: sid.to_owned(),
        effect: "Allow".to_owned(),
        principals: of_kind("AWS", principals),
        actions: ValuesForm { negated: false, values: actions.iter().map(|action| (*action).to_owned()).collect() },
        resources: ValuesForm { negated: false, values: vec!["*".to_owned()] },
        ..StatementForm::default()
    }
}

fn of_kind(kind: &str, values: &[String]) -> PrincipalsForm {
    let principal = |value: &String| PrincipalForm { kind: kind.to_owned(), value: value.clone() };
    PrincipalsForm { negated: false, values: values.iter().map(principal).collect() }
}

fn when(mut statement: StatementForm, operator: &str, key: &str, value: &str) -> StatementForm {
    statement.conditions.push(ConditionForm {
        operator: operator.to_owned(),
        key: key.to_owned(),
        values: vec![value.to_owned()],
    });
    statement
}

fn with_free_sids(document: &Document, forms: Vec<StatementForm>) -> Vec<StatementForm> {
    let mut taken: Vec<String> =
        document.statements.iter().filter_map(|statement| Some(statement.sid.as_ref()?.value.clone())).collect();
    let mut named = Vec::with_capacity(forms.len());
    for mut form in forms {
        form.sid = free_sid(&form.sid, |candidate| taken.iter().any(|sid| sid == candidate));
        taken.push(form.sid.clone());
        named.push(form);
    }
    named
}

/// Whether one statement of the policy says all that is wanted, under the same conditions.
fn says_already(document: &Document, wanted: &StatementForm) -> bool {
    document.statements.iter().map(StatementForm::of).any(|form| {
        let covered = |value: &String| form.actions.values.iter().any(|wider| action_matches(wider, value));
        let principals = principals(&form);
        same_but(&form, wanted)
            && wanted.actions.values.iter().all(covered)
            && self::principals(wanted).iter().all(|principal| principals.contains(principal))
    })
}

/// Whether two statements say the same and no more, whatever their Sids and the order of their values.
fn same_effect(form: &StatementForm, wanted: &StatementForm) -> bool {
    let actions = |form: &StatementForm| {
        let mut actions: Vec<String> = form.actions.values.iter().map(|action| action.to_lowercase()).collect();
        actions.sort_unstable();
        actions
    };
    same_but(form, wanted) && actions(form) == actions(wanted) && principals(form) == principals(wanted)
}

/// Whether effect, resources, conditions, and the kinds of the other elements are the same.
fn same_but(form: &StatementForm, wanted: &StatementForm) -> bool {
    let conditions = |form: &StatementForm| {
        let mut conditions = form.conditions.clone();
        for condition in &mut conditions {
            condition.values.sort_unstable();
        }
        conditions.sort_unstable();
        conditions
    };
    form.effect == wanted.effect
        && form.principals.negated == wanted.principals.negated
        && form.actions.negated == wanted.actions.negated
        && form.resources == wanted.resources
        && conditions(form) == conditions(wanted)
}

/// The principals with accounts in one way of writing, sorted.
fn principals(form: &StatementForm) -> Vec<(String, String)> {
    let one = |principal: &PrincipalForm| {
        let whole = crate::template::is_account(&principal.value);
        let account = Identity::of_arn(&principal.value)
            .filter(|identity| identity.kind == IdentityKind::Root)
            .and_then(|identity| identity.account);
        let value = if whole { principal.value.clone() } else { account.unwrap_or_else(|| principal.value.clone()) };
        let everyone = principal.kind == "AWS" && value == "*";
        (if everyone { "*".to_owned() } else { principal.kind.clone() }, value)
    };
    let mut principals: Vec<_> = form.principals.values.iter().map(one).collect();
    principals.sort_unstable();
    principals.dedup();
    principals
}
