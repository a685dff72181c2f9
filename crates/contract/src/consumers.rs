//! The ledger on the wire: who uses an item, how each is told, and how an application is to treat the key.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Asks for the ledger of an item.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ListConsumers {
    /// The item's reference.
    pub reference: String,
}

/// Everybody who is known to use an item. It is never complete.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConsumerLedger {
    /// In the order in which they are told.
    pub consumers: Vec<ConsumerWire>,
    /// Found in the item's tags, its aliases and its last rotation, and not in the ledger yet.
    pub found: Vec<FoundConsumer>,
    /// How an application is to treat the key, if that was settled.
    pub definition: Option<DefinitionRow>,
    /// The choices that each importance begins with.
    pub profiles: Vec<DefinitionWire>,
}

/// A consumer that was found.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FoundConsumer {
    /// Where: "tag rotation:consumer", "alias/payments-sign", "the last rotation".
    pub from: String,
    /// What is known of it; without a number.
    pub consumer: ConsumerWire,
}

/// The kinds of consumers, each with its questions.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConsumerKinds {
    /// The ones with most to take care of first.
    pub kinds: Vec<ConsumerKindRow>,
}

/// One kind of consumer.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConsumerKindRow {
    /// Its word: `snowflake-user`.
    pub kind: String,
    /// What a person calls it.
    pub title: String,
    /// What is asked of it.
    pub fields: Vec<ConsumerFieldRow>,
    /// How it is found out that one has the new key: `slots`, `published`, `presented`, `fingerprint` or `said`.
    pub check: String,
    /// Whether it holds the old key beside the new one.
    pub holds_two: bool,
}

/// One question about a consumer.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConsumerFieldRow {
    /// Its name among the answers.
    pub name: String,
    /// What a person reads.
    pub label: String,
    /// One sentence that helps; may be empty.
    pub help: String,
    /// Whether it must be answered.
    pub required: bool,
    /// `text`, `lines` or `number`.
    pub shape: String,
}

/// A consumer.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConsumerWire {
    /// Its number; empty for one that is not in the ledger yet.
    pub id: String,
    /// The word of its kind.
    pub kind: String,
    /// What a person calls it.
    pub name: String,
    /// Who looks after it; may be empty.
    pub owner: String,
    /// Anything else; may be empty.
    pub note: String,
    /// The answers to the questions of its kind.
    pub fields: BTreeMap<String, String>,
    /// Whether it keeps what was made with the old key and has to read it still.
    pub round_trip: bool,
    /// How many instances of it must be updated.
    pub instances: u32,
    /// How it is told.
    pub tell: TellWire,
    /// Whether a message, a command and a webhook carry the public key itself, not its fingerprint alone.
    pub real_values: bool,
}

/// How a consumer is told.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum TellWire {
    /// A person does it and ticks it off.
    Checklist,
    /// A program on this computer.
    Command {
        /// Its whole path.
        program: String,
        /// Its arguments.
        arguments: Vec<String>,
    },
    /// A text that a person sends.
    Message,
    /// A signed request.
    Webhook {
        /// `https` only.
        url: String,
        /// PEM of a private authority to trust for it; may be empty.
        authority: String,
    },
}

/// Keeps a consumer. `Debug` hides the secret, and it is wiped afterwards.
#[derive(Clone, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SaveConsumer {
    /// The item's reference.
    pub reference: String,
    /// The consumer; with an empty number it is a new one.
    pub consumer: ConsumerWire,
    /// The secret that its webhook is signed with; `None` keeps the one that is there.
    pub secret: Option<String>,
}

impl fmt::Debug for SaveConsumer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SaveConsumer").field("consumer", &self.consumer).finish_non_exhaustive()
    }
}

impl Drop for SaveConsumer {
    fn drop(&mut self) {
        if let Some(secret) = &mut self.secret {
            zeroize::Zeroize::zeroize(secret);
        }
    }
}

/// Names a consumer of the ledger.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RemoveConsumer {
    /// The item's reference.
    pub reference: String,
    /// The consumer's number.
    pub consumer: String,
}

/// How an application is to treat a key.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DefinitionWire {
    /// The name it has in the application.
    pub name: String,
    /// `round-trip` or `one-way`.
    pub use_case: String,
    /// Whether the application forgets between two starts which key it used last.
    pub stateless: bool,
    /// Whether the key is kept in memory between two uses.
    pub keep_in_cache: bool,
    /// The name of the application's function that reads the key.
    pub source: String,
    /// `high`, `medium` or `low`.
    pub importance: String,
    /// `halt`, `raise-immediately`, `skip-and-raise` or `skip`.
    pub strategy: String,
}

/// A definition and the call that makes it.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DefinitionRow {
    /// What was settled.
    pub definition: DefinitionWire,
    /// The call in Python.
    pub python: String,
}

/// Keeps the definition of an item's key.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SaveDefinition {
    /// The item's reference.
    pub reference: String,
    /// What was settled.
    pub definition: DefinitionWire,
}

/// The programs that consumers may be told by.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AllowedCommands {
    /// Whole paths.
    pub programs: Vec<String>,
}
