//! Providers whose sendings and lookings are instants, and are written down beside the home.

use std::{fs::OpenOptions, io::Write, path::PathBuf, sync::Arc};

use app::{Connector, Providers};
use async_trait::async_trait;
use domain::{
    AccessCheck, Answers, Ask, Certificates, Change, Changes, Environment, Finding, Form, Identity, Inventory, Item,
    Offer, Outcome, Performed, Plan, Provider, Question, Result, SecretAnswers, Secrets, Sending, SignIn, Target,
    VaultId,
};

use super::countdown::Countdown;

/// Makes them.
pub(crate) struct Mortals {
    pub(crate) countdown: Arc<Countdown>,
    /// A line for each sending.
    pub(crate) sent: PathBuf,
}

#[derive(Debug)]
struct Mortal {
    inner: Arc<dyn Provider>,
    countdown: Arc<Countdown>,
    sent: PathBuf,
}

#[async_trait]
impl Connector for Mortals {
    fn forms(&self) -> Vec<&'static Form> {
        Providers.forms()
    }

    fn discover(&self, environment: &Environment) -> Vec<SignIn> {
        Providers.discover(environment)
    }

    async fn connect(
        &self,
        provider: &str,
        answers: &Answers,
        secrets: &SecretAnswers,
        environment: &Environment,
    ) -> Result<Arc<dyn Provider>> {
        let inner = Providers.connect(provider, answers, secrets, environment).await?;
        Ok(Arc::new(Mortal { inner, countdown: Arc::clone(&self.countdown), sent: self.sent.clone() }))
    }

    fn place(&self, provider: &str, answers: &Answers) -> String {
        Providers.place(provider, answers)
    }
}

#[async_trait]
impl Provider for Mortal {
    async fn identity(&self) -> Result<Identity> {
        self.inner.identity().await
    }

    async fn check_access(&self) -> Vec<AccessCheck> {
        self.inner.check_access().await
    }

    fn inventory(&self) -> &dyn Inventory {
        self.inner.inventory()
    }

    fn certificates(&self) -> Option<&dyn Certificates> {
        self.inner.certificates()
    }

    fn secrets(&self) -> Option<&dyn Secrets> {
        self.inner.secrets()
    }

    fn changes(&self) -> &dyn Changes {
        self
    }

    async fn offers(&self, item: &Item) -> Vec<Offer> {
        self.inner.offers(item).await
    }
}

#[async_trait]
impl Changes for Mortal {
    async fn vault_offers(&self, vault: &VaultId) -> Vec<Offer> {
        self.inner.changes().vault_offers(vault).await
    }

    async fn questions(&self, ask: Ask, target: &Target) -> Result<Vec<Question>> {
        self.inner.changes().questions(ask, target).await
    }

    async fn plan(&self, change: &Change) -> Result<Plan> {
        self.inner.changes().plan(change).await
    }

    async fn perform(&self, sending: Sending) -> Outcome {
        self.countdown.pass();
        let line = format!("{} {}\n", sending.step().operation, sending.parameters());
        let file = OpenOptions::new().create(true).append(true).open(&self.sent);
        file.and_then(|mut file| file.write_all(line.as_bytes())).unwrap();
        let outcome = self.inner.changes().perform(sending).await;
        self.countdown.pass();
        outcome
    }

    async fn check(&self, performed: &Performed) -> Result<Finding> {
        self.countdown.pass();
        let finding = self.inner.changes().check(performed).await;
        self.countdown.pass();
        finding
    }
}
