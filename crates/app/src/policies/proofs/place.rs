//! One connection while its items are looked at: signed in to once, and what its items have in common read once.

use std::sync::Arc;

use contract::{CopyableRow, ItemRow, ProofWire, WireError};
use domain::{Door, ItemKey, ItemRef, Kind, Policies, PolicyLanguage, PolicyText, Provider, Result};
use journal::SavedConnection;
use tokio::sync::OnceCell;

use super::{Graded, Scene, doors, graded};
use crate::App;

/// A connection.
pub(super) struct Place {
    saved: SavedConnection,
    provider: OnceCell<Arc<dyn Provider>>,
    doors: OnceCell<Arc<Vec<Door>>>,
    /// The policies, where they are the place's and not an item's.
    policies: OnceCell<Arc<Vec<PolicyText>>>,
}

impl Place {
    pub(super) fn new(saved: SavedConnection) -> Self {
        Self { saved, provider: OnceCell::new(), doors: OnceCell::new(), policies: OnceCell::new() }
    }

    pub(super) fn name(&self) -> &str {
        &self.saved.connection.name
    }

    pub(super) fn reference(&self, key: &ItemKey) -> String {
        ItemRef { connection: self.name().to_owned(), key: key.clone() }.to_string()
    }

    pub(super) fn row(
        &self,
        key: &ItemKey,
        name: &str,
        proof: Option<ProofWire>,
        trouble: Option<WireError>,
    ) -> CopyableRow {
        CopyableRow {
            reference: self.reference(key),
            name: name.to_owned(),
            connection: self.name().to_owned(),
            environment: self.saved.connection.environment.clone(),
            proof,
            trouble,
        }
    }

    /// Signs in, and tells the items last known with their names; none where the place has no policies.
    pub(super) async fn signed_in(&self, app: &App) -> Result<Vec<(ItemKey, String)>> {
        let id = self.saved.id;
        let (_, items) = app.journal(move |journal| journal.known(id)).await?;
        if items.is_empty() {
            return Ok(Vec::new());
        }
        let provider = app.heard(id, app.provider(&self.saved).await)?;
        if provider.policies().is_none() {
            return Ok(Vec::new());
        }
        // Set once, before anybody reads it.
        let _ = self.provider.set(provider);
        let name = |row: &str, key: &ItemKey| {
            serde_json::from_str::<ItemRow>(row).map_or_else(|_| key.id.clone(), |row| row.name)
        };
        Ok(items.into_iter().map(|item| (item.key.clone(), name(&item.row, &item.key))).collect())
    }

    /// The proofs of one item; `None` if it has no policy that is shown.
    pub(super) async fn graded(&self, app: &App, key: &ItemKey) -> Result<Option<Graded>> {
        let Some(policies) = self.provider.get().and_then(|provider| provider.policies()) else { return Ok(None) };
        let texts = match app.heard(self.saved.id, self.texts(policies, key).await) {
            Ok(texts) => texts,
            Err(error) if error.kind() == Kind::Unsupported => return Ok(None),
            Err(error) => return Err(error),
        };
        // Where not one text could be read, that is the item's trouble, and nothing was found that could be told.
        if let Some(Err(error)) = texts.iter().map(|policy| &policy.text).min_by_key(|text| text.is_err()) {
            return Err(error.clone());
        }
        let around = policies.surroundings(key).await;
        let doors = self.doors.get_or_init(|| async { Arc::new(doors(policies).await) }).await;
        graded(Scene { policies: texts, around }, Arc::clone(doors)).await.map(Some)
    }

    /// The policies around an item. Those of Vault are the cluster's, and the same for every item.
    async fn texts(&self, policies: &dyn Policies, key: &ItemKey) -> Result<Arc<Vec<PolicyText>>> {
        if let Some(known) = self.policies.get() {
            return Ok(Arc::clone(known));
        }
        let texts = Arc::new(policies.policies(key).await?);
        if texts.iter().all(|policy| policy.language == PolicyLanguage::VaultAcl) {
            let _ = self.policies.set(Arc::clone(&texts));
        }
        Ok(texts)
    }
}
