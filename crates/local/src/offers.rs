//! What may be done to an entry, and why not. The reads refuse by the same rules and in the same words.
//!
//! Public halves and certificates leave in every state, since old signatures have to be verified; a secret value leaves
//! only while its entry and version are enabled.

use domain::{Access, Ask, Error, ItemKey, Kind, Offer, Result, Secret};

use crate::{
    entries::{Entry, EntryState, Version},
    entry_of,
    keystore::Keystore,
    material::{KeyPair, Material},
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
        ask if ask.changes() => Offer::refuse(ask, "This place cannot be changed yet."),
        _ => match readable(entry, &entry.current) {
            Ok(_) => Offer::allow(ask),
            Err(refusal) => match refusal.permission() {
                Some(permission) => Offer::denied(ask, sentence(refusal.message()), permission),
                None => Offer::refuse(ask, sentence(refusal.message())),
            },
        },
    }
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
        Material::Key(_) => return Err(stays_inside("the private key of a key entry never leaves the keystore")),
        Material::Symmetric { algorithm, .. } => {
            return Err(stays_inside(format!("the {algorithm} key never leaves the keystore")));
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
        .with_next("Enable it first, with a tool that may change the keystore.")
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
