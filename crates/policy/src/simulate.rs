//! What a policy would answer to one request, on this computer: nobody is asked.

use std::collections::BTreeMap;

use crate::{
    Caller, Known, NamedPolicy, PolicyLanguage, Sentence, Surroundings, Trouble,
    aws::{self, Context, IamPolicy, Identity, Request, Source, Verdict},
    azure::release,
    vault::{self, Capability},
};

/// A request.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Asked {
    /// Who asks, by the place's full name; where a policy names nobody (Vault, releases), it does not matter.
    pub caller: String,
    /// What for: `kms:Decrypt`; `update transit/sign/payments`.
    pub action: String,
    /// What else is known of it: condition keys or claims, with their values.
    pub context: BTreeMap<String, Vec<String>>,
}

/// The answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Simulated {
    /// Yes or no.
    pub verdict: Simulation,
    /// Why, as a sentence.
    pub says: String,
    /// The statements that answer, each at its place; what is not of this text stands at its beginning.
    pub by: Vec<Sentence>,
}

/// Yes or no.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Simulation {
    /// Yes.
    Allowed,
    /// A statement forbids it.
    Denied,
    /// Nothing allows it.
    NotAllowed,
    /// Another text decides, which is not at hand.
    Depends,
    /// Something of the request decides that was not said.
    Unknown,
}

impl Simulation {
    /// The word for it on the wire and in the shell.
    pub fn word(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::NotAllowed => "not-allowed",
            Self::Depends => "depends",
            Self::Unknown => "unknown",
        }
    }
}

/// Answers a request by a text.
///
/// # Errors
/// [`Trouble::Answer`] for a caller or an action that is none, [`Trouble::NotThere`] where the language answers no
/// requests.
pub fn simulate(
    language: PolicyLanguage,
    text: &str,
    asked: &Asked,
    around: &Surroundings,
) -> Result<Simulated, Trouble> {
    match language {
        PolicyLanguage::AwsKey => of_key(text, asked, around),
        PolicyLanguage::AzureRelease => of_release(text, asked),
        PolicyLanguage::VaultAcl => of_acl(text, asked),
        PolicyLanguage::AzureAccess | PolicyLanguage::AzureRoles => Err(Trouble::NotThere {
            says: "This language says who may, not on what request: look at who can.".to_owned(),
        }),
    }
}

fn no_answer(question: &str, says: String) -> Trouble {
    Trouble::Answer { question: question.to_owned(), says }
}

fn of_key(text: &str, asked: &Asked, around: &Surroundings) -> Result<Simulated, Trouble> {
    let who = asked.caller.trim();
    let caller = Identity::of_caller(who).ok_or_else(|| {
        no_answer(
            "caller",
            format!("\"{who}\" is no caller: give an ARN of a user, a role or a session, or a service."),
        )
    })?;
    let known = around.caller.as_ref().filter(|caller| caller.id == who);
    let iam = match known {
        Some(Caller { policies, .. }) => IamPolicy::read(policies),
        None => Known::Unread(format!("the IAM policies of {who} were not read")),
    };
    let context = asked
        .context
        .iter()
        .fold(Context::default(), |context, (key, values)| context.with_all(key.clone(), values.clone()));
    let action = match asked.action.contains(':') {
        true => asked.action.clone(),
        false => format!("kms:{}", asked.action),
    };
    let resource = around.item.clone().unwrap_or_else(|| "arn:aws:kms:us-east-1:000000000000:key/unknown".to_owned());
    let request = Request { caller, action, resource, context, iam, permits: around.permits.clone() };
    let decision = aws::decide(&aws::parse(text, true), &request);
    let (verdict, says) = match &decision.verdict {
        Verdict::Allowed => (Simulation::Allowed, "It is allowed.".to_owned()),
        Verdict::Denied => (Simulation::Denied, "A statement denies it, whatever another allows.".to_owned()),
        Verdict::NotAllowed => (Simulation::NotAllowed, "Nothing allows it.".to_owned()),
        Verdict::DependsOnIam => {
            let says = "The key policy leaves it to IAM policies, which were not read.";
            (Simulation::Depends, says.to_owned())
        }
        Verdict::Unknown { on } => (Simulation::Unknown, format!("It depends on {}.", crate::listed(on))),
    };
    let says = match (&decision.verdict, &decision.unread) {
        (Verdict::Allowed, Some(unread)) => format!("{says} An IAM policy could still deny it: {unread}."),
        _ => says,
    };
    let by = decision.by.iter().map(|answer| {
        let of = match &answer.of {
            Source::Grant => "The grant".to_owned(),
            Source::IamPolicy(name) => format!("IAM policy {name}:"),
            Source::KeyPolicy => "Key policy:".to_owned(),
        };
        let in_text = answer.span.filter(|_| answer.of == Source::KeyPolicy);
        Sentence::new(format!("{of} {}", answer.label), in_text.unwrap_or_default())
    });
    Ok(Simulated { verdict, says, by: by.collect() })
}

fn of_release(text: &str, asked: &Asked) -> Result<Simulated, Trouble> {
    let claims: serde_json::Map<String, serde_json::Value> = asked
        .context
        .iter()
        .filter_map(|(name, values)| {
            let value = values.first()?;
            // true, false and numbers are claims of their own kinds.
            let value =
                serde_json::from_str(value).ok().filter(|it: &serde_json::Value| !it.is_object() && !it.is_array());
            Some((name.clone(), value.unwrap_or_else(|| values[0].clone().into())))
        })
        .collect();
    let claims = serde_json::Value::Object(claims).to_string();
    let outcome = release::decide(text, &claims).map_err(|says| Trouble::Unreadable { says })?;
    let (verdict, says) = match outcome.released {
        true => (Simulation::Allowed, "The key is released to an environment with these claims."),
        false => (Simulation::NotAllowed, "The key is not released to an environment with these claims."),
    };
    Ok(Simulated { verdict, says: says.to_owned(), by: outcome.says })
}

fn of_acl(text: &str, asked: &Asked) -> Result<Simulated, Trouble> {
    let unfit =
        || no_answer("action", "Give a capability and a path, such as: update transit/sign/payments.".to_owned());
    let (word, path) = asked.action.trim().split_once(' ').ok_or_else(unfit)?;
    let capability = Capability::of(word).ok_or_else(unfit)?;
    let document = vault::parse(text);
    if let Some(error) = document.malformed.iter().find(|finding| finding.severity == crate::Severity::Error) {
        return Err(Trouble::Unreadable { says: error.message.clone() });
    }
    let policy = NamedPolicy { name: "this policy".to_owned(), text: text.to_owned(), limits: false };
    let found = vault::capabilities(&[policy], path.trim());
    let fitting = document.rules.iter().filter(|rule| {
        let alone = vault::Document { rules: vec![(*rule).clone()], ..document.clone() };
        !vault::Acl::of([&alone]).capabilities(path.trim()).is_denied()
    });
    let by: Vec<Sentence> =
        fitting.map(|rule| Sentence::new(format!("path \"{}\"", rule.path.value), rule.span)).collect();
    let words = crate::listed(&found.words());
    let (verdict, says) = if found.has(capability) {
        (Simulation::Allowed, format!("It is allowed. On this path, the policy gives: {words}."))
    } else if found.has(Capability::Deny) && !by.is_empty() {
        (Simulation::Denied, "A rule denies the path, whatever another allows.".to_owned())
    } else if found.is_empty() || found.is_denied() {
        (Simulation::NotAllowed, "The policy gives nothing on this path.".to_owned())
    } else {
        (Simulation::NotAllowed, format!("On this path, the policy gives only: {words}."))
    };
    Ok(Simulated { verdict, says, by })
}

/// The findings by which a place would not take a text at all.
pub fn malformed(language: PolicyLanguage, text: &str) -> Vec<crate::Finding> {
    let findings = match language {
        PolicyLanguage::AwsKey => aws::parse(text, true).malformed,
        PolicyLanguage::AzureAccess => crate::azure::access::parse(text).malformed,
        PolicyLanguage::AzureRelease => release::parse(text).malformed,
        PolicyLanguage::AzureRoles => crate::azure::roles::parse(text).malformed,
        PolicyLanguage::VaultAcl => vault::parse(text).malformed,
    };
    findings.into_iter().filter(|finding| finding.severity == crate::Severity::Error).collect()
}
