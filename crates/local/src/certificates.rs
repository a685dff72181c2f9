//! The certificate of an entry, with its chain.

use async_trait::async_trait;
use domain::{Certificates, Error, ItemKey, Kind, Result};

use crate::{LocalKeystore, entry_of, material::Material, offers};

#[async_trait]
impl Certificates for LocalKeystore {
    async fn chain(&self, item: &ItemKey, version: Option<&str>) -> Result<Vec<Vec<u8>>> {
        const READ: &str = "read the certificate";
        let keystore = self.read().await?;
        let material = &entry_of(&keystore, item, READ)?.version(version, READ)?.material;
        match material {
            Material::Certificate { leaf, issuers, .. } => {
                Ok(std::iter::once(leaf).chain(issuers).map(|certificate| certificate.0.clone()).collect())
            }
            Material::Key(_) | Material::Secret { .. } | Material::Symmetric { .. } => {
                Err(Error::new(Kind::Unsupported, READ, offers::no_certificate(material)))
            }
        }
    }
}
