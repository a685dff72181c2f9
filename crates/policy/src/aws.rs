//! The policy language of AWS, as key policies and IAM policies use it.
//!
//! Sources: IAM User Guide, "IAM JSON policy element reference" and "Policy evaluation logic"; KMS Developer Guide, "Key
//! policies in AWS KMS"; Service Authorization Reference, "Actions, resources, and condition keys for AWS KMS".

mod actions;
mod document;
mod parse;
#[cfg(test)]
mod parse_tests;

pub use actions::{KMS_ACTIONS, KmsAction, permit_gives, power_of};
pub use document::{Condition, Document, Effect, Entries, Principal, PrincipalKind, Statement};
pub use parse::parse;
