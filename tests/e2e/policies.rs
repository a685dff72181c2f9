//! The policy of a key in the window, on a server that enforces it: another account is let in, told in sentences before it
//! is sent; and a text that would lock its sender out is not sent at all.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use servers::{
    AmazonServer, Credentials, OpenBao, Signer,
    fixtures::amazon::{self as fixture, REGION},
};
use thirtyfour::Key;

use crate::{
    amazon::{connect_to, credentials},
    changes::confirm,
    desktop::{Desktop, Wish},
    journey,
};

const KEY: &str = "orders";
/// Whom the template of the other account is for. Source: mission.md, S6.
const HEROKU: &str = "021876802972";

async fn kms(server: &AmazonServer, operation: &str, body: Value) -> Value {
    server.call(REGION, &format!("TrentService.{operation}"), body).await.unwrap()
}

/// What the key's policy says, as the server itself tells it.
async fn policy(server: &AmazonServer) -> Value {
    let known = kms(server, "DescribeKey", json!({"KeyId": format!("alias/{KEY}")})).await;
    let id = &known["KeyMetadata"]["KeyId"];
    let told = kms(server, "GetKeyPolicy", json!({"KeyId": id, "PolicyName": "default"})).await;
    serde_json::from_str(told["Policy"].as_str().unwrap()).unwrap()
}

fn statements(policy: &Value) -> BTreeMap<String, Value> {
    let all = policy["Statement"].as_array().unwrap().iter();
    all.map(|one| (one["Sid"].as_str().unwrap().to_owned(), one.clone())).collect()
}

/// A key with a policy of two statements, laid out as no program does it.
async fn server() -> AmazonServer {
    let server = AmazonServer::fakecloud().await.unwrap();
    let account = server.account();
    let text = format!(
        "{{\n \"Version\" : \"2012-10-17\",\n  \"Statement\": [\n   {{\"Sid\": \"Account\", \"Effect\": \"Allow\",\n    \
         \"Principal\": {{\"AWS\": \"arn:aws:iam::{account}:root\"}}, \"Action\": \"kms:*\", \"Resource\": \"*\"}},\n   \
         {{\"Sid\": \"Orders\", \"Effect\": \"Allow\", \"Principal\": {{\"AWS\": \"arn:aws:iam::{account}:role/orders\"}},\n    \
         \"Action\": [\"kms:Decrypt\"], \"Resource\": \"*\"}}\n  ]\n}}\n"
    );
    let made = kms(&server, "CreateKey", json!({"Policy": text})).await;
    let alias = json!({"AliasName": format!("alias/{KEY}"), "TargetKeyId": made["KeyMetadata"]["KeyId"]});
    kms(&server, "CreateAlias", alias).await;
    server
}

/// A window in which the policy of the key is open and read.
async fn window(server: &AmazonServer) -> Desktop {
    let desktop = Desktop::open(credentials()).await;
    connect_to(&desktop, server.endpoint()).await;
    desktop.open_row(KEY).await;
    open_policy(&desktop).await;
    desktop
}

/// Opens the policy of the item in view, and waits for its editor.
async fn open_policy(desktop: &Desktop) {
    desktop.click("button", "Policy…").await;
    is_read(desktop).await;
    desktop.until("document.querySelector('[data-testid=code-editor] .cm-content')", "the editor is there").await;
}

/// Types at the end of the text in the editor.
async fn type_at_the_end(desktop: &Desktop, text: &str) {
    desktop.evaluate("document.querySelector('[data-testid=code-editor] .cm-content').focus()").await;
    desktop.type_keys(Key::Control + Key::End).await;
    desktop.type_keys(text).await;
}

/// Waits until what is shown is of the text as it stands.
async fn is_read(desktop: &Desktop) {
    desktop.until("document.querySelector('[data-testid=policy-room]')?.dataset.read", "the text is read").await;
}

async fn lockout_is(desktop: &Desktop, standing: &str) {
    let says = format!("document.querySelector('[data-testid=lockout]')?.dataset.caller === {}", json!(standing));
    desktop.until(&says, &format!("the sender of the policy {standing}")).await;
    is_read(desktop).await;
}

/// Whether the button that leads to the plan can be used.
const APPLICABLE: &str = "((button) => button.getAttribute('aria-disabled') !== 'true')
    (document.querySelector('[data-testid=policy-apply]'))";

/// Confirms the plan in view, and waits until the policy was read back.
async fn carried_out(desktop: &Desktop) {
    confirm(desktop, "done").await;
    journey::close_dialog(desktop).await;
    desktop
        .until("document.querySelector('[data-testid=policy-applied]')?.dataset.state === 'done'", "it is read back")
        .await;
}

async fn looked_at(desktop: &Desktop, what: &str) {
    for theme in ["dark", "light"] {
        desktop.theme(theme).await;
        desktop.has_no_axe_violation(&format!("{what}, {theme}")).await;
        desktop.picture(&format!("{what}-{theme}")).await;
    }
}

#[tokio::test]
async fn another_account_is_let_in_and_told_in_sentences_before_it_is_sent() {
    let server = server().await;
    let before = statements(&policy(&server).await);
    let desktop = window(&server).await;
    looked_at(&desktop, "policy-open").await;

    desktop.click("button", "Add…").await;
    desktop.choose("What", "Let another account use the key").await;
    desktop.click("button", "Heroku").await;
    looked_at(&desktop, "policy-add").await;
    desktop.click("button", "Add").await;
    desktop.part_shows("policy-differences", HEROKU).await;
    lockout_is(&desktop, "keeps").await;
    looked_at(&desktop, "policy-added").await;
    for tab in ["Differences", "Statements", "In words", "Who can", "Who may?", "History"] {
        desktop.click("tab", tab).await;
        if tab == "Differences" {
            desktop
                .until(
                    "document.querySelector('[data-testid=diff] .cm-changedLine, [data-testid=diff] .cm-insertedLine')",
                    "the texts are compared",
                )
                .await;
        }
        looked_at(&desktop, &format!("policy-{}", tab.to_lowercase().replace([' ', '?'], "-"))).await;
    }
    assert_eq!(statements(&policy(&server).await), before, "nothing was sent yet");

    desktop.click_on("policy-apply").await;
    desktop.part_shows("change-plan", HEROKU).await;
    desktop.click("button", "Allow changes for 15 minutes").await;
    looked_at(&desktop, "policy-plan").await;
    carried_out(&desktop).await;
    desktop.until(&format!("!({APPLICABLE})"), "there is nothing more to apply").await;
    looked_at(&desktop, "policy-applied").await;

    let after = statements(&policy(&server).await);
    for (sid, statement) in &before {
        assert_eq!(after.get(sid), Some(statement), "{sid} is as it was");
    }
    let added: Vec<&Value> = after.iter().filter(|(sid, _)| !before.contains_key(*sid)).map(|(_, one)| one).collect();
    assert_eq!(added.len(), 2, "{after:#?}");
    for statement in &added {
        assert!(statement["Principal"]["AWS"].to_string().contains(HEROKU), "{statement:#}");
    }
    let grants = added.iter().find(|one| one["Action"].to_string().contains("kms:CreateGrant")).unwrap();
    assert_eq!(grants["Condition"]["Bool"]["kms:GrantIsForAWSResource"].to_string().trim_matches('"'), "true");
}

#[tokio::test]
async fn a_text_that_would_lock_its_sender_out_is_not_sent() {
    let server = server().await;
    let before = policy(&server).await;
    let desktop = window(&server).await;
    lockout_is(&desktop, "keeps").await;

    // In the editor itself, by the keyboard: from the statement of the account to the end of it, deleted.
    let script = "const text = document.querySelector('[data-testid=code-editor] .cm-content');
        text.focus();
        const line = (holds) => [...text.querySelectorAll('.cm-line')].find((line) => line.textContent.includes(holds));
        const range = document.createRange();
        range.setStartBefore(line('\"Account\"').firstChild);
        range.setEndAfter(line('kms:*').lastChild);
        getSelection().removeAllRanges();
        getSelection().addRange(range);";
    desktop.evaluate(script).await;
    desktop.type_keys(Key::Delete + "").await;
    lockout_is(&desktop, "loses").await;
    desktop.part_shows("lockout", "BypassPolicyLockoutSafetyCheck").await;
    assert_eq!(desktop.evaluate(&format!("return {APPLICABLE}")).await, false);
    looked_at(&desktop, "policy-locked").await;
    desktop.click_on("policy-apply").await;
    assert_eq!(desktop.evaluate("return document.querySelector('[data-testid=change-plan]')").await, Value::Null);
    assert_eq!(policy(&server).await, before);

    // The draft outlives the window, and is offered rather than put in the policy's place.
    desktop
        .until("document.querySelector('[data-testid=policy-kept]')?.dataset.kept === 'kept'", "the draft is kept")
        .await;
    let folder = desktop.close().await;
    let desktop = Desktop::open_in(folder, credentials()).await;
    journey::is_listed(&desktop).await;
    desktop.open_row(KEY).await;
    desktop.type_keys("p").await;
    lockout_is(&desktop, "keeps").await;
    looked_at(&desktop, "policy-earlier").await;
    desktop.click("button", "Go on").await;
    lockout_is(&desktop, "loses").await;
    desktop.click("button", "Discard the draft").await;
    lockout_is(&desktop, "keeps").await;
    assert_eq!(policy(&server).await, before);
}

#[tokio::test]
async fn what_somebody_else_changed_meanwhile_is_not_overwritten() {
    let server = server().await;
    let desktop = window(&server).await;
    desktop.session().set_window_rect(0, 0, 1024, 640).await.unwrap();
    desktop.click("tab", "Statements").await;
    desktop.click("button", "New statement").await;
    looked_at(&desktop, "policy-narrow-statement").await;
    desktop.click("tab", "Text").await;
    looked_at(&desktop, "policy-narrow").await;

    type_at_the_end(&desktop, "  ").await;
    is_read(&desktop).await;
    desktop.until(APPLICABLE, "there is something to apply").await;
    let known = kms(&server, "DescribeKey", json!({"KeyId": format!("alias/{KEY}")})).await;
    let mut theirs = policy(&server).await;
    theirs["Statement"][1]["Action"] = json!(["kms:Encrypt"]);
    let body = json!({"KeyId": known["KeyMetadata"]["KeyId"], "PolicyName": "default", "Policy": theirs.to_string()});
    kms(&server, "PutKeyPolicy", body).await;
    desktop.click_on("policy-apply").await;
    desktop.part_shows("policy-moved", "Your draft").await;
    desktop
        .until(
            "document.querySelectorAll('[data-testid=policy-moved] .cm-changedLine').length > 0",
            "the texts are compared",
        )
        .await;
    looked_at(&desktop, "policy-moved").await;
    assert_eq!(desktop.evaluate("return document.querySelector('[data-testid=change-plan]')").await, Value::Null);
    assert_eq!(policy(&server).await, theirs, "nothing was sent");
    desktop.click("button", "Discard the draft").await;
    desktop
        .until(
            "document.querySelector('[data-testid=code-editor] .cm-content').innerText.includes('kms:Encrypt')",
            "it reads what is there",
        )
        .await;
}

#[tokio::test]
async fn a_policy_of_a_whole_place_is_changed_in_its_own_language() {
    let server = OpenBao::start().await.unwrap();
    server.call("POST", "sys/mounts/transit", json!({"type": "transit"})).await.unwrap();
    server.call("POST", "transit/keys/tokens", json!({"type": "ed25519"})).await.unwrap();
    let text = "# Who makes tokens.\npath \"transit/sign/tokens\" {\n  capabilities = [\"update\"]\n}\n";
    server.call("POST", "sys/policies/acl/issuer", json!({"policy": text})).await.unwrap();
    server
        .call("POST", "sys/policies/acl/mail", json!({"policy": "path \"kv/mail\" { capabilities = [\"read\"] }"}))
        .await
        .unwrap();
    let desktop = Desktop::open(Wish::default()).await;
    journey::connect_with_token(&desktop, "bao", server.address(), OpenBao::ROOT_TOKEN).await;
    desktop.open_row("tokens").await;
    open_policy(&desktop).await;
    desktop.shows("Other policies of this place").await;
    desktop.click("button", "ACL policy issuer").await;
    is_read(&desktop).await;
    looked_at(&desktop, "policy-place").await;

    type_at_the_end(&desktop, "path \"transit/verify/tokens\" { capabilities = [\"update\"] }").await;
    is_read(&desktop).await;
    looked_at(&desktop, "policy-place-typed").await;
    desktop.click_on("policy-apply").await;
    desktop.part_shows("change-plan", "verify").await;
    desktop.click("button", "Allow changes for 15 minutes").await;
    carried_out(&desktop).await;
    let after = server.call("GET", "sys/policies/acl/issuer", Value::Null).await.unwrap();
    let after = after["policy"].as_str().unwrap();
    assert!(after.starts_with(text), "what was there is as it was: {after}");
    assert!(after.contains("transit/verify/tokens"), "{after}");
}

/// Whether somebody may encrypt with the key: the server decides.
async fn may_encrypt(server: &AmazonServer, who: &Credentials) -> bool {
    let known = kms(server, "DescribeKey", json!({"KeyId": format!("alias/{KEY}")})).await;
    let signer = Signer { credentials: who.clone(), session_token: None };
    let body = json!({"KeyId": known["KeyMetadata"]["Arn"], "Plaintext": "aGVsbG8="});
    let answer = server.ask(&signer, REGION, "Encrypt", &body).await.unwrap();
    assert!(answer.status == 200 || answer.error().contains("AccessDenied"), "{answer:?}");
    answer.status == 200
}

#[tokio::test]
async fn whom_a_policy_lets_in_is_let_in_for_real_until_that_is_taken_back() {
    let server = server().await;
    let nothing = || json!([{"Effect": "Allow", "Action": "sts:*", "Resource": "*"}]);
    let app = fixture::user(&server, "app", nothing()).await.unwrap();
    let other = fixture::user(&server, "other", nothing()).await.unwrap();
    let arn = format!("arn:aws:iam::{}:user/app", server.account());
    assert!(!may_encrypt(&server, &app).await);
    let desktop = window(&server).await;

    desktop.click("button", "Add…").await;
    desktop.choose("What", "Key users").await;
    desktop.fill("Users or roles", &arn).await;
    desktop.click("button", "Add").await;
    desktop.part_shows("policy-differences", "encrypt").await;
    lockout_is(&desktop, "keeps").await;
    desktop.click_on("policy-apply").await;
    desktop.part_shows("change-plan", "app").await;
    desktop.click("button", "Allow changes for 15 minutes").await;
    carried_out(&desktop).await;
    assert!(may_encrypt(&server, &app).await, "whom the policy lets in is let in");
    assert!(!may_encrypt(&server, &other).await, "and nobody else");

    desktop.click("button", "Add…").await;
    desktop.choose("What", "Key users").await;
    desktop.fill("Users or roles", &arn).await;
    desktop.click("button", "Take back").await;
    desktop.part_shows("policy-differences", "no longer").await;
    desktop.click_on("policy-apply").await;
    desktop.part_shows("change-plan", "no longer").await;
    carried_out(&desktop).await;
    assert!(!may_encrypt(&server, &app).await, "what was given is taken back");
}

#[tokio::test]
async fn whoever_lacks_the_right_in_iam_is_told_so_though_the_policy_lets_them_in() {
    let server = server().await;
    let reads = json!([
        "acm:List*",
        "iam:Get*",
        "iam:List*",
        "kms:Describe*",
        "kms:Get*",
        "kms:List*",
        "secretsmanager:List*",
        "sts:*"
    ]);
    let statements = json!([{"Effect": "Allow", "Action": reads, "Resource": "*"}]);
    let auditor = fixture::user(&server, "auditor", statements).await.unwrap();
    let variables =
        [("AWS_ACCESS_KEY_ID", auditor.access_key_id), ("AWS_SECRET_ACCESS_KEY", auditor.secret_access_key)];
    let variables = variables.map(|(name, value)| (name.into(), value));
    let desktop = Desktop::open(Wish { variables: variables.into(), ..Wish::default() }).await;
    connect_to(&desktop, server.endpoint()).await;
    desktop.open_row(KEY).await;
    open_policy(&desktop).await;
    lockout_is(&desktop, "loses").await;
    desktop.part_shows("lockout", "kms:PutKeyPolicy").await;
    // It is not the text that takes the right from them: not as it stands, nor with a space more.
    desktop.part_shows("lockout", "You have no right to change it").await;
    type_at_the_end(&desktop, "  ").await;
    is_read(&desktop).await;
    assert_eq!(desktop.evaluate(&format!("return {APPLICABLE}")).await, false);
    desktop.picture("policy-auditor").await;
}
