//! Every call that changes something at Key Vault, by the name that its permission, a plan and the journal give it.

use domain::{Error, Kind, Result, Step};

use crate::error::Call;

/// A call that changes something. Closed: what is planned here can be sent and checked here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Operation {
    CreateCertificate,
    CreateKey,
    DeleteCertificate,
    DeleteIssuer,
    DeleteKey,
    DeleteSecret,
    ImportCertificate,
    ImportKey,
    MergeCertificate,
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
    SetContacts,
    SetIssuer,
    SetSecret,
    UpdateCertificate,
    UpdateCertificatePolicy,
    UpdateIssuance,
    UpdateKey,
    UpdateRotationPolicy,
    UpdateSecret,
}

/// What it does, what an access policy calls it, and its action below `Microsoft.KeyVault/vaults`.
macro_rules! call {
    ($operation:literal, $policy:literal, $action:literal) => {
        Call { operation: $operation, policy: $policy, action: concat!("Microsoft.KeyVault/vaults/", $action) }
    };
}

impl Operation {
    /// All of them, in alphabetical order.
    const ALL: [Self; 28] = [
        Self::CreateCertificate,
        Self::CreateKey,
        Self::DeleteCertificate,
        Self::DeleteIssuer,
        Self::DeleteKey,
        Self::DeleteSecret,
        Self::ImportCertificate,
        Self::ImportKey,
        Self::MergeCertificate,
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
        Self::SetContacts,
        Self::SetIssuer,
        Self::SetSecret,
        Self::UpdateCertificate,
        Self::UpdateCertificatePolicy,
        Self::UpdateIssuance,
        Self::UpdateKey,
        Self::UpdateRotationPolicy,
        Self::UpdateSecret,
    ];

    /// The one that a step names.
    ///
    /// # Errors
    /// `Unexpected` for a step that this version does not know, such as one of a newer version's journal.
    pub(crate) fn of(step: &Step) -> Result<Self> {
        Self::ALL.into_iter().find(|it| it.name() == step.operation).ok_or_else(|| {
            let message = format!("this version knows no call {:?}", step.operation);
            Error::new(Kind::Unexpected, "carry out the change", message)
                .with_refused_by("this app")
                .with_next("Use the version of Claviger that planned it.")
        })
    }

    /// Its name in plans: what an access policy calls it, where no other call is called so.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::MergeCertificate => "certificates/merge",
            Self::UpdateCertificatePolicy => "certificates/policy",
            Self::UpdateIssuance => "certificates/pending",
            Self::UpdateRotationPolicy => "keys/rotationpolicy",
            Self::UpdateSecret => "secrets/update",
            other => other.call().policy,
        }
    }

    /// What it does, and the permissions by both models. Sources: each operation's page of the Key Vault API; "Azure built-in
    /// roles for Key Vault data plane operations".
    pub(crate) fn call(self) -> Call {
        match self {
            Self::CreateCertificate => {
                call!("have the certificate issued", "certificates/create", "certificates/create/action")
            }
            Self::DeleteIssuer => {
                call!("delete the issuer", "certificates/deleteissuers", "certificatecas/delete")
            }
            Self::ImportCertificate => {
                call!("import the certificate", "certificates/import", "certificates/import/action")
            }
            Self::MergeCertificate => {
                call!("merge the certificate", "certificates/create", "certificates/create/action")
            }
            Self::SetContacts => {
                call!("set the contacts", "certificates/managecontacts", "certificatecontacts/write")
            }
            Self::SetIssuer => call!("set the issuer", "certificates/setissuers", "certificatecas/write"),
            Self::UpdateCertificate => {
                call!("update the certificate", "certificates/update", "certificates/update/action")
            }
            Self::UpdateCertificatePolicy => {
                call!("change the certificate policy", "certificates/update", "certificates/update/action")
            }
            Self::UpdateIssuance => {
                call!("call off the issuance", "certificates/update", "certificates/update/action")
            }
            Self::CreateKey => call!("create the key", "keys/create", "keys/create/action"),
            Self::DeleteCertificate => {
                call!("delete the certificate", "certificates/delete", "certificates/delete")
            }
            Self::DeleteKey => call!("delete the key", "keys/delete", "keys/delete"),
            Self::DeleteSecret => call!("delete the secret", "secrets/delete", "secrets/delete"),
            Self::ImportKey => call!("import the key", "keys/import", "keys/import/action"),
            Self::PurgeCertificate => {
                call!("purge the certificate", "certificates/purge", "certificates/purge/action")
            }
            Self::PurgeKey => call!("purge the key", "keys/purge", "keys/purge/action"),
            Self::PurgeSecret => call!("purge the secret", "secrets/purge", "secrets/purge/action"),
            Self::RecoverCertificate => {
                call!("recover the certificate", "certificates/recover", "certificates/recover/action")
            }
            Self::RecoverKey => call!("recover the key", "keys/recover", "keys/recover/action"),
            Self::RecoverSecret => call!("recover the secret", "secrets/recover", "secrets/recover/action"),
            Self::RestoreCertificate => {
                call!("restore the certificate", "certificates/restore", "certificates/restore/action")
            }
            Self::RestoreKey => call!("restore the key", "keys/restore", "keys/restore/action"),
            Self::RestoreSecret => call!("restore the secret", "secrets/restore", "secrets/restore/action"),
            Self::RotateKey => call!("rotate the key", "keys/rotate", "keys/rotate/action"),
            Self::SetSecret => call!("write the secret", "secrets/set", "secrets/setSecret/action"),
            Self::UpdateKey => call!("update the key", "keys/update", "keys/update/action"),
            Self::UpdateRotationPolicy => {
                call!("set the rotation policy", "keys/setrotationpolicy", "keyrotationpolicies/write")
            }
            // Access policies call it set, which is the permission for a new version too.
            Self::UpdateSecret => call!("update the secret", "secrets/set", "secrets/update/action"),
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
                operation: operation.name().to_owned(),
                parameters: serde_json::Value::Null,
                command: String::new(),
                before: serde_json::Value::Null,
                secrets: Vec::new(),
            };
            assert_eq!(Operation::of(&step).unwrap(), operation);
        }
    }
}
