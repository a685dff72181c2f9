//! The export studio over every item of the practice keystore, and over places that refuse.

use std::{collections::HashSet, sync::Arc};

use app::MemoryKeychain;
use contract::{
    CopyExport, ExportItems, ExportRequest, Format, ItemRow, Nothing, OpenItem, OpenPracticeKeystore, SaveExport,
    SnowflakeSlot, SnowflakeUser,
};
use domain::{Changed, Kind};
use encoding::{PublicKey, fingerprint::Fingerprints, pem};

use crate::{
    scripted::denied,
    world::{World, watch},
};

async fn practice() -> (World, Vec<ItemRow>) {
    let world = World::real(Arc::new(MemoryKeychain::default()));
    world.app.open_practice_keystore(OpenPracticeKeystore {}).await.unwrap();
    let rows = watch(&world.app, true).await.rows.into_values().collect();
    (world, rows)
}

fn request(references: &[&str], format: Format) -> ExportRequest {
    ExportRequest {
        references: references.iter().map(|reference| (*reference).to_owned()).collect(),
        versions: Vec::new(),
        format,
        comment: None,
        snowflake: (format == Format::Snowflake)
            .then(|| SnowflakeUser { user: "etl_svc".into(), slot: SnowflakeSlot::Second }),
    }
}

fn fits(row: &ItemRow, format: Format) -> bool {
    let algorithm = row.algorithm.as_deref().unwrap_or_default();
    let is_rsa = algorithm.starts_with("RSA");
    let has_key = is_rsa || algorithm.starts_with("EC ") || algorithm == "Ed25519";
    match format {
        Format::CertChain | Format::CertDer | Format::CertP7b | Format::CertPem => {
            row.facets.contains(&"certificate".to_owned())
        }
        // Nothing of the practice keystore is being issued.
        Format::CsrPem => false,
        Format::Pkcs1Pem | Format::Snowflake => is_rsa,
        Format::Fingerprints | Format::Jwk | Format::Jwks | Format::Openssh | Format::SpkiDer | Format::SpkiPem => {
            has_key
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_practice_item_leaves_in_every_form_that_fits_and_in_no_other() {
    let (world, rows) = practice().await;
    let mut exported = HashSet::new();
    for row in &rows {
        for format in Format::ALL {
            let request = request(&[&row.reference], format);
            let export = world.app.export_items(ExportItems { request }).await.unwrap();
            let what = format!("{} as {}", row.name, format.name());
            assert_eq!(export.files.len() + export.failed.len(), 1, "{what}");
            assert_eq!(export.files.len() == 1, fits(row, format), "{what}: {:?}", export.failed);
            let Some(file) = export.files.first() else { continue };
            assert!(!file.proof.is_empty(), "{what}");
            assert_eq!(file.binary, matches!(format, Format::CertDer | Format::SpkiDer), "{what}");
            assert!(file.version.is_some() && file.file_name.starts_with(&row.name), "{what}: {}", file.file_name);
            assert!(exported.insert(file.file_name.to_ascii_lowercase()), "{what}: {} twice", file.file_name);
        }
    }
    assert!(exported.len() > 60, "{}", exported.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_snowflake_statement_names_the_user_the_slot_and_the_check() {
    let (world, rows) = practice().await;
    let row = rows.iter().find(|row| row.name == "snowflake-etl").unwrap();
    let export =
        world.app.export_items(ExportItems { request: request(&[&row.reference], Format::Snowflake) }).await.unwrap();
    let [file] = &export.files[..] else { panic!("{:?}", export.failed) };
    let spki =
        world.app.export_items(ExportItems { request: request(&[&row.reference], Format::SpkiPem) }).await.unwrap();
    let body: String = spki.files[0].text.lines().filter(|line| !line.starts_with('-')).collect();
    assert_eq!(file.text, format!("ALTER USER \"etl_svc\" SET RSA_PUBLIC_KEY_2='{body}';\n"));
    let key = PublicKey::from_spki_pem(&spki.files[0].text).unwrap();
    let expected = Fingerprints::of(&key).spki_sha256;
    assert_eq!(file.checks[0], format!("DESC USER \"etl_svc\"; expect RSA_PUBLIC_KEY_2_FP = {expected}"));
    assert!(file.checks[1].contains("ETL_SVC"), "{:?}", file.checks);
    assert_eq!(file.file_name, "snowflake-etl-2.sql");

    for (references, users) in [(vec![row.reference.as_str()], false), (vec![&row.reference, &row.reference], true)] {
        let mut request = request(&references, Format::Snowflake);
        request.snowflake = request.snowflake.filter(|_| users);
        assert_eq!(world.app.export_items(ExportItems { request }).await.unwrap_err().kind(), Kind::Invalid);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_leave_one_by_one_or_in_one_set() {
    let (world, rows) = practice().await;
    let row = rows.iter().find(|row| row.name == "oidc-signing").unwrap();
    let opened = world.app.open_item(OpenItem { reference: row.reference.clone() }).await.unwrap();
    let versions: Vec<String> = opened.versions.iter().map(|version| version.id.clone()).collect();
    assert_eq!(versions.len(), 3);

    let mut each = request(&[&row.reference], Format::SpkiPem);
    each.versions.clone_from(&versions);
    let export = world.app.export_items(ExportItems { request: each }).await.unwrap();
    let labels: HashSet<_> = export.files.iter().map(|file| pem::decode(&file.text).unwrap()).collect();
    assert_eq!(labels.len(), 3, "three versions have three keys");
    assert!(labels.iter().all(|(label, _)| label == "PUBLIC KEY"));

    let mut set = request(&[&row.reference], Format::Jwks);
    set.versions = versions;
    set.versions.push("99".into());
    let export = world.app.export_items(ExportItems { request: set }).await.unwrap();
    let [file] = &export.files[..] else { panic!("{:?}", export.failed) };
    let set: serde_json::Value = serde_json::from_str(&file.text).unwrap();
    assert_eq!(set["keys"].as_array().unwrap().len(), 3);
    assert_eq!((file.version.as_deref(), file.fingerprints.is_none()), (None, true));
    assert_eq!(export.failed.len(), 1, "the version that is not there is told");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_items_are_copied_and_saved_beside_one_that_cannot_be() {
    let (world, rows) = practice().await;
    let reference = |name: &str| rows.iter().find(|row| row.name == name).unwrap().reference.clone();
    let (one, two, symmetric) = (reference("snowflake-etl"), reference("github-deploy"), reference("backup-master"));

    let copy = |references: &[&str], format| CopyExport { request: request(references, format) };
    world.app.copy_export(copy(&[&one, &two], Format::Openssh)).await.unwrap();
    let copied = world.desktop.copied.lock().unwrap().pop().unwrap();
    let starts: Vec<_> = copied.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(starts, ["ssh-rsa", "ssh-ed25519"]);
    assert!(copied.lines().next().unwrap().ends_with(" snowflake-etl"));
    let error = world.app.copy_export(copy(&[&one], Format::SpkiDer)).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unsupported);
    assert!(world.desktop.copied.lock().unwrap().is_empty());

    let folder = tempfile::tempdir().unwrap();
    *world.desktop.folder.lock().unwrap() = Some(folder.path().to_owned());
    let save = |references: &[&str]| SaveExport { request: request(references, Format::SpkiPem) };
    let first = world.app.save_export(save(&[&one, &two])).await.unwrap().paths;
    let second = world.app.save_export(save(&[&one, &two])).await.unwrap().paths;
    assert!(first.iter().all(|path| !second.contains(path)), "{second:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4);

    let error = world.app.save_export(save(&[&one, &symmetric, &two])).await.unwrap_err();
    assert!(error.message().contains("1 of 3") && error.message().contains("backup-master"), "{error}");
    assert!(matches!(error.changed(), Changed::Exactly(saved) if saved.len() == 2));
    let error = world.app.save_export(save(&[&symmetric])).await.unwrap_err();
    assert_eq!(error.changed(), &Changed::Nothing);

    // One file goes where the dialog says; none if it was cancelled.
    assert!(world.app.save_export(save(&[&one])).await.unwrap().paths.is_empty());
    let path = folder.path().join("chosen.pem");
    std::fs::write(&path, "old").unwrap();
    *world.desktop.file.lock().unwrap() = Some(path.clone());
    assert_eq!(world.app.save_export(save(&[&one])).await.unwrap().paths, [path.to_string_lossy()]);
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("-----BEGIN PUBLIC KEY-----\n"));
    assert_eq!(world.desktop.suggested.lock().unwrap().last().unwrap(), "snowflake-etl-2.pem");
}

#[tokio::test]
async fn an_item_that_may_not_be_described_still_leaves_under_its_last_known_name() {
    let world = World::scripted();
    world.connect("a").await;
    let place = world.scripts.place("a");
    place.lists(|| {
        use crate::scripted::{ends, item, vault};
        vec![vault("v"), item("v", "1"), ends("v", Ok(()))]
    });
    watch(&world.app, true).await;
    *place.detail.lock().unwrap() = Some(Arc::new(|| Err(denied("open:item"))));
    let spki = pem::decode(ED25519_PEM).unwrap().1;
    *place.public_key.lock().unwrap() = Some(Arc::new(move || Ok(spki.clone())));
    let known = request(&["a/v/1", "a/v/2", "b/v/1"], Format::SpkiPem);
    let export = world.app.export_items(ExportItems { request: known }).await.unwrap();
    let names: Vec<_> = export.files.iter().map(|file| file.file_name.as_str()).collect();
    assert_eq!(names, ["1-by-name.pem", "2.pem"]);
    assert_eq!(export.files[0].text, ED25519_PEM);
    assert_eq!(export.failed[0].1.kind, "not-found");
    assert!(world.app.app_state(Nothing {}).await.unwrap().formats.len() == Format::ALL.len());
}

/// The public key of RFC 8410, section 10.1.
const ED25519_PEM: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
";
