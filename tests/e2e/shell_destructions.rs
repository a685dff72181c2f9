//! Destructions in the shell: a transit key to its end, and a KMS key disabled, scheduled, called back and kept. What is
//! locked is refused with its reason, and changes nothing at the server.

use serde_json::{Value, json};
use servers::{AmazonServer, Credentials, OpenBao, fixtures::amazon::REGION};

use crate::shell::Shell;

/// A destruction that goes on in that shell.
struct Walk {
    shell: Shell,
    id: String,
}

impl Walk {
    /// Begins the destruction of that item, which is in the way of nothing yet.
    fn begin(shell: Shell, reference: &str) -> Self {
        let begun = shell.values(&["destroy", reference, "--json"]);
        let id = begun[0]["row"]["id"].as_str().unwrap().to_owned();
        Self { shell, id }
    }

    /// What comes of a verb, as JSON.
    fn does(&self, verb: &str, more: &[&str]) -> Value {
        self.shell.values(&[&["destruction", verb, &self.id, "--json"], more].concat()).remove(0)
    }

    /// Says of everything that is in the way why it is not.
    fn speak_for_all(&self) {
        let now = self.does("show", &[]);
        for finding in now["evidence"]["findings"].as_array().unwrap() {
            if finding["blocks"] == true && finding["said"].is_null() {
                self.does("acknowledge", &[finding["id"].as_str().unwrap(), "--reason", "nobody was found"]);
            }
        }
    }

    /// To the next phase, which must be this one.
    fn go_on(&self, to: &str) {
        assert_eq!(self.does("go-on", &[])["row"]["phase"], to);
    }

    /// A step at the place, carried out.
    fn step(&self, step: &str, confirm: &[&str]) -> String {
        self.shell.done(&[&["destruction", "step", &self.id, step, "--write"], confirm].concat())
    }

    /// The same where it must be refused with that exit code.
    fn refuses(&self, code: i32, step: &str, confirm: &[&str]) -> String {
        self.shell.refused(code, &[&["destruction", "step", &self.id, step, "--write"], confirm].concat())
    }
}

#[tokio::test]
async fn a_transit_key_is_destroyed_to_the_end() {
    let vault = OpenBao::start().await.unwrap();
    vault.call("POST", "sys/mounts/transit", json!({"type": "transit"})).await.unwrap();
    vault.call("POST", "transit/keys/old", json!({"type": "aes256-gcm96"})).await.unwrap();
    let told = async || vault.call("GET", "transit/keys/old", Value::Null).await;
    let shell = Shell::new(&[("VAULT_TOKEN", OpenBao::ROOT_TOKEN)]);
    shell.done(&["connect", "vault", "--name", "bao", "--address", vault.address(), "--auth", "token"]);
    let walk = Walk::begin(shell, "bao/transit/keys/old");

    // Nobody has said yet why it does not matter that the last use is unknown.
    let early = walk.shell.refused(9, &["destruction", "go-on", &walk.id]);
    assert!(early.contains("somebody may still use it") && early.contains("Nothing was changed"), "{early}");
    let shown = walk.shell.done(&["destruction", "show", &walk.id]);
    assert!(shown.contains("[use:unknown]") && shown.contains("step disable  not here"), "{shown}");
    walk.does("settle", &["--reason", "nobody knows what it is for", "--soak-days", "0"]);
    walk.speak_for_all();
    for phase in ["disable", "soak", "schedule"] {
        walk.go_on(phase);
    }

    let locked = walk.refuses(9, "destroy", &["--type", "old"]);
    assert!(locked.contains("does not allow its deletion yet"), "{locked}");
    // A plan does nothing, and nobody confirms it by accident.
    let plan = walk.shell.done(&["destruction", "step", &walk.id, "permit"]);
    assert!(plan.contains("transit/keys/old/config"), "{plan}");
    walk.refuses(3, "permit", &[]);
    assert_eq!(told().await.unwrap()["deletion_allowed"], false);
    let permitted = walk.step("permit", &["--yes"]);
    assert!(permitted.contains("is done: permit") && permitted.contains("step destroy  yes"), "{permitted}");
    assert_eq!(told().await.unwrap()["deletion_allowed"], true);

    // What cannot be taken back wants its name, and no other.
    for wrong in [&["--yes"][..], &["--type", "another"]] {
        walk.refuses(3, "destroy", wrong);
        assert_eq!(told().await.unwrap()["name"], "old");
    }
    let over = walk.step("destroy", &["--type", "old"]);
    assert!(over.contains("Phase: done") && !over.contains("What may be done"), "{over}");
    told().await.unwrap_err();
    assert!(walk.shell.values(&["destructions", "--json"]).is_empty());
    let sheet: Value = serde_json::from_str(&walk.shell.done(&["destruction", "sheet", &walk.id, "--json"])).unwrap();
    let steps: Vec<&Value> = sheet["orders"].as_array().unwrap().iter().map(|order| &order["step"]).collect();
    assert_eq!(steps, ["permit", "destroy"]);
    walk.shell.done(&["journal", "verify"]);
}

async fn state(cloud: &AmazonServer, key: &str) -> Value {
    let told = cloud.call(REGION, "TrentService.DescribeKey", json!({"KeyId": key})).await.unwrap();
    told["KeyMetadata"]["KeyState"].clone()
}

#[tokio::test]
async fn a_key_of_kms_is_scheduled_called_back_and_kept() {
    let cloud = AmazonServer::localstack().await.unwrap();
    let made = cloud.call(REGION, "TrentService.CreateKey", json!({"Description": "nobody knows"})).await.unwrap();
    let (arn, key) = (made["KeyMetadata"]["Arn"].as_str().unwrap(), made["KeyMetadata"]["KeyId"].as_str().unwrap());
    let Credentials { access_key_id, secret_access_key } = Credentials::root();
    let shell = Shell::new(&[("AWS_ACCESS_KEY_ID", &access_key_id), ("AWS_SECRET_ACCESS_KEY", &secret_access_key)]);
    shell.done(&["connect", "aws", "--name", "aws", "--region", REGION, "--endpoint-url", cloud.endpoint()]);
    let walk = Walk::begin(shell, arn);
    walk.speak_for_all();
    walk.does("settle", &["--wait-days", "7"]);
    walk.go_on("disable");
    let disabled = walk.step("disable", &["--yes"]);
    assert_eq!(state(&cloud, key).await, "Disabled");

    // The soak of two weeks has begun: it is said until when, and the next step is refused.
    let until = walk.does("show", &[])["soaksUntil"].as_str().unwrap().to_owned();
    assert!(disabled.contains("Phase: soak") && disabled.contains(&format!("It opens at {until}")), "{disabled}");
    let early = walk.shell.refused(9, &["destruction", "go-on", &walk.id]);
    assert!(early.contains("nobody touches it for a time") && early.contains(&until[..10]), "{early}");
    let locked = walk.refuses(9, "schedule", &["--yes", "--type", "x"]);
    assert!(locked.contains("belongs to \"schedule\""), "{locked}");
    assert_eq!(state(&cloud, key).await, "Disabled");

    walk.does("settle", &["--soak-days", "0"]);
    walk.go_on("schedule");
    let name = walk.does("show", &[])["row"]["name"].as_str().unwrap().to_owned();
    let scheduled = walk.step("schedule", &["--type", &name]);
    assert!(scheduled.contains("Can be called off until:"), "{scheduled}");
    assert_eq!(state(&cloud, key).await, "PendingDeletion");
    let waits = walk.refuses(9, "enable", &["--yes"]);
    assert!(waits.contains("its destruction is ordered"), "{waits}");
    let keep = walk.shell.refused(9, &["destruction", "keep", &walk.id, "--reason", "found its owner"]);
    assert!(keep.contains("Cancel it first"), "{keep}");
    assert_eq!(state(&cloud, key).await, "PendingDeletion");

    walk.step("cancel", &["--yes"]);
    assert_eq!(state(&cloud, key).await, "Disabled");
    walk.step("enable", &["--yes"]);
    assert_eq!(state(&cloud, key).await, "Enabled");
    assert_eq!(walk.does("keep", &["--reason", "found its owner"])["row"]["phase"], "kept");
    let over = walk.refuses(9, "disable", &["--yes"]);
    assert!(over.contains("the destruction is over"), "{over}");
    assert_eq!(state(&cloud, key).await, "Enabled");
}
