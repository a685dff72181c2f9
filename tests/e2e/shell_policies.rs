//! Policies in the shell, against a KMS that enforces them and a real OpenBao: what is said of a text comes true once it is
//! written, and a text that would lock its sender out is not sent.

use serde_json::{Value, json};
use servers::{
    AmazonServer, Credentials, OpenBao, Signer,
    fixtures::amazon::{self, REGION},
};

use crate::shell::Shell;

/// A key at a strict KMS, and people with IAM policies of their own.
struct Scene {
    cloud: AmazonServer,
    key: String,
    admin: Credentials,
    /// May do everything with keys but write their policies.
    limited: Credentials,
    app: Credentials,
    other: Credentials,
}

impl Scene {
    async fn start() -> Self {
        let cloud = AmazonServer::fakecloud().await.unwrap();
        let asked = json!({"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"});
        let made = cloud.call(REGION, "TrentService.CreateKey", asked).await.unwrap();
        let key = made["KeyMetadata"]["Arn"].as_str().unwrap().to_owned();
        let allow = |action: Value| json!({"Effect": "Allow", "Action": action, "Resource": "*"});
        let reads_iam = allow(json!(["iam:Get*", "iam:List*", "sts:*"]));
        let own = |actions: Value| json!([allow(actions), reads_iam.clone()]);
        let admin = amazon::user(&cloud, "keyadmin", own(json!("kms:*"))).await.unwrap();
        let most = own(json!(["kms:Describe*", "kms:Get*", "kms:List*"]));
        let limited = amazon::user(&cloud, "auditor", most).await.unwrap();
        let nothing = || json!([allow(json!("sts:*"))]);
        let app = amazon::user(&cloud, "app", nothing()).await.unwrap();
        let other = amazon::user(&cloud, "other", nothing()).await.unwrap();
        Self { cloud, key, admin, limited, app, other }
    }

    /// A shell in which somebody is connected to the account as `aws`.
    fn shell(&self, who: &Credentials) -> Shell {
        let keys =
            [("AWS_ACCESS_KEY_ID", who.access_key_id.as_str()), ("AWS_SECRET_ACCESS_KEY", &who.secret_access_key)];
        let shell = Shell::new(&keys);
        shell.done(&["connect", "aws", "--name", "aws", "--region", REGION, "--endpoint-url", self.cloud.endpoint()]);
        shell
    }

    async fn may_sign(&self, who: &Credentials) -> bool {
        let signer = Signer { credentials: who.clone(), session_token: None };
        let body = json!({"KeyId": self.key, "Message": "aGVsbG8=", "SigningAlgorithm": "RSASSA_PSS_SHA_256"});
        let answer = self.cloud.ask(&signer, REGION, "Sign", &body).await.unwrap();
        assert!(answer.status == 200 || answer.error().contains("AccessDenied"), "{answer:?}");
        answer.status == 200
    }

    async fn policy(&self) -> Value {
        let asked = json!({"KeyId": self.key, "PolicyName": "default"});
        let answer = self.cloud.call(REGION, "TrentService.GetKeyPolicy", asked).await.unwrap();
        serde_json::from_str(answer["Policy"].as_str().unwrap()).unwrap()
    }

    /// The policy as it is with one more statement: that user may sign.
    async fn with_app(&self) -> String {
        let mut policy = self.policy().await;
        let one = json!({
            "Sid": "AppSigns", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:user/app"},
            "Action": ["kms:Sign", "kms:DescribeKey"], "Resource": "*",
        });
        policy["Statement"].as_array_mut().unwrap().push(one);
        policy.to_string()
    }
}

fn write<'a>(reference: &'a str, text: &'a str) -> Vec<&'a str> {
    vec!["change", reference, "change-policy", "--set", "policy=default", "--set", text, "--write"]
}

#[tokio::test]
async fn what_a_text_says_comes_true_once_it_is_written_and_is_taken_back() {
    let scene = Scene::start().await;
    let shell = scene.shell(&scene.admin);
    let before = scene.policy().await;
    let shown: Value = serde_json::from_str(&shell.done(&["policy", "show", &scene.key])).unwrap();
    assert_eq!(shown, before);
    assert!(!scene.may_sign(&scene.app).await);

    let text = scene.with_app().await;
    let file = shell.folder().join("new.json");
    std::fs::write(&file, &text).unwrap();
    let difference = shell.done(&["policy", "diff", &scene.key, "--with", file.to_str().unwrap()]);
    assert!(difference.contains("+ ") && difference.contains("app") && difference.contains("sign"), "{difference}");
    assert!(difference.contains("keeps"), "{difference}");

    let set = format!("text={text}");
    let mut command = write(&scene.key, &set);
    command.push("--yes");
    shell.done(&command);
    assert_eq!(scene.policy().await["Statement"].as_array().unwrap().len(), 2);
    assert!(scene.may_sign(&scene.app).await, "whom the policy lets in is let in");
    assert!(!scene.may_sign(&scene.other).await, "and nobody else");
    let who = shell.done(&["policy", "who", &scene.key]);
    assert!(who.lines().any(|line| line.starts_with("sign") && line.contains("app")), "{who}");

    // The same text again is nothing to do; the text of before is a change like any other.
    let again = shell.refused(9, &command);
    assert!(again.contains("everything is so already"), "{again}");
    let set = format!("text={before}");
    let mut command = write(&scene.key, &set);
    command.push("--yes");
    shell.done(&command);
    assert!(!scene.may_sign(&scene.app).await);
}

#[tokio::test]
async fn a_text_that_would_lock_its_sender_out_is_not_sent() {
    let scene = Scene::start().await;
    let before = scene.policy().await;
    let with_app: Value = serde_json::from_str(&scene.with_app().await).unwrap();
    let only_app = json!({"Version": "2012-10-17", "Statement": [with_app["Statement"][1]]}).to_string();
    let set = format!("text={only_app}");
    let admin = scene.shell(&scene.admin);
    let said = admin.refused(5, &[write(&scene.key, &set), vec!["--yes"]].concat());
    assert!(said.contains("BypassPolicyLockoutSafetyCheck") && said.contains("Nothing was sent"), "{said}");
    assert_eq!(scene.policy().await, before);

    // The document lets the account in, but this user's own policies do not let them write it.
    let set = format!("text={}", scene.with_app().await);
    let limited = scene.shell(&scene.limited);
    let said = limited.refused(5, &[write(&scene.key, &set), vec!["--yes"]].concat());
    assert!(said.contains("kms:PutKeyPolicy"), "{said}");
    assert_eq!(scene.policy().await, before);

    // What KMS itself would take, all of these servers at least, is refused here: a text that is no policy.
    let said = admin.refused(3, &[write(&scene.key, "text={\"Statement\": 7}"), vec!["--yes"]].concat());
    assert!(said.contains("statement"), "{said}");
    assert_eq!(scene.policy().await, before);
}

#[tokio::test]
async fn a_policy_of_openbao_holds_for_whoever_has_it_once_it_is_written() {
    let bao = OpenBao::start().await.unwrap();
    bao.call("POST", "sys/mounts/transit", json!({"type": "transit"})).await.unwrap();
    bao.call("POST", "transit/keys/payments", json!({"type": "ecdsa-p256"})).await.unwrap();
    let shell = Shell::new(&[("VAULT_TOKEN", OpenBao::ROOT_TOKEN)]);
    shell.done(&["connect", "vault", "--name", "bao", "--address", bao.address(), "--auth", "token"]);
    let key = "bao/transit/keys/payments";
    let text = "text=# The signer of payments\npath \"transit/sign/payments\" {\n  capabilities = [\"update\"]\n}\n";
    let change = ["change", key, "change-policy", "--set", "policy=signer", "--set", text, "--write", "--yes"];
    shell.done(&change);
    let made = bao.call("POST", "auth/token/create", json!({"policies": ["signer"]})).await.unwrap();
    let token = made["client_token"].as_str().unwrap().to_owned();
    let status = async |path: &str, body: Value| bao.call_as(&token, "", "POST", path, body).await.unwrap().0;
    assert_eq!(status("transit/sign/payments", json!({"input": "aGVsbG8="})).await, 200);
    assert_eq!(status("transit/keys/payments/config", json!({"deletion_allowed": true})).await, 403);
    let who = shell.done(&["policy", "who", key, "--policy", "signer"]);
    assert!(who.contains("sign") && who.contains("signer"), "{who}");
    let told = shell.done(&[
        "policy",
        "simulate",
        key,
        "--policy",
        "signer",
        "--action",
        "update transit/keys/payments/config",
    ]);
    assert!(told.starts_with("not-allowed"), "{told}");
    let shown = shell.done(&["policy", "show", key, "--policy", "signer"]);
    assert!(shown.starts_with("# The signer of payments\n"), "{shown}");
    let wrong = text.replace("update", "updat");
    let said = shell
        .refused(3, &["change", key, "change-policy", "--set", "policy=signer", "--set", &wrong, "--write", "--yes"]);
    assert!(said.contains("updat"), "{said}");
}

#[test]
fn a_text_from_elsewhere_is_linted_by_line_and_column() {
    let shell = Shell::new(&[]);
    let text = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [{\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"kms:Decryt\", \"Resource\": \"*\"}]\n}";
    let answer = shell.run_on(text, &["policy", "lint", "-"]);
    let said = String::from_utf8(answer.stdout).unwrap();
    assert_eq!(answer.status.code(), Some(3), "{said}");
    for code in ["public-principal", "unknown-action"] {
        assert!(said.lines().any(|line| line.starts_with("3:") && line.contains(code)), "{code}: {said}");
    }
}
