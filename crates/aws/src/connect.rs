//! Getting in: the questions, and an account seen with the credentials that the AWS command line would use.
//!
//! Nothing secret is asked: access keys, SSO, roles and external programs are found by aws-config, from the variables
//! and the home folder of the [`Environment`] alone.

mod discover;
mod profiles;

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use aws_config::{BehaviorVersion, Region, SdkConfig, sts::AssumeRoleProvider, timeout::TimeoutConfig};
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_types::os_shim_internal::Env;
use domain::{Answers, Environment, Error, Field, FieldKind, Form, Kind, Provider, Result, SecretAnswers};
use url::Url;

use crate::{Account, locate};
pub use discover::discover;
use profiles::Profiles;

/// The questions.
pub static FORM: Form = Form {
    provider: "aws",
    title: "AWS KMS",
    about: "KMS keys, Secrets Manager secrets and ACM certificates of one account, Region by Region.",
    prompts_when: None,
    fields: &[
        field(
            "profile",
            "Profile",
            FieldKind::Text,
            "Of ~/.aws/config. Empty for the environment, else the default one.",
        ),
        field("regions", "Regions", FieldKind::List, "Such as eu-west-1, us-east-1. Empty for the profile's own."),
        field("role_arn", "Role to assume", FieldKind::Text, "Such as arn:aws:iam::111122223333:role/KeyAdmin."),
        field("endpoint_url", "Endpoint", FieldKind::Text, "Only for a private endpoint or a local emulator."),
    ],
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// One try, and all tries of a read together.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
const OPERATION_TIMEOUT: Duration = Duration::from_secs(30);

/// The variables that hold credentials, or say where to fetch them.
const CREDENTIAL_VARIABLES: [&str; 7] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_ROLE_ARN",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
];

const OPERATION: &str = "connect";

/// Says which account and Regions can be asked from now on. Sends nothing yet.
pub async fn connect(answers: &Answers, _: &SecretAnswers, environment: &Environment) -> Result<Arc<dyn Provider>> {
    let profiles = Profiles::read(environment);
    let profile = answer(answers, "profile");
    let named = regions(answer(answers, "regions").unwrap_or_default())?;
    let mut loader =
        aws_config::defaults(BehaviorVersion::v2026_01_12()).env(variables_for(profile, environment)).timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                .operation_timeout(OPERATION_TIMEOUT)
                .build(),
        );
    let mut first = named.first().cloned();
    if let Some(name) = profile {
        let Some(profile) = profiles.profile(name) else { return Err(no_such_profile(name)) };
        if profiles.uses_environment(name) {
            return Err(takes_the_environment(name));
        }
        loader = loader.profile_name(name);
        first = first.or_else(|| profile.setting("region").map(str::to_owned));
    }
    if let Some(region) = first {
        loader = loader.region(Region::new(region));
    }
    if let Some(endpoint) = answer(answers, "endpoint_url") {
        loader = loader.endpoint_url(endpoint_url(endpoint)?.as_str());
    }
    let config = loader.load().await;
    let own = config.region().map(|region| region.to_string());
    let regions = if named.is_empty() { regions(&own.unwrap_or_default())? } else { named };
    if regions.is_empty() {
        return Err(Error::new(Kind::Invalid, OPERATION, "no Region is named, neither here nor in the profile")
            .with_next("Name at least one Region, such as eu-west-1."));
    }
    let config = match answer(answers, "role_arn") {
        Some(role) => with_role(config, role).await?,
        None => config,
    };
    let until = Arc::default();
    let config = with_watched_credentials(config, &until);
    Ok(Arc::new(Account::new(config, regions, until, profile.map(str::to_owned))))
}

/// The profile, the Regions and the endpoint, for a person.
pub fn place(answers: &Answers) -> String {
    let mut parts =
        vec![answer(answers, "profile").map_or("own credentials".to_owned(), |name| format!("profile {name}"))];
    if let Some(role) = answer(answers, "role_arn") {
        parts.push(format!("role {}", role.rsplit_once(":role/").map_or(role, |(_, name)| name)));
    }
    parts.extend(answer(answers, "regions").map(|list| names(list).collect::<Vec<_>>().join(", ")));
    parts.extend(answer(answers, "endpoint_url").map(|url| format!("at {url}")));
    parts.join(", ")
}

/// The variables as aws-config shall see them.
///
/// The SDK prefers an access key in the environment to a profile that was named on purpose; the command line does not,
/// and a person would sign in as somebody else without noticing. So with a profile they are left out. The metadata
/// address of EC2 is tried only if `AWS_EC2_METADATA_DISABLED=false` says so: elsewhere it answers after seconds, or
/// never.
fn variables_for(profile: Option<&str>, environment: &Environment) -> Env {
    let of_aws = environment.variables.iter().filter(|(name, _)| name.starts_with("AWS_"));
    let mut variables: HashMap<String, String> = of_aws.map(|(name, value)| (name.clone(), value.clone())).collect();
    if let Some(home) = environment.home.to_str().filter(|home| !home.is_empty()) {
        variables.insert("HOME".to_owned(), home.to_owned());
    }
    variables.entry("AWS_EC2_METADATA_DISABLED".to_owned()).or_insert_with(|| "true".to_owned());
    if profile.is_some() {
        for name in CREDENTIAL_VARIABLES {
            variables.remove(name);
        }
    }
    Env::from(variables)
}

async fn with_role(config: SdkConfig, role: &str) -> Result<SdkConfig> {
    if !role.starts_with("arn:") || !role.contains(":role/") {
        return Err(Error::new(Kind::Invalid, OPERATION, format!("{role:?} is not the ARN of a role"))
            .with_next("Give it like arn:aws:iam::111122223333:role/KeyAdmin."));
    }
    let assumed = AssumeRoleProvider::builder(role).session_name("claviger").configure(&config).build().await;
    Ok(config.into_builder().credentials_provider(SharedCredentialsProvider::new(assumed)).build())
}

/// When the sign-in ends, as the credentials last said.
pub(crate) type Until = Arc<Mutex<Option<SystemTime>>>;

/// Passes credentials on and remembers when they end: the SDK's cache does not tell, and fetching them again only to
/// know that would assume the role, or run the external program, a second time.
struct Watched {
    inner: SharedCredentialsProvider,
    until: Until,
}

fn with_watched_credentials(config: SdkConfig, until: &Until) -> SdkConfig {
    let Some(inner) = config.credentials_provider() else { return config };
    let watched = Watched { inner, until: Arc::clone(until) };
    config.into_builder().credentials_provider(SharedCredentialsProvider::new(watched)).build()
}

impl ProvideCredentials for Watched {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let credentials = self.inner.provide_credentials().await?;
            *self.until.lock().unwrap_or_else(PoisonError::into_inner) = credentials.expiry();
            Ok(credentials)
        })
    }
}

// Not derived: the providers inside would print the variables they were made of.
impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watched")
    }
}

/// The Regions of a comma-separated list, each once, all of one partition.
fn regions(list: &str) -> Result<Vec<String>> {
    let refuse = |message: String| Err(Error::new(Kind::Invalid, OPERATION, message));
    let mut regions: Vec<String> = Vec::new();
    for name in names(list) {
        // The name becomes part of a host name that signed requests are sent to.
        if !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
            return refuse(format!("{name:?} is not the name of a Region; one looks like eu-west-1"));
        }
        if let Some(other) = regions.first().filter(|other| locate::partition(other) != locate::partition(name)) {
            return refuse(format!("{other} and {name} are in different partitions: no credentials are good for both"));
        }
        if !regions.iter().any(|known| known == name) {
            regions.push(name.to_owned());
        }
    }
    Ok(regions)
}

fn endpoint_url(text: &str) -> Result<Url> {
    let refuse = |why: &str| {
        Error::new(Kind::Invalid, OPERATION, format!("the endpoint {why}"))
            .with_next("Give it like https://vpce-0a1b2c.kms.eu-west-1.vpce.amazonaws.com, or leave it empty.")
    };
    let url = Url::parse(text).map_err(|_| refuse("is not a URL"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err(refuse("is neither http nor https"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("holds a user name or a password"));
    }
    Ok(url)
}

fn no_such_profile(name: &str) -> Error {
    let message = format!("there is no profile {name:?} in the AWS configuration of this computer");
    Error::new(Kind::NotFound, OPERATION, message)
        .with_next("Check the name in ~/.aws/config, or make it with `aws configure sso`.")
}

/// The SDK would take the environment's credentials as they are, and not assume the profile's role with them.
fn takes_the_environment(name: &str) -> Error {
    let message = format!("the profile {name:?} takes its credentials from the environment");
    Error::new(Kind::Unsupported, OPERATION, message)
        .with_next("Leave the profile empty, and give the profile's role as the role to assume.")
}

fn names(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|name| !name.is_empty())
}

fn answer<'a>(answers: &'a Answers, name: &str) -> Option<&'a str> {
    answers.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
}

fn variable<'a>(environment: &'a Environment, name: &str) -> Option<&'a str> {
    environment.variables.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
}

const fn field(name: &'static str, label: &'static str, kind: FieldKind, help: &'static str) -> Field {
    Field { name, label, help, kind, required: false, shown_when: None }
}
