//! Access policies of a vault: a list of who may do what with its keys, secrets and certificates, as ARM returns it.

mod lint;
mod proof;
mod read;
mod said;
mod templates;
mod words;

pub use lint::lint;
pub use proof::proofs;
pub use read::{Document, Entry, parse};
pub use said::{differences, explain, lockout, who};
pub use templates::{TEMPLATES, merge, take_back};
pub use words::{KINDS, Kind, Word};
