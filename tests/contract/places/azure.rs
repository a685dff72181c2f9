//! The fake of Azure Key Vault: a vault that goes by roles, two that go by access policies, and a Managed HSM.

use servers::{
    Azure, Result,
    fixtures::azure::{self, HARBOUR, HSM, ISLET, MAIN, QUAY},
};

use crate::place::{Place, ProviderCrate, SignIn, Who};

pub(crate) async fn start() -> Result<Place> {
    let filled = azure::start().await?;
    let server = &filled.server;
    let vaults = |vaults: &[servers::Vault<'_>]| {
        vaults.iter().map(|vault| format!("https://{}", vault.host())).collect::<Vec<_>>().join(",")
    };
    let (ca_file, resolve) = (server.ca_file().display().to_string(), server.resolve());
    let base =
        SignIn::new(&[("auth", "client-secret"), ("tenant", Azure::TENANT), ("resolve", &resolve), ("ca", &ca_file)]);
    let person = |client_id: &str| {
        base.clone().with("client_id", client_id).with_secret("client_secret", format!("{client_id}-secret"))
    };
    let nowhere = resolve.split(',').map(|fixed| match fixed.split_once('=') {
        // One signs in, and then nobody answers.
        Some((host, _)) if !host.starts_with("login.") => format!("{host}=127.0.0.1:9"),
        _ => fixed.to_owned(),
    });
    let nowhere =
        person("owner").with("resolve", nowhere.collect::<Vec<_>>().join(",")).with("vaults", vaults(&[MAIN]));
    let mut distrusting = person("owner").with("vaults", vaults(&[MAIN]));
    distrusting.answers.remove("ca");
    let named = [MAIN, HARBOUR, QUAY, HSM];
    Ok(Place {
        crate_: ProviderCrate {
            form: &::azure::FORM,
            discover: ::azure::discover,
            connect: |answers, secrets, environment| Box::pin(::azure::connect(answers, secrets, environment)),
            place: ::azure::place,
        },
        known: filled.known.clone(),
        identity: "owner".to_owned(),
        missing: format!("https://{}/keys/nobody-made-this", MAIN.host()),
        denied: azure::DENIED_KEY,
        readable: azure::READABLE_KEY,
        elsewhere: &[azure::ISLET_KEY],
        lists_kinds: false,
        people: vec![
            (Who::Denied, Ok(person("maria"))),
            (Who::Distrusting, Ok(distrusting)),
            (Who::Elsewhere, Ok(person("owner").with("vaults", vaults(&[ISLET])))),
            (Who::Nowhere, Ok(nowhere)),
            // Found through Resource Manager.
            (Who::Owner, Ok(person("owner"))),
            (Who::Reader, Ok(person("reader").with("vaults", vaults(&[QUAY])))),
            (Who::Regional, Ok(person("regional").with("vaults", vaults(&named)))),
            (Who::Stranger, Ok(base.clone().with("client_id", "owner").with_secret("client_secret", "n0t-the-0ne"))),
        ],
        _server: Box::new(filled),
    })
}
