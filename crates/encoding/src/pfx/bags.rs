//! What is in a PKCS#12 file, whoever wrote it: its keys and certificates, opened with a password or with none.
//!
//! The empty password and no password at all make different keys (RFC 7292, B.1 and B.2); what was written without one is
//! commonly opened by trying both. The libraries at hand know the empty one only, and Azure writes with none.

use cbc::cipher::{
    BlockCipherDecrypt, BlockModeDecrypt, KeyInit as CipherKey, KeyIvInit, block_padding::Pkcs7 as Padding,
};
use cms::{content_info::ContentInfo, encrypted_data::EncryptedData};
use der::{
    Decode, Encode,
    asn1::{AnyRef, ContextSpecific, ObjectIdentifier, OctetString},
};
use des::TdesEde3;
use domain::Secret;
use hmac::{Hmac, KeyInit, Mac};
use pkcs5::pbes2;
use pkcs12::{
    AuthenticatedSafe, CertBag, MacData,
    kdf::{Pkcs12KeyType, derive_key},
    pbe_params::{EncryptedPrivateKeyInfo, Pkcs12PbeParams},
    pfx::Pfx,
    safe_bag::{SafeBag, SafeContents},
};
use rc2::Rc2;
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};
use spki::AlgorithmIdentifierOwned;
use zeroize::{Zeroize, Zeroizing};

/// More rounds than anybody asks for; above it a file only wants to keep us busy.
const MOST_ROUNDS: u32 = 10_000_000;

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const ENCRYPTED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.6");
const KEY_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.1");
const SHROUDED_KEY_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.2");
const CERT_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.3");
const X509_CERTIFICATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.22.1");
const PBES2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.13");
const THREE_KEY_TRIPLE_DES: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.3");
const RC2_OF_40_BITS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.6");
const SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");

/// What was found, in the file's order.
#[derive(Debug, Default)]
pub(super) struct Bags {
    /// Each the DER of a PrivateKeyInfo (PKCS#8).
    pub(super) keys: Vec<Secret>,
    /// Each the DER of a Certificate.
    pub(super) certificates: Vec<Vec<u8>>,
}

/// Why it could not be opened.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Trouble {
    Malformed,
    Password,
    /// An algorithm by its identifier.
    Unknown(String),
}

impl From<der::Error> for Trouble {
    fn from(_: der::Error) -> Self {
        Self::Malformed
    }
}

/// A password in its two forms.
struct Password<'a> {
    /// For PBKDF2.
    text: &'a str,
    /// For the derivation of PKCS#12: big-endian UTF-16 with its two zeros at the end, or nothing at all.
    wide: Zeroizing<Vec<u8>>,
}

/// Opens a file. An empty password is tried as none first, then as the empty one.
pub(super) fn open(bytes: &[u8], password: &str) -> Result<Bags, Trouble> {
    let pfx = Pfx::from_der(bytes)?;
    if pfx.auth_safe.content_type != DATA {
        return Err(Trouble::Unknown(format!("a signature ({})", pfx.auth_safe.content_type)));
    }
    let content = OctetString::from_der(&pfx.auth_safe.content.to_der()?)?;
    let mut last = Trouble::Password;
    for password in forms(password) {
        let opened = match &pfx.mac_data {
            Some(mac) => verify(mac, &password, content.as_bytes()),
            None => Ok(()),
        }
        .and_then(|()| unpack(content.as_bytes(), &password));
        match opened {
            Err(Trouble::Password) => last = Trouble::Password,
            opened => return opened,
        }
    }
    Err(last)
}

fn forms(text: &str) -> Vec<Password<'_>> {
    let mut wide = Zeroizing::new(Vec::with_capacity(2 * text.len() + 2));
    for unit in text.encode_utf16().chain([0]) {
        wide.extend_from_slice(&unit.to_be_bytes());
    }
    let given = Password { text, wide };
    if text.is_empty() { vec![Password { text, wide: Zeroizing::default() }, given] } else { vec![given] }
}

fn verify(mac: &MacData, password: &Password<'_>, content: &[u8]) -> Result<(), Trouble> {
    let rounds = rounds(mac.iterations)?;
    let salt = mac.mac_salt.as_bytes();
    let digest = mac.mac.digest.as_bytes();
    macro_rules! check {
        ($hash:ty, $length:expr) => {{
            let key = Zeroizing::new(derive_key::<$hash>(&password.wide, salt, Pkcs12KeyType::Mac, rounds, $length));
            let mut mac = <Hmac<$hash> as KeyInit>::new_from_slice(&key).map_err(|_| Trouble::Malformed)?;
            mac.update(content);
            mac.verify_slice(digest).map_err(|_| Trouble::Password)
        }};
    }
    match mac.mac.algorithm.oid {
        SHA1 => check!(Sha1, 20),
        SHA256 => check!(Sha256, 32),
        SHA384 => check!(Sha384, 48),
        SHA512 => check!(Sha512, 64),
        other => Err(Trouble::Unknown(format!("the hash {other}"))),
    }
}

fn unpack(content: &[u8], password: &Password<'_>) -> Result<Bags, Trouble> {
    let mut found = Bags::default();
    for safe in AuthenticatedSafe::from_der(content)? {
        let contents = contents(&safe, password)?;
        let bags = SafeContents::from_der(&contents).map_err(|_| wrong_or_malformed(&safe))?;
        for bag in bags {
            take(bag, password, &mut found)?;
        }
    }
    Ok(found)
}

/// What decrypts without a fault of its padding and is no DER was decrypted with another password: one time in 256.
fn wrong_or_malformed(safe: &ContentInfo) -> Trouble {
    if safe.content_type == ENCRYPTED_DATA { Trouble::Password } else { Trouble::Malformed }
}

fn contents(safe: &ContentInfo, password: &Password<'_>) -> Result<Zeroizing<Vec<u8>>, Trouble> {
    let content = safe.content.to_der()?;
    match safe.content_type {
        DATA => Ok(Zeroizing::new(OctetString::from_der(&content)?.into_bytes().into())),
        ENCRYPTED_DATA => {
            let info = EncryptedData::from_der(&content)?.enc_content_info;
            let data = info.encrypted_content.ok_or(Trouble::Malformed)?;
            decrypt(&info.content_enc_alg, data.as_bytes(), password)
        }
        other => Err(Trouble::Unknown(format!("a public key ({other})"))),
    }
}

fn take(mut bag: SafeBag, password: &Password<'_>, found: &mut Bags) -> Result<(), Trouble> {
    match bag.bag_id {
        KEY_BAG => {
            let inside = ContextSpecific::<AnyRef<'_>>::from_der(&bag.bag_value)?;
            found.keys.push(Secret::new(inside.value.to_der()?));
            bag.bag_value.zeroize();
        }
        SHROUDED_KEY_BAG => {
            let key = ContextSpecific::<EncryptedPrivateKeyInfo>::from_der(&bag.bag_value)?.value;
            let mut der = decrypt(&key.encryption_algorithm, key.encrypted_data.as_bytes(), password)?;
            found.keys.push(Secret::new(std::mem::take(&mut *der)));
        }
        CERT_BAG => {
            let certificate = ContextSpecific::<CertBag>::from_der(&bag.bag_value)?.value;
            if certificate.cert_id == X509_CERTIFICATE {
                found.certificates.push(certificate.cert_value.into_bytes().into());
            }
        }
        // Revocation lists, secrets, and bags within bags are no part of a certificate with its key.
        _ => {}
    }
    Ok(())
}

fn decrypt(
    algorithm: &AlgorithmIdentifierOwned,
    data: &[u8],
    password: &Password<'_>,
) -> Result<Zeroizing<Vec<u8>>, Trouble> {
    let parameters = algorithm.parameters.as_ref().ok_or(Trouble::Malformed)?.to_der()?;
    match algorithm.oid {
        PBES2 => {
            let unknown = || Trouble::Unknown("an algorithm of PBES2 that is not known here".to_owned());
            let parameters = pbes2::Parameters::from_der(&parameters).map_err(|_| unknown())?;
            match &parameters.kdf {
                pbes2::Kdf::Pbkdf2(kdf) if kdf.iteration_count <= MOST_ROUNDS => {}
                _ => return Err(unknown()),
            }
            match parameters.decrypt(password.text.as_bytes(), data) {
                Ok(plain) => Ok(Zeroizing::new(plain)),
                Err(pkcs5::Error::DecryptFailed) => Err(Trouble::Password),
                Err(_) => Err(unknown()),
            }
        }
        THREE_KEY_TRIPLE_DES => decrypt_cbc::<TdesEde3>(&parameters, data, password, 24),
        RC2_OF_40_BITS => decrypt_cbc::<Rc2>(&parameters, data, password, 5),
        other => Err(Trouble::Unknown(format!("the encryption {other}"))),
    }
}

/// The encryptions of RFC 7292, C: key and IV are both derived by SHA-1.
fn decrypt_cbc<C>(
    parameters: &[u8],
    data: &[u8],
    password: &Password<'_>,
    length: usize,
) -> Result<Zeroizing<Vec<u8>>, Trouble>
where
    C: BlockCipherDecrypt + CipherKey,
{
    let parameters = Pkcs12PbeParams::from_der(parameters)?;
    let (salt, rounds) = (parameters.salt.as_bytes(), rounds(parameters.iterations)?);
    let derive = |id, length| Zeroizing::new(derive_key::<Sha1>(&password.wide, salt, id, rounds, length));
    let (key, iv) = (derive(Pkcs12KeyType::EncryptionKey, length), derive(Pkcs12KeyType::Iv, 8));
    let cipher = cbc::Decryptor::<C>::new_from_slices(&key, &iv).map_err(|_| Trouble::Malformed)?;
    cipher.decrypt_padded_vec::<Padding>(data).map(Zeroizing::new).map_err(|_| Trouble::Password)
}

fn rounds(asked: i32) -> Result<i32, Trouble> {
    match u32::try_from(asked) {
        Ok(1..=MOST_ROUNDS) => Ok(asked),
        _ => Err(Trouble::Malformed),
    }
}
