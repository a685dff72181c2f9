//! Providers with something between them and the engine of changes: what it does to a sending or a reading is the test's;
//! all else is the provider's own.

use std::{fmt, sync::Arc};

use app::{Connector, Providers};
use async_trait::async_trait;
use domain::{
    AccessCheck, Answers, Ask, Backups, Certificates, Change, Changes, Environment, Finding, Form, Identity, Inventory,
    Item, Offer, Outcome, Performed, Plan, Provider, Question, Result, SecretAnswers, Secrets, Sending, SignIn,
    Signing, Target, VaultId,
};

/// What stands between.
#[async_trait]
pub(crate) trait Between: fmt::Debug + Send + Sync + 'static {
    /// Sends a step through the provider behind it, or has something happen to it.
    async fn perform(&self, behind: &dyn Changes, sending: Sending) -> Outcome;

    /// Looks at a step through the provider behind it.
    async fn check(&self, behind: &dyn Changes, performed: &Performed) -> Result<Finding> {
        behind.check(performed).await
    }
}

/// Makes the providers of this build, each with the same thing between.
pub(crate) struct Connecting<B>(pub(crate) Arc<B>);

#[derive(Debug)]
struct Through<B> {
    behind: Arc<dyn Provider>,
    between: Arc<B>,
}

#[async_trait]
impl<B: Between> Connector for Connecting<B> {
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
        let behind = Providers.connect(provider, answers, secrets, environment).await?;
        Ok(Arc::new(Through { behind, between: Arc::clone(&self.0) }))
    }

    fn place(&self, provider: &str, answers: &Answers) -> String {
        Providers.place(provider, answers)
    }
}

#[async_trait]
impl<B: Between> Provider for Through<B> {
    async fn identity(&self) -> Result<Identity> {
        self.behind.identity().await
    }

    async fn check_access(&self) -> Vec<AccessCheck> {
        self.behind.check_access().await
    }

    fn inventory(&self) -> &dyn Inventory {
        self.behind.inventory()
    }

    fn certificates(&self) -> Option<&dyn Certificates> {
        self.behind.certificates()
    }

    fn secrets(&self) -> Option<&dyn Secrets> {
        self.behind.secrets()
    }

    fn backups(&self) -> Option<&dyn Backups> {
        self.behind.backups()
    }

    fn signing(&self) -> Option<&dyn Signing> {
        self.behind.signing()
    }

    fn changes(&self) -> &dyn Changes {
        self
    }

    async fn offers(&self, item: &Item) -> Vec<Offer> {
        self.behind.offers(item).await
    }
}

#[async_trait]
impl<B: Between> Changes for Through<B> {
    async fn vault_offers(&self, vault: &VaultId) -> Vec<Offer> {
        self.behind.changes().vault_offers(vault).await
    }

    async fn questions(&self, ask: Ask, target: &Target) -> Result<Vec<Question>> {
        self.behind.changes().questions(ask, target).await
    }

    async fn plan(&self, change: &Change) -> Result<Plan> {
        self.behind.changes().plan(change).await
    }

    async fn perform(&self, sending: Sending) -> Outcome {
        self.between.perform(self.behind.changes(), sending).await
    }

    async fn check(&self, performed: &Performed) -> Result<Finding> {
        self.between.check(self.behind.changes(), performed).await
    }
}
