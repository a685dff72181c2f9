//! What may be changed at a Secrets Manager secret.

use aws_sdk_secretsmanager::{operation::describe_secret::DescribeSecretOutput, types::SecretVersionsListEntry};
use domain::{Answer, Ask, Result};

use super::refuse;
use crate::{
    client::{Client, SECRET_VERSIONS},
    secrets,
};

/// A secret as it is now, but for its value.
pub(crate) struct Secret {
    pub(crate) metadata: DescribeSecretOutput,
    /// What calls name it by: its name, or its ARN if it lies in another account.
    pub(crate) id: String,
    pub(crate) versions: Result<Vec<SecretVersionsListEntry>>,
}

impl Secret {
    /// Reads it. `address` is its name or ARN.
    pub(super) async fn read(client: &Client, address: &str) -> Result<Self> {
        let (metadata, versions) = futures::join!(client.describe_secret(address), client.secret_versions(address));
        Ok(Self { metadata: metadata?, id: address.to_owned(), versions })
    }

    pub(crate) fn name(&self) -> &str {
        self.metadata.name().unwrap_or(&self.id)
    }

    /// The version in use.
    pub(crate) fn current(&self) -> Option<String> {
        secrets::current(&self.metadata)
    }

    /// Whether it may be changed in this way.
    pub(super) fn answer(&self, ask: Ask) -> Answer {
        let waits = self.metadata.deleted_date.is_some();
        match ask {
            Ask::CancelDeletion if waits => Answer::Allow,
            Ask::CancelDeletion => refuse("The secret does not wait for its deletion."),
            Ask::ChangeDescription | Ask::ChangeTags | Ask::RollBack | Ask::ScheduleDeletion | Ask::WriteValue => {
                self.by_state(ask, waits)
            }
            Ask::Configure | Ask::SetRotation => {
                refuse("Rotation of a secret runs a Lambda function: it is set up there.")
            }
            Ask::ChangePolicy => refuse("The resource policy of a secret is written at Secrets Manager."),
            Ask::CreateAlias | Ask::DeleteAlias | Ask::MoveAlias => refuse("A secret has one name and no aliases."),
            Ask::CreateGrant | Ask::RetireGrant | Ask::RevokeGrant => refuse("A secret has a policy and no grants."),
            Ask::ImportMaterial => refuse("A secret takes a value, not key material."),
            Ask::CancelIssuance | Ask::ChangeCertificatePolicy | Ask::MergeCertificate => {
                refuse("A secret is a value: nothing issues it.")
            }
            Ask::CreateCertificate
            | Ask::CreateKey
            | Ask::CreateSecret
            | Ask::DeleteIssuer
            | Ask::ImportCertificate
            | Ask::ImportKey
            | Ask::Restore
            | Ask::SetContacts
            | Ask::SetIssuer => refuse("That is made in a Region, not at a secret."),
            Ask::Delete => refuse("A secret is not destroyed at once here: schedule its deletion."),
            Ask::DeleteVersions | Ask::Trim | Ask::UndeleteVersions => {
                refuse("AWS itself takes away versions that nothing points at any more.")
            }
            Ask::Disable | Ask::Enable => refuse("A secret cannot be disabled: its policy says who may read it."),
            Ask::Rotate => refuse("Write a new value instead: only a rotation function knows how to make one up."),
            Ask::BackUp
            | Ask::ExportCertificate
            | Ask::ExportPrivateKey
            | Ask::ExportPublicKey
            | Ask::ExportSigningRequest
            | Ask::RevealSecret => refuse("That changes nothing."),
        }
    }

    fn by_state(&self, ask: Ask, waits: bool) -> Answer {
        if waits {
            return refuse("The secret waits for its deletion: cancel that first.");
        }
        if let Some(service) = self.metadata.owning_service()
            && ask != Ask::ChangeTags
        {
            return refuse(format!("The secret is managed by {service}: it is changed there."));
        }
        match (ask, &self.versions) {
            (Ask::RollBack, Err(_)) => Answer::Unknown { probe: SECRET_VERSIONS.permission.to_owned() },
            (Ask::RollBack, Ok(versions)) if versions.len() < 2 => refuse("There is no older value to go back to."),
            (_, Ok(_) | Err(_)) => Answer::Allow,
        }
    }
}
