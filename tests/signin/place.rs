//! The fake of Entra and Key Vault with its apps, and connections to it.

use std::{collections::BTreeMap, path::Path, process::Command, sync::Arc};

use domain::{Answers, Entry, Environment, Error, Provider, Secret, SecretAnswers, SignInHost};
use futures::StreamExt;
use serde_json::{Value, json};
use servers::{
    Azure,
    fixtures::azure::{self, BOUND, MAIN, SECRET},
};

/// The app that signs in.
pub(crate) const ROBOT: &str = "robot";
pub(crate) const PASSWORD: &str = "horse";

pub(crate) struct Place {
    pub(crate) server: Arc<Azure>,
    folder: tempfile::TempDir,
    /// The certificate of the file, and the one whose key stays in the vault.
    pub(crate) mine: String,
    pub(crate) bound: String,
}

impl Place {
    /// With [`ROBOT`], who has a secret, the certificate of a file, and the one whose key stays in the vault.
    pub(crate) async fn start() -> Self {
        let server = Arc::new(azure::start().await.unwrap().server);
        let folder = tempfile::tempdir().unwrap();
        let mine = openssl(folder.path());
        let token = server.token("owner", SECRET, "https://vault.azure.net").await.unwrap();
        let path = format!("certificates/{BOUND}");
        let told = server.must(&token, "GET", &MAIN.host(), &path, Value::Null).await.unwrap();
        let cer = told["cer"].as_str().unwrap();
        let bound = format!("-----BEGIN CERTIFICATE-----\n{cer}\n-----END CERTIFICATE-----\n");
        let place = Self { server, folder, mine, bound };
        place.app(ROBOT, json!({"secret": "robot-secret", "certificates": [place.mine, place.bound]})).await;
        place
    }

    /// An app that may read the vault.
    pub(crate) async fn app(&self, client_id: &str, more: Value) {
        let scope = format!("/subscriptions/{}", Azure::SUBSCRIPTION);
        let role = json!({"role": "Key Vault Administrator", "scope": scope});
        let mut said = json!({"client_id": client_id, "manager": true, "roles": [role]});
        said.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.server.identity(said).await.unwrap();
    }

    pub(crate) fn file(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Answers for [`ROBOT`] with these beside or instead.
    pub(crate) fn answers(&self, given: &[(&str, &str)]) -> Answers {
        let vault = format!("https://{}", MAIN.host());
        let (ca, resolve) = (self.server.ca_file().display().to_string(), self.server.resolve());
        let base =
            [("tenant", Azure::TENANT), ("client_id", ROBOT), ("vaults", &vault), ("ca", &ca), ("resolve", &resolve)];
        base.iter().chain(given).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    /// Signs in and counts the items that the vault shows to whoever that is.
    pub(crate) async fn items(&self, given: &[(&str, &str)], secrets: &[(&str, &str)]) -> Result<usize, Error> {
        items(&*self.provider(given, secrets, &Environment::default()).await?).await
    }

    pub(crate) async fn items_for(&self, given: &[(&str, &str)], host: Arc<dyn SignInHost>) -> Result<usize, Error> {
        items(&*self.provider(given, &[], &asking(host)).await?).await
    }

    pub(crate) async fn provider(
        &self,
        given: &[(&str, &str)],
        secrets: &[(&str, &str)],
        environment: &Environment,
    ) -> Result<Arc<dyn Provider>, Error> {
        let secret = |(name, value): &(&str, &str)| ((*name).to_owned(), Secret::from_text((*value).to_owned()));
        let secrets: SecretAnswers = secrets.iter().map(secret).collect();
        ::azure::connect(&self.answers(given), &secrets, environment).await
    }

    /// An environment where `name` is a program that does this, before all others.
    pub(crate) fn with_program(&self, name: &str, script: &str) -> Environment {
        use std::os::unix::fs::PermissionsExt;
        let path = self.folder.path().join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o700)).unwrap();
        let path = format!("{}:/usr/bin:/bin", self.folder.path().display());
        Environment { variables: BTreeMap::from([("PATH".into(), path)]), ..Environment::default() }
    }
}

pub(crate) fn asking(host: Arc<dyn SignInHost>) -> Environment {
    Environment { host: Some(host), ..Environment::default() }
}

/// How many items are listed; the first gap is the error.
pub(crate) async fn items(provider: &dyn Provider) -> Result<usize, Error> {
    let entries: Vec<Entry> = provider.inventory().list().collect().await;
    let mut count = 0;
    for entry in entries {
        match entry {
            Entry::End { result, .. } => result?,
            Entry::Item { .. } => count += 1,
            Entry::Vault { .. } => {}
        }
    }
    Ok(count)
}

/// `app.pem` and `app.pfx` with one key and its certificate, as an admin makes them. Gives the certificate.
fn openssl(folder: &Path) -> String {
    let run = |arguments: &[&str]| {
        let done = Command::new("openssl").args(arguments).current_dir(folder).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    let made = ["-keyout", "key.pem", "-out", "cert.pem", "-days", "30", "-subj", "/CN=robot"];
    run(&[&["req", "-x509", "-newkey", "rsa:2048", "-nodes"][..], &made].concat());
    let pass = format!("pass:{PASSWORD}");
    run(&["pkcs12", "-export", "-inkey", "key.pem", "-in", "cert.pem", "-out", "app.pfx", "-passout", &pass]);
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    std::fs::write(folder.join("app.pem"), read("key.pem") + &read("cert.pem")).unwrap();
    read("cert.pem")
}
