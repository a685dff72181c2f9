//! Plans for transit keys.

use domain::{Answers, Ask, Change, ItemKey, LOADED, Plan, Result, Tier, VaultId};
use serde_json::{Map, Value, json};

use super::{
    Before, Draft, Parameters, Seen, already_so, answers, flag, import, number, refused, required, tool, unfit,
};
use crate::{
    client::Client,
    offers::transit::{KeyChange, change_of, why_not_now},
    period,
    transit::{self, KEYS, Key, kinds},
};

/// Plans a change of one key.
pub(super) async fn of_key(client: &Client, change: &Change, item: &ItemKey) -> Result<Plan> {
    let wanted = change_of(change.ask).map_err(refused)?;
    let key = transit::read(client, item).await?;
    if let Some(because) = why_not_now(wanted, &key) {
        return Err(refused(because));
    }
    let of = Of { client, change, item, key: &key, name: item.id.strip_prefix(KEYS).unwrap_or(&item.id) };
    match wanted {
        KeyChange::Configure => of.configure().await,
        KeyChange::Delete => of.delete().await,
        KeyChange::ImportVersion => import::version(client, change, item, key.latest()).await,
        KeyChange::Rotate => of.rotate().await,
        KeyChange::SetRotation => of.set_rotation().await,
        KeyChange::Trim => of.trim().await,
    }
}

/// A change of one key that was read.
struct Of<'a> {
    client: &'a Client,
    change: &'a Change,
    item: &'a ItemKey,
    key: &'a Key,
    name: &'a str,
}

impl Of<'_> {
    async fn rotate(&self) -> Result<Plan> {
        let latest = self.key.latest();
        let title = format!("Rotate {}", self.name);
        let draft =
            Draft::new(self.name, title, Tier::Consequences, format!("Version {} becomes the newest.", latest + 1))
                .effect(
                    "The versions before stay: what was encrypted or signed with them is still decrypted and verified.",
                )
                .warning("A version cannot be taken back. Whoever holds the public key needs the new one.");
        let draft = match self.key.least_encrypting() {
            0 => draft.effect("The server encrypts and signs with the new version from then on."),
            least => draft.effect(format!(
                "The server encrypts and signs with the new version unless a caller asks for an older one, down to {least}."
            )),
        };
        self.post(draft, "rotate", Map::new(), Seen::Latest(latest)).await
    }

    async fn set_rotation(&self) -> Result<Plan> {
        let before = self.key.period().unwrap_or(0);
        let wanted = match flag(self.change, "automatic")? {
            Some(true) => period::parse(required(self.change, "period")?)?,
            Some(false) => 0,
            None => return Err(unfit("the answer automatic is missing")),
        };
        if wanted == before {
            return Err(already_so("the automatic rotation of this key"));
        }
        let undo = match before {
            0 => answers([("automatic", "false".to_owned())]),
            seconds => answers([("automatic", "true".to_owned()), ("period", period::write(seconds))]),
        };
        let (title, effect) = match wanted {
            0 => (format!("Stop rotating {} by itself", self.name), "New versions are made on demand only.".to_owned()),
            seconds => (
                format!("Rotate {} every {}", self.name, period::write(seconds)),
                format!(
                    "The server makes a new version {} after the newest one; it looks once an hour.",
                    period::write(seconds)
                ),
            ),
        };
        let mut draft = Draft::new(self.name, title, Tier::Undo, effect).undo(Ask::SetRotation, undo, true);
        let due = self.key.made(self.key.latest()).is_some_and(|made| {
            made.as_second().saturating_add(i64::try_from(wanted).unwrap_or(i64::MAX))
                <= domain::Timestamp::now().as_second()
        });
        if wanted > 0 && due {
            draft.tier = Tier::Consequences;
            draft.undo = draft.undo.map(|(ask, answers, _)| (ask, answers, false));
            draft = draft.warning("The newest version is older than that, so the server rotates within the hour.");
        }
        self.settings(draft, &[("auto_rotate_period", json!(wanted))]).await
    }

    async fn configure(&self) -> Result<Plan> {
        let (key, change) = (self.key, self.change);
        let available = key.least_available();
        let decrypting = number(change, "min_decryption_version", available.max(1), key.latest())?;
        let encrypting = number(change, "min_encryption_version", available, key.latest())?;
        let [decrypts, encrypts] =
            [decrypting.unwrap_or(key.least_decrypting()), encrypting.unwrap_or(key.least_encrypting())];
        if encrypts > 0 && encrypts < decrypts {
            return Err(unfit(format!(
                "min_encryption_version is 0 for the newest, or at least min_decryption_version ({decrypts})"
            )));
        }
        let mut wanted = Vec::new();
        let mut undo = Answers::new();
        for (name, answer, before) in [
            ("min_decryption_version", decrypting, key.least_decrypting()),
            ("min_encryption_version", encrypting, key.least_encrypting()),
        ] {
            if let Some(number) = answer.filter(|number| *number != before) {
                wanted.push((name, json!(number)));
                undo.insert(name.to_owned(), before.to_string());
            }
        }
        let deletion = flag(change, "deletion_allowed")?.filter(|allowed| *allowed != key.is("deletion_allowed"));
        if let Some(allowed) = deletion {
            wanted.push(("deletion_allowed", json!(allowed)));
            undo.insert("deletion_allowed".to_owned(), (!allowed).to_string());
        }
        let mut one_way = Vec::new();
        for name in ONE_WAY {
            match (flag(change, name)?, key.is(name)) {
                (Some(true), false) => one_way.push(name),
                (Some(false), true) => return Err(refused(format!("{name} was set once and cannot be taken back."))),
                (Some(true), true) | (Some(false), false) | (None, _) => {}
            }
        }
        wanted.extend(one_way.iter().map(|name| (*name, json!(true))));
        if wanted.is_empty() {
            return Err(already_so("the configuration of this key"));
        }
        let draft = self.configured(&wanted, decrypts, &one_way);
        let draft = if undo.is_empty() { draft } else { draft.undo(Ask::Configure, undo, one_way.is_empty()) };
        self.settings(draft, &wanted).await
    }

    /// What the wanted settings mean, in words.
    fn configured(&self, wanted: &[(&str, Value)], decrypts: u64, one_way: &[&str]) -> Draft {
        let told: Vec<String> = wanted.iter().map(|(name, value)| format!("{name} becomes {value}.")).collect();
        let mut draft = Draft::new(self.name, format!("Configure {}", self.name), Tier::Undo, told.join(" "));
        if decrypts > self.key.least_decrypting() {
            draft.tier = Tier::Consequences;
            draft = draft.warning(format!(
                "What was encrypted or signed with versions below {decrypts} is no longer decrypted or verified, until \
                 min_decryption_version is lowered again."
            ));
        }
        if wanted.iter().any(|(name, value)| *name == "deletion_allowed" && *value == json!(true)) {
            draft.tier = Tier::Consequences;
            draft = draft.warning("From then on, whoever may delete this key can destroy it at once and for good.");
        }
        for name in one_way {
            draft.tier = Tier::Name;
            draft = draft.warning(one_way_warning(name));
        }
        draft
    }

    async fn trim(&self) -> Result<Plan> {
        let key = self.key;
        let (least, most) = (key.least_available().max(1) + 1, key.trimmable().unwrap_or(0));
        let wanted = number(self.change, "min_available_version", least, most)?;
        let wanted = wanted.ok_or_else(|| unfit("the answer min_available_version is missing"))?;
        let first = key.least_available().max(1);
        let gone = match wanted - 1 {
            last if last == first => format!("Version {first} is destroyed for good."),
            last => format!("Versions {first} to {last} are destroyed for good."),
        };
        let title = format!("Trim {} below version {wanted}", self.name);
        let draft = Draft::new(self.name, title, Tier::Name, gone).warning(
            "Nobody can decrypt or verify anything of these versions any more, and they cannot be brought back but from a \
             backup.",
        );
        let before = Map::from_iter([("min_available_version".to_owned(), key.setting("min_available_version"))]);
        let body = Map::from_iter([("min_available_version".to_owned(), json!(wanted))]);
        self.post(draft, "trim", body, Seen::Settings(before)).await
    }

    async fn delete(&self) -> Result<Plan> {
        let path = format!("{}/{}", self.item.vault, self.item.id);
        let versions = match self.key.latest() {
            1 => "its one version".to_owned(),
            latest => format!("all its {latest} versions"),
        };
        let effect = format!("The key and {versions} are destroyed.");
        let draft = |tier| Draft::new(self.name, format!("Delete {}", self.name), tier, effect);
        // A public half alone, which Claviger loaded: there is nothing that only it could decrypt.
        let draft = match self.key.is("imported_key") && self.name.starts_with(LOADED) {
            true => draft(Tier::Consequences)
                .effect("It is a wrapping key that Claviger loaded, without a private half: nothing is lost with it."),
            false => draft(Tier::Name).warning(
                "What was encrypted with this key can never be decrypted again. It cannot be brought back but from a \
                 backup.",
            ),
        };
        let command = tool(self.client).await.delete(&path);
        let before = Before { item: self.item.clone(), seen: Seen::Made(self.key.made(1)) };
        draft.plan(self.change, &Parameters::delete(path), command, &before)
    }

    /// A change of settings, with those that are there now.
    async fn settings(&self, draft: Draft, wanted: &[(&str, Value)]) -> Result<Plan> {
        let body: Map<String, Value> = wanted.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let before = body.keys().map(|name| (name.clone(), self.key.setting(name))).collect();
        self.post(draft, "config", body, Seen::Settings(before)).await
    }

    async fn post(&self, draft: Draft, below: &str, body: Map<String, Value>, seen: Seen) -> Result<Plan> {
        let path = format!("{}/{}/{below}", self.item.vault, self.item.id);
        let command = tool(self.client).await.write(&path, &body);
        let before = Before { item: self.item.clone(), seen };
        draft.plan(self.change, &Parameters::post(path, body), command, &before)
    }
}

/// Flags that cannot be taken back once they are set.
pub(crate) const ONE_WAY: [&str; 2] = ["exportable", "allow_plaintext_backup"];

/// What setting such a flag means.
pub(crate) fn one_way_warning(name: &str) -> &'static str {
    match name {
        "exportable" => {
            "exportable cannot be taken back: from then on the key material, private parts included, may leave the server."
        }
        _ => {
            "allow_plaintext_backup cannot be taken back: from then on a backup of the key may leave the server in plain \
             text."
        }
    }
}

/// Plans a new key.
pub(super) async fn create(client: &Client, change: &Change, vault: &VaultId) -> Result<Plan> {
    let name = name(change)?;
    let kind = required(change, "type")?;
    let mut body = Map::from_iter([("type".to_owned(), json!(kind))]);
    if !kinds::known(client.product().await).iter().any(|(known, _)| *known == kind) {
        return Err(unfit(format!("this server makes no keys of type {kind:?}")));
    }
    if kind == kinds::HMAC {
        let size = number(change, "key_size", kinds::LEAST_HMAC, kinds::MOST_HMAC)?;
        body.insert("key_size".to_owned(), json!(size.ok_or_else(|| unfit("the answer key_size is missing"))?));
    }
    let (derived, convergent) = derivation(change, kind)?;
    for (name, set) in [("derived", derived), ("convergent_encryption", convergent)] {
        if set {
            body.insert(name.to_owned(), json!(true));
        }
    }
    let mut draft = Draft::new(
        name,
        format!("Create {name} in {vault}/"),
        Tier::Consequences,
        format!("The server makes a key of type {kind}, with one version."),
    );
    for flag_name in ONE_WAY {
        if flag(change, flag_name)? == Some(true) {
            body.insert(flag_name.to_owned(), json!(true));
            draft = draft.warning(one_way_warning(flag_name));
        }
    }
    if let Some(text) = change.answer("auto_rotate_period").filter(|text| text.trim() != "0") {
        let seconds = period::parse(text)?;
        body.insert("auto_rotate_period".to_owned(), json!(seconds));
        draft = draft.effect(format!("The server rotates it every {}.", period::write(seconds)));
    }
    let item = free(client, vault, name).await?;
    let path = format!("{vault}/{}", item.id);
    let command = tool(client).await.write(&path, &body);
    let before = Before { item, seen: Seen::Absent };
    draft.plan(change, &Parameters::post(path, body), command, &before)
}

/// The name of a key that is to be made.
pub(super) fn name(change: &Change) -> Result<&str> {
    let name = required(change, "name")?.trim();
    if kinds::is_name(name) {
        return Ok(name);
    }
    Err(unfit(
        "a transit key's name is made of letters, digits, dots, dashes and underscores, and begins and ends with none of \
         dot and dash",
    ))
}

/// The item that a new key will be, if there is none of that name.
pub(super) async fn free(client: &Client, vault: &VaultId, name: &str) -> Result<ItemKey> {
    let item = ItemKey::new(vault.0.as_str(), format!("{KEYS}{name}"));
    match transit::read(client, &item).await {
        Err(error) if error.kind() == domain::Kind::NotFound => Ok(item),
        Err(error) => Err(error),
        Ok(_) => Err(taken(&format!("{vault}/{}", item.id))),
    }
}

fn derivation(change: &Change, kind: &str) -> Result<(bool, bool)> {
    let wanted = match change.answer("derivation") {
        None | Some("none") => (false, false),
        Some("derived") => (true, false),
        Some("convergent") => (true, true),
        Some(other) => return Err(unfit(format!("derivation is none, derived or convergent, not {other:?}"))),
    };
    let wanted = (wanted.0 || flag(change, "derived")? == Some(true), wanted.1);
    if wanted.0 && !kinds::derives(kind) || wanted.1 && !kinds::converges(kind) {
        return Err(unfit(format!("a key of type {kind} cannot be derived in this way")));
    }
    Ok(wanted)
}

/// There is something of that name.
pub(super) fn taken(path: &str) -> domain::Error {
    domain::Error::new(domain::Kind::Conflict, super::PLAN, format!("{path} exists already"))
        .with_refused_by("this app")
        .with_next("Choose another name, or change what is there.")
}
