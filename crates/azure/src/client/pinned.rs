//! The way to one vault: to its host alone, and for a change with a token only once.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use azure_core::{
    error::ErrorKind,
    http::{
        AsyncRawResponse, HttpClient, Request,
        headers::{AUTHORIZATION, HeaderName, RETRY_AFTER},
    },
};
use domain::Timestamp;

use crate::{
    error::{Astray, Later},
    logged::Logged,
};

/// How many seconds a reading waits for when it is told to: the crates would wait for hours.
const LONGEST_WAIT: u64 = 30;

/// The service's own number of a request.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-request-id");

/// Whether the call that these clients are for has left with a token. Without one, Key Vault does nothing.
#[derive(Debug, Default)]
pub(crate) struct Left(AtomicBool);

impl Left {
    /// Whether anything that the vault could act on was handed to the network.
    pub(crate) fn happened(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Whether a call may be repeated.
#[derive(Clone, Debug)]
pub(super) enum Repeat {
    /// A reading: the crates repeat it when its answer was lost, or when they are told to come a little later.
    MayBe,
    /// A change: it is sent once, and that is marked here.
    Never(Arc<Left>),
}

/// A transport that goes to one host only, and where it is for a change, with a token only once.
#[derive(Debug)]
pub(super) struct Pinned {
    pub(super) transport: Arc<dyn HttpClient>,
    pub(super) host: String,
    pub(super) repeat: Repeat,
}

#[async_trait]
impl HttpClient for Pinned {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let url = request.url();
        let own = url.scheme() == "https" && url.host_str() == Some(&self.host) && url.port().is_none();
        if !own {
            let named = url.host_str().unwrap_or("nowhere").to_owned();
            let astray = Astray::Elsewhere { own: self.host.clone(), named };
            return Err(azure_core::Error::with_error(ErrorKind::Other, astray, "the answer leads to another host"));
        }
        if let Repeat::Never(left) = &self.repeat
            && request.headers().get_optional_str(&AUTHORIZATION).is_some()
            && left.0.swap(true, Ordering::SeqCst)
        {
            return Err(azure_core::Error::with_message(ErrorKind::Other, "a change is not sent a second time"));
        }
        // What kind of object it is about, and not which one.
        let object = url.path_segments().and_then(|mut parts| parts.next()).unwrap_or_default();
        let logged = Logged::begin(format!("{} {object}", request.method()));
        let answer = self.transport.execute_request(request).await;
        let told = answer.as_ref().ok();
        logged.end(
            told.map(|answer| u16::from(answer.status())),
            told.and_then(|answer| answer.headers().get_optional_str(&REQUEST_ID)),
        );
        let answer = answer?;
        match (&self.repeat, later(&answer)) {
            (Repeat::MayBe, Some(later)) if later.seconds > LONGEST_WAIT => {
                Err(azure_core::Error::with_error(ErrorKind::Other, later, "the vault asks to come back much later"))
            }
            (Repeat::Never(_), _) => Ok(at_once(answer)),
            _ => Ok(answer),
        }
    }
}

/// What is told of a change is told at once: the crate's poller would keep it back for as long as the service asks those to
/// wait who look again, and for half a minute if it asks nothing.
fn at_once(answer: AsyncRawResponse) -> AsyncRawResponse {
    let (status, mut headers, body) = answer.deconstruct();
    if status.is_success() {
        headers.insert(RETRY_AFTER, "0".to_owned());
    }
    AsyncRawResponse::new(status, headers, Box::pin(body))
}

/// How long the service asks to wait, if it does.
fn later(answer: &AsyncRawResponse) -> Option<Later> {
    let status = u16::from(answer.status());
    let after = answer.headers().get_optional_str(&RETRY_AFTER).filter(|_| matches!(status, 429 | 503))?;
    let seconds = after.parse().ok().or_else(|| {
        let at = jiff::fmt::rfc2822::parse(after).ok()?.timestamp();
        u64::try_from(at.duration_since(Timestamp::now()).as_secs()).ok()
    })?;
    Some(Later { status, seconds })
}

#[cfg(test)]
mod tests {
    use azure_core::http::{StatusCode, headers::Headers};

    use super::*;

    #[test]
    fn the_answer_to_a_change_is_not_kept_back() {
        let after = |status: StatusCode| {
            let mut headers = Headers::new();
            headers.insert(RETRY_AFTER, "10".to_owned());
            let told = at_once(AsyncRawResponse::from_bytes(status, headers, ""));
            told.headers().get_optional_str(&RETRY_AFTER).map(str::to_owned)
        };
        assert_eq!(after(StatusCode::Accepted).as_deref(), Some("0"));
        assert_eq!(after(StatusCode::TooManyRequests).as_deref(), Some("10"), "what is refused is told as it came");
    }

    #[test]
    fn how_long_to_wait_is_read_as_seconds_and_as_a_date() {
        let asked = |status: StatusCode, after: Option<&str>| {
            let mut headers = Headers::new();
            if let Some(after) = after {
                headers.insert(RETRY_AFTER, after.to_owned());
            }
            later(&AsyncRawResponse::from_bytes(status, headers, "")).map(|later| later.seconds)
        };
        assert_eq!(asked(StatusCode::TooManyRequests, Some("7")), Some(7));
        assert_eq!(asked(StatusCode::ServiceUnavailable, Some("3600")), Some(3600));
        let far = asked(StatusCode::TooManyRequests, Some("Fri, 01 Jan 2100 00:00:00 GMT"));
        assert!(far.is_some_and(|seconds| seconds > 1_000_000_000), "{far:?}");
        assert_eq!(asked(StatusCode::TooManyRequests, Some("Fri, 01 Jan 2021 00:00:00 GMT")), None);
        for nothing in [None, Some("soon")] {
            assert_eq!(asked(StatusCode::TooManyRequests, nothing), None);
        }
        assert_eq!(asked(StatusCode::Ok, Some("7")), None);
    }
}
