//! fakecloud's KMS, ACM, Secrets Manager, IAM and STS behind one address, in strict mode: signatures, IAM policies and
//! key policies count.
//!
//! `fakecloud-host 127.0.0.1:PORT`. Access keys that begin with `test` act as the account's root and are not checked.

use std::{net::SocketAddr, sync::Arc};

use axum::{Extension, Router};
use fakecloud_acm::AcmService;
use fakecloud_core::{
    auth::IamMode,
    dispatch,
    multi_account::{AccountState, MultiAccountState},
    registry::ServiceRegistry,
};
use fakecloud_iam::{
    credential_resolver::IamCredentialResolver, iam_service::IamService, policy_evaluator::IamPolicyEvaluatorImpl,
    sts_service::StsService,
};
use fakecloud_kms::{KmsService, resource_policy::KmsResourcePolicyProvider};
use fakecloud_secretsmanager::SecretsManagerService;
use parking_lot::RwLock;

const ACCOUNT: &str = "123456789012";
const REGION: &str = "us-east-1";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address: SocketAddr = std::env::args().nth(1).ok_or("which address? for example 127.0.0.1:4566")?.parse()?;
    let endpoint = format!("http://{address}");
    let iam = state(&endpoint);
    let kms = state(&endpoint);
    let mut services = ServiceRegistry::new();
    services.register(Arc::new(AcmService::new(Arc::default())));
    services.register(Arc::new(IamService::new(iam.clone())));
    services.register(Arc::new(KmsService::new(kms.clone())));
    services.register(Arc::new(SecretsManagerService::new(state(&endpoint))));
    services.register(Arc::new(StsService::new(iam.clone())));
    let mut config = dispatch::DispatchConfig::new(REGION, ACCOUNT);
    config.verify_sigv4 = true;
    config.iam_mode = IamMode::Strict;
    config.credential_resolver = Some(IamCredentialResolver::shared(iam.clone()));
    config.policy_evaluator = Some(IamPolicyEvaluatorImpl::shared(iam));
    config.resource_policy_provider = Some(KmsResourcePolicyProvider::shared(kms));
    let router = Router::new()
        .fallback(dispatch::dispatch)
        .layer(Extension(Arc::new(services)))
        .layer(Extension(Arc::new(config)))
        .into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(tokio::net::TcpListener::bind(address).await?, router).await?;
    Ok(())
}

fn state<T: AccountState>(endpoint: &str) -> Arc<RwLock<MultiAccountState<T>>> {
    Arc::new(RwLock::new(MultiAccountState::new(ACCOUNT, REGION, endpoint)))
}
