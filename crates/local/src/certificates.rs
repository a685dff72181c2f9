//! The certificate of an entry, with its chain.

use async_trait::async_trait;
use domain::{Certificates, Error, ItemKey, KeyAndChain, Kind, Result, Secret};

use crate::{
    LocalKeystore, entry_of,
    material::Material,
    offers::{self, Readable, readable},
};

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

    async fn with_key(&self, item: &ItemKey, version: Option<&str>) -> Result<KeyAndChain> {
        const READ: &str = "read the private key";
        let keystore = self.read().await?;
        let entry = entry_of(&keystore, item, READ)?;
        let version = entry.version(version, READ)?;
        let Material::Certificate { leaf, issuers, .. } = &version.material else {
            return Err(Error::new(Kind::Unsupported, READ, offers::no_certificate(&version.material)));
        };
        let Readable::PrivateKey(key) = readable(entry, version)? else {
            return Err(Error::new(Kind::Unexpected, READ, "the certificate has no private key"));
        };
        let chain = std::iter::once(leaf).chain(issuers).map(|certificate| certificate.0.clone()).collect();
        Ok(KeyAndChain { key: Secret::new(key.private.expose().to_vec()), chain })
    }
}
