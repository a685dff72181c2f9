//! From what a person has in hand (a reference, an ARN, a URL) to the connection and the item it names.

use std::{fmt, sync::Arc, time::Duration};

use domain::{Error, ItemKey, ItemRef, Kind, Provider, Result};
use futures::future::join_all;
use journal::SavedConnection;

use crate::App;

/// How long a connection may take to sign in before an address is looked for without it.
const PATIENCE: Duration = Duration::from_secs(20);

/// An item that was found, with the signed-in connection it is reached through.
pub(crate) struct Found {
    pub(crate) connection: SavedConnection,
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) key: ItemKey,
}

impl Found {
    pub(crate) fn reference(&self) -> ItemRef {
        ItemRef { connection: self.connection.connection.name.clone(), key: self.key.clone() }
    }
}

impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reference().fmt(f)
    }
}

impl App {
    /// The item that `text` names: by reference, or by an address that a saved connection knows as its own. Of several
    /// connections the first by name is taken.
    ///
    /// # Errors
    /// `NotFound` if no connection knows it, or as the connection says if it cannot be signed in to.
    pub(crate) async fn find(&self, text: &str) -> Result<Found> {
        let saved = self.journal(|journal| journal.connections()).await?;
        let Ok(reference) = text.parse::<ItemRef>() else { return self.locate(text, saved).await };
        match saved.iter().find(|saved| saved.connection.name == reference.connection) {
            Some(connection) => {
                let connection = connection.clone();
                let provider = self.heard(connection.id, self.provider(&connection).await)?;
                Ok(Found { connection, provider, key: reference.key })
            }
            // An ARN or a path with slashes reads as a reference too.
            None => self.locate(text, saved).await,
        }
    }

    async fn locate(&self, address: &str, saved: Vec<SavedConnection>) -> Result<Found> {
        let asked = join_all(saved.iter().map(|saved| tokio::time::timeout(PATIENCE, self.provider(saved)))).await;
        let mut silent = Vec::new();
        for (connection, answer) in saved.into_iter().zip(asked) {
            match answer {
                Ok(Ok(provider)) => {
                    if let Some(key) = provider.inventory().locate(address) {
                        return Ok(Found { connection, provider, key });
                    }
                }
                Ok(Err(_)) | Err(_) => silent.push(connection.connection.name),
            }
        }
        let mut message = "no saved connection knows it as one of its items".to_owned();
        if !silent.is_empty() {
            message = format!("{message}; these could not be asked: {}", silent.join(", "));
        }
        Err(Error::new(Kind::NotFound, "find the item", message)
            .with_next("Check the reference or address, or connect to the place that it lies in."))
    }
}
