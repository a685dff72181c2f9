//! Secret values: a secret entry's own value, or a certificate's private key as PKCS#8 PEM.

use async_trait::async_trait;
use domain::{Error, ItemKey, Kind, Result, Secret, Secrets};
use pem_rfc7468::LineEnding;
use zeroize::Zeroizing;

use crate::{
    LocalKeystore, entry_of,
    offers::{READ_VALUE, Readable, readable},
};

#[async_trait]
impl Secrets for LocalKeystore {
    async fn value(&self, item: &ItemKey, version: Option<&str>) -> Result<Secret> {
        let keystore = self.read().await?;
        let entry = entry_of(&keystore, item, READ_VALUE)?;
        match readable(entry, entry.version(version, READ_VALUE)?)? {
            Readable::PrivateKey(key) => private_key_pem(&key.private),
            Readable::Value(value) => Ok(Secret::new(value.expose().to_vec())),
        }
    }
}

/// `PRIVATE KEY` around PKCS#8 (RFC 7468, 10). Written into one wiped buffer of the right size; `encoding` writes public
/// forms, whose buffers nobody has to wipe.
pub(crate) fn private_key_pem(pkcs8: &Secret) -> Result<Secret> {
    const LABEL: &str = "PRIVATE KEY";
    let failed = |_| Error::new(Kind::Unexpected, READ_VALUE, "the private key cannot be written as PEM");
    let length = pem_rfc7468::encoded_len(LABEL, LineEnding::LF, pkcs8.expose()).map_err(failed)?;
    let mut text = Zeroizing::new(vec![0_u8; length]);
    pem_rfc7468::encode(LABEL, LineEnding::LF, pkcs8.expose(), &mut text).map_err(failed)?;
    Ok(Secret::new(std::mem::take(&mut *text)))
}
