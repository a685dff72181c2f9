//! OpenBao, plain and with TLS.

use serde_json::json;
use servers::{OpenBao, Result, fixtures::openbao};

use crate::place::{Place, ProviderCrate, SignIn, Who};

pub(crate) async fn start() -> Result<Place> {
    place(OpenBao::start().await?).await
}

pub(crate) async fn start_tls() -> Result<Place> {
    place(OpenBao::start_tls().await?).await
}

async fn place(server: OpenBao) -> Result<Place> {
    let filled = openbao::fill(&server).await?;
    // The root token is the word `root`, which may well be shown; this one may not.
    let token =
        server.call("POST", "auth/token/create", json!({"policies": ["root"], "display_name": "owner"})).await?;
    let token = token["client_token"].as_str().unwrap_or_default().to_owned();

    let mut base = SignIn::new(&[("address", server.address())]);
    if let Some(ca_file) = server.ca_file() {
        base = base.with("ca_file", ca_file.display().to_string());
    }
    let with_token = |base: &SignIn, token: &str| base.clone().with("auth", "token").with_secret("token", token);
    let (user, password) = &filled.maria;
    let (role, secret) = &filled.reader;
    let denied = base.clone().with("auth", "userpass").with("username", user).with_secret("password", password);
    let reader = base.clone().with("auth", "approle").with("role_id", role).with_secret("secret_id", secret);
    // The reader may not even see the mounts; whoever has an address need not.
    let reader = reader.with("mounts", "transit");
    let nowhere = with_token(&SignIn::new(&[("address", "http://127.0.0.1:9")]), &token);
    let distrusting = match server.ca_file() {
        Some(_) => Ok(with_token(&SignIn::new(&[("address", server.address())]), &token)),
        None => Err("it speaks plain HTTP"),
    };
    Ok(Place {
        crate_: ProviderCrate {
            form: &vault::FORM,
            discover: vault::discover,
            connect: |answers, secrets, environment| Box::pin(vault::connect(answers, secrets, environment)),
            place: vault::place,
        },
        known: filled.known.clone(),
        identity: "owner".to_owned(),
        missing: format!("{}/v1/transit/keys/nobody-made-this", server.address()),
        denied: openbao::DENIED_KEY,
        readable: openbao::READABLE_KEY,
        elsewhere: &["team-key"],
        lists_kinds: true,
        people: vec![
            (Who::Denied, Ok(denied)),
            (Who::Distrusting, distrusting),
            (Who::Elsewhere, Ok(with_token(&base, &token).with("namespace", openbao::NAMESPACE))),
            (Who::Nowhere, Ok(nowhere)),
            (Who::Owner, Ok(with_token(&base, &token))),
            (Who::Reader, Ok(reader)),
            (Who::Regional, Err("no identity of the fixture has one mount and not another")),
            (Who::Stranger, Ok(with_token(&base, "s.thisTokenWasNeverIssued"))),
        ],
        _server: Box::new(server),
    })
}
