//! What is known of rotation at Azure Key Vault, each fact with the page that says so.

use domain::{RotationFact, RotationMethod};

use crate::object::Object;

const CHECKED: &str = "2026-11-26";
const AUTOROTATION: &str = "https://learn.microsoft.com/azure/key-vault/general/autorotation";
const DELETE: &str = "https://learn.microsoft.com/rest/api/keyvault/keys/delete-key/delete-key";
const KEYS: &str = "https://learn.microsoft.com/azure/key-vault/keys/how-to-configure-key-rotation";
const POLICY: &str =
    "https://learn.microsoft.com/rest/api/keyvault/keys/update-key-rotation-policy/update-key-rotation-policy";
const RENEWAL: &str = "https://learn.microsoft.com/azure/key-vault/certificates/overview-renew-certificate";

const fn fact(says: &'static str, source: &'static str) -> RotationFact {
    RotationFact::new(says, source, CHECKED)
}

const VERSIONLESS: RotationFact = fact(
    "A rotation makes a new version with new material: whoever uses the address without a version gets it, and what was \
     encrypted names the version that decrypts it.",
    KEYS,
);
const AS_A_WHOLE: RotationFact = fact("A single version of a key cannot be deleted, only the whole key.", DELETE);
pub(super) const BY_ITSELF: RotationFact = fact(
    "Azure rotates a key by itself only where its rotation policy says so: 7 days after the version was made at the \
     earliest, and 7 days before it expires at the latest.",
    KEYS,
);
pub(super) const EXPIRY: RotationFact = fact(
    "A rotation policy may let new versions expire, after 28 days at the earliest; the present version keeps its own expiry.",
    POLICY,
);
const BROUGHT: RotationFact = fact(
    "A key that was imported from an HSM of your own is not rotated automatically: its policy can only notify.",
    KEYS,
);
const ISSUED: RotationFact = fact(
    "Azure renews by itself what it signs itself and what an integrated authority issues, where the policy says so.",
    RENEWAL,
);
const FROM_OUTSIDE: RotationFact = fact(
    "What another authority issued, or was imported, nobody renews: a signing request is made, signed and merged; Azure \
     writes to the vault's contacts at most.",
    RENEWAL,
);
const RENEWED: RotationFact = fact(
    "A renewed certificate is a new version with an identifier of its own, and so are its key and secret.",
    RENEWAL,
);
const SECRETS: RotationFact = fact(
    "Azure makes no values of secrets: Event Grid tells that one expires, and a function of its owner writes the next.",
    AUTOROTATION,
);

/// What must be known of a method at an object of that kind.
pub(super) fn of(object: Option<Object>, method: RotationMethod) -> Vec<RotationFact> {
    match (object, method) {
        (Some(Object::Key), RotationMethod::NewVersion) => vec![VERSIONLESS, BY_ITSELF, EXPIRY, AS_A_WHOLE, BROUGHT],
        (Some(Object::Certificate), RotationMethod::Renew) => vec![RENEWED, ISSUED, FROM_OUTSIDE],
        (Some(Object::Certificate), _) => vec![ISSUED, FROM_OUTSIDE],
        (Some(Object::Key) | None, _) => vec![VERSIONLESS],
        (Some(Object::Secret), _) => vec![SECRETS],
    }
}
