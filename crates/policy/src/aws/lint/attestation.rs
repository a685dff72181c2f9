//! Lints of attestation: what it asks for is worth nothing if the same is allowed without it.

use super::{
    Sight,
    codes::ATTESTATION_BYPASSED,
    facts::{named, speaks_of},
};
use crate::{
    Finding,
    aws::{
        actions::{KMS_ACTIONS, KmsAction},
        condition::{Base, Operator},
        document::Statement,
        identity::is_everybody,
        keys::{ATTESTED, is_attestation},
        pattern::kms_action_matches,
    },
};

pub(super) fn look(sight: &mut Sight<'_>) {
    let statements = &sight.document.statements;
    let mut found = Vec::new();
    for attested in statements.iter().filter(|statement| statement.allows() && asks_for_attestation(statement)) {
        let free = statements.iter().filter(|statement| statement.allows() && !asks_for_attestation(statement));
        found.extend(free.filter_map(|free| bypass(attested, free)));
    }
    sight.found.extend(found);
}

fn asks_for_attestation(statement: &Statement) -> bool {
    statement.conditions.iter().any(|condition| {
        let operator = Operator::read(&condition.operator.value);
        is_attestation(&condition.key.value)
            && operator.is_some_and(|operator| operator.base != Base::Null && !operator.holds_without_key())
    })
}

fn bypass(attested: &Statement, free: &Statement) -> Option<Finding> {
    let said_by_both = |action: &&KmsAction| {
        ATTESTED.contains(&action.name) && speaks_of(attested, action.name) && speaks_of(free, action.name)
    };
    let both = KMS_ACTIONS.iter().filter(|action| action.of_key).find(said_by_both)?;
    let shared = named(free).iter().find(|principal| {
        is_everybody(&principal.value) || named(attested).iter().any(|other| other.value == principal.value)
    })?;
    let entries = free.actions.as_ref()?;
    let said = entries.values.iter().find(|value| kms_action_matches(&value.value, both.name));
    let message = format!(
        "{} may {} here without attestation, so {} does not protect it.",
        shared.value.value,
        both.name,
        attested.label()
    );
    let next = "Take it out of this statement, or deny it without attestation.";
    Some(ATTESTATION_BYPASSED.at(said.map_or(entries.span, |value| value.span), message).with_next(next))
}
