//! What can happen outside a rotation now: by the place, by the person who follows its texts, by somebody else.

use domain::{RotationMethod, Switch};
use rotation::{ConsumerKind, Move, Phase, Rotation, Run, StepState};

use crate::{
    scenes::Scene,
    world::{Doc, Event, Fate, Key, Material, World, places},
};

impl World {
    /// The events that can come now. `open` tells whether the rotation's own lock lets an act through: nobody follows an
    /// instruction whose step is locked.
    pub(crate) fn events(&self, scene: &Scene, rotation: &Rotation, open: &dyn Fn(&Move) -> bool) -> Vec<Event> {
        let mut events = Vec::new();
        if let Some((step, Fate::Open)) = self.order {
            events.push(Event::Fails);
            if self.can(step) {
                events.push(Event::Happens);
            }
        }
        if self.old == Material::Ordered {
            events.push(Event::GraceEnds);
        }
        if self.next_instant(rotation).is_some() {
            events.push(Event::Tick);
        }
        self.of_users(scene, rotation, open, &mut events);
        for run in rotation.taking_part() {
            self.of_run(scene, run, rotation, open, &mut events);
        }
        if self.third > 0 && scene.third > 0 {
            self.of_third(scene, rotation, &mut events);
        }
        events
    }

    fn of_users(&self, scene: &Scene, rotation: &Rotation, open: &dyn Fn(&Move) -> bool, events: &mut Vec<Event>) {
        let back = rotation.phase == Phase::RollingBack;
        if !scene.by_alias() {
            let to_new = open(&Move::ConfirmSwitch) || (self.users == Key::Third && rotation.switched.is_some());
            if to_new && self.users != Key::New && self.new == Material::Usable && self.presented(Key::New, rotation) {
                events.push(Event::MoveUsers(Key::New));
            }
            // Whoever came by himself when the new material was made goes back when he is told.
            let came = scene.switch == Switch::AtOnce && !self.pinned && rotation.switched.is_none();
            let to_old = back && (open(&Move::ConfirmSwitchBack) || came);
            // What a place does behind a key cannot be undone there.
            let possible = scene.method != RotationMethod::InPlace && self.old == Material::Usable;
            if to_old && possible && self.users != Key::Old && self.presented(Key::Old, rotation) {
                events.push(Event::MoveUsers(Key::Old));
            }
        }
        if self.old == Material::Disabled && rotation.disabled.is_none() && self.order.is_none() {
            events.push(Event::EnableOld);
        }
        if self.new == Material::Disabled && !back && self.order.is_none() {
            events.push(Event::EnableNew);
        }
    }

    fn of_run(
        &self,
        scene: &Scene,
        run: &Run,
        rotation: &Rotation,
        open: &dyn Fn(&Move) -> bool,
        events: &mut Vec<Event>,
    ) {
        let id = || run.consumer.id.clone();
        let back = rotation.phase == Phase::RollingBack;
        let told = run.state == StepState::InProgress && self.new == Material::Usable && !back;
        if run.consumer.round_trip {
            let readable = matches!(self.old, Material::Usable | Material::Destroyed);
            if self.old_data && readable && (scene.careless || self.users != Key::Old) {
                events.push(Event::Rewrite);
            }
            if !self.old_data && self.users == Key::Old && self.old == Material::Usable {
                events.push(Event::Write);
            }
        }
        match (run.consumer.kind, self.slots, self.doc) {
            (ConsumerKind::TlsEndpoint, ..) => {
                if told && self.presents != Key::New {
                    events.push(Event::Install(Key::New));
                }
                if back && self.presents != Key::Old && self.old == Material::Usable {
                    events.push(Event::Install(Key::Old));
                }
            }
            (ConsumerKind::JwksEndpoint, _, Some(doc)) => {
                let both = Doc { old: true, new: true };
                let under_way = rotation.new.is_some() && run.state != StepState::Pending;
                if under_way && doc != both {
                    events.push(Event::Publish(both));
                }
                if doc.old && open(&Move::RemoveOld(id())) {
                    events.push(Event::Publish(Doc { old: false, new: true }));
                }
                if back && doc.new && self.users == Key::Old && doc.old {
                    events.push(Event::Publish(Doc { old: true, new: false }));
                }
            }
            (kind, Some(slots), _) if kind.holds_two() => {
                let (set, keeps) = places(run);
                // The description is pasted and compared before anything is cleared.
                let has = |key: Key| slots.contains(&Some(key));
                let known = run.slots.is_some() || kind != ConsumerKind::SnowflakeUser;
                // The rule finds no place between two that are taken; it says to clear what nobody needs.
                if !back && slots[0].is_some() && slots[0] == slots[1] {
                    events.push(Event::ClearCopy);
                }
                if told && known && slots[set] != Some(Key::New) {
                    events.push(Event::SetNewSlot);
                }
                let clears = keeps.is_some_and(|keeps| slots[keeps] == Some(Key::Old)) && has(Key::New);
                if clears && open(&Move::RemoveOld(id())) {
                    events.push(Event::ClearOldSlot);
                }
                if back && !has(Key::Old) && open(&Move::TellBack(id())) {
                    events.push(Event::PutOldSlot);
                }
                // The text says to wait until the clients sign with the old key.
                if back && self.users == Key::Old && slots[set] == Some(Key::New) && has(Key::Old) {
                    events.push(Event::ClearNewSlot);
                }
            }
            _ => {}
        }
    }

    fn of_third(&self, scene: &Scene, rotation: &Rotation, events: &mut Vec<Event>) {
        if self.old == Material::Usable {
            events.push(Event::ThirdDisablesOld);
        }
        if self.old != Material::Destroyed && scene.method != RotationMethod::InPlace {
            events.push(Event::ThirdDestroysOld);
        }
        if scene.switch == Switch::AtOnce && scene.method == RotationMethod::NewVersion && rotation.new.is_some() {
            events.push(Event::ThirdMakesVersion);
        }
        if let Some(slots) = self.slots {
            for (at, key) in slots.into_iter().enumerate() {
                events.push(if key.is_some() { Event::ThirdClears(at) } else { Event::ThirdSets(at) });
            }
        }
        if let Some(doc) = self.doc {
            if doc.new {
                events.push(Event::ThirdPublishes(Doc { old: doc.old, new: false }));
            }
            if doc.old {
                events.push(Event::ThirdPublishes(Doc { old: false, new: doc.new }));
            }
        }
    }
}
