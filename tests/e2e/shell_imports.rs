//! A key brought in the shell, the whole way: planned, wrapped, sent, proven, brought again; and a key pair that its own
//! vault wraps.

use base64ct::{Base64, Encoding};
use serde_json::{Value, json};
use servers::{AmazonServer, Credentials, OpenBao, fixtures::amazon::REGION};

use crate::{
    memory::{Needle, files_with, log_is_at_trace},
    shell::Shell,
};

/// A shell with a connection to that Vault and to that AWS.
fn shell(vault: &OpenBao, cloud: &AmazonServer) -> Shell {
    let Credentials { access_key_id, secret_access_key } = Credentials::root();
    let shell = Shell::new(&[
        ("AWS_ACCESS_KEY_ID", &access_key_id),
        ("AWS_SECRET_ACCESS_KEY", &secret_access_key),
        ("VAULT_TOKEN", OpenBao::ROOT_TOKEN),
        ("CLAVIGER_LOG", "trace"),
    ]);
    shell.done(&["connect", "vault", "--name", "bao", "--address", vault.address(), "--auth", "token"]);
    shell.done(&["connect", "aws", "--name", "aws", "--region", REGION, "--endpoint-url", cloud.endpoint()]);
    shell
}

/// The number of the import that was begun last.
fn last(shell: &Shell) -> String {
    let rows = shell.values(&["imports", "--all", "--json"]);
    rows.iter().filter_map(|row| Some(row["id"].as_str()?.to_owned())).max().unwrap()
}

async fn kms(cloud: &AmazonServer, operation: &str, body: Value) -> Value {
    cloud.call(REGION, &format!("TrentService.{operation}"), body).await.unwrap()
}

#[tokio::test]
async fn a_key_is_brought_proven_and_brought_again() {
    let vault = OpenBao::start().await.unwrap();
    vault.call("POST", "sys/mounts/transit", json!({"type": "transit"})).await.unwrap();
    vault.call("POST", "transit/keys/master", json!({"type": "aes256-gcm96", "exportable": true})).await.unwrap();
    let cloud = AmazonServer::localstack().await.unwrap();
    let shell = shell(&vault, &cloud);
    let into = format!("aws/{REGION}");
    let takings = shell.done(&["import", "takings", &into]);
    assert!(takings.contains("RSAES_OAEP_SHA_256 with RSA_4096") && takings.contains("ChaCha20"), "{takings}");
    let begin =
        ["import", "begin", "--from", "bao/transit/keys/master", "--into", &into, "--set", "alias=alias/master"];

    // A plan makes nothing, at neither place.
    shell.done(&begin);
    assert_eq!(kms(&cloud, "ListKeys", json!({})).await["Keys"], json!([]));
    let begun = last(&shell);
    shell.refused(3, &["import", "resume", &begun, "--write"]);

    let brought = shell.done(&["import", "resume", &begun, "--write", "--yes"]);
    assert!(brought.contains("Phase: done") && brought.contains("Encrypt an S3 bucket with it"), "{brought}");
    let asked = json!({"KeyId": "alias/master", "Plaintext": Base64::encode_string(b"an order")});
    let blob = kms(&cloud, "Encrypt", asked).await["CiphertextBlob"].clone();
    let again = shell.done(&["import", "again", &begun, "--write", "--yes"]);
    assert!(again.contains("encrypted with the same key"), "{again}");
    let opened = kms(&cloud, "Decrypt", json!({"CiphertextBlob": blob})).await;
    assert_eq!(opened["Plaintext"], Base64::encode_string(b"an order"));
    assert_eq!(kms(&cloud, "ListKeys", json!({})).await["Keys"].as_array().unwrap().len(), 1);

    let record: Value = serde_json::from_str(&shell.done(&["import", "record", &begun])).unwrap();
    assert_eq!(record["phase"], "done");
    assert_eq!(record["import"]["wrapped"]["sha256"].as_str().unwrap().len(), 64);
    let told = vault.call("GET", "transit/export/encryption-key/master/1", json!({})).await.unwrap();
    let material = Base64::decode_vec(told["keys"]["1"].as_str().unwrap()).unwrap();
    let log = log_is_at_trace(&shell.home(), &["app", "aws", "vault"]);
    for (told, by) in
        [("operation=\"ImportKeyMaterial\" status=200 request_id=", "aws"), ("status=200 request_id=", "vault")]
    {
        let found = log.lines().any(|line| line.contains(&format!("DEBUG {by}::")) && line.contains(told));
        assert!(found, "{by} does not tell of its requests:\n{log}");
    }
    assert_eq!(files_with(shell.folder(), &Needle::spellings(&material)), [] as [String; 0]);
}

#[tokio::test]
async fn a_key_pair_is_wrapped_by_its_own_vault() {
    let vault = OpenBao::start().await.unwrap();
    vault.call("POST", "sys/mounts/transit", json!({"type": "transit"})).await.unwrap();
    vault.call("POST", "transit/keys/signer", json!({"type": "rsa-2048", "exportable": true})).await.unwrap();
    let cloud = AmazonServer::localstack().await.unwrap();
    let shell = shell(&vault, &cloud);
    let into = format!("aws/{REGION}");
    let begin = ["import", "begin", "--from", "bao/transit/keys/signer", "--inside", "--into", &into];
    let brought = shell.done(&[&begin[..], &["--set", "usage=SIGN_VERIFY", "--write", "--yes"]].concat());
    assert!(brought.contains("Phase: done") && brought.contains("public half is that of the key"), "{brought}");
    let listed = vault.call("LIST", "transit/keys", json!({})).await.unwrap();
    let names: Vec<&str> = listed["keys"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(!names.iter().any(|name| name.starts_with(domain::LOADED)), "{names:?}");
}
