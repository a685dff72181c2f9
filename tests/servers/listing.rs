//! One whole listing of a provider, as a person would have it before them.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Answer, Ask, Entry, Item, ItemKey, Provider, Vault, VaultId};
use futures::StreamExt;

use crate::{Failure, Result};

/// What a listing sent, vault by vault.
#[derive(Debug, Default)]
pub struct Listing {
    /// In the order they came.
    pub items: Vec<Item>,
    /// Each vault with how its list ended, if it did.
    pub vaults: Vec<(Vault, Option<domain::Result<()>>)>,
    disorder: Vec<String>,
}

impl Listing {
    /// Lists everything.
    pub async fn of(provider: &dyn Provider) -> Self {
        Self::until(provider, |_| false).await
    }

    /// Lists until the end, or until `enough` is true of what came so far.
    pub async fn until(provider: &dyn Provider, enough: impl Fn(&Self) -> bool) -> Self {
        let mut listing = Self::default();
        let mut entries = provider.inventory().list();
        while let Some(entry) = entries.next().await {
            listing.take(entry);
            if enough(&listing) {
                break;
            }
        }
        listing
    }

    /// The vaults that did not end well, with their errors.
    pub fn troubles(&self) -> impl Iterator<Item = (&Vault, &domain::Error)> {
        self.vaults.iter().filter_map(|(vault, end)| Some((vault, end.as_ref()?.as_ref().err()?)))
    }

    /// How the list of that vault ended: `None` while it has not.
    pub fn end(&self, vault: &str) -> Option<&domain::Result<()>> {
        self.vaults.iter().find(|(one, _)| one.id.0 == vault)?.1.as_ref()
    }

    /// How often each item came.
    pub fn counts(&self) -> BTreeMap<&ItemKey, usize> {
        let mut counts = BTreeMap::new();
        for item in &self.items {
            *counts.entry(&item.key).or_default() += 1;
        }
        counts
    }

    /// The row of that key.
    pub fn row(&self, key: &ItemKey) -> Result<&Item> {
        let found = self.items.iter().find(|item| item.key == *key);
        found.ok_or_else(|| Failure::new(format!("{key:?} is not listed")))
    }

    /// One item of each kind, algorithm and state that could be described: enough to meet every rule once.
    pub fn one_of_each(&self) -> impl Iterator<Item = &Item> {
        let mut seen = BTreeSet::new();
        self.items.iter().filter(move |row| {
            let algorithm = row.algorithm.as_ref().map(ToString::to_string);
            row.trouble.is_none() && seen.insert((row.native_kind, algorithm, row.state.word().to_owned()))
        })
    }

    /// The same, and one of each that takes key material, which no row tells.
    pub async fn one_of_each_with_takers(&self, provider: &dyn Provider) -> Vec<&Item> {
        let mut items: Vec<_> = self.one_of_each().collect();
        let mut takers = Self::default();
        let all = self.items.iter().filter(|row| row.trouble.is_none() && provider.imports().is_some());
        for row in all {
            let offers = provider.offers(row).await;
            if offers.iter().any(|offer| offer.ask == Ask::ImportMaterial && offer.answer == Answer::Allow) {
                takers.items.push(row.clone());
            }
        }
        let takers = takers.one_of_each().filter_map(|taker| self.row(&taker.key).ok());
        let others: Vec<_> = takers.filter(|taker| items.iter().all(|item| item.key != taker.key)).collect();
        items.extend(others);
        items
    }

    /// Whether every vault began before its items and ended after them, once; if not, what came out of order.
    pub fn in_order(&self) -> Result<()> {
        let open = self.vaults.iter().filter(|(_, end)| end.is_none());
        let open = open.map(|(vault, _)| format!("the vault {} never ended", vault.id));
        let all: Vec<String> = self.disorder.iter().cloned().chain(open).collect();
        if all.is_empty() { Ok(()) } else { Err(Failure::new(all.join("; "))) }
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
}
