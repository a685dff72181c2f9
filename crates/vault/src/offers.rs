//! What may be done to an item, and why not. What it is decides first; then `sys/capabilities-self` is asked, once.

use domain::{Access, Answer, Ask, FacetKind, Item, Kind, Leaves, Offer, State};

use crate::{access, client::Client, kv, transit};

/// One offer for each of [`Ask::ALL`], in that order.
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
    let has_public_half = item.algorithm.as_ref().and_then(domain::Algorithm::has_public_half);
    let algorithm = item.algorithm.as_ref().map(ToString::to_string).unwrap_or_default();
    let public_key = match (leaves, has_public_half) {
        (_, Some(false)) => {
            Offer::refuse(Ask::ExportPublicKey, format!("A {algorithm} key is symmetric: it has no public half."))
        }
        (Some(Leaves::Nothing), Some(true)) => {
            let because = "Each context derives a key of its own from this one, so it has no public key.";
            Offer::refuse(Ask::ExportPublicKey, because)
        }
        (Some(Leaves::Nothing), None) => {
            Offer::refuse(Ask::ExportPublicKey, format!("The server shows no public key for a {algorithm} key."))
        }
        _ => by_capability(client, item, Ask::ExportPublicKey).await,
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
    vec![
        Offer::refuse(Ask::ExportCertificate, "A transit key is not a certificate."),
        public_key,
        Offer::refuse(Ask::RevealSecret, secret),
    ]
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
        | State::Unknown => by_capability(client, item, Ask::RevealSecret).await,
    };
    vec![
        Offer::refuse(Ask::ExportCertificate, "A KV path holds a secret value, not a certificate."),
        Offer::refuse(Ask::ExportPublicKey, "A KV path holds a secret value, not a key."),
        secret,
    ]
}

/// Certificates are open to everybody, so no capability is asked for; what the read of the row said decides.
fn of_certificate(item: &Item) -> Vec<Offer> {
    let path = format!("{}/{}", item.key.vault, item.key.id);
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

async fn by_capability(client: &Client, item: &Item, ask: Ask) -> Offer {
    let path = format!("{}/{}", item.key.vault, item.key.id);
    match access::to_read(client, &path).await {
        Access::Open => Offer::allow(ask),
        Access::Closed { permission, because } => Offer::denied(ask, because, permission),
        Access::Untested => Offer { ask, answer: Answer::Unknown { probe: format!("read on {path}") } },
    }
}
