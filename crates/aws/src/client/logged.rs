//! What is logged of each request: which call it is, how it was answered, and how long that took. Never what is in it.

use std::time::Instant;

use aws_sdk_kms::{
    config::{
        ConfigBag, Intercept, RuntimeComponents,
        interceptors::{BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef},
    },
    error::BoxError,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_types::config_bag::{Storable, StoreReplace};

/// Logs the requests of a client.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Logged;

/// When the request of this attempt went out.
#[derive(Debug)]
struct Begun(Instant);

impl Storable for Begun {
    type Storer = StoreReplace<Self>;
}

impl Intercept for Logged {
    fn name(&self) -> &'static str {
        "Logged"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        state: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let call = state.load::<Metadata>();
        tracing::trace!(
            service = call.map(Metadata::service),
            operation = call.map(Metadata::name),
            "a request goes out"
        );
        state.interceptor_state().store_put(Begun(Instant::now()));
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        state: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let (call, answer) = (state.load::<Metadata>(), context.response());
        tracing::debug!(
            service = call.map(Metadata::service),
            operation = call.map(Metadata::name),
            status = answer.map(|answer| answer.status().as_u16()),
            request_id = answer.and_then(|answer| answer.headers().get("x-amzn-requestid")),
            took = state.load::<Begun>().map(|begun| tracing::field::debug(begun.0.elapsed())),
            "a request is over"
        );
        Ok(())
    }
}
