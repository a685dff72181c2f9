//! The corpus of Vault's policies, written to a real OpenBao: what it answers, and whether the writer can write it again.

use policy::{Caller, Known, NamedPolicy, Retention, Surroundings, vault};
use serde_json::{Value, json};
use servers::OpenBao;

use crate::openbao::{named, told, write};

fn lines() -> Vec<Value> {
    let folder = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../crates/policy/corpus/vault");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let texts: Vec<String> = files.map(|file| std::fs::read_to_string(file).unwrap()).collect();
    texts.iter().flat_map(|text| text.lines()).map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap()
}

/// What OpenBao refuses as words of Vault Enterprise, which are taken there.
fn is_of_the_other_server(policy: &str) -> bool {
    policy.contains("subscribe")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_takes_and_answers_as_the_corpus_expects() {
    let server = OpenBao::start().await.unwrap();
    let (mut wrong, mut asked) = (Vec::new(), 0);
    for line in lines().iter().filter(|line| !is_of_the_other_server(text(line, "policy"))) {
        // The server does not take nothing at all.
        let policy = named(text(line, "named"), &format!("{}\n", text(line, "policy")));
        let (taken, well) = (write(&server, &policy).await, vault::parse(&policy.text).is_well_formed());
        if taken.is_ok() != well {
            wrong.push(format!("{}: {taken:?}, where we say {well}", text(line, "name")));
        }
        let paths: Vec<String> = line["paths"].as_object().unwrap().keys().cloned().collect();
        if taken.is_err() || paths.is_empty() {
            continue;
        }
        let ask = named("ask", "path \"sys/capabilities-self\" { capabilities = [\"update\"] }");
        write(&server, &ask).await.unwrap();
        let answer = told(&server, &[policy, ask], &paths).await;
        for path in &paths {
            let words: Vec<&str> = answer[path].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
            asked += 1;
            if line["paths"][path] != json!(words.join(" ")) {
                wrong.push(format!("{}: {path} is {words:?}", text(line, "name")));
            }
        }
    }
    assert!(asked >= 40, "only {asked} paths were asked");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The policies that a caller of the corpus holds, its own included if it holds that.
fn held(line: &Value) -> Vec<NamedPolicy> {
    let others = line["held"].as_array().unwrap().iter();
    let mut held: Vec<NamedPolicy> =
        others.map(|pair| named(pair[0].as_str().unwrap(), pair[1].as_str().unwrap())).collect();
    if line["holds"] == json!(true) {
        held.push(named(text(line, "named"), &format!("{}\n", text(line, "policy"))));
    }
    held
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_called_safe_can_write_it_again_and_whoever_is_locked_out_cannot() {
    let server = OpenBao::start().await.unwrap();
    let (mut safe, mut out, mut wrong) = (0, 0, Vec::new());
    for line in lines().iter().filter(|line| !is_of_the_other_server(text(line, "policy"))) {
        let policy = named(text(line, "named"), &format!("{}\n", text(line, "policy")));
        if !vault::parse(&policy.text).is_well_formed() {
            continue;
        }
        let held = held(line);
        for policy in held.iter().filter(|policy| policy.name != "root") {
            write(&server, policy).await.unwrap();
        }
        let caller = Caller { id: "token".to_owned(), policies: Known::Read(held.clone()) };
        let around = Surroundings { name: Some(policy.name.clone()), caller: Some(caller), ..Surroundings::default() };
        let says = vault::lockout(&policy.text, &around).caller;
        write(&server, &policy).await.unwrap();
        let can = can_write(&server, &held, &policy).await;
        match says {
            Retention::Keeps => safe += 1,
            Retention::Loses => out += 1,
            Retention::CannotTell => continue,
        }
        if can != (says == Retention::Keeps) {
            wrong.push(format!("{}: {says:?}, but it can be written again: {can}", text(line, "name")));
        }
    }
    assert!(safe >= 6 && out >= 8, "{safe} and {out}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a token with these policies can write that one, by either path.
async fn can_write(server: &OpenBao, held: &[NamedPolicy], policy: &NamedPolicy) -> bool {
    let names: Vec<&str> = held.iter().map(|policy| policy.name.as_str()).collect();
    let body = json!({ "policies": names, "no_default_policy": true });
    let token = server.call("POST", "auth/token/create", body).await.unwrap();
    let token = token["client_token"].as_str().unwrap();
    for way in ["sys/policies/acl", "sys/policy"] {
        let (path, body) = (format!("{way}/{}", policy.name), json!({ "policy": policy.text }));
        let (status, _) = server.call_as(token, "", "PUT", &path, body).await.unwrap();
        if status.is_success() {
            return true;
        }
    }
    false
}
