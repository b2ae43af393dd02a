//! Replies by SES.

use async_trait::async_trait;
use aws_sdk_sesv2::{
    Client,
    primitives::Blob,
    types::{Destination, EmailContent, MessageTag, RawMessage},
};

use super::fault::{fault, may_have_been_done};
use crate::{
    error::Fault,
    ports::{Mailer, Outgoing, Unsent},
};

/// SES as a [`Mailer`].
#[derive(Clone, Debug)]
pub struct Ses {
    client: Client,
    configuration_set: Option<String>,
}

impl Ses {
    /// SES with the configuration set that reports bounces and complaints.
    pub fn new(client: Client, configuration_set: Option<String>) -> Self {
        Self { client, configuration_set }
    }
}

#[async_trait]
impl Mailer for Ses {
    /// SES puts an id of its own into the message (mail.md § 0.1); it is the one returned.
    ///
    /// SES cannot be told that it had a message before, so a lost answer is a doubt; but it tells by an event
    /// that it took one, with the tag that names it here.
    async fn send(&self, message: &Outgoing) -> Result<String, Unsent> {
        let doing = "hand a reply to SES";
        let raw = RawMessage::builder().data(Blob::new(message.bytes.as_slice())).build();
        let raw = raw.map_err(|error| Fault::never(doing, error))?;
        let tag = MessageTag::builder().name("message").value(tagged(&message.id)).build();
        let tag = tag.map_err(|error| Fault::never(doing, error))?;
        let sent = self
            .client
            .send_email()
            .email_tags(tag)
            .destination(Destination::builder().to_addresses(&message.to).build())
            .content(EmailContent::builder().raw(raw).build())
            .set_configuration_set_name(self.configuration_set.clone())
            .send()
            .await;
        match sent {
            Ok(sent) => Ok(sent.message_id.unwrap_or_else(|| message.id.clone())),
            Err(error) => {
                let doubtful = may_have_been_done(&error);
                // Only this message is hopeless. A missing permission, a paused account or an unverified
                // domain is for an operator, and the reply waits for that.
                let hopeless = error.as_service_error().is_some_and(
                    aws_sdk_sesv2::operation::send_email::SendEmailError::is_bad_request_exception,
                );
                let fault = fault(doing, error);
                let fault = if hopeless { fault } else { Fault::later(doing, fault) };
                Err(Unsent { fault, doubtful })
            }
        }
    }
}

/// An id of ours as a tag: letters, digits, `_` and `-` only (SES v2, `MessageTag`). Ours have no `_`.
fn tagged(id: &str) -> String {
    id.replace('.', "_")
}

/// The id in a tag.
pub fn untagged(tag: &str) -> String {
    tag.replace('_', ".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_comes_back_from_its_tag() {
        for id in ["reply.abcdefgh234567ab", "reply.abcdefgh234567ab.slim"] {
            let tag = tagged(id);
            assert!(tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'), "{tag}");
            assert_eq!(untagged(&tag), id);
        }
    }
}
