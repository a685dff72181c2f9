//! Public keys and certificates in the exact form that a consumer wants, proven. Pure: bytes in, bytes out; no I/O, no
//! clock. Private keys pass through [`pfx`], [`key_pem`], [`private_key`], [`material`] and [`wrap`] alone, and stay in
//! [`domain::Secret`]s.
//!
//! A service's key becomes a [`PublicKey`] (read by RustCrypto). What leaves the app comes from [`export`] alone, as
//! [`proof::Proven`]: written here, parsed back by the second parsers in `second`, and compared.

pub mod export;
pub mod fingerprint;
mod jwk;
pub mod jwks;
pub mod jws;
pub mod key_pem;
pub mod material;
mod numbers;
pub mod pem;
pub mod pfx;
mod pkcs1;
mod pkcs7;
pub mod private_key;
pub mod proof;
#[cfg(test)]
mod samples;
mod second;
pub mod snowflake;
mod spki;
mod ssh;
pub mod wrap;
pub mod x509;

pub use spki::PublicKey;
