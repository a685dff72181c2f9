//! The journal on the wire: orders and what became of them, and whether the chain is whole.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{UndoWire, WireError};

/// Asks for a page of the journal, newest first.
#[derive(Clone, Debug, Default, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ListJournal {
    /// Words that must all occur in the entry; `result:unknown`, `connection:prod`, `ask:disable` and `actor:maria` look
    /// at one thing only.
    pub filter: String,
    /// Only what is about this item.
    pub reference: Option<String>,
    /// Only entries that begin before this place in the chain; from the newest on if absent.
    pub before: Option<u32>,
    /// At most so many entries; 200 if absent.
    pub limit: Option<u32>,
}

/// A page of the journal.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JournalPage {
    /// Newest first.
    pub entries: Vec<JournalEntry>,
    /// Whether there are older ones.
    pub more: bool,
    /// How many orders are unsettled in the whole journal: unknown, or ended between two steps.
    pub unsettled: u32,
}

/// One entry.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "entry", rename_all = "kebab-case")]
pub enum JournalEntry {
    /// A person went on from a journal that does not follow from what was sealed.
    Accepted {
        /// Its place in the chain.
        sequence: u32,
        /// When.
        at: String,
        /// What was wrong.
        because: String,
    },
    /// A change that was confirmed.
    Order {
        /// The order.
        order: Box<OrderWire>,
    },
    /// A consumer of a key is about to be told of a rotation, or was.
    Told {
        /// The place of its record in the chain.
        sequence: u32,
        /// When.
        at: String,
        /// The connection's name.
        connection: String,
        /// The item's reference.
        reference: String,
        /// The rotation's number.
        rotation: String,
        /// What a person calls the consumer.
        consumer: String,
        /// The program, or the host of the webhook.
        target: String,
        /// Whether it was taken; `None` for the record before it.
        done: Option<bool>,
        /// On what grounds, or why not; empty before.
        says: String,
    },
    /// Changes through a connection were allowed, or no longer.
    WriteMode {
        /// Its place in the chain.
        sequence: u32,
        /// When.
        at: String,
        /// The connection's name.
        connection: String,
        /// Until when; `None` for read-only again.
        until: Option<String>,
    },
}

/// A confirmed change and what became of it.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OrderWire {
    /// Its number.
    pub order: String,
    /// The place of its first record in the chain.
    pub sequence: u32,
    /// When it was confirmed.
    pub at: String,
    /// The connection's name.
    pub connection: String,
    /// Who, as the provider said.
    pub actor: String,
    /// The word of the ask.
    pub ask: String,
    /// One line: "Disable payments-sign".
    pub title: String,
    /// The item it is about, or that it made, if there is one to open.
    pub reference: Option<String>,
    /// What became of it.
    pub state: OrderState,
    /// The calls and what became of each.
    pub steps: Vec<OrderStep>,
    /// Why it is unknown or was given up.
    pub error: Option<WireError>,
    /// Whether it can be taken back now.
    pub undo: UndoWire,
    /// Every record, oldest first: place in the chain, time, and what it says.
    pub records: Vec<RecordWire>,
}

/// What became of an order.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum OrderState {
    /// It ended before its last step; what was and was not changed is said.
    Abandoned,
    /// Every step is verified.
    Done,
    /// Some steps are verified, the next was not sent: a person goes on or gives it up.
    Paused,
    /// Being carried out.
    Running,
    /// What became of a step is not known.
    Unknown,
}

/// One call of an order.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OrderStep {
    /// What it does.
    pub says: String,
    /// The provider's name of the call.
    pub operation: String,
    /// The same as a line for the shell.
    pub command: String,
    /// `intent`, `sent`, `observed`, `verified`, `unknown` or `abandoned`.
    pub state: String,
    /// What a reading showed.
    pub evidence: Option<String>,
    /// The provider's request id.
    pub request_id: Option<String>,
}

/// One record of the chain.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RecordWire {
    /// Its place in the chain, from 1.
    pub sequence: u32,
    /// When, by this computer's clock.
    pub at: String,
    /// What: `intent`, `sent`, `observed`, `verified`, `unknown` or `abandoned`.
    pub event: String,
    /// Its hash, in hex.
    pub hash: String,
}

/// Names one order.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NameOrder {
    /// Its number.
    pub order: String,
}

/// Whether the journal is as it was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChainWire {
    /// Whether everything fits.
    pub sound: bool,
    /// How many records there are.
    pub records: u32,
    /// The hash of the last record, in hex.
    pub head: String,
    /// Where the head is sealed: `keyring`, or `memory` where there is no keyring, so that records cut off at the end
    /// between two starts would not be seen.
    pub seal: String,
    /// What does not fit.
    pub problem: Option<WireError>,
    /// The place of the first record that does not fit.
    pub at: Option<u32>,
}
