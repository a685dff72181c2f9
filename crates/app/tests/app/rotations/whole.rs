//! One rotation from its begin to its end, with a new start of Claviger after every step of it.

use base64ct::{Base64, Encoding};
use contract::{NameRotation, RotationNote, RotationWire};
use domain::{Algorithm, Kind};
use sha2::{Digest, Sha256};

use super::{
    Rotated, assert_refused, at_once, by_hand, description, files, holds, keystore, lock, orders, prints, run, states,
    step_lock, user, whole,
};

const OLD_SLOT: &str = "RSA_PUBLIC_KEY";
const NEW_SLOT: &str = "RSA_PUBLIC_KEY_2";

/// A rotation, of which every step is followed by the next start of Claviger.
struct Told(Rotated);

impl Told {
    /// The next start finds what was there at this phase, and neither the old key nor its slot was touched.
    async fn restarts(self, phase: &str) -> Self {
        let before = self.0.open().await;
        let rotated = self.0.restart();
        let after = rotated.open().await;
        assert_eq!((after.row.phase.as_str(), after.revision), (phase, before.revision));
        assert_eq!(whole(&after), whole(&before), "another rotation was found after the start");
        assert_eq!(rotated.signs("1").await, after.disabled.is_none(), "at {phase}");
        the_old_slot_is_left_alone(&after);
        Self(rotated)
    }

    async fn says(self, note: RotationNote, phase: &str) -> Self {
        self.0.note(note).await;
        self.restarts(phase).await
    }

    async fn does(self, step: &str, phase: &str) -> Self {
        self.0.does(step).await;
        self.restarts(phase).await
    }

    /// What the user's place shows is pasted.
    async fn pastes(self, first: Option<&str>, second: Option<&str>, phase: &str) -> Self {
        let (consumer, pasted) = (self.0.number("ETL_USER").await, description("ETL_USER", first, second));
        self.says(RotationNote::PasteDescription { consumer, pasted, replace_older: false }, phase).await
    }

    /// A pipeline gets the new key.
    async fn updates(self, name: &str, phase: &str) -> Self {
        let (consumer, evidence) = (self.0.number(name).await, format!("{name} ran with the new key"));
        let told = self.says(RotationNote::Tell { consumer: consumer.clone() }, phase).await;
        let done = RotationNote::Succeed { consumer, instances: 1, evidence };
        told.says(done, phase).await
    }
}

/// No statement for the user names the slot of the old key, but the one that sets that key again, and at the end the one
/// that clears it.
fn the_old_slot_is_left_alone(rotation: &RotationWire) {
    let Some(run) = rotation.runs.iter().find(|run| run.consumer.kind == "snowflake-user") else { return };
    let sql = |texts: &contract::InstructionsWire| -> Vec<String> {
        let texts = texts.texts.iter().map(|one| one.text.trim().to_owned());
        texts.filter(|text| text.starts_with("ALTER USER")).collect()
    };
    for statement in sql(&run.update) {
        assert!(statement.starts_with(&format!("ALTER USER ETL_USER SET {NEW_SLOT}='")), "{statement}");
    }
    let may_go = rotation.row.phase == "retire" && run.verified.is_some() && run.old_removed.is_none();
    let clears = format!("ALTER USER ETL_USER UNSET {OLD_SLOT};");
    assert_eq!(sql(&run.removal), if may_go { vec![clears] } else { Vec::new() }, "at {}", rotation.row.phase);
    for statement in sql(&run.back) {
        if !statement.contains(NEW_SLOT) {
            assert_eq!(print_of(&statement), rotation.old.fingerprint.clone().unwrap(), "{statement}");
        }
    }
}

/// The fingerprint of the key in a statement, by another hand than the app's.
fn print_of(statement: &str) -> String {
    let body = Base64::decode_vec(statement.split('\'').nth(1).unwrap()).unwrap();
    format!("SHA256:{}", Base64::encode_string(&Sha256::digest(body)))
}

async fn begun() -> Told {
    let consumers = vec![user(), by_hand("pipeline a"), by_hand("pipeline b"), by_hand("pipeline c")];
    let rotated = Rotated::begin(keystore(&Algorithm::Rsa(2048)).await, consumers).await;
    assert!(rotated.signs("1").await && !rotated.signs("2").await);
    Told(rotated).restarts("scope").await
}

/// The new key is there, and nobody uses it.
async fn made(told: Told) -> Told {
    let told = told.says(RotationNote::SetScope { settings: at_once("halt") }, "scope").await;
    let told = told.says(RotationNote::GoOn, "method").await;
    let told = told.says(RotationNote::Choose { method: "new-version".into() }, "method").await;
    let told = told.says(RotationNote::GoOn, "consumers").await;
    let told = told.says(RotationNote::GoOn, "create").await;
    let open = told.0.open().await;
    assert!(open.needs_pin && step_lock(&open, "create").is_some(), "a signer may be left behind");
    let told = told.says(RotationNote::Pin { evidence: "the signer names version 1".into() }, "create").await;
    let told = told.does("create", "create").await;
    let open = told.0.open().await;
    assert_eq!(orders(&open), [("create", "done")]);
    assert_eq!((open.old.version.as_deref(), open.new.unwrap().version.as_deref()), (Some("1"), Some("2")));
    assert!(told.0.signs("2").await);
    told.says(RotationNote::GoOn, "distribute").await
}

/// The user has both keys.
async fn with_both_keys(told: Told) -> Told {
    let (old, new) = prints(&told.0.open().await);
    let open = told.0.open().await;
    assert!(run(&open, "ETL_USER").update.texts.is_empty(), "the slot is not known yet");
    let told = told.pastes(Some(&old), None, "distribute").await;
    let open = told.0.open().await;
    let etl = run(&open, "ETL_USER");
    let slots = etl.slots.clone().unwrap();
    assert_eq!((slots.set.as_str(), slots.keeps.as_deref(), slots.replaces), (NEW_SLOT, Some(OLD_SLOT), None));
    assert_eq!(print_of(&etl.update.texts[0].text), new);
    let consumer = etl.consumer.id.clone();
    let told = told.says(RotationNote::Tell { consumer }, "distribute").await;
    told.pastes(Some(&old), Some(&new), "distribute").await
}

/// One pipeline fails: the others wait for it, and it alone is tried again.
async fn halted_and_tried_again(told: Told) -> Told {
    let failing = told.0.number("pipeline a").await;
    let told = told.says(RotationNote::Tell { consumer: failing.clone() }, "distribute").await;
    let error = "it could not reach its registry".to_owned();
    let told = told.says(RotationNote::Fail { consumer: failing.clone(), error }, "distribute").await;
    let open = told.0.open().await;
    assert_eq!(states(&open), ["SUCCEEDED", "FAILED", "PENDING", "PENDING"]);
    assert_eq!(open.row.failed, 1);
    let attempt = run(&open, "pipeline a").attempts.last().unwrap();
    assert_eq!((attempt.state.as_str(), attempt.says.as_str()), ("FAILED", "it could not reach its registry"));
    for name in ["pipeline b", "pipeline c"] {
        let consumer = run(&open, name).consumer.id.clone();
        let halted = lock(&open, &format!("tell:{consumer}")).unwrap();
        assert!(halted.because.contains("halted: pipeline a failed"), "{halted:?}");
        told.0.refuses(RotationNote::Tell { consumer }, Kind::Conflict, "halted").await;
    }
    told.0.refuses(RotationNote::GoOn, Kind::Conflict, "pipeline a failed").await;
    assert!(lock(&open, &format!("tell:{failing}")).is_none(), "it is tried again");
    let mut told = told;
    for name in ["pipeline a", "pipeline b", "pipeline c"] {
        told = told.updates(name, "distribute").await;
    }
    assert_eq!(run(&told.0.open().await, "pipeline a").attempts.len(), 4);
    told.says(RotationNote::GoOn, "verify").await
}

/// The key signs what a client of the user signs in with; the token itself is thrown away.
async fn proven(told: Told) -> Told {
    told.0.refuses(RotationNote::GoOn, Kind::Conflict, "pipeline a works").await;
    let mut told = told;
    for name in ["pipeline a", "pipeline b", "pipeline c"] {
        let (consumer, evidence) = (told.0.number(name).await, "its run is green".to_owned());
        told = told.says(RotationNote::Verify { consumer, evidence }, "verify").await;
    }
    told.0.refuses(RotationNote::GoOn, Kind::Conflict, "has not signed").await;
    let request = NameRotation { rotation: told.0.id.clone() };
    let proof = told.0.app().prove_rotation(request).await.unwrap();
    let claims: serde_json::Value = serde_json::from_str(&proof.claims).unwrap();
    let (_, new) = prints(&proof.rotation);
    assert_eq!(claims["iss"], format!("XY12345.ETL_USER.{new}"));
    assert_eq!(claims["sub"], "XY12345.ETL_USER");
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 60);
    let header: serde_json::Value = serde_json::from_str(&proof.header).unwrap();
    assert_eq!(header["alg"], "RS256");
    assert!(proof.rotation.proof.clone().unwrap().evidence.contains("A sign-in of ETL_USER"));
    // A token begins with its header: it is in no answer and in no file.
    let token = told.0.token("2").await.unwrap();
    // As far as the name of the algorithm, which differs.
    let begin = &token[.."eyJhbGciOiJ".len()];
    let answer = serde_json::to_string(&proof).unwrap();
    let kept = files(&told.0.world);
    assert!(holds(&kept, "A sign-in of ETL_USER"), "what is searched is not what was written");
    assert!(!answer.contains(begin) && !holds(&kept, begin));
    let told = told.restarts("verify").await;
    told.says(RotationNote::GoOn, "switch").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_a_user_with_two_slots_and_three_pipelines_is_rotated_to_its_end() {
    let told = proven(halted_and_tried_again(with_both_keys(made(begun().await).await).await).await).await;
    let evidence = || "the signer names version 2, and its log shows it".to_owned();
    told.0.refuses(RotationNote::ConfirmSwitch { evidence: " ".into() }, Kind::Invalid, "on what grounds").await;
    let told = told.says(RotationNote::ConfirmSwitch { evidence: evidence() }, "switch").await;
    let told = told.says(RotationNote::GoOn, "retire").await;
    let open = told.0.open().await;
    let held = step_lock(&open, "disable-old").unwrap();
    // A token that the old key signed before the switch may still be valid; a Snowflake user's are not known to be.
    assert!(held.because.contains("not taken away from ETL_USER"), "{held:?}");
    let (_, new) = prints(&open);
    let told = told.pastes(None, Some(&new), "retire").await;
    let open = told.0.open().await;
    assert!(run(&open, "ETL_USER").old_removed.clone().unwrap().evidence.contains("in no slot"));
    assert!(told.0.signs("1").await, "nothing was disabled yet");
    let told = told.does("disable-old", "retire").await;
    assert!(!told.0.signs("1").await && told.0.signs("2").await);
    let open = told.0.open().await;
    let absent = open.steps.iter().find(|step| step.step == "delete-old").unwrap().absent.clone().unwrap();
    assert!(absent.contains("destroys no single version"), "{absent}");
    let told = told.says(RotationNote::Finish { evidence: String::new() }, "done").await;
    let open = told.0.open().await;
    assert_eq!(orders(&open), [("create", "done"), ("disable-old", "done")]);
    assert!(open.row.over && open.row.waits_for.is_empty() && open.row.until.is_none());
    told.0.refuses(RotationNote::RollBack { reason: "too late".into() }, Kind::Conflict, "is over").await;
    let late = told.0.app().prove_rotation(NameRotation { rotation: told.0.id.clone() }).await.unwrap_err();
    assert_refused(&late, Kind::Conflict, "is over");
    assert_eq!(late.operation(), "test the new key", "refused before it signs, not when that is taken down");
}
