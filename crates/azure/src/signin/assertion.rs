//! Client assertions: a short JWT by which an app proves to Entra that it holds the key of its certificate. The key is in a
//! file on this computer, or stays in a vault and signs there. Source: "Microsoft identity platform application
//! authentication certificate credentials".

use std::{fmt, path::Path};

use async_trait::async_trait;
use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeyPair,
    signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding},
};
use azure_core::{error::ErrorKind, http::ClientMethodOptions};
use azure_identity::ClientAssertion;
use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use domain::{Algorithm, Error, Kind, Result, Secret, SignatureAlgorithm, Timestamp};
use encoding::{jws, private_key, x509};
use serde_json::json;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::{ASSERTION_LIFETIME, unfit};
use crate::{client::Client, locate::Address};

const SIGN: &str = "sign the assertion";

/// Which hash of the certificate the header names. The older one goes with the older padding.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Thumbprint {
    Sha1,
    Sha256,
}

/// What an assertion says beside its times.
#[derive(Clone, Debug)]
pub(crate) struct Claims {
    /// The token endpoint.
    pub(crate) audience: String,
    pub(crate) client_id: String,
    pub(crate) thumbprint: Thumbprint,
}

/// A certificate with its private key, from a file.
pub(crate) struct Held {
    key: KeyPair,
    certificate: Vec<u8>,
}

/// A certificate whose private key stays in a vault.
pub(crate) struct InVault {
    pub(crate) client: Client,
    pub(crate) address: Address,
}

/// Who signs.
pub(crate) enum Signer {
    Held(Held),
    Vault(Box<InVault>),
}

/// Makes a new assertion each time a token is due.
pub(crate) struct Assertion {
    signer: Signer,
    claims: Claims,
}

impl Thumbprint {
    /// How the assertion is signed.
    pub(crate) fn algorithm(self) -> SignatureAlgorithm {
        match self {
            Self::Sha1 => SignatureAlgorithm::Rs256,
            Self::Sha256 => SignatureAlgorithm::Ps256,
        }
    }

    /// The member of the header that names the certificate.
    pub(crate) fn member(self) -> &'static str {
        match self {
            Self::Sha1 => "x5t",
            Self::Sha256 => "x5t#S256",
        }
    }

    /// base64url of the hash over the DER, without padding; never of its hex.
    fn of(self, certificate: &[u8]) -> String {
        match self {
            Self::Sha1 => Base64UrlUnpadded::encode_string(&Sha1::digest(certificate)),
            Self::Sha256 => Base64UrlUnpadded::encode_string(&Sha256::digest(certificate)),
        }
    }
}

impl Held {
    /// Reads PEM with a certificate and its RSA key, or a PFX.
    ///
    /// # Errors
    /// `Invalid`, naming the file.
    pub(crate) fn read(path: &Path, password: Option<&Secret>) -> Result<Self> {
        let unreadable = |why: &str| unfit(format!("{} {why}", path.display()));
        let bytes = std::fs::read(path).map_err(|cause| unreadable(&format!("cannot be read: {cause}")))?;
        let held = private_key::of_file(&Secret::new(bytes), password)
            .map_err(|error| unreadable(&format!("cannot be used: {}", error.message())))?;
        let key = KeyPair::from_pkcs8(held.key.expose())
            .map_err(|_| unreadable("holds no RSA key, which Entra takes for assertions"))?;
        let certificate = held.chain.into_iter().next().ok_or_else(|| unreadable("holds no certificate"))?;
        Ok(Self { key, certificate })
    }

    fn sign(&self, algorithm: SignatureAlgorithm, input: &[u8]) -> Result<Vec<u8>> {
        let padding: &'static dyn RsaEncoding = match algorithm {
            SignatureAlgorithm::Ps256 => &RSA_PSS_SHA256,
            _ => &RSA_PKCS1_SHA256,
        };
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(padding, &SystemRandom::new(), input, &mut signature)
            .map_err(|_| Error::new(Kind::Unexpected, SIGN, "the key of the file did not sign"))?;
        Ok(signature)
    }
}

impl Assertion {
    pub(crate) fn new(signer: Signer, claims: Claims) -> Self {
        Self { signer, claims }
    }

    async fn make(&self, now: Timestamp) -> Result<String> {
        let algorithm = self.claims.thumbprint.algorithm();
        match &self.signer {
            Signer::Held(held) => {
                let input = self.input(&held.certificate, now);
                Ok(jws::compact(&input, &held.sign(algorithm, input.as_bytes())?))
            }
            Signer::Vault(vault) => {
                let (certificate, version) = vault.certificate().await?;
                let input = self.input(&certificate, now);
                let Address { vault: at, name, .. } = &vault.address;
                let digest = jws::digest(algorithm, &input);
                // The very version whose thumbprint the header names: a rotation in between must not mix two keys.
                let signature = vault.client.sign(at, name, version.as_deref(), algorithm, &digest).await?;
                Ok(jws::compact(&input, &signature))
            }
        }
    }

    /// Header and claims, as they are signed.
    fn input(&self, certificate: &[u8], now: Timestamp) -> String {
        let Claims { audience, client_id, thumbprint } = &self.claims;
        let algorithm = thumbprint.algorithm().name();
        let header = json!({"alg": algorithm, "typ": "JWT", thumbprint.member(): thumbprint.of(certificate)});
        let begin = now.as_second();
        let end = begin.saturating_add_unsigned(ASSERTION_LIFETIME.as_secs());
        let claims = json!({
            "aud": audience,
            "iss": client_id,
            "sub": client_id,
            "jti": ulid::Ulid::r#gen().to_string(),
            "nbf": begin,
            "iat": begin,
            "exp": end,
        });
        jws::signing_input(&header, &claims)
    }
}

impl InVault {
    /// The certificate, and the version of the key that belongs to it.
    async fn certificate(&self) -> Result<(Vec<u8>, Option<String>)> {
        let Address { vault, name, version, .. } = &self.address;
        let read = self.client.certificate(vault, name, version.as_deref()).await?;
        let der = read.cer.as_deref().and_then(|cer| Base64::decode_vec(cer).ok());
        let der = der.ok_or_else(|| Error::new(Kind::Invalid, SIGN, format!("{name} has no certificate yet")))?;
        // Entra would only say that the assertion is malformed.
        let kind = x509::Certificate::parse(&der)?.algorithm;
        if !matches!(kind, Algorithm::Rsa(_)) {
            return Err(unfit(format!("{name} has a key of the kind {kind}: Entra takes assertions of RSA keys")));
        }
        Ok((der, crate::inventory::version_of(read.kid.as_deref().or(read.id.as_deref()))))
    }
}

#[async_trait]
impl ClientAssertion for Assertion {
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        self.make(Timestamp::now()).await.map_err(|error| {
            azure_core::Error::with_error(ErrorKind::Credential, error, "the assertion was not signed")
        })
    }
}

// Not derived: a key must not be printed.
impl fmt::Debug for Assertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Assertion").field("claims", &self.claims).finish_non_exhaustive()
    }
}
