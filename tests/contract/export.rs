//! Public keys: the same as read by another hand, for every kind of key and every version.

use domain::Kind;

use crate::{
    openssl::{openssl_text, words_of},
    place::Subject,
    promise::{Gap, Needs, Outcome, Promise, ensure, promise},
};

pub(crate) const PROMISES: &[Promise] = &[
    promise!("export", the_public_key_is_the_one_read_by_another_hand, Needs::Nothing),
    promise!("export", openssl_reads_the_same_kind_of_key, Needs::Nothing),
    promise!("export", each_version_hands_out_its_own_public_key, Needs::Nothing),
    promise!("export", what_has_no_public_half_is_refused_with_a_reason, Needs::Nothing),
];

pub(crate) const GAPS: &[Gap] = &[];

async fn the_public_key_is_the_one_read_by_another_hand(subject: &Subject) -> Outcome {
    let mut tried = 0;
    for known in &subject.place.known.items {
        let Some(due) = &known.public_key else { continue };
        if known.state != domain::State::Enabled {
            continue;
        }
        tried += 1;
        let read = subject.provider.inventory().public_key(&subject.key(known)?, None).await;
        let read = read.map_err(|error| format!("{}: {error}", known.name))?;
        ensure!(read == *due, "{}: another key came out", known.name);
    }
    ensure!(tried > 4, "only {tried} keys to try it on");
    Ok(())
}

async fn openssl_reads_the_same_kind_of_key(subject: &Subject) -> Outcome {
    for known in &subject.place.known.items {
        let (Some(_), Some(algorithm)) = (&known.public_key, &known.algorithm) else { continue };
        let (Some(words), domain::State::Enabled) = (words_of(algorithm), &known.state) else { continue };
        let der = subject.provider.inventory().public_key(&subject.key(known)?, None).await?;
        let told = openssl_text("pkey -pubin -inform DER -noout -text", &der)?;
        ensure!(told.contains(&words), "{}: OpenSSL says {told}", known.name);
    }
    Ok(())
}

async fn each_version_hands_out_its_own_public_key(subject: &Subject) -> Outcome {
    let inventory = subject.provider.inventory();
    for known in &subject.place.known.items {
        let key = subject.key(known)?;
        let detail = inventory.open(&key).await?;
        let mut seen = Vec::new();
        for version in detail.versions.iter().filter(|version| version.has_public_key) {
            let der = inventory.public_key(&key, Some(&version.id)).await;
            let der = der.map_err(|error| format!("{} version {}: {error}", known.name, version.id))?;
            openssl_text("pkey -pubin -inform DER -noout", &der)?;
            if version.current {
                let current = inventory.public_key(&key, None).await?;
                ensure!(der == current, "{}: the current version is another key than the item", known.name);
            }
            ensure!(!seen.contains(&der), "{}: two versions have one public key", known.name);
            seen.push(der);
        }
        if let (Some(count), true) = (known.versions, known.public_key.is_some() && known.chain.is_none()) {
            ensure!(seen.len() == count, "{}: {} of {count} versions have a public key", known.name, seen.len());
        }
        if !seen.is_empty() {
            let error = inventory.public_key(&key, Some("987654321")).await.err().ok_or("a version nobody made")?;
            ensure!(error.kind() == Kind::NotFound, "{}: {error}", known.name);
        }
    }
    Ok(())
}

async fn what_has_no_public_half_is_refused_with_a_reason(subject: &Subject) -> Outcome {
    let mut tried = 0;
    for known in &subject.place.known.items {
        let has_none = match &known.algorithm {
            Some(algorithm) => algorithm.has_public_half() == Some(false),
            None => known.facets == [domain::FacetKind::Secret],
        };
        if !has_none {
            continue;
        }
        tried += 1;
        let error = subject.provider.inventory().public_key(&subject.key(known)?, None).await.err();
        let error = error.ok_or_else(|| format!("{}: a public key came out", known.name))?;
        // AWS itself calls it unsupported; its emulators refuse in words of their own, or send an empty key.
        let kinds = [Kind::Invalid, Kind::Unsupported];
        // A key that waits for its material may be refused for that first.
        let waits = known.state == domain::State::PendingImport && error.kind() == Kind::Conflict;
        ensure!(waits || kinds.contains(&error.kind()), "{}: {error} is of the kind {:?}", known.name, error.kind());
        ensure!(!error.message().is_empty(), "{}: no reason", known.name);
    }
    ensure!(tried > 1, "nothing to try it on");
    Ok(())
}
