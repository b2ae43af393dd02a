//! One raw message in, one reply out — or silence, with a reason.

use super::{
    Calculated, FileSet, Services,
    attach::{empty_template, report_attachments, template_to_correct},
    calculate, read,
    read::is_recognized,
};
use crate::{
    error::{DropReason, Fault},
    gather::Progress,
    lang::Lang,
    mail::{
        Circumstances, Command, Commands, DataFile, InboundMessage, Limits, MailRefusal,
        OwnAddresses, Pasted, RefusedPart, SubjectOrigin, drop_reason, expand, guess_language,
        is_repeated, parse,
    },
    reply::{
        InboundReference, MessageIds, OutboundMessage, ReplyContent, ReplyKind, Sender,
        base_subject, compose, help_reply, is_address, no_file_reply, notice_reply,
        rejection_findings, rejection_reply, report_kind, report_reply,
    },
    report::calculation,
    statement::Code,
    tax::{Options, Status},
    wording::{letters::Notice, upload},
};
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};

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
    /// Whether the calculation document is wanted beside the reply.
    pub with_document: bool,
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
    /// The calculation document, if it was wanted and there was anything to calculate.
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
    let commands = commands_of(&message);
    let stopped = || commands.has(&Command::Stop).then_some(DropReason::Stopped);
    let own = OwnAddresses { addresses: vec![address.clone()], ..OwnAddresses::default() };
    if let Some(reason) = silent_by_rule(&message, &own, &commands).or_else(stopped) {
        return Ok(Outcome::Dropped(reason));
    }
    let Some(author) = message.author.clone().filter(|author| is_address(&author.address)) else {
        return Ok(Outcome::Dropped(DropReason::NoAuthor));
    };
    let lang = commands
        .language()
        .or(settings.lang)
        .unwrap_or_else(|| guess_language(&message.subject, &message.text, &author.address));
    let set = files_of(&mut message, &settings.limits);
    let job = job_id(&message, &set);
    let said = if let Some(request) = request(&commands, &set, message.missing_file()) {
        respond(request, services.clock.today(), lang)?
    } else {
        let set = or_missing(set, message.missing_file());
        let mut ledger = read(set, &settings.limits);
        ledger.diagnostics.extend(commands.remarks());
        let mut options = settings.options.clone();
        commands.apply(&mut options);
        let calculated = calculate(ledger, options, services, progress).await?;
        report(&calculated, lang, settings.with_document, commands.has(&Command::Template))?
    };
    let ids = MessageIds { message: format!("reply.{job}"), conversation: None };
    let sender = Sender { address, reply_to: None };
    let date = services.clock.now();
    let reference = reference(&message, author.address);
    let message = compose(&reference, &said.content, &sender, date, &ids)
        .map_err(|error| Fault::never("compose the reply", error))?;
    let Said { content, calculation, status } = said;
    Ok(Outcome::Answered(Box::new(Answer { message, content, calculation, status })))
}

/// What the author asks for in subject and letter. A subject with `Re:` over an answer stands there
/// since an earlier mail.
pub(super) fn commands_of(message: &InboundMessage) -> Commands {
    let base = base_subject(&message.subject);
    let is_answer = !message.in_reply_to.is_empty() || !message.references.is_empty();
    let origin = if is_answer && base.as_str() != message.subject.trim() {
        SubjectOrigin::Inherited
    } else {
        SubjectOrigin::Fresh
    };
    Commands::find(base.as_str(), origin, &message.text)
}

/// Rules that end in silence. Whether an attachment can be read does not matter for them.
pub(super) fn silent_by_rule(
    message: &InboundMessage,
    own: &OwnAddresses,
    commands: &Commands,
) -> Option<DropReason> {
    let circumstances =
        Circumstances { has_data: message.has_data(), has_command: commands.is_asking() };
    drop_reason(message, own, circumstances)
}

fn our_address(settings: &ReplySettings, message: &InboundMessage) -> String {
    // Whom a damaged mail says it is for may be no address.
    let addressed = || message.to.first().filter(|address| is_address(address)).cloned();
    settings.address.clone().or_else(addressed).unwrap_or_else(|| FALLBACK_ADDRESS.to_owned())
}

/// The data files of a message: attachments, and tables pasted into the text that a format knows. Those in a
/// letter that is forwarded count only where nothing is attached.
#[tracing::instrument(target = "investtax::stage", name = "validate", skip_all)]
pub(super) fn files_of(message: &mut InboundMessage, limits: &Limits) -> FileSet {
    let attachments = std::mem::take(&mut message.attachments);
    let mut set = FileSet::from(expand(attachments, limits));
    set.refused.append(&mut message.refused);
    if let Some(pasted) = message.pasted.take().filter(|found| found.own || set.files.is_empty()) {
        let is_beside = !set.files.is_empty() && pasted.own && pasted.holds_figures();
        let name = pasted.whole.name.clone();
        let mut tables = recognized(pasted, limits);
        if tables.is_empty() && is_beside {
            set.refused.push(RefusedPart::new(name, Code::PasteUnread, ""));
        }
        tables.retain(|table| !set.files.iter().any(|file| is_repeated(&table.bytes, &file.bytes)));
        set.files.extend(tables);
    }
    set
}

/// The tables one by one if each is known by itself, else all as one file if that is.
fn recognized(pasted: Pasted, limits: &Limits) -> Vec<DataFile> {
    let apart = expand(pasted.apart, limits).files;
    if !apart.is_empty() && apart.iter().all(|file| is_recognized(file, limits)) {
        return apart;
    }
    let mut whole = expand(vec![pasted.whole], limits).files;
    whole.retain(|file| is_recognized(file, limits));
    whole
}

/// The files, or else the reason why there is none.
pub(super) fn or_missing(mut set: FileSet, missing: Option<Code>) -> FileSet {
    if set.files.is_empty() && set.refused.is_empty() {
        set.refused.push(RefusedPart::new("", missing.unwrap_or(Code::NoAttachment), ""));
    }
    set
}

/// What is answered without any calculation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Request {
    Help,
    Template,
    /// What a conversation holds.
    Status,
    /// Earlier results.
    History,
    /// A way for a file that is too large for mail.
    Upload,
    /// To delete everything.
    Delete,
    /// Nothing at all: the how-to.
    NoFile,
}

/// Files come before words: who sends a file wants it calculated, whatever else stands in the mail, unless
/// everything is to be deleted. A template comes with the result ([`report`]); what else was asked for is named
/// there ([`Commands::remarks`]).
pub(super) fn request(
    commands: &Commands,
    set: &FileSet,
    missing: Option<Code>,
) -> Option<Request> {
    if commands.has(&Command::Delete) {
        return Some(Request::Delete);
    }
    if !set.files.is_empty() || !set.refused.is_empty() {
        return None;
    }
    let asked = [
        (Command::Help, Request::Help),
        (Command::Upload, Request::Upload),
        (Command::Template, Request::Template),
        (Command::Status, Request::Status),
        (Command::History, Request::History),
    ];
    let asked = asked.into_iter().find(|(command, _)| commands.has(command));
    let silent = !commands.is_asking() && missing == Some(Code::NoAttachment);
    asked.map(|(_, request)| request).or(silent.then_some(Request::NoFile))
}

/// A reply before it becomes a message.
pub(super) struct Said {
    pub content: ReplyContent,
    pub calculation: Option<Vec<u8>>,
    pub status: Status,
}

pub(super) fn respond(request: Request, today: Date, lang: Lang) -> Result<Said, Fault> {
    let content = match request {
        Request::Help => help_reply(lang)?,
        Request::Template => {
            notice_reply(&Notice::template(lang), empty_template(today, lang)?, lang)?
        }
        // Without a store there is nothing to show and nothing to delete.
        Request::Status | Request::History | Request::Delete => {
            notice_reply(&Notice::nothing_stored(lang), Vec::new(), lang)?
        }
        Request::Upload => notice_reply(&upload::not_here(lang), Vec::new(), lang)?,
        Request::NoFile => no_file_reply(empty_template(today, lang)?, lang)?,
    };
    let status = if request == Request::NoFile { Status::Incomplete } else { Status::Complete };
    Ok(Said { content, calculation: None, status })
}

/// Lays a result out; without any readable event it is a rejection.
#[tracing::instrument(target = "investtax::stage", name = "report", skip_all)]
pub(super) fn report(
    calculated: &Calculated,
    lang: Lang,
    with_document: bool,
    with_template: bool,
) -> Result<Said, Fault> {
    let input = calculated.report(lang);
    let content = match report_kind(&input) {
        ReplyKind::Report => {
            let mut files = report_attachments(&input)?;
            if with_template && !files.iter().any(|file| file.kind().is_template()) {
                files.extend(empty_template(input.today, lang)?);
            }
            report_reply(&input, files)?
        }
        ReplyKind::Rejection => {
            let found = rejection_findings(&input);
            rejection_reply(&calculated.ledger, found, lang, template_to_correct(&input)?)?
        }
    };
    let calculation = with_document.then(|| document(calculated, lang)).transpose()?;
    Ok(Said { content, calculation, status: calculated.assessment.status })
}

#[tracing::instrument(target = "investtax::stage", name = "document", skip_all)]
fn document(calculated: &Calculated, lang: Lang) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    calculation::write(&calculated.report(lang), &mut bytes)
        .map_err(|error| Fault::never("write the calculation document", error))?;
    Ok(bytes)
}

pub(super) fn reference(message: &InboundMessage, author: String) -> InboundReference {
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
pub(super) fn job_id(message: &InboundMessage, set: &FileSet) -> String {
    let mut hash = Sha256::new();
    let mut add = |part: &[u8]| {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    };
    add(message.author.as_ref().map_or("", |author| &author.address).as_bytes());
    add(message.message_id.as_deref().unwrap_or_default().as_bytes());
    add(message.subject.as_bytes());
    let mut contents: Vec<&[u8; 32]> = set.files.iter().map(|file| &file.digest).collect();
    contents.sort_unstable();
    for content in contents {
        add(content);
    }
    add(message.text.split_whitespace().collect::<Vec<_>>().join(" ").as_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let (head, _) = digest.split_at(16);
    format!("{:032x}", u128::from_be_bytes(head.try_into().unwrap_or_default()))
}

#[cfg(test)]
#[path = "reply_tests.rs"]
mod tests;
