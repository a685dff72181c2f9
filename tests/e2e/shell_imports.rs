//! A key brought in the shell, the whole way: planned, wrapped, sent, proven, brought again; and a key pair that its own
//! vault wraps.

use std::process::{Command, Output, Stdio};

use base64ct::{Base64, Encoding};
use serde_json::{Value, json};
use servers::{AmazonServer, Credentials, OpenBao, fixtures::amazon::REGION};

use crate::{
    desktop::{application, environment},
    memory::{Needle, files_with},
};

/// A home with a connection to that Vault and to that AWS, and the shell in it.
struct Shell {
    folder: tempfile::TempDir,
    credentials: Credentials,
}

impl Shell {
    fn new(vault: &OpenBao, cloud: &AmazonServer) -> Self {
        let shell = Self { folder: tempfile::tempdir().unwrap(), credentials: Credentials::root() };
        shell.done(&["connect", "vault", "--name", "bao", "--address", vault.address(), "--auth", "token"]);
        let to_cloud = ["connect", "aws", "--name", "aws", "--region", REGION, "--endpoint-url", cloud.endpoint()];
        shell.done(&to_cloud);
        shell
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(application())
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(environment(self.folder.path()))
            .env("AWS_ACCESS_KEY_ID", &self.credentials.access_key_id)
            .env("AWS_SECRET_ACCESS_KEY", &self.credentials.secret_access_key)
            .env("VAULT_TOKEN", OpenBao::ROOT_TOKEN)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// What it prints, after it ended well.
    fn done(&self, arguments: &[&str]) -> String {
        let answer = self.run(arguments);
        assert!(answer.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&answer.stderr));
        String::from_utf8(answer.stdout).unwrap()
    }

    /// The number of the import that was begun last.
    fn last(&self) -> String {
        let listed = self.done(&["imports", "--all", "--json"]);
        let ids = listed.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].clone());
        ids.filter_map(|id| Some(id.as_str()?.to_owned())).max().unwrap()
    }
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
    let shell = Shell::new(&vault, &cloud);
    let into = format!("aws/{REGION}");
    let takings = shell.done(&["import", "takings", &into]);
    assert!(takings.contains("RSAES_OAEP_SHA_256 with RSA_4096") && takings.contains("ChaCha20"), "{takings}");
    let begin =
        ["import", "begin", "--from", "bao/transit/keys/master", "--into", &into, "--set", "alias=alias/master"];

    // A plan makes nothing, at neither place.
    shell.done(&begin);
    assert_eq!(kms(&cloud, "ListKeys", json!({})).await["Keys"], json!([]));
    let begun = shell.last();
    let unconfirmed = shell.run(&["import", "resume", &begun, "--write"]);
    assert_eq!(unconfirmed.status.code(), Some(3), "{}", String::from_utf8_lossy(&unconfirmed.stderr));

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
    assert_eq!(files_with(shell.folder.path(), &Needle::spellings(&material)), [] as [String; 0]);
}

#[tokio::test]
async fn a_key_pair_is_wrapped_by_its_own_vault() {
    let vault = OpenBao::start().await.unwrap();
    vault.call("POST", "sys/mounts/transit", json!({"type": "transit"})).await.unwrap();
    vault.call("POST", "transit/keys/signer", json!({"type": "rsa-2048", "exportable": true})).await.unwrap();
    let cloud = AmazonServer::localstack().await.unwrap();
    let shell = Shell::new(&vault, &cloud);
    let into = format!("aws/{REGION}");
    let begin = ["import", "begin", "--from", "bao/transit/keys/signer", "--inside", "--into", &into];
    let brought = shell.done(&[&begin[..], &["--set", "usage=SIGN_VERIFY", "--write", "--yes"]].concat());
    assert!(brought.contains("Phase: done") && brought.contains("public half is that of the key"), "{brought}");
    let listed = vault.call("LIST", "transit/keys", json!({})).await.unwrap();
    let names: Vec<&str> = listed["keys"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(!names.iter().any(|name| name.starts_with(domain::LOADED)), "{names:?}");
}
