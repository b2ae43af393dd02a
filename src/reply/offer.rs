//! The reply that offers a place for a file too large for mail, and the page behind its link.

use askama::Template;
use jiff::Timestamp;

use super::{
    ReplyContent,
    content::{Frame, content},
    plain,
};
use crate::{
    error::Fault,
    lang::Lang,
    wording::{letters::Notice, upload},
};

#[derive(Debug, Template)]
#[template(path = "offer.txt", escape = "none")]
struct OfferText<'a> {
    frame: &'a Frame,
    headline: &'a str,
    paragraphs: &'a [String],
    label: &'a str,
    link: &'a str,
}

#[derive(Debug, Template)]
#[template(path = "offer.html")]
struct OfferHtml<'a> {
    frame: &'a Frame,
    headline: &'a str,
    paragraphs: &'a [String],
    label: &'a str,
    link: &'a str,
}

/// A reply with a link: the only one there is, and it is ours.
pub fn offer_reply(notice: &Notice, link: &str, lang: Lang) -> Result<ReplyContent, Fault> {
    let (frame, label) = (&Frame::new(lang), upload::link(lang));
    let (headline, paragraphs) = (notice.headline.as_str(), notice.paragraphs.as_slice());
    let text = OfferText { frame, headline, paragraphs, label, link };
    let html = OfferHtml { frame, headline, paragraphs, label, link };
    content(&text, &html, Vec::new())
}

/// The form that takes one file: where it goes, and the fields that stand before the file.
#[derive(Clone, Debug)]
pub struct UploadForm {
    /// The address that the form is sent to; of the same origin as the page.
    pub action: String,
    /// Names and values, in order.
    pub fields: Vec<(String, String)>,
    /// The most bytes that the other side takes.
    pub bytes_max: usize,
    /// Up to when it takes any.
    pub until: Timestamp,
}

/// The page with the form, as HTML. It works without its script, if less kindly. Nothing of the sender
/// stands in it.
///
/// # Errors
///
/// Only by a bug in the template.
pub fn upload_page(form: &UploadForm, lang: Lang) -> Result<String, Fault> {
    let page = UploadPage {
        lang,
        words: &upload::page(form.bytes_max, form.until, lang),
        action: &form.action,
        fields: &form.fields,
        bytes_max: form.bytes_max,
    };
    page.render().map_err(|error| Fault::never("lay out the page for uploads", error))
}

#[derive(Debug, Template)]
#[template(path = "upload.html")]
struct UploadPage<'a> {
    lang: Lang,
    words: &'a upload::Page,
    action: &'a str,
    fields: &'a [(String, String)],
    bytes_max: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://bucket.s3.eu-central-1.amazonaws.com/offer/a/b.html?X-Amz-Date=1&X-Amz-Signature=2";

    #[test]
    fn the_link_stands_whole_in_both_forms_and_nothing_else_is_one() {
        let until: Timestamp = "2026-03-02T11:00:00Z".parse().unwrap();
        for lang in [Lang::Pl, Lang::En] {
            let reply =
                offer_reply(&upload::offer(false, 64 << 20, until, lang), LINK, lang).unwrap();
            assert!(reply.text.lines().any(|line| line == LINK), "{}", reply.text);
            assert!(reply.html.contains(&LINK.replace('&', "&#38;")), "{}", reply.html);
            assert_eq!(reply.html.matches("<a ").count(), 1);
            for line in reply.text.lines().filter(|line| *line != LINK) {
                assert!(plain::width(line) <= plain::COLUMNS, "{line}");
            }
        }
    }

    #[test]
    fn the_file_is_the_last_field_of_the_form() {
        let form = UploadForm {
            action: "https://bucket.example/".to_owned(),
            fields: vec![("key".to_owned(), "upload/a/b\"><script>".to_owned())],
            bytes_max: 64 << 20,
            until: "2026-03-02T11:00:00Z".parse().unwrap(),
        };
        let page = upload_page(&form, Lang::Pl).unwrap();
        let names: Vec<&str> = page
            .split("name=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .filter(|name| !["viewport", "robots", "referrer", "color-scheme"].contains(name))
            .collect();
        assert_eq!(names, ["key", "x-amz-meta-name", "file"]);
        assert!(!page.contains("b\"><script>"), "{page}");
    }
}
