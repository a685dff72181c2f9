//! What is found on a computer, and what is refused before anything is sent.

use super::*;

fn environment(variables: &[(&str, &str)]) -> Environment {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Environment { home: PathBuf::from("/nonexistent"), variables, host: None }
}

fn answers(pairs: &[(&str, &str)]) -> Answers {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn token_of(credentials: Credentials) -> Secret {
    match credentials {
        Credentials::Token(secret) => secret,
        other => panic!("no token but {other:?}"),
    }
}

#[test]
fn a_found_sign_in_holds_everything_but_the_token() {
    let environment = environment(&[
        ("VAULT_ADDR", "https://vault.corp:8200"),
        ("VAULT_TOKEN", "s.canary"),
        ("VAULT_NAMESPACE", "team"),
        ("VAULT_CACERT", "/etc/ca.pem"),
        ("VAULT_SKIP_VERIFY", "1"),
    ]);
    let found = discover(&environment);
    assert_eq!(found.len(), 1);
    assert!(!format!("{found:?}").contains("canary"));
    let due = answers(&[
        ("address", "https://vault.corp:8200"),
        ("auth", "found"),
        ("ca_file", "/etc/ca.pem"),
        ("namespace", "team"),
        ("token_from", "environment"),
    ]);
    assert_eq!(found[0].answers, due);
    assert_eq!(found[0].name, "vault.corp:8200");
}

#[test]
fn an_address_without_a_token_is_no_sign_in() {
    assert_eq!(discover(&environment(&[("VAULT_ADDR", "https://vault.corp:8200")])), []);
    assert_eq!(discover(&environment(&[("VAULT_TOKEN", "s.canary")])), []);
    assert_eq!(discover(&environment(&[("VAULT_ADDR", "::not a url::"), ("VAULT_TOKEN", "x")])), []);
}

#[test]
fn both_programs_are_looked_at_and_their_token_files_found() {
    let home = std::env::temp_dir().join(format!("claviger-vault-discover-{}", std::process::id()));
    std::fs::create_dir_all(&home).unwrap();
    std::fs::write(home.join(".vault-token"), "s.canary\n").unwrap();
    let mut environment =
        environment(&[("VAULT_ADDR", "http://127.0.0.1:8200"), ("BAO_ADDR", "http://127.0.0.1:8300")]);
    environment.home.clone_from(&home);
    let found = discover(&environment);
    std::fs::remove_dir_all(&home).unwrap();
    let told: Vec<_> = found.iter().map(|it| (it.name.as_str(), it.detail.as_str())).collect();
    let due = [("127.0.0.1:8200", "token file ~/.vault-token"), ("127.0.0.1:8300", "token file ~/.vault-token")];
    assert_eq!(told, due);
}

#[test]
fn each_server_gets_the_token_of_its_own_program() {
    let environment = environment(&[
        ("VAULT_ADDR", "http://127.0.0.1:8200"),
        ("VAULT_TOKEN", "of-vault"),
        ("BAO_ADDR", "http://127.0.0.1:8300/"),
        ("BAO_TOKEN", "of-bao"),
    ]);
    for (address, token) in [("http://127.0.0.1:8200", "of-vault"), ("http://127.0.0.1:8300", "of-bao")] {
        let found = found("environment", &environment, &Address::parse(address).unwrap()).unwrap();
        assert_eq!(token_of(found).expose(), token.as_bytes());
    }
}

#[test]
fn what_is_missing_is_named_and_nothing_secret_is_printed() {
    let environment = environment(&[]);
    let address = Address::parse("https://vault.corp").unwrap();
    let secrets = SecretAnswers::from([("password".to_owned(), Secret::from_text("canary".to_owned()))]);
    let ask = |pairs| credentials(&answers(pairs), &secrets, &environment, &address);
    let error = ask(&[("auth", "token")]).unwrap_err();
    assert_eq!((error.kind(), error.message()), (Kind::SignedOut, "Token is missing"));
    let error = ask(&[("auth", "userpass")]).unwrap_err();
    assert_eq!((error.kind(), error.message()), (Kind::Invalid, "User name is missing"));
    assert_eq!(ask(&[("auth", "found"), ("token_from", "file")]).unwrap_err().kind(), Kind::SignedOut);
    assert_eq!(ask(&[("auth", "kerberos")]).unwrap_err().kind(), Kind::Invalid);
    let userpass = ask(&[("auth", "userpass"), ("username", "maria")]).unwrap();
    assert!(!format!("{userpass:?}").contains("canary"));
}

#[test]
fn every_field_that_depends_on_another_names_one_of_its_choices() {
    for field in FORM.fields {
        let Some((other, values)) = field.shown_when else { continue };
        let other = FORM.fields.iter().find(|field| field.name == other).unwrap();
        let FieldKind::Choice(choices) = &other.kind else { panic!("{} is no choice", other.name) };
        for value in values {
            assert!(choices.iter().any(|choice| choice.value == *value), "{}: {value}", field.name);
        }
    }
}

#[test]
fn the_place_is_the_server_with_its_namespace() {
    assert_eq!(
        place(&answers(&[("address", "vault.corp:8200/"), ("namespace", "team")])),
        "https://vault.corp:8200 (team)"
    );
    assert_eq!(place(&answers(&[("address", "http://127.0.0.1:8200")])), "http://127.0.0.1:8200");
}
