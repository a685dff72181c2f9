//! A provider that stands before another one and lies about one thing.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use domain::{
    AccessCheck, Answer, Ask, Aspect, Certificates, Change, Changes, Entry, Error, Finding, Identity, Inventory, Item,
    ItemDetail, ItemKey, Kind, Offer, Outcome, Performed, Plan, Provider, Question, Result, RotationOffer,
    RotationStep, RotationSubject, Rotations, Secret, Secrets, Sending, SignatureAlgorithm, Signing, State, Target,
    VaultId, Wish,
};
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};

/// What it lies about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Lie {
    AllowsEverything,
    AnswersOutOfOrder,
    AnswersWhatNobodyAsks,
    ChangesTheKey,
    ChangesTheValue,
    CleansTexts,
    DropsAnItem,
    FindsAllDone,
    FindsEverything,
    FindsNothingDone,
    ForgetsTheDeletion,
    ForgetsTheEnd,
    GivesTheCurrentVersion,
    LeavesTheOldInUse,
    LocatesEverything,
    NamesNoSource,
    OpensAnotherItem,
    PlansWithoutACall,
    RefusesEverything,
    SaysAllIsEnabled,
    SaysDoneAndDoesNothing,
    SendsAnItemTwice,
    SendsTheChainBackwards,
    ShowsOldVersionsFirst,
    SpoilsTheSignature,
}

/// The liar, and the provider behind it.
#[derive(Debug)]
pub(crate) struct Liar {
    pub(crate) inner: Arc<dyn Provider>,
    pub(crate) lie: Lie,
}

impl Liar {
    fn tells(&self, lie: Lie) -> bool {
        self.lie == lie
    }

    /// Some item of the place, which is not the one that was asked for.
    async fn another(&self, key: &ItemKey) -> Option<ItemKey> {
        let entries: Vec<Entry> = self.inner.inventory().list().collect().await;
        entries.into_iter().find_map(|entry| match entry {
            Entry::Item(item) if item.key != *key && item.name.starts_with("rsa") => Some(item.key),
            Entry::Item(_) | Entry::Vault(_) | Entry::End { .. } => None,
        })
    }

    fn spoil(&self, item: &mut Item) {
        if self.tells(Lie::SaysAllIsEnabled) {
            item.state = State::Enabled;
        }
    }
}

#[async_trait]
impl Provider for Liar {
    async fn identity(&self) -> Result<Identity> {
        self.inner.identity().await
    }

    async fn check_access(&self) -> Vec<AccessCheck> {
        self.inner.check_access().await
    }

    fn inventory(&self) -> &dyn Inventory {
        self
    }

    fn certificates(&self) -> Option<&dyn Certificates> {
        self.inner.certificates().map(|_| self as &dyn Certificates)
    }

    fn secrets(&self) -> Option<&dyn Secrets> {
        self.inner.secrets().map(|_| self as &dyn Secrets)
    }

    fn signing(&self) -> Option<&dyn Signing> {
        self.inner.signing().map(|_| self as &dyn Signing)
    }

    fn changes(&self) -> &dyn Changes {
        self
    }

    fn rotations(&self) -> Option<&dyn Rotations> {
        self.inner.rotations().map(|_| self as &dyn Rotations)
    }

    async fn offers(&self, item: &Item) -> Vec<Offer> {
        let mut offers = self.inner.offers(item).await;
        for offer in &mut offers {
            if self.tells(Lie::AllowsEverything) {
                offer.answer = Answer::Allow;
            }
            if self.tells(Lie::RefusesEverything) {
                offer.answer = Answer::Refuse { because: "No.".to_owned(), permission: None };
            }
        }
        if self.tells(Lie::AnswersOutOfOrder) {
            offers.reverse();
        }
        offers
    }
}

#[async_trait]
impl Changes for Liar {
    async fn vault_offers(&self, vault: &VaultId) -> Vec<Offer> {
        self.inner.changes().vault_offers(vault).await
    }

    async fn questions(&self, ask: Ask, target: &Target) -> Result<Vec<Question>> {
        self.inner.changes().questions(ask, target).await
    }

    async fn plan(&self, change: &Change) -> Result<Plan> {
        let mut plan = self.inner.changes().plan(change).await?;
        if self.tells(Lie::PlansWithoutACall) {
            plan.steps.clear();
        }
        Ok(plan)
    }

    async fn perform(&self, sending: Sending) -> Outcome {
        if self.tells(Lie::SaysDoneAndDoesNothing) {
            return Outcome::Done { request_id: None, results: BTreeMap::new() };
        }
        self.inner.changes().perform(sending).await
    }

    async fn check(&self, performed: &Performed) -> Result<Finding> {
        let evidence = "Nobody looked.".to_owned();
        if self.tells(Lie::FindsAllDone) {
            return Ok(Finding::Done { evidence, results: BTreeMap::new() });
        }
        if self.tells(Lie::FindsNothingDone) {
            return Ok(Finding::NotDone { evidence });
        }
        self.inner.changes().check(performed).await
    }
}

impl Rotations for Liar {
    fn methods(&self, item: &ItemDetail) -> Vec<RotationOffer> {
        let mut offers = self.inner.rotations().map(|inner| inner.methods(item)).unwrap_or_default();
        if self.tells(Lie::NamesNoSource) {
            offers.iter_mut().flat_map(|offer| &mut offer.facts).for_each(|fact| fact.source = "");
        }
        offers
    }

    fn wish(&self, subject: &RotationSubject<'_>, step: RotationStep) -> Result<Wish> {
        let disables = self.tells(Lie::LeavesTheOldInUse) && step == RotationStep::DisableOld;
        let step = if disables { RotationStep::Create } else { step };
        let missing = || Error::new(Kind::Unsupported, "plan the rotation", "none here");
        let wish = self.inner.rotations().ok_or_else(missing)?.wish(subject, step)?;
        Ok(if self.tells(Lie::AnswersWhatNobodyAsks) { wish.answer("mood", "good") } else { wish })
    }
}

#[async_trait]
impl Inventory for Liar {
    fn list(&self) -> BoxStream<'_, Entry> {
        let mut seen = 0;
        let entries = self.inner.inventory().list().flat_map(move |entry| {
            let sent = match entry {
                Entry::Item(mut item) => {
                    seen += 1;
                    self.spoil(&mut item);
                    match seen {
                        3 if self.tells(Lie::DropsAnItem) => Vec::new(),
                        3 if self.tells(Lie::SendsAnItemTwice) => vec![Entry::Item(item.clone()), Entry::Item(item)],
                        _ => vec![Entry::Item(item)],
                    }
                }
                Entry::End { .. } if self.tells(Lie::ForgetsTheEnd) => Vec::new(),
                Entry::End { .. } | Entry::Vault(_) => vec![entry],
            };
            stream::iter(sent)
        });
        entries.boxed()
    }

    async fn open(&self, item: &ItemKey) -> Result<ItemDetail> {
        let missing = self.tells(Lie::FindsEverything) && self.inner.inventory().open(item).await.is_err();
        let other = if missing || self.tells(Lie::OpensAnotherItem) { self.another(item).await } else { None };
        let mut detail = self.inner.inventory().open(other.as_ref().unwrap_or(item)).await?;
        self.spoil(&mut detail.item);
        if self.tells(Lie::ShowsOldVersionsFirst) {
            detail.versions.reverse();
        }
        if self.tells(Lie::ForgetsTheDeletion) {
            detail.aspects.retain(|aspect| !matches!(aspect, Aspect::PendingDeletion { .. }));
        }
        if self.tells(Lie::CleansTexts) {
            for aspect in &mut detail.aspects {
                if let Aspect::Tags(tags) = aspect {
                    tags.iter_mut().for_each(|(_, value)| *value = value.replace(['<', '>', '\u{202e}'], ""));
                }
            }
        }
        Ok(detail)
    }

    async fn public_key(&self, item: &ItemKey, version: Option<&str>) -> Result<Vec<u8>> {
        let version = version.filter(|_| !self.tells(Lie::GivesTheCurrentVersion));
        let mut der = self.inner.inventory().public_key(item, version).await?;
        if let (true, Some(last)) = (self.tells(Lie::ChangesTheKey), der.last_mut()) {
            *last ^= 1;
        }
        Ok(der)
    }

    fn locate(&self, address: &str) -> Option<ItemKey> {
        let located = self.inner.inventory().locate(address);
        if self.tells(Lie::LocatesEverything) {
            located.or_else(|| Some(ItemKey::new("keystore", address)))
        } else {
            located
        }
    }
}

#[async_trait]
impl Certificates for Liar {
    async fn chain(&self, item: &ItemKey, version: Option<&str>) -> Result<Vec<Vec<u8>>> {
        let missing = || Error::new(Kind::Unsupported, "read the certificate", "none here");
        let mut chain = self.inner.certificates().ok_or_else(missing)?.chain(item, version).await?;
        if self.tells(Lie::SendsTheChainBackwards) {
            chain.reverse();
        }
        Ok(chain)
    }
}

#[async_trait]
impl Secrets for Liar {
    async fn value(&self, item: &ItemKey, version: Option<&str>) -> Result<Secret> {
        let missing = || Error::new(Kind::Unsupported, "read the value", "none here");
        let value = self.inner.secrets().ok_or_else(missing)?.value(item, version).await?;
        if !self.tells(Lie::ChangesTheValue) {
            return Ok(value);
        }
        Ok(Secret::new(value.expose().iter().map(|byte| byte ^ 1).collect()))
    }
}

#[async_trait]
impl Signing for Liar {
    async fn sign(
        &self,
        item: &ItemKey,
        version: Option<&str>,
        algorithm: SignatureAlgorithm,
        digest: &[u8],
    ) -> Result<Vec<u8>> {
        let signing =
            self.inner.signing().ok_or_else(|| Error::new(Kind::Unsupported, "sign", "nothing signs here"))?;
        let mut signature = signing.sign(item, version, algorithm, digest).await?;
        if let (true, Some(last)) = (self.tells(Lie::SpoilsTheSignature), signature.last_mut()) {
            *last ^= 1;
        }
        Ok(signature)
    }
}
