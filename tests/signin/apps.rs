//! Sign-ins that ask nobody: secrets, certificates, keys in a vault, and the two command lines.

use std::{collections::BTreeSet, process::Command};

use domain::{Environment, Kind};
use servers::{
    Azure,
    fixtures::azure::{BOUND, MAIN, SECRET},
    install::oracle_python,
};

use crate::place::{PASSWORD, Place, ROBOT, items};

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_or_a_certificate_lets_an_app_in() {
    let place = Place::start().await;
    let owner = [("auth", "client-secret"), ("client_id", "owner")];
    let all = place.items(&owner, &[("client_secret", SECRET)]).await.unwrap();
    assert!(all > 0);
    assert_eq!(place.items(&[("auth", "client-secret")], &[("client_secret", "robot-secret")]).await.unwrap(), all);
    let (pem, pfx) = (place.file("app.pem"), place.file("app.pfx"));
    for form in ["x5t#S256", "x5t"] {
        let with = |file| [("auth", "client-certificate"), ("certificate", file), ("thumbprint_form", form)];
        assert_eq!(place.items(&with(&pem), &[]).await.unwrap(), all, "{form}");
        let password = [("certificate_password", PASSWORD)];
        assert_eq!(place.items(&with(&pfx), &password).await.unwrap(), all, "{form}");
        let wrong = place.items(&with(&pfx), &[("certificate_password", "pony")]).await.unwrap_err();
        assert_eq!(wrong.kind(), Kind::Invalid, "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_entra_refuses_is_said_with_its_code_and_what_to_do() {
    let place = Place::start().await;
    let secret = [("client_secret", "robot-secret")];
    for (given, secrets, kind, code, next) in [
        (&[][..], &[("client_secret", "old")][..], Kind::SignedOut, "AADSTS7000215", "take its value"),
        (&[("client_id", "nobody")], &secret, Kind::Invalid, "AADSTS700016", "client id"),
        (&[("tenant", "fabrikam.test")], &secret, Kind::Invalid, "AADSTS90002", "check the tenant"),
    ] {
        let given = [&[("auth", "client-secret")], given].concat();
        let error = place.items(&given, secrets).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.message().contains(code), "{error}");
        assert!(error.next().contains(next), "{error:?}");
        assert_eq!(error.request_id(), Some("0"), "the correlation id");
        assert!(!error.message().contains("troubleshoot"), "{error}");
    }
    // A certificate that nobody registered at the app.
    let pem = place.file("app.pem");
    place.app("stranger", serde_json::json!({})).await;
    let given = [("auth", "client-certificate"), ("certificate", pem.as_str()), ("client_id", "stranger")];
    let error = place.items(&given, &[]).await.unwrap_err();
    assert!(error.message().contains("AADSTS700027"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_stays_in_the_vault_signs_the_app_in() {
    let place = Place::start().await;
    let address = format!("https://{}/certificates/{BOUND}", MAIN.host());
    for form in ["x5t#S256", "x5t"] {
        let given = [
            ("auth", "vault-assertion"),
            ("key", address.as_str()),
            ("thumbprint_form", form),
            ("signer", "client-secret"),
            ("signer_client_id", "owner"),
        ];
        let provider = place.provider(&given, &[("signer_secret", SECRET)], &Environment::default()).await.unwrap();
        place.server.forget_log().await.unwrap();
        let identity = provider.identity().await.unwrap();
        assert!(identity.name.contains("robot"), "{identity:?}");
        let log = place.server.log().await.unwrap();
        let called: Vec<String> = log
            .iter()
            .map(|call| {
                let path = call["path"].as_str().unwrap();
                let end = path.split('/').next_back().unwrap();
                let what = if path.starts_with("/keys/") || end == "token" { end } else { "certificate" };
                format!("{} {what} {}", call["method"].as_str().unwrap(), call["status"])
            })
            .filter(|call| !call.ends_with("401"))
            .collect();
        // The signer's token, the public part, the signature, and the app's own token: the key itself is never asked for.
        assert_eq!(called, ["POST token 200", "GET certificate 200", "POST sign 200", "POST token 200"]);
        assert!(items(&*provider).await.unwrap() > 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_lines_are_found_on_the_path_and_asked_once() {
    let place = Place::start().await;
    let token = place.server.token("owner", SECRET, "https://vault.azure.net").await.unwrap();
    let count = place.file("asked");
    let az = format!(
        "echo \"$*\" >> {count}\n\
         echo '{{\"accessToken\": \"{token}\", \"expires_on\": 4102444800, \"tokenType\": \"Bearer\"}}'"
    );
    let azd = format!("echo '{{\"token\": \"{token}\", \"expiresOn\": \"2100-01-01T00:00:00Z\"}}'");
    let environment = place.with_program("az", &az);
    let provider = place.provider(&[("auth", "cli")], &[], &environment).await.unwrap();
    assert!(items(&*provider).await.unwrap() > 0);
    let asked = std::fs::read_to_string(&count).unwrap();
    assert_eq!(asked.lines().count(), 1, "one program for one service: {asked}");
    assert!(asked.contains(&format!("--tenant {}", Azure::TENANT)), "{asked}");
    let environment = place.with_program("azd", &azd);
    let provider = place.provider(&[("auth", "azd")], &[], &environment).await.unwrap();
    assert!(items(&*provider).await.unwrap() > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_line_that_gives_no_token_is_explained() {
    let place = Place::start().await;
    let login = format!("az login --tenant {}", Azure::TENANT);
    for (script, words) in [
        ("echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1", "Please run 'az login'"),
        ("exit 127", "is not on this computer"),
    ] {
        let environment = place.with_program("az", script);
        let provider = place.provider(&[("auth", "cli")], &[], &environment).await.unwrap();
        let error = provider.identity().await.unwrap_err();
        assert_eq!(error.kind(), Kind::SignedOut, "{error}");
        assert!(error.message().contains(words), "{error}");
        assert!(error.next().contains(&login), "{error:?}");
    }
}

/// An independent JOSE library reads what was signed in a file's way and in the vault's, in both forms.
#[tokio::test(flavor = "multi_thread")]
async fn an_independent_library_verifies_every_assertion() {
    let place = Place::start().await;
    let (pem, address) = (place.file("app.pem"), format!("https://{}/certificates/{BOUND}", MAIN.host()));
    for form in ["x5t#S256", "x5t"] {
        let held =
            [("auth", "client-certificate"), ("certificate", pem.as_str()), ("thumbprint_form", form), ("vaults", "")];
        let bound = [
            ("auth", "vault-assertion"),
            ("key", address.as_str()),
            ("thumbprint_form", form),
            ("signer", "client-secret"),
            ("signer_client_id", "owner"),
        ];
        for given in [&held[..], &bound[..]] {
            let secrets = [("signer_secret", SECRET)];
            let provider = place.provider(given, &secrets, &Environment::default()).await.unwrap();
            provider.identity().await.unwrap();
        }
    }
    let assertions = place.server.assertions().await.unwrap();
    assert_eq!(assertions.len(), 4);
    let audience = format!("https://login.microsoftonline.com/{}/oauth2/v2.0/token", Azure::TENANT);
    let mut numbers = BTreeSet::new();
    for (assertion, (certificate, algorithm, member)) in assertions.iter().zip([
        (&place.mine, "PS256", "x5t#S256"),
        (&place.bound, "PS256", "x5t#S256"),
        (&place.mine, "RS256", "x5t"),
        (&place.bound, "RS256", "x5t"),
    ]) {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/signin/jose.py");
        let read = Command::new(oracle_python().unwrap())
            .args(["-B", script, assertion.as_str(), certificate.as_str(), algorithm, member, ROBOT])
            .arg(&audience)
            .output()
            .unwrap();
        assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
        numbers.insert(String::from_utf8(read.stdout).unwrap());
    }
    assert_eq!(numbers.len(), 4, "no assertion is used twice: {numbers:?}");
}
