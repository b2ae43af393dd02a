//! Which mails get no answer: machines, lists, ourselves (mail.md § 1.3 A3–A12, RFC 3834).
//!
//! One rule alone is weak; together they catch 98 of 100 bounces by their header. The rest is held
//! by rate limits elsewhere.

use super::InboundMessage;
use crate::error::DropReason;

/// How to recognise ourselves.
#[derive(Clone, Debug, Default)]
pub struct OwnAddresses {
    /// The addresses at which mail is taken and from which it is answered, without plus-tags.
    pub addresses: Vec<String>,
    /// Domains that a way out of ours writes right of the `@` in its own ids for our mails, such as
    /// `eu-central-1.amazonses.com`. Others send by it too, so such an id proves nothing alone.
    pub id_domains: Vec<String>,
    /// The name of our mail exchanger in `Received` fields, empty if unknown.
    pub exchanger: String,
}

impl OwnAddresses {
    /// Whether that address is ours, whatever its plus-tag.
    pub fn contains(&self, address: &str) -> bool {
        let plain = without_tag(address);
        self.addresses.iter().any(|own| without_tag(own) == plain)
    }

    /// Whether an id was made by us: in our form, under the domain of an address of ours. Under that
    /// domain alone, others may write: whoever runs this for a family has the family on it.
    fn made(&self, id: &str) -> bool {
        let Some((local, domain)) = id.rsplit_once('@') else { return false };
        let ours = |own: &String| {
            own.rsplit_once('@').is_some_and(|(_, own)| own.eq_ignore_ascii_case(domain))
        };
        OWN_IDS.iter().any(|mark| local.starts_with(mark)) && self.addresses.iter().any(ours)
    }

    /// Whether an id may be that of a mail of ours, on its way out or as it was sent.
    fn sent(&self, id: &str) -> bool {
        let domain = id.rsplit_once('@').map_or("", |(_, domain)| domain);
        self.made(id) || self.id_domains.iter().any(|own| own.eq_ignore_ascii_case(domain))
    }
}

/// How the left sides of our ids begin: of a reply, and of a conversation.
const OWN_IDS: [&str; 2] = ["reply.", "c."];

fn without_tag(address: &str) -> String {
    let address = address.trim().to_ascii_lowercase();
    match address.split_once('@') {
        Some((local, domain)) => {
            let local = local.split_once('+').map_or(local, |(local, _)| local);
            format!("{local}@{domain}")
        }
        None => address,
    }
}

/// What the rules about content need to know.
#[derive(Clone, Copy, Debug, Default)]
pub struct Circumstances {
    /// A data file is attached, readable or not, or pasted.
    pub has_data: bool,
    /// The mail holds a command.
    pub has_command: bool,
}

/// Says why a message gets no answer; `None` if it deserves one. The order is that of `mail.md`.
pub fn drop_reason(
    message: &InboundMessage,
    own: &OwnAddresses,
    circumstances: Circumstances,
) -> Option<DropReason> {
    let rules: [(DropReason, bool); 12] = [
        (DropReason::NullReturnPath, message.envelope_sender.as_deref() == Some("")),
        (DropReason::Report, is_report(message)),
        (DropReason::Daemon, is_daemon(message)),
        (DropReason::AutoSubmitted, is_auto_submitted(message)),
        (DropReason::AutoReply, is_auto_reply(message, circumstances)),
        (DropReason::MailingList, is_list(message)),
        (DropReason::OwnMail, is_own(message, own)),
        (DropReason::TooManyHops, has_too_many_hops(message, own)),
        (
            DropReason::AutoReplySubject,
            !circumstances.has_data && is_auto_subject(&message.subject),
        ),
        (DropReason::Calendar, !circumstances.has_data && message.facts.calendar),
        (DropReason::NoAuthor, message.author.is_none()),
        (DropReason::NothingToDo, is_thanks(message, own, circumstances)),
    ];
    rules.into_iter().find(|(_, holds)| *holds).map(|(reason, _)| reason)
}

fn is_report(message: &InboundMessage) -> bool {
    message.facts.report || message.headers.has("x-failed-recipients")
}

/// By the author. The envelope tells less: services that people send through put `bounce+…` there.
fn is_daemon(message: &InboundMessage) -> bool {
    let author = message.author.as_ref().map(|author| author.address.as_str());
    let envelope = message.envelope_sender.as_deref();
    author.is_some_and(has_daemon_name) || envelope.is_some_and(is_mail_system)
}

/// The two names that mail systems themselves use.
fn is_mail_system(address: &str) -> bool {
    let local = address.split_once('@').map_or(address, |(local, _)| local);
    ["mailer-daemon", "postmaster"].iter().any(|name| local.eq_ignore_ascii_case(name))
}

/// The local parts of daemons and lists.
fn has_daemon_name(address: &str) -> bool {
    let local = address.split_once('@').map_or(address, |(local, _)| local).to_ascii_lowercase();
    let word = local.replace(['-', '_', '.'], "");
    let begins = |name: &str| {
        local
            .strip_prefix(name)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
    };
    is_mail_system(&local)
        || word.starts_with("noreply")
        || word.starts_with("donotreply")
        || begins("bounce")
        || begins("bounces")
        || local.starts_with("owner-")
        || local.ends_with("-request")
        || local.starts_with("notification")
}

fn is_auto_submitted(message: &InboundMessage) -> bool {
    message.headers.all("auto-submitted").any(|value| {
        let keyword = value.split([';', ' ', '\t', '(']).find(|word| !word.is_empty());
        !keyword.is_some_and(|keyword| keyword.eq_ignore_ascii_case("no"))
    })
}

fn is_auto_reply(message: &InboundMessage, circumstances: Circumstances) -> bool {
    let headers = &message.headers;
    let bulk =
        ["precedence", "x-precedence"].iter().flat_map(|name| headers.all(name)).any(|value| {
            let value = value.trim().to_ascii_lowercase();
            ["bulk", "list", "junk", "auto_reply"].contains(&value.as_str())
        });
    let marked = ["x-autoreply", "x-autorespond", "x-autoresponder", "x-loop"]
        .iter()
        .any(|name| headers.has(name));
    // Exchange adds the header to mails of people too, so it needs a second witness.
    let suppressed = headers.all("x-auto-response-suppress").any(|value| {
        let value = value.to_ascii_lowercase();
        value.contains("all") || value.contains("autoreply")
    });
    let witness = headers.has("x-ms-exchange-inbox-rules-loop") || !circumstances.has_data;
    bulk || marked || (suppressed && witness)
}

fn is_list(message: &InboundMessage) -> bool {
    ["list-id", "list-post", "list-unsubscribe"].iter().any(|name| message.headers.has(name))
}

/// Our own mail, back again. The address decides, not its domain: whoever runs this for a family
/// has the family on the same domain.
fn is_own(message: &InboundMessage, own: &OwnAddresses) -> bool {
    let author = message.author.as_ref().map(|author| author.address.as_str());
    let sender = message.headers.get("sender").map(|value| {
        let inner = value.rsplit_once('<').map_or(value, |(_, inner)| inner);
        inner.trim_matches(['<', '>', ' '])
    });
    message.headers.has("x-investtax-bot")
        || [author, sender].into_iter().flatten().any(|address| own.contains(address))
        || message.message_id.as_deref().is_some_and(|id| own.made(id))
}

fn has_too_many_hops(message: &InboundMessage, own: &OwnAddresses) -> bool {
    const HOPS_MAX: usize = 50;
    const OWN_HOPS_MAX: usize = 4;
    let hops = message.headers.all("received").count();
    let own_hops = message
        .headers
        .all("received")
        .filter(|hop| !own.exchanger.is_empty() && hop.contains(&own.exchanger))
        .count();
    hops > HOPS_MAX || own_hops > OWN_HOPS_MAX
}

/// How automatic replies begin, in the languages of our senders' offices.
const AUTO_SUBJECTS: &[&str] = &[
    "automatic reply",
    "auto reply",
    "auto-reply",
    "autoreply",
    "auto:",
    "autoresponse",
    "automatic response",
    "out of office",
    "out of the office",
    "odpowiedź automatyczna",
    "odpowiedz automatyczna",
    "automatyczna odpowiedź",
    "automatyczna odpowiedz",
    "autoodpowiedź",
    "autoodpowiedz",
    "autoresponder",
    "poza biurem",
    "nieobecność",
    "nieobecnosc",
    "nieobecny",
    "abwesenheit",
    "automatische antwort",
    "réponse automatique",
    "respuesta automática",
    "undeliverable",
    "undelivered mail",
    "delivery status notification",
    "mail delivery failed",
    "failure notice",
    "niedostarczona",
    "nie można dostarczyć",
];

fn is_auto_subject(subject: &str) -> bool {
    let subject = subject.trim().to_lowercase();
    AUTO_SUBJECTS.iter().any(|phrase| subject.starts_with(phrase))
}

/// An answer to us that asks for nothing. Answering thanks with an error is the classic annoyance.
fn is_thanks(message: &InboundMessage, own: &OwnAddresses, circumstances: Circumstances) -> bool {
    let answers_us = message.in_reply_to.iter().chain(&message.references).any(|id| own.sent(id));
    answers_us && !circumstances.has_data && !circumstances.has_command
}
