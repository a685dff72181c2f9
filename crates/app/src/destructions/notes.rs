//! What a person says of a destruction, turned into acts. What is wrong leaves it where it was.

use contract::{DestructionNote, DestructionSettings};
use destruction::{Act, Destruction, Settings};
use domain::{Error, Kind, Result, WaitDays};

use super::Loaded;
use crate::App;

const NOTE: &str = "go on with the destruction";
const MOST_DAYS: u32 = 365;
/// More than any reason has, in characters.
const LONGEST: usize = 2_000;

impl App {
    /// Turns a note into an act and does it.
    pub(super) async fn note_of_destruction(&self, loaded: Loaded, note: DestructionNote) -> Result<Loaded> {
        let act = match note {
            DestructionNote::Acknowledge { finding, reason } => Act::Acknowledge(finding, short(reason)?),
            DestructionNote::Finish { evidence } => Act::Finish(short(evidence)?),
            DestructionNote::GoOn => Act::GoOn,
            DestructionNote::Keep { reason } => Act::Keep(short(reason)?),
            DestructionNote::Look => return self.look_who_uses(loaded).await,
            DestructionNote::Settle { settings } => {
                Act::Settle(read_settings(settings, self.wait_of(&loaded.destruction).await)?)
            }
            DestructionNote::StartOver { reason } => Act::StartOver(short(reason)?),
            DestructionNote::Withdraw { finding } => Act::Withdraw(finding),
        };
        self.act_on(loaded, vec![act]).await
    }

    /// For how long the destruction may be made to wait there, as far as that is known.
    async fn wait_of(&self, destruction: &Destruction) -> Option<WaitDays> {
        let seen = self.read_afresh(destruction).await;
        let read = seen.read().ok()?;
        read.destructions().ok()?.wait(&read.detail)
    }
}

fn read_settings(asked: DestructionSettings, wait: Option<WaitDays>) -> Result<Settings> {
    let (least, most) = wait.map_or((0, MOST_DAYS), |wait| (wait.least, wait.most));
    for (name, days, least, most) in [
        ("the window", asked.window_days, 1, MOST_DAYS),
        ("the soak", asked.soak_days, 0, MOST_DAYS),
        ("the time to call it off", asked.wait_days, least, most),
    ] {
        if !(least..=most).contains(&days) {
            return Err(invalid(format!("{name} is {least} to {most} days here"), "Choose a number within that."));
        }
    }
    let DestructionSettings { reason, window_days, soak_days, wait_days } = asked;
    Ok(Settings { reason: short(reason)?, window_days, soak_days, wait_days })
}

fn short(text: String) -> Result<String> {
    match text.chars().count() > LONGEST {
        true => Err(invalid(format!("it has more than {LONGEST} characters"), "Say it in fewer words.")),
        false => Ok(text.trim().to_owned()),
    }
}

fn invalid(message: impl Into<String>, next: &str) -> Error {
    Error::new(Kind::Invalid, NOTE, message).with_refused_by("this app").with_next(next)
}
