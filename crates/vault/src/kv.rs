//! The KV engine, version 2: paths whose values are secrets. Lists folders and reads `MOUNT/metadata/PATH`; values are
//! read in `secrets.rs` alone, when a person asks for one.

mod settings;

use std::collections::BTreeMap;

use domain::{
    Access, Aspect, Error, Facet, FacetKind, Item, ItemDetail, ItemKey, Kind, Leaves, NativeRow, Result, State,
    Timestamp, Version,
};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

pub(crate) use settings::Life;

use crate::{
    client::{Client, null_is_empty},
    transit::plain,
};

/// The first part of an item's id: the path that its value is read from.
pub(crate) const DATA: &str = "data/";
/// What one of these is called.
pub(crate) const NATIVE_KIND: &str = "KV path";

const READ: &str = "read the metadata";

/// What the server tells of one path, without its values.
#[derive(Debug)]
pub(crate) struct Metadata {
    told: Told,
    rows: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
struct Told {
    #[serde(default)]
    created_time: Option<Timestamp>,
    #[serde(default)]
    current_version: u64,
    #[serde(default, deserialize_with = "null_is_empty")]
    custom_metadata: BTreeMap<String, Value>,
    #[serde(default, deserialize_with = "null_is_empty")]
    versions: BTreeMap<String, ToldVersion>,
}

#[derive(Debug, Deserialize)]
struct ToldVersion {
    #[serde(default)]
    created_time: Option<Timestamp>,
    /// When it was deleted, or will be.
    #[serde(default, deserialize_with = "empty_is_none")]
    deletion_time: Option<Timestamp>,
    #[serde(default)]
    destroyed: bool,
}

/// The folders and names of one folder, `""` for the mount itself; folders end with a slash.
pub(crate) async fn names(client: &Client, mount: &str, folder: &str) -> Result<Vec<String>> {
    let path = format!("{mount}/metadata/{folder}");
    Ok(client.list("list paths", path.trim_end_matches('/')).await?.keys)
}

/// Where the metadata of an item is.
pub(crate) fn metadata_path(key: &ItemKey) -> String {
    format!("{}/metadata/{}", key.vault, path_of(key))
}

/// Reads the metadata of one path.
pub(crate) async fn read(client: &Client, key: &ItemKey) -> Result<Metadata> {
    Metadata::parse(client.read(READ, &metadata_path(key)).await?)
}

/// A row of which only the name is known.
pub(crate) fn undescribed(key: ItemKey, trouble: Error) -> Item {
    let facets = vec![secret_facet(Access::Untested)];
    let name = path_of(&key).to_owned();
    Item { facets, ..Item::undescribed(key, name, NATIVE_KIND, trouble) }
}

impl Metadata {
    fn parse(rows: Map<String, Value>) -> Result<Self> {
        let told = Told::deserialize(Value::Object(rows.clone())).map_err(|cause| {
            Error::new(Kind::Invalid, READ, "what the server tells of this path does not have the form that was due")
                .with_source(cause)
        })?;
        Ok(Self { told, rows })
    }

    /// The path as a row.
    pub(crate) fn item(&self, key: ItemKey) -> Item {
        let current = self.current().map(|version| (version.state(), version.end()));
        let (state, expires) = current.unwrap_or((State::Other("no version".to_owned()), None));
        Item {
            name: path_of(&key).to_owned(),
            key,
            native_kind: NATIVE_KIND,
            facets: vec![secret_facet(Access::Untested)],
            algorithm: None,
            state,
            created: self.told.created_time,
            expires,
            current_version: (self.told.current_version > 0).then(|| self.told.current_version.to_string()),
            trouble: None,
        }
    }

    /// The path with its versions and settings.
    pub(crate) fn detail(&self, key: ItemKey) -> ItemDetail {
        let rows = self.rows.iter().filter(|(name, _)| name.as_str() != "versions");
        let rows = rows.filter_map(|(name, told)| Some(NativeRow::new(name.clone(), plain(told)?))).collect();
        let mut aspects = vec![Aspect::Native(rows)];
        let tag = |(name, value): (&String, &Value)| (name.clone(), plain(value).unwrap_or_else(|| value.to_string()));
        if !self.told.custom_metadata.is_empty() {
            aspects.push(Aspect::Tags(self.told.custom_metadata.iter().map(tag).collect()));
        }
        ItemDetail { item: self.item(key), versions: self.versions(), aspects }
    }

    fn current(&self) -> Option<&ToldVersion> {
        self.told.versions.get(&self.told.current_version.to_string())
    }

    fn versions(&self) -> Vec<Version> {
        let version = |(id, told): (&String, &ToldVersion)| Version {
            id: id.clone(),
            state: told.state(),
            created: told.created_time,
            expires: told.end(),
            current: *id == self.told.current_version.to_string(),
            has_public_key: false,
        };
        let mut all: Vec<Version> = self.told.versions.iter().map(version).collect();
        all.sort_by_key(|version| std::cmp::Reverse(version.id.parse::<u64>().unwrap_or(0)));
        all
    }
}

impl ToldVersion {
    /// A deleted version can be undeleted; a destroyed one is gone.
    fn state(&self) -> State {
        if self.destroyed {
            State::Destroyed
        } else if self.deletion_time.is_some_and(|at| at <= Timestamp::now()) {
            State::Other("deleted".to_owned())
        } else {
            State::Enabled
        }
    }

    /// With `delete_version_after` a version knows when it will be deleted.
    fn end(&self) -> Option<Timestamp> {
        self.deletion_time.filter(|at| *at > Timestamp::now())
    }
}

fn secret_facet(access: Access) -> Facet {
    Facet::open(FacetKind::Secret, Leaves::PrivateMaterial).with_access(access)
}

/// The path below the mount, as a person knows it.
pub(crate) fn path_of(key: &ItemKey) -> &str {
    key.id.strip_prefix(DATA).unwrap_or(&key.id)
}

/// A version that was not deleted has the empty text as the time.
fn empty_is_none<'de, D: Deserializer<'de>>(value: D) -> std::result::Result<Option<Timestamp>, D::Error> {
    match Option::<String>::deserialize(value)?.filter(|text| !text.is_empty()) {
        Some(text) => text.parse().map(Some).map_err(serde::de::Error::custom),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORDED: &str = r#"{"cas_required":false,"created_time":"2026-11-23T13:00:14.615325915Z",
        "current_metadata_version":0,"current_version":4,"custom_metadata":{"owner":"me"},"delete_version_after":"0s",
        "max_versions":0,"oldest_version":0,"updated_time":"2026-11-23T13:00:14.646507602Z","versions":{
        "1":{"created_time":"2026-11-23T13:00:14.615325915Z","deletion_time":"","destroyed":true},
        "2":{"created_time":"2026-11-23T13:00:14.62774692Z","deletion_time":"2001-11-23T13:00:14.657389932Z","destroyed":false},
        "10":{"created_time":"2026-11-23T13:00:14.637060171Z","deletion_time":"9000-01-01T00:00:00Z","destroyed":false},
        "4":{"created_time":"2026-11-23T13:00:14.646507602Z","deletion_time":"","destroyed":false}}}"#;

    fn detail(text: &str) -> ItemDetail {
        let rows = serde_json::from_str(text).unwrap();
        Metadata::parse(rows).unwrap().detail(ItemKey::new("kv", "data/app/db"))
    }

    #[test]
    fn a_recorded_path_tells_its_versions_newest_first() {
        let detail = detail(RECORDED);
        let told: Vec<_> = detail.versions.iter().map(|it| (it.id.as_str(), it.state.word(), it.current)).collect();
        let due =
            [("10", "enabled", false), ("4", "enabled", true), ("2", "deleted", false), ("1", "destroyed", false)];
        assert_eq!(told, due);
        assert!(detail.versions[0].expires.is_some(), "it will be deleted");
        assert_eq!(detail.item.name, "app/db");
        assert_eq!(detail.item.current_version.as_deref(), Some("4"));
        assert!(detail.aspects.contains(&Aspect::Tags(vec![("owner".into(), "me".into())])));
    }

    #[test]
    fn a_path_without_any_version_is_no_enabled_one() {
        let detail = detail(r#"{"current_version":0,"custom_metadata":null,"versions":null}"#);
        assert_eq!(detail.item.state, State::Other("no version".into()));
        assert_eq!(detail.item.current_version, None);
        assert!(detail.versions.is_empty());
    }
}
