//! The sign-ins: each makes a credential of the official crates' kind, over the connection's one way out.
//!
//! Whoever signs in with a certificate signs an assertion of their own (`assertion`): the crate's feature for that would
//! bring another TLS library along. The key of such an assertion can stay in a vault.

mod assertion;
mod browser;
mod cached;
mod device;
mod oauth;
mod person;
mod programs;

use std::{path::PathBuf, sync::Arc, time::Duration};

use azure_core::{
    cloud::CloudConfiguration,
    credentials::{Secret as AzureSecret, TokenCredential, TokenRequestOptions},
    http::{ClientOptions, RetryOptions, Transport},
};
use azure_identity::{
    AzureCliCredential, AzureCliCredentialOptions, AzureDeveloperCliCredential, AzureDeveloperCliCredentialOptions,
    ClientAssertionCredential, ClientAssertionCredentialOptions, ClientSecretCredential, ClientSecretCredentialOptions,
    ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId, WorkloadIdentityCredential,
    WorkloadIdentityCredentialOptions,
};
use base64ct::{Base64UrlUnpadded, Encoding};
use domain::{Answers, Environment, Error, Identity, Kind, Result, SecretAnswers, Timestamp};
use serde::Deserialize;

use crate::{
    client::Client,
    cloud::Cloud,
    error::{self, Call, ENTRA},
    locate,
};
use assertion::{Assertion, Thumbprint};
use cached::Cached;
use person::{Person, Way};
use programs::{OnPath, Program};

const SIGN_IN: Call = Call { operation: "sign in", policy: "", action: "" };

/// What a sign-in is made of.
pub(crate) struct Door<'a> {
    pub(crate) answers: &'a Answers,
    pub(crate) secrets: &'a SecretAnswers,
    pub(crate) http: &'a reqwest::Client,
    pub(crate) cloud: Cloud,
    /// Where programs are found, and who is asked where the sign-in asks a person.
    pub(crate) environment: &'a Environment,
}

/// The credential that the answers describe. Asks nobody yet.
///
/// # Errors
/// `Invalid` for answers that do not fit, `SignedOut` for a secret that is not there.
pub(crate) fn credential(door: &Door<'_>) -> Result<Arc<dyn TokenCredential>> {
    match door.required("auth", "the way to sign in")? {
        "browser" => door.person(Way::Browser),
        "client-certificate" => {
            let path = door.required("certificate", "the certificate file")?;
            let password = door.secrets.get("certificate_password");
            let held = assertion::Held::read(&PathBuf::from(path), password)?;
            door.with_assertion(Assertion::new(assertion::Signer::Held(held), door.claims()?))
        }
        "device-code" => door.person(Way::DeviceCode),
        "vault-assertion" => {
            let address = door.required("key", "the address of the certificate that signs")?;
            let Some(address) = locate::address(address, door.cloud) else {
                return Err(unfit(format!("{address:?} is no address of a certificate in a vault")));
            };
            let signer = door.plain(door.answer("signer").unwrap_or("cli"), "signer_client_id", "signer_secret")?;
            let client = Client::new(door.http.clone(), signer, door.cloud);
            let signer = assertion::Signer::Vault(Box::new(assertion::InVault { client, address }));
            door.with_assertion(Assertion::new(signer, door.claims()?))
        }
        other => door.plain(other, "client_id", "client_secret"),
    }
}

impl Door<'_> {
    /// The sign-ins that ask a person.
    fn person(&self, way: Way) -> Result<Arc<dyn TokenCredential>> {
        let client_id = self.required("client_id", "the client id of an app registration for public clients")?;
        let entra = oauth::Entra::new(self.cloud, self.tenant()?, client_id, self.http.clone())?;
        let host = self.environment.host.as_ref().ok_or_else(|| {
            Error::new(Kind::Unsupported, SIGN_IN.operation, "nobody can be asked here")
                .with_next("Choose a way to sign in that needs no browser and no code.")
        })?;
        Ok(Arc::new(Person::new(entra, way, Arc::clone(host))))
    }

    /// The sign-ins that need nothing but answers.
    fn plain(&self, auth: &str, client_id: &str, client_secret: &str) -> Result<Arc<dyn TokenCredential>> {
        let tenant = self.answer("tenant").map(str::to_owned);
        let made = match auth {
            "azd" => AzureDeveloperCliCredential::new(Some(AzureDeveloperCliCredentialOptions {
                tenant_id: tenant.clone(),
                executor: Some(Arc::new(OnPath::of(self.environment))),
            }))
            .map(|made| Arc::new(Cached::new(made, Program::azd(tenant.as_deref()))) as Arc<dyn TokenCredential>),
            "cli" => AzureCliCredential::new(Some(AzureCliCredentialOptions {
                tenant_id: tenant.clone(),
                executor: Some(Arc::new(OnPath::of(self.environment))),
                ..AzureCliCredentialOptions::default()
            }))
            .map(|made| Arc::new(Cached::new(made, Program::az(tenant.as_deref()))) as Arc<dyn TokenCredential>),
            "client-secret" => {
                let secret =
                    self.secrets.get(client_secret).and_then(|secret| secret.expose_text()).ok_or_else(|| {
                        Error::new(Kind::SignedOut, SIGN_IN.operation, "the client secret is missing")
                            .with_next("Give it again.")
                    })?;
                ClientSecretCredential::new(
                    self.tenant()?,
                    self.required(client_id, "the client id")?.to_owned(),
                    AzureSecret::new(secret.to_owned()),
                    Some(ClientSecretCredentialOptions { client_options: self.options() }),
                )
                .map(|made| made as Arc<dyn TokenCredential>)
            }
            "managed-identity" => ManagedIdentityCredential::new(Some(ManagedIdentityCredentialOptions {
                user_assigned_id: self.answer(client_id).map(|id| UserAssignedId::ClientId(id.to_owned())),
                client_options: self.options(),
            }))
            .map(|made| made as Arc<dyn TokenCredential>),
            "workload-identity" => WorkloadIdentityCredential::new(Some(WorkloadIdentityCredentialOptions {
                credential_options: ClientAssertionCredentialOptions { client_options: self.options() },
                client_id: self.answer(client_id).map(str::to_owned),
                tenant_id: tenant,
                token_file_path: None,
            }))
            .map(|made| made as Arc<dyn TokenCredential>),
            other => return Err(unfit(format!("there is no way to sign in called {other:?}"))),
        };
        made.map_err(|failure| error::of(SIGN_IN, &failure))
    }

    fn with_assertion(&self, assertion: Assertion) -> Result<Arc<dyn TokenCredential>> {
        let options = ClientAssertionCredentialOptions { client_options: self.options() };
        let (tenant, id) = (self.tenant()?.to_owned(), self.required("client_id", "the client id")?.to_owned());
        ClientAssertionCredential::new(tenant, id, assertion, Some(options))
            .map(|made| made as Arc<dyn TokenCredential>)
            .map_err(|failure| error::of(SIGN_IN, &failure))
    }

    fn claims(&self) -> Result<assertion::Claims> {
        let tenant = self.tenant()?;
        Ok(assertion::Claims {
            audience: format!("https://{}/{tenant}/oauth2/v2.0/token", self.cloud.authority_host()),
            client_id: self.required("client_id", "the client id")?.to_owned(),
            thumbprint: match self.answer("thumbprint_form") {
                Some("x5t") => Thumbprint::Sha1,
                Some(_) | None => Thumbprint::Sha256,
            },
        })
    }

    /// What is signed in the vault to sign in, and for how long it is good.
    pub(crate) fn assertion_in_words(&self) -> Option<String> {
        let claims = self.claims().ok().filter(|_| self.answer("auth") == Some("vault-assertion"))?;
        Some(format!(
            "Sign the assertion in the vault: {} with {}, aud {}, iss and sub {}, good for {} minutes",
            claims.thumbprint.algorithm().name(),
            claims.thumbprint.member(),
            claims.audience,
            claims.client_id,
            ASSERTION_LIFETIME.as_secs() / 60
        ))
    }

    fn options(&self) -> ClientOptions {
        let cloud = match self.cloud {
            Cloud::China => CloudConfiguration::AzureChina,
            Cloud::Government => CloudConfiguration::AzureGovernment,
            Cloud::Public => CloudConfiguration::AzurePublic,
        };
        ClientOptions {
            cloud: Some(Arc::new(cloud)),
            retry: RetryOptions::default(),
            transport: Some(Transport::new(Arc::new(self.http.clone()))),
            ..ClientOptions::default()
        }
    }

    fn tenant(&self) -> Result<&str> {
        self.required("tenant", "the tenant")
    }

    fn answer(&self, name: &str) -> Option<&str> {
        self.answers.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    fn required(&self, name: &str, label: &str) -> Result<&str> {
        self.answer(name).ok_or_else(|| unfit(format!("{label} is missing")))
    }
}

/// The claims of a token that tell a person who they are. They are only read, never relied upon.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Claims {
    upn: Option<String>,
    unique_name: Option<String>,
    app_displayname: Option<String>,
    appid: Option<String>,
    azp: Option<String>,
    oid: Option<String>,
    tid: Option<String>,
}

/// Who one is, by the token itself.
///
/// # Errors
/// As the sign-in says.
pub(crate) async fn identity(client: &Client) -> Result<Identity> {
    let scope = format!("https://{}/.default", client.cloud.vault_suffix().trim_start_matches('.'));
    let token = client.credential.get_token(&[&scope], Some(TokenRequestOptions::default())).await;
    let token = token.map_err(|failure| error::of(SIGN_IN, &failure))?;
    let claims = token.token.secret().split('.').nth(1).and_then(|part| Base64UrlUnpadded::decode_vec(part).ok());
    let claims: Claims = claims.and_then(|json| serde_json::from_slice(&json).ok()).unwrap_or_default();
    let application = claims.app_displayname.or(claims.appid).or(claims.azp).map(|id| format!("application {id}"));
    let name = claims.upn.or(claims.unique_name).or(application).unwrap_or_else(|| "signed in".to_owned());
    let object = claims.oid.map_or_else(String::new, |id| format!(", object {id}"));
    let tenant = claims.tid.map_or_else(String::new, |id| format!("tenant {id}"));
    Ok(Identity {
        name: error::tidy(&name),
        detail: error::tidy(&format!("{tenant}{object}")),
        until: Timestamp::from_second(token.expires_on.unix_timestamp()).ok(),
    })
}

fn unfit(message: String) -> Error {
    Error::new(Kind::Invalid, "connect", message)
        .with_refused_by("this app")
        .with_next("Correct the answer, then connect again.")
}

/// The words of Entra for a refused sign-in, with what to do. Source: "Microsoft Entra authentication error codes".
pub(crate) fn of_entra(words: &str) -> Option<(Kind, &'static str)> {
    const CODES: [(&str, Kind, &str); 18] = [
        (
            "AADSTS7000218",
            Kind::Invalid,
            "The app does not allow public clients: allow them at the app registration, or sign in as the app itself.",
        ),
        (
            "AADSTS50011",
            Kind::Invalid,
            "The app does not know this address: register http://localhost there, for mobile and desktop applications.",
        ),
        ("AADSTS65004", Kind::Denied, "Consent was declined: sign in again, or ask who administers the tenant."),
        ("AADSTS700025", Kind::SignedOut, "The assertion was used before: refresh to sign a new one."),
        ("AADSTS7000222", Kind::SignedOut, "The client secret has expired: make a new one at the app registration."),
        (
            "AADSTS7000215",
            Kind::SignedOut,
            "The client secret is wrong: take its value, not its id, and connect again.",
        ),
        ("AADSTS700016", Kind::Invalid, "The tenant knows no app with this client id: check both."),
        (
            "AADSTS700027",
            Kind::SignedOut,
            "The certificate is not registered at the app: upload its public part there.",
        ),
        ("AADSTS700024", Kind::SignedOut, "The assertion is outside of its time: set this computer's clock."),
        (
            "AADSTS700030",
            Kind::SignedOut,
            "The certificate is not valid for this app any more: register its successor.",
        ),
        ("AADSTS90002", Kind::Invalid, "There is no such tenant in this cloud: check the tenant and the cloud."),
        ("AADSTS50076", Kind::SignedOut, "A second factor is asked for: sign in with the browser or a device code."),
        ("AADSTS50079", Kind::SignedOut, "A second factor has to be set up: sign in with the browser once."),
        ("AADSTS50173", Kind::SignedOut, "The sign-in was revoked: sign in again."),
        ("AADSTS53003", Kind::Denied, "Conditional access forbids it from here: ask who administers the tenant."),
        ("AADSTS65001", Kind::Denied, "Nobody has consented to this app: ask who administers the tenant."),
        ("AADSTS70043", Kind::SignedOut, "The sign-in is over: sign in again."),
        ("AADSTS700082", Kind::SignedOut, "The sign-in was unused for too long: sign in again."),
    ];
    CODES.iter().find(|(code, ..)| words.contains(code)).map(|(_, kind, next)| (*kind, *next))
}

/// A sign-in that gave no token.
pub(crate) fn refused(operation: &'static str, words: &str) -> Error {
    let (kind, next) = of_entra(words).unwrap_or((Kind::SignedOut, "Sign in again, then refresh."));
    let message = format!("there is no token: {}", said(words));
    let error = Error::new(kind, operation, message).with_refused_by(ENTRA).with_next(next);
    match correlation(words) {
        Some(id) => error.with_request_id(id),
        None => error,
    }
}

/// What matters of it: Entra's code and sentence without the numbers behind them, a program's words without our crate's.
fn said(words: &str) -> String {
    let from = words.rfind("AADSTS").unwrap_or(0);
    let words = words.get(from..).unwrap_or_default();
    let end = [" Trace ID:", "To troubleshoot, visit"].iter().filter_map(|mark| words.find(mark)).min();
    error::tidy(words.get(..end.unwrap_or(words.len())).unwrap_or_default())
}

/// The number by which Microsoft finds the sign-in again: "Correlation ID: ...".
fn correlation(words: &str) -> Option<String> {
    let id = words.split("Correlation ID:").nth(1)?.split_whitespace().next()?;
    Some(error::tidy(id))
}

/// How long an assertion is good for.
pub(crate) const ASSERTION_LIFETIME: Duration = Duration::from_secs(600);
