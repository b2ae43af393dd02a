//! One raw message in, one reply out — or silence, with a reason.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::{Calculated, FileSet, Services, calculate, read};
use crate::{
    error::{DropReason, Fault},
    gather::Progress,
    lang::Lang,
    ledger::Ledger,
    mail::{
        Circumstances, InboundMessage, Limits, MailRefusal, OwnAddresses, RefusedPart, drop_reason,
        expand, guess_language, parse,
    },
    reply::{
        Attachment, FileKind, InboundReference, MessageIds, OutboundMessage, ReplyContent,
        ReplyKind, Sender, compose, rejection_reply, report_kind, report_reply,
    },
    report::{self, ReportInput, calculation},
    statement::{Code, Diagnostic, Source, write_template},
    tax::{Options, Status},
    wording,
};

/// What the operator or the caller decides.
#[derive(Clone, Debug)]
pub struct ReplySettings {
    /// Our address; `None`: the one that the mail was sent to.
    pub address: Option<String>,
    /// The language; `None`: that of the mail.
    pub lang: Option<Lang>,
    /// Choices that hold unless the mail says otherwise.
    pub options: Options,
    /// The limits of what is read.
    pub limits: Limits,
}

/// How a message ended.
#[derive(Debug)]
pub enum Outcome {
    /// A reply.
    Answered(Box<Answer>),
    /// Silence.
    Dropped(DropReason),
    /// The bytes are no message; there is nobody to answer.
    NotMail(MailRefusal),
}

/// A reply with what it was made from.
#[derive(Debug)]
pub struct Answer {
    /// The message to send.
    pub message: OutboundMessage,
    /// Its text, HTML and attachments, as they went into the message.
    pub content: ReplyContent,
    /// The calculation document, if there was anything to calculate.
    pub calculation: Option<Vec<u8>>,
    /// Whether the result is complete; otherwise the sender must fix something.
    pub status: Status,
}

/// Where we answer from when neither the settings nor the mail say it.
const FALLBACK_ADDRESS: &str = "calc@investtax.invalid";

/// Carries a raw message through the whole journey.
pub async fn answer(
    raw: &[u8],
    settings: &ReplySettings,
    services: &Services,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Outcome, Fault> {
    let mut message = match parse(raw, &settings.limits) {
        Ok(message) => message,
        Err(refusal) => return Ok(Outcome::NotMail(refusal)),
    };
    let address = our_address(settings, &message);
    if let Some(reason) = reason_for_silence(&message, &address) {
        return Ok(Outcome::Dropped(reason));
    }
    let Some(author) = message.author.clone() else {
        return Ok(Outcome::Dropped(DropReason::NoAuthor));
    };
    let lang = settings
        .lang
        .unwrap_or_else(|| guess_language(&message.subject, &message.text, &author.address));
    let set = files_of(&mut message, &settings.limits);
    let job = job_id(&message, &set);
    let ledger = read(set, &settings.limits);
    let (content, calculation, status) =
        respond(ledger, settings, lang, services, progress).await?;
    let ids = MessageIds { message: format!("reply.{job}"), conversation: None };
    let sender = Sender { address, reply_to: None };
    let date = services.clock.now();
    let reference = reference(&message, author.address);
    let message = compose(&reference, &content, &sender, date, &ids)
        .map_err(|error| Fault::never("compose the reply", error))?;
    Ok(Outcome::Answered(Box::new(Answer { message, content, calculation, status })))
}

/// Rules that end in silence. Whether an attachment can be read does not matter for them.
fn reason_for_silence(message: &InboundMessage, address: &str) -> Option<DropReason> {
    let own = OwnAddresses { addresses: vec![address.to_owned()], ..OwnAddresses::default() };
    let circumstances = Circumstances { has_data: message.has_data(), has_command: false };
    drop_reason(message, &own, circumstances)
}

fn our_address(settings: &ReplySettings, message: &InboundMessage) -> String {
    let addressed = || message.to.first().cloned();
    settings.address.clone().or_else(addressed).unwrap_or_else(|| FALLBACK_ADDRESS.to_owned())
}

/// The data files of a message: attachments, else a table pasted into the text, else what is missing.
fn files_of(message: &mut InboundMessage, limits: &Limits) -> FileSet {
    let missing = message.missing_file();
    let mut set = FileSet::from(expand(std::mem::take(&mut message.attachments), limits));
    set.refused.append(&mut message.refused);
    if set.files.is_empty()
        && let Some(pasted) = message.pasted.take()
    {
        set.files = expand(vec![pasted], limits).files;
    }
    if set.files.is_empty() && set.refused.is_empty() {
        set.refused.push(RefusedPart::new("", missing.unwrap_or(Code::NoAttachment), ""));
    }
    set
}

/// Calculates and lays out; without any readable event there is nothing to calculate.
async fn respond(
    ledger: Ledger,
    settings: &ReplySettings,
    lang: Lang,
    services: &Services,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<(ReplyContent, Option<Vec<u8>>, Status), Fault> {
    let calculated = calculate(ledger, settings.options.clone(), services, progress).await?;
    let input = calculated.report(lang);
    let status = calculated.assessment.status;
    let content = match report_kind(&input) {
        ReplyKind::Report => report_reply(&input, report_attachments(&input)?)?,
        ReplyKind::Rejection => {
            let found =
                calculated.ledger.diagnostics.iter().chain(&calculated.assessment.diagnostics);
            rejection_reply(&calculated.ledger, found, lang, repair_template(&input)?)?
        }
    };
    Ok((content, Some(document(&calculated, lang)?), status))
}

fn document(calculated: &Calculated, lang: Lang) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    calculation::write(&calculated.report(lang), &mut bytes)
        .map_err(|error| Fault::never("write the calculation document", error))?;
    Ok(bytes)
}

/// The files of a report: PDF, workbook (or an archive of its rows) and, where rows could not be read, the
/// repair template.
pub fn report_attachments(input: &ReportInput<'_>) -> Result<Vec<Attachment>, Fault> {
    let mut files = Vec::new();
    for file in report::attachments(input)? {
        let kind = match file.media_type {
            "application/pdf" => FileKind::Report,
            "application/zip" => FileKind::Rows,
            _ => FileKind::Workbook,
        };
        files.push(attachment(&file.name, kind, file.bytes)?);
    }
    files.extend(repair_template(input)?);
    Ok(files)
}

/// The sender's own unreadable rows in the template, with a column that says what is wrong.
fn repair_template(input: &ReportInput<'_>) -> Result<Vec<Attachment>, Fault> {
    let rows = &input.ledger.repairs;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut problems: BTreeMap<Source, Vec<String>> = BTreeMap::new();
    for finding in &input.ledger.diagnostics {
        if let Diagnostic { file: Some(file), row: Some(row), .. } = finding {
            let words = wording::diagnostic(finding, input.lang);
            problems.entry(Source { file: *file, row: *row }).or_default().push(words.what);
        }
    }
    let text = write_template(input.lang, rows, |source| {
        problems.get(&source).map(|sentences| sentences.join(" ")).unwrap_or_default()
    });
    let name = input.lang.choose("InvestTax_do_poprawy.csv", "InvestTax_to_repair.csv");
    Ok(vec![attachment(name, FileKind::TemplateCsv, text.into_bytes())?])
}

fn attachment(name: &str, kind: FileKind, bytes: Vec<u8>) -> Result<Attachment, Fault> {
    Attachment::new(name, kind, bytes).map_err(|error| Fault::never("name an attachment", error))
}

fn reference(message: &InboundMessage, author: String) -> InboundReference {
    let header = |name: &str| message.headers.get(name).map(str::to_owned);
    InboundReference {
        author,
        message_id: message.message_id.clone(),
        in_reply_to: header("in-reply-to").unwrap_or_default(),
        references: header("references").unwrap_or_default(),
        subject: message.subject.clone(),
        thread_topic: header("thread-topic"),
        thread_index: header("thread-index"),
    }
}

/// The identity of our handling of a message, the same for every redelivery: sender, Message-ID, subject,
/// contents of the files in any order, and the text with its blanks evened out (mail §1.3 B).
fn job_id(message: &InboundMessage, set: &FileSet) -> String {
    let mut hash = Sha256::new();
    let mut add = |part: &[u8]| {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    };
    add(message.author.as_ref().map_or("", |author| &author.address).as_bytes());
    add(message.message_id.as_deref().unwrap_or_default().as_bytes());
    add(message.subject.as_bytes());
    let mut contents: Vec<&[u8; 32]> = set.files.iter().map(|file| &file.sha256).collect();
    contents.sort_unstable();
    for content in contents {
        add(content);
    }
    add(message.text.split_whitespace().collect::<Vec<_>>().join(" ").as_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let (head, _) = digest.split_at(16);
    format!("{:032x}", u128::from_be_bytes(head.try_into().unwrap_or_default()))
}
