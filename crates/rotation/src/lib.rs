//! A rotation as a person goes through it: who uses the key, how it is defined, and the states from its scope to the end
//! of the old key. Pure: no I/O, no clock; time and actor come with every act.
//!
//! [`Rotation::apply`] is the only way from one state to the next. What is locked, and why, is told by the same rules
//! ([`Rotation::lock`]) that refuse the act, so that no button and no refusal can differ.

mod act;
mod calendar;
mod consumer;
mod definition;
mod kinds;
mod locks;
#[cfg(test)]
mod samples;
mod state;
mod tell;

pub use act::Act;
pub use calendar::{calendar, due_dates};
pub use consumer::{Consumer, ConsumerId, ConsumerKind, Tell, Values};
pub use definition::{ErrorStrategy, Importance, KeyDefinition, UseCase};
pub use kinds::{Check, Instruction, KindField, Material};
pub use locks::Move;
pub use state::{
    Attempt, Generation, Phase, Rotation, RotationId, RotationOrder, Run, Settings, SlotUse, StepState, Watched,
};
pub use tell::{message, payload};
