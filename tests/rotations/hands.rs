//! Other hands that read what is handed out: Python's `cryptography`, `openssl` and `ssh-keygen`.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use base64ct::{Base64, Encoding};
use serde_json::{Value, json};

/// The key of a statement that sets one, with its user and its slot.
pub(crate) fn statement(text: &str) -> (String, String, Vec<u8>) {
    let read = python("statement", text);
    let word = |name: &str| read[name].as_str().unwrap().to_owned();
    (word("user"), word("slot"), spki(&read))
}

/// The keys of a set, each with its `kid`, which must be its thumbprint.
pub(crate) fn jwks(text: &str) -> Vec<(String, Vec<u8>)> {
    let read = python("jwks", text);
    let each = |one: &Value| {
        assert_eq!(one["kid"], one["thumbprint"]);
        (one["kid"].as_str().unwrap().to_owned(), spki(one))
    };
    read.as_array().unwrap().iter().map(each).collect()
}

/// The key of a line of OpenSSH.
pub(crate) fn openssh(line: &str) -> Vec<u8> {
    spki(&python("openssh", line))
}

/// The fingerprint of such a line, as GitHub shows it.
pub(crate) fn ssh_fingerprint(line: &str) -> String {
    let said = run(Command::new("ssh-keygen").args(["-l", "-f", "-"]), line.as_bytes());
    String::from_utf8(said).unwrap().split(' ').nth(1).unwrap().to_owned()
}

/// The SPKI of a public key as PEM.
pub(crate) fn spki_of_pem(pem: &str) -> Vec<u8> {
    run(Command::new("openssl").args(["pkey", "-pubin", "-outform", "DER"]), pem.as_bytes())
}

/// The SPKI of the first certificate in a PEM.
pub(crate) fn spki_of_certificate(pem: &str) -> Vec<u8> {
    let key = run(Command::new("openssl").args(["x509", "-noout", "-pubkey"]), pem.as_bytes());
    spki_of_pem(&String::from_utf8(key).unwrap())
}

fn spki(read: &Value) -> Vec<u8> {
    Base64::decode_vec(read["spki"].as_str().unwrap()).unwrap()
}

fn python(kind: &str, text: &str) -> Value {
    let python = servers::install::oracle_python().unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/rotations/read.py");
    let said =
        run(Command::new(python).args(["-B", script]), json!({"kind": kind, "text": text}).to_string().as_bytes());
    serde_json::from_slice(&said).unwrap()
}

fn run(command: &mut Command, input: &[u8]) -> Vec<u8> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let answer = child.wait_with_output().unwrap();
    assert!(answer.status.success(), "{command:?}: {}", String::from_utf8_lossy(&answer.stderr));
    answer.stdout
}
