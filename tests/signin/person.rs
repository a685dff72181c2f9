//! A person at the other end of a prompt: a browser that follows the page, or another device where the code is typed.

use std::{
    fmt,
    future::pending,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use domain::{Prompt, Result, Secret, SignInHost};
use reqwest::{Certificate, Client, redirect::Policy};
use servers::Azure;

/// What the person does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Does {
    /// Cancels in the app.
    Cancel,
    /// Does this with the code, on another device.
    Code(&'static str),
    /// Follows the page to its end.
    Follow,
}

/// Answers prompts, remembers them, and keeps what is to be kept.
pub(crate) struct Person {
    server: Arc<Azure>,
    does: Does,
    pub(crate) prompts: Mutex<Vec<Prompt>>,
    pub(crate) kept: Mutex<Option<String>>,
}

impl Person {
    pub(crate) fn new(server: &Arc<Azure>, does: Does) -> Arc<Self> {
        let (prompts, kept) = (Mutex::default(), Mutex::default());
        Arc::new(Self { server: Arc::clone(server), does, prompts, kept })
    }

    pub(crate) fn prompts(&self) -> Vec<Prompt> {
        self.prompts.lock().unwrap().clone()
    }

    /// Opens the page, as a browser does that is sent on to this computer.
    async fn follow(&self, page: &str) {
        let ca = Certificate::from_pem(&std::fs::read(self.server.ca_file()).unwrap()).unwrap();
        let browser = Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .tls_certs_only([ca])
            .resolve("login.microsoftonline.com", self.server.address())
            .build()
            .unwrap();
        let sent_on = browser.get(page).send().await.unwrap();
        let back = sent_on.headers()["location"].to_str().unwrap().to_owned();
        // A browser asks for more than the answer.
        let icon = back.split('?').next().unwrap().to_owned() + "favicon.ico";
        assert_eq!(browser.get(icon).send().await.unwrap().status(), 404);
        let shown = browser.get(back).send().await.unwrap().text().await.unwrap();
        assert!(shown.contains("close") || shown.contains("another sign-in"), "{shown}");
    }
}

#[async_trait]
impl SignInHost for Person {
    async fn ask(&self, prompt: Prompt) {
        self.prompts.lock().unwrap().push(prompt.clone());
        match self.does {
            Does::Cancel => return,
            Does::Code(verdict) => self.server.device(&prompt.code.unwrap(), verdict).await.unwrap(),
            Does::Follow => self.follow(&prompt.page).await,
        }
        pending().await
    }

    async fn kept(&self) -> Result<Option<Secret>> {
        Ok(self.kept.lock().unwrap().clone().map(Secret::from_text))
    }

    async fn keep(&self, secret: Option<Secret>) -> Result<()> {
        *self.kept.lock().unwrap() = secret.map(|secret| secret.expose_text().unwrap().to_owned());
        Ok(())
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Person")
    }
}
