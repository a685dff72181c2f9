//! How keys of other places come into a Key Vault or a Managed HSM: as they are inside TLS, where software holds them; and
//! wrapped for a key exchange key, where an HSM does.

use async_trait::async_trait;
use domain::{
    Algorithm, Ask, Bringing, Curve, Error, ImportSubject, Imports, Kind, Package, Question, Result, Secret,
    SecretAnswers, Taking, Target, VaultId, Wish, Wrap, WrapOffer, WrappingKey,
};

use crate::{
    Tenant,
    byok::{Transfer, exchange_key},
    kinds::Shape,
    locate,
    perform::KEY,
    questions::brought,
    shell::is_hsm,
};

const BRING: &str = "bring the key";
/// The question for the name of the key exchange key.
pub(crate) const KEK: &str = "kek";
/// Lengths of key exchange keys, the best first.
const SIZES: [u32; 3] = [4096, 3072, 2048];

#[async_trait]
impl Imports for Tenant {
    async fn takes(&self, vault: &VaultId) -> Result<Vec<Taking>> {
        let managed_hsm = is_hsm(vault);
        let has_hsm = managed_hsm || !self.is_standard(vault).await;
        Ok(Algorithm::BROUGHT.map(|algorithm| taking(algorithm, managed_hsm, has_hsm)).into())
    }

    fn questions(&self, vault: &VaultId, algorithm: &Algorithm) -> Vec<Question> {
        shape(algorithm).map(|shape| brought(vault, shape)).unwrap_or_default()
    }

    fn prepare(&self, _: &ImportSubject<'_>) -> Result<Option<Wish>> {
        Ok(None)
    }

    async fn wrapping_key(&self, subject: &ImportSubject<'_>) -> Result<Option<WrappingKey>> {
        if !is_wrapped(subject.wrap.wrap)? {
            return Ok(None);
        }
        let name = subject.answers.get(KEK).map(|name| name.trim()).filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| {
            Error::new(Kind::Invalid, BRING, "the name of the key exchange key is missing")
                .with_refused_by("this app")
                .with_next(
                    "Name one of this vault, or create one: of the type RSA-HSM, with import as its one operation.",
                )
        })?;
        let key = exchange_key(self, subject.vault, name, None).await?;
        if key.bits != subject.wrap.bits {
            let message = format!("{name} has {} bits, and one of {} was chosen", key.bits, subject.wrap.bits);
            return Err(Error::new(Kind::Invalid, BRING, message)
                .with_refused_by("this app")
                .with_next("Choose the way for keys of that length, or name another key exchange key."));
        }
        Ok(Some(WrappingKey { public_key: key.public_key, token: None, expires: None, of: Some(key.kid) }))
    }

    fn bring(&self, subject: &ImportSubject<'_>, package: Package) -> Result<Bringing> {
        let shape =
            shape(subject.algorithm).ok_or_else(|| unsupported(format!("Azure has no {} keys", subject.algorithm)))?;
        let is_wrapped = is_wrapped(subject.wrap.wrap)?;
        let file = if is_wrapped {
            let wrapped = package.wrapped()?;
            let kid = wrapped.wrapped_for.ok_or_else(|| {
                Error::new(Kind::Invalid, BRING, "it is not said for which key exchange key the key was wrapped")
                    .with_refused_by("this app")
            })?;
            Secret::new(Transfer::write(&kid, &wrapped.blob)?)
        } else {
            let held = package.plain()?;
            if held.algorithm != *subject.algorithm {
                let message = format!("the key is of the kind {}, not {}", held.algorithm, subject.algorithm);
                return Err(Error::new(Kind::Invalid, BRING, message).with_refused_by("this app"));
            }
            held.bytes
        };
        let wish = Wish::new(Ask::ImportKey, Target::Vault(subject.vault.clone()));
        let mut wish = Wish { answers: subject.answers.clone(), ..wish }.answer("family", family(shape));
        wish.answers.remove(KEK);
        // A file that holds the key as it is tells its curve.
        if let (Algorithm::Ec(curve), true) = (subject.algorithm, is_wrapped) {
            wish = wish.answer("curve", curve_word(*curve));
        }
        if let Some(item) = subject.into {
            if !subject.new_material {
                return Err(unsupported(
                    "a key of Key Vault keeps the material that it has had: it is not brought once more",
                ));
            }
            // An import under a name that is there makes its next version.
            wish = wish.answer("name", locate::parts(item)?.1);
        }
        Ok(Bringing { wish, secrets: SecretAnswers::from([(KEY.to_owned(), file)]) })
    }
}

/// What becomes of a kind of key in such a vault.
fn taking(algorithm: Algorithm, managed_hsm: bool, has_hsm: bool) -> Taking {
    let because = match (&algorithm, managed_hsm) {
        (Algorithm::Ec(_) | Algorithm::Rsa(_), _) | (Algorithm::Aes(_), true) => {
            let wraps = (!managed_hsm).then(plain).into_iter().chain(has_hsm.then(wrapped).into_iter().flatten());
            return Taking::by(algorithm, wraps.collect());
        }
        (Algorithm::Aes(_), false) => "A Key Vault holds no symmetric keys: a Managed HSM does.",
        (Algorithm::ChaCha20, _) => "Azure has no ChaCha20-Poly1305 keys.",
        (Algorithm::Ed25519, _) => "Azure has no Ed25519 keys: its elliptic curves are P-256, P-384, P-521 and P-256K.",
        (Algorithm::Hmac(_), _) => "Azure takes no HMAC keys from elsewhere: keep one as a secret, or use a signature.",
        (Algorithm::Other(_), _) => "Azure takes no keys of this kind from elsewhere.",
    };
    Taking::refuse(algorithm, because)
}

fn plain() -> WrapOffer {
    WrapOffer { wrap: Wrap::Plain, bits: 0, native: "JSON Web Key, inside TLS".to_owned(), legacy: false }
}

fn wrapped() -> [WrapOffer; 3] {
    SIZES.map(|bits| WrapOffer {
        wrap: Wrap::RsaAesSha1,
        bits,
        native: format!(".byok for a key exchange key of {bits} bits, into the HSM"),
        // Key Vault knows this way alone.
        legacy: false,
    })
}

fn shape(algorithm: &Algorithm) -> Option<Shape> {
    match algorithm {
        Algorithm::Aes(_) => Some(Shape::Oct),
        Algorithm::Ec(_) => Some(Shape::Ec),
        Algorithm::Rsa(_) => Some(Shape::Rsa),
        Algorithm::ChaCha20 | Algorithm::Ed25519 | Algorithm::Hmac(_) | Algorithm::Other(_) => None,
    }
}

/// The answer that says what a file holds.
pub(crate) fn family(shape: Shape) -> &'static str {
    match shape {
        Shape::Ec => "EC",
        Shape::Oct => "oct",
        Shape::Rsa => "RSA",
    }
}

fn curve_word(curve: Curve) -> &'static str {
    match curve {
        Curve::P256 => "P-256",
        Curve::P256k1 => "P-256K",
        Curve::P384 => "P-384",
        Curve::P521 => "P-521",
    }
}

fn is_wrapped(wrap: Wrap) -> Result<bool> {
    match wrap {
        Wrap::Plain => Ok(false),
        Wrap::RsaAesSha1 => Ok(true),
        Wrap::OaepSha1 | Wrap::OaepSha256 | Wrap::RsaAesSha256 => Err(unsupported(format!(
            "Key Vault takes keys as they are, or by RSA-AES key wrap with SHA-1, and not by {}",
            wrap.word()
        ))),
    }
}

fn unsupported(because: impl Into<String>) -> Error {
    Error::new(Kind::Unsupported, BRING, because).with_refused_by("this app")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_vault_takes_what_it_can_hold() {
        let ways = |algorithm, managed_hsm, has_hsm| {
            let taking = taking(algorithm, managed_hsm, has_hsm);
            assert_eq!(taking.wraps.is_empty(), taking.refused.is_some());
            taking.wraps.iter().map(|offer| (offer.wrap, offer.bits)).collect::<Vec<_>>()
        };
        let inside = SIZES.map(|bits| (Wrap::RsaAesSha1, bits));
        let both = [&[(Wrap::Plain, 0)][..], &inside].concat();
        for algorithm in [Algorithm::Rsa(2048), Algorithm::Ec(Curve::P521)] {
            assert_eq!(ways(algorithm.clone(), false, false), [(Wrap::Plain, 0)]);
            assert_eq!(ways(algorithm.clone(), false, true), both);
            assert_eq!(ways(algorithm, true, true), inside);
        }
        assert_eq!(ways(Algorithm::Aes(256), true, true), inside);
        assert_eq!(ways(Algorithm::Aes(256), false, true), []);
        for algorithm in [Algorithm::ChaCha20, Algorithm::Ed25519, Algorithm::Hmac(256)] {
            assert_eq!(ways(algorithm, true, true), []);
        }
    }
}
