//! What a person says of a rotation, and what was pasted, turned into acts. What is wrong leaves the plan where it was.

use contract::{RotationNote, RotationSettings};
use domain::{Error, Kind, Result, RotationMethod, RotationStep, RotationSubject, Timestamp};
use encoding::{
    PublicKey,
    fingerprint::{self, Verdict},
    snowflake::{self, DescribedUser, Slot, SlotChoice},
};
use rotation::{Act, Check, ConsumerId, ConsumerKind, Phase, Rotation, Run, Settings, SlotUse, StepState};

use super::{
    Loaded,
    material::{Keys, slots},
};
use crate::{App, consumers};

const NOTE: &str = "go on with the rotation";
const MOST_HOURS: u32 = 8_760;
const MOST_DAYS: u32 = 365;
/// More than any reason or evidence has, in characters.
const LONGEST: usize = 2_000;

impl App {
    /// Turns a note into acts and does them.
    pub(super) async fn note(&self, loaded: Loaded, note: RotationNote) -> Result<Loaded> {
        let rotation = &loaded.rotation;
        let acts = match note {
            RotationNote::Back => vec![Act::Back],
            RotationNote::Choose { method } => vec![self.choose(rotation, &method).await?],
            RotationNote::ConfirmSwitch { evidence } => vec![Act::ConfirmSwitch(short(evidence)?)],
            RotationNote::ConfirmSwitchBack { evidence } => vec![Act::ConfirmSwitchBack(short(evidence)?)],
            RotationNote::Discard => vec![Act::Discard],
            RotationNote::Fail { consumer, error } => vec![Act::Fail(ConsumerId(consumer), short(error)?)],
            RotationNote::Finish { evidence } => vec![self.finish(rotation, short(evidence)?).await?],
            RotationNote::FinishRollBack => vec![Act::FinishRollBack],
            RotationNote::Forward => vec![Act::Forward],
            RotationNote::GoOn if rotation.phase == Phase::Consumers => {
                // Who is told from here on is who is in the ledger now.
                vec![Act::SetConsumers(self.ledger(&rotation.reference).await?), Act::GoOn]
            }
            RotationNote::GoOn => vec![Act::GoOn],
            RotationNote::Join { consumer } => vec![self.join(rotation, &consumer).await?],
            RotationNote::LeaveBackPath { consumer, evidence } => {
                vec![Act::LeaveBackPath(ConsumerId(consumer), short(evidence)?)]
            }
            RotationNote::LeaveOut { consumer, evidence } => {
                vec![Act::LeaveOut(ConsumerId(consumer), short(evidence)?)]
            }
            RotationNote::PasteDescription { consumer, pasted, replace_older } => {
                described(rotation, run(rotation, &consumer)?, &pasted, replace_older)?
            }
            RotationNote::PasteFingerprint { consumer, pasted } => {
                compared(rotation, run(rotation, &consumer)?, &pasted)?
            }
            RotationNote::Pin { evidence } => vec![Act::Pin(short(evidence)?)],
            RotationNote::RemoveOld { consumer, evidence } => {
                said(rotation, &consumer, "the old key is gone")?;
                vec![Act::RemoveOld(ConsumerId(consumer), short(evidence)?)]
            }
            RotationNote::RollBack { reason } => vec![Act::RollBack(short(reason)?)],
            RotationNote::SetScope { settings } => vec![Act::SetScope(read_settings(settings)?)],
            RotationNote::Succeed { consumer, instances, evidence } => {
                said(rotation, &consumer, "it has the new key")?;
                vec![Act::Succeed(ConsumerId(consumer), instances.max(1), short(evidence)?)]
            }
            RotationNote::Tell { consumer } => vec![Act::Tell(ConsumerId(consumer))],
            RotationNote::TellBack { consumer, evidence } => {
                vec![Act::TellBack(ConsumerId(consumer), short(evidence)?)]
            }
            RotationNote::Verify { consumer, evidence } => {
                said(rotation, &consumer, "it works with the new key")?;
                vec![Act::Verify(ConsumerId(consumer), short(evidence)?)]
            }
        };
        self.act(loaded, acts).await
    }

    /// The end; what takes the item's place takes its ledger, too.
    async fn finish(&self, rotation: &Rotation, evidence: String) -> Result<Act> {
        let finish = Act::Finish(evidence);
        if let Some(new) = rotation.new.as_ref().filter(|new| new.reference != rotation.reference) {
            // Nothing is handed on by a rotation that may not end yet.
            rotation.apply(finish.clone(), "", Timestamp::now())?;
            self.hand_ledger_on(&rotation.reference, &new.reference).await?;
        }
        Ok(finish)
    }

    async fn join(&self, rotation: &Rotation, consumer: &str) -> Result<Act> {
        let ledger = self.ledger(&rotation.reference).await?;
        let joins = ledger.into_iter().find(|one| one.id.0 == consumer);
        Ok(Act::Join(joins.ok_or_else(|| invalid("the ledger has no such consumer", "Add it there first."))?))
    }

    async fn choose(&self, rotation: &Rotation, word: &str) -> Result<Act> {
        let method = RotationMethod::ALL.into_iter().find(|method| method.word() == word);
        let method =
            method.ok_or_else(|| invalid(format!("\"{word}\" is no method"), "Choose one that is offered."))?;
        let seen = self.seen(rotation).await;
        let read = seen.read()?;
        let offers = read.methods();
        let refused = |because: &str| {
            Error::new(Kind::Unsupported, NOTE, because.trim_end_matches('.').to_owned())
                .with_refused_by("this app")
                .with_next("Choose another method.")
        };
        let offer = offers.into_iter().find(|offer| offer.method == method);
        let offer = offer.ok_or_else(|| refused("this kind of place does not rotate so"))?;
        if let Some(because) = &offer.refused {
            return Err(refused(because));
        }
        if let Some((because, permission)) = read.refusal(method)? {
            let error = refused(&because);
            return Err(match permission {
                Some(permission) => error.with_permission(permission),
                None => error,
            });
        }
        let rotations = read.rotations()?;
        let subject = RotationSubject { old_version: rotation.old.version.as_deref(), ..read.subject(method) };
        let lacks =
            |step: &RotationStep| rotations.wish(&subject, *step).is_err_and(|error| error.kind() == Kind::Unsupported);
        let lacks = RotationStep::ALL.into_iter().filter(lacks).collect();
        Ok(Act::Choose { method, switch: offer.switch, lacks })
    }
}

/// What the description of a user with two slots tells, by where the rotation is.
fn described(rotation: &Rotation, run: &Run, pasted: &str, replace_older: bool) -> Result<Vec<Act>> {
    if run.consumer.kind != ConsumerKind::SnowflakeUser {
        return Err(invalid(format!("{} has no two slots", run.consumer.name), "Check it in its own way."));
    }
    let (keys, id) = (Keys::of(rotation), run.consumer.id.clone());
    let user = snowflake::read_description(pasted)?;
    user.is(run.consumer.field("user").unwrap_or_default())?;
    if rotation.phase == Phase::RollingBack {
        // While users may still sign with the new key, that one stays: the old one has to be there before they go back.
        let evidence = match rotation.switched.is_some() || rotation.unsure {
            true => holds(&user, keys.replaced()?)?,
            false => user.lacks(keys.made()?, keys.replaced()?)?,
        };
        return Ok(vec![Act::TellBack(id, evidence)]);
    }
    if run.state == StepState::Succeeded && run.verified.is_some() && rotation.phase == Phase::Retire {
        return Ok(vec![Act::RemoveOld(id, user.lacks(keys.replaced()?, keys.made()?)?)]);
    }
    let known = run.slots.as_ref().and_then(slots);
    if let Some((set, keeps)) = known {
        let kept = match keeps {
            Some(slot) => Some((keys.replaced()?, slot)),
            None => None,
        };
        let shown = user.shows(keys.made()?, set, kept);
        match (shown, run.state) {
            (Ok(evidence), _) => return Ok(run.shown(&evidence)),
            // Somebody is at it: what is free now is no answer to whether it is done.
            (Err(error), StepState::InProgress | StepState::Succeeded) => return Err(error),
            (Err(_), StepState::Pending | StepState::Failed) => {}
        }
    }
    // After a try that failed the new key may be in its slot already, and both are taken by then.
    let choice = match slot_of(&user, keys.made()?) {
        Some(set) => SlotChoice { set, keeps: slot_of(&user, keys.replaced()?), replaces: None },
        None => user.choose(keys.replaced()?, replace_older)?,
    };
    let slots = SlotUse {
        set: choice.set.property().to_owned(),
        keeps: choice.keeps.map(|slot| slot.property().to_owned()),
        replaces: choice.replaces,
    };
    Ok(vec![Act::TakeSlots(id, slots)])
}

/// The slot that shows a key.
fn slot_of(user: &DescribedUser, key: &PublicKey) -> Option<Slot> {
    let expected = snowflake::expected(key);
    Slot::ALL.into_iter().find(|slot| user.slot(*slot).fingerprint.as_deref() == Some(expected.as_str()))
}

fn holds(user: &DescribedUser, key: &PublicKey) -> Result<String> {
    match slot_of(user, key) {
        Some(slot) => Ok(format!("{} shows {}.", slot.fingerprint_property(), snowflake::expected(key))),
        None => Err(invalid("neither slot shows the old key", "Run the statement that sets it, then paste again.")),
    }
}

/// What a pasted fingerprint tells of a consumer.
fn compared(rotation: &Rotation, run: &Run, pasted: &str) -> Result<Vec<Act>> {
    let (keys, name) = (Keys::of(rotation), &run.consumer.name);
    let new = keys.made()?;
    let wrong = |message: String, next: &str| Err(invalid(message, next));
    let takes_ssh = run.consumer.kind == ConsumerKind::GithubKey;
    match run.consumer.kind.check() {
        Check::Fingerprint | Check::Said => {}
        // A fingerprint alone does not tell that the old key is still there.
        Check::Slots => return wrong(format!("{name} is checked by both of its slots"), "Paste its description."),
        Check::Presented | Check::Published => {
            return wrong(format!("{name} can be looked at"), "Look at its address.");
        }
    }
    let verdict = match fingerprint::compare(new, pasted) {
        // Who shows keys in this form shows every key so.
        Verdict::SshFingerprintOfAnotherKey if takes_ssh => Verdict::Mismatch,
        verdict => verdict,
    };
    match verdict {
        Verdict::Match => {}
        Verdict::SshFingerprint if takes_ssh => {}
        Verdict::AnotherForm if run.consumer.kind.check() == Check::Fingerprint => {}
        Verdict::SshFingerprint | Verdict::SshFingerprintOfAnotherKey => {
            return wrong(
                "this is an SSH fingerprint, which is made over other bytes".to_owned(),
                "Paste the fingerprint that the consumer itself shows: SHA256: with = at its end.",
            );
        }
        Verdict::AnotherForm => {
            return wrong(
                format!("this is a fingerprint of the new key, but not the one that {name} shows"),
                "Paste what the consumer itself shows.",
            );
        }
        Verdict::Mismatch => {
            let old = keys.old.as_ref().map(|old| fingerprint::compare(old, pasted));
            return match old {
                Some(Verdict::Match | Verdict::SshFingerprint) => {
                    wrong(format!("{name} still shows the old key"), "Update it, then paste again.")
                }
                _ => wrong(format!("{name} shows another key than the new one"), "Look at what was set there."),
            };
        }
        Verdict::NotAFingerprint => {
            return wrong("this is no fingerprint".to_owned(), "Paste it as the consumer shows it, whole.");
        }
    }
    Ok(run.shown(&format!("{name} shows the fingerprint of the new key.")))
}

/// Refuses a word where something can be looked at.
fn said(rotation: &Rotation, consumer: &str, what: &str) -> Result<()> {
    let run = run(rotation, consumer)?;
    let (name, kind) = (&run.consumer.name, run.consumer.kind);
    let next = match kind.check() {
        Check::Said => return Ok(()),
        // Only its own page tells that an old key is gone from there.
        Check::Fingerprint if kind.holds_two() && rotation.phase == Phase::Retire => return Ok(()),
        Check::Fingerprint => "Paste the fingerprint that it shows.",
        Check::Presented | Check::Published => "Look at its address.",
        Check::Slots => "Paste its description.",
    };
    Err(invalid(format!("that {what} is not taken on a word where {name} can be checked"), next))
}

fn run<'a>(rotation: &'a Rotation, consumer: &str) -> Result<&'a Run> {
    rotation
        .run(&ConsumerId(consumer.to_owned()))
        .ok_or_else(|| invalid("this consumer is no part of the rotation", "Let it join first."))
}

fn read_settings(wire: RotationSettings) -> Result<Settings> {
    let due = match wire.due.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        None => None,
        Some(text) => Some(
            text.parse::<Timestamp>()
                .map_err(|_| invalid(format!("\"{text}\" is no instant"), "Choose the day again."))?,
        ),
    };
    if wire.soak_hours > MOST_HOURS || wire.wait_days > MOST_DAYS {
        let message = format!("both are kept valid up to {MOST_HOURS} hours, and the wait is up to {MOST_DAYS} days");
        return Err(invalid(message, "Choose a shorter time."));
    }
    Ok(Settings {
        reason: short(wire.reason)?,
        strategy: consumers::strategy(&wire.strategy)?,
        soak_hours: wire.soak_hours,
        wait_days: wire.wait_days,
        due,
    })
}

fn short(text: String) -> Result<String> {
    match text.chars().count() > LONGEST {
        true => Err(invalid(format!("it is longer than {LONGEST} characters"), "Shorten it.")),
        false => Ok(text.trim().to_owned()),
    }
}

fn invalid(message: impl Into<String>, next: &str) -> Error {
    Error::new(Kind::Invalid, NOTE, message)
        .with_refused_by("this app")
        .with_next(format!("{next} Nothing was changed."))
}
