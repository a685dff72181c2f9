//! Where a key comes from: whether it leaves there, and the source of an import as it is settled.

use contract::{AskLeaving, ImportSourceWire, LeavingWire};
use domain::{Algorithm, Error, Exports, ItemDetail, Kind, Leaving, Provider, Result, Wrap};
use import::{Import, ImportTarget, Source};

use crate::{App, items::Found};

const SETTLE: &str = "settle where the key comes from";

/// What is known of an item whose key is to be brought.
pub(super) struct Asked {
    pub(super) wire: LeavingWire,
    algorithm: Option<Algorithm>,
}

impl App {
    /// Whether an item's key leaves its place, and how.
    ///
    /// # Errors
    /// `NotFound` if no connection knows the item, or as the provider says if it cannot be read.
    pub async fn ask_leaving(&self, request: AskLeaving) -> Result<LeavingWire> {
        Ok(self.leaving(&request.reference).await?.wire)
    }

    pub(super) async fn leaving(&self, reference: &str) -> Result<Asked> {
        let found = self.find(reference).await?;
        let detail = self.detail(&found).await?;
        let Leaving { plain, wrapped } = leaving_of(&found, &detail);
        let algorithm = detail.item.algorithm.clone();
        let wire = LeavingWire {
            reference: found.reference().to_string(),
            name: detail.item.name.clone(),
            algorithm: algorithm.as_ref().map(ToString::to_string),
            versions: detail.versions.iter().map(|version| version.id.clone()).collect(),
            plain,
            wrapped,
        };
        Ok(Asked { wire, algorithm })
    }

    /// The source that is wanted, held against the target.
    pub(super) async fn source(&self, import: &Import, wanted: ImportSourceWire) -> Result<Source> {
        let target = super::target_of(import)?;
        let (reference, version, inside) = match wanted {
            ImportSourceWire::File => return Ok(Source::File),
            ImportSourceWire::Generated => return Ok(Source::Generated),
            ImportSourceWire::Offline if super::targets::is_plain(target) => {
                return Err(refused("this way takes the key as it is, and such a machine hands out wrapped keys only"));
            }
            ImportSourceWire::Offline => return Ok(Source::Offline),
            ImportSourceWire::Item { reference, version, inside } => (reference, version, inside),
        };
        let asked = self.leaving(&reference).await?;
        let because = if inside { &asked.wire.wrapped } else { &asked.wire.plain };
        if let Some(because) = because {
            return Err(refused(because.clone()));
        }
        matches(asked.algorithm.as_ref(), &target.algorithm)?;
        if let Some(because) = not_inside(target).filter(|_| inside) {
            return Err(refused(because));
        }
        if let Some(version) = version.as_ref().filter(|wanted| !asked.wire.versions.contains(wanted)) {
            return Err(refused(format!("{} has no version {version}", asked.wire.name)));
        }
        Ok(Source::Item { reference: asked.wire.reference, version, inside })
    }

    /// Whether the source that is settled, if one is, is of the kind.
    pub(super) async fn fits_the_source(&self, import: &Import, algorithm: &Algorithm) -> Result<()> {
        match (&import.source, &import.target) {
            // Another kind forgets the source.
            (Some(Source::Item { reference, .. }), None) => {
                matches(self.leaving(reference).await?.algorithm.as_ref(), algorithm)
            }
            _ => Ok(()),
        }
    }
}

/// How the place hands keys out.
///
/// # Errors
/// `Unsupported` if it never does.
pub(super) fn exports_of(provider: &dyn Provider) -> Result<&dyn Exports> {
    provider.exports().ok_or_else(|| refused(NEVER))
}

const NEVER: &str = "keys never leave this kind of place";

fn leaving_of(found: &Found, detail: &ItemDetail) -> Leaving {
    match found.provider.exports() {
        Some(exports) => exports.leaving(detail),
        None => Leaving { plain: Some(NEVER.to_owned()), wrapped: Some(NEVER.to_owned()) },
    }
}

/// Why no place wraps a key inside itself for that target: places do so by `CKM_RSA_AES_KEY_WRAP` alone.
pub(super) fn not_inside(target: &ImportTarget) -> Option<String> {
    match target.wrap.wrap {
        Wrap::RsaAesSha1 | Wrap::RsaAesSha256 => None,
        Wrap::OaepSha1 | Wrap::OaepSha256 => {
            Some(format!("nothing is wrapped by {} inside a vault.", target.wrap.native))
        }
        Wrap::Plain => {
            Some("the target takes the key unwrapped, so there is no wrapping key to wrap it with inside.".to_owned())
        }
    }
}

fn matches(has: Option<&Algorithm>, wanted: &Algorithm) -> Result<()> {
    match has {
        Some(has) if has == wanted => Ok(()),
        Some(has) => Err(refused(format!("it is a key of the kind {has}, and the target is settled for {wanted}"))),
        None => Err(refused("it is not told what kind of key it is")),
    }
}

fn refused(because: impl Into<String>) -> Error {
    Error::new(Kind::Invalid, SETTLE, because)
        .with_refused_by("this app")
        .with_next("Choose another key, or settle the target for this one. Nothing was read.")
}
