//! What a consumer is told: instructions, a message, and the document that a command or a webhook gets.

use domain::{Result, Timestamp};
use encoding::{PublicKey, export, fingerprint::Fingerprints};
use serde_json::{Value, json};

use crate::{
    Consumer, ConsumerKind, Instruction, Material, Values,
    kinds::{back, remove_old, update},
};

impl Consumer {
    /// How it gets the new key.
    ///
    /// # Errors
    /// `Conflict` while something of it is not known yet; else as the form of the key says.
    pub fn update(&self, of: &Material<'_>) -> Result<Vec<Instruction>> {
        update(self, of)
    }

    /// How the old key is taken away from it, where it holds both.
    ///
    /// # Errors
    /// As [`Consumer::update`].
    pub fn remove_old(&self, of: &Material<'_>) -> Result<Vec<Instruction>> {
        remove_old(self, of)
    }

    /// How it goes back to the old key.
    ///
    /// # Errors
    /// As [`Consumer::update`].
    pub fn go_back(&self, of: &Material<'_>) -> Result<Vec<Instruction>> {
        back(self, of)
    }
}

/// A text for the consumer's owner. It names the key by its fingerprint, and carries it only if that was settled.
pub fn message(consumer: &Consumer, of: &Material<'_>) -> String {
    let mut text = String::new();
    let greeting = if consumer.owner.is_empty() { "Hello" } else { consumer.owner.as_str() };
    let mut line = |said: &str| {
        text.push_str(said);
        text.push('\n');
    };
    line(&format!("{greeting},"));
    line("");
    line(&format!("the key \"{}\" gets new material, and {} uses it.", of.item, consumer.name));
    for (which, version, key) in [("Old", of.old_version, of.old), ("New", of.new_version, of.new)] {
        let version = version.map(|version| format!(" version {version}")).unwrap_or_default();
        let print = key.map(|key| format!(" {}", prints(consumer.kind, key))).unwrap_or_default();
        if !(version.is_empty() && print.is_empty()) {
            line(&format!("{which}:{version}{print}"));
        }
    }
    if let (Values::Real, Some(key)) = (consumer.values, of.new)
        && let Ok(pem) = export::spki_pem(key)
    {
        line("");
        line(pem.text().unwrap_or_default().trim_end());
        line("");
    }
    line(&match of.due {
        Some(due) => format!("Please change over by {}, and say when it is done.", day(due)),
        None => "Please change over, and say when it is done.".to_owned(),
    });
    line("Until then both are valid. Nothing secret is in this message.");
    text
}

/// What a command or a webhook gets. `order` is the same for every try.
pub fn payload(consumer: &Consumer, of: &Material<'_>, rotation: &str) -> Value {
    let generation = |version: Option<&str>, key: Option<&PublicKey>| {
        let prints = key.map(Fingerprints::of);
        let pem = key.filter(|_| consumer.values == Values::Real).and_then(|key| export::spki_pem(key).ok());
        json!({
            "version": version,
            "spki_sha256": prints.as_ref().map(|prints| &prints.spki_sha256),
            "openssh_sha256": prints.as_ref().and_then(|prints| prints.openssh_sha256.as_ref()),
            "jwk_thumbprint": prints.as_ref().and_then(|prints| prints.jwk_thumbprint.as_ref()),
            "public_key": pem.as_ref().and_then(|pem| pem.text()),
        })
    };
    json!({
        "event": "rotation",
        "rotation": rotation,
        "item": of.item,
        "reference": of.new_reference,
        "consumer": { "kind": consumer.kind.word(), "name": consumer.name, "instances": consumer.instances },
        "old": generation(of.old_version, of.old),
        "new": generation(of.new_version, of.new),
        "values": match consumer.values { Values::Censored => "censored", Values::Real => "real" },
        "due": of.due.map(|due| due.to_string()),
    })
}

/// A key by the fingerprint that the kind of consumer shows.
fn prints(kind: ConsumerKind, key: &PublicKey) -> String {
    let of = Fingerprints::of(key);
    match kind {
        ConsumerKind::GithubKey => of.openssh_sha256.unwrap_or(of.spki_sha256),
        ConsumerKind::JwksEndpoint => of.jwk_thumbprint.map_or(of.spki_sha256, |kid| format!("kid {kid}")),
        ConsumerKind::AwsAlias
        | ConsumerKind::ByHand
        | ConsumerKind::EntraApp
        | ConsumerKind::HerokuAddon
        | ConsumerKind::KubernetesSecret
        | ConsumerKind::SnowflakeUser
        | ConsumerKind::TlsEndpoint => of.spki_sha256,
    }
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}
