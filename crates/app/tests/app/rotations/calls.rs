//! Consumers that are told by a command or a webhook: shown, done once, and taken down as it went.

use app::Limits;
use contract::{CallConsumer, CallPreview, Cancel, ConsumerWire, NameRun, RotationNote, RotationWire, TellWire};
use domain::{Kind, Result};
use serde_json::Value;

use super::{
    Rotated, assert_refused, by_hand, files, holds, prints,
    receiver::{Receiver, SECRET},
    run, save,
    script::{Script, allow},
    states, user, whole, writes,
};

impl Rotated {
    async fn preview(&self, name: &str) -> CallPreview {
        let request = NameRun { rotation: self.id.clone(), consumer: self.number(name).await };
        self.app().preview_call(request).await.unwrap()
    }

    /// Reads what would be sent, and has it sent.
    async fn calls(&self, name: &str) -> Result<RotationWire> {
        let digest = self.preview(name).await.digest;
        let consumer = self.number(name).await;
        self.app().call_consumer(CallConsumer { rotation: self.id.clone(), consumer, digest }).await
    }

    /// A call that is not even begun.
    async fn does_not_call(&self, name: &str, kind: Kind, said: &str) {
        let before = whole(&self.open().await);
        let error = self.calls(name).await.unwrap_err();
        assert_refused(&error, kind, said);
        assert_eq!(whole(&self.open().await), before, "{error}");
    }
}

/// Where these are told, with what each is signed with.
async fn distributing(told: Vec<(ConsumerWire, Option<&str>)>, allowed: Vec<String>, strategy: &str) -> Rotated {
    let home = super::keystore(&domain::Algorithm::Ec(domain::Curve::P256)).await;
    allow(&home.0.app, allowed).await;
    for (consumer, secret) in told {
        save(&home.0.app, consumer, secret).await.unwrap();
    }
    let rotated = Rotated::at_create(home, Vec::new(), strategy).await;
    rotated.to_distribute().await;
    rotated
}

/// The last try to tell it.
fn said(rotation: &RotationWire, name: &str) -> (String, String) {
    let attempt = run(rotation, name).attempts.last().unwrap();
    (attempt.state.clone(), attempt.says.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_signed_and_carries_the_key_only_where_that_was_settled() {
    let receiver = Receiver::start().await;
    let real = ConsumerWire { real_values: true, ..receiver.tells("open") };
    let told = vec![(receiver.tells("closed"), Some(SECRET)), (real, Some(SECRET))];
    let rotated = distributing(told, Vec::new(), "halt").await;
    let preview = rotated.preview("closed").await;
    assert!(preview.blocked.is_none() && receiver.heard().is_empty(), "a preview sends nothing");
    let wire = rotated.calls("closed").await.unwrap();
    let (state, evidence) = said(&wire, "closed");
    assert_eq!((state.as_str(), run(&wire, "closed").state.as_str()), ("SUCCEEDED", "SUCCEEDED"));
    assert!(evidence.starts_with("204 after "), "{evidence}");
    rotated.calls("open").await.unwrap();

    let [closed, open] = &receiver.heard()[..] else { panic!("{:?}", receiver.heard()) };
    assert!(closed.signed && open.signed, "Python finds another signature");
    assert_eq!(closed.path, "/hook?token=t0ken");
    let shown: Value = serde_json::from_str(&preview.body).unwrap();
    let body: Value = serde_json::from_str(&closed.body).unwrap();
    assert_eq!(body, shown, "it was sent as it was shown");
    let (old, new) = prints(&wire);
    assert_eq!((&body["old"]["spki_sha256"], &body["new"]["spki_sha256"]), (&old.into(), &new.into()));
    assert_eq!((&body["values"], &body["new"]["public_key"]), (&"censored".into(), &Value::Null));
    assert!(!closed.body.contains("BEGIN"), "{}", closed.body);
    let body: Value = serde_json::from_str(&open.body).unwrap();
    assert_eq!(body["values"], "real");
    assert!(body["new"]["public_key"].as_str().unwrap().starts_with("-----BEGIN PUBLIC KEY-----\n"));
    assert!(!open.body.contains("PRIVATE"), "{}", open.body);
    let deliveries = [closed, open].map(|one| one.headers["claviger-delivery"].clone());
    assert_ne!(deliveries[0], deliveries[1]);

    // What it was signed with is in the keychain, and nowhere else.
    let mut kept = files(&rotated.world);
    for (_, bytes) in rotated.app().journal_files().await.unwrap() {
        kept.extend(bytes);
    }
    kept.extend(whole(&rotated.open().await).to_string().into_bytes());
    kept.extend(format!("{preview:?}").into_bytes());
    assert!(holds(&kept, "204 after "), "what is searched is not what was written");
    assert!(!holds(&kept, SECRET) && !holds(&kept, "secret of the receiver"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_fails_is_tried_again_as_the_same_delivery() {
    let receiver = Receiver::start().await;
    let rotated = distributing(vec![(receiver.tells("one"), Some(SECRET))], Vec::new(), "halt").await;
    let elsewhere = receiver.url("/elsewhere");
    for (status, headers, told) in [
        (500, vec![], "failed at the call (500)"),
        (307, vec![("location", elsewhere.as_str())], "redirects (307)"),
        (401, vec![], "refused the call (401)"),
    ] {
        receiver.answers(status, &headers, "do not repeat me");
        // The run halts quietly: the failure is the consumer's.
        let wire = rotated.calls("one").await.unwrap();
        let (state, says) = said(&wire, "one");
        assert_eq!((state.as_str(), run(&wire, "one").state.as_str()), ("FAILED", "FAILED"));
        assert!(says.contains(told) && !says.contains("do not repeat") && !says.contains("t0ken"), "{says}");
    }
    receiver.answers(200, &[], "taken");
    assert_eq!(states(&rotated.calls("one").await.unwrap()), ["SUCCEEDED"]);
    let heard = receiver.heard();
    assert_eq!(heard.len(), 4, "a redirect is not followed, and nothing is sent twice by itself");
    let deliveries: std::collections::BTreeSet<_> =
        heard.iter().map(|one| one.headers["claviger-delivery"].clone()).collect();
    assert_eq!(deliveries.len(), 1, "a retry is the same delivery");
    assert!(heard.iter().all(|one| one.signed));
    rotated.does_not_call("one", Kind::Conflict, "has the new material").await;
    assert_eq!(receiver.heard().len(), 4);
}

/// From now on the journal takes no event of a call down that has `word` in its body.
fn journal_refuses(rotated: &Rotated, word: &str) {
    let database = rusqlite::Connection::open(rotated.world.home.path().join("claviger.db")).unwrap();
    let refusal = format!(
        "DROP TRIGGER IF EXISTS refusal; CREATE TRIGGER refusal BEFORE INSERT ON change_record \
         WHEN NEW.event = 'told' AND NEW.body LIKE '%{word}%' BEGIN SELECT RAISE(ABORT, 'refused by the test'); END"
    );
    database.execute_batch(&refusal).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_taken_down_before_is_not_sent_and_after_is_known_all_the_same() {
    let receiver = Receiver::start().await;
    let rotated = distributing(vec![(receiver.tells("one"), Some(SECRET))], Vec::new(), "halt").await;
    journal_refuses(&rotated, "consumer");
    rotated.calls("one").await.unwrap_err();
    assert!(receiver.heard().is_empty());
    assert_eq!(states(&rotated.open().await), ["FAILED"], "nobody is at it, and nothing was sent");
    journal_refuses(&rotated, "204 after");
    rotated.calls("one").await.unwrap_err();
    assert_eq!(receiver.heard().len(), 1);
    assert_eq!(states(&rotated.open().await), ["SUCCEEDED"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_not_trusted_or_known_gets_nothing() {
    let (receiver, other) = (Receiver::start().await, Receiver::start().await);
    let told = |name: &str, authority: &str| {
        let tell = TellWire::Webhook { url: receiver.url("/hook"), authority: authority.to_owned() };
        ConsumerWire { tell, ..by_hand(name) }
    };
    let told = vec![
        (told("untrusted", ""), Some(SECRET)),
        (told("of another", &other.authority), Some(SECRET)),
        (told("unkeyed", &receiver.authority), None),
    ];
    let rotated = distributing(told, Vec::new(), "skip").await;
    for name in ["untrusted", "of another"] {
        let wire = rotated.calls(name).await.unwrap();
        let (state, says) = said(&wire, name);
        assert_eq!(state, "FAILED");
        assert!(says.contains("was not accepted, and nothing was sent"), "{says}");
    }
    let blocked = rotated.preview("unkeyed").await.blocked.unwrap();
    assert!(blocked.message.contains("is not on this computer"), "{blocked:?}");
    rotated.does_not_call("unkeyed", Kind::Invalid, "is not on this computer").await;
    assert!(receiver.heard().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_gets_its_values_on_stdin_and_none_in_its_arguments() {
    let script =
        Script::new("cat > \"$(dirname \"$0\")/stdin\"; printf '%s\\n' \"$@\" > \"$(dirname \"$0\")/arguments\"");
    let told = vec![(script.tells("etl host", &["--now", "a b"]), None)];
    let rotated = distributing(told, vec![script.program()], "halt").await;
    let preview = rotated.preview("etl host").await;
    let wire = rotated.calls("etl host").await.unwrap();
    let (state, says) = said(&wire, "etl host");
    assert!(state == "SUCCEEDED" && says.starts_with("exit code 0 after "), "{says}");
    let read = |name: &str| std::fs::read_to_string(script.folder().join(name)).unwrap();
    let (stdin, shown): (Value, Value) =
        (serde_json::from_str(&read("stdin")).unwrap(), serde_json::from_str(&preview.body).unwrap());
    assert_eq!(stdin, shown);
    assert_eq!((&stdin["event"], &stdin["new"]["version"]), (&"rotation".into(), &"2".into()));
    assert_eq!(read("arguments"), "--now\na b\n");
    assert_eq!(preview.target, format!("{} --now a b", script.program()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_runs_only_while_it_is_on_the_list() {
    let script = Script::new("touch \"$(dirname \"$0\")/ran\"");
    let home = super::keystore(&domain::Algorithm::Ec(domain::Curve::P256)).await;
    let refused = save(&home.0.app, script.tells("etl host", &[]), None).await.unwrap_err();
    assert_refused(&refused, Kind::Denied, "not on the list");
    allow(&home.0.app, vec![script.program()]).await;
    let rotated = Rotated::at_create(home, vec![script.tells("etl host", &[]), by_hand("b")], "halt").await;
    rotated.to_distribute().await;
    let digest = rotated.preview("etl host").await.digest;
    rotated.allow(vec!["/bin/true".into()]).await;
    assert!(rotated.preview("etl host").await.blocked.unwrap().message.contains("not on the list"));
    rotated.does_not_call("etl host", Kind::Denied, "not on the list").await;
    rotated.allow(vec![script.program()]).await;
    let rotated = rotated.restart();
    rotated.does_not_call("etl host", Kind::Denied, "read-only").await;
    writes(rotated.app()).await;
    let call = |consumer: String, digest: &str| CallConsumer {
        rotation: rotated.id.clone(),
        consumer,
        digest: digest.to_owned(),
    };
    let before = whole(&rotated.open().await);
    let other = rotated.app().call_consumer(call(rotated.number("etl host").await, "another")).await.unwrap_err();
    assert_refused(&other, Kind::Conflict, "not the one that was shown");
    let by_hand = rotated.app().call_consumer(call(rotated.number("b").await, &digest)).await.unwrap_err();
    assert_refused(&by_hand, Kind::Unsupported, "told by hand");
    assert_eq!(whole(&rotated.open().await), before);
    assert!(!script.folder().join("ran").exists());
    let done = rotated.app().call_consumer(call(rotated.number("etl host").await, &digest)).await.unwrap();
    assert_eq!(run(&done, "etl host").state, "SUCCEEDED");
    assert!(script.folder().join("ran").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_fails_hangs_or_floods_is_taken_down_as_such() {
    let fails = Script::new("echo first >&2; echo 'no such host' >&2; exit 3");
    let hangs = Script::new("sleep 600");
    let floods = Script::new("yes 0123456789abcde | head -c 10000000");
    let told =
        vec![(fails.tells("fails", &[]), None), (hangs.tells("hangs", &[]), None), (floods.tells("floods", &[]), None)];
    let allowed = [&fails, &hangs, &floods].map(|script| script.program()).to_vec();
    let rotated = distributing(told, allowed, "skip").await;
    let wire = rotated.calls("fails").await.unwrap();
    let (state, says) = said(&wire, "fails");
    assert!(state == "FAILED" && says.contains("exit code 3") && says.contains("no such host"), "{says}");
    let wire = rotated.calls("floods").await.unwrap();
    assert_eq!(said(&wire, "floods").0, "SUCCEEDED");
    assert!(whole(&wire).to_string().len() < 100_000, "what it printed was kept");
    let limits = Limits { command: std::time::Duration::from_millis(300), ..Limits::default() };
    rotated.app().set_limits(limits);
    let wire = rotated.calls("hangs").await.unwrap();
    let (state, says) = said(&wire, "hangs");
    assert!(state == "FAILED" && says.contains("had not ended after 300 ms and was stopped"), "{says}");
}

/// What a failure does to the others, by the strategy of the run: whether the call ends in the error, whether the next one
/// may be told, and whether the run may go on without the one that failed.
#[tokio::test(flavor = "multi_thread")]
async fn a_failure_stops_raises_or_is_passed_over_as_was_settled() {
    let fails = Script::new("echo 'no such host' >&2; exit 3");
    for (strategy, raises, others_told, passed_over) in [
        ("halt", false, false, false),
        ("raise-immediately", true, false, false),
        ("skip-and-raise", false, true, false),
        ("skip", false, true, true),
    ] {
        let told = vec![(fails.tells("first", &[]), None), (by_hand("second"), None)];
        let rotated = distributing(told, vec![fails.program()], strategy).await;
        let called = rotated.calls("first").await;
        assert_eq!(called.is_err(), raises, "{strategy}");
        if let Err(error) = called {
            assert_refused(&error, Kind::Unexpected, "exit code 3");
        }
        let wire = rotated.open().await;
        assert_eq!(states(&wire), ["FAILED", "PENDING"], "{strategy}: the failure is kept");
        assert!(said(&wire, "first").1.contains("no such host"));
        let second = rotated.number("second").await;
        let told = rotated.tries(RotationNote::Tell { consumer: second.clone() }).await;
        assert_eq!(told.is_ok(), others_told, "{strategy}");
        if others_told {
            let evidence = "its log names version 2".to_owned();
            rotated.note(RotationNote::Succeed { consumer: second, instances: 1, evidence }).await;
        }
        assert_eq!(rotated.tries(RotationNote::GoOn).await.is_ok(), passed_over, "{strategy}");
    }
}

/// A receiver takes its time, and a person goes on with the others.
#[tokio::test(flavor = "multi_thread")]
async fn how_a_call_ended_is_taken_down_although_others_were_told_meanwhile() {
    let mut receiver = Receiver::start().await;
    let told = vec![(receiver.tells("slow"), Some(SECRET)), (by_hand("quick"), None)];
    let rotated = distributing(told, Vec::new(), "halt").await;
    receiver.waits();
    let (app, digest) = (rotated.app().clone(), rotated.preview("slow").await.digest);
    let request = CallConsumer { rotation: rotated.id.clone(), consumer: rotated.number("slow").await, digest };
    let again = request.clone();
    let call = tokio::spawn(async move { app.call_consumer(request).await });
    receiver.hears().await;
    assert_eq!(states(&rotated.open().await), ["IN_PROGRESS", "PENDING"], "it is taken down before it leaves");
    let error = rotated.app().call_consumer(again).await.unwrap_err();
    assert_refused(&error, Kind::Conflict, "being carried out right now");
    rotated.updates("quick").await;
    receiver.go().await;
    let wire = call.await.unwrap().unwrap();
    assert_eq!(states(&wire), ["SUCCEEDED", "SUCCEEDED"]);
    assert!(said(&wire, "slow").1.starts_with("204 after "));
    assert_eq!(receiver.heard().len(), 1);
}

/// A receiver does not answer, and a person does not want to wait.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_broken_off_is_taken_down_as_failed() {
    let mut receiver = Receiver::start().await;
    let rotated = distributing(vec![(receiver.tells("slow"), Some(SECRET))], Vec::new(), "halt").await;
    receiver.waits();
    let (app, digest) = (rotated.app().clone(), rotated.preview("slow").await.digest);
    let operation = digest.clone();
    let request = CallConsumer { rotation: rotated.id.clone(), consumer: rotated.number("slow").await, digest };
    let call = tokio::spawn(async move { app.call_consumer(request).await });
    receiver.hears().await;
    rotated.app().cancel(Cancel { operation }).await.unwrap();
    let wire = call.await.unwrap().unwrap();
    let (state, says) = said(&wire, "slow");
    assert!(state == "FAILED" && says.contains("was stopped, as was asked"), "{says}");
}

/// A receiver's word is not enough where its slots can be read: it was told, and that is all.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_does_not_stand_for_what_can_be_looked_at() {
    let receiver = Receiver::start().await;
    let ConsumerWire { tell, .. } = receiver.tells("");
    let told = vec![(ConsumerWire { tell, ..user() }, Some(SECRET))];
    let rotated = distributing(told, Vec::new(), "halt").await;
    let wire = rotated.calls("ETL_USER").await.unwrap();
    assert_eq!((states(&wire), receiver.heard().len()), (vec!["IN_PROGRESS"], 1));
}

/// Claviger ends while a receiver is told: the next start neither tells it again nor takes it for done.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_being_told_at_the_end_of_claviger_is_not_told_again_by_itself() {
    let receiver = Receiver::start().await;
    let rotated = distributing(vec![(receiver.tells("one"), Some(SECRET))], Vec::new(), "halt").await;
    let consumer = rotated.number("one").await;
    // What is written before the call leaves.
    rotated.note(RotationNote::Tell { consumer: consumer.clone() }).await;
    let rotated = rotated.restart();
    rotated.app().recover().await.unwrap();
    writes(rotated.app()).await;
    assert_eq!(states(&rotated.open().await), ["IN_PROGRESS"]);
    rotated.does_not_call("one", Kind::Conflict, "was told").await;
    assert!(receiver.heard().is_empty());
    let error = "its log has no such delivery".to_owned();
    rotated.note(RotationNote::Fail { consumer, error }).await;
    assert_eq!(states(&rotated.calls("one").await.unwrap()), ["SUCCEEDED"]);
    assert_eq!(receiver.heard().len(), 1);
}
