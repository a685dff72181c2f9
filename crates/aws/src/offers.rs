//! What may be done to an item, and why not.
//!
//! What is only read is answered by what the row or the opened item knows. What changes something depends on more than
//! an item shows (its origin, its grants), so that is read; and a plan is refused for the same reasons as an offer.

mod keys;
mod secrets;

use domain::{
    Access, Answer, Ask, Error, Facet, FacetKind, Item, ItemKey, Kind, Leaves, Offer, Result, State, VaultId,
};

use crate::{
    Account,
    client::{GET_CERTIFICATE, GET_PUBLIC_KEY, GET_SECRET_VALUE},
    error::Call,
    locate::{self, Service},
};
pub(crate) use keys::{Key, movable};
pub(crate) use secrets::Secret;

/// What an item is now, as far as changes depend on it.
pub(crate) enum Facts {
    /// The ARN of a certificate: nothing else matters.
    Certificate(String),
    Key(Box<Key>),
    Secret(Box<Secret>),
}

impl Facts {
    pub(crate) async fn read(account: &Account, item: &ItemKey) -> Result<Self> {
        let (client, service, address) = account.address(item).await?;
        Ok(match service {
            Service::Acm => Self::Certificate(address),
            Service::Kms => Self::Key(Box::new(Key::read(account, &client, &address).await?)),
            Service::SecretsManager => Self::Secret(Box::new(Secret::read(&client, &address).await?)),
        })
    }

    fn answer(&self, ask: Ask) -> Answer {
        match self {
            Self::Certificate(_) => of_certificate(ask),
            Self::Key(key) => key.answer(ask),
            Self::Secret(secret) => secret.answer(ask),
        }
    }

    /// Ends a plan with the reason for which the change is not offered.
    pub(crate) fn allow(&self, ask: Ask) -> Result<()> {
        match self.answer(ask) {
            Answer::Allow | Answer::Unknown { .. } => Ok(()),
            Answer::Refuse { because, .. } => Err(not_offered(because)),
        }
    }
}

/// The error for a change that is not offered.
pub(crate) fn not_offered(because: String) -> Error {
    Error::new(Kind::Unsupported, "plan the change", because)
        .with_refused_by("this app")
        .with_next("Choose one of the changes that are offered.")
}

/// One offer for each of [`Ask::OF_ITEM`], in that order.
pub(crate) async fn offers(account: &Account, item: &Item) -> Vec<Offer> {
    let Ok((service, _)) = locate::parts(&item.key) else {
        return Ask::OF_ITEM.map(|ask| Offer::refuse(ask, "This names nothing that AWS has.")).into();
    };
    let facts = Facts::read(account, &item.key).await;
    let change = |ask: Ask| match &facts {
        Ok(facts) => Offer { ask, answer: facts.answer(ask) },
        Err(error) => match error.permission() {
            Some(permission) => Offer::denied(ask, error.message(), permission),
            None => Offer::unknown(ask, format!("{} ({})", error.operation(), error.message())),
        },
    };
    let offer = |ask: Ask| match (ask, service) {
        (Ask::ExportCertificate, Service::Acm) => certificate(item, ask, FacetKind::Certificate),
        (Ask::ExportCertificate, Service::Kms) => Offer::refuse(ask, "A KMS key is not a certificate."),
        (Ask::ExportCertificate, Service::SecretsManager) => {
            Offer::refuse(ask, "A secret is a value, not a certificate.")
        }
        (Ask::ExportPublicKey, Service::Acm) => certificate(item, ask, FacetKind::Key),
        (Ask::ExportPublicKey, Service::Kms) => public_key(item),
        (Ask::ExportPublicKey, Service::SecretsManager) => Offer::refuse(ask, "A secret is a value, not a key."),
        (Ask::BackUp, Service::Acm | Service::Kms | Service::SecretsManager) => {
            Offer::refuse(ask, "AWS keeps this durable in its Region and hands out no backups of it.")
        }
        (Ask::ExportPrivateKey, Service::Acm) => {
            Offer::refuse(ask, "ACM hands out private keys of exportable certificates only, and that is not done here.")
        }
        (Ask::ExportPrivateKey, Service::Kms) => Offer::refuse(ask, "The key never leaves KMS."),
        (Ask::ExportSigningRequest, Service::Acm | Service::Kms) => {
            Offer::refuse(ask, "AWS keeps no signing request with this.")
        }
        (Ask::ExportPrivateKey | Ask::ExportSigningRequest, Service::SecretsManager) => {
            Offer::refuse(ask, "A secret is a value, not a certificate.")
        }
        (Ask::RevealSecret, Service::Acm) => Offer::refuse(ask, "The private key of an ACM certificate is not shown."),
        (Ask::RevealSecret, Service::Kms) => {
            Offer::refuse(ask, "The key never leaves KMS: it is used there and cannot be read.")
        }
        (Ask::RevealSecret, Service::SecretsManager) => secret(item),
        // Each service names every change by itself.
        (_, Service::Acm | Service::Kms | Service::SecretsManager) => change(ask),
    };
    Ask::OF_ITEM.map(offer).into()
}

/// One offer for each of [`Ask::OF_VAULT`], in that order. Whether one is permitted, only the call tells.
pub(crate) fn vault_offers(account: &Account, vault: &VaultId) -> Vec<Offer> {
    let known = account.regions().contains(&vault.0);
    let because = "This connection does not list that Region.";
    let offer = |ask| match made_in_region(ask) {
        Some(because) => Offer::refuse(ask, because),
        None if known => Offer::allow(ask),
        None => Offer::refuse(ask, because),
    };
    Ask::OF_VAULT.map(offer).into()
}

/// Why it is not made in a Region; `None` if it is.
fn made_in_region(ask: Ask) -> Option<&'static str> {
    match ask {
        Ask::CreateKey | Ask::CreateSecret => None,
        Ask::CreateCertificate | Ask::ImportCertificate => {
            Some("Certificates are requested at ACM and brought to it there.")
        }
        Ask::DeleteIssuer | Ask::SetContacts | Ask::SetIssuer => {
            Some("ACM is the issuer of what it issues, and has no contacts.")
        }
        Ask::ImportKey => Some(
            "KMS takes material only for a key that waits for it, wrapped for that key: that is bringing one's own key.",
        ),
        Ask::Restore => Some("AWS takes back no backups of single items."),
        _ => Some("That is done to an item, not to a Region."),
    }
}

fn of_certificate(ask: Ask) -> Answer {
    match ask {
        Ask::ChangeTags => Answer::Allow,
        Ask::CancelDeletion | Ask::Delete | Ask::ScheduleDeletion => {
            refuse("ACM destroys a certificate at once, with its private key: that is not done here.")
        }
        Ask::ChangeDescription => refuse("An ACM certificate has no description: use a tag."),
        Ask::ChangePolicy => refuse("An ACM certificate has no policy of its own: IAM says who may use it."),
        Ask::CreateAlias | Ask::DeleteAlias | Ask::MoveAlias => refuse("An ACM certificate has no aliases."),
        Ask::CreateGrant | Ask::RetireGrant | Ask::RevokeGrant => refuse("An ACM certificate has no grants."),
        Ask::Rotate | Ask::SetRotation => {
            refuse("ACM renews by itself what it issued; what was imported is imported anew.")
        }
        Ask::DeleteVersions | Ask::RollBack | Ask::Trim | Ask::UndeleteVersions => {
            refuse("An ACM certificate has no versions.")
        }
        Ask::Disable | Ask::Enable => refuse("An ACM certificate cannot be disabled."),
        Ask::Configure | Ask::WriteValue => refuse("The settings of an ACM certificate are not changed here."),
        Ask::ImportMaterial => refuse("A certificate is imported whole, at ACM."),
        Ask::CancelIssuance | Ask::ChangeCertificatePolicy | Ask::MergeCertificate => {
            refuse("ACM issues and renews by itself; what it is asked for is not changed here.")
        }
        Ask::CreateCertificate
        | Ask::CreateKey
        | Ask::CreateSecret
        | Ask::DeleteIssuer
        | Ask::ImportCertificate
        | Ask::ImportKey
        | Ask::Restore
        | Ask::SetContacts
        | Ask::SetIssuer => refuse("That is made in a Region, not at a certificate."),
        Ask::BackUp
        | Ask::ExportCertificate
        | Ask::ExportPrivateKey
        | Ask::ExportPublicKey
        | Ask::ExportSigningRequest
        | Ask::RevealSecret => refuse("That changes nothing."),
    }
}

fn refuse(because: impl Into<String>) -> Answer {
    Answer::Refuse { because: because.into(), permission: None }
}

fn public_key(item: &Item) -> Offer {
    let ask = Ask::ExportPublicKey;
    match facet(item, FacetKind::Key) {
        Some(Facet { leaves: Leaves::Nothing, .. }) => {
            let kind = item.algorithm.as_ref().map_or_else(|| "This".to_owned(), |it| format!("An {it}"));
            Offer::refuse(ask, format!("{kind} key is symmetric: it has no public half."))
        }
        Some(facet) => by_access(ask, &facet.access, GET_PUBLIC_KEY),
        // Not described, which says nothing about the public key: it has a permission of its own.
        None => Offer::unknown(ask, GET_PUBLIC_KEY.permission),
    }
}

fn secret(item: &Item) -> Offer {
    match item.state {
        State::PendingDeletion => {
            let because = "The secret is scheduled for deletion: AWS gives no value until the deletion is cancelled.";
            Offer::refuse(Ask::RevealSecret, because)
        }
        State::Destroyed
        | State::Disabled
        | State::Enabled
        | State::Expired
        | State::Other(_)
        | State::PendingImport
        | State::Unknown => match facet(item, FacetKind::Secret) {
            Some(facet) => by_access(Ask::RevealSecret, &facet.access, GET_SECRET_VALUE),
            None => Offer::unknown(Ask::RevealSecret, GET_SECRET_VALUE.permission),
        },
    }
}

fn certificate(item: &Item, ask: Ask, kind: FacetKind) -> Offer {
    if matches!(&item.state, State::Other(word) if matches!(word.as_str(), "PENDING_VALIDATION" | "VALIDATION_TIMED_OUT" | "FAILED"))
    {
        return Offer::refuse(ask, format!("The certificate was not issued yet: its state is {}.", item.state.word()));
    }
    match (facet(item, kind), &item.trouble) {
        (Some(facet), _) => by_access(ask, &facet.access, GET_CERTIFICATE),
        (None, Some(trouble)) if trouble.kind() == Kind::Denied => {
            Offer::denied(ask, trouble.message(), trouble.permission().unwrap_or(GET_CERTIFICATE.permission))
        }
        (None, _) => Offer::unknown(ask, GET_CERTIFICATE.permission),
    }
}

fn by_access(ask: Ask, access: &Access, probe: Call) -> Offer {
    match access {
        Access::Open => Offer::allow(ask),
        Access::Closed { permission, because } => Offer::denied(ask, because.clone(), permission.clone()),
        Access::Untested => Offer::unknown(ask, probe.permission),
    }
}

fn facet(item: &Item, kind: FacetKind) -> Option<&Facet> {
    item.facets.iter().find(|facet| facet.kind == kind)
}
