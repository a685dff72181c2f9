//! The calls we make, and nothing else: reads, lists, capabilities, who one is, and changes. Every call carries the token.
//! A read is sent once more with a fresh one if its token turned out to be over; a change never is.

use std::{borrow::Cow, collections::BTreeMap};

use domain::{Identity, Kind, Result, Timestamp};
use serde::{Deserialize, de::DeserializeOwned};
use tokio::sync::OnceCell;
use zeroize::Zeroizing;

use crate::{
    error::{self, Call, Product},
    session::{LOOKUP, Session},
    wire::{Answer, Request, Wire},
    writer::{Unanswered, Write},
};

/// A signed-in client.
#[derive(Debug)]
pub(crate) struct Client {
    wire: Wire,
    session: Session,
    program: OnceCell<Program>,
}

/// Which program answers, and whether it wraps keys for others inside.
#[derive(Clone, Copy, Debug)]
struct Program {
    product: Product,
    /// `byok-export`: OpenBao has had it from its beginning, Vault since 1.14.
    wraps: bool,
}

/// What a list holds.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Listed {
    /// The names; those that end with a slash are folders.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub(crate) keys: Vec<String>,
}

/// The envelope of an answer.
#[derive(Deserialize)]
struct Envelope<T> {
    data: T,
}

/// What a token tells of itself, without its `id`: that is the token.
#[derive(Debug, Deserialize)]
struct TokenInfo<'a> {
    #[serde(borrow, default)]
    display_name: Cow<'a, str>,
    #[serde(borrow, default)]
    entity_id: Cow<'a, str>,
    #[serde(default)]
    expire_time: Option<Timestamp>,
    #[serde(borrow, default)]
    path: Cow<'a, str>,
    #[serde(borrow, default)]
    policies: Vec<Cow<'a, str>>,
    /// Those that come by the entity and its groups.
    #[serde(borrow, default)]
    identity_policies: Option<Vec<Cow<'a, str>>>,
}

impl Client {
    /// A client of a server with a session.
    pub(crate) fn new(wire: Wire, session: Session) -> Self {
        Self { wire, session, program: OnceCell::new() }
    }

    /// The wire, for its address.
    pub(crate) fn wire(&self) -> &Wire {
        &self.wire
    }

    /// Reads the `data` of a path. The answer holds no secret.
    pub(crate) async fn read<T: DeserializeOwned>(&self, operation: &'static str, path: &str) -> Result<T> {
        let answer = self.fetch(&Call { operation, capability: "read", path }, &[], None).await?;
        Ok(parse::<Envelope<T>>(operation, &answer)?.data)
    }

    /// Reads a path whose answer is a secret, with its query. A 404 that tells about a deleted version is an answer too.
    pub(crate) async fn read_secret(
        &self,
        operation: &'static str,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Answer> {
        let call = Call { operation, capability: "read", path };
        let answer = self.send(&call, query, None).await?;
        let tells_more = answer.status == 404 && serde_json::from_slice::<Envelope<KvGone>>(&answer.body).is_ok();
        if tells_more { Ok(answer) } else { self.success(&call, answer).await }
    }

    /// Lists a path. An empty one is a 404 without a word, and no error.
    pub(crate) async fn list(&self, operation: &'static str, path: &str) -> Result<Listed> {
        let call = Call { operation, capability: "list", path };
        let answer = self.send(&call, &[("list", "true")], None).await?;
        if answer.status == 404 && !answer.looks_like_html() && error::words(&answer).is_empty() {
            return Ok(Listed::default());
        }
        let answer = self.success(&call, answer).await?;
        let mut listed = parse::<Envelope<Listed>>(operation, &answer)?.data;
        listed.keys.sort_unstable();
        listed.keys.dedup();
        Ok(listed)
    }

    /// Asks for something that has to be told in a body and changes nothing, such as a signature.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        path: &str,
        body: &serde_json::Value,
    ) -> Result<T> {
        let body = Zeroizing::new(body.to_string().into_bytes());
        let answer = self.ask_secret(operation, path, body).await?;
        Ok(parse::<Envelope<T>>(operation, &answer)?.data)
    }

    /// The same where what is told or answered is not for everybody's memory.
    pub(crate) async fn ask_secret(
        &self,
        operation: &'static str,
        path: &str,
        body: Zeroizing<Vec<u8>>,
    ) -> Result<Answer> {
        self.fetch(&Call { operation, capability: "update", path }, &[], Some(body)).await
    }

    /// What this token may do with each path, in the words of policies; one call for all.
    pub(crate) async fn capabilities(&self, paths: &[&str]) -> Result<BTreeMap<String, Vec<String>>> {
        let operation = "ask what is allowed";
        let body = serde_json::to_vec(&serde_json::json!({ "paths": paths }))
            .map(Zeroizing::new)
            .map_err(|_| domain::Error::new(Kind::Unexpected, operation, "the request could not be written"))?;
        let call = Call { operation, capability: "update", path: "sys/capabilities-self" };
        let answer = self.fetch(&call, &[], Some(body)).await?;
        let told: BTreeMap<String, serde_json::Value> = parse::<Envelope<_>>(operation, &answer)?.data;
        let words = |value: serde_json::Value| serde_json::from_value::<Vec<String>>(value).ok();
        Ok(told.into_iter().filter_map(|(path, value)| Some((path, words(value)?))).collect())
    }

    /// Who the token is.
    pub(crate) async fn identity(&self) -> Result<Identity> {
        self.look_up(|info| {
            let name = if info.display_name.is_empty() { &info.path } else { &info.display_name };
            let who = if info.entity_id.is_empty() { &info.path } else { &info.entity_id };
            let detail = format!("{who} (policies: {})", info.policies.join(", "));
            Identity { name: name.to_string(), detail, until: info.expire_time }
        })
        .await
    }

    /// The token's display name, and the names of all the policies that it holds.
    pub(crate) async fn holder(&self) -> Result<(String, Vec<String>)> {
        self.look_up(|info| {
            let names = info.policies.iter().chain(info.identity_policies.iter().flatten()).map(Cow::to_string);
            (info.display_name.to_string(), names.collect())
        })
        .await
    }

    /// What the token tells of itself. Borrowed, since the answer holds the token too.
    async fn look_up<T>(&self, of: impl FnOnce(TokenInfo<'_>) -> T) -> Result<T> {
        let operation = "ask who I am";
        let answer = self.fetch(&Call { operation, capability: "read", path: LOOKUP }, &[], None).await?;
        let told = serde_json::from_slice::<Envelope<TokenInfo<'_>>>(&answer.body);
        told.map(|told| of(told.data)).map_err(|cause| error::of_json(operation, &cause, &answer))
    }

    /// Which program answers. Asked once, when something has to be said about it; Vault until it told.
    pub(crate) async fn product(&self) -> Product {
        let asked = self.program.get_or_try_init(|| async {
            let answer = self.wire.send(&Request::get("ask for its health", "sys/health"), None).await?;
            let told: serde_json::Map<String, serde_json::Value> = parse("ask for its health", &answer)?;
            // Both tell a version of their own counting; only Vault says whether it is the enterprise edition.
            let product = if told.contains_key("enterprise") { Product::Vault } else { Product::OpenBao };
            let version = told.get("version").and_then(serde_json::Value::as_str).unwrap_or_default();
            Ok::<_, domain::Error>(Program { product, wraps: product == Product::OpenBao || at_least_1_14(version) })
        });
        asked.await.map_or(Product::Vault, |program| program.product)
    }

    /// Whether it wraps keys for others inside, as far as it was asked: asks nobody.
    pub(crate) fn known_to_wrap(&self) -> Option<bool> {
        self.program.get().map(|program| program.wraps)
    }

    /// Which program answers, as far as it was asked: asks nobody.
    pub(crate) fn known_product(&self) -> Product {
        self.program.get().map_or(Product::Vault, |program| program.product)
    }

    /// Sends one change, once, with the token that is there.
    pub(crate) async fn write(&self, write: Write<'_>) -> std::result::Result<Answer, Unanswered> {
        let token = self.session.token().map_err(Unanswered::NotSent)?;
        self.wire.writer().send(self.wire.address(), write, &token.value).await
    }

    async fn fetch(&self, call: &Call<'_>, query: &[(&str, &str)], body: Option<Zeroizing<Vec<u8>>>) -> Result<Answer> {
        let answer = self.send(call, query, body).await?;
        self.success(call, answer).await
    }

    async fn success(&self, call: &Call<'_>, answer: Answer) -> Result<Answer> {
        if answer.status == 200 {
            return Ok(answer);
        }
        Err(error::of_status(call, &answer, self.product().await))
    }

    async fn send(&self, call: &Call<'_>, query: &[(&str, &str)], body: Option<Zeroizing<Vec<u8>>>) -> Result<Answer> {
        let token = self.session.token()?;
        let request = Request { operation: call.operation, path: call.path, query, body };
        let answer = self.wire.send(&request, Some(&token.value)).await?;
        if answer.status != 403 {
            return Ok(answer);
        }
        match self.session.after_refusal(&token, &self.wire, self.product().await).await? {
            Some(fresh) => self.wire.send(&request, Some(&fresh.value)).await,
            None => Ok(answer),
        }
    }
}

/// The answer about a version that was deleted or destroyed: status 404, but with data.
#[derive(Deserialize)]
struct KvGone {
    #[serde(rename = "metadata")]
    _metadata: serde_json::Map<String, serde_json::Value>,
}

/// Go writes an empty list or map as `null`.
pub(crate) fn null_is_empty<'de, D: serde::Deserializer<'de>, T: Default + Deserialize<'de>>(
    value: D,
) -> std::result::Result<T, D::Error> {
    Ok(Option::deserialize(value)?.unwrap_or_default())
}

fn at_least_1_14(version: &str) -> bool {
    let mut numbers = version.split('.').map(|part| part.parse::<u32>().ok());
    let version = (numbers.next().flatten().unwrap_or(0), numbers.next().flatten().unwrap_or(0));
    version >= (1, 14)
}

fn parse<T: DeserializeOwned>(operation: &'static str, answer: &Answer) -> Result<T> {
    serde_json::from_slice(&answer.body).map_err(|cause| error::of_json(operation, &cause, answer))
}

#[cfg(test)]
mod tests;
