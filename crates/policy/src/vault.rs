//! The policy language of HashiCorp Vault and OpenBao: ACL policies, in HCL and in JSON.
//!
//! Both servers read HCL version 1, which no maintained crate does (hcl-edit reads version 2, which refuses texts that the
//! servers take), so the reader is ours and is compared with a real OpenBao in `tests/policy`.
//! Sources: Vault documentation, "Policies"; OpenBao documentation, "Policies"; OpenBao 2.7.2 itself.

mod api;
mod attributes;
mod capability;
mod differences;
mod document;
mod evaluate;
mod explain;
mod grammar;
mod json;
mod lint;
mod lockout;
mod parse;
mod pattern;
mod proof;
mod scanner;
mod templates;
#[cfg(test)]
mod tests;
mod tree;
mod who;

pub use capability::{Capabilities, Capability};
pub use differences::differences;
pub use document::{Document, Parameters, Rule};
pub use evaluate::{Acl, capabilities};
pub use explain::explain;
pub use lint::lint;
pub use lockout::lockout;
pub use parse::parse;
pub use proof::{grade_door, proofs};
pub use templates::{TEMPLATES, merge, take_back};
pub use who::who;
