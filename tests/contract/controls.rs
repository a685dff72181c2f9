//! The controls: a provider that lies breaks the promise it should. A promise that nothing can break promises nothing.

use std::sync::Arc;

use tokio::sync::Mutex;

use crate::{
    NOUNS,
    liar::{Liar, Lie},
    place::{Lazy, Subject},
    promise::{Needs, Outcome},
};

/// A lie, and the promise that must catch it.
pub(crate) struct Control {
    pub(crate) lie: Lie,
    promise: &'static str,
}

const fn control(lie: Lie, promise: &'static str) -> Control {
    Control { lie, promise }
}

pub(crate) const CONTROLS: &[Control] = &[
    control(Lie::AllowsEverything, "offers/what_is_allowed_works_and_what_is_refused_does_not"),
    control(Lie::AnswersOutOfOrder, "offers/every_ask_is_answered_once_in_order_with_a_reason"),
    control(Lie::AnswersWhatNobodyAsks, "rotation/what_is_allowed_can_be_planned"),
    control(Lie::ChangesTheKey, "export/the_public_key_is_the_one_read_by_another_hand"),
    control(Lie::ChangesTheValue, "secrets/the_value_is_what_was_put"),
    control(Lie::CleansTexts, "aspects/untrusted_text_comes_through_unchanged"),
    control(Lie::DropsAnItem, "inventory/every_item_is_listed_once_and_no_other"),
    control(Lie::FindsAllDone, "changes/planning_touches_nothing"),
    control(Lie::FindsEverything, "inventory/an_item_that_is_not_there_is_not_found"),
    control(Lie::FindsNothingDone, "changes/what_is_allowed_is_done_once_and_seen"),
    control(Lie::ForgetsTheDeletion, "aspects/only_what_waits_for_its_deletion_says_when"),
    control(Lie::ForgetsTheEnd, "inventory/a_vault_begins_first_and_ends_last"),
    control(Lie::GivesTheCurrentVersion, "export/each_version_hands_out_its_own_public_key"),
    control(Lie::LeavesTheOldInUse, "rotation/the_old_is_in_use_until_it_is_disabled"),
    control(Lie::LocatesEverything, "inventory/only_its_own_addresses_are_located"),
    control(Lie::NamesNoSource, "rotation/every_method_is_answered_in_order_with_its_sources"),
    control(Lie::OpensAnotherItem, "inventory/every_listed_item_opens_as_its_row"),
    control(Lie::PlansWithoutACall, "changes/planning_touches_nothing"),
    control(Lie::RefusesEverything, "offers/what_is_allowed_works_and_what_is_refused_does_not"),
    control(Lie::SaysAllIsEnabled, "inventory/a_row_says_what_the_item_is"),
    control(Lie::SaysDoneAndDoesNothing, "changes/what_is_allowed_is_done_once_and_seen"),
    control(Lie::SendsAnItemTwice, "inventory/every_item_is_listed_once_and_no_other"),
    control(Lie::SendsTheChainBackwards, "certificates/the_chain_is_what_was_issued_leaf_first"),
    control(Lie::ShowsOldVersionsFirst, "inventory/versions_are_newest_first_with_one_current"),
    control(Lie::SpoilsTheSignature, "signing/what_a_key_signs_verifies_with_its_public_key"),
];

impl Control {
    /// The promise is kept by the provider itself, and broken by the liar before it.
    pub(crate) async fn run(&self, place: &Lazy) -> Outcome {
        let mut promises = NOUNS.iter().flat_map(|(promises, _)| promises.iter());
        let promise = promises.find(|promise| promise.name == self.promise);
        let promise = promise.ok_or_else(|| format!("there is no promise {}", self.promise))?;
        let honest = match promise.needs {
            Needs::Imports | Needs::Scratch => place.scratch().await?,
            Needs::Certificates
            | Needs::Nothing
            | Needs::Policies
            | Needs::Secrets
            | Needs::Signing
            | Needs::SignIn(_) => place.subject().await?,
        };
        let _turn = honest.turn.lock().await;
        (promise.check)(honest).await?;
        let provider = Arc::new(Liar { inner: Arc::clone(&honest.provider), lie: self.lie });
        let (name, place) = (honest.name, Arc::clone(&honest.place));
        let lying = Subject { name, place, provider, turn: Mutex::default() };
        match (promise.check)(&lying).await {
            Ok(()) => Err(format!("{} did not catch it", self.promise).into()),
            Err(_) => Ok(()),
        }
    }
}
