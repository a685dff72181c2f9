//! Who is let in by what: what real servers tell of their callers, graded by the app, of one item and over all of them.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex},
};

use app::{App, MemoryKeychain, NoDesktop, Providers};
use contract::{
    AddConnection, Cancel, ConnectionDraft, CopyableEvent, CopyableRow, OpenItem, ProofWire, WatchCopyable,
    WatchInventory,
};
use domain::{Environment, Kind};
use serde_json::{Value, json};
use servers::{AmazonServer, Credentials, OpenBao, fixtures::amazon::REGION};

fn opened(home: &Path) -> App {
    let Credentials { access_key_id, secret_access_key } = Credentials::root();
    let mut environment = Environment::default();
    environment.variables.insert("AWS_ACCESS_KEY_ID".into(), access_key_id);
    environment.variables.insert("AWS_SECRET_ACCESS_KEY".into(), secret_access_key);
    let keychain = Arc::new(MemoryKeychain::default());
    App::open_with(home, environment, keychain, Arc::new(NoDesktop), Arc::new(Providers)).unwrap()
}

async fn connect(app: &App, name: &str, provider: &str, answers: &[(&str, &str)], secrets: &[(&str, &str)]) {
    let texts = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    };
    let draft = ConnectionDraft {
        name: name.to_owned(),
        provider: provider.to_owned(),
        environment: None,
        answers: texts(answers),
        secrets: texts(secrets),
        keep: false,
    };
    app.add_connection(AddConnection { draft }).await.unwrap();
}

async fn list(app: &App) {
    let request = WatchInventory { operation: "list".to_owned(), connections: Vec::new(), refresh: true };
    app.watch_inventory(request, &|_| true).await.unwrap();
}

/// Everything the search tells, of that grade or weaker.
async fn found(app: &App, grade: Option<&str>) -> (Vec<CopyableRow>, Vec<CopyableEvent>) {
    let (rows, others) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let (rows, others) = (Arc::new(rows), Arc::new(others));
    let sink = {
        let (rows, others) = (Arc::clone(&rows), Arc::clone(&others));
        move |event| {
            match event {
                CopyableEvent::Rows { rows: more } => rows.lock().unwrap().extend(more),
                CopyableEvent::ConnectionFailed { .. }
                | CopyableEvent::Finished { .. }
                | CopyableEvent::Progress { .. }
                | CopyableEvent::Unread { .. } => others.lock().unwrap().push(event),
            }
            true
        }
    };
    let request =
        WatchCopyable { operation: "find".to_owned(), connections: Vec::new(), grade: grade.map(str::to_owned) };
    app.watch_copyable(request, &sink).await.unwrap();
    let rows = std::mem::take(&mut *rows.lock().unwrap());
    (rows, std::mem::take(&mut *others.lock().unwrap()))
}

/// The grade of whoever has that id.
fn grade<'a>(proofs: &'a [ProofWire], id: &str) -> &'a str {
    let all: Vec<&ProofWire> = proofs.iter().filter(|proof| proof.id == id).collect();
    assert_eq!(all.len(), 1, "{id}: {proofs:#?}");
    &all[0].grade
}

/// Doors of every kind, all of which hand out the policy `signs`.
async fn doors(server: &OpenBao) {
    let call = async |path: &str, body: Value| {
        server.call("POST", path, body).await.unwrap();
    };
    call("sys/mounts/transit", json!({"type": "transit"})).await;
    call("transit/keys/payments", json!({"type": "ecdsa-p256"})).await;
    let text = "path \"transit/sign/payments\" { capabilities = [\"update\"] }";
    call("sys/policies/acl/signs", json!({"policy": text})).await;
    for kind in ["approle", "userpass", "jwt", "kubernetes"] {
        call(&format!("sys/auth/{kind}"), json!({"type": kind})).await;
    }
    let policies = "signs";
    call("auth/approle/role/open", json!({"token_policies": policies})).await;
    let bound = json!({"token_policies": policies, "secret_id_bound_cidrs": "192.0.2.0/24"});
    call("auth/approle/role/bound", bound).await;
    call("auth/approle/role/once", json!({"token_policies": policies, "secret_id_num_uses": 1})).await;
    call("auth/approle/role/other", json!({"token_policies": "nothing"})).await;
    call("auth/userpass/users/eve", json!({"password": "pass-word-1", "token_policies": policies})).await;
    call("auth/token/roles/forever", json!({"allowed_policies": policies, "token_period": "24h"})).await;
    call("auth/token/roles/pattern", json!({"allowed_policies_glob": "sig*", "token_explicit_max_ttl": "10m"})).await;
    let role = |more: &[(&str, Value)]| {
        let mut role = json!({"role_type": "jwt", "user_claim": "sub", "token_policies": policies});
        more.iter().for_each(|(name, value)| role[*name] = value.clone());
        role
    };
    call("auth/jwt/role/bound", role(&[("bound_claims", json!({"repository": "o/r"}))])).await;
    call("auth/jwt/role/audience", role(&[("bound_audiences", json!(["vault"]))])).await;
    let service = |names: &str, namespaces: &str| {
        json!({"bound_service_account_names": names, "bound_service_account_namespaces": namespaces,
            "token_policies": policies})
    };
    call("auth/kubernetes/role/bound", service("app", "prod")).await;
    call("auth/kubernetes/role/anywhere", service("app", "*")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doors_of_a_real_server_are_graded_by_what_they_ask_for() {
    let server = OpenBao::start().await.unwrap();
    doors(&server).await;
    let home = tempfile::tempdir().unwrap();
    let app = opened(home.path());
    let answers = [("address", server.address()), ("auth", "token")];
    connect(&app, "corp", "vault", &answers, &[("token", OpenBao::ROOT_TOKEN)]).await;
    list(&app).await;
    let told = app.proofs(OpenItem { reference: "corp/transit/keys/payments".to_owned() }).await.unwrap();
    for (path, due) in [
        ("auth/approle/role/open", "copyable"),
        ("auth/userpass/users/eve", "copyable"),
        ("auth/token/roles/forever", "copyable"),
        ("auth/approle/role/bound", "network"),
        ("auth/jwt/role/audience", "network"),
        ("auth/kubernetes/role/anywhere", "network"),
        ("auth/approle/role/once", "role"),
        ("auth/token/roles/pattern", "role"),
        ("auth/jwt/role/bound", "workload"),
        ("auth/kubernetes/role/bound", "workload"),
    ] {
        assert_eq!(grade(&told.proofs, path), due, "{path}");
    }
    assert!(told.proofs.iter().all(|proof| proof.powers == ["sign"] && proof.policy == "signs"), "{:#?}", told.proofs);
    assert!(!told.proofs.iter().any(|proof| proof.id == "auth/approle/role/other"));
    assert!(told.unread.iter().any(|says| says.contains("groups")), "{:?}", told.unread);
    let (rows, _) = found(&app, None).await;
    let mut ids: Vec<&str> = rows.iter().map(|row| row.proof.as_ref().unwrap().id.as_str()).collect();
    ids.sort_unstable();
    assert_eq!(ids, ["auth/approle/role/open", "auth/token/roles/forever", "auth/userpass/users/eve"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_may_not_look_says_so_instead_of_finding_nothing() {
    let server = OpenBao::start().await.unwrap();
    doors(&server).await;
    let text = "path \"transit/*\" { capabilities = [\"read\", \"list\"] }\n\
                path \"sys/policies/acl*\" { capabilities = [\"read\", \"list\"] }\n\
                path \"sys/auth\" { capabilities = [\"read\"] }";
    server.call("POST", "sys/policies/acl/looks", json!({"policy": text})).await.unwrap();
    let made = server.call("POST", "auth/token/create", json!({"policies": ["looks"]})).await.unwrap();
    let home = tempfile::tempdir().unwrap();
    let app = opened(home.path());
    let answers = [("address", server.address()), ("auth", "token")];
    connect(&app, "corp", "vault", &answers, &[("token", made["client_token"].as_str().unwrap())]).await;
    let told = app.proofs(OpenItem { reference: "corp/transit/keys/payments".to_owned() }).await.unwrap();
    assert!(told.proofs.is_empty(), "{:#?}", told.proofs);
    for method in ["auth/approle/role", "auth/userpass/users", "auth/jwt/role", "auth/kubernetes/role"] {
        assert!(told.unread.iter().any(|says| says.starts_with(method)), "{method}: {:?}", told.unread);
    }
}

async fn key(server: &AmazonServer, statements: &[Value]) -> String {
    let made = server.call(REGION, "TrentService.CreateKey", json!({})).await.unwrap();
    let id = made["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned();
    let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    let body = json!({"KeyId": id, "PolicyName": "default", "Policy": policy});
    server.call(REGION, "TrentService.PutKeyPolicy", body).await.unwrap();
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn the_callers_of_keys_are_graded_one_by_one_and_over_all() {
    let server = AmazonServer::fakecloud().await.unwrap();
    let account = server.account();
    let iam = |rest: &str| format!("arn:aws:iam::{account}:{rest}");
    let allow = |principal: Value, action: &str, condition: Value| json!({"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*", "Condition": condition});
    let owner = allow(json!({"AWS": iam("root")}), "kms:*", json!({}));
    let enclave = json!({"StringEqualsIgnoreCase": {"kms:RecipientAttestation:ImageSha384": "ab".repeat(48)}});
    let one = key(
        &server,
        &[
            owner.clone(),
            allow(json!({"AWS": iam("user/ci")}), "kms:Decrypt", json!({})),
            allow(json!({"AWS": iam("role/App")}), "kms:Decrypt", json!({})),
            allow(json!({"AWS": iam("role/Enclave")}), "kms:Decrypt", enclave),
        ],
    )
    .await;
    let other = key(&server, &[owner, allow(json!("*"), "kms:Encrypt", json!({}))]).await;
    let home = tempfile::tempdir().unwrap();
    let app = opened(home.path());
    connect(&app, "cloud", "aws", &[("endpoint_url", server.endpoint()), ("regions", REGION)], &[]).await;
    connect(&app, "gone", "vault", &[("address", "http://127.0.0.1:1"), ("auth", "token")], &[("token", "none")]).await;
    list(&app).await;

    let told = app.proofs(OpenItem { reference: format!("cloud/{REGION}/kms/{one}") }).await.unwrap();
    assert_eq!(grade(&told.proofs, &iam("user/ci")), "copyable");
    assert_eq!(grade(&told.proofs, &iam("root")), "copyable");
    assert_eq!(grade(&told.proofs, &iam("role/App")), "role");
    assert_eq!(grade(&told.proofs, &iam("role/Enclave")), "attested");

    let (rows, events) = found(&app, Some("anonymous")).await;
    let of_other: Vec<&CopyableRow> = rows.iter().filter(|row| row.reference.ends_with(&other)).collect();
    assert_eq!(of_other.len(), 1, "{rows:#?}");
    assert_eq!(of_other[0].proof.as_ref().unwrap().id, "*");
    assert!(!rows.iter().any(|row| row.reference.ends_with(&one)), "{rows:#?}");
    let last = events.iter().rev().find_map(|event| match event {
        CopyableEvent::Progress { done, total } => Some((*done, *total)),
        _ => None,
    });
    assert!(last.is_some_and(|(done, total)| done == total && total >= 2), "{last:?}");
    assert!(matches!(events.last(), Some(CopyableEvent::Finished { cancelled: false })));

    // A key that is gone meanwhile is a row with its trouble, and the others are still looked at.
    drop(server);
    let (rows, _) = found(&app, None).await;
    assert!(rows.len() >= 2 && rows.iter().all(|row| row.trouble.is_some()), "{rows:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_can_be_ended_and_refuses_what_it_cannot_mean() {
    let server = OpenBao::start().await.unwrap();
    doors(&server).await;
    let home = tempfile::tempdir().unwrap();
    let app = opened(home.path());
    let answers = [("address", server.address()), ("auth", "token")];
    connect(&app, "corp", "vault", &answers, &[("token", OpenBao::ROOT_TOKEN)]).await;
    for number in 0..8 {
        server.call("POST", &format!("transit/keys/more-{number}"), json!({})).await.unwrap();
    }
    list(&app).await;
    let request = |connections: &[&str], grade: Option<&str>| WatchCopyable {
        operation: "find".to_owned(),
        connections: connections.iter().map(|name| (*name).to_owned()).collect(),
        grade: grade.map(str::to_owned),
    };
    let error = app.watch_copyable(request(&[], Some("weak")), &|_| true).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Invalid);
    let error = app.watch_copyable(request(&["nowhere"], None), &|_| true).await.unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    let (canceller, told) = (app.clone(), Arc::new(Mutex::new(Vec::new())));
    let runtime = tokio::runtime::Handle::current();
    let sink = {
        let told = Arc::clone(&told);
        move |event| {
            if let CopyableEvent::Progress { .. } = event {
                let canceller = canceller.clone();
                let cancelled = async move { canceller.cancel(Cancel { operation: "find".to_owned() }).await };
                tokio::task::block_in_place(|| runtime.block_on(cancelled)).unwrap();
                let _ = sender.send(());
            }
            told.lock().unwrap().push(event);
            true
        }
    };
    app.watch_copyable(request(&[], None), &sink).await.unwrap();
    assert!(receiver.try_recv().is_ok());
    let told = told.lock().unwrap();
    assert!(matches!(told.last(), Some(CopyableEvent::Finished { cancelled: true })), "{told:?}");
    assert!(told.len() < 8 * 2, "{} events", told.len());
}
