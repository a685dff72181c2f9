//! A person at one place: an app over a home of its own that ends and starts anew as often as one likes.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use app::{App, Keychain, NoDesktop, Providers};
use contract::{
    AddConnection, ConfirmChange, ConnectionDraft, Nothing, OrderState, PlanChange, SetWriteMode, TargetWire,
};
use domain::Environment;
use tempfile::TempDir;

use crate::keyring::Keyring;

/// The name of the one connection.
pub(crate) const CONNECTION: &str = "place";
/// How long a reading is repeated that does not show a change yet: these servers show it at once.
const PATIENCE: Duration = Duration::from_millis(60);

/// One person at one place.
pub(crate) struct Person {
    home: TempDir,
    keyring: Arc<Keyring>,
    environment: Environment,
    app: Option<App>,
}

impl Person {
    /// Connects as `draft` says, and allows changes.
    pub(crate) async fn new(draft: ConnectionDraft, environment: Environment) -> Self {
        let mut person = Self { home: TempDir::new().unwrap(), keyring: Arc::default(), environment, app: None };
        person.start();
        person.connect(draft).await;
        person
    }

    /// Connects to one more place, and allows changes there.
    pub(crate) async fn connect(&self, draft: ConnectionDraft) {
        let connection = draft.name.clone();
        self.app().add_connection(AddConnection { draft }).await.unwrap();
        self.allow(&connection).await;
    }

    pub(crate) fn app(&self) -> &App {
        self.app.as_ref().unwrap()
    }

    /// Ends the app and starts it anew, with all that a start does. It is read-only then, as after every start.
    pub(crate) async fn again(&mut self) {
        self.app = None;
        self.start();
        self.app().recover().await.unwrap();
    }

    /// Allows changes through every connection.
    pub(crate) async fn allow_changes(&self) {
        for connection in self.app().list_connections(Nothing {}).await.unwrap().connections {
            self.allow(&connection.name).await;
        }
    }

    async fn allow(&self, connection: &str) {
        let request = SetWriteMode { connection: connection.to_owned(), on: true };
        self.app().set_write_mode(request).await.unwrap();
    }

    /// A change of an item, outside of any plan of several steps.
    pub(crate) async fn change(&self, ask: &str, reference: &str) {
        let target = TargetWire::Item { reference: reference.to_owned() };
        let request = PlanChange { ask: ask.to_owned(), target, answers: [].into(), secrets: [].into() };
        let plan = self.app().plan_change(request).await.unwrap();
        let confirm = ConfirmChange { order: plan.order, digest: plan.digest, typed: Some(plan.name) };
        assert_eq!(self.app().confirm_change(confirm).await.unwrap().state, OrderState::Done, "{ask}");
    }

    /// Whether the journal is as it was written.
    pub(crate) async fn is_sound(&self) {
        let verdict = self.app().verify_journal(Nothing {}).await.unwrap();
        assert!(verdict.sound, "{verdict:?}");
    }

    fn start(&mut self) {
        let keychain: Arc<dyn Keychain> = Arc::<Keyring>::clone(&self.keyring);
        let (home, desktop) = (self.home.path(), Arc::new(NoDesktop));
        let app = App::open_with(home, self.environment.clone(), keychain, desktop, Arc::new(Providers)).unwrap();
        app.set_patience(PATIENCE);
        self.app = Some(app);
    }
}

/// What somebody connects with. Every secret is kept.
pub(crate) fn draft(provider: &str, answers: &[(&str, &str)], secrets: &[(&str, &str)]) -> ConnectionDraft {
    let texts = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    };
    ConnectionDraft {
        name: CONNECTION.to_owned(),
        provider: provider.to_owned(),
        environment: None,
        answers: texts(answers),
        secrets: texts(secrets),
        keep: !secrets.is_empty(),
    }
}
