//! The place and the consumers as they truly are, whatever the rotation knows of them.

use domain::{OrderId, RotationStep, Switch, Timestamp};
use rotation::{ConsumerKind, Rotation, Run};

use crate::scenes::Scene;

/// Every duration in the model is a whole number of these, so that few instants are of interest.
pub(crate) const DAY: i64 = 86_400;

/// Material at the place.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Material {
    Absent,
    Usable,
    Disabled,
    /// Its destruction is ordered, and can be called off still.
    Ordered,
    Destroyed,
}

/// Whose key it is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Key {
    Old,
    New,
    /// Somebody else's, who knows nothing of the rotation.
    Third,
}

/// A set of keys as it is published.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Doc {
    pub(crate) old: bool,
    pub(crate) new: bool,
}

/// A set that some reader keeps although it is not published any more.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Held {
    doc: Doc,
    until: i64,
    /// It was published by somebody else, and nobody looked while it was.
    unseen: bool,
}

/// What became of an order that was taken up. The rotation learns it later, or much later.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Fate {
    /// It may still happen.
    Open,
    Happened,
    /// Refused, given up, without a valid sign-in, or never sent.
    Not,
}

/// Everything outside the rotation.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct World {
    pub(crate) now: i64,
    pub(crate) old: Material,
    pub(crate) new: Material,
    /// What the users of the item sign or encrypt with.
    pub(crate) users: Key,
    /// Whether they name a version, so that a newer one does not reach them.
    pub(crate) pinned: bool,
    /// The two places for a key of a consumer that holds two.
    pub(crate) slots: Option<[Option<Key>; 2]>,
    pub(crate) doc: Option<Doc>,
    held: Vec<Held>,
    old_tokens_until: i64,
    /// Whether data of a round trip lies under the key.
    pub(crate) old_data: bool,
    pub(crate) new_data: bool,
    /// What a server presents.
    pub(crate) presents: Key,
    pub(crate) order: Option<(RotationStep, Fate)>,
    /// A third party changed it, and nobody looked since.
    pub(crate) unseen_slots: bool,
    pub(crate) unseen_doc: bool,
    /// How often a third party may still act.
    pub(crate) third: u8,
}

/// What happens outside the rotation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Event {
    /// The order that is out is carried out, or will never be.
    Happens,
    Fails,
    /// The grace of a destruction is over.
    GraceEnds,
    /// On to the next instant at which something opens or ends.
    Tick,
    // By the person, as the instructions say.
    SetNewSlot,
    ClearOldSlot,
    PutOldSlot,
    ClearNewSlot,
    /// One of two places that hold the same.
    ClearCopy,
    Publish(Doc),
    Install(Key),
    MoveUsers(Key),
    Rewrite,
    EnableOld,
    EnableNew,
    /// By the application, which goes on working.
    Write,
    // By somebody who knows nothing of the rotation.
    ThirdDisablesOld,
    ThirdDestroysOld,
    ThirdMakesVersion,
    ThirdClears(usize),
    ThirdSets(usize),
    ThirdPublishes(Doc),
}

impl Event {
    pub(crate) fn is_third(self) -> bool {
        matches!(
            self,
            Self::ThirdDisablesOld
                | Self::ThirdDestroysOld
                | Self::ThirdMakesVersion
                | Self::ThirdClears(_)
                | Self::ThirdSets(_)
                | Self::ThirdPublishes(_)
        )
    }
}

pub(crate) fn at(now: i64) -> Timestamp {
    Timestamp::new(1_800_000_000 + now * DAY, 0).unwrap()
}

pub(crate) fn order_id() -> OrderId {
    OrderId("order".to_owned())
}

impl World {
    pub(crate) fn new(scene: &Scene) -> Self {
        let has = |wanted: fn(ConsumerKind) -> bool| scene.consumers.iter().any(|one| wanted(one.kind));
        Self {
            now: 0,
            old: Material::Usable,
            new: Material::Absent,
            users: Key::Old,
            pinned: false,
            slots: has(|kind| kind.holds_two() && kind != ConsumerKind::JwksEndpoint).then_some([Some(Key::Old), None]),
            doc: has(|kind| kind == ConsumerKind::JwksEndpoint).then_some(Doc { old: true, new: false }),
            held: Vec::new(),
            old_tokens_until: 0,
            old_data: scene.consumers.iter().any(|one| one.round_trip),
            new_data: false,
            presents: Key::Old,
            order: None,
            unseen_slots: false,
            unseen_doc: false,
            third: scene.third,
        }
    }

    /// Whether the clients of a user with slots can sign in.
    pub(crate) fn user_works(&self) -> bool {
        self.slots.is_none_or(|slots| slots.contains(&Some(self.users)))
    }

    /// Whether every reader of a published set knows the key that signs now.
    pub(crate) fn readers_know(&self) -> bool {
        let knows = |doc: Doc| match self.users {
            Key::Old => doc.old,
            Key::New => doc.new,
            Key::Third => true,
        };
        let held = self.held.iter().filter(|held| !held.unseen).map(|held| held.doc);
        self.doc.is_none() || self.doc.into_iter().chain(held).all(knows)
    }

    /// Whether no token lives any more that the old key signed.
    pub(crate) fn old_tokens_over(&self) -> bool {
        self.users != Key::Old && self.now >= self.old_tokens_until
    }

    /// Everything of it as a few bytes, with what is left of each time in place of the time.
    pub(crate) fn bytes(&self, into: &mut Vec<u8>) {
        let Self { now, old, new, users, pinned, slots, doc, held, old_tokens_until, .. } = self;
        let Self { old_data, new_data, presents, order, unseen_slots, unseen_doc, third, .. } = self;
        let flag = |on: &bool| u8::from(*on);
        let key = |key: Option<Key>| key.map_or(9, |key| key as u8);
        let set = |doc: &Doc| flag(&doc.old) + 2 * flag(&doc.new);
        into.extend([*old as u8, *new as u8, *users as u8, flag(pinned), *third, flag(unseen_slots), flag(unseen_doc)]);
        into.extend([flag(old_data), flag(new_data), *presents as u8, doc.as_ref().map_or(9, set)]);
        into.extend(slots.map_or([8, 8], |slots| slots.map(key)));
        into.extend(order.map_or([99, 99], |(step, fate)| [step as u8, fate as u8]));
        into.push(u8::try_from((old_tokens_until - now).max(0)).unwrap());
        for held in held {
            into.extend([set(&held.doc), flag(&held.unseen), u8::try_from(held.until - now).unwrap()]);
        }
    }

    pub(crate) fn happen(&mut self, event: Event, scene: &Scene, rotation: &Rotation) {
        if event.is_third() {
            self.third -= 1;
        }
        let run = rotation.taking_part().find(|run| holds_slots(run));
        match event {
            Event::Happens => {
                let (step, _) = self.order.unwrap();
                self.carry_out(step, scene);
                self.order = Some((step, Fate::Happened));
            }
            Event::Fails => self.order = self.order.map(|(step, _)| (step, Fate::Not)),
            Event::GraceEnds | Event::ThirdDestroysOld => self.old = Material::Destroyed,
            Event::Tick => {
                self.now = self.next_instant(rotation).unwrap();
                self.held.retain(|held| held.until > self.now);
            }
            Event::SetNewSlot => self.put(places(run.unwrap()).0, Some(Key::New)),
            Event::ClearOldSlot => self.put(places(run.unwrap()).1.unwrap(), None),
            Event::PutOldSlot => {
                let (set, keeps) = places(run.unwrap());
                // Where the rotation knows of no place for it, a person looks for one, as the rule says.
                let spare = |at: &usize| self.slots.is_some_and(|slots| slots[*at] != Some(self.users));
                let known = keeps.filter(|_| run.is_some_and(|run| run.slots.is_some()));
                let place = known.or_else(|| [1 - set, set].into_iter().find(spare));
                self.put(place.unwrap_or(1 - set), Some(Key::Old));
            }
            Event::ClearNewSlot => self.put(places(run.unwrap()).0, None),
            Event::ClearCopy => self.put(0, None),
            Event::Publish(doc) => self.publish(doc, scene),
            Event::Install(key) => self.presents = key,
            Event::MoveUsers(key) => {
                // Whoever is moved by hand names what he uses from then on.
                self.pinned |= scene.switch == Switch::AtOnce && key == Key::Old;
                self.move_users(key, scene);
            }
            Event::Rewrite => self.old_data = false,
            Event::Write => self.old_data = true,
            Event::EnableOld => self.old = Material::Usable,
            Event::EnableNew => self.new = Material::Usable,
            Event::ThirdDisablesOld => self.old = Material::Disabled,
            Event::ThirdMakesVersion if self.pinned => {}
            Event::ThirdMakesVersion => self.move_users(Key::Third, scene),
            Event::ThirdClears(at) => (self.slots.as_mut().unwrap()[at], self.unseen_slots) = (None, true),
            Event::ThirdSets(at) => (self.slots.as_mut().unwrap()[at], self.unseen_slots) = (Some(Key::Third), true),
            Event::ThirdPublishes(doc) => {
                self.publish(doc, scene);
                self.unseen_doc = true;
            }
        }
    }

    /// Whether the place does such a step now. It does not ask why.
    pub(crate) fn can(&self, step: RotationStep) -> bool {
        match step {
            RotationStep::Create => true,
            RotationStep::Switch | RotationStep::DisableNew => self.new != Material::Absent,
            RotationStep::SwitchBack => self.old != Material::Destroyed,
            RotationStep::DisableOld | RotationStep::DeleteOld => {
                matches!(self.old, Material::Usable | Material::Disabled)
            }
            RotationStep::KeepOld => self.old == Material::Ordered,
            RotationStep::EnableOld => matches!(self.old, Material::Usable | Material::Disabled),
        }
    }

    fn carry_out(&mut self, step: RotationStep, scene: &Scene) {
        match step {
            RotationStep::Create => {
                self.new = Material::Usable;
                if scene.switch == Switch::AtOnce && !self.pinned {
                    self.move_users(Key::New, scene);
                }
            }
            RotationStep::Switch => self.move_users(Key::New, scene),
            RotationStep::SwitchBack => self.move_users(Key::Old, scene),
            RotationStep::DisableOld | RotationStep::KeepOld => self.old = Material::Disabled,
            RotationStep::DeleteOld => self.old = Material::Ordered,
            RotationStep::EnableOld => self.old = Material::Usable,
            RotationStep::DisableNew => self.new = Material::Disabled,
        }
    }

    fn move_users(&mut self, key: Key, scene: &Scene) {
        if self.users == Key::Old && key != Key::Old {
            self.old_tokens_until = self.now + scene.token_days;
        }
        self.users = key;
        let trips = scene.consumers.iter().any(|one| one.round_trip);
        self.new_data |= trips && key == Key::New;
        self.old_data |= trips && key == Key::Old;
    }

    fn publish(&mut self, doc: Doc, scene: &Scene) {
        let was = self.doc.replace(doc).unwrap();
        self.held.retain(|held| held.doc != was || held.unseen != self.unseen_doc);
        self.held.push(Held { doc: was, until: self.now + scene.cache_days, unseen: self.unseen_doc });
        self.held.sort_by_key(|held| (held.until, held.doc.old, held.doc.new, held.unseen));
    }

    fn put(&mut self, at: usize, key: Option<Key>) {
        if let Some(slots) = &mut self.slots {
            slots[at] = key;
        }
    }

    pub(crate) fn presented(&self, key: Key, rotation: &Rotation) -> bool {
        rotation.taking_part().all(|run| run.consumer.kind != ConsumerKind::TlsEndpoint) || self.presents == key
    }

    /// The next instant at which something opens in the rotation or ends in the world.
    pub(crate) fn next_instant(&self, rotation: &Rotation) -> Option<i64> {
        let day = |at: Timestamp| (at.as_second() - 1_800_000_000) / DAY;
        let known = |run: &Run| {
            let seen = run.watched.clone().unwrap_or_default();
            let cache = i64::from(seen.cache_seconds) / DAY;
            [seen.new_since, seen.old_since].into_iter().flatten().map(move |since| day(since) + cache)
        };
        let settled = [rotation.soaks_until(), rotation.waits_until()].into_iter().flatten().map(day);
        let watched = rotation.runs.iter().flat_map(known);
        let held = self.held.iter().map(|held| held.until);
        settled.chain(watched).chain(held).chain([self.old_tokens_until]).filter(|at| *at > self.now).min()
    }
}

pub(crate) fn holds_slots(run: &Run) -> bool {
    run.consumer.kind.holds_two() && run.consumer.kind != ConsumerKind::JwksEndpoint
}

/// The slot that the new key goes into, and the one that keeps the old, as the rotation took them down.
pub(crate) fn places(run: &Run) -> (usize, Option<usize>) {
    let index = |property: &String| usize::from(property.ends_with("_2"));
    match &run.slots {
        Some(slots) => (index(&slots.set), slots.keeps.as_ref().map(index)),
        // Where there is a list of keys in place of slots, the new one is beside the old one.
        None => (1, Some(0)),
    }
}
