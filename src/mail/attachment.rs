//! From attachments to a flat list of data files: archives unpacked, mails opened, repeats noticed.

use hashbrown::HashMap;

use super::{
    Attachment, Limits, RefusedPart,
    archive::{Allowance, Entry, gunzip, unzip},
    mime, part, split,
};
use crate::statement::{
    Code,
    decode::{Budget, Magic, Refused, magic},
};

/// One file to read.
#[derive(Clone, Debug, serde::Deserialize, Eq, PartialEq, serde::Serialize)]
pub struct DataFile {
    /// Its label for people.
    pub name: String,
    /// Its content. It does not travel with the rest: it is kept under its digest.
    #[serde(skip)]
    pub bytes: Vec<u8>,
    /// The BLAKE3 hash of the content, which is its identity: a tenth of the time of SHA-256 where the
    /// processor has no instructions for that.
    #[serde(alias = "sha256")]
    pub digest: [u8; 32],
}

/// What became of the attachments.
#[derive(Clone, Debug, Default)]
pub struct Expanded {
    /// Files to read, in order.
    pub files: Vec<DataFile>,
    /// What could not be unpacked, and repeats ([`Code::SameFileTwice`], only a warning).
    pub refused: Vec<RefusedPart>,
}

/// Expands the attachments of a message.
pub fn expand(attachments: Vec<Attachment>, limits: &Limits) -> Expanded {
    expand_files(attachments.into_iter().map(|part| (part.name, part.bytes)), limits)
}

/// Expands files by name and content.
pub fn expand_files(
    files: impl IntoIterator<Item = (String, Vec<u8>)>,
    limits: &Limits,
) -> Expanded {
    let mut expander =
        Expander { limits, out: Expanded::default(), seen: HashMap::new(), full: false };
    for (name, bytes) in files {
        let mut allowance =
            Allowance { budget: Budget::new(limits), entries: limits.archive_entries };
        expander.add(name, bytes, 0, &mut allowance);
    }
    expander.out
}

struct Expander<'l> {
    limits: &'l Limits,
    out: Expanded,
    seen: HashMap<[u8; 32], String>,
    full: bool,
}

impl Expander<'_> {
    /// Adds a file, or what is in it; `depth` counts the wrappings around it.
    fn add(&mut self, name: String, bytes: Vec<u8>, depth: usize, allowance: &mut Allowance) {
        let kind = magic(&bytes);
        let wrapped = matches!(kind, Magic::Zip | Magic::Gzip) || is_mail(&name, kind, &bytes);
        if !wrapped {
            self.keep(name, bytes);
        } else if depth >= self.limits.archive_depth {
            self.refuse(&name, Code::BadArchive, "depth");
        } else if kind == Magic::Zip {
            let (entries, refused) = unzip(&bytes, allowance);
            drop(bytes);
            self.refuse_all(&name, refused);
            for entry in entries {
                self.add_entry(&name, entry, depth + 1, allowance);
            }
        } else if kind == Magic::Gzip {
            match gunzip(&name, &bytes, allowance) {
                Ok(entry) => self.add_entry(&name, entry, depth + 1, allowance),
                Err(reason) => self.refuse_all(&name, vec![reason]),
            }
        } else {
            self.open_mail(&bytes, depth, allowance);
        }
    }

    fn add_entry(&mut self, outer: &str, entry: Entry, depth: usize, allowance: &mut Allowance) {
        let name = entry.name.unwrap_or_else(|| outer.to_owned());
        self.add(name, entry.bytes, depth, allowance);
    }

    fn open_mail(&mut self, bytes: &[u8], depth: usize, allowance: &mut Allowance) {
        let found = mime::walk(split::trim_start(bytes), self.limits);
        self.out.refused.extend(found.refused);
        for part in found.attachments {
            self.add(part.name, part.bytes, depth + 1, allowance);
        }
    }

    fn keep(&mut self, name: String, bytes: Vec<u8>) {
        let digest = blake3::hash(&bytes).into();
        if let Some(first) = self.seen.get(&digest) {
            let first = first.clone();
            self.refuse(&name, Code::SameFileTwice, &first);
        } else if self.out.files.len() >= self.limits.data_files {
            if !self.full {
                self.full = true;
                self.refuse(&name, Code::TooManyFiles, &self.limits.data_files.to_string());
            }
        } else {
            self.seen.insert(digest, name.clone());
            self.out.files.push(DataFile { name, bytes, digest });
        }
    }

    fn refuse_all(&mut self, name: &str, reasons: Vec<Refused>) {
        for reason in reasons {
            self.refuse(name, reason.code, &reason.detail);
        }
    }

    fn refuse(&mut self, name: &str, code: Code, detail: &str) {
        self.out.refused.push(RefusedPart::new(name, code, detail));
    }
}

fn is_mail(name: &str, kind: Magic, bytes: &[u8]) -> bool {
    kind == Magic::Unknown
        && name.to_ascii_lowercase().ends_with(".eml")
        && part::looks_like_mail(bytes)
}
