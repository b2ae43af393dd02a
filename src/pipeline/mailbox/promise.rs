//! What the sender hears when their mail has to wait for somebody else: once, that it does.

use super::{Mailbox, Received, notice};
use crate::{
    conversation::ReplyClass,
    error::{DropReason, Fault},
    mail::{Authenticity, Trust},
    wording::letters::Notice,
};

impl Mailbox {
    /// Queues the promise that a mail will be answered when NBP is back; once for each mail, and only
    /// to an author who would get a result.
    ///
    /// # Errors
    ///
    /// If the store fails; nothing was queued.
    pub async fn promise(
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
        turn.step.job = self.key.derive("promise", &turn.step.job).text();
        if self.store.is_done(&turn.step.job).await? {
            return Ok(Received::Silent(DropReason::Duplicate));
        }
        let said = notice(&Notice::waiting(turn.lang), turn.lang)?;
        self.finish(turn, None, ReplyClass::Content, said).await
    }
}
