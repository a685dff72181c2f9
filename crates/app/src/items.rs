//! One item read afresh: facets, versions, certificate, aspects, and what may be done.
//!
//! Its parts are asked for side by side, and each may fail by itself: a denied public key does not take the versions
//! with it.

mod find;
mod signing;

use contract::{CompareFingerprint, FacetWire, FingerprintVerdict, ItemWire, OpenItem, WireError};
use domain::{Access, Error, Facet, FacetKind, Item, ItemDetail, Kind, Result};
use encoding::{
    PublicKey,
    fingerprint::{self, Fingerprints, Verdict},
    x509::{self, Certificate},
};

use crate::{App, wire};
pub(crate) use find::Found;
pub(crate) use signing::{LIFETIME, Wanted, of as signs_with, test_claims};

impl App {
    /// One item, read afresh from its provider.
    ///
    /// # Errors
    /// `NotFound` if no connection knows it, or as the provider says if it cannot be opened at all.
    pub async fn open_item(&self, request: OpenItem) -> Result<ItemWire> {
        let found = self.find(&request.reference).await?;
        let detail = self.detail(&found).await?;
        self.heed(found.reference().to_string(), &detail);
        let item = &detail.item;
        let (offers, (certificates, certificate_trouble), key, vault_name) = futures::join!(
            found.provider.offers(item),
            self.certificates(&found, item),
            self.current_key(&found, item),
            self.vault_name(&found),
        );
        let (key, public_key_trouble) = match key {
            Some(Ok(key)) => (Some(key), None),
            Some(Err(error)) => (None, Some(error)),
            // A certificate holds its key, whatever else the item is.
            None => (certificates.first().and_then(|leaf| leaf.public_key().ok()), None),
        };
        Ok(ItemWire {
            row: wire::item_row(&found.connection.connection.provider, &found.reference(), item),
            vault_name,
            current_version: item.current_version.clone(),
            facets: facets(&found, item),
            versions: detail.versions.iter().map(wire::version).collect(),
            certificates: certificates.into_iter().map(wire::certificate).collect(),
            certificate_trouble: certificate_trouble.as_ref().map(WireError::from),
            fingerprints: key.as_ref().map(|key| wire::fingerprints(Fingerprints::of(key))),
            public_key_trouble: public_key_trouble.as_ref().map(WireError::from),
            aspects: detail.aspects.iter().map(wire::aspect).collect(),
            offers: offers.iter().map(wire::offer).collect(),
        })
    }

    /// Says whether a pasted fingerprint is this key's, and in which form.
    ///
    /// # Errors
    /// As the provider says if the public key cannot be read.
    pub async fn compare_fingerprint(&self, request: CompareFingerprint) -> Result<FingerprintVerdict> {
        let found = self.find(&request.reference).await?;
        let version = request.version.as_deref();
        let key = self.public_key(&found, version).await?;
        Ok(match fingerprint::compare(&key, &request.pasted) {
            Verdict::AnotherForm => FingerprintVerdict::AnotherForm,
            Verdict::Match => FingerprintVerdict::Match,
            Verdict::SshFingerprint => FingerprintVerdict::SshFingerprint,
            Verdict::SshFingerprintOfAnotherKey => FingerprintVerdict::SshFingerprintOfAnotherKey,
            verdict @ (Verdict::Mismatch | Verdict::NotAFingerprint) => {
                if self.is_thumbprint(&found, version, &request.pasted).await {
                    FingerprintVerdict::AnotherForm
                } else if verdict == Verdict::Mismatch {
                    FingerprintVerdict::Mismatch
                } else {
                    FingerprintVerdict::NotAFingerprint
                }
            }
        })
    }

    /// An item that was found, read afresh.
    pub(crate) async fn detail(&self, found: &Found) -> Result<ItemDetail> {
        self.heard(found.connection.id, found.provider.inventory().open(&found.key).await)
    }

    /// The public key of a version, or of the current one: from the place, or where it hands out certificates only, from
    /// the certificate.
    pub(crate) async fn public_key(&self, found: &Found, version: Option<&str>) -> Result<PublicKey> {
        match found.provider.inventory().public_key(&found.key, version).await {
            Ok(spki) => PublicKey::from_spki_der(&spki),
            Err(error) if error.kind() == Kind::Unsupported && found.provider.certificates().is_some() => {
                // What the place said of the key is the better reason, should there be no certificate either.
                let Ok(chain) = self.chain(found, version).await else { return Err(error) };
                let leaf = chain.first().ok_or(error)?;
                Certificate::parse(leaf)?.public_key()
            }
            Err(error) => self.heard(found.connection.id, Err(error)),
        }
    }

    /// The certificate of a version, or of the current one, leaf first, then its issuers as far as the place keeps them.
    pub(crate) async fn chain(&self, found: &Found, version: Option<&str>) -> Result<Vec<Vec<u8>>> {
        let Some(certificates) = found.provider.certificates() else {
            return Err(Error::new(
                Kind::Unsupported,
                "read the certificate",
                "this kind of place keeps no certificates",
            ));
        };
        let chain = self.heard(found.connection.id, certificates.chain(&found.key, version).await)?;
        if chain.is_empty() {
            return Err(Error::new(Kind::Unexpected, "read the certificate", "the place sent an empty chain"));
        }
        Ok(x509::order_chain(chain))
    }

    /// What can be read of the chain from its leaf on, and why that is not all. Nothing and no reason where the item has
    /// no certificate.
    async fn certificates(&self, found: &Found, item: &Item) -> (Vec<Certificate>, Option<Error>) {
        let Some(facet) = facet_of(item, FacetKind::Certificate) else { return (Vec::new(), None) };
        if let Some(closed) = closed(facet, "read the certificate") {
            return (Vec::new(), Some(closed));
        }
        let chain = match self.chain(found, None).await {
            Ok(chain) => chain,
            Err(error) => return (Vec::new(), Some(error)),
        };
        let mut read = Vec::with_capacity(chain.len());
        for der in chain {
            match Certificate::parse(&der) {
                Ok(certificate) => read.push(certificate),
                Err(error) => return (read, Some(error)),
            }
        }
        (read, None)
    }

    /// `None` where there is nothing to read.
    async fn current_key(&self, found: &Found, item: &Item) -> Option<Result<PublicKey>> {
        let facet = facet_of(item, FacetKind::Key)?;
        if item.algorithm.as_ref().and_then(domain::Algorithm::has_public_half) == Some(false) {
            return None;
        }
        if let Some(closed) = closed(facet, "read the public key") {
            return Some(Err(closed));
        }
        Some(self.public_key(found, None).await)
    }

    async fn vault_name(&self, found: &Found) -> String {
        let (connection, vault) = (found.connection.id, found.key.vault.clone());
        let known = self.journal(move |journal| journal.vault_name(connection, &vault)).await;
        known.ok().flatten().unwrap_or_else(|| found.key.vault.0.clone())
    }

    async fn is_thumbprint(&self, found: &Found, version: Option<&str>, pasted: &str) -> bool {
        let Ok(chain) = self.chain(found, version).await else { return false };
        let Some(leaf) = chain.first().and_then(|der| Certificate::parse(der).ok()) else { return false };
        let hex = |text: &str| text.replace([':', ' '], "").to_ascii_uppercase();
        let pasted = pasted.trim();
        [&leaf.sha1, &leaf.sha256].into_iter().any(|known| hex(known) == hex(pasted))
            || [&leaf.x5t, &leaf.x5t_s256].into_iter().any(|known| known == pasted)
    }
}

/// Certificate, key and secret, in this order; one that the item has not is said to be absent, and why.
fn facets(found: &Found, item: &Item) -> Vec<FacetWire> {
    [FacetKind::Certificate, FacetKind::Key, FacetKind::Secret]
        .into_iter()
        .map(|kind| match facet_of(item, kind) {
            Some(facet) if kind == FacetKind::Key => wire::facet(facet, signing::of(found, item)),
            Some(facet) => wire::facet(facet, Vec::new()),
            None => wire::absent_facet(kind, why_absent(found, item, kind)),
        })
        .collect()
}

fn why_absent(found: &Found, item: &Item, kind: FacetKind) -> String {
    if item.facets.is_empty() && item.trouble.is_some() {
        return "It could not be read what this item is.".to_owned();
    }
    let native = item.native_kind;
    match kind {
        FacetKind::Certificate if found.provider.certificates().is_none() => {
            "This kind of place keeps no certificates.".to_owned()
        }
        FacetKind::Certificate => format!("There is no certificate in this {native}."),
        FacetKind::Key => format!("There is no key in this {native} that could be used here."),
        FacetKind::Secret if found.provider.secrets().is_none() => {
            "This kind of place hands out no secret values.".to_owned()
        }
        FacetKind::Secret => format!("No secret value can be read out of this {native}."),
    }
}

fn facet_of(item: &Item, kind: FacetKind) -> Option<&Facet> {
    item.facets.iter().find(|facet| facet.kind == kind)
}

/// The refusal that is known before asking.
fn closed(facet: &Facet, operation: &'static str) -> Option<Error> {
    match &facet.access {
        Access::Closed { permission, because } => {
            Some(Error::new(Kind::Denied, operation, because.clone()).with_permission(permission.clone()))
        }
        Access::Open | Access::Untested => None,
    }
}
