//! Replies by SMTP to a relay that sends them on, and no faster than they should leave.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor,
    address::Envelope,
    transport::smtp::{Error as SmtpError, response::Severity},
};
use tokio::{
    sync::Mutex,
    time::{Instant, sleep_until},
};

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
        Ok(Self { transport: builder.timeout(Some(PATIENCE)).build() })
    }
}

/// A relay answers within this time or counts as absent.
const PATIENCE: Duration = Duration::from_secs(30);

#[async_trait]
impl Mailer for SmtpRelay {
    /// With an empty return path, so that no bounce comes back to us (RFC 3834 § 3.3).
    async fn send(&self, message: &Outgoing) -> Result<String, Unsent> {
        let to: Address =
            message.to.parse().map_err(|_| Fault::never("address a reply", "no address"))?;
        let envelope = Envelope::new(None, vec![to])
            .map_err(|error| Fault::never("address a reply", error))?;
        self.transport.send_raw(&envelope, &message.bytes).await.map_err(|error| {
            // What is not known to be refused may be on its way.
            Unsent { fault: refusal(&error), doubtful: error.is_timeout() }
        })?;
        Ok(message.id.clone())
    }
}

/// What a relay said, by its code alone: its words repeat the address (they end up in the log).
fn refusal(error: &SmtpError) -> Fault {
    let doing = "hand a reply to the relay";
    let Some(code) = error.status() else {
        let what = if error.is_timeout() { "no answer in time" } else { "no connection" };
        return Fault::later(doing, what);
    };
    let number = code.to_string();
    // 550 to 553 are about this recipient or message. Others, such as 535 and 554, are about us, and the
    // operator can mend them while the reply waits.
    let about_the_message = code.severity == Severity::PermanentNegativeCompletion
        && ["550", "551", "552", "553"].contains(&number.as_str());
    let said = format!("it said {number}");
    if about_the_message { Fault::never(doing, said) } else { Fault::later(doing, said) }
}

/// A way out that lets a few messages leave in a second.
pub struct Paced {
    mailer: Arc<dyn Mailer>,
    pause: Duration,
    /// When the next message may leave.
    next: Mutex<Instant>,
}

impl std::fmt::Debug for Paced {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Paced").field("pause", &self.pause).finish_non_exhaustive()
    }
}

impl Paced {
    /// At most so many messages in a second; 0 counts as 1.
    pub fn new(mailer: Arc<dyn Mailer>, per_second: u32) -> Self {
        let pause = Duration::from_secs(1) / per_second.max(1);
        Self { mailer, pause, next: Mutex::new(Instant::now()) }
    }
}

#[async_trait]
impl Mailer for Paced {
    async fn send(&self, message: &Outgoing) -> Result<String, Unsent> {
        let mut next = self.next.lock().await;
        sleep_until(*next).await;
        *next = Instant::now() + self.pause;
        drop(next);
        self.mailer.send(message).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nowhere;

    #[async_trait]
    impl Mailer for Nowhere {
        async fn send(&self, message: &Outgoing) -> Result<String, Unsent> {
            Ok(message.id.clone())
        }
    }

    #[tokio::test]
    async fn sends_per_second() {
        let paced = Paced::new(Arc::new(Nowhere), 20);
        let begun = Instant::now();
        for _ in 0..5 {
            paced.send(&Outgoing::default()).await.unwrap();
        }
        // Four pauses of 50 ms between five messages.
        assert!(begun.elapsed() >= Duration::from_millis(200), "{:?}", begun.elapsed());
    }

    /// A server that answers every command with the same code, after a greeting.
    async fn sent_to(code: &'static str) -> Fault {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.write_all(b"220 x\r\n").await.unwrap();
            let mut line = [0; 512];
            while let Ok(length) = stream.read(&mut line).await {
                let said = String::from_utf8_lossy(&line[..length]).into_owned();
                let answer = if said.starts_with("RCPT") {
                    format!("{code} <jan@example.com> is refused\r\n")
                } else {
                    "250 ok\r\n".to_owned()
                };
                if length == 0 || stream.write_all(answer.as_bytes()).await.is_err() {
                    return;
                }
            }
        });
        let relay = SmtpRelay::new(&format!("smtp://127.0.0.1:{port}")).unwrap();
        let message = Outgoing { to: "jan@example.com".to_owned(), ..Outgoing::default() };
        relay.send(&message).await.unwrap_err().fault
    }

    #[tokio::test]
    async fn refusals_are_told_apart_by_their_code_and_repeat_no_address() {
        use crate::error::Retry;
        for (code, retry) in [
            ("550", Retry::Never),
            ("552", Retry::Never),
            ("451", Retry::Later),
            ("554", Retry::Later),
        ] {
            let fault = sent_to(code).await;
            assert_eq!(fault.retry(), retry, "{code}");
            assert_eq!(
                fault.chain(),
                format!("failed to hand a reply to the relay: it said {code}")
            );
        }
        let nobody = SmtpRelay::new("smtp://127.0.0.1:1").unwrap();
        let message = Outgoing { to: "jan@example.com".to_owned(), ..Outgoing::default() };
        let fault = nobody.send(&message).await.unwrap_err().fault;
        assert!(
            fault.retry() == Retry::Later && !fault.chain().contains("jan"),
            "{}",
            fault.chain()
        );
    }
}
