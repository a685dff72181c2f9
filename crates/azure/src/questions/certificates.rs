//! Questions about certificates, issuers and contacts.

use domain::{Ask, Question, QuestionKind, Result, VaultId};
use serde_json::Value;

use crate::{
    Tenant,
    object::Named,
    perform::certificates::{CREDENTIAL, FILE, PASSWORD},
    plan::not_offered,
    standing::Standing,
    wire::Policy,
};

/// The answer to "renewal" by which a certificate ends without a word.
pub(crate) const NOTHING: &str = "nothing";
/// The answer to "trigger" that counts from the beginning, and the question of how much.
pub(crate) const PERCENTAGE: &str = "percentage";

/// Before something is made or set in a vault.
pub(super) async fn of_vault(tenant: &Tenant, ask: Ask, vault: &VaultId) -> Result<Vec<Question>> {
    crate::plan::allow(tenant, ask, vault)?;
    match ask {
        Ask::CreateCertificate => {
            let issuers = tenant.client.issuers(vault).await.unwrap_or_default();
            let name = Question::new("name", "Name", QuestionKind::Text)
                .help("1 to 127 letters, digits and dashes. It cannot be changed.")
                .required();
            Ok([name].into_iter().chain(rules(&Policy::default(), &issuers)).chain([tags()]).collect())
        }
        Ask::ImportCertificate => Ok(vec![
            Question::new("name", "Name", QuestionKind::Text)
                .help("1 to 127 letters, digits and dashes. A certificate of this name gets a new version.")
                .required(),
            Question::new(FILE, "File", QuestionKind::File).help("PFX, or PEM with the private key.").required(),
            Question::new(PASSWORD, "Password of the file", QuestionKind::Secret).help("Empty if it has none."),
            exportable("true"),
            tags(),
        ]),
        Ask::SetContacts => {
            let contacts = tenant.client.contacts(vault).await?;
            let one = |contact: &Value| {
                let text = |name: &str| contact[name].as_str().unwrap_or_default().to_owned();
                [text("email"), text("name"), text("phone")].join(", ").trim_end_matches([',', ' ']).to_owned()
            };
            let now: Vec<String> = contacts["contacts"].as_array().into_iter().flatten().map(one).collect();
            Ok(vec![
                Question::new("contacts", "Contacts", QuestionKind::Lines)
                    .help("One on each line: e-mail address, name, phone. All of them; who is not here is removed.")
                    .preset(now.join("\n")),
            ])
        }
        Ask::SetIssuer => Ok(issuer()),
        Ask::DeleteIssuer => {
            let issuers = tenant.client.issuers(vault).await?;
            if issuers.is_empty() {
                return Err(not_offered("No issuer is set up in this vault."));
            }
            let choices = issuers.into_iter().map(|name| (name.clone(), name)).collect();
            Ok(vec![Question::new("issuer", "Issuer", QuestionKind::Choice(choices)).required()])
        }
        _ => Err(not_offered("That is no change of certificates.")),
    }
}

/// Before something is done to a certificate.
pub(super) async fn of_item(tenant: &Tenant, ask: Ask, certificate: &Named) -> Result<Vec<Question>> {
    match ask {
        Ask::ChangeCertificatePolicy => {
            Standing::read(tenant, certificate).await?.allow(ask)?;
            let now = tenant.client.certificate_policy(&certificate.vault, &certificate.name).await?;
            let issuers = tenant.client.issuers(&certificate.vault).await.unwrap_or_default();
            Ok(rules(&now, &issuers))
        }
        Ask::MergeCertificate => Ok(vec![
            Question::new(FILE, "Signed answer", QuestionKind::File)
                .help("PEM, DER or PKCS#7: the certificate that was issued, with its chain if it is there.")
                .required(),
        ]),
        // Nothing has to be known beside the certificate itself.
        _ => Ok(Vec::new()),
    }
}

/// The form of a policy, with what is there now.
#[expect(clippy::too_many_lines, reason = "a form, question by question")]
fn rules(now: &Policy, issuers: &[String]) -> Vec<Question> {
    let choice = |pairs: &[(&str, &str)]| -> QuestionKind {
        QuestionKind::Choice(pairs.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned())).collect())
    };
    let mut known: Vec<(String, String)> = vec![
        ("Self".to_owned(), "Itself (self-signed)".to_owned()),
        ("Unknown".to_owned(), "An authority outside of Azure, by a signing request".to_owned()),
    ];
    let own = now.issuer.name.iter().filter(|name| !matches!(name.as_str(), "Self" | "Unknown"));
    let mut named: Vec<&String> = issuers.iter().chain(own).collect();
    named.sort();
    named.dedup();
    known.extend(named.into_iter().map(|name| (name.clone(), format!("{name} (set up in this vault)"))));
    let (key, x509) = (&now.key_props, &now.x509_props);
    let subject = x509.subject.clone().unwrap_or_default();
    let size = key.key_size.map(|bits| bits.to_string()).unwrap_or_else(|| "2048".to_owned());
    let action = now.lifetime_actions.first();
    let (days, percentage) =
        action.map_or((None, None), |action| (action.trigger.days_before_expiry, action.trigger.lifetime_percentage));
    let kind = action.and_then(|action| action.action.action_type.clone());
    // A policy without rules has been left so, or was imported; a new one shall be renewed.
    let kind = kind.unwrap_or_else(|| (if now.issuer.name.is_some() { NOTHING } else { "AutoRenew" }).to_owned());
    let list = |name, label: &str, now: &[String]| {
        Question::new(name, label.to_owned(), QuestionKind::List).preset(now.join(", "))
    };
    vec![
        Question::new("issuer", "Issued by", QuestionKind::Choice(known))
            .required()
            .preset(now.issuer.name.clone().unwrap_or_else(|| "Self".to_owned())),
        Question::new("subject", "Subject", QuestionKind::Text)
            .help("Such as CN=www.contoso.com, O=Contoso.")
            .required()
            .preset(subject),
        list("dns_names", "DNS names", &x509.sans.dns_names),
        list("emails", "E-mail addresses", &x509.sans.emails),
        list("upns", "User principal names", &x509.sans.upns),
        Question::new(
            "key",
            "Key",
            choice(&[("RSA", "RSA"), ("RSA-HSM", "RSA in an HSM"), ("EC", "EC"), ("EC-HSM", "EC in an HSM")]),
        )
        .required()
        .preset(key.kty.clone().unwrap_or_else(|| "RSA".to_owned())),
        Question::new("size", "Size in bits", choice(&[("2048", "2048"), ("3072", "3072"), ("4096", "4096")]))
            .required()
            .preset(size)
            .shown_when("key", ["RSA", "RSA-HSM"]),
        Question::new(
            "curve",
            "Curve",
            choice(&[("P-256", "P-256"), ("P-384", "P-384"), ("P-521", "P-521"), ("P-256K", "P-256K")]),
        )
        .required()
        .preset(key.crv.clone().unwrap_or_else(|| "P-256".to_owned()))
        .shown_when("key", ["EC", "EC-HSM"]),
        exportable(if key.exportable == Some(true) { "true" } else { "false" }).shown_when("key", ["RSA", "EC"]),
        Question::new("reuse_key", "Keep the key when it is renewed", QuestionKind::Flag)
            .preset((key.reuse_key == Some(true)).to_string()),
        Question::new(
            "content_type",
            "Kept as",
            choice(&[("application/x-pkcs12", "PFX"), ("application/x-pem-file", "PEM")]),
        )
        .required()
        .preset(now.secret_props.content_type.clone().unwrap_or_else(|| "application/x-pkcs12".to_owned())),
        Question::new("months", "Months it is good for", QuestionKind::Number { least: 1, most: 120 })
            .required()
            .preset(x509.validity_months.unwrap_or(12).to_string()),
        Question::new(
            "renewal",
            "Before its end",
            choice(&[("AutoRenew", "Renew it"), ("EmailContacts", "Write to its contacts"), (NOTHING, "Do nothing")]),
        )
        .required()
        .preset(kind),
        Question::new(
            "trigger",
            "When",
            choice(&[("days", "Days before its end"), (PERCENTAGE, "A share of its lifetime")]),
        )
        .required()
        .preset(if percentage.is_some() { PERCENTAGE } else { "days" })
        .shown_when("renewal", ["AutoRenew", "EmailContacts"]),
        Question::new("days", "So many days before", QuestionKind::Number { least: 1, most: 3_000 })
            .required()
            .preset(days.unwrap_or(30).to_string())
            .shown_when("trigger", ["days"]),
        Question::new(PERCENTAGE, "After so many percent", QuestionKind::Number { least: 1, most: 99 })
            .required()
            .preset(percentage.unwrap_or(80).to_string())
            .shown_when("trigger", [PERCENTAGE]),
    ]
}

fn issuer() -> Vec<Question> {
    let providers = ["DigiCert", "GlobalSign", "OneCertV2-PublicCA", "OneCertV2-PrivateCA"];
    let providers = providers.map(|name| (name.to_owned(), name.to_owned())).to_vec();
    let text = |name, label: &str| Question::new(name, label.to_owned(), QuestionKind::Text);
    vec![
        text("name", "Name").help("What policies call it.").required(),
        Question::new("provider", "Authority", QuestionKind::Choice(providers)).required(),
        text("account_id", "Account there"),
        Question::new(CREDENTIAL, "Password of the account", QuestionKind::Secret)
            .help("Key Vault never tells it again; empty keeps none."),
        text("organization_id", "Organization there"),
        text("admin_email", "E-mail address of its administrator"),
    ]
}

fn exportable(preset: &str) -> Question {
    Question::new("exportable", "The private key may leave", QuestionKind::Flag)
        .help("Then whoever may read the secret of this name holds the private key.")
        .preset(preset)
}

fn tags() -> Question {
    Question::new("tags", "Tags", QuestionKind::Pairs)
        .help("At most 14 of 256 characters each; one more is the order's own mark.")
        .preset("[]")
}
