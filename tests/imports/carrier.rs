//! Somebody who brings a key, step by step. After each the app starts anew and must know what it knew; what was only in
//! memory is fetched and wrapped again.

use std::collections::BTreeMap;

use contract::{
    AskTakings, BeginImport, ConfirmImport, ImportNote, ImportSourceWire, ImportWire, NameImport, NoteImport,
    PlanImport, PlanWire, TakingWire, WrapImport,
};
use domain::{Environment, Error, Result};
use servers::{AmazonServer, Credentials, OpenBao, fixtures::amazon::REGION};

use crate::person::{Person, draft};

/// The name of the connection to Vault; the one to AWS is [`CLOUD`].
pub(crate) const VAULT: &str = "bao";
pub(crate) const CLOUD: &str = "aws";

/// An import and the person who brings it.
pub(crate) struct Carrier {
    pub(crate) person: Person,
    /// As it was last seen.
    pub(crate) now: ImportWire,
    /// Whether the app starts anew after each step.
    restless: bool,
}

/// A person with a connection to that Vault and to that AWS.
pub(crate) async fn person(vault: &str, cloud: &str) -> Person {
    let Credentials { access_key_id, secret_access_key } = Credentials::root();
    let mut environment = Environment::default();
    environment.variables.insert("AWS_ACCESS_KEY_ID".into(), access_key_id);
    environment.variables.insert("AWS_SECRET_ACCESS_KEY".into(), secret_access_key);
    let mut to_vault = draft("vault", &[("address", vault), ("auth", "token")], &[("token", OpenBao::ROOT_TOKEN)]);
    to_vault.name = VAULT.to_owned();
    let person = Person::new(to_vault, environment).await;
    let mut to_cloud = draft("aws", &[("endpoint_url", cloud), ("regions", REGION)], &[]);
    to_cloud.name = CLOUD.to_owned();
    person.connect(to_cloud).await;
    person
}

/// The key of that name in the transit mount.
pub(crate) fn transit(name: &str) -> ImportSourceWire {
    ImportSourceWire::Item { reference: format!("{VAULT}/transit/keys/{name}"), version: None, inside: false }
}

/// The same, wrapped by its own server.
pub(crate) fn inside(name: &str) -> ImportSourceWire {
    ImportSourceWire::Item { reference: format!("{VAULT}/transit/keys/{name}"), version: None, inside: true }
}

/// Where to: connection and vault.
pub(crate) type Into<'a> = (&'a str, &'a str);

impl Carrier {
    /// Begins, and settles target and source. `wrap` is a part of the vault's word for the way; the best without one.
    pub(crate) async fn begin(
        person: Person,
        into: Into<'_>,
        algorithm: &str,
        wrap: &str,
        source: ImportSourceWire,
    ) -> Self {
        let now = person.app().begin_import(BeginImport::default()).await.unwrap();
        let mut carrier = Self { person, now, restless: true };
        carrier.rest().await;
        carrier.target(into, algorithm, wrap, &[]).await;
        carrier.note(ImportNote::SetSource { source }).await.unwrap();
        carrier
    }

    /// The same where the app goes on without an end.
    pub(crate) fn calm(mut self) -> Self {
        self.restless = false;
        self
    }

    /// Settles the target, with these answers over the presets.
    pub(crate) async fn target(&mut self, into: Into<'_>, algorithm: &str, wrap: &str, answers: &[(&str, &str)]) {
        let taking = self.takings(into).await.into_iter().find(|taking| taking.algorithm == algorithm).unwrap();
        let way = taking.wraps.iter().find(|way| way.native.contains(wrap));
        let way = way.unwrap_or_else(|| panic!("{wrap} is none of {:?}, {:?}", taking.wraps, taking.refused)).clone();
        let presets = taking.questions.iter().filter_map(|asked| Some((asked.name.clone(), asked.preset.clone()?)));
        let mut all: BTreeMap<String, String> = presets.collect();
        if taking.questions.iter().any(|asked| asked.name == "name") {
            all.insert("name".to_owned(), "brought".to_owned());
        }
        all.extend(answers.iter().map(|(name, answer)| ((*name).to_owned(), (*answer).to_owned())));
        let note = ImportNote::SetTarget {
            connection: into.0.to_owned(),
            vault: into.1.to_owned(),
            algorithm: algorithm.to_owned(),
            wrap: way,
            answers: all,
        };
        self.note(note).await.unwrap();
    }

    pub(crate) async fn takings(&self, into: Into<'_>) -> Vec<TakingWire> {
        let request = AskTakings { connection: into.0.to_owned(), vault: into.1.to_owned() };
        self.person.app().import_takings(request).await.unwrap()
    }

    pub(crate) async fn note(&mut self, note: ImportNote) -> Result<()> {
        let request = NoteImport { import: self.id(), revision: self.now.revision, note };
        self.now = self.person.app().note_import(request).await?;
        self.rest().await;
        Ok(())
    }

    /// A step at a place, read and confirmed.
    pub(crate) async fn step(&mut self, step: &str) {
        self.try_step(step).await.unwrap_or_else(|error| panic!("{step}: {error:?}"));
        let last = self.now.orders.last().unwrap();
        assert_eq!((last.step.as_str(), last.state.as_str()), (step, "done"), "{last:?}");
    }

    pub(crate) async fn try_step(&mut self, step: &str) -> Result<()> {
        let plan = self.plan(step).await?;
        self.now = self.confirm(step, &plan).await?;
        self.rest().await;
        Ok(())
    }

    pub(crate) async fn plan(&self, step: &str) -> Result<PlanWire> {
        self.person.app().plan_import(PlanImport { import: self.id(), step: step.to_owned() }).await
    }

    pub(crate) async fn confirm(&self, step: &str, plan: &PlanWire) -> Result<ImportWire> {
        let request = ConfirmImport {
            import: self.id(),
            step: step.to_owned(),
            order: plan.order.clone(),
            digest: plan.digest.clone(),
            typed: Some(plan.name.clone()),
        };
        self.person.app().confirm_import(request).await
    }

    /// Fetches the wrapping key. It is in memory, so the app does not end here.
    pub(crate) async fn fetch(&mut self) {
        self.now = self.person.app().fetch_wrapping_key(self.named()).await.unwrap();
    }

    /// Wraps the key. It is in memory, so the app does not end here.
    pub(crate) async fn wrap(&mut self) {
        self.wrap_file(None).await.unwrap();
    }

    pub(crate) async fn wrap_file(&mut self, path: Option<String>) -> Result<(), Error> {
        self.now = self.person.app().wrap_import(WrapImport { import: self.id(), path }).await?;
        Ok(())
    }

    pub(crate) async fn prove(&mut self) {
        self.now = self.person.app().prove_import(self.named()).await.unwrap();
        self.rest().await;
    }

    /// Wraps, brings and proves: from a source that is not wrapped inside its place.
    pub(crate) async fn bring(&mut self) {
        if self.now.steps.iter().any(|step| step == "prepare") {
            self.step("prepare").await;
        }
        self.wrap().await;
        self.step("import").await;
        self.prove().await;
    }

    /// The same, wrapped inside.
    pub(crate) async fn bring_inside(&mut self) {
        self.step("prepare").await;
        self.restless = false;
        self.fetch().await;
        assert_eq!(self.now.target.as_ref().unwrap().inside, None);
        assert!(self.now.wrapping_key.as_ref().unwrap().by_hand.is_empty(), "nobody else has to wrap it");
        self.step("load").await;
        self.wrap().await;
        self.step("remove").await;
        self.step("import").await;
        self.prove().await;
    }

    /// The end, which wants a proof.
    pub(crate) async fn finish(&mut self) {
        self.note(ImportNote::Finish).await.unwrap();
        assert!(self.now.row.over && self.now.row.phase == "done");
        self.person.is_sound().await;
    }

    /// The same key once more.
    pub(crate) async fn again(mut self, new_material: bool) -> Self {
        let request = BeginImport { source: None, again: Some(self.id()), new_material };
        self.now = self.person.app().begin_import(request).await.unwrap();
        self
    }

    pub(crate) fn holds(&self) -> bool {
        self.now.proof.as_ref().unwrap().holds
    }

    pub(crate) fn identifies(&self) -> bool {
        self.now.proof.as_ref().unwrap().identifies
    }

    pub(crate) fn evidence(&self) -> &str {
        &self.now.proof.as_ref().unwrap().moment.evidence
    }

    /// The identifier of the key at the target.
    pub(crate) fn key(&self) -> String {
        self.now.row.item.as_deref().unwrap().rsplit('/').next().unwrap().to_owned()
    }

    pub(crate) fn id(&self) -> String {
        self.now.row.id.clone()
    }

    fn named(&self) -> NameImport {
        NameImport { import: self.id() }
    }

    /// Ends the app and starts it anew. The import is as it was, but for what was in memory alone.
    pub(crate) async fn rest(&mut self) {
        if !self.restless {
            return;
        }
        self.person.again().await;
        let again = self.person.app().open_import(self.named()).await.unwrap();
        let known = |import: &ImportWire| (import.revision, import.row.phase.clone(), import.log.len());
        assert_eq!(known(&again), known(&self.now));
        assert!(!again.packed && again.wrapping_key.is_none(), "it was kept on the disk");
        self.now = again;
        self.person.allow_changes().await;
    }
}

/// A call to KMS that the app knows nothing of.
pub(crate) async fn kms(server: &AmazonServer, operation: &str, body: serde_json::Value) -> serde_json::Value {
    server.call(REGION, &format!("TrentService.{operation}"), body).await.unwrap()
}
