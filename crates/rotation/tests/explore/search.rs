//! The search: every state that can be reached, breadth first, and from which of them the ends can be reached.

use std::collections::{HashMap, VecDeque};

use domain::Moment;
use rotation::{Move, Phase, Rotation, Run, Watched};

use crate::{
    acts::{self, state_word},
    machine::Machine,
    rules::{self, Broken, Rule, broken},
    scenes::Scene,
    world::{DAY, World, at},
};

/// What was seen.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) states: usize,
    pub(crate) transitions: usize,
    pub(crate) tries: usize,
    pub(crate) depth: u32,
    /// Whether nothing was left to see.
    pub(crate) complete: bool,
    /// States without a way out.
    pub(crate) no_way_out: usize,
}

struct Node {
    parent: u32,
    depth: u32,
    by: String,
    phase: Phase,
    expanded: bool,
    /// Whether it is known that there is no way out of it.
    may_lack_way_out: bool,
}

struct Search<'a> {
    scene: &'a Scene,
    machine: Machine,
    known: HashMap<Vec<u8>, u32>,
    nodes: Vec<Node>,
    /// From, to.
    edges: Vec<(u32, u32)>,
    open: VecDeque<(u32, Rotation, World)>,
    tries: usize,
}

/// Explores the scene up to `most` states, then to the end of that depth.
pub(crate) fn explore(scene: &Scene, machine: Machine, most: usize) -> Result<Report, (Broken, Vec<String>)> {
    let (known, nodes, edges, open) = (HashMap::new(), Vec::new(), Vec::new(), VecDeque::new());
    let mut search = Search { scene, machine, known, nodes, edges, open, tries: 0 };
    search.reach(0, &String::new, &scene.begin(), World::new(scene)).map_err(|broken| (broken, Vec::new()))?;
    while let Some((from, rotation, world)) = search.open.pop_front() {
        if search.nodes.len() >= most {
            break;
        }
        search.nodes[from as usize].expanded = true;
        search.expand(from, &rotation, &world).map_err(|(broken, by)| {
            let mut path = search.path(from);
            path.push(by);
            (broken, path)
        })?;
    }
    let complete = search.nodes.iter().all(|node| node.expanded);
    let no_way_out = search.ends(complete)?;
    let depth = search.nodes.iter().filter(|node| node.expanded).map(|node| node.depth).max().unwrap_or_default();
    let Search { nodes, edges, tries, .. } = search;
    Ok(Report { states: nodes.len(), transitions: edges.len(), tries, depth, complete, no_way_out })
}

impl Search<'_> {
    fn expand(&mut self, from: u32, rotation: &Rotation, world: &World) -> Result<(), (Broken, String)> {
        for tried in acts::all(self.scene, rotation, world) {
            self.tries += 1;
            let by = || format!("{:?}", tried.act);
            let lock = self.machine.lock(rotation, &tried.asks, world.now);
            match self.machine.apply(rotation, tried.act.clone(), &tried.asks, world.now) {
                // Acts are tried with what a rotation can hold, so only a lock may refuse one.
                Err(error) if tried.honest || lock.is_some() => {
                    rules::of_refusal(lock.as_ref(), &error).map_err(|broken| (broken, by()))?;
                }
                Err(_) => {}
                Ok(_) if lock.is_some() => {
                    return Err((Broken { rule: Rule::LockAgrees, says: format!("{lock:?} was passed") }, by()));
                }
                Ok(next) => {
                    rules::of_act(&tried, rotation, &next).map_err(|broken| (broken, by()))?;
                    if tried.honest {
                        let mut after = world.clone();
                        acts::echo(&tried.act, rotation, &mut after);
                        self.reach(from, &by, &next, after).map_err(|broken| (broken, by()))?;
                    }
                }
            }
        }
        if rotation.phase.is_over() {
            return Ok(());
        }
        let machine = self.machine;
        let open = |what: &Move| machine.lock(rotation, what, world.now).is_none();
        for event in world.events(self.scene, rotation, &open) {
            let by = || format!("{event:?}");
            let mut after = world.clone();
            after.happen(event, self.scene, rotation);
            rules::of_event(event, self.scene, rotation, world, &after).map_err(|broken| (broken, by()))?;
            self.reach(from, &by, rotation, after).map_err(|broken| (broken, by()))?;
        }
        Ok(())
    }

    fn reach(&mut self, from: u32, by: &dyn Fn() -> String, rotation: &Rotation, world: World) -> Result<(), Broken> {
        let key = key(rotation, &world);
        if let Some(known) = self.known.get(&key) {
            self.edges.push((from, *known));
            return Ok(());
        }
        rules::of_state(rotation)?;
        // What happened before changes nothing of what can happen: the rules saw the log grow.
        let mut rotation = rotation.clone();
        rotation.log.clear();
        rotation.orders.retain(rotation::RotationOrder::is_live);
        for run in &mut rotation.runs {
            run.attempts.clear();
        }
        let number = u32::try_from(self.nodes.len()).unwrap();
        let depth = self.nodes.get(from as usize).map_or(0, |node| node.depth + 1);
        self.nodes.push(Node {
            parent: from,
            depth,
            by: by(),
            phase: rotation.phase,
            expanded: false,
            may_lack_way_out: rules::may_lack_way_out(self.scene, &rotation, &world),
        });
        self.known.insert(key, number);
        self.edges.push((from, number));
        self.open.push_back((number, rotation, world));
        Ok(())
    }

    /// Whether each state has a way forward and a way out. What was not looked into counts as having both.
    fn ends(&self, complete: bool) -> Result<usize, (Broken, Vec<String>)> {
        let reaches = |end: Phase| self.reaching(|node| node.phase == end || !(complete || node.expanded));
        let (done, back) = (reaches(Phase::Done), reaches(Phase::RolledBack));
        let mut no_way_out = 0;
        for (at, node) in self.nodes.iter().enumerate().filter(|(_, node)| !node.phase.is_over()) {
            let path = || self.path(u32::try_from(at).unwrap());
            if !done[at] {
                return broken(Rule::WayForward, "the end cannot be reached any more").map_err(|rule| (rule, path()));
            }
            if !back[at] {
                no_way_out += 1;
                if !node.may_lack_way_out {
                    return broken(Rule::WayOut, "it cannot be taken back any more").map_err(|rule| (rule, path()));
                }
            }
        }
        Ok(no_way_out)
    }

    fn reaching(&self, end: impl Fn(&Node) -> bool) -> Vec<bool> {
        let mut before = vec![Vec::new(); self.nodes.len()];
        for (from, to) in &self.edges {
            before[*to as usize].push(*from);
        }
        let mut reaches: Vec<bool> = self.nodes.iter().map(end).collect();
        let mut open: Vec<u32> = (0..).zip(&reaches).filter(|(_, it)| **it).map(|(at, _)| at).collect();
        while let Some(at) = open.pop() {
            for from in &before[at as usize] {
                if !std::mem::replace(&mut reaches[*from as usize], true) {
                    open.push(*from);
                }
            }
        }
        reaches
    }

    /// How a state is reached, from the beginning.
    fn path(&self, mut at: u32) -> Vec<String> {
        let mut path = Vec::new();
        while at != 0 {
            let node = &self.nodes[at as usize];
            path.push(node.by.clone());
            at = node.parent;
        }
        path.reverse();
        path
    }
}

/// Everything that decides what can happen from here, with times as what is left of them. No field of a rotation is
/// left out by accident: each is named.
fn key(rotation: &Rotation, world: &World) -> Vec<u8> {
    let mut key = Vec::with_capacity(96);
    let Rotation { id: _, reference: _, name: _, place: _, begun: _, old: _, log: _, phase, settings, method, .. } =
        rotation;
    let Rotation { switch, new, pinned, runs, proof, switched, used, unsure, disabled, deleted, .. } = rotation;
    let Rotation { rolled_from, orders, .. } = rotation;
    let flag = |on: bool| u8::from(on);
    let some = |moment: &Option<Moment>| u8::from(moment.is_some());
    key.extend([*phase as u8, u8::try_from(settings.soak_hours).unwrap(), u8::try_from(settings.wait_days).unwrap()]);
    key.extend([settings.strategy as u8, method.map_or(9, |method| method as u8), flag(switch.is_some())]);
    key.extend([flag(new.is_some()), some(pinned), some(proof), some(used), flag(*unsure), some(deleted)]);
    key.extend([age(switched, world, 2), age(disabled, world, 1), rolled_from.map_or(99, |phase| phase as u8)]);
    // An order that ended left its mark in the other fields.
    let live = |order: &&rotation::RotationOrder| order.is_live();
    key.push(u8::try_from(orders.iter().filter(live).count()).unwrap());
    key.push(orders.iter().find(live).map_or(99, |order| order.step as u8));
    for run in runs {
        of_run(run, world, &mut key);
    }
    key.push(77);
    world.bytes(&mut key);
    key
}

fn of_run(run: &Run, world: &World, key: &mut Vec<u8>) {
    let Run { consumer, state, attempts: _, instances_done, verified, off_back_path, old_removed, .. } = run;
    let Run { told_back, left, slots, watched, .. } = run;
    let some = |moment: &Option<Moment>| u8::from(moment.is_some());
    key.push(consumer.id.0.as_bytes()[0]);
    key.extend([state_word(*state), u8::try_from(*instances_done).unwrap(), some(verified), some(off_back_path)]);
    key.extend([some(old_removed), some(told_back), some(left)]);
    let index = |property: &str| u8::from(property.ends_with("_2"));
    key.push(slots.as_ref().map_or(9, |slots| index(&slots.set) + 2 * slots.keeps.as_deref().map_or(3, index)));
    let Some(Watched { looked, new_since, has_old, old_since, cache_seconds }) = watched else {
        return key.push(99);
    };
    let cache = i64::from(*cache_seconds) / DAY;
    let since = |moment: &Option<domain::Timestamp>| moment.map_or(99, |since| days(world.now, since).min(cache) as u8);
    let known =
        new_since.map(|since| since.checked_add(std::time::Duration::from_secs((*cache_seconds).into())).unwrap());
    key.extend([since(new_since), since(old_since), u8::from(*has_old), u8::try_from(cache).unwrap()]);
    key.extend([
        u8::from(looked.is_some()),
        u8::from(looked.zip(known).is_some_and(|(looked, known)| looked >= known)),
    ]);
}

fn days(now: i64, since: domain::Timestamp) -> i64 {
    (at(now).as_second() - since.as_second()) / DAY
}

/// For how long it is, as far as that matters.
fn age(moment: &Option<Moment>, world: &World, matters: i64) -> u8 {
    moment.as_ref().map_or(99, |moment| u8::try_from(days(world.now, moment.at).min(matters)).unwrap())
}
