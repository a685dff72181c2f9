//! What was last read of the policies around an item: asked for once, then used for every text that a person tries.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use domain::{Error, Kind, NamedPolicy, PolicyLanguage, PolicyText, Result, Surroundings};

use super::READ;
use crate::locked;

/// So many items are remembered; then all are forgotten, and read anew when they are asked for.
const MOST: usize = 64;

/// The policies around one item.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub(super) policies: Arc<Vec<PolicyText>>,
    pub(super) around: Surroundings,
}

/// By the item's reference.
#[derive(Default)]
pub(crate) struct Scenes(Mutex<HashMap<String, Scene>>);

impl Scenes {
    pub(super) fn keep(&self, reference: String, scene: Scene) {
        let mut scenes = locked(&self.0);
        if scenes.len() >= MOST {
            scenes.clear();
        }
        scenes.insert(reference, scene);
    }

    pub(super) fn of(&self, reference: &str) -> Option<Scene> {
        locked(&self.0).get(reference).cloned()
    }
}

impl Scene {
    pub(super) fn new(policies: Vec<PolicyText>, around: Surroundings) -> Self {
        Self { policies: Arc::new(policies), around }
    }

    /// The language of a policy; of one that is not there yet, that of its neighbours.
    pub(super) fn language(&self, policy: &str) -> Result<PolicyLanguage> {
        let known = self.policies.iter().find(|known| known.id == policy).or_else(|| self.policies.first());
        let none = || Error::new(Kind::NotFound, READ, format!("there is no policy \"{policy}\""));
        known.map(|known| known.language).ok_or_else(none)
    }

    /// What is known around one of them: where a place has several by name, the others too.
    pub(super) fn around(&self, policy: &str) -> Surroundings {
        let mut around = self.alone(policy);
        if around.name.is_some() {
            around.others = self
                .policies
                .iter()
                .filter(|other| other.id != policy)
                .filter_map(|other| {
                    let text = other.text.as_ref().ok()?.clone();
                    Some(NamedPolicy { name: other.id.clone(), text, limits: false })
                })
                .collect();
        }
        around
    }

    /// What is known around one of them, without the others.
    pub(super) fn alone(&self, policy: &str) -> Surroundings {
        let named = self.policies.iter().any(|known| known.language == PolicyLanguage::VaultAcl);
        Surroundings { name: named.then(|| policy.to_owned()), others: Vec::new(), ..self.around.clone() }
    }

    /// Whether a policy says anything of the item. One that decides about the item alone always does.
    pub(super) fn speaks_of_item(&self, policy: &PolicyText) -> bool {
        match (policy.language, &policy.text) {
            (PolicyLanguage::VaultAcl, Ok(text)) => {
                let administers = |power| power == policy::Power::Administer;
                policy::who(policy.language, text, &self.alone(&policy.id))
                    .iter()
                    .any(|holder| !administers(holder.power))
            }
            (PolicyLanguage::VaultAcl, Err(_)) => false,
            (
                PolicyLanguage::AwsKey
                | PolicyLanguage::AzureAccess
                | PolicyLanguage::AzureRelease
                | PolicyLanguage::AzureRoles,
                _,
            ) => true,
        }
    }

    /// What could not be read, a sentence each.
    pub(super) fn unread(&self) -> Vec<String> {
        let mut unread = self.around.unread.clone();
        if let Some(caller) = &self.around.caller
            && let domain::Known::Unread(why) = &caller.policies
        {
            unread.insert(0, format!("Your own policies are not known: {why}."));
        }
        unread
    }
}
