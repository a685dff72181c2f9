//! A running place with the deeds it offers, each done once while nothing is lost.

use std::sync::Arc;

use domain::Ask;
use futures::{StreamExt, future::BoxFuture, stream};

use super::{
    ABREAST,
    cell::Cell,
    deed::{self, Deed, Honest, Way},
    fault::Fault,
    place::Place,
    seed::Seed,
};

/// Starts a place: it, and the address of the server or file that holds everything.
pub(crate) type Start = fn() -> BoxFuture<'static, servers::Result<(Arc<dyn Place>, String)>>;

/// What a server gets wrong with one change, so that it cannot be tried there. Tried all the same: it must fail.
const QUIRKS: &[(&str, &str, Ask, Way, &str)] = &[
    (
        "ministack",
        "Region",
        Ask::CreateSecret,
        Way::Asked,
        "it gives the first version an id of its own, not the token's",
    ),
    ("localstack", "KMS key", Ask::ImportMaterial, Way::Other, "it lists no generations of material"),
    ("ministack", "KMS key", Ask::ImportMaterial, Way::Other, "it lists no generations of material"),
];

/// Changes of which no reading can tell, at any place, whether it was this order that made them: the kind of thing, the
/// ask, and why. The journal must then say so, and never more.
const UNTELLABLE: &[(&str, Ask, &str)] = &[];

/// A place, ready.
pub(crate) struct Stage {
    pub(crate) place: Arc<dyn Place>,
    /// The deeds it offers, with what each comes to. In the short form, one for each change.
    pub(crate) deeds: Vec<(Deed, Honest)>,
    /// What went wrong though nothing was lost.
    pub(crate) broken: Vec<String>,
}

impl Stage {
    pub(crate) async fn set(name: &'static str, start: Start) -> Result<Self, String> {
        let (place, address) = start().await.map_err(|failure| format!("{name} is not there: {failure}"))?;
        let found = deed::of(&*place, &address).await;
        let mut found = found.map_err(|failed| failed.message().unwrap_or_default().to_owned())?;
        let seed = Seed::all().first().copied().ok_or("CLAVIGER_SOAK is 0")?;
        seed.shuffle(&mut found);
        found.sort_by_key(|deed| (deed.change(), !deed.offered));
        let tried = found.chunk_by(|one, other| !seed.is_long() && one.change() == other.change());
        // One that was brought to where it could be offered, and does not offer it, speaks for the others.
        let tried = tried.map(|same| if same[0].offered { same } else { &same[..1] });
        let tried = stream::iter(tried).map(|same| Self::first(name, &*place, same));
        let tried: Vec<_> = tried.buffered(ABREAST).collect().await;
        let (mut deeds, mut broken) = (Vec::new(), Vec::new());
        for one in tried {
            match one {
                Ok(deed) => deeds.extend(deed),
                Err(wrong) => broken.push(wrong),
            }
        }
        Ok(Self { place, deeds, broken })
    }

    /// Does the first of these deeds that is offered after all.
    async fn first(name: &str, place: &dyn Place, same: &[Deed]) -> Result<Option<(Deed, Honest)>, String> {
        for deed in same {
            let quirk =
                QUIRKS.iter().find(|(place, kind, ask, way, _)| *place == name && deed.change() == (*kind, *ask, *way));
            match (deed.honest(place).await, quirk) {
                (Ok(None), _) if deed.offered => {
                    return Err(format!("{deed}: offered by the fixture, not by its twin"));
                }
                (Ok(None), _) => {}
                (Ok(Some(honest)), None) => return Ok(Some((deed.clone(), honest))),
                (Ok(Some(_)), Some((.., reason))) => return Err(format!("{deed} works after all: {reason}")),
                (Err(_), Some(_)) => return Ok(None),
                (Err(wrong), None) => return Err(format!("{deed}: {}", wrong.message().unwrap_or_default())),
            }
        }
        Ok(None)
    }

    /// The cell of that change and fault, at one of its requests.
    pub(crate) fn cell(&self, change: (&'static str, Ask, Way), fault: Fault, seed: Seed) -> Option<Cell> {
        let (deed, honest) = self.deeds.iter().find(|(deed, _)| deed.change() == change)?;
        Some(cell(deed, honest, fault, seed.below(fault.word().len(), honest.sent)))
    }

    /// The cells of every deed and that fault, at each of their requests.
    pub(crate) fn every_cell(&self, fault: Fault) -> Vec<Cell> {
        let each = |(deed, honest): &(Deed, Honest)| {
            (0..honest.sent).map(|pass| cell(deed, honest, fault, pass)).collect::<Vec<_>>()
        };
        self.deeds.iter().flat_map(each).collect()
    }
}

fn cell(deed: &Deed, honest: &Honest, fault: Fault, pass: usize) -> Cell {
    let untellable = untellable(deed).filter(|_| fault.acts());
    Cell { deed: deed.clone(), honest: honest.clone(), fault, pass, untellable }
}

/// Whether what others make in the same vault meanwhile may be this deed's: a copy that is restored may hold any name.
pub(crate) fn blurred_by_others(deed: &Deed) -> bool {
    deed.ask == Ask::Restore
}

/// Why no reading can tell what became of a deed, if none can.
pub(crate) fn untellable(deed: &Deed) -> Option<&'static str> {
    let known = UNTELLABLE.iter().find(|(kind, ask, _)| deed.is(kind, *ask));
    known.map(|(.., reason)| *reason)
}
