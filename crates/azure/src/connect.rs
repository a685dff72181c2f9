//! Getting in: the questions, the sign-ins found on this computer, and a tenant seen with one credential.

mod discover;
mod reach;

use std::sync::Arc;

use domain::{Answers, Choice, Environment, Field, FieldKind, Form, Provider, Result, SecretAnswers, VaultId};

use crate::{Tenant, access::Resources, client::Client, cloud::Cloud, locate, signin};
pub use discover::discover;

const AUTH: &str = "auth";

/// The ways to sign in.
const WAYS: &[Choice] = &[
    Choice { value: "cli", label: "Azure CLI" },
    Choice { value: "azd", label: "Azure Developer CLI" },
    Choice { value: "browser", label: "Browser" },
    Choice { value: "device-code", label: "Device code" },
    Choice { value: "client-secret", label: "Service principal with a client secret" },
    Choice { value: "client-certificate", label: "Service principal with a certificate file" },
    Choice { value: "vault-assertion", label: "Service principal whose key stays in a vault" },
    Choice { value: "managed-identity", label: "Managed identity" },
    Choice { value: "workload-identity", label: "Workload identity" },
];

/// How one signs in to reach the key that signs an assertion.
const SIGNERS: &[Choice] = &[
    Choice { value: "cli", label: "Azure CLI" },
    Choice { value: "azd", label: "Azure Developer CLI" },
    Choice { value: "managed-identity", label: "Managed identity" },
    Choice { value: "workload-identity", label: "Workload identity" },
    Choice { value: "client-secret", label: "Service principal with a client secret" },
];

/// The questions.
pub static FORM: Form = Form {
    provider: "azure",
    title: "Azure Key Vault",
    about: "Certificates, keys and secrets of the Key Vaults and Managed HSMs of one tenant.",
    prompts_when: Some((AUTH, &["browser", "device-code"])),
    fields: &[
        Field {
            name: "cloud",
            label: "Cloud",
            help: "",
            kind: FieldKind::Choice(&[
                Choice { value: "public", label: "Public" },
                Choice { value: "government", label: "US Government" },
                Choice { value: "china", label: "China" },
            ]),
            required: true,
            shown_when: None,
        },
        field("tenant", "Tenant", FieldKind::Text, "Its id or domain, such as contoso.onmicrosoft.com."),
        Field {
            name: AUTH,
            label: "Sign in with",
            help: "",
            kind: FieldKind::Choice(WAYS),
            required: true,
            shown_when: None,
        },
        shown(
            AUTH,
            &[
                "browser",
                "client-certificate",
                "client-secret",
                "device-code",
                "managed-identity",
                "vault-assertion",
                "workload-identity",
            ],
            field("client_id", "Client id", FieldKind::Text, "Of the app registration or the user-assigned identity."),
        ),
        shown(AUTH, &["client-secret"], required(field("client_secret", "Client secret", FieldKind::Secret, ""))),
        shown(
            AUTH,
            &["client-certificate"],
            required(field("certificate", "Certificate file", FieldKind::Path, "PEM with its private key, or PFX.")),
        ),
        shown(
            AUTH,
            &["client-certificate"],
            field("certificate_password", "Password of the file", FieldKind::Secret, "Empty if it has none."),
        ),
        shown(
            AUTH,
            &["vault-assertion"],
            required(field(
                "key",
                "Certificate that signs",
                FieldKind::Text,
                "Its address in a vault, such as https://contoso.vault.azure.net/certificates/app. The key stays there.",
            )),
        ),
        shown(
            AUTH,
            &["client-certificate", "vault-assertion"],
            field(
                "thumbprint_form",
                "Form of the thumbprint",
                FieldKind::Choice(&[
                    Choice { value: "x5t#S256", label: "x5t#S256, signed PS256" },
                    Choice { value: "x5t", label: "x5t, signed RS256 (older)" },
                ]),
                "",
            ),
        ),
        shown(
            AUTH,
            &["vault-assertion"],
            field("signer", "Reach that key with", FieldKind::Choice(SIGNERS), "Needs certificates/get and keys/sign."),
        ),
        shown(
            "signer",
            &["client-secret", "managed-identity"],
            field("signer_client_id", "Client id that reaches it", FieldKind::Text, ""),
        ),
        shown(
            "signer",
            &["client-secret"],
            required(field("signer_secret", "Client secret that reaches it", FieldKind::Secret, "")),
        ),
        field(
            "vaults",
            "Vaults",
            FieldKind::List,
            "Addresses, such as https://contoso.vault.azure.net. Empty for all that the subscriptions list.",
        ),
        field("subscriptions", "Subscriptions", FieldKind::List, "Ids. Empty for all that can be seen."),
        field("ca", "CA certificates", FieldKind::Path, "A PEM file, only for a proxy or a test server of one's own."),
        field(
            "resolve",
            "Fixed addresses",
            FieldKind::List,
            "HOST=ADDRESS:PORT, only for a private endpoint or a test server.",
        ),
    ],
};

/// Says which tenant and vaults can be asked from now on. Sends nothing yet.
pub async fn connect(
    answers: &Answers,
    secrets: &SecretAnswers,
    environment: &Environment,
) -> Result<Arc<dyn Provider>> {
    let cloud = Cloud::of(answers)?;
    let reach = reach::Reach::of(answers)?;
    let http = reach.client().await?;
    let door = signin::Door { answers, secrets, http: &http, cloud, environment };
    let (credential, assertion) = (signin::credential(&door)?, door.assertion_in_words());
    let vaults: Vec<VaultId> =
        list(answers, "vaults").map(|text| locate::vault_of(text, cloud, &reach.hosts())).collect::<Result<_>>()?;
    Ok(Arc::new(Tenant {
        client: Client::new(http, credential, cloud),
        named: (!vaults.is_empty()).then_some(vaults),
        subscriptions: list(answers, "subscriptions").map(str::to_owned).collect(),
        assertion,
        resources: Resources::default(),
    }))
}

/// The tenant and the vaults, for a person.
pub fn place(answers: &Answers) -> String {
    let answer = |name: &str| answers.get(name).map(|text| text.trim()).filter(|text| !text.is_empty());
    let mut parts: Vec<String> = answer("tenant").map(|tenant| format!("tenant {tenant}")).into_iter().collect();
    parts.extend(answer("cloud").filter(|cloud| *cloud != "public").map(|cloud| format!("cloud {cloud}")));
    let vaults: Vec<&str> =
        list(answers, "vaults").map(|text| text.trim_start_matches("https://").trim_end_matches('/')).collect();
    parts.push(if vaults.is_empty() { "all vaults".to_owned() } else { vaults.join(", ") });
    parts.join(", ")
}

fn list<'a>(answers: &'a Answers, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    let all = answers.get(name).map(String::as_str).unwrap_or_default();
    all.split(',').map(str::trim).filter(|part| !part.is_empty())
}

const fn field(name: &'static str, label: &'static str, kind: FieldKind, help: &'static str) -> Field {
    Field { name, label, help, kind, required: false, shown_when: None }
}

/// The same field, and it must be answered when it is shown.
const fn required(field: Field) -> Field {
    Field {
        name: field.name,
        label: field.label,
        help: field.help,
        kind: field.kind,
        required: true,
        shown_when: field.shown_when,
    }
}

/// The same field, shown while the field `name` has one of `values`.
const fn shown(name: &'static str, values: &'static [&'static str], field: Field) -> Field {
    Field {
        name: field.name,
        label: field.label,
        help: field.help,
        kind: field.kind,
        required: field.required,
        shown_when: Some((name, values)),
    }
}
