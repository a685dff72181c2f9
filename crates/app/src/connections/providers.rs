//! The only place above the providers that names them.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{Answers, Environment, Error, Form, Kind, Provider, Result, SecretAnswers, SignIn};

/// Makes providers. The app has one; tests bring their own.
#[async_trait]
pub trait Connector: Send + Sync {
    /// The questions of every kind of place, in the order they are offered.
    fn forms(&self) -> Vec<&'static Form>;
    /// Sign-ins that are already on this computer. Reads files; asks nobody on the network.
    fn discover(&self, environment: &Environment) -> Vec<SignIn>;
    /// Signs in to a place of the kind `provider`.
    async fn connect(
        &self,
        provider: &str,
        answers: &Answers,
        secrets: &SecretAnswers,
        environment: &Environment,
    ) -> Result<Arc<dyn Provider>>;
    /// Where a connection of these answers leads, for a person.
    fn place(&self, provider: &str, answers: &Answers) -> String;
}

/// The providers of this build.
#[derive(Clone, Copy, Debug)]
pub struct Providers;

#[async_trait]
impl Connector for Providers {
    fn forms(&self) -> Vec<&'static Form> {
        vec![&aws::FORM, &azure::FORM, &vault::FORM, &local::FORM]
    }

    fn discover(&self, environment: &Environment) -> Vec<SignIn> {
        let mut found = aws::discover(environment);
        found.extend(azure::discover(environment));
        found.extend(vault::discover(environment));
        found.extend(local::discover(environment));
        found
    }

    async fn connect(
        &self,
        provider: &str,
        answers: &Answers,
        secrets: &SecretAnswers,
        environment: &Environment,
    ) -> Result<Arc<dyn Provider>> {
        match provider {
            "aws" => aws::connect(answers, secrets, environment).await,
            "azure" => azure::connect(answers, secrets, environment).await,
            "local" => local::connect(answers, secrets, environment).await,
            "vault" => vault::connect(answers, secrets, environment).await,
            other => Err(unknown(other)),
        }
    }

    fn place(&self, provider: &str, answers: &Answers) -> String {
        match provider {
            "aws" => aws::place(answers),
            "azure" => azure::place(answers),
            "local" => local::place(answers),
            "vault" => vault::place(answers),
            _ => String::new(),
        }
    }
}

/// A kind of place that this version does not have.
pub(super) fn unknown(provider: &str) -> Error {
    Error::new(Kind::Unsupported, "connect", format!("this version knows no kind of place called \"{provider}\""))
        .with_next("Start the version that made the connection, or remove it.")
}
