//! The ledger of an item: who uses it, who was found to, and how an application is to treat its key.

mod wire;

use std::collections::BTreeSet;

use contract::{
    AllowedCommands, ConsumerKinds, ConsumerLedger, ConsumerWire, DefinitionRow, FoundConsumer, ListConsumers, Nothing,
    RemoveConsumer, SaveConsumer, SaveDefinition,
};
use domain::{Aspect, Error, ItemDetail, ItemRef, Kind, Result, Secret};
use journal::WizardKind;
use rotation::{Consumer, ConsumerId, ConsumerKind, Importance, KeyDefinition, Rotation, Tell};

use crate::{App, locked, off_thread};
pub(crate) use wire::{check_word, consumer as consumer_wire, strategy, strategy_word};

const LEDGER: &str = "keep the consumer";
/// The preference that lists the programs that may be run.
const ALLOWED: &str = "allowed programs";
/// A name that no connection has begins with it: the secrets of webhooks lie beside those of connections.
const OWNER: &str = "\u{1}webhook";

/// What an item says of its users, as it was last read.
#[derive(Clone, Default)]
pub(crate) struct Labels {
    tags: Vec<(String, String)>,
    aliases: Vec<String>,
}

impl App {
    /// The kinds of consumers.
    ///
    /// # Errors
    /// None; the table wants a `Result`.
    pub async fn consumer_kinds(&self, _: Nothing) -> Result<ConsumerKinds> {
        Ok(ConsumerKinds { kinds: ConsumerKind::ALL.into_iter().map(wire::kind).collect() })
    }

    /// Everybody who is known to use an item. Asks no provider: what is found is in what was last read of the item.
    ///
    /// # Errors
    /// `Invalid` if it is no reference, `Unexpected` if Claviger's file cannot be read.
    pub async fn list_consumers(&self, request: ListConsumers) -> Result<ConsumerLedger> {
        let reference = reference(&request.reference)?;
        let ledger = self.ledger(&reference).await?;
        let found = self.found(&reference, &ledger).await?;
        let kept = reference.clone();
        let definition = self.journal(move |journal| journal.key_definition(&kept)).await?;
        let definition = definition.and_then(|text| serde_json::from_str::<KeyDefinition>(&text).ok());
        let name = reference.rsplit('/').next().unwrap_or_default().to_owned();
        let profiles = [Importance::High, Importance::Medium, Importance::Low];
        Ok(ConsumerLedger {
            consumers: ledger.iter().map(consumer_wire).collect(),
            found,
            definition: definition.as_ref().map(wire::definition_row),
            profiles: profiles.into_iter().map(|one| wire::definition(&KeyDefinition::of(one, &name))).collect(),
        })
    }

    /// Keeps a consumer, and the secret of its webhook in the keychain.
    ///
    /// # Errors
    /// `Invalid` for what does not fit its kind; what the keychain says.
    pub async fn save_consumer(&self, mut request: SaveConsumer) -> Result<ConsumerWire> {
        let reference = reference(&request.reference)?;
        let mut consumer = wire::read_consumer(&request.consumer)?;
        if consumer.id.0.is_empty() {
            consumer.id = ConsumerId(ulid::Ulid::r#gen().to_string());
        }
        consumer.fits()?;
        match &consumer.tell {
            Tell::Command { program, .. } => self.allowed(program).await.map(drop)?,
            Tell::Webhook { url, .. } => reach::webhook::host(url).map(drop)?,
            Tell::Checklist | Tell::Message => {}
        }
        if let Some(secret) = request.secret.take() {
            let secret = Secret::from_text(secret);
            if secret.expose().is_empty() {
                return Err(Error::new(Kind::Invalid, LEDGER, "the secret of the webhook is empty")
                    .with_next("Type a secret that the receiver knows too."));
            }
            let (keychain, field) = (self.0.keychain.clone(), consumer.id.0.clone());
            off_thread(move || keychain.keep(OWNER, &field, &secret)).await?;
        }
        let body = text(&consumer)?;
        let id = consumer.id.0.clone();
        self.journal(move |journal| journal.keep_consumer(&reference, &id, &body)).await?;
        Ok(consumer_wire(&consumer))
    }

    /// Takes a consumer out of the ledger. What a rotation that is under way says of it stays there.
    ///
    /// # Errors
    /// `NotFound` if it is not there; what the keychain says.
    pub async fn remove_consumer(&self, request: RemoveConsumer) -> Result<Nothing> {
        let (reference, id) = (reference(&request.reference)?, request.consumer);
        let removed = id.clone();
        if !self.journal(move |journal| journal.remove_consumer(&reference, &removed)).await? {
            return Err(Error::new(Kind::NotFound, LEDGER, "the ledger has no such consumer"));
        }
        let keychain = self.0.keychain.clone();
        off_thread(move || keychain.forget(OWNER, &id)).await?;
        Ok(Nothing {})
    }

    /// Keeps how an application is to treat an item's key.
    ///
    /// # Errors
    /// `Invalid` for words that are none of the choices.
    pub async fn save_definition(&self, request: SaveDefinition) -> Result<DefinitionRow> {
        let reference = reference(&request.reference)?;
        let definition = wire::read_definition(&request.definition)?;
        let body = text(&definition)?;
        self.journal(move |journal| journal.keep_key_definition(&reference, &body)).await?;
        Ok(wire::definition_row(&definition))
    }

    /// The programs that consumers may be told by.
    ///
    /// # Errors
    /// `Unexpected` if Claviger's file cannot be read.
    pub async fn allowed_commands(&self, _: Nothing) -> Result<AllowedCommands> {
        let kept = self.journal(|journal| journal.preference(ALLOWED)).await?;
        let programs = kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        Ok(AllowedCommands { programs })
    }

    /// Sets the programs that consumers may be told by.
    ///
    /// # Errors
    /// `Invalid` for what is no whole path.
    pub async fn set_allowed_commands(&self, request: AllowedCommands) -> Result<AllowedCommands> {
        let trimmed = request.programs.iter().map(|program| program.trim().to_owned());
        let programs: BTreeSet<String> = trimmed.filter(|program| !program.is_empty()).collect();
        if let Some(short) = programs.iter().find(|program| !program.starts_with('/')) {
            return Err(Error::new(Kind::Invalid, "allow the program", format!("\"{short}\" is no whole path"))
                .with_refused_by("this app")
                .with_next("Name it from / on, such as /usr/local/bin/tell. Nothing was changed."));
        }
        let programs: Vec<String> = programs.into_iter().collect();
        let body = text(&programs)?;
        self.journal(move |journal| journal.set_preference(ALLOWED, &body)).await?;
        Ok(AllowedCommands { programs })
    }

    /// Remembers what an item that was read says of its users.
    pub(crate) fn heed(&self, reference: String, detail: &ItemDetail) {
        let mut labels = Labels::default();
        for aspect in &detail.aspects {
            match aspect {
                Aspect::Tags(tags) => labels.tags.clone_from(tags),
                Aspect::Aliases(aliases) => labels.aliases.clone_from(aliases),
                _ => {}
            }
        }
        locked(&self.0.labels).insert(reference, labels);
    }

    /// The consumers in an item's ledger, in order.
    pub(crate) async fn ledger(&self, reference: &str) -> Result<Vec<Consumer>> {
        let wanted = reference.to_owned();
        let kept = self.journal(move |journal| journal.consumers(&wanted)).await?;
        Ok(kept.into_iter().filter_map(|(_, body)| serde_json::from_str(&body).ok()).collect())
    }

    /// Copies the ledger of an item to another one that takes its place. Who is there already is not copied again.
    pub(crate) async fn hand_ledger_on(&self, from: &str, to: &str) -> Result<()> {
        let there: BTreeSet<_> = self.ledger(to).await?.iter().map(named).collect();
        for mut consumer in self.ledger(from).await?.into_iter().filter(|one| !there.contains(&named(one))) {
            let (old, id, reference) = (consumer.id.0, ulid::Ulid::r#gen().to_string(), to.to_owned());
            let (keychain, new) = (self.0.keychain.clone(), id.clone());
            off_thread(move || match keychain.read(OWNER, &old)? {
                Some(secret) => keychain.keep(OWNER, &new, &secret),
                None => Ok(()),
            })
            .await?;
            consumer.id = ConsumerId(id.clone());
            let body = text(&consumer)?;
            self.journal(move |journal| journal.keep_consumer(&reference, &id, &body)).await?;
        }
        Ok(())
    }

    /// The secret that a consumer's webhook is signed with.
    pub(crate) async fn webhook_secret(&self, consumer: &ConsumerId) -> Result<Option<Secret>> {
        let (keychain, id) = (self.0.keychain.clone(), consumer.0.clone());
        off_thread(move || keychain.read(OWNER, &id)).await
    }

    /// The programs that may be run; an error if `program` is none of them.
    pub(crate) async fn allowed(&self, program: &str) -> Result<Vec<std::path::PathBuf>> {
        let AllowedCommands { programs } = self.allowed_commands(Nothing {}).await?;
        if !programs.iter().any(|allowed| allowed == program) {
            return Err(Error::new(Kind::Denied, LEDGER, format!("{program} is not on the list of allowed programs"))
                .with_refused_by("this app")
                .with_next("Allow it in Settings first, if it is one that you trust with this. Nothing was run."));
        }
        Ok(programs.into_iter().map(Into::into).collect())
    }

    async fn found(&self, reference: &str, ledger: &[Consumer]) -> Result<Vec<FoundConsumer>> {
        let mut found: Vec<(String, Consumer)> = self.of_last_rotation(reference).await?;
        let labels = locked(&self.0.labels).get(reference).cloned().unwrap_or_default();
        let tagged = |(key, value): &(String, String)| Some((format!("tag {key}"), Consumer::of_tag(key, value)?));
        found.extend(labels.tags.iter().filter_map(tagged));
        found.extend(labels.aliases.iter().map(|alias| (alias.clone(), users_of(alias))));
        let mut known: BTreeSet<_> = ledger.iter().map(named).collect();
        found.retain(|(_, consumer)| known.insert(named(consumer)));
        Ok(found
            .into_iter()
            .map(|(from, mut consumer)| {
                consumer.id = ConsumerId(String::new());
                FoundConsumer { from, consumer: consumer_wire(&consumer) }
            })
            .collect())
    }

    /// Those of the newest rotation of the item, or of the one by which it came about.
    async fn of_last_rotation(&self, reference: &str) -> Result<Vec<(String, Consumer)>> {
        let kept = self.journal(|journal| journal.wizards(WizardKind::Rotation)).await?;
        let mut rotations = kept.iter().filter_map(|one| serde_json::from_str::<Rotation>(&one.body).ok());
        let about = |rotation: &Rotation| {
            rotation.phase.is_over()
                && (rotation.reference == reference
                    || rotation.new.as_ref().is_some_and(|new| new.reference == reference))
        };
        let last = rotations.find(about).into_iter().flat_map(|rotation| rotation.runs);
        Ok(last.filter(|run| run.left.is_none()).map(|run| ("the last rotation".to_owned(), run.consumer)).collect())
    }
}

/// What tells one consumer of an item from another.
fn named(consumer: &Consumer) -> (ConsumerKind, String) {
    (consumer.kind, consumer.name.to_lowercase())
}

fn users_of(alias: &str) -> Consumer {
    Consumer {
        fields: [("alias".to_owned(), alias.to_owned())].into_iter().collect(),
        round_trip: true,
        ..Consumer::new(ConsumerKind::AwsAlias, format!("users of {alias}"))
    }
}

/// A reference in its one form, so that the same item has one ledger.
fn reference(text: &str) -> Result<String> {
    text.parse::<ItemRef>().map(|reference| reference.to_string())
}

fn text<T: serde::Serialize>(kept: &T) -> Result<String> {
    serde_json::to_string(kept)
        .map_err(|cause| Error::new(Kind::Unexpected, LEDGER, "it could not be written down").with_source(cause))
}
