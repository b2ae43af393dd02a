//! Whether the author of a mail is who `From` says (mail.md § 2.6).
//!
//! Anybody can write anything into a mail, `Authentication-Results` included. What counts is only what
//! somebody trusted says: SES in its notification, SES in the block of fields that it put on top, the
//! operator's own mail server under its own name, or a verification of ours. SPF and DKIM alone speak of
//! other domains than the author's; they count if they belong to the same organisation (RFC 7489 § 3.1).

mod block;
mod results;

use public_suffix::{DEFAULT_PROVIDER, EffectiveTLDProvider};
use serde::{Deserialize, Serialize};

use super::{
    HeaderFields, Limits,
    message::{Author, read_header},
};

use block::{Block, RESULTS_FIELD, SPAM_FIELD, VIRUS_FIELD};
pub use results::{AuthResults, Finding};

/// How far the author of a mail is proven: classes T2, T1, T0 and TX of mail.md § 2.6.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trust {
    /// TX: DMARC failed, or nobody can say who the author is. Gets no answer at all.
    Forged,
    /// T0: nothing speaks for or against. Asked to prove the mailbox, and nothing else.
    Unproven,
    /// T1: the domain says nothing by DMARC, but DKIM or SPF passed for the author's organisation.
    Aligned,
    /// T2: DMARC passed, or a way in that the operator vouches for.
    Verified,
}

/// What a scanner says of the content.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Scan {
    /// Nothing bad, or not scanned.
    #[default]
    Clean,
    /// Unwanted mail; believed unless the author is proven and known.
    Spam,
    /// A virus.
    Virus,
}

/// What is known of a mail before it is read. Written as text (`verified`, `unproven+spam`) where it
/// travels from one step to the next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Authenticity {
    /// How far the author is proven.
    pub trust: Trust,
    /// What a scanner says.
    pub scan: Scan,
}

impl From<Trust> for Authenticity {
    fn from(trust: Trust) -> Self {
        Self { trust, scan: Scan::Clean }
    }
}

impl std::fmt::Display for Authenticity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.trust {
            Trust::Forged => "forged",
            Trust::Unproven => "unproven",
            Trust::Aligned => "aligned",
            Trust::Verified => "verified",
        })?;
        f.write_str(match self.scan {
            Scan::Clean => "",
            Scan::Spam => "+spam",
            Scan::Virus => "+virus",
        })
    }
}

/// A text that names no [`Authenticity`].
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not one of forged, unproven, aligned, verified, with or without +spam or +virus")]
pub struct NotAuthenticity;

impl std::str::FromStr for Authenticity {
    type Err = NotAuthenticity;

    fn from_str(text: &str) -> Result<Self, NotAuthenticity> {
        let (trust, scan) = text.split_once('+').unwrap_or((text, ""));
        let trust = match trust {
            "forged" => Trust::Forged,
            "unproven" => Trust::Unproven,
            "aligned" => Trust::Aligned,
            "verified" => Trust::Verified,
            _ => return Err(NotAuthenticity),
        };
        let scan = match scan {
            "" => Scan::Clean,
            "spam" => Scan::Spam,
            "virus" => Scan::Virus,
            _ => return Err(NotAuthenticity),
        };
        Ok(Self { trust, scan })
    }
}

crate::as_text::as_text!(Authenticity, str::parse);

/// One verdict of SES. What is not known to be something else counts as [`Verdict::Unknown`].
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(from = "Status")]
pub enum Verdict {
    /// Passed.
    Pass,
    /// Failed.
    Fail,
    /// Neither: for DMARC, the domain publishes no policy.
    Gray,
    /// `PROCESSING_FAILED`, `DISABLED`, missing, or a word of the future.
    #[default]
    Unknown,
}

impl Verdict {
    /// Reads the word that stands in the notification or in `X-SES-…-Verdict`.
    pub fn from_status(status: &str) -> Self {
        match status.trim() {
            "PASS" => Self::Pass,
            "FAIL" => Self::Fail,
            "GRAY" => Self::Gray,
            _ => Self::Unknown,
        }
    }
}

#[derive(Deserialize)]
struct Status {
    #[serde(default)]
    status: String,
}

impl From<Status> for Verdict {
    fn from(status: Status) -> Self {
        Self::from_status(&status.status)
    }
}

/// The verdicts of SES, as the object `receipt` of its notification has them.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct SesVerdicts {
    /// `spamVerdict`.
    pub spam_verdict: Verdict,
    /// `virusVerdict`.
    pub virus_verdict: Verdict,
    /// `spfVerdict`: of the envelope sender's domain.
    pub spf_verdict: Verdict,
    /// `dkimVerdict`: of some domain that signed, not necessarily the author's.
    pub dkim_verdict: Verdict,
    /// `dmarcVerdict`: of the author's domain.
    pub dmarc_verdict: Verdict,
}

/// Who says something about the author.
#[derive(Clone, Copy, Debug)]
pub enum Evidence<'a> {
    /// SES received the mail.
    Ses {
        /// Its id for the mail, the last part of the object's key: proves whose block is on top.
        /// Without it, nothing in the message is believed.
        message_id: Option<&'a str>,
        /// `receipt` of the notification, if there was one.
        verdicts: Option<&'a SesVerdicts>,
        /// `mail.source` of the notification.
        envelope_sender: Option<&'a str>,
    },
    /// The operator's own mail server delivered it, and removes what others write under its name
    /// (RFC 8601 § 5).
    Server {
        /// The name by which it begins its `Authentication-Results`.
        authserv_id: &'a str,
    },
}

/// What DMARC says of the author's domain.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Dmarc {
    /// Passed.
    Pass,
    /// Failed, under whatever policy.
    Fail,
    /// The domain has no policy, or nobody asked for one.
    None,
    /// Could not be found out, or is said in two ways.
    Error,
}

/// The whole judgement for one author's domain.
///
/// `passed` are the domains for which DKIM passed, or SPF with the envelope sender's domain.
pub fn judge<'a>(author: &str, dmarc: Dmarc, passed: impl IntoIterator<Item = &'a str>) -> Trust {
    match dmarc {
        Dmarc::Pass => Trust::Verified,
        Dmarc::Fail => Trust::Forged,
        Dmarc::None if passed.into_iter().any(|domain| is_aligned(domain, author)) => {
            Trust::Aligned
        }
        Dmarc::Error | Dmarc::None => Trust::Unproven,
    }
}

/// Classifies a raw message by its header and what is said of it. Never panics; cheap even for the
/// largest mail, because the body is not read.
pub fn classify(raw: &[u8], evidence: &Evidence<'_>) -> Authenticity {
    let Some((fields, author)) = header_of(raw) else { return Trust::Forged.into() };
    let domain = author.as_ref().and_then(|author| author.address.split_once('@'));
    let domain = domain.map(|(_, domain)| domain);
    match *evidence {
        Evidence::Ses { message_id, verdicts, envelope_sender } => {
            let block = message_id.and_then(|id| Block::find(&fields, id));
            let scan = scan(verdicts, block.as_ref());
            let trust = domain.map_or(Trust::Forged, |domain| {
                ses(domain, verdicts, envelope_sender, block.as_ref())
            });
            Authenticity { trust, scan }
        }
        Evidence::Server { authserv_id } => {
            domain.map_or(Trust::Forged, |domain| server(domain, &fields, authserv_id)).into()
        }
    }
}

/// The only author of a raw message, by its header alone; `None` if `From` names nobody or several.
pub fn author_of(raw: &[u8]) -> Option<Author> {
    header_of(raw)?.1
}

fn header_of(raw: &[u8]) -> Option<(HeaderFields, Option<Author>)> {
    let (fields, author) = read_header(raw, &Limits::default()).ok()?;
    // The reader of addresses might overlook a field that another reader takes for the author.
    let author = author.filter(|_| fields.all("from").count() == 1);
    Some((fields, author))
}

fn scan(verdicts: Option<&SesVerdicts>, block: Option<&Block<'_>>) -> Scan {
    let in_block = |name| block.and_then(|block| block.get(name)).map(Verdict::from_status);
    let is_bad = |said: Option<Verdict>, name| {
        said == Some(Verdict::Fail) || in_block(name) == Some(Verdict::Fail)
    };
    if is_bad(verdicts.map(|said| said.virus_verdict), VIRUS_FIELD) {
        Scan::Virus
    } else if is_bad(verdicts.map(|said| said.spam_verdict), SPAM_FIELD) {
        Scan::Spam
    } else {
        Scan::Clean
    }
}

fn ses(
    author: &str,
    verdicts: Option<&SesVerdicts>,
    envelope_sender: Option<&str>,
    block: Option<&Block<'_>>,
) -> Trust {
    let found = block.and_then(Block::results);
    let in_block = found.as_ref().map(|results| dmarc(results, author));
    let said = verdicts.map(|said| match said.dmarc_verdict {
        Verdict::Pass => Dmarc::Pass,
        Verdict::Fail => Dmarc::Fail,
        Verdict::Gray => Dmarc::None,
        Verdict::Unknown => Dmarc::Error,
    });
    let dmarc = match (said, in_block) {
        (Some(Dmarc::Fail), _) | (_, Some(Dmarc::Fail)) => Dmarc::Fail,
        // Passed, but for another author than the one that we read.
        (Some(Dmarc::Pass), Some(Dmarc::Error)) | (None, None) => Dmarc::Error,
        (Some(said), _) => said,
        (None, Some(found)) => found,
    };
    let envelope = envelope_sender.or_else(|| block.and_then(|block| block.get("return-path")));
    let spf_passed = match verdicts {
        Some(said) => said.spf_verdict == Verdict::Pass,
        None => found.as_ref().is_some_and(|results| single(results, "spf") == Some("pass")),
    };
    let spf = envelope.filter(|_| spf_passed).and_then(envelope_domain);
    let dkim = found.iter().flat_map(signers);
    judge(author, dmarc, spf.into_iter().chain(dkim))
}

/// By the fields of the operator's server: the topmost ones under its name, up to the next hop.
fn server(author: &str, fields: &HeaderFields, authserv_id: &str) -> Trust {
    let mut merged = AuthResults::default();
    for (name, value) in fields.iter() {
        let ours = (name == RESULTS_FIELD).then(|| AuthResults::parse(value)).flatten();
        match ours {
            Some(results) if results.authserv_id.eq_ignore_ascii_case(authserv_id) => {
                merged.authserv_id = results.authserv_id;
                merged.findings.extend(results.findings);
            }
            _ if name == "received" && !merged.authserv_id.is_empty() => break,
            _ => {}
        }
    }
    let spf = merged.of("spf").map(|finding| {
        let sender = finding.property("smtp.mailfrom");
        (finding.result == "pass").then(|| sender.and_then(envelope_domain)).flatten()
    });
    // Two results of SPF mean that one of them is not about this hop.
    let spf = if merged.of("spf").count() == 1 { spf.flatten().next() } else { None };
    judge(author, dmarc(&merged, author), spf.into_iter().chain(signers(&merged)))
}

/// The result of a method, if there is exactly one.
fn single<'a>(results: &'a AuthResults, method: &str) -> Option<&'a str> {
    let mut found = results.findings.iter().filter(|finding| finding.method == method);
    let first = found.next()?;
    found.next().is_none().then_some(first.result.as_str())
}

fn dmarc(results: &AuthResults, author: &str) -> Dmarc {
    let mut found = results.of("dmarc");
    let Some(finding) = found.next() else { return Dmarc::None };
    let others = found.count();
    let about =
        finding.property("header.from").is_none_or(|from| from.eq_ignore_ascii_case(author));
    match finding.result.as_str() {
        _ if others > 0 => Dmarc::Error,
        "fail" => Dmarc::Fail,
        _ if !about => Dmarc::Error,
        "pass" => Dmarc::Pass,
        "none" => Dmarc::None,
        _ => Dmarc::Error,
    }
}

/// The domains of signatures that passed. A signature whose two domains differ in organisation is none.
fn signers(results: &AuthResults) -> impl Iterator<Item = &str> {
    results.findings.iter().filter_map(|finding| {
        if finding.method != "dkim" || finding.result != "pass" {
            return None;
        }
        let identity = finding.property("header.i").map(|id| match id.rsplit_once('@') {
            Some((_, domain)) => domain,
            None => id,
        });
        match (finding.property("header.d"), identity) {
            (Some(domain), Some(identity)) => is_aligned(identity, domain).then_some(domain),
            (domain, identity) => domain.or(identity),
        }
    })
}

/// The domain of an envelope sender; `None` if the sender is anything but a plain address.
fn envelope_domain(sender: &str) -> Option<&str> {
    let sender = sender.trim_matches(['<', '>', ' ']);
    let (local, domain) = sender.split_once('@').unwrap_or(("", sender));
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    let odd = |c: char| c == '"' || c == '\\' || c.is_whitespace();
    let good = !domain.is_empty() && domain.chars().all(plain) && !local.contains(odd);
    good.then_some(domain)
}

/// Whether two domains belong to one organisation: the same registered domain under a public suffix
/// (RFC 7489 § 3.1.1, relaxed). Public suffixes themselves are only equal to themselves.
fn is_aligned(domain: &str, author: &str) -> bool {
    let plain = |text: &str| text.trim_end_matches('.').to_ascii_lowercase();
    let (domain, author) = (plain(domain), plain(author));
    if domain.is_empty() || domain.starts_with('.') {
        return false;
    }
    let organisation = |of| DEFAULT_PROVIDER.effective_tld_plus_one(of).ok();
    let owner = organisation(&*domain);
    domain == author || (owner.is_some() && owner == organisation(&*author))
}
