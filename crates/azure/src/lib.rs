//! Azure: keys, secrets and certificates of Key Vaults and Managed HSMs, over the official crates.
//!
//! A connection is a tenant and a credential; a vault is a Key Vault or a Managed HSM. One object of Key Vault is one item:
//! a certificate has all three facets, and the key and the secret that Azure keeps under its name are no rows of their own.
//! Beside the files that every provider has there is one for each kind of object (`certificates`, `keys`, `secrets`), one
//! for how Azure names things (`locate`), for the clouds and their hosts (`cloud`), for Resource Manager (`manager`), for
//! who is let in (`access`), and for the sign-ins (`signin`).
//!
//! Readings may be repeated by the crates when an answer was lost. Whatever changes something is sent by `perform` alone,
//! over clients of its own that send each call once.

mod client;
mod cloud;
mod connect;
mod error;

use std::{fmt, sync::Arc};

use crate::{client::Client, cloud::Cloud};

/// One tenant, seen with one credential.
pub(crate) struct Tenant {
    pub(crate) client: Client,
    /// The directory's id or domain, where it was named.
    pub(crate) tenant: Option<String>,
}
