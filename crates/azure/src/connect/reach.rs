//! The one way out of a connection: whom it trusts, and fixed addresses for private endpoints and test servers.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use domain::{Answers, Error, Kind, Result};

use super::list;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const WHOLE_TIMEOUT: Duration = Duration::from_secs(30);

/// What the client is made of.
pub(super) struct Reach {
    ca: Option<PathBuf>,
    fixed: Vec<(String, SocketAddr)>,
}

impl Reach {
    /// # Errors
    /// `Invalid` for a fixed address that is not HOST=ADDRESS:PORT.
    pub(super) fn of(answers: &Answers) -> Result<Self> {
        let fixed = list(answers, "resolve").map(|text| {
            let parts = text.split_once('=').and_then(|(host, address)| Some((host, address.parse().ok()?)));
            let (host, address) = parts.filter(|(host, _)| !host.is_empty()).ok_or_else(|| {
                Error::new(Kind::Invalid, "connect", format!("{text:?} is no fixed address"))
                    .with_next("Write it like contoso.vault.azure.net=10.0.0.4:443 .")
            })?;
            Ok((host.trim().to_ascii_lowercase(), address))
        });
        let ca = answers.get("ca").map(|path| path.trim()).filter(|path| !path.is_empty()).map(PathBuf::from);
        Ok(Self { ca, fixed: fixed.collect::<Result<_>>()? })
    }

    /// The hosts that were given a fixed address.
    pub(super) fn hosts(&self) -> Vec<String> {
        self.fixed.iter().map(|(host, _)| host.clone()).collect()
    }

    /// One client for everything: vaults, sign-in and Resource Manager. Redirects are not followed, since a token would go
    /// along.
    ///
    /// # Errors
    /// `Invalid` if the CA file cannot be read.
    pub(super) async fn client(&self) -> Result<reqwest::Client> {
        let mut builder = reqwest::Client::builder()
            .https_only(false)
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(WHOLE_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none());
        for (host, address) in &self.fixed {
            builder = builder.resolve(host, *address);
        }
        if let Some(path) = &self.ca {
            for certificate in authorities(path).await? {
                builder = builder.add_root_certificate(certificate);
            }
        }
        builder.build().map_err(|cause| {
            Error::new(Kind::Unexpected, "connect", "the TLS client could not be made").with_source(cause)
        })
    }
}

async fn authorities(path: &Path) -> Result<Vec<reqwest::Certificate>> {
    let unreadable = |why: String| {
        Error::new(Kind::Invalid, "connect", format!("the CA file {}: {why}", path.display()))
            .with_next("Name a PEM file with the certificates of the authority.")
    };
    let pem = tokio::fs::read(path).await.map_err(|cause| unreadable(cause.to_string()))?;
    let read = reqwest::Certificate::from_pem_bundle(&pem).map_err(|_| unreadable("it cannot be read".to_owned()))?;
    match read.is_empty() {
        true => Err(unreadable("it holds no certificate".to_owned())),
        false => Ok(read),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(resolve: &str) -> Result<Reach> {
        Reach::of(&Answers::from([("resolve".to_owned(), resolve.to_owned())]))
    }

    #[test]
    fn fixed_addresses_are_read_or_refused() {
        let reach = of("Contoso.vault.azure.net=127.0.0.1:8443, b=[::1]:1").unwrap();
        assert_eq!(reach.hosts(), ["contoso.vault.azure.net", "b"]);
        for text in ["contoso", "contoso=127.0.0.1", "=127.0.0.1:1", "contoso=localhost:1"] {
            assert_eq!(of(text).err().unwrap().kind(), Kind::Invalid, "{text}");
        }
    }
}
