//! Secret values: what was put in comes out, and nothing comes out of what holds none.

use domain::{FacetKind, Kind, State};

use crate::{
    place::Subject,
    promise::{Gap, Needs, Outcome, Promise, ensure, promise},
};

pub(crate) const PROMISES: &[Promise] = &[
    promise!("secrets", the_value_is_what_was_put, Needs::Secrets),
    promise!("secrets", each_enabled_version_has_a_value_of_its_own, Needs::Secrets),
    promise!("secrets", what_holds_no_secret_is_refused_with_a_reason, Needs::Secrets),
    promise!("secrets", a_value_that_is_gone_says_so, Needs::Secrets),
];

pub(crate) const GAPS: &[Gap] = &[];

/// The same bytes, or the same JSON: a KV path holds an object, which has no one text.
fn same(one: &[u8], other: &[u8]) -> bool {
    let json = |bytes| serde_json::from_slice::<serde_json::Value>(bytes).ok().filter(serde_json::Value::is_object);
    // Compared without their order.
    let sorted = |bytes| {
        json(bytes).map(|value| {
            value.as_object().cloned().map(|map| map.into_iter().collect::<std::collections::BTreeMap<_, _>>())
        })
    };
    one == other || sorted(one).is_some_and(|value| sorted(other) == Some(value))
}

async fn the_value_is_what_was_put(subject: &Subject) -> Outcome {
    let secrets = subject.provider.secrets().ok_or("no secrets")?;
    let mut tried = 0;
    for known in &subject.place.known.items {
        let Some(due) = &known.secret else { continue };
        tried += 1;
        let value = secrets.value(&subject.key(known)?, None).await;
        let value = value.map_err(|error| format!("{}: {error}", known.name))?;
        ensure!(same(value.expose(), due), "{}: another value came out", known.name);
        ensure!(!format!("{value:?}").contains(&String::from_utf8_lossy(due)[..]), "{}: Debug shows it", known.name);
    }
    ensure!(tried > 1, "nothing to try it on");
    Ok(())
}

async fn each_enabled_version_has_a_value_of_its_own(subject: &Subject) -> Outcome {
    let secrets = subject.provider.secrets().ok_or("no secrets")?;
    let mut tried = 0;
    for known in subject.place.known.items.iter().filter(|item| item.facets == [FacetKind::Secret]) {
        let key = subject.key(known)?;
        let detail = subject.provider.inventory().open(&key).await?;
        let mut seen = Vec::new();
        for version in detail.versions.iter().filter(|version| version.state == State::Enabled) {
            let value = secrets.value(&key, Some(&version.id)).await;
            let value = value.map_err(|error| format!("{} version {}: {error}", known.name, version.id))?;
            if let (true, Some(due)) = (version.current, &known.secret) {
                ensure!(same(value.expose(), due), "{}: the current version has another value", known.name);
            }
            ensure!(!seen.contains(&value.expose().to_vec()), "{}: two versions have one value", known.name);
            seen.push(value.expose().to_vec());
            tried += 1;
        }
    }
    ensure!(tried > 1, "nothing to try it on");
    Ok(())
}

async fn what_holds_no_secret_is_refused_with_a_reason(subject: &Subject) -> Outcome {
    let secrets = subject.provider.secrets().ok_or("no secrets")?;
    for known in subject.place.known.items.iter().filter(|item| !item.facets.contains(&FacetKind::Secret)) {
        let error = secrets.value(&subject.key(known)?, None).await.err();
        let error = error.ok_or_else(|| format!("{}: a value came out", known.name))?;
        ensure!(error.kind() == Kind::Unsupported, "{}: {error} is of the kind {:?}", known.name, error.kind());
    }
    Ok(())
}

async fn a_value_that_is_gone_says_so(subject: &Subject) -> Outcome {
    let secrets = subject.provider.secrets().ok_or("no secrets")?;
    for known in &subject.place.known.items {
        if known.facets != [FacetKind::Secret] || known.secret.is_some() {
            continue;
        }
        let error = secrets.value(&subject.key(known)?, None).await.err();
        let error = error.ok_or_else(|| format!("{}: a value came out", known.name))?;
        let kinds = [Kind::Conflict, Kind::Denied, Kind::NotFound];
        ensure!(kinds.contains(&error.kind()), "{}: {error} is of the kind {:?}", known.name, error.kind());
        ensure!(!error.message().is_empty() && !error.next().is_empty(), "{}: {error:?}", known.name);
    }
    Ok(())
}
