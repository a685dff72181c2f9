//! Plans for an ACL policy. What the new text means is not judged here: the app does that before it is shown.

use domain::{Ask, Change, ItemKey, Plan, Result, Tier};
use serde_json::{Map, Value};

use super::{Before, Draft, Parameters, Seen, already_so, answers, required, tool, unfit};
use crate::{
    client::Client,
    error::Product,
    policies::{self, POLICY, TEXT},
};

/// What OpenBao takes for the version of a policy that must not be there yet.
const NOT_THERE: i64 = -1;

pub(super) async fn write(client: &Client, change: &Change, item: &ItemKey) -> Result<Plan> {
    let (name, text) = (required(change, POLICY)?, required(change, TEXT)?);
    // The server lower-cases names, so that another spelling would be looked for in vain afterwards.
    if name.is_empty() || name != name.to_lowercase() || name.contains(['/', '?', '#', '%']) || name.trim() != name {
        return Err(unfit("the name of a policy is in lower case, without slashes and the characters ? # %"));
    }
    if name == "root" {
        return Err(unfit("the policy root has no text, and nobody can change it"));
    }
    let now = policies::read(client, name).await?;
    let before = now.as_ref().map(|told| told.policy.clone());
    if before.as_deref() == Some(text) {
        return Err(already_so(&format!("the policy {name}")));
    }
    let mut body = Map::from_iter([("policy".to_owned(), Value::from(text))]);
    let product = client.product().await;
    let version = now.as_ref().and_then(|told| told.version);
    let version = version.or_else(|| (now.is_none() && product == Product::OpenBao).then_some(NOT_THERE));
    body.extend(version.map(|version| ("cas".to_owned(), Value::from(version))));
    let (title, effect) = match before {
        Some(_) => (format!("Change the policy {name}"), "The text takes the place of the whole policy."),
        None => (format!("Write the policy {name}"), "There was no policy of this name: it begins to hold at once."),
    };
    let mut draft = Draft::new(name, title, Tier::Consequences, effect)
        .warning("It holds at once for every token that has it, whoever it was given to.");
    if let Some(before) = &before {
        draft = draft.undo(Ask::ChangePolicy, answers([(POLICY, name.to_owned()), (TEXT, before.clone())]), true);
    }
    let path = policies::path(name);
    let command = tool(client).await.write(&path, &body);
    let before = Before { item: item.clone(), seen: Seen::Policy(before) };
    draft.plan(change, &Parameters::post(path, body), command, &before)
}
