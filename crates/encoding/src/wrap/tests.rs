//! What is wrapped comes out whole at the other end, and by hand it comes out the same.

use std::{path::Path, process::Command, sync::LazyLock};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rsa::{KeySize, OaepPrivateDecryptingKey, PrivateDecryptingKey},
};
use domain::{Curve, Secret};
use proptest::prelude::*;

use super::*;
use crate::{material, pem};

const WRAPS: [Wrap; 4] = [Wrap::OaepSha1, Wrap::OaepSha256, Wrap::RsaAesSha1, Wrap::RsaAesSha256];

/// A place's key: its private half, and the DER of the public one.
static PLACE: LazyLock<(PrivateDecryptingKey, Vec<u8>)> = LazyLock::new(|| {
    let key = PrivateDecryptingKey::generate(KeySize::Rsa2048).unwrap();
    let public: PublicKeyX509Der<'_> = key.public_key().as_der().unwrap();
    let public = public.as_ref().to_vec();
    (key, public)
});

fn open(oaep: Oaep, blob: &[u8]) -> Option<Vec<u8>> {
    let key = OaepPrivateDecryptingKey::new(PLACE.0.clone()).unwrap();
    let mut out = vec![0; key.min_output_size()];
    Some(key.decrypt(oaep.algorithm(), blob, &mut out, None).ok()?.to_vec())
}

/// What the place makes of it.
fn unwrap(wrap: Wrap, blob: &[u8]) -> Option<Vec<u8>> {
    let (oaep, between) = match wrap {
        Wrap::OaepSha1 => (Oaep::Sha1, false),
        Wrap::OaepSha256 => (Oaep::Sha256, false),
        Wrap::Plain => return None,
        Wrap::RsaAesSha1 => (Oaep::Sha1, true),
        Wrap::RsaAesSha256 => (Oaep::Sha256, true),
    };
    if !between {
        return open(oaep, blob);
    }
    let (key, rest) = blob.split_at_checked(256)?;
    let kek = AesKek::new(&AES_256, &open(oaep, key)?).ok()?;
    let mut out = vec![0; rest.len()];
    Some(kek.unwrap_with_padding(rest, &mut out).ok()?.to_vec())
}

fn of(bytes: Vec<u8>) -> KeyMaterial {
    KeyMaterial { algorithm: Algorithm::Hmac(256), bytes: Secret::new(bytes) }
}

#[test]
fn what_does_not_fit_the_modulus_is_refused_with_its_numbers() {
    for (way, most) in [(Wrap::OaepSha1, 214), (Wrap::OaepSha256, 190)] {
        assert_eq!(longest(way, 2048), Some(most));
        let fits = wrap(&PLACE.1, way, &of(vec![7; most])).unwrap();
        assert_eq!(unwrap(way, &fits), Some(vec![7; most]));
        let refused = wrap(&PLACE.1, way, &of(vec![7; most + 1])).unwrap_err();
        assert_eq!(refused.kind(), Kind::Invalid);
        for word in [(most + 1).to_string(), most.to_string(), "2048".into(), "SHA-".into()] {
            assert!(refused.message().contains(&word), "{refused}");
        }
    }
    assert_eq!(longest(Wrap::OaepSha256, 4096), Some(446));
    assert_eq!(longest(Wrap::OaepSha256, 0), Some(0));
    assert_eq!(longest(Wrap::RsaAesSha256, 2048), None);
    assert_eq!(wrap(&PLACE.1, Wrap::RsaAesSha1, &of(Vec::new())).unwrap_err().kind(), Kind::Invalid);
    assert_eq!(wrap(&PLACE.1, Wrap::Plain, &of(vec![7])).unwrap_err().kind(), Kind::Invalid);
}

#[test]
fn only_a_whole_rsa_key_of_2048_bits_wraps() {
    let samples = &crate::samples::SAMPLES;
    let short = samples.rsa_1024.spki_der().to_vec();
    let ec = samples.p256.spki_der().to_vec();
    let private: Pkcs8V1Der<'_> = PLACE.0.as_der().unwrap();
    // The exponent 1 encrypts nothing.
    let Algorithm::Rsa(_) = samples.rsa_2048.algorithm() else { panic!("RSA") };
    let mut idle = vec![0xff; 256];
    idle[0] = 0xc1;
    let idle = PublicKey::from_rsa_numbers(&idle, &[1]).unwrap();
    let cases = [short, ec, PLACE.1[..PLACE.1.len() - 1].to_vec(), Vec::new(), private.as_ref().to_vec()];
    for key in cases.iter().map(Vec::as_slice).chain([idle.spki_der()]) {
        for way in WRAPS {
            assert_eq!(wrap(key, way, &of(vec![7; 32])).unwrap_err().kind(), Kind::Invalid);
        }
    }
}

#[test]
fn the_digest_is_that_of_fips_180() {
    assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

/// Runs the lines of one program in a folder, one after the other, as a person would.
fn run(folder: &Path, lines: &[HandLine], program: &str) -> String {
    let commands: Vec<&str> =
        lines.iter().filter(|line| line.program == program).map(|line| line.command.as_str()).collect();
    let script = format!("set -e\n{}", commands.join("\n"));
    let output = Command::new("bash").args(["-c", &script]).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{script}\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_lines_for_openssl_run_and_make_what_the_place_unwraps() {
    for algorithm in [Algorithm::Aes(256), Algorithm::Ec(Curve::P256), Algorithm::Rsa(2048)] {
        let made = material::generate(&algorithm).unwrap();
        let is_pair = algorithm.has_public_half() == Some(true);
        for way in WRAPS {
            if longest(way, 2048).is_some_and(|most| made.bytes.expose().len() > most) {
                continue;
            }
            let folder = tempfile::tempdir().unwrap();
            let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
            write(if is_pair { "private-key.p8.der" } else { "material.bin" }, made.bytes.expose());
            write("wrapping-key.pem", pem::encode("PUBLIC KEY", &PLACE.1).as_bytes());
            let printed = run(folder.path(), &by_hand(way, &algorithm), "OpenSSL 3");
            let blob = std::fs::read(folder.path().join("wrapped.bin")).unwrap();
            assert_eq!(unwrap(way, &blob).as_deref(), Some(made.bytes.expose()), "{way:?} of {algorithm}");
            assert!(printed.starts_with(&sha256(&blob)), "{printed}");
            assert!(!folder.path().join("ephemeral.bin").exists());
        }
    }
}

#[test]
fn every_way_has_lines_for_both_programs_and_the_plain_one_has_none() {
    for algorithm in Algorithm::BROUGHT {
        for way in WRAPS {
            let lines = by_hand(way, &algorithm);
            for program in ["OpenSSL 3", "pkcs11-tool"] {
                assert!(lines.iter().any(|line| line.program == program));
            }
            assert!(lines.iter().all(|line| !line.says.is_empty() && !line.command.contains('\n')));
        }
        assert_eq!(by_hand(Wrap::Plain, &algorithm), []);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_place_gets_the_very_bytes_and_nothing_of_an_altered_blob(
        bytes in prop::collection::vec(any::<u8>(), 1..190), which in 0_usize..4,
        at in any::<prop::sample::Index>(), bit in 0_u8..8,
    ) {
        let way = WRAPS[which];
        let made = of(bytes.clone());
        let blob = wrap(&PLACE.1, way, &made).unwrap();
        prop_assert_eq!(unwrap(way, &blob), Some(bytes));
        prop_assert_ne!(&wrap(&PLACE.1, way, &made).unwrap(), &blob, "no two are the same");
        let mut altered = blob;
        let at = at.index(altered.len());
        altered[at] ^= 1 << bit;
        prop_assert_eq!(unwrap(way, &altered), None);
    }

    #[test]
    fn no_wrapping_key_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), which in 0_usize..4) {
        prop_assert!(wrap(&bytes, WRAPS[which], &of(vec![7; 32])).is_err());
    }
}
