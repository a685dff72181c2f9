//! The doors of a cluster: the roles and users of its auth methods, which hand policies out. Read only; no secret is in them.

use std::collections::BTreeMap;

use domain::{Door, Kind, NativeRow, Result};
use futures::{StreamExt, stream};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    client::{Client, null_is_empty},
    mounts::SEEN_MOUNTS,
};

const READ: &str = "read who signs in how";
/// So many doors are read of one cluster, and so many at once.
const MOST: usize = 500;
const AT_ONCE: usize = 8;
/// Every token has it unless its role says otherwise.
const DEFAULT: &str = "default";

/// An auth method that is mounted.
#[derive(Debug, Deserialize)]
struct Method {
    #[serde(default, rename = "type")]
    kind: String,
}

/// What this token may see of them, by the internal path that the servers' own pages use.
#[derive(Debug, Deserialize)]
struct Seen {
    #[serde(default, deserialize_with = "null_is_empty")]
    auth: BTreeMap<String, Method>,
}

/// Everything that hands policies out by name, as far as it can be read.
///
/// # Errors
/// As the server says if not even the methods can be told.
pub(crate) async fn doors(client: &Client) -> Result<Vec<Door>> {
    let methods: BTreeMap<String, Method> = match client.read(READ, "sys/auth").await {
        Ok(methods) => methods,
        Err(error) if error.kind() == Kind::Denied => client.read::<Seen>(READ, SEEN_MOUNTS).await?.auth,
        Err(error) => return Err(error),
    };
    let (mut doors, mut all) = (vec![elsewhere()], Vec::new());
    for (mount, method) in methods {
        let folders = folders(&mount, &method);
        if folders.is_empty() {
            let trouble = format!("what signs in by the method {} is not read here", method.kind);
            doors.push(untold(&path(&mount), &method.kind, trouble));
        }
        all.extend(folders.into_iter().map(|folder| (method.kind.clone(), folder)));
    }
    let listing = stream::iter(all).map(|(kind, folder)| list(client, kind, folder)).buffered(AT_ONCE);
    let (listed, mut found): (Vec<Listed>, _) = (listing.collect().await, Vec::new());
    for listed in listed {
        match listed {
            Ok(paths) => found.extend(paths),
            Err(untold) => doors.push(*untold),
        }
    }
    if found.len() > MOST {
        let trouble = format!("only {MOST} of its {} roles and users are read", found.len());
        doors.push(untold("auth", "", trouble));
        found.truncate(MOST);
    }
    let read = stream::iter(found).map(|(kind, path)| read(client, kind, path)).buffered(AT_ONCE);
    doors.extend(read.collect::<Vec<Door>>().await);
    Ok(doors)
}

/// The paths of the doors of one folder, each with its kind, or why they cannot be told.
type Listed = std::result::Result<Vec<(String, String)>, Box<Door>>;

/// What hands policies out and is not read here, so that nobody takes the others for all.
fn elsewhere() -> Door {
    untold(
        "identity",
        "identity",
        "entities, groups and tokens that were made by hand give policies too, and are not read",
    )
}

fn untold(path: &str, kind: &str, trouble: impl Into<String>) -> Door {
    Door { path: path.to_owned(), kind: kind.to_owned(), trouble: Some(trouble.into()), ..Door::default() }
}

/// Where the doors of a method are listed; nowhere if that is not known here.
fn folders(mount: &str, method: &Method) -> Vec<String> {
    let under: &[&str] = match method.kind.as_str() {
        "approle" | "jwt" | "oidc" | "kubernetes" => &["/role"],
        "cert" => &["/certs"],
        "ldap" => &["/users", "/groups"],
        "radius" | "userpass" => &["/users"],
        "token" => &["/roles"],
        _ => &[],
    };
    under.iter().map(|under| format!("{}{under}", path(mount))).collect()
}

fn path(mount: &str) -> String {
    format!("auth/{}", mount.trim_matches('/'))
}

async fn list(client: &Client, kind: String, folder: String) -> Listed {
    match client.list(READ, &folder).await {
        Ok(listed) => Ok(listed.keys.iter().map(|name| (kind.clone(), format!("{folder}/{name}"))).collect()),
        Err(error) => Err(Box::new(untold(&folder, &kind, error.message()))),
    }
}

async fn read(client: &Client, kind: String, path: String) -> Door {
    match client.read::<Map<String, Value>>(READ, &path).await {
        Ok(told) => Door { policies: policies(&kind, &told), facts: facts(&told), kind, path, trouble: None },
        Err(error) => untold(&path, &kind, error.message()),
    }
}

/// The policies that a token has which was made there. A pattern of them is one of its own, with its `*`.
fn policies(kind: &str, told: &Map<String, Value>) -> Vec<String> {
    let names: &[&str] = match kind {
        "token" => &["allowed_policies", "allowed_policies_glob"],
        _ => &["token_policies", "policies"],
    };
    let lists = names.iter().filter_map(|name| told.get(*name));
    let mut policies: Vec<String> =
        lists.flat_map(|list| text(list).split(',').map(str::to_owned).collect::<Vec<_>>()).collect();
    if told.get("token_no_default_policy") != Some(&Value::Bool(true)) {
        policies.push(DEFAULT.to_owned());
    }
    policies.retain(|policy| !policy.is_empty());
    policies.sort_unstable();
    policies.dedup();
    policies
}

fn facts(told: &Map<String, Value>) -> Vec<NativeRow> {
    told.iter().map(|(name, value)| NativeRow::new(name, text(value))).collect()
}

/// A value as a fact: lists are joined by commas, nothing is nothing, objects stay JSON.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(text).collect::<Vec<_>>().join(","),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Method, facts, folders, policies};

    #[test]
    fn a_role_hands_out_what_it_names_and_the_default() {
        let told =
            json!({ "token_policies": ["signs"], "policies": ["signs", "old"], "token_ttl": 0, "bound_claims": null });
        let told = told.as_object().unwrap();
        assert_eq!(policies("approle", told), ["default", "old", "signs"]);
        assert!(facts(told).iter().any(|fact| fact.name == "bound_claims" && fact.value.is_empty()));
        let told =
            json!({ "allowed_policies": [], "allowed_policies_glob": ["team-*"], "token_no_default_policy": true });
        assert_eq!(policies("token", told.as_object().unwrap()), ["team-*"]);
    }

    #[test]
    fn every_method_has_a_folder_or_is_told() {
        let of = |kind: &str| folders("at/corp/", &Method { kind: kind.to_owned() });
        assert_eq!(of("ldap").len(), 2);
        assert_eq!(of("approle"), ["auth/at/corp/role"]);
        assert!(of("kerberos").is_empty());
    }
}
