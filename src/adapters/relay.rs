//! Replies by SMTP to a relay that sends them on.

use async_trait::async_trait;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor, address::Envelope};

use crate::{
    error::Fault,
    ports::{Mailer, Outgoing, Unsent},
};

/// A mail server that takes our replies.
#[derive(Clone, Debug)]
pub struct SmtpRelay {
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl SmtpRelay {
    /// By address: `smtp://127.0.0.1:25` in the clear, `smtp://user:password@host:587?tls=required`
    /// or `smtps://user:password@host:465` with TLS.
    pub fn new(url: &str) -> Result<Self, Fault> {
        // Not named in the fault: the address may hold a password.
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|error| Fault::never("read the address of the relay", error))?;
        Ok(Self { transport: builder.build() })
    }
}

#[async_trait]
impl Mailer for SmtpRelay {
    /// With an empty return path, so that no bounce comes back to us (RFC 3834 § 3.3).
    async fn send(&self, message: &Outgoing) -> Result<String, Unsent> {
        let to: Address =
            message.to.parse().map_err(|error| Fault::never("address a reply", error))?;
        let envelope = Envelope::new(None, vec![to])
            .map_err(|error| Fault::never("address a reply", error))?;
        self.transport.send_raw(&envelope, &message.bytes).await.map_err(|error| {
            // What is not known to be refused may be on its way.
            let doubtful = error.is_timeout();
            Unsent { fault: Fault::later("hand a reply to the relay", error), doubtful }
        })?;
        Ok(message.id.clone())
    }
}
