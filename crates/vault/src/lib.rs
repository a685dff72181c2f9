//! HashiCorp Vault and OpenBao, over their HTTP API: transit keys, PKI certificates and KV version 2 paths.
//!
//! A connection is a cluster, a namespace in it and a token; a vault is a mount. Beside the files that every provider
//! has there is one for each engine ([`transit`], [`pki`], [`kv`]), one for the mounts, and two below the calls:
//! `wire` keeps the rules of HTTP, `session` keeps the token.
//!
//! What changes something at the server goes through `perform` alone, over a client that sends once (`writer`).

mod access;
mod address;
mod certificates;
mod changes;
mod check;
mod ciphers;
mod client;
mod command;
mod connect;
mod destruction;
mod doors;
mod error;
mod exports;
#[cfg(test)]
mod fake;
mod imports;
mod inventory;
mod kv;
mod locate;
mod logged;
mod mounts;
mod offers;
mod perform;
mod period;
mod pki;
mod plan;
mod policies;
mod questions;
mod rotation;
mod secrets;
mod session;
mod signing;
mod transit;
mod wire;
mod writer;

use async_trait::async_trait;
use domain::{
    AccessCheck, Certificates, Changes, Ciphers, Destructions, Exports, Identity, Imports, Inventory, Item, Offer,
    Policies, Provider, Result, Rotations, Secrets, Signing,
};

use crate::{client::Client, mounts::Mounts};

pub use connect::{FORM, connect, discover, place};

/// One namespace of one cluster, seen with one token.
#[derive(Debug)]
pub(crate) struct Cluster {
    client: Client,
    mounts: Mounts,
}

#[async_trait]
impl Provider for Cluster {
    async fn identity(&self) -> Result<Identity> {
        self.client.identity().await
    }

    async fn check_access(&self) -> Vec<AccessCheck> {
        access::check(&self.client, &self.mounts).await
    }

    fn inventory(&self) -> &dyn Inventory {
        self
    }

    fn certificates(&self) -> Option<&dyn Certificates> {
        Some(self)
    }

    fn secrets(&self) -> Option<&dyn Secrets> {
        Some(self)
    }

    fn signing(&self) -> Option<&dyn Signing> {
        Some(self)
    }

    fn changes(&self) -> &dyn Changes {
        self
    }

    fn rotations(&self) -> Option<&dyn Rotations> {
        Some(self)
    }

    fn policies(&self) -> Option<&dyn Policies> {
        Some(self)
    }

    fn imports(&self) -> Option<&dyn Imports> {
        Some(self)
    }

    fn exports(&self) -> Option<&dyn Exports> {
        Some(self)
    }

    fn ciphers(&self) -> Option<&dyn Ciphers> {
        Some(self)
    }

    fn destructions(&self) -> Option<&dyn Destructions> {
        Some(self)
    }

    async fn offers(&self, item: &Item) -> Vec<Offer> {
        offers::offers(&self.client, item).await
    }
}
