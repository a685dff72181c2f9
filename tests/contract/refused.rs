//! Refusals: one denied item or vault is shown as such, and everything beside it goes on.

use domain::{Kind, State};
use servers::Listing;

use crate::{
    place::{Subject, Who},
    promise::{Gap, Needs, Outcome, Promise, ensure, gap, promise},
};

pub(crate) const PROMISES: &[Promise] = &[
    promise!("refused", a_denied_item_is_a_row_with_its_trouble, Needs::SignIn(Who::Denied)),
    promise!("refused", a_denied_public_key_names_the_permission, Needs::SignIn(Who::Denied)),
    promise!("refused", opening_by_address_needs_no_right_to_list, Needs::SignIn(Who::Reader)),
    promise!("refused", a_list_that_is_denied_ends_with_the_permission, Needs::SignIn(Who::Reader)),
    promise!("refused", a_denied_vault_leaves_the_others_whole, Needs::SignIn(Who::Regional)),
];

pub(crate) const GAPS: &[Gap] = &[gap(
    "azure",
    "refused/a_denied_item_is_a_row_with_its_trouble",
    "a list of Key Vault tells nothing that takes the right to read",
)];

async fn a_denied_item_is_a_row_with_its_trouble(subject: &Subject) -> Outcome {
    let provider = subject.place.connect(Who::Denied).await?;
    let listing = Listing::of(&*provider).await;
    listing.in_order()?;
    let denied = subject.key(subject.known(subject.place.denied)?)?;
    let trouble = listing.row(&denied)?.trouble.as_ref().ok_or("the denied item has no trouble")?;
    ensure!(trouble.kind() == Kind::Denied, "{trouble} is of the kind {:?}", trouble.kind());
    ensure!(trouble.permission().is_some_and(|name| !name.is_empty()), "{trouble:?} names no permission");
    ensure!(trouble.refused_by().is_some_and(|who| !who.is_empty()), "{trouble:?} does not say who refused");
    for known in &subject.place.known.items {
        let key = subject.key(known)?;
        let row = listing.row(&key)?;
        if key != denied && !known.owner_only {
            ensure!(row.trouble.is_none(), "{} has a trouble: {:?}", known.name, row.trouble);
            ensure!(row.algorithm == known.algorithm, "{} lost its algorithm", known.name);
        }
    }
    // The control: who may read it has no trouble with it.
    let whole = Listing::of(&*subject.provider).await;
    ensure!(whole.row(&denied)?.trouble.is_none(), "the owner has a trouble as well");
    Ok(())
}

async fn a_denied_public_key_names_the_permission(subject: &Subject) -> Outcome {
    let provider = subject.place.connect(Who::Denied).await?;
    let denied = subject.key(subject.known(subject.place.denied)?)?;
    let error = provider.inventory().public_key(&denied, None).await.err().ok_or("the key came out")?;
    ensure!(error.kind() == Kind::Denied, "{error} is of the kind {:?}", error.kind());
    ensure!(error.permission().is_some_and(|name| !name.is_empty()), "{error:?} names no permission");
    subject.provider.inventory().public_key(&denied, None).await.map_err(|error| format!("the owner too: {error}"))?;
    Ok(())
}

async fn opening_by_address_needs_no_right_to_list(subject: &Subject) -> Outcome {
    let provider = subject.place.connect(Who::Reader).await?;
    let known = subject.known(subject.place.readable)?;
    let key = provider.inventory().locate(&known.address).ok_or("the address is not located")?;
    let detail = provider.inventory().open(&key).await?;
    ensure!(detail.item.algorithm == known.algorithm, "{:?}", detail.item);
    ensure!(detail.item.state == State::Enabled, "{:?}", detail.item);
    let read = provider.inventory().public_key(&key, None).await?;
    ensure!(Some(&read) == known.public_key.as_ref(), "another key came out");
    Ok(())
}

async fn a_list_that_is_denied_ends_with_the_permission(subject: &Subject) -> Outcome {
    let provider = subject.place.connect(Who::Reader).await?;
    let listing = Listing::of(&*provider).await;
    listing.in_order()?;
    ensure!(!listing.vaults.is_empty(), "a listing without a vault is no answer");
    let (vault, error) = listing.troubles().next().ok_or("every vault ended as if it were complete")?;
    ensure!(error.kind() == Kind::Denied, "{}: {error} is of the kind {:?}", vault.id, error.kind());
    ensure!(error.permission().is_some_and(|name| !name.is_empty()), "{error:?} names no permission");
    Ok(())
}

async fn a_denied_vault_leaves_the_others_whole(subject: &Subject) -> Outcome {
    let provider = subject.place.connect(Who::Regional).await?;
    let listing = Listing::of(&*provider).await;
    listing.in_order()?;
    let denied: Vec<_> = listing.troubles().map(|(vault, error)| (vault.id.clone(), error)).collect();
    ensure!(denied.len() == 1, "one vault is denied, {} have trouble", denied.len());
    let (vault, error) = &denied[0];
    ensure!(error.kind() == Kind::Denied, "{error} is of the kind {:?}", error.kind());
    ensure!(error.permission().is_some(), "{error:?} names no permission");
    for known in &subject.place.known.items {
        let key = subject.key(known)?;
        if key.vault != *vault && !known.owner_only {
            ensure!(listing.row(&key)?.trouble.is_none(), "{} has a trouble", known.name);
        }
    }
    Ok(())
}
