//! How an answer gets lost, and the one time that it does.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use serde_json::json;
use servers::hostile::Said;
use tokio::sync::Notify;

/// What happens to one request that changes something.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fault {
    /// It arrives; status 200 and JSON that breaks off.
    BrokenJson,
    /// It does not arrive; status 503.
    Busy,
    /// It arrives; status 503.
    BusyAfterwards,
    /// It arrives; half of the answer, then the end of the connection.
    CutBody,
    /// It arrives; status 500.
    Failed,
    /// It arrives; no answer ever.
    Hang,
    /// It arrives; the connection is reset.
    ResetAfterwards,
    /// It does not arrive; the connection is reset.
    ResetBefore,
}

impl Fault {
    /// Each of them.
    pub(crate) const ALL: [Self; 8] = [
        Self::BrokenJson,
        Self::Busy,
        Self::BusyAfterwards,
        Self::CutBody,
        Self::Failed,
        Self::Hang,
        Self::ResetAfterwards,
        Self::ResetBefore,
    ];

    /// Its name in a trial's.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::BrokenJson => "broken_json_with_200",
            Self::Busy => "a_503_without_acting",
            Self::BusyAfterwards => "a_503_after_acting",
            Self::CutBody => "a_body_cut_short",
            Self::Failed => "a_500_after_acting",
            Self::Hang => "no_answer_ever",
            Self::ResetAfterwards => "a_reset_after_acting",
            Self::ResetBefore => "a_reset_before_sending",
        }
    }

    /// Whether the request reaches the place, so that the change is made.
    pub(crate) fn acts(self) -> bool {
        match self {
            Self::Busy | Self::ResetBefore => false,
            Self::BrokenJson
            | Self::BusyAfterwards
            | Self::CutBody
            | Self::Failed
            | Self::Hang
            | Self::ResetAfterwards => true,
        }
    }

    /// The same towards a server.
    pub(crate) fn said(self) -> Said {
        let trouble = |status| Said::Json(status, json!({"errors": ["try again"], "message": "try again"}));
        let lost = match self {
            Self::Busy => return trouble(503),
            Self::CutBody => return Said::CutShort,
            Self::ResetBefore => return Said::Reset,
            Self::BrokenJson => Said::BrokenJson,
            Self::BusyAfterwards => trouble(503),
            Self::Failed => trouble(500),
            Self::Hang => Said::Hang,
            Self::ResetAfterwards => Said::Reset,
        };
        Said::Afterwards(Box::new(lost))
    }
}

/// A fault that strikes once: at one of the requests that change something, counted from when it is armed.
#[derive(Debug)]
pub(crate) struct Strike {
    fault: Fault,
    /// How many requests still pass before it strikes; `None` until it is armed, and after it has struck.
    left: Mutex<Option<usize>>,
    struck: AtomicBool,
    told: Notify,
}

impl Strike {
    pub(crate) fn of(fault: Fault) -> Self {
        Self { fault, left: Mutex::new(None), struck: AtomicBool::new(false), told: Notify::new() }
    }

    /// From now on, `pass` requests pass, and the next is struck.
    pub(crate) fn arm(&self, pass: usize) {
        *self.left.lock().unwrap_or_else(PoisonError::into_inner) = Some(pass);
    }

    /// What happens to the request that changes something and comes now.
    pub(crate) fn next(&self) -> Option<Fault> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        match left.take() {
            None => None,
            Some(0) => Some(self.fault),
            Some(more) => {
                *left = Some(more - 1);
                None
            }
        }
    }

    /// It has struck, and what it does to the place is done.
    pub(crate) fn done(&self) {
        self.struck.store(true, Ordering::SeqCst);
        self.told.notify_one();
    }

    /// Whether it has struck.
    pub(crate) fn has_struck(&self) -> bool {
        self.struck.load(Ordering::SeqCst)
    }

    /// Waits until it has struck.
    pub(crate) async fn struck(&self) {
        self.told.notified().await;
    }
}
