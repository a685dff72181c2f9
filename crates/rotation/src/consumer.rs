//! Who holds an item's public key or uses the item, and must hear of a rotation.

use std::collections::BTreeMap;

use domain::{Error, Kind, Result};
use serde::{Deserialize, Serialize};

/// More than any text of a consumer has, in characters.
const LONGEST: usize = 2_000;

/// Names a consumer: a ULID.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct ConsumerId(pub String);

/// A system or a person that must hear of a rotation of one item.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Consumer {
    /// Its number.
    pub id: ConsumerId,
    /// What kind of thing it is.
    pub kind: ConsumerKind,
    /// What a person calls it: `ETL_USER`.
    pub name: String,
    /// Who looks after it; may be empty.
    pub owner: String,
    /// Anything else; may be empty.
    pub note: String,
    /// The answers to the questions of its kind, by name.
    pub fields: BTreeMap<String, String>,
    /// Whether it keeps what was made with the old key and has to read it still: then it is on the back path.
    pub round_trip: bool,
    /// How many instances of it must be updated; at least 1.
    pub instances: u32,
    /// How it is told.
    pub tell: Tell,
    /// Whether a message, a command and a webhook carry the public key itself.
    pub values: Values,
}

/// The kinds that have a template.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConsumerKind {
    /// Users of a key by its alias.
    AwsAlias,
    /// Anything else: a person says that it is done.
    ByHand,
    /// An app registration with key credentials.
    EntraApp,
    /// A deploy key or a signing key.
    GithubKey,
    /// An add-on that encrypts with the key.
    HerokuAddon,
    /// An address at which a set of public keys is published.
    JwksEndpoint,
    /// A secret in a cluster.
    KubernetesSecret,
    /// A user with two slots for public keys.
    SnowflakeUser,
    /// A server that presents a certificate.
    TlsEndpoint,
}

/// How a consumer is told.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Tell {
    /// A person does it and ticks it off.
    Checklist,
    /// A program on this computer, with the values on its standard input.
    Command {
        /// The absolute path; it must be on the list of allowed ones.
        program: String,
        /// Its arguments. No value of the rotation is put in here.
        arguments: Vec<String>,
    },
    /// A text that a person sends.
    Message,
    /// A signed request to an address.
    Webhook {
        /// `https` only.
        url: String,
        /// A private authority to trust for it, as PEM; may be empty.
        authority: String,
    },
}

/// What of the values is told.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Values {
    /// Fingerprints and versions.
    #[default]
    Censored,
    /// The public key too. Nothing secret in any case.
    Real,
}

impl ConsumerKind {
    /// Every kind, the ones with most to take care of first.
    pub const ALL: [Self; 9] = [
        Self::SnowflakeUser,
        Self::JwksEndpoint,
        Self::GithubKey,
        Self::EntraApp,
        Self::TlsEndpoint,
        Self::AwsAlias,
        Self::KubernetesSecret,
        Self::HerokuAddon,
        Self::ByHand,
    ];

    /// The word for it on the wire, in tags and in the shell.
    pub fn word(self) -> &'static str {
        match self {
            Self::AwsAlias => "aws-alias",
            Self::ByHand => "by-hand",
            Self::EntraApp => "entra-app",
            Self::GithubKey => "github-key",
            Self::HerokuAddon => "heroku-addon",
            Self::JwksEndpoint => "jwks-endpoint",
            Self::KubernetesSecret => "kubernetes-secret",
            Self::SnowflakeUser => "snowflake-user",
            Self::TlsEndpoint => "tls-endpoint",
        }
    }

    /// The kind of that word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

impl Consumer {
    /// One that is ticked off by hand, and of which no more is known. The number is for the caller to give.
    pub fn new(kind: ConsumerKind, name: impl Into<String>) -> Self {
        Self {
            id: ConsumerId(String::new()),
            kind,
            name: name.into(),
            owner: String::new(),
            note: String::new(),
            fields: BTreeMap::new(),
            round_trip: false,
            instances: 1,
            tell: Tell::Checklist,
            values: Values::Censored,
        }
    }

    /// The answer to the question `name` of its kind, unless it is empty.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(|answer| answer.trim()).filter(|answer| !answer.is_empty())
    }

    /// Whether what it says can be kept: it has a name, every required answer, and nothing that is not asked.
    ///
    /// # Errors
    /// `Invalid`, naming what is missing or wrong.
    pub fn fits(&self) -> Result<()> {
        let misfit = |message: String| {
            Err(Error::new(Kind::Invalid, "keep the consumer", message)
                .with_refused_by("this app")
                .with_next("Correct it, then save again. Nothing was kept."))
        };
        if self.name.trim().is_empty() {
            return misfit("it has no name".to_owned());
        }
        if self.instances == 0 {
            return misfit("it has no instance; there is at least one".to_owned());
        }
        let texts = [&self.name, &self.owner, &self.note].into_iter().chain(self.fields.values());
        if texts.into_iter().any(|text| text.chars().count() > LONGEST) {
            return misfit(format!("a text of it is longer than {LONGEST} characters"));
        }
        let asked = self.kind.fields();
        if let Some(missing) = asked.iter().find(|field| field.required && self.field(field.name).is_none()) {
            return misfit(format!("\"{}\" must be answered", missing.label));
        }
        if let Some(unasked) = self.fields.keys().find(|name| asked.iter().all(|field| field.name != name.as_str())) {
            return misfit(format!("nothing called \"{unasked}\" is asked of this kind"));
        }
        for field in asked {
            if let Some(answer) = self.field(field.name) {
                field.fits(answer).or_else(misfit)?;
            }
        }
        match &self.tell {
            Tell::Checklist | Tell::Message => Ok(()),
            Tell::Command { program, .. } if program.starts_with('/') => Ok(()),
            Tell::Command { .. } => misfit("the program is named by its whole path, from / on".to_owned()),
            Tell::Webhook { url, .. } if url.starts_with("https://") => Ok(()),
            Tell::Webhook { .. } => misfit("a webhook has an https address".to_owned()),
        }
    }

    /// The consumer that a tag names, `rotation:consumer` or `rotation:consumer-2` with the value `kind:name`; a value
    /// without a known kind is one by hand. The number is for the caller to give.
    pub fn of_tag(key: &str, value: &str) -> Option<Self> {
        const TAG: &str = "rotation:consumer";
        let suffix = key.trim().to_ascii_lowercase().strip_prefix(TAG)?.to_owned();
        if !(suffix.is_empty() || suffix.starts_with('-') || suffix.starts_with(':')) {
            return None;
        }
        let (kind, name) = match value.split_once(':') {
            Some((word, name)) => match ConsumerKind::of_word(word.trim()) {
                Some(kind) => (kind, name),
                None => (ConsumerKind::ByHand, value),
            },
            None => (ConsumerKind::ByHand, value),
        };
        let name = name.trim();
        (!name.is_empty()).then(|| Self {
            fields: kind.named_by().map(|field| (field.to_owned(), name.to_owned())).into_iter().collect(),
            ..Self::new(kind, name)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::consumer;

    #[test]
    fn only_what_is_asked_and_has_its_form_is_kept() {
        let user = || consumer(ConsumerKind::SnowflakeUser, &[("user", "ETL_USER"), ("account", "xy12345")]);
        let set = |fields: &[(&str, &str)]| consumer(ConsumerKind::JwksEndpoint, fields);
        let url = ("url", "https://a.example/jwks\n\n https://b.example/jwks");
        let good = [user(), set(&[url]), set(&[url, ("cache_minutes", "0"), ("token_minutes", "525600")])];
        for one in good {
            one.fits().unwrap();
        }
        let told = |tell: Tell| Consumer { tell, ..user() };
        let command = |program: &str| told(Tell::Command { program: program.to_owned(), arguments: Vec::new() });
        let webhook = |url: &str| told(Tell::Webhook { url: url.to_owned(), authority: String::new() });
        command("/usr/local/bin/tell").fits().unwrap();
        webhook("https://hooks.example/1").fits().unwrap();
        let long = "x".repeat(LONGEST + 1);
        let bad = [
            (Consumer { name: " \t".to_owned(), ..user() }, "no name"),
            (Consumer { instances: 0, ..user() }, "no instance"),
            (Consumer { note: long.clone(), ..user() }, "longer than 2000"),
            (consumer(ConsumerKind::SnowflakeUser, &[("user", &long), ("account", "a")]), "longer than 2000"),
            (consumer(ConsumerKind::SnowflakeUser, &[("user", "ETL_USER")]), "\"Account\" must be answered"),
            (consumer(ConsumerKind::SnowflakeUser, &[("user", "  "), ("account", "a")]), "\"User\" must be answered"),
            (consumer(ConsumerKind::ByHand, &[("user", "ETL_USER")]), "nothing called \"user\""),
            (set(&[("url", "http://a.example/jwks")]), "no https address"),
            (set(&[("url", "https://a.example\nhttps://")]), "no https address"),
            (set(&[("url", "https://a.example/a b")]), "no https address"),
            (set(&[url, ("cache_minutes", "-1")]), "whole number up to 44640"),
            (set(&[url, ("cache_minutes", "44641")]), "whole number up to 44640"),
            (set(&[url, ("token_minutes", "soon")]), "whole number up to 525600"),
            (command("tell"), "whole path"),
            (command("./tell"), "whole path"),
            (webhook("http://hooks.example"), "https address"),
        ];
        for (one, because) in bad {
            let error = one.fits().unwrap_err();
            assert_eq!(error.kind(), Kind::Invalid);
            assert!(error.message().contains(because), "{error} for {because}");
            assert!(error.next().contains("Nothing was kept"));
        }
    }

    #[test]
    fn every_kind_is_found_by_its_word_and_names_what_a_tag_answers() {
        for kind in ConsumerKind::ALL {
            assert_eq!(ConsumerKind::of_word(kind.word()), Some(kind));
            let of = Consumer::of_tag("rotation:consumer", &format!("{}: it ", kind.word())).unwrap();
            assert_eq!((of.kind, of.name.as_str()), (kind, "it"));
            let answered = kind.named_by().map(|field| of.field(field));
            assert_eq!(answered, kind.named_by().map(|_| Some("it")));
        }
        assert_eq!(ConsumerKind::of_word("SNOWFLAKE-USER"), None);
    }

    #[test]
    fn a_tag_names_a_consumer_and_other_tags_do_not() {
        for (key, value, kind, name) in [
            ("rotation:consumer", "snowflake-user:ETL_USER", ConsumerKind::SnowflakeUser, "ETL_USER"),
            (" Rotation:Consumer-2 ", "etl batch", ConsumerKind::ByHand, "etl batch"),
            (
                "rotation:consumer:b",
                "tls-endpoint:api.example.com:443",
                ConsumerKind::TlsEndpoint,
                "api.example.com:443",
            ),
            ("rotation:consumer", "arn:aws:lambda:f", ConsumerKind::ByHand, "arn:aws:lambda:f"),
        ] {
            let of = Consumer::of_tag(key, value).unwrap();
            assert_eq!((of.kind, of.name.as_str()), (kind, name), "{key} = {value}");
            assert!(of.id.0.is_empty() && of.instances == 1 && !of.round_trip);
        }
        for (key, value) in [
            ("rotation:consumers", "x"),
            ("rotation", "x"),
            ("team", "x"),
            ("rotation:consumer", ""),
            ("rotation:consumer", "snowflake-user: "),
        ] {
            assert_eq!(Consumer::of_tag(key, value), None, "{key} = {value}");
        }
    }
}
