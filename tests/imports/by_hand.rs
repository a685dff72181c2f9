//! Material that somebody wrapped without the app, such as at an HSM that has no network: the app takes the files.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use app::{App, Keychain, NoDesktop, Providers};
use base64ct::{Base64, Encoding};
use contract::{
    AddConnection, ConfirmChange, ConnectionDraft, OrderState, OrderWire, PlanChange, SetWriteMode, TargetWire,
};
use domain::{Environment, Result};
use serde_json::{Value, json};
use servers::{AmazonServer, Credentials, fixtures::amazon::REGION};

use crate::{
    hands::{hex, wrap},
    keyring::Keyring,
};

const CONNECTION: &str = "place";
const MATERIAL: &[u8] = b"canary-canary-canary-canary-0123";

async fn connected(home: &Path, endpoint: &str) -> App {
    let Credentials { access_key_id, secret_access_key } = Credentials::root();
    let mut environment = Environment::default();
    environment.variables.insert("AWS_ACCESS_KEY_ID".into(), access_key_id);
    environment.variables.insert("AWS_SECRET_ACCESS_KEY".into(), secret_access_key);
    let keychain: Arc<dyn Keychain> = Arc::new(Keyring::default());
    let app = App::open_with(home, environment, keychain, Arc::new(NoDesktop), Arc::new(Providers)).unwrap();
    let answers = [("endpoint_url", endpoint), ("regions", REGION)];
    let draft = ConnectionDraft {
        name: CONNECTION.to_owned(),
        provider: "aws".to_owned(),
        environment: None,
        answers: texts(&answers),
        secrets: BTreeMap::new(),
        keep: false,
    };
    app.add_connection(AddConnection { draft }).await.unwrap();
    app.set_write_mode(SetWriteMode { connection: CONNECTION.to_owned(), on: true }).await.unwrap();
    app
}

fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

async fn change(app: &App, ask: &str, target: TargetWire, answers: &[(&str, &str)]) -> Result<OrderWire> {
    let request = PlanChange { ask: ask.to_owned(), target, answers: texts(answers), secrets: BTreeMap::new() };
    let plan = app.plan_change(request).await?;
    app.confirm_change(ConfirmChange { order: plan.order, digest: plan.digest, typed: Some(plan.name) }).await
}

async fn kms(server: &AmazonServer, operation: &str, body: Value) -> Value {
    server.call(REGION, &format!("TrentService.{operation}"), body).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn wrapped_files_are_imported_and_nothing_of_them_is_kept() {
    let server = AmazonServer::ministack().await.unwrap();
    let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let app = connected(home.path(), server.endpoint()).await;
    let vault = TargetWire::Vault { connection: CONNECTION.to_owned(), vault: REGION.to_owned() };
    let answers = [("usage", "ENCRYPT_DECRYPT"), ("encryption_spec", "SYMMETRIC_DEFAULT"), ("origin", "EXTERNAL")];
    let made = change(&app, "create-key", vault, &answers).await.unwrap();
    assert_eq!(made.state, OrderState::Done);
    let reference = made.reference.unwrap();
    let id = reference.rsplit('/').next().unwrap();

    let body = json!({"KeyId": id, "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_4096"});
    let told = kms(&server, "GetParametersForImport", body).await;
    let bytes = |name: &str| Base64::decode_vec(told[name].as_str().unwrap()).unwrap();
    wrap(folder.path(), &bytes("PublicKey"), MATERIAL, "wrapped.bin");
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (wrapped, token, wrong) = (file("wrapped.bin"), file("token.bin"), file("wrong.bin"));
    std::fs::write(&token, bytes("ImportToken")).unwrap();
    std::fs::write(&wrong, "no token of theirs").unwrap();
    let digest = encoding::wrap::sha256(&std::fs::read(&wrapped).unwrap());
    let import = async |token: &str, digest: &str| {
        let answers = [
            ("wrapping", "RSAES_OAEP_SHA_256 with RSA_4096"),
            ("material", wrapped.as_str()),
            ("token", token),
            ("sha256", digest),
            ("expires", "never"),
        ];
        let item = TargetWire::Item { reference: reference.clone() };
        change(&app, "import-material", item, &answers).await
    };
    let other = encoding::wrap::sha256(b"another");
    assert!(import(&token, &other).await.unwrap_err().message().contains("is another"));
    let refused = import(&wrong, &digest).await.unwrap();
    assert_eq!(refused.state, OrderState::Abandoned);
    assert!(refused.error.unwrap().message.contains("does not take the import token"));
    let done = import(&token, &digest).await.unwrap();
    assert_eq!(done.state, OrderState::Done, "{done:?}");
    let described = kms(&server, "DescribeKey", json!({"KeyId": id})).await;
    assert_eq!(described["KeyMetadata"]["KeyState"], "Enabled");

    let token = std::fs::read(&token).unwrap();
    let kept = kept(home.path());
    let holds = |needle: &[u8]| kept.windows(needle.len()).any(|window| window == needle);
    assert!(holds(digest.as_bytes()), "the record names what was sent");
    for secret in [MATERIAL, &token, &std::fs::read(&wrapped).unwrap()] {
        let written = [secret, Base64::encode_string(secret).as_bytes(), hex(secret).as_bytes()].map(holds);
        assert_eq!(written, [false; 3], "it was written down: as it is, in base64, in hex");
    }
}

/// All that is in the files below a folder.
fn kept(folder: &Path) -> Vec<u8> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { kept(&path) } else { std::fs::read(path).unwrap() }).collect()
}
