//! Plans for tags, which all three services have: what is gone is removed first, then the rest is set.

use std::collections::BTreeMap;

use domain::{Ask, Plan, Result, Tier};
use serde_json::{Value, json};

use super::{Draft, Words, invalid};
use crate::{locate::Service, operation::Operation, tags};

/// What has the tags, by what its service is asked for.
#[derive(Clone, Copy)]
pub(super) enum Tagged<'a> {
    Certificate(&'a str),
    Key(&'a str),
    Secret(&'a str),
}

pub(super) async fn plan(mut draft: Draft<'_>, tagged: Tagged<'_>) -> Result<Plan> {
    let (service, address) = tagged.at();
    let now = tags::own(tags::read(&draft.client, service, address).await?);
    let wanted = draft.pairs("tags")?;
    if let Some(key) = wanted.keys().find(|key| key.is_empty() || key.starts_with("aws:")) {
        return Err(invalid(format!("{key:?} is not a key for a tag: AWS keeps those that begin with aws:")));
    }
    let gone: BTreeMap<_, _> = now.iter().filter(|(key, _)| !wanted.contains_key(*key)).collect();
    let set: BTreeMap<_, _> = wanted.iter().filter(|(key, value)| now.get(*key) != Some(value)).collect();
    let mut effects = Vec::new();
    if !gone.is_empty() {
        effects.extend(gone.iter().map(|(key, value)| format!("The tag {key} (\"{value}\") is removed.")));
        let (operation, parameters) = tagged.remove(&gone);
        draft.step(operation, format!("Remove {}", counted(gone.len())), parameters).await?;
    }
    if !set.is_empty() {
        effects.extend(set.iter().map(|(key, value)| match now.get(*key) {
            Some(before) => format!("The tag {key} is \"{value}\" in place of \"{before}\"."),
            None => format!("The tag {key} is \"{value}\"."),
        }));
        let (operation, parameters) = tagged.set(&set);
        draft.step(operation, format!("Set {}", counted(set.len())), parameters).await?;
    }
    let words = Words::new(format!("Change the tags of {}", draft.name), Tier::Undo, effects)
        .warning("Policies may allow or deny by tags: who may use it can change within minutes.");
    let undo = draft.undo(Ask::ChangeTags, [("tags", tags::pairs(&now))], true);
    Ok(draft.plan(words, undo))
}

impl Tagged<'_> {
    fn at(&self) -> (Service, &str) {
        match self {
            Self::Certificate(arn) => (Service::Acm, arn),
            Self::Key(id) => (Service::Kms, id),
            Self::Secret(id) => (Service::SecretsManager, id),
        }
    }

    fn set(self, pairs: &BTreeMap<&String, &String>) -> (Operation, Value) {
        let (service, _) = self.at();
        let pairs = tags::sent(service, pairs.iter().map(|(key, value)| (*key, *value)));
        match self {
            Self::Certificate(arn) => (Operation::AddTagsToCertificate, json!({"CertificateArn": arn, "Tags": pairs})),
            Self::Key(id) => (Operation::TagKey, json!({"KeyId": id, "Tags": pairs})),
            Self::Secret(id) => (Operation::TagSecret, json!({"SecretId": id, "Tags": pairs})),
        }
    }

    fn remove(self, pairs: &BTreeMap<&String, &String>) -> (Operation, Value) {
        let keys: Vec<_> = pairs.keys().collect();
        match self {
            Self::Certificate(arn) => {
                // With its value, the tag goes only if nobody has changed it meanwhile.
                let pairs = tags::sent(Service::Acm, pairs.iter().map(|(key, value)| (*key, *value)));
                (Operation::RemoveTagsFromCertificate, json!({"CertificateArn": arn, "Tags": pairs}))
            }
            Self::Key(id) => (Operation::UntagKey, json!({"KeyId": id, "TagKeys": keys})),
            Self::Secret(id) => (Operation::UntagSecret, json!({"SecretId": id, "TagKeys": keys})),
        }
    }
}

fn counted(tags: usize) -> String {
    if tags == 1 { "one tag".to_owned() } else { format!("{tags} tags") }
}
