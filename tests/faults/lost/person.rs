//! A person with the whole engine before them: an app over a home of its own, in write mode.

use std::{path::Path, sync::Arc, time::Duration};

use app::{App, Connector, Keychain, NoDesktop};
use contract::{
    AddConnection, ConfirmChange, ConnectionDraft, NameOrder, Nothing, OrderWire, PlanChange, PlanWire, SetWriteMode,
};
use domain::{Environment, Result};
use libtest_mimic::Failed;
use tempfile::TempDir;

use crate::keyring::Keyring;

/// The name of the one connection.
pub(crate) const CONNECTION: &str = "place";
/// How long a reading is repeated that does not show a change yet: these servers show it at once.
pub(crate) const PATIENCE: Duration = Duration::from_millis(60);

/// One person at one place.
pub(crate) struct Person {
    home: TempDir,
    keyring: Arc<Keyring>,
    environment: Environment,
    connector: Arc<dyn Connector>,
    app: App,
}

impl Person {
    /// Connects as `draft` says, and allows changes.
    pub(crate) async fn new(
        draft: ConnectionDraft,
        environment: Environment,
        connector: Arc<dyn Connector>,
    ) -> std::result::Result<Self, Failed> {
        let home = TempDir::new()?;
        let keyring = Arc::new(Keyring::default());
        let app = open(home.path(), &keyring, &environment, &connector)?;
        let person = Self { home, keyring, environment, connector, app };
        person.app.add_connection(AddConnection { draft }).await?;
        person.allow_changes().await?;
        Ok(person)
    }

    /// The same home after the app has ended and started again. Read-only, as after every start.
    pub(crate) fn restarted(self) -> Result<Self> {
        let Self { home, keyring, environment, connector, app } = self;
        drop(app);
        let app = open(home.path(), &keyring, &environment, &connector)?;
        Ok(Self { home, keyring, environment, connector, app })
    }

    pub(crate) async fn allow_changes(&self) -> Result<()> {
        self.app.set_write_mode(SetWriteMode { connection: CONNECTION.to_owned(), on: true }).await.map(drop)
    }

    pub(crate) async fn plan(&self, request: PlanChange) -> Result<PlanWire> {
        self.app.plan_change(request).await
    }

    /// Confirms it, with the name typed.
    pub(crate) async fn confirm(&self, plan: &PlanWire) -> Result<OrderWire> {
        self.app.confirm_change(confirmation(plan)).await
    }

    /// Confirms it, and ends without a word, as a killed process does, when `enough` is over.
    pub(crate) fn dies_confirming(self, plan: &PlanWire, enough: impl Future<Output = ()>) -> Result<Self> {
        // A runtime of its own: what runs on it is dropped wherever it waits.
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime =
            runtime.map_err(|cause| domain::Error::new(domain::Kind::Unexpected, "start", cause.to_string()))?;
        let (app, confirmation) = (self.app.clone(), confirmation(plan));
        runtime.spawn(async move { app.confirm_change(confirmation).await });
        runtime.block_on(enough);
        drop(runtime);
        self.restarted()
    }

    /// Asks what became of an order, as "Check now" does.
    pub(crate) async fn check(&self, order: &str) -> Result<OrderWire> {
        self.app.check_order(NameOrder { order: order.to_owned() }).await
    }

    /// Does what every start does.
    pub(crate) async fn recover(&self) -> Result<()> {
        self.app.recover().await
    }

    /// Whether the journal is as it was written.
    pub(crate) async fn sound(&self) -> std::result::Result<(), Failed> {
        let verdict = self.app.verify_journal(Nothing {}).await?;
        if verdict.sound { Ok(()) } else { Err(format!("the journal is not sound: {verdict:?}").into()) }
    }
}

fn open(home: &Path, keyring: &Arc<Keyring>, environment: &Environment, connector: &Arc<dyn Connector>) -> Result<App> {
    let keychain: Arc<dyn Keychain> = Arc::<Keyring>::clone(keyring);
    let app = App::open_with(home, environment.clone(), keychain, Arc::new(NoDesktop), Arc::clone(connector))?;
    app.set_patience(PATIENCE);
    Ok(app)
}

pub(crate) fn confirmation(plan: &PlanWire) -> ConfirmChange {
    ConfirmChange { order: plan.order.clone(), digest: plan.digest.clone(), typed: Some(plan.name.clone()) }
}
