//! Certificates: leaf first, whole, and of the key that the item hands out.

use domain::Kind;

use crate::{
    openssl::{openssl, openssl_text},
    place::Subject,
    promise::{Gap, Needs, Outcome, Promise, ensure, gap, promise},
};

pub(crate) const PROMISES: &[Promise] = &[
    promise!("certificates", the_chain_is_what_was_issued_leaf_first, Needs::Certificates),
    promise!("certificates", the_public_key_is_that_of_the_leaf, Needs::Certificates),
    promise!("certificates", what_has_no_certificate_is_refused_with_a_reason, Needs::Certificates),
];

pub(crate) const GAPS: &[Gap] = &[gap(
    "localstack",
    "certificates/the_chain_is_what_was_issued_leaf_first",
    "it adds a root of Amazon's to every chain that is imported",
)];

async fn the_chain_is_what_was_issued_leaf_first(subject: &Subject) -> Outcome {
    let certificates = subject.provider.certificates().ok_or("no certificates")?;
    let mut tried = 0;
    for known in &subject.place.known.items {
        let Some(due) = &known.chain else { continue };
        tried += 1;
        let chain = certificates.chain(&subject.key(known)?, None).await;
        let chain = chain.map_err(|error| format!("{}: {error}", known.name))?;
        ensure!(
            chain == *due,
            "{}: {} certificates came out, {} are due, or in another order",
            known.name,
            chain.len(),
            due.len()
        );
        let line = |der: &[u8], what: &str| {
            let told = openssl_text(&format!("x509 -inform DER -noout -{what} -nameopt RFC2253"), der)?;
            Ok::<_, libtest_mimic::Failed>(told.trim().trim_start_matches(what).to_owned())
        };
        for pair in chain.windows(2) {
            let (issuer, subject) = (line(&pair[0], "issuer")?, line(&pair[1], "subject")?);
            ensure!(issuer == subject, "{}: signed by {issuer}, followed by {subject}", known.name);
        }
    }
    ensure!(tried > 0, "no certificate to try it on");
    Ok(())
}

async fn the_public_key_is_that_of_the_leaf(subject: &Subject) -> Outcome {
    for known in &subject.place.known.items {
        let Some(leaf) = known.chain.as_ref().and_then(|chain| chain.first()) else { continue };
        let pem = openssl("x509 -inform DER -noout -pubkey", leaf)?;
        let due = openssl("pkey -pubin -outform DER", &pem)?;
        let read = subject.provider.inventory().public_key(&subject.key(known)?, None).await;
        let read = read.map_err(|error| format!("{}: {error}", known.name))?;
        ensure!(read == due, "{}: another key than its certificate's came out", known.name);
    }
    Ok(())
}

async fn what_has_no_certificate_is_refused_with_a_reason(subject: &Subject) -> Outcome {
    let certificates = subject.provider.certificates().ok_or("no certificates")?;
    for known in subject.place.known.items.iter().filter(|item| item.chain.is_none()) {
        let error = certificates.chain(&subject.key(known)?, None).await.err();
        let error = error.ok_or_else(|| format!("{}: a certificate came out", known.name))?;
        // A transit key may have a certificate kept with it, and these have none.
        let kinds = [Kind::NotFound, Kind::Unsupported];
        ensure!(kinds.contains(&error.kind()), "{}: {error} is of the kind {:?}", known.name, error.kind());
    }
    Ok(())
}
