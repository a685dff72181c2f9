//! Policies: who may use a key, in the languages of the places. Parsed with spans, linted, explained, evaluated, compared.
//!
//! Pure: no I/O, no clock. One folder is one language; what is the same in all of them is beside this file. Nothing here
//! decides whether a policy is sent: it says what the policy would do, and where it cannot tell, says that.

pub mod aws;
pub mod azure;
mod dialect;
mod difference;
mod finding;
mod holder;
mod json;
mod lockout;
mod nearest;
mod sentence;
mod span;
mod surroundings;
mod template;
pub mod vault;

pub use dialect::Dialect;
pub use difference::{Difference, Turn, compare};
pub use finding::{Edit, Finding, Fix, Severity};
pub use holder::{Holder, Power, Standing};
pub use lockout::{Lockout, Retention};
pub use sentence::{Sentence, capitalized, either, listed};
pub use span::{Span, Spanned};
pub use surroundings::{Caller, Known, Mount, NamedPolicy, Permit, Surroundings};
pub use template::{AnswerKind, Answers, Merged, Preset, Question, Template, Trouble};
