//! What the sender hears when we failed for good: one apology, and nothing about the cause.

use super::{Mailbox, Received, notice};
use crate::{
    conversation::ReplyClass,
    error::{DropReason, Fault},
    mail::{Authenticity, Trust},
    wording::letters::Notice,
};

impl Mailbox {
    /// Queues an apology for a mail that cannot be handled, at most one a day, unless it was answered after all or
    /// nobody was to be answered anyway. Should the mail be handled later, its reply still goes out.
    ///
    /// # Errors
    ///
    /// If the store fails; nothing was queued.
    pub async fn apologise(
        &self,
        raw: &[u8],
        authenticity: impl Into<Authenticity>,
    ) -> Result<Received, Fault> {
        let authenticity = authenticity.into();
        let mut turn = match self.open(raw).await? {
            Ok(turn) => turn,
            Err(reason) => return Ok(Received::Silent(reason)),
        };
        if let Some(reason) = self.unwelcome(&turn, authenticity).await? {
            return Ok(Received::Silent(reason));
        }
        if authenticity.trust == Trust::Unproven && !self.proves_mailbox(&turn) {
            return Ok(Received::Silent(DropReason::Unproven));
        }
        if turn.correspondent.stopped {
            return Ok(Received::Silent(DropReason::Stopped));
        }
        turn.step.job = self.key.derive("apology", &turn.step.job).text();
        if self.store.is_done(&turn.step.job).await? {
            return Ok(Received::Silent(DropReason::Duplicate));
        }
        let said = notice(&Notice::apology(turn.lang), turn.lang)?;
        self.finish(turn, None, ReplyClass::Apology, said).await
    }
}
