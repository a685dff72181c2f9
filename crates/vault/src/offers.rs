//! What may be done to an item or a vault, and why not. What it is decides first; then what it is set to; then
//! `sys/capabilities-self` is asked, once.

pub(crate) mod path;
pub(crate) mod pki;
pub(crate) mod transit;

use domain::{Access, Ask, Error, Item, Kind, Offer, VaultId};

use crate::{
    Cluster, access::Allowed, client::Client, kv as paths, mounts::Engine, plan::IMPORT, policies, transit as keys,
};

/// One offer for each of [`Ask::OF_ITEM`], in that order.
pub(crate) async fn offers(client: &Client, item: &Item) -> Vec<Offer> {
    if item.key.id.starts_with(keys::KEYS) {
        transit::offers(client, item).await
    } else if item.key.id.starts_with(paths::DATA) {
        path::offers(client, item).await
    } else {
        pki::offers(client, item).await
    }
}

/// The offer to write a policy, by what is allowed on [`policies::ANY`]. Which policy is not said yet, and one for some
/// names alone denies this one, so only a yes is an answer.
fn of_policy(allowed: &Allowed) -> Offer {
    match allowed.access("update", policies::ANY) {
        Access::Open => Offer::allow(Ask::ChangePolicy),
        Access::Closed { .. } | Access::Untested => {
            Offer::unknown(Ask::ChangePolicy, format!("update on {}", policies::ANY))
        }
    }
}

/// One offer for each of [`Ask::OF_VAULT`], in that order.
pub(crate) async fn of_vault(cluster: &Cluster, vault: &VaultId) -> Vec<Offer> {
    let engine = match cluster.mounts.engine(&cluster.client, vault).await {
        Ok(engine) => engine,
        Err(error) => {
            return Ask::OF_VAULT.into_iter().map(|ask| unreadable(ask, &error)).collect();
        }
    };
    // What is made has no name yet. A policy for some names alone denies this one, so only a yes is an answer.
    let made: &[(Ask, &str, String)] = &match engine {
        Engine::Transit => vec![
            (Ask::CreateKey, "update", format!("{vault}/keys/NAME")),
            (Ask::ImportKey, "update", format!("{vault}/keys/NAME{IMPORT}")),
        ],
        Engine::Kv => vec![(Ask::CreateSecret, "create", format!("{vault}/data/NAME"))],
        Engine::Pki => Vec::new(),
    };
    if made.is_empty() {
        return Ask::OF_VAULT.into_iter().map(|ask| never_made(engine, ask)).collect();
    }
    let paths: Vec<&str> = made.iter().map(|(.., path)| path.as_str()).collect();
    let allowed = Allowed::of(&cluster.client, &paths).await;
    let offer = |ask| match made.iter().find(|(made, ..)| *made == ask) {
        Some((_, capability, path)) => match allowed.access(capability, path) {
            Access::Open => Offer::allow(ask),
            Access::Closed { .. } | Access::Untested => Offer::unknown(ask, format!("{capability} on {path}")),
        },
        None => never_made(engine, ask),
    };
    Ask::OF_VAULT.into_iter().map(offer).collect()
}

fn never_made(engine: Engine, ask: Ask) -> Offer {
    Offer::refuse(ask, why_not_made(engine, ask))
}

/// Why a mount of this engine makes no such thing.
pub(crate) fn why_not_made(engine: Engine, ask: Ask) -> &'static str {
    match (engine, ask) {
        (Engine::Transit, Ask::CreateSecret) => "A transit mount holds keys; secrets are written into a KV mount.",
        (Engine::Kv, Ask::CreateKey) => "A KV mount holds secret values; keys are made in a transit mount.",
        (Engine::Transit | Engine::Kv, Ask::CreateCertificate | Ask::ImportCertificate) => {
            "This mount holds no certificates: a PKI mount issues them."
        }
        (Engine::Kv, Ask::ImportKey) => "A KV mount holds secret values; keys are brought into a transit mount.",
        (_, Ask::DeleteIssuer | Ask::SetContacts | Ask::SetIssuer) => {
            "Issuers and roles of a PKI mount are set up by its administrators' policies; a mount has no contacts."
        }
        (_, Ask::Restore) => "Vault restores the whole server (`operator raft snapshot restore`), not single items.",
        (
            Engine::Pki,
            Ask::CreateCertificate | Ask::CreateKey | Ask::CreateSecret | Ask::ImportCertificate | Ask::ImportKey,
        ) => "A PKI mount issues certificates, by the rules of its roles; a key or a secret cannot be put into it.",
        _ => "This is done to an item, not to a mount.",
    }
}

/// The offer where what it depends on could not be read.
fn unreadable(ask: Ask, error: &Error) -> Offer {
    match (error.kind(), error.permission()) {
        (Kind::Denied, Some(permission)) => Offer::denied(ask, error.message(), permission),
        _ => Offer::refuse(ask, format!("It could not be read: {}.", error.message())),
    }
}
