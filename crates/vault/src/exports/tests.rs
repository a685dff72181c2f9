//! What is read out of exports as servers send them, and what is not.

use super::*;

fn exported(algorithm: Algorithm, told: &str) -> Result<KeyMaterial> {
    let body = format!(r#"{{"request_id":"x","data":{{"keys":{{"2":{told}}},"name":"x","type":"y"}}}}"#);
    read(algorithm, &Answer::recorded(200, "application/json", &body), "2")
}

#[test]
fn each_form_of_an_export_becomes_material() {
    let aes = exported(Algorithm::Aes(256), r#""OxfpW626mVip9U+bVI5KCSr408xsB0p3BrPCh5qvb7g=""#).unwrap();
    assert_eq!(aes.bytes.expose().len(), 32);
    // RFC 8410, 10.3, as Go keeps it.
    let seed = "d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842";
    let public = "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1";
    let bytes = |hex: &str| -> Vec<u8> {
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
    };
    let pair = format!("\"{}\"", Base64::encode_string(&[bytes(seed), bytes(public)].concat()));
    let held = exported(Algorithm::Ed25519, &pair).unwrap();
    let spki = material::public_key(&held).unwrap().unwrap().spki_der().to_vec();
    assert!(spki.ends_with(&bytes(public)));
    // Recorded of OpenBao 2.7.2, which escapes its line breaks.
    let sec1 = r#""-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEILr+dkfjQP3wFsaSnb9ewAzzNl1A5fCJkdcgt1yTMlCZoAoGCCqGSM49\nAwEHoUQDQgAE6scJCmSVTYfNxpRXmLW+eQ9Umftf6hJJZlYIspGtmkCGhD9pEHrm\n9kvAFp+ueldT0SX3yI8ccYs1hBND1qs58w==\n-----END EC PRIVATE KEY-----""#;
    let held = exported(Algorithm::Ec(domain::Curve::P256), sec1).unwrap();
    assert_eq!(held.algorithm, Algorithm::Ec(domain::Curve::P256));
}

#[test]
fn what_is_of_another_form_is_refused_without_a_word_of_it() {
    for (algorithm, told) in [
        (Algorithm::Aes(256), r#""OxfpW626mVip9U8=""#),
        (Algorithm::Aes(128), r#""canary canary""#),
        (Algorithm::Aes(128), r#"{"canary":1}"#),
        (Algorithm::Ed25519, r#""OxfpW626mVip9U+bVI5KCSr408xsB0p3BrPCh5qvb7g=""#),
        (Algorithm::Rsa(2048), r#""canary\u0041""#),
        (
            Algorithm::Ec(domain::Curve::P384),
            r#""-----BEGIN EC PRIVATE KEY-----\ncanary\n-----END EC PRIVATE KEY-----""#,
        ),
    ] {
        let refused = exported(algorithm, told).unwrap_err();
        assert_eq!(refused.kind(), Kind::Invalid, "{told}");
        assert!(!format!("{refused:?}").contains("canary"), "{refused:?}");
    }
}

#[test]
fn a_version_that_is_not_in_the_answer_is_not_another_one() {
    let answer = Answer::recorded(200, "application/json", r#"{"data":{"keys":{"1":"AAAAAAAAAAAAAAAAAAAAAA=="}}}"#);
    assert_eq!(read(Algorithm::Aes(128), &answer, "2").unwrap_err().kind(), Kind::NotFound);
}

#[test]
fn only_a_server_that_told_its_version_wraps_inside() {
    assert_eq!(why_not_wrapped(Some(true)), None);
    assert!(why_not_wrapped(Some(false)).is_some_and(|because| because.contains("1.14")));
    assert!(why_not_wrapped(None).is_some_and(|because| because.contains("not known")));
}

#[test]
fn what_a_key_is_set_to_says_why_it_stays() {
    let with = |flags: &'static [&'static str]| move |name: &str| flags.contains(&name);
    assert_eq!(why_never("rsa-2048", &with(&["exportable"])), None);
    assert_eq!(why_never("hmac", &with(&["exportable"])), None);
    let says = |kind, flags: &'static [&'static str], part: &str| {
        let because = why_never(kind, &with(flags)).unwrap();
        assert!(because.contains(part), "{because}");
    };
    says("rsa-2048", &[], "never off again");
    says("aes256-gcm96", &["exportable", "derived"], "Each context");
    says("aes256-gcm96", &["exportable", "soft_deleted"], "soft-deleted");
    says("managed_key", &["exportable"], "managed_key");
}
