//! Policies: read where they are kept, said in words, changed only when it is known who could still change them.
//!
//! What a text means is `policy`'s to say; this room brings it together with what the place tells (`scene`), keeps drafts
//! and finds what a policy read before (`kept`), weighs every change of one before a person reads its plan (`weigh`), and
//! grades who is let in by the proof it takes (`proofs`).

mod form;
mod kept;
mod proofs;
mod reading;
mod scene;
mod weigh;

use contract::{
    EditStatement, MergePolicy, MergedPolicy, Nothing, OpenItem, PoliciesWire, PolicyReading, PolicyRow, PolicyTarget,
    ReadPolicy, SavePolicyDraft, SimulateAccess, SimulatedAccess, WireError,
};
use domain::{Ask, Error, Kind, Offer, PolicyLanguage, PolicyText, Result, Surroundings};

use crate::{App, items::Found, wire};
pub(crate) use scene::{Scene, Scenes};

const READ: &str = "read the policy";
const MERGE: &str = "change the text";

impl App {
    /// The policies that decide about an item, with drafts, history, and what is known around them.
    ///
    /// # Errors
    /// `Unsupported` where the item has none that is shown, or as the place says.
    pub async fn open_policies(&self, request: OpenItem) -> Result<PoliciesWire> {
        let found = self.find(&request.reference).await?;
        let reference = found.reference().to_string();
        let (scene, detail) = futures::join!(self.scene_of(&found), self.detail(&found));
        let (scene, item) = (scene?, detail?.item);
        let offers = found.provider.offers(&item).await;
        let change = offers.iter().find(|offer| offer.ask == Ask::ChangePolicy);
        let none = || Offer::refuse(Ask::ChangePolicy, "No policy is written here.");
        let change = wire::offer(&change.cloned().unwrap_or_else(none));
        let history = self.policy_history(&found).await?;
        let mut drafts = self.policy_drafts(&reference).await?;
        let mut policies = Vec::with_capacity(scene.policies.len());
        for policy in scene.policies.iter() {
            let past = history.iter().filter(|(id, _)| *id == policy.id).map(|(_, past)| past.clone()).collect();
            policies.push(PolicyRow { draft: drafts.remove(&policy.id), history: past, ..row(policy, &scene) });
        }
        policies.sort_by_key(|policy| !policy.of_item);
        let around = &scene.around;
        let wire = PoliciesWire {
            reference,
            name: item.name,
            connection: found.connection.connection.name.clone(),
            environment: found.connection.connection.environment.clone(),
            policies,
            caller: around.caller.as_ref().map(|caller| caller.id.clone()),
            unread: scene.unread(),
            change,
        };
        Ok(wire)
    }

    /// What a policy's text means, who could do what by it, and what it would change.
    ///
    /// # Errors
    /// `NotFound` if there is no such item; `Invalid` for a language that is not known.
    pub async fn read_policy(&self, request: ReadPolicy) -> Result<PolicyReading> {
        let (language, around) = self.aimed(&request.target, &request.text).await?;
        crate::off_thread(move || Ok(reading::of(language, &request.base, &request.text, &around))).await
    }

    /// A policy's text with a template's part put in, or taken out.
    ///
    /// # Errors
    /// `Invalid` for an answer that is none, `Conflict` for a text that cannot be read.
    pub async fn merge_policy(&self, request: MergePolicy) -> Result<MergedPolicy> {
        let (language, around) = self.aimed(&request.target, &request.text).await?;
        let MergePolicy { text, template, answers, take_back, .. } = request;
        let merged = match take_back {
            true => policy::take_back(language, &text, &template, &answers, &around),
            false => policy::merge(language, &text, &template, &answers, &around),
        };
        let policy::Merged { text, changed, says } = merged.map_err(|trouble| troubled(&trouble))?;
        Ok(MergedPolicy { text, changed, says })
    }

    /// A policy's text with one statement as a form has it.
    ///
    /// # Errors
    /// `Unsupported` where the language has no form, `Invalid` for a statement that is none.
    pub async fn edit_statement(&self, request: EditStatement) -> Result<MergedPolicy> {
        let (language, _) = self.aimed(&request.target, &request.text).await?;
        form::edited(language, &request.text, request.index, request.fields.as_ref())
    }

    /// Which statement of a policy would answer a request. Asks nobody.
    ///
    /// # Errors
    /// `Invalid` for a caller that is none, `Unsupported` where the language knows no callers.
    pub async fn simulate_access(&self, request: SimulateAccess) -> Result<SimulatedAccess> {
        let (language, around) = self.aimed(&request.target, &request.text).await?;
        let SimulateAccess { text, caller, action, context, .. } = request;
        let asked = policy::Asked { caller, action, context };
        let told = policy::simulate(language, &text, &asked, &around).map_err(|trouble| troubled(&trouble))?;
        Ok(reading::simulated(&text, told))
    }

    /// Keeps the draft of a policy, or forgets it.
    ///
    /// # Errors
    /// `Invalid` if it is of no item; `Unexpected` if Claviger's file cannot be written.
    pub async fn save_policy_draft(&self, request: SavePolicyDraft) -> Result<Nothing> {
        self.keep_policy_draft(request).await
    }

    /// The language of a text, and what is known around it.
    async fn aimed(&self, target: &PolicyTarget, text: &str) -> Result<(PolicyLanguage, Surroundings)> {
        match target {
            PolicyTarget::Item { reference, policy } => {
                let scene = self.scene(reference).await?;
                Ok((scene.language(policy)?, scene.around(policy)))
            }
            PolicyTarget::Text { language, item } => {
                let unknown = || {
                    Error::new(Kind::Invalid, READ, "it is not known in which language of policies the text is written")
                        .with_refused_by("this app")
                        .with_next("Name the language: aws-key, azure-access, azure-release, azure-roles or vault-acl.")
                };
                let language = match language {
                    Some(word) => PolicyLanguage::of(word),
                    None => policy::guessed(text),
                };
                Ok((language.ok_or_else(unknown)?, Surroundings { item: item.clone(), ..Surroundings::default() }))
            }
        }
    }
}

fn row(policy: &PolicyText, scene: &Scene) -> PolicyRow {
    let title = match policy.language {
        PolicyLanguage::VaultAcl => format!("{} {}", policy.language.title(), policy.id),
        PolicyLanguage::AwsKey
        | PolicyLanguage::AzureAccess
        | PolicyLanguage::AzureRelease
        | PolicyLanguage::AzureRoles => policy.language.title().to_owned(),
    };
    PolicyRow {
        id: policy.id.clone(),
        title,
        language: policy.language.word().to_owned(),
        text: policy.text.as_ref().cloned().unwrap_or_default(),
        trouble: policy.text.as_ref().err().map(WireError::from),
        reach: policy.reach.clone(),
        of_item: scene.speaks_of_item(policy),
        write: wire::offer(&Offer { ask: Ask::ChangePolicy, answer: policy.write.clone() }),
        templates: policy::templates(policy.language).iter().map(reading::template).collect(),
        draft: None,
        history: Vec::new(),
    }
}

fn troubled(trouble: &policy::Trouble) -> Error {
    let kind = match trouble {
        policy::Trouble::Answer { .. } => Kind::Invalid,
        policy::Trouble::NotThere { .. } => Kind::NotFound,
        policy::Trouble::Unreadable { .. } => Kind::Conflict,
    };
    let message = trouble.says().trim_end_matches('.').to_owned();
    Error::new(kind, MERGE, message)
        .with_refused_by("this app")
        .with_next("The text is as it was. Correct it, then go on.")
}

/// What a change of a policy says of it: which one, and the new text.
fn wanted(answers: &domain::Answers) -> Result<(&str, &str)> {
    let missing = || Error::new(Kind::Invalid, "plan the change", "which policy and which text is not said");
    let answer = |name: &str| answers.get(name).map(String::as_str).filter(|answer| !answer.is_empty());
    answer("policy").zip(answer("text")).ok_or_else(missing)
}

impl App {
    /// The scene of an item that was found, read afresh and kept for what is asked next.
    async fn scene_of(&self, found: &Found) -> Result<Scene> {
        let Some(policies) = found.provider.policies() else {
            return Err(Error::new(Kind::Unsupported, READ, "this kind of place has no policies")
                .with_refused_by("this app")
                .with_next("Whoever can open the place can do everything there."));
        };
        let (texts, around) = futures::join!(policies.policies(&found.key), policies.surroundings(&found.key));
        let scene = Scene::new(self.heard(found.connection.id, texts)?, around);
        self.0.scenes.keep(found.reference().to_string(), scene.clone());
        Ok(scene)
    }

    /// The scene of an item as it was read last.
    async fn scene(&self, reference: &str) -> Result<Scene> {
        match self.0.scenes.of(reference) {
            Some(scene) => Ok(scene),
            None => self.scene_of(&self.find(reference).await?).await,
        }
    }
}
