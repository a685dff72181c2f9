//! The filter of the journal: words that must all occur, and `name:value` that looks at one thing only.

use contract::{JournalEntry, OrderState};

/// A filter as it was typed.
pub(super) struct Filter {
    words: Vec<(Option<&'static str>, String)>,
    reference: Option<String>,
}

const NAMES: [&str; 4] = ["actor", "ask", "connection", "result"];

impl Filter {
    pub(super) fn parse(text: &str, reference: Option<String>) -> Self {
        let words = text.split_whitespace().map(|word| {
            let named = word.split_once(':').and_then(|(name, value)| Some((known(name)?, value)));
            match named {
                Some((name, value)) => (Some(name), value.to_lowercase()),
                None => (None, word.to_lowercase()),
            }
        });
        Self { words: words.collect(), reference }
    }

    pub(super) fn fits(&self, entry: &JournalEntry) -> bool {
        let about = match entry {
            JournalEntry::Order { order } => order.reference.as_ref(),
            JournalEntry::Told { reference, .. } => Some(reference),
            JournalEntry::Accepted { .. } | JournalEntry::WriteMode { .. } => None,
        };
        let same = self.reference.as_ref().is_none_or(|wanted| about == Some(wanted));
        same && self.words.iter().all(|(name, word)| match name {
            // A result and an ask are words of a list: "done" is not to find "abandoned".
            Some(name @ ("ask" | "result")) => named(entry, name).is_some_and(|text| text.starts_with(word)),
            Some(name) => named(entry, name).is_some_and(|text| text.to_lowercase().contains(word)),
            None => texts(entry).iter().any(|text| text.to_lowercase().contains(word)),
        })
    }
}

fn known(name: &str) -> Option<&'static str> {
    NAMES.into_iter().find(|known| *known == name)
}

fn named<'a>(entry: &'a JournalEntry, name: &str) -> Option<&'a str> {
    match (entry, name) {
        (JournalEntry::Order { order }, "actor") => Some(&order.actor),
        (JournalEntry::Order { order }, "ask") => Some(&order.ask),
        (JournalEntry::Order { order }, "connection") => Some(&order.connection),
        (JournalEntry::Order { order }, "result") => Some(match order.state {
            OrderState::Abandoned => "abandoned",
            OrderState::Done => "done",
            OrderState::Paused => "paused",
            OrderState::Running => "running",
            OrderState::Unknown => "unknown",
        }),
        (JournalEntry::Told { done, .. }, "result") => Some(match done {
            None => "running",
            Some(true) => "done",
            Some(false) => "unknown",
        }),
        (JournalEntry::Told { connection, .. } | JournalEntry::WriteMode { connection, .. }, "connection") => {
            Some(connection)
        }
        _ => None,
    }
}

fn texts(entry: &JournalEntry) -> Vec<&str> {
    match entry {
        JournalEntry::Accepted { because, .. } => vec![because, "accepted"],
        JournalEntry::Order { order } => {
            let mut texts = vec![&*order.title, &*order.connection, &*order.actor, &*order.ask, &*order.order];
            texts.extend(order.reference.as_deref());
            texts.extend(order.steps.iter().map(|step| &*step.operation));
            texts
        }
        JournalEntry::Told { connection, reference, rotation, consumer, target, says, .. } => {
            vec![connection, reference, rotation, consumer, target, says, "told"]
        }
        JournalEntry::WriteMode { connection, .. } => vec![connection, "write mode"],
    }
}
