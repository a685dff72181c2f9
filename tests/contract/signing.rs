//! Signatures of keys that stay where they are: each verifies with the public key that the place hands out.

use domain::{Access, FacetKind, State};
use encoding::{PublicKey, jws};

use crate::{
    place::Subject,
    promise::{Gap, Needs, Outcome, Promise, ensure, gap, promise},
};

pub(crate) const PROMISES: &[Promise] =
    &[promise!("signing", what_a_key_signs_verifies_with_its_public_key, Needs::Signing)];

pub(crate) const GAPS: &[Gap] =
    &[gap("fakecloud", "signing/what_a_key_signs_verifies_with_its_public_key", "it signs no digest with P-521")];

async fn what_a_key_signs_verifies_with_its_public_key(subject: &Subject) -> Outcome {
    let signing = subject.provider.signing().ok_or("no signing")?;
    let mut tried = Vec::new();
    for known in &subject.place.known.items {
        let key = subject.key(known)?;
        let detail = subject.provider.inventory().open(&key).await?;
        let signs = detail.item.facets.iter().any(|facet| {
            facet.kind == FacetKind::Key
                && facet.access != Access::Untested
                && facet.operations.iter().any(|operation| operation.eq_ignore_ascii_case("sign"))
        });
        if !signs || detail.item.state != State::Enabled {
            continue;
        }
        let public = PublicKey::from_spki_der(&subject.provider.inventory().public_key(&key, None).await?)?;
        for algorithm in jws::algorithms(&public.algorithm()) {
            let input = format!("{} by {}", known.name, algorithm.name());
            let signature = signing.sign(&key, None, *algorithm, &jws::digest(*algorithm, &input)).await;
            let signature = signature.map_err(|error| format!("{input}: {error}"))?;
            ensure!(jws::verifies(&public, *algorithm, &input, &signature), "{input}: the signature is not right");
            tried.push(algorithm.name());
        }
    }
    for due in ["PS256", "RS256", "ES256"] {
        ensure!(tried.contains(&due), "nothing was signed by {due}, only by {tried:?}");
    }
    Ok(())
}
