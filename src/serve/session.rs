//! One SMTP session (RFC 5321), as much of it as a local mail server needs to hand mail over.

use std::{io, net::IpAddr, time::Duration};

use tokio::{
    io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    time::timeout,
};

use super::Intake;

/// A command, or a line of a message, must come within this time (RFC 5321 § 4.5.3.2 asks for 5
/// minutes from mail servers; ours stands beside us).
const PATIENCE: Duration = Duration::from_mins(1);

/// No line is longer: RFC 5321 allows 1 000, careless programs send more.
const LINE_BYTES_MAX: u64 = 64 * 1024;

/// After so many bad commands the session ends.
const MISTAKES_MAX: u32 = 10;

/// Speaks with a peer until it leaves; every message is stored before it is acknowledged.
pub(super) async fn run<S>(stream: S, peer: IpAddr, intake: &Intake) -> io::Result<()>
where
    S: AsyncBufRead + AsyncWrite + Unpin,
{
    let mut session = Session { stream, peer, intake, from: None, accepted: false, mistakes: 0 };
    session.say("220 investtax ready").await?;
    while let Some(line) = session.line().await? {
        let text = String::from_utf8_lossy(&line).trim().to_owned();
        if !session.command(&text).await? || session.mistakes > MISTAKES_MAX {
            return Ok(());
        }
    }
    Ok(())
}

struct Session<'i, S> {
    stream: S,
    peer: IpAddr,
    intake: &'i Intake,
    /// The envelope sender, empty for `<>`.
    from: Option<String>,
    /// Our address is among the recipients.
    accepted: bool,
    mistakes: u32,
}

impl<S: AsyncBufRead + AsyncWrite + Unpin> Session<'_, S> {
    /// Carries a command out; false ends the session.
    async fn command(&mut self, text: &str) -> io::Result<bool> {
        let verb = text.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" => {
                self.reset();
                let size = self.intake.message_bytes;
                self.say(&format!("250-investtax\r\n250-SIZE {size}\r\n250 8BITMIME")).await?;
            }
            "HELO" => {
                self.reset();
                self.say("250 investtax").await?;
            }
            "MAIL" => self.mail(text).await?,
            "RCPT" => self.recipient(text).await?,
            "DATA" => self.data().await?,
            "RSET" => {
                self.reset();
                self.say("250 ok").await?;
            }
            "NOOP" => self.say("250 ok").await?,
            "QUIT" => {
                self.say("221 bye").await?;
                return Ok(false);
            }
            _ => self.refuse("500 unknown command").await?,
        }
        Ok(true)
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
        let mut message = format!("Return-Path: <{from}>\r\n").into_bytes();
        let Some(fits) = self.read_message(&mut message).await? else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        self.reset();
        if !fits {
            return self.refuse("552 the message is too large").await;
        }
        match self.intake.store(self.peer, &message) {
            Ok(()) => self.say("250 stored").await,
            Err(fault) => {
                tracing::error!(cause = %fault.chain(), "a mail could not be stored");
                self.say("451 cannot store the message now").await
            }
        }
    }

    /// Reads up to the closing dot; whether it fitted, or `None` if the peer left before.
    async fn read_message(&mut self, message: &mut Vec<u8>) -> io::Result<Option<bool>> {
        let mut fits = true;
        while let Some(line) = self.line().await? {
            if line == b".\r\n" || line == b".\n" {
                return Ok(Some(fits));
            }
            let text = line.strip_prefix(b".").unwrap_or(&line);
            fits = fits && message.len() + text.len() <= self.intake.message_bytes;
            if fits {
                message.extend_from_slice(text);
            }
        }
        Ok(None)
    }

    /// The next line with its end; `None` if the peer left, an error if it says nothing for too long.
    async fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let mut limited = (&mut self.stream).take(LINE_BYTES_MAX);
        let read = timeout(PATIENCE, limited.read_until(b'\n', &mut line));
        let length = read.await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        Ok((length > 0 && line.ends_with(b"\n")).then_some(line))
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
mod tests {
    use std::net::Ipv4Addr;

    use tokio::io::BufReader;

    use super::*;
    use crate::adapters::Maildir;

    /// Says all lines at once and returns the codes of the answers and the stored mails.
    async fn talk(name: &str, peer: IpAddr, lines: &str) -> (Vec<String>, [Vec<Vec<u8>>; 2]) {
        let root =
            std::env::temp_dir().join(format!("investtax-smtp-{name}-{}", std::process::id()));
        drop(std::fs::remove_dir_all(&root));
        let intake = Intake {
            address: "calc@investtax.example".to_owned(),
            unproven: Maildir::open(&root.join("unproven")).unwrap(),
            verified: Maildir::open(&root.join("verified")).unwrap(),
            trusted_relays: vec![IpAddr::V4(Ipv4Addr::LOCALHOST)],
            message_bytes: 1_000,
            arrived: tokio::sync::Notify::new(),
        };
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let (mut from_us, mut to_us) = tokio::io::split(theirs);
        to_us.write_all(lines.as_bytes()).await.unwrap();
        to_us.shutdown().await.unwrap();
        drop(run(BufReader::new(ours), peer, &intake).await);
        let mut answers = String::new();
        from_us.read_to_string(&mut answers).await.unwrap();
        let codes = answers.lines().filter(|line| line.get(3..4) == Some(" "));
        let codes = codes.map(|line| line[..3].to_owned()).collect();
        let stored = [&intake.unproven, &intake.verified].map(|maildir| {
            let paths = maildir.waiting().unwrap();
            paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
        });
        std::fs::remove_dir_all(root).unwrap();
        (codes, stored)
    }

    const ELSEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

    #[tokio::test]
    async fn a_mail_is_stored_with_its_return_path_and_dots_as_they_were() {
        let lines = "EHLO x\r\nMAIL FROM:<jan@example.com> SIZE=50\r\n\
            RCPT TO:<Calc+abc@investtax.example>\r\nDATA\r\nSubject: x\r\n\r\n..\r\n.\r\nQUIT\r\n";
        let (codes, [unproven, verified]) = talk("stored", ELSEWHERE, lines).await;
        assert_eq!(codes, ["220", "250", "250", "250", "354", "250", "221"]);
        assert_eq!(unproven, [b"Return-Path: <jan@example.com>\r\nSubject: x\r\n\r\n.\r\n"]);
        assert!(verified.is_empty());
        let (_, [unproven, verified]) = talk("relay", IpAddr::V4(Ipv4Addr::LOCALHOST), lines).await;
        assert_eq!((unproven.len(), verified.len()), (0, 1));
    }

    #[tokio::test]
    async fn others_mail_and_large_mail_are_refused_and_half_a_mail_is_not_kept() {
        let lines = "MAIL FROM:<a@b>\r\nRCPT TO:<eva@investtax.example>\r\nDATA\r\n\
            MAIL FROM:<a@b> SIZE=2000\r\nRCPT TO:<calc@investtax.example>\r\nHELO x\r\n\
            MAIL FROM:<>\r\nRCPT TO:<calc@investtax.example>\r\nDATA\r\n";
        let long = "x".repeat(300) + "\r\n";
        let lines = lines.to_owned()
            + &long.repeat(4)
            + ".\r\n\
            MAIL FROM:<a@b>\r\nRCPT TO:<calc@investtax.example>\r\nDATA\r\nhalf\r\n";
        let (codes, [unproven, verified]) = talk("refused", ELSEWHERE, &lines).await;
        let expected = [
            "220", "250", "550", "503", "552", "550", "250", "250", "250", "354", "552", "250",
            "250", "354",
        ];
        // The second RCPT belongs to the first MAIL, which still holds: the mailbox is ours.
        let expected: Vec<&str> = expected
            .iter()
            .enumerate()
            .map(|(at, &code)| if at == 5 { "250" } else { code })
            .collect();
        assert_eq!(codes, expected);
        assert!(unproven.is_empty() && verified.is_empty());
    }
}
