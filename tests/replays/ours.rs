//! Opens, through our own provider, what the recordings hold: the state at the end of each.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use domain::{Algorithm, Answers, Entry, Environment, ItemKey, Provider, Secret, SecretAnswers};
use encoding::PublicKey;
use futures::StreamExt;
use serde_json::Value;
use servers::{Replay, fixtures::base64};

use crate::{
    read,
    recording::{Call, Recording},
};

/// Whether the recording holds something that our provider reads.
pub(crate) fn readable(recording: &Recording) -> bool {
    !objects(recording).is_empty() || subscription(recording).is_some()
}

pub(crate) async fn open(file: &Path) -> Result<(), String> {
    let recording = read(file)?;
    let replay = Replay::start(file, true).await.map_err(|failure| failure.to_string())?;
    if let Some(subscription) = subscription(&recording) {
        let provider = connect(&replay, &[("subscriptions", &subscription)]).await?;
        vaults(&*provider, &recording).await?;
    }
    let provider = connect(&replay, &[("vaults", Replay::HOST)]).await?;
    for (id, body) in objects(&recording) {
        object(&*provider, &id, &body).await.map_err(|why| format!("{id}: {why}"))?;
    }
    Ok(())
}

async fn connect(replay: &Replay, more: &[(&str, &str)]) -> Result<Arc<dyn Provider>, String> {
    let (ca, resolve) = (replay.ca_file().display().to_string(), replay.resolve());
    let base = [
        ("auth", "client-secret"),
        ("tenant", "recorded"),
        ("client_id", "recorded"),
        ("ca", &ca),
        ("resolve", &resolve),
    ];
    let all = base.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let secrets = SecretAnswers::from([("client_secret".to_owned(), Secret::from_text("recorded".to_owned()))]);
    azure::connect(&all.collect::<Answers>(), &secrets, &Environment::default())
        .await
        .map_err(|error| error.to_string())
}

/// The last body of each object, by our id of it.
fn objects(recording: &Recording) -> BTreeMap<String, Value> {
    let bodies = recording.of_vaults().filter(|call| (200..300).contains(&call.status) && is_object(call));
    bodies
        .filter_map(|call| {
            let address = call.body["key"]["kid"].as_str().or(call.body["id"].as_str())?;
            let mut parts = address.split('/').skip(3);
            let id = format!("{}/{}", parts.next()?, parts.next()?);
            Some((id, call.body.clone()))
        })
        .collect()
}

/// Whether the answer is a key, a certificate or a secret, whole.
fn is_object(call: &Call) -> bool {
    let body = &call.body;
    let is_secret = body["value"].is_string() && body["id"].is_string() && body["managed"] != true;
    is_secret || body["cer"].is_string() || (body["key"]["kid"].is_string() && body["managed"] != true)
}

fn subscription(recording: &Recording) -> Option<String> {
    let lists = recording.calls.iter().filter(|call| call.host == "management.azure.com" && call.method == "GET");
    let mut paths = lists.map(|call| call.path.iter().map(String::as_str).collect::<Vec<_>>());
    paths.find_map(|path| match path.as_slice() {
        ["subscriptions", id, "providers", "Microsoft.KeyVault", "vaults"] => Some((*id).to_owned()),
        _ => None,
    })
}

/// The vaults that Resource Manager listed are found, page by page.
async fn vaults(provider: &dyn Provider, recording: &Recording) -> Result<(), String> {
    let listed = recording.calls.iter().any(|call| {
        call.host == "management.azure.com" && call.body["value"].as_array().is_some_and(|all| !all.is_empty())
    });
    let found = provider.inventory().list().any(|entry| async move {
        matches!(entry, Entry::Vault(vault) if vault.id.0 == Replay::HOST && vault.native_kind == "Key Vault")
    });
    let found = found.await;
    if found == listed { Ok(()) } else { Err(format!("vaults were listed: {listed}, and found: {found}")) }
}

async fn object(provider: &dyn Provider, id: &str, body: &Value) -> Result<(), String> {
    let key = ItemKey::new(Replay::HOST, id);
    let said = |error: domain::Error| error.to_string();
    let detail = provider.inventory().open(&key).await.map_err(said)?;
    let name = id.split('/').nth(1).unwrap_or_default();
    check(detail.item.name == name, || format!("it is called {}", detail.item.name))?;
    let created = body["attributes"]["created"].as_i64();
    check(detail.item.created.map(|at| at.as_second()) == created, || {
        format!("it was made {:?}", detail.item.created)
    })?;
    if let Some(tags) = body["tags"].as_object().filter(|tags| !tags.is_empty()) {
        let shown =
            detail.aspects.iter().any(|it| matches!(it, domain::Aspect::Tags(shown) if shown.len() == tags.len()));
        check(shown, || "its tags are not shown".to_owned())?;
    }
    if body["key"]["kid"].is_string() {
        return public_key(provider, &key, &body["key"], detail.item.algorithm).await;
    }
    if let Some(cer) = body["cer"].as_str() {
        let chain = provider.certificates().ok_or("no certificates")?.chain(&key, None).await.map_err(said)?;
        let der = base64(cer).map_err(|failure| failure.to_string())?;
        check(chain == [der], || "another certificate came out".to_owned())?;
        let policy = detail.aspects.iter().any(|it| matches!(it, domain::Aspect::CertificatePolicy { .. }));
        check(policy || !body["policy"].is_object(), || "its policy is not shown".to_owned())?;
        return Ok(());
    }
    let value = provider.secrets().ok_or("no secrets")?.value(&key, None).await.map_err(said)?;
    check(value.expose_text() == body["value"].as_str(), || "another value came out".to_owned())
}

/// The public key has the very numbers that were recorded, and is read by another hand as what the row says.
async fn public_key(
    provider: &dyn Provider,
    key: &ItemKey,
    jwk: &Value,
    algorithm: Option<Algorithm>,
) -> Result<(), String> {
    let spki = match provider.inventory().public_key(key, None).await {
        Ok(spki) => spki,
        Err(error) if jwk["kty"].as_str().is_some_and(|kind| kind.starts_with("oct")) => {
            return check(error.kind() == domain::Kind::Unsupported, || error.to_string());
        }
        Err(error) => return Err(error.to_string()),
    };
    for member in ["n", "x", "y"] {
        let Some(number) = jwk[member].as_str() else { continue };
        let padded =
            format!("{}{}", number.replace('-', "+").replace('_', "/"), "=".repeat((4 - number.len() % 4) % 4));
        let number = base64(&padded).map_err(|failure| failure.to_string())?;
        check(spki.windows(number.len()).any(|part| part == number), || format!("{member} is not in the SPKI"))?;
    }
    let read = PublicKey::from_spki_der(&spki).map_err(|error| error.to_string())?;
    check(algorithm == Some(read.algorithm()), || format!("the row says {algorithm:?}, the key {}", read.algorithm()))
}

fn check(holds: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(why()) }
}
