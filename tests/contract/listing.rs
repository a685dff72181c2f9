//! One whole listing, as a person would have it before them.

use std::collections::BTreeMap;

use domain::{Entry, Item, ItemKey, Provider, Vault, VaultId};
use futures::StreamExt;
use libtest_mimic::Failed;

use crate::{
    place::Subject,
    promise::{Outcome, ensure},
};

/// What a listing sent, vault by vault.
#[derive(Default)]
pub(crate) struct Listing {
    /// In the order they came.
    pub(crate) items: Vec<Item>,
    /// Each vault with how its list ended.
    pub(crate) vaults: Vec<(Vault, Option<domain::Result<()>>)>,
    /// What came out of order.
    pub(crate) disorder: Vec<String>,
}

impl Listing {
    /// Lists everything.
    pub(crate) async fn of(provider: &dyn Provider) -> Self {
        let mut listing = Self::default();
        let mut entries = provider.inventory().list();
        while let Some(entry) = entries.next().await {
            listing.take(entry);
        }
        listing
    }

    fn take(&mut self, entry: Entry) {
        match entry {
            Entry::Vault(vault) if self.position(&vault.id).is_some() => {
                self.disorder.push(format!("the vault {} began twice", vault.id));
            }
            Entry::Vault(vault) => self.vaults.push((vault, None)),
            Entry::Item(item) => {
                match self.position(&item.key.vault).map(|at| &self.vaults[at].1) {
                    Some(None) => {}
                    Some(Some(_)) => self.disorder.push(format!("{:?} came after its vault's end", item.key)),
                    None => self.disorder.push(format!("{:?} came before its vault", item.key)),
                }
                self.items.push(*item);
            }
            Entry::End { vault, result } => match self.position(&vault).map(|at| &mut self.vaults[at].1) {
                Some(end @ None) => *end = Some(result),
                Some(Some(_)) => self.disorder.push(format!("the vault {vault} ended twice")),
                None => self.disorder.push(format!("the vault {vault} ended before it began")),
            },
        }
    }

    fn position(&self, id: &VaultId) -> Option<usize> {
        self.vaults.iter().position(|(vault, _)| vault.id == *id)
    }

    /// The errors that vaults ended with.
    pub(crate) fn troubles(&self) -> impl Iterator<Item = (&Vault, &domain::Error)> {
        self.vaults.iter().filter_map(|(vault, end)| Some((vault, end.as_ref()?.as_ref().err()?)))
    }

    /// How often each item came.
    pub(crate) fn counts(&self) -> BTreeMap<&ItemKey, usize> {
        let mut counts = BTreeMap::new();
        for item in &self.items {
            *counts.entry(&item.key).or_default() += 1;
        }
        counts
    }

    /// The row of that key.
    pub(crate) fn row(&self, key: &ItemKey) -> Result<&Item, Failed> {
        self.items.iter().find(|item| item.key == *key).ok_or_else(|| format!("{key:?} is not listed").into())
    }

    /// Vaults begin first and end last, once, and none before its time.
    pub(crate) fn in_order(&self) -> Outcome {
        ensure!(self.disorder.is_empty(), "{}", self.disorder.join("; "));
        let open: Vec<String> =
            self.vaults.iter().filter(|(_, end)| end.is_none()).map(|(vault, _)| vault.id.to_string()).collect();
        ensure!(open.is_empty(), "these vaults never ended: {}", open.join(", "));
        Ok(())
    }
}

/// Each known item must hold; every one that does not is told, not only the first.
pub(crate) fn each_known(subject: &Subject, check: impl Fn(&servers::KnownItem) -> Outcome) -> Outcome {
    let broken: Vec<String> = subject
        .place
        .known
        .items
        .iter()
        .filter_map(|item| {
            check(item).err().map(|failed| format!("{}: {}", item.name, failed.message().unwrap_or_default()))
        })
        .collect();
    ensure!(broken.is_empty(), "\n  {}", broken.join("\n  "));
    Ok(())
}
