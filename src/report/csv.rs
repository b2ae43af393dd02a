//! Rows in bulk: a ZIP of CSV files for histories that no workbook takes.
//!
//! UTF-8 with a byte order mark, `;` between fields, CRLF, decimal comma in Polish and point in
//! English: what a spreadsheet of the language opens with a double click. Rows are compressed as they
//! are written, so memory holds only the result. Text that a spreadsheet could take for a formula
//! gets an apostrophe in front (mail §6, OWASP ASVS 1.2.10).

mod rows;

use std::io::{Cursor, Write};

use csv::{Terminator, Writer, WriterBuilder};
use rust_decimal::Decimal;
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use super::{ReportInput, text};
use crate::{
    error::Fault,
    lang::Lang,
    money::Pln,
    rates::Rate,
    statement::{InstrumentIx, Source},
    wording::{echo, numbers, report::Phrase},
};

/// Renders disposals, lots, income and open lots as a ZIP of CSV files.
///
/// The same input gives the same bytes. Fails only if the writers do, which would be a fault of ours.
pub fn render(input: &ReportInput<'_>) -> Result<Vec<u8>, Fault> {
    build(input).map_err(|error| Fault::never("write the CSV archive", error))
}

/// A file being written inside the archive.
type Out<'z> = Writer<&'z mut ZipWriter<Cursor<Vec<u8>>>>;

/// Writes the data rows of one file.
type Fill = fn(&ReportInput<'_>, &mut Row<'_, '_>) -> Result<(), csv::Error>;

const FILES: &[(&str, &[Phrase], Fill)] = &[
    ("disposals.csv", rows::DISPOSALS, rows::disposals),
    ("lots.csv", rows::LOTS, rows::lots),
    ("dividends.csv", rows::DIVIDENDS, rows::dividends),
    ("interest.csv", rows::INTEREST, rows::interest),
    ("fees.csv", rows::FEES, rows::fees),
    ("derivatives.csv", rows::DERIVATIVES, rows::derivatives),
    ("crypto.csv", rows::CRYPTO, rows::crypto),
    ("open_lots.csv", rows::OPEN_LOTS, rows::open_lots),
];

fn build(input: &ReportInput<'_>) -> Result<Vec<u8>, csv::Error> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(1))
        // The archive's own clock would make equal inputs differ.
        .last_modified_time(DateTime::default());
    for &(name, head, fill) in FILES {
        archive.start_file(name, options).map_err(std::io::Error::from)?;
        archive.write_all("\u{FEFF}".as_bytes())?;
        let mut builder = WriterBuilder::new();
        builder.delimiter(b';').terminator(Terminator::CRLF).buffer_capacity(1 << 16);
        let mut out: Out<'_> = builder.from_writer(&mut archive);
        let head = head.iter().map(|phrase| phrase.say(input.lang).replace('\n', " "));
        out.write_record(head)?;
        fill(input, &mut Row { out: &mut out, lang: input.lang })?;
        out.flush()?;
    }
    let archive = archive.finish().map_err(std::io::Error::from)?;
    Ok(archive.into_inner())
}

/// A row under construction.
struct Row<'r, 'z> {
    out: &'r mut Out<'z>,
    lang: Lang,
}

impl Row<'_, '_> {
    /// Text from files: made harmless.
    fn text(&mut self, text: &str) -> Result<&mut Self, csv::Error> {
        let safe = harmless(text);
        self.field(&safe)
    }

    /// A number without separators.
    fn number(&mut self, number: Decimal) -> Result<&mut Self, csv::Error> {
        let mut text = number.normalize().to_string();
        if self.lang == Lang::Pl {
            text = text.replace('.', ",");
        }
        self.field(&text)
    }

    fn pln(&mut self, amount: Pln) -> Result<&mut Self, csv::Error> {
        self.number(amount.amount())
    }

    /// A day, a code, a table number: text of our own.
    fn field(&mut self, text: &str) -> Result<&mut Self, csv::Error> {
        self.out.write_field(text)?;
        Ok(self)
    }

    /// Currency, rate, table, day of the table.
    fn rate(&mut self, input: &ReportInput<'_>, rate: &Rate) -> Result<&mut Self, csv::Error> {
        if !rate.is_published() {
            return self.field("PLN")?.field("1")?.field("")?.field("");
        }
        self.field(rate.currency.as_str())?
            .number(rate.mid)?
            .field(input.rates.number(rate))?
            .field(&numbers::date(rate.published_on))
    }

    fn instrument(
        &mut self,
        input: &ReportInput<'_>,
        index: InstrumentIx,
    ) -> Result<&mut Self, csv::Error> {
        let name = text::instrument(input, index);
        self.text(&name.symbol)?.field(name.isin)?.text(&name.name)
    }

    /// File and row; ends the record.
    fn place(&mut self, input: &ReportInput<'_>, source: Source) -> Result<(), csv::Error> {
        self.text(input.ledger.file_name(source.file))?.number(source.row.into())?;
        self.out.write_record(None::<&[u8]>)
    }
}

/// Text without control characters that no spreadsheet takes for a formula.
fn harmless(text: &str) -> String {
    let mut shown = echo(text);
    let first = shown.trim_start().chars().next();
    if first
        .is_some_and(|c| matches!(c, '=' | '+' | '-' | '@' | '|' | '%' | '＝' | '＋' | '－' | '＠'))
    {
        shown.insert(0, '\'');
    }
    shown
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use proptest::prelude::*;

    use super::*;
    use crate::report::fixture::Fixture;

    fn unpack(bytes: Vec<u8>, name: &str) -> String {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn every_row_has_the_fields_of_its_head_and_equal_inputs_equal_bytes() {
        let fixture = Fixture::small();
        let bytes = render(&fixture.input()).unwrap();
        assert_eq!(bytes, render(&fixture.input()).unwrap());
        for &(name, head, _) in FILES {
            let text = unpack(bytes.clone(), name);
            let text = text.strip_prefix('\u{FEFF}').unwrap();
            let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(text.as_bytes());
            assert_eq!(reader.headers().unwrap().len(), head.len(), "{name}");
            assert!(reader.records().all(|record| record.unwrap().len() == head.len()), "{name}");
        }
    }

    #[test]
    fn a_row_reads_as_the_disposal_it_tells() {
        let text = unpack(render(&Fixture::small().input()).unwrap(), "disposals.csv");
        let third = text.lines().nth(3).unwrap();
        assert!(third.starts_with("3;2025;T212 Invest;AAPL;US0378331005;Apple Inc.;2025-02-11;"));
        assert!(
            third.contains(";3,25;912,34;USD;4,0474;43/A/NBP/2025;2025-02-12;3692,6;"),
            "{third}"
        );
    }

    proptest! {
        #[test]
        fn no_text_begins_like_a_formula(text in "[ \t\r\n=+@|%＝-]{0,3}\\PC{0,20}") {
            let safe = harmless(&text);
            let first = safe.trim_start().chars().next();
            prop_assert!(!first.is_some_and(|c| "=+-@|%＝＋－＠".contains(c)), "{safe:?}");
        }
    }
}
