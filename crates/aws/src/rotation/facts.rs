//! What is known of rotation at AWS, each fact with the page that says so. Numbers are those of the crate's constants.

use domain::{ItemDetail, RotationFact, RotationMethod};

use super::{Thing, is_replica};

const CHECKED: &str = "2026-11-26";
const ACM: &str = "https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html";
const AUTOMATIC: &str = "https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html";
const CREATE: &str = "https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html";
const DELETION: &str = "https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html";
const GUIDE: &str = "https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html";
const MANUALLY: &str = "https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys-manually.html";
const ON_DEMAND: &str = "https://docs.aws.amazon.com/kms/latest/developerguide/rotating-keys-on-demand.html";
const ON_DEMAND_API: &str = "https://docs.aws.amazon.com/kms/latest/APIReference/API_RotateKeyOnDemand.html";
const SECRETS: &str = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets.html";

const fn fact(says: &'static str, source: &'static str) -> RotationFact {
    RotationFact::new(says, source, CHECKED)
}

pub(super) const TIMES: RotationFact =
    fact("A key can be rotated on demand 25 times in its life; those that KMS does by itself do not count.", ON_DEMAND);
pub(super) const PERIOD: RotationFact = fact(
    "KMS rotates a symmetric key of its own material by itself where that is switched on: every 90 to 2560 days, 365 if \
     nothing is said.",
    AUTOMATIC,
);
pub(super) const WAITS: RotationFact = fact(
    "The deletion of a key waits 7 to 30 days and can be called off until then; afterwards nothing that is encrypted \
     under it can be decrypted.",
    DELETION,
);
const KEEPS: RotationFact = fact(
    "KMS keeps all material of a key and decrypts with the one that was used: nothing has to be encrypted again, and id, \
     aliases and policy stay.",
    GUIDE,
);
const ONLY_SYMMETRIC: RotationFact = fact(
    "Asymmetric keys, HMAC keys and keys in a custom key store are not rotated in place: they get new material only by \
     another key.",
    ON_DEMAND,
);
const PRIMARY: RotationFact = fact("Related multi-Region keys are rotated at the primary key.", ON_DEMAND);
const IMPORTED: RotationFact = fact(
    "KMS never rotates imported material by itself; on demand it does so once other material was imported and waits.",
    ON_DEMAND_API,
);
const MANAGED: RotationFact = fact("KMS rotates the keys that AWS manages every year.", AUTOMATIC);
const ALIAS: RotationFact = fact(
    "Who uses the key by its alias uses the new key as soon as the alias points at it; who names the id or the ARN goes \
     on with the old one.",
    MANUALLY,
);
const BY_ID: RotationFact = fact(
    "What an asymmetric or HMAC key made is decrypted or verified only by naming that key: by the moved alias it fails. \
     Symmetric ciphertexts name their key themselves.",
    MANUALLY,
);
const ENABLED: RotationFact =
    fact("The old key stays enabled as long as anything is to be decrypted with it.", MANUALLY);
const POLICY: RotationFact =
    fact("The new key has the default key policy and no grants: those of the old one are set anew.", CREATE);
const OWN_MATERIAL: RotationFact = fact(
    "The new key lies in KMS with material that KMS makes: imported material, or a custom key store, is not taken along.",
    CREATE,
);
const REPLICAS: RotationFact =
    fact("A new multi-Region key is a primary key without replicas: they are made anew in each Region.", CREATE);
const RENEWED: RotationFact = fact(
    "ACM renews by itself what it issued, while it is used by another service or was exported; imported and expired \
     certificates it does not.",
    ACM,
);
const FUNCTION: RotationFact = fact(
    "Secrets Manager rotates a secret by a Lambda function of its owner, or by the service that manages the secret.",
    SECRETS,
);

/// What must be known of a method at an item.
pub(super) fn of(thing: Thing, item: &ItemDetail, method: RotationMethod) -> Vec<RotationFact> {
    match (thing, method) {
        (Thing::Aws, _) => vec![MANAGED],
        (Thing::Certificate, _) => vec![RENEWED],
        (Thing::Secret, _) => vec![FUNCTION],
        (Thing::Key, RotationMethod::InPlace) => in_place(item),
        (Thing::Key, RotationMethod::NewKey) => new_key(item),
        (Thing::Foreign | Thing::Untold, _) | (Thing::Key, RotationMethod::NewVersion | RotationMethod::Renew) => {
            vec![ONLY_SYMMETRIC, KEEPS]
        }
    }
}

fn in_place(item: &ItemDetail) -> Vec<RotationFact> {
    if item.native("KeySpec") != Some("SYMMETRIC_DEFAULT") {
        return vec![ONLY_SYMMETRIC];
    }
    match item.native("Origin") {
        Some("AWS_KMS") if is_replica(item) => vec![PRIMARY, KEEPS],
        Some("AWS_KMS") if item.native("MultiRegion") == Some("true") => vec![TIMES, KEEPS, PERIOD, PRIMARY],
        Some("AWS_KMS") => vec![TIMES, KEEPS, PERIOD],
        Some("EXTERNAL") => vec![IMPORTED, KEEPS],
        Some(_) | None => vec![ONLY_SYMMETRIC],
    }
}

fn new_key(item: &ItemDetail) -> Vec<RotationFact> {
    let elsewhere = item.native("Origin") != Some("AWS_KMS");
    let many = item.native("MultiRegion") == Some("true");
    let first = [(elsewhere, OWN_MATERIAL), (many, REPLICAS)].into_iter().filter(|(told, _)| *told);
    first.map(|(_, fact)| fact).chain([ALIAS, BY_ID, POLICY, ENABLED, WAITS, ONLY_SYMMETRIC]).collect()
}
