//! One list over all connections: the last known rows at once, then what the providers say, as it arrives.
//!
//! Each connection is listed by a task of its own, so a slow or hanging one delays no other. All of them send into one
//! channel, and the rows leave in batches.

mod batch;
mod listing;

use std::{collections::HashMap, sync::Arc, time::Duration};

use contract::{Cancel, InventoryEvent, Nothing, WatchInventory, WireError};
use domain::{Entry, Error, Kind, Provider, Result, Timestamp};
use futures::StreamExt;
use journal::SavedConnection;
use tokio::{
    sync::mpsc,
    task::{Id, JoinHandle, JoinSet},
};
use tokio_util::sync::CancellationToken;

use crate::{App, Sink, locked, off_thread};
use batch::Batch;
use listing::{Learned, Listing, Write};

/// Events that wait for the sink. Enough that a slow one does not stop the providers at once.
const WAITING: usize = 1024;
/// How long a list waits for "who am I", which only the list of connections shows.
const IDENTITY_PATIENCE: Duration = Duration::from_secs(5);

impl App {
    /// The last known rows at once, then, if `refresh` is wanted, what the providers say. Ends with `Finished`, or when
    /// the sink takes no more.
    ///
    /// # Errors
    /// `Unexpected` if Claviger's file cannot be read. A failing connection or vault is an event, not an error.
    pub async fn watch_inventory(&self, request: WatchInventory, sink: &Sink<InventoryEvent>) -> Result<()> {
        let watch = Watch::begin(self, request.operation);
        let mut batch = Batch::new(sink);
        let saved = self.journal(|journal| journal.connections()).await?;
        for name in &request.connections {
            if !saved.iter().any(|saved| saved.connection.name == *name) {
                let error = Error::new(Kind::NotFound, "list", format!("there is no connection named \"{name}\""));
                batch.take(InventoryEvent::ConnectionFailed {
                    connection: name.clone(),
                    error: WireError::from(&error),
                });
            }
        }
        let mut listings = Vec::new();
        for saved in saved {
            if request.connections.is_empty() || request.connections.contains(&saved.connection.name) {
                let listing = self.last_known(&saved).await?;
                listing.last_known().into_iter().for_each(|event| batch.take(event));
                listings.push((saved, listing));
            }
        }
        batch.flush();
        if request.refresh {
            self.refresh(listings, &watch.token, &mut batch).await;
        }
        batch.take(InventoryEvent::Finished { cancelled: watch.token.is_cancelled() });
        Ok(())
    }

    /// Stops a running watch. One that is over already is fine.
    ///
    /// # Errors
    /// None; the table wants a `Result`.
    pub async fn cancel(&self, request: Cancel) -> Result<Nothing> {
        if let Some(token) = locked(&self.0.watches).get(&request.operation) {
            token.cancel();
        }
        Ok(Nothing {})
    }

    async fn last_known(&self, saved: &SavedConnection) -> Result<Listing> {
        let id = saved.id;
        let (name, provider) = (saved.connection.name.clone(), saved.connection.provider.clone());
        self.journal(move |journal| {
            let (vaults, items) = journal.known(id)?;
            Ok(Listing::new(name, provider, vaults, items))
        })
        .await
    }

    async fn refresh(
        &self,
        listings: Vec<(SavedConnection, Listing)>,
        token: &CancellationToken,
        batch: &mut Batch<'_>,
    ) {
        let (sender, mut receiver) = mpsc::channel(WAITING);
        let mut tasks = JoinSet::new();
        let mut names: HashMap<Id, String> = HashMap::new();
        for (saved, listing) in listings {
            let name = saved.connection.name.clone();
            let one = One { app: self.clone(), saved, token: token.clone(), sender: sender.clone() };
            names.insert(tasks.spawn(one.list(listing)).id(), name);
        }
        drop(sender);
        loop {
            tokio::select! {
                event = receiver.recv() => match event {
                    Some(event) => batch.take(event),
                    None => break,
                },
                () = batch.due() => batch.flush(),
            }
            if batch.is_closed() {
                token.cancel();
            }
        }
        while let Some(ended) = tasks.join_next_with_id().await {
            let Err(cause) = ended else { continue };
            let Some(connection) = names.remove(&cause.id()) else { continue };
            let error = Error::new(Kind::Unexpected, "list", "the list broke off inside the app");
            tracing::error!(connection, error = %cause, "a list broke off");
            batch.take(InventoryEvent::ConnectionFailed { connection, error: WireError::from(&error) });
        }
    }
}

/// The list of one connection.
struct One {
    app: App,
    saved: SavedConnection,
    token: CancellationToken,
    sender: mpsc::Sender<InventoryEvent>,
}

impl One {
    async fn list(self, mut listing: Listing) {
        let provider = tokio::select! {
            biased;
            () = self.token.cancelled() => return,
            provider = self.app.provider(&self.saved) => provider,
        };
        match provider {
            Ok(provider) => {
                let (writes, ()) = futures::join!(self.read(&*provider, &mut listing), self.learn_identity(&*provider));
                for write in writes {
                    self.kept(write.await.unwrap_or_else(|cause| {
                        Err(Error::new(Kind::Unexpected, "keep the last known rows", "it broke off inside the app")
                            .with_source(cause))
                    }));
                }
            }
            Err(error) => {
                tracing::warn!(connection = self.saved.connection.name, error = ?error, "could not connect");
                let connection = self.saved.connection.name.clone();
                self.tell(InventoryEvent::ConnectionFailed { connection, error: WireError::from(&error) }).await;
            }
        }
    }

    /// Passes on what the provider says until it ends or is cancelled. Writing to disk goes on beside it, so that one
    /// vault's last known rows do not delay the next vault's new ones.
    async fn read(&self, provider: &dyn Provider, listing: &mut Listing) -> Vec<JoinHandle<Result<()>>> {
        let mut entries = provider.inventory().list();
        let mut writes = Vec::new();
        loop {
            let entry = tokio::select! {
                biased;
                () = self.token.cancelled() => {
                    self.pass_on(listing.cancel(Timestamp::now()), &mut writes).await;
                    return writes;
                }
                entry = entries.next() => entry,
            };
            match entry {
                Some(entry) => {
                    self.hear(&entry);
                    self.pass_on(listing.take(entry, Timestamp::now()), &mut writes).await;
                }
                None => {
                    self.pass_on(listing.finish(Timestamp::now()), &mut writes).await;
                    return writes;
                }
            }
        }
    }

    async fn learn_identity(&self, provider: &dyn Provider) {
        let told = tokio::select! {
            () = self.token.cancelled() => return,
            told = tokio::time::timeout(IDENTITY_PATIENCE, provider.identity()) => told,
        };
        match told {
            Ok(Ok(identity)) => self.app.0.sessions.keep_identity(self.saved.id, identity),
            Ok(Err(error)) => tracing::info!(error = ?error, "the place does not say who one is"),
            Err(_) => tracing::info!("the place does not say in time who one is"),
        }
    }

    fn hear(&self, entry: &Entry) {
        match entry {
            Entry::End { result: Err(error), vault } => {
                tracing::warn!(connection = self.saved.connection.name, vault = %vault, error = ?error, "a list broke off");
                if error.kind() == Kind::SignedOut {
                    self.app.0.sessions.end(self.saved.id);
                }
            }
            Entry::End { result: Ok(()), .. } | Entry::Item(_) | Entry::Vault(_) => {}
        }
    }

    async fn pass_on(&self, learned: Learned, writes: &mut Vec<JoinHandle<Result<()>>>) {
        for event in learned.events {
            self.tell(event).await;
        }
        for write in learned.writes {
            let (journal, connection) = (Arc::clone(&self.app.0.journal), self.saved.id);
            writes.push(tokio::spawn(off_thread(move || match write {
                Write::Update(update) => journal.update_vault(connection, &update),
                Write::Forget(vault) => journal.forget_vault(connection, &vault),
            })));
        }
    }

    /// Nobody listens any more only if the watch is over; then there is nobody to tell.
    async fn tell(&self, event: InventoryEvent) {
        let _ = self.sender.send(event).await;
    }

    fn kept(&self, written: Result<()>) {
        if let Err(error) = written {
            tracing::warn!(error = ?error, "the last known rows were not kept");
            self.app.notify(error);
        }
    }
}

/// A running watch, so that it can be cancelled. Whoever lets go of it, cancels it.
pub(crate) struct Watch {
    app: App,
    operation: String,
    pub(crate) token: CancellationToken,
}

impl Watch {
    pub(crate) fn begin(app: &App, operation: String) -> Self {
        let token = CancellationToken::new();
        // A second watch of the same name takes the place of the first.
        if let Some(older) = locked(&app.0.watches).insert(operation.clone(), token.clone()) {
            older.cancel();
        }
        Self { app: app.clone(), operation, token }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let was_replaced = self.token.is_cancelled();
        let mut watches = locked(&self.app.0.watches);
        let is_of_another =
            watches.get(&self.operation).is_some_and(|registered| was_replaced && !registered.is_cancelled());
        if !is_of_another {
            watches.remove(&self.operation);
        }
        self.token.cancel();
    }
}
