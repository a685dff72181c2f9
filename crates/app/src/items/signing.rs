//! A test of a key that stays where it is: it signs a token that lets nobody in, and the signature is verified.

use contract::{SignTest, SignedTest};
use domain::{Error, FacetKind, Item, Kind, Result, SignatureAlgorithm, Timestamp};
use encoding::{
    fingerprint::Fingerprints,
    jws::{self, algorithms},
};
use serde_json::{Value, json};

use super::{Found, facet_of};
use crate::App;

const SIGN: &str = "sign a test token";
/// For how many seconds a test token says that it is valid.
pub(crate) const LIFETIME: i64 = 60;

/// What is to be signed.
pub(crate) struct Wanted<'a> {
    /// By which version; the current one if `None`.
    pub(crate) version: Option<&'a str>,
    /// With which algorithm, by its name in a JWS; the one to prefer for the kind of key if `None`.
    pub(crate) algorithm: Option<&'a str>,
    /// The claims.
    pub(crate) claims: Value,
}

impl App {
    /// A token signed by the key where it is, verified with its public key.
    ///
    /// # Errors
    /// `Unsupported` if the place signs nothing or the kind of key has no such algorithm; `Unexpected` if the signature is
    /// not right; else as the provider says.
    pub async fn sign_test(&self, request: SignTest) -> Result<SignedTest> {
        let found = self.find(&request.reference).await?;
        let claims = test_claims(&found.reference().to_string());
        let (version, algorithm) = (request.version.as_deref(), request.algorithm.as_deref());
        self.sign_token(&found, Wanted { version, algorithm, claims }).await
    }

    /// A token of these claims, signed by the key where it is and verified with its public key.
    pub(crate) async fn sign_token(&self, found: &Found, wanted: Wanted<'_>) -> Result<SignedTest> {
        let Some(signing) = found.provider.signing() else {
            return Err(Error::new(Kind::Unsupported, SIGN, "nothing is signed in this kind of place"));
        };
        let Wanted { version, algorithm, claims } = wanted;
        let key = self.public_key(found, version).await?;
        let known = algorithms(&key.algorithm());
        let wanted = match algorithm {
            Some(name) => known.iter().find(|one| one.name() == name),
            None => known.first(),
        };
        let algorithm = *wanted.ok_or_else(|| {
            let message = format!("a key of the kind {} does not sign so", key.algorithm());
            Error::new(Kind::Unsupported, SIGN, message).with_refused_by("this app")
        })?;
        let mut header = json!({ "alg": algorithm.name(), "typ": "JWT" });
        if let Some(thumbprint) = Fingerprints::of(&key).jwk_thumbprint {
            header["kid"] = thumbprint.into();
        }
        let input = jws::signing_input(&header, &claims);
        let signed = signing.sign(&found.key, version, algorithm, &jws::digest(algorithm, &input)).await;
        let signature = self.heard(found.connection.id, signed)?;
        if !jws::verifies(&key, algorithm, &input, &signature) {
            return Err(Error::new(Kind::Unexpected, SIGN, "the signature does not verify with the key's public half")
                .with_next("Refresh: the key may have been rotated in between. Else trust nothing that it signs."));
        }
        Ok(SignedTest {
            algorithm: algorithm.name().to_owned(),
            token: jws::compact(&input, &signature),
            header: format!("{header:#}"),
            claims: format!("{claims:#}"),
            proof: format!(
                "Verified by AWS-LC with the public half: {} by the {} key",
                algorithm.name(),
                key.algorithm()
            ),
        })
    }
}

/// The claims of a token about `subject` that lets nobody in anywhere.
pub(crate) fn test_claims(subject: &str) -> Value {
    let begin = Timestamp::now().as_second();
    json!({
        "iss": "claviger",
        "sub": subject,
        "aud": "nobody: this token is a test",
        "iat": begin,
        "exp": begin + LIFETIME,
    })
}

/// With which algorithms a test of the item can be signed, by their names.
pub(crate) fn of(found: &Found, item: &Item) -> Vec<String> {
    let can = found.provider.signing().is_some()
        && facet_of(item, FacetKind::Key)
            .is_some_and(|facet| facet.operations.iter().any(|operation| operation.eq_ignore_ascii_case("sign")));
    let known = item.algorithm.as_ref().filter(|_| can).map(algorithms).unwrap_or_default();
    known.iter().copied().map(SignatureAlgorithm::name).map(str::to_owned).collect()
}
