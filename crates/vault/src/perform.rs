//! Sends one step, once, and says how it ended: done, refused, or unknown. Nothing here sends a second time; what became
//! of a lost answer is read in `check`.

pub(crate) mod value;

use std::collections::BTreeMap;

use domain::{Changed, Error, Kind, Outcome, Result, Sending};
use serde::Deserialize;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::{
    client::{Client, null_is_empty},
    error::{self, Call, Product},
    kv,
    plan::{Before, MATERIAL, Method, Parameters, Seen, Source, VALUE, read_back},
    policies, secrets,
    wire::Answer,
    writer::{Unanswered, Write},
};

const SEND: &str = "carry out the step";
const SETTLE: &str = "Do not repeat it: a reading of what is there now tells whether it happened.";

/// The part of an answer that says what was made.
#[derive(Default, Deserialize)]
struct Accepted {
    #[serde(default)]
    request_id: Option<String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    data: Map<String, Value>,
    #[serde(default, deserialize_with = "null_is_empty")]
    warnings: Vec<String>,
}

/// Sends the step: one request. Rolling a KV path back reads the older value first.
pub(crate) async fn perform(client: &Client, sending: &Sending) -> Outcome {
    match prepared(client, sending).await {
        Ok((parameters, before, body)) => send(client, &parameters, &before, body).await,
        // Nothing has been sent yet.
        Err(error) => Outcome::Refused(error),
    }
}

type Prepared = (Parameters, Before, Option<Zeroizing<Vec<u8>>>);

async fn prepared(client: &Client, sending: &Sending) -> Result<Prepared> {
    let parameters: Parameters = read_back(SEND, sending.parameters())?;
    let before: Before = read_back(SEND, &sending.step().before)?;
    not_overtaken(client, &parameters, &before).await?;
    let rest = Value::Object(parameters.body.clone()).to_string();
    let body = match &parameters.data {
        None if parameters.method == Method::Delete => None,
        None => Some(Zeroizing::new(rest.into_bytes())),
        Some(Source::Version(version)) => {
            let version = version.to_string();
            let answer = client.read_secret(SEND, &parameters.path, &[("version", &version)]).await?;
            Some(value::body(&rest, "data", secrets::data_of(&answer)?.get().as_bytes()))
        }
        Some(Source::Ciphertext(sha256)) => {
            let given = sending.secret(MATERIAL).ok_or_else(|| unsent("the wrapped material is not known any more"))?;
            Some(value::body(&rest, "ciphertext", &value::ciphertext(given, sha256).map_err(unsent)?))
        }
        Some(source) => {
            let given = sending.secret(VALUE).ok_or_else(|| unsent("the secret value is not known any more"))?;
            Some(value::body(&rest, "data", &value::data(source, given).map_err(unsent)?))
        }
    };
    Ok((parameters, before, body))
}

/// A policy that cannot be compared and set at once is read once more, right before it is written: the last writer wins.
async fn not_overtaken(client: &Client, parameters: &Parameters, before: &Before) -> Result<()> {
    let (Seen::Policy(text), Some(name)) = (&before.seen, parameters.path.strip_prefix(policies::ACL)) else {
        return Ok(());
    };
    if parameters.body.contains_key("cas") {
        return Ok(());
    }
    let now = policies::read(client, name.trim_start_matches('/')).await?.map(|told| told.policy);
    if now == *text {
        return Ok(());
    }
    Err(Error::new(Kind::Conflict, SEND, "the policy is not the one any more that was read")
        .with_refused_by("this app")
        .with_next("Nothing was sent. Compare the three texts, then plan the change anew."))
}

fn unsent(because: &str) -> Error {
    Error::new(Kind::Invalid, SEND, because.to_owned())
        .with_refused_by("this app")
        .with_next("Nothing was sent. Plan the change anew, with the value.")
}

async fn send(client: &Client, parameters: &Parameters, before: &Before, body: Option<Zeroizing<Vec<u8>>>) -> Outcome {
    let (method, capability) = match parameters.method {
        Method::Delete => (reqwest::Method::DELETE, "delete"),
        Method::Post if before.seen == Seen::Absent && before.item.id.starts_with(kv::DATA) => {
            (reqwest::Method::POST, "create")
        }
        Method::Post => (reqwest::Method::POST, "update"),
    };
    let call = Call { operation: SEND, capability, path: &parameters.path };
    let write = Write { operation: SEND, method, path: &parameters.path, body };
    match client.write(write).await {
        Ok(answer) if parameters.imports() => imported(&call, &answer, client.known_product(), before),
        Ok(answer) => outcome(&call, &answer, client.known_product(), before),
        Err(Unanswered::NotSent(error)) => Outcome::Refused(error),
        Err(Unanswered::Lost(error)) => unknown(error),
    }
}

/// The table: what an answer says about what happened.
fn outcome(call: &Call<'_>, answer: &Answer, product: Product, before: &Before) -> Outcome {
    match answer.status {
        204 => Outcome::Done { request_id: None, results: BTreeMap::new() },
        200..=299 => match serde_json::from_slice::<Accepted>(&answer.body) {
            Ok(accepted) => accepted_outcome(accepted, before, product),
            Err(cause) => unknown(error::of_json(SEND, &cause, answer)),
        },
        400..=499 if error::is_refusal(answer) => Outcome::Refused(refusal(call, answer, product)),
        // A gateway's page, or a server that failed on the way: OpenBao answers some refusals with 500 as well.
        _ => unknown(error::of_status(call, answer, product)),
    }
}

/// The same where material was brought in: the answer holds nothing, and a refusal comes as 500 with its reason.
fn imported(call: &Call<'_>, answer: &Answer, product: Product, before: &Before) -> Outcome {
    match answer.status {
        200 | 204 => {
            let results = if before.seen == Seen::Absent { made(before).into() } else { BTreeMap::new() };
            Outcome::Done { request_id: None, results }
        }
        400 | 500 if error::is_refusal(answer) => match error::of_import(call, answer, product) {
            Some(error) => Outcome::Refused(error),
            None => outcome(call, answer, product, before),
        },
        _ => outcome(call, answer, product, before),
    }
}

fn refusal(call: &Call<'_>, answer: &Answer, product: Product) -> Error {
    let words = error::words(answer);
    if answer.status == 403 && error::blames_the_token(answer) {
        return error::signed_out(SEND, "the token is over, or was revoked; nothing was changed", product)
            .with_next("Refresh, sign in again if it is asked for, then make the change anew.");
    }
    if answer.status == 400 && words.contains("check-and-set") {
        let who = product.name();
        return Error::new(
            Kind::Conflict,
            SEND,
            format!("{who} changed nothing, since somebody else was quicker: {words}"),
        )
        .with_refused_by(who)
        .with_next("Look at the path as it is now, then plan the change anew.");
    }
    error::of_status(call, answer, product)
}

fn accepted_outcome(accepted: Accepted, before: &Before, product: Product) -> Outcome {
    let who = product.name();
    let unexpected =
        |what: &str| unknown(Error::new(Kind::Unexpected, SEND, format!("{who} accepted it, but its answer {what}")));
    let told = |name: &str| accepted.data.get(name).and_then(Value::as_u64);
    let mut results = BTreeMap::new();
    match (&before.seen, before.item.id.starts_with(kv::DATA)) {
        (Seen::Latest(_), _) => match told("latest_version") {
            Some(version) => drop(results.insert("version".to_owned(), version.to_string())),
            None => return unexpected("does not say which version is the newest"),
        },
        (Seen::Absent, false) => {
            // The server takes a create for a name that is taken, and does nothing then.
            if accepted.warnings.iter().any(|warning| warning.contains("already existed")) {
                return unexpected("says that a key of this name was there already");
            }
            if told("latest_version").is_none() {
                return unexpected("does not tell the new key");
            }
            results.extend(made(before));
        }
        (Seen::Absent | Seen::Current(_), _) => {
            let Some(version) = told("version") else {
                return unexpected("does not say which version was written");
            };
            if before.seen == Seen::Absent {
                results.extend(made(before));
            }
            results.insert("version".to_owned(), version.to_string());
        }
        (Seen::Made(_) | Seen::Policy(_) | Seen::Settings(_) | Seen::Versions { .. }, _) => {}
    }
    Outcome::Done { request_id: accepted.request_id.filter(|id| !id.is_empty()), results }
}

/// How what was made is found in the inventory.
pub(crate) fn made(before: &Before) -> [(String, String); 2] {
    let item = &before.item;
    [("vault".to_owned(), item.vault.0.clone()), ("item".to_owned(), item.id.clone())]
}

fn unknown(error: Error) -> Outcome {
    Outcome::Unknown(error.with_changed(Changed::Unknown).with_next(SETTLE))
}

#[cfg(test)]
mod tests;
