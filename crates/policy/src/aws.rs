//! The policy language of AWS, as key policies and IAM policies use it.
//!
//! Sources: IAM User Guide, "IAM JSON policy element reference" and "Policy evaluation logic"; KMS Developer Guide, "Key
//! policies in AWS KMS"; Service Authorization Reference, "Actions, resources, and condition keys for AWS KMS".

mod accounts;
mod actions;
mod condition;
mod context;
mod diff;
mod document;
mod evaluate;
#[cfg(test)]
mod evaluate_tests;
mod explain;
mod form;
mod identity;
mod keys;
mod layout;
mod lint;
mod lockout;
#[cfg(test)]
mod lockout_tests;
mod parse;
#[cfg(test)]
mod parse_tests;
mod pattern;
#[cfg(test)]
mod pattern_tests;
mod proof;
#[cfg(test)]
mod properties;
mod templates;
mod truth;
mod who;

pub use accounts::{KNOWN_ACCOUNTS, KnownAccount};
pub use actions::{KMS_ACTIONS, KmsAction, across_accounts, power_of};
pub use condition::{Base, Operator, Order, Set, holds, words};
pub use context::{Context, Found};
pub use diff::differences;
pub use document::{Condition, Document, Effect, Entries, Principal, PrincipalKind, Statement};
pub use evaluate::{Answer, Decision, IamPolicy, Request, Source, Verdict, decide, has_action};
pub use explain::explain;
pub use form::{
    ConditionForm, PrincipalForm, PrincipalsForm, StatementForm, ValuesForm, add, remove, replace, statements,
};
pub use identity::{Identity, IdentityKind, Reach, is_account, is_everybody, is_service, reach};
pub use keys::{ConditionKey, GLOBAL_KEYS, KMS_KEYS, Requests};
pub use lint::{LINTS, Lint, lint};
pub use lockout::lockout;
pub use parse::parse;
pub use pattern::{Case, Pattern, action_matches, has_wildcard};
pub use proof::proofs;
pub use templates::{TEMPLATES, merge, take_back, template};
pub use truth::Truth;
pub use who::who;
