//! What one connection's list has taught so far, held against what was known before. No I/O: entries in, events out.
//!
//! The rules: a row is gone only if its vault's list was complete without it. A vault that could not be read keeps its
//! old rows, and its state says so. No entry of a provider, in whatever order, leaves a vault in the state "listing".

use std::collections::{BTreeMap, BTreeSet};

use contract::{InventoryEvent, ItemRow, VaultRow, VaultState, WireError};
use domain::{Entry, Error, Item, ItemKey, ItemRef, Kind, Result, Timestamp, Vault, VaultId};
use journal::{KnownItem, KnownVault, VaultUpdate};

use crate::wire;

/// The list of one connection.
pub(super) struct Listing {
    connection: String,
    provider: String,
    vaults: BTreeMap<VaultId, Tracked>,
}

/// What an entry has taught.
#[derive(Default)]
pub(super) struct Learned {
    pub(super) events: Vec<InventoryEvent>,
    pub(super) writes: Vec<Write>,
}

/// What the snapshot must learn.
pub(super) enum Write {
    Forget(VaultId),
    Update(VaultUpdate),
}

struct Tracked {
    name: String,
    kind: String,
    /// As last shown.
    state: VaultState,
    read_at: Option<Timestamp>,
    /// From before this list, by identifier within the vault.
    known: BTreeMap<String, ItemRow>,
    /// From this list.
    seen: BTreeMap<String, ItemRow>,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Phase {
    Ended,
    Listing,
    Unmentioned,
}

impl Listing {
    /// Begins with what the snapshot has. A row that does not read back is left out: a list will bring it.
    pub(super) fn new(connection: String, provider: String, vaults: Vec<KnownVault>, items: Vec<KnownItem>) -> Self {
        let mut known: BTreeMap<VaultId, BTreeMap<String, ItemRow>> = BTreeMap::new();
        for KnownItem { key, row } in items {
            match serde_json::from_str(&row) {
                Ok(row) => drop(known.entry(key.vault).or_default().insert(key.id, row)),
                Err(error) => tracing::warn!(%error, "a last known row does not read back"),
            }
        }
        let tracked = |vault: KnownVault| {
            let known = known.remove(&vault.id).unwrap_or_default();
            let state = remembered(&vault, !known.is_empty());
            let KnownVault { id, name, kind, read_at, .. } = vault;
            let seen = BTreeMap::new();
            (id, Tracked { name, kind, state, read_at, known, seen, phase: Phase::Unmentioned })
        };
        Self { connection, provider, vaults: vaults.into_iter().map(tracked).collect() }
    }

    /// Everything as last known.
    pub(super) fn last_known(&self) -> Vec<InventoryEvent> {
        let mut events = Vec::new();
        for (id, tracked) in &self.vaults {
            events.push(InventoryEvent::Rows { rows: tracked.known.values().cloned().collect() });
            events.push(self.vault_event(id, tracked));
        }
        events
    }

    /// Takes one entry of the provider.
    pub(super) fn take(&mut self, entry: Entry, now: Timestamp) -> Learned {
        match entry {
            Entry::Vault(vault) => self.begin(vault),
            Entry::Item(item) => self.item(&item),
            Entry::End { vault, result } => self.end(&vault, result, now),
        }
    }

    /// The list was stopped from our side. A vault of which nothing came yet is as it was before, and nothing is kept of
    /// it.
    pub(super) fn cancel(&mut self, now: Timestamp) -> Learned {
        let error = Error::new(Kind::Interrupted, "list", "the list was cancelled").with_next("Refresh.");
        let mut learned = Learned::default();
        for id in self.in_phase(Phase::Listing) {
            let tracked = self.tracked(&id);
            if !tracked.seen.is_empty() {
                learned.add(self.end(&id, Err(error.clone()), now));
                continue;
            }
            tracked.phase = Phase::Ended;
            tracked.state = match tracked.read_at {
                Some(at) => VaultState::Stale { since: wire::instant(at) },
                None => VaultState::Unreachable { error: WireError::from(&error) },
            };
            learned.events.extend(self.current(&id));
        }
        learned
    }

    /// The provider's stream is over. A vault that was begun and never ended was broken off.
    ///
    /// A vault that is no longer mentioned is gone with its rows, but only if everything else was read: a failed list
    /// of vaults must not look like none. One without rows takes nothing with it, so there it is enough that anything
    /// was read: providers let a stand-in carry the error when they cannot list their vaults.
    pub(super) fn finish(&mut self, now: Timestamp) -> Learned {
        let error = Error::new(Kind::Interrupted, "list", "the list ended without saying that it was complete");
        let mut learned = Learned::default();
        for id in self.in_phase(Phase::Listing) {
            learned.add(self.end(&id, Err(error.clone()), now));
        }
        let states: Vec<&VaultState> =
            self.vaults.values().filter(|it| it.phase == Phase::Ended).map(|it| &it.state).collect();
        let is_fresh = |state: &&VaultState| matches!(state, VaultState::Fresh { .. });
        let any_read = states.iter().any(|state| is_fresh(state) || matches!(state, VaultState::Partial { .. }));
        let all_read = any_read && states.iter().all(is_fresh);
        for id in self.in_phase(Phase::Unmentioned) {
            let has_rows = self.vaults.get(&id).is_some_and(|it| !it.known.is_empty());
            if all_read || (any_read && !has_rows) {
                learned.add(self.forget(&id, now));
            }
        }
        learned
    }

    fn begin(&mut self, vault: Vault) -> Learned {
        let tracked = self.tracked(&vault.id);
        tracked.name = vault.name;
        tracked.kind = vault.native_kind.to_owned();
        tracked.phase = Phase::Listing;
        tracked.state = VaultState::Listing;
        tracked.seen.clear();
        Learned { events: self.current(&vault.id), writes: Vec::new() }
    }

    fn item(&mut self, item: &Item) -> Learned {
        let reference = ItemRef { connection: self.connection.clone(), key: item.key.clone() };
        let row = wire::item_row(&self.provider, &reference, item);
        let tracked = self.tracked(&item.key.vault);
        tracked.phase = Phase::Listing;
        let is_new = tracked.known.get(&item.key.id) != Some(&row);
        let is_repeated = tracked.seen.insert(item.key.id.clone(), row.clone()).is_some_and(|seen| seen == row);
        let rows = if is_new && !is_repeated { vec![row] } else { Vec::new() };
        Learned { events: vec![InventoryEvent::Rows { rows }], writes: Vec::new() }
    }

    fn end(&mut self, id: &VaultId, result: Result<()>, now: Timestamp) -> Learned {
        let connection = self.connection.clone();
        let tracked = self.tracked(id);
        tracked.phase = Phase::Ended;
        let complete = result.is_ok();
        let gone: Vec<String> = match complete {
            true => tracked.known.keys().filter(|id| !tracked.seen.contains_key(*id)).cloned().collect(),
            false => Vec::new(),
        };
        tracked.state = tracked.outcome(result, now);
        if complete || !tracked.seen.is_empty() {
            tracked.read_at = Some(now);
        }
        let seen = std::mem::take(&mut tracked.seen);
        let mut changed = Vec::new();
        for (item, row) in seen {
            if tracked.known.get(&item) != Some(&row) {
                match serde_json::to_string(&row) {
                    Ok(text) => changed.push((item.clone(), text)),
                    Err(error) => tracing::warn!(%error, "a row could not be written down"),
                }
                tracked.known.insert(item, row);
            }
        }
        for item in &gone {
            tracked.known.remove(item);
        }
        let mut learned = Learned::default();
        if !gone.is_empty() {
            learned.events.push(gone_event(&connection, id, gone.iter()));
        }
        learned.events.extend(self.current(id));
        if let Some(vault) = self.vaults.get(id).and_then(|tracked| tracked.to_keep(id)) {
            learned.writes.push(Write::Update(VaultUpdate { vault, changed, gone }));
        }
        learned
    }

    fn forget(&mut self, id: &VaultId, now: Timestamp) -> Learned {
        let connection = self.connection.clone();
        let tracked = self.tracked(id);
        tracked.state = VaultState::Fresh { at: wire::instant(now) };
        let known = std::mem::take(&mut tracked.known);
        let mut events = Vec::new();
        if !known.is_empty() {
            events.push(gone_event(&connection, id, known.keys()));
        }
        events.extend(self.current(id));
        self.vaults.remove(id);
        Learned { events, writes: vec![Write::Forget(id.clone())] }
    }

    /// The vault, made up if the provider speaks of it without having said so.
    fn tracked(&mut self, id: &VaultId) -> &mut Tracked {
        self.vaults.entry(id.clone()).or_insert_with(|| Tracked {
            name: id.0.clone(),
            kind: String::new(),
            state: VaultState::Listing,
            read_at: None,
            known: BTreeMap::new(),
            seen: BTreeMap::new(),
            phase: Phase::Listing,
        })
    }

    fn in_phase(&self, phase: Phase) -> Vec<VaultId> {
        self.vaults.iter().filter(|(_, tracked)| tracked.phase == phase).map(|(id, _)| id.clone()).collect()
    }

    fn current(&self, id: &VaultId) -> Vec<InventoryEvent> {
        self.vaults.get(id).map(|tracked| self.vault_event(id, tracked)).into_iter().collect()
    }

    fn vault_event(&self, id: &VaultId, tracked: &Tracked) -> InventoryEvent {
        InventoryEvent::Vault {
            vault: VaultRow {
                connection: self.connection.clone(),
                id: id.0.clone(),
                name: tracked.name.clone(),
                kind: tracked.kind.clone(),
                count: count(tracked.all()),
                state: tracked.state.clone(),
            },
        }
    }
}

impl Tracked {
    /// How many items are known to exist: of before and of now.
    fn all(&self) -> usize {
        self.known.keys().chain(self.seen.keys()).collect::<BTreeSet<_>>().len()
    }

    /// How far the list that has just ended can be trusted.
    fn outcome(&self, result: Result<()>, now: Timestamp) -> VaultState {
        let read = self.seen.values().filter(|row| row.trouble.is_none()).count();
        match result {
            Ok(()) => match self.seen.values().find_map(|row| row.trouble.clone()) {
                Some(error) => VaultState::Partial { read: count(read), known: count(self.seen.len()), error },
                None => VaultState::Fresh { at: wire::instant(now) },
            },
            Err(error) if !self.seen.is_empty() => {
                VaultState::Partial { read: count(read), known: count(self.all()), error: WireError::from(&error) }
            }
            Err(error) if error.kind() == Kind::Denied => VaultState::Denied { error: WireError::from(&error) },
            Err(error) => VaultState::Unreachable { error: WireError::from(&error) },
        }
    }

    fn to_keep(&self, id: &VaultId) -> Option<KnownVault> {
        let state = serde_json::to_string(&self.state)
            .inspect_err(|error| tracing::warn!(%error, "a vault's state could not be written down"))
            .ok()?;
        let (name, kind) = (self.name.clone(), self.kind.clone());
        Some(KnownVault { id: id.clone(), name, kind, state, read_at: self.read_at })
    }
}

impl Learned {
    fn add(&mut self, other: Self) {
        self.events.extend(other.events);
        self.writes.extend(other.writes);
    }
}

/// A state of the last time as it must be shown now: nothing is fresh any more.
fn remembered(vault: &KnownVault, has_rows: bool) -> VaultState {
    let stale = vault.read_at.map(|at| VaultState::Stale { since: wire::instant(at) });
    let as_of = |mut error: WireError| {
        if let Some(at) = vault.read_at {
            error.message = format!("{} (as of {at:.0})", error.message);
        }
        error
    };
    match serde_json::from_str(&vault.state) {
        Ok(VaultState::Denied { error }) => VaultState::Denied { error },
        Ok(VaultState::Fresh { at } | VaultState::Stale { since: at }) => VaultState::Stale { since: at },
        Ok(VaultState::Partial { read, known, error }) => VaultState::Partial { read, known, error: as_of(error) },
        Ok(VaultState::Unreachable { error }) => match stale {
            Some(stale) if has_rows => stale,
            Some(_) | None => VaultState::Unreachable { error },
        },
        Ok(VaultState::Listing) | Err(_) => stale.unwrap_or_else(|| VaultState::Unreachable {
            error: WireError::from(&Error::new(Kind::Unexpected, "list", "how it was last time is not known")),
        }),
    }
}

fn gone_event<'a>(connection: &str, vault: &VaultId, ids: impl Iterator<Item = &'a String>) -> InventoryEvent {
    let reference = |id: &String| {
        let key = ItemKey { vault: vault.clone(), id: id.clone() };
        ItemRef { connection: connection.to_owned(), key }.to_string()
    };
    InventoryEvent::Gone { references: ids.map(reference).collect() }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
