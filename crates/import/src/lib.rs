//! Bringing a key from one place to another, as a plan that is saved from its first step on: what is settled, what has
//! happened, and what is locked. Pure: no I/O, no clock, and never a byte of key material.
//!
//! What cannot be kept on disk (the wrapping key's token, the wrapped key) is held by the app in memory and told to the
//! locks as [`Held`]: after a restart it is fetched and wrapped anew.

mod act;
mod locks;
mod record;
mod state;
#[cfg(test)]
mod tests;

pub use act::{Act, EndedOrder};
pub use locks::{Held, Move};
pub use record::record;
pub use state::{
    End, Import, ImportId, ImportOrder, ImportStep, ImportTarget, LoadedKey, Phase, Proof, Source, Witness,
    WrappedRecord,
};
