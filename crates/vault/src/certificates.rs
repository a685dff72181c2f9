//! Certificates of PKI mounts.

use async_trait::async_trait;
use domain::{Certificates, Error, ItemKey, Kind, Result};

use crate::{Cluster, pki};

#[async_trait]
impl Certificates for Cluster {
    async fn chain(&self, item: &ItemKey, version: Option<&str>) -> Result<Vec<Vec<u8>>> {
        let operation = "read the certificate";
        if !item.id.starts_with(pki::CERT) && !item.id.starts_with(pki::ISSUER) {
            let message = format!("{} holds no certificate; only PKI mounts do", item.id);
            return Err(Error::new(Kind::Unsupported, operation, message));
        }
        if let Some(version) = version {
            let message = format!("a PKI certificate has no versions, so none called {version:?}");
            return Err(Error::new(Kind::NotFound, operation, message));
        }
        pki::chain(&self.client, item).await
    }
}
