//! Every state that can be reached, for every kind of target and source: what must never be so is so in none of them, and
//! from each of them there is an end.

use std::collections::{HashMap, HashSet, VecDeque};

use domain::{Algorithm, Answers, Moment, OrderEnd, OrderId, Timestamp, Wrap, WrapOffer};

use crate::{
    Act, EndedOrder, Held, Import, ImportId, ImportStep, ImportTarget, Move, Phase, Proof, Source, Witness,
    WrappedRecord,
};

const ITEM: &str = "aws/eu-west-1/kms/1";
const LOADED: &str = "bao/transit/keys/claviger-wrapping-1";

/// What the world is, beside the import itself: what is in memory, and which wrapping key was fetched last.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct Memory {
    key: Option<u8>,
    lapsed: bool,
    package: bool,
}

/// How an order ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Ending {
    Done,
    /// Its first call made something, and a later one did not happen.
    Halfway,
    NotDone,
}

/// What one can do in the exploration.
#[derive(Clone, Copy, Debug)]
enum Deed {
    End(Ending),
    Fetch,
    Finish,
    GiveUp,
    Lapse,
    Order(ImportStep),
    Prove(bool),
    Restart,
    SetSource,
    Wrap,
}

const DEEDS: [Deed; 15] = [
    Deed::SetSource,
    Deed::Order(ImportStep::Prepare),
    Deed::Fetch,
    Deed::Order(ImportStep::Load),
    Deed::Wrap,
    Deed::Order(ImportStep::Import),
    Deed::Order(ImportStep::Remove),
    Deed::End(Ending::Done),
    Deed::End(Ending::Halfway),
    Deed::End(Ending::NotDone),
    Deed::Prove(true),
    Deed::Prove(false),
    Deed::Finish,
    Deed::GiveUp,
    Deed::Restart,
];

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

fn held(memory: &Memory) -> Held {
    let passed = now() - jiff_hour();
    Held {
        wrapping_key: memory.key.map(|key| format!("SHA256:{key}")),
        until: memory.lapsed.then_some(passed),
        package: memory.package,
    }
}

fn jiff_hour() -> std::time::Duration {
    std::time::Duration::from_secs(3600)
}

fn target(waits: bool) -> ImportTarget {
    ImportTarget {
        connection: "aws".to_owned(),
        place: "aws".to_owned(),
        vault: "eu-west-1".to_owned(),
        vault_name: "eu-west-1".to_owned(),
        algorithm: Algorithm::Aes(256),
        wrap: WrapOffer { wrap: Wrap::OaepSha256, bits: 4096, native: "RSAES_OAEP_SHA_256".to_owned(), legacy: false },
        answers: Answers::new(),
        waits,
        new_material: false,
    }
}

fn source(inside: bool) -> Source {
    Source::Item { reference: "bao/transit/keys/k".to_owned(), version: None, inside }
}

fn wrapped() -> WrappedRecord {
    WrappedRecord {
        at: now(),
        actor: "a".to_owned(),
        native: "RSAES_OAEP_SHA_256".to_owned(),
        sha256: Some("00".to_owned()),
        lengths: (Some(32), Some(512)),
        until: None,
        check_value: None,
        witness: Witness::None,
    }
}

fn do_it(import: &Import, memory: &Memory, deed: Deed, inside: bool) -> Option<(Import, Memory)> {
    let (held, mut after) = (held(memory), memory.clone());
    let act = match deed {
        Deed::SetSource => Act::SetSource(source(inside)),
        Deed::Order(step) => {
            Act::TakeOrder { step, order: OrderId(format!("{}-{}", step.word(), import.orders.len())) }
        }
        Deed::Fetch => {
            if import.lock(Move::Fetch, &held, now()).is_some() {
                return None;
            }
            after = Memory { key: Some((memory.key.unwrap_or(0) + 1) % 2), lapsed: false, package: false };
            return Some((import.clone(), after));
        }
        Deed::Wrap => {
            after.package = true;
            Act::Wrap(wrapped())
        }
        Deed::End(ending) => {
            let live = import.live_order()?;
            let made = match live.step {
                _ if ending == Ending::NotDone => None,
                ImportStep::Prepare => Some(ITEM.to_owned()),
                ImportStep::Load => Some(LOADED.to_owned()),
                ImportStep::Import => import.item.is_none().then(|| ITEM.to_owned()),
                ImportStep::Remove => None,
            };
            let end = match ending {
                Ending::Done => OrderEnd::Done,
                Ending::Halfway | Ending::NotDone => OrderEnd::NotDone { because: "refused".to_owned() },
            };
            if live.step == ImportStep::Import {
                after.package = false;
            }
            let fingerprint = held.wrapping_key.clone();
            Act::EndOrder(EndedOrder { order: live.order.clone(), end, made, fingerprint })
        }
        Deed::Prove(holds) => Act::Prove(Proof {
            moment: Moment { at: now(), actor: "a".to_owned(), evidence: "seen".to_owned() },
            holds,
            identifies: true,
            kept: None,
            expires: None,
        }),
        Deed::Finish => Act::Finish,
        Deed::GiveUp => Act::GiveUp,
        Deed::Lapse => {
            after.lapsed = true;
            return Some((import.clone(), after));
        }
        Deed::Restart => {
            return Some((import.clone(), Memory { key: None, lapsed: false, package: false }));
        }
    };
    let next = import.apply(act, &held, "a", now()).ok()?;
    Some((next, after))
}

/// What of a state matters, without its log and the numbers of its orders.
fn name(import: &Import, memory: &Memory) -> String {
    let live = import.live_order().map(|order| order.step.word());
    let proof = import.proof.as_ref().map(|proof| proof.holds);
    let loaded = import.still_loaded().map(|loaded| loaded.fingerprint.clone());
    format!(
        "{:?} {live:?} {proof:?} {loaded:?} {:?} {} {} {memory:?}",
        import.phase(),
        import.item,
        import.source.is_some(),
        import.wrapped.is_some(),
    )
}

fn check(import: &Import, memory: &Memory) {
    let state = name(import, memory);
    let (held, done) = (held(memory), import.phase() == Phase::Done);
    assert!(import.orders.iter().filter(|order| order.is_live()).count() <= 1, "{state}");
    let proven = import.proof.as_ref().is_some_and(|proof| proof.holds);
    assert!(!done || proven && import.imported.is_some(), "it ended unproven: {state}");
    assert!(!done || import.still_loaded().is_none(), "a wrapping key stayed behind: {state}");
    if import.lock(Move::Order(ImportStep::Import), &held, now()).is_none() {
        assert!(memory.package && !memory.lapsed && import.wrapped.is_some(), "nothing to send: {state}");
    }
    for what in Move::ALL {
        let lock = import.lock(what, &held, now());
        assert!(lock.is_none_or(|lock| !lock.because.is_empty() && lock.next.ends_with('.')), "{what:?} at {state}");
    }
}

/// Walks everything that can be reached, and answers how many states that were.
fn explore(waits: bool, inside: bool) -> usize {
    let begun = Import::begin(ImportId("1".to_owned()), now());
    let begun = begun.apply(Act::SetTarget(target(waits)), &Held::default(), "a", now()).unwrap();
    let memory = Memory { key: None, lapsed: false, package: false };
    let mut seen = HashMap::from([(name(&begun, &memory), begun.phase().is_over())]);
    let mut edges: HashMap<String, HashSet<String>> = HashMap::new();
    let mut queue = VecDeque::from([(begun, memory)]);
    while let Some((import, memory)) = queue.pop_front() {
        check(&import, &memory);
        let from = name(&import, &memory);
        for deed in DEEDS.into_iter().chain([Deed::Lapse]) {
            let Some((next, after)) = do_it(&import, &memory, deed, inside) else { continue };
            let to = name(&next, &after);
            edges.entry(to.clone()).or_default().insert(from.clone());
            if seen.insert(to, next.phase().is_over()).is_none() {
                queue.push_back((next, after));
            }
        }
    }
    let mut ends: Vec<String> = seen.iter().filter(|(_, over)| **over).map(|(name, _)| name.clone()).collect();
    let mut reached: HashSet<String> = ends.iter().cloned().collect();
    while let Some(to) = ends.pop() {
        for from in edges.get(&to).into_iter().flatten() {
            if reached.insert(from.clone()) {
                ends.push(from.clone());
            }
        }
    }
    let stuck: Vec<_> = seen.keys().filter(|state| !reached.contains(*state)).collect();
    assert!(stuck.is_empty(), "no end is to be reached from {stuck:#?}");
    seen.len()
}

#[test]
fn nothing_ends_unproven_and_nothing_is_without_an_end() {
    for waits in [false, true] {
        for inside in [false, true] {
            let states = explore(waits, inside);
            assert!(states > 20, "only {states} states were reached");
        }
    }
}

/// Whatever became of the calls after it, what is there is not made twice, and not left behind.
#[test]
fn what_an_order_made_is_known_although_it_ended_halfway() {
    let begun = Import::begin(ImportId("1".to_owned()), now());
    let memory = Memory { key: Some(1), lapsed: false, package: false };
    let step = |import: &Import, deed| do_it(import, &memory, deed, true).map(|(next, _)| next);
    let settled = begun.apply(Act::SetTarget(target(true)), &held(&memory), "a", now()).unwrap();
    let settled = step(&settled, Deed::SetSource).unwrap();
    let halfway =
        |import: &Import, of| step(&step(import, Deed::Order(of)).unwrap(), Deed::End(Ending::Halfway)).unwrap();
    let prepared = halfway(&settled, ImportStep::Prepare);
    assert_eq!(prepared.item.as_deref(), Some(ITEM));
    assert!(prepared.log.last().unwrap().says.contains(ITEM));
    assert!(step(&prepared, Deed::Order(ImportStep::Prepare)).is_none(), "it would be made twice");
    let loaded = halfway(&prepared, ImportStep::Load);
    assert_eq!(loaded.still_loaded().unwrap().reference, LOADED);
    assert!(step(&loaded, Deed::GiveUp).is_none(), "a wrapping key would stay behind");
    assert!(halfway(&loaded, ImportStep::Remove).still_loaded().is_some(), "nothing was removed");
    // Where somebody else removes it, that is the end of it.
    let gone = loaded.apply(Act::FindRemoved, &held(&memory), "a", now()).unwrap();
    assert!(step(&gone, Deed::GiveUp).is_some());
    assert!(gone.apply(Act::FindRemoved, &held(&memory), "a", now()).is_err(), "nothing is there to be missed");
}

#[test]
fn another_target_of_another_kind_forgets_the_source() {
    let begun = Import::begin(ImportId("1".to_owned()), now());
    let step = |import: &Import, act| import.apply(act, &Held::default(), "a", now()).unwrap();
    let settled = step(&step(&begun, Act::SetTarget(target(false))), Act::SetSource(source(false)));
    let same = step(&settled, Act::SetTarget(target(true)));
    assert!(same.source.is_some());
    let other = ImportTarget { algorithm: Algorithm::Rsa(2048), ..target(true) };
    assert!(step(&same, Act::SetTarget(other)).source.is_none());
}

#[test]
fn once_more_goes_to_the_same_item_and_is_proven_anew() {
    let mut before = Import::begin(ImportId("1".to_owned()), now());
    before.target = Some(target(true));
    before.source = Some(source(false));
    before.item = Some(ITEM.to_owned());
    before.wrapped = Some(wrapped());
    before.imported = Some(Moment { at: now(), actor: "a".to_owned(), evidence: String::new() });
    let again = before.once_more(ImportId("2".to_owned()), false, now());
    assert_eq!((again.phase(), again.item.as_deref()), (Phase::Wrap, Some(ITEM)));
    let rotated = before.once_more(ImportId("3".to_owned()), true, now());
    assert_eq!(rotated.phase(), Phase::Source, "the new version has to be named");
    before.source = Some(Source::Generated);
    let made = before.once_more(ImportId("4".to_owned()), false, now());
    assert_eq!(made.phase(), Phase::Source, "what was made for the occasion cannot come again");
}
