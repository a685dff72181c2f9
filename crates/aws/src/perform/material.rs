//! Sends wrapped key material, once, after it was compared with what the plan says of it.

use aws_sdk_kms::{
    primitives::{Blob, DateTime},
    types::{ExpirationModelType, ImportType},
};
use domain::{Error, Kind, Outcome, Sending};
use encoding::wrap;

use super::{
    no_value,
    outcome::{ended, made},
};
use crate::{
    client::Once,
    error::Call,
    operation::{MATERIAL, TOKEN},
    parameters::{Parameters, WRAPPED_SHA256},
};

pub(super) async fn import(once: &Once, call: Call, sent: Parameters<'_>, sending: &Sending) -> Outcome {
    let (Some(material), Some(token)) = (sending.secret(MATERIAL), sending.secret(TOKEN)) else {
        return no_value(call);
    };
    if sent.str(WRAPPED_SHA256).is_some_and(|planned| planned != wrap::sha256(material.expose())) {
        let message = "the wrapped material is not the one that was planned";
        return Outcome::Refused(
            Error::new(Kind::Conflict, call.operation, message)
                .with_refused_by("this app")
                .with_next("Plan the import anew, with the material that is meant."),
        );
    }
    let request = once
        .kms
        .import_key_material()
        .set_key_id(sent.text("KeyId"))
        .encrypted_key_material(Blob::new(material.expose()))
        .import_token(Blob::new(token.expose()))
        .set_expiration_model(sent.str("ExpirationModel").map(ExpirationModelType::from))
        .set_valid_to(sent.instant("ValidTo").map(|at| DateTime::from_secs(at.as_second())))
        .set_import_type(sent.str("ImportType").map(ImportType::from));
    ended(call, request.send().await, |answer| {
        let mut results = made([("KeyId", sent.str("KeyId"))])?;
        // Asymmetric and HMAC keys have none.
        results.extend(answer.key_material_id().map(|id| ("KeyMaterialId".to_owned(), id.to_owned())));
        Some(results)
    })
}
