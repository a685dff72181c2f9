//! A key's material as far as an import changes it: whether it is there, until when, and how many generations there are.

use aws_sdk_kms::types::ImportType;
use domain::Result;
use serde_json::{Value, json};

use crate::{client::Client, parameters::Parameters, time};

/// Whether the call brings other material than the key has.
pub(crate) fn is_other(sent: Parameters<'_>) -> bool {
    sent.str("ImportType") == Some(ImportType::NewKeyMaterial.as_str())
}

/// As DescribeKey tells it. Generations are listed only where other material comes: nothing else tells that apart.
pub(super) async fn seen(client: &Client, sent: Parameters<'_>) -> Result<Value> {
    let id = sent.str("KeyId").unwrap_or_default();
    let key = client.describe_key(id).await?;
    let materials: Option<Vec<String>> = match is_other(sent) {
        true => Some(client.key_rotations(id).await?.into_iter().filter_map(|it| it.key_material_id).collect()),
        false => None,
    };
    Ok(json!({
        "KeyState": key.key_state.map(|state| state.as_str().to_owned()),
        "ExpirationModel": key.expiration_model.map(|model| model.as_str().to_owned()),
        "ValidTo": key.valid_to.as_ref().and_then(time).map(|at| at.to_string()),
        "CurrentKeyMaterialId": key.current_key_material_id,
        "Materials": materials,
    }))
}

pub(super) fn in_words(seen: &Value) -> String {
    let state = seen["KeyState"].as_str().unwrap_or("not told");
    let expiry = match (seen["ExpirationModel"].as_str(), seen["ValidTo"].as_str()) {
        (_, Some(at)) => format!(", and its material expires at {at}"),
        (Some("KEY_MATERIAL_DOES_NOT_EXPIRE"), None) => ", and its material does not expire".to_owned(),
        (Some(_), None) => ", and its material expires, but it is not told when".to_owned(),
        (None, None) => String::new(),
    };
    let listed = seen["Materials"].as_array();
    let listed = listed.map(|list| format!(" {} generations of material are listed.", list.len())).unwrap_or_default();
    format!("The key's state is {state}{expiry}.{listed}")
}
