//! The practice keystore through the provider's seam, and what OpenSSL says of it.

// `allow-unwrap-in-tests` covers test functions only, not the helpers they share.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::{
    collections::BTreeMap,
    io::Write,
    path::Path,
    process::{Command, Stdio},
    sync::{Arc, LazyLock},
};

use domain::{
    Access, Answer, Answers, Ask, Aspect, Environment, FacetKind, Item, ItemKey, Kind, Leaves, Provider, Secret,
    SecretAnswers, State, Timestamp,
};
use futures::StreamExt;
use local::{Entry, Keystore, Lock, Material};

/// A practice keystore of the test's own, opened through the provider's seam.
struct Practice {
    home: tempfile::TempDir,
    key: Secret,
    provider: Arc<dyn Provider>,
}

/// Its file and key, made once: every test takes a copy.
static MADE: LazyLock<(Vec<u8>, Secret)> = LazyLock::new(|| {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("practice.keystore");
    let key = Lock::fresh_key_text().unwrap();
    local::practice::make(&path, Lock::from_key_text(&key).unwrap(), Timestamp::now()).unwrap();
    (std::fs::read(&path).unwrap(), key)
});

impl Practice {
    async fn copy() -> Self {
        let (bytes, key) = &*MADE;
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("practice.keystore");
        std::fs::write(&path, bytes).unwrap();
        let answers = Answers::from([("file".to_owned(), path.to_str().unwrap().to_owned())]);
        let key = || Secret::new(key.expose().to_vec());
        let secrets = SecretAnswers::from([("key".to_owned(), key())]);
        let provider = local::connect(&answers, &secrets, &Environment::default()).await.unwrap();
        Self { home, key: key(), provider }
    }

    async fn list(&self) -> (BTreeMap<String, Item>, domain::Result<()>) {
        let listed: Vec<domain::Entry> = self.provider.inventory().list().collect().await;
        let mut listed = listed.into_iter();
        assert!(matches!(listed.next(), Some(domain::Entry::Vault(vault)) if vault.name == "practice.keystore"));
        let mut items = BTreeMap::new();
        for entry in listed {
            match entry {
                domain::Entry::Item(item) => assert!(items.insert(item.key.id.clone(), *item).is_none()),
                domain::Entry::End { vault, result } => {
                    assert_eq!(vault.0, "keystore");
                    return (items, result);
                }
                domain::Entry::Vault(_) => panic!("a second vault"),
            }
        }
        panic!("no end")
    }

    /// Whether the certificate, the public key and the secret may leave.
    async fn offers(&self, item: &Item) -> [Answer; 3] {
        const ASKS: [Ask; 3] = [Ask::ExportCertificate, Ask::ExportPublicKey, Ask::RevealSecret];
        let offers = self.provider.offers(item).await;
        assert!(offers.iter().map(|offer| offer.ask).eq(Ask::OF_ITEM));
        ASKS.map(|ask| offers.iter().find(|offer| offer.ask == ask).unwrap().answer.clone())
    }
}

fn key_of(name: &str) -> ItemKey {
    ItemKey::new("keystore", name)
}

/// Runs openssl and hands back what it wrote.
fn openssl(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut openssl = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    openssl.stdin.take().unwrap().write_all(input).unwrap();
    let output = openssl.wait_with_output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn file(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

#[tokio::test]
async fn its_items_say_what_they_are() {
    let practice = Practice::copy().await;
    let (items, end) = practice.list().await;
    end.unwrap();
    let said: BTreeMap<&str, (String, &str, usize)> = items
        .iter()
        .map(|(name, item)| {
            let algorithm = item.algorithm.as_ref().map(ToString::to_string).unwrap_or_default();
            (name.as_str(), (algorithm, item.state.word(), item.facets.len()))
        })
        .collect();
    let expected: BTreeMap<&str, (String, &str, usize)> = [
        ("backup-master", "AES-256", "enabled", 1),
        ("code-signing", "RSA 4096", "enabled", 1),
        ("etl-config", "", "enabled", 1),
        ("firmware-signing", "EC P-521", "enabled", 1),
        ("github-deploy", "Ed25519", "enabled", 1),
        ("mtls-billing-client", "EC P-384", "enabled", 3),
        ("oidc-signing", "EC P-256", "enabled", 1),
        ("partner-sftp-nordwind", "Ed25519", "pending-deletion", 1),
        ("payments-sign", "RSA 3072", "enabled", 1),
        ("snowflake-etl", "RSA 2048", "enabled", 1),
        ("statement-seal", "EC P-384", "enabled", 1),
        ("tls-api", "EC P-256", "enabled", 3),
        ("tls-intranet", "EC P-256", "expired", 3),
        ("warehouse-db-password", "", "enabled", 1),
        ("webhook-signing-old", "EC P-256", "disabled", 1),
    ]
    .into_iter()
    .map(|(name, algorithm, state, facets)| (name, (algorithm.to_owned(), state, facets)))
    .collect();
    assert_eq!(said, expected);

    let left = items["tls-api"].expires.unwrap().duration_since(Timestamp::now());
    assert_eq!(left.as_hours() / 24, 9, "about to end");
    assert!(items.values().all(|item| item.created.unwrap() < Timestamp::now() && item.trouble.is_none()));
}

#[tokio::test]
async fn what_leaves_is_what_the_offers_say() {
    let practice = Practice::copy().await;
    let (items, _) = practice.list().await;
    let (certificates, secrets) = (practice.provider.certificates().unwrap(), practice.provider.secrets().unwrap());
    for item in items.values() {
        let [certificate, public_key, secret] = practice.offers(item).await;
        let inventory = practice.provider.inventory();
        let has = |kind| item.facets.iter().find(|facet| facet.kind == kind);
        let tried = [
            (certificate, certificates.chain(&item.key, None).await.err(), has(FacetKind::Certificate)),
            (public_key, inventory.public_key(&item.key, None).await.err(), has(FacetKind::Key)),
            (secret, secrets.value(&item.key, None).await.err(), has(FacetKind::Secret)),
        ];
        for (answer, error, facet) in tried {
            let open = facet.is_some_and(|facet| facet.access == Access::Open && facet.leaves != Leaves::Nothing);
            match answer {
                Answer::Allow => assert!(error.is_none() && open, "{}", item.name),
                Answer::Refuse { because, .. } => {
                    assert!(error.is_some() && !open, "{}: {because}", item.name);
                    assert!(because.ends_with('.') && because.starts_with(char::is_uppercase), "{because}");
                }
                Answer::Unknown { probe } => panic!("{}: {probe}", item.name),
            }
        }
    }
    let because = |answer| match answer {
        Answer::Refuse { because, .. } => because,
        Answer::Allow | Answer::Unknown { .. } => panic!("not refused"),
    };
    let [_, public_key, secret] = practice.offers(&items["backup-master"]).await;
    assert_eq!(because(public_key), "AES-256 is symmetric: it has no public half.");
    assert_eq!(because(secret), "The AES-256 key is not shown: it leaves only into a place that it is brought to.");
}

#[tokio::test]
async fn versions_are_newest_first_and_each_has_its_own_public_key() {
    let practice = Practice::copy().await;
    let inventory = practice.provider.inventory();
    let detail = inventory.open(&key_of("oidc-signing")).await.unwrap();
    let told: Vec<_> = detail.versions.iter().map(|it| (it.id.as_str(), it.state.word(), it.current)).collect();
    assert_eq!(told, [("3", "enabled", true), ("2", "enabled", false), ("1", "disabled", false)]);
    assert!(detail.versions.is_sorted_by_key(|version| std::cmp::Reverse(version.created)));

    let mut keys = Vec::new();
    for version in ["1", "2", "3"] {
        keys.push(inventory.public_key(&key_of("oidc-signing"), Some(version)).await.unwrap());
    }
    assert_eq!(inventory.public_key(&key_of("oidc-signing"), None).await.unwrap(), keys[2]);
    keys.dedup();
    assert_eq!(keys.len(), 3);
    let missing = inventory.public_key(&key_of("oidc-signing"), Some("4")).await.unwrap_err();
    assert_eq!(missing.kind(), Kind::NotFound);
    assert_eq!(inventory.open(&key_of("snowflake-etl")).await.unwrap().versions.len(), 2);
}

#[tokio::test]
async fn openssl_reads_every_public_key_as_the_kind_that_is_listed() {
    let practice = Practice::copy().await;
    let (items, _) = practice.list().await;
    for (name, sign) in [
        ("snowflake-etl", "Public-Key: (2048 bit)"),
        ("payments-sign", "Public-Key: (3072 bit)"),
        ("code-signing", "Public-Key: (4096 bit)"),
        ("oidc-signing", "NIST CURVE: P-256"),
        ("statement-seal", "NIST CURVE: P-384"),
        ("firmware-signing", "NIST CURVE: P-521"),
        ("github-deploy", "ED25519 Public-Key"),
    ] {
        let der = practice.provider.inventory().public_key(&items[name].key, None).await.unwrap();
        let text = openssl(&["pkey", "-pubin", "-inform", "DER", "-noout", "-text"], &der);
        assert!(String::from_utf8(text).unwrap().contains(sign), "{name}");
        // Written again by OpenSSL it is the same, so ours was DER in its one form.
        let again = openssl(&["pkey", "-pubin", "-inform", "DER", "-pubout", "-outform", "DER"], &der);
        assert_eq!(again, der, "{name}");
    }
}

#[tokio::test]
async fn openssl_agrees_on_certificates_chains_and_their_private_keys() {
    let practice = Practice::copy().await;
    let folder = practice.home.path();
    let (certificates, secrets) = (practice.provider.certificates().unwrap(), practice.provider.secrets().unwrap());
    // The last one is over, and vouched for by nobody but itself.
    let strict: &[&str] = &["-x509_strict"];
    let lenient: &[&str] = &["-no_check_time", "-partial_chain"];
    for (name, length, purpose, how) in [
        ("tls-api", 2, "sslserver", strict),
        ("mtls-billing-client", 2, "sslclient", strict),
        ("tls-intranet", 1, "sslserver", lenient),
    ] {
        let chain = certificates.chain(&key_of(name), None).await.unwrap();
        assert_eq!(chain.len(), length, "{name}");
        let of_certificate = openssl(&["x509", "-inform", "DER", "-noout", "-pubkey"], &chain[0]);
        let private = secrets.value(&key_of(name), None).await.unwrap();
        let of_private = openssl(&["pkey", "-pubout"], private.expose());
        assert_eq!(of_certificate, of_private, "{name}");
        let listed = practice.provider.inventory().public_key(&key_of(name), None).await.unwrap();
        assert_eq!(openssl(&["pkey", "-pubin", "-inform", "DER"], &listed), of_certificate, "{name}");

        let pem = |der: &[u8]| openssl(&["x509", "-inform", "DER"], der);
        let root = file(folder, "root.pem", &pem(chain.last().unwrap()));
        let leaf = file(folder, "leaf.pem", &pem(&chain[0]));
        openssl(&[&["verify", "-purpose", purpose, "-CAfile", &root], how, &[&leaf]].concat(), b"");
    }
}

#[tokio::test]
async fn listed_ends_are_those_of_the_certificates() {
    let practice = Practice::copy().await;
    let (items, _) = practice.list().await;
    let chain = practice.provider.certificates().unwrap().chain(&key_of("tls-api"), None).await.unwrap();
    let text = openssl(&["x509", "-inform", "DER", "-noout", "-enddate", "-dateopt", "iso_8601"], &chain[0]);
    let end = String::from_utf8(text).unwrap().trim().replace("notAfter=", "").replace(' ', "T");
    assert_eq!(items["tls-api"].expires.unwrap(), end.parse::<Timestamp>().unwrap());
    let names = openssl(&["x509", "-inform", "DER", "-noout", "-ext", "subjectAltName"], &chain[0]);
    let names = String::from_utf8(names).unwrap();
    assert!(names.contains("DNS:api.brightwater.example") && names.contains("IP Address:203.0.113.17"), "{names}");
}

#[tokio::test]
async fn the_innocent_secret_is_the_private_half_of_an_old_snowflake_key() {
    let practice = Practice::copy().await;
    let value = practice.provider.secrets().unwrap().value(&key_of("etl-config"), None).await.unwrap();
    let leaked = openssl(&["pkey", "-pubout", "-outform", "DER"], value.expose());
    let inventory = practice.provider.inventory();
    assert_eq!(inventory.public_key(&key_of("snowflake-etl"), Some("1")).await.unwrap(), leaked);
    assert_ne!(inventory.public_key(&key_of("snowflake-etl"), None).await.unwrap(), leaked);
}

#[tokio::test]
async fn descriptions_tags_and_deletion_are_shown() {
    let practice = Practice::copy().await;
    let detail = practice.provider.inventory().open(&key_of("partner-sftp-nordwind")).await.unwrap();
    assert_eq!(detail.item.state, State::PendingDeletion);
    assert!(detail.aspects.iter().any(|it| matches!(it, Aspect::PendingDeletion { at } if *at > Timestamp::now())));
    assert!(detail.aspects.iter().any(|it| matches!(it, Aspect::Description(text) if text.contains("Nordwind"))));
    let tag = ("team".to_owned(), "integrations".to_owned());
    assert!(detail.aspects.iter().any(|it| matches!(it, Aspect::Tags(tags) if tags.contains(&tag))));
}

#[tokio::test]
async fn addresses_are_located_without_asking() {
    let practice = Practice::copy().await;
    let inventory = practice.provider.inventory();
    let path = practice.home.path().join("practice.keystore");
    let path = path.to_str().unwrap();
    assert_eq!(inventory.locate("keystore:tls-api"), Some(key_of("tls-api")));
    assert_eq!(inventory.locate(&format!("{path}#tls-api")), Some(key_of("tls-api")));
    for foreign in ["tls-api", "keystore:", path, "/another.keystore#tls-api", "arn:aws:kms:eu-west-1:1:key/a"] {
        assert_eq!(inventory.locate(foreign), None, "{foreign}");
    }
    let missing = inventory.open(&key_of("absent")).await.unwrap_err();
    assert_eq!(missing.kind(), Kind::NotFound);
    assert_eq!(inventory.open(&ItemKey::new("another", "tls-api")).await.unwrap_err().kind(), Kind::NotFound);
}

#[tokio::test]
async fn a_change_of_the_file_is_seen_and_its_loss_is_told() {
    let practice = Practice::copy().await;
    let path = practice.home.path().join("practice.keystore");
    let lock = Lock::from_key_text(&practice.key).unwrap();
    let mut keystore = Keystore::open(&path, &lock).unwrap();
    let late = Material::secret(Secret::from_text("late".into()), "");
    keystore.add(Entry::new("added-later", Timestamp::now(), late).unwrap()).unwrap();
    keystore.save().unwrap();
    let value = practice.provider.secrets().unwrap().value(&key_of("added-later"), None).await.unwrap();
    assert_eq!(value.expose(), b"late");

    // A key of the same text in a new file has another salt: it was locked anew.
    std::fs::remove_file(&path).unwrap();
    Keystore::create(&path, &lock).unwrap();
    assert_eq!(practice.provider.identity().await.unwrap_err().kind(), Kind::SignedOut);

    std::fs::remove_file(&path).unwrap();
    let (items, end) = practice.list().await;
    assert_eq!((items.len(), end.unwrap_err().kind()), (0, Kind::NotFound));
    let checks = practice.provider.check_access().await;
    assert!(matches!(checks[0].verdict, domain::Verdict::Refused(_)));
    let item = Item::undescribed(
        key_of("tls-api"),
        "tls-api",
        "certificate entry",
        domain::Error::new(Kind::Unexpected, "list", "x"),
    );
    let [certificate, ..] = practice.offers(&item).await;
    assert!(matches!(certificate, Answer::Unknown { .. }));
}

#[tokio::test]
async fn connecting_without_the_right_secret_is_signed_out() {
    let practice = Practice::copy().await;
    let path = practice.home.path().join("practice.keystore");
    let answers = Answers::from([("file".to_owned(), path.to_str().unwrap().to_owned())]);
    assert_eq!(local::place(&answers), path.to_str().unwrap());
    let wrong = Lock::fresh_key_text().unwrap();
    for secrets in [SecretAnswers::new(), SecretAnswers::from([("key".to_owned(), wrong)])] {
        let error = local::connect(&answers, &secrets, &Environment::default()).await.unwrap_err();
        assert_eq!(error.kind(), Kind::SignedOut);
    }
}

#[test]
fn a_second_practice_keystore_does_not_replace_the_first() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("practice.keystore");
    let lock = || Lock::Passphrase(Secret::from_text("practice".into()));
    local::practice::make(&path, lock(), Timestamp::now()).unwrap();
    let first = std::fs::read(&path).unwrap();
    assert_eq!(local::practice::make(&path, lock(), Timestamp::now()).unwrap_err().kind(), Kind::Conflict);
    assert_eq!(std::fs::read(&path).unwrap(), first);
}
