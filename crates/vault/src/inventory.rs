//! What a cluster holds: mounts side by side, and in each of them names first and then one read for each name.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use domain::{Access, Entry, Error, Inventory, Item, ItemDetail, ItemKey, Kind, Result, Vault, VaultId};
use futures::{
    SinkExt, StreamExt,
    channel::mpsc::{self, Sender},
    future::ready,
    stream::{self, BoxStream},
};

use crate::{
    Cluster, access, kv, locate,
    mounts::{self, Engine, Found, Mount},
    pki, transit,
};

/// So many reads of one mount are under way at once.
const IN_FLIGHT: usize = 64;
/// After so many reads in a row that got no answer, the server is taken to be gone, and no more are sent.
const PATIENCE: usize = 16;
/// KV folders are followed so deep and so far; the rest is a gap that is told.
const DEEPEST: usize = 32;
const MOST_PATHS: usize = 50_000;
const MOST_FOLDERS: usize = 20_000;

#[async_trait]
impl Inventory for Cluster {
    fn list(&self) -> BoxStream<'_, Entry> {
        stream::once(self.mounts.find(&self.client))
            .map(move |found| match found {
                Ok(found) => stream::iter(found).map(|mount| self.list_mount(mount)).flatten_unordered(None).boxed(),
                Err(error) => ended(self.cluster(), error),
            })
            .flatten()
            .boxed()
    }

    async fn open(&self, item: &ItemKey) -> Result<ItemDetail> {
        match engine_of(item)? {
            Engine::Transit => {
                let key = transit::read(&self.client, item).await?;
                if key.is("exportable") {
                    // Said of the key below: whether this server wraps it for others depends on what it is.
                    self.client.product().await;
                }
                Ok(key.detail(item.clone()))
            }
            Engine::Pki => Ok(pki::read(&self.client, item).await?.detail(item.clone())),
            Engine::Kv => self.open_path(item).await,
        }
    }

    async fn public_key(&self, item: &ItemKey, version: Option<&str>) -> Result<Vec<u8>> {
        let operation = "read the public key";
        let key = match (engine_of(item)?, version) {
            (Engine::Transit, version) => transit::read(&self.client, item).await?.public_key(version)?,
            (Engine::Pki, None) => pki::read(&self.client, item).await?.public_key()?,
            (Engine::Pki, Some(version)) => {
                let message = format!("a PKI certificate has no versions, so none called {version:?}");
                return Err(Error::new(Kind::NotFound, operation, message));
            }
            (Engine::Kv, _) => {
                return Err(Error::new(Kind::Unsupported, operation, "a KV path holds a secret value, not a key"));
            }
        };
        Ok(key.spki_der().to_vec())
    }

    fn locate(&self, address: &str) -> Option<ItemKey> {
        locate::locate(address, self.client.wire(), &self.mounts)
    }
}

impl Cluster {
    /// Stands for all mounts, where not even their list can be read.
    fn cluster(&self) -> Vault {
        let address = self.client.wire().address();
        Vault { id: VaultId("sys".to_owned()), name: format!("{} (mounts)", address.host()), native_kind: "cluster" }
    }

    fn list_mount(&self, found: Found) -> BoxStream<'_, Entry> {
        let mount = match found {
            Ok(mount) => mount,
            Err((path, error)) => return ended(mounts::vault(&path, "mount"), error),
        };
        let (mut sender, receiver) = mpsc::channel(IN_FLIGHT);
        let driver = async move {
            let vault = mount.vault();
            let id = vault.id.clone();
            // Nobody listens any more if sending fails; the stream is being dropped then, and this with it.
            let _ = sender.send(Entry::Vault(vault)).await;
            let result = match mount.engine {
                Engine::Transit => self.list_transit(&mount, &mut sender).await,
                Engine::Pki => self.list_pki(&mount, &mut sender).await,
                Engine::Kv => self.list_kv(&mount, &mut sender).await,
            };
            let _ = sender.send(Entry::End { vault: id, result }).await;
        };
        stream::select(receiver, stream::once(driver).filter_map(|()| ready(None))).boxed()
    }

    async fn list_transit(&self, mount: &Mount, sender: &mut Sender<Entry>) -> Result<()> {
        let names = transit::names(&self.client, &mount.path).await?;
        self.describe_all(keys_of(mount, transit::KEYS, names), sender).await
    }

    async fn list_pki(&self, mount: &Mount, sender: &mut Sender<Entry>) -> Result<()> {
        let (issuers, serials) =
            futures::join!(pki::issuers(&self.client, &mount.path), pki::serials(&self.client, &mount.path));
        let mut gaps = Gaps::default();
        let issuers = keys_of(mount, pki::ISSUER, gaps.keep(issuers));
        let certificates = keys_of(mount, pki::CERT, gaps.keep(serials));
        self.describe_all(issuers.into_iter().chain(certificates).collect(), sender).await?;
        gaps.into_result()
    }

    async fn list_kv(&self, mount: &Mount, sender: &mut Sender<Entry>) -> Result<()> {
        let mut gaps = Gaps::default();
        let mut level = vec![String::new()];
        let (mut paths_left, mut folders_left) = (MOST_PATHS, MOST_FOLDERS);
        for _ in 0..DEEPEST {
            let listed = stream::iter(std::mem::take(&mut level)).map(|folder| async move {
                let names = kv::names(&self.client, &mount.path, &folder).await;
                names.map(|names| names.into_iter().map(move |name| format!("{folder}{name}")).collect::<Vec<_>>())
            });
            let listed: Vec<_> = listed.buffer_unordered(IN_FLIGHT).collect().await;
            let names: Vec<String> = listed.into_iter().flat_map(|names| gaps.keep(names)).collect();
            let (mut folders, mut paths): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| name.ends_with('/'));
            cut(&mut folders, &mut folders_left, "folders", mount, &mut gaps);
            cut(&mut paths, &mut paths_left, "paths", mount, &mut gaps);
            self.describe_all(keys_of(mount, kv::DATA, paths), sender).await?;
            level = folders;
            if level.is_empty() {
                return gaps.into_result();
            }
        }
        let message = format!("{}/ has folders more than {DEEPEST} deep, such as {:?}", mount.path, level[0]);
        gaps.errors.push(too_much(message));
        gaps.into_result()
    }

    /// Reads each item and sends it as a row. Ends with an error only if reading had to stop; the names that were left
    /// are sent with it as their trouble.
    async fn describe_all(&self, keys: Vec<ItemKey>, sender: &mut Sender<Entry>) -> Result<()> {
        let stop = Stop::default();
        let mut rows = stream::iter(keys)
            .map(|key| async {
                let item = match stop.error() {
                    Some(error) => undescribed(key, error),
                    None => self.describe(key).await,
                };
                stop.learn(&item);
                item
            })
            .buffer_unordered(IN_FLIGHT);
        while let Some(item) = rows.next().await {
            if sender.send(Entry::Item(Box::new(item))).await.is_err() {
                break;
            }
        }
        drop(rows);
        stop.error().map_or(Ok(()), Err)
    }

    async fn describe(&self, key: ItemKey) -> Item {
        let read = match engine_of(&key) {
            Ok(Engine::Transit) => transit::read(&self.client, &key).await.map(|read| read.item(key.clone())),
            Ok(Engine::Pki) => pki::read(&self.client, &key).await.map(|read| read.item(key.clone())),
            Ok(Engine::Kv) => kv::read(&self.client, &key).await.map(|read| read.item(key.clone())),
            Err(error) => Err(error),
        };
        read.unwrap_or_else(|error| undescribed(key, error))
    }

    /// A path can be open in its metadata and closed in its value, or the other way round.
    async fn open_path(&self, key: &ItemKey) -> Result<ItemDetail> {
        let data = format!("{}/{}", key.vault, key.id);
        let (metadata, access) = futures::join!(kv::read(&self.client, key), access::to_read(&self.client, &data));
        let mut detail = match metadata {
            Ok(metadata) => metadata.detail(key.clone()),
            Err(error) if error.kind() == Kind::Denied && access == Access::Open => {
                ItemDetail { item: kv::undescribed(key.clone(), error), versions: Vec::new(), aspects: Vec::new() }
            }
            Err(error) => return Err(error),
        };
        for facet in &mut detail.item.facets {
            facet.access = access.clone();
        }
        Ok(detail)
    }
}

/// When to stop reading item after item: the sign-in is over, or nothing answers any more.
#[derive(Default)]
struct Stop(Mutex<(usize, Option<Error>)>);

impl Stop {
    fn error(&self) -> Option<Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.clone()
    }

    fn learn(&self, item: &Item) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (unanswered, error) = &mut *state;
        match item.trouble.as_ref().filter(|_| error.is_none()) {
            Some(trouble) if trouble.kind() == Kind::SignedOut => *error = Some(trouble.clone()),
            Some(trouble) if trouble.kind() == Kind::Interrupted => {
                *unanswered += 1;
                if *unanswered == PATIENCE {
                    *error = Some(trouble.clone());
                }
            }
            Some(_) | None => *unanswered = 0,
        }
    }
}

/// What could not be listed; the rest goes on.
#[derive(Default)]
struct Gaps {
    errors: Vec<Error>,
}

impl Gaps {
    fn keep<T: Default>(&mut self, result: Result<T>) -> T {
        result.unwrap_or_else(|error| {
            self.errors.push(error);
            T::default()
        })
    }

    /// The first gap, with the number of the others. A sign-in that is over explains all of them.
    fn into_result(mut self) -> Result<()> {
        let count = self.errors.len();
        let telling = self.errors.iter().position(|error| error.kind() == Kind::SignedOut).unwrap_or(0);
        if count <= 1 {
            return self.errors.pop().map_or(Ok(()), Err);
        }
        let first = self.errors.swap_remove(telling);
        let message = format!("{} (and {} more that could not be listed)", first.message(), count - 1);
        let mut all = Error::new(first.kind(), first.operation(), message).with_next(first.next());
        if let Some(permission) = first.permission() {
            all = all.with_permission(permission);
        }
        if let Some(who) = first.refused_by() {
            all = all.with_refused_by(who);
        }
        Err(all)
    }
}

/// The engine that an item's id belongs to.
pub(crate) fn engine_of(key: &ItemKey) -> Result<Engine> {
    let named = |prefix: &str| key.id.strip_prefix(prefix).is_some_and(|name| !name.is_empty());
    match () {
        () if named(transit::KEYS) => Ok(Engine::Transit),
        () if named(pki::CERT) || named(pki::ISSUER) => Ok(Engine::Pki),
        () if named(kv::DATA) => Ok(Engine::Kv),
        () => {
            let message = format!("{:?} names nothing here", key.id);
            Err(Error::new(Kind::Invalid, "find the item", message)
                .with_next("Items are keys/NAME, cert/SERIAL, issuer/ID or data/PATH of a mount."))
        }
    }
}

fn undescribed(key: ItemKey, trouble: Error) -> Item {
    if key.id.starts_with(kv::DATA) {
        return kv::undescribed(key, trouble);
    }
    let native_kind = match key.id.split_once('/') {
        Some(("cert", _)) => pki::CERTIFICATE_KIND,
        Some(("issuer", _)) => pki::ISSUER_KIND,
        Some(_) | None => transit::NATIVE_KIND,
    };
    let name = key.id.split_once('/').map_or(key.id.as_str(), |(_, name)| name).to_owned();
    Item::undescribed(key, name, native_kind, trouble)
}

fn keys_of(mount: &Mount, prefix: &str, names: Vec<String>) -> Vec<ItemKey> {
    names.into_iter().map(|name| ItemKey::new(mount.path.as_str(), format!("{prefix}{name}"))).collect()
}

fn ended(vault: Vault, error: Error) -> BoxStream<'static, Entry> {
    let end = Entry::End { vault: vault.id.clone(), result: Err(error) };
    stream::iter([Entry::Vault(vault), end]).boxed()
}

fn cut(names: &mut Vec<String>, left: &mut usize, what: &str, mount: &Mount, gaps: &mut Gaps) {
    if names.len() > *left {
        let message = format!("{}/ holds too many {what}: {} of them are not listed", mount.path, names.len() - *left);
        gaps.errors.push(too_much(message));
        names.truncate(*left);
    }
    *left -= names.len();
}

fn too_much(message: String) -> Error {
    Error::new(Kind::Unsupported, "list paths", message)
        .with_refused_by("this app")
        .with_next("Open what is not listed by its path.")
}

#[cfg(test)]
mod tests;
