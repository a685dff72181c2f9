//! The core as its hosts use it: over the local keystore, and over a scripted provider for what no real place does on
//! request (hang, break off, forget).

#![allow(clippy::unwrap_used, reason = "clippy's own leave for tests does not reach the helpers beside them")]

mod activity;
mod changes;
mod changing;
mod connections;
mod exports;
mod inventory;
mod items;
mod practice;
mod private;
mod prompts;
mod rotating;
mod rotations;
mod scripted;
mod table;
mod world;
