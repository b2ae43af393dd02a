//! Files of rates: NBP's archive CSV as served, and the plain CSV of one year.
//!
//! Recognized by content. NBP's archive is CP1250 with `;`, decimal commas, the unit in the header
//! (`100HUF`), a second header row and three trailer rows; the plain file is UTF-8 with `,` and złoty
//! per one unit. A row with an error is left out whole: the gap in the numbers then keeps its
//! neighbors from answering for it.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{RateTable, TableKind};
use crate::{
    days,
    money::Currency,
    statement::{Code, Diagnostic, FileId, Severity, Source, number},
};

/// The tables of one file, and what could not be read.
#[derive(Clone, Debug, Default)]
pub struct RateFile {
    /// In the order of the file.
    pub tables: Vec<RateTable>,
    /// Findings with file and line.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a file of rates. The name decides only what the content leaves open: the kind of table of a
/// plain file without table numbers (`table_a_2002.csv`).
pub fn read_archive(file: FileId, name: &str, bytes: &[u8]) -> RateFile {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => encoding_rs::WINDOWS_1250.decode_without_bom_handling(bytes).0,
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut lines = (1_u32..).zip(text.lines());
    let header = lines.next().and_then(|(_, line)| Layout::read(line, name));
    let Some(layout) = header else {
        let unknown = Diagnostic::in_file(Code::UnknownFile, file);
        // A foreign file in the directory proves nothing and hurts nothing.
        let unknown = Diagnostic { severity: Severity::Warning, ..unknown };
        return RateFile { tables: Vec::new(), diagnostics: vec![unknown] };
    };
    let mut result = RateFile::default();
    for (row, line) in lines.filter(|(_, line)| layout.is_data(line)) {
        match layout.table(line) {
            Ok(table) => result.tables.push(table),
            Err(error) => result.diagnostics.push(error.at(Source { file, row })),
        }
    }
    result
}

/// What the header says.
struct Layout {
    archive: bool,
    delimiter: char,
    /// Where the table number stands.
    number: usize,
    /// The kind as the file's name has it, for rows whose number does not tell.
    kind: Option<TableKind>,
    /// Column, currency, and the power of ten of its unit.
    currencies: Vec<(usize, Currency, u32)>,
}

/// Why a row was left out.
struct RowError {
    code: Code,
    column: String,
    value: String,
}

impl RowError {
    fn new(code: Code, column: impl Into<String>, value: &str) -> Self {
        Self { code, column: column.into(), value: value.into() }
    }

    fn at(self, source: Source) -> Diagnostic {
        Diagnostic::at(self.code, source).found(self.column, self.value)
    }
}

impl Layout {
    fn read(header: &str, name: &str) -> Option<Self> {
        let archive = header.starts_with("data;");
        if !archive && !header.starts_with("date,") {
            return None;
        }
        let delimiter = if archive { ';' } else { ',' };
        let cells: Vec<_> = header.split(delimiter).map(str::trim).collect();
        let is_number = |cell: &&str| {
            if archive {
                cell.ends_with("numer tabeli")
            } else {
                matches!(*cell, "table_no" | "table_no_inferred" | "ordinal")
            }
        };
        let number = cells.iter().position(is_number)?;
        let currencies: Vec<_> = cells
            .iter()
            .enumerate()
            .filter_map(|(column, cell)| {
                let (currency, power) = unit(cell, archive)?;
                Some((column, currency, power))
            })
            .collect();
        let kind = kind_of_name(name);
        (!currencies.is_empty()).then_some(Self { archive, delimiter, number, kind, currencies })
    }

    /// Whether the line is one of rates: not a second header, not a trailer, not empty.
    fn is_data(&self, line: &str) -> bool {
        let first = line.split(self.delimiter).next().unwrap_or_default().trim();
        let known = ["", "kod ISO", "nazwa waluty", "liczba jednostek"];
        !(line.trim().is_empty() || (self.archive && known.contains(&first)))
    }

    fn table(&self, line: &str) -> Result<RateTable, RowError> {
        let cells: Vec<_> = line.split(self.delimiter).map(str::trim).collect();
        let cell = |column: usize| cells.get(column).copied();
        let day_text = cell(0).unwrap_or_default();
        let published_on = day(day_text, self.archive)
            .ok_or_else(|| RowError::new(Code::BadDate, "data", day_text))?;
        if days::is_weekend(published_on) {
            return Err(RowError::new(Code::ImplausibleDate, "data", day_text));
        }
        let short = || RowError::new(Code::RowShape, "", line);
        let number = cell(self.number).ok_or_else(short)?;
        let (kind, number) = self.numbered(number, published_on)?;
        let mut mids = Vec::with_capacity(self.currencies.len());
        for &(column, currency, power) in &self.currencies {
            let text = cell(column).ok_or_else(short)?;
            if !text.is_empty() {
                let mid = self
                    .mid(text, power)
                    .map_err(|code| RowError::new(code, currency.as_str(), text))?;
                mids.push((currency, mid));
            }
        }
        Ok(RateTable { kind, number, published_on, mids })
    }

    /// The kind and the full number, from `042/A/NBP/2025` or from an ordinal and the file's name.
    fn numbered(&self, text: &str, published_on: Date) -> Result<(TableKind, String), RowError> {
        let letter = text.split('/').nth(1);
        let kind = match letter {
            Some("A") => Some(TableKind::A),
            Some("B") => Some(TableKind::B),
            _ => self.kind,
        };
        let kind = kind.ok_or_else(|| RowError::new(Code::EmptyCell, "table_no", text))?;
        let number = match text.parse::<u16>() {
            Ok(ordinal) => format!("{ordinal:03}/{}/NBP/{}", kind.letter(), published_on.year()),
            Err(_) => text.to_owned(),
        };
        Ok((kind, number))
    }

    /// Złoty per one unit: exact, since units are powers of ten.
    fn mid(&self, text: &str, power: u32) -> Result<Decimal, Code> {
        let with_point =
            if self.archive { text.replace(',', ".").into() } else { std::borrow::Cow::from(text) };
        let mut mid = number::plain(with_point.as_bytes()).ok_or(Code::BadNumber)?;
        if mid <= Decimal::ZERO {
            return Err(Code::NotPositive);
        }
        mid.set_scale(mid.scale() + power).map_err(|_| Code::BadNumber)?;
        Ok(mid)
    }
}

/// `USD` of a plain file; `100HUF` of an archive, as the currency and the power of ten.
fn unit(cell: &str, archive: bool) -> Option<(Currency, u32)> {
    let digits = cell.find(|c: char| !c.is_ascii_digit())?;
    let (unit, code) = cell.split_at(digits);
    let currency = Currency::parse(code).ok().filter(|_| code.len() == 3)?;
    let power = match (archive, unit) {
        (false, "") | (true, "1") => 0,
        (true, "10") => 1,
        (true, "100") => 2,
        (true, "1000") => 3,
        (true, "10000") => 4,
        _ => return None,
    };
    Some((currency, power))
}

fn day(text: &str, archive: bool) -> Option<Date> {
    let format = if archive { "%Y%m%d" } else { "%Y-%m-%d" };
    let length = if archive { 8 } else { 10 };
    Date::strptime(format, text).ok().filter(|_| text.len() == length)
}

fn kind_of_name(name: &str) -> Option<TableKind> {
    let name = name.to_ascii_lowercase();
    if name.contains("tab_a_") || name.contains("table_a_") {
        return Some(TableKind::A);
    }
    (name.contains("tab_b_") || name.contains("table_b_")).then_some(TableKind::B)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const ARCHIVE: &[u8] = b"data;1USD;100HUF;10000IDR;1RUB;nr tabeli;pe\xb3ny numer tabeli;\r\n\
        ;dolar ameryka\xf1ski;forint (W\xeagry);rupia;rubel\r\n\
        20220308;4,5217;1,2541;3,1528;0,0340;46;046/A/NBP/2022;\r\n\
        20220309;4,3887;1,2600;3,0694;;47;047/A/NBP/2022;\r\n\
        \r\nkod ISO;USD;HUF;IDR;RUB;\r\nnazwa waluty;dolar;forint;rupia;rubel;\r\n\
        liczba jednostek;1;100;10000;1;\r\n";

    fn code(text: &str) -> Currency {
        Currency::parse(text).unwrap()
    }

    #[test]
    fn an_archive_as_served_is_read_per_unit() {
        let file = read_archive(FileId(0), "anything.csv", ARCHIVE);
        assert_eq!(file.diagnostics, []);
        let [first, second] = &file.tables[..] else { panic!("two tables") };
        assert_eq!((first.kind, first.published_on), (TableKind::A, date(2022, 3, 8)));
        assert_eq!(first.ordinal(), Some(46));
        assert_eq!(first.mid(code("USD")), Some(Decimal::new(45_217, 4)));
        assert_eq!(first.mid(code("HUF")), Some(Decimal::new(12_541, 6)));
        assert_eq!(first.mid(code("IDR")), Some(Decimal::new(31_528, 8)));
        assert!(first.lists(code("RUB")) && !second.lists(code("RUB")));
    }

    #[test]
    fn a_plain_file_tells_its_kind_by_number_else_by_name() {
        let numbered = b"date,table_no_inferred,AED,ZWG\n2025-01-08,001/B/NBP/2025,1.1255,\n";
        let file = read_archive(FileId(0), "x.csv", numbered);
        assert_eq!(file.tables[0].kind, TableKind::B);
        assert_eq!(file.tables[0].mids, [(code("AED"), Decimal::new(11_255, 4))]);
        let counted = b"date,ordinal,USD\n2002-01-02,1,3.9480\n";
        let file = read_archive(FileId(0), "table_a_2002.csv", counted);
        assert_eq!(file.tables[0].number, "001/A/NBP/2002");
        let nameless = read_archive(FileId(0), "rates.csv", counted);
        assert_eq!(nameless.diagnostics[0].code, Code::EmptyCell);
    }

    #[test]
    fn bad_rows_are_named_with_their_line_and_left_out() {
        let text = b"date,table_no,USD,EUR\n2025-01-02,001/A/NBP/2025,4.1,4.2\n\
            2025-01-32,002/A/NBP/2025,4.1,4.2\n2025-01-03,002/A/NBP/2025,4.1\n\
            2025-01-06,003/A/NBP/2025,4x1,4.2\n2025-01-07,003/A/NBP/2025,0,4.2\n\
            2025-01-11,004/A/NBP/2025,4.1,4.2\n";
        let file = read_archive(FileId(3), "x.csv", text);
        assert_eq!(file.tables.len(), 1);
        let found: Vec<_> = file.diagnostics.iter().map(|d| (d.code, d.row.unwrap())).collect();
        let expected = [
            (Code::BadDate, 3),
            (Code::RowShape, 4),
            (Code::BadNumber, 5),
            (Code::NotPositive, 6),
            (Code::ImplausibleDate, 7),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn other_files_are_named_but_harmless() {
        for text in ["", "Action,Time\nBuy,2025", "date,ordinal_in_year\n2002-01-02,1\n"] {
            let file = read_archive(FileId(0), "x.csv", text.as_bytes());
            assert_eq!(file.diagnostics[0].code, Code::UnknownFile);
            assert_eq!(file.diagnostics[0].severity, Severity::Warning);
        }
    }
}
