//! Instants: each sending and each looking begins with one and ends with one, and sendings are written down beside the
//! home.

use std::{fs::OpenOptions, io::Write, path::PathBuf, sync::Arc};

use async_trait::async_trait;
use domain::{Changes, Finding, Outcome, Performed, Result, Sending};

use super::countdown::Countdown;
use crate::between::Between;

/// What counts them.
#[derive(Debug)]
pub(crate) struct Mortal {
    pub(crate) countdown: Arc<Countdown>,
    /// A line for each sending.
    pub(crate) sent: PathBuf,
}

#[async_trait]
impl Between for Mortal {
    async fn perform(&self, behind: &dyn Changes, sending: Sending) -> Outcome {
        self.countdown.pass();
        let line = format!("{} {}\n", sending.step().operation, sending.parameters());
        let file = OpenOptions::new().create(true).append(true).open(&self.sent);
        file.and_then(|mut file| file.write_all(line.as_bytes())).unwrap();
        let outcome = behind.perform(sending).await;
        self.countdown.pass();
        outcome
    }

    async fn check(&self, behind: &dyn Changes, performed: &Performed) -> Result<Finding> {
        self.countdown.pass();
        let finding = behind.check(performed).await;
        self.countdown.pass();
        finding
    }
}
