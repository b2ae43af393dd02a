//! The end of a mail that cannot be handled: its record says so, and its sender hears an apology.

use super::{
    DELIVERIES, Worker,
    intake::{Case, HEADER_BYTES, Tries, record_of},
};
use crate::{
    adapters::aws::{JobRecord, JobStatus},
    error::{Fault, Retry},
    pipeline::Received,
};

impl Tries {
    /// Whether nothing comes after this fault.
    fn end_with(self, fault: &Fault) -> bool {
        fault.retry() == Retry::Never || self.deliveries >= DELIVERIES
    }
}

impl Worker {
    /// What failed for good, or for the last time, is apologised for. The fault goes on either way: the
    /// queue puts the event aside, where an operator finds it.
    ///
    /// `raw` may be the beginning of a mail: nothing but its header is needed.
    pub(super) async fn give_up(&self, case: &Case, raw: &[u8], fault: Fault) -> Fault {
        if !case.tries.end_with(&fault) {
            return fault;
        }
        let (error, finished) = (Some(fault.chain()), Some(self.now()));
        let record = JobRecord { error, finished, ..record_of(case) };
        let noted = self.jobs.note(case.job.as_str(), JobStatus::Failed, &record).await;
        let apologised = match self.mailbox().await {
            Ok(mailbox) => mailbox.apologise(raw, case.trust).await,
            Err(fault) => Err(fault),
        };
        let answered = matches!(apologised, Ok(Received::Answered));
        for untold in [noted.err(), apologised.err()].into_iter().flatten() {
            let chain = untold.chain();
            tracing::error!(code = "untold", cause = chain, "a failure could not be told");
        }
        if answered {
            self.send().await;
        }
        fault
    }

    /// As [`Worker::give_up`], of a mail that could not be read: with as much of it as can be had now.
    pub(super) async fn give_up_unread(
        &self,
        key: &str,
        tries: Tries,
        fault: Fault,
        case: impl FnOnce(&[u8]) -> Case,
    ) -> Fault {
        if !tries.end_with(&fault) {
            return fault;
        }
        let head = self.mail.head(key, HEADER_BYTES).await.ok().flatten().unwrap_or_default();
        self.give_up(&case(&head), &head, fault).await
    }
}
