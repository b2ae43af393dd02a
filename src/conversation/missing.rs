//! What the results of a conversation lack, and how long that is said.
//!
//! A file that could not be read would be forgotten with its mail, and the next result would look complete. So it is
//! named in every reply until a readable file comes under its name (or, where the broker is known, from that
//! broker), or the sender asks to leave it out.

use serde::{Deserialize, Serialize};

use super::{Conversation, KnownFile, kinship::stem};
use crate::{
    ledger::Input,
    mail::{Commands, is_same_kind},
    statement::{
        Code, Diagnostic, FORMATS, FileId, FileTag, Severity, Statement, TEMPLATE, broker_of,
        table::fold,
    },
};

/// A file or a command of an earlier mail that is not part of the result.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Missing {
    /// The file's name, or the line of the letter.
    pub name: String,
    /// Why.
    pub code: Code,
    /// What the sentence needs besides, may be empty.
    #[serde(default)]
    pub detail: String,
    /// The hash of its content, if it was a file once.
    #[serde(default)]
    pub digest: Option<[u8; 32]>,
    /// The format that it seems to be of, may be empty.
    #[serde(default)]
    pub format: String,
    /// Nothing could be read when it came: the first files that can be are likely what it should have been.
    #[serde(default)]
    pub alone: bool,
}

/// A file that was read.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// Its name.
    pub name: &'a str,
    /// The hash of its content.
    pub digest: [u8; 32],
    /// The id of its format.
    pub format: &'static str,
}

impl Missing {
    /// A file that is past its time.
    pub fn forgotten(file: &KnownFile) -> Self {
        Self {
            name: file.name.clone(),
            code: Code::FileForgotten,
            detail: String::new(),
            digest: Some(file.digest),
            format: String::new(),
            alone: false,
        }
    }

    /// A file of this mail that could not be read, if that is an error. Pages, pictures and files of our own
    /// are not waited for: they are read from no mail.
    pub fn unread(input: &Input, digest: Option<[u8; 32]>) -> Option<Self> {
        let found = &input.statement.diagnostics;
        let found = found.iter().find(|found| found.severity == Severity::Error)?;
        let code = found.code;
        let is_empty = code == Code::NoRows && input.statement.format == TEMPLATE;
        if is_empty
            || matches!(code, Code::PdfFile | Code::ImageFile | Code::HtmlFile | Code::OwnFile)
        {
            return None;
        }
        let format = if code == Code::WrongReport {
            found.detail.clone()
        } else {
            input.statement.format.to_owned()
        };
        let detail = found.detail.clone();
        Some(Self { name: input.name.clone(), code, detail, digest, format, alone: false })
    }

    fn unreadable(command: &Diagnostic) -> Self {
        Self {
            name: command.value.clone(),
            code: command.code,
            detail: command.detail.clone(),
            digest: None,
            format: String::new(),
            alone: false,
        }
    }

    /// Whether it is a file, not a command.
    pub fn is_file(&self) -> bool {
        self.code != Code::BadCommand
    }

    /// Whether a file that was read brings what is missing.
    pub fn is_brought_by(&self, file: Reader<'_>) -> bool {
        let of_broker = || {
            let mut formats = FORMATS.iter().filter(|format| format.id() == self.format);
            formats.any(|format| format.broker() == broker_of(file.format))
        };
        self.is_file()
            && (self.digest == Some(file.digest)
                || stem(&self.name) == stem(file.name)
                || of_broker())
    }

    /// Whether the sender means it by these words, lower case and without Polish letters.
    pub fn is_called(&self, words: &str) -> bool {
        // A command stands as it was written, with blanks and marks that its reading evens out.
        let plain =
            |text: &str| fold(text).chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        is_called(&self.name, words) || (!self.is_file() && plain(&self.name) == plain(words))
    }

    fn as_file(&self) -> Input {
        let finding = Diagnostic::in_file(self.code, FileId::default()).detail(&self.detail);
        let statement = Statement { diagnostics: vec![finding], ..Statement::default() };
        Input { name: self.name.clone(), tag: FileTag::default(), statement }
    }

    fn as_command(&self) -> Diagnostic {
        Diagnostic::new(Code::CommandStillBad).found("", &self.name).detail(&self.detail)
    }
}

/// Whether a file of that name is meant by these words, lower case and without Polish letters.
pub fn is_called(name: &str, words: &str) -> bool {
    let name = fold(name);
    words == name || words == stem(&name)
}

impl Conversation {
    /// Leaves out what the sender says is not needed, and commands that came again.
    pub fn skip(&mut self, commands: &Commands) {
        let choices = commands.choices();
        self.missing.retain(|missing| {
            let again = !missing.is_file()
                && (choices.iter().any(|line| is_same_kind(line, &missing.name))
                    || commands.findings().iter().any(|found| found.value == missing.name));
            !again && !commands.skipped().any(|words| missing.is_called(words))
        });
    }

    /// A file that was read is not missing any more.
    pub fn receive(&mut self, file: Reader<'_>) {
        self.missing.retain(|missing| !missing.is_brought_by(file));
    }

    /// What is missing, once more: files as inputs without a row, and what to say besides, commands as such. If as many files were read
    /// since as could not be read at first, they are taken to be what those should have been: a warning is enough.
    pub fn tell_missing(&self) -> (Vec<Input>, Vec<Diagnostic>) {
        let at_first = self.missing.iter().filter(|missing| missing.alone).count();
        let made_up = at_first <= self.current_files().count();
        let (mut files, mut findings) = (Vec::new(), Vec::new());
        for missing in &self.missing {
            if !missing.is_file() {
                findings.push(missing.as_command());
                continue;
            }
            findings.push(Diagnostic::new(Code::StillMissing).found("", &missing.name));
            if !(missing.alone && made_up) {
                files.push(missing.as_file());
            }
        }
        (files, findings)
    }

    /// Remembers what could not be read of this mail, at most so much.
    pub fn lack(&mut self, unread: Vec<Missing>, commands: &[Diagnostic], most: usize) {
        let alone = self.current_files().next().is_none();
        // A language that is not spoken changes no figure.
        let counts = |found: &&Diagnostic| !is_same_kind(&found.value, "LANGUAGE EN");
        let commands = commands.iter().filter(counts).map(Missing::unreadable);
        for new in unread.into_iter().map(|file| Missing { alone, ..file }).chain(commands) {
            self.missing.retain(|known| known.name != new.name);
            self.missing.push(new);
        }
        self.missing.truncate(most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_brought_by_its_name_its_content_or_its_broker() {
        let missing = |name: &str, format: &str| Missing {
            name: name.to_owned(),
            code: Code::WrongReport,
            detail: String::new(),
            digest: Some([1; 32]),
            format: format.to_owned(),
            alone: false,
        };
        let file = |name, digest, format| Reader { name, digest: [digest; 32], format };
        let unknown = missing("raport.csv", "");
        assert!(unknown.is_brought_by(file("raport (1).xlsx", 2, "xtb")));
        assert!(unknown.is_brought_by(file("x.csv", 1, "xtb")));
        assert!(!unknown.is_brought_by(file("x.csv", 2, "xtb")));
        let wrong = missing("raport.csv", "ibkr-activity");
        assert!(wrong.is_brought_by(file("x.xml", 2, "ibkr-flex")));
        assert!(!wrong.is_brought_by(file("x.csv", 2, "xtb")));
        assert!(unknown.is_called("raport.csv") && unknown.is_called("raport"));
        assert!(!unknown.is_called("rap"));
        let command = Missing { code: Code::BadCommand, ..missing("PIT-8C: 20 = abc.", "") };
        assert!(command.is_called("pit-8c: 20=abc") && !command.is_called("pit-8c"));
    }

    #[test]
    fn what_an_earlier_version_stored_is_read() {
        let known: KnownFile = serde_json::from_str(&format!(
            r#"{{"sha256":{:?},"name":"a.csv","replaced_by":null}}"#,
            [0_u8; 32]
        ))
        .unwrap();
        assert_eq!((known.name.as_str(), known.mail.as_str()), ("a.csv", ""));
        let conversation: Conversation = serde_json::from_str(r#"{"id":"c"}"#).unwrap();
        assert!(conversation.missing.is_empty());
    }
}
