//! One SMTP session (RFC 5321), as much of it as a mail server needs to hand mail over.

use std::{io, net::IpAddr, time::Duration};

use tokio::{
    io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    sync::watch,
    time::timeout,
};

use super::Intake;
use crate::{adapters::SystemClock, ports::Clock as _};

/// A command, or a piece of a message, must come within this time (RFC 5321 § 4.5.3.2 asks for 5
/// minutes from mail servers; ours stands beside us).
const PATIENCE: Duration = Duration::from_mins(1);

/// A command with its end has at most so many octets (RFC 5321 § 4.5.3.1.4).
const COMMAND_BYTES_MAX: u64 = 512;

/// A message is read in pieces of a line or this many bytes. Lines may be of any length.
const PIECE_BYTES: u64 = 64 * 1024;

/// After so many bad commands the session ends.
const MISTAKES_MAX: u32 = 10;

/// How a session, or its part in the clear, ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum End {
    /// It is over.
    Closed,
    /// The peer was told to begin TLS.
    StartTls,
}

/// What a session begins with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    /// Who is there.
    pub peer: IpAddr,
    /// STARTTLS is possible and was not done yet.
    pub offers_tls: bool,
    /// TLS is on; then there is no greeting.
    pub encrypted: bool,
}

/// Speaks with a peer until it leaves; every message is stored before it is acknowledged. Once asked to
/// stop, a message that is being sent is still taken.
pub(super) async fn run<S>(
    stream: &mut S,
    terms: Terms,
    intake: &Intake,
    mut stop: watch::Receiver<bool>,
) -> io::Result<End>
where
    S: AsyncBufRead + AsyncWrite + Unpin,
{
    let mut session = Session {
        stream,
        terms,
        intake,
        greeting: String::new(),
        from: None,
        accepted: false,
        mistakes: 0,
        upgrades: false,
    };
    if !terms.encrypted {
        session.say("220 investtax ready").await?;
    }
    loop {
        let line = tokio::select! {
            line = session.line() => line?,
            () = asked(&mut stop) => {
                session.say("421 closing").await?;
                return Ok(End::Closed);
            }
        };
        let goes_on = match line {
            Line::Gone => return Ok(End::Closed),
            Line::TooLong => session.refuse("500 line too long").await.map(|()| true)?,
            Line::Whole(line) => {
                let text = String::from_utf8_lossy(&line).trim().to_owned();
                session.command(&text).await?
            }
        };
        if session.upgrades {
            return Ok(End::StartTls);
        }
        if !goes_on || session.mistakes > MISTAKES_MAX {
            return Ok(End::Closed);
        }
    }
}

async fn asked(stop: &mut watch::Receiver<bool>) {
    drop(stop.wait_for(|stop| *stop).await);
}

enum Line {
    Whole(Vec<u8>),
    TooLong,
    Gone,
}

struct Session<'s, S> {
    stream: &'s mut S,
    terms: Terms,
    intake: &'s Intake,
    /// The name by which the peer greeted.
    greeting: String,
    /// The envelope sender, empty for `<>`.
    from: Option<String>,
    /// Our address is among the recipients.
    accepted: bool,
    mistakes: u32,
    upgrades: bool,
}

impl<S: AsyncBufRead + AsyncWrite + Unpin> Session<'_, S> {
    /// Carries a command out; false ends the session.
    async fn command(&mut self, text: &str) -> io::Result<bool> {
        let verb = text.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" => {
                self.greet(text);
                let size = self.intake.message_bytes;
                let tls = if self.terms.offers_tls { "250-STARTTLS\r\n" } else { "" };
                self.say(&format!(
                    "250-investtax\r\n250-SIZE {size}\r\n250-PIPELINING\r\n{tls}250 8BITMIME"
                ))
                .await?;
            }
            "HELO" => {
                self.greet(text);
                self.say("250 investtax").await?;
            }
            "STARTTLS" if self.terms.offers_tls => {
                self.say("220 go on with TLS").await?;
                self.upgrades = true;
            }
            "MAIL" => self.mail(text).await?,
            "RCPT" => self.recipient(text).await?,
            "DATA" => self.data().await?,
            "RSET" => {
                self.reset();
                self.say("250 ok").await?;
            }
            "NOOP" => self.say("250 ok").await?,
            "VRFY" => self.say("252 send some mail and see").await?,
            "QUIT" => {
                self.say("221 bye").await?;
                return Ok(false);
            }
            _ => self.refuse("500 unknown command").await?,
        }
        Ok(true)
    }

    fn greet(&mut self, text: &str) {
        self.reset();
        let name = text.split_whitespace().nth(1).unwrap_or_default();
        let plain = |c: char| c.is_ascii_alphanumeric() || ".-_:[]".contains(c);
        let fits = !name.is_empty() && name.len() <= 255 && name.chars().all(plain);
        self.greeting = if fits { name.to_owned() } else { "unknown".to_owned() };
    }

    async fn mail(&mut self, text: &str) -> io::Result<()> {
        let Some((path, rest)) = path(text) else { return self.refuse("501 no path").await };
        let declared = rest.split_whitespace().find_map(|part| {
            let (name, value) = part.split_once('=')?;
            name.eq_ignore_ascii_case("SIZE").then(|| value.parse::<usize>().ok()).flatten()
        });
        if declared.is_some_and(|size| size > self.intake.message_bytes) {
            return self.refuse("552 the message is too large").await;
        }
        self.reset();
        self.from = Some(path.to_owned());
        self.say("250 ok").await
    }

    async fn recipient(&mut self, text: &str) -> io::Result<()> {
        if self.from.is_none() {
            return self.refuse("503 MAIL first").await;
        }
        match path(text) {
            Some((address, _)) if self.intake.is_ours(address) => {
                self.accepted = true;
                self.say("250 ok").await
            }
            Some(_) => self.refuse("550 no such mailbox").await,
            None => self.refuse("501 no path").await,
        }
    }

    async fn data(&mut self) -> io::Result<()> {
        let Some(from) = self.from.clone().filter(|_| self.accepted) else {
            return self.refuse("503 MAIL and RCPT first").await;
        };
        self.say("354 go on, end with a dot").await?;
        let mut message = self.trace(&from).into_bytes();
        let Some(fits) = self.read_message(&mut message).await? else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        self.reset();
        if !fits {
            return self.refuse("552 the message is too large").await;
        }
        match self.intake.store(self.terms.peer, &message) {
            Ok(()) => self.say("250 stored").await,
            Err(fault) => {
                tracing::error!(cause = %fault.chain(), "a mail could not be stored");
                self.say("451 cannot store the message now").await
            }
        }
    }

    /// The trace fields that the last server writes (RFC 5321 § 4.4).
    fn trace(&self, from: &str) -> String {
        let Terms { peer, encrypted, .. } = self.terms;
        let name = if self.greeting.is_empty() { "unknown" } else { self.greeting.as_str() };
        let protocol = if encrypted { "ESMTPS" } else { "ESMTP" };
        let by = self.intake.address.split_once('@').map_or("", |(_, domain)| domain);
        let at =
            jiff::fmt::rfc2822::to_string(&SystemClock.now().to_zoned(jiff::tz::TimeZone::UTC))
                .unwrap_or_default();
        format!(
            "Return-Path: <{from}>\r\nReceived: from {name} ([{peer}]) by {by} with {protocol};\r\n\t{at}\r\n"
        )
    }

    /// Reads up to the closing dot; whether it fitted, or `None` if the peer left before.
    ///
    /// Only CR LF ends a line here. A server that lets bare line feeds through must not be able to end
    /// a message with one, or one message would be two ("SMTP smuggling").
    async fn read_message(&mut self, message: &mut Vec<u8>) -> io::Result<Option<bool>> {
        let mut fits = true;
        // The last two bytes; a message begins as if behind a line end.
        let mut tail = [b'\r', b'\n'];
        loop {
            let piece = self.piece(PIECE_BYTES).await?;
            if piece.is_empty() {
                return Ok(None);
            }
            let begins_line = tail == *b"\r\n";
            if begins_line && piece == b".\r\n" {
                return Ok(Some(fits));
            }
            for &byte in piece.iter().rev().take(2).rev() {
                tail = [tail[1], byte];
            }
            let text = if begins_line { piece.strip_prefix(b".") } else { None };
            let text = text.unwrap_or(&piece);
            fits = fits && message.len() + text.len() <= self.intake.message_bytes;
            if fits {
                message.extend_from_slice(text);
            }
        }
    }

    /// The next command line.
    async fn line(&mut self) -> io::Result<Line> {
        let mut line = self.piece(COMMAND_BYTES_MAX).await?;
        let whole = line.ends_with(b"\n");
        while !line.is_empty() && !line.ends_with(b"\n") {
            line = self.piece(PIECE_BYTES).await?;
        }
        Ok(match (line.is_empty(), whole) {
            (true, _) => Line::Gone,
            (false, true) => Line::Whole(line),
            (false, false) => Line::TooLong,
        })
    }

    /// Bytes up to a line feed, at most so many; none if the peer left.
    async fn piece(&mut self, most: u64) -> io::Result<Vec<u8>> {
        let mut piece = Vec::new();
        let mut limited = (&mut *self.stream).take(most);
        let read = timeout(PATIENCE, limited.read_until(b'\n', &mut piece));
        read.await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        Ok(piece)
    }

    fn reset(&mut self) {
        self.from = None;
        self.accepted = false;
    }

    async fn refuse(&mut self, answer: &str) -> io::Result<()> {
        self.mistakes += 1;
        self.say(answer).await
    }

    async fn say(&mut self, answer: &str) -> io::Result<()> {
        let line = format!("{answer}\r\n");
        let write = timeout(PATIENCE, self.stream.write_all(line.as_bytes()));
        write.await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        self.stream.flush().await
    }
}

/// The address in `MAIL FROM:<…>` or `RCPT TO:<…>`, and what follows; nothing that could end a line.
fn path(text: &str) -> Option<(&str, &str)> {
    let (_, rest) = text.split_once('<')?;
    let (address, rest) = rest.split_once('>')?;
    (address.bytes().all(|byte| byte.is_ascii_graphic())).then_some((address, rest))
}

#[cfg(test)]
mod tests;
