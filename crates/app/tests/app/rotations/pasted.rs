//! What is pasted and does not fit: refused with a reason, and the plan is where it was.

use contract::RotationNote;
use domain::{Algorithm, Kind};

use super::{Rotated, by_hand, consumer, description, keystore, prints, run, user};

const OTHER: &str = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

const THIRD: &str = "SHA256:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA=";

async fn distributing() -> Rotated {
    let github = consumer("github-key", "deploy", &[("place", "brightwater/etl")]);
    let consumers = vec![user(), github, by_hand("pipeline")];
    let rotated = Rotated::at_create(keystore(&Algorithm::Rsa(2048)).await, consumers, "skip").await;
    rotated.to_distribute().await;
    rotated
}

#[tokio::test(flavor = "multi_thread")]
async fn a_description_that_does_not_fit_changes_nothing() {
    let rotated = distributing().await;
    let (old, new) = prints(&rotated.open().await);
    let etl = rotated.number("ETL_USER").await;
    let paste = |consumer: &str, pasted: &str, replace_older| RotationNote::PasteDescription {
        consumer: consumer.to_owned(),
        pasted: pasted.to_owned(),
        replace_older,
    };
    let of_user = description("ETL_USER", Some(&old), None);
    let ssh = old.trim_end_matches('=');
    let (conflict, invalid) = (Kind::Conflict, Kind::Invalid);
    for (pasted, kind, said) in [
        (description("OTHER_USER", Some(&old), None), invalid, "describes the user OTHER_USER"),
        (description("etl_user", Some(&old), None), invalid, "describes the user etl_user"),
        (description("ETL_USER", Some(OTHER), Some(THIRD)), conflict, "neither key"),
        (description("ETL_USER", Some(OTHER), Some(&old)), conflict, "both slots are taken"),
        (of_user.lines().take(3).collect::<Vec<_>>().join("\n"), invalid, "no row RSA_PUBLIC_KEY_2_FP"),
        (of_user.lines().skip(1).collect::<Vec<_>>().join("\n"), invalid, "no row NAME"),
        (description("ETL_USER", Some(ssh), None), invalid, "as SSH writes it"),
        (description("ETL_USER", Some(&old[..30]), None), invalid, "no fingerprint as Snowflake"),
        (String::new(), invalid, "no property"),
    ] {
        rotated.refuses(paste(&etl, &pasted, false), kind, said).await;
    }
    // The other key was set after the working one: consent is not enough.
    let newer = description("ETL_USER", Some(&old), Some(OTHER));
    rotated.refuses(paste(&etl, &newer, true), conflict, "both slots are taken").await;
    let pipeline = rotated.number("pipeline").await;
    rotated.refuses(paste(&pipeline, &of_user, false), invalid, "has no two slots").await;
    rotated.refuses(paste("nobody", &of_user, false), invalid, "no part of the rotation").await;

    // The older of two is replaced with consent, and never the one that works.
    let older = description("ETL_USER", Some(OTHER), Some(&old));
    let taken = rotated.note(paste(&etl, &older, true)).await;
    let slots = run(&taken, "ETL_USER").slots.clone().unwrap();
    assert_eq!((slots.set.as_str(), slots.keeps.as_deref()), ("RSA_PUBLIC_KEY", Some("RSA_PUBLIC_KEY_2")));
    assert_eq!(slots.replaces.as_deref(), Some(OTHER));
    rotated.note(RotationNote::Tell { consumer: etl.clone() }).await;
    for (pasted, said) in [
        (older, "and not"),
        (description("ETL_USER", None, Some(&old)), "not set yet"),
        (description("ETL_USER", Some(&new), Some(OTHER)), "is gone"),
        (description("ETL_USER", Some(&new), None), "is gone"),
    ] {
        rotated.refuses(paste(&etl, &pasted, false), conflict, said).await;
    }
    let done = rotated.note(paste(&etl, &description("ETL_USER", Some(&new), Some(&old)), false)).await;
    assert_eq!(run(&done, "ETL_USER").state, "SUCCEEDED");
    assert!(run(&done, "ETL_USER").verified.clone().unwrap().evidence.contains(&new));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fingerprint_of_another_key_or_of_another_form_changes_nothing() {
    let rotated = distributing().await;
    let (old, new) = prints(&rotated.open().await);
    let (deploy, pipeline) = (rotated.number("deploy").await, rotated.number("pipeline").await);
    let user = rotated.number("ETL_USER").await;
    let paste = |consumer: &str, pasted: &str| RotationNote::PasteFingerprint {
        consumer: consumer.to_owned(),
        pasted: pasted.to_owned(),
    };
    let message = run(&rotated.open().await, "deploy").message.clone();
    let shown = |which: &str| {
        let line = message.lines().find(|line| line.starts_with(which)).unwrap();
        line[line.find("SHA256:").unwrap()..].to_owned()
    };
    let (old_ssh, new_ssh) = (shown("Old:"), shown("New:"));
    assert!(!new_ssh.ends_with('=') && new_ssh != new, "GitHub shows the SSH form");
    for (consumer, pasted, said) in [
        (&deploy, old_ssh.as_str(), "still shows the old key"),
        (&deploy, old.as_str(), "still shows the old key"),
        (&deploy, OTHER, "another key"),
        (&deploy, OTHER.trim_end_matches('='), "another key"),
        (&deploy, "two words", "no fingerprint"),
        (&pipeline, new_ssh.as_str(), "made over other bytes"),
        (&pipeline, old_ssh.as_str(), "made over other bytes"),
        (&pipeline, old.as_str(), "still shows the old key"),
        (&user, new.as_str(), "both of its slots"),
    ] {
        rotated.refuses(paste(consumer, pasted), Kind::Invalid, said).await;
    }
    let seen = rotated.note(paste(&deploy, &new_ssh)).await;
    let done = run(&seen, "deploy");
    assert_eq!((done.state.as_str(), done.verified.is_some()), ("SUCCEEDED", true));
    // Where something can be compared, no word is taken.
    let (consumer, evidence) = (user, "I saw it".to_owned());
    let succeed = RotationNote::Succeed { consumer, instances: 1, evidence };
    rotated.refuses(succeed, Kind::Invalid, "not taken on a word").await;
}

/// The statement was run before the first description was pasted, or after a try that failed.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_in_its_slot_already_is_found_there() {
    let rotated = distributing().await;
    let (old, new) = prints(&rotated.open().await);
    let paste = RotationNote::PasteDescription {
        consumer: rotated.number("ETL_USER").await,
        pasted: description("ETL_USER", Some(&old), Some(&new)),
        replace_older: false,
    };
    let taken = rotated.note(paste.clone()).await;
    let slots = run(&taken, "ETL_USER").slots.clone().unwrap();
    assert_eq!((slots.set.as_str(), slots.keeps.as_deref()), ("RSA_PUBLIC_KEY_2", Some("RSA_PUBLIC_KEY")));
    assert_eq!(slots.replaces, None);
    let done = rotated.note(paste).await;
    assert_eq!((run(&done, "ETL_USER").state.as_str(), run(&done, "ETL_USER").verified.is_some()), ("SUCCEEDED", true));
}
