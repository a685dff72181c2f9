//! What may be done to an entry, and why not. The reads refuse by the same rules and in the same words.
//!
//! Public halves and certificates leave in every state, since old signatures have to be verified; a secret value leaves
//! only while its entry and version are enabled.

use domain::{Access, Ask, Error, ItemKey, Kind, Offer, Result, Secret, VaultId};

use crate::{
    VAULT,
    entries::{Entry, EntryState, Version},
    entry_of,
    keystore::Keystore,
    make,
    material::{KeyPair, Material},
    plan::PLAN,
};

/// The state that reading a secret value needs, named as other places name a permission.
const ENABLED: &str = "state enabled";
pub(crate) const READ_VALUE: &str = "read the secret value";

/// One offer for each ask, in their order.
pub(crate) fn of_item(keystore: Result<&Keystore, &Error>, item: &ItemKey) -> Vec<Offer> {
    let of_ask = |ask| match keystore.map(|keystore| entry_of(keystore, item, "read the offers")) {
        Ok(Ok(entry)) => of_entry(ask, entry),
        Ok(Err(gone)) => Offer::refuse(ask, sentence(gone.message())),
        Err(_) => Offer::unknown(ask, "opening the keystore file"),
    };
    Ask::OF_ITEM.into_iter().map(of_ask).collect()
}

fn of_entry(ask: Ask, entry: &Entry) -> Offer {
    let material = &entry.current.material;
    match ask {
        Ask::ExportCertificate => match material {
            Material::Certificate { .. } => Offer::allow(ask),
            Material::Key(_) | Material::Secret { .. } | Material::Symmetric { .. } => {
                Offer::refuse(ask, sentence(&no_certificate(material)))
            }
        },
        Ask::ExportPublicKey => match material.public_key() {
            Some(_) => Offer::allow(ask),
            None => Offer::refuse(ask, sentence(&no_public_key(material))),
        },
        Ask::BackUp => Offer::refuse(ask, "The keystore is one file: a copy of that file is its backup."),
        Ask::ExportPrivateKey => match material {
            Material::Certificate { .. } => answer(ask, readable(entry, &entry.current).map(drop)),
            Material::Key(_) | Material::Secret { .. } | Material::Symmetric { .. } => {
                Offer::refuse(ask, sentence(&no_certificate(material)))
            }
        },
        Ask::ExportSigningRequest => Offer::refuse(ask, "A keystore keeps no signing requests."),
        ask if ask.changes() => answer(ask, changeable(ask, entry)),
        _ => answer(ask, readable(entry, &entry.current).map(drop)),
    }
}

fn answer(ask: Ask, answer: Result<()>) -> Offer {
    match answer {
        Ok(()) => Offer::allow(ask),
        Err(refusal) => match refusal.permission() {
            Some(permission) => Offer::denied(ask, sentence(refusal.message()), permission),
            None => Offer::refuse(ask, sentence(refusal.message())),
        },
    }
}

/// One offer for each ask of a vault, in their order.
pub(crate) fn of_vault(keystore: Result<&Keystore, &Error>, vault: &VaultId) -> Vec<Offer> {
    let of_ask = |ask| match keystore {
        Ok(_) => answer(ask, makeable(ask, vault)),
        Err(_) => Offer::unknown(ask, "opening the keystore file"),
    };
    Ask::OF_VAULT.into_iter().map(of_ask).collect()
}

/// Whether it may be made in that vault, or why not.
///
/// # Errors
/// `NotFound` for another vault than the keystore's one, `Unsupported` for what is no change of a vault.
pub(crate) fn makeable(ask: Ask, vault: &VaultId) -> Result<()> {
    if vault.0 != VAULT {
        return Err(Error::new(Kind::NotFound, PLAN, format!("the keystore has no vault {:?}", vault.0)));
    }
    match ask {
        Ask::CreateKey | Ask::CreateSecret | Ask::ImportKey => Ok(()),
        Ask::CreateCertificate | Ask::DeleteIssuer | Ask::SetContacts | Ask::SetIssuer => {
            Err(has_not("issuing of certificates"))
        }
        Ask::ImportCertificate => Err(has_not("import of certificates: it takes keys, and secret values")),
        Ask::Restore => Err(has_not("backups of single entries: a copy of the file is its backup")),
        _ => Err(has_not(&format!("change of its own called {}", ask.word()))),
    }
}

/// Whether an entry may be changed in that way now, or why not.
///
/// # Errors
/// `Unsupported` for what a keystore or such an entry has not, `Conflict` for what its state does not allow.
pub(crate) fn changeable(ask: Ask, entry: &Entry) -> Result<()> {
    has(ask, &entry.current.material)?;
    is_ready(ask, entry)
}

/// Whether a keystore, and an entry of that material, has such a change in any state.
#[expect(clippy::too_many_lines, reason = "a table of all asks")]
fn has(ask: Ask, material: &Material) -> Result<()> {
    match (ask, material) {
        (Ask::Configure, _) => Err(has_not("settings of an entry beside its description, tags and state")),
        (Ask::CreateAlias | Ask::DeleteAlias | Ask::MoveAlias, _) => Err(has_not("aliases")),
        (Ask::CreateGrant | Ask::RetireGrant | Ask::RevokeGrant, _) => {
            Err(has_not("grants: whoever can unlock the file can do everything"))
        }
        (Ask::ChangePolicy, _) => Err(has_not("policies: whoever can unlock the file can do everything")),
        (Ask::SetRotation, _) => Err(has_not("automatic rotation")),
        (Ask::Trim, _) => Err(has_not("trimming: every version of an entry is kept as long as the entry")),
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
        ) => Err(unsupported("a new entry is made in the keystore, not in another entry")),
        (Ask::ImportMaterial, _) => Err(has_not("keys that wait for material: a key is brought into it whole")),
        (Ask::CancelIssuance | Ask::ChangeCertificatePolicy | Ask::MergeCertificate, _) => {
            Err(has_not("issuing of certificates"))
        }
        (
            Ask::BackUp
            | Ask::ExportCertificate
            | Ask::ExportPrivateKey
            | Ask::ExportPublicKey
            | Ask::ExportSigningRequest
            | Ask::RevealSecret,
            _,
        ) => Err(unsupported("reading is no change")),
        (Ask::RollBack | Ask::WriteValue, Material::Secret { .. }) => Ok(()),
        (Ask::RollBack, _) => Err(unsupported(format!(
            "only a secret is rolled back; the older versions of a {} entry stay for what they were used for",
            material.word()
        ))),
        (Ask::WriteValue, _) => {
            Err(unsupported(format!("a {} entry has no value that could be written", material.word())))
        }
        (Ask::Rotate, Material::Certificate { .. }) => {
            Err(unsupported("a certificate is bound to its key: a new key needs a new certificate"))
        }
        (Ask::Rotate, Material::Secret { .. }) => {
            Err(unsupported("a secret has no key; a new value is written instead"))
        }
        (Ask::Rotate, Material::Key(KeyPair { algorithm, .. }) | Material::Symmetric { algorithm, .. }) => {
            match make::can_make(algorithm) {
                true => Ok(()),
                false => Err(unsupported(format!("a keystore makes no {algorithm} keys"))),
            }
        }
        (
            Ask::CancelDeletion
            | Ask::ChangeDescription
            | Ask::ChangeTags
            | Ask::Delete
            | Ask::DeleteVersions
            | Ask::Disable
            | Ask::Enable
            | Ask::ScheduleDeletion
            | Ask::UndeleteVersions,
            _,
        ) => Ok(()),
    }
}

/// Whether the state of an entry allows such a change. What an entry has not at all is for [`has`] to say.
fn is_ready(ask: Ask, entry: &Entry) -> Result<()> {
    let has_older = |enabled| entry.older.iter().any(|version| version.enabled == enabled);
    match (ask, entry.state) {
        (Ask::CancelDeletion, EntryState::PendingDeletion(_)) => Ok(()),
        (Ask::CancelDeletion, _) => {
            Err(not_now("the entry does not wait for its deletion", "There is nothing to cancel."))
        }
        (Ask::Delete, EntryState::Enabled) => Err(not_now(
            "the entry is enabled, and only what nobody uses any more is deleted",
            "Disable it or schedule its deletion first, and see whether anybody misses it.",
        )),
        (Ask::Delete, EntryState::Disabled | EntryState::PendingDeletion(_)) => Ok(()),
        (_, EntryState::PendingDeletion(_)) => {
            Err(not_now("the entry waits for its deletion", "Cancel its deletion first."))
        }
        (Ask::DeleteVersions, _) if !has_older(true) => Err(not_now(
            "no older version can be read out; the current one is closed by disabling the entry",
            "There is nothing to hide.",
        )),
        (Ask::UndeleteVersions, _) if !has_older(false) => {
            Err(not_now("no older version is hidden", "There is nothing to show again."))
        }
        (Ask::Disable, EntryState::Disabled) => Err(already("disabled")),
        (Ask::Enable, EntryState::Enabled) if entry.current.enabled => Err(already("enabled")),
        (Ask::RollBack | Ask::Rotate | Ask::WriteValue, EntryState::Disabled) => {
            Err(not_now("the entry is disabled", "Enable it first."))
        }
        (Ask::RollBack, _) if !has_older(true) => {
            Err(not_now("no older version can be read out", "There is nothing to roll back to."))
        }
        (_, EntryState::Disabled | EntryState::Enabled) => Ok(()),
    }
}

fn has_not(what: &str) -> Error {
    unsupported(format!("a keystore has no {what}"))
}

fn unsupported(why: impl Into<String>) -> Error {
    Error::new(Kind::Unsupported, PLAN, why).with_refused_by("the keystore").with_next("Choose what the entry offers.")
}

fn already(state: &str) -> Error {
    not_now(&format!("the entry is {state} already"), "There is nothing to do.")
}

fn not_now(why: &str, next: &str) -> Error {
    Error::new(Kind::Conflict, PLAN, why).with_refused_by("the keystore").with_next(next)
}

/// Whether the secret facet may be opened.
pub(crate) fn secret_access(entry: &Entry) -> Access {
    match readable(entry, &entry.current) {
        Ok(_) => Access::Open,
        Err(refusal) => Access::Closed { permission: ENABLED.to_owned(), because: sentence(refusal.message()) },
    }
}

/// A value that may be read out.
pub(crate) enum Readable<'a> {
    /// The private key of a certificate.
    PrivateKey(&'a KeyPair),
    /// The value of a secret.
    Value(&'a Secret),
}

/// The value of `version`, or why it cannot be read.
pub(crate) fn readable<'a>(entry: &Entry, version: &'a Version) -> Result<Readable<'a>> {
    let readable = match &version.material {
        Material::Certificate { key, .. } => Readable::PrivateKey(key),
        Material::Secret { value, .. } => Readable::Value(value),
        Material::Key(_) => {
            return Err(stays_inside(
                "the private key of a key entry is not shown: it leaves only into a place that it is brought to",
            ));
        }
        Material::Symmetric { algorithm, .. } => {
            return Err(stays_inside(format!(
                "the {algorithm} key is not shown: it leaves only into a place that it is brought to"
            )));
        }
    };
    match entry.state {
        EntryState::Disabled => Err(closed("the entry is disabled")),
        EntryState::PendingDeletion(_) => Err(closed("the entry waits for its deletion")),
        EntryState::Enabled if !version.enabled => Err(closed(&format!("version {} is disabled", version.id))),
        EntryState::Enabled => Ok(readable),
    }
}

fn stays_inside(why: impl Into<String>) -> Error {
    Error::new(Kind::Unsupported, READ_VALUE, why)
}

fn closed(why: &str) -> Error {
    Error::new(Kind::Denied, READ_VALUE, format!("{why}; its value is read only while it is enabled"))
        .with_permission(ENABLED)
        .with_refused_by("the keystore")
        .with_next("Enable it first.")
}

/// Why there is no public key.
pub(crate) fn no_public_key(material: &Material) -> String {
    match material {
        Material::Symmetric { algorithm, .. } => format!("{algorithm} is symmetric: it has no public half"),
        Material::Certificate { .. } | Material::Key(_) | Material::Secret { .. } => {
            format!("a {} entry has no public key", material.word())
        }
    }
}

/// Why there is no certificate.
pub(crate) fn no_certificate(material: &Material) -> String {
    format!("a {} entry has no certificate", material.word())
}

/// An error's message as a sentence of its own.
fn sentence(message: &str) -> String {
    let mut rest = message.chars();
    match rest.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), rest.as_str()),
        None => String::new(),
    }
}
