//! Getting in: the questions, the sign-ins that the `vault` and `bao` programs left on this computer, and the first
//! token.

use std::{path::PathBuf, sync::Arc};

use domain::{
    Answers, Choice, Environment, Error, Field, FieldKind, Form, Kind, Provider, Result, Secret, SecretAnswers, SignIn,
};

use crate::{
    Cluster,
    address::Address,
    client::Client,
    mounts::Mounts,
    session::{Credentials, Session},
    wire::{Tls, Wire},
};

/// The questions.
pub static FORM: Form = Form {
    provider: "vault",
    title: "Vault or OpenBao",
    about: "Transit keys, PKI certificates and KV version 2 secrets of one namespace.",
    prompts_when: None,
    fields: &[
        Field { required: true, ..text("address", "Address", "The server, like https://vault.example.com:8200.") },
        text("namespace", "Namespace", "Empty for the root namespace."),
        Field { kind: FieldKind::Choice(SIGN_INS), required: true, ..text("auth", "Sign in with", "") },
        Field { required: true, ..shown(&["token"], secret("token", "Token", "")) },
        Field {
            kind: FieldKind::Choice(FOUND_IN),
            ..shown(
                &["found"],
                text("token_from", "Found in", "The token is read again at each start; it is not kept."),
            )
        },
        Field { required: true, ..shown(&["userpass"], text("username", "User name", "")) },
        Field { required: true, ..shown(&["userpass"], secret("password", "Password", "")) },
        Field { required: true, ..shown(&["approle"], text("role_id", "Role ID", "")) },
        shown(&["approle"], secret("secret_id", "Secret ID", "Empty if the role is bound to none.")),
        text(
            "auth_path",
            "Path of the sign-in method",
            "Where userpass or AppRole is mounted, if not at its own name.",
        ),
        Field {
            kind: FieldKind::List,
            ..text("mounts", "Mounts", "Such as transit, team/kv. Empty for all one may see.")
        },
        path("ca_file", "CA file", "PEM certificates to trust beside this computer's own."),
        path("client_cert", "Client certificate", "A PEM file, if the server asks for one."),
        path("client_key", "Key of the client certificate", "A PEM file."),
    ],
};

const SIGN_INS: &[Choice] = &[
    Choice { value: "token", label: "A token" },
    Choice { value: "found", label: "The token on this computer" },
    Choice { value: "userpass", label: "User name and password" },
    Choice { value: "approle", label: "AppRole" },
];

const FOUND_IN: &[Choice] = &[
    Choice { value: "environment", label: "VAULT_TOKEN or BAO_TOKEN" },
    Choice { value: "file", label: "~/.vault-token or ~/.bao-token" },
];

/// The variables of the two programs begin with these, and their token files are called after them.
const PROGRAMS: [(&str, &str); 2] = [("VAULT", ".vault-token"), ("BAO", ".bao-token")];

/// Finds the servers that the `vault` and `bao` programs of this person talk to, where there is a token as well. Sees
/// that a token is there, and keeps nothing of it.
pub fn discover(environment: &Environment) -> Vec<SignIn> {
    let mut found: Vec<SignIn> = Vec::new();
    for (program, _) in PROGRAMS {
        let variable = |name: &str| variable(environment, &format!("{program}_{name}"));
        let Some(address) = variable("ADDR").filter(|address| Address::parse(address).is_ok()) else { continue };
        let Some((source, detail)) = token_source(environment, program) else { continue };
        let mut answers = Answers::from([
            ("address".to_owned(), address.clone()),
            ("auth".to_owned(), "found".to_owned()),
            ("token_from".to_owned(), source.to_owned()),
        ]);
        for (name, field) in [
            ("NAMESPACE", "namespace"),
            ("CACERT", "ca_file"),
            ("CLIENT_CERT", "client_cert"),
            ("CLIENT_KEY", "client_key"),
        ] {
            answers.extend(variable(name).map(|value| (field.to_owned(), value)));
        }
        let name = Address::parse(&address).map_or(address, |address| address.host());
        if !found.iter().any(|other| other.answers == answers) {
            found.push(SignIn { provider: FORM.provider, name, detail, answers });
        }
    }
    found
}

/// Signs in, or takes the token that is there, and says who can be asked from now on. With a token nothing is sent yet.
pub async fn connect(
    answers: &Answers,
    secrets: &SecretAnswers,
    environment: &Environment,
) -> Result<Arc<dyn Provider>> {
    let address = Address::parse(required(answers, "address")?)?;
    let tls = Tls {
        ca_file: answer(answers, "ca_file").map(PathBuf::from),
        client: match (answer(answers, "client_cert"), answer(answers, "client_key")) {
            (Some(certificate), Some(key)) => Some((certificate.into(), key.into())),
            (None, None) => None,
            _ => return Err(unanswered("the client certificate and its key are given together or not at all")),
        },
    };
    let namespace = answer(answers, "namespace").map(|text| text.trim_matches('/'));
    let credentials = credentials(answers, secrets, environment, &address)?;
    let wire = Wire::new(address, namespace.filter(|namespace| !namespace.is_empty()), &tls).await?;
    let session = Session::start(credentials, &wire).await?;
    let named = answer(answers, "mounts").unwrap_or_default().split(',').map(|path| path.trim().to_owned()).collect();
    Ok(Arc::new(Cluster { client: Client::new(wire, session), mounts: Mounts::new(named) }))
}

/// The server and the namespace, for a person.
pub fn place(answers: &Answers) -> String {
    let typed = answer(answers, "address").unwrap_or_default();
    let address = Address::parse(typed).map_or_else(|_| typed.to_owned(), |address| address.to_string());
    match answer(answers, "namespace") {
        Some(namespace) => format!("{address} ({namespace})"),
        None => address,
    }
}

fn credentials(
    answers: &Answers,
    secrets: &SecretAnswers,
    environment: &Environment,
    address: &Address,
) -> Result<Credentials> {
    let mount = |own: &str| answer(answers, "auth_path").unwrap_or(own).trim_matches('/').to_owned();
    match answer(answers, "auth").unwrap_or("token") {
        "token" => Ok(Credentials::Token(given(secrets, "token")?)),
        "found" => found(answer(answers, "token_from").unwrap_or("environment"), environment, address),
        "userpass" => Ok(Credentials::Userpass {
            mount: mount("userpass"),
            username: required(answers, "username")?.to_owned(),
            password: given(secrets, "password")?,
        }),
        "approle" => Ok(Credentials::AppRole {
            mount: mount("approle"),
            role_id: required(answers, "role_id")?.to_owned(),
            secret_id: given(secrets, "secret_id").unwrap_or_else(|_| Secret::new(Vec::new())),
        }),
        other => Err(unanswered(&format!("there is no way to sign in called {other:?}"))),
    }
}

/// The token of the program that talks to this server, else of the other.
fn found(source: &str, environment: &Environment, address: &Address) -> Result<Credentials> {
    let talks_here = |program: &str| {
        let theirs = variable(environment, &format!("{program}_ADDR")).and_then(|text| Address::parse(&text).ok());
        theirs.is_some_and(|theirs| theirs.to_string() == address.to_string())
    };
    let mut programs = PROGRAMS;
    programs.sort_by_key(|(program, _)| !talks_here(program));
    let found = match source {
        "environment" => {
            let tokens = programs.iter().find_map(|(program, _)| variable(environment, &format!("{program}_TOKEN")));
            tokens.map(|token| Credentials::Token(Secret::from_text(token)))
        }
        "file" => {
            let files = programs.iter().map(|(_, file)| environment.home.join(file));
            files.into_iter().find(|path| path.is_file()).map(Credentials::File)
        }
        other => return Err(unanswered(&format!("there is no place for tokens called {other:?}"))),
    };
    found.ok_or_else(|| {
        Error::new(Kind::SignedOut, "connect", format!("there is no token in the {source} of this computer any more"))
            .with_next("Run `vault login` or `bao login`, or give a token.")
    })
}

fn token_source(environment: &Environment, program: &str) -> Option<(&'static str, String)> {
    let own = PROGRAMS.iter().position(|(name, _)| *name == program).unwrap_or_default();
    let order = [PROGRAMS[own], PROGRAMS[1 - own]];
    let variables = order.iter().map(|(name, _)| format!("{name}_TOKEN"));
    if let Some(name) = variables.into_iter().find(|name| variable(environment, name).is_some()) {
        return Some(("environment", format!("token in {name}")));
    }
    let file = order.iter().find(|(_, file)| environment.home.join(file).is_file())?.1;
    Some(("file", format!("token file ~/{file}")))
}

fn variable(environment: &Environment, name: &str) -> Option<String> {
    environment.variables.get(name).map(|value| value.trim()).filter(|value| !value.is_empty()).map(str::to_owned)
}

fn answer<'a>(answers: &'a Answers, name: &str) -> Option<&'a str> {
    answers.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
}

fn required<'a>(answers: &'a Answers, name: &str) -> Result<&'a str> {
    answer(answers, name).ok_or_else(|| unanswered(&format!("{} is missing", label(name))))
}

fn given(secrets: &SecretAnswers, name: &str) -> Result<Secret> {
    let secret = secrets.get(name).filter(|secret| !secret.expose().is_empty());
    secret.map(|secret| Secret::new(secret.expose().to_vec())).ok_or_else(|| {
        Error::new(Kind::SignedOut, "connect", format!("{} is missing", label(name))).with_next("Give it again.")
    })
}

fn label(name: &str) -> &str {
    FORM.fields.iter().find(|field| field.name == name).map_or(name, |field| field.label)
}

fn unanswered(message: &str) -> Error {
    Error::new(Kind::Invalid, "connect", message.to_owned())
}

const fn text(name: &'static str, label: &'static str, help: &'static str) -> Field {
    Field { name, label, help, kind: FieldKind::Text, required: false, shown_when: None }
}

const fn secret(name: &'static str, label: &'static str, help: &'static str) -> Field {
    Field { name, label, help, kind: FieldKind::Secret, required: false, shown_when: None }
}

const fn path(name: &'static str, label: &'static str, help: &'static str) -> Field {
    Field { name, label, help, kind: FieldKind::Path, required: false, shown_when: None }
}

/// The same field, shown for these ways of signing in only.
const fn shown(auth: &'static [&'static str], field: Field) -> Field {
    Field {
        name: field.name,
        label: field.label,
        help: field.help,
        kind: field.kind,
        required: field.required,
        shown_when: Some(("auth", auth)),
    }
}

#[cfg(test)]
mod tests;
