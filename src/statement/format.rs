//! The registry of formats, and recognition by content.

use super::{Code, SourceFile, Statement, formats};
use crate::lang::Lang;

/// One layout of one broker's file.
///
/// Adding a format is one file (or folder) under `statement/formats/`, one line in [`FORMATS`] and one
/// folder of samples under `tests/statements/`.
pub trait StatementFormat: Sync {
    /// The stable id in the calculation document: `trading212`, `ibkr-activity`.
    fn id(&self) -> &'static str;
    /// The broker's name as the sender knows it.
    fn broker(&self) -> &'static str;
    /// What to export at the broker, one line: the path of clicks and the file type.
    fn how_to_export(&self, lang: Lang) -> &'static str;
    /// Whether the file is of this format, judged by its content.
    fn recognize(&self, sniff: &Sniff) -> Recognition;
    /// Reads every row; what cannot be read becomes diagnostics, never a panic, never silence.
    fn read(&self, file: &SourceFile) -> Statement;
}

/// What one format says of a file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Recognition {
    /// Not of this broker, as far as one can see.
    No,
    /// Of this format.
    Yes,
    /// This broker's, but a report, language or layout that cannot be read; the answer tells how to
    /// export the right one.
    Wrong,
}

/// The beginning of a file, prepared once for all formats.
#[derive(Clone, Debug, Default)]
pub struct Sniff {
    /// For each sheet: its name (lower case, trimmed) and its first rows.
    pub sheets: Vec<SniffSheet>,
    /// The first characters of the first sheet as they stand (64 KiB at most), for XML, JSON, HTML.
    pub head: String,
}

/// The first rows of one sheet.
#[derive(Clone, Debug, Default)]
pub struct SniffSheet {
    /// The sheet's name, lower case and trimmed; empty for text files.
    pub name: String,
    /// Up to 64 non-blank rows; cells trimmed, lower case, without quotes and BOM.
    pub rows: Vec<Vec<String>>,
}

/// How many rows a format may look at.
const SNIFF_ROWS: usize = 64;

/// How many bytes of a sheet are looked at.
const SNIFF_BYTES: usize = 64 * 1024;

impl Sniff {
    /// Prepares the beginning of a file.
    pub fn of(file: &SourceFile) -> Self {
        let sheets = file
            .sheets
            .iter()
            .map(|sheet| SniffSheet {
                name: sheet.name.trim().to_lowercase(),
                rows: first_rows(head(&sheet.text), sheet.delimiter),
            })
            .collect();
        let head = file.first_sheet().map(|sheet| head(&sheet.text).to_owned()).unwrap_or_default();
        Self { sheets, head }
    }

    /// The first non-blank row of the first sheet; empty if there is none.
    pub fn header(&self) -> &[String] {
        self.sheets.first().and_then(|sheet| sheet.rows.first()).map_or(&[], Vec::as_slice)
    }

    /// Whether the header has all these cells (given in lower case), in any order.
    pub fn header_has(&self, cells: &[&str]) -> bool {
        let header = self.header();
        cells.iter().all(|cell| header.iter().any(|found| found == cell))
    }
}

fn head(text: &str) -> &str {
    let mut end = text.len().min(SNIFF_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

fn first_rows(text: &str, delimiter: u8) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let clean = |cell: &str| cell.trim().trim_matches(['"', '\u{feff}']).trim().to_lowercase();
    reader
        .records()
        .map_while(Result::ok)
        .map(|record| record.iter().map(clean).collect::<Vec<_>>())
        .filter(|cells| cells.iter().any(|cell| !cell.is_empty()))
        .take(SNIFF_ROWS)
        .collect()
}

/// Every format, sorted by id. A test proves that each sample is recognised by exactly one.
pub static FORMATS: &[&dyn StatementFormat] = &[
    &formats::Binance,
    &formats::BinancePeers,
    &formats::Bitpanda,
    &formats::BossaOperations,
    &formats::BossaTransactions,
    &formats::Coinbase,
    &formats::DegiroAccount,
    &formats::DegiroTransactions,
    &formats::Etoro,
    &formats::Etrade,
    &formats::Exante,
    &formats::Fidelity,
    &formats::Freedom24,
    &formats::ActivityStatement,
    &formats::FlexQuery,
    &formats::TransactionHistory,
    &formats::IngOperations,
    &formats::IngTransactions,
    &formats::Kraken,
    &formats::Lightyear,
    &formats::MbankOperations,
    &formats::MbankTransactions,
    &formats::MorganStanley,
    &formats::Pipe,
    &formats::PkoTransactions,
    &formats::RevolutConsolidated,
    &formats::RevolutCrypto,
    &formats::RevolutProfit,
    &formats::RevolutSavings,
    &formats::RevolutStocks,
    &formats::Saxo,
    &formats::Scalable,
    &formats::SchwabAwards,
    &formats::SchwabBrokerage,
    &formats::Template,
    &formats::TradeRepublic,
    &formats::Trading212,
    &formats::Xtb,
];

/// Which format a file is of.
#[derive(Clone, Copy)]
pub enum Detected {
    /// Exactly one format knows it.
    Format(&'static dyn StatementFormat),
    /// A broker's file, but not one that can be read.
    Wrong(&'static dyn StatementFormat),
    /// Nobody knows it.
    Unknown,
    /// More than one format claims it.
    Ambiguous,
}

impl std::fmt::Debug for Detected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Format(format) => write!(f, "Format({})", format.id()),
            Self::Wrong(format) => write!(f, "Wrong({})", format.id()),
            Self::Unknown => f.write_str("Unknown"),
            Self::Ambiguous => f.write_str("Ambiguous"),
        }
    }
}

impl Detected {
    /// The finding that stands for a file that no format reads.
    pub fn refusal(&self) -> Option<Code> {
        match self {
            Self::Format(_) => None,
            Self::Wrong(_) => Some(Code::WrongReport),
            Self::Unknown => Some(Code::UnknownFile),
            Self::Ambiguous => Some(Code::AmbiguousFile),
        }
    }
}

/// The broker of a format, as people know it; the id itself if no format has it.
pub fn broker_of(id: &'static str) -> &'static str {
    FORMATS.iter().find(|format| format.id() == id).map_or(id, |format| format.broker())
}

/// Asks every format; exactly one may say yes.
pub fn detect(file: &SourceFile) -> Detected {
    let sniff = Sniff::of(file);
    let (mut yes, mut wrong) = (Vec::new(), None);
    for &format in FORMATS {
        match format.recognize(&sniff) {
            Recognition::No => {}
            Recognition::Yes => yes.push(format),
            Recognition::Wrong => wrong = wrong.or(Some(format)),
        }
    }
    // A sheet of a broker's workbook may have columns that our template has as well.
    if yes.len() > 1 {
        yes.retain(|format| format.id() != formats::TEMPLATE);
    }
    match (yes.as_slice(), wrong) {
        ([format], _) => Detected::Format(*format),
        ([], Some(format)) => Detected::Wrong(format),
        ([], None) => Detected::Unknown,
        _ => Detected::Ambiguous,
    }
}
