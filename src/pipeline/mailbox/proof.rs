//! Authors who are not proven: who is not welcome at all, who is asked to prove the mailbox, and what
//! happens to their mail meanwhile (mail.md § 2.6).
//!
//! Nothing that an unproven author wrote leads to anything but one fixed message a day, without a word
//! of theirs. The mail is held unread for a day; whoever answers the challenge from the mailbox has it
//! handled, because only that mailbox was sent the token.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::{Mailbox, Received, Taken, Turn};
use crate::{
    conversation::{Purpose, ReplyClass, TokenId},
    error::{DropReason, Fault},
    gather::Progress,
    mail::{Authenticity, InboundMessage, Scan, Trust},
    pipeline::{NothingKept, reply::Said},
    ports::Held,
    reply::{InboundReference, notice_reply},
    tax::Status,
    wording::correspondence,
};

impl Mailbox {
    /// Why a mail gets no answer, whoever is said to have written it.
    pub(super) async fn unwelcome(
        &self,
        turn: &Turn,
        authenticity: Authenticity,
    ) -> Result<Option<DropReason>, Fault> {
        Ok(match authenticity {
            Authenticity { trust: Trust::Forged, .. } => Some(DropReason::Forged),
            Authenticity { scan: Scan::Virus, .. } => Some(DropReason::Virus),
            Authenticity { scan: Scan::Spam, trust } => {
                // Whom we know and whose name nobody can borrow, we hear nevertheless.
                let known = trust == Trust::Verified
                    && !self.store.conversations(&turn.owner).await?.is_empty();
                (!known).then_some(DropReason::Spam)
            }
            Authenticity { scan: Scan::Clean, .. } => None,
        })
    }

    /// Whether the mail came to the address of a challenge that only its owner was sent, lately.
    pub(super) fn proves_mailbox(&self, turn: &Turn) -> bool {
        let valid = [0, 24].map(|hours| self.challenge_token(&turn.owner, turn.step.at, hours));
        self.tags(&turn.message)
            .any(|tag| valid.iter().any(|token| token.eq_ignore_ascii_case(tag)))
    }

    /// The token of the challenge of the day so many hours before.
    pub(super) fn challenge_token(&self, owner: &str, at: Timestamp, hours: i64) -> String {
        let day = (at - SignedDuration::from_hours(hours)).to_zoned(TimeZone::UTC).date();
        let id: TokenId = self.key.derive("challenge", &format!("{day} {owner}"));
        self.key.sign(Purpose::Challenge, id)
    }

    /// What stands behind the plus in addresses of ours.
    pub(super) fn tags<'m>(&'m self, message: &'m InboundMessage) -> impl Iterator<Item = &'m str> {
        let (local, domain) = self.settings.address.split_once('@').unwrap_or_default();
        message.recipients().filter_map(move |recipient| {
            let (found, of) = recipient.split_once('@')?;
            let (name, tag) = found.split_once('+')?;
            (name.eq_ignore_ascii_case(local) && of.eq_ignore_ascii_case(domain)).then_some(tag)
        })
    }

    /// Holds the mail and asks its address to prove itself, once a day, without a word of the mail.
    pub(super) async fn challenge(&self, mut turn: Turn, raw: &[u8]) -> Result<Received, Fault> {
        if turn.correspondent.stopped {
            return Ok(Received::Silent(DropReason::Stopped));
        }
        let id = turn.step.job.clone();
        // Under another name: the mail itself is not handled yet.
        turn.step.job = self.key.derive("held", &id).text();
        if self.store.is_done(&turn.step.job).await? {
            return Ok(Received::Silent(DropReason::Duplicate));
        }
        let held = self.store.held(&turn.owner).await?.len();
        if held < self.settings.thresholds.held_mails {
            turn.step.hold = Some(Held { id, at: turn.step.at, bytes: raw.to_vec() });
        }
        let content = notice_reply(&correspondence::challenge(), Vec::new(), turn.lang)?;
        let token = self.challenge_token(&turn.owner, turn.step.at, 0);
        let nothing_of_the_mail =
            InboundReference { author: turn.owner.clone(), ..InboundReference::default() };
        let said = Said { content, calculation: None, status: Status::Complete };
        let reply = self.message(&turn, &nothing_of_the_mail, &said, Some(&token), None)?;
        if self.admits(&mut turn, ReplyClass::Challenge, &said) {
            turn.step.reply = Some(reply);
        }
        Ok(match self.commit(turn).await? {
            Received::Silent(DropReason::Limited) => Received::Silent(DropReason::Unproven),
            other @ (Received::Answered | Received::Silent(_)) => other,
        })
    }

    /// Handles what was held for an author who proved the mailbox, then the mail that proved it.
    pub(super) async fn proved(
        &self,
        mut turn: Turn,
        trust: Trust,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Taken, Fault> {
        let challenged = trust == Trust::Unproven;
        let mut received = None;
        let oldest = turn.step.at - SignedDuration::from_hours(self.settings.thresholds.held_hours);
        for held in self.store.held(&turn.owner).await? {
            if held.at < oldest {
                continue;
            }
            if turn.looking {
                // What was held is handled before the mail itself: all of it in one go.
                return Ok(Taken::Done(Received::Answered));
            }
            let Ok(mut waiting) = self.open(&held.bytes).await? else { continue };
            waiting.challenged = challenged;
            waiting.correspondent.proved = Some(turn.step.at);
            waiting.step.release = Some(held.id);
            let outcome = match self.take(waiting).await? {
                Taken::Done(outcome) | Taken::Erased(outcome) => outcome,
                Taken::Work(work) => {
                    let handled = self.carry_out(*work, &NothingKept, progress);
                    Box::pin(handled).await?.received
                }
            };
            if received != Some(Received::Answered) {
                received = Some(outcome);
            }
        }
        turn.correspondent = self.store.correspondent(&turn.owner).await?;
        turn.challenged = challenged;
        // The proof itself says nothing else. Delivered again, it finds nothing held any more.
        let lately = turn.correspondent.proved.is_some_and(|at| at >= oldest);
        if lately && turn.brings_nothing() && !turn.commands.is_asking() {
            let outcome = received.unwrap_or(Received::Silent(DropReason::NothingToDo));
            return Ok(Taken::Done(outcome));
        }
        self.take(turn).await
    }
}
