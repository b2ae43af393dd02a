//! `In-Reply-To` and `References`: what keeps a conversation together (RFC 5322 § 3.6.4).
//!
//! Ids go out bare: never encoded, quoted or folded before the first one, or Exchange drops them
//! (mail §2.2). Whatever does not look like an id is dropped, so nobody's text gets into a header.

use std::collections::HashSet;

/// As many ids as go out.
const IDS_MAX: usize = 20;

/// As many characters as all ids together may have.
const CHARS_MAX: usize = 1_500;

/// What a reply needs to know of the message that it answers.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct InboundReference {
    /// The author's address: the only recipient of the reply.
    pub author: String,
    /// `Message-ID`, with or without brackets; `None` if there is none.
    pub message_id: Option<String>,
    /// `In-Reply-To`, as it stands.
    pub in_reply_to: String,
    /// `References`, as it stands: ids divided by blanks or commas.
    pub references: String,
    /// `Subject`, decoded.
    pub subject: String,
    /// `Thread-Topic` of Exchange.
    pub thread_topic: Option<String>,
    /// `Thread-Index` of Exchange, base64.
    pub thread_index: Option<String>,
}

impl InboundReference {
    /// The id to answer to, with brackets.
    pub(super) fn answered_id(&self) -> Option<String> {
        self.message_id.as_deref().and_then(|text| ids(text).pop()).map(bracket)
    }

    /// The whole chain, oldest first, ending with `own` (our signed id of the conversation).
    pub(super) fn chain(&self, own: Option<&str>) -> Vec<String> {
        let mut chain = Vec::new();
        let answered = self.message_id.as_deref().map(ids).unwrap_or_default();
        if !answered.is_empty() {
            chain = ids(&self.references);
            if chain.is_empty() {
                chain = ids(&self.in_reply_to);
            }
            chain.extend(answered);
        }
        chain.extend(own.map(ids).unwrap_or_default());
        shorten(without_repeats(&chain)).into_iter().map(bracket).collect()
    }

    /// `Thread-Index` if it is what Exchange makes: base64 of a header and a few steps.
    pub(super) fn clean_thread_index(&self) -> Option<&str> {
        let index = self.thread_index.as_deref()?.trim();
        let base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
        ((4..=600).contains(&index.len()) && index.chars().all(base64)).then_some(index)
    }
}

fn bracket(id: impl AsRef<str>) -> String {
    format!("<{}>", id.as_ref())
}

/// Every usable id in the text, without brackets.
fn ids(text: &str) -> Vec<&str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '<' | '>'))
        .filter(|id| is_id(id))
        .collect()
}

/// `^[!-;=?-~]{1,250}$` with exactly one `@` that has something on both sides.
fn is_id(text: &str) -> bool {
    let printable = |byte: u8| (b'!'..=b'~').contains(&byte) && !matches!(byte, b'<' | b'>');
    let sides = || {
        text.split_once('@').is_some_and(|(left, right)| {
            !left.is_empty() && !right.is_empty() && !right.contains('@')
        })
    };
    (1..=250).contains(&text.len()) && text.bytes().all(printable) && sides()
}

/// Keeps the last mention of every id: the chain ends with the message that is answered.
fn without_repeats<'a>(chain: &[&'a str]) -> Vec<&'a str> {
    let mut seen = HashSet::new();
    let mut kept: Vec<&'a str> =
        chain.iter().rev().filter(|id| seen.insert(**id)).copied().collect();
    kept.reverse();
    kept
}

/// Keeps the first id, which names the thread, and as many of the last as the limits allow.
fn shorten(mut chain: Vec<&str>) -> Vec<&str> {
    // Two brackets and a blank for each id.
    let length = |chain: &[&str]| chain.iter().map(|id| id.len() + 3).sum::<usize>();
    if chain.len() > IDS_MAX {
        chain.drain(1..=chain.len() - IDS_MAX);
    }
    while chain.len() > 2 && length(&chain) > CHARS_MAX {
        chain.remove(1);
    }
    chain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn inbound(references: &str, message_id: &str) -> InboundReference {
        InboundReference {
            references: references.to_owned(),
            message_id: Some(message_id.to_owned()),
            ..InboundReference::default()
        }
    }

    #[test]
    fn the_chain_goes_on() {
        let inbound = inbound("<a@x>, <b@x>\r\n <broken> <c@@x>", "<m@x>");
        assert_eq!(inbound.chain(Some("t@ours")), ["<a@x>", "<b@x>", "<m@x>", "<t@ours>"]);
        assert_eq!(inbound.answered_id().as_deref(), Some("<m@x>"));
    }

    #[test]
    fn without_references_the_parent_starts_the_chain() {
        let mut inbound = inbound("", "m@x");
        inbound.in_reply_to = "<p@x>".to_owned();
        assert_eq!(inbound.chain(None), ["<p@x>", "<m@x>"]);
    }

    #[test]
    fn without_a_message_id_only_our_own_id_stays() {
        let mut inbound = inbound("<a@x>", "not an id");
        assert_eq!(inbound.chain(Some("t@ours")), ["<t@ours>"]);
        assert_eq!(inbound.answered_id(), None);
        inbound.message_id = None;
        assert!(inbound.chain(None).is_empty());
    }

    #[test]
    fn a_long_chain_keeps_its_first_and_last_ids() {
        let many = (0..80).map(|at| format!("<{at}@x>")).collect::<Vec<_>>().join(" ");
        let chain = inbound(&many, "<m@x>").chain(Some("t@ours"));
        assert_eq!(chain.len(), 20);
        assert_eq!((chain[0].as_str(), chain[1].as_str()), ("<0@x>", "<63@x>"));
        assert_eq!(chain[18..], ["<m@x>", "<t@ours>"]);
    }

    #[test]
    fn of_an_id_named_twice_the_last_mention_stays() {
        let inbound = inbound("<a@x> <b@x> <a@x> <c@x> <b@x>", "<m@x>");
        assert_eq!(inbound.chain(None), ["<a@x>", "<c@x>", "<b@x>", "<m@x>"]);
    }

    /// mail.md § 7: at most 20 ids and 1 500 characters; what just fits stays whole.
    #[test]
    fn references_written() {
        let ids = |count: usize, length: usize| {
            let one = |at: usize| format!("<{at:0width$}@x>", width = length - 4);
            (0..count).map(one).collect::<Vec<_>>().join(" ")
        };
        // With the answered id and ours: 20.
        assert_eq!(inbound(&ids(18, 9), "<m@x>").chain(Some("t@ours")).len(), 20);
        assert_eq!(inbound(&ids(19, 9), "<m@x>").chain(Some("t@ours")).len(), 20);
        let long = inbound(&ids(10, 240), "<m@x>").chain(Some("t@ours"));
        assert!(long.len() < 10 && long.join(" ").len() <= CHARS_MAX, "{}", long.len());
    }

    proptest! {
        #[test]
        fn the_limits_hold_for_any_header(
            references in "(<?[ -~]{0,60}@[ -~]{0,200}>?[ ,\r\n]?){0,60}",
            message_id in any::<String>(),
        ) {
            let chain = inbound(&references, &message_id).chain(Some("t@ours"));
            prop_assert!(chain.len() <= IDS_MAX);
            prop_assert!(chain.join(" ").len() <= CHARS_MAX);
            prop_assert!(chain.iter().all(|id| is_id(&id[1..id.len() - 1])));
            prop_assert_eq!(chain.last().map(String::as_str), Some("<t@ours>"));
        }
    }
}
