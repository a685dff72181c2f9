//! OpenSSL as the other hand: what it reads out of what a provider handed out.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use domain::{Algorithm, Curve};
use libtest_mimic::Failed;

/// Runs `openssl` with these words and `input`, and gives its standard output.
pub(crate) fn openssl(words: &str, input: &[u8]) -> Result<Vec<u8>, Failed> {
    let mut child = Command::new("openssl")
        .args(words.split(' '))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input)?;
    }
    let output = child.wait_with_output()?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(format!("openssl {words}: {}", String::from_utf8_lossy(&output.stderr)).into())
}

/// The same as text.
pub(crate) fn openssl_text(words: &str, input: &[u8]) -> Result<String, Failed> {
    Ok(String::from_utf8_lossy(&openssl(words, input)?).into_owned())
}

/// What OpenSSL prints of a public key of that kind, where it knows the kind.
pub(crate) fn words_of(algorithm: &Algorithm) -> Option<String> {
    match algorithm {
        Algorithm::Ec(Curve::P256) => Some("ASN1 OID: prime256v1".to_owned()),
        Algorithm::Ec(Curve::P256k1) => Some("ASN1 OID: secp256k1".to_owned()),
        Algorithm::Ec(Curve::P384) => Some("ASN1 OID: secp384r1".to_owned()),
        Algorithm::Ec(Curve::P521) => Some("ASN1 OID: secp521r1".to_owned()),
        Algorithm::Ed25519 => Some("ED25519 Public-Key".to_owned()),
        Algorithm::Rsa(bits) => Some(format!("Public-Key: ({bits} bit)")),
        Algorithm::Aes(_) | Algorithm::ChaCha20 | Algorithm::Hmac(_) | Algorithm::Other(_) => None,
    }
}
