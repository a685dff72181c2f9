//! The seam that every place of keys is reached through.
//!
//! Three kinds of capability have three shapes: what a place has is `Option<&dyn …>`, what an item shows is data in
//! [`ItemDetail`], and what may be done to an item now is an [`Offer`] with its reason.

use std::fmt::Debug;

use async_trait::async_trait;
use futures::stream::BoxStream;

use crate::{
    AccessCheck, Changes, Ciphers, Destructions, Error, Exports, Identity, Imports, Item, ItemDetail, ItemKey, Kind,
    Offer, Policies, Result, Rotations, Secret, SignatureAlgorithm, Usage, Vault, VaultId,
};

/// One signed-in connection: an AWS account with its Regions, a Vault cluster and namespace, a keystore file.
#[async_trait]
pub trait Provider: Debug + Send + Sync {
    /// Who I am there, until when.
    async fn identity(&self) -> Result<Identity>;

    /// Tries the cheapest call of each thing that reading needs. Never fails as a whole: each check has its verdict.
    async fn check_access(&self) -> Vec<AccessCheck>;

    /// Reads that every place has.
    fn inventory(&self) -> &dyn Inventory;

    /// The place holds certificates. `None` means that this kind of place has no such thing, never "not yet written".
    fn certificates(&self) -> Option<&dyn Certificates> {
        None
    }

    /// The place holds secret values.
    fn secrets(&self) -> Option<&dyn Secrets> {
        None
    }

    /// The place hands out backups of single items.
    fn backups(&self) -> Option<&dyn Backups> {
        None
    }

    /// The place signs with keys that stay there.
    fn signing(&self) -> Option<&dyn Signing> {
        None
    }

    /// What can be changed there.
    fn changes(&self) -> &dyn Changes;

    /// The place knows how its items are rotated.
    fn rotations(&self) -> Option<&dyn Rotations> {
        None
    }

    /// The place knows how its items are destroyed.
    fn destructions(&self) -> Option<&dyn Destructions> {
        None
    }

    /// The place writes down when its items are used. `None` means that it tells nobody.
    fn usage(&self) -> Option<&dyn Usage> {
        None
    }

    /// The place has policies that can be read as texts.
    fn policies(&self) -> Option<&dyn Policies> {
        None
    }

    /// The place takes keys that were made elsewhere.
    fn imports(&self) -> Option<&dyn Imports> {
        None
    }

    /// The place hands out key material.
    fn exports(&self) -> Option<&dyn Exports> {
        None
    }

    /// The place encrypts with keys that stay there.
    fn ciphers(&self) -> Option<&dyn Ciphers> {
        None
    }

    /// What may be done to `item` now, and for everything else, why not: one offer for each of
    /// [`Ask::OF_ITEM`](crate::Ask::OF_ITEM), in that order. Asynchronous, since some places tell only on request (`sys/capabilities-self`). A question that could
    /// not be put to the service becomes [`Answer::Unknown`](crate::Answer::Unknown).
    async fn offers(&self, item: &Item) -> Vec<Offer>;
}

/// What every place can be asked for.
#[async_trait]
pub trait Inventory: Send + Sync {
    /// Everything this identity can list, as it arrives. Vaults run side by side: a slow or failing one neither delays
    /// nor ends another. Each vault sends [`Entry::Vault`] first and [`Entry::End`] last. Never reads a secret value.
    fn list(&self) -> BoxStream<'_, Entry>;

    /// Reads one item afresh. Needs no right to list. The facets say which of them this identity may open.
    async fn open(&self, item: &ItemKey) -> Result<ItemDetail>;

    /// The public key of one version, or of the current one, as DER SubjectPublicKeyInfo (RFC 5280, 4.1.2.7), exactly
    /// as the service gave it or converted without loss.
    async fn public_key(&self, item: &ItemKey, version: Option<&str>) -> Result<Vec<u8>>;

    /// The item that `address` (an ARN, a URL, a path) names, if it is an address of this connection. Asks nobody.
    fn locate(&self, address: &str) -> Option<ItemKey>;
}

/// What an inventory streams.
#[derive(Debug)]
pub enum Entry {
    /// A vault exists; its items follow.
    Vault(Vault),
    /// An item, in full or with its trouble.
    Item(Box<Item>),
    /// A vault's list has ended: complete, or broken off by this error after the items already sent.
    End {
        /// Which vault.
        vault: VaultId,
        /// Complete, or why not.
        result: Result<()>,
    },
}

/// Certificates of items.
#[async_trait]
pub trait Certificates: Send + Sync {
    /// The certificate of one version, or of the current one, leaf first, then its issuers as far as the place keeps
    /// them. Each is the DER of a Certificate (RFC 5280, 4.1), not yet parsed.
    async fn chain(&self, item: &ItemKey, version: Option<&str>) -> Result<Vec<Vec<u8>>>;

    /// The certificate of one version, or of the current one, with its private key. Whoever has this, holds the key.
    ///
    /// # Errors
    /// `Unsupported` where no private key of a certificate ever leaves.
    async fn with_key(&self, item: &ItemKey, version: Option<&str>) -> Result<KeyAndChain> {
        let (_, _) = (item, version);
        Err(Error::new(Kind::Unsupported, "read the private key", "the private key of a certificate stays where it is"))
    }

    /// The signing request that waits for its answer: the DER of a CertificationRequest (RFC 2986, 4.2).
    ///
    /// # Errors
    /// `Unsupported` where no signing requests are kept; `NotFound` if none waits.
    async fn signing_request(&self, item: &ItemKey) -> Result<Vec<u8>> {
        let _ = item;
        Err(Error::new(Kind::Unsupported, "read the signing request", "no signing requests are kept here"))
    }
}

/// A certificate with its private key.
#[derive(Debug)]
pub struct KeyAndChain {
    /// The DER of a PrivateKeyInfo (PKCS#8, RFC 5958).
    pub key: Secret,
    /// Leaf first, each the DER of a Certificate (RFC 5280, 4.1).
    pub chain: Vec<Vec<u8>>,
}

/// Backups of single items.
#[async_trait]
pub trait Backups: Send + Sync {
    /// A copy that only the place itself can read and take back.
    async fn back_up(&self, item: &ItemKey) -> Result<Vec<u8>>;
}

/// Signing with keys that stay at the place.
#[async_trait]
pub trait Signing: Send + Sync {
    /// The signature over a digest, made by one version or by the current one, in the form of JWS (RFC 7518, 3.3 to
    /// 3.5): for ECDSA r and s side by side, each of the field's length.
    async fn sign(
        &self,
        item: &ItemKey,
        version: Option<&str>,
        algorithm: SignatureAlgorithm,
        digest: &[u8],
    ) -> Result<Vec<u8>>;
}

/// Secret values of items.
#[async_trait]
pub trait Secrets: Send + Sync {
    /// The value of one version, or of the current one.
    async fn value(&self, item: &ItemKey, version: Option<&str>) -> Result<Secret>;
}
