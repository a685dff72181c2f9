//! Plans for KV paths.

use std::collections::BTreeMap;

use domain::{Answers, Ask, Change, ItemKey, Kind, Plan, Result, Tier, VaultId};
use serde_json::{Map, Value, json};

use super::{
    Before, Draft, Parameters, Seen, Source, VALUE, already_so, answers, flag, number, refused, required, tool,
    transit::taken, unfit,
};
use crate::{
    client::Client,
    kv::{self, DATA, Life, Metadata},
    offers::path::{PathChange, change_of, older, why_not_now},
    perform::value,
    period,
};

/// More versions than anybody keeps; the server's number has 32 bits.
pub(crate) const MOST_VERSIONS: u64 = 100_000;
/// How many versions servers keep where neither the path nor its mount says.
const USUALLY_KEPT: u64 = 10;
/// The server's own bounds of custom metadata.
const MOST_TAGS: usize = 64;
const LONGEST_NAME: usize = 128;
const LONGEST_TAG: usize = 512;

/// Plans a change of one path.
pub(super) async fn of_path(client: &Client, change: &Change, item: &ItemKey) -> Result<Plan> {
    let wanted = change_of(change.ask).map_err(refused)?;
    let read = kv::read(client, item).await?;
    if let Some(because) = why_not_now(wanted, &read) {
        return Err(refused(because));
    }
    let of = Of { client, change, item, read: &read, name: kv::path_of(item) };
    match wanted {
        PathChange::ChangeTags => of.change_tags().await,
        PathChange::Configure => of.configure().await,
        PathChange::Delete => of.delete().await,
        PathChange::DeleteVersions => of.hide(true).await,
        PathChange::RollBack => of.roll_back().await,
        PathChange::UndeleteVersions => of.hide(false).await,
        PathChange::WriteValue => of.write_value().await,
    }
}

/// A change of one path whose metadata was read.
struct Of<'a> {
    client: &'a Client,
    change: &'a Change,
    item: &'a ItemKey,
    read: &'a Metadata,
    name: &'a str,
}

impl Of<'_> {
    async fn write_value(&self) -> Result<Plan> {
        let current = self.read.current_version();
        let title = format!("Write a new version of {}", self.name);
        let draft =
            Draft::new(self.name, title, Tier::Consequences, format!("Version {} becomes current.", current + 1))
                .warning(
                    "The new version holds exactly what is given here: no field of an older version is carried over.",
                );
        let draft = self.pushes_out(draft);
        // Going back makes one more version, so not everything is as before.
        let draft = match self.read.life(current) {
            Some(Life::Live) => draft.undo(Ask::RollBack, answers([("version", current.to_string())]), false),
            Some(Life::Deleted | Life::Destroyed) | None => draft,
        };
        written(self.client, self.change, self.item, draft, current).await
    }

    async fn roll_back(&self) -> Result<Plan> {
        let (current, path) = (self.read.current_version(), self.data());
        let version = required(self.change, "version")?;
        let version = version.trim().parse().ok().filter(|version| older(self.read).contains(version));
        let version = version.ok_or_else(|| unfit("version is one of the older versions that have a value"))?;
        let title = format!("Roll {} back to version {version}", self.name);
        let effect = format!("The value of version {version} is written again, as version {}.", current + 1);
        let draft = Draft::new(self.name, title, Tier::Consequences, effect)
            .effect("The value is read and written in this app's memory, and shown nowhere.");
        let draft = self.pushes_out(draft);
        let draft = match self.read.life(current) {
            Some(Life::Live) => draft.undo(Ask::RollBack, answers([("version", current.to_string())]), false),
            Some(Life::Deleted | Life::Destroyed) | None => draft,
        };
        let flag = format!("-version={version}");
        let command = tool(self.client).await.kv(&["rollback"], &self.item.vault.0, &[&flag], self.name, &[]);
        let parameters = Parameters { data: Some(Source::Version(version)), ..Parameters::post(path, cas(current)) };
        draft.plan(self.change, &parameters, command, &self.before(Seen::Current(current)))
    }

    /// Says which versions a new one destroys.
    fn pushes_out(&self, draft: Draft) -> Draft {
        let (read, most) = (self.read, self.read.most_versions());
        let mut there = [read.those(Life::Live), read.those(Life::Deleted)].concat();
        there.sort_unstable();
        let next = read.current_version() + 1;
        if most == 0 {
            let many = u64::try_from(there.len()).unwrap_or(u64::MAX) >= USUALLY_KEPT;
            return if many {
                draft.warning(format!(
                    "The mount says how many versions are kept ({USUALLY_KEPT} if nothing was set): the oldest beyond \
                     them is destroyed for good."
                ))
            } else {
                draft
            };
        }
        let gone = there.into_iter().filter(|version| version.saturating_add(most) <= next);
        let gone: Vec<String> = gone.map(|version| version.to_string()).collect();
        if gone.is_empty() {
            return draft;
        }
        let gone = gone.join(", ");
        draft.warning(format!(
            "The path keeps {most} versions (max_versions): of the older ones, {gone} is destroyed for good."
        ))
    }

    /// Deletes versions, or brings them back.
    async fn hide(&self, deleting: bool) -> Result<Plan> {
        let (from, verb, back) = match deleting {
            true => (Life::Live, "delete", Ask::UndeleteVersions),
            false => (Life::Deleted, "undelete", Ask::DeleteVersions),
        };
        let there = self.read.those(from);
        let mut versions = Vec::new();
        for text in self.change.list("versions") {
            match text.parse().ok().filter(|version| there.contains(version)) {
                Some(version) if versions.contains(&version) => {}
                Some(version) => versions.push(version),
                None => return Err(unfit(format!("there is no version {text} to {verb}"))),
            }
        }
        if versions.is_empty() {
            return Err(unfit(format!("choose at least one version to {verb}")));
        }
        versions.sort_unstable();
        let list = versions.iter().map(u64::to_string).collect::<Vec<_>>().join(",");
        let what = format!("version{} {}", if versions.len() == 1 { "" } else { "s" }, list.replace(',', ", "));
        let (title, effect) = match deleting {
            true => {
                (format!("Delete {what} of {}", self.name), format!("The value of {what} is hidden, not destroyed."))
            }
            false => (format!("Undelete {what} of {}", self.name), format!("The value of {what} can be read again.")),
        };
        // Bringing a version back also takes away the time at which it would have been deleted by itself.
        let whole = !deleting || versions.iter().all(|version| self.read.end_of(*version).is_none());
        let mut draft =
            Draft::new(self.name, title, Tier::Undo, effect).undo(back, answers([("versions", list.clone())]), whole);
        if deleting && versions.contains(&self.read.current_version()) {
            draft.tier = Tier::Consequences;
            draft = draft
                .warning("It is the current version: whoever reads the path without naming a version gets nothing.");
        }
        let path = format!("{}/{verb}/{}", self.item.vault, self.name);
        let flag = format!("-versions={list}");
        let command = tool(self.client).await.kv(&[verb], &self.item.vault.0, &[&flag], self.name, &[]);
        let body = Map::from_iter([("versions".to_owned(), json!(versions))]);
        let before = self.before(Seen::Versions { deleted: !deleting });
        draft.plan(self.change, &Parameters::post(path, body), command, &before)
    }

    async fn delete(&self) -> Result<Plan> {
        let effect = "The path is destroyed: every version of its value, and its metadata.";
        let draft = Draft::new(self.name, format!("Destroy {}", self.name), Tier::Name, effect)
            .warning("It cannot be brought back. To hide values for a while, delete versions instead.");
        let command = tool(self.client).await.kv(&["metadata", "delete"], &self.item.vault.0, &[], self.name, &[]);
        let before = self.before(Seen::Made(self.read.made()));
        draft.plan(self.change, &Parameters::delete(kv::metadata_path(self.item)), command, &before)
    }

    async fn change_tags(&self) -> Result<Plan> {
        let wanted = tags(self.change.answer("tags").unwrap_or("[]"))?;
        let before = self.read.tags();
        if wanted == before {
            return Err(already_so("the custom metadata of this path"));
        }
        let pairs: Vec<(&String, &String)> = before.iter().collect();
        let undo = answers([("tags", json!(pairs).to_string())]);
        let effect = match wanted.len() {
            0 => "The path has no custom metadata any more.".to_owned(),
            count => format!("The custom metadata are these {count} pairs and no others."),
        };
        let title = format!("Change the tags of {}", self.name);
        let draft = Draft::new(self.name, title, Tier::Undo, effect).undo(Ask::ChangeTags, undo, true);
        self.settings(draft, vec![("custom_metadata", json!(wanted), json!(before))]).await
    }

    async fn configure(&self) -> Result<Plan> {
        let (read, change) = (self.read, self.change);
        let mut wanted = Vec::new();
        let mut undo = Answers::new();
        let most = number(change, "max_versions", 0, MOST_VERSIONS)?.filter(|most| *most != read.most_versions());
        if let Some(most) = most {
            wanted.push(("max_versions", json!(most), json!(read.most_versions())));
            undo.insert("max_versions".to_owned(), read.most_versions().to_string());
        }
        if let Some(needed) = flag(change, "cas_required")?.filter(|needed| *needed != read.needs_cas()) {
            wanted.push(("cas_required", json!(needed), json!(read.needs_cas())));
            undo.insert("cas_required".to_owned(), (!needed).to_string());
        }
        let after = change.answer("delete_version_after").map(period::any).transpose()?;
        if let Some(after) = after.filter(|after| *after != read.deleted_after()) {
            // The server reads a bare number as seconds, and writes the time in words of its own.
            wanted.push((
                "delete_version_after",
                json!(format!("{after}s")),
                json!(format!("{}s", read.deleted_after())),
            ));
            undo.insert("delete_version_after".to_owned(), period::write(read.deleted_after()));
        }
        if wanted.is_empty() {
            return Err(already_so("the configuration of this path"));
        }
        let told: Vec<String> = wanted.iter().map(|(name, value, _)| format!("{name} becomes {value}.")).collect();
        let title = format!("Configure {}", self.name);
        let mut draft = Draft::new(self.name, title, Tier::Undo, told.join(" ")).undo(Ask::Configure, undo, true);
        if most.is_some_and(|most| most > 0 && (read.most_versions() == 0 || most < read.most_versions())) {
            draft.tier = Tier::Consequences;
            draft = draft
                .warning("With the next write, versions beyond max_versions are destroyed for good, oldest first.");
        }
        if wanted.iter().any(|(name, ..)| *name == "delete_version_after") {
            draft =
                draft.effect("Versions that are there keep their own time; the setting is for those written later.");
        }
        self.settings(draft, wanted).await
    }

    /// A change of metadata: name, wanted value, value that is there.
    async fn settings(&self, draft: Draft, settings: Vec<(&str, Value, Value)>) -> Result<Plan> {
        let path = kv::metadata_path(self.item);
        let mut body: Map<String, Value> =
            settings.iter().map(|(name, wanted, _)| ((*name).to_owned(), wanted.clone())).collect();
        // OpenBao counts the changes of metadata too, and refuses this one if somebody else was quicker.
        if let Some(version) = self.read.metadata_version() {
            body.insert("metadata_cas".to_owned(), json!(version));
        }
        let before = settings.into_iter().map(|(name, _, before)| (name.to_owned(), before)).collect();
        let command = tool(self.client).await.write(&path, &body);
        draft.plan(self.change, &Parameters::post(path, body), command, &self.before(Seen::Settings(before)))
    }

    fn data(&self) -> String {
        format!("{}/{}", self.item.vault, self.item.id)
    }

    fn before(&self, seen: Seen) -> Before {
        Before { item: self.item.clone(), seen }
    }
}

/// Plans a new path.
pub(super) async fn create(client: &Client, change: &Change, vault: &VaultId) -> Result<Plan> {
    let name = required(change, "name")?.trim();
    let parts = || name.split('/');
    if parts().any(|part| part.is_empty() || part == "." || part == "..") || name.chars().any(char::is_control) {
        return Err(unfit("a path is made of names between single slashes, without dot segments"));
    }
    let item = ItemKey::new(vault.0.as_str(), format!("{DATA}{name}"));
    match kv::read(client, &item).await {
        Err(error) if error.kind() == Kind::NotFound => {}
        Err(error) => return Err(error),
        Ok(read) if read.current_version() == 0 => {}
        Ok(_) => return Err(taken(&format!("{vault}/{name}"))),
    }
    let effect = "The path gets its first version.";
    let draft = Draft::new(name, format!("Create {name} in {vault}/"), Tier::Consequences, effect);
    written(client, change, &item, draft, 0).await
}

/// The write of a value that follows version `current`, and no other.
async fn written(client: &Client, change: &Change, item: &ItemKey, draft: Draft, current: u64) -> Result<Plan> {
    let source = source(change)?;
    // What cannot be sent is told before anybody confirms it.
    let given = change.secrets.get(VALUE).ok_or_else(|| unfit("the answer value is missing"))?;
    value::data(&source, given).map_err(unfit)?;
    let flag = format!("-cas={current}");
    let field = match &source {
        // The program would take a name that begins like this for a file.
        Source::Field(name) if !name.starts_with('@') => format!("{name}=-"),
        Source::Ciphertext(_) | Source::Field(_) | Source::Json | Source::Lines | Source::Version(_) => "-".to_owned(),
    };
    let draft = match &source {
        Source::Field(name) => draft.effect(format!("It has the one field {name}.")),
        Source::Ciphertext(_) | Source::Json | Source::Lines | Source::Version(_) => draft,
    };
    let draft =
        draft.effect("The value is written only if nobody else wrote meanwhile (check-and-set). It is not read.");
    let command = tool(client).await.kv(&["put"], &item.vault.0, &[&flag], kv::path_of(item), &[&field]);
    let path = format!("{}/{}", item.vault, item.id);
    let parameters = Parameters { data: Some(source), ..Parameters::post(path, cas(current)) };
    let seen = if current == 0 { Seen::Absent } else { Seen::Current(current) };
    draft.plan(change, &parameters, command, &Before { item: item.clone(), seen })
}

fn cas(current: u64) -> Map<String, Value> {
    Map::from_iter([("options".to_owned(), json!({ "cas": current }))])
}

fn source(change: &Change) -> Result<Source> {
    match change.answer("form") {
        Some("field") => match change.answer("field").map(str::trim) {
            Some(name) if !name.is_empty() && !name.contains('=') => Ok(Source::Field(name.to_owned())),
            Some(_) | None => Err(unfit("the field needs a name without \"=\"")),
        },
        Some("json") => Ok(Source::Json),
        Some("lines") => Ok(Source::Lines),
        Some(other) => Err(unfit(format!("form is field, lines or json, not {other:?}"))),
        None => Err(unfit("the answer form is missing")),
    }
}

/// Reads pairs, by the server's own rules.
fn tags(text: &str) -> Result<BTreeMap<String, String>> {
    let pairs: Vec<(String, String)> =
        serde_json::from_str(text).map_err(|_| unfit("tags are a JSON array of arrays of two texts"))?;
    let count = pairs.len();
    if count > MOST_TAGS {
        return Err(unfit(format!("a path takes {MOST_TAGS} pairs at most, not {count}")));
    }
    for (name, value) in &pairs {
        let fits = (1..=LONGEST_NAME).contains(&name.len()) && (1..=LONGEST_TAG).contains(&value.len());
        if !fits || name.chars().chain(value.chars()).any(char::is_control) {
            return Err(unfit(format!(
                "the pair {name:?} does not fit: a name has 1 to {LONGEST_NAME} bytes, a value 1 to {LONGEST_TAG}, all printable"
            )));
        }
    }
    let tags: BTreeMap<String, String> = pairs.into_iter().collect();
    if tags.len() < count { Err(unfit("a name is there twice")) } else { Ok(tags) }
}
