//! Offers of a PKI certificate or issuer. Certificates are open to everybody, so no capability on them is asked for; what
//! the read of the row said decides.

use domain::{Ask, FacetKind, Item, Kind, Offer};

use super::of_policy;
use crate::{access::Allowed, client::Client, policies};

/// One offer for each of [`Ask::OF_ITEM`], in that order.
pub(crate) async fn offers(client: &Client, item: &Item) -> Vec<Offer> {
    let allowed = Allowed::of(client, &[policies::ANY]).await;
    let of = |ask| match ask {
        Ask::ChangePolicy => of_policy(&allowed),
        Ask::ExportCertificate => exported(item, ask, FacetKind::Certificate),
        Ask::ExportPublicKey => exported(item, ask, FacetKind::Key),
        Ask::BackUp => {
            Offer::refuse(ask, "Vault backs up the whole server (`operator raft snapshot`), not certificates.")
        }
        Ask::ExportPrivateKey => {
            Offer::refuse(ask, "A PKI mount shows the private key once, when it issues, and never again.")
        }
        Ask::ExportSigningRequest => Offer::refuse(ask, "A PKI mount keeps no signing requests."),
        Ask::RevealSecret => Offer::refuse(ask, "A PKI mount hands out certificates only; it shows no private key."),
        change => Offer::refuse(change, why_never(change)),
    };
    Ask::OF_ITEM.into_iter().map(of).collect()
}

fn exported(item: &Item, ask: Ask, facet: FacetKind) -> Offer {
    let path = format!("{}/{}", item.key.vault, item.key.id);
    let has = |kind| item.facets.iter().any(|facet| facet.kind == kind);
    match &item.trouble {
        _ if has(facet) => Offer::allow(ask),
        Some(trouble) if trouble.kind() == Kind::Denied => {
            let permission = trouble.permission().map_or_else(|| format!("read on {path}"), str::to_owned);
            Offer::denied(ask, trouble.message(), permission)
        }
        Some(trouble) if has(FacetKind::Certificate) => Offer::refuse(ask, trouble.message()),
        Some(_) | None => Offer::unknown(ask, format!("read on {path}")),
    }
}

/// Why a certificate is not changed. What it says was signed once; the mount issues others and revokes it.
pub(crate) fn why_never(ask: Ask) -> &'static str {
    match ask {
        Ask::CancelDeletion | Ask::Delete | Ask::ScheduleDeletion | Ask::Trim => {
            "A certificate is revoked (`pki/revoke`) and stays on record until `pki/tidy` clears it after its end."
        }
        Ask::ChangeDescription | Ask::ChangeTags => {
            "A certificate has neither a description nor tags: it is as it was signed."
        }
        Ask::ChangePolicy => "Policies are the cluster's, and are changed for all items at once.",
        Ask::Configure => "A certificate has no settings: the roles and issuers of the mount have.",
        Ask::CreateAlias | Ask::DeleteAlias | Ask::MoveAlias => "A certificate has its serial number and no aliases.",
        Ask::CreateGrant | Ask::RetireGrant | Ask::RevokeGrant => {
            "A certificate has no grants: who may issue and revoke is said by the server's policies."
        }
        Ask::DeleteVersions | Ask::RollBack | Ask::UndeleteVersions | Ask::WriteValue => {
            "A certificate has no versions and no value to write."
        }
        Ask::Disable | Ask::Enable => {
            "A certificate ends by its notAfter, or by being revoked (`pki/revoke`), for good."
        }
        Ask::Rotate | Ask::SetRotation => {
            "A certificate is followed by a new one that a role of the mount issues (`pki/issue/ROLE`)."
        }
        Ask::ImportMaterial => "A certificate takes no key material.",
        Ask::CancelIssuance | Ask::ChangeCertificatePolicy | Ask::MergeCertificate => {
            "A certificate is issued at once, by a role of the mount (`pki/issue/ROLE`): nothing waits."
        }
        Ask::CreateCertificate
        | Ask::CreateKey
        | Ask::CreateSecret
        | Ask::DeleteIssuer
        | Ask::ImportCertificate
        | Ask::ImportKey
        | Ask::Restore
        | Ask::SetContacts
        | Ask::SetIssuer => {
            "A PKI mount issues certificates, by the rules of its roles; a key or a secret cannot be put into it."
        }
        Ask::BackUp
        | Ask::ExportCertificate
        | Ask::ExportPrivateKey
        | Ask::ExportPublicKey
        | Ask::ExportSigningRequest
        | Ask::RevealSecret => "This changes nothing.",
    }
}
