//! Statements as a form edits them. What the form changes is written into the text; every other byte stays as it is.

use serde::{Deserialize, Serialize};

use super::{
    document::{Effect, Entries, Principal, PrincipalKind, Statement},
    layout::{Layout, Written},
    parse::parse,
};
use crate::{
    Edit, Fix, Span, Trouble,
    json::{Shape, Style, append, prepend, without},
};

/// One statement, as a form shows it.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct StatementForm {
    /// How people speak of it: its Sid, or "statement 2". Not written.
    pub label: String,
    /// Where it stands. Not written.
    pub span: Span,
    /// `Sid`; empty if it has none.
    pub sid: String,
    /// `Allow` or `Deny`.
    pub effect: String,
    /// `Principal` or `NotPrincipal`.
    pub principals: PrincipalsForm,
    /// `Action` or `NotAction`.
    pub actions: ValuesForm,
    /// `Resource` or `NotResource`.
    pub resources: ValuesForm,
    /// `Condition`, each operator with one key.
    pub conditions: Vec<ConditionForm>,
}

/// Principals of a form.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct PrincipalsForm {
    /// Everybody but these.
    pub negated: bool,
    /// One by one.
    pub values: Vec<PrincipalForm>,
}

/// One principal of a form.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct PrincipalForm {
    /// `AWS`, `Service`, `Federated`, `CanonicalUser`; `*` for everyone.
    pub kind: String,
    /// The ARN, the account, the service.
    pub value: String,
}

/// Values of a form's element.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct ValuesForm {
    /// Everything but these.
    pub negated: bool,
    /// One by one.
    pub values: Vec<String>,
}

/// One condition of a form.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct ConditionForm {
    /// Such as `StringEquals`.
    pub operator: String,
    /// Such as `kms:ViaService`.
    pub key: String,
    /// Any of them.
    pub values: Vec<String>,
}

/// The statements of a policy, as far as they can be read.
pub fn statements(text: &str) -> Vec<StatementForm> {
    parse(text, true).statements.iter().map(StatementForm::of).collect()
}

/// The text with one statement as the form has it. Only the elements that differ are written anew.
///
/// # Errors
/// [`Trouble::Unreadable`] if the text is not a policy, [`Trouble::NotThere`] if it has no such statement or the form
/// leaves out what a statement must have.
pub fn replace(text: &str, index: usize, form: &StatementForm) -> Result<String, Trouble> {
    form.complete()?;
    let layout = read(text)?;
    let (was, written) = found(text, &layout, index)?;
    let mut edits = Vec::new();
    let style = Style::beside(text, written.span);
    for (at, (names, shape)) in form.elements().into_iter().enumerate() {
        if was.elements()[at].1 != shape {
            edits.extend(element_edit(text, written, &style, names, at, shape));
        }
    }
    edits.sort_by_key(|edit: &Edit| edit.span);
    applied(text, edits)
}

/// The text without one statement.
///
/// # Errors
/// As [`replace`]; and the only statement is not taken out, since a policy without statements lets nobody in.
pub fn remove(text: &str, index: usize) -> Result<String, Trouble> {
    let layout = read(text)?;
    found(text, &layout, index)?;
    let edit = layout.removed(index).ok_or_else(|| Trouble::NotThere {
        says: "This is the only statement. Without it nobody could use the key or change its policy.".to_owned(),
    })?;
    applied(text, vec![edit])
}

/// The text with another statement behind the last one, written as its neighbours are.
///
/// # Errors
/// As [`replace`].
pub fn add(text: &str, form: &StatementForm) -> Result<String, Trouble> {
    form.complete()?;
    let layout = read(text)?;
    applied(text, layout.added(text, &[form.shape()]))
}

/// Takes a text apart that is sound.
pub(super) fn read(text: &str) -> Result<Layout, Trouble> {
    let document = parse(text, true);
    let error = document.malformed.iter().find(|finding| finding.severity == crate::Severity::Error);
    match (error, Layout::of(text)) {
        (None, Some(layout)) => Ok(layout),
        (error, _) => {
            let why = error.map_or("It has no statements.", |finding| finding.message.as_str());
            let says = format!("This policy cannot be read, so that nothing of it was changed. {why}");
            Err(Trouble::Unreadable { says })
        }
    }
}

pub(super) fn applied(text: &str, edits: Vec<Edit>) -> Result<String, Trouble> {
    Fix { says: String::new(), edits }.applied(text).ok_or_else(|| Trouble::Unreadable {
        says: "The change does not fit the text. Nothing of it was changed.".to_owned(),
    })
}

fn found<'l>(text: &str, layout: &'l Layout, index: usize) -> Result<(StatementForm, &'l Written), Trouble> {
    let document = parse(text, true);
    let statement = document.statements.iter().find(|statement| statement.index == index);
    statement
        .map(StatementForm::of)
        .zip(layout.statements.get(index))
        .ok_or_else(|| Trouble::NotThere { says: format!("This policy has no statement {}.", index + 1) })
}

/// What turns one element into what the form has: written over, put in its usual place, or taken out.
fn element_edit(
    text: &str,
    written: &Written,
    style: &Style,
    names: &[&str],
    at: usize,
    shape: Option<(&'static str, Shape)>,
) -> Option<Edit> {
    let siblings: Vec<Span> = written.parts.iter().map(|part| part.span).collect();
    let inner = style.inside();
    match (written.part(names), shape) {
        (Some(part), Some((name, shape))) if part.name == name => {
            Some(Edit { span: part.value, text: inner.print(&shape) })
        }
        (Some(part), Some((name, shape))) => Some(Edit { span: part.span, text: inner.property(name, &shape) }),
        (Some(part), None) => without(&siblings, siblings.iter().position(|span| *span == part.span)?),
        (None, Some((name, shape))) => {
            let printed = inner.property(name, &shape);
            if at == 0 {
                return siblings.first().map(|first| prepend(text, *first, &printed));
            }
            append(text, &siblings, &printed)
        }
        (None, None) => None,
    }
}

/// The names of an element and, if the form has it, the one of them with its value.
type Element = (&'static [&'static str], Option<(&'static str, Shape)>);

impl StatementForm {
    pub(super) fn of(statement: &Statement) -> Self {
        Self {
            label: statement.label(),
            span: statement.span,
            sid: statement.sid.as_ref().map(|sid| sid.value.clone()).unwrap_or_default(),
            effect: match statement.effect.as_ref().map(|effect| effect.value) {
                Some(Effect::Allow) => "Allow".to_owned(),
                Some(Effect::Deny) => "Deny".to_owned(),
                None => String::new(),
            },
            principals: statement.principals.as_ref().map(PrincipalsForm::of).unwrap_or_default(),
            actions: statement.actions.as_ref().map(ValuesForm::of).unwrap_or_default(),
            resources: statement.resources.as_ref().map(ValuesForm::of).unwrap_or_default(),
            conditions: statement
                .conditions
                .iter()
                .map(|condition| ConditionForm {
                    operator: condition.operator.value.clone(),
                    key: condition.key.value.clone(),
                    values: condition.values.iter().map(|value| value.value.clone()).collect(),
                })
                .collect(),
        }
    }

    /// As it is written into a text.
    pub(super) fn shape(&self) -> Shape {
        let written = self.elements().into_iter().filter_map(|(_, element)| element);
        Shape::Map(written.map(|(name, shape)| (name.to_owned(), shape)).collect())
    }

    fn elements(&self) -> Vec<Element> {
        let sid = (!self.sid.is_empty()).then(|| ("Sid", Shape::text(&self.sid)));
        let effect = (!self.effect.is_empty()).then(|| ("Effect", Shape::text(&self.effect)));
        let conditions = (!self.conditions.is_empty()).then(|| ("Condition", self.conditions_shape()));
        vec![
            (&["Sid"], sid),
            (&["Effect"], effect),
            (&["Principal", "NotPrincipal"], self.principals.element()),
            (&["Action", "NotAction"], self.actions.element("Action", "NotAction")),
            (&["Resource", "NotResource"], self.resources.element("Resource", "NotResource")),
            (&["Condition"], conditions),
        ]
    }

    /// By operator, in the order in which the operators first come.
    fn conditions_shape(&self) -> Shape {
        let mut operators: Vec<(String, Shape)> = Vec::new();
        for condition in &self.conditions {
            let key = (condition.key.clone(), Shape::one_or_list(&condition.values));
            match operators.iter_mut().find(|(operator, _)| *operator == condition.operator) {
                Some((_, Shape::Map(keys))) => keys.push(key),
                Some(_) | None => operators.push((condition.operator.clone(), Shape::Map(vec![key]))),
            }
        }
        Shape::Map(operators)
    }

    fn complete(&self) -> Result<(), Trouble> {
        let missing = match () {
            () if !["Allow", "Deny"].contains(&self.effect.as_str()) => "its Effect, Allow or Deny",
            () if self.principals.values.is_empty() => "a principal",
            () if self.actions.values.is_empty() => "an action",
            () if self.resources.values.is_empty() => "a resource, which is * in the policy of a key",
            () => return Ok(()),
        };
        Err(Trouble::NotThere { says: format!("The statement lacks {missing}. Nothing was changed.") })
    }
}

impl PrincipalsForm {
    fn of(principals: &Entries<Principal>) -> Self {
        let values = principals.values.iter().map(|principal| PrincipalForm {
            kind: principal.value.kind.word().to_owned(),
            value: principal.value.value.clone(),
        });
        Self { negated: principals.negated, values: values.collect() }
    }

    fn element(&self) -> Option<(&'static str, Shape)> {
        let name = if self.negated { "NotPrincipal" } else { "Principal" };
        if self.values.iter().any(|principal| principal.kind == "*") {
            return Some((name, Shape::text("*")));
        }
        let mut kinds: Vec<(String, Vec<String>)> = Vec::new();
        for principal in &self.values {
            match kinds.iter_mut().find(|(kind, _)| *kind == principal.kind) {
                Some((_, values)) => values.push(principal.value.clone()),
                None => kinds.push((principal.kind.clone(), vec![principal.value.clone()])),
            }
        }
        let kinds: Vec<_> = kinds.into_iter().map(|(kind, values)| (kind, Shape::one_or_list(&values))).collect();
        (!kinds.is_empty()).then_some((name, Shape::Map(kinds)))
    }
}

impl ValuesForm {
    fn of(entries: &Entries<String>) -> Self {
        Self { negated: entries.negated, values: entries.values.iter().map(|value| value.value.clone()).collect() }
    }

    fn element(&self, name: &'static str, negated: &'static str) -> Option<(&'static str, Shape)> {
        let name = if self.negated { negated } else { name };
        (!self.values.is_empty()).then(|| (name, Shape::one_or_list(&self.values)))
    }
}

impl PrincipalKind {
    /// As a policy writes it; `*` for everyone.
    pub fn word(&self) -> &str {
        match self {
            Self::Everyone => "*",
            Self::Aws => "AWS",
            Self::Service => "Service",
            Self::Federated => "Federated",
            Self::CanonicalUser => "CanonicalUser",
            Self::Other(word) => word,
        }
    }
}
