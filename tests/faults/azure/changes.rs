//! Changes that Key Vault refuses or defers: what each says of what was changed, with the service's own words.

use std::fs;

use domain::{Ask, Finding, ItemKey, Kind, Outcome as Answered, Secret, Target, VaultId};
use libtest_mimic::Failed;
use serde_json::{Value, json};
use servers::{
    Azure,
    fixtures::azure::{EXPORTABLE, MAIN, ROTATED_KEY},
};

use super::{
    gone,
    scene::{Case, Scene, in_words, item},
    throttled,
};
use crate::case::{Outcome, ensure};

pub(super) const CHANGING: &[Case] = &[
    Case {
        name: "a_change_that_is_to_come_in_seven_seconds",
        spoil: |scene| Box::pin(defer(scene, json!({"Retry-After": "7"}))),
        check: |scene| Box::pin(sent_once_and_deferred(scene, "7 seconds")),
        naive: None,
    },
    Case {
        name: "a_change_that_is_to_come_later",
        spoil: |scene| Box::pin(defer(scene, json!({}))),
        check: |scene| Box::pin(sent_once_and_deferred(scene, "a minute")),
        naive: None,
    },
    Case {
        name: "a_name_that_is_being_deleted",
        spoil: |scene| {
            let words = "Secret is currently being deleted. Please retry later.";
            let at = json!({"path": "^/secrets/made-", "method": "PUT"});
            Box::pin(scene.refuse(at, 409, "Conflict", "ObjectIsBeingDeleted", words))
        },
        check: |scene| {
            Box::pin(async {
                let vault = Target::Vault(VaultId(MAIN.host()));
                let error = scene.refused(Ask::CreateSecret, vault, Kind::Conflict).await?;
                ensure(error.message().contains("ObjectIsBeingDeleted"), format!("{error:?}"))?;
                ensure(error.next().contains("Wait until the deletion is through"), format!("{error:?}"))
            })
        },
        naive: None,
    },
    Case {
        name: "a_rotation_policy_that_the_service_refuses",
        spoil: |scene| {
            let at = json!({"path": format!("^/keys/{ROTATED_KEY}/rotationpolicy"), "method": "PUT"});
            Box::pin(scene.refuse(at, 400, "BadParameter", "", REFUSAL))
        },
        check: |scene| Box::pin(the_services_words_are_kept(scene)),
        naive: None,
    },
    Case {
        name: "a_deletion_after_which_nothing_is_found",
        spoil: |scene| Box::pin(async { gone(scene, &doomed(scene)).await }),
        check: |scene| Box::pin(nobody_claims_to_know(scene)),
        naive: None,
    },
    Case {
        name: "a_pfx_with_a_wrong_password",
        spoil: |scene| {
            Box::pin(async {
                scene.spoil();
                Ok(())
            })
        },
        check: |scene| Box::pin(nothing_is_signed_with_it(scene)),
        naive: None,
    },
];

const RIGHT: &str = "correct horse";
const WRONG: &str = "tr0ub4dor";
const REFUSAL: &str = "The rotation policy is not accepted: this vault takes no policy with that expiry.";

/// Has the service put off the rotation of a key of this scene.
async fn defer(scene: &Scene, headers: Value) -> Outcome {
    let path = format!("^/keys/{}/rotate", doomed(scene));
    scene.fault(json!({"path": path, "times": 100, "status": 429, "headers": headers, "body": throttled()})).await
}

/// The name of a key that only this scene has.
fn doomed(scene: &Scene) -> String {
    format!("doomed-{}", scene.mark)
}

/// That key, made past all faults.
async fn doomed_key(scene: &Scene) -> Result<ItemKey, Failed> {
    let path = format!("keys/{}", doomed(scene));
    scene.truly("POST", &format!("{path}/create"), json!({"kty": "EC", "crv": "P-256"})).await?;
    item(&*scene.connect(&[MAIN]).await?, &path)
}

async fn sent_once_and_deferred(scene: &Scene, wait: &str) -> Outcome {
    let key = doomed_key(scene).await?;
    let error = scene.refused(Ask::Rotate, Target::Item(key), Kind::Throttled).await?;
    ensure(error.next().contains(wait), format!("{error:?}"))?;
    // A change is never repeated on its own.
    let path = format!("/keys/{}/rotate", doomed(scene));
    let sent = scene.asked("POST", &MAIN.host(), &path).await?;
    ensure(sent == 1, format!("sent {sent} times"))
}

async fn the_services_words_are_kept(scene: &Scene) -> Outcome {
    let path = format!("keys/{ROTATED_KEY}/rotationpolicy");
    let before = scene.truly("GET", &path, Value::Null).await?;
    let key = item(&*scene.connect(&[MAIN]).await?, &format!("keys/{ROTATED_KEY}"))?;
    let error = scene.refused(Ask::SetRotation, Target::Item(key), Kind::Invalid).await?;
    ensure(error.message().contains(REFUSAL), format!("{error:?}"))?;
    let after = scene.truly("GET", &path, Value::Null).await?;
    ensure(before == after, format!("the policy was {before}, and is {after}"))
}

/// The deletion was accepted; then the key is nowhere to be seen. That is neither done nor not done.
async fn nobody_claims_to_know(scene: &Scene) -> Outcome {
    let name = doomed(scene);
    scene.truly("POST", &format!("keys/{name}/create"), json!({"kty": "EC", "crv": "P-256"})).await?;
    let honest = scene.honest().await?;
    let provider = honest.connect(&[MAIN]).await?;
    let key = item(&*provider, &format!("keys/{name}"))?;
    let (answered, performed) = honest.send(&*provider, Ask::ScheduleDeletion, Target::Item(key)).await?;
    ensure(matches!(answered, Answered::Done { .. }), format!("{answered:?}"))?;
    match scene.connect(&[MAIN]).await?.changes().check(&performed).await? {
        Finding::Unclear { evidence } => ensure(evidence.contains(&name), evidence),
        other => Err(format!("a reading says {other:?}").into()),
    }
}

/// Signs in with the PFX of a certificate: once as it should be, and once with the password that this scene has for it.
async fn nothing_is_signed_with_it(scene: &Scene) -> Outcome {
    const LOGIN: &str = "login.microsoftonline.com";
    let (holder, file) = (format!("holder-{}", scene.mark), scene.folder.path().join("holder.pfx"));
    let owner = scene.connect(&[MAIN]).await?;
    let key = item(&*owner, &format!("certificates/{EXPORTABLE}"))?;
    let held = owner.certificates().ok_or("no certificates")?.with_key(&key, None).await?;
    let pfx = encoding::pfx::write(&held, "holder", &Secret::from_text(RIGHT.to_owned()))?;
    fs::write(&file, pfx.expose())?;
    let leaf = encoding::pem::encode("CERTIFICATE", held.chain.first().ok_or("no certificate")?);
    let role = json!({"role": "Key Vault Administrator", "scope": format!("/subscriptions/{}", Azure::SUBSCRIPTION)});
    scene.filled.server.identity(json!({"client_id": holder, "certificates": [leaf], "roles": [role]})).await?;
    let (file, vault) = (file.display().to_string(), format!("https://{}", MAIN.host()));
    let answers = [("auth", "client-certificate"), ("client_id", &*holder), ("certificate", &file), ("vaults", &vault)];
    let right = scene.connect_with(&answers, &[("certificate_password", RIGHT)]).await?;
    right.inventory().open(&key).await?;
    let before = scene.asked("POST", LOGIN, "*").await?;
    ensure(before > 0, "nobody signed in")?;
    let password = if scene.is_spoilt() { WRONG } else { RIGHT };
    let connected = scene.connect_with(&answers, &[("certificate_password", password)]).await;
    let error = connected.err().ok_or("the PFX was opened")?;
    in_words(&error, Kind::Invalid)?;
    ensure(error.message().contains("password"), format!("{error:?}"))?;
    ensure(!format!("{error:?}").contains(WRONG), "the error shows the password")?;
    let after = scene.asked("POST", LOGIN, "*").await?;
    ensure(before == after, "something was sent to the sign-in")
}
