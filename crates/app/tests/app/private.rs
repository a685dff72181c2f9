//! A private key or a backup leaves as a file of one's own, on request, and in no other way.

use std::{
    path::Path,
    sync::{Arc, atomic::Ordering},
};

use contract::{ExportItems, ExportRequest, Format, PrivateForm, SaveBackup, SavePrivateKey};
use domain::{Error, KeyAndChain, Kind, Secret};
use encoding::{key_pem, pfx};

use crate::{
    scripted::{denied, detail, key_item},
    world::World,
};

const PASSWORD: &str = "correct horse";

/// A place with one certificate, whose key leaves.
async fn world() -> (World, Vec<u8>, Vec<u8>) {
    let world = World::scripted();
    world.connect("p").await;
    let place = world.scripts.place("p");
    *place.detail.lock().unwrap() = Some(Arc::new(|| Ok(detail(key_item("v", "k")))));
    let made = rcgen::generate_simple_self_signed(vec!["example.com".to_owned()]).unwrap();
    let (key, leaf) = (made.signing_key.serialize_der(), made.cert.der().to_vec());
    let (its_key, its_leaf) = (key.clone(), leaf.clone());
    *place.with_key.lock().unwrap() =
        Some(Arc::new(move || Ok(KeyAndChain { key: Secret::new(its_key.clone()), chain: vec![its_leaf.clone()] })));
    *place.backup.lock().unwrap() = Some(Arc::new(|| Ok(b"sealed by the place".to_vec())));
    (world, key, leaf)
}

fn wanted(form: PrivateForm) -> SavePrivateKey {
    SavePrivateKey { reference: "p/v/k".into(), version: None, form }
}

fn with_password(password: &str) -> PrivateForm {
    PrivateForm::Pfx { password: password.to_owned().into() }
}

#[cfg(unix)]
fn is_its_owners_alone(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().unwrap().permissions().mode() & 0o777 == 0o600
}

#[cfg(not(unix))]
fn is_its_owners_alone(_: &Path) -> bool {
    true
}

#[tokio::test]
async fn it_leaves_in_either_form_for_its_owner_alone() {
    let (world, key, leaf) = world().await;
    for (form, name) in [(with_password(PASSWORD), "k-by-name-2.pfx"), (PrivateForm::Pem, "k-by-name-2.key.pem")] {
        let path = world.home.path().join(name);
        *world.desktop.file.lock().unwrap() = Some(path.clone());
        let is_pfx = form.name() == "pfx";
        let saved = world.app.save_private_key(wanted(form)).await.unwrap();
        assert_eq!(saved.paths, [path.to_string_lossy()]);
        assert_eq!(world.desktop.suggested.lock().unwrap().pop().unwrap(), name);
        assert!(is_its_owners_alone(&path));
        let bytes = std::fs::read(&path).unwrap();
        let held = if is_pfx {
            pfx::read(&bytes, None).unwrap_err();
            pfx::read(&bytes, Some(&Secret::from_text(PASSWORD.into()))).unwrap()
        } else {
            key_pem::read(std::str::from_utf8(&bytes).unwrap()).unwrap()
        };
        assert_eq!((held.key.expose(), &held.chain), (&key[..], &vec![leaf.clone()]));
    }
}

#[tokio::test]
async fn the_place_is_not_asked_for_a_key_that_would_not_be_written() {
    let (world, ..) = world().await;
    let place = world.scripts.place("p");
    for bad in ["", "\u{1f40e}"] {
        assert_eq!(world.app.save_private_key(wanted(with_password(bad))).await.unwrap_err().kind(), Kind::Invalid);
    }
    assert!(world.desktop.suggested.lock().unwrap().is_empty(), "nobody is asked where to save what is not written");
    // The person thinks better of it in the dialog.
    assert!(world.app.save_private_key(wanted(PrivateForm::Pem)).await.unwrap().paths.is_empty());
    let taken = world.home.path().join("taken");
    std::fs::write(&taken, "mine").unwrap();
    let error = world.app.write_private_key(wanted(PrivateForm::Pem), taken.clone()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict);
    assert_eq!(std::fs::read(&taken).unwrap(), b"mine");
    assert_eq!(place.keys_asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_refusal_leaves_no_file() {
    let (world, ..) = world().await;
    let place = world.scripts.place("p");
    let path = world.home.path().join("a.pfx");
    *world.desktop.file.lock().unwrap() = Some(path.clone());
    *place.with_key.lock().unwrap() = Some(Arc::new(|| Err(denied("secrets/get"))));
    *place.backup.lock().unwrap() = Some(Arc::new(|| Err(denied("certificates/backup"))));
    let key = world.app.save_private_key(wanted(with_password(PASSWORD))).await.unwrap_err();
    assert_eq!(key.permission(), Some("secrets/get"));
    let backup = world.app.save_backup(SaveBackup { reference: "p/v/k".into() }).await.unwrap_err();
    assert_eq!(backup.permission(), Some("certificates/backup"));
    // A key that is not the certificate's: the place mixed two versions up.
    let (one, other) = (made(), made());
    *place.with_key.lock().unwrap() =
        Some(Arc::new(move || Ok(KeyAndChain { key: Secret::new(one.0.clone()), chain: vec![other.1.clone()] })));
    let mixed = world.app.save_private_key(wanted(PrivateForm::Pem)).await.unwrap_err();
    assert_eq!(mixed.kind(), Kind::Invalid, "{mixed}");
    assert!(!path.exists());
}

fn made() -> (Vec<u8>, Vec<u8>) {
    let made = rcgen::generate_simple_self_signed(vec!["example.com".to_owned()]).unwrap();
    (made.signing_key.serialize_der(), made.cert.der().to_vec())
}

#[tokio::test]
async fn a_backup_is_saved_as_the_place_gave_it() {
    let (world, ..) = world().await;
    let path = world.home.path().join("k.backup");
    *world.desktop.file.lock().unwrap() = Some(path.clone());
    let saved = world.app.save_backup(SaveBackup { reference: "p/v/k".into() }).await.unwrap();
    assert_eq!(saved.paths, [path.to_string_lossy()]);
    assert_eq!(world.desktop.suggested.lock().unwrap().pop().unwrap(), "k-by-name.backup");
    assert_eq!(std::fs::read(&path).unwrap(), b"sealed by the place");
    assert!(is_its_owners_alone(&path));
}

#[tokio::test]
async fn a_signing_request_leaves_proven_and_in_no_other_form() {
    let (world, key, _) = world().await;
    let place = world.scripts.place("p");
    let request = |format| ExportItems {
        request: ExportRequest {
            references: vec!["p/v/k".into()],
            versions: Vec::new(),
            format,
            comment: None,
            snowflake: None,
        },
    };
    let none = world.app.export_items(request(Format::CsrPem)).await.unwrap();
    assert_eq!((none.files.len(), none.failed.len()), (0, 1));
    let key = rcgen::KeyPair::try_from(key).unwrap();
    let params = rcgen::CertificateParams::new(["example.com".to_owned()]).unwrap();
    let der = params.serialize_request(&key).unwrap().der().to_vec();
    *place.request.lock().unwrap() = Some(Arc::new(move || Ok(der.clone())));
    let export = world.app.export_items(request(Format::CsrPem)).await.unwrap();
    let [file] = &export.files[..] else { panic!("{:?}", export.failed) };
    assert!(file.text.starts_with("-----BEGIN CERTIFICATE REQUEST-----\n"), "{}", file.text);
    assert!(file.proof.contains("its own"), "{}", file.proof);
    assert_eq!(file.file_name, "k-by-name.csr");
    *place.request.lock().unwrap() = Some(Arc::new(|| Ok(b"no request".to_vec())));
    let broken = world.app.export_items(request(Format::CsrPem)).await.unwrap();
    assert_eq!(broken.failed[0].1.kind, Kind::Invalid.word());
}

#[tokio::test]
async fn where_no_private_key_leaves_it_is_said() {
    let (world, ..) = world().await;
    let place = world.scripts.place("p");
    *world.desktop.file.lock().unwrap() = Some(world.home.path().join("a"));
    *place.with_key.lock().unwrap() =
        Some(Arc::new(|| Err(Error::new(Kind::Unsupported, "read the private key", "it is not exportable"))));
    let error = world.app.save_private_key(wanted(PrivateForm::Pem)).await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (Kind::Unsupported, "it is not exportable"));
}
