//! Policies come as texts that a person can read, with where they may be written, and what is known around them.

use domain::{Answer, Ask, ItemKey, Kind, Known};
use servers::Listing;

use crate::{
    place::Subject,
    promise::{Gap, Needs, Outcome, Promise, ensure, promise},
};

pub(crate) const PROMISES: &[Promise] = &[
    promise!("policies", the_policies_of_an_item_are_read_as_they_stand, Needs::Policies),
    promise!("policies", where_a_policy_may_be_written_the_place_has_policies, Needs::Nothing),
    promise!("policies", an_unknown_item_has_no_policies_of_its_own, Needs::Policies),
];

pub(crate) const GAPS: &[Gap] = &[];

async fn the_policies_of_an_item_are_read_as_they_stand(subject: &Subject) -> Outcome {
    let policies = subject.provider.policies().ok_or("no policies")?;
    let mut read = 0;
    for item in Listing::of(&*subject.provider).await.items {
        let texts = match policies.policies(&item.key).await {
            Ok(texts) => texts,
            Err(error) if error.kind() == Kind::Unsupported => continue,
            Err(error) => return Err(format!("{}: {error}", item.name).into()),
        };
        ensure!(!texts.is_empty(), "{}: no policy and no reason", item.name);
        for policy in texts {
            let text = policy.text.map_err(|error| format!("{}: {}: {error}", item.name, policy.id))?;
            let wrong = policy::malformed(policy.language, &text);
            ensure!(wrong.is_empty(), "{}: {} is none of its language: {wrong:?}", item.name, policy.id);
            ensure!(!policy.reach.is_empty(), "{}: {} says nothing of its reach", item.name, policy.id);
            read += 1;
        }
        let around = policies.surroundings(&item.key).await;
        ensure!(around.item.is_some(), "{}: its full address is not known", item.name);
        let caller =
            around.caller.ok_or_else(|| format!("{}: nobody knows who asks: {:?}", item.name, around.unread))?;
        if let Known::Read(own) = &caller.policies {
            ensure!(own.iter().all(|policy| !policy.name.is_empty()), "{}: {own:?}", caller.id);
        }
    }
    ensure!(read > 0, "not one policy was read");
    Ok(())
}

async fn where_a_policy_may_be_written_the_place_has_policies(subject: &Subject) -> Outcome {
    for item in Listing::of(&*subject.provider).await.items {
        let offers = subject.provider.offers(&item).await;
        let offered = offers.iter().any(|offer| offer.ask == Ask::ChangePolicy && offer.answer == Answer::Allow);
        ensure!(
            !offered || subject.provider.policies().is_some(),
            "{}: its policy may be changed, and cannot be read",
            item.name
        );
    }
    Ok(())
}

async fn an_unknown_item_has_no_policies_of_its_own(subject: &Subject) -> Outcome {
    let policies = subject.provider.policies().ok_or("no policies")?;
    let Some(item) = Listing::of(&*subject.provider).await.items.into_iter().next() else { return Ok(()) };
    let mut key = item.key;
    key.id = format!("{}-that-is-not-there", key.id);
    // A place whose policies are the cluster's answers all the same; one whose policies are the item's says so.
    match policies.policies(&key).await {
        Ok(texts) => ensure!(texts.iter().all(|it| it.text.is_err() || it.reach.contains("path")), "{texts:?}"),
        Err(error) => ensure!(
            matches!(error.kind(), Kind::NotFound | Kind::Denied | Kind::Invalid | Kind::Unsupported),
            "{error:?}"
        ),
    }
    Ok(())
}

/// Everything that the policies of an item say, but for how it is laid out; empty where it has none.
pub(crate) async fn texts(subject: &Subject, item: &ItemKey) -> String {
    let Some(policies) = subject.provider.policies() else { return String::new() };
    let Ok(texts) = policies.policies(item).await else { return String::new() };
    let said = texts.into_iter().map(|policy| {
        let text = policy.text.unwrap_or_else(|error| error.to_string());
        serde_json::from_str::<serde_json::Value>(&text).map_or(text, |value| value.to_string())
    });
    said.collect::<Vec<_>>().join("\n")
}
