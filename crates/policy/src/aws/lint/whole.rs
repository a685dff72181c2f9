//! Lints of the policy as a whole: whether anybody may still change it. And slips of the pen that the parser refuses.

use super::{
    Sight,
    codes::{DENIES_EVERYBODY, MISSING_ADMINISTRATOR, NO_ROOT_DELEGATION},
    facts::{is_for_everybody, is_own_account, named, speaks_of},
};
use crate::{
    Edit, Finding, Holder, Power, Span, Standing, Surroundings,
    aws::{
        context::Context,
        document::Statement,
        evaluate::has_resource,
        identity::{is_account, is_service},
        layout::{Layout, Part},
        templates::root_delegation,
        who,
    },
    json::quoted,
    nearest::nearest,
};

pub(super) fn look(sight: &mut Sight<'_>) {
    let around = sight.around;
    let administering: Vec<Holder> = who::of_document(sight.document, around)
        .into_iter()
        .filter(|holder| holder.power == Power::Administer && !is_service(&holder.id) && holder.span.is_some())
        .collect();
    let may = || administering.iter().filter(|holder| holder.standing != Standing::Denied);
    let as_account = |holder: &Holder| {
        let own = around.account().is_none_or(|own| own == holder.id);
        holder.id.starts_with('*') || (own && is_account(&holder.id))
    };
    let denying: Vec<&Statement> =
        sight.document.statements.iter().filter(|statement| denies_everybody(statement, around)).collect();
    let finding = if may().next().is_none() && denying.is_empty() {
        let message =
            "Nobody may change this policy. Once it holds, the key stays as it is until AWS Support changes it.";
        Some(MISSING_ADMINISTRATOR.at(statement_name(sight), message))
    } else if !administering.iter().any(as_account) && denying.is_empty() {
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
    for statement in denying {
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

fn denies_everybody(statement: &Statement, around: &Surroundings) -> bool {
    let everybody = is_for_everybody(statement)
        || named(statement).iter().any(|principal| is_own_account(&principal.value, around));
    let resource = || has_resource(statement, around.item.as_deref(), &Context::default(), false);
    statement.denies()
        && statement.conditions.is_empty()
        && everybody
        && speaks_of(statement, "PutKeyPolicy")
        && !resource().fails()
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
