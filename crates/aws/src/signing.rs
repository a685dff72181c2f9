//! Signatures by KMS keys, which stay where they are.

use async_trait::async_trait;
use aws_sdk_kms::types::SigningAlgorithmSpec;
use domain::{Curve, Error, ItemKey, Kind, Result, SignatureAlgorithm, Signing};
use encoding::jws;

use crate::{Account, client, locate::Service};

#[async_trait]
impl Signing for Account {
    async fn sign(
        &self,
        item: &ItemKey,
        version: Option<&str>,
        algorithm: SignatureAlgorithm,
        digest: &[u8],
    ) -> Result<Vec<u8>> {
        let operation = client::SIGN.operation;
        if let Some(version) = version {
            let message = format!("a KMS key pair is never rotated in place, so there is no version {version:?}");
            return Err(Error::new(Kind::NotFound, operation, message));
        }
        let (client, service, address) = self.address(item).await?;
        if service != Service::Kms {
            return Err(Error::new(Kind::Unsupported, operation, "only a KMS key signs"));
        }
        let (spec, curve) = match algorithm {
            SignatureAlgorithm::Es256 => (SigningAlgorithmSpec::EcdsaSha256, Some(Curve::P256)),
            SignatureAlgorithm::Es256K => (SigningAlgorithmSpec::EcdsaSha256, Some(Curve::P256k1)),
            SignatureAlgorithm::Es384 => (SigningAlgorithmSpec::EcdsaSha384, Some(Curve::P384)),
            SignatureAlgorithm::Es512 => (SigningAlgorithmSpec::EcdsaSha512, Some(Curve::P521)),
            SignatureAlgorithm::Ps256 => (SigningAlgorithmSpec::RsassaPssSha256, None),
            SignatureAlgorithm::Rs256 => (SigningAlgorithmSpec::RsassaPkcs1V15Sha256, None),
        };
        let signature = client.sign(&address, spec, digest).await?;
        // KMS gives an ECDSA signature as DER (X9.62), JWS wants the two numbers side by side.
        match curve {
            Some(curve) => jws::fixed(curve, &signature),
            None => Ok(signature),
        }
    }
}
