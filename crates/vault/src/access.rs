//! What this token may do: per path by `sys/capabilities-self`, and by trying for "check access".

use domain::{Access, AccessCheck, Error, Verdict};

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

/// Whether `path` may be read. One call; if it fails, only trying will tell.
pub(crate) async fn to_read(client: &Client, path: &str) -> Access {
    let Ok(told) = client.capabilities(&[path]).await else { return Access::Untested };
    // With one path the answer repeats it as `capabilities`; paths that it spells otherwise are found that way.
    let Some(words) = told.get(path).or_else(|| told.get("capabilities")) else { return Access::Untested };
    if words.iter().any(|word| matches!(word.as_str(), "read" | "root")) {
        return Access::Open;
    }
    let permission = format!("read on {path}");
    let because = format!("{} does not let this token read {path}.", client.product().await.name());
    Access::Closed { permission, because }
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
