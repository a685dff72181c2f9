//! Certificates: those of PKI mounts, and those that OpenBao keeps with a transit key on request.

use async_trait::async_trait;
use domain::{Certificates, Error, ItemKey, Kind, Result};

use crate::{Cluster, inventory::engine_of, mounts::Engine, pki, transit};

#[async_trait]
impl Certificates for Cluster {
    async fn chain(&self, item: &ItemKey, version: Option<&str>) -> Result<Vec<Vec<u8>>> {
        let operation = "read the certificate";
        match (engine_of(item)?, version) {
            (Engine::Kv, _) => {
                Err(Error::new(Kind::Unsupported, operation, "a KV path holds a secret value, not a certificate"))
            }
            (Engine::Pki, None) => pki::chain(&self.client, item).await,
            (Engine::Pki, Some(version)) => {
                let message = format!("a PKI certificate has no versions, so none called {version:?}");
                Err(Error::new(Kind::NotFound, operation, message))
            }
            (Engine::Transit, version) => transit::read(&self.client, item).await?.chain(version),
        }
    }
}
