//! Lints of the policy as a whole: whether anybody may still change it. And slips of the pen that the parser refuses.

use super::{
    Sight,
    codes::{DENIES_EVERYBODY, MISSING_ADMINISTRATOR, NO_ROOT_DELEGATION},
    facts::{is_for_everybody, is_own_account, is_unique_id, named, other_account, speaks_of, speaks_of_the_key},
    nearest::nearest,
};
use crate::{
    Edit, Finding, Span, Surroundings,
    aws::{
        document::{PrincipalKind, Statement},
        layout::{Layout, Part},
        templates::root_delegation,
    },
    json::quoted,
};

pub(super) fn look(sight: &mut Sight<'_>) {
    let (document, around) = (sight.document, sight.around);
    let administering: Vec<&Statement> =
        document.statements.iter().filter(|statement| lets_administer(statement, around)).collect();
    let to_account = |statement: &&&Statement| {
        let everybody = is_for_everybody(statement);
        everybody || named(statement).iter().any(|principal| is_own_account(&principal.value, around))
    };
    let finding = if administering.is_empty() {
        let message =
            "Nobody may change this policy. Once it holds, the key stays as it is until AWS Support changes it.";
        Some(MISSING_ADMINISTRATOR.at(statement_name(sight), message))
    } else if administering.iter().find(to_account).is_none() {
        let message = "The account itself is not let in, so its IAM policies cannot let anybody in. If those who are named \
                       here are deleted, nobody can change this policy.";
        Some(NO_ROOT_DELEGATION.at(statement_name(sight), message))
    } else {
        None
    };
    if let Some(finding) = finding {
        let finding = with_delegation(sight, finding);
        sight.found.push(finding);
    }
    for statement in document.statements.iter().filter(|statement| denies_everybody(statement, around)) {
        let message = format!(
            "{} keeps everybody from changing this policy, also its administrators. Nothing allows what is denied.",
            crate::capitalized(&statement.label())
        );
        let span = statement.actions.as_ref().map_or(statement.span, |actions| actions.span);
        let next =
            "Leave out kms:PutKeyPolicy, or add the condition ArnNotEquals aws:PrincipalArn with an administrator.";
        sight.found.push(DENIES_EVERYBODY.at(span, message).with_next(next));
    }
}

/// Whether a statement lets somebody of the key's account change the policy.
fn lets_administer(statement: &Statement, around: &Surroundings) -> bool {
    let somebody = statement.principals.as_ref().is_some_and(|principals| {
        principals.negated
            || principals.values.iter().any(|principal| {
                let principal = &principal.value;
                match principal.kind {
                    PrincipalKind::Everyone => true,
                    PrincipalKind::Aws => !is_unique_id(&principal.value) && other_account(principal, around).is_none(),
                    PrincipalKind::Federated => true,
                    PrincipalKind::Service | PrincipalKind::CanonicalUser | PrincipalKind::Other(_) => false,
                }
            })
    });
    statement.allows() && somebody && speaks_of(statement, "PutKeyPolicy") && speaks_of_the_key(statement, around)
}

fn denies_everybody(statement: &Statement, around: &Surroundings) -> bool {
    let everybody = is_for_everybody(statement)
        || named(statement).iter().any(|principal| is_own_account(&principal.value, around));
    statement.denies()
        && statement.conditions.is_empty()
        && everybody
        && speaks_of(statement, "PutKeyPolicy")
        && speaks_of_the_key(statement, around)
}

/// The name of the element that lacks something: `"Statement"`.
fn statement_name(sight: &Sight<'_>) -> Span {
    let element = sight.layout.as_ref().and_then(|layout| layout.elements.iter().find(|part| part.name == "Statement"));
    element.map_or(sight.document.span, |part| Span::new(part.span.start, part.span.start + "\"Statement\"".len()))
}

fn with_delegation(sight: &Sight<'_>, finding: Finding) -> Finding {
    let statement = sight.around.account().zip(sight.around.arn_part(1));
    let Some(((account, partition), layout)) = statement.zip(sight.layout.as_ref()) else {
        return finding.with_next("Allow kms:* to the account of the key: its IAM policies can then let people in.");
    };
    let shape = root_delegation(sight.document, partition, account).shape();
    finding.with_fix(format!("Let the IAM policies of account {account} decide"), layout.added(sight.text, &[shape]))
}

/// A finding of the parser, with the edit where only a slip of the pen can have been meant.
pub(super) fn mended(text: &str, finding: &Finding) -> Finding {
    let written = finding.span.of(text).trim_matches('"');
    let meant = match finding.code.as_str() {
        "unknown-effect" => ["Allow", "Deny"].into_iter().find(|effect| effect.eq_ignore_ascii_case(written)),
        "unknown-element" => element(text, finding.span, written),
        _ => None,
    };
    let finding = finding.clone();
    if finding.fix.is_some() {
        return finding;
    }
    match meant {
        Some(meant) => {
            let edit = Edit { span: finding.span, text: quoted(meant) };
            finding.with_fix(format!("Write {meant}"), vec![edit])
        }
        None => finding,
    }
}

/// The element that was meant, if it does not stand beside it already.
fn element(text: &str, span: Span, written: &str) -> Option<&'static str> {
    const OF_PRINCIPAL: [&str; 4] = ["AWS", "Service", "Federated", "CanonicalUser"];
    const OF_STATEMENT: [&str; 9] =
        ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
    let layout = Layout::of(text)?;
    let within = |outer: Span| outer.start <= span.start && span.end <= outer.end;
    let Some(statement) = layout.statements.iter().find(|statement| within(statement.span)) else {
        return nearest(written, ["Version", "Id", "Statement"]).filter(|near| is_absent(&layout.elements, near));
    };
    if let Some(outer) = statement.parts.iter().find(|part| within(part.value)) {
        let of_principal = outer.name.ends_with("Principal");
        return nearest(written, OF_PRINCIPAL).filter(|near| of_principal && is_absent(&outer.parts, near));
    }
    nearest(written, OF_STATEMENT).filter(|near| {
        let twin = near.strip_prefix("Not").map_or_else(|| format!("Not{near}"), str::to_owned);
        is_absent(&statement.parts, near) && is_absent(&statement.parts, &twin)
    })
}

fn is_absent(parts: &[Part], name: &str) -> bool {
    parts.iter().all(|part| part.name != name)
}
