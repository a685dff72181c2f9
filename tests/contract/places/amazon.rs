//! LocalStack, ministack and fakecloud. Only fakecloud checks who asks, so only there can somebody be refused.

use servers::{
    AmazonServer, Credentials, Result,
    fixtures::amazon::{DENIED_KEY, EMPTY_REGION, Filled, OTHER_REGION, READABLE_KEY, REGION, fill},
};

use crate::place::{Place, ProviderCrate, SignIn, Who};

pub(crate) async fn localstack() -> Result<Place> {
    place(AmazonServer::localstack().await?).await
}

pub(crate) async fn ministack() -> Result<Place> {
    place(AmazonServer::ministack().await?).await
}

pub(crate) async fn fakecloud() -> Result<Place> {
    place(AmazonServer::fakecloud().await?).await
}

async fn place(server: AmazonServer) -> Result<Place> {
    let Filled { known, users } = fill(&server).await?;
    let both = format!("{REGION},{OTHER_REGION}");
    // fakecloud lists the keys of all Regions in each.
    let regions = if users.is_some() { REGION } else { &both };
    let at = |endpoint: &str, credentials: &Credentials| {
        SignIn::new(&[("regions", regions), ("endpoint_url", endpoint)])
            .with_variable("AWS_ACCESS_KEY_ID", &credentials.access_key_id)
            .with_variable("AWS_SECRET_ACCESS_KEY", &credentials.secret_access_key)
    };
    let sign_in = |credentials: &Credentials| at(server.endpoint(), credentials);
    let user = |pick: fn(&servers::fixtures::amazon::Users) -> &Credentials| {
        users.as_ref().map(|users| sign_in(pick(users))).ok_or("the server checks no policies")
    };
    let stranger = users.as_ref().map(|users| Credentials {
        access_key_id: users.admin.access_key_id.clone(),
        secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".into(),
    });
    Ok(Place {
        crate_: ProviderCrate {
            form: &aws::FORM,
            discover: aws::discover,
            connect: |answers, secrets, environment| Box::pin(aws::connect(answers, secrets, environment)),
            place: aws::place,
        },
        known,
        identity: server.account().to_owned(),
        missing: format!("arn:aws:kms:{REGION}:{}:key/00000000-0000-4000-8000-000000000000", server.account()),
        denied: DENIED_KEY,
        readable: READABLE_KEY,
        elsewhere: &[],
        lists_kinds: true,
        people: vec![
            (Who::Denied, user(|users| &users.admin)),
            (Who::Distrusting, Err("it speaks plain HTTP")),
            (Who::Elsewhere, Ok(sign_in(&Credentials::root()).with("regions", EMPTY_REGION))),
            (Who::Nowhere, Ok(at("http://127.0.0.1:9", &Credentials::root()))),
            (Who::Owner, Ok(sign_in(&Credentials::root()))),
            (Who::Reader, user(|users| &users.reader)),
            (Who::Regional, user(|users| &users.regional).map(|regional| regional.with("regions", &both))),
            (Who::Stranger, stranger.map(|stranger| sign_in(&stranger)).ok_or("the server checks no signatures")),
        ],
        _server: Box::new(server),
    })
}
