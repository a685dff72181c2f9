//! The lies: which answers of AWS are spoilt, and how.

use std::sync::Arc;

use serde_json::{Value, json};
use servers::{
    fixtures::{self, amazon::OTHER_REGION},
    hostile::{Asked, Said, Script},
};

use crate::case::Place;

/// The permission that an operation needs, such as `kms:ListKeys`.
pub(super) fn action(asked: &Asked) -> String {
    let (service, operation) = asked.operation().split_once('.').unwrap_or_default();
    let service = match service {
        "CertificateManager" => "acm",
        "TrentService" => "kms",
        other => other,
    };
    format!("{service}:{operation}")
}

/// Whether it is that operation of KMS in that Region.
pub(super) fn is(asked: &Asked, operation: &str, region: &str) -> bool {
    asked.operation() == format!("TrentService.{operation}") && asked.region() == region
}

/// Says `said` to that operation of KMS in the other Region.
pub(super) fn at(operation: &'static str, said: impl Fn() -> Said + Send + Sync + 'static) -> Arc<Script> {
    Arc::new(move |asked| if is(asked, operation, OTHER_REGION) { said() } else { Said::Real })
}

/// Says `said` to that operation of any service.
pub(super) fn at_operation(operation: &'static str, said: impl Fn() -> Said + Send + Sync + 'static) -> Arc<Script> {
    Arc::new(move |asked| if asked.operation() == operation { said() } else { Said::Real })
}

/// Says `said` to everything in the other Region.
pub(super) fn of_region(said: impl Fn(&Asked) -> Said + Send + Sync + 'static) -> Arc<Script> {
    Arc::new(move |asked| if asked.region() == OTHER_REGION { said(asked) } else { Said::Real })
}

/// Says `said` to whoever describes the key of that name.
pub(super) fn at_key(place: &Place, name: &str, said: impl Fn() -> Said + Send + Sync + 'static) -> Arc<Script> {
    let id = key_id(place, name);
    Arc::new(move |asked| if describes(asked, &id) { said() } else { Said::Real })
}

pub(super) fn describes(asked: &Asked, id: &str) -> bool {
    asked.operation() == "TrentService.DescribeKey" && asked.text("KeyId").contains(id)
}

pub(super) fn key_id(place: &Place, name: &str) -> String {
    let address = place.known.item(name).map(|item| item.address.as_str()).unwrap_or_default();
    address.rsplit('/').next().unwrap_or_default().to_owned()
}

pub(super) fn refused(code: &str, message: &str) -> Said {
    Said::Json(400, json!({"__type": code, "message": message}))
}

pub(super) fn expired() -> Said {
    refused("ExpiredTokenException", "The security token included in the request is expired")
}

pub(super) fn denied(action: &str) -> Said {
    let who = "User: arn:aws:iam::000000000000:user/maria is not authorized to perform";
    let why = "because no identity-based policy allows the action";
    refused("AccessDeniedException", &format!("{who}: {action} on resource: * {why}"))
}

pub(super) fn changed(change: fn(Value) -> Value) -> Said {
    Said::Changed(Box::new(change))
}

pub(super) fn with_more(mut answer: Value) -> Value {
    answer["Truncated"] = true.into();
    answer["NextMarker"] = "more".into();
    answer
}

pub(super) fn of_unknown_kind(mut answer: Value) -> Value {
    let told = &mut answer["KeyMetadata"];
    told["KeySpec"] = "ML_DSA_65".into();
    told["CustomerMasterKeySpec"] = Value::Null;
    told["SigningAlgorithms"] = json!(["ML_DSA_SHAKE_256"]);
    answer
}

/// FIPS 204's ML-DSA-65 under its identifier, 2.16.840.1.101.3.4.3.18 (RFC 9881), with 1,952 arbitrary bytes.
pub(super) fn with_unknown_key(mut answer: Value) -> Value {
    answer["KeySpec"] = "ML_DSA_65".into();
    answer["CustomerMasterKeySpec"] = Value::Null;
    answer["SigningAlgorithms"] = json!(["ML_DSA_SHAKE_256"]);
    answer["PublicKey"] = fixtures::to_base64(&unknown_spki()).into();
    answer
}

pub(super) fn unknown_spki() -> Vec<u8> {
    let mut der = vec![0x30, 0x82, 0x07, 0xb2, 0x30, 0x0b, 0x06, 0x09];
    der.extend_from_slice(&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x12]);
    der.extend_from_slice(&[0x03, 0x82, 0x07, 0xa1, 0x00]);
    der.extend_from_slice(&[7; 1952]);
    der
}

pub(super) fn with_garbage(mut answer: Value) -> Value {
    answer["Certificate"] = "-----BEGIN CERTIFICATE-----\nMAUCAQECAQI=\n-----END CERTIFICATE-----\n".into();
    answer
}
