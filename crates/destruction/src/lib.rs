//! The end of an item, with proof that nobody uses it: what is known of its users, and the states from the gathering of
//! that to the end of the item, or to its being kept. Pure: no I/O, no clock; time and actor come with every act.
//!
//! [`Destruction::apply`] is the only way from one state to the next. What is locked, and why, is told by the same rules
//! ([`Destruction::lock`]) that refuse the act.

mod act;
mod evidence;
mod locks;
mod state;
#[cfg(test)]
mod tests;

pub use act::{Act, After};
pub use evidence::{Evidence, Finding, FindingKind};
pub use locks::Move;
pub use state::{Acknowledged, Destruction, DestructionId, DestructionOrder, Phase, Scheduled, Settings, due_dates};
