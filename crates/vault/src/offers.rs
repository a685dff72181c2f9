//! What may be done to an item, and why not. What it is decides first; then `sys/capabilities-self` is asked, once.

use domain::{Access, Ask, FacetKind, Item, Kind, Leaves, Offer, State};

use crate::{access, client::Client, kv, transit};

/// One offer for each of [`Ask::OF_ITEM`], in that order.
pub(crate) async fn offers(client: &Client, item: &Item) -> Vec<Offer> {
    if item.key.id.starts_with(transit::KEYS) {
        of_key(client, item).await
    } else if item.key.id.starts_with(kv::DATA) {
        of_path(client, item).await
    } else {
        of_certificate(item)
    }
}

async fn of_key(client: &Client, item: &Item) -> Vec<Offer> {
    let leaves = item.facets.iter().find(|facet| facet.kind == FacetKind::Key).map(|facet| facet.leaves);
    let has_certificate = item.facets.iter().any(|facet| facet.kind == FacetKind::Certificate);
    let no_public_key = why_no_public_key(item, leaves);
    let readable = readable(client, item, has_certificate || no_public_key.is_none()).await;
    let certificate = if has_certificate {
        by_access(Ask::ExportCertificate, item, &readable)
    } else {
        Offer::refuse(Ask::ExportCertificate, "No certificate was stored with this key.")
    };
    let public_key = match no_public_key {
        Some(because) => Offer::refuse(Ask::ExportPublicKey, because),
        None => by_access(Ask::ExportPublicKey, item, &readable),
    };
    let secret = match leaves {
        Some(Leaves::PrivateMaterial) => {
            "The key is exportable, so its private part can leave the server, but only by the provider's own tool."
        }
        Some(Leaves::Nothing | Leaves::PublicPart) => {
            "The key is not exportable: its private part never leaves the server."
        }
        None => "A transit key is used inside the server and is not shown.",
    };
    vec![certificate, public_key, Offer::refuse(Ask::RevealSecret, secret)]
}

/// The reason, if what the key is already settles it. An exportable key of a kind that this version does not know may
/// have a public half or not.
fn why_no_public_key(item: &Item, leaves: Option<Leaves>) -> Option<String> {
    let algorithm = item.algorithm.as_ref()?;
    match (algorithm.has_public_half(), leaves) {
        (Some(false), _) => Some(format!("A {algorithm} key is symmetric: it has no public half.")),
        (Some(true), Some(Leaves::Nothing)) => {
            Some("Each context derives a key of its own from this one, so it has no public key.".to_owned())
        }
        (None, Some(Leaves::Nothing)) => Some(format!("The server shows no public key for a {algorithm} key.")),
        (Some(true) | None, Some(Leaves::PublicPart | Leaves::PrivateMaterial) | None) => None,
    }
}

async fn of_path(client: &Client, item: &Item) -> Vec<Offer> {
    let secret = match &item.state {
        State::Destroyed => Offer::refuse(Ask::RevealSecret, "The current version was destroyed: its value is gone."),
        State::Other(word) => Offer::refuse(Ask::RevealSecret, format!("There is no current value: {word}.")),
        State::Disabled
        | State::Enabled
        | State::Expired
        | State::PendingDeletion
        | State::PendingImport
        | State::Unknown => by_access(Ask::RevealSecret, item, &readable(client, item, true).await),
    };
    vec![
        Offer::refuse(Ask::ExportCertificate, "A KV path holds a secret value, not a certificate."),
        Offer::refuse(Ask::ExportPublicKey, "A KV path holds a secret value, not a key."),
        secret,
    ]
}

/// Certificates are open to everybody, so no capability is asked for; what the read of the row said decides.
fn of_certificate(item: &Item) -> Vec<Offer> {
    let path = path_of(item);
    let has = |kind| item.facets.iter().any(|facet| facet.kind == kind);
    let offer = |ask, facet| match &item.trouble {
        _ if has(facet) => Offer::allow(ask),
        Some(trouble) if trouble.kind() == Kind::Denied => {
            let permission = trouble.permission().map_or_else(|| format!("read on {path}"), str::to_owned);
            Offer::denied(ask, trouble.message(), permission)
        }
        Some(trouble) if has(FacetKind::Certificate) => Offer::refuse(ask, trouble.message()),
        Some(_) | None => Offer::unknown(ask, format!("read on {path}")),
    };
    vec![
        offer(Ask::ExportCertificate, FacetKind::Certificate),
        offer(Ask::ExportPublicKey, FacetKind::Key),
        Offer::refuse(Ask::RevealSecret, "A PKI mount hands out certificates only; it shows no private key."),
    ]
}

/// Whether the item's path may be read; asks only if the answer matters.
async fn readable(client: &Client, item: &Item, matters: bool) -> Access {
    if matters { access::to_read(client, &path_of(item)).await } else { Access::Untested }
}

fn by_access(ask: Ask, item: &Item, access: &Access) -> Offer {
    match access {
        Access::Open => Offer::allow(ask),
        Access::Closed { permission, because } => Offer::denied(ask, because, permission),
        Access::Untested => Offer::unknown(ask, format!("read on {}", path_of(item))),
    }
}

fn path_of(item: &Item) -> String {
    format!("{}/{}", item.key.vault, item.key.id)
}
