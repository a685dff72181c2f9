//! What must hold in every state and at every step, and how it is said if it does not.

use domain::{Lock, RotationStep};
use rotation::{Act, ConsumerKind, Phase, Rotation};

use crate::{
    acts::Try,
    scenes::Scene,
    world::{Event, Key, World},
};

/// A rule that was broken.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Broken {
    pub(crate) rule: Rule,
    pub(crate) says: String,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Rule {
    /// The old material ends only when the new was verified, the users are there, and nobody has to read with it.
    OldIsKept,
    /// What only the new material can read stays readable.
    NewIsKept,
    OneLiveOrder,
    /// A user with slots always has a key that works.
    UserWorks,
    /// Readers of a published set know the key that signs, and keep the old one for as long as its tokens live.
    ReadersKnow,
    WayForward,
    WayOut,
    RefusalHelps,
    LockAgrees,
    LogGrows,
    Survives,
}

pub(crate) fn broken<T>(rule: Rule, says: impl Into<String>) -> Result<T, Broken> {
    Err(Broken { rule, says: says.into() })
}

/// What an act that was let through may have done.
pub(crate) fn of_act(tried: &Try, was: &Rotation, next: &Rotation) -> Result<(), Broken> {
    if let Act::TakeOrder { .. } = tried.act
        && was.live_order().is_some()
    {
        return broken(Rule::OneLiveOrder, "an order was taken while another was out");
    }
    if next.orders.iter().filter(|order| order.is_live()).count() > 1 {
        return broken(Rule::OneLiveOrder, "two orders are out");
    }
    if next.log.len() != was.log.len() + 1 || next.log[..was.log.len()] != was.log {
        return broken(Rule::LogGrows, "the log is not what it was and one line more");
    }
    Ok(())
}

fn says(error: &domain::Error) -> (&str, &str) {
    (error.message(), error.next())
}

/// What an act that was refused must say, and that the lock said the same.
pub(crate) fn of_refusal(lock: Option<&Lock>, error: &domain::Error) -> Result<(), Broken> {
    if error.message().is_empty() || error.next().is_empty() {
        return broken(Rule::RefusalHelps, format!("{error} does not say what to do"));
    }
    match lock {
        // With the lock's own words, and with the time at which it opens where there is one.
        Some(lock) if says(&lock.clone().refuses("go on")) == says(error) => Ok(()),
        Some(lock) => broken(Rule::LockAgrees, format!("the lock says {lock:?}, and the refusal {error}")),
        None => broken(Rule::LockAgrees, format!("nothing is locked, and it is refused: {error}")),
    }
}

/// What an event may have done to whoever works with the key.
pub(crate) fn of_event(
    event: Event,
    scene: &Scene,
    rotation: &Rotation,
    was: &World,
    next: &World,
) -> Result<(), Broken> {
    if event.is_third() {
        return Ok(());
    }
    if event == Event::Happens {
        of_step(was.order.map(|(step, _)| step), scene, rotation, was)?;
    }
    if was.user_works() && !next.user_works() && !was.unseen_slots {
        return broken(Rule::UserWorks, format!("{:?} with users at {:?}", next.slots, next.users));
    }
    if was.readers_know() && !next.readers_know() && !was.unseen_doc {
        return broken(Rule::ReadersKnow, format!("readers do not know the key of {:?}: {next:?}", next.users));
    }
    if let Event::Publish(doc) = event
        && !doc.old
        && !was.old_tokens_over()
    {
        return broken(Rule::ReadersKnow, "the old key is published no more while its tokens live");
    }
    Ok(())
}

fn of_step(step: Option<RotationStep>, scene: &Scene, rotation: &Rotation, world: &World) -> Result<(), Broken> {
    let trips = rotation.taking_part().any(|run| run.consumer.round_trip);
    match step {
        Some(RotationStep::DisableOld | RotationStep::DeleteOld) => {
            if rotation.switched.is_none() || !rotation.is_verified() {
                return broken(Rule::OldIsKept, "nobody had verified the new material");
            }
            if rotation.taking_part().any(rotation::Run::is_on_back_path) || (trips && world.old_data) {
                return broken(Rule::OldIsKept, "somebody still has to read what was made with it");
            }
            // Somebody else may have moved them since it was confirmed.
            if world.users == Key::Old && world.third == scene.third {
                return broken(Rule::OldIsKept, "its users are still there");
            }
        }
        Some(RotationStep::DisableNew) => {
            if world.users == Key::New && world.third == scene.third {
                return broken(Rule::NewIsKept, "its users are there");
            }
            if trips && world.new_data {
                return broken(Rule::NewIsKept, "somebody has to read what was made with it");
            }
        }
        Some(RotationStep::Switch) => {
            let unready = rotation.taking_part().any(|run| {
                run.consumer.kind == ConsumerKind::JwksEndpoint
                    && run.watched.as_ref().is_none_or(|seen| seen.new_since.is_none())
            });
            if unready {
                return broken(Rule::ReadersKnow, "the new key was not seen to be published before the switch");
            }
        }
        _ => {}
    }
    Ok(())
}

/// What a rotation is that a later start reads.
pub(crate) fn of_state(rotation: &Rotation) -> Result<(), Broken> {
    let text = serde_json::to_string(rotation).unwrap();
    match serde_json::from_str::<Rotation>(&text) {
        Ok(read) if read == *rotation => Ok(()),
        Ok(_) => broken(Rule::Survives, "it reads back as another one"),
        Err(error) => broken(Rule::Survives, error.to_string()),
    }
}

/// Where it is known that there is no way out: the old material is destroyed, or the place goes back to no older one.
pub(crate) fn may_lack_way_out(scene: &Scene, rotation: &Rotation, world: &World) -> bool {
    let never_back = scene.method == domain::RotationMethod::InPlace;
    let made = rotation.new.is_some() || rotation.phase > Phase::Create || world.new != crate::world::Material::Absent;
    made && (never_back || world.old == crate::world::Material::Destroyed)
}
