//! From a vault into AWS KMS: a symmetric key that passes through the app, and a key pair that is wrapped inside the vault.

use base64ct::{Base64, Encoding};
use serde_json::json;
use servers::{AmazonServer, OpenBao, fixtures::amazon::REGION};

use super::{
    again, begin, carry_out, choose, fact, from_item, go_here, hygiene, is_at, kms, open, pictures, vault, way,
};
use crate::{changes, desktop::Desktop, destructions, memory::Needle, rotations::does, save};

const NAME: &str = "orders-master";

#[tokio::test]
async fn a_key_born_in_vault_encrypts_in_the_cloud_and_nothing_of_it_stays_here() {
    let vault = vault(&["transit"]).await;
    let cloud = AmazonServer::localstack().await.unwrap();
    let desktop = open(&vault, Some(&cloud)).await;
    make_exportable(&desktop).await;
    settle(&desktop).await;

    carry_out(&desktop, "prepare", "prepare").await;
    does(&desktop, "fetch").await;
    desktop.part_shows("validity", "Valid for").await;
    pictures(&desktop, "wrapping-key").await;
    go_here(&desktop, "wrap").await;
    does(&desktop, "wrap").await;
    let first = fact(&desktop, "SHA-256 of the wrapped key").await;
    let check_value = fact(&desktop, "Key check value").await;
    pictures(&desktop, "wrap").await;

    // Closed in the middle: what was only in memory is gone, and the room says so.
    let desktop = again(desktop, &vault, NAME, "wrapping-key").await;
    desktop.part_shows("import-room", "The wrapped key is not in memory any more").await;
    pictures(&desktop, "again").await;
    does(&desktop, "fetch").await;
    go_here(&desktop, "wrap").await;
    does(&desktop, "wrap").await;
    desktop.part_shows("import-room", "The wrapped key is in memory").await;
    let second = fact(&desktop, "SHA-256 of the wrapped key").await;
    assert_ne!(first, second, "another wrapping gives another blob");
    assert_eq!(check_value, fact(&desktop, "Key check value").await);
    go_here(&desktop, "import").await;
    carry_out(&desktop, "import", "import").await;
    is_at(&desktop, "prove").await;
    pictures(&desktop, "prove").await;
    does(&desktop, "prove").await;
    desktop.until("document.querySelector('[data-testid=proof]')?.dataset.outcome === 'works'", "it works").await;
    pictures(&desktop, "proof").await;
    does(&desktop, "finish").await;
    is_at(&desktop, "over").await;
    nothing_stays(&desktop, &vault, &second).await;
    pictures(&desktop, "over").await;
    encrypts(&cloud).await;
    saves_its_record(&desktop, &vault, &second).await;
    is_cleaned_up(&desktop, &cloud).await;
}

/// Makes the key in the empty mount, reading what cannot be taken back.
async fn make_exportable(desktop: &Desktop) {
    desktop.click("treeitem", "transit").await;
    desktop.click("button", "New key…").await;
    desktop.until("document.querySelector('#change-form select')", "the form is there").await;
    desktop.fill("Name", NAME).await;
    desktop.click("checkbox", "Let the key material leave the server").await;
    desktop.shows("exportable cannot be taken back").await;
    pictures(desktop, "create").await;
    desktop.click("button", "Show the plan").await;
    desktop.part_shows("change-plan", "exportable cannot be taken back").await;
    pictures(desktop, "create-plan").await;
    desktop.click("button", "Allow changes for 15 minutes").await;
    changes::confirm(desktop, "done").await;
    desktop.click("button", "Close").await;
}

/// Settles target and source.
async fn settle(desktop: &Desktop) {
    begin(desktop).await;
    pictures(desktop, "target").await;
    choose(desktop, REGION, "AES-256").await;
    assert!(way(desktop).await.starts_with("RSAES_OAEP_SHA_256 with RSA_4096"), "{}", way(desktop).await);
    let refused = "[...document.querySelectorAll('[data-testid=takings] tr.off')]
        .find((row) => row.innerText.includes('ChaCha20'))";
    let refused = desktop
        .evaluate(&format!(
            "return [{refused}.querySelector('input').disabled, {refused}.querySelector('td').innerText]"
        ))
        .await;
    assert!(refused[0] == true && refused[1].as_str().unwrap().len() > 10, "{refused}");
    desktop.fill("Alias", &format!("alias/{NAME}")).await;
    let days = desktop
        .evaluate(
            "const field = [...document.querySelectorAll('label')].find((one) => one.textContent.trim() === 'When').control;
             return (Date.parse(field.value) - Date.now()) / 86400000;",
        )
        .await;
    assert!((days.as_f64().unwrap() - 364.0).abs() < 0.1, "{days}");
    pictures(desktop, "target-chosen").await;
    does(desktop, "set-target").await;
    is_at(desktop, "source").await;
    from_item(desktop, NAME).await;
    pictures(desktop, "source").await;
    does(desktop, "set-source").await;
    is_at(desktop, "wrapping-key").await;
}

/// The material as the vault itself exports it.
async fn material(vault: &OpenBao) -> Vec<u8> {
    let told = vault.call("GET", &format!("transit/export/encryption-key/{NAME}/1"), json!({})).await.unwrap();
    Base64::decode_vec(told["keys"]["1"].as_str().unwrap()).unwrap()
}

async fn nothing_stays(desktop: &Desktop, vault: &OpenBao, sha256: &str) {
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let material = material(vault).await;
    assert_eq!(material.len(), 32);
    hygiene::holds_nothing(desktop, &Needle::spellings(&material), sha256);
}

/// Another hand works with the key, of which it knows the alias alone.
async fn encrypts(cloud: &AmazonServer) {
    let asked = json!({"KeyId": format!("alias/{NAME}"), "Plaintext": Base64::encode_string(b"an order")});
    let blob = kms(cloud, "Encrypt", asked).await["CiphertextBlob"].clone();
    let opened = kms(cloud, "Decrypt", json!({"CiphertextBlob": blob})).await;
    assert_eq!(opened["Plaintext"], Base64::encode_string(b"an order"));
    let told = kms(cloud, "DescribeKey", json!({"KeyId": format!("alias/{NAME}")})).await;
    assert_eq!(told["KeyMetadata"]["Origin"], "EXTERNAL");
    assert_eq!(state(cloud).await, "Enabled");
}

async fn state(cloud: &AmazonServer) -> String {
    let told = kms(cloud, "DescribeKey", json!({"KeyId": format!("alias/{NAME}")})).await;
    told["KeyMetadata"]["KeyState"].as_str().unwrap().to_owned()
}

/// The end of source 1: the key is disabled, waits for its destruction, and is called back before that comes.
async fn is_cleaned_up(desktop: &Desktop, cloud: &AmazonServer) {
    desktop.click("button", "Open the key").await;
    desktop.part_shows("item-room", NAME).await;
    desktop.click("button", "Change…").await;
    desktop.click("menuitem", "Destroy safely…").await;
    destructions::is_at(desktop, "evidence").await;
    destructions::settle(desktop, "The trial of our own key is over").await;
    destructions::pictures(desktop, "brought-evidence").await;
    let spoken = destructions::speaks_for_all(desktop).await;
    assert!(spoken.iter().any(|kind| kind == "alias") && spoken.iter().any(|kind| kind == "use"), "{spoken:?}");
    does(desktop, "go-on").await;
    destructions::is_at(desktop, "disable").await;
    destructions::carry_out(desktop, NAME, "disable", "brought-disable").await;
    destructions::is_at(desktop, "soak").await;
    assert_eq!(state(cloud).await, "Disabled");
    does(desktop, "go-on").await;
    destructions::is_at(desktop, "schedule").await;
    destructions::carry_out(desktop, NAME, "schedule", "brought-schedule").await;
    destructions::is_at(desktop, "waiting").await;
    assert_eq!(state(cloud).await, "PendingDeletion");
    destructions::pictures(desktop, "brought-countdown").await;
    // The board at home counts down, and leads to the way back.
    desktop.click("treeitem", "Home").await;
    desktop.part_shows("part-deleting", "29 days and 23 h left").await;
    destructions::pictures(desktop, "brought-board").await;
    let line = format!(
        "[...document.querySelectorAll('[data-testid=part-deleting] li button')].find((one) => one.innerText.includes({}))",
        json!(NAME)
    );
    desktop.evaluate(&format!("{line}.click()")).await;
    destructions::is_at(desktop, "waiting").await;
    destructions::carry_out(desktop, NAME, "cancel", "brought-cancel").await;
    destructions::is_at(desktop, "schedule").await;
    assert_eq!(state(cloud).await, "Disabled");
    desktop.click("treeitem", "Home").await;
    desktop.until(&format!("{line} && !{line}.innerText.includes(' left')"), "it waits no longer").await;
    desktop.evaluate(&format!("{line}.click()")).await;
    destructions::is_at(desktop, "schedule").await;
    destructions::carry_out(desktop, NAME, "enable", "brought-enable").await;
    destructions::is_at(desktop, "evidence").await;
    destructions::says(desktop, "keep", "The trial goes on.").await;
    destructions::is_at(desktop, "over").await;
    encrypts(cloud).await;
}

async fn saves_its_record(desktop: &Desktop, vault: &OpenBao, sha256: &str) {
    desktop.click_on("save-record").await;
    let folder = tempfile::TempDir::new().unwrap();
    let saved = String::from_utf8(save::dialog(desktop, &folder.path().join("record.json")).await).unwrap();
    assert!(saved.contains(&sha256.replace([':', ' '], "").to_lowercase()) && saved.contains(NAME), "{saved}");
    let needles = Needle::spellings(&material(vault).await);
    assert_eq!(crate::memory::files_with(folder.path(), &needles), [] as [String; 0]);
}

#[tokio::test]
async fn a_key_pair_is_wrapped_inside_its_vault() {
    let vault = vault(&["transit"]).await;
    vault.call("POST", "transit/keys/signer", json!({"type": "rsa-2048", "exportable": true})).await.unwrap();
    let cloud = AmazonServer::localstack().await.unwrap();
    let desktop = open(&vault, Some(&cloud)).await;
    desktop.click("treeitem", "transit").await;
    desktop.open_row("signer").await;
    desktop.click_on("item-bring").await;
    is_at(&desktop, "target").await;
    choose(&desktop, REGION, "RSA 2048").await;
    assert!(way(&desktop).await.starts_with("RSA_AES_KEY_WRAP_SHA_256 with RSA_4096"), "{}", way(&desktop).await);
    desktop.fill("Alias", "alias/signer").await;
    pictures(&desktop, "target-of-item").await;
    does(&desktop, "set-target").await;
    is_at(&desktop, "source").await;
    desktop.until("document.querySelector('[data-testid=leaving] :checked')", "it is known how the key leaves").await;
    pictures(&desktop, "source-inside").await;
    does(&desktop, "set-source").await;
    is_at(&desktop, "wrapping-key").await;
    carry_out(&desktop, "prepare", "prepare-pair").await;
    does(&desktop, "fetch").await;
    carry_out(&desktop, "load", "load").await;
    go_here(&desktop, "wrap").await;
    does(&desktop, "wrap").await;
    fact(&desktop, "SHA-256 of the wrapped key").await;
    pictures(&desktop, "wrap-inside").await;
    assert_eq!(wrapping_keys(&vault).await.len(), 1);
    carry_out(&desktop, "remove", "remove").await;
    assert_eq!(wrapping_keys(&vault).await, [] as [String; 0]);
    pictures(&desktop, "removed").await;
    go_here(&desktop, "import").await;
    carry_out(&desktop, "import", "import-pair").await;
    is_at(&desktop, "prove").await;
    does(&desktop, "prove").await;
    desktop.until("document.querySelector('[data-testid=proof]')?.dataset.outcome === 'holds'", "it is the same").await;
    desktop.part_shows("proof", "public half is that of the key").await;
    pictures(&desktop, "proof-pair").await;
    does(&desktop, "finish").await;
    is_at(&desktop, "over").await;
    pictures(&desktop, "over-pair").await;
    never_came_out(&desktop, &vault).await;

    let told = kms(&cloud, "GetPublicKey", json!({"KeyId": "alias/signer"})).await;
    let key = vault.call("GET", "transit/keys/signer", json!({})).await.unwrap();
    let ours = crate::oracle::spki(key["keys"]["1"]["public_key"].as_str().unwrap());
    assert_eq!(Base64::decode_vec(told["PublicKey"].as_str().unwrap()).unwrap(), ours);
}

/// The names of the loaded wrapping keys in the vault.
async fn wrapping_keys(vault: &OpenBao) -> Vec<String> {
    let listed = vault.call("LIST", "transit/keys", json!({})).await.unwrap();
    let names = listed["keys"].as_array().unwrap().iter().filter_map(|name| name.as_str());
    names.filter(|name| name.starts_with(domain::LOADED)).map(str::to_owned).collect()
}

/// The private half was not in this computer's memory at any time.
async fn never_came_out(desktop: &Desktop, vault: &OpenBao) {
    let told = vault.call("GET", "transit/export/signing-key/signer/1", json!({})).await.unwrap();
    let pem = told["keys"]["1"].as_str().unwrap();
    // A line from the middle, behind the public modulus that everybody may know.
    let line = pem.lines().rev().nth(6).unwrap();
    let mut needles = Needle::spellings(&Base64::decode_vec(line).unwrap());
    needles.push(Needle::new("PEM", line.as_bytes().to_vec()));
    hygiene::holds_nothing(desktop, &needles, "alias/signer");
}
