//! Key pairs made by three hands: AWS-LC, OpenSSL and Python. RSA comes from a pool, since making one is slow; every
//! other key is fresh.

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256K1_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING,
        ECDSA_P521_SHA512_ASN1_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair, RsaKeyPair,
    },
};
use serde_json::json;

use crate::hands::{Python, bytes, openssl};

/// A kind of key, in the words of `domain::Algorithm`.
pub(crate) type Kind = &'static str;

/// Who made a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Maker {
    AwsLc,
    OpenSsl,
    Python,
}

/// Every maker.
pub(crate) const MAKERS: [Maker; 3] = [Maker::AwsLc, Maker::OpenSsl, Maker::Python];

/// The kinds that are made afresh for each case.
pub(crate) const FRESH: [Kind; 5] = ["EC P-256", "EC P-384", "EC P-521", "EC secp256k1", "Ed25519"];

/// How many RSA keys of each size each maker puts into the pool. AWS-LC makes none below 2048.
const POOL: [(Kind, usize); 4] = [("RSA 1024", 1), ("RSA 2048", 3), ("RSA 3072", 2), ("RSA 4096", 1)];

/// A key pair as its maker wrote it.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) kind: Kind,
    /// PKCS#8 DER.
    pub(crate) private: Vec<u8>,
    /// SubjectPublicKeyInfo DER.
    pub(crate) public: Vec<u8>,
}

/// Makes one.
pub(crate) fn make(maker: Maker, kind: Kind, python: &Python) -> Pair {
    match maker {
        Maker::AwsLc => by_aws_lc(kind),
        Maker::OpenSsl => by_openssl(kind),
        Maker::Python => {
            let pair = python.ask("generate", &[json!(kind)]).unwrap();
            Pair { kind, private: bytes(&pair["pkcs8"]), public: bytes(&pair["spki"]) }
        }
    }
}

/// The RSA keys that the cases take in turn.
pub(crate) fn rsa_pool(python: &Python) -> Vec<Pair> {
    let mut pool = Vec::new();
    for (kind, count) in POOL {
        for maker in MAKERS {
            if kind != "RSA 1024" || maker == Maker::OpenSsl {
                pool.extend((0..count).map(|_| make(maker, kind, python)));
            }
        }
    }
    pool
}

fn by_aws_lc(kind: Kind) -> Pair {
    let ec = |algorithm: &'static EcdsaSigningAlgorithm| {
        let pair = EcdsaKeyPair::generate(algorithm).unwrap();
        written(kind, pair.to_pkcs8v1().unwrap().as_ref(), pair.public_key())
    };
    let rsa = |size: KeySize| {
        let pair = RsaKeyPair::generate(size).unwrap();
        let private = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).unwrap();
        written(kind, private.as_ref(), pair.public_key())
    };
    match kind {
        "EC P-256" => ec(&ECDSA_P256_SHA256_ASN1_SIGNING),
        "EC P-384" => ec(&ECDSA_P384_SHA384_ASN1_SIGNING),
        "EC P-521" => ec(&ECDSA_P521_SHA512_ASN1_SIGNING),
        "EC secp256k1" => ec(&ECDSA_P256K1_SHA256_ASN1_SIGNING),
        "Ed25519" => {
            let pair = Ed25519KeyPair::generate().unwrap();
            written(kind, pair.to_pkcs8v1().unwrap().as_ref(), pair.public_key())
        }
        "RSA 2048" => rsa(KeySize::Rsa2048),
        "RSA 3072" => rsa(KeySize::Rsa3072),
        "RSA 4096" => rsa(KeySize::Rsa4096),
        other => panic!("AWS-LC makes no {other}"),
    }
}

fn written(kind: Kind, private: &[u8], public: &impl AsDer<PublicKeyX509Der<'static>>) -> Pair {
    Pair { kind, private: private.to_vec(), public: public.as_der().unwrap().as_ref().to_vec() }
}

fn by_openssl(kind: Kind) -> Pair {
    let option = match kind.split_once(' ') {
        Some(("RSA", bits)) => format!("rsa_keygen_bits:{bits}"),
        Some(("EC", curve)) => format!("ec_paramgen_curve:{curve}"),
        _ => String::new(),
    };
    // As DER it would be PKCS#1 or SEC 1.
    let mut arguments = vec!["genpkey", "-outform", "PEM", "-algorithm", kind.split(' ').next().unwrap()];
    if !option.is_empty() {
        arguments.extend(["-pkeyopt", &option]);
    }
    let pem = openssl(&arguments, &[]).unwrap();
    let private = openssl(&["pkcs8", "-topk8", "-nocrypt", "-outform", "DER"], &pem).unwrap();
    let public = openssl(&["pkey", "-inform", "DER", "-pubout", "-outform", "DER"], &private).unwrap();
    Pair { kind, private, public }
}
