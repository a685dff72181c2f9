//! What somebody who looks at role assignments should know.

use super::{Assignment, parse, read::Width};
use crate::{Finding, Power, Severity, Surroundings, azure::object::removal};

/// Every finding, in the order of the text.
pub fn lint(text: &str, _surroundings: &Surroundings) -> Vec<Finding> {
    let document = parse(text);
    let mut findings = document.malformed.clone();
    for (at, assignment) in document.assignments.iter().enumerate() {
        findings.extend(of_role(assignment));
        findings.extend(of_principal(assignment));
        findings.extend(of_scope(assignment));
        let same = |other: &&Assignment| key(other) == key(assignment) && assignment.principal.is_some();
        if let Some(first) = document.assignments[..at].iter().find(same) {
            let message = format!("This is the same as {}: Azure refuses it.", first.label());
            findings.push(
                Finding::new("repeated-assignment", Severity::Warning, assignment.span, message)
                    .with_fix("Remove the second", vec![removal(text, assignment.span)]),
            );
        }
    }
    Finding::in_order(findings)
}

fn key(assignment: &Assignment) -> (String, String, String) {
    let lower = |text: Option<&crate::Spanned<String>>| text.map_or_else(String::new, |text| text.value.to_lowercase());
    let role = assignment.role().map_or_else(|| lower(assignment.role_id.as_ref()), |role| role.id.to_owned());
    (lower(assignment.principal.as_ref()), role, lower(assignment.scope.as_ref()).trim_end_matches('/').to_owned())
}

fn of_role(assignment: &Assignment) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some(written) = assignment.role_id.as_ref().or(assignment.role_name.as_ref()) else { return findings };
    let Some(role) = assignment.role() else {
        let message =
            "This is a role of one's own, or one that has nothing to do with keys: what it gives is not known here.";
        let finding = Finding::new("unknown-role", Severity::Note, written.span, message);
        findings.push(finding.with_next("Look at its definition."));
        return findings;
    };
    let (powers, wide) = (role.powers(), assignment.width().is_some_and(|width| width >= Width::Subscription));
    if powers.contains(&Power::Administer) && !role.conditional && assignment.condition.is_none() {
        let message = format!("{} may give every role to everybody, themselves included.", role.name);
        findings.push(
            Finding::warning("can-give-roles", written.span, message)
                .with_next("Limit it by a condition on the roles that may be given."),
        );
    }
    if role.data_actions.iter().any(|action| action.ends_with("vaults/*")) && wide {
        let message = format!(
            "{} here may use and destroy everything in every vault of the subscription, also in later ones.",
            role.name
        );
        findings.push(
            Finding::new("everything-everywhere", Severity::Error, written.span, message)
                .with_next("Assign it to one vault."),
        );
    } else if wide && !powers.is_empty() && !powers.contains(&Power::Administer) {
        let message = format!("{} holds for every vault of the subscription, also for later ones.", role.name);
        findings.push(Finding::warning("wide-scope", written.span, message).with_next("Assign it to one vault."));
    }
    if role.name == "Key Vault Contributor" || role.name == "Contributor" {
        let message = format!("Where a vault goes by access policies, {} can let itself in by one.", role.name);
        findings.push(
            Finding::warning("contributor-lets-itself-in", written.span, message)
                .with_next("Let the vault go by roles (RBAC)."),
        );
    }
    findings
}

fn of_principal(assignment: &Assignment) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(kind) = &assignment.principal_type {
        let known = ["User", "Group", "ServicePrincipal", "ForeignGroup", "Device"];
        if kind.value.eq_ignore_ascii_case("Unknown") {
            let message = "The principal is unknown: it was deleted, and the assignment lets nobody in.";
            findings
                .push(Finding::warning("deleted-principal", kind.span, message).with_next("Remove the assignment."));
        } else if !known.iter().any(|word| word.eq_ignore_ascii_case(&kind.value)) {
            let message = format!("\"{}\" is not a kind of principal.", kind.value);
            findings.push(
                Finding::new("unknown-principal-type", Severity::Error, kind.span, message)
                    .with_next(format!("It is one of {}.", crate::either(&known))),
            );
        } else if kind.value.eq_ignore_ascii_case("ForeignGroup") {
            let message = "The group is of another tenant: who is in it is decided there.";
            findings.push(Finding::warning("foreign-group", kind.span, message));
        }
    }
    if let Some(name) =
        assignment.principal_name.as_ref().filter(|name| name.value.is_empty() || name.value == "Identity not found.")
        && assignment.principal_type.as_ref().is_none_or(|kind| !kind.value.eq_ignore_ascii_case("Unknown"))
    {
        let message =
            "Azure finds no name for the principal: it may have been deleted, or you may not read the directory.";
        findings.push(Finding::new("nameless-principal", Severity::Note, name.span, message));
    }
    findings
}

fn of_scope(assignment: &Assignment) -> Vec<Finding> {
    let mut findings = Vec::new();
    match (&assignment.scope, assignment.width()) {
        (None, _) => {
            let message = "There is no scope, so where it holds is not known.";
            findings.push(Finding::warning("no-scope", assignment.span, message));
        }
        (Some(scope), None) => {
            let message =
                "This is not a scope of Azure: it begins with /subscriptions/ or /providers/Microsoft.Management/.";
            findings.push(Finding::new("not-a-scope", Severity::Error, scope.span, message));
        }
        (Some(scope), Some(Width::Item)) => {
            let message =
                "Roles of single keys and secrets are easily overlooked; Azure advises one vault for each application.";
            findings.push(Finding::new("item-scope", Severity::Note, scope.span, message));
        }
        (Some(_), Some(Width::Resource | Width::Group | Width::Subscription | Width::Beyond)) => {}
    }
    if let Some(condition) = &assignment.condition {
        let message = "A condition (ABAC) narrows this further; it is not evaluated here.";
        findings.push(Finding::new("condition-not-read", Severity::Note, condition.span, message));
    }
    findings
}
