//! Key policies: read, compared by what they say rather than by how they are laid out, and what is known around them.

use async_trait::async_trait;
use aws_sdk_kms::types::{GrantListEntry, KeyManagerType};
use domain::{
    Answer, Error, ItemKey, Kind, Policies, PolicyCaller, PolicyLanguage, PolicyPermit, PolicyText, Question,
    QuestionKind, Result, Surroundings,
};
use serde_json::{Map, Value, json};

use crate::{
    Account, attached,
    client::{self, Client},
    keys,
    locate::{Arn, Service},
};

/// The only name that a key policy has. Source: API reference, PutKeyPolicy.
pub(crate) const DEFAULT: &str = "default";
/// The answers to the questions of a change of a policy: which, the new text, and what was read.
pub(crate) const POLICY: &str = "policy";
pub(crate) const TEXT: &str = "text";

#[async_trait]
impl Policies for Account {
    async fn policies(&self, item: &ItemKey) -> Result<Vec<PolicyText>> {
        let (client, service, id) = self.address(item).await?;
        if service != Service::Kms {
            let message = "only KMS keys have a policy that is shown here";
            return Err(Error::new(Kind::Unsupported, client::GET_KEY_POLICY.operation, message)
                .with_refused_by("this app")
                .with_next("Look at the resource policy of a secret at Secrets Manager."));
        }
        let (key, text) = futures::join!(client.describe_key(&id), client.key_policy(&id));
        let write = match key {
            Ok(key) if key.key_manager == Some(KeyManagerType::Aws) => {
                refuse("AWS manages this key: nobody else writes its policy.")
            }
            Ok(_) if Arn::parse(&id).is_some_and(|arn| self.number.get().is_some_and(|own| own != arn.account)) => {
                refuse("The key lies in another account: its policy is written there.")
            }
            Ok(_) => Answer::Unknown { probe: crate::operation::Operation::PutKeyPolicy.call().permission.to_owned() },
            Err(_) => Answer::Unknown { probe: client::DESCRIBE_KEY.permission.to_owned() },
        };
        let reach =
            "It decides about this key alone. Where it lets the account in, the account's IAM policies decide too.";
        let policy =
            PolicyText { id: DEFAULT.into(), language: PolicyLanguage::AwsKey, text, reach: reach.into(), write };
        Ok(vec![policy])
    }

    async fn surroundings(&self, item: &ItemKey) -> Surroundings {
        let mut around = Surroundings::default();
        let Ok((client, _, id)) = self.address(item).await else { return around };
        let (caller, grants, arn) = futures::join!(client::caller(&self.config), client.grants(&id), self.arn_of(item));
        match arn {
            Ok(arn) => around.item = Some(arn),
            Err(error) => around.unread.push(format!("Which account the key is of could not be told: {error}.")),
        }
        match grants {
            Ok(grants) => around.permits = grants.into_iter().filter_map(permit).collect(),
            Err(error) => around.unread.push(format!("The grants of the key could not be read: {error}.")),
        }
        match caller {
            Ok((_, arn)) => {
                let policies = attached::of(&self.config, &arn).await;
                around.caller = Some(PolicyCaller { id: arn, policies });
            }
            Err(error) => around.unread.push(format!("Who one is could not be told: {error}.")),
        }
        let beyond = "Policies of the organisation (service control policies) cannot be read here: they may deny more.";
        around.unread.push(beyond.to_owned());
        around
    }
}

fn permit(entry: GrantListEntry) -> Option<PolicyPermit> {
    let grant = keys::grant(entry)?;
    let narrowed = grant.constraints.into_iter().map(|row| format!("{} is {}", row.name, row.value)).collect();
    Some(PolicyPermit { grantee: grant.grantee, operations: grant.operations, narrowed, id: grant.id })
}

/// What must be asked: the new text, beginning with what is there.
pub(crate) async fn questions(client: &Client, key: &str) -> Result<Vec<Question>> {
    let text = client.key_policy(key).await?;
    let one = vec![(DEFAULT.to_owned(), "The key policy".to_owned())];
    Ok(vec![
        Question::new(POLICY, "Policy", QuestionKind::Choice(one)).required().preset(DEFAULT),
        Question::new(TEXT, "Text", QuestionKind::Lines)
            .help("JSON, at most 32,768 bytes. It takes the place of the whole policy.")
            .required()
            .preset(text),
    ])
}

/// What a policy says, the same for every layout that KMS may give back: lists of one as their one value, texts of a list
/// in order and each once, an account's root by the account's number. `Value::String` holds what is no JSON.
pub(crate) fn canonical(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value) => settled(value, false),
        Err(_) => Value::String(text.to_owned()),
    }
}

fn settled(value: Value, principal: bool) -> Value {
    match value {
        Value::Array(list) => {
            let mut list: Vec<Value> = list.into_iter().map(|value| settled(value, principal)).collect();
            if list.iter().all(Value::is_string) {
                list.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
                list.dedup();
            }
            if list.len() == 1 { list.remove(0) } else { Value::Array(list) }
        }
        Value::Object(map) => {
            let map: Map<String, Value> = map
                .into_iter()
                .map(|(name, value)| {
                    let principal = matches!(name.as_str(), "Principal" | "NotPrincipal") || principal && name == "AWS";
                    (name, settled(value, principal))
                })
                .collect();
            // To KMS they are the same, and it gives back the second form.
            if principal && map.len() == 1 && map.get("AWS") == Some(&json!("*")) {
                json!("*")
            } else {
                Value::Object(map)
            }
        }
        Value::String(text) if principal => Value::String(account_of_root(&text).unwrap_or(&text).to_owned()),
        Value::Bool(value) => Value::String(value.to_string()),
        Value::Null | Value::Number(_) | Value::String(_) => value,
    }
}

/// The number in the ARN of an account's root; KMS gives that back where the number alone was written.
fn account_of_root(principal: &str) -> Option<&str> {
    let (_, account) = principal.strip_suffix(":root")?.split_once(":iam::")?;
    (principal.starts_with("arn:") && account.len() == 12).then_some(account)
}

/// What is there, as a sentence.
pub(crate) fn in_words(seen: &Value) -> String {
    let statements = match &seen["Statement"] {
        Value::Array(list) => list.len(),
        Value::Object(_) => 1,
        Value::Bool(_) | Value::Null | Value::Number(_) | Value::String(_) => 0,
    };
    let digest = domain::shown_digest(seen.to_string().as_bytes());
    format!("The key policy has {statements} statements; SHA-256 of what it says: {}…", &digest[..16])
}

fn refuse(because: &str) -> Answer {
    Answer::Refuse { because: because.to_owned(), permission: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout_is_not_what_a_policy_says() {
        let written = r#"{"Statement":[{"Principal":{"AWS":["111122223333"]},"Action":["b","a","a"],"Sid":"111122223333",
            "Condition":{"Bool":{"kms:GrantIsForAWSResource":true}}}]}"#;
        let kept = r#"{"Statement":{"Sid":"111122223333","Action":["a","b"],"Principal":{"AWS":"arn:aws:iam::111122223333:root"},
            "Condition":{"Bool":{"kms:GrantIsForAWSResource":"true"}}}}"#;
        assert_eq!(canonical(written), canonical(kept));
        assert_eq!(canonical(r#"{"Principal":"*"}"#), canonical(r#"{"Principal":{"AWS":["*"]}}"#));
        for other in [kept.replace("\"b\"", "\"c\""), kept.replace("root", "user/maria"), kept.replace("Sid", "Id")] {
            assert_ne!(canonical(&other), canonical(kept), "{other}");
        }
        assert_eq!(canonical("{"), Value::String("{".to_owned()));
    }
}
