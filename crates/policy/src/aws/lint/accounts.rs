//! Lints of what is allowed to others: other accounts, and whoever a grant may be made for.

use super::{
    Sight,
    codes::{ADMINISTRATION_TO_ANOTHER, EVERYTHING_TO_ANOTHER, GRANTS_UNCONSTRAINED},
    facts::{actions, is_on, is_own_account, means_everything, named, other_account, speaks_of, speaks_of_everything},
};
use crate::{
    Edit, Finding, Power, Span,
    aws::{
        accounts::account_in_words,
        actions::across_accounts,
        document::{PrincipalKind, Statement},
        pattern::kms_action_matches,
    },
    json::{Shape, Style, append},
};

/// What narrows for whom, or for what, a grant may be made.
const NARROWING: &[&str] = &[
    "kms:GrantConstraintSourceArn",
    "kms:GrantConstraintType",
    "kms:GrantIsForAWSResource",
    "kms:GrantOperations",
    "kms:GranteePrincipal",
    "kms:GranteeServicePrincipal",
    "kms:ViaService",
];

pub(super) fn look(sight: &mut Sight<'_>, statement: &Statement) {
    if !statement.allows() {
        return;
    }
    let finding = to_another(sight, statement);
    sight.found.extend(finding);
    let finding = grants(sight, statement);
    sight.found.extend(finding);
}

fn to_another(sight: &Sight<'_>, statement: &Statement) -> Option<Finding> {
    let account = named(statement).iter().find_map(|principal| other_account(&principal.value, sight.around))?;
    let whose = account_in_words(&account);
    let entries = statement.actions.as_ref()?;
    if speaks_of_everything(statement) {
        let widest = entries.values.iter().find(|value| means_everything(&value.value));
        let span = widest.map_or(entries.span, |value| value.span);
        let message = format!("Everything that KMS lets another account do is allowed to {whose}, grants included.");
        let next =
            "Name what is needed: kms:Encrypt, kms:Decrypt, kms:ReEncrypt*, kms:GenerateDataKey*, kms:DescribeKey.";
        return Some(EVERYTHING_TO_ANOTHER.at(span, message).with_next(next));
    }
    let beyond: Vec<&str> = actions(statement)
        .into_iter()
        .filter(|action| matches!(action.power, Some(Power::Administer | Power::Destroy)))
        .filter(|action| !across_accounts(action.name))
        .map(|action| action.name)
        .collect();
    let first = beyond.first()?;
    let said = entries.values.iter().find(|value| kms_action_matches(&value.value, first));
    let span = said.map_or(entries.span, |value| value.span);
    let message = format!(
        "Allowing {whose} {} has no effect, since KMS lets nobody of another account do that. More is meant to be \
         allowed than use.",
        crate::listed(&beyond)
    );
    let finding = ADMINISTRATION_TO_ANOTHER.at(span, message).with_next("Allow another account only to use the key.");
    let alone = !entries.negated && named(statement).len() == 1 && beyond.len() == 1;
    Some(if alone { sight.without_value(finding, statement, span) } else { finding })
}

fn grants(sight: &Sight<'_>, statement: &Statement) -> Option<Finding> {
    let narrowed = statement.conditions.iter().any(|condition| NARROWING.iter().any(|key| is_on(condition, key)));
    if narrowed || !speaks_of(statement, "CreateGrant") || speaks_of_everything(statement) {
        return None;
    }
    // The account itself may; what its users may, IAM policies say.
    let somebody = named(statement).iter().find(|principal| {
        !is_own_account(&principal.value, sight.around) && principal.value.kind != PrincipalKind::Service
    })?;
    let entries = statement.actions.as_ref()?;
    let said = entries.values.iter().find(|value| kms_action_matches(&value.value, "CreateGrant"));
    let span = said.map_or(entries.span, |value| value.span);
    let message = format!(
        "{} may make grants for anybody. A grant lets in without a change of the policy, and stays when this statement \
         goes.",
        somebody.value.value
    );
    let finding = GRANTS_UNCONSTRAINED.at(span, message);
    let about_grants = actions(statement)
        .into_iter()
        .all(|action| ["CreateGrant", "ListGrants", "RevokeGrant"].contains(&action.name));
    let edit = if about_grants { for_services_only(sight, statement) } else { None };
    Some(match edit {
        Some(edit) => finding.with_fix("Allow grants for AWS services only", vec![edit]),
        None => finding.with_next(
            "Put kms:CreateGrant into a statement of its own with the condition Bool kms:GrantIsForAWSResource true.",
        ),
    })
}

fn for_services_only(sight: &Sight<'_>, statement: &Statement) -> Option<Edit> {
    let written = sight.layout.as_ref()?.statements.get(statement.index)?;
    let style = Style::beside(sight.text, written.span).inside();
    let is_for = ("kms:GrantIsForAWSResource".to_owned(), Shape::text("true"));
    if let Some(condition) = written.part(&["Condition"]) {
        if condition.parts.iter().any(|part| part.name == "Bool") {
            return None;
        }
        let siblings: Vec<Span> = condition.parts.iter().map(|part| part.span).collect();
        return append(sight.text, &siblings, &style.inside().property("Bool", &Shape::Map(vec![is_for])));
    }
    let siblings: Vec<Span> = written.parts.iter().map(|part| part.span).collect();
    let only = Shape::Map(vec![("Bool".to_owned(), Shape::Map(vec![is_for]))]);
    append(sight.text, &siblings, &style.property("Condition", &only))
}
