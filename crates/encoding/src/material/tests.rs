//! Material of every kind, made, read back from every form, and refused where it is not whole.

use std::sync::LazyLock;

use base64ct::{Base64UrlUnpadded, Encoding};
use domain::{Curve, Hash};
use proptest::prelude::*;

use super::*;
use crate::pem;

/// One of each kind that has two halves. RSA takes its time, so there is one length of it.
const PAIRS: [Algorithm; 6] = [
    Algorithm::Rsa(2048),
    Algorithm::Ec(Curve::P256),
    Algorithm::Ec(Curve::P384),
    Algorithm::Ec(Curve::P521),
    Algorithm::Ec(Curve::P256k1),
    Algorithm::Ed25519,
];

/// Small keys, each made once.
static SMALL: LazyLock<Vec<KeyMaterial>> =
    LazyLock::new(|| PAIRS[1..].iter().map(|kind| generate(kind).unwrap()).collect());

fn read_bytes(file: &[u8]) -> Result<KeyMaterial> {
    read(&Secret::new(file.to_vec()))
}

fn jwk_of(material: &KeyMaterial) -> serde_json::Map<String, serde_json::Value> {
    let Members { public, private } = members(material).unwrap();
    let public = public.into_iter().map(|(name, value)| (name.to_owned(), value.into()));
    public.chain(private.into_iter().map(|(name, value)| (name.to_owned(), value.to_string().into()))).collect()
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn key(algorithm: Algorithm, bytes: &str) -> KeyMaterial {
    symmetric(algorithm, Secret::new(hex(bytes))).unwrap()
}

#[test]
fn every_kind_that_is_brought_is_made_each_time_anew() {
    for algorithm in Algorithm::BROUGHT {
        // RSA takes its time, and is made twice elsewhere.
        let times = if matches!(algorithm, Algorithm::Rsa(_)) { 1 } else { 2 };
        let made: Vec<KeyMaterial> = (0..times).map(|_| generate(&algorithm).unwrap()).collect();
        for one in &made {
            assert_eq!(one.algorithm, algorithm);
            let public = public_key(one).unwrap();
            assert_eq!(
                public.map(|key| key.algorithm()),
                (algorithm.has_public_half() == Some(true)).then(|| algorithm.clone())
            );
        }
        assert!(times == 1 || made[0].bytes.expose() != made[1].bytes.expose(), "{algorithm}");
    }
    for none in [Algorithm::Rsa(1024), Algorithm::Aes(64), Algorithm::Hmac(7), Algorithm::Other("ML_DSA_65".into())] {
        assert_eq!(generate(&none).unwrap_err().kind(), Kind::Unsupported, "{none}");
    }
}

#[test]
fn every_form_of_a_pair_reads_to_the_same_bytes() {
    for algorithm in PAIRS {
        let made = generate(&algorithm).unwrap();
        let der = made.bytes.expose();
        let inner = pkcs8::inner(der).unwrap();
        let mut forms = vec![
            der.to_vec(),
            pem::encode("PRIVATE KEY", der).into_bytes(),
            serde_json::to_vec(&jwk_of(&made)).unwrap(),
            format!("Bag Attributes\r\n{}", pem::encode("PRIVATE KEY", der).replace('\n', "\r\n")).into_bytes(),
        ];
        if let Algorithm::Rsa(_) = algorithm {
            forms.extend([inner.to_vec(), pem::encode("RSA PRIVATE KEY", inner).into_bytes()]);
        }
        for form in &forms {
            let again = read_bytes(form).unwrap();
            assert_eq!((again.algorithm, again.bytes.expose()), (algorithm.clone(), der), "{algorithm}");
        }
    }
}

#[test]
fn a_jwk_whose_numbers_do_not_belong_together_is_refused() {
    for algorithm in PAIRS {
        let (mine, other) = (jwk_of(&generate(&algorithm).unwrap()), jwk_of(&generate(&algorithm).unwrap()));
        for name in ["n", "d", "p", "q", "dp", "dq", "qi", "x", "y"] {
            let Some(foreign) = other.get(name) else { continue };
            let mut mixed = mine.clone();
            mixed.insert(name.to_owned(), foreign.clone());
            let refused = read_bytes(&serde_json::to_vec(&mixed).unwrap()).unwrap_err();
            assert_eq!(refused.kind(), Kind::Invalid, "{algorithm}, {name}: {refused}");
            mixed.remove(name);
            read_bytes(&serde_json::to_vec(&mixed).unwrap()).unwrap_err();
        }
    }
}

#[test]
fn octets_are_an_aes_key_unless_they_say_hmac() {
    let jwk = |bytes: usize, alg: &str| {
        let k = Base64UrlUnpadded::encode_string(&vec![7; bytes]);
        read_bytes(format!(r#" {{"kty":"oct","k":"{k}","alg":"{alg}"}}"#).as_bytes())
    };
    assert_eq!(jwk(16, "").unwrap().algorithm, Algorithm::Aes(128));
    assert_eq!(jwk(32, "A256GCM").unwrap().algorithm, Algorithm::Aes(256));
    assert_eq!(jwk(32, "HS256").unwrap().algorithm, Algorithm::Hmac(256));
    for bytes in [0, 3, 15, 24, 33] {
        let refused = jwk(bytes, "").unwrap_err();
        assert!(refused.message().contains(&format!("has {bytes}")), "{refused}");
    }
    jwk(0, "HS256").unwrap_err();
}

#[test]
fn a_symmetric_key_has_exactly_the_length_of_its_kind() {
    let kinds = [
        (Algorithm::Aes(128), 16),
        (Algorithm::Aes(192), 24),
        (Algorithm::Aes(256), 32),
        (Algorithm::ChaCha20, 32),
        (Algorithm::Hmac(224), 28),
        (Algorithm::Hmac(4096), 512),
    ];
    for (algorithm, length) in kinds {
        for (given, fits) in [(length, true), (length - 1, false), (length + 1, false), (0, false)] {
            let taken = symmetric(algorithm.clone(), Secret::new(vec![1; given]));
            assert_eq!(taken.is_ok(), fits, "{algorithm} of {given} bytes");
        }
    }
    for none in
        [Algorithm::Hmac(0), Algorithm::Hmac(4104), Algorithm::Hmac(12), Algorithm::Rsa(2048), Algorithm::Ed25519]
    {
        assert_eq!(symmetric(none, Secret::new(vec![1; 32])).unwrap_err().kind(), Kind::Unsupported);
    }
}

#[test]
fn a_seed_of_rfc_8032_has_the_public_key_that_stands_there_and_the_form_of_rfc_8410() {
    let seed = hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    let made = ed25519(&seed).unwrap();
    let head = hex("302e020100300506032b657004220420");
    assert_eq!(made.bytes.expose(), [head, seed.clone()].concat());
    let public = public_key(&made).unwrap().unwrap();
    assert_eq!(public.bare(), hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));
    for length in [0, 31, 33] {
        assert_eq!(ed25519(&vec![1; length]).unwrap_err().kind(), Kind::Invalid);
    }
    // Version 2 has the public key once more (RFC 8410, 10.3); that of another key is not believed.
    let second = |public: &[u8]| {
        let tail = [hex("812100"), public.to_vec()].concat();
        [hex("3051020101300506032b657004220420"), seed.clone(), tail].concat()
    };
    assert_eq!(read_bytes(&second(public.bare())).unwrap().bytes.expose(), made.bytes.expose());
    assert!(read_bytes(&second(&[9; 32])).unwrap_err().message().contains("another key"));
}

#[test]
fn material_of_another_kind_than_it_says_has_no_public_half() {
    let mut made = generate(&Algorithm::Ec(Curve::P256)).unwrap();
    made.algorithm = Algorithm::Ec(Curve::P384);
    assert!(public_key(&made).unwrap_err().message().contains("EC P-256"));
    made.algorithm = Algorithm::Other("EC".into());
    assert_eq!(public_key(&made).unwrap_err().kind(), Kind::Invalid);
}

#[test]
fn an_ec_key_may_lack_its_leading_zeros_its_point_or_the_half_of_it() {
    let algorithm = Algorithm::Ec(Curve::P256);
    let number = [&[0, 0][..], &[0x5a; 30]].concat();
    let whole = pkcs8::of_scalar(Curve::P256, &number, None).unwrap();
    let point = whole.public.bare();
    let half = [&[2 | (point[64] & 1)][..], &point[1..33]].concat();
    for scalar in [&number[..], &number[2..], &[&[0], &number[..]].concat()] {
        for given in [None, Some(point), Some(&half[..])] {
            let again = pkcs8::of_scalar(Curve::P256, scalar, given).unwrap();
            assert_eq!(again.material.bytes.expose(), whole.material.bytes.expose());
        }
    }
    let mut wrong = half.clone();
    wrong[0] ^= 1;
    for given in [&wrong[..], &half[1..], &point[..64], &[], &[4]] {
        assert!(pkcs8::of_scalar(Curve::P256, &number, Some(given)).is_err());
    }
    for scalar in [&[][..], &[0; 32], &[0xff; 32], &[1; 33]] {
        assert_eq!(pkcs8::of_scalar(Curve::P256, scalar, None).err().unwrap().kind(), Kind::Invalid);
    }
    assert_eq!(whole.material.algorithm, algorithm);
}

#[test]
fn encrypted_keys_and_files_with_several_or_none_are_refused_with_the_next_step() {
    let one = generate(&Algorithm::Ed25519).unwrap();
    let one = pem::encode("PRIVATE KEY", one.bytes.expose());
    let old = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n\
               -----END RSA PRIVATE KEY-----\n";
    for (file, says, next) in [
        (old.to_owned(), "old form", "openssl pkey"),
        (pem::encode("ENCRYPTED PRIVATE KEY", &[0x30, 0]), "with a password", "openssl pkey"),
        (format!("{one}{one}"), "several", "one private key"),
        (pem::encode("CERTIFICATE", &[0x30, 0]), "no private key", "one private key"),
        (pem::encode("PRIVATE KEY", &[0x30, 0]), "PKCS#8", "one private key"),
    ] {
        let refused = read_bytes(file.as_bytes()).unwrap_err();
        assert!(refused.message().contains(says) && refused.next().contains(next), "{refused}");
    }
}

#[test]
fn check_values_are_those_of_fips_197_and_only_of_aes() {
    // The first bytes of AES(K, 0), from NIST's known answers (AESAVS, appendices C and D): ECBVarKey, ECBKeySbox.
    let aes = |bits, bytes| check_value(&key(Algorithm::Aes(bits), bytes)).unwrap();
    assert_eq!(aes(128, "00000000000000000000000000000000"), "66E94B");
    assert_eq!(aes(192, "000000000000000000000000000000000000000000000000"), "AAE069");
    assert_eq!(aes(256, "0000000000000000000000000000000000000000000000000000000000000000"), "DC95C0");
    assert_eq!(aes(128, "80000000000000000000000000000000"), "0EDD33");
    for algorithm in [Algorithm::ChaCha20, Algorithm::Hmac(256), Algorithm::Ed25519] {
        assert_eq!(check_value(&generate(&algorithm).unwrap()), None);
    }
    let lying = KeyMaterial { algorithm: Algorithm::Aes(256), bytes: Secret::new(vec![0; 16]) };
    assert_eq!(check_value(&lying), None);
}

#[test]
fn macs_are_those_of_rfc_4231_and_only_of_hmac_keys() {
    let made = key(Algorithm::Hmac(160), &"0b".repeat(20));
    for (hash, starts) in
        [(Hash::Sha224, "896fb112"), (Hash::Sha256, "b0344c61"), (Hash::Sha384, "afd03944"), (Hash::Sha512, "87aa7cde")]
    {
        assert_eq!(mac(&made, hash, b"Hi There").unwrap()[..4], hex(starts), "{hash:?}");
    }
    let aes = key(Algorithm::Aes(128), &"00".repeat(16));
    assert_eq!(mac(&aes, Hash::Sha256, b"").unwrap_err().kind(), Kind::Unsupported);
}

#[test]
fn what_is_sealed_opens_with_the_same_key_alone_and_unaltered() {
    for algorithm in [Algorithm::Aes(128), Algorithm::Aes(192), Algorithm::Aes(256), Algorithm::ChaCha20] {
        let (mine, other) = (generate(&algorithm).unwrap(), generate(&algorithm).unwrap());
        for plaintext in [&b""[..], b"the same", &[7; 4096]] {
            let sealed = seal_gcm(&mine, plaintext).unwrap();
            assert_eq!(sealed.len(), 12 + plaintext.len() + 16);
            assert_eq!(open_gcm(&mine, &sealed).unwrap().expose(), plaintext);
            assert_ne!(sealed, seal_gcm(&mine, plaintext).unwrap(), "the nonce is another each time");
            assert_eq!(open_gcm(&other, &sealed).unwrap_err().kind(), Kind::Invalid);
            for at in [0, 11, 12, sealed.len() - 1] {
                let mut altered = sealed.clone();
                altered[at] ^= 1;
                assert_eq!(open_gcm(&mine, &altered).unwrap_err().kind(), Kind::Invalid);
            }
            for cut in [0, 11, 12, 27] {
                assert_eq!(open_gcm(&mine, &sealed[..cut]).unwrap_err().kind(), Kind::Invalid);
            }
        }
    }
    let hmac = generate(&Algorithm::Hmac(256)).unwrap();
    assert_eq!(seal_gcm(&hmac, b"").unwrap_err().kind(), Kind::Unsupported);
    let lying = KeyMaterial { algorithm: Algorithm::Aes(256), bytes: Secret::new(vec![0; 16]) };
    assert_eq!(seal_gcm(&lying, b"").unwrap_err().kind(), Kind::Invalid);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_bytes(&bytes);
        let _ = public_key(&KeyMaterial { algorithm: Algorithm::Ed25519, bytes: Secret::new(bytes) });
    }

    #[test]
    fn no_text_of_a_jwk_makes_it_panic(kty in "(RSA|EC|OKP|oct)", crv in "(P-256|P-521|Ed25519)", d in "[A-Za-z0-9_-]{0,90}", x in "[A-Za-z0-9_=*-]{0,90}") {
        let jwk = serde_json::json!({ "kty": kty, "crv": crv, "d": d, "x": x, "y": x, "k": x, "n": x, "e": "AQAB", "p": d, "q": d, "dp": d, "dq": d, "qi": d });
        let _ = read_bytes(jwk.to_string().as_bytes());
    }

    #[test]
    fn a_cut_key_is_refused_and_a_changed_byte_never_reads_as_the_same(
        which in 0_usize..5, at in any::<prop::sample::Index>(), flip in 1_u8..=255,
    ) {
        let der = SMALL[which].bytes.expose();
        let at = at.index(der.len());
        prop_assert!(read_bytes(&der[..at]).is_err());
        let mut changed = der.to_vec();
        changed[at] ^= flip;
        if let Ok(read) = read_bytes(&changed) {
            // Version 2 is the same where nothing follows; any 32 bytes are a seed.
            prop_assert!(read.bytes.expose() != der || der[at] == 0 && changed[at] == 1, "byte {}", at);
        }
    }
}
