//! Every call that changes something at AWS, by the name that a policy, a plan and the journal give it.

use domain::{Error, Kind, Result, Step};

use crate::{error::Call, locate::Service};

/// The secret answer that is sent as a value.
pub(crate) const VALUE: &str = "value";
/// The secret answer with wrapped key material.
pub(crate) const MATERIAL: &str = "material";
/// The secret answer with the import token that came with the wrapping key.
pub(crate) const TOKEN: &str = "token";

/// A call that changes something. Closed: what is planned here can be sent and checked here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Operation {
    AddTagsToCertificate,
    CancelKeyDeletion,
    CreateAlias,
    CreateGrant,
    CreateKey,
    CreateSecret,
    DeleteAlias,
    DeleteSecret,
    DisableKey,
    DisableKeyRotation,
    EnableKey,
    EnableKeyRotation,
    ImportKeyMaterial,
    PutKeyPolicy,
    PutSecretValue,
    RemoveTagsFromCertificate,
    RestoreSecret,
    RetireGrant,
    RevokeGrant,
    RotateKeyOnDemand,
    ScheduleKeyDeletion,
    TagKey,
    TagSecret,
    UntagKey,
    UntagSecret,
    UpdateAlias,
    UpdateKeyDescription,
    UpdateSecret,
    UpdateSecretVersionStage,
}

impl Operation {
    /// All of them, in alphabetical order.
    const ALL: [Self; 29] = [
        Self::AddTagsToCertificate,
        Self::CancelKeyDeletion,
        Self::CreateAlias,
        Self::CreateGrant,
        Self::CreateKey,
        Self::CreateSecret,
        Self::DeleteAlias,
        Self::DeleteSecret,
        Self::DisableKey,
        Self::DisableKeyRotation,
        Self::EnableKey,
        Self::EnableKeyRotation,
        Self::ImportKeyMaterial,
        Self::PutKeyPolicy,
        Self::PutSecretValue,
        Self::RemoveTagsFromCertificate,
        Self::RestoreSecret,
        Self::RetireGrant,
        Self::RevokeGrant,
        Self::RotateKeyOnDemand,
        Self::ScheduleKeyDeletion,
        Self::TagKey,
        Self::TagSecret,
        Self::UntagKey,
        Self::UntagSecret,
        Self::UpdateAlias,
        Self::UpdateKeyDescription,
        Self::UpdateSecret,
        Self::UpdateSecretVersionStage,
    ];

    /// The one that a step names.
    ///
    /// # Errors
    /// `Unexpected` for a step that this version does not know, such as one of a newer version's journal.
    pub(crate) fn of(step: &Step) -> Result<Self> {
        Self::ALL.into_iter().find(|it| it.call().permission == step.operation).ok_or_else(|| {
            let message = format!("this version knows no call {:?}", step.operation);
            Error::new(Kind::Unexpected, "carry out the change", message)
                .with_refused_by("this app")
                .with_next("Use the version of Claviger that planned it.")
        })
    }

    /// What it does, as an infinitive, and the action that a policy must allow. The action names it in plans.
    pub(crate) fn call(self) -> Call {
        let (operation, permission) = match self {
            Self::AddTagsToCertificate => ("set tags", "acm:AddTagsToCertificate"),
            Self::CancelKeyDeletion => ("cancel the deletion", "kms:CancelKeyDeletion"),
            Self::CreateAlias => ("create the alias", "kms:CreateAlias"),
            Self::CreateGrant => ("create the grant", "kms:CreateGrant"),
            Self::CreateKey => ("create the key", "kms:CreateKey"),
            Self::CreateSecret => ("create the secret", "secretsmanager:CreateSecret"),
            Self::DeleteAlias => ("delete the alias", "kms:DeleteAlias"),
            Self::DeleteSecret => ("schedule the deletion", "secretsmanager:DeleteSecret"),
            Self::DisableKey => ("disable the key", "kms:DisableKey"),
            Self::DisableKeyRotation => ("switch rotation off", "kms:DisableKeyRotation"),
            Self::EnableKey => ("enable the key", "kms:EnableKey"),
            Self::EnableKeyRotation => ("switch rotation on", "kms:EnableKeyRotation"),
            Self::ImportKeyMaterial => ("import the material", "kms:ImportKeyMaterial"),
            Self::PutKeyPolicy => ("write the key policy", "kms:PutKeyPolicy"),
            Self::PutSecretValue => ("write the value", "secretsmanager:PutSecretValue"),
            Self::RemoveTagsFromCertificate => ("remove tags", "acm:RemoveTagsFromCertificate"),
            Self::RestoreSecret => ("cancel the deletion", "secretsmanager:RestoreSecret"),
            Self::RetireGrant => ("retire the grant", "kms:RetireGrant"),
            Self::RevokeGrant => ("revoke the grant", "kms:RevokeGrant"),
            Self::RotateKeyOnDemand => ("rotate the key", "kms:RotateKeyOnDemand"),
            Self::ScheduleKeyDeletion => ("schedule the deletion", "kms:ScheduleKeyDeletion"),
            Self::TagKey => ("set tags", "kms:TagResource"),
            Self::TagSecret => ("set tags", "secretsmanager:TagResource"),
            Self::UntagKey => ("remove tags", "kms:UntagResource"),
            Self::UntagSecret => ("remove tags", "secretsmanager:UntagResource"),
            Self::UpdateAlias => ("move the alias", "kms:UpdateAlias"),
            Self::UpdateKeyDescription => ("change the description", "kms:UpdateKeyDescription"),
            Self::UpdateSecret => ("change the description", "secretsmanager:UpdateSecret"),
            Self::UpdateSecretVersionStage => ("roll back", "secretsmanager:UpdateSecretVersionStage"),
        };
        Call { operation, permission }
    }

    /// The name of the call at its service: `CreateKey`.
    pub(crate) fn name(self) -> &'static str {
        let action = self.call().permission;
        action.split_once(':').map_or(action, |(_, name)| name)
    }

    /// The names of the secret answers that it sends.
    pub(crate) fn secrets(self) -> &'static [&'static str] {
        match self {
            Self::CreateSecret | Self::PutSecretValue => &[VALUE],
            Self::ImportKeyMaterial => &[MATERIAL, TOKEN],
            Self::AddTagsToCertificate
            | Self::CancelKeyDeletion
            | Self::CreateAlias
            | Self::CreateGrant
            | Self::CreateKey
            | Self::DeleteAlias
            | Self::DeleteSecret
            | Self::DisableKey
            | Self::DisableKeyRotation
            | Self::EnableKey
            | Self::EnableKeyRotation
            | Self::PutKeyPolicy
            | Self::RemoveTagsFromCertificate
            | Self::RestoreSecret
            | Self::RetireGrant
            | Self::RevokeGrant
            | Self::RotateKeyOnDemand
            | Self::ScheduleKeyDeletion
            | Self::TagKey
            | Self::TagSecret
            | Self::UntagKey
            | Self::UntagSecret
            | Self::UpdateAlias
            | Self::UpdateKeyDescription
            | Self::UpdateSecret
            | Self::UpdateSecretVersionStage => &[],
        }
    }

    /// The service that it is of.
    pub(crate) fn service(self) -> Service {
        match self {
            Self::AddTagsToCertificate | Self::RemoveTagsFromCertificate => Service::Acm,
            Self::CreateSecret
            | Self::DeleteSecret
            | Self::PutSecretValue
            | Self::RestoreSecret
            | Self::TagSecret
            | Self::UntagSecret
            | Self::UpdateSecret
            | Self::UpdateSecretVersionStage => Service::SecretsManager,
            Self::CancelKeyDeletion
            | Self::CreateAlias
            | Self::CreateGrant
            | Self::CreateKey
            | Self::DeleteAlias
            | Self::DisableKey
            | Self::DisableKeyRotation
            | Self::EnableKey
            | Self::EnableKeyRotation
            | Self::ImportKeyMaterial
            | Self::PutKeyPolicy
            | Self::RetireGrant
            | Self::RevokeGrant
            | Self::RotateKeyOnDemand
            | Self::ScheduleKeyDeletion
            | Self::TagKey
            | Self::UntagKey
            | Self::UpdateAlias
            | Self::UpdateKeyDescription => Service::Kms,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_found_by_the_name_that_plans_give_it() {
        for operation in Operation::ALL {
            let action = operation.call().permission;
            assert!(action.starts_with(&format!("{}:", operation.service().word())), "{action}");
            let step = Step {
                says: String::new(),
                operation: action.to_owned(),
                parameters: serde_json::Value::Null,
                command: String::new(),
                before: serde_json::Value::Null,
                secrets: Vec::new(),
            };
            assert_eq!(Operation::of(&step).unwrap(), operation);
        }
    }
}
