//! Azure in the shell: sign-ins that come from where the program runs, which only a process of its own has.

use serde_json::{Value, json};
use servers::{
    Azure,
    fixtures::azure::{self, EXPORTABLE, HSM, MAIN},
};
use tempfile::TempDir;

use crate::shell::Shell;

/// Connects in that way, with what every way takes.
fn connect(server: &Azure, shell: &Shell, way: &[&str]) -> Result<String, String> {
    let (vault, ca) = (format!("https://{}", MAIN.host()), server.ca_file().display().to_string());
    let resolved: Vec<String> = server.resolve().split(',').map(str::to_owned).collect();
    let mut arguments =
        vec!["connect", "azure", "--name", "here", "--tenant", Azure::TENANT, "--vault", &vault, "--ca", &ca];
    for one in &resolved {
        arguments.extend(["--resolve", one]);
    }
    arguments.extend_from_slice(way);
    let answer = shell.run(&arguments);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    if answer.status.success() { Ok(text(answer.stdout)) } else { Err(text(answer.stderr)) }
}

fn lists(listed: &str, name: &str) -> bool {
    listed.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()).any(|row| row["name"] == name)
}

/// An identity that may read everything.
async fn somebody(server: &Azure, client_id: &str, more: Value) {
    let everywhere = format!("/subscriptions/{}", Azure::SUBSCRIPTION);
    let mut said = json!({"client_id": client_id, "roles": [{"role": "Key Vault Administrator", "scope": everywhere}]});
    for (name, value) in more.as_object().unwrap() {
        said[name] = value.clone();
    }
    server.identity(said).await.unwrap();
}

#[tokio::test]
async fn a_managed_identity_signs_in_as_the_platform_lets_it() {
    let filled = azure::start().await.unwrap();
    somebody(&filled.server, "machine", json!({"platform": "header-of-the-platform"})).await;
    let platform = [
        ("IDENTITY_ENDPOINT", "https://login.microsoftonline.com/platform/token"),
        ("IDENTITY_HEADER", "header-of-the-platform"),
    ];
    let shell = Shell::new(&platform);
    connect(&filled.server, &shell, &["--auth", "managed-identity"]).unwrap();
    assert!(lists(&shell.done(&["ls", "--json"]), EXPORTABLE));
    // What an HSM says of its key, for whoever checks it.
    let shown = shell.done(&["show", &format!("https://{}/keys/hsm-rsa", HSM.host()), "--json"]);
    for said in ["attestation by", "test authority", "attestation of the private key"] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    // A user-assigned one, by its client id; and one that this machine has not.
    let way = ["--auth", "managed-identity", "--client-id"];
    connect(&filled.server, &Shell::new(&platform), &[&way[..], &["machine"]].concat()).unwrap();
    let refused = connect(&filled.server, &Shell::new(&platform), &[&way[..], &["owner"]].concat()).unwrap_err();
    assert!(refused.contains("has not been assigned to this resource"), "{refused}");
}

#[tokio::test]
async fn a_workload_signs_in_with_the_token_of_its_cluster() {
    let filled = azure::start().await.unwrap();
    somebody(&filled.server, "workload", json!({"federated": ["token-of-the-cluster"]})).await;
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, "token-of-the-cluster").unwrap();
    let file = file.display().to_string();
    let cluster = [("AZURE_FEDERATED_TOKEN_FILE", file.as_str())];
    let way = ["--auth", "workload-identity", "--client-id", "workload"];
    let shell = Shell::new(&cluster);
    connect(&filled.server, &shell, &way).unwrap();
    assert!(lists(&shell.done(&["ls", "--json"]), EXPORTABLE));
    // A cluster writes a new token into the file now and then; one that nobody trusts is refused in Entra's words.
    std::fs::write(&file, "token-of-another").unwrap();
    let refused = connect(&filled.server, &Shell::new(&cluster), &way).unwrap_err();
    assert!(refused.contains("AADSTS50027"), "{refused}");
    let without = connect(&filled.server, &Shell::new(&[]), &way).unwrap_err();
    assert!(without.contains("AZURE_FEDERATED_TOKEN_FILE") || without.contains("token"), "{without}");
}
