//! Sign-ins that wait for a person, whoever shows them: the window's dialog or the shell. A page is opened by its prompt's
//! number, so that nothing but the page of a sign-in can be opened.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use contract::{NamePrompt, Nothing, PromptList, PromptRow, WatchPrompts};
use domain::{Answers, Environment, Error, Form, Kind, Prompt, Result, Secret, SignInHost};
use journal::SavedConnection;
use tokio_util::sync::CancellationToken;

use crate::{App, Keychain, MemoryKeychain, Sink, inventory::Watch, locked, off_thread, wire};

/// The field under which a connection keeps what spares the next prompt. No form asks for it.
pub(super) const KEPT: &str = "sign_in";

/// What drafts signed in with, by provider and answers, until they are saved.
type Drafts = HashMap<(String, Answers), Arc<Mutex<Option<Secret>>>>;

/// The prompts that are open.
#[derive(Default)]
pub(crate) struct Prompts {
    open: Mutex<(u32, BTreeMap<u32, Open>)>,
    changed: tokio::sync::watch::Sender<()>,
    drafts: Mutex<Drafts>,
}

struct Open {
    prompt: Prompt,
    cancelled: CancellationToken,
}

/// A prompt stays open as long as somebody waits for it.
struct Shown<'a>(&'a Prompts, u32);

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        locked(&self.0.open).1.remove(&self.1);
        self.0.changed.send_replace(());
    }
}

impl Prompts {
    async fn ask(&self, prompt: Prompt) {
        let cancelled = CancellationToken::new();
        let shown = {
            let mut open = locked(&self.open);
            open.0 = open.0.wrapping_add(1);
            let id = open.0;
            open.1.insert(id, Open { prompt, cancelled: cancelled.clone() });
            Shown(self, id)
        };
        self.changed.send_replace(());
        cancelled.cancelled().await;
        drop(shown);
    }

    fn list(&self) -> PromptList {
        let row = |(id, open): (&u32, &Open)| PromptRow {
            id: *id,
            place: open.prompt.place.clone(),
            page: open.prompt.page.clone(),
            code: open.prompt.code.clone(),
            until: wire::instant(open.prompt.until),
        };
        PromptList { prompts: locked(&self.open).1.iter().map(row).collect() }
    }

    /// What the draft of these answers signed in with; whoever takes it, has it alone.
    pub(super) fn take_draft(&self, provider: &str, answers: &Answers) -> Option<Secret> {
        let draft = locked(&self.drafts).remove(&(provider.to_owned(), answers.clone()))?;
        locked(&draft).take()
    }
}

/// Whether signing in with these answers asks a person.
pub(super) fn asks(form: &Form, answers: &Answers) -> bool {
    form.prompts_when
        .is_some_and(|(name, values)| answers.get(name).is_some_and(|answer| values.contains(&answer.as_str())))
}

/// Asks on behalf of one connection.
struct Host {
    prompts: Arc<Prompts>,
    store: Store,
}

enum Store {
    /// Not saved yet.
    Draft(Arc<Mutex<Option<Secret>>>),
    Saved {
        connection: String,
        keychain: Arc<dyn Keychain>,
        memory: Arc<MemoryKeychain>,
        /// Whether it is to outlive this process.
        keep: bool,
    },
}

#[async_trait]
impl SignInHost for Host {
    async fn ask(&self, prompt: Prompt) {
        self.prompts.ask(prompt).await;
    }

    async fn kept(&self) -> Result<Option<Secret>> {
        match &self.store {
            Store::Draft(draft) => Ok(locked(draft).as_ref().map(copy)),
            Store::Saved { connection, keychain, memory, keep } => {
                let (connection, keychain, memory, keep) =
                    (connection.clone(), Arc::clone(keychain), Arc::clone(memory), *keep);
                off_thread(move || match memory.read(&connection, KEPT)? {
                    None if keep => keychain.read(&connection, KEPT),
                    found => Ok(found),
                })
                .await
            }
        }
    }

    async fn keep(&self, secret: Option<Secret>) -> Result<()> {
        match &self.store {
            Store::Draft(draft) => {
                *locked(draft) = secret;
                Ok(())
            }
            Store::Saved { connection, keychain, memory, keep } => {
                let (connection, keychain, memory, keep) =
                    (connection.clone(), Arc::clone(keychain), Arc::clone(memory), *keep);
                off_thread(move || match (secret, keep) {
                    (Some(secret), true) => keychain.keep(&connection, KEPT, &secret),
                    (Some(secret), false) => memory.keep(&connection, KEPT, &secret),
                    (None, true) => keychain.forget(&connection, KEPT),
                    (None, false) => memory.forget(&connection, KEPT),
                })
                .await
            }
        }
    }
}

impl App {
    /// The environment of a draft: what it signs in with is held until it is saved.
    pub(super) fn draft_environment(&self, provider: &str, answers: &Answers) -> Environment {
        let key = (provider.to_owned(), answers.clone());
        let draft = Arc::clone(locked(&self.0.prompts.drafts).entry(key).or_default());
        self.environment_with(Store::Draft(draft))
    }

    /// The environment of a saved connection.
    pub(super) fn saved_environment(&self, saved: &SavedConnection) -> Environment {
        self.environment_with(Store::Saved {
            connection: saved.connection.name.clone(),
            keychain: Arc::clone(&self.0.keychain),
            memory: Arc::clone(&self.0.memory),
            keep: saved.connection.secret_fields.iter().any(|field| field == KEPT),
        })
    }

    fn environment_with(&self, store: Store) -> Environment {
        let host = Host { prompts: Arc::clone(&self.0.prompts), store };
        Environment { host: Some(Arc::new(host)), ..self.0.environment.clone() }
    }

    /// The sign-ins that wait for a person, now and whenever they change, until it is cancelled.
    ///
    /// # Errors
    /// None; the table wants a `Result`.
    pub async fn watch_prompts(&self, request: WatchPrompts, sink: &Sink<PromptList>) -> Result<()> {
        let watch = Watch::begin(self, request.operation);
        let mut changed = self.0.prompts.changed.subscribe();
        loop {
            changed.mark_unchanged();
            if !sink(self.0.prompts.list()) {
                return Ok(());
            }
            tokio::select! {
                () = watch.token.cancelled() => return Ok(()),
                heard = changed.changed() => if heard.is_err() { return Ok(()) },
            }
        }
    }

    /// Opens the page of a sign-in in the browser.
    ///
    /// # Errors
    /// `NotFound` if it waits no more, or as the desktop says.
    pub async fn open_prompt(&self, request: NamePrompt) -> Result<Nothing> {
        let page = locked(&self.0.prompts.open).1.get(&request.id).map(|open| open.prompt.page.clone());
        let page = page.ok_or_else(|| gone("open the page"))?;
        if !page.starts_with("https://") {
            return Err(Error::new(Kind::Invalid, "open the page", "its address is not one of https"));
        }
        self.0.desktop.open_page(&page).await?;
        Ok(Nothing {})
    }

    /// Ends a sign-in that waits for a person, without a token.
    ///
    /// # Errors
    /// `NotFound` if it waits no more.
    pub async fn cancel_prompt(&self, request: NamePrompt) -> Result<Nothing> {
        let open = locked(&self.0.prompts.open);
        open.1.get(&request.id).ok_or_else(|| gone("cancel the sign-in"))?.cancelled.cancel();
        Ok(Nothing {})
    }
}

fn gone(operation: &'static str) -> Error {
    Error::new(Kind::NotFound, operation, "this sign-in waits no more")
        .with_next("Refresh, and answer the new prompt if there is one.")
}

fn copy(secret: &Secret) -> Secret {
    Secret::new(secret.expose().to_vec())
}

// Not derived: what a draft signed in with must not be printed.
impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host").finish_non_exhaustive()
    }
}
