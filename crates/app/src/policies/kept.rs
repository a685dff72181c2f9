//! What Claviger keeps of policies: drafts that were begun, and what a policy read before each change made here.

use std::collections::BTreeMap;

use contract::{Nothing, PolicyDraftWire, PolicyPastWire, SavePolicyDraft};
use domain::{Ask, Event, ItemRef, Result, Stage, Target, Timestamp};
use journal::PolicyDraft;

use crate::{App, items::Found, off_thread, wire};

/// So many records of the journal are read at a time, and so many pages at most: beyond that lies Activity.
const READ: u32 = 500;
const PAGES: usize = 40;
/// More are not shown at a policy.
const MOST: usize = 50;

impl App {
    /// The drafts of an item, each under the name of its policy.
    pub(super) async fn policy_drafts(&self, reference: &str) -> Result<BTreeMap<String, PolicyDraftWire>> {
        let reference = reference.to_owned();
        let drafts = self.journal(move |journal| journal.policy_drafts(&reference)).await?;
        let wire =
            |draft: PolicyDraft| PolicyDraftWire { base: draft.base, text: draft.text, at: wire::instant(draft.at) };
        Ok(drafts.into_iter().map(|(policy, draft)| (policy, wire(draft))).collect())
    }

    pub(super) async fn keep_policy_draft(&self, request: SavePolicyDraft) -> Result<Nothing> {
        let SavePolicyDraft { reference, policy, base, text } = request;
        let reference = reference.parse::<ItemRef>()?.to_string();
        self.journal(move |journal| match text {
            Some(text) => {
                let draft = PolicyDraft { base, text, at: Timestamp::now() };
                journal.keep_policy_draft(&reference, &policy, &draft)
            }
            None => journal.drop_policy_draft(&reference, &policy),
        })
        .await?;
        Ok(Nothing {})
    }

    /// What each policy read before changes that were made here, newest first. A policy of a whole place may have been
    /// changed at another item, so that the connection decides, not the item.
    pub(super) async fn policy_history(&self, found: &Found) -> Result<Vec<(String, PolicyPastWire)>> {
        let (chain, name) = (self.0.chain.clone(), found.connection.connection.name.clone());
        let target = Target::Item(found.key.clone());
        let of_item = self.is_of_item(found);
        off_thread(move || {
            let (mut past, mut before) = (Vec::new(), None);
            for _ in 0..PAGES {
                let page = chain.page(before, READ)?;
                before = page.entries.last().and_then(|records| records.first()).map(|first| first.sequence);
                for records in &page.entries {
                    let records: Vec<_> = records.iter().map(|chained| chained.record.clone()).collect();
                    let Some(first) = records.first() else { continue };
                    let Event::Intent { order, connection, actor, plan, .. } = &first.event else { continue };
                    let same = *connection == name && (!of_item || plan.target == target);
                    if plan.ask != Ask::ChangePolicy || !same || !matches!(Stage::of(&records), Some(Stage::Finished)) {
                        continue;
                    }
                    let answers = plan.undo.as_ref().map(|undo| &undo.answers);
                    let answer = |name: &str| answers.and_then(|answers| answers.get(name)).cloned();
                    if let (Some(policy), Some(before)) = (answer("policy"), answer("text")) {
                        let (order, actor, at) = (order.0.clone(), actor.clone(), wire::instant(first.at));
                        past.push((policy, PolicyPastWire { order, at, actor, before }));
                    }
                }
                if !page.more || before.is_none() || past.len() >= MOST {
                    break;
                }
            }
            past.truncate(MOST);
            Ok(past)
        })
        .await
    }

    /// Whether the policies of an item are its own, and not those of its place.
    fn is_of_item(&self, found: &Found) -> bool {
        let scene = self.0.scenes.of(&found.reference().to_string());
        scene
            .is_none_or(|scene| scene.policies.iter().all(|policy| policy.language != domain::PolicyLanguage::VaultAcl))
    }
}
