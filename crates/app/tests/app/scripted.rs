//! A provider that says what the test wants, when the test wants it.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use app::Connector;
use async_trait::async_trait;
use domain::{
    AccessCheck, Algorithm, Answer, Answers, Ask, Backups, Certificates, Choice, Entry, Environment, Error, Facet,
    FacetKind, Field, FieldKind, Form, Identity, Inventory, Item, ItemDetail, ItemKey, KeyAndChain, Kind, Leaves,
    Offer, Prompt, Provider, Result, Secret, SecretAnswers, Secrets, SignIn, SignInHost, State, Timestamp, Vault,
    VaultId, Verdict, Version,
};
use futures::stream::{self, BoxStream, StreamExt};
use tokio::sync::Notify;

use crate::changing::Changing;

pub(crate) static FORM: Form = Form {
    provider: "scripted",
    title: "Scripted place",
    about: "Whatever the test wants.",
    prompts_when: Some(("auth", &["person"])),
    fields: &[
        Field { name: "place", label: "Place", help: "", kind: FieldKind::Text, required: true, shown_when: None },
        Field {
            name: "auth",
            label: "Sign-in",
            help: "",
            kind: FieldKind::Choice(&[
                Choice { value: "none", label: "None" },
                Choice { value: "token", label: "Token" },
                Choice { value: "person", label: "Person" },
            ]),
            required: true,
            shown_when: None,
        },
        Field {
            name: "token",
            label: "Token",
            help: "",
            kind: FieldKind::Secret,
            required: true,
            shown_when: Some(("auth", &["token"])),
        },
    ],
};

/// One step of a list.
pub(crate) enum Step {
    Hang,
    Panic,
    Send(Entry),
    Wait(Arc<Notify>),
}

type Script = Arc<dyn Fn() -> Vec<Step> + Send + Sync>;
type Told<T> = Mutex<Option<Arc<dyn Fn() -> Result<T> + Send + Sync>>>;

/// One place, shared between the test and the app.
#[derive(Default)]
pub(crate) struct Place {
    pub(crate) connects: AtomicUsize,
    pub(crate) token: Mutex<Option<String>>,
    pub(crate) connect_hangs: Mutex<bool>,
    pub(crate) prompts: AtomicUsize,
    pub(crate) waits_for_person: Mutex<bool>,
    pub(crate) connect_error: Mutex<Option<Error>>,
    script: Mutex<Option<Script>>,
    pub(crate) detail: Told<ItemDetail>,
    pub(crate) public_key: Told<Vec<u8>>,
    pub(crate) public_keys_asked: AtomicUsize,
    pub(crate) chain: Told<Vec<Vec<u8>>>,
    pub(crate) with_key: Told<KeyAndChain>,
    pub(crate) keys_asked: AtomicUsize,
    pub(crate) request: Told<Vec<u8>>,
    pub(crate) backup: Told<Vec<u8>>,
    pub(crate) value: Told<Secret>,
    pub(crate) identity_error: Mutex<Option<Error>>,
    pub(crate) changes: Changing,
}

impl Place {
    pub(crate) fn lists(&self, script: impl Fn() -> Vec<Step> + Send + Sync + 'static) {
        *self.script.lock().unwrap() = Some(Arc::new(script));
    }

    pub(crate) fn times_connected(&self) -> usize {
        self.connects.load(Ordering::SeqCst)
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Place")
    }
}

fn told<T>(told: &Told<T>, what: &'static str) -> Result<T> {
    let script = told.lock().unwrap().clone();
    script.map_or_else(|| Err(Error::new(Kind::Unsupported, what, "the script has none")), |script| script())
}

#[derive(Debug)]
struct Signed(Arc<Place>);

#[async_trait]
impl Provider for Signed {
    async fn identity(&self) -> Result<Identity> {
        if let Some(error) = self.0.identity_error.lock().unwrap().clone() {
            return Err(error);
        }
        Ok(Identity { name: "maria".into(), detail: "scripted/maria".into(), until: None })
    }

    async fn check_access(&self) -> Vec<AccessCheck> {
        let check = |what: &str, verdict| AccessCheck { what: what.into(), permission: format!("{what}!"), verdict };
        vec![
            check("list", Verdict::Allowed),
            check("open", Verdict::Refused(denied("open:item"))),
            check("sign", Verdict::Untested("there is nothing to try it on".into())),
        ]
    }

    fn inventory(&self) -> &dyn Inventory {
        self
    }

    fn certificates(&self) -> Option<&dyn Certificates> {
        Some(self)
    }

    fn secrets(&self) -> Option<&dyn Secrets> {
        Some(self)
    }

    fn backups(&self) -> Option<&dyn Backups> {
        Some(self)
    }

    fn changes(&self) -> &dyn domain::Changes {
        &self.0.changes
    }

    fn rotations(&self) -> Option<&dyn domain::Rotations> {
        Some(&self.0.changes)
    }

    async fn offers(&self, _: &Item) -> Vec<Offer> {
        Ask::OF_ITEM.map(|ask| Offer { ask, answer: Answer::Unknown { probe: "try".into() } }).into()
    }
}

#[async_trait]
impl Inventory for Signed {
    fn list(&self) -> BoxStream<'_, Entry> {
        let steps = self.0.script.lock().unwrap().as_ref().map(|script| script()).unwrap_or_default();
        stream::iter(steps)
            .filter_map(|step| async {
                match step {
                    Step::Hang => std::future::pending().await,
                    Step::Panic => panic!("as scripted"),
                    Step::Send(entry) => Some(entry),
                    Step::Wait(notify) => {
                        notify.notified().await;
                        None
                    }
                }
            })
            .boxed()
    }

    async fn open(&self, _: &ItemKey) -> Result<ItemDetail> {
        told(&self.0.detail, "open")
    }

    async fn public_key(&self, _: &ItemKey, _: Option<&str>) -> Result<Vec<u8>> {
        self.0.public_keys_asked.fetch_add(1, Ordering::SeqCst);
        told(&self.0.public_key, "read the public key")
    }

    fn locate(&self, address: &str) -> Option<ItemKey> {
        address.strip_prefix("urn:scripted:").map(|id| ItemKey::new("v", id))
    }
}

#[async_trait]
impl Certificates for Signed {
    async fn chain(&self, _: &ItemKey, _: Option<&str>) -> Result<Vec<Vec<u8>>> {
        told(&self.0.chain, "read the certificate")
    }

    async fn with_key(&self, _: &ItemKey, _: Option<&str>) -> Result<KeyAndChain> {
        self.0.keys_asked.fetch_add(1, Ordering::SeqCst);
        told(&self.0.with_key, "read the private key")
    }

    async fn signing_request(&self, _: &ItemKey) -> Result<Vec<u8>> {
        told(&self.0.request, "read the signing request")
    }
}

#[async_trait]
impl Backups for Signed {
    async fn back_up(&self, _: &ItemKey) -> Result<Vec<u8>> {
        told(&self.0.backup, "back up")
    }
}

#[async_trait]
impl Secrets for Signed {
    async fn value(&self, _: &ItemKey, _: Option<&str>) -> Result<Secret> {
        told(&self.0.value, "read the secret")
    }
}

/// Connects to scripted places by name; makes an empty one for a new name.
#[derive(Default)]
pub(crate) struct Scripts {
    places: Mutex<HashMap<String, Arc<Place>>>,
    pub(crate) found: Mutex<Vec<SignIn>>,
}

impl Scripts {
    pub(crate) fn place(&self, name: &str) -> Arc<Place> {
        self.places.lock().unwrap().entry(name.to_owned()).or_default().clone()
    }
}

#[async_trait]
impl Connector for Scripts {
    fn forms(&self) -> Vec<&'static Form> {
        vec![&FORM]
    }

    fn discover(&self, _: &Environment) -> Vec<SignIn> {
        self.found.lock().unwrap().clone()
    }

    async fn connect(
        &self,
        _: &str,
        answers: &Answers,
        secrets: &SecretAnswers,
        environment: &Environment,
    ) -> Result<Arc<dyn Provider>> {
        let place = self.place(&answers["place"]);
        if answers["auth"] == "person" {
            person(&place, environment.host.as_deref().unwrap()).await?;
        }
        place.connects.fetch_add(1, Ordering::SeqCst);
        *place.token.lock().unwrap() = secrets.get("token").and_then(|token| token.expose_text()).map(str::to_owned);
        // Signing in takes a moment, in which others can ask too.
        tokio::task::yield_now().await;
        if *place.connect_hangs.lock().unwrap() {
            std::future::pending::<()>().await;
        }
        if let Some(error) = place.connect_error.lock().unwrap().clone() {
            return Err(error);
        }
        Ok(Arc::new(Signed(place)))
    }

    fn place(&self, _: &str, answers: &Answers) -> String {
        answers["place"].clone()
    }
}

/// Signs in by what is kept, else by a prompt that a person answers at once, unless they must be waited for.
async fn person(place: &Place, host: &dyn SignInHost) -> Result<()> {
    if host.kept().await?.is_some() {
        return Ok(());
    }
    place.prompts.fetch_add(1, Ordering::SeqCst);
    let page = "https://sign-in.test/page".to_owned();
    let prompt = Prompt { place: "place".into(), page, code: None, until: Timestamp::UNIX_EPOCH };
    if *place.waits_for_person.lock().unwrap() {
        host.ask(prompt).await;
        return Err(Error::new(Kind::SignedOut, "sign in", "it was cancelled"));
    }
    host.keep(Some(Secret::from_text("renewal".into()))).await
}

pub(crate) fn denied(permission: &str) -> Error {
    Error::new(Kind::Denied, "list", "you may not").with_permission(permission)
}

pub(crate) fn interrupted() -> Error {
    Error::new(Kind::Interrupted, "list", "the line went dead")
}

pub(crate) fn vault(id: &str) -> Step {
    Step::Send(Entry::Vault(Vault { id: VaultId(id.into()), name: format!("{id} by name"), native_kind: "mount" }))
}

pub(crate) fn ends(vault: &str, result: Result<()>) -> Step {
    Step::Send(Entry::End { vault: VaultId(vault.into()), result })
}

pub(crate) fn item(vault: &str, id: &str) -> Step {
    Step::Send(Entry::Item(Box::new(key_item(vault, id))))
}

pub(crate) fn undescribed(vault: &str, id: &str) -> Step {
    let trouble = denied("describe:item");
    Step::Send(Entry::Item(Box::new(Item::undescribed(ItemKey::new(vault, id), id, "key", trouble))))
}

/// An RSA key as a place would describe it.
pub(crate) fn key_item(vault: &str, id: &str) -> Item {
    Item {
        key: ItemKey::new(vault, id),
        name: format!("{id} by name"),
        native_kind: "scripted key",
        facets: vec![Facet::open(FacetKind::Key, Leaves::PublicPart)],
        algorithm: Some(Algorithm::Rsa(2048)),
        state: State::Enabled,
        created: None,
        expires: None,
        current_version: Some("2".into()),
        trouble: None,
    }
}

pub(crate) fn detail(item: Item) -> ItemDetail {
    let version = |id: &str, current| Version {
        id: id.into(),
        state: State::Enabled,
        created: None,
        expires: None,
        current,
        has_public_key: true,
    };
    ItemDetail { item, versions: vec![version("2", true), version("1", false)], aspects: Vec::new() }
}
