//! The one client over which anything changes: it sends each call once, whatever becomes of the answer.
//!
//! Retries are off, of a lost answer, of a stalled stream, and of what the configuration of this computer asks for. Each
//! call has a connection of its own, since a pooled one may be closed by the other side while a call goes out, and then
//! nobody can say whether it arrived.

use std::time::Duration;

use aws_config::{Region, SdkConfig, stalled_stream_protection::StalledStreamProtectionConfig, timeout::TimeoutConfig};
use aws_sdk_kms::config::retry::RetryConfig;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long an answer is waited for. AWS answers these calls within a second or two; after this it is read what happened.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);

/// The services of one Region, for one call. Reading goes through [`Client`](super::Client), which has no way to change
/// anything.
pub(crate) struct Once {
    pub(crate) kms: aws_sdk_kms::Client,
    pub(crate) secrets: aws_sdk_secretsmanager::Client,
    pub(crate) acm: aws_sdk_acm::Client,
}

impl Once {
    pub(crate) fn new(config: &SdkConfig, region: &str) -> Self {
        let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).operation_timeout(ANSWER_TIMEOUT);
        let config = config
            .to_builder()
            .region(Region::new(region.to_owned()))
            .retry_config(RetryConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .timeout_config(timeouts.build())
            .build();
        Self {
            kms: aws_sdk_kms::Client::from_conf(
                aws_sdk_kms::config::Builder::from(&config).interceptor(super::Logged).build(),
            ),
            secrets: super::secrets(&config),
            acm: super::acm(&config),
        }
    }
}
