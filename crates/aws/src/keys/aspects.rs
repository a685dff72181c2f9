//! What a key shows beside its facets that takes more than one word: its rotation, and its grants.

use aws_sdk_kms::{
    operation::get_key_rotation_status::GetKeyRotationStatusOutput,
    types::{GrantListEntry, RotationsListEntry},
};
use domain::{Aspect, Grant, NativeRow};

use super::{MOST_ON_DEMAND, on_demand};
use crate::time;

const DAY_SECONDS: u32 = 86_400;

/// How new material comes about. `rotations` is what was made so far, where that was told.
pub(super) fn rotation(status: &GetKeyRotationStatusOutput, rotations: Option<&[RotationsListEntry]>) -> Aspect {
    // Both are told of keys too whose rotation is off, and mean nothing there.
    let days = status.rotation_period_in_days.filter(|_| status.key_rotation_enabled);
    let next = status.next_rotation_date.as_ref().filter(|_| status.key_rotation_enabled);
    Aspect::Rotation {
        automatic: Some(status.key_rotation_enabled),
        period_seconds: days.and_then(|days| u32::try_from(days).ok()?.checked_mul(DAY_SECONDS)),
        next: next.and_then(time),
        left_on_demand: rotations
            .and_then(|rotations| u32::try_from(MOST_ON_DEMAND.saturating_sub(on_demand(rotations))).ok()),
        rules: Vec::new(),
    }
}

/// A grant as KMS lists it; none without an identifier.
pub(crate) fn grant(entry: GrantListEntry) -> Option<Grant> {
    let mut constraints = Vec::new();
    if let Some(told) = &entry.constraints {
        for (name, context) in [
            ("EncryptionContextEquals", told.encryption_context_equals()),
            ("EncryptionContextSubset", told.encryption_context_subset()),
        ] {
            let mut pairs: Vec<String> =
                context.into_iter().flatten().map(|(key, value)| format!("{key}={value}")).collect();
            pairs.sort();
            constraints.extend((!pairs.is_empty()).then(|| NativeRow::new(name, pairs.join(", "))));
        }
    }
    Some(Grant {
        id: entry.grant_id?,
        name: entry.name.filter(|name| !name.is_empty()),
        grantee: entry.grantee_principal.or(entry.grantee_service_principal).unwrap_or_default(),
        retiring: entry.retiring_principal.or(entry.retiring_service_principal),
        operations: entry.operations.unwrap_or_default().iter().map(|it| it.as_str().to_owned()).collect(),
        constraints,
        created: entry.creation_date.as_ref().and_then(time),
    })
}
