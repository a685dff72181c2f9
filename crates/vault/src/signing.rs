//! Signatures by transit keys, which stay where they are.

use async_trait::async_trait;
use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use domain::{Error, ItemKey, Kind, Result, SignatureAlgorithm, Signing};
use serde::Deserialize;
use serde_json::json;

use crate::{Cluster, inventory::engine_of, mounts::Engine, transit::KEYS};

const SIGN: &str = "sign";

#[derive(Deserialize)]
struct Signed {
    signature: String,
}

#[async_trait]
impl Signing for Cluster {
    async fn sign(
        &self,
        item: &ItemKey,
        version: Option<&str>,
        algorithm: SignatureAlgorithm,
        digest: &[u8],
    ) -> Result<Vec<u8>> {
        let name = item.id.strip_prefix(KEYS).filter(|_| matches!(engine_of(item), Ok(Engine::Transit)));
        let name = name.ok_or_else(|| Error::new(Kind::Unsupported, SIGN, "only a transit key signs"))?;
        let hash = match algorithm {
            SignatureAlgorithm::Es256
            | SignatureAlgorithm::Es256K
            | SignatureAlgorithm::Ps256
            | SignatureAlgorithm::Rs256 => "sha2-256",
            SignatureAlgorithm::Es384 => "sha2-384",
            SignatureAlgorithm::Es512 => "sha2-512",
        };
        let mut asked = json!({
            "input": Base64::encode_string(digest),
            "prehashed": true,
            "hash_algorithm": hash,
            // As JWS has it (RFC 7518, 3.5): the server's own preset is the longest salt that fits.
            "salt_length": "hash",
            "signature_algorithm": if algorithm == SignatureAlgorithm::Rs256 { "pkcs1v15" } else { "pss" },
            "marshaling_algorithm": "jws",
        });
        if let Some(version) = version {
            let number: u32 = version.parse().map_err(|_| {
                Error::new(Kind::NotFound, SIGN, format!("a version of a transit key is a number, not {version:?}"))
            })?;
            asked["key_version"] = number.into();
        }
        let path = format!("{}/sign/{name}", item.vault);
        let told: Signed = self.client.ask(SIGN, &path, &asked).await?;
        // `vault:v1:` and the signature: of RSA as base64, of ECDSA as base64url.
        let text = told.signature.rsplit(':').next().unwrap_or_default();
        Base64::decode_vec(text)
            .or_else(|_| Base64UrlUnpadded::decode_vec(text))
            .map_err(|_| Error::new(Kind::Invalid, SIGN, "the server sent a signature that is not base64"))
    }
}
