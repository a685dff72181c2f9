//! Policies: who may use a key, in the languages of the places. Parsed with spans, linted, explained, evaluated, compared.
//!
//! Pure: no I/O, no clock. One folder is one language; what is the same in all of them is beside this file. Nothing here
//! decides whether a policy is sent: it says what the policy would do, and where it cannot tell, says that.

pub mod aws;
pub mod azure;
#[cfg(test)]
mod corpus;
mod difference;
mod finding;
mod holder;
mod json;
mod language;
mod lockout;
mod nearest;
mod proof;
mod sentence;
mod simulate;
mod span;
mod template;
pub mod vault;

pub use difference::{Difference, Turn, compare};
pub use domain::{
    Door, Known, NamedPolicy, PolicyCaller as Caller, PolicyLanguage, PolicyMount as Mount, PolicyPermit as Permit,
    Surroundings,
};
pub use finding::{Edit, Finding, Fix, Severity};
pub use holder::{Holder, Power, Standing};
pub use language::{differences, explain, guessed, lint, lockout, merge, proofs, take_back, templates, who};
pub use lockout::{Lockout, Retention};
pub use proof::{Grade, Proof};
pub use sentence::{Sentence, capitalized, either, listed, under};
pub use simulate::{Asked, Simulated, Simulation, malformed, simulate};
pub use span::{Span, Spanned};
pub use template::{AnswerKind, Answers, Merged, Preset, Question, Template, Trouble};
