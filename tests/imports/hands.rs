//! Other hands: OpenSSL, which wraps as a person without this app would, and Python, which opens what a server sealed.

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

/// Key, then ciphertext, each as a line of hex; the plaintext in hex, or nothing if the key is another.
const OPEN: &str = "
import sys
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
key, sealed = (bytes.fromhex(line) for line in sys.stdin)
opener = Cipher(algorithms.AES(key), modes.GCM(sealed[36:52], sealed[52:68])).decryptor()
try:
    padded = opener.update(sealed[68:]) + opener.finalize()
    print(padded[:-padded[-1]].hex())
except InvalidTag:
    pass
";

/// Wraps `material` under the DER of an RSA key by OAEP with SHA-256, into a file of that name.
pub(crate) fn wrap(folder: &Path, public_key: &[u8], material: &[u8], into: &str) {
    std::fs::write(folder.join("wrapping.der"), public_key).unwrap();
    std::fs::write(folder.join("material.bin"), material).unwrap();
    let made = Command::new("openssl")
        .args(["pkeyutl", "-encrypt", "-pubin", "-keyform", "DER", "-inkey", "wrapping.der", "-in", "material.bin"])
        .args(["-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:sha256"])
        .args(["-pkeyopt", "rsa_mgf1_md:sha256", "-out", into])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// What LocalStack's ciphertext holds: the key's id (36 bytes), a nonce (16), a tag (16), then AES-GCM of the padded text.
/// `None` if it was made with another key.
pub(crate) fn opens(key: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let mut child = Command::new(servers::install::oracle_python().unwrap())
        .args(["-c", OPEN])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = format!("{}\n{}\n", hex(key), hex(sealed));
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    assert!(done.status.success());
    let text = String::from_utf8(done.stdout).unwrap();
    let text = text.trim();
    let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (!text.is_empty()).then(|| (0..text.len()).step_by(2).map(byte).collect())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
