//! Offers of a transit key.

use domain::{Access, Ask, FacetKind, Item, Leaves, Offer};

use super::{of_policy, unreadable};
use crate::{
    access::Allowed,
    client::Client,
    plan::IMPORT_VERSION,
    policies,
    transit::{self, Key},
};

/// One offer for each of [`Ask::OF_ITEM`], in that order.
pub(crate) async fn offers(client: &Client, item: &Item) -> Vec<Offer> {
    let path = format!("{}/{}", item.key.vault, item.key.id);
    let below = ["rotate", "config", "trim", "import_version"].map(|name| format!("{path}/{name}"));
    let asked: Vec<&str> = [path.as_str(), policies::ANY].into_iter().chain(below.iter().map(String::as_str)).collect();
    let (allowed, key) = futures::join!(Allowed::of(client, &asked), transit::read(client, &item.key));
    let readable = allowed.access("read", &path);
    let of = |ask| match ask {
        Ask::ExportCertificate => certificate(item, &readable, &path),
        Ask::ExportPublicKey => public_key(item, &readable, &path),
        Ask::BackUp => {
            Offer::refuse(ask, "Transit backups (`transit/backup`) hold the key in the clear, and are not made here.")
        }
        Ask::ExportPrivateKey => {
            Offer::refuse(ask, "A transit key leaves the server only where it is exportable, and not as a certificate.")
        }
        Ask::ExportSigningRequest => Offer::refuse(ask, "No signing request is kept with a transit key."),
        Ask::ChangePolicy => of_policy(&allowed),
        Ask::RevealSecret => Offer::refuse(ask, why_not_revealed(item)),
        ask => match (change_of(ask), &key) {
            (Err(because), _) => Offer::refuse(ask, because),
            (Ok(_), Err(error)) => unreadable(ask, error),
            (Ok(change), Ok(key)) => match why_not_now(change, key) {
                Some(because) => Offer::refuse(ask, because),
                None => {
                    let (capability, below) = change.needs();
                    allowed.offer(ask, &[(capability, &format!("{path}{below}"))])
                }
            },
        },
    };
    Ask::OF_ITEM.into_iter().map(of).collect()
}

/// A change that a transit key can have.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum KeyChange {
    Configure,
    Delete,
    ImportVersion,
    Rotate,
    SetRotation,
    Trim,
}

impl KeyChange {
    /// What it takes: the capability, and the path below the key.
    fn needs(self) -> (&'static str, &'static str) {
        match self {
            Self::Configure | Self::SetRotation => ("update", "/config"),
            Self::Delete => ("delete", ""),
            Self::ImportVersion => ("update", IMPORT_VERSION),
            Self::Rotate => ("update", "/rotate"),
            Self::Trim => ("update", "/trim"),
        }
    }
}

/// The change that is asked for, or why no transit key has such a thing.
pub(crate) fn change_of(ask: Ask) -> Result<KeyChange, &'static str> {
    Err(match ask {
        Ask::Configure => return Ok(KeyChange::Configure),
        Ask::Delete => return Ok(KeyChange::Delete),
        Ask::ImportMaterial => return Ok(KeyChange::ImportVersion),
        Ask::Rotate => return Ok(KeyChange::Rotate),
        Ask::SetRotation => return Ok(KeyChange::SetRotation),
        Ask::Trim => return Ok(KeyChange::Trim),
        Ask::CancelDeletion | Ask::ScheduleDeletion => {
            "A transit key is deleted at once or not at all: it never waits for its deletion."
        }
        Ask::ChangeDescription => "A transit key has no description.",
        Ask::ChangePolicy => "Policies are the cluster's, and are changed for all items at once.",
        Ask::ChangeTags => "A transit key has no tags.",
        Ask::CreateAlias | Ask::DeleteAlias | Ask::MoveAlias => "A transit key has its one name and no aliases.",
        Ask::CreateGrant | Ask::RetireGrant | Ask::RevokeGrant => {
            "A transit key has no grants: who may use it is said by the server's policies."
        }
        Ask::Disable | Ask::Enable => {
            "A transit key cannot be disabled: its settings min_encryption_version and min_decryption_version say which \
             versions may still be used."
        }
        Ask::DeleteVersions | Ask::UndeleteVersions => {
            "Versions of a transit key are not hidden one by one: they are trimmed for good, the oldest first."
        }
        Ask::RollBack => "A transit key always encrypts with its newest versions: an older one cannot be made current.",
        Ask::WriteValue => "A transit key holds no value to write: the server makes its material.",
        Ask::CancelIssuance | Ask::ChangeCertificatePolicy | Ask::MergeCertificate => {
            "A transit key has no certificate that the server issues."
        }
        Ask::CreateCertificate
        | Ask::CreateKey
        | Ask::CreateSecret
        | Ask::DeleteIssuer
        | Ask::ImportCertificate
        | Ask::ImportKey
        | Ask::Restore
        | Ask::SetContacts
        | Ask::SetIssuer => "This is done to a mount, not to a key.",
        Ask::BackUp
        | Ask::ExportCertificate
        | Ask::ExportPrivateKey
        | Ask::ExportPublicKey
        | Ask::ExportSigningRequest
        | Ask::RevealSecret => "This changes nothing.",
    })
}

/// The reason, if what the key is set to settles it.
pub(crate) fn why_not_now(change: KeyChange, key: &Key) -> Option<String> {
    if key.is("soft_deleted") {
        return Some(
            "The key is soft-deleted: nothing can be done to it until it is restored (`soft-delete-restore`).".into(),
        );
    }
    match change {
        KeyChange::Delete if !key.is("deletion_allowed") => Some(
            "The key's setting deletion_allowed is false, so the server would refuse. Set it first, with Configure."
                .into(),
        ),
        KeyChange::ImportVersion if !key.is("imported_key") => Some(
            "The server made the newest version of this key itself: only a key whose versions were all imported takes \
             another from outside."
                .into(),
        ),
        KeyChange::Rotate | KeyChange::SetRotation if key.keeps_imported_material() => {
            Some("The key was imported without allow_rotation: the server makes no new version of it.".into())
        }
        KeyChange::SetRotation if key.period().is_none() => Some("This server knows no automatic rotation.".into()),
        KeyChange::Trim => why_not_trimmed(key),
        KeyChange::Configure
        | KeyChange::Delete
        | KeyChange::ImportVersion
        | KeyChange::Rotate
        | KeyChange::SetRotation => None,
    }
}

fn why_not_trimmed(key: &Key) -> Option<String> {
    let (encrypting, decrypting) = (key.least_encrypting(), key.least_decrypting());
    if encrypting == 0 {
        return Some(
            "The server trims only what is below both min_decryption_version and min_encryption_version, and the latter \
             is not set (0). Set it first, with Configure."
                .into(),
        );
    }
    key.trimmable().is_none().then(|| {
        format!(
            "Nothing can be trimmed: the server trims only below min_decryption_version ({decrypting}) and \
             min_encryption_version ({encrypting}), and there is no older version. Raise them first, with Configure."
        )
    })
}

fn certificate(item: &Item, readable: &Access, path: &str) -> Offer {
    let has_certificate = item.facets.iter().any(|facet| facet.kind == FacetKind::Certificate);
    if has_certificate {
        by_access(Ask::ExportCertificate, readable, path)
    } else {
        Offer::refuse(Ask::ExportCertificate, "No certificate was stored with this key.")
    }
}

fn public_key(item: &Item, readable: &Access, path: &str) -> Offer {
    match why_no_public_key(item, leaves(item)) {
        Some(because) => Offer::refuse(Ask::ExportPublicKey, because),
        None => by_access(Ask::ExportPublicKey, readable, path),
    }
}

fn why_not_revealed(item: &Item) -> &'static str {
    match leaves(item) {
        Some(Leaves::PrivateMaterial) => {
            "The key is exportable, so its private part can leave the server, but only by the provider's own tool."
        }
        Some(Leaves::Nothing | Leaves::PublicPart) => {
            "The key is not exportable: its private part never leaves the server."
        }
        None => "A transit key is used inside the server and is not shown.",
    }
}

fn leaves(item: &Item) -> Option<Leaves> {
    item.facets.iter().find(|facet| facet.kind == FacetKind::Key).map(|facet| facet.leaves)
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

/// The answer to an ask that takes reading `path`.
pub(super) fn by_access(ask: Ask, access: &Access, path: &str) -> Offer {
    match access {
        Access::Open => Offer::allow(ask),
        Access::Closed { permission, because } => Offer::denied(ask, because, permission),
        Access::Untested => Offer::unknown(ask, format!("read on {path}")),
    }
}
