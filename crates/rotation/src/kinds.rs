//! The template of each kind of consumer: what is asked of it, how it is updated, and how that is checked.

mod statements;

use crate::{Consumer, ConsumerKind};

pub use statements::{Instruction, Material};
pub(crate) use statements::{back, remove_old, update};

/// One question about a consumer of a kind. The answer is a text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KindField {
    /// Its name among the answers.
    pub name: &'static str,
    /// What a person reads.
    pub label: &'static str,
    /// One sentence that helps; may be empty.
    pub help: &'static str,
    /// Whether it must be answered.
    pub required: bool,
    shape: Shape,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Shape {
    Text,
    /// One or more addresses, one a line.
    Https,
    /// A whole number from 0 to this.
    Number(u32),
}

/// How it is found out that a consumer has the new key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Check {
    /// A fingerprint that a person pastes is compared.
    Fingerprint,
    /// The certificate is looked at that a server presents.
    Presented,
    /// The set of keys is looked at that an address publishes.
    Published,
    /// A person says what was seen.
    Said,
    /// A person pastes the description of the user; both slots are read from it.
    Slots,
}

const fn text(name: &'static str, label: &'static str, help: &'static str, required: bool) -> KindField {
    KindField { name, label, help, required, shape: Shape::Text }
}

/// How long tokens live where nothing is said, in minutes.
const TOKEN_MINUTES: u64 = 60;
const TOKENS: KindField = KindField {
    name: "token_minutes",
    label: "Lifetime of its tokens, in minutes",
    help: "What the old key signed is valid for so long after the switch. 60 if empty.",
    required: false,
    shape: Shape::Number(525_600),
};

const SNOWFLAKE: &[KindField] = &[
    text("user", "User", "As DESC USER shows it, usually in capital letters.", true),
    text(
        "account",
        "Account",
        "The account identifier, such as xy12345.eu-west-1 or org-name; for the test sign-in.",
        true,
    ),
];
const JWKS: &[KindField] = &[
    KindField {
        name: "url",
        label: "Addresses",
        help: "https, one a line: the public jwks_uri, and caches before it. Each must publish the new key.",
        required: true,
        shape: Shape::Https,
    },
    KindField {
        name: "cache_minutes",
        label: "Readers keep it for, in minutes",
        help: "The longest that a reader caches the set. What the address itself says counts if it is longer. 15 if empty.",
        required: false,
        shape: Shape::Number(44_640),
    },
    TOKENS,
    text("authority", "Private authority", "PEM of an authority to trust for these addresses; usually empty.", false),
];
const GITHUB: &[KindField] = &[
    text("place", "Repository or user", "owner/repository for a deploy key, a user for a signing key.", true),
    text("title", "Title", "The title of the key at GitHub.", false),
];
const ENTRA: &[KindField] = &[
    text("app", "Application (client) id", "The app registration whose keyCredentials hold the certificate.", true),
    text("tenant", "Tenant", "", false),
    TOKENS,
];
const TLS: &[KindField] = &[
    text("address", "Host and port", "Such as api.example.com:443. What it presents is looked at.", true),
    text("authority", "Private authority", "PEM of an authority to trust for this host; usually empty.", false),
];
const ALIAS: &[KindField] = &[text("alias", "Alias", "What its users name: alias/payments-sign.", true)];
const KUBERNETES: &[KindField] = &[
    text("namespace", "Namespace", "", true),
    text("secret", "Secret", "Its name in the namespace.", true),
    text("entry", "Entry", "The entry that holds the public key: public.pem if empty.", false),
    text("workload", "Workload", "What is restarted afterwards: deployment/etl. Empty for nothing.", false),
];
const HEROKU: &[KindField] = &[
    text("app", "App", "The Heroku app that the add-on belongs to.", true),
    text("plan", "Plan", "Such as heroku-postgresql:private-7; only Private and Shield plans take a key.", true),
];
const BY_HAND: &[KindField] = &[text("how", "How it is updated", "What its owner does.", false)];

impl ConsumerKind {
    /// What a person calls the kind.
    pub fn title(self) -> &'static str {
        match self {
            Self::AwsAlias => "Users of an AWS alias",
            Self::ByHand => "By hand",
            Self::EntraApp => "Entra app registration",
            Self::GithubKey => "GitHub deploy or signing key",
            Self::HerokuAddon => "Heroku add-on",
            Self::JwksEndpoint => "JWKS endpoint",
            Self::KubernetesSecret => "Kubernetes secret",
            Self::SnowflakeUser => "Snowflake user",
            Self::TlsEndpoint => "TLS endpoint",
        }
    }

    /// What is asked of a consumer of this kind.
    pub fn fields(self) -> &'static [KindField] {
        match self {
            Self::AwsAlias => ALIAS,
            Self::ByHand => BY_HAND,
            Self::EntraApp => ENTRA,
            Self::GithubKey => GITHUB,
            Self::HerokuAddon => HEROKU,
            Self::JwksEndpoint => JWKS,
            Self::KubernetesSecret => KUBERNETES,
            Self::SnowflakeUser => SNOWFLAKE,
            Self::TlsEndpoint => TLS,
        }
    }

    /// How it is found out that one has the new key.
    pub fn check(self) -> Check {
        match self {
            Self::GithubKey | Self::KubernetesSecret => Check::Fingerprint,
            Self::TlsEndpoint => Check::Presented,
            Self::JwksEndpoint => Check::Published,
            Self::SnowflakeUser => Check::Slots,
            Self::AwsAlias | Self::ByHand | Self::EntraApp | Self::HerokuAddon => Check::Said,
        }
    }

    /// Whether it holds the old key beside the new one, until that is taken away from it.
    pub fn holds_two(self) -> bool {
        match self {
            Self::EntraApp | Self::GithubKey | Self::JwksEndpoint | Self::SnowflakeUser => true,
            Self::AwsAlias | Self::ByHand | Self::HerokuAddon | Self::KubernetesSecret | Self::TlsEndpoint => false,
        }
    }

    /// Whether it accepts what the key signs, so that it must know the new key before anybody signs with it.
    pub fn accepts_signatures(self) -> bool {
        match self {
            Self::EntraApp | Self::GithubKey | Self::JwksEndpoint | Self::SnowflakeUser | Self::KubernetesSecret => {
                true
            }
            Self::AwsAlias | Self::ByHand | Self::HerokuAddon | Self::TlsEndpoint => false,
        }
    }

    /// The question whose answer a tag gives.
    pub(crate) fn named_by(self) -> Option<&'static str> {
        match self {
            Self::AwsAlias => Some("alias"),
            Self::ByHand => None,
            Self::EntraApp | Self::HerokuAddon => Some("app"),
            Self::GithubKey => Some("place"),
            Self::JwksEndpoint => Some("url"),
            Self::KubernetesSecret => Some("secret"),
            Self::SnowflakeUser => Some("user"),
            Self::TlsEndpoint => Some("address"),
        }
    }
}

impl KindField {
    /// `text`, `lines` or `number`.
    pub fn shape(&self) -> &'static str {
        match self.shape {
            Shape::Https => "lines",
            Shape::Number(_) => "number",
            Shape::Text if self.name == "authority" => "lines",
            Shape::Text => "text",
        }
    }

    /// Whether an answer has its form.
    ///
    /// # Errors
    /// What is wrong with it, without a full stop.
    pub(crate) fn fits(&self, answer: &str) -> Result<(), String> {
        match self.shape {
            Shape::Text => Ok(()),
            Shape::Number(most) => match answer.parse::<u32>() {
                Ok(number) if number <= most => Ok(()),
                Ok(_) | Err(_) => Err(format!("\"{}\" is a whole number up to {most}", self.label)),
            },
            Shape::Https => match answer.lines().map(str::trim).find(|line| !line.is_empty() && !is_https(line)) {
                Some(line) => Err(format!("\"{line}\" is no https address")),
                None => Ok(()),
            },
        }
    }
}

fn is_https(line: &str) -> bool {
    line.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
}

impl Consumer {
    /// The addresses to look at, in order.
    pub fn addresses(&self) -> Vec<&str> {
        self.field("url").unwrap_or_default().lines().map(str::trim).filter(|line| !line.is_empty()).collect()
    }

    /// For how long readers of its set keep it, in seconds, as it was settled.
    pub fn cache_seconds(&self) -> u32 {
        self.field("cache_minutes").and_then(|text| text.parse::<u32>().ok()).unwrap_or(15) * 60
    }

    /// For how long tokens live that its issuer signs, in seconds; 0 for kinds without.
    pub fn token_seconds(&self) -> u64 {
        let asked = self.kind.fields().iter().any(|field| field.name == TOKENS.name);
        let minutes = self.field(TOKENS.name).and_then(|text| text.parse::<u64>().ok()).unwrap_or(TOKEN_MINUTES);
        if asked { minutes * 60 } else { 0 }
    }
}
