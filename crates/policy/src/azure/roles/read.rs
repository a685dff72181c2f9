//! From ARM's role assignments to [`Document`].

use jsonc_parser::ast::{Object, Value};

use super::Role;
use crate::{
    Finding, Severity, Span, Spanned,
    azure::object::{Faults, is_uuid, read, span},
};

/// Role assignments as they are written.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Document {
    /// One by one.
    pub assignments: Vec<Assignment>,
    /// What is not of the shape.
    pub malformed: Vec<Finding>,
    /// The whole text's value.
    pub span: Span,
}

/// One role, given to one principal at one scope.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Assignment {
    /// Its number, from 0.
    pub index: usize,
    /// `principalId`.
    pub principal: Option<Spanned<String>>,
    /// `principalType`: `User`, `Group`, `ServicePrincipal`, `ForeignGroup`, `Device`.
    pub principal_type: Option<Spanned<String>>,
    /// `principalName` or `displayName`, where the answer has it.
    pub principal_name: Option<Spanned<String>>,
    /// `roleDefinitionId`.
    pub role_id: Option<Spanned<String>>,
    /// `roleDefinitionName` or `roleName`, where the answer has it.
    pub role_name: Option<Spanned<String>>,
    /// `scope`.
    pub scope: Option<Spanned<String>>,
    /// `condition`.
    pub condition: Option<Spanned<String>>,
    /// The whole assignment.
    pub span: Span,
}

/// How wide a scope is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Width {
    /// One key, secret or certificate.
    Item,
    /// One resource.
    Resource,
    /// All of a resource group.
    Group,
    /// All of a subscription.
    Subscription,
    /// All of a management group, or of the tenant.
    Beyond,
}

impl Document {
    /// Whether the shape is right.
    pub fn is_well_formed(&self) -> bool {
        self.malformed.iter().all(|finding| finding.severity != Severity::Error)
    }
}

impl Assignment {
    /// How people speak of it.
    pub fn label(&self) -> String {
        format!("assignment {}", self.index + 1)
    }

    /// The built-in role, by id or name; `None` for roles of one's own.
    pub fn role(&self) -> Option<&'static Role> {
        let named = |written: &Option<Spanned<String>>| written.as_ref().and_then(|written| Role::of(&written.value));
        named(&self.role_id).or_else(|| named(&self.role_name))
    }

    /// Its role as people name it.
    pub(super) fn role_said(&self) -> String {
        if let Some(role) = self.role() {
            return role.name.to_owned();
        }
        let written = self.role_name.as_ref().or(self.role_id.as_ref());
        written.map_or_else(|| "no role".to_owned(), |role| format!("the role {}", role.value))
    }

    pub(super) fn width(&self) -> Option<Width> {
        let scope = self.scope.as_ref()?.value.to_lowercase();
        let parts: Vec<&str> = scope.split('/').filter(|part| !part.is_empty()).collect();
        Some(match parts.as_slice() {
            [] => Width::Beyond,
            ["providers", "microsoft.management", ..] => Width::Beyond,
            ["subscriptions", _] => Width::Subscription,
            ["subscriptions", _, "resourcegroups", _] => Width::Group,
            ["subscriptions", _, "resourcegroups", _, "providers", _, _, _] => Width::Resource,
            ["subscriptions", _, "resourcegroups", _, "providers", _, _, _, _, _, ..] => Width::Item,
            _ => return None,
        })
    }
}

/// Reads a list of role assignments, ARM's answer with `value`, or one assignment; with or without `properties`.
pub fn parse(text: &str) -> Document {
    let (mut document, malformed) = read(text, |value, faults| {
        let mut document = Document { span: span(value), ..Document::default() };
        for value in faults.list(value, &["value"], "role assignments") {
            let index = document.assignments.len();
            document.assignments.extend(assignment(index, value, faults));
        }
        document
    });
    document.malformed = malformed;
    document
}

fn assignment(index: usize, value: &Value<'_>, faults: &mut Faults) -> Option<Assignment> {
    let object = faults.object(value, "A role assignment")?;
    let mut assignment = Assignment { index, span: span(object), ..Assignment::default() };
    properties(&mut assignment, object, faults);
    for (name, there) in [
        ("principalId", assignment.principal.is_some()),
        ("roleDefinitionId", assignment.role_id.is_some() || assignment.role_name.is_some()),
    ] {
        if !there {
            faults.error("missing-element", assignment.span, format!("{} has no {name}.", assignment.label()));
        }
    }
    if let Some(principal) = assignment.principal.as_ref().filter(|principal| !is_uuid(&principal.value)) {
        let message = format!(
            "principalId is an id as 00000000-0000-0000-0000-000000000000 is, which \"{}\" is not.",
            principal.value
        );
        faults.error("not-an-id", principal.span, message);
    }
    Some(assignment)
}

fn properties(assignment: &mut Assignment, object: &Object<'_>, faults: &mut Faults) {
    for property in faults.properties(object) {
        let value = &property.value;
        let text = |name: &str, faults: &mut Faults| faults.text(name, value);
        match property.name.as_str().to_lowercase().as_str() {
            "properties" => {
                if let Some(inner) = faults.object(value, "properties") {
                    properties(assignment, inner, faults);
                }
            }
            "principalid" => assignment.principal = text("principalId", faults),
            "principaltype" => assignment.principal_type = text("principalType", faults),
            "principalname" | "displayname" => assignment.principal_name = text("principalName", faults),
            "roledefinitionid" => assignment.role_id = text("roleDefinitionId", faults),
            "roledefinitionname" | "rolename" => assignment.role_name = text("roleName", faults),
            "scope" => assignment.scope = text("scope", faults),
            "condition" => assignment.condition = text("condition", faults),
            // ARM answers with much that decides nothing: ids, dates, who wrote it.
            _ => {}
        }
    }
}
