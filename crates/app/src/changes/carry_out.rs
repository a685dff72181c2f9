//! Carries an order out, step by step: journalled, sent once, looked at.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use domain::{
    Changed, Error, Finding, Kind, Order, OrderId, Outcome, Performed, Provider, Result, Reviewed, SecretAnswers, Sent,
    Stage, Timestamp,
};

use super::{plans::Pending, recover::busy};
use crate::{App, off_thread};

const CARRY_OUT: &str = "carry out the change";
/// What part of the patience the first wait between two readings is; each wait after it is twice the one before.
const FIRST_WAIT: u32 = 64;

impl App {
    /// Writes a reviewed plan down and carries it out.
    pub(super) async fn order(&self, id: &OrderId, pending: Pending, reviewed: Reviewed) -> Result<()> {
        let Pending { secrets, connection, provider, actor, .. } = pending;
        let (chain, id) = (self.0.chain.clone(), id.clone());
        let (name, place) = (connection.connection.name.clone(), self.leads_to(&connection));
        let (held, order) = off_thread(move || {
            let held = chain.hold(&id)?.ok_or_else(busy)?;
            Ok((held, Order::write_down(&chain, id, &name, &place, &actor, reviewed)?))
        })
        .await?;
        let settled = self.carry_out(Stage::Ready(order), &provider, connection.id, secrets).await;
        drop(held);
        settled.map(drop)
    }

    /// Goes on from a stage as far as it goes. Ends with a step that is not settled, with an order whose next step may not
    /// be sent, or at the end.
    pub(super) async fn carry_out(
        &self,
        mut stage: Stage,
        provider: &Arc<dyn Provider>,
        connection: i64,
        secrets: Arc<SecretAnswers>,
    ) -> Result<Stage> {
        loop {
            stage = match stage {
                Stage::Ready(order) => {
                    if self.writable(connection).is_err() {
                        return Ok(Stage::Ready(order));
                    }
                    self.send(order, provider, Arc::clone(&secrets)).await?
                }
                Stage::Out(sent) => match self.settle(sent, provider).await? {
                    unsettled @ Stage::Out(_) => return Ok(unsettled),
                    settled => settled,
                },
                ended @ (Stage::Finished | Stage::Abandoned(_)) => return Ok(ended),
            };
        }
    }

    /// Sends the next step. Whatever ends the call, its outcome is written down.
    async fn send(&self, order: Order, provider: &Arc<dyn Provider>, secrets: Arc<SecretAnswers>) -> Result<Stage> {
        let chain = self.0.chain.clone();
        let done: Vec<String> =
            order.plan().steps.iter().take(order.next()).map(|step| format!("{}: done.", step.says)).collect();
        let (sending, sent) =
            off_thread(move || order.send(&chain, secrets)).await.map_err(|error| match done.is_empty() {
                true => error,
                false => error.with_changed(Changed::Exactly(done)),
            })?;
        let (provider, operation) = (Arc::clone(provider), sending.step().operation.clone());
        let (id, begun) = (sent.id().clone(), Instant::now());
        tracing::trace!(order = %id, operation, "a step goes out");
        let call = tokio::spawn(async move { provider.changes().perform(sending).await });
        let outcome = call.await.unwrap_or_else(|cause| {
            Outcome::Unknown(
                Error::new(Kind::Unexpected, CARRY_OUT, "the call broke off inside the app")
                    .with_changed(Changed::Unknown)
                    .with_source(cause),
            )
        });
        let took = begun.elapsed();
        tracing::debug!(order = %id, operation, outcome = word(&outcome), ?took, "a step was sent");
        let chain = self.0.chain.clone();
        off_thread(move || sent.observed(&chain, &outcome)).await.map_err(unwritten)
    }

    /// Reads what became of a step, and writes it down. Never sends it again.
    pub(super) async fn settle(&self, sent: Sent, provider: &Arc<dyn Provider>) -> Result<Stage> {
        let performed = sent.performed()?;
        // What was sent a while ago has had its time already.
        let (patience, waited) = match sent.answered() {
            true => (self.limits().late, Duration::ZERO),
            false => (self.limits().lost, since(performed.sent)),
        };
        let (mut left, mut wait) = (patience.saturating_sub(waited), patience / FIRST_WAIT);
        let mut finding = read(provider, &performed).await;
        while matches!(finding, Ok(Finding::NotDone { .. })) && !left.is_zero() {
            tokio::time::sleep(wait.min(left)).await;
            left = left.saturating_sub(wait);
            wait *= 2;
            finding = read(provider, &performed).await;
        }
        let chain = self.0.chain.clone();
        off_thread(move || match finding {
            Ok(finding) => sent.settle(&chain, finding),
            Err(error) => Ok(Stage::Out(sent.unknown(&chain, &unread(error))?)),
        })
        .await
        .map_err(unwritten)
    }
}

/// The word for an outcome in the log.
fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Done { .. } => "done",
        Outcome::Refused(_) => "refused",
        Outcome::Unknown(_) => "unknown",
    }
}

/// How long ago that was; nothing if this computer's clock was set back since.
fn since(sent: Timestamp) -> Duration {
    Timestamp::now().duration_since(sent).try_into().unwrap_or_default()
}

/// Reads once what became of a step. A provider that breaks off has told nothing.
async fn read(provider: &Arc<dyn Provider>, performed: &Performed) -> Result<Finding> {
    let (provider, performed) = (Arc::clone(provider), performed.clone());
    let reading = tokio::spawn(async move { provider.changes().check(&performed).await });
    reading.await.unwrap_or_else(|cause| {
        Err(Error::new(Kind::Unexpected, CARRY_OUT, "reading what became of it broke off inside the app")
            .with_source(cause))
    })
}

/// The reading failed, so that nothing is known. What a person must do first, such as sign in, its error says itself.
fn unread(error: Error) -> Error {
    let error = error.with_changed(Changed::Unknown);
    if !matches!(error.kind(), Kind::Interrupted | Kind::Throttled) {
        return error;
    }
    error.with_next("Check now once the place answers again: it is asked what happened, and nothing is sent again.")
}

/// The journal failed after a step went out.
fn unwritten(error: Error) -> Error {
    error.with_changed(Changed::Unknown).with_next(
        "The step was sent, and its end could not be written down. Start Claviger again: it reads what happened.",
    )
}
