//! The key transfer blob, a `.byok` file: a key wrapped for a key exchange key that a vault's HSM holds.
//!
//! Source: "Bring your own key specification" of Key Vault. The material lies under `CKM_RSA_AES_KEY_WRAP` with SHA-1; the
//! whole file goes into `key_hsm`, in base64url.

use base64ct::{Base64UrlUnpadded, Encoding};
use domain::{Error, Kind, Result, Secret, VaultId};
use encoding::wrap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::{Tenant, keys};

const READ: &str = "read the key transfer blob";
const KEK: &str = "read the key exchange key";
const SCHEMA: &str = "1.0.0";
const MECHANISM: &str = "CKM_RSA_AES_KEY_WRAP";
/// The only operation of a key exchange key.
pub(crate) const IMPORT: &str = "import";
/// The member of a JWK that holds the blob when it is sent. The plan shows its SHA-256 there.
pub(crate) const MEMBER: &str = "key_hsm";

/// A `.byok` file. What is in it says nothing without the HSM's key.
pub(crate) struct Transfer {
    /// The name of the key exchange key, in the vault that it comes into.
    pub(crate) kek: String,
    /// Which version of it.
    pub(crate) version: String,
    /// SHA-256 of the file, in lower-case hex.
    pub(crate) sha256: String,
}

#[derive(Serialize, Deserialize)]
struct Blob<'a> {
    schema_version: &'a str,
    #[serde(borrow)]
    header: Header<'a>,
    ciphertext: &'a str,
    #[serde(default)]
    generator: &'a str,
}

#[derive(Serialize, Deserialize)]
struct Header<'a> {
    kid: &'a str,
    alg: &'a str,
    enc: &'a str,
}

/// Anything that says it is such a blob, well made or not.
#[derive(Deserialize)]
struct Claim {
    #[serde(rename = "schema_version")]
    _schema_version: serde::de::IgnoredAny,
}

/// The public half of a key exchange key.
pub(crate) struct ExchangeKey {
    /// Its identifier, with its version.
    pub(crate) kid: String,
    /// DER of a SubjectPublicKeyInfo.
    pub(crate) public_key: Vec<u8>,
    /// The length of its modulus.
    pub(crate) bits: u32,
}

impl Transfer {
    /// What a file says of itself, for that vault; `None` if it is no such file.
    ///
    /// # Errors
    /// `Invalid` if it is malformed, or was wrapped for a key of another vault.
    pub(crate) fn of(file: &Secret, vault: &VaultId) -> Result<Option<Self>> {
        if serde_json::from_slice::<Claim>(file.expose()).is_err() {
            return Ok(None);
        }
        let invalid = |why: String| {
            Error::new(Kind::Invalid, READ, why)
                .with_refused_by("this app")
                .with_next("Wrap the key again, for a key exchange key of this vault.")
        };
        let blob: Blob<'_> = serde_json::from_slice(file.expose())
            .map_err(|_| invalid("the file does not have the form of a key transfer blob".to_owned()))?;
        if (blob.schema_version, blob.header.alg, blob.header.enc) != (SCHEMA, "dir", MECHANISM) {
            return Err(invalid(format!("the file is no key transfer blob of version {SCHEMA} with {MECHANISM}")));
        }
        if Base64UrlUnpadded::decode_vec(blob.ciphertext.trim_end_matches('=')).map_or(true, |bytes| bytes.is_empty()) {
            return Err(invalid("the ciphertext in the file is not base64url".to_owned()));
        }
        let below = blob.header.kid.strip_prefix("https://").and_then(|rest| {
            let (host, path) = rest.split_once('/')?;
            (host.trim_end_matches(":443").eq_ignore_ascii_case(&vault.0)).then_some(path)?.strip_prefix("keys/")
        });
        let named = below.and_then(|rest| rest.split_once('/'));
        let (kek, version) =
            named.filter(|(name, version)| !name.is_empty() && !version.is_empty()).ok_or_else(|| {
                invalid(format!(
                    "the file was wrapped for the key {:?}, which is no version of a key in {vault}",
                    blob.header.kid
                ))
            })?;
        let sha256 = wrap::sha256(file.expose());
        Ok(Some(Self { kek: kek.to_owned(), version: version.to_owned(), sha256 }))
    }

    /// The file that carries `ciphertext`, wrapped for the key of that identifier.
    ///
    /// # Errors
    /// `Unexpected` if it has no JSON form.
    pub(crate) fn write(kid: &str, ciphertext: &[u8]) -> Result<Vec<u8>> {
        let ciphertext = Base64UrlUnpadded::encode_string(ciphertext);
        let blob = Blob {
            schema_version: SCHEMA,
            header: Header { kid, alg: "dir", enc: MECHANISM },
            ciphertext: &ciphertext,
            generator: concat!("Claviger ", env!("CARGO_PKG_VERSION")),
        };
        serde_json::to_vec(&blob).map_err(|_| Error::new(Kind::Unexpected, READ, "the blob has no JSON form"))
    }

    /// What stands in the plan where the file will be sent.
    pub(crate) fn shown(&self) -> String {
        format!("the file with the SHA-256 {}", self.sha256)
    }

    /// The whole JWK with the file in it, if it is the one that was shown.
    ///
    /// # Errors
    /// `Conflict` for another file.
    pub(crate) fn jwk(&self, shown: &Map<String, Value>, file: &Secret) -> Result<Zeroizing<Vec<u8>>> {
        if shown.get(MEMBER).and_then(Value::as_str) != Some(&self.shown()) {
            return Err(Error::new(Kind::Conflict, READ, "the file is another than the one that was shown")
                .with_refused_by("this app")
                .with_next("Nothing was sent. Plan the change anew."));
        }
        let mut jwk = shown.clone();
        jwk.insert(MEMBER.to_owned(), Base64UrlUnpadded::encode_string(file.expose()).into());
        serde_json::to_vec(&jwk)
            .map(Zeroizing::new)
            .map_err(|_| Error::new(Kind::Unexpected, READ, "the key has no JSON form"))
    }
}

/// Reads a key exchange key: RSA in an HSM, for nothing but imports.
///
/// # Errors
/// `Invalid` if it is no such key; as Key Vault says.
pub(crate) async fn exchange_key(
    tenant: &Tenant,
    vault: &VaultId,
    name: &str,
    version: Option<&str>,
) -> Result<ExchangeKey> {
    let (key, deleted) = keys::read(tenant, vault, name, version).await?;
    let only_imports = key.key.key_ops.as_deref().is_some_and(|operations| operations == [IMPORT]);
    let bits = match keys::algorithm(&key.key) {
        domain::Algorithm::Rsa(bits) if key.key.kty == "RSA-HSM" && only_imports && !deleted => bits,
        _ => {
            let message = format!(
                "{name} is no key exchange key: that is an RSA key in an HSM, for the operation {IMPORT} alone"
            );
            return Err(Error::new(Kind::Invalid, KEK, message)
                .with_refused_by("this app")
                .with_next("Name another, or create one: of the type RSA-HSM, with import as its one operation."));
        }
    };
    let kid = key.key.kid.clone().ok_or_else(|| Error::new(Kind::Invalid, KEK, "the key has no identifier"))?;
    Ok(ExchangeKey { kid, public_key: keys::public_key(&key.key)?, bits })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KID: &str = "https://contoso.vault.azure.net/keys/kek/eba63d27e4e34e028839b53fac905621";

    fn of(text: &str) -> Result<Option<Transfer>> {
        Transfer::of(&Secret::from_text(text.to_owned()), &VaultId("contoso.vault.azure.net".into()))
    }

    #[test]
    fn what_is_written_has_the_form_of_the_specification_and_is_read_back() {
        let text = String::from_utf8(Transfer::write(KID, &[0xfb, 0xff, 1]).unwrap()).unwrap();
        let due = format!(
            r#"{{"schema_version":"1.0.0","header":{{"kid":"{KID}","alg":"dir","enc":"CKM_RSA_AES_KEY_WRAP"}},"ciphertext":"-_8B","generator":"Claviger {}"}}"#,
            env!("CARGO_PKG_VERSION")
        );
        assert_eq!(text, due);
        let transfer = of(&text).unwrap().unwrap();
        assert_eq!((&*transfer.kek, &*transfer.version), ("kek", "eba63d27e4e34e028839b53fac905621"));
        let shown =
            Map::from_iter([("kty".to_owned(), "RSA-HSM".into()), (MEMBER.to_owned(), transfer.shown().into())]);
        let jwk: Value =
            serde_json::from_slice(&transfer.jwk(&shown, &Secret::from_text(text.clone())).unwrap()).unwrap();
        assert_eq!(Base64UrlUnpadded::decode_vec(jwk[MEMBER].as_str().unwrap()).unwrap(), text.as_bytes());
        assert_eq!(transfer.jwk(&Map::new(), &Secret::from_text(text)).unwrap_err().kind(), Kind::Conflict);
    }

    #[test]
    fn what_was_wrapped_for_another_vault_or_otherwise_is_refused() {
        let good = String::from_utf8(Transfer::write(KID, &[1]).unwrap()).unwrap();
        for (part, other) in [
            ("contoso.vault", "other.vault"),
            ("/eba63d27e4e34e028839b53fac905621", ""),
            ("CKM_RSA_AES_KEY_WRAP", "CKM_AES_KEY_WRAP"),
            ("1.0.0", "2.0.0"),
            ("\"AQ\"", "\"!\""),
            ("\"AQ\"", "7"),
        ] {
            let refused = of(&good.replacen(part, other, 1)).map(|_| ()).unwrap_err();
            assert_eq!(refused.kind(), Kind::Invalid, "{part}");
        }
        assert!(of("-----BEGIN PRIVATE KEY-----").unwrap().is_none());
        assert!(of(r#"{"kty":"EC"}"#).unwrap().is_none());
    }
}
