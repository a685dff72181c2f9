//! Keys for the unit tests: one of each kind, made once by AWS-LC; and private ones with their certificates, by rcgen.

use std::sync::LazyLock;

use aws_lc_rs::{
    agreement::{ECDH_P256, ECDH_P384, ECDH_P521, PrivateKey},
    encoding::AsDer,
    rsa::KeySize,
    signature::{
        ECDSA_P256K1_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, ML_DSA_65_SIGNING, PqdsaKeyPair,
        RsaKeyPair,
    },
};

use crate::PublicKey;

/// RSA 1024, which AWS-LC no longer makes; from `openssl genrsa 1024`.
const RSA_1024: &str = "-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCqw1ghKCqZlYUCeivTK6WfuBYF
eIFu/GfJ84pSIc/SDRycCdk0tcOvD3X3/WzCQtnvAql1yvfxS4qkNmVJmzJdRccD
W5jyMFDYYoasZfTyzWfKHXZo7gIuOmXAaC/K0EjLSKXtQnwixx7nTsNeS1gK9agq
YxNu16v+C/L7Yf19GwIDAQAB
-----END PUBLIC KEY-----
";

/// The samples, by kind.
pub(crate) struct Samples {
    pub(crate) rsa_1024: PublicKey,
    pub(crate) rsa_2048: PublicKey,
    pub(crate) another_rsa_2048: PublicKey,
    pub(crate) p256: PublicKey,
    pub(crate) p384: PublicKey,
    pub(crate) p521: PublicKey,
    pub(crate) p256k1: PublicKey,
    pub(crate) ed25519: PublicKey,
    pub(crate) ml_dsa_65: PublicKey,
    /// A kind of key nobody knows: object identifier 1.2.3.4.
    pub(crate) unknown: PublicKey,
}

pub(crate) static SAMPLES: LazyLock<Samples> = LazyLock::new(|| Samples {
    rsa_1024: PublicKey::from_spki_pem(RSA_1024).unwrap(),
    rsa_2048: rsa_2048(),
    another_rsa_2048: rsa_2048(),
    p256: read(&PrivateKey::generate(&ECDH_P256).unwrap().compute_public_key().unwrap()),
    p384: read(&PrivateKey::generate(&ECDH_P384).unwrap().compute_public_key().unwrap()),
    p521: read(&PrivateKey::generate(&ECDH_P521).unwrap().compute_public_key().unwrap()),
    p256k1: read(EcdsaKeyPair::generate(&ECDSA_P256K1_SHA256_ASN1_SIGNING).unwrap().public_key()),
    ed25519: read(Ed25519KeyPair::generate().unwrap().public_key()),
    ml_dsa_65: read(PqdsaKeyPair::generate(&ML_DSA_65_SIGNING).unwrap().public_key()),
    unknown: PublicKey::from_spki_der(&[0x30, 12, 0x30, 5, 0x06, 3, 0x2a, 3, 4, 0x03, 3, 0, 1, 2]).unwrap(),
});

impl Samples {
    /// All of them.
    pub(crate) fn all(&self) -> [&PublicKey; 10] {
        [
            &self.rsa_1024,
            &self.rsa_2048,
            &self.another_rsa_2048,
            &self.p256,
            &self.p384,
            &self.p521,
            &self.p256k1,
            &self.ed25519,
            &self.ml_dsa_65,
            &self.unknown,
        ]
    }
}

fn rsa_2048() -> PublicKey {
    read(RsaKeyPair::generate(KeySize::Rsa2048).unwrap().public_key())
}

fn read(key: &impl AsDer<aws_lc_rs::encoding::PublicKeyX509Der<'static>>) -> PublicKey {
    PublicKey::from_spki_der(key.as_der().unwrap().as_ref()).unwrap()
}

/// Private keys with their certificates.
pub(crate) mod private {
    use domain::{KeyAndChain, Secret};
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

    /// A new key and the certificate that it signed.
    pub(crate) fn self_signed(name: &str) -> KeyAndChain {
        let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
        KeyAndChain { key: Secret::new(made.signing_key.serialize_der()), chain: vec![made.cert.der().to_vec()] }
    }

    /// A new key, its certificate, and the authority that signed that one.
    pub(crate) fn chain() -> KeyAndChain {
        let mut authority = CertificateParams::default();
        authority.distinguished_name.push(rcgen::DnType::CommonName, "Authority");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority_key = KeyPair::generate().unwrap();
        let root = authority.self_signed(&authority_key).unwrap();
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new(["app.example.com".to_owned()]).unwrap();
        let leaf = leaf.signed_by(&key, &Issuer::new(authority, authority_key)).unwrap();
        let chain = [leaf, root].map(|certificate| certificate.der().to_vec()).into();
        KeyAndChain { key: Secret::new(key.serialize_der()), chain }
    }
}
