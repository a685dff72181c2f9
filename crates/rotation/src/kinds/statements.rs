//! What is run or sent so that a consumer gets the new key, loses the old one, or goes back to it.

use domain::{Error, Kind, Result, Timestamp};
use encoding::{PublicKey, export, proof::Proven, snowflake::Slot};

use crate::{Consumer, ConsumerKind};

/// What a template is filled with. Nothing secret.
#[derive(Clone, Copy, Debug)]
pub struct Material<'a> {
    /// What a person calls the item.
    pub item: &'a str,
    /// What the place calls what holds the new key: an ARN, an address, a reference.
    pub new_reference: &'a str,
    /// The version that is replaced.
    pub old_version: Option<&'a str>,
    /// The version that was made.
    pub new_version: Option<&'a str>,
    /// The public key that is replaced.
    pub old: Option<&'a PublicKey>,
    /// The public key that was made.
    pub new: Option<&'a PublicKey>,
    /// The slot that the new key goes into, and the one that keeps the working key.
    pub slots: Option<(Slot, Option<Slot>)>,
    /// The name that users know.
    pub alias: Option<&'a str>,
    /// By when it is to be done.
    pub due: Option<Timestamp>,
}

/// A text to copy.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Instruction {
    /// What it is, such as "Statement for slot RSA_PUBLIC_KEY_2".
    pub label: String,
    /// The text itself.
    pub text: String,
    /// How it was proven, where it holds a key.
    pub proof: Option<String>,
}

const WRITE: &str = "write the instruction";

impl Instruction {
    fn lines(label: impl Into<String>, text: impl Into<String>) -> Self {
        Self { label: label.into(), text: text.into(), proof: None }
    }

    fn proven(label: impl Into<String>, proven: &Proven) -> Self {
        let text = proven.text().unwrap_or_default().to_owned();
        Self { label: label.into(), text, proof: Some(proven.proof().to_owned()) }
    }
}

/// How the consumer gets the new key.
///
/// # Errors
/// `Conflict` while something of it is not known yet (the slot, the public key); as `encoding::export` where the kind of
/// key has no such form.
pub(crate) fn update(consumer: &Consumer, of: &Material<'_>) -> Result<Vec<Instruction>> {
    let field = |name| consumer.field(name).unwrap_or_default();
    Ok(match consumer.kind {
        ConsumerKind::SnowflakeUser => snowflake_user(consumer, of)?,
        ConsumerKind::JwksEndpoint => {
            let keys: Vec<PublicKey> = of.old.into_iter().chain(of.new).cloned().collect();
            new_key(of)?;
            vec![Instruction::proven("Publish both keys, the old one first", &export::jwks(&keys)?)]
        }
        ConsumerKind::GithubKey => github_key(consumer, of)?,
        ConsumerKind::EntraApp => vec![Instruction::lines(
            "Add the new certificate beside the old one; its certificate (CER) is in the export studio",
            format!("az ad app credential reset --id {} --append --cert @new-certificate.pem", shell(field("app"))),
        )],
        ConsumerKind::TlsEndpoint => vec![Instruction::lines(
            "Install the new certificate with its chain, then load it",
            format!(
                "openssl s_client -connect {0} -servername {1} </dev/null | openssl x509 -noout -fingerprint -sha256 -dates",
                shell(field("address")),
                shell(field("address").split(':').next().unwrap_or_default())
            ),
        )],
        ConsumerKind::AwsAlias => vec![Instruction::lines(
            "Whoever names the alias needs nothing; whoever names the key id or its ARN is moved to the alias",
            field("alias"),
        )],
        ConsumerKind::KubernetesSecret => kubernetes_secret(consumer, of)?,
        ConsumerKind::HerokuAddon => vec![Instruction::lines(
            "An add-on keeps the key that it was made with: make another one and move the data to it",
            format!(
                "heroku addons:create {} --app {} --encryption-key {}",
                shell(field("plan")),
                shell(field("app")),
                shell(of.new_reference)
            ),
        )],
        ConsumerKind::ByHand => {
            vec![Instruction::lines("What its owner does", consumer.field("how").unwrap_or("Use the new material."))]
        }
    })
}

fn snowflake_user(consumer: &Consumer, of: &Material<'_>) -> Result<Vec<Instruction>> {
    let field = |name| consumer.field(name).unwrap_or_default();
    let (slot, keeps) = of.slots.ok_or_else(|| not_yet("which slot is free is not known"))?;
    let statement = export::snowflake(new_key(of)?, field("user"), slot)?;
    let kept = keeps.map_or("Neither slot holds the working key.".to_owned(), |slot| {
        format!("{} keeps the working key and is not touched.", slot.property())
    });
    Ok(vec![
        Instruction::proven(format!("Statement for {}. {kept}", slot.property()), &statement),
        Instruction::lines("Then show the user, and paste the result", describe(field("user"))),
    ])
}

fn github_key(consumer: &Consumer, of: &Material<'_>) -> Result<Vec<Instruction>> {
    let field = |name| consumer.field(name).unwrap_or_default();
    let title = consumer.field("title").unwrap_or(of.item);
    let line = export::openssh(new_key(of)?, of.item)?;
    let (place, title) = (field("place"), shell(title));
    let add = if place.contains('/') {
        format!("gh repo deploy-key add - --repo {} --title {title}", shell(place))
    } else {
        format!("gh ssh-key add - --type signing --title {title}")
    };
    Ok(vec![
        Instruction::proven("The new key", &line),
        Instruction::lines("Add it beside the old one, the key on standard input", add),
    ])
}

fn kubernetes_secret(consumer: &Consumer, of: &Material<'_>) -> Result<Vec<Instruction>> {
    let field = |name| consumer.field(name).unwrap_or_default();
    let pem = export::spki_pem(new_key(of)?)?;
    let entry = consumer.field("entry").unwrap_or("public.pem");
    let (namespace, secret) = (shell(field("namespace")), shell(field("secret")));
    let mut lines = format!(
        "kubectl create secret generic {secret} --namespace {namespace} --from-file={}=/dev/stdin \
         --dry-run=client --output yaml | kubectl apply --namespace {namespace} --filename -",
        shell(entry)
    );
    if let Some(workload) = consumer.field("workload") {
        lines.push_str(&format!("\nkubectl rollout restart {} --namespace {namespace}", shell(workload)));
    }
    Ok(vec![
        Instruction::proven("The new public key", &pem),
        Instruction::lines("Write it into the secret, the key on standard input", lines),
    ])
}

/// How the old key is taken away from a consumer that holds both. Nothing for the others.
///
/// # Errors
/// As [`update`].
pub(crate) fn remove_old(consumer: &Consumer, of: &Material<'_>) -> Result<Vec<Instruction>> {
    let field = |name| consumer.field(name).unwrap_or_default();
    Ok(match consumer.kind {
        ConsumerKind::SnowflakeUser => match of.slots {
            Some((_, Some(old))) => vec![
                Instruction::proven(
                    format!("Statement that clears {}", old.property()),
                    &export::unset(field("user"), old)?,
                ),
                Instruction::lines("Then show the user, and paste the result", describe(field("user"))),
            ],
            Some((_, None)) | None => Vec::new(),
        },
        ConsumerKind::JwksEndpoint => {
            vec![Instruction::proven("Publish the new key alone", &export::jwks(std::slice::from_ref(new_key(of)?))?)]
        }
        ConsumerKind::GithubKey => {
            let place = field("place");
            let list = if place.contains('/') {
                format!("gh repo deploy-key list --repo {0}\ngh repo deploy-key delete KEY_ID --repo {0}", shell(place))
            } else {
                "gh ssh-key list\ngh ssh-key delete KEY_ID".to_owned()
            };
            vec![Instruction::lines("Remove the old key", list)]
        }
        ConsumerKind::EntraApp => vec![Instruction::lines(
            "Remove the old certificate",
            format!(
                "az ad app credential list --id {0} --cert\naz ad app credential delete --id {0} --cert --key-id KEY_ID",
                shell(field("app"))
            ),
        )],
        ConsumerKind::AwsAlias
        | ConsumerKind::ByHand
        | ConsumerKind::HerokuAddon
        | ConsumerKind::KubernetesSecret
        | ConsumerKind::TlsEndpoint => Vec::new(),
    })
}

/// How a consumer goes back to the old key.
///
/// # Errors
/// As [`update`].
pub(crate) fn back(consumer: &Consumer, of: &Material<'_>) -> Result<Vec<Instruction>> {
    let field = |name| consumer.field(name).unwrap_or_default();
    Ok(match consumer.kind {
        ConsumerKind::SnowflakeUser => snowflake_back(field("user"), of)?,
        ConsumerKind::JwksEndpoint => match of.old {
            Some(old) => {
                let both: Vec<PublicKey> = [old].into_iter().chain(of.new).cloned().collect();
                let alone = export::jwks(std::slice::from_ref(old))?;
                vec![
                    Instruction::proven(
                        "Publish both keys until the users are back at the old one",
                        &export::jwks(&both)?,
                    ),
                    Instruction::proven("Then publish the old key alone", &alone),
                ]
            }
            None => Vec::new(),
        },
        ConsumerKind::AwsAlias => {
            vec![Instruction::lines("Whoever names the alias needs nothing once it points back", field("alias"))]
        }
        ConsumerKind::ByHand
        | ConsumerKind::EntraApp
        | ConsumerKind::GithubKey
        | ConsumerKind::HerokuAddon
        | ConsumerKind::KubernetesSecret
        | ConsumerKind::TlsEndpoint => vec![Instruction::lines(
            "Use the old material again",
            of.old_version.map_or_else(|| of.item.to_owned(), |version| format!("{}, version {version}", of.item)),
        )],
    })
}

/// The old key first: it may have been taken away, and a slot that is cleared too early may be the only one that works.
fn snowflake_back(user: &str, of: &Material<'_>) -> Result<Vec<Instruction>> {
    let Some((new, keeps)) = of.slots else { return Ok(Vec::new()) };
    let mut texts = Vec::new();
    if let (Some(keeps), Some(old)) = (keeps, of.old) {
        let label = format!("Statement that sees to it that {} has the old key", keeps.property());
        texts.push(Instruction::proven(label, &export::snowflake(old, user, keeps)?));
    }
    texts.push(Instruction::lines("Show the user: the old key must be there", describe(user)));
    let label = format!("Once its clients sign with the old key: statement that clears {}", new.property());
    texts.push(Instruction::proven(label, &export::unset(user, new)?));
    Ok(texts)
}

fn describe(user: &str) -> String {
    encoding::snowflake::describe_user(user)
}

fn new_key<'a>(of: &Material<'a>) -> Result<&'a PublicKey> {
    of.new.ok_or_else(|| not_yet("the public half of the new key is not known"))
}

fn not_yet(because: &str) -> Error {
    Error::new(Kind::Conflict, WRITE, because).with_refused_by("this app").with_next("Finish the step before it first.")
}

/// A word that a shell takes as it is.
fn shell(word: &str) -> String {
    let plain = !word.is_empty()
        && word
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':' | '@' | '+' | '='));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests;
