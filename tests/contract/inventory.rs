//! What every inventory keeps: everything once, each row openable.

use domain::{ItemKey, Kind};
use futures::StreamExt;
use servers::{KnownItem, Listing};

use crate::{
    place::{Subject, Who},
    promise::{Gap, Needs, Outcome, Promise, ensure, gap, promise},
};

pub(crate) const PROMISES: &[Promise] = &[
    promise!("inventory", a_vault_begins_first_and_ends_last, Needs::Nothing),
    promise!("inventory", every_item_is_listed_once_and_no_other, Needs::Nothing),
    promise!("inventory", a_row_says_what_the_item_is, Needs::Nothing),
    promise!("inventory", every_listed_item_opens_as_its_row, Needs::Nothing),
    promise!("inventory", versions_are_newest_first_with_one_current, Needs::Nothing),
    promise!("inventory", an_item_that_is_not_there_is_not_found, Needs::Nothing),
    promise!("inventory", only_its_own_addresses_are_located, Needs::Nothing),
    promise!("inventory", another_part_of_the_server_is_another_list, Needs::SignIn(Who::Elsewhere)),
    promise!("inventory", a_listing_can_be_dropped_and_begun_again, Needs::Nothing),
];

pub(crate) const GAPS: &[Gap] = &[gap(
    "fakecloud",
    "inventory/another_part_of_the_server_is_another_list",
    "it lists the keys of all Regions in each",
)];

async fn a_vault_begins_first_and_ends_last(subject: &Subject) -> Outcome {
    let listing = Listing::of(&*subject.provider).await;
    listing.in_order()?;
    ensure!(!listing.vaults.is_empty(), "no vault at all");
    if let Some((vault, error)) = listing.troubles().next() {
        return Err(format!("{} ended with {error}", vault.id).into());
    }
    let named = listing.vaults.iter().all(|(vault, _)| !vault.name.is_empty() && !vault.native_kind.is_empty());
    ensure!(named, "a vault without a name or a kind");
    Ok(())
}

async fn every_item_is_listed_once_and_no_other(subject: &Subject) -> Outcome {
    let listing = Listing::of(&*subject.provider).await;
    let counts = listing.counts();
    let mut known = Vec::new();
    for item in &subject.place.known.items {
        known.push(subject.key(item)?);
    }
    let missing: Vec<&ItemKey> = known.iter().filter(|key| !counts.contains_key(key)).collect();
    let strange: Vec<_> = counts.keys().filter(|key| !known.contains(key)).collect();
    let twice: Vec<_> = counts.iter().filter(|(_, count)| **count > 1).collect();
    ensure!(missing.is_empty(), "missing: {missing:?}; strange: {strange:?}");
    ensure!(strange.is_empty(), "nobody made these: {strange:?}");
    ensure!(twice.is_empty(), "more than once: {twice:?}");
    Ok(())
}

async fn a_row_says_what_the_item_is(subject: &Subject) -> Outcome {
    let listing = Listing::of(&*subject.provider).await;
    each_known(subject, |known| {
        let row = listing.row(&subject.key(known)?)?;
        ensure!(row.trouble.is_none(), "has a trouble: {:?}", row.trouble);
        ensure!(row.name == known.name, "is called {:?}", row.name);
        let facets: Vec<_> = row.facets.iter().map(|facet| facet.kind).collect();
        ensure!(facets == known.facets, "has the facets {facets:?}, not {:?}", known.facets);
        let told = subject.place.lists_kinds || row.algorithm.is_some();
        ensure!(!told || row.algorithm == known.algorithm, "is {:?}, not {:?}", row.algorithm, known.algorithm);
        ensure!(row.state == known.state, "is {:?}, not {:?}", row.state, known.state);
        ensure!(!row.native_kind.is_empty(), "has no kind");
        Ok(())
    })
}

async fn every_listed_item_opens_as_its_row(subject: &Subject) -> Outcome {
    let listing = Listing::of(&*subject.provider).await;
    ensure!(!listing.items.is_empty(), "nothing was listed");
    for row in &listing.items {
        let opened = subject.provider.inventory().open(&row.key).await;
        let detail = opened.map_err(|error| format!("{:?}: {error}", row.key))?;
        let item = &detail.item;
        ensure!(item.key == row.key, "{:?} opened as {:?}", row.key, item.key);
        let told = subject.place.lists_kinds || row.algorithm.is_some();
        let same = item.name == row.name && (!told || item.algorithm == row.algorithm) && item.state == row.state;
        ensure!(same, "listed as {row:?}, opened as {item:?}");
        let kinds = |item: &domain::Item| item.facets.iter().map(|facet| facet.kind).collect::<Vec<_>>();
        ensure!(kinds(item) == kinds(row), "listed as {row:?}, opened as {item:?}");
    }
    Ok(())
}

async fn versions_are_newest_first_with_one_current(subject: &Subject) -> Outcome {
    for known in &subject.place.known.items {
        let name = &known.name;
        let detail = subject.provider.inventory().open(&subject.key(known)?).await?;
        let versions = &detail.versions;
        if let Some(count) = known.versions {
            ensure!(versions.len() == count, "{name} shows {} versions, not {count}", versions.len());
        }
        if versions.is_empty() {
            continue;
        }
        let current: Vec<_> = versions.iter().filter(|version| version.current).map(|version| &version.id).collect();
        ensure!(current.len() == 1, "{name} has these current versions: {current:?}");
        let said = detail.item.current_version.as_ref();
        ensure!(said.is_none_or(|said| said == current[0]), "{name} is at {said:?}, its versions at {current:?}");
        let made: Vec<_> = versions.iter().filter_map(|version| version.created).collect();
        ensure!(made.is_sorted_by(|newer, older| newer >= older), "{name}: not newest first: {versions:?}");
    }
    Ok(())
}

async fn an_item_that_is_not_there_is_not_found(subject: &Subject) -> Outcome {
    let inventory = subject.provider.inventory();
    let key =
        inventory.locate(&subject.place.missing).ok_or_else(|| format!("{} is not located", subject.place.missing))?;
    for error in [inventory.open(&key).await.err(), inventory.public_key(&key, None).await.err()] {
        let error = error.ok_or("something was found where nothing is")?;
        ensure!(error.kind() == Kind::NotFound, "{error} is of the kind {:?}", error.kind());
        ensure!(!error.next().is_empty(), "{error}: nothing to do next");
    }
    Ok(())
}

async fn only_its_own_addresses_are_located(subject: &Subject) -> Outcome {
    for address in [
        "",
        " ",
        "https://",
        "https://elsewhere.example/v1/transit/keys/x",
        "arn:aws:s3:::bucket",
        "arn:aws:kms:eu-west-1",
        "\u{202e}\u{0}",
    ] {
        let located = subject.provider.inventory().locate(address);
        ensure!(located.is_none(), "{address:?} became {located:?}");
    }
    let mut keys = Vec::new();
    for item in &subject.place.known.items {
        keys.push(subject.key(item)?);
    }
    keys.sort();
    ensure!(keys.windows(2).all(|pair| pair[0] != pair[1]), "two addresses became one item");
    Ok(())
}

async fn another_part_of_the_server_is_another_list(subject: &Subject) -> Outcome {
    let provider = subject.place.connect(Who::Elsewhere).await?;
    let listing = Listing::of(&*provider).await;
    listing.in_order()?;
    ensure!(!listing.vaults.is_empty(), "no vault, where an empty one is due");
    if let Some((vault, error)) = listing.troubles().next() {
        return Err(format!("{} ended with {error}", vault.id).into());
    }
    let names: Vec<&str> = listing.items.iter().map(|item| item.name.as_str()).collect();
    ensure!(names == subject.place.elsewhere, "{names:?} is there, not {:?}", subject.place.elsewhere);
    for item in &listing.items {
        provider.inventory().open(&item.key).await?;
    }
    Ok(())
}

async fn a_listing_can_be_dropped_and_begun_again(subject: &Subject) -> Outcome {
    let mut begun = subject.provider.inventory().list();
    ensure!(begun.next().await.is_some(), "an empty listing");
    drop(begun);
    let (one, other) = tokio::join!(Listing::of(&*subject.provider), Listing::of(&*subject.provider));
    ensure!(one.counts() == other.counts(), "two listings side by side differ");
    Ok(())
}

/// Each known item must hold; every one that does not is told, not only the first.
fn each_known(subject: &Subject, check: impl Fn(&KnownItem) -> Outcome) -> Outcome {
    let mut broken = Vec::new();
    for item in &subject.place.known.items {
        if let Err(failed) = check(item) {
            broken.push(format!("{}: {}", item.name, failed.message().unwrap_or_default()));
        }
    }
    ensure!(broken.is_empty(), "\n  {}", broken.join("\n  "));
    Ok(())
}
