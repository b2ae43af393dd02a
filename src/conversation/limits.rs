//! How much is answered, in one place (mail.md § 7).

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The thresholds of a mailbox, with the defaults of mail.md § 7. What one mail may bring is in
/// [`crate::mail::Limits`], what one reply may be in [`crate::reply`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Thresholds {
    /// Replies to one address in an hour: 20.
    pub replies_per_hour: usize,
    /// Replies to one address in a day: 60.
    pub replies_per_day: usize,
    /// Replies to one address in a day that report a problem: 10 (Mailman).
    pub problems_per_day: usize,
    /// The same reply is not sent twice within so many hours: 6. Who asks, or sends a file, may go back to an earlier one.
    pub same_outcome_hours: i64,
    /// The same letter with the same files is answered so often: 2; …
    pub same_letter: usize,
    /// … within so many minutes: 180 (`FreeScout`).
    pub same_letter_minutes: i64,
    /// Challenge, help and notice of a limit go out once in so many hours each: 24.
    pub once_hours: i64,
    /// Answers in one conversation without a new file: 3; then silence until a file comes.
    pub answers_without_file: u32,
    /// Messages sent in a second: 2.
    pub sends_per_second: u32,
    /// Replies to everybody in a day: 5 000.
    pub replies_per_day_global: u32,
    /// The mailbox pauses when it sent so many times the median of a day: 10; …
    pub breaker_factor: u32,
    /// … taken over so many days: 7; …
    pub breaker_days: i32,
    /// … but never below so many replies in a day: 200, or a quiet mailbox would pause on its first
    /// busy day.
    pub breaker_floor: u32,
    /// A mail with more recipients than this is answered only if we are in `To`: 10 (Discourse).
    pub recipients: usize,
    /// Mails of an unproven address that are held: 3; …
    pub held_mails: usize,
    /// … for so many hours: 24.
    pub held_hours: i64,
    /// A conversation, and its token, is forgotten so many days after its last mail: 90 (Discourse).
    pub conversation_days: i64,
    /// A file is forgotten so many days after it came: 30 (as Rails' Action Mailbox).
    pub file_days: i64,
    /// A handled mail is recognized for so many days: 7.
    pub dedupe_days: i64,
    /// A code of deletion holds for so many hours: 24.
    pub deletion_hours: i64,
    /// A reply that cannot be sent is given up after so many hours: 72.
    pub outbox_hours: i64,
    /// Files in one conversation: 200.
    pub files: usize,
    /// A mail that takes longer than so many seconds is reported to the operator: 60.
    pub slow_seconds: u64,
    /// A mail that takes longer than so many seconds is put off: 180 (Zammad).
    pub mail_seconds: u64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            replies_per_hour: 20,
            replies_per_day: 60,
            problems_per_day: 10,
            same_outcome_hours: 6,
            same_letter: 2,
            same_letter_minutes: 180,
            once_hours: 24,
            answers_without_file: 3,
            sends_per_second: 2,
            replies_per_day_global: 5_000,
            breaker_factor: 10,
            breaker_days: 7,
            breaker_floor: 200,
            recipients: 10,
            held_mails: 3,
            held_hours: 24,
            conversation_days: 90,
            file_days: 30,
            dedupe_days: 7,
            deletion_hours: 24,
            outbox_hours: 72,
            files: 200,
            slow_seconds: 60,
            mail_seconds: 180,
        }
    }
}

impl Thresholds {
    /// The most replies that may go out on a day, given how many went out on each of the days before
    /// ([`Thresholds::breaker_days`] of them): the fixed limit, or ten times the median.
    pub fn replies_today(&self, earlier: &[u32]) -> u32 {
        let mut sorted = earlier.to_vec();
        sorted.sort_unstable();
        let median = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
        let usual = median.saturating_mul(self.breaker_factor).max(self.breaker_floor);
        usual.min(self.replies_per_day_global)
    }

    /// Whether the operator is to hear that a mail took so long.
    pub fn is_slow(&self, took: Duration) -> bool {
        took > Duration::from_secs(self.slow_seconds)
    }

    /// Whether a letter came so often lately that answering it once more is a loop.
    pub fn is_repeating(&self, past: &[SeenLetter], next: &SeenLetter) -> bool {
        let span = SignedDuration::from_mins(self.same_letter_minutes);
        let same = past.iter().filter(|letter| {
            letter.fingerprint == next.fingerprint && next.at.duration_since(letter.at) < span
        });
        same.count() >= self.same_letter
    }
}

/// A letter that was answered.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SeenLetter {
    /// When.
    pub at: Timestamp,
    /// A hash of its subject, text and files.
    pub fingerprint: String,
}

/// What kind of reply it is, as far as limits differ.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum ReplyClass {
    /// A complete result, or what was asked for.
    Content,
    /// An incomplete result or a rejection.
    Problem,
    /// The help, asked for or not.
    Help,
    /// The request to prove the mailbox.
    Challenge,
    /// The notice that a limit is reached.
    Limit,
    /// That something failed on our side.
    Apology,
    /// Part of a deletion: never withheld as a repetition.
    Deletion,
}

/// A reply that went out.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SentReply {
    /// When.
    pub at: Timestamp,
    /// Which kind.
    pub class: ReplyClass,
    /// A hash of what it said.
    pub fingerprint: String,
}

/// Whether a reply may go out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// It may.
    Send,
    /// It said so before, lately.
    Repeated,
    /// The address has had enough; tell it so once.
    Exhausted,
}

/// Decides on a reply by what the address got within the last day.
///
/// Whoever `asked` in so many words, or sent a file, may go back to what they had before: then only the latest answer
/// is not said twice. What would make a loop of that is stopped by the limits an hour and a day, and by the letter
/// itself ([`Thresholds::is_repeating`]).
pub fn verdict(
    replies: &[SentReply],
    next: &SentReply,
    asked: bool,
    limits: &Thresholds,
) -> Verdict {
    let within = |hours: i64| {
        let span = SignedDuration::from_hours(hours);
        replies.iter().filter(move |reply| next.at.duration_since(reply.at) < span)
    };
    let repeated = match next.class {
        ReplyClass::Help | ReplyClass::Challenge | ReplyClass::Limit | ReplyClass::Apology => {
            within(limits.once_hours).any(|reply| reply.class == next.class)
        }
        ReplyClass::Content | ReplyClass::Problem => {
            let compared = if asked { 1 } else { usize::MAX };
            let mut lately = within(limits.same_outcome_hours).rev().take(compared);
            lately.any(|reply| reply.fingerprint == next.fingerprint)
        }
        ReplyClass::Deletion => false,
    };
    if repeated {
        return Verdict::Repeated;
    }
    let problems = || within(24).filter(|reply| reply.class == ReplyClass::Problem).count();
    // The notice itself does not count against the limit that it reports.
    let exhausted = next.class != ReplyClass::Limit
        && (within(1).count() >= limits.replies_per_hour
            || within(24).count() >= limits.replies_per_day
            || (next.class == ReplyClass::Problem && problems() >= limits.problems_per_day));
    if exhausted { Verdict::Exhausted } else { Verdict::Send }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(minute: i64, class: ReplyClass, said: &str) -> SentReply {
        let start: Timestamp = "2026-03-02T00:00:00Z".parse().unwrap();
        let at = start + SignedDuration::from_mins(minute);
        SentReply { at, class, fingerprint: said.to_owned() }
    }

    fn judge(past: &[SentReply], next: &SentReply) -> Verdict {
        verdict(past, next, false, &Thresholds::default())
    }

    #[test]
    fn the_same_outcome_is_not_sent_twice_within_six_hours() {
        let past = [reply(0, ReplyClass::Content, "a")];
        assert_eq!(judge(&past, &reply(359, ReplyClass::Content, "a")), Verdict::Repeated);
        assert_eq!(judge(&past, &reply(360, ReplyClass::Content, "a")), Verdict::Send);
        assert_eq!(judge(&past, &reply(1, ReplyClass::Content, "b")), Verdict::Send);
    }

    #[test]
    fn challenge_help_and_limit_go_out_once_a_day_each() {
        let once =
            [ReplyClass::Challenge, ReplyClass::Help, ReplyClass::Limit, ReplyClass::Apology];
        for class in once {
            let past = [reply(0, class, "a")];
            assert_eq!(judge(&past, &reply(1439, class, "b")), Verdict::Repeated);
            assert_eq!(judge(&past, &reply(1440, class, "b")), Verdict::Send);
            assert_eq!(judge(&past, &reply(1, ReplyClass::Deletion, "a")), Verdict::Send);
        }
    }

    #[test]
    fn an_address_gets_twenty_replies_an_hour_and_sixty_a_day() {
        let many = |count: i64, step: i64| -> Vec<SentReply> {
            (0..count).map(|at| reply(at * step, ReplyClass::Content, &at.to_string())).collect()
        };
        let next = |minute| reply(minute, ReplyClass::Content, "next");
        assert_eq!(judge(&many(19, 1), &next(30)), Verdict::Send);
        assert_eq!(judge(&many(20, 1), &next(30)), Verdict::Exhausted);
        assert_eq!(judge(&many(20, 1), &next(80)), Verdict::Send);
        assert_eq!(judge(&many(60, 20), &next(1300)), Verdict::Exhausted);
        assert_eq!(judge(&many(60, 20), &next(1460)), Verdict::Send);
    }

    #[test]
    fn who_asks_may_go_back_to_an_earlier_answer() {
        let asked = |past: &[SentReply], next: &SentReply| {
            verdict(past, next, true, &Thresholds::default())
        };
        for class in [ReplyClass::Content, ReplyClass::Problem] {
            let past = [reply(0, class, "a"), reply(1, class, "b")];
            assert_eq!(asked(&past, &reply(2, class, "a")), Verdict::Send);
            assert_eq!(asked(&past, &reply(2, class, "b")), Verdict::Repeated);
            assert_eq!(asked(&past, &reply(361, class, "b")), Verdict::Send);
            let many: Vec<_> = (0..20).map(|at| reply(at, ReplyClass::Content, "a")).collect();
            assert_eq!(asked(&many, &reply(30, class, "b")), Verdict::Exhausted);
        }
        for class in [ReplyClass::Help, ReplyClass::Challenge, ReplyClass::Limit] {
            assert_eq!(asked(&[reply(0, class, "a")], &reply(1, class, "a")), Verdict::Repeated);
        }
    }

    #[test]
    fn slow_seconds() {
        let limits = Thresholds::default();
        assert!(!limits.is_slow(Duration::from_mins(1)));
        assert!(limits.is_slow(Duration::from_millis(60_001)));
    }

    #[test]
    fn an_address_gets_ten_problems_a_day() {
        let past: Vec<_> =
            (0..10).map(|at| reply(at * 10, ReplyClass::Problem, &at.to_string())).collect();
        assert_eq!(judge(&past, &reply(200, ReplyClass::Problem, "x")), Verdict::Exhausted);
        assert_eq!(judge(&past, &reply(200, ReplyClass::Content, "x")), Verdict::Send);
        assert_eq!(judge(&past, &reply(200, ReplyClass::Limit, "x")), Verdict::Send);
    }
}
