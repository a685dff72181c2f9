//! Questions before material from outside comes into a transit mount.

use domain::{Question, QuestionKind};

use super::{
    choices, flag,
    transit::{BACKUP, EXPORTABLE, name},
};
use crate::{
    error::Product,
    plan::{MATERIAL, one_way_warning},
    transit::kinds,
};

/// What is asked where the material comes out of a file.
pub(super) fn key(product: Product) -> Vec<Question> {
    let kinds = kinds::known(product);
    let what = [("private", "The key, wrapped for this server"), ("public", "Its public half alone")];
    let wrapped = |question: Question| question.shown_when("kind", ["private"]);
    let mut all = vec![
        name(),
        Question::new("type", "Type", QuestionKind::Choice(choices(kinds.iter().copied())))
            .required()
            .preset("aes256-gcm96"),
        Question::new("kind", "What is brought", QuestionKind::Choice(choices(what)))
            .preset("private")
            .help("A public half alone encrypts, verifies, and wraps other keys."),
    ];
    all.extend(material().map(wrapped));
    all.push(
        Question::new("public_key", "Public key", QuestionKind::Lines)
            .required()
            .help("PEM (-----BEGIN PUBLIC KEY-----).")
            .shown_when("kind", ["public"]),
    );
    all.extend(flags().map(wrapped));
    all.push(derived().shown_when("type", kinds.iter().map(|(kind, _)| *kind).filter(|kind| kinds::derives(kind))));
    all.push(deletion());
    all
}

/// What is asked before a new version.
pub(super) fn version() -> Vec<Question> {
    material().into()
}

/// What is asked where the material comes from another place, as a key of that type.
pub(crate) fn brought(kind: &str) -> Vec<Question> {
    let derived = kinds::derives(kind).then(derived);
    [name()].into_iter().chain(flags()).chain(derived).chain([deletion()]).collect()
}

fn material() -> [Question; 3] {
    let hashes = [("SHA256", "SHA-256"), ("SHA1", "SHA-1, for older HSMs")];
    [
        Question::new(MATERIAL, "File with the wrapped material", QuestionKind::File).required().help(
            "An AES-256 key under RSAES-OAEP with the server's wrapping key (transit/wrapping_key), followed by the \
             material under that key by AES-KWP (RFC 5649).",
        ),
        Question::new("sha256", "SHA-256 of the file", QuestionKind::Text)
            .help("In hex, as it was told where the material was wrapped. Nothing is sent unless it is the file's."),
        Question::new("hash", "Hash of RSAES-OAEP", QuestionKind::Choice(choices(hashes))).preset("SHA256"),
    ]
}

fn flags() -> [Question; 3] {
    [
        flag("exportable", EXPORTABLE, false).help(one_way_warning("exportable")),
        flag("allow_plaintext_backup", BACKUP, false)
            .help(format!("{} Bringing a key does not need it.", one_way_warning("allow_plaintext_backup"))),
        flag("allow_rotation", "Let the server make versions itself", false).help(
            "allow_rotation. Cannot be changed later. After a version of its own the server takes no more from outside.",
        ),
    ]
}

fn derived() -> Question {
    flag("derived", "Derive keys from it", false)
        .help("Each context has a key of its own, and no public key is shown. Cannot be changed later.")
}

fn deletion() -> Question {
    flag("deletion_allowed", "Allow the key to be deleted", false)
        .help("deletion_allowed. It can be set and taken back later, too.")
}
