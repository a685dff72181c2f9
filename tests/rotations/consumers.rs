//! Consumers as a person writes them into a ledger.

use contract::{ConsumerWire, TellWire};

/// One of that kind and name, with these answers, told by a person.
pub(crate) fn consumer(kind: &str, name: &str, fields: &[(&str, &str)]) -> ConsumerWire {
    ConsumerWire {
        id: String::new(),
        kind: kind.to_owned(),
        name: name.to_owned(),
        owner: "Ines".to_owned(),
        note: String::new(),
        fields: fields.iter().map(|(field, answer)| ((*field).to_owned(), (*answer).to_owned())).collect(),
        round_trip: false,
        instances: 1,
        tell: TellWire::Checklist,
        real_values: false,
    }
}

/// The same for one who keeps what was made with the old material and has to read it still.
pub(crate) fn round_trip(kind: &str, name: &str, fields: &[(&str, &str)]) -> ConsumerWire {
    ConsumerWire { round_trip: true, ..consumer(kind, name, fields) }
}
