//! Every state of a destruction that can be reached within some days, with its world: whatever a person tries, whatever
//! becomes of an order, and whatever somebody else does meanwhile.
//!
//! The place is a world of its own; the destruction knows of it what it is told. Each state is read back from its text.

// `allow-unwrap-in-tests` covers test functions only, not the helpers they share.
#![allow(clippy::unwrap_used)]

use std::collections::{HashSet, VecDeque};

use destruction::{Act, After, Destruction, DestructionId, Evidence, Finding, FindingKind, Move, Phase, Settings};
use domain::{DestructionStep, LastUse, OrderEnd, OrderId, Standing, Timestamp};

const DAY: i64 = 86_400;
/// So many days are lived through.
const LIFE: i64 = 4;
const WINDOW: u32 = 2;
const SOAK: u32 = 1;

/// What a kind of place has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    /// Disable, schedule, and a person's word at the end.
    File,
    /// Permit, then destroyed at once.
    AtOnce,
}

/// The place as it really is.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct World {
    day: i64,
    enabled: bool,
    permitted: bool,
    pending: bool,
    gone: bool,
    used: Option<i64>,
    grant: bool,
    /// The order that is out, and whether the place has carried it out.
    out: Option<(DestructionStep, bool)>,
}

fn at(day: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + day * DAY).unwrap()
}

impl World {
    fn standing(&self) -> Standing {
        match (self.gone, self.pending, self.enabled) {
            (true, ..) => Standing::Gone,
            (_, true, _) => Standing::Pending { at: None },
            (.., true) => Standing::InUse,
            (.., false) => Standing::Stopped,
        }
    }

    fn evidence(&self) -> Evidence {
        let grant = Finding {
            id: "grant:1".to_owned(),
            kind: FindingKind::Grant,
            says: "A grant.".to_owned(),
            source: "a list".to_owned(),
        };
        Evidence {
            at: at(self.day),
            actor: "maria".to_owned(),
            standing: self.standing(),
            last_use: match self.used {
                Some(day) => LastUse::Used { at: at(day), by_day: false, operation: None, by: None },
                None => LastUse::NotSince { since: at(-100), whole_life: true },
            },
            source: "the place".to_owned(),
            findings: self.grant.then_some(grant).into_iter().collect(),
        }
    }

    fn carry_out(&mut self, step: DestructionStep) {
        match step {
            DestructionStep::Disable => self.enabled = false,
            DestructionStep::Enable => self.enabled = true,
            DestructionStep::Permit => self.permitted = true,
            DestructionStep::Forbid => self.permitted = false,
            DestructionStep::Schedule => self.pending = true,
            DestructionStep::Cancel => self.pending = false,
            DestructionStep::Destroy => self.gone = true,
        }
    }
}

fn lacks(kind: Kind) -> Vec<DestructionStep> {
    match kind {
        Kind::File => vec![DestructionStep::Permit, DestructionStep::Forbid],
        Kind::AtOnce => {
            use DestructionStep::{Cancel, Disable, Enable, Schedule};
            vec![Disable, Enable, Schedule, Cancel]
        }
    }
}

/// What a person may try, whether it makes sense or not.
fn tries(state: &Destruction, world: &World, kind: Kind) -> Vec<Act> {
    let number = OrderId(format!("order-{}", state.orders.len()));
    let order =
        |step| Act::TakeOrder { step, order: number.clone(), part: None, is_final: step == DestructionStep::Destroy };
    let mut acts = vec![
        Act::Look(world.evidence(), lacks(kind)),
        Act::GoOn,
        Act::Acknowledge("grant:1".to_owned(), "it is unused".to_owned()),
        Act::StartOver("somebody meddled".to_owned()),
        Act::Keep("it is needed".to_owned()),
        Act::Finish(String::new()),
    ];
    acts.extend(DestructionStep::ALL.map(order));
    acts
}

/// What the person's world does next without them.
fn events(state: &Destruction, world: &World) -> Vec<(Destruction, World, String)> {
    let mut next = Vec::new();
    let mut event = |says: &str, change: &dyn Fn(&mut World)| {
        let mut world = world.clone();
        change(&mut world);
        next.push((state.clone(), world, says.to_owned()));
    };
    if world.day < LIFE {
        event("a day goes by", &|world| world.day += 1);
    }
    if world.enabled && !world.pending && !world.gone && world.used != Some(world.day) {
        event("somebody uses it", &|world| world.used = Some(world.day));
    }
    if !world.enabled && !world.pending && !world.gone && world.out.is_none() {
        event("somebody else enables it", &|world| world.enabled = true);
    }
    if let Some((step, carried)) = world.out {
        let id = state.live_order().unwrap().order.clone();
        if carried {
            event("nothing is heard", &|_| {});
        }
        let end = if carried { OrderEnd::Done } else { OrderEnd::NotDone { because: "refused".to_owned() } };
        let after = carried.then(|| After { standing: world.standing(), rest: false });
        let told = state.apply(Act::EndOrder { order: id, end, after }, "maria", at(world.day)).unwrap();
        next.push((told, World { out: None, ..world.clone() }, format!("the end of {} is told", step.word())));
    }
    next
}

/// What must hold whenever an order leaves.
fn leaves(state: &Destruction, world: &World, step: DestructionStep, kind: Kind) {
    assert!(state.live_order().is_none(), "two orders are out at once");
    let ends = matches!(step, DestructionStep::Schedule | DestructionStep::Destroy);
    if !(ends || matches!(step, DestructionStep::Disable | DestructionStep::Permit)) {
        return;
    }
    let evidence = state.evidence.as_ref().unwrap();
    assert!(evidence.at >= at(world.day - 1), "ordered on old evidence");
    let window = state.window_begins(at(world.day));
    assert!(evidence.last_use.latest().is_none_or(|used| used <= window), "ordered although it was used");
    assert!(!evidence.findings.iter().any(|one| state.said_of(&one.id).is_none()), "a user was passed over");
    if ends {
        assert!(state.soaks_until().unwrap() <= at(world.day), "ordered before the soak was over");
        // What was seen when somebody looked is what is closed: nobody can have used it since.
        let closed = kind == Kind::AtOnce || state.disabled.is_some();
        assert!(closed && !(kind == Kind::File && evidence.standing == Standing::InUse), "ordered while it was open");
    }
}

/// There is a way back from wherever it is not final.
fn has_a_way_back(state: &Destruction, world: &World, path: &[String]) {
    let now = at(world.day);
    if state.phase.is_over() || state.live_order().is_some() || world.gone {
        return;
    }
    let open = |what: Move| state.lock(&what, now).is_none();
    let back = [DestructionStep::Cancel, DestructionStep::Enable, DestructionStep::Forbid];
    let any = back.into_iter().any(|step| open(Move::Order(step)));
    assert!(any || open(Move::Keep), "no way back from {:?}: {path:?}", state.phase);
    if !world.enabled && !state.stopped.is_empty() && !world.pending && state.phase != Phase::Waiting {
        assert!(open(Move::Order(DestructionStep::Enable)), "it stays closed in {:?}: {path:?}", state.phase);
    }
    if world.pending && state.phase == Phase::Waiting {
        assert!(open(Move::Order(DestructionStep::Cancel)), "it cannot be called off: {path:?}");
    }
}

fn key(state: &Destruction, world: &World) -> String {
    let mut bare = state.clone();
    bare.log.clear();
    // Which of its orders are over does not change what comes; how many there were does only for their names.
    bare.orders.retain(|order| order.end.is_none());
    for order in &mut bare.orders {
        (order.order, order.at) = (OrderId(String::new()), at(0));
    }
    for moment in [&mut bare.disabled, &mut bare.watched, &mut bare.permitted, &mut bare.ended].into_iter().flatten() {
        moment.evidence.clear();
    }
    if let Some(scheduled) = &mut bare.scheduled {
        scheduled.moment.evidence.clear();
    }
    for said in &mut bare.acknowledged {
        said.moment.at = at(0);
    }
    format!("{}{world:?}", serde_json::to_string(&bare).unwrap())
}

fn explore(kind: Kind, grant: bool) -> (usize, HashSet<Phase>) {
    let mut state = Destruction::begin(
        DestructionId("1".to_owned()),
        "a/v/k".to_owned(),
        "payments".to_owned(),
        String::new(),
        at(0),
    );
    let settings = Settings { window_days: WINDOW, soak_days: SOAK, ..Settings::default() };
    state = state.apply(Act::Settle(settings), "maria", at(0)).unwrap();
    let world =
        World { day: 0, enabled: true, permitted: false, pending: false, gone: false, used: None, grant, out: None };
    let mut seen = HashSet::from([key(&state, &world)]);
    let (mut queue, mut phases) = (VecDeque::from([(state, world, Vec::new())]), HashSet::new());
    while let Some((state, world, path)) = queue.pop_front() {
        phases.insert(state.phase);
        has_a_way_back(&state, &world, &path);
        let now = at(world.day);
        let mut next = events(&state, &world);
        for act in tries(&state, &world, kind) {
            let Ok(then) = state.apply(act.clone(), "maria", now) else { continue };
            let says = format!("{act:?}").chars().take(40).collect::<String>();
            if let Act::TakeOrder { step, .. } = &act {
                leaves(&state, &world, *step, kind);
                let mut done = world.clone();
                done.carry_out(*step);
                done.out = Some((*step, true));
                next.push((then.clone(), done, format!("{says}, done")));
                next.push((then, World { out: Some((*step, false)), ..world.clone() }, format!("{says}, refused")));
            } else {
                next.push((then, world.clone(), says));
            }
        }
        for (then, world, says) in next {
            let text = serde_json::to_string(&then).unwrap();
            let mut read: Destruction = serde_json::from_str(&text).unwrap();
            assert_eq!(read, then, "it does not read back");
            read.log.clear();
            if seen.insert(key(&read, &world)) {
                let path = path.iter().cloned().chain([says]).collect();
                queue.push_back((read, world, path));
            }
        }
    }
    (seen.len(), phases)
}

#[test]
fn a_place_that_disables_and_waits() {
    for grant in [false, true] {
        let (states, phases) = explore(Kind::File, grant);
        println!("{states} states with a grant: {grant}");
        assert!(states > 1_000 && phases.len() == Phase::ALL.len(), "{states}: {phases:?}");
    }
}

#[test]
fn a_place_that_destroys_at_once() {
    let (states, phases) = explore(Kind::AtOnce, true);
    println!("{states} states");
    // Nothing waits there.
    assert!(states > 1_000 && !phases.contains(&Phase::Waiting) && phases.contains(&Phase::Done), "{phases:?}");
}
