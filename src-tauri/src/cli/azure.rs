//! `claviger connect azure`: what can be typed, as answers to the form.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{arguments::Common, connect::absolute};

/// How a tenant is reached.
#[derive(Args, Debug)]
pub(crate) struct Azure {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The cloud
    #[arg(long, value_enum, default_value = "public")]
    cloud: Cloud,
    /// The tenant, by its id or domain
    #[arg(long)]
    tenant: Option<String>,
    /// How to sign in
    #[arg(long, value_enum)]
    auth: Auth,
    /// The client id of the app registration or of the user-assigned identity
    #[arg(long)]
    client_id: Option<String>,
    /// The certificate with its private key as PEM or PFX, for --auth client-certificate; its password comes from
    /// CLAVIGER_CERTIFICATE_PASSWORD
    #[arg(long)]
    certificate: Option<PathBuf>,
    /// The address of the certificate whose key signs in the vault, for --auth vault-assertion
    #[arg(long)]
    key: Option<String>,
    /// Which hash of the certificate the assertion names: x5t goes with RS256, x5t#S256 (the preset) with PS256
    #[arg(long, value_parser = ["x5t#S256", "x5t"])]
    thumbprint_form: Option<String>,
    /// How to sign in to reach that key
    #[arg(long, value_enum)]
    signer: Option<Auth>,
    /// The client id to reach that key with
    #[arg(long)]
    signer_client_id: Option<String>,
    /// A vault by its address; may be given several times. Without it, all that the subscriptions list
    #[arg(long = "vault")]
    vaults: Vec<String>,
    /// A subscription; may be given several times. Without it, all that can be seen
    #[arg(long = "subscription")]
    subscriptions: Vec<String>,
    /// The certificates of an authority of one's own, for a proxy or a test server
    #[arg(long)]
    ca: Option<PathBuf>,
    /// A fixed address, HOST=ADDRESS:PORT; may be given several times
    #[arg(long = "resolve", value_name = "HOST=ADDRESS:PORT")]
    resolve: Vec<String>,
}

/// The clouds that are apart from each other.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Cloud {
    China,
    Government,
    Public,
}

/// How to sign in.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Auth {
    Azd,
    Browser,
    Cli,
    ClientCertificate,
    ClientSecret,
    DeviceCode,
    ManagedIdentity,
    VaultAssertion,
    WorkloadIdentity,
}

fn word(value: impl ValueEnum) -> Option<String> {
    value.to_possible_value().map(|value| value.get_name().to_owned())
}

impl Azure {
    /// The secret that the sign-in needs, by its field.
    pub(super) fn secret(&self, has: impl Fn(&str) -> bool) -> Option<&'static str> {
        match self.auth {
            Auth::ClientSecret => Some("client_secret"),
            // A file may have no password.
            Auth::ClientCertificate => Some("certificate_password").filter(|field| has(field)),
            Auth::VaultAssertion if self.signer == Some(Auth::ClientSecret) => Some("signer_secret"),
            Auth::Azd
            | Auth::Browser
            | Auth::Cli
            | Auth::DeviceCode
            | Auth::ManagedIdentity
            | Auth::VaultAssertion
            | Auth::WorkloadIdentity => None,
        }
    }

    /// The answers to the form, empty ones among them.
    pub(super) fn answers(self) -> (Common, Vec<(&'static str, Option<String>)>) {
        let answers = vec![
            ("cloud", word(self.cloud)),
            ("tenant", self.tenant),
            ("auth", word(self.auth)),
            ("client_id", self.client_id),
            ("certificate", self.certificate.as_deref().map(absolute)),
            ("key", self.key),
            ("thumbprint_form", self.thumbprint_form),
            ("signer", self.signer.and_then(word)),
            ("signer_client_id", self.signer_client_id),
            ("vaults", Some(self.vaults.join(","))),
            ("subscriptions", Some(self.subscriptions.join(","))),
            ("ca", self.ca.as_deref().map(absolute)),
            ("resolve", Some(self.resolve.join(","))),
        ];
        (self.common, answers)
    }
}
