//! Azure Key Vault in the window: one certificate with its three faces, a sign-in whose private key stays in a vault, and the
//! rotation policy of a key.

use std::path::Path;

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};
use servers::{
    Azure,
    fixtures::azure::{self, BOUND, EXPORTABLE, Filled, MAIN, PENDING, ROTATED_KEY, SECRET},
};
use thirtyfour::Key;

use crate::{
    desktop::{Desktop, Wish, application, environment},
    journey, oracle, save,
};

/// The name of the form.
const AZURE: &str = "Azure Key Vault";
/// Who may do everything there.
pub(crate) const OWNER: &str = "owner";
const CONFIRMABLE: &str = "((button) => button && !button.disabled && button.getAttribute('aria-disabled') !== 'true')
    (document.querySelector('[data-testid=change-confirm]'))";

/// Pictures of what is in view in both themes, once axe-core has found nothing in either.
async fn pictures(desktop: &Desktop, name: &str) {
    for theme in ["dark", "light"] {
        desktop.theme(theme).await;
        desktop.has_no_axe_violation(&format!("{name}, {theme}")).await;
        desktop.picture(&format!("azure-{name}-{theme}")).await;
    }
}

/// The answers that every sign-in here has.
pub(crate) async fn fill_base(desktop: &Desktop, server: &Azure, name: &str, way: &str) {
    journey::fill_form(desktop, AZURE, name).await;
    desktop.fill("Tenant", Azure::TENANT).await;
    desktop.choose("Sign in with", way).await;
    desktop.fill("Vaults", &format!("https://{}", MAIN.host())).await;
    desktop.fill("CA certificates", &server.ca_file().display().to_string()).await;
    desktop.fill("Fixed addresses", &server.resolve()).await;
}

/// A window connected as an application with a secret.
async fn connected(filled: &Filled, who: &str) -> Desktop {
    let desktop = Desktop::open(Wish::default()).await;
    fill_base(&desktop, &filled.server, "contoso", "Service principal with a client secret").await;
    desktop.fill("Client id", who).await;
    desktop.fill("Client secret", &format!("{who}-secret")).await;
    desktop.picture(&format!("connect-azure-{who}")).await;
    journey::connect(&desktop).await;
    desktop
}

async fn open(desktop: &Desktop, name: &str) {
    journey::filter(desktop, name).await;
    desktop.open_row(name).await;
}

#[tokio::test]
async fn a_certificate_has_three_faces_and_says_which_of_them_i_may_open() {
    let filled = azure::start().await.unwrap();
    // The fixture reads what it put in.
    filled.server.forget_log().await.unwrap();
    let desktop = connected(&filled, "faces").await;
    // Its key and its secret are no rows of their own.
    journey::filter(&desktop, EXPORTABLE).await;
    assert_eq!(desktop.names().await, [EXPORTABLE]);
    desktop.open_row(EXPORTABLE).await;
    desktop.part_shows("item-room", "Certificate policy").await;
    desktop.part_shows("item-room", "Renewed 30 days before its end.").await;
    pictures(&desktop, "certificate").await;
    desktop.click("tab", "Certificate").await;
    desktop.shows(&format!("CN={EXPORTABLE}.brightwater.example")).await;
    desktop.picture("azure-face-certificate").await;
    desktop.click("tab", "Key").await;
    desktop.shows("RSA 2048").await;
    desktop.picture("azure-face-key").await;
    desktop.click("tab", "Secret").await;
    desktop.part_shows("grey-reason", "The secret may not be opened.").await;
    desktop.part_shows("grey-reason", "Microsoft.KeyVault/vaults/secrets/getSecret/action").await;
    desktop.part_shows("grey-reason", "Key Vault Secrets User").await;
    desktop.picture("azure-face-secret-closed").await;
    // No value was read to find that out.
    let read = filled.server.log().await.unwrap();
    let values = read.iter().filter(|one| one["path"].as_str().is_some_and(|path| path.starts_with("/secrets/web")));
    assert!(values.clone().count() > 0 && values.into_iter().all(|one| one["status"] != 200), "a value was read");
}

#[tokio::test]
async fn whoever_may_read_the_secret_of_an_exportable_certificate_holds_its_key() {
    let filled = azure::start().await.unwrap();
    let desktop = connected(&filled, "owner").await;
    open(&desktop, EXPORTABLE).await;
    desktop.part_shows("item-room", "can read the secret").await;
    desktop.part_shows("item-room", "Key Vault Administrator").await;
    desktop.picture("azure-access").await;
    desktop.click("tab", "Key").await;
    filled.server.forget_log().await.unwrap();
    desktop.click_on("sign-test").await;
    desktop.part_shows("signed-test", "Verified by AWS-LC with the public half: PS256 by the RSA 2048 key").await;
    pictures(&desktop, "test-signature").await;
    let log = filled.server.log().await.unwrap();
    let signed =
        |one: &&Value| one["path"].as_str().is_some_and(|path| path.starts_with("/keys/") && path.ends_with("/sign"));
    assert_eq!(log.iter().filter(signed).count(), 1, "the key signed where it is, and once: {log:?}");
    desktop.click("tab", "Secret").await;
    desktop.picture("azure-face-secret").await;
    desktop.click("button", "Back").await;
    open(&desktop, BOUND).await;
    desktop.click("tab", "Secret").await;
    desktop.shows("the private key is not among what can be read").await;
    desktop.picture("azure-face-secret-bound").await;
}

#[cfg(unix)]
fn mode(file: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn a_private_key_leaves_on_request_alone_under_a_new_password_and_for_me_alone() {
    let filled = azure::start().await.unwrap();
    filled.server.forget_log().await.unwrap();
    let desktop = connected(&filled, "owner").await;
    open(&desktop, EXPORTABLE).await;
    desktop.click("tab", "Secret").await;
    desktop.part_shows("item-room", "then there is a second holder of the key").await;
    desktop.click_on("export-private-key").await;
    desktop.shows("Whoever holds this file holds the private key").await;
    desktop.fill("New password", "correct horse").await;
    desktop.fill("The same password again", "correct house").await;
    desktop.shows("The two passwords differ.").await;
    pictures(&desktop, "private-key").await;
    let read = filled.server.log().await.unwrap();
    let is_value =
        |one: &&Value| one["path"].as_str().is_some_and(|path| path.starts_with("/secrets/")) && one["status"] == 200;
    assert_eq!(read.iter().filter(is_value).count(), 0, "a value was read before anybody asked for it");
    desktop.fill("The same password again", "correct horse").await;
    let target = tempfile::TempDir::new().unwrap();
    let pfx = target.path().join("web.pfx");
    desktop.click_on("private-key-save").await;
    let written = save::dialog(&desktop, &pfx).await;
    desktop.shows("Saved with its private key").await;
    let [key, certificate] = oracle::halves_of_pfx(&written, "correct horse");
    assert_eq!(key, certificate);
    assert_eq!(mode(&pfx), 0o600);
    let log = filled.server.log().await.unwrap();
    assert_eq!(log.iter().filter(is_value).count(), 1, "the secret was read more than once");

    // The backup of the whole certificate, from its overview.
    desktop.click("tab", "Overview").await;
    let backup = target.path().join("web.backup");
    desktop.click_on("save-backup").await;
    assert!(!save::dialog(&desktop, &backup).await.is_empty());
    desktop.shows("Backup saved").await;
    desktop.picture("azure-backup").await;
    assert_eq!(mode(&backup), 0o600);
    let home = desktop.close().await;

    // The same on the command line, with the home of the window.
    let reference = format!("https://{}/certificates/{EXPORTABLE}", MAIN.host());
    let run = |arguments: &[&str], password: Option<&str>| {
        std::process::Command::new(application())
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(environment(home.path()))
            .env("CLAVIGER_CLIENT_SECRET", SECRET)
            .envs(password.map(|password| ("CLAVIGER_PFX_PASSWORD", password)))
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap()
    };
    let by_shell = target.path().join("shell.pfx");
    let arguments = ["private-key", &reference, "--form", "pfx", "-o", by_shell.to_str().unwrap()];
    let refused = run(&arguments, None);
    assert!(!refused.status.success() && !by_shell.exists(), "without a password");
    let done = run(&arguments, Some("battery"));
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(done.stdout.is_empty(), "nothing of it goes to a pipe");
    let [again, _] = oracle::halves_of_pfx(&std::fs::read(&by_shell).unwrap(), "battery");
    assert_eq!(again, key);
    assert_eq!(mode(&by_shell), 0o600);
    let taken = run(&arguments, Some("another"));
    assert_eq!(taken.status.code(), Some(9), "{}", String::from_utf8_lossy(&taken.stderr));
}

#[tokio::test]
async fn an_app_signs_in_with_a_key_that_stays_in_the_vault() {
    let filled = azure::start().await.unwrap();
    let server = &filled.server;
    let token = server.token("owner", SECRET, "https://vault.azure.net").await.unwrap();
    let body = json!({"policy": {
        "key_props": {"kty": "RSA", "key_size": 2048, "exportable": false},
        "x509_props": {"subject": "CN=robot"}, "issuer": {"name": "Self"},
    }});
    server.must(&token, "POST", &MAIN.host(), "certificates/robot/create", body).await.unwrap();
    let told = server.must(&token, "GET", &MAIN.host(), "certificates/robot", Value::Null).await.unwrap();
    let pem = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", told["cer"].as_str().unwrap());
    let everywhere = format!("/subscriptions/{}", Azure::SUBSCRIPTION);
    let robot = json!({
        "client_id": "robot", "certificates": [pem], "manager": true,
        "roles": [{"role": "Key Vault Administrator", "scope": everywhere}],
    });
    server.identity(robot).await.unwrap();
    server.forget_log().await.unwrap();

    let desktop = Desktop::open(Wish::default()).await;
    fill_base(&desktop, server, "robot", "Service principal whose key stays in a vault").await;
    desktop.fill("Client id", "robot").await;
    desktop.fill("Certificate that signs", &format!("https://{}/certificates/robot", MAIN.host())).await;
    desktop.choose("Reach that key with", "Service principal with a client secret").await;
    desktop.fill("Client id that reaches it", "owner").await;
    desktop.fill("Client secret that reaches it", SECRET).await;
    desktop.click("button", "Check access").await;
    desktop.part_shows("access-result", "Signed in as application robot").await;
    desktop.part_shows("access-result", "PS256 with x5t#S256, aud https://login.microsoftonline.com/").await;
    desktop.part_shows("access-result", "iss and sub robot, good for 10 minutes").await;
    pictures(&desktop, "vault-assertion").await;
    journey::connect(&desktop).await;
    let log = server.log().await.unwrap();
    let of = |path: &str| log.iter().filter(|one| one["path"].as_str().is_some_and(|it| it.contains(path))).count();
    assert!(of("/keys/robot/") >= 1 && of("/sign") >= 1, "the vault did not sign: {log:?}");
    assert_eq!(of("/secrets/robot"), 0, "the private key's secret was asked for");
    let kept = desktop.close().await;
    assert!(kept.path().exists());
}

#[tokio::test]
async fn the_rotation_policy_is_a_form_and_round_trips() {
    let filled = azure::start().await.unwrap();
    let server = &filled.server;
    let desktop = connected(&filled, "owner").await;
    open(&desktop, ROTATED_KEY).await;
    desktop.part_shows("item-room", "Rotate 18 months after a version was made").await;
    desktop.part_shows("item-room", "P2Y").await;
    desktop.picture("azure-rotation").await;
    desktop.click("button", "Change rotation…").await;
    desktop.fill("Expiry of new versions (optional)", "P20D").await;
    desktop.click("button", "Show the plan").await;
    desktop.shows("28 days").await;
    desktop.picture("azure-rotation-refused").await;
    desktop.fill("Expiry of new versions (optional)", "P3Y").await;
    desktop.click("button", "Show the plan").await;
    desktop.part_shows("change-plan", "az keyvault key rotation-policy update").await;
    pictures(&desktop, "rotation-plan").await;
    desktop.click("button", "Allow changes for 15 minutes").await;
    desktop.until(CONFIRMABLE, "it can be confirmed").await;
    desktop.click_on("change-confirm").await;
    desktop.until("document.querySelector('[data-testid=outcome]')?.dataset.state === 'done'", "it is done").await;
    desktop.picture("azure-rotation-done").await;
    let token = server.token("owner", SECRET, "https://vault.azure.net").await.unwrap();
    let path = format!("keys/{ROTATED_KEY}/rotationpolicy");
    let told = server.must(&token, "GET", &MAIN.host(), &path, Value::Null).await.unwrap();
    assert_eq!(told["attributes"]["expiryTime"], "P3Y");
    assert_eq!(told["lifetimeActions"].as_array().map(Vec::len), Some(2), "{told}");
}

/// Opens what is in no list by its address.
async fn open_address(desktop: &Desktop, path: &str) {
    let address = format!("https://{}/{path}", MAIN.host());
    desktop.type_keys(Key::Control + "k").await;
    desktop.until("document.activeElement?.getAttribute('role') === 'combobox'", "the palette is open").await;
    desktop.type_keys(address.as_str()).await;
    desktop.shows(&format!("Open {address}")).await;
    desktop.type_keys(Key::Enter + "").await;
}

#[tokio::test]
async fn a_certificate_from_outside_waits_for_its_answer() {
    let filled = azure::start().await.unwrap();
    let desktop = connected(&filled, "owner").await;
    open_address(&desktop, &format!("certificates/{PENDING}")).await;
    desktop.part_shows("item-room", "inProgress").await;
    desktop.part_shows("item-room", "signing request").await;
    // The item is in no list, and its mark is in view all the same.
    desktop.part_shows("top-bar", "PRODUCTION").await;
    pictures(&desktop, "issuance").await;
    desktop.click_on("export-request").await;
    let request = journey::copy_as(&desktop, "csr-pem", "-----BEGIN CERTIFICATE REQUEST-----").await;
    let asked = oracle::request_text(&request);
    assert!(asked.contains(PENDING), "{asked}");
    pictures(&desktop, "request").await;
    journey::close_dialog(&desktop).await;
    desktop.click("button", "Merge the signed answer…").await;
    desktop.shows("PEM, DER or PKCS#7: the certificate that was issued").await;
    pictures(&desktop, "merge").await;
    desktop.fill("Signed answer", "/nowhere/answer.pem").await;
    desktop.click("button", "Show the plan").await;
    desktop.shows("/nowhere/answer.pem").await;
    desktop.picture("azure-merge-refused").await;
}

#[tokio::test]
async fn a_release_policy_is_shown_in_its_own_text() {
    let filled = azure::start().await.unwrap();
    let server = &filled.server;
    let policy = json!({"version": "1.0.0", "anyOf": [{"authority": "https://attest.contoso.example", "allOf": []}]});
    let data = Base64UrlUnpadded::encode_string(policy.to_string().as_bytes());
    let body = json!({
        "kty": "RSA-HSM", "key_size": 2048, "attributes": {"exportable": true},
        "release_policy": {"contentType": "application/json; charset=utf-8", "data": data},
    });
    let token = server.token("owner", SECRET, "https://vault.azure.net").await.unwrap();
    server.must(&token, "POST", &MAIN.host(), "keys/released/create", body).await.unwrap();
    let desktop = connected(&filled, "owner").await;
    open(&desktop, "released").await;
    desktop.part_shows("item-room", "https://attest.contoso.example").await;
    pictures(&desktop, "release-policy").await;
}

#[tokio::test]
async fn a_code_on_another_device_signs_in() {
    let filled = azure::start().await.unwrap();
    let desktop = Desktop::open(Wish::default()).await;
    fill_base(&desktop, &filled.server, "contoso", "Device code").await;
    desktop.fill("Client id", "owner").await;
    desktop.click("button", "Connect").await;
    desktop.shows(&format!("Sign in to tenant {}", Azure::TENANT)).await;
    desktop.shows("https://microsoft.com/devicelogin").await;
    pictures(&desktop, "device-code").await;
    let code = desktop.evaluate("return document.querySelector('[data-testid=prompt-code]').innerText").await;
    filled.server.device(code.as_str().unwrap(), "accept").await.unwrap();
    journey::is_listed(&desktop).await;
    desktop.until("!document.querySelector('[data-testid=prompt-code]')", "nobody is asked any more").await;
}
