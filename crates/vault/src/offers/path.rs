//! Offers of a KV path.

use domain::{Ask, Item, Offer, State};

use super::{of_policy, transit::by_access, unreadable};
use crate::{
    access::Allowed,
    client::Client,
    kv::{self, Life, Metadata},
    policies,
};

/// One offer for each of [`Ask::OF_ITEM`], in that order.
pub(crate) async fn offers(client: &Client, item: &Item) -> Vec<Offer> {
    let below = |part: &str| format!("{}/{part}/{}", item.key.vault, kv::path_of(&item.key));
    let [data, metadata, delete, undelete] = ["data", "metadata", "delete", "undelete"].map(below);
    let asked = [data.as_str(), &metadata, &delete, &undelete, policies::ANY];
    let (allowed, read) = futures::join!(Allowed::of(client, &asked), kv::read(client, &item.key));
    let of = |ask| match ask {
        Ask::ExportCertificate => Offer::refuse(ask, "A KV path holds a secret value, not a certificate."),
        Ask::BackUp => {
            Offer::refuse(ask, "Vault backs up the whole server (`operator raft snapshot`), not single paths.")
        }
        Ask::ExportPrivateKey | Ask::ExportSigningRequest => {
            Offer::refuse(ask, "A KV path holds a secret value, not a certificate.")
        }
        Ask::ExportPublicKey => Offer::refuse(ask, "A KV path holds a secret value, not a key."),
        Ask::ChangePolicy => of_policy(&allowed),
        Ask::RevealSecret => match why_not_revealed(item) {
            Some(because) => Offer::refuse(ask, because),
            None => by_access(ask, &allowed.access("read", &data), &data),
        },
        ask => match (change_of(ask), &read) {
            (Err(because), _) => Offer::refuse(ask, because),
            (Ok(_), Err(error)) => unreadable(ask, error),
            (Ok(change), Ok(read)) => match (why_not_now(change, read), change) {
                (Some(because), _) => Offer::refuse(ask, because),
                (None, PathChange::ChangeTags | PathChange::Configure) => allowed.offer(ask, &[("update", &metadata)]),
                (None, PathChange::Delete) => allowed.offer(ask, &[("delete", &metadata)]),
                (None, PathChange::DeleteVersions) => allowed.offer(ask, &[("update", &delete)]),
                (None, PathChange::RollBack) => allowed.offer(ask, &[("read", &data), ("update", &data)]),
                (None, PathChange::UndeleteVersions) => allowed.offer(ask, &[("update", &undelete)]),
                (None, PathChange::WriteValue) => allowed.offer(ask, &[("update", &data)]),
            },
        },
    };
    Ask::OF_ITEM.into_iter().map(of).collect()
}

fn why_not_revealed(item: &Item) -> Option<String> {
    match &item.state {
        State::Destroyed => Some("The current version was destroyed: its value is gone.".to_owned()),
        State::Other(word) => Some(format!("There is no current value: {word}.")),
        State::Disabled
        | State::Enabled
        | State::Expired
        | State::PendingDeletion
        | State::PendingImport
        | State::Unknown => None,
    }
}

/// A change that a KV path can have.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum PathChange {
    ChangeTags,
    Configure,
    Delete,
    DeleteVersions,
    RollBack,
    UndeleteVersions,
    WriteValue,
}

/// The change that is asked for, or why no KV path has such a thing.
pub(crate) fn change_of(ask: Ask) -> Result<PathChange, &'static str> {
    Err(match ask {
        Ask::ChangeTags => return Ok(PathChange::ChangeTags),
        Ask::Configure => return Ok(PathChange::Configure),
        Ask::Delete => return Ok(PathChange::Delete),
        Ask::DeleteVersions => return Ok(PathChange::DeleteVersions),
        Ask::RollBack => return Ok(PathChange::RollBack),
        Ask::UndeleteVersions => return Ok(PathChange::UndeleteVersions),
        Ask::WriteValue => return Ok(PathChange::WriteValue),
        Ask::CancelDeletion | Ask::ScheduleDeletion => {
            "A KV path is destroyed at once; what hides values for a while is deleting versions."
        }
        Ask::ChangeDescription => "A KV path has no description of its own; its custom metadata are its tags.",
        Ask::ChangePolicy => "Policies are the cluster's, and are changed for all items at once.",
        Ask::CreateAlias | Ask::DeleteAlias | Ask::MoveAlias => "A KV path has no aliases.",
        Ask::CreateGrant | Ask::RetireGrant | Ask::RevokeGrant => {
            "A KV path has no grants: who may use it is said by the server's policies."
        }
        Ask::Disable | Ask::Enable => "A KV path cannot be disabled; deleting its versions hides their values.",
        Ask::Rotate | Ask::SetRotation => {
            "A KV path holds what was written into it: a new value is written, not rotated."
        }
        Ask::Trim => "Old versions of a KV path go by its setting max_versions; single ones can be deleted.",
        Ask::ImportMaterial => "A KV path holds a secret value, not key material.",
        Ask::CancelIssuance | Ask::ChangeCertificatePolicy | Ask::MergeCertificate => {
            "A KV path holds a secret value: nothing issues it."
        }
        Ask::CreateCertificate
        | Ask::CreateKey
        | Ask::CreateSecret
        | Ask::DeleteIssuer
        | Ask::ImportCertificate
        | Ask::ImportKey
        | Ask::Restore
        | Ask::SetContacts
        | Ask::SetIssuer => "This is done to a mount, not to a path.",
        Ask::BackUp
        | Ask::ExportCertificate
        | Ask::ExportPrivateKey
        | Ask::ExportPublicKey
        | Ask::ExportSigningRequest
        | Ask::RevealSecret => "This changes nothing.",
    })
}

/// The reason, if the path's versions settle it.
pub(crate) fn why_not_now(change: PathChange, path: &Metadata) -> Option<String> {
    let (missing, because) = match change {
        PathChange::DeleteVersions => {
            (path.those(Life::Live).is_empty(), "No version of this path has a value to hide.")
        }
        PathChange::RollBack => {
            (older(path).is_empty(), "There is no older version whose value could be made current again.")
        }
        PathChange::UndeleteVersions => (
            path.those(Life::Deleted).is_empty(),
            "No version of this path is deleted; what was destroyed cannot be brought back.",
        ),
        PathChange::ChangeTags | PathChange::Configure | PathChange::Delete | PathChange::WriteValue => return None,
    };
    missing.then(|| because.to_owned())
}

/// The versions whose value can be made current again, newest first.
pub(crate) fn older(path: &Metadata) -> Vec<u64> {
    let live = path.those(Life::Live).into_iter();
    live.filter(|version| *version < path.current_version()).collect()
}
