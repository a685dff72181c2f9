//! Offers of a KV path.

use domain::{Ask, Item, Offer, State};

use super::{transit::by_access, unreadable};
use crate::{
    access::Allowed,
    client::Client,
    kv::{self, Life, Metadata},
};

/// One offer for each of [`Ask::OF_ITEM`], in that order.
pub(crate) async fn offers(client: &Client, item: &Item) -> Vec<Offer> {
    let below = |part: &str| format!("{}/{part}/{}", item.key.vault, kv::path_of(&item.key));
    let [data, metadata, delete, undelete] = ["data", "metadata", "delete", "undelete"].map(below);
    let asked = [data.as_str(), &metadata, &delete, &undelete];
    let (allowed, read) = futures::join!(Allowed::of(client, &asked), kv::read(client, &item.key));
    let of = |ask| match ask {
        Ask::ExportCertificate => Offer::refuse(ask, "A KV path holds a secret value, not a certificate."),
        Ask::ExportPublicKey => Offer::refuse(ask, "A KV path holds a secret value, not a key."),
        Ask::RevealSecret => match why_not_revealed(item) {
            Some(because) => Offer::refuse(ask, because),
            None => by_access(ask, &allowed.access("read", &data), &data),
        },
        change => match (why_never(change), &read) {
            (Some(because), _) => Offer::refuse(change, because),
            (None, Err(error)) => unreadable(change, error),
            (None, Ok(read)) => match why_not_now(change, read) {
                Some(because) => Offer::refuse(change, because),
                None => match change {
                    Ask::WriteValue => allowed.offer(change, &[("update", &data)]),
                    Ask::RollBack => allowed.offer(change, &[("read", &data), ("update", &data)]),
                    Ask::DeleteVersions => allowed.offer(change, &[("update", &delete)]),
                    Ask::UndeleteVersions => allowed.offer(change, &[("update", &undelete)]),
                    Ask::Delete => allowed.offer(change, &[("delete", &metadata)]),
                    _ => allowed.offer(change, &[("update", &metadata)]),
                },
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

/// The reason, if no KV path has such a thing.
pub(crate) fn why_never(ask: Ask) -> Option<&'static str> {
    Some(match ask {
        Ask::ChangeTags
        | Ask::Configure
        | Ask::Delete
        | Ask::DeleteVersions
        | Ask::RollBack
        | Ask::UndeleteVersions
        | Ask::WriteValue => return None,
        Ask::CancelDeletion | Ask::ScheduleDeletion => {
            "A KV path is destroyed at once; what hides values for a while is deleting versions."
        }
        Ask::ChangeDescription => "A KV path has no description of its own; its custom metadata are its tags.",
        Ask::CreateAlias | Ask::DeleteAlias | Ask::MoveAlias => "A KV path has no aliases.",
        Ask::CreateGrant | Ask::RetireGrant | Ask::RevokeGrant => {
            "A KV path has no grants: who may use it is said by the server's policies."
        }
        Ask::Disable | Ask::Enable => "A KV path cannot be disabled; deleting its versions hides their values.",
        Ask::Rotate | Ask::SetRotation => {
            "A KV path holds what was written into it: a new value is written, not rotated."
        }
        Ask::Trim => "Old versions of a KV path go by its setting max_versions; single ones can be deleted.",
        Ask::CreateKey | Ask::CreateSecret => "This is done to a mount, not to a path.",
        Ask::ExportCertificate | Ask::ExportPublicKey | Ask::RevealSecret => "This changes nothing.",
    })
}

/// The reason, if the path's versions settle it.
pub(crate) fn why_not_now(ask: Ask, path: &Metadata) -> Option<String> {
    let because = match ask {
        Ask::DeleteVersions if path.those(Life::Live).is_empty() => "No version of this path has a value to hide.",
        Ask::UndeleteVersions if path.those(Life::Deleted).is_empty() => {
            "No version of this path is deleted; what was destroyed cannot be brought back."
        }
        Ask::RollBack if older(path).is_empty() => "There is no older version whose value could be made current again.",
        _ => return None,
    };
    Some(because.to_owned())
}

/// The versions whose value can be made current again, newest first.
pub(crate) fn older(path: &Metadata) -> Vec<u64> {
    let live = path.those(Life::Live).into_iter();
    live.filter(|version| *version < path.current_version()).collect()
}
