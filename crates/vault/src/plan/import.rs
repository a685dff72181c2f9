//! Plans for material that was made elsewhere: it comes into a transit mount wrapped for the server
//! (`transit/wrapping_key`), or as a public key alone. What is wrapped is put in only when it is sent.

use domain::{Change, ItemKey, Plan, Result, Tier, VaultId};
use encoding::{PublicKey, fingerprint::Fingerprints, wrap};
use serde_json::{Map, Value, json};

use super::{
    Before, Draft, IMPORT, IMPORT_VERSION, MATERIAL, Parameters, Seen, Source, flag, required, tool,
    transit::{ONE_WAY, free, name, one_way_warning},
    unfit,
};
use crate::{
    client::Client,
    transit::{KEYS, kinds},
};

const ROTATION: &str = "allow_rotation";
const DELETION: &str = "deletion_allowed";
/// Said of all that leaves this computer wrapped.
const UNWRAPPED: &str = "The server unwraps the material with a key that it keeps, so nobody on the way can read it. It tells at once if it \
     cannot.";

/// Plans a key whose material comes from outside.
pub(super) async fn key(client: &Client, change: &Change, vault: &VaultId) -> Result<Plan> {
    let (name, kind) = (name(change)?, required(change, "type")?);
    if !kinds::known(client.product().await).iter().any(|(known, _)| *known == kind) {
        return Err(unfit(format!("this server takes no keys of type {kind:?}")));
    }
    let body = Map::from_iter([("type".to_owned(), json!(kind))]);
    let title = format!("Import {name} into {vault}/");
    let (draft, body, data) = match change.answer("kind") {
        None | Some("private") => {
            let (body, data) = (wrapped(change, body)?, Source::Ciphertext(digest(change)?));
            let effect = format!("The server holds the material as a key of type {kind}, with one version.");
            let draft = Draft::new(name, title, Tier::Consequences, effect).effect(UNWRAPPED).effect(sha256(&data));
            let (draft, body) = with_flags(change, kind, draft, body)?;
            (draft, body, Some(data))
        }
        Some("public") => {
            for name in [ONE_WAY[0], ONE_WAY[1], "derived", ROTATION] {
                if flag(change, name)? == Some(true) {
                    return Err(unfit(format!("{name} does not go with a public key alone")));
                }
            }
            let (public_key, pem) = public_key(change, kind)?;
            let effect = format!("The server holds the public half of a key of type {kind}, and no private one.");
            let draft = Draft::new(name, title, Tier::Consequences, effect)
                .effect(format!("Its fingerprint is {}.", Fingerprints::of(&public_key).spki_sha256))
                .effect("It encrypts, verifies and wraps other keys with it; it cannot decrypt, unwrap or sign.");
            (draft, with(body, "public_key", json!(pem)), None)
        }
        Some(other) => return Err(unfit(format!("kind is private or public, not {other:?}"))),
    };
    let item = free(client, vault, name).await?;
    let draft = deletable(client, change, draft, &item).await?;
    let path = format!("{vault}/{}{IMPORT}", item.id);
    let parameters = Parameters { data, ..Parameters::post(path, body) };
    sent(client, change, draft, &parameters, &Before { item, seen: Seen::Absent }).await
}

/// Plans a new version whose material comes from outside, of a key all of whose versions did.
pub(super) async fn version(client: &Client, change: &Change, item: &ItemKey, latest: u64) -> Result<Plan> {
    let name = item.id.strip_prefix(KEYS).unwrap_or(&item.id);
    let (body, data) = (wrapped(change, Map::new())?, Source::Ciphertext(digest(change)?));
    let title = format!("Import a new version of {name}");
    let effect = format!("Version {} becomes the newest, with the material from outside.", latest + 1);
    let draft = Draft::new(name, title, Tier::Consequences, effect)
        .effect("The versions before stay: what was encrypted or signed with them is still decrypted and verified.")
        .effect(UNWRAPPED)
        .effect(sha256(&data))
        .warning("A version cannot be taken back. Whoever holds the public key needs the new one.");
    let path = format!("{}/{}{IMPORT_VERSION}", item.vault, item.id);
    let before = Before { item: item.clone(), seen: Seen::Latest(latest) };
    let parameters = Parameters { data: Some(data), ..Parameters::post(path, body) };
    sent(client, change, draft, &parameters, &before).await
}

/// The plan of one import, whose line reads the material from standard input.
async fn sent(
    client: &Client,
    change: &Change,
    draft: Draft,
    parameters: &Parameters,
    before: &Before,
) -> Result<Plan> {
    let (tool, path, body) = (tool(client).await, &parameters.path, &parameters.body);
    let command = match &parameters.data {
        Some(_) => tool.write_ciphertext(path, body),
        None => tool.write(path, body),
    };
    draft.plan(change, parameters, command, before)
}

/// What wrapped material is sent with.
fn wrapped(change: &Change, body: Map<String, Value>) -> Result<Map<String, Value>> {
    match change.answer("hash").unwrap_or("SHA256") {
        hash @ ("SHA1" | "SHA256") => Ok(with(body, "hash_function", json!(hash))),
        other => Err(unfit(format!("hash is SHA256 or SHA1, not {other:?}"))),
    }
}

/// SHA-256 of the wrapped material, which is the one that was told, if one was.
fn digest(change: &Change) -> Result<String> {
    let given = change.secrets.get(MATERIAL).ok_or_else(|| unfit("the file with the wrapped material is missing"))?;
    let is = wrap::sha256(given.expose());
    match change.answer("sha256").map(|told| told.trim().to_lowercase()) {
        Some(told) if told != is => {
            Err(unfit(format!("the SHA-256 of the wrapped material is {is}, not the {told} that was told")))
        }
        Some(_) | None => Ok(is),
    }
}

fn sha256(data: &Source) -> String {
    match data {
        Source::Ciphertext(sha256) => format!("The SHA-256 of the wrapped material is {sha256}."),
        Source::Field(_) | Source::Json | Source::Lines | Source::Version(_) => String::new(),
    }
}

/// The public key that was given, and its PEM.
fn public_key(change: &Change, kind: &str) -> Result<(PublicKey, String)> {
    if !kinds::has_public_half(kind) {
        return Err(unfit(format!("a key of type {kind} is symmetric: it has no public half")));
    }
    let public_key = PublicKey::from_pem(required(change, "public_key")?)?;
    let algorithm = public_key.algorithm();
    if kinds::of_algorithm(&algorithm) != Some(kind) {
        return Err(unfit(format!("the public key is of the kind {algorithm}, not {kind}")));
    }
    let pem = encoding::pem::encode("PUBLIC KEY", public_key.spki_der());
    Ok((public_key, pem))
}

/// The flags that only the making of a key sets, and those that cannot be taken back.
fn with_flags(
    change: &Change,
    kind: &str,
    draft: Draft,
    body: Map<String, Value>,
) -> Result<(Draft, Map<String, Value>)> {
    let (mut draft, mut body) = (draft, body);
    for name in ONE_WAY {
        if flag(change, name)? == Some(true) {
            body = with(body, name, json!(true));
            draft = draft.warning(one_way_warning(name));
        }
    }
    if flag(change, "derived")? == Some(true) {
        if !kinds::derives(kind) {
            return Err(unfit(format!("a key of type {kind} cannot be derived")));
        }
        body = with(body, "derived", json!(true));
        draft = draft.effect("Each context has a key of its own, derived from the material.");
    }
    if flag(change, ROTATION)? == Some(true) {
        body = with(body, ROTATION, json!(true));
        draft = draft
            .effect("The server may make further versions itself. After the first of them no more come from outside.");
    } else {
        draft = draft.effect("Further versions come from outside only: the server does not rotate it.");
    }
    Ok((draft, body))
}

/// A second call that lets the key be deleted again, if that is wanted.
async fn deletable(client: &Client, change: &Change, draft: Draft, item: &ItemKey) -> Result<Draft> {
    if flag(change, DELETION)? != Some(true) {
        return Ok(draft);
    }
    let path = format!("{}/{}/config", item.vault, item.id);
    let body = with(Map::new(), DELETION, json!(true));
    let command = tool(client).await.write(&path, &body);
    let before = Before { item: item.clone(), seen: Seen::Settings(with(Map::new(), DELETION, json!(false))) };
    let says = "Allow the key to be deleted".to_owned();
    let draft = draft.effect("The key may be deleted again: whoever may do that destroys it at once and for good.");
    draft.then(says, &Parameters::post(path, body), command, &before)
}

fn with(mut body: Map<String, Value>, name: &str, value: Value) -> Map<String, Value> {
    body.insert(name.to_owned(), value);
    body
}
