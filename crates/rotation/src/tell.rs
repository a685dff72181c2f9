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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{NEW, OLD, P256, consumer, material};

    fn of(values: Values) -> Consumer {
        Consumer { values, ..consumer(ConsumerKind::ByHand, &[]) }
    }

    /// A piece of the key's body that no fingerprint has.
    fn body(key: &PublicKey) -> String {
        export::spki_pem(key).unwrap().text().unwrap().lines().nth(2).unwrap().to_owned()
    }

    #[test]
    fn a_message_carries_the_key_only_if_that_was_settled() {
        let due = Some("2027-03-01T10:00:00Z".parse().unwrap());
        let of_material = Material { due, ..material() };
        let censored = message(&of(Values::Censored), &of_material);
        assert!(!censored.contains("BEGIN") && !censored.contains(&body(&NEW)), "{censored}");
        for said in [Fingerprints::of(&OLD).spki_sha256, Fingerprints::of(&NEW).spki_sha256, "2027-03-01".to_owned()] {
            assert!(censored.contains(&said), "{said} in {censored}");
        }
        assert!(censored.contains("Old: version 1 ") && censored.contains("New: version 2 "));
        let real = message(&of(Values::Real), &of_material);
        assert!(real.contains("-----BEGIN PUBLIC KEY-----") && real.contains(&body(&NEW)), "{real}");
        assert!(!real.contains(&body(&OLD)), "only the new key is sent");
    }

    #[test]
    fn a_message_speaks_to_its_owner_and_names_the_key_as_the_consumer_shows_it() {
        let owner = Consumer { owner: "Ines".to_owned(), ..of(Values::Censored) };
        assert!(message(&owner, &material()).starts_with("Ines,\n"));
        let nothing = Material { old: None, new: None, old_version: None, new_version: None, ..material() };
        let text = message(&of(Values::Real), &nothing);
        assert!(text.starts_with("Hello,\n") && !text.contains("Old:") && !text.contains("New:"), "{text}");
        let print = Fingerprints::of(&P256);
        let p256 = Material { new: Some(&P256), ..material() };
        let github = message(&consumer(ConsumerKind::GithubKey, &[]), &p256);
        assert!(github.contains(&print.openssh_sha256.unwrap()), "{github}");
        let set = message(&consumer(ConsumerKind::JwksEndpoint, &[]), &p256);
        assert!(set.contains(&format!("kid {}", print.jwk_thumbprint.unwrap())), "{set}");
    }

    #[test]
    fn a_document_carries_the_keys_only_if_that_was_settled() {
        let censored = payload(&of(Values::Censored), &material(), "01R");
        assert!(!censored.to_string().contains("BEGIN") && !censored.to_string().contains(&body(&NEW)));
        assert_eq!(censored["new"]["public_key"], Value::Null);
        assert_eq!(censored["new"]["spki_sha256"], json!(Fingerprints::of(&NEW).spki_sha256));
        assert_eq!((&censored["rotation"], &censored["values"]), (&json!("01R"), &json!("censored")));
        let real = payload(&of(Values::Real), &material(), "01R");
        assert!(real["new"]["public_key"].as_str().unwrap().contains(&body(&NEW)));
        assert!(real["old"]["public_key"].as_str().unwrap().contains(&body(&OLD)));
        assert_eq!(payload(&of(Values::Real), &material(), "01R"), real, "the same for every try");
    }
}
