//! The two command lines, `az` and `azd`: found on the person's own path, and what to do when they give no token.

use std::{ffi::OsStr, io, process::Output};

use async_trait::async_trait;
use azure_identity::Executor;
use domain::{Environment, Error, Kind};

use super::{SIGN_IN, of_entra, said};

/// One of the two.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) title: &'static str,
    name: &'static str,
    /// What a person types to sign in.
    login: String,
}

impl Program {
    pub(super) fn az(tenant: Option<&str>) -> Self {
        Self::new("the Azure CLI", "az", "az login --tenant", tenant)
    }

    pub(super) fn azd(tenant: Option<&str>) -> Self {
        Self::new("the Azure Developer CLI", "azd", "azd auth login --tenant-id", tenant)
    }

    fn new(title: &'static str, name: &'static str, login: &str, tenant: Option<&str>) -> Self {
        Self { title, name, login: format!("{login} {}", tenant.unwrap_or("TENANT")) }
    }

    /// Why it gave no token. Its words are untrusted, and hold no token.
    pub(super) fn refused(&self, words: &str) -> Error {
        let Self { title, name, login } = self;
        if words.contains("found on PATH") {
            return Error::new(Kind::SignedOut, SIGN_IN.operation, format!("{title} ({name}) is not on this computer"))
                .with_next(format!("Install {title} and run `{login}`, or choose another way to sign in."));
        }
        let kind = of_entra(words).map_or(Kind::SignedOut, |(kind, _)| kind);
        Error::new(kind, SIGN_IN.operation, format!("{title} gave no token: {}", said(words)))
            .with_refused_by(*title)
            .with_next(format!("Run `{login}`, then refresh."))
    }
}

/// Runs a program where the person would find it.
#[derive(Debug)]
pub(super) struct OnPath(Option<String>);

impl OnPath {
    pub(super) fn of(environment: &Environment) -> Self {
        Self(environment.variables.get("PATH").cloned())
    }
}

#[async_trait]
impl Executor for OnPath {
    async fn run(&self, program: &OsStr, args: &[&OsStr]) -> io::Result<Output> {
        let mut command = tokio::process::Command::new(program);
        command.args(args).stdin(std::process::Stdio::null()).kill_on_drop(true);
        if let Some(path) = &self.0 {
            command.env("PATH", path);
        }
        command.output().await
    }
}
