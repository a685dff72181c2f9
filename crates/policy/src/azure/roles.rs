//! Role assignments that reach a vault: who has which role at which scope, as ARM returns them.

mod builtin;
mod lint;
mod proof;
mod read;
mod said;

pub use builtin::{BUILT_IN, Role};
pub use lint::lint;
pub use proof::proofs;
pub use read::{Assignment, Document, parse};
pub use said::{differences, explain, lockout, who};
