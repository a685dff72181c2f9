//! What an earlier start left open: settled by reading, continued by a person, or given up. Nothing here sends by itself.

use std::{sync::Arc, time::Duration};

use contract::{NameOrder, OrderWire};
use domain::{Changed, Error, Event, Kind, Ledger, OrderId, Result, SecretAnswers, Sent, Stage};
use journal::{Chain, Held, NewConnection, SavedConnection};

use crate::{App, off_thread};

const RECOVER: &str = "settle what was left open";
const CONTINUE: &str = "continue the order";
/// How long a connection may take to sign in while nobody waits.
const PATIENCE: Duration = Duration::from_secs(30);

impl App {
    /// Settles what an earlier start left open, as far as that takes no person. Safe with any number of Clavigers at once.
    ///
    /// # Errors
    /// What the journal says. A provider that does not answer is no error: the order stays unknown.
    pub async fn recover(&self) -> Result<()> {
        let chain = self.0.chain.clone();
        let unsettled = off_thread(move || {
            chain.close_seal();
            chain.unsettled()
        });
        for id in unsettled.await? {
            let Some((_held, stage)) = self.take(&id).await? else { continue };
            match stage {
                Stage::Ready(order) if order.next() == 0 => {
                    let chain = self.0.chain.clone();
                    let error = Error::new(Kind::Interrupted, RECOVER, "Claviger ended before anything was sent")
                        .with_next("Make the change again if it is still wanted.");
                    off_thread(move || order.abandon(&chain, &error).map(drop)).await?;
                }
                Stage::Out(sent) => {
                    let sent = self.say_unknown(sent).await?;
                    // The next start, or a person, tries again.
                    if let Err(error) = tokio::time::timeout(PATIENCE, self.look(sent)).await.unwrap_or(Ok(())) {
                        tracing::warn!(error = ?error, order = %id, "the order stays unknown");
                    }
                }
                // A person decides whether the rest is sent.
                Stage::Ready(_) | Stage::Finished | Stage::Abandoned(_) => {}
            }
        }
        self.recover_imports().await?;
        self.recover_rotations().await?;
        self.recover_destructions().await
    }

    /// Reads at the provider what became of an order whose outcome is unknown.
    ///
    /// # Errors
    /// `Conflict` while somebody else carries it out, `NotFound` if there is no such order, or as the connection says.
    pub async fn check_order(&self, request: NameOrder) -> Result<OrderWire> {
        let id = OrderId(request.order);
        let (held, stage) = self.take(&id).await?.ok_or_else(busy)?;
        if let Stage::Out(sent) = stage {
            self.look(sent).await?;
        }
        drop(held);
        self.order_wire(&id).await
    }

    /// Sends the steps of an order that were not sent when Claviger ended.
    ///
    /// # Errors
    /// `Denied` while the connection is read-only, `Conflict` if there is nothing to go on with or the journal is not as
    /// it was written, or what the journal says.
    pub async fn continue_order(&self, request: NameOrder) -> Result<OrderWire> {
        let id = OrderId(request.order);
        let (held, stage) = self.take(&id).await?.ok_or_else(busy)?;
        let Stage::Ready(order) = stage else { return Err(nothing_left(CONTINUE)) };
        self.trusted().await?;
        let saved = self.same_place(order.connection(), order.place()).await?;
        self.writable(saved.id)?;
        let provider = self.heard(saved.id, self.provider(&saved).await)?;
        let app = self.clone();
        let work = tokio::spawn(async move {
            let secrets = Arc::new(SecretAnswers::new());
            let settled = app.carry_out(Stage::Ready(order), &provider, saved.id, secrets).await;
            drop(held);
            settled.map(drop)
        });
        work.await.unwrap_or_else(|cause| {
            Err(Error::new(Kind::Unexpected, CONTINUE, "it broke off inside the app")
                .with_changed(Changed::Unknown)
                .with_source(cause))
        })?;
        self.order_wire(&id).await
    }

    /// Gives up the steps of an order that were not sent.
    ///
    /// # Errors
    /// `Conflict` if a step is out and not settled, or nothing is left, or as the journal says.
    pub async fn abandon_order(&self, request: NameOrder) -> Result<OrderWire> {
        let id = OrderId(request.order);
        let (held, stage) = self.take(&id).await?.ok_or_else(busy)?;
        let Stage::Ready(order) = stage else { return Err(nothing_left("give the order up")) };
        let chain = self.0.chain.clone();
        let error = Error::new(Kind::Interrupted, "give the order up", "a person gave the rest up")
            .with_next("What was done stays as it is; look at the item.");
        off_thread(move || order.abandon(&chain, &error).map(drop)).await?;
        drop(held);
        self.order_wire(&id).await
    }

    /// Whether the journal is as it was written: an edited one must not tell what is sent next.
    async fn trusted(&self) -> Result<()> {
        let chain = self.0.chain.clone();
        off_thread(move || chain.verify()?.problem.map_or(Ok(()), |problem| Err(problem.error))).await
    }

    /// Holds an order and reads how far it is. `None` while somebody else holds it.
    async fn take(&self, id: &OrderId) -> Result<Option<(Held, Stage)>> {
        let (chain, id) = (self.0.chain.clone(), id.clone());
        off_thread(move || {
            let Some(held) = chain.hold(&id)? else { return Ok(None) };
            let stage = Stage::read(&chain, &id)?;
            Ok(Some((held, stage)))
        })
        .await
    }

    /// Looks at the provider what became of a step, and writes it down.
    async fn look(&self, sent: Sent) -> Result<()> {
        let saved = self.same_place(sent.connection(), sent.place()).await?;
        let provider = self.heard(saved.id, self.provider(&saved).await)?;
        self.settle(sent, &provider).await.map(drop)
    }

    /// The connection of that name, which must lead where it led when the order was confirmed: another place knows nothing
    /// of the order, and its "it is not there" would be no answer.
    pub(crate) async fn same_place(&self, connection: &str, place: &str) -> Result<SavedConnection> {
        let saved = self.saved(connection).await?;
        let now = self.leads_to(&saved);
        if now == place {
            return Ok(saved);
        }
        let message =
            format!("\"{connection}\" is another connection now: the order was for {place}, and it leads to {now}");
        Err(Error::new(Kind::Conflict, "find the order's place", message)
            .with_refused_by("this app")
            .with_next("Connect to that place under this name again; or look into the provider's audit log."))
    }

    /// Where a connection leads, as the journal takes it down.
    pub(crate) fn leads_to(&self, saved: &SavedConnection) -> String {
        let NewConnection { provider, answers, .. } = &saved.connection;
        format!("{provider}: {}", self.0.connector.place(provider, answers))
    }

    /// Writes down that it is not known what became of a step, unless that is the last word already.
    async fn say_unknown(&self, sent: Sent) -> Result<Sent> {
        let chain = self.0.chain.clone();
        off_thread(move || {
            if last_word_is_unknown(&chain, sent.id())? {
                return Ok(sent);
            }
            let message = match sent.answered() {
                true => "Claviger ended before it was looked at",
                false => "Claviger ended before the answer came",
            };
            let error = Error::new(Kind::Interrupted, RECOVER, message)
                .with_changed(Changed::Unknown)
                .with_next("Check now: the provider is asked what happened, and nothing is sent again.");
            sent.unknown(&chain, &error)
        })
        .await
    }
}

fn last_word_is_unknown(chain: &Chain, id: &OrderId) -> Result<bool> {
    let records = chain.history(id)?;
    Ok(matches!(records.last().map(|last| &last.event), Some(Event::Unknown { .. })))
}

pub(super) fn busy() -> Error {
    Error::new(Kind::Conflict, "look at the order", "it is being carried out or checked right now")
        .with_refused_by("this app")
        .with_next("Wait until that has ended; Activity shows it.")
}

fn nothing_left(operation: &'static str) -> Error {
    Error::new(Kind::Conflict, operation, "no step of it waits to be sent")
        .with_refused_by("this app")
        .with_next("If its outcome is unknown, check it; otherwise it has ended.")
}
