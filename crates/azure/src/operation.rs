//! Every call that changes something at Key Vault, by the name that its permission, a plan and the journal give it.

use domain::{Error, Kind, Result, Step};

/// A call that changes something. Closed: what is planned here can be sent and checked here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Operation {
    CreateKey,
    DeleteCertificate,
    DeleteKey,
    DeleteSecret,
    ImportKey,
    PurgeCertificate,
    PurgeKey,
    PurgeSecret,
    RecoverCertificate,
    RecoverKey,
    RecoverSecret,
    RestoreCertificate,
    RestoreKey,
    RestoreSecret,
    RotateKey,
    SetSecret,
    UpdateKey,
    UpdateRotationPolicy,
    UpdateSecret,
}

/// What a call does, and by which names.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Call {
    /// What it does, as an infinitive.
    pub(crate) operation: &'static str,
    /// Its name in plans: the permission where one call has it for itself.
    pub(crate) name: &'static str,
    /// What an access policy must allow.
    pub(crate) permission: &'static str,
}

impl Operation {
    /// All of them, in alphabetical order.
    const ALL: [Self; 19] = [
        Self::CreateKey,
        Self::DeleteCertificate,
        Self::DeleteKey,
        Self::DeleteSecret,
        Self::ImportKey,
        Self::PurgeCertificate,
        Self::PurgeKey,
        Self::PurgeSecret,
        Self::RecoverCertificate,
        Self::RecoverKey,
        Self::RecoverSecret,
        Self::RestoreCertificate,
        Self::RestoreKey,
        Self::RestoreSecret,
        Self::RotateKey,
        Self::SetSecret,
        Self::UpdateKey,
        Self::UpdateRotationPolicy,
        Self::UpdateSecret,
    ];

    /// The one that a step names.
    ///
    /// # Errors
    /// `Unexpected` for a step that this version does not know, such as one of a newer version's journal.
    pub(crate) fn of(step: &Step) -> Result<Self> {
        Self::ALL.into_iter().find(|it| it.call().name == step.operation).ok_or_else(|| {
            let message = format!("this version knows no call {:?}", step.operation);
            Error::new(Kind::Unexpected, "carry out the change", message)
                .with_refused_by("this app")
                .with_next("Use the version of Claviger that planned it.")
        })
    }

    /// What it does and its names. Source of the permissions: "Key Vault access policy permissions", REST API 7.6.
    pub(crate) fn call(self) -> Call {
        let named = |operation, name| Call { operation, name, permission: name };
        match self {
            Self::CreateKey => named("create the key", "keys/create"),
            Self::DeleteCertificate => named("delete the certificate", "certificates/delete"),
            Self::DeleteKey => named("delete the key", "keys/delete"),
            Self::DeleteSecret => named("delete the secret", "secrets/delete"),
            Self::ImportKey => named("import the key", "keys/import"),
            Self::PurgeCertificate => named("purge the certificate", "certificates/purge"),
            Self::PurgeKey => named("purge the key", "keys/purge"),
            Self::PurgeSecret => named("purge the secret", "secrets/purge"),
            Self::RecoverCertificate => named("recover the certificate", "certificates/recover"),
            Self::RecoverKey => named("recover the key", "keys/recover"),
            Self::RecoverSecret => named("recover the secret", "secrets/recover"),
            Self::RestoreCertificate => named("restore the certificate", "certificates/restore"),
            Self::RestoreKey => named("restore the key", "keys/restore"),
            Self::RestoreSecret => named("restore the secret", "secrets/restore"),
            Self::RotateKey => named("rotate the key", "keys/rotate"),
            Self::SetSecret => named("write the secret", "secrets/set"),
            Self::UpdateKey => named("update the key", "keys/update"),
            Self::UpdateRotationPolicy => {
                Call { permission: "keys/setrotationpolicy", ..named("set the rotation policy", "keys/rotationpolicy") }
            }
            // Access policies call it set, which is the permission for a new version too.
            Self::UpdateSecret => Call { permission: "secrets/set", ..named("update the secret", "secrets/update") },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_found_by_the_name_that_plans_give_it() {
        for operation in Operation::ALL {
            let step = Step {
                says: String::new(),
                operation: operation.call().name.to_owned(),
                parameters: serde_json::Value::Null,
                command: String::new(),
                before: serde_json::Value::Null,
                secrets: Vec::new(),
            };
            assert_eq!(Operation::of(&step).unwrap(), operation);
        }
    }
}
