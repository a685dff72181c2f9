//! Entries of a keystore: disabled, missed by nobody, scheduled, called back, and deleted for good by a person.

use std::path::PathBuf;

use contract::{DestructionNote, SaveConsumer};
use domain::{Environment, Kind, Secret, Timestamp};
use local::{Entry, EntryState, Keystore, Lock, make};
use tempfile::TempDir;

use crate::{
    consumers::consumer,
    person::{Person, draft},
    walk::{Walk, begin, conflict, not_begun},
};

/// A keystore with unused keys.
pub(crate) struct File {
    _folder: TempDir,
    path: PathBuf,
    key: Secret,
}

impl File {
    pub(crate) fn new(entries: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let (path, key) = (folder.path().join("own.keystore"), Lock::fresh_key_text().unwrap());
        let entry = |name: &&str| Entry::new(name, Timestamp::now(), make::aes(256).unwrap()).unwrap();
        let entries = entries.iter().map(entry).collect();
        Keystore::create_with(&path, &Lock::from_key_text(&key).unwrap(), entries).unwrap();
        Self { _folder: folder, path, key }
    }

    fn address(&self, entry: &str) -> String {
        format!("{}#{entry}", self.path.display())
    }

    async fn person(&self) -> Person {
        let answers = [("file", self.path.to_str().unwrap()), ("lock", "keyring-key")];
        let secrets = [("key", self.key.expose_text().unwrap())];
        Person::new(draft("local", &answers, &secrets), Environment::default()).await
    }

    /// How an entry stands in the file.
    fn state(&self, entry: &str) -> Option<EntryState> {
        let keystore = Keystore::open(&self.path, &Lock::from_key_text(&self.key).unwrap()).unwrap();
        keystore.entry(entry).map(Entry::state)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_goes_the_whole_way_and_is_called_back_once() {
    let file = File::new(&["old"]);
    let mut walk = Walk::begin(file.person().await, &file.address("old")).await;
    assert_eq!(walk.absent(), ["permit", "forbid"]);
    // A file tells no use: that is not "never", and a person speaks for it.
    conflict(&walk.refuses(DestructionNote::GoOn).await, "does not tell when a key was last used");
    let typed = DestructionNote::Acknowledge { finding: "use:unknown".to_owned(), reason: String::new() };
    assert_eq!(walk.refuses(typed).await.kind(), Kind::Invalid);
    walk.hurry(7).await;
    walk.speak_for_all().await;
    conflict(&walk.refuses_step("disable").await, "belongs to \"disable\"");
    walk.go_on("disable").await;
    walk.step("disable").await;
    walk.is_at("soak");
    assert_eq!(file.state("old"), Some(EntryState::Disabled));
    conflict(&walk.refuses_step("schedule").await, "belongs to \"schedule\"");
    walk.go_on("schedule").await;
    conflict(&walk.refuses_step("destroy").await, "belongs to \"waiting\"");
    walk.step("schedule").await;
    walk.is_at("waiting");
    assert!(matches!(file.state("old"), Some(EntryState::PendingDeletion(_))) && walk.now.row.ends.is_some());
    conflict(&walk.refuses(DestructionNote::Keep { reason: "needed".to_owned() }).await, "without anybody watching");
    let calendar = walk.person.app().calendar().await.unwrap();
    assert!(calendar.contains("old is destroyed") && calendar.contains(&walk.id()), "{calendar}");
    walk.step("cancel").await;
    walk.is_at("schedule");
    assert_eq!(file.state("old"), Some(EntryState::Disabled));
    walk.step("schedule").await;
    walk.step("destroy").await;
    assert_eq!(file.state("old"), None);
    let sheet = walk.is_over("done").await;
    assert_eq!(sheet["acknowledged"][0]["because"], "seen: use");
    assert_eq!(sheet["journal"]["whole"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_enabled_again_and_kept() {
    let file = File::new(&["old"]);
    let mut walk = Walk::begin(file.person().await, &file.address("old")).await;
    walk.hurry(7).await;
    walk.speak_for_all().await;
    walk.go_on("disable").await;
    walk.step("disable").await;
    walk.step("enable").await;
    walk.is_at("evidence");
    assert_eq!(file.state("old"), Some(EntryState::Enabled));
    // What was said before is said anew.
    conflict(&walk.refuses(DestructionNote::GoOn).await, "somebody may still use it");
    walk.note(DestructionNote::Keep { reason: "the archive needs it".to_owned() }).await;
    walk.is_over("kept").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_in_the_ledger_is_spoken_for_by_name() {
    let file = File::new(&["old"]);
    let mut walk = Walk::begin(file.person().await, &file.address("old")).await;
    walk.hurry(7).await;
    walk.speak_for_all().await;
    walk.go_on("disable").await;
    let plan = walk.plan("disable").await.unwrap();
    // Somebody writes themselves into the ledger between the reading and the press.
    let consumer = consumer("by-hand", "the archive", &[]);
    let request = SaveConsumer { reference: walk.now.row.reference.clone(), consumer, secret: None };
    walk.person.app().save_consumer(request).await.unwrap();
    conflict(&walk.confirm("disable", &plan).await.unwrap_err(), "the archive");
    assert_eq!(file.state("old"), Some(EntryState::Enabled), "nothing was sent");
    walk.now = walk.open().await;
    assert_eq!(walk.in_the_way().next().unwrap().kind, "consumer");
    walk.speak_for_all().await;
    walk.step("disable").await;
    assert_eq!(file.state("old"), Some(EntryState::Disabled));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_enables_stops_it() {
    let file = File::new(&["old"]);
    let mut walk = Walk::begin(file.person().await, &file.address("old")).await;
    walk.hurry(7).await;
    walk.speak_for_all().await;
    walk.go_on("disable").await;
    walk.step("disable").await;
    walk.go_on("schedule").await;
    let plan = walk.plan("schedule").await.unwrap();
    walk.person.change("enable", &walk.now.row.reference).await;
    conflict(&walk.confirm("schedule", &plan).await.unwrap_err(), "somebody has enabled it");
    assert_eq!(file.state("old"), Some(EntryState::Enabled));
    walk.now = walk.open().await;
    walk.note(DestructionNote::StartOver { reason: "the archive was restored".to_owned() }).await;
    walk.is_at("evidence");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_are_begun_at_once_and_each_refusal_is_told() {
    let file = File::new(&["one", "two", "three"]);
    let person = file.person().await;
    let addresses = ["one", "two", "absent", "three"].map(|entry| file.address(entry));
    let begun = begin(&person, &addresses.each_ref().map(String::as_str)).await.unwrap();
    let names: Vec<&str> = begun.destructions.iter().map(|one| one.row.name.as_str()).collect();
    assert_eq!(names, ["one", "two", "three"]);
    not_begun(&begun.refused[0].error, Kind::NotFound, "absent");
    let again = begin(&person, &[&addresses[0]]).await.unwrap();
    assert_eq!(again.destructions[0].row.id, begun.destructions[0].row.id, "what is under way is opened");
    assert_eq!(begin(&person, &[]).await.unwrap_err().kind(), Kind::Invalid);
}
