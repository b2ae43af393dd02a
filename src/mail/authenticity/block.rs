//! The block of fields that SES puts on top of a raw message, and how it is told from a copy.

use super::{
    super::HeaderFields,
    results::{AuthResults, words},
};

pub(super) const RESULTS_FIELD: &str = "authentication-results";
pub(super) const SPAM_FIELD: &str = "x-ses-spam-verdict";
pub(super) const VIRUS_FIELD: &str = "x-ses-virus-verdict";

/// What SES puts above a message, and nothing else.
const BLOCK_FIELDS: [&str; 6] =
    ["return-path", "received", SPAM_FIELD, VIRUS_FIELD, "received-spf", RESULTS_FIELD];

/// The fields that SES itself put on top of the raw message.
pub(super) struct Block<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Block<'a> {
    /// The block above and including the first `X-SES-RECEIPT`, if it is SES's for that message: it
    /// holds each of SES's fields at most once and no other, and its `Received` was written by SES under
    /// the id that we know from elsewhere. Whatever stands below is the sender's.
    pub(super) fn find(fields: &'a HeaderFields, message_id: &str) -> Option<Self> {
        let mut block: Vec<(&str, &str)> = Vec::new();
        for (name, value) in fields.iter() {
            if name == "x-ses-receipt" {
                let block = Self(block);
                let received = block.get("received").is_some_and(|hop| is_ses_hop(hop, message_id));
                return (received && block.has_plain_sender()).then_some(block);
            }
            let again = block.iter().any(|(known, _)| *known == name);
            if again || !BLOCK_FIELDS.contains(&name) {
                return None;
            }
            block.push((name, value));
        }
        None
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    /// An envelope sender with quoted or special characters is repeated in `Authentication-Results`,
    /// where it could pose as a result.
    fn has_plain_sender(&self) -> bool {
        let plain = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/?^_`{|}~.@<>= ".contains(c);
        self.get("return-path").is_none_or(|path| path.chars().all(plain))
    }

    pub(super) fn results(&self) -> Option<AuthResults> {
        let results = AuthResults::parse(self.get(RESULTS_FIELD)?)?;
        (results.authserv_id == "amazonses.com").then_some(results)
    }
}

/// `from HELO (…) by inbound-smtp.REGION.amazonaws.com with SMTP id ID …`, the greeting being a plain name.
fn is_ses_hop(received: &str, message_id: &str) -> bool {
    let Some(words) = words(received) else { return false };
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let ["from", helo, "by", host, "with", _, "id", id, ..] = words.as_slice() else {
        return false;
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-_:[]".contains(c);
    let host =
        host.strip_prefix("inbound-smtp.").and_then(|rest| rest.strip_suffix(".amazonaws.com"));
    let region = |c: char| c.is_ascii_alphanumeric() || c == '-';
    helo.chars().all(plain)
        && host.is_some_and(|name| !name.is_empty() && name.chars().all(region))
        && !message_id.is_empty()
        && id.trim_end_matches(';') == message_id
}
