//! Consumers and definitions, to the contract and back.

use contract::{ConsumerFieldRow, ConsumerKindRow, ConsumerWire, DefinitionRow, DefinitionWire, TellWire};
use domain::{Error, Kind, Result};
use rotation::{
    Check, Consumer, ConsumerId, ConsumerKind, ErrorStrategy, Importance, KeyDefinition, Tell, UseCase, Values,
};

const STRATEGIES: [(ErrorStrategy, &str); 4] = [
    (ErrorStrategy::Halt, "halt"),
    (ErrorStrategy::RaiseImmediately, "raise-immediately"),
    (ErrorStrategy::SkipAndRaise, "skip-and-raise"),
    (ErrorStrategy::Skip, "skip"),
];
const IMPORTANCES: [(Importance, &str); 3] =
    [(Importance::High, "high"), (Importance::Medium, "medium"), (Importance::Low, "low")];
const USE_CASES: [(UseCase, &str); 2] = [(UseCase::RoundTrip, "round-trip"), (UseCase::OneWay, "one-way")];

pub(super) fn kind(kind: ConsumerKind) -> ConsumerKindRow {
    ConsumerKindRow {
        kind: kind.word().to_owned(),
        title: kind.title().to_owned(),
        fields: kind
            .fields()
            .iter()
            .map(|field| ConsumerFieldRow {
                name: field.name.to_owned(),
                label: field.label.to_owned(),
                help: field.help.to_owned(),
                required: field.required,
                shape: field.shape().to_owned(),
            })
            .collect(),
        check: check_word(kind.check()).to_owned(),
        holds_two: kind.holds_two(),
    }
}

pub(crate) fn check_word(check: Check) -> &'static str {
    match check {
        Check::Fingerprint => "fingerprint",
        Check::Presented => "presented",
        Check::Published => "published",
        Check::Said => "said",
        Check::Slots => "slots",
    }
}

pub(crate) fn consumer(consumer: &Consumer) -> ConsumerWire {
    ConsumerWire {
        id: consumer.id.0.clone(),
        kind: consumer.kind.word().to_owned(),
        name: consumer.name.clone(),
        owner: consumer.owner.clone(),
        note: consumer.note.clone(),
        fields: consumer.fields.clone(),
        round_trip: consumer.round_trip,
        instances: consumer.instances,
        tell: match &consumer.tell {
            Tell::Checklist => TellWire::Checklist,
            Tell::Command { program, arguments } => {
                TellWire::Command { program: program.clone(), arguments: arguments.clone() }
            }
            Tell::Message => TellWire::Message,
            Tell::Webhook { url, authority } => TellWire::Webhook { url: url.clone(), authority: authority.clone() },
        },
        real_values: consumer.values == Values::Real,
    }
}

pub(super) fn read_consumer(wire: &ConsumerWire) -> Result<Consumer> {
    let kind = ConsumerKind::of_word(&wire.kind).ok_or_else(|| no_word("kind of consumer", &wire.kind))?;
    let answered = wire.fields.iter().filter(|(_, answer)| !answer.trim().is_empty());
    Ok(Consumer {
        id: ConsumerId(wire.id.clone()),
        kind,
        name: wire.name.trim().to_owned(),
        owner: wire.owner.trim().to_owned(),
        note: wire.note.trim().to_owned(),
        fields: answered.map(|(name, answer)| (name.clone(), answer.trim().to_owned())).collect(),
        round_trip: wire.round_trip,
        instances: wire.instances,
        tell: match &wire.tell {
            TellWire::Checklist => Tell::Checklist,
            TellWire::Command { program, arguments } => {
                Tell::Command { program: program.trim().to_owned(), arguments: arguments.clone() }
            }
            TellWire::Message => Tell::Message,
            TellWire::Webhook { url, authority } => {
                Tell::Webhook { url: url.trim().to_owned(), authority: authority.trim().to_owned() }
            }
        },
        values: if wire.real_values { Values::Real } else { Values::Censored },
    })
}

pub(super) fn definition(definition: &KeyDefinition) -> DefinitionWire {
    DefinitionWire {
        name: definition.name.clone(),
        use_case: word(&USE_CASES, definition.use_case).to_owned(),
        stateless: definition.stateless,
        keep_in_cache: definition.keep_in_cache,
        source: definition.source.clone(),
        importance: word(&IMPORTANCES, definition.importance).to_owned(),
        strategy: strategy_word(definition.strategy).to_owned(),
    }
}

pub(super) fn definition_row(of: &KeyDefinition) -> DefinitionRow {
    DefinitionRow { definition: definition(of), python: of.python() }
}

pub(super) fn read_definition(wire: &DefinitionWire) -> Result<KeyDefinition> {
    if wire.name.trim().is_empty() {
        return Err(Error::new(Kind::Invalid, "keep the definition", "the key has no name in the application")
            .with_next("Type the name that the application uses, then save again."));
    }
    Ok(KeyDefinition {
        name: wire.name.trim().to_owned(),
        use_case: of_word(&USE_CASES, "use case", &wire.use_case)?,
        stateless: wire.stateless,
        keep_in_cache: wire.keep_in_cache,
        source: wire.source.trim().to_owned(),
        importance: of_word(&IMPORTANCES, "importance", &wire.importance)?,
        strategy: strategy(&wire.strategy)?,
    })
}

/// The strategy of that word.
pub(crate) fn strategy(word: &str) -> Result<ErrorStrategy> {
    of_word(&STRATEGIES, "error strategy", word)
}

/// The word of a strategy.
pub(crate) fn strategy_word(strategy: ErrorStrategy) -> &'static str {
    word(&STRATEGIES, strategy)
}

fn word<T: Copy + PartialEq>(words: &[(T, &'static str)], wanted: T) -> &'static str {
    words.iter().find(|(value, _)| *value == wanted).map_or("", |(_, word)| word)
}

fn of_word<T: Copy>(words: &[(T, &'static str)], what: &str, wanted: &str) -> Result<T> {
    let found = words.iter().find(|(_, word)| *word == wanted).map(|(value, _)| *value);
    found.ok_or_else(|| no_word(what, wanted))
}

fn no_word(what: &str, word: &str) -> Error {
    Error::new(Kind::Invalid, "read the choice", format!("\"{word}\" is no {what} that Claviger knows"))
        .with_next("Choose one of those that are offered.")
}
