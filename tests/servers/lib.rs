//! Real servers for the tests: how each is installed, started, filled with known items, and ended.
//!
//! Everything listens on 127.0.0.1, on a free port, with a folder of its own, and dies with the test that started it.
//! What the fixtures put in they read back through plain HTTP, never through the app's providers, so that a test can
//! compare the two.

mod amazon;
pub mod answers;
mod azure;
mod book;
pub mod brought;
mod failure;
pub mod fixtures;
pub mod hostile;
pub mod install;
pub mod keys;
mod known;
mod leash;
mod listing;
mod openbao;
mod published;
mod signed;
mod snowflake;
mod state;

pub use amazon::{AmazonServer, Credentials};
pub use azure::{Azure, Replay, Vault, published};
pub use book::Book;
pub use failure::{Failure, Result};
pub use known::{Known, KnownItem};
pub use leash::Leash;
pub use listing::Listing;
pub use openbao::OpenBao;
pub use published::{Presenter, Published};
pub use signed::{Answered, Signer};
pub use snowflake::User as SnowflakeUser;
pub use state::State;
