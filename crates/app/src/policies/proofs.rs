//! What callers have to bring: of one item, and, item by item, over everything that was listed.

mod place;

use std::{collections::HashSet, sync::Arc};

use contract::{CopyableEvent, OpenItem, ProofWire, ProofsWire, WatchCopyable, WireError};
use domain::{Door, Error, ItemKey, Kind, Policies, Result};
use futures::{StreamExt, stream};
use policy::{Grade, Proof};

use super::{Scene, reading};
use crate::{App, Sink, inventory::Watch, off_thread};
use place::Place;

const FIND: &str = "find who is let in by what can be copied";
/// So many items are looked at at once.
const AT_ONCE: usize = 4;

/// What was found of an item: its proofs, and what could not be read.
type Graded = (Vec<ProofWire>, Vec<String>);

impl App {
    /// Everybody whom the policies of an item let in, by the proof it takes.
    ///
    /// # Errors
    /// `Unsupported` where the item has no policy that is shown, or as the place says.
    pub async fn proofs(&self, request: OpenItem) -> Result<ProofsWire> {
        let found = self.find(&request.reference).await?;
        let (scene, detail) = futures::join!(self.scene_of(&found), self.detail(&found));
        let (scene, item) = (scene?, detail?.item);
        let doors = match found.provider.policies() {
            Some(policies) => doors(policies).await,
            None => Vec::new(),
        };
        let (proofs, unread) = graded(scene, Arc::new(doors)).await?;
        let connection = &found.connection.connection;
        Ok(ProofsWire {
            reference: found.reference().to_string(),
            name: item.name,
            connection: connection.name.clone(),
            environment: connection.environment.clone(),
            proofs,
            unread,
        })
    }

    /// Who is let in to what by something that can merely be copied: every item as it was last listed, one after the
    /// other. Ends with `Finished`, or when the sink takes no more.
    ///
    /// # Errors
    /// `Invalid` for a grade that is none, `NotFound` for a connection that is none, `Unexpected` if Claviger's file
    /// cannot be read. An item or connection that fails is an event, not an error.
    pub async fn watch_copyable(&self, request: WatchCopyable, sink: &Sink<CopyableEvent>) -> Result<()> {
        let weakest = weakest(request.grade.as_deref())?;
        let watch = Watch::begin(self, request.operation);
        let places = self.places(&request.connections).await?;
        let look = async {
            let items = self.asked(places, sink).await;
            self.each(items, weakest, sink).await;
        };
        tokio::select! {
            biased;
            () = watch.token.cancelled() => {}
            () = look => {}
        }
        sink(CopyableEvent::Finished { cancelled: watch.token.is_cancelled() });
        Ok(())
    }

    /// The saved connections of these names, or all of them.
    async fn places(&self, names: &[String]) -> Result<Vec<Place>> {
        let saved = self.journal(|journal| journal.connections()).await?;
        if let Some(missing) = names.iter().find(|name| !saved.iter().any(|one| one.connection.name == **name)) {
            let message = format!("there is no connection named \"{missing}\"");
            return Err(Error::new(Kind::NotFound, FIND, message).with_next("Look for its name among the connections."));
        }
        let wanted = |name: &String| names.is_empty() || names.contains(name);
        Ok(saved.into_iter().filter(|one| wanted(&one.connection.name)).map(Place::new).collect())
    }

    /// The items of those that have policies, with a failed connection told.
    async fn asked(&self, places: Vec<Place>, sink: &Sink<CopyableEvent>) -> Vec<(Arc<Place>, ItemKey, String)> {
        let mut items = Vec::new();
        let signed_in = stream::iter(places).map(|place| async move {
            let known = place.signed_in(self).await;
            (place, known)
        });
        for (place, known) in signed_in.buffered(AT_ONCE).collect::<Vec<_>>().await {
            match known {
                Ok(known) => {
                    let place = Arc::new(place);
                    items.extend(known.into_iter().map(|(key, name)| (Arc::clone(&place), key, name)));
                }
                Err(error) => {
                    let connection = place.name().to_owned();
                    sink(CopyableEvent::ConnectionFailed { connection, error: WireError::from(&error) });
                }
            }
        }
        items
    }

    async fn each(&self, items: Vec<(Arc<Place>, ItemKey, String)>, weakest: Grade, sink: &Sink<CopyableEvent>) {
        let total = u32::try_from(items.len()).unwrap_or(u32::MAX);
        let mut said: HashSet<(String, String)> = HashSet::new();
        let mut looked = stream::iter(items)
            .map(|(place, key, name)| async move {
                let graded = place.graded(self, &key).await;
                (place, key, name, graded)
            })
            .buffer_unordered(AT_ONCE);
        let mut done = 0_u32;
        while let Some((place, key, name, graded)) = looked.next().await {
            let mut events = Vec::new();
            let rows = match graded {
                Ok(Some((proofs, mut unread))) => {
                    unread.retain(|says| said.insert((place.name().to_owned(), says.clone())));
                    if !unread.is_empty() {
                        events.push(CopyableEvent::Unread { reference: place.reference(&key), says: unread });
                    }
                    let weak = |proof: &ProofWire| Grade::of(&proof.grade).is_none_or(|grade| grade <= weakest);
                    proofs.into_iter().filter(weak).map(|proof| place.row(&key, &name, Some(proof), None)).collect()
                }
                Ok(None) => Vec::new(),
                Err(error) => vec![place.row(&key, &name, None, Some(WireError::from(&error)))],
            };
            if !rows.is_empty() {
                events.push(CopyableEvent::Rows { rows });
            }
            done = done.saturating_add(1);
            events.push(CopyableEvent::Progress { done, total });
            if !events.into_iter().all(sink) {
                return;
            }
        }
    }
}

/// The strongest grade that is told.
fn weakest(word: Option<&str>) -> Result<Grade> {
    let Some(word) = word else { return Ok(Grade::Copyable) };
    Grade::of(word).ok_or_else(|| {
        let words: Vec<&str> = Grade::ALL.into_iter().map(Grade::word).collect();
        Error::new(Kind::Invalid, FIND, format!("\"{word}\" is no grade"))
            .with_refused_by("this app")
            .with_next(format!("Name one of {}.", words.join(", ")))
    })
}

/// What hands the policies out; where not even that can be told, one that says so.
async fn doors(policies: &dyn Policies) -> Vec<Door> {
    policies.doors().await.unwrap_or_else(|error| {
        let path = "What hands the policies out".to_owned();
        vec![Door { path, trouble: Some(error.message().to_owned()), ..Door::default() }]
    })
}

/// Grades everybody whom the policies of an item let in. Many policies take a while, so it is not done where others wait.
async fn graded(mut scene: Scene, doors: Arc<Vec<Door>>) -> Result<Graded> {
    scene.around.doors = doors;
    off_thread(move || Ok(of(&scene))).await
}

fn of(scene: &Scene) -> Graded {
    let mut unread = scene.around.unread.clone();
    let untold =
        scene.around.doors.iter().filter_map(|door| door.trouble.as_ref().map(|why| format!("{}: {why}.", door.path)));
    unread.extend(untold);
    let mut proofs: Vec<(Grade, ProofWire)> = Vec::new();
    for policy in scene.policies.iter() {
        match &policy.text {
            Err(error) => unread.push(format!("The policy {} could not be read: {}.", policy.id, error.message())),
            Ok(text) if scene.speaks_of_item(policy) => {
                let found = policy::proofs(policy.language, text, &scene.alone(&policy.id));
                proofs.extend(found.into_iter().map(|proof| (proof.grade, wire(proof, &policy.id))));
            }
            Ok(_) => {}
        }
    }
    proofs.sort_by_key(|(grade, _)| *grade);
    (proofs.into_iter().map(|(_, proof)| proof).collect(), unread)
}

fn wire(proof: Proof, policy: &str) -> ProofWire {
    let Proof { who, id, powers, grade, because, by, span: _ } = proof;
    ProofWire {
        who,
        id,
        grade: grade.word().to_owned(),
        powers: powers.iter().map(|power| reading::word(*power).to_owned()).collect(),
        verbs: powers.iter().map(|power| power.verb().to_owned()).collect(),
        because,
        by,
        policy: policy.to_owned(),
    }
}
