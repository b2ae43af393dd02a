//! Files that go out with a reply.

use std::cmp::Reverse;

/// Attachments of one reply are at most this large together, so that base64 fits SES's 10 MB.
pub const ATTACHMENTS_BYTES_MAX: usize = 7_000_000;

/// What a file is. Only formats that mail servers let through (mail §5: no HTML, no macros).
#[derive(Clone, Copy, Debug, serde::Deserialize, Eq, PartialEq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileKind {
    /// The report for people, PDF.
    Report,
    /// The workbook for checking, XLSX.
    Workbook,
    /// Rows that no workbook takes: CSV files in a ZIP.
    Rows,
    /// The template, empty or with rows to repair, CSV.
    TemplateCsv,
    /// The same as XLSX.
    TemplateXlsx,
    /// The calculation document, JSON.
    Calculation,
}

impl FileKind {
    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Report => "application/pdf",
            Self::Workbook | Self::TemplateXlsx => {
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            }
            Self::Rows => "application/zip",
            Self::TemplateCsv => "text/csv; charset=utf-8",
            Self::Calculation => "application/json",
        }
    }

    /// Whether the sender may fill it in and send it back.
    pub fn is_template(self) -> bool {
        match self {
            Self::TemplateCsv | Self::TemplateXlsx => true,
            Self::Report | Self::Workbook | Self::Rows | Self::Calculation => false,
        }
    }
}

/// One file to attach.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Attachment {
    name: String,
    kind: FileKind,
    bytes: Vec<u8>,
}

impl Attachment {
    /// A file with an ASCII name: other names arrive as `noname` in some clients (mail §2.3).
    pub fn new(name: &str, kind: FileKind, bytes: Vec<u8>) -> Result<Self, BadName> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let well_formed =
            (1..=60).contains(&name.len()) && name.chars().all(plain) && !name.starts_with('.');
        if well_formed { Ok(Self { name: name.to_owned(), kind, bytes }) } else { Err(BadName) }
    }

    /// The file name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the file is.
    pub fn kind(&self) -> FileKind {
        self.kind
    }

    /// The content.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// The name is not 1–60 ASCII letters, digits, `-`, `_` or `.`, or starts with a dot.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("an attachment's name must be 1 to 60 ASCII letters, digits, -, _ or .")]
pub struct BadName;

/// Drops the largest files until the rest fits; returns what stays, in order, and what went.
pub fn fit(mut files: Vec<Attachment>) -> (Vec<Attachment>, Vec<String>) {
    let mut dropped = Vec::new();
    while files.iter().map(|file| file.bytes.len()).sum::<usize>() > ATTACHMENTS_BYTES_MAX {
        let largest = files
            .iter()
            .enumerate()
            .min_by_key(|(at, file)| (Reverse(file.bytes.len()), *at))
            .map(|(at, _)| at);
        let Some(at) = largest else { break };
        dropped.push(files.remove(at).name);
    }
    (files, dropped)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, size: usize) -> Attachment {
        Attachment::new(name, FileKind::Workbook, vec![0; size]).unwrap()
    }

    #[test]
    fn the_largest_file_goes_first() {
        let files = vec![file("a.pdf", 1_000), file("b.xlsx", 6_999_500), file("c.xlsx", 400)];
        let (kept, dropped) = fit(files);
        assert_eq!(kept.iter().map(Attachment::name).collect::<Vec<_>>(), ["a.pdf", "c.xlsx"]);
        assert_eq!(dropped, ["b.xlsx"]);
        let (kept, dropped) = fit(vec![file("a.pdf", ATTACHMENTS_BYTES_MAX)]);
        assert_eq!((kept.len(), dropped.len()), (1, 0));
    }

    #[test]
    fn names_are_plain_ascii() {
        for name in ["", ".x", "wyciąg.pdf", "a b.pdf", "a/b", "a\"b", "a\r\nb"] {
            assert_eq!(Attachment::new(name, FileKind::Report, Vec::new()), Err(BadName), "{name}");
        }
    }
}
