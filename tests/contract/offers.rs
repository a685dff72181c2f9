//! Offers: every ask is answered, and the answer is true.

use domain::{Answer, Ask, Item};
use servers::Listing;

use crate::{
    place::{Subject, Who},
    promise::{Gap, Needs, Outcome, Promise, ensure, promise},
};

pub(crate) const PROMISES: &[Promise] = &[
    promise!("offers", every_ask_is_answered_once_in_order_with_a_reason, Needs::Nothing),
    promise!("offers", what_is_allowed_works_and_what_is_refused_does_not, Needs::Nothing),
    promise!("offers", what_is_denied_names_the_permission, Needs::SignIn(Who::Denied)),
];

pub(crate) const GAPS: &[Gap] = &[];

async fn every_ask_is_answered_once_in_order_with_a_reason(subject: &Subject) -> Outcome {
    for item in Listing::of(&*subject.provider).await.items {
        let offers = subject.provider.offers(&item).await;
        let asks: Vec<Ask> = offers.iter().map(|offer| offer.ask).collect();
        ensure!(asks == Ask::OF_ITEM, "{}: {asks:?}", item.name);
        for offer in offers {
            let said = match &offer.answer {
                Answer::Allow => true,
                Answer::Refuse { because, .. } => !because.trim().is_empty(),
                Answer::Unknown { probe } => !probe.trim().is_empty(),
            };
            ensure!(said, "{}: {offer:?} says nothing", item.name);
        }
    }
    Ok(())
}

async fn what_is_allowed_works_and_what_is_refused_does_not(subject: &Subject) -> Outcome {
    let mut broken = Vec::new();
    let mut allowed = [0; Ask::OF_ITEM.len()];
    for row in Listing::of(&*subject.provider).await.items {
        // As the window does: the offers of an item that was opened.
        let item = subject.provider.inventory().open(&row.key).await?.item;
        let reads = |offer: &domain::Offer| !offer.ask.changes();
        for (at, offer) in subject.provider.offers(&item).await.into_iter().filter(reads).enumerate() {
            let tried = try_it(subject, &item, offer.ask).await;
            match (&offer.answer, tried) {
                (Answer::Allow, Some(Ok(()))) => allowed[at] += 1,
                (Answer::Refuse { .. }, Some(Err(_)) | None) | (Answer::Unknown { .. }, _) => {}
                (Answer::Allow, Some(Err(error))) => {
                    broken.push(format!("{}: {:?} was allowed: {error}", item.name, offer.ask))
                }
                (Answer::Allow, None) => {
                    broken.push(format!("{}: {:?} was allowed, but not here", item.name, offer.ask))
                }
                (Answer::Refuse { because, .. }, Some(Ok(()))) => {
                    broken.push(format!("{}: {:?} was refused ({because}), and works", item.name, offer.ask));
                }
            }
        }
    }
    ensure!(broken.is_empty(), "\n  {}", broken.join("\n  "));
    ensure!(allowed.iter().any(|count| *count > 0), "nothing at all was allowed");
    Ok(())
}

/// Does what is asked; `None` where the place has no such thing.
async fn try_it(subject: &Subject, item: &Item, ask: Ask) -> Option<domain::Result<()>> {
    Some(match ask {
        Ask::BackUp => subject.provider.backups()?.back_up(&item.key).await.map(drop),
        Ask::ExportCertificate => subject.provider.certificates()?.chain(&item.key, None).await.map(drop),
        Ask::ExportPrivateKey => subject.provider.certificates()?.with_key(&item.key, None).await.map(drop),
        Ask::ExportPublicKey => subject.provider.inventory().public_key(&item.key, None).await.map(drop),
        Ask::ExportSigningRequest => subject.provider.certificates()?.signing_request(&item.key).await.map(drop),
        Ask::RevealSecret => subject.provider.secrets()?.value(&item.key, None).await.map(drop),
        // Changes have promises of their own.
        _ => return None,
    })
}

async fn what_is_denied_names_the_permission(subject: &Subject) -> Outcome {
    let provider = subject.place.connect(Who::Denied).await?;
    let key = subject.key(subject.known(subject.place.denied)?)?;
    let listing = Listing::of(&*provider).await;
    let offers = provider.offers(listing.row(&key)?).await;
    let offer = offers.iter().find(|offer| offer.ask == Ask::ExportPublicKey).ok_or("no answer")?;
    let said = match &offer.answer {
        Answer::Allow => false,
        Answer::Refuse { permission, .. } => permission.as_ref().is_some_and(|name| !name.is_empty()),
        Answer::Unknown { probe } => !probe.is_empty(),
    };
    ensure!(said, "{offer:?}");
    Ok(())
}
