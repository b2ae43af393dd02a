//! What a sender hears besides an answer, once for each mail: that it has to wait for somebody else, or that
//! we failed for good, and nothing about the cause.

use super::{Mailbox, Received, notice};
use crate::{
    conversation::ReplyClass,
    error::{DropReason, Fault},
    lang::Lang,
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
        let class = ReplyClass::Apology;
        self.tell_once(raw, authenticity.into(), "apology", Notice::apology, class).await
    }

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
        let class = ReplyClass::Content;
        self.tell_once(raw, authenticity.into(), "promise", Notice::waiting, class).await
    }

    /// Under an identity of its own, so that the mail itself can still be handled.
    async fn tell_once(
        &self,
        raw: &[u8],
        authenticity: Authenticity,
        purpose: &str,
        words: fn(Lang) -> Notice,
        class: ReplyClass,
    ) -> Result<Received, Fault> {
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
        turn.step.job = self.key.derive(purpose, &turn.step.job).text();
        if self.store.is_done(&turn.step.job).await? {
            return Ok(Received::Silent(DropReason::Duplicate));
        }
        let said = notice(&words(turn.lang), turn.lang)?;
        self.finish(turn, None, class, said).await
    }
}
