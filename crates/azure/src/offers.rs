//! What may be done to a vault or an object now, and for everything else, why not. What it is decides first, then its
//! state. Whether this identity may, Key Vault tells only by trying; a refusal then names the permission.

use domain::{Access, Answer, Ask, FacetKind, Item, Leaves, Offer, State, VaultId};

use crate::{
    Tenant, certificates,
    client::{BACK_UP_CERTIFICATE, BACK_UP_KEY, BACK_UP_SECRET, GET_CERTIFICATE, GET_KEY, GET_SECRET},
    error::Call,
    locate,
    object::Object,
    state,
    wire::{Listed, Operation},
};

/// What the offers of an object depend on, beside its row.
pub(crate) struct Facts {
    pub(crate) object: Object,
    pub(crate) deleted: bool,
    /// In whose keeping a deleted object is: `Recoverable+Purgeable` and the like.
    pub(crate) recovery: Option<String>,
    /// A certificate that is being issued.
    pub(crate) issuance: Option<Operation>,
    /// The issuer that the certificate's policy names.
    pub(crate) issuer: Option<String>,
    /// Whether an HSM holds it, or the vault is one.
    pub(crate) symmetric: bool,
    /// The states of all its versions, as far as they could be listed.
    pub(crate) versions: Vec<State>,
}

/// What may be done to a vault.
pub(crate) fn of_vault(tenant: &Tenant, vault: &VaultId) -> Vec<Offer> {
    let hsm = tenant.client.cloud.is_hsm(&vault.0);
    let offer = |ask| match ask {
        Ask::CreateKey | Ask::ImportKey | Ask::Restore => Offer::allow(ask),
        _ if hsm => Offer::refuse(ask, "A Managed HSM holds keys only."),
        _ => Offer::allow(ask),
    };
    Ask::OF_VAULT.into_iter().map(offer).collect()
}

/// One offer for each of [`Ask::OF_ITEM`], in that order.
pub(crate) async fn offers(tenant: &Tenant, item: &Item) -> Vec<Offer> {
    let facts = match Facts::read(tenant, item).await {
        Ok(facts) => facts,
        Err(error) => {
            let offer = |ask| match error.permission() {
                Some(permission) => Offer::denied(ask, error.message(), permission),
                None => Offer::unknown(ask, format!("{} ({})", error.operation(), error.message())),
            };
            return Ask::OF_ITEM.into_iter().map(offer).collect();
        }
    };
    Ask::OF_ITEM.into_iter().map(|ask| Offer { ask, answer: facts.answer(ask, item) }).collect()
}

impl Facts {
    /// Reads them. Asks only for what a list of the same permission would tell.
    pub(crate) async fn read(tenant: &Tenant, item: &Item) -> domain::Result<Self> {
        let (object, name) = locate::parts(&item.key)?;
        let (vault, client) = (&item.key.vault, &tenant.client);
        let deleted = item.state == State::PendingDeletion;
        let mut facts = Self {
            object,
            deleted,
            recovery: None,
            issuance: None,
            issuer: None,
            symmetric: is_symmetric(item),
            versions: Vec::new(),
        };
        if deleted {
            let recovery = match object {
                Object::Certificate => {
                    client.deleted_certificate(vault, name).await.map(|it| it.attributes.recovery_level)
                }
                Object::Key => client.deleted_key(vault, name).await.map(|it| it.attributes.recovery_level),
                Object::Secret => {
                    client.deleted(vault, Object::Secret, name).await.map(|it| it.attributes.recovery_level)
                }
            };
            facts.recovery = recovery.ok().flatten();
        } else if object == Object::Certificate {
            let (versions, issuance, policy) = futures::join!(
                client.versions(vault, object, name),
                client.issuance(vault, name),
                client.certificate_policy(vault, name)
            );
            facts.versions = states(&versions.unwrap_or_default());
            facts.issuance = issuance.ok().filter(certificates::is_open);
            facts.issuer = policy.ok().and_then(|policy: crate::wire::Policy| policy.issuer.name);
        } else {
            facts.versions = states(&client.versions(vault, object, name).await.unwrap_or_default());
        }
        Ok(facts)
    }

    /// The answer to an ask, for an object in that row.
    pub(crate) fn answer(&self, ask: Ask, item: &Item) -> Answer {
        match ask {
            Ask::ExportCertificate | Ask::ExportPrivateKey | Ask::ExportPublicKey | Ask::RevealSecret => {
                self.reading(ask, item)
            }
            Ask::ExportSigningRequest => self.signing_request(),
            Ask::BackUp if self.deleted => refuse("It is deleted: recover it first."),
            Ask::BackUp => unknown(match self.object {
                Object::Certificate => BACK_UP_CERTIFICATE,
                Object::Key => BACK_UP_KEY,
                Object::Secret => BACK_UP_SECRET,
            }),
            change => self.change(change, &item.state),
        }
    }

    fn reading(&self, ask: Ask, item: &Item) -> Answer {
        let word = self.object.word();
        let facet = |kind| item.facets.iter().find(|facet| facet.kind == kind);
        let by_access = |kind, call: Call| match facet(kind).map(|facet| &facet.access) {
            Some(Access::Open) => Answer::Allow,
            Some(Access::Closed { permission, because }) => {
                Answer::Refuse { because: because.clone(), permission: Some(permission.clone()) }
            }
            Some(Access::Untested) | None => unknown(call),
        };
        match (ask, self.object) {
            (Ask::ExportCertificate, Object::Certificate) if !self.is_issued(item) => {
                refuse("The certificate was not issued yet.")
            }
            (Ask::ExportCertificate, Object::Certificate) => by_access(FacetKind::Certificate, GET_CERTIFICATE),
            (Ask::ExportCertificate, Object::Key | Object::Secret) => refuse(format!("A {word} is no certificate.")),
            (Ask::ExportPublicKey, Object::Secret) => refuse("A secret is a value, not a key."),
            (Ask::ExportPublicKey, Object::Key) if self.symmetric => {
                refuse("The key is symmetric: it has no public half.")
            }
            (Ask::ExportPublicKey, Object::Certificate) if !self.is_issued(item) => {
                refuse("The certificate was not issued yet.")
            }
            (Ask::ExportPublicKey, Object::Certificate | Object::Key) => by_access(FacetKind::Key, GET_KEY),
            (Ask::ExportPrivateKey, Object::Key) | (Ask::RevealSecret, Object::Key) => {
                refuse("The key never leaves Key Vault: it is used there and cannot be read.")
            }
            (Ask::ExportPrivateKey, Object::Secret) => refuse("A secret is a value, not a certificate."),
            (Ask::ExportPrivateKey | Ask::RevealSecret, Object::Certificate | Object::Secret) if self.deleted => {
                refuse(format!("The {word} is deleted: recover it first."))
            }
            (Ask::ExportPrivateKey, Object::Certificate)
                if facet(FacetKind::Secret).is_some_and(|facet| facet.leaves != Leaves::PrivateMaterial) =>
            {
                refuse("The private key is not exportable: the secret of this certificate does not hold it.")
            }
            (Ask::ExportPrivateKey | Ask::RevealSecret, Object::Certificate) if !self.is_issued(item) => {
                refuse("The certificate was not issued yet.")
            }
            (Ask::RevealSecret, Object::Secret) if item.state == State::Disabled => {
                refuse("The secret is disabled: Key Vault gives no value until it is enabled.")
            }
            _ => by_access(FacetKind::Secret, GET_SECRET),
        }
    }

    fn signing_request(&self) -> Answer {
        match (self.object, &self.issuance) {
            (Object::Key | Object::Secret, _) => refuse("Only a certificate has a signing request."),
            (Object::Certificate, Some(operation)) if certificates::waits_for_answer(operation) => Answer::Allow,
            (Object::Certificate, _) => refuse("No signing request waits for an answer."),
        }
    }

    fn is_issued(&self, item: &Item) -> bool {
        self.deleted || item.current_version.is_some()
    }

    /// The answer to an ask that changes something, for an object in that state.
    pub(crate) fn change(&self, ask: Ask, state: &State) -> Answer {
        let word = self.object.word();
        match (ask, self.deleted) {
            (Ask::CancelDeletion | Ask::Delete, false) => {
                return refuse(format!("The {word} is not deleted: only what is deleted is recovered or purged."));
            }
            (Ask::CancelDeletion, true) => return Answer::Allow,
            (Ask::Delete, true) => return self.purge(),
            (change, true) if never(self.object, change).is_none() => {
                return refuse(format!("The {word} is deleted: recover it first."));
            }
            _ => {}
        }
        if let Some(because) = never(self.object, ask) {
            return refuse(because);
        }
        let waits = self.issuance.as_ref().is_some_and(certificates::waits_for_answer);
        let runs = self.issuance.as_ref().is_some_and(|it| it.status.as_deref() == Some("inProgress"));
        let any = |disabled: bool| {
            let mut states = self.versions.iter().chain([state]);
            states.any(|state| (*state == State::Disabled) == disabled)
        };
        match ask {
            Ask::Enable if !any(true) => refuse(format!("The {word} is not disabled.")),
            Ask::Disable if !any(false) => refuse(format!("The {word} is disabled already.")),
            Ask::MergeCertificate if !waits => refuse("No signing request waits for an answer."),
            Ask::CancelIssuance if self.issuance.is_none() => refuse("No certificate of this name is being issued."),
            Ask::Rotate if runs => {
                refuse("A certificate of this name is being issued: wait for it, merge its answer, or cancel it first.")
            }
            _ => Answer::Allow,
        }
    }

    /// Destroying for good what is deleted. Purge protection forbids it until its time is over.
    fn purge(&self) -> Answer {
        match self.recovery.as_deref() {
            Some(level) if !level.contains("Purgeable") => refuse(
                "The vault has purge protection: it destroys what is deleted at the end of its time, and nobody can do so \
                 earlier.",
            ),
            Some(_) | None => Answer::Allow,
        }
    }
}

/// Why no object of that kind is ever changed in this way.
#[expect(clippy::too_many_lines, reason = "a table of all asks")]
pub(crate) fn never(object: Object, ask: Ask) -> Option<&'static str> {
    match (ask, object) {
        (Ask::ChangeDescription, _) => Some("Key Vault has no descriptions: use a tag."),
        (Ask::ChangePolicy, _) => {
            Some("Roles and access policies are changed at the vault's resource, not at an object.")
        }
        (Ask::CreateAlias | Ask::DeleteAlias | Ask::MoveAlias, _) => {
            Some("An object of Key Vault has one name and no aliases.")
        }
        (Ask::CreateGrant | Ask::RetireGrant | Ask::RevokeGrant, _) => {
            Some("Key Vault has no grants: roles or access policies say who may use what.")
        }
        (Ask::DeleteVersions | Ask::UndeleteVersions, _) => {
            Some("Key Vault deletes an object as a whole; single versions are disabled.")
        }
        (Ask::RollBack, Object::Secret) => {
            Some("An older value becomes current only by being read and written again: write it as a new value.")
        }
        (Ask::RollBack, _) => Some("Older versions stay as they are and are named by their version."),
        (Ask::ImportMaterial, _) => Some("No key of Key Vault waits for material: a key is imported whole."),
        (Ask::Trim, _) => Some("Key Vault keeps every version as long as the object."),
        (Ask::CancelIssuance | Ask::ChangeCertificatePolicy | Ask::MergeCertificate, Object::Key | Object::Secret) => {
            Some("Only a certificate is issued.")
        }
        (Ask::Rotate, Object::Secret) => Some("A secret has no key: a new value is written instead."),
        (Ask::SetRotation, Object::Certificate) => Some("The policy of a certificate says when it is renewed."),
        (Ask::SetRotation, Object::Secret) => Some("Key Vault rotates no secrets by itself."),
        (Ask::WriteValue, Object::Certificate | Object::Key) => Some("It holds no value that could be written."),
        (Ask::Configure, Object::Certificate) => Some("The settings of a certificate are its policy."),
        (
            Ask::CreateCertificate
            | Ask::CreateKey
            | Ask::CreateSecret
            | Ask::DeleteIssuer
            | Ask::ImportCertificate
            | Ask::ImportKey
            | Ask::Restore
            | Ask::SetContacts
            | Ask::SetIssuer,
            _,
        ) => Some("That is done to a vault, not to an object in it."),
        (
            Ask::BackUp
            | Ask::CancelDeletion
            | Ask::CancelIssuance
            | Ask::ChangeCertificatePolicy
            | Ask::ChangeTags
            | Ask::Configure
            | Ask::Delete
            | Ask::Disable
            | Ask::Enable
            | Ask::ExportCertificate
            | Ask::ExportPrivateKey
            | Ask::ExportPublicKey
            | Ask::ExportSigningRequest
            | Ask::MergeCertificate
            | Ask::RevealSecret
            | Ask::Rotate
            | Ask::ScheduleDeletion
            | Ask::SetRotation
            | Ask::WriteValue,
            _,
        ) => None,
    }
}

/// The states of versions that were listed.
pub(crate) fn states(versions: &[Listed]) -> Vec<State> {
    versions.iter().map(|version| state(&version.attributes, false)).collect()
}

fn is_symmetric(item: &Item) -> bool {
    item.facets.iter().any(|facet| facet.kind == FacetKind::Key && facet.leaves == Leaves::Nothing)
}

fn unknown(call: Call) -> Answer {
    Answer::Unknown { probe: format!("{} ({})", call.policy, call.action) }
}

fn refuse(because: impl Into<String>) -> Answer {
    Answer::Refuse { because: because.into(), permission: None }
}
