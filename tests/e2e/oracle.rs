//! What other hands make of the same bytes: openssl and ssh-keygen.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use servers::fixtures::to_base64;
use tempfile::TempDir;

/// The DER of a public key's PEM, as openssl writes it.
pub(crate) fn spki(pem: &str) -> Vec<u8> {
    openssl(&["pkey", "-pubin", "-outform", "DER"], pem.as_bytes())
}

/// `SHA256:` and the base64 of the digest of a public key's DER, as Snowflake shows it.
pub(crate) fn fingerprint(spki: &[u8]) -> String {
    format!("SHA256:{}", to_base64(&openssl(&["dgst", "-sha256", "-binary"], spki)))
}

/// The fingerprint that ssh-keygen prints of a line of `authorized_keys`.
pub(crate) fn ssh_fingerprint(line: &str) -> String {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("key.pub");
    std::fs::write(&file, line).unwrap();
    let answer = Command::new("ssh-keygen").arg("-lf").arg(&file).output().expect("ssh-keygen: install it");
    assert!(answer.status.success(), "ssh-keygen does not take {line:?}");
    let text = String::from_utf8(answer.stdout).unwrap();
    text.split(' ').nth(1).unwrap().to_owned()
}

/// The public half of the private key in a PFX under `password`, and that of the certificate in it.
pub(crate) fn halves_of_pfx(pfx: &[u8], password: &str) -> [Vec<u8>; 2] {
    let password = format!("pass:{password}");
    let pem = |more: &[&str]| openssl(&[&["pkcs12", "-passin", &password, "-nodes"], more].concat(), pfx);
    let key = openssl(&["pkey", "-pubout", "-outform", "DER"], &pem(&["-nocerts"]));
    let of_certificate = openssl(&["x509", "-noout", "-pubkey"], &pem(&["-nokeys"]));
    [key, spki(&String::from_utf8(of_certificate).unwrap())]
}

/// What a signing request asks for, once openssl has verified its signature.
pub(crate) fn request_text(pem: &str) -> String {
    String::from_utf8(openssl(&["req", "-verify", "-noout", "-text"], pem.as_bytes())).unwrap()
}

fn openssl(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut running = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("openssl: install it");
    running.stdin.take().unwrap().write_all(input).unwrap();
    let answer = running.wait_with_output().unwrap();
    assert!(answer.status.success(), "openssl {arguments:?} does not take {:?}", String::from_utf8_lossy(input));
    answer.stdout
}
