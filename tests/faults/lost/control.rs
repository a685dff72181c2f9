//! The controls: what does repeat what was lost must be seen to have done it twice, or the matrix proves nothing.

use std::sync::Arc;

use aws_sdk_kms::config::{BehaviorVersion, Credentials, Region};
use libtest_mimic::{Failed, Trial};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use servers::{
    AmazonServer, OpenBao,
    fixtures::amazon::REGION,
    hostile::{Asked, Hostile, Said},
};
use tokio::runtime::Runtime;

use super::{fault::Fault, local, stage::Stage};

/// One for each kind of place over a network, and one for the judge.
pub(crate) fn trials(runtime: &Arc<Runtime>) -> Vec<Trial> {
    let (amazon, local, vault) = (Arc::clone(runtime), Arc::clone(runtime), Arc::clone(runtime));
    vec![
        Trial::test("lost_answers/control_what_was_not_due_is_seen", move || local.block_on(not_due())),
        Trial::test("lost_answers/control_the_sdk_as_it_comes_makes_more_than_one_key", move || amazon.block_on(sdk())),
        Trial::test("lost_answers/control_who_sends_again_rotates_twice", move || vault.block_on(sent_again())),
    ]
}

/// The AWS SDK with its own retries.
async fn sdk() -> Result<(), Failed> {
    let server = AmazonServer::ministack().await?;
    let keys = async || {
        let listed = server.call(REGION, "TrentService.ListKeys", json!({})).await?;
        Ok::<_, Failed>(listed["Keys"].as_array().map_or(0, Vec::len))
    };
    let before = keys().await?;
    let lossy = |asked: &Asked| match asked.operation() {
        "TrentService.CreateKey" => Said::Afterwards(Box::new(Said::Reset)),
        _ => Said::Real,
    };
    let hostile = Hostile::before(server.endpoint(), Arc::new(lossy)).await?;
    let config = aws_sdk_kms::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(REGION))
        .endpoint_url(hostile.address())
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .build();
    let answer = aws_sdk_kms::Client::from_conf(config).create_key().send().await;
    if answer.is_ok() {
        return Err("no answer was lost".into());
    }
    let made = keys().await? - before;
    if made > 1 { Ok(()) } else { Err(format!("{made} keys were made: the matrix could not see a duplicate").into()) }
}

/// A client that sends again what was not answered.
async fn sent_again() -> Result<(), Failed> {
    let server = OpenBao::start().await?;
    server.call("POST", "sys/mounts/transit", json!({"type": "transit"})).await?;
    server.call("POST", "transit/keys/one", json!({"type": "ed25519"})).await?;
    let lossy = |asked: &Asked| match asked.method.as_str() {
        "POST" => Said::Afterwards(Box::new(Said::Reset)),
        _ => Said::Real,
    };
    let hostile = Hostile::before(server.address(), Arc::new(lossy)).await?;
    let client = Client::builder().no_proxy().build()?;
    for _ in 0..2 {
        let rotate = client.request(Method::POST, format!("{}/v1/transit/keys/one/rotate", hostile.address()));
        if rotate.header("X-Vault-Token", OpenBao::ROOT_TOKEN).send().await.is_ok() {
            return Err("no answer was lost".into());
        }
    }
    let key = server.call("GET", "transit/keys/one", Value::Null).await?;
    match key["latest_version"].as_u64() {
        Some(3..) => Ok(()),
        other => Err(format!("the latest version is {other:?}: the matrix could not see a duplicate").into()),
    }
}

/// Cells that expect less than what happens must fail: by the requests that were sent, and by what the place shows.
async fn not_due() -> Result<(), Failed> {
    let stage = Stage::set("local", || Box::pin(local::start())).await?;
    let fault = Fault::ResetAfterwards;
    let cell = stage.every_cell(fault).pop().ok_or("nothing can be changed there")?;
    let mut none_sent = cell.clone();
    none_sent.honest.sent = 0;
    let mut not_done = cell.clone();
    not_done.honest.after = cell.honest.before.clone();
    cell.run(&*stage.place).await?;
    for (wrong, seen) in [(none_sent, "reached the place"), (not_done, "but the server shows")] {
        match wrong.run(&*stage.place).await {
            Err(failed) if failed.message().is_some_and(|words| words.contains(seen)) => {}
            other => return Err(format!("a cell that expects less ends with {other:?}").into()),
        }
    }
    Ok(())
}
