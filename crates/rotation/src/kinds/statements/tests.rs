//! The templates: each kind's texts, names that would break out of a shell, and nothing before it is known.

use encoding::snowflake::Slot;

use super::*;
use crate::samples::{NEW, OLD, P256, consumer, material};

/// Each kind with answers, its name among them.
fn of(kind: ConsumerKind, name: &str) -> Consumer {
    let fields: &[(&str, &str)] = match kind {
        ConsumerKind::AwsAlias => &[("alias", name)],
        ConsumerKind::ByHand => &[("how", name)],
        ConsumerKind::EntraApp => &[("app", name)],
        ConsumerKind::GithubKey => &[("place", name), ("title", name)],
        ConsumerKind::HerokuAddon => &[("app", name), ("plan", "heroku-postgresql:private-7")],
        ConsumerKind::JwksEndpoint => &[("url", "https://a.example/jwks")],
        ConsumerKind::KubernetesSecret => &[("namespace", name), ("secret", name), ("workload", name)],
        ConsumerKind::SnowflakeUser => &[("user", name), ("account", "xy12345")],
        ConsumerKind::TlsEndpoint => &[("address", name)],
    };
    consumer(kind, fields)
}

fn slots() -> Material<'static> {
    Material { slots: Some((Slot::Second, Some(Slot::First))), ..material() }
}

fn text(instructions: &[Instruction]) -> String {
    instructions.iter().map(|one| format!("{}\n{}\n", one.label, one.text)).collect()
}

fn body(key: &PublicKey) -> String {
    let pem = export::spki_pem(key).unwrap().text().unwrap().to_owned();
    pem.lines().filter(|line| !line.starts_with('-')).collect()
}

#[test]
fn the_slot_user_gets_a_statement_for_the_free_slot_and_keeps_the_other() {
    let user = of(ConsumerKind::SnowflakeUser, "ETL_USER");
    let told = update(&user, &slots()).unwrap();
    assert_eq!(told[0].text, format!("ALTER USER ETL_USER SET RSA_PUBLIC_KEY_2='{}';\n", body(&NEW)));
    assert!(told[0].label.contains("RSA_PUBLIC_KEY keeps the working key") && told[0].proof.is_some());
    assert_eq!(told[1].text, "DESC USER ETL_USER;");
    let gone = remove_old(&user, &slots()).unwrap();
    assert_eq!(gone[0].text, "ALTER USER ETL_USER UNSET RSA_PUBLIC_KEY;\n");
    let none = Material { slots: Some((Slot::First, None)), ..material() };
    assert!(text(&update(&user, &none).unwrap()).contains("Neither slot holds the working key"));
    assert!(remove_old(&user, &none).unwrap().is_empty(), "nothing is cleared that is not known to be the old key");
}

#[test]
fn a_slot_user_goes_back_by_the_old_key_first() {
    let user = of(ConsumerKind::SnowflakeUser, "ETL_USER");
    let told = back(&user, &slots()).unwrap();
    assert_eq!(told[0].text, format!("ALTER USER ETL_USER SET RSA_PUBLIC_KEY='{}';\n", body(&OLD)));
    assert_eq!(told[1].text, "DESC USER ETL_USER;");
    assert_eq!(told[2].text, "ALTER USER ETL_USER UNSET RSA_PUBLIC_KEY_2;\n");
    assert!(told[2].label.starts_with("Once its clients sign with the old key"));
}

#[test]
fn nothing_is_said_of_slots_before_they_are_known() {
    let user = of(ConsumerKind::SnowflakeUser, "ETL_USER");
    let error = update(&user, &material()).unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict);
    assert!(error.message().contains("which slot is free") && error.next().contains("step before"));
    assert!(remove_old(&user, &material()).unwrap().is_empty() && back(&user, &material()).unwrap().is_empty());
    let unknown = Material { new: None, ..slots() };
    for kind in ConsumerKind::ALL {
        let needs = [
            ConsumerKind::GithubKey,
            ConsumerKind::JwksEndpoint,
            ConsumerKind::KubernetesSecret,
            ConsumerKind::SnowflakeUser,
        ];
        let told = update(&of(kind, "it"), &unknown);
        assert_eq!(told.is_err(), needs.contains(&kind), "{kind:?}");
    }
    // Slots are for RSA keys alone.
    assert_eq!(update(&user, &Material { new: Some(&P256), ..slots() }).unwrap_err().kind(), Kind::Unsupported);
}

#[test]
fn a_set_of_keys_has_both_in_between_and_one_at_each_end() {
    let set = of(ConsumerKind::JwksEndpoint, "");
    let kids = |one: &Instruction| {
        let set: serde_json::Value = serde_json::from_str(&one.text).unwrap();
        let kids = set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned());
        kids.collect::<Vec<_>>()
    };
    let kid = |key: &PublicKey| encoding::fingerprint::Fingerprints::of(key).jwk_thumbprint.unwrap();
    let (old, new) = (kid(&OLD), kid(&NEW));
    assert_eq!(kids(&update(&set, &material()).unwrap()[0]), [old.clone(), new.clone()]);
    assert_eq!(kids(&remove_old(&set, &material()).unwrap()[0]), vec![new.clone()]);
    let told = back(&set, &material()).unwrap();
    assert_eq!((kids(&told[0]), kids(&told[1])), (vec![old.clone(), new], vec![old]));
    assert!(back(&set, &Material { old: None, ..material() }).unwrap().is_empty());
}

#[test]
fn the_other_kinds_say_what_is_run() {
    let told = |kind, name| text(&update(&of(kind, name), &material()).unwrap());
    assert!(
        told(ConsumerKind::GithubKey, "acme/etl").contains("gh repo deploy-key add - --repo acme/etl --title acme/etl")
    );
    assert!(told(ConsumerKind::GithubKey, "maria").contains("gh ssh-key add - --type signing --title maria"));
    assert!(told(ConsumerKind::GithubKey, "maria").contains("ssh-rsa AAAA"));
    assert!(told(ConsumerKind::EntraApp, "1b2c").contains("az ad app credential reset --id 1b2c --append"));
    let tls = told(ConsumerKind::TlsEndpoint, "api.example.com:443");
    assert!(tls.contains("-connect api.example.com:443 -servername api.example.com </dev/null"), "{tls}");
    assert!(told(ConsumerKind::AwsAlias, "alias/pay").contains("alias/pay"));
    let secret = told(ConsumerKind::KubernetesSecret, "etl");
    assert!(secret.contains("create secret generic etl --namespace etl --from-file=public.pem=/dev/stdin"), "{secret}");
    assert!(secret.contains("kubectl rollout restart etl --namespace etl") && secret.contains("BEGIN PUBLIC KEY"));
    let heroku = told(ConsumerKind::HerokuAddon, "etl");
    assert!(heroku.contains("heroku-postgresql:private-7 --app etl --encryption-key arn:new"), "{heroku}");
    assert!(told(ConsumerKind::ByHand, "Ask Ines.").ends_with("Ask Ines.\n"));
    assert!(text(&update(&of(ConsumerKind::ByHand, ""), &material()).unwrap()).contains("Use the new material."));
}

#[test]
fn only_who_holds_two_has_something_taken_away() {
    for kind in ConsumerKind::ALL {
        let told = remove_old(&of(kind, "it"), &slots()).unwrap();
        assert_eq!(!told.is_empty(), kind.holds_two(), "{kind:?}");
    }
    let github = |place| text(&remove_old(&of(ConsumerKind::GithubKey, place), &material()).unwrap());
    assert!(github("acme/etl").contains("deploy-key delete KEY_ID --repo acme/etl"));
    assert!(github("maria").contains("gh ssh-key delete KEY_ID"));
    let entra = text(&remove_old(&of(ConsumerKind::EntraApp, "1b2c"), &material()).unwrap());
    assert!(entra.contains("credential delete --id 1b2c --cert --key-id KEY_ID"));
}

#[test]
fn everybody_is_told_how_to_go_back() {
    for kind in ConsumerKind::ALL {
        let told = back(&of(kind, "it"), &slots()).unwrap();
        assert!(told.iter().all(|one| !one.label.is_empty()) && !told.is_empty(), "{kind:?}");
    }
    let told = |of_material: &Material<'_>| text(&back(&of(ConsumerKind::ByHand, ""), of_material).unwrap());
    assert!(told(&material()).contains("payments, version 1"));
    assert!(told(&Material { old_version: None, ..material() }).ends_with("payments\n"));
}

#[test]
fn a_hostile_name_stays_one_word_of_the_shell() {
    let hostile = "a'; rm -rf / #$(id)`id`\"\\ b/c";
    let quoted = r#"'a'\''; rm -rf / #$(id)`id`"\ b/c'"#;
    for kind in [
        ConsumerKind::EntraApp,
        ConsumerKind::GithubKey,
        ConsumerKind::HerokuAddon,
        ConsumerKind::KubernetesSecret,
        ConsumerKind::TlsEndpoint,
    ] {
        let consumer = of(kind, hostile);
        for told in [update(&consumer, &material()), remove_old(&consumer, &material())] {
            let lines = told.unwrap();
            for one in lines.iter().filter(|one| one.text.contains("rm -rf")) {
                let bare = one.text.replace(quoted, "WORD");
                assert!(!bare.contains("rm -rf") && !bare.contains("$(id)"), "{kind:?}: {}", one.text);
            }
        }
    }
    // The same by a shell's own reading.
    for word in [hostile, "", "a b", "-n", "*", "~", "x\ny", "$HOME", "ü"] {
        let said =
            std::process::Command::new("sh").args(["-c", &format!("printf %s {}", shell(word))]).output().unwrap();
        assert_eq!(String::from_utf8(said.stdout).unwrap(), word);
    }
    let statement = text(&update(&of(ConsumerKind::SnowflakeUser, "A\"; DROP USER B"), &slots()).unwrap());
    assert!(statement.contains(r#"ALTER USER "A""; DROP USER B" SET"#), "{statement}");
}
