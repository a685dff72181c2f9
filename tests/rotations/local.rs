//! A symmetric key of a keystore: a new version, and the old one stays readable until nothing needs it.

use std::path::{Path, PathBuf};

use contract::RotationNote;
use domain::{Environment, Secret, Timestamp};
use local::{Entry, Keystore, Lock, make};
use tempfile::TempDir;

use crate::{
    consumers::round_trip,
    person::{Person, draft},
    walk::{Walk, conflict},
};

const ENTRY: &str = "orders";

/// A keystore with one symmetric key.
pub(crate) struct File {
    _folder: TempDir,
    path: PathBuf,
    key: Secret,
}

impl File {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let (path, key) = (folder.path().join("own.keystore"), Lock::fresh_key_text().unwrap());
        let entry = Entry::new(ENTRY, Timestamp::now(), make::aes(256).unwrap()).unwrap();
        Keystore::create_with(&path, &Lock::from_key_text(&key).unwrap(), vec![entry]).unwrap();
        Self { _folder: folder, path, key }
    }

    pub(crate) fn address(&self) -> String {
        format!("{}#{ENTRY}", self.path.display())
    }

    /// A person with that file.
    pub(crate) async fn person(&self) -> Person {
        let answers = [("file", self.text()), ("lock", "keyring-key")];
        let secrets = [("key", self.key.expose_text().unwrap())];
        Person::new(draft("local", &answers, &secrets), Environment::default()).await
    }

    fn text(&self) -> &str {
        Path::to_str(&self.path).unwrap()
    }

    /// The versions of the entry as they stand in the file, each with whether it is hidden, oldest first.
    pub(crate) fn versions(&self) -> Vec<bool> {
        let keystore = Keystore::open(&self.path, &Lock::from_key_text(&self.key).unwrap()).unwrap();
        let told = serde_json::to_value(&keystore.entries()[0]).unwrap();
        let hidden = |version: &serde_json::Value| version["enabled"] == false;
        told["older"].as_array().unwrap().iter().chain([&told["current"]]).map(hidden).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_old_version_is_hidden_once_nothing_has_to_be_read_with_it() {
    let file = File::new();
    let mut walk = Walk::begin(file.person().await, &file.address()).await;
    let orders = walk.keep(round_trip("by-hand", "orders", &[])).await;
    walk.prepare("new-version").await;
    assert!(!walk.now.needs_pin);
    walk.step("create").await;
    assert_eq!(file.versions(), [false, false]);
    walk.go_on("distribute").await;
    walk.takes_its_word(&orders).await;
    walk.go_on("verify").await;
    walk.go_on("switch").await;
    walk.note(RotationNote::ConfirmSwitch { evidence: "new orders carry version 2".to_owned() }).await;
    walk.go_on("retire").await;
    conflict(&walk.refuses_step("disable-old").await, "orders still has to read what was made with the old material");
    let evidence = "every order was encrypted anew".to_owned();
    walk.note(RotationNote::LeaveBackPath { consumer: orders, evidence }).await;
    walk.step("disable-old").await;
    assert_eq!(file.versions(), [true, false]);
    walk.step("enable-old").await;
    assert_eq!(file.versions(), [false, false]);
    walk.step("disable-old").await;
    assert_eq!(walk.absent(), ["switch", "delete-old", "keep-old", "switch-back", "disable-new"]);
    walk.note(RotationNote::Finish { evidence: String::new() }).await;
    walk.is_over("done").await;
}
