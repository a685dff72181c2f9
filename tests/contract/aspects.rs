//! What an opened item shows beside its facets: texts as their owner wrote them, ends that are announced.

use domain::{Aspect, State, Timestamp};

use crate::{
    place::Subject,
    promise::{Gap, Needs, Outcome, Promise, ensure, promise},
};

pub(crate) const PROMISES: &[Promise] = &[
    promise!("aspects", untrusted_text_comes_through_unchanged, Needs::Nothing),
    promise!("aspects", the_providers_own_words_are_shown_and_no_secret, Needs::Nothing),
    promise!("aspects", only_what_waits_for_its_deletion_says_when, Needs::Nothing),
];

pub(crate) const GAPS: &[Gap] = &[];

async fn untrusted_text_comes_through_unchanged(subject: &Subject) -> Outcome {
    let mut tried = 0;
    for known in &subject.place.known.items {
        let detail = subject.provider.inventory().open(&subject.key(known)?).await?;
        if let Some(description) = &known.description {
            tried += 1;
            let found =
                detail.aspects.iter().any(|aspect| matches!(aspect, Aspect::Description(text) if text == description));
            ensure!(found, "{}: the description came out as {:?}", known.name, detail.aspects);
        }
        if !known.tags.is_empty() {
            tried += 1;
            let sorted = |tags: &[(String, String)]| {
                let mut tags = tags.to_vec();
                tags.sort();
                tags
            };
            let same = |aspect: &Aspect| matches!(aspect, Aspect::Tags(tags) if sorted(tags) == sorted(&known.tags));
            ensure!(detail.aspects.iter().any(same), "{}: the tags came out as {:?}", known.name, detail.aspects);
        }
        if !known.aliases.is_empty() {
            tried += 1;
            let same = |aspect: &Aspect| matches!(aspect, Aspect::Aliases(names) if *names == known.aliases);
            ensure!(detail.aspects.iter().any(same), "{}: the aliases came out as {:?}", known.name, detail.aspects);
        }
    }
    ensure!(tried > 0, "the fixture has no text to try it on");
    Ok(())
}

async fn the_providers_own_words_are_shown_and_no_secret(subject: &Subject) -> Outcome {
    for known in &subject.place.known.items {
        let detail = subject.provider.inventory().open(&subject.key(known)?).await?;
        let rows: Vec<_> = detail
            .aspects
            .iter()
            .filter_map(|aspect| match aspect {
                Aspect::Native(rows) => Some(rows),
                Aspect::Access(_)
                | Aspect::Aliases(_)
                | Aspect::CertificatePolicy { .. }
                | Aspect::Description(_)
                | Aspect::Grants(_)
                | Aspect::Issuance { .. }
                | Aspect::PendingDeletion { .. }
                | Aspect::ReleasePolicy { .. }
                | Aspect::Rotation { .. }
                | Aspect::Tags(_) => None,
            })
            .flatten()
            .collect();
        ensure!(!rows.is_empty(), "{}: nothing in the provider's own words", known.name);
        ensure!(rows.iter().all(|row| !row.name.trim().is_empty()), "{}: a row without a name: {rows:?}", known.name);
        let Some(secret) = known.secret.as_ref().and_then(|value| std::str::from_utf8(value).ok()) else { continue };
        let shown = format!("{detail:?}");
        ensure!(
            !shown.contains(secret) && !rows.iter().any(|row| row.value.contains(secret)),
            "{}: its value is shown",
            known.name
        );
    }
    Ok(())
}

async fn only_what_waits_for_its_deletion_says_when(subject: &Subject) -> Outcome {
    for known in &subject.place.known.items {
        let detail = subject.provider.inventory().open(&subject.key(known)?).await?;
        let ends: Vec<_> = detail
            .aspects
            .iter()
            .filter_map(|aspect| match aspect {
                Aspect::PendingDeletion { at } => Some(*at),
                Aspect::Access(_)
                | Aspect::Aliases(_)
                | Aspect::CertificatePolicy { .. }
                | Aspect::Description(_)
                | Aspect::Grants(_)
                | Aspect::Issuance { .. }
                | Aspect::Native(_)
                | Aspect::ReleasePolicy { .. }
                | Aspect::Rotation { .. }
                | Aspect::Tags(_) => None,
            })
            .collect();
        if known.state == State::PendingDeletion {
            ensure!(ends.len() == 1 && ends[0] > Timestamp::now(), "{} is to be deleted at {ends:?}", known.name);
        } else {
            ensure!(ends.is_empty(), "{} is to be deleted at {ends:?}, and nobody asked for it", known.name);
        }
    }
    Ok(())
}
