//! What may be done to an item, and why not. Nothing is asked: what the row or the opened item knows decides.

use domain::{Access, Ask, Facet, FacetKind, Item, Kind, Leaves, Offer, State};

use crate::{
    client::{GET_CERTIFICATE, GET_PUBLIC_KEY, GET_SECRET_VALUE},
    error::Call,
    locate::{self, Service},
};

/// One offer for each of [`Ask::OF_ITEM`], in that order.
pub(crate) fn offers(item: &Item) -> Vec<Offer> {
    match locate::parts(&item.key) {
        Ok((Service::Kms, _)) => vec![
            Offer::refuse(Ask::ExportCertificate, "A KMS key is not a certificate."),
            public_key(item),
            Offer::refuse(Ask::RevealSecret, "The key never leaves KMS: it is used there and cannot be read."),
        ],
        Ok((Service::SecretsManager, _)) => vec![
            Offer::refuse(Ask::ExportCertificate, "A secret is a value, not a certificate."),
            Offer::refuse(Ask::ExportPublicKey, "A secret is a value, not a key."),
            secret(item),
        ],
        Ok((Service::Acm, _)) => vec![
            certificate(item, Ask::ExportCertificate, FacetKind::Certificate),
            certificate(item, Ask::ExportPublicKey, FacetKind::Key),
            Offer::refuse(Ask::RevealSecret, "The private key of an ACM certificate is not shown."),
        ],
        Err(_) => Ask::OF_ITEM.into_iter().map(|ask| Offer::refuse(ask, "This names nothing that AWS has.")).collect(),
    }
}

fn public_key(item: &Item) -> Offer {
    let ask = Ask::ExportPublicKey;
    match facet(item, FacetKind::Key) {
        Some(Facet { leaves: Leaves::Nothing, .. }) => {
            let kind = item.algorithm.as_ref().map_or_else(|| "This".to_owned(), |it| format!("An {it}"));
            Offer::refuse(ask, format!("{kind} key is symmetric: it has no public half."))
        }
        Some(facet) => by_access(ask, &facet.access, GET_PUBLIC_KEY),
        // Not described, which says nothing about the public key: it has a permission of its own.
        None => Offer::unknown(ask, GET_PUBLIC_KEY.permission),
    }
}

fn secret(item: &Item) -> Offer {
    match item.state {
        State::PendingDeletion => {
            let because = "The secret is scheduled for deletion: AWS gives no value until the deletion is cancelled.";
            Offer::refuse(Ask::RevealSecret, because)
        }
        State::Destroyed
        | State::Disabled
        | State::Enabled
        | State::Expired
        | State::Other(_)
        | State::PendingImport
        | State::Unknown => match facet(item, FacetKind::Secret) {
            Some(facet) => by_access(Ask::RevealSecret, &facet.access, GET_SECRET_VALUE),
            None => Offer::unknown(Ask::RevealSecret, GET_SECRET_VALUE.permission),
        },
    }
}

fn certificate(item: &Item, ask: Ask, kind: FacetKind) -> Offer {
    if matches!(&item.state, State::Other(word) if matches!(word.as_str(), "PENDING_VALIDATION" | "VALIDATION_TIMED_OUT" | "FAILED"))
    {
        return Offer::refuse(ask, format!("The certificate was not issued yet: its state is {}.", item.state.word()));
    }
    match (facet(item, kind), &item.trouble) {
        (Some(facet), _) => by_access(ask, &facet.access, GET_CERTIFICATE),
        (None, Some(trouble)) if trouble.kind() == Kind::Denied => {
            Offer::denied(ask, trouble.message(), trouble.permission().unwrap_or(GET_CERTIFICATE.permission))
        }
        (None, _) => Offer::unknown(ask, GET_CERTIFICATE.permission),
    }
}

fn by_access(ask: Ask, access: &Access, probe: Call) -> Offer {
    match access {
        Access::Open => Offer::allow(ask),
        Access::Closed { permission, because } => Offer::denied(ask, because.clone(), permission.clone()),
        Access::Untested => Offer::unknown(ask, probe.permission),
    }
}

fn facet(item: &Item, kind: FacetKind) -> Option<&Facet> {
    item.facets.iter().find(|facet| facet.kind == kind)
}
