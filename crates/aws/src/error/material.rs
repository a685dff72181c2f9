//! What KMS says when material was wrapped, or something was encrypted, with another key: the same words whoever answers.
//!
//! LocalStack stands in for AWS in tests and on desks of developers. It has no codes of its own for this and fails inside;
//! as it does so before it changes anything, that is a refusal too. Tried with 4.8.1 on 2026-11-26.

use domain::{Error, Kind};

use super::{AWS, Call};

const IMPORT: &str = "kms:ImportKeyMaterial";
const DECRYPT: &str = "kms:Decrypt";
/// How LocalStack begins when it fails inside.
const INSIDE: &str = "exception while calling kms.ImportKeyMaterial:";
/// What it says after that when it could not unwrap, before it has changed anything. Nothing at all is among them.
const NOT_UNWRAPPED: [&str; 6] = [
    "",
    "Ciphertext length must be equal to key size.",
    "Decryption failed",
    "Must be at least 16 bytes",
    "The length of the provided data is not a multiple of the block length.",
    "The wrapping key must be a valid AES key length",
];

const AGAIN: &str = "Fetch a new wrapping key and token, and wrap the material again.";

/// What is wrong.
#[derive(Clone, Copy)]
enum Wrong {
    /// What was to be decrypted.
    Ciphertext,
    /// Unwrapped, it is not what the key takes.
    Material,
    Token,
    Wrapping,
}

/// The error for such an answer; `None` for every other. Sources: API reference, ImportKeyMaterial and Decrypt, "Errors".
pub(super) fn of_code(call: Call, code: &str, words: &str) -> Option<Error> {
    let (message, next) = match wrong(call, code, words)? {
        Wrong::Ciphertext => (
            "this key did not encrypt it: it was made with other material, or changed on the way",
            "Decrypt it with the key that encrypted it.",
        ),
        Wrong::Material => (
            "the material is not what the key takes: it is of another kind or length, or not the same that the key had",
            "Choose the material that fits the key. Then fetch a new wrapping key and token, and wrap it.",
        ),
        Wrong::Token => {
            ("AWS does not take the import token: it is over, spent, or did not come with this wrapping key", AGAIN)
        }
        Wrong::Wrapping => (
            "AWS could not unwrap the material: it was wrapped with another key, or in another way than was said",
            AGAIN,
        ),
    };
    Some(Error::new(Kind::Invalid, call.operation, message).with_refused_by(AWS).with_next(next))
}

/// Whether the answer says that nothing was imported, whatever its status.
pub(crate) fn is_refusal(call: Call, code: &str, words: &str) -> bool {
    call.permission == IMPORT && wrong(call, code, words).is_some()
}

fn wrong(call: Call, code: &str, words: &str) -> Option<Wrong> {
    match (call.permission, code) {
        (DECRYPT, "IncorrectKeyException" | "InvalidCiphertextException") => Some(Wrong::Ciphertext),
        (IMPORT, "ExpiredImportTokenException" | "InvalidImportTokenException") => Some(Wrong::Token),
        (IMPORT, "InvalidCiphertextException") => Some(Wrong::Wrapping),
        (IMPORT, "IncorrectKeyMaterialException") => Some(Wrong::Material),
        (IMPORT, "NotFoundException") if words.contains("import token") => Some(Wrong::Token),
        (IMPORT, "InternalError") => match words.trim().strip_prefix(INSIDE)?.trim() {
            cause if NOT_UNWRAPPED.contains(&cause) => Some(Wrong::Wrapping),
            cause if cause.contains("codec can't decode") => Some(Wrong::Token),
            _ => None,
        },
        _ => None,
    }
}
