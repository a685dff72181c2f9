//! The answers to the contract, without Tauri: connections, inventory, items, exports.
//!
//! What only a desktop can do (keyring, clipboard, dialogs) is asked through two ports, [`Keychain`] and [`Desktop`].

mod ports;

pub use ports::{Desktop, Keychain, MemoryKeychain, NoDesktop, Sink};
