//! Telling a consumer by a command or a webhook: shown first, then done once, under the digest of what was shown.

use contract::{CallConsumer, CallPreview, NameRun, RotationWire, WireError};
use domain::{Error, Event, Kind, Result, Timestamp, ToldEnd};
use reach::{Limits, Report, command, webhook};
use rotation::{Act, ConsumerId, ErrorStrategy, Move, Rotation, Run, StepState, Tell, payload};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::{Loaded, connection_of, material::Keys};
use crate::{App, inventory::Watch};

const CALL: &str = "tell the consumer";

/// A call as it was shown.
struct Call {
    run: Run,
    target: String,
    body: Value,
}

impl App {
    /// What a consumer's command or webhook would be sent.
    ///
    /// # Errors
    /// `Unsupported` for a consumer that is told in another way, `NotFound` for one that takes no part.
    pub async fn preview_call(&self, request: NameRun) -> Result<CallPreview> {
        let loaded = self.rotation(&request.rotation).await?;
        let call = call(&loaded.rotation, &request.consumer)?;
        let blocked = self.blocked(&loaded.rotation, &call).await.err();
        Ok(CallPreview {
            digest: call.digest(),
            body: format!("{:#}", call.body),
            target: call.target,
            blocked: blocked.as_ref().map(WireError::from),
        })
    }

    /// Tells a consumer by its command or webhook, once. A failure is taken down as the consumer's; it ends in an error
    /// only where the run's strategy is to raise.
    ///
    /// # Errors
    /// `Conflict` if the call is another than the one that was shown, or locked; `Denied` while the connection is
    /// read-only or the program is not allowed. Then nothing was sent, and the rotation is where it was.
    pub async fn call_consumer(&self, request: CallConsumer) -> Result<RotationWire> {
        let held = self.hold_wizard(&request.rotation).await?;
        let loaded = self.rotation(&request.rotation).await?;
        let call = call(&loaded.rotation, &request.consumer)?;
        if call.digest() != request.digest {
            return Err(Error::new(Kind::Conflict, CALL, "the call is not the one that was shown")
                .with_refused_by("this app")
                .with_next("Read it as it is now, then confirm it. Nothing was sent."));
        }
        self.blocked(&loaded.rotation, &call).await?;
        let strategy = loaded.rotation.settings.strategy;
        let id = call.run.consumer.id.clone();
        // Taken down before anything leaves: a later start sees that it was told, and does not tell it twice by itself.
        let loaded = self.act(loaded, vec![Act::Tell(id.clone())]).await?;
        let app = self.clone();
        // Under the digest it can be cancelled, as a watch can under its operation.
        let watch = Watch::begin(self, request.digest);
        let work = tokio::spawn(async move {
            // What cannot be taken down in the journal is not sent, and is taken down as the consumer's failure.
            let told = match app.journal_call(&loaded.rotation, &call, None).await {
                Ok(()) => app.tell(&loaded.rotation, &call, &watch.token).await,
                Err(error) => Err(error),
            };
            let end = match &told {
                Ok(report) => ToldEnd { done: true, says: report.evidence.clone() },
                Err(error) => ToldEnd { done: false, says: error.message().to_owned() },
            };
            let journalled = app.journal_call(&loaded.rotation, &call, Some(end)).await;
            let kept = app.take_down(&loaded.rotation.id.0, &id, &told).await;
            drop(held);
            journalled?;
            Ok::<_, Error>((kept?, told.err()))
        });
        let (loaded, failed) = work.await.unwrap_or_else(|cause| {
            Err(Error::new(Kind::Unexpected, CALL, "telling it broke off inside the app")
                .with_changed(domain::Changed::Unknown)
                .with_source(cause))
        })?;
        match failed {
            Some(error) if strategy == ErrorStrategy::RaiseImmediately => Err(error),
            Some(_) | None => self.rotation_wire(loaded).await,
        }
    }

    /// Takes down how a consumer took it, in the rotation as it is by then: others may have gone on with it meanwhile.
    async fn take_down(&self, rotation: &str, consumer: &ConsumerId, told: &Result<Report>) -> Result<Loaded> {
        loop {
            let loaded = self.rotation(rotation).await?;
            // A person who has said how it went knows it.
            let is_out = |run: &&Run| run.state == StepState::InProgress;
            let Some(run) = loaded.rotation.run(consumer).filter(is_out) else { return Ok(loaded) };
            let (what, act) = match told {
                Ok(report) => {
                    let act = Act::Succeed(consumer.clone(), run.instances_left(), report.evidence.clone());
                    (Move::Succeed(consumer.clone()), act)
                }
                Err(error) => {
                    let act = Act::Fail(consumer.clone(), format!("{}. {}", error.message(), error.next()));
                    (Move::Fail(consumer.clone()), act)
                }
            };
            // What can be looked at is not taken on a word.
            if loaded.rotation.lock(&what, Timestamp::now()).is_some() {
                return Ok(loaded);
            }
            let seen = loaded.revision;
            match self.act(loaded, vec![act]).await {
                Err(error) if error.kind() == Kind::Conflict && self.rotation(rotation).await?.revision != seen => {}
                kept => return kept,
            }
        }
    }

    async fn tell(&self, rotation: &Rotation, call: &Call, cancel: &CancellationToken) -> Result<Report> {
        let consumer = &call.run.consumer;
        let waits = self.limits();
        match &consumer.tell {
            Tell::Command { program, arguments } => {
                let allowed = self.allowed(program).await?;
                let what = command::Command { program: program.into(), arguments: arguments.clone() };
                let limits = Limits { deadline: waits.command, ..Limits::COMMAND };
                command::run(&what, &allowed, &call.body, &[], &limits, cancel).await
            }
            Tell::Webhook { url, authority } => {
                let secret = self.webhook_secret(&consumer.id).await?.ok_or_else(no_secret)?;
                let authority = (!authority.is_empty()).then(|| authority.clone().into_bytes());
                let id = format!("{}-{}", rotation.id.0, consumer.id.0);
                let delivery = webhook::Delivery { id: &id, body: &call.body, at: Timestamp::now() };
                let what = webhook::Webhook { url: url.clone(), authority };
                let limits = Limits { deadline: waits.webhook, ..Limits::WEBHOOK };
                webhook::post(&what, &secret, &delivery, &limits, cancel).await
            }
            Tell::Checklist | Tell::Message => Err(by_hand(&call.run)),
        }
    }

    /// Takes the call down in the journal: before anything leaves, and how it ended.
    async fn journal_call(&self, rotation: &Rotation, call: &Call, end: Option<ToldEnd>) -> Result<()> {
        let target = match &call.run.consumer.tell {
            Tell::Command { program, .. } => program.clone(),
            Tell::Webhook { url, .. } => webhook::host(url)?,
            Tell::Checklist | Tell::Message => String::new(),
        };
        self.write(Event::Told {
            connection: connection_of(&rotation.reference),
            reference: rotation.reference.clone(),
            rotation: rotation.id.0.clone(),
            consumer: call.run.consumer.name.clone(),
            target,
            end,
        })
        .await
    }

    /// Why the call cannot be made now.
    async fn blocked(&self, rotation: &Rotation, call: &Call) -> Result<()> {
        let connection = self.saved(&connection_of(&rotation.reference)).await?;
        self.writable(connection.id)?;
        match &call.run.consumer.tell {
            Tell::Command { program, .. } => self.allowed(program).await.map(drop),
            Tell::Webhook { url, .. } => {
                webhook::host(url)?;
                self.webhook_secret(&call.run.consumer.id).await?.map(drop).ok_or_else(no_secret)
            }
            Tell::Checklist | Tell::Message => Err(by_hand(&call.run)),
        }
    }
}

fn call(rotation: &Rotation, consumer: &str) -> Result<Call> {
    let run = rotation.run(&ConsumerId(consumer.to_owned())).cloned();
    let run = run.ok_or_else(|| Error::new(Kind::NotFound, CALL, "this consumer is no part of the rotation"))?;
    let target = match &run.consumer.tell {
        Tell::Command { program, arguments } => {
            let words: Vec<&str> = [program.as_str()].into_iter().chain(arguments.iter().map(String::as_str)).collect();
            words.join(" ")
        }
        Tell::Webhook { url, .. } => url.clone(),
        Tell::Checklist | Tell::Message => return Err(by_hand(&run)),
    };
    let keys = Keys::of(rotation);
    let body = payload(&run.consumer, &keys.material(rotation, &run), &rotation.id.0);
    Ok(Call { run, target, body })
}

impl Call {
    /// SHA-256 over everything that would be done, in hex.
    fn digest(&self) -> String {
        let whole = serde_json::json!([self.run.consumer.id, self.run.consumer.tell, self.body]);
        domain::shown_digest(whole.to_string().as_bytes())
    }
}

fn by_hand(run: &Run) -> Error {
    Error::new(Kind::Unsupported, CALL, format!("{} is told by hand", run.consumer.name))
        .with_refused_by("this app")
        .with_next("Send its message, then say that it was told.")
}

fn no_secret() -> Error {
    Error::new(Kind::Invalid, CALL, "the secret that the webhook is signed with is not on this computer")
        .with_refused_by("this app")
        .with_next("Type it anew in the consumer's form. Nothing was sent.")
}
