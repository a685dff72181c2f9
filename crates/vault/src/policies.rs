//! ACL policies: read, planned, compared. They are the cluster's, and decide about an item by the paths that they name.

use async_trait::async_trait;
use domain::{
    Access, Answer, Door, Error, ItemKey, Kind, Known, NamedPolicy, Policies, PolicyCaller, PolicyLanguage, PolicyText,
    Result, Surroundings,
};
use futures::{StreamExt, stream};
use serde::Deserialize;

use crate::{Cluster, access::Allowed, client::Client, doors};

/// Below this lie the ACL policies, each by its name.
pub(crate) const ACL: &str = "sys/policies/acl";
/// A policy of any name, for what is allowed with policies.
pub(crate) const ANY: &str = "sys/policies/acl/NAME";
/// The answers to the questions of a change of a policy: which, and the new text.
pub(crate) const POLICY: &str = "policy";
pub(crate) const TEXT: &str = "text";
/// Its holders may do everything; it has no text, and nobody can change it.
const ROOT: &str = "root";
const READ: &str = "read the policy";
/// So many policies are read of one cluster, and so many at once.
const MOST: usize = 500;
const AT_ONCE: usize = 8;

/// A policy as the server tells it.
#[derive(Debug, Deserialize)]
pub(crate) struct Told {
    /// The text: HCL or JSON.
    #[serde(default)]
    pub(crate) policy: String,
    /// Counted on OpenBao only, where it can be compared and set.
    #[serde(default)]
    pub(crate) version: Option<i64>,
}

#[async_trait]
impl Policies for Cluster {
    async fn policies(&self, item: &ItemKey) -> Result<Vec<PolicyText>> {
        let client = &self.client;
        let names = names(client).await?;
        let paths: Vec<String> = names.iter().map(|name| path(name)).collect();
        let asked: Vec<&str> = paths.iter().map(String::as_str).collect();
        let (allowed, texts) = futures::join!(Allowed::of(client, &asked), texts(client, &names));
        let product = client.product().await.name();
        let reach = format!(
            "It decides about every path that it names, for whoever holds it; {}/{} is one of many.",
            item.vault, item.id
        );
        let policies = names.into_iter().zip(texts).map(|(id, text)| {
            let write = match allowed.access("update", &path(&id)) {
                Access::Open => Answer::Allow,
                Access::Closed { permission, because } => Answer::Refuse { because, permission: Some(permission) },
                Access::Untested => Answer::Unknown { probe: format!("update on {}", path(&id)) },
            };
            let text = text.map(|told| told.policy).map_err(|error| error.with_refused_by(product));
            PolicyText { id, language: PolicyLanguage::VaultAcl, text, reach: reach.clone(), write }
        });
        Ok(policies.collect())
    }

    async fn surroundings(&self, item: &ItemKey) -> Surroundings {
        let item = Some(format!("{}/{}", item.vault, item.id));
        let mut around = Surroundings { item, ..Surroundings::default() };
        match self.client.holder().await {
            Ok((name, names)) => {
                let policies = self.held(names).await;
                around.caller = Some(PolicyCaller { id: name, policies });
            }
            Err(error) => around.unread.push(format!("Who one is could not be told: {error}.")),
        }
        around.unread.push(
            "A policy does not say who holds it: tokens, groups and the roles of auth methods hand it out.".to_owned(),
        );
        around
    }

    async fn doors(&self) -> Result<Vec<Door>> {
        doors::doors(&self.client).await
    }
}

impl Cluster {
    /// The texts of the caller's own policies: all, or none of them counts.
    async fn held(&self, names: Vec<String>) -> Known<Vec<NamedPolicy>> {
        let mut policies = Vec::with_capacity(names.len());
        for (name, told) in names.iter().zip(texts(&self.client, &names).await) {
            match told {
                Ok(told) => policies.push(NamedPolicy { name: name.clone(), text: told.policy, limits: false }),
                Err(_) if name == ROOT => {
                    policies.push(NamedPolicy { name: name.clone(), text: String::new(), limits: false });
                }
                // A token may hold a policy that nobody has written.
                Err(error) if error.kind() == Kind::NotFound => {}
                Err(error) => return Known::Unread(format!("{} could not be read: {}", path(name), error.message())),
            }
        }
        Known::Read(policies)
    }
}

/// The API path of a policy.
pub(crate) fn path(name: &str) -> String {
    format!("{ACL}/{name}")
}

/// The policy of that name; `None` if there is none.
pub(crate) async fn read(client: &Client, name: &str) -> Result<Option<Told>> {
    match client.read::<Told>(READ, &path(name)).await {
        Ok(told) => Ok(Some(told)),
        Err(error) if error.kind() == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The names of all policies, or those that the token itself holds if it may not list them.
async fn names(client: &Client) -> Result<Vec<String>> {
    let names = match client.list("list the policies", ACL).await {
        Ok(listed) => listed.keys,
        Err(error) if error.kind() == Kind::Denied => client.holder().await?.1,
        Err(error) => return Err(error),
    };
    let names: Vec<String> = names.into_iter().filter(|name| name != ROOT).take(MOST).collect();
    if names.is_empty() {
        let message = "the server has no policy but root, which has no text";
        return Err(Error::new(Kind::NotFound, READ, message).with_next("Write a policy first."));
    }
    Ok(names)
}

/// One answer for each name, in that order.
async fn texts(client: &Client, names: &[String]) -> Vec<Result<Told>> {
    stream::iter(names.to_vec()).map(|name| there(client, name)).buffered(AT_ONCE).collect().await
}

async fn there(client: &Client, name: String) -> Result<Told> {
    let none = || Error::new(Kind::NotFound, READ, format!("there is no policy {name}"));
    read(client, &name).await?.ok_or_else(none)
}
