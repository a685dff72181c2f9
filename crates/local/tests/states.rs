//! What a state closes: secret values, never public halves.

// `allow-unwrap-in-tests` covers test functions only, not the helpers they share.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use domain::{
    Access, Algorithm, Answer, Answers, Environment, FacetKind, ItemKey, Kind, Provider, Secret, SecretAnswers, State,
    Timestamp,
};
use jiff::SignedDuration;
use local::{Entry, EntryState, Keystore, Lock, Material, make};

const PASSPHRASE: &str = "correct horse";

/// A provider over a file of these entries, unlocked by passphrase. The file lives as long as the folder.
async fn provider(entries: Vec<Entry>) -> (tempfile::TempDir, Arc<dyn Provider>) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("keys");
    let passphrase = || Secret::from_text(PASSPHRASE.to_owned());
    Keystore::create_with(&path, &Lock::Passphrase(passphrase()), entries).unwrap();
    let answers = Answers::from([("file".to_owned(), "~/keys".to_owned())]);
    let secrets = SecretAnswers::from([("passphrase".to_owned(), passphrase())]);
    let environment = Environment { home: home.path().to_owned(), ..Environment::default() };
    let provider = local::connect(&answers, &secrets, &environment).await.unwrap();
    (home, provider)
}

fn value(text: &str) -> Material {
    Material::secret(Secret::from_text(text.to_owned()), "text/plain")
}

fn certificate(now: Timestamp) -> Material {
    let wanted = make::Wanted {
        common_name: "name, with \"specials\"",
        organization: "Ćma & Söhne",
        names: &["a.example", "2001:db8::1"],
        not_before: now,
        not_after: now + SignedDuration::from_hours(24),
        purpose: make::Purpose::Server,
    };
    make::self_signed(&Algorithm::Ed25519, &wanted).unwrap()
}

#[tokio::test]
async fn a_disabled_or_doomed_entry_keeps_its_value_and_gives_its_public_half() {
    let now = Timestamp::now();
    let later = now + SignedDuration::from_hours(24);
    let entry = |name: &str, material| Entry::new(name, now, material).unwrap();
    let (_home, provider) = provider(vec![
        entry("disabled", value("x")).with_state(EntryState::Disabled),
        entry("doomed", certificate(now)).with_state(EntryState::PendingDeletion(later)),
        entry("version-disabled", value("x")).with_current_disabled(),
    ])
    .await;
    for (name, state) in
        [("disabled", State::Disabled), ("doomed", State::PendingDeletion), ("version-disabled", State::Disabled)]
    {
        let key = ItemKey::new("keystore", name);
        let detail = provider.inventory().open(&key).await.unwrap();
        assert_eq!(detail.item.state, state, "{name}");
        let facet = detail.item.facets.iter().find(|facet| facet.kind == FacetKind::Secret).unwrap();
        assert!(matches!(&facet.access, Access::Closed { permission, .. } if permission == "state enabled"), "{name}");
        let offers = provider.offers(&detail.item).await;
        let reveal = offers.iter().find(|offer| offer.ask == domain::Ask::RevealSecret).unwrap();
        assert!(matches!(reveal.answer, Answer::Refuse { permission: Some(_), .. }), "{name}");
        let error = provider.secrets().unwrap().value(&key, None).await.unwrap_err();
        assert_eq!((error.kind(), error.permission()), (Kind::Denied, Some("state enabled")), "{name}");
    }
    let doomed = ItemKey::new("keystore", "doomed");
    assert_eq!(provider.certificates().unwrap().chain(&doomed, None).await.unwrap().len(), 1);
    assert!(provider.inventory().public_key(&doomed, None).await.is_ok());
}

#[tokio::test]
async fn an_older_version_that_is_enabled_can_still_be_read() {
    let now = Timestamp::now();
    let entry = Entry::new("password", now, value("old")).unwrap().with_version(now, value("new")).unwrap();
    let (_home, provider) = provider(vec![entry.with_current_disabled()]).await;
    let key = ItemKey::new("keystore", "password");
    let secrets = provider.secrets().unwrap();
    assert_eq!(secrets.value(&key, Some("1")).await.unwrap().expose_text(), Some("old"));
    assert_eq!(secrets.value(&key, Some("2")).await.unwrap_err().kind(), Kind::Denied);
    assert_eq!(secrets.value(&key, None).await.unwrap_err().kind(), Kind::Denied);
    assert_eq!(secrets.value(&key, Some("3")).await.unwrap_err().kind(), Kind::NotFound);
}

#[tokio::test]
async fn an_expired_secret_is_marked_and_still_read() {
    let now = Timestamp::now();
    let entry = Entry::new("password", now, value("old")).unwrap().with_expiry(now);
    let (_home, provider) = provider(vec![entry]).await;
    let key = ItemKey::new("keystore", "password");
    assert_eq!(provider.inventory().open(&key).await.unwrap().item.state, State::Expired);
    assert_eq!(provider.secrets().unwrap().value(&key, None).await.unwrap().expose_text(), Some("old"));
}

#[test]
fn a_certificate_of_another_key_makes_no_entry() {
    let now = Timestamp::now();
    let (Material::Certificate { leaf, .. }, Material::Certificate { key, .. }) = (certificate(now), certificate(now))
    else {
        unreachable!("both are certificates")
    };
    let mixed = Material::Certificate { key, leaf, issuers: Vec::new() };
    assert_eq!(Entry::new("mixed", now, mixed).unwrap_err().kind(), Kind::Invalid);
}

#[tokio::test]
async fn names_are_kept_as_they_are() {
    let now = Timestamp::now();
    let name = "zażółć/\u{202e}#<b>?";
    let (home, provider) = provider(vec![Entry::new(name, now, certificate(now)).unwrap()]).await;
    let inventory = provider.inventory();
    let located = inventory.locate(&format!("keystore:{name}")).unwrap();
    assert_eq!(inventory.locate(&format!("{}#{name}", home.path().join("keys").display())).unwrap(), located);
    let chain = provider.certificates().unwrap().chain(&located, None).await.unwrap();
    let read = encoding::x509::Certificate::parse(&chain[0]).unwrap();
    assert_eq!(read.names, ["DNS:a.example", "IP:2001:db8::1"]);
    assert!(read.self_signed && read.subject.contains("Ćma & Söhne"), "{}", read.subject);
    assert_eq!(inventory.open(&located).await.unwrap().item.expires, Some(read.not_after));
}
