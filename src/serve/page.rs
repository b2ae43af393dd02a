//! What the operator's own page shows: conversations, their state, and the replies as they went out.

use askama::Template;
use jiff::Timestamp;
use mail_parser::{MessageParser, MimeHeaders as _};

use crate::{
    adapters::{Letter, SqliteConversations, StoreHealth},
    conversation::{Conversation, KnownFile, Thresholds},
    error::Fault,
    lang::Lang,
};

#[derive(Debug, Template)]
#[template(path = "page_list.html")]
struct List<'a> {
    lang: Lang,
    title: &'a str,
    address: &'a str,
    paused: bool,
    outbox: i64,
    held: i64,
    rows: Vec<Row>,
}

#[derive(Debug, Template)]
#[template(path = "page_conversation.html")]
struct Details<'a> {
    lang: Lang,
    title: &'a str,
    address: &'a str,
    row: Row,
    files: &'a [KnownFile],
    choices: &'a [String],
    results: Vec<(String, &'a str)>,
    letters: Vec<LetterView>,
}

#[derive(Debug)]
struct Row {
    id: String,
    owner: String,
    updated: String,
    files: usize,
    result: String,
    waits: bool,
}

#[derive(Debug)]
struct LetterView {
    id: String,
    at: String,
    files: Vec<String>,
}

impl Row {
    fn new(conversation: &Conversation) -> Self {
        let most = Thresholds::default().answers_without_file;
        let last = conversation.results.last();
        Self {
            id: conversation.id.clone(),
            owner: conversation.owner.clone(),
            updated: shown(conversation.updated),
            files: conversation.current_files().count(),
            result: last.map(|result| result.headline.clone()).unwrap_or_default(),
            waits: conversation.answers_without_file > most,
        }
    }
}

/// Minutes are enough; in Warsaw, as everywhere else in the replies.
fn shown(at: Timestamp) -> String {
    at.to_zoned(crate::zones::warsaw()).strftime("%Y-%m-%d %H:%M").to_string()
}

fn render(page: &impl Template) -> Result<Vec<u8>, Fault> {
    let text = page.render().map_err(|error| Fault::never("lay out a page", error))?;
    Ok(text.into_bytes())
}

/// The page of all conversations.
pub(super) fn list(
    conversations: &[Conversation],
    health: StoreHealth,
    paused: bool,
    address: &str,
    lang: Lang,
) -> Result<Vec<u8>, Fault> {
    render(&List {
        lang,
        title: lang.choose("Rozmowy", "Conversations"),
        address,
        paused,
        outbox: health.outbox,
        held: health.held,
        rows: conversations.iter().map(Row::new).collect(),
    })
}

/// The page of one conversation.
pub(super) fn details(
    store: &SqliteConversations,
    conversation: &Conversation,
    address: &str,
    lang: Lang,
) -> Result<Vec<u8>, Fault> {
    let mut letters = Vec::new();
    for Letter { id, at } in store.letters(&conversation.id)? {
        let files = store.letter(&id)?.map(|bytes| attachments(&bytes)).unwrap_or_default();
        let files = files.into_iter().map(|file| file.name).collect();
        letters.push(LetterView { id, at: shown(at), files });
    }
    let results = conversation.results.iter();
    let row = Row::new(conversation);
    let last = conversation.results.last().map(|result| result.headline.as_str());
    let title = last.unwrap_or(lang.choose("Rozmowa", "Conversation"));
    render(&Details {
        lang,
        title,
        address,
        row,
        files: &conversation.files,
        choices: &conversation.choices,
        results: results.map(|result| (shown(result.at), result.headline.as_str())).collect(),
        letters,
    })
}

/// A file of a reply.
pub(super) struct File {
    pub name: String,
    pub media: String,
    pub bytes: Vec<u8>,
}

/// The files of a reply that we composed.
pub(super) fn attachments(letter: &[u8]) -> Vec<File> {
    let Some(mail) = MessageParser::default().parse(letter) else { return Vec::new() };
    let files = mail.attachments().map(|part| File {
        name: part.attachment_name().unwrap_or_default().to_owned(),
        media: part.content_type().map_or_else(String::new, |media| {
            format!("{}/{}", media.ctype(), media.subtype().unwrap_or_default())
        }),
        bytes: part.contents().to_vec(),
    });
    files.collect()
}

/// The reply as HTML or as text.
pub(super) fn body(letter: &[u8], html: bool) -> Option<Vec<u8>> {
    let mail = MessageParser::default().parse(letter)?;
    let body = if html { mail.body_html(0) } else { mail.body_text(0) };
    body.map(|text| text.as_bytes().to_vec())
}
