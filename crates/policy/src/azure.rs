//! The three policy languages of Azure Key Vault: access policies of a vault, role assignments, secure key release.
//!
//! Each is a folder here with the same functions; what they share of JSON is in `object.rs`. Sources: Azure Resource
//! Manager, Microsoft.KeyVault 2023-02-01; Azure documentation, "Azure built-in roles", "Azure RBAC for Key Vault" and
//! "Azure Key Vault secure key release policy grammar", 2026-11.

pub mod access;
mod object;
pub mod release;
pub mod roles;
#[cfg(test)]
mod tests;
