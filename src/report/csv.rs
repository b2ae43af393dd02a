//! Rows in bulk: a ZIP of CSV files for histories that no workbook takes.
//!
//! UTF-8 with a byte order mark, `;` between fields, CRLF, decimal comma in Polish and point in
//! English: what a spreadsheet of the language opens with a double click. Rows are compressed as they
//! are written, so memory holds only the result. Text that a spreadsheet could take for a formula
//! gets an apostrophe in front (mail §6, OWASP ASVS 1.2.10).

mod rows;

use std::io::{self, Cursor, Write};

use csv::{Terminator, WriterBuilder};
use hashbrown::HashMap;
use jiff::civil::Date;
use rust_decimal::Decimal;
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use super::{
    ReportInput,
    digits::{push_date, push_plain, push_whole},
    text,
};
use crate::{
    beside::both,
    error::Fault,
    lang::Lang,
    money::Pln,
    rates::RateIx,
    statement::{AccountIx, InstrumentIx, Source},
    wording::{echo, report::Phrase},
};

/// Renders disposals, lots, income and open lots as a ZIP of CSV files.
///
/// The same input gives the same bytes. Fails only if the writers do, which would be a fault of ours.
#[tracing::instrument(target = "investtax::stage", name = "rows", skip_all)]
pub fn render(input: &ReportInput<'_>) -> Result<Vec<u8>, Fault> {
    build(input).map_err(|error| Fault::never("write the CSV archive", error))
}

/// Writes the data rows of one file.
type Fill = fn(&ReportInput<'_>, &mut Row<'_>) -> io::Result<()>;

const FILES: &Files = &[
    ("disposals.csv", rows::DISPOSALS, rows::disposals),
    ("lots.csv", rows::LOTS, rows::lots),
    ("dividends.csv", rows::DIVIDENDS, rows::dividends),
    ("interest.csv", rows::INTEREST, rows::interest),
    ("fees.csv", rows::FEES, rows::fees),
    ("derivatives.csv", rows::DERIVATIVES, rows::derivatives),
    ("crypto.csv", rows::CRYPTO, rows::crypto),
    ("open_lots.csv", rows::OPEN_LOTS, rows::open_lots),
];

/// So many bytes are handed to the compressor at once.
const BLOCK_BYTES: usize = 1 << 16;

type Files = [(&'static str, &'static [Phrase], Fill)];

/// The disposals are about half of the work, so they are written beside the rest.
fn build(input: &ReportInput<'_>) -> io::Result<Vec<u8>> {
    let names = Names::new(input);
    let (disposals, others) = FILES.split_at(1);
    let (disposals, others) =
        both(|| archive(input, &names, disposals), || archive(input, &names, others));
    let mut all = disposals?;
    all.merge_archive(others?.finish_into_readable()?)?;
    Ok(all.finish()?.into_inner())
}

fn archive(
    input: &ReportInput<'_>,
    names: &Names,
    files: &Files,
) -> io::Result<ZipWriter<Cursor<Vec<u8>>>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(1))
        // The archive's own clock would make equal inputs differ.
        .last_modified_time(DateTime::default());
    for &(name, head, fill) in files {
        archive.start_file(name, options)?;
        archive.write_all("\u{FEFF}".as_bytes())?;
        let head = head.iter().map(|phrase| phrase.say(input.lang).replace('\n', " "));
        archive.write_all(&record(head))?;
        archive.write_all(b"\r\n")?;
        let mut row = Row::new(&mut archive, names, input.lang);
        fill(input, &mut row)?;
        row.finish()?;
    }
    Ok(archive)
}

/// Fields joined as CSV, without the end of the line.
fn record(fields: impl Iterator<Item = String>) -> Vec<u8> {
    let mut builder = WriterBuilder::new();
    let mut out =
        builder.delimiter(b';').terminator(Terminator::Any(b'\n')).from_writer(Vec::new());
    let written = out.write_record(fields.map(String::into_bytes));
    let mut line = written.ok().and_then(|()| out.into_inner().ok()).unwrap_or_default();
    line.pop();
    line
}

/// Names that stand in many rows, made harmless and quoted once.
struct Names {
    accounts: Vec<Vec<u8>>,
    /// Symbol, ISIN and name.
    instruments: Vec<Vec<u8>>,
    files: Vec<Vec<u8>>,
}

impl Names {
    fn new(input: &ReportInput<'_>) -> Self {
        let one = |text: &str| record([harmless(text)].into_iter());
        let instrument = |place: usize| {
            let index = InstrumentIx(u32::try_from(place).unwrap_or(u32::MAX));
            let name = text::instrument(input, index);
            record([harmless(&name.symbol), name.isin.to_owned(), harmless(&name.name)].into_iter())
        };
        let ledger = input.ledger;
        Self {
            accounts: ledger.accounts.iter().map(|account| one(account)).collect(),
            instruments: (0..ledger.instruments.len()).map(instrument).collect(),
            files: ledger.inputs.iter().map(|file| one(&file.name)).collect(),
        }
    }
}

/// A name by its index, or else what stands for none.
fn at<'n>(names: &'n [Vec<u8>], index: u32, none: &'n [u8]) -> &'n [u8] {
    usize::try_from(index).ok().and_then(|at| names.get(at)).map_or(none, Vec::as_slice)
}

/// Rows under construction. Written out block by block.
struct Row<'r> {
    archive: &'r mut ZipWriter<Cursor<Vec<u8>>>,
    block: Vec<u8>,
    names: &'r Names,
    point: u8,
    rates: HashMap<RateIx, Vec<u8>>,
}

impl<'r> Row<'r> {
    fn new(archive: &'r mut ZipWriter<Cursor<Vec<u8>>>, names: &'r Names, lang: Lang) -> Self {
        let block = Vec::with_capacity(BLOCK_BYTES + 1024);
        let point = lang.choose(b',', b'.');
        Self { archive, block, names, point, rates: HashMap::new() }
    }

    /// Text of our own that needs no quoting.
    fn field(&mut self, text: &str) -> &mut Self {
        self.raw(text.as_bytes())
    }

    fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.block.extend_from_slice(bytes);
        self.block.push(b';');
        self
    }

    /// A number without separators.
    fn number(&mut self, number: Decimal) -> &mut Self {
        push_plain(&mut self.block, number, self.point);
        self.block.push(b';');
        self
    }

    fn whole(&mut self, number: impl Into<u64>) -> &mut Self {
        push_whole(&mut self.block, number.into());
        self.block.push(b';');
        self
    }

    fn year(&mut self, year: i16) -> &mut Self {
        self.number(year.into())
    }

    fn pln(&mut self, amount: Pln) -> &mut Self {
        self.number(amount.amount())
    }

    fn date(&mut self, day: Date) -> &mut Self {
        push_date(&mut self.block, day);
        self.block.push(b';');
        self
    }

    fn account(&mut self, account: AccountIx) -> &mut Self {
        let names = self.names;
        self.raw(at(&names.accounts, account.0, b""))
    }

    /// Symbol, ISIN, name.
    fn instrument(&mut self, index: InstrumentIx) -> &mut Self {
        let names = self.names;
        self.raw(at(&names.instruments, index.0, b";;"))
    }

    /// The symbol, or else what the instrument is known by.
    fn label(&mut self, input: &ReportInput<'_>, index: InstrumentIx) -> &mut Self {
        let label = harmless(text::instrument(input, index).label());
        self.raw(&record([label].into_iter()))
    }

    /// Currency, rate, table, day of the table.
    fn rate(&mut self, input: &ReportInput<'_>, ix: RateIx) -> &mut Self {
        let Some(rate) = input.rates.published(ix) else { return self.raw(b"PLN;1;;") };
        let Self { block, rates, point, .. } = self;
        let cells = rates.entry(ix).or_insert_with(|| {
            let mut cells = Vec::with_capacity(48);
            cells.extend_from_slice(rate.currency.as_str().as_bytes());
            cells.push(b';');
            push_plain(&mut cells, rate.mid, *point);
            cells.push(b';');
            cells.extend_from_slice(input.rates.number(rate).as_bytes());
            cells.push(b';');
            push_date(&mut cells, rate.published_on);
            cells.push(b';');
            cells
        });
        block.extend_from_slice(cells);
        self
    }

    /// File and row; ends the record.
    fn place(&mut self, source: Source) -> io::Result<()> {
        let names = self.names;
        self.raw(at(&names.files, source.file.0, b""));
        push_whole(&mut self.block, source.row.into());
        self.block.extend_from_slice(b"\r\n");
        if self.block.len() < BLOCK_BYTES {
            return Ok(());
        }
        self.write_out()
    }

    fn write_out(&mut self) -> io::Result<()> {
        self.archive.write_all(&self.block)?;
        self.block.clear();
        Ok(())
    }

    fn finish(mut self) -> io::Result<()> {
        self.write_out()
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
