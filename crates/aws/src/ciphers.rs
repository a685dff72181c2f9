//! Encryption and MACs by KMS keys, which stay where they are.

use async_trait::async_trait;
use aws_sdk_kms::types::MacAlgorithmSpec;
use domain::{Ciphers, Error, Hash, ItemKey, KeyMaterial, Kind, Result, Secret};

use crate::{
    Account,
    client::{self, Client},
    error::Call,
    locate::Service,
};

#[async_trait]
impl Ciphers for Account {
    /// The answer is KMS's ciphertext blob, which names the key and the material that made it.
    async fn encrypt(&self, item: &ItemKey, plaintext: &[u8]) -> Result<Vec<u8>> {
        let (client, address) = self.cipher_key(item, client::ENCRYPT).await?;
        client.encrypt(&address, plaintext).await
    }

    async fn decrypt(&self, item: &ItemKey, ciphertext: &[u8]) -> Result<Secret> {
        let (client, address) = self.cipher_key(item, client::DECRYPT).await?;
        client.decrypt(&address, ciphertext).await
    }

    async fn mac(&self, item: &ItemKey, hash: Hash, message: &[u8]) -> Result<Vec<u8>> {
        let (client, address) = self.cipher_key(item, client::GENERATE_MAC).await?;
        let algorithm = match hash {
            Hash::Sha224 => MacAlgorithmSpec::HmacSha224,
            Hash::Sha256 => MacAlgorithmSpec::HmacSha256,
            Hash::Sha384 => MacAlgorithmSpec::HmacSha384,
            Hash::Sha512 => MacAlgorithmSpec::HmacSha512,
        };
        client.mac(&address, algorithm, message).await
    }

    /// The form of KMS's ciphertexts is not published.
    fn seal(&self, _: &KeyMaterial, _: &[u8]) -> Option<Vec<u8>> {
        None
    }
}

impl Account {
    async fn cipher_key(&self, item: &ItemKey, call: Call) -> Result<(Client, String)> {
        let (client, service, address) = self.address(item).await?;
        match service {
            Service::Kms => Ok((client, address)),
            Service::Acm | Service::SecretsManager => {
                Err(Error::new(Kind::Unsupported, call.operation, "only a KMS key does this"))
            }
        }
    }
}
