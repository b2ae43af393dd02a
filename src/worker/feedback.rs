//! What became of our mails: addresses that do not work are left in peace, and a reply whose files were
//! refused goes out once more without them.

use jiff::SignedDuration;

use super::{Fate, Feedback, Worker};
use crate::{
    error::Fault,
    ports::{ConversationStore as _, Outgoing, Step},
    reply::without_files,
};

/// So long nothing is sent to an address whose mail came back for good (mail.md § 2.7).
const PEACE: SignedDuration = SignedDuration::from_hours(14 * 24);

/// How often a lost race with a mail of the same address is run again at once.
const RACES: u32 = 4;

impl Worker {
    /// Draws the consequence, once.
    pub(super) async fn hear(&self, feedback: &Feedback) -> Result<&'static str, Fault> {
        if let Some(message) = &feedback.message {
            // Whoever sent it may have been killed before it could say so: it must not go out once more.
            self.store.close(message, Some(&feedback.sent_as)).await?;
        }
        match feedback.fate {
            Fate::Undeliverable | Fate::Complaint => {
                if let Some(recipient) = self.recipient_of(feedback).await? {
                    self.leave_in_peace(&feedback.sent_as, &recipient.to_ascii_lowercase()).await?;
                }
            }
            Fate::ContentRefused => self.send_without_files(&feedback.sent_as).await?,
            Fate::Sent | Fate::Delivered | Fate::Transient => {}
        }
        Ok(feedback.fate.code())
    }

    /// Whom a mail of ours went to, by what SES or we ourselves know of it.
    async fn recipient_of(&self, feedback: &Feedback) -> Result<Option<String>, Fault> {
        if let Some(recipient) = &feedback.recipient {
            return Ok(Some(recipient.clone()));
        }
        let sent = self.store.sent_message(&feedback.sent_as).await?;
        Ok(sent.map(|sent| sent.to))
    }

    async fn leave_in_peace(&self, sent_as: &str, owner: &str) -> Result<(), Fault> {
        let mailbox = self.mailbox().await?;
        let job = mailbox.key.derive("feedback", &format!("{sent_as} {owner}")).text();
        let mut races = 0;
        loop {
            let mut correspondent = self.store.correspondent(owner).await?;
            correspondent.undeliverable = Some(self.now() + PEACE);
            let step = Step {
                job: job.clone(),
                at: self.now(),
                owner: owner.to_owned(),
                correspondent: Some(correspondent),
                ..Step::default()
            };
            match self.store.commit(&step).await {
                Err(fault) if fault.is_lost_race() && races < RACES => races += 1,
                done => return done.map(|_| ()),
            }
        }
    }

    async fn send_without_files(&self, sent_as: &str) -> Result<(), Fault> {
        let Some(sent) = self.store.sent_message(sent_as).await? else { return Ok(()) };
        // What was slim already was refused for another reason.
        if sent.id.ends_with(SLIM) {
            return Ok(());
        }
        let Some(bytes) = without_files(&sent.bytes) else { return Ok(()) };
        let mailbox = self.mailbox().await?;
        let reply =
            Outgoing { id: format!("{}{SLIM}", sent.id), queued: self.now(), bytes, ..sent };
        let step = Step {
            job: mailbox.key.derive("slim", sent_as).text(),
            at: self.now(),
            owner: reply.to.to_ascii_lowercase(),
            reply: Some(reply),
            ..Step::default()
        };
        self.store.commit(&step).await?;
        mailbox.send().await
    }
}

/// The end of the id of a reply that goes out without its files.
const SLIM: &str = ".slim";
