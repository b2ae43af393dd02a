//! Bytes to a [`SourceFile`]: what they are, in which encoding, with which delimiter.
//!
//! The content decides, never the name or the declared type: brokers rename HTML to `.xls`, mail
//! clients label CSV as anything. Pictures, PDFs, encrypted files and noise are refused by name.

mod biff;
mod charset;
mod compound;
mod cp852;
mod magic;
mod ods;
mod package;
mod render;
mod workbook;

pub(crate) use charset::guess_text;
pub(crate) use cp852::decode_cp852;
pub(crate) use magic::{Magic, is_image, magic};
pub(crate) use package::{Budget, Overrun};

use super::{Code, Container, FileId, Sheet, SourceFile};
use crate::mail::Limits;

/// Why a file is not read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the file is refused: {} {detail}", code.as_str())]
pub struct Refused {
    /// The kind of finding.
    pub code: Code,
    /// A figure or name for the sentence, may be empty.
    pub detail: String,
}

impl Refused {
    /// A refusal without anything to add.
    pub(crate) fn new(code: Code) -> Self {
        Self { code, detail: String::new() }
    }

    /// A refusal with a figure or name for the sentence.
    pub(crate) fn with(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}

/// Decodes one data file. Archives must have been unpacked before ([`crate::mail::expand`]).
///
/// Text that is valid UTF-8 already is taken over without a copy. Never panics.
pub fn decode(
    id: FileId,
    name: &str,
    bytes: Vec<u8>,
    limits: &Limits,
) -> Result<SourceFile, Refused> {
    let name = name.to_owned();
    let (container, sheets) = match magic(&bytes) {
        Magic::Pdf => return Err(Refused::new(Code::PdfFile)),
        Magic::Image => return Err(Refused::new(Code::ImageFile)),
        Magic::Xlsx => (Container::Workbook, workbook::xlsx(bytes, limits)?),
        Magic::Ods => (Container::Workbook, workbook::ods(bytes, limits)?),
        Magic::CompoundFile => (Container::Workbook, workbook::xls(bytes, limits)?),
        Magic::EncryptedPackage => return Err(Refused::new(Code::EncryptedFile)),
        Magic::OutlookMessage => return Err(Refused::new(Code::OutlookMessage)),
        Magic::BadCompoundFile | Magic::Numbers => return Err(Refused::new(Code::BadWorkbook)),
        Magic::OtherArchive => return Err(Refused::new(Code::BadArchive)),
        Magic::Zip | Magic::Gzip | Magic::Known => return Err(Refused::new(Code::UnknownFile)),
        Magic::Unknown => text(bytes, limits)?,
    };
    Ok(SourceFile { id, name, container, sheets })
}

fn text(bytes: Vec<u8>, limits: &Limits) -> Result<(Container, Vec<Sheet>), Refused> {
    if bytes.len() > limits.text_file {
        return Err(Refused::with(Code::TooLarge, limits.text_file.to_string()));
    }
    let text = charset::decode_text(bytes).map_err(Refused::new)?;
    if text.trim_start().starts_with("-----BEGIN PGP MESSAGE") {
        return Err(Refused::new(Code::EncryptedFile));
    }
    let container = match magic::structure(&text) {
        magic::Structure::Html => return Err(Refused::new(Code::HtmlFile)),
        magic::Structure::Document => Container::Document,
        magic::Structure::Lines => Container::Text,
    };
    Ok((container, vec![Sheet::of_text(text)]))
}

#[cfg(test)]
mod tests;
