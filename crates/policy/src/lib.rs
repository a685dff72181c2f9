//! Policies: who may use a key, in the languages of the places. Parsed with spans, linted, explained, evaluated, compared.
//!
//! Pure: no I/O, no clock. One folder is one language; what is the same in all of them is beside this file. Nothing here
//! decides whether a policy is sent: it says what the policy would do, and where it cannot tell, says that.

pub mod aws;
mod finding;
mod holder;
mod span;

pub use domain::{
    Known, NamedPolicy, PolicyCaller as Caller, PolicyLanguage as Dialect, PolicyMount as Mount, PolicyPermit as Permit, Surroundings,
};
pub use finding::{Edit, Finding, Fix, Severity};
pub use holder::{Holder, Power, Standing};
pub use span::{Span, Spanned};
