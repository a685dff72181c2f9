//! One link of the chain, and the walk along all of them. Pure: no file, no keyring.

use domain::{Error, Event, Kind, Record, Result, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Chained;

/// A record as it stands in the file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Link {
    pub(super) sequence: i64,
    /// As in the body, for the index.
    pub(super) order_id: Option<String>,
    /// As in the body, for the index.
    pub(super) event: String,
    /// The JSON of [`Body`], exactly as it was hashed.
    pub(super) body: String,
    pub(super) previous: String,
    pub(super) hash: String,
}

/// The end of a chain.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) sequence: i64,
    pub(super) hash: String,
}

#[derive(Serialize)]
struct Body<'a> {
    sequence: i64,
    at: Timestamp,
    event: &'a Event,
}

#[derive(Deserialize)]
struct ReadBody {
    at: Timestamp,
    event: Event,
}

/// What the columns repeat: all that is read of a record by the walk, so that one of a newer Claviger walks as well.
#[derive(Deserialize)]
struct Repeated {
    sequence: i64,
    event: RepeatedEvent,
}

#[derive(Deserialize)]
struct RepeatedEvent {
    event: String,
    order: Option<String>,
}

/// A walk along the chain from its start.
#[derive(Debug)]
pub(super) struct Walk {
    head: Head,
    records: u32,
    broken: Option<(u32, String)>,
}

impl Head {
    /// Before the first record.
    pub(super) fn start() -> Self {
        Self { sequence: 0, hash: "0".repeat(64) }
    }
}

impl Link {
    /// The link that adds `record` to a chain that ends with `head`.
    pub(super) fn after(head: &Head, record: &Record) -> Result<Self> {
        let sequence = head.sequence.checked_add(1).ok_or_else(|| {
            Error::new(Kind::Conflict, super::WRITE, "its last record has the last place there can be")
                .with_refused_by("this app")
                .with_next("Put the right claviger.db back.")
        })?;
        let body = serde_json::to_string(&Body { sequence, at: record.at, event: &record.event });
        let body = body.map_err(|cause| {
            Error::new(Kind::Unexpected, super::WRITE, "the record has no JSON form").with_source(cause)
        })?;
        let repeated: Repeated = serde_json::from_str(&body).map_err(|cause| {
            Error::new(Kind::Unexpected, super::WRITE, "the record does not read back").with_source(cause)
        })?;
        let hash = hash(&head.hash, &body);
        let (event, order_id) = (repeated.event.event, repeated.event.order);
        Ok(Self { sequence, order_id, event, body, previous: head.hash.clone(), hash })
    }

    pub(super) fn head(&self) -> Head {
        Head { sequence: self.sequence, hash: self.hash.clone() }
    }

    /// What it says; `None` if a newer Claviger wrote it.
    pub(super) fn read(&self) -> Option<Chained> {
        let ReadBody { at, event } = serde_json::from_str(&self.body).ok()?;
        let sequence = u32::try_from(self.sequence).ok()?;
        Some(Chained { sequence, hash: self.hash.clone(), record: Record { at, event } })
    }

    /// Why it does not follow `head`.
    fn trouble(&self, head: &Head) -> Option<String> {
        let sequence = head.sequence + 1;
        if self.sequence != sequence {
            return Some(format!("record {sequence} is missing"));
        }
        if self.previous != head.hash {
            return Some(format!("record {sequence} does not name the one before it"));
        }
        if self.hash != hash(&self.previous, &self.body) {
            return Some(format!("record {sequence} is not what was hashed"));
        }
        match serde_json::from_str::<Repeated>(&self.body) {
            Ok(Repeated { sequence: own, event })
                if own == sequence && event.event == self.event && event.order == self.order_id =>
            {
                None
            }
            Ok(_) | Err(_) => Some(format!("record {sequence} is filed under something else than it says")),
        }
    }
}

impl Default for Walk {
    fn default() -> Self {
        Self { head: Head::start(), records: 0, broken: None }
    }
}

impl Walk {
    /// Goes on to the next record.
    pub(super) fn step(&mut self, link: &Link) {
        if self.broken.is_none()
            && let Some(why) = link.trouble(&self.head)
        {
            self.broken = Some((self.records + 1, why));
        }
        self.records += 1;
        self.head = link.head();
    }

    /// The next record cannot be read at all.
    pub(super) fn unreadable(&mut self) {
        let why = format!("record {} cannot be read", self.records + 1);
        self.broken.get_or_insert((self.records + 1, why));
        self.records += 1;
    }

    /// The first place that does not fit, and why.
    pub(super) fn broken_at(&self) -> Option<(u32, String)> {
        self.broken.clone()
    }

    /// How many records there were.
    pub(super) fn records(&self) -> u32 {
        self.records
    }

    /// The last record.
    pub(super) fn head(&self) -> &Head {
        &self.head
    }
}

fn hash(previous: &str, body: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(previous.as_bytes());
    hasher.update(b"\n");
    hasher.update(body.as_bytes());
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(64);
    for byte in hasher.finalize() {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}
