//! Bringing keys on the wire: the vaults that take them, the plan as it stands, what is locked and why. Never a byte of
//! key material, wrapped or not.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{LockWire, LogWire, MomentWire, RotationOrderWire, WireError};

/// Every import, those that are not over first, the newest of each first.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportList {
    /// The rows.
    pub imports: Vec<ImportRow>,
}

/// One import in a list.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportRow {
    /// Its number.
    pub id: String,
    /// What a person calls it: "AES-256 to eu-west-1".
    pub title: String,
    /// Where from, in words; empty before that is settled.
    pub source: String,
    /// The connection that it goes through; empty before that is settled.
    pub connection: String,
    /// What a person calls the vault that it goes to; empty before that is settled.
    pub vault: String,
    /// The reference of the key at the target, once it is there.
    pub item: Option<String>,
    /// The word of its phase: `target`, `source`, `wrapping-key`, `wrap`, `import`, `prove`, `done`, `given-up`.
    pub phase: String,
    /// Whether it is over.
    pub over: bool,
    /// What it waits for, as a sentence; empty if it is over.
    pub waits_for: String,
    /// When it was begun.
    pub begun: String,
    /// When the imported material ends by itself, if it does.
    pub expires: Option<String>,
}

/// Names an import.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NameImport {
    /// Its number.
    pub import: String,
}

/// Begins an import.
#[derive(Clone, Debug, Default, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BeginImport {
    /// The reference of the item that is to be brought, if that is known.
    pub source: Option<String>,
    /// The number of an import whose key comes once more to the same item.
    pub again: Option<String>,
    /// Whether it is other material, so that the item is rotated.
    pub new_material: bool,
}

/// A vault into which keys may be brought, as far as is known without asking it.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportVaultRow {
    /// The connection's name.
    pub connection: String,
    /// The vault's id within the connection.
    pub vault: String,
    /// What a person calls it.
    pub name: String,
    /// The provider's word for it: "Region", "transit mount".
    pub kind: String,
    /// How the connection is marked: `production`, …
    pub environment: Option<String>,
}

/// The vaults of all connections that take keys.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportVaults {
    /// The rows, by connection and name.
    pub vaults: Vec<ImportVaultRow>,
    /// The connections that could not be asked, each with its reason.
    pub silent: Vec<(String, WireError)>,
}

/// Asks what a vault takes.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AskTakings {
    /// The connection's name.
    pub connection: String,
    /// The vault's id within the connection.
    pub vault: String,
}

/// What a vault does with one kind of key.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TakingWire {
    /// The kind of key: `AES-256`, `RSA 2048`.
    pub algorithm: String,
    /// How it may come, the best first.
    pub wraps: Vec<WrapWire>,
    /// Why it cannot come; `None` if it can.
    pub refused: Option<String>,
    /// What must be asked before it comes.
    pub questions: Vec<crate::QuestionWire>,
}

/// One way in which a key comes.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WrapWire {
    /// `oaep-sha1`, `oaep-sha256`, `plain`, `rsa-aes-sha1` or `rsa-aes-sha256`.
    pub wrap: String,
    /// The length of the wrapping key in bits; 0 where there is none.
    pub bits: u32,
    /// The place's own word for it.
    pub native: String,
    /// Whether it is there for older HSMs alone.
    pub legacy: bool,
}

/// Settles something of an import. Nothing is sent to a place.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoteImport {
    /// Its number.
    pub import: String,
    /// The state that was seen.
    pub revision: u32,
    /// What.
    pub note: ImportNote,
}

/// What is settled.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(tag = "is", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum ImportNote {
    /// It is over, and the key is there.
    Finish,
    /// It is given up.
    GiveUp,
    /// Where from.
    SetSource {
        /// The source.
        source: ImportSourceWire,
    },
    /// Where to, and how.
    SetTarget {
        /// The connection's name.
        connection: String,
        /// The vault's id within the connection.
        vault: String,
        /// The kind of key.
        algorithm: String,
        /// How it is wrapped: one of those that the vault takes it by.
        wrap: WrapWire,
        /// The answers to the vault's questions.
        answers: BTreeMap<String, String>,
    },
}

/// Where a key comes from.
#[derive(Clone, Debug, Eq, PartialEq, Deserialize, Serialize, TS)]
#[serde(tag = "from", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum ImportSourceWire {
    /// A file on this computer, named when it is wrapped.
    File,
    /// It is made on this computer.
    Generated,
    /// An item of a connection.
    Item {
        /// Its reference.
        reference: String,
        /// Which version; the current one if `None`.
        version: Option<String>,
        /// Whether its place wraps it inside.
        inside: bool,
    },
    /// A machine without a connection, which wraps by hand.
    Offline,
}

/// Whether an item's key leaves its place.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LeavingWire {
    /// The item's reference, in full.
    pub reference: String,
    /// What a person calls it.
    pub name: String,
    /// What kind of key it is, if that is known.
    pub algorithm: Option<String>,
    /// The versions, newest first.
    pub versions: Vec<String>,
    /// Why the material does not leave as it is; `None` if it does.
    pub plain: Option<String>,
    /// Why the place does not wrap it inside; `None` if it does.
    pub wrapped: Option<String>,
}

/// Asks whether an item's key leaves its place.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AskLeaving {
    /// The item's reference.
    pub reference: String,
}

/// A wrapping key, to be carried to where the key is.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WrappingKeyWire {
    /// The public key as SPKI PEM.
    pub pem: String,
    /// Its kind: `RSA 4096`.
    pub algorithm: String,
    /// `SHA256:…` over its SPKI.
    pub fingerprint: String,
    /// Until when the target takes what is wrapped with it.
    pub until: Option<String>,
    /// The lines with which a machine without a connection wraps a key.
    pub by_hand: Vec<HandLineWire>,
}

/// One line for the shell, with what it does.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HandLineWire {
    /// The program that it is for. The lines of one program belong together; those of another are another way.
    pub program: String,
    /// What it does.
    pub says: String,
    /// The line.
    pub command: String,
}

/// Wraps the key of an import, in memory.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WrapImport {
    /// Its number.
    pub import: String,
    /// The path of the file, where the source is one, or of the wrapped bytes of a machine without a connection.
    pub path: Option<String>,
}

/// Asks for the plan of an import's step.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PlanImport {
    /// Its number.
    pub import: String,
    /// The step: `prepare`, `load`, `remove` or `import`.
    pub step: String,
}

/// Confirms the plan of an import's step.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConfirmImport {
    /// The import's number.
    pub import: String,
    /// The step.
    pub step: String,
    /// The number of the order that the plan becomes.
    pub order: String,
    /// The digest of what was shown.
    pub digest: String,
    /// The name as it was typed, where that is asked for.
    pub typed: Option<String>,
}

/// An import as it stands.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportWire {
    /// What a list shows of it.
    pub row: ImportRow,
    /// Which state of it this is. What is done with it names the state that was seen.
    pub revision: u32,
    /// The number of the import whose key comes once more.
    pub again: Option<String>,
    /// Where to, and how.
    pub target: Option<ImportTargetWire>,
    /// Where from.
    pub source: Option<ImportSourceWire>,
    /// The steps at the places, in order, without those that this import has not.
    pub steps: Vec<String>,
    /// Whether a wrapping key is fetched and in memory.
    pub wrapping_key: Option<WrappingKeyWire>,
    /// Wrapping keys that were loaded into the source's vault and are still there, by reference.
    pub loaded: Vec<String>,
    /// How it was wrapped last.
    pub wrapped: Option<WrappedWire>,
    /// Whether the wrapped key is in memory, so that it can be sent.
    pub packed: bool,
    /// When the target took it.
    pub imported: Option<MomentWire>,
    /// What was tried to show that it is the same key.
    pub proof: Option<ImportProofWire>,
    /// What is locked, by the word of what would be done: `set-target`, `set-source`, `prepare`, `fetch`, `load`, `wrap`,
    /// `remove`, `import`, `prove`, `finish`, `give-up`. What is not here is open.
    pub locks: BTreeMap<String, LockWire>,
    /// What to do with the key now, once it is there.
    pub afterwards: Vec<AfterwardsWire>,
    /// What was sent to the places, oldest first.
    pub orders: Vec<RotationOrderWire>,
    /// What happened, oldest first.
    pub log: Vec<LogWire>,
}

/// Where a key is brought to.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportTargetWire {
    /// The connection's name.
    pub connection: String,
    /// The vault's id within the connection.
    pub vault: String,
    /// What a person calls the vault.
    pub name: String,
    /// How the connection is marked: `production`, …
    pub environment: Option<String>,
    /// The kind of key.
    pub algorithm: String,
    /// How it is wrapped.
    pub wrap: WrapWire,
    /// The answers to the vault's questions.
    pub answers: BTreeMap<String, String>,
    /// Whether the place makes an item first that waits for the material.
    pub waits: bool,
    /// Whether other material comes than the item has had.
    pub new_material: bool,
}

/// What is kept of a wrapped key.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WrappedWire {
    /// When.
    pub at: String,
    /// Who.
    pub actor: String,
    /// By which way, in the place's words.
    pub native: String,
    /// SHA-256 of the wrapped bytes, in lower-case hex; `None` where nothing is wrapped.
    pub sha256: Option<String>,
    /// How many bytes the key has, if it was seen.
    pub before: Option<u32>,
    /// How many bytes it has wrapped.
    pub after: Option<u32>,
    /// The key check value of a symmetric key.
    pub check_value: Option<String>,
    /// `SHA256:…` over the public half's SPKI, of a key pair.
    pub fingerprint: Option<String>,
    /// How it will be shown that it is the same key: `mac`, `none`, `public-key` or `sealed`.
    pub witness: String,
}

/// What was tried to show that the target holds the same key.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportProofWire {
    /// When, by whom, and what was seen.
    pub moment: MomentWire,
    /// Whether it does.
    pub holds: bool,
    /// Whether that shows which key it is, beside that it works.
    pub identifies: bool,
}

/// What to do with a key that was brought.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AfterwardsWire {
    /// For what.
    pub title: String,
    /// What must be known.
    pub says: String,
    /// Lines for the shell, or texts to be put somewhere.
    pub lines: Vec<String>,
}
