//! What this token may do: per path by `sys/capabilities-self`, and by trying for "check access".

use std::collections::BTreeMap;

use domain::{Access, AccessCheck, Ask, Error, Offer, Verdict};

use crate::{
    client::Client,
    kv,
    mounts::{Engine, Found, Mounts, SEEN_MOUNTS},
    pki,
    session::LOOKUP,
    transit,
};

/// So many mounts are tried at most.
const MOST_MOUNTS: usize = 32;

/// What this token may do with some paths, as far as the server told.
#[derive(Debug)]
pub(crate) struct Allowed {
    told: Option<BTreeMap<String, Vec<String>>>,
    who: &'static str,
}

impl Allowed {
    /// Asks for all `paths` in one call; if it fails, only trying will tell.
    pub(crate) async fn of(client: &Client, paths: &[&str]) -> Self {
        let (told, product) = futures::join!(client.capabilities(paths), client.product());
        let mut told = told.ok();
        // With one path the answer repeats it as `capabilities`; a path that it spells otherwise is found that way.
        if let (Some(told), [path]) = (&mut told, paths)
            && let Some(words) = told.remove("capabilities")
        {
            told.entry((*path).to_owned()).or_insert(words);
        }
        Self { told, who: product.name() }
    }

    /// Whether `capability` is there on `path`.
    pub(crate) fn access(&self, capability: &str, path: &str) -> Access {
        let Some(words) = self.told.as_ref().and_then(|told| told.get(path)) else { return Access::Untested };
        if words.iter().any(|word| word == capability || word == "root") {
            return Access::Open;
        }
        let permission = format!("{capability} on {path}");
        let because = format!("{} does not let this token {capability} {path}.", self.who);
        Access::Closed { permission, because }
    }

    /// The answer to `ask`, which takes all of these capabilities.
    pub(crate) fn offer(&self, ask: Ask, needed: &[(&str, &str)]) -> Offer {
        let mut offer = Offer::allow(ask);
        for (capability, path) in needed {
            match self.access(capability, path) {
                Access::Open => {}
                Access::Closed { permission, because } => return Offer::denied(ask, because, permission),
                Access::Untested => offer = Offer::unknown(ask, format!("{capability} on {path}")),
            }
        }
        offer
    }
}

/// Whether `path` may be read. One call; if it fails, only trying will tell.
pub(crate) async fn to_read(client: &Client, path: &str) -> Access {
    Allowed::of(client, &[path]).await.access("read", path)
}

/// Tries the sign-in, the list of mounts, and the list of names in each.
pub(crate) async fn check(client: &Client, mounts: &Mounts) -> Vec<AccessCheck> {
    let (who, found) = futures::join!(client.identity(), mounts.find(client));
    let mut checks = vec![check_of("Look up the token", format!("read on {LOOKUP}"), verdict(who.map(|_| ())))];
    if client.wire().address().is_plain() {
        let why = "the address is plain http, so everybody on the way can read the token and the answers";
        let verdict = Verdict::Untested(why.to_owned());
        checks.push(check_of("Protect the connection", "https".to_owned(), verdict));
    }
    let mounts = match found {
        Ok(mounts) => mounts,
        Err(error) => {
            checks.push(check_of("List mounts", format!("read on {SEEN_MOUNTS}"), Verdict::Refused(error)));
            return checks;
        }
    };
    let none = "there is no transit, pki or kv version 2 mount that this token may see";
    let listed = if mounts.is_empty() { Verdict::Untested(none.to_owned()) } else { Verdict::Allowed };
    checks.push(check_of("List mounts", format!("read on {SEEN_MOUNTS}"), listed));
    let tried = mounts.into_iter().take(MOST_MOUNTS).map(|mount| list_check(client, mount));
    checks.extend(futures::future::join_all(tried).await);
    checks
}

async fn list_check(client: &Client, found: Found) -> AccessCheck {
    let mount = match found {
        Ok(mount) => mount,
        Err((path, error)) => {
            let permission = format!("read on {SEEN_MOUNTS}/{path}");
            return check_of(&format!("Look at {path}/"), permission, Verdict::Refused(error));
        }
    };
    let path = &mount.path;
    let (what, below, tried) = match mount.engine {
        Engine::Kv => ("paths", "metadata", kv::names(client, path, "").await),
        Engine::Pki => ("certificates", "certs", pki::serials(client, path).await),
        Engine::Transit => ("keys", "keys", transit::names(client, path).await),
    };
    check_of(&format!("List {what} in {path}/"), format!("list on {path}/{below}"), verdict(tried.map(|_| ())))
}

fn check_of(what: &str, permission: String, verdict: Verdict) -> AccessCheck {
    AccessCheck { what: what.to_owned(), permission, verdict }
}

fn verdict(result: Result<(), Error>) -> Verdict {
    result.map_or_else(Verdict::Refused, |()| Verdict::Allowed)
}
