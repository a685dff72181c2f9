//! Secure key release policies: which attested environment gets an exportable key.
//!
//! The grammar is that of "Azure Key Vault secure key release policy grammar" (2026-11): authorities in `anyOf`, each with
//! conditions in `anyOf` or `allOf`, which may be nested. Its text says that `equals` is the only operator so far, while
//! its grammar lists six more; those are read, and warned of.

mod claims;
mod decide;
mod lint;
mod proof;
mod read;
mod said;
mod templates;

pub use claims::{CLAIMS, ClaimKind, KnownClaim};
pub use decide::{Outcome, decide};
pub use lint::lint;
pub use proof::proofs;
pub use read::{Authority, Claim, Condition, Document, Operator, Value, parse};
pub use said::{differences, explain, lockout, who};
pub use templates::{TEMPLATES, merge, take_back};
