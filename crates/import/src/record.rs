//! The provenance of a key that was brought: where from, how, by whom, and what shows that it is the same.

use serde::Serialize;

use crate::Import;

/// An import as it is handed out: everything that is kept of it, with the words that explain it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    /// What this is.
    what: &'static str,
    /// What it does not hold.
    holds_no: &'static str,
    /// How far it is.
    phase: &'static str,
    /// All of it.
    import: &'a Import,
}

/// The record of an import, to be written as JSON. It holds no key material and nothing that was made from it but check
/// values and hashes.
pub fn record(import: &Import) -> impl Serialize + '_ {
    Record {
        what: "Provenance of a key that Claviger brought from one place to another",
        holds_no: "Neither the key nor its wrapped form is in this file.",
        phase: import.phase().word(),
        import,
    }
}
