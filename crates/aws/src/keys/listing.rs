//! Every key of a Region: pages of names, pages of aliases and descriptions, all under way at once.
//!
//! A row is sent as soon as its key is described and its name is settled. Aliases are listed a hundred at a time, and a
//! key may have its alias on the last page, so keys whose alias is known are described first, and the rows of the others
//! wait until the last alias has come.

use std::collections::{HashMap, HashSet, VecDeque};

use aws_sdk_kms::types::{AliasListEntry, KeyListEntry, KeyMetadata};
use domain::{Entry, Error, Item, Kind, Result};
use futures::{SinkExt, StreamExt, channel::mpsc::Sender, pin_mut, stream::FuturesUnordered};

use super::{KMS_KEY, item, name};
use crate::{client::Client, locate::Service};

/// So many keys of a Region are being described at once. Source: measured on 2026-11-23 against a raw client at a round
/// trip of 30 ms; more gains nothing there, and 2,000 a second, the quota of DescribeKey, needs 60.
const IN_FLIGHT: usize = 128;
/// Of these, so many are kept for keys with a name until the first page of aliases is there: it is as far away as the
/// first page of keys, and the first row should not have to wait for a second turn.
const KEPT_FOR_NAMED: usize = 64;
/// After so many descriptions in a row that got no answer, AWS is taken to be gone, and no more are asked for.
const PATIENCE: usize = 16;

/// Sends a row for every key. Ends with the first reason why keys or names are missing.
pub(crate) async fn list(client: &Client, rows: &mut Sender<Entry>) -> Result<()> {
    let mut listing = Listing::new(client);
    let (keys, aliases) = (client.keys(None).fuse(), client.aliases(None).fuse());
    pin_mut!(keys, aliases);
    let mut described = FuturesUnordered::new();
    loop {
        while described.len() < listing.width()
            && let Some(id) = listing.next()
        {
            described.push(async move { (client.describe_key(&id).await, id) });
        }
        for row in listing.ready.drain(..) {
            // Nobody listens any more if this fails; the stream is being dropped then, and this with it.
            let _ = rows.send(Entry::Item(Box::new(row))).await;
        }
        tokio::select! {
            Some(page) = keys.next() => listing.listed(page),
            page = aliases.next(), if !listing.aliases_ended => listing.aliased(page),
            Some((answer, id)) = described.next() => listing.described(id, answer),
            else => break,
        }
    }
    listing.keys_trouble.or(listing.aliases_trouble).map_or(Ok(()), Err)
}

struct Listing<'a> {
    client: &'a Client,
    /// Listed, not yet asked for; those with a name first.
    named: VecDeque<String>,
    unnamed: VecDeque<String>,
    /// The same as in `unnamed`, but for those that got a name meanwhile.
    waiting: HashSet<String>,
    aliases: HashMap<String, Vec<String>>,
    aliases_began: bool,
    aliases_ended: bool,
    /// Described, but its name may still come.
    held: Vec<(String, Result<KeyMetadata>)>,
    ready: Vec<Item>,
    unanswered: usize,
    stop: Option<Error>,
    /// Why keys are missing, and why names are; the first of each.
    keys_trouble: Option<Error>,
    aliases_trouble: Option<Error>,
}

impl<'a> Listing<'a> {
    fn new(client: &'a Client) -> Self {
        Self {
            client,
            named: VecDeque::new(),
            unnamed: VecDeque::new(),
            waiting: HashSet::new(),
            aliases: HashMap::new(),
            aliases_began: false,
            aliases_ended: false,
            held: Vec::new(),
            ready: Vec::new(),
            unanswered: 0,
            stop: None,
            keys_trouble: None,
            aliases_trouble: None,
        }
    }

    fn width(&self) -> usize {
        if self.aliases_began { IN_FLIGHT } else { IN_FLIGHT - KEPT_FOR_NAMED }
    }

    /// The next key to describe.
    fn next(&mut self) -> Option<String> {
        loop {
            let id = match self.named.pop_front() {
                Some(id) => id,
                None => loop {
                    let id = self.unnamed.pop_front()?;
                    if self.waiting.remove(&id) {
                        break id;
                    }
                },
            };
            match self.stop.clone() {
                Some(error) => self.settle(id, Err(error)),
                None => return Some(id),
            }
        }
    }

    fn listed(&mut self, page: Result<Vec<KeyListEntry>>) {
        let page = match page {
            Ok(page) => page,
            Err(error) => {
                self.keys_trouble.get_or_insert(error);
                return;
            }
        };
        for id in page.into_iter().filter_map(|key| key.key_id) {
            if self.aliases.contains_key(&id) {
                self.named.push_back(id);
            } else if self.waiting.insert(id.clone()) {
                self.unnamed.push_back(id);
            }
        }
    }

    fn aliased(&mut self, page: Option<Result<Vec<AliasListEntry>>>) {
        self.aliases_began = true;
        match page.transpose() {
            Ok(Some(page)) => {
                for alias in page {
                    let (Some(alias), Some(id)) = (alias.alias_name, alias.target_key_id) else { continue };
                    if self.waiting.remove(&id) {
                        self.named.push_back(id.clone());
                    }
                    self.aliases.entry(id).or_default().push(alias);
                }
            }
            Ok(None) => self.aliases_ended = true,
            Err(error) => {
                self.aliases_trouble = Some(error);
                self.aliases_ended = true;
            }
        }
        let (settled, held): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.held).into_iter().partition(|(id, _)| self.has_name(id));
        self.held = held;
        settled.into_iter().for_each(|(id, answer)| self.settle(id, answer));
    }

    fn described(&mut self, id: String, answer: Result<KeyMetadata>) {
        match answer.as_ref().map_err(Error::kind) {
            Err(Kind::Interrupted) => self.unanswered += 1,
            Err(_) | Ok(_) => self.unanswered = 0,
        }
        if let Err(error) = &answer
            && self.stop.is_none()
            && (error.kind() == Kind::SignedOut || self.unanswered >= PATIENCE)
        {
            self.stop = Some(error.clone());
            self.keys_trouble.get_or_insert_with(|| error.clone());
        }
        self.settle(id, answer);
    }

    /// Makes the row, or holds it until its name has come.
    fn settle(&mut self, id: String, answer: Result<KeyMetadata>) {
        if !self.has_name(&id) {
            self.held.push((id, answer));
            return;
        }
        let aliases = self.aliases.get(&id).map(Vec::as_slice).unwrap_or_default();
        let key = Service::Kms.key(self.client.region(), &id);
        self.ready.push(match answer {
            Ok(metadata) => item(key, &metadata, aliases),
            Err(error) => Item::undescribed(key, name(aliases, &id), KMS_KEY, error),
        });
    }

    fn has_name(&self, id: &str) -> bool {
        self.aliases_ended || self.aliases.contains_key(id)
    }
}
