//! What the file says of the account: its number, its currency, and whether it is tax-free.

use crate::money::Currency;
use crate::statement::table::{fold, normalize};
use crate::statement::{Sheet, SourceFile};

use super::columns;
use super::kind::Kind;
use crate::statement::formats::exempt::Product;

/// Facts about the account.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    /// What the account is called: broker and number, or broker and currency.
    pub(super) name: String,
    /// The currency of all amounts; the new template and the CSV tell it in the name of the file alone.
    pub(super) currency: Option<Currency>,
    /// Whether the name or the preamble says that the account is tax-free.
    pub(super) exempt: Option<Product>,
}

/// Currencies of accounts that the broker keeps or kept.
const CURRENCIES: [&str; 8] = ["PLN", "EUR", "USD", "GBP", "CZK", "HUF", "RON", "CHF"];

/// Labels of the currency.
const CURRENCY_LABELS: [&str; 10] = [
    "currency",
    "account currency",
    "waluta",
    "waluta rachunku",
    "wahrung",
    "währung",
    "mena",
    "měna",
    "měna účtu",
    "moeda",
];

/// How many rows a preamble has at most.
const PREAMBLE: usize = 30;

impl Facts {
    pub(super) fn of(file: &SourceFile) -> Self {
        let preambles: Vec<_> = file.sheets.iter().map(preamble).collect();
        let words: Vec<&str> = file
            .name
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|w| !w.is_empty())
            .collect();
        let in_name = words.windows(2).find_map(|pair| match pair {
            [currency, number] => Some((known_currency(currency)?, account_number(number)?)),
            _ => None,
        });
        let told = |labels: &[&str], fits: fn(&str) -> bool| {
            preambles.iter().find_map(|rows| labelled(rows, labels, fits))
        };
        let currency = told(&CURRENCY_LABELS, |cell| known_currency(cell).is_some());
        let currency = currency.and_then(|cell| known_currency(&cell));
        let number =
            told(&["account number", "account", "rachunek", "numer rachunku", "konto"], |cell| {
                account_number(cell).is_some()
            });
        let number = number.or_else(|| in_name.map(|(_, number)| number.to_owned()));
        let currency = currency.or(in_name.map(|(currency, _)| currency));
        let of_currency =
            || currency.map_or("XTB".to_owned(), |currency| format!("XTB {currency}"));
        let exempt = preambles.iter().flatten().flatten();
        // Ike is a first name as well.
        let mut exempt = exempt.filter(|cell| cell.contains("IKE") || cell.contains("IKZE"));
        let exempt = exempt.find_map(|cell| Product::find(cell));
        let exempt = exempt.or_else(|| file.sheets.iter().find_map(deposited));
        Self {
            name: number.map_or_else(of_currency, |number| format!("XTB {}", number.trim())),
            currency,
            exempt: Product::find(&file.name).or(exempt),
        }
    }
}

fn known_currency(text: &str) -> Option<Currency> {
    CURRENCIES.contains(&text.trim()).then(|| Currency::parse(text).ok())?
}

fn account_number(text: &str) -> Option<&str> {
    let digits = text.trim();
    let sound = digits.len() >= 5 && digits.bytes().all(|b| b.is_ascii_digit());
    sound.then_some(digits)
}

/// A deposit to a tax-free account: the whole account is one. The same words with a negative amount
/// stand on the account from which the money went.
fn deposited(sheet: &Sheet) -> Option<Product> {
    if !["IKE", "IKZE", "ike ", "ikze "].iter().any(|word| sheet.text.contains(word)) {
        return None;
    }
    records(sheet).find_map(|row| {
        let negative = |cell: &String| {
            let amount = cell.strip_prefix(['-', '\u{2212}']).unwrap_or_default();
            amount.starts_with(|c: char| c.is_ascii_digit())
        };
        let product = row.iter().find_map(|cell| {
            if let Some(Kind::ExemptDeposit(product)) = Kind::parse(cell) {
                Some(product)
            } else {
                None
            }
        })?;
        (!row.iter().any(negative)).then_some(product)
    })
}

fn records(sheet: &Sheet) -> impl Iterator<Item = Vec<String>> + '_ {
    let reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(sheet.delimiter)
        .from_reader(sheet.text.as_bytes());
    let trimmed = |record: csv::StringRecord| record.iter().map(|c| c.trim().to_owned()).collect();
    reader.into_records().map_while(Result::ok).map(trimmed)
}

/// The rows above the header.
fn preamble(sheet: &Sheet) -> Vec<Vec<String>> {
    let is_header = |row: &[String]| {
        let names: Vec<String> = row.iter().map(|cell| normalize(cell)).collect();
        columns::is_cash_header(&names) || columns::is_position_header(&names)
    };
    records(sheet).take_while(|row| !is_header(row)).take(PREAMBLE).collect()
}

/// The value to the right of a label, or below it.
fn labelled(rows: &[Vec<String>], labels: &[&str], fits: fn(&str) -> bool) -> Option<String> {
    for (at, row) in rows.iter().enumerate() {
        for (column, cell) in row.iter().enumerate() {
            let name = fold(cell.trim_end_matches(':'));
            if !labels.contains(&name.as_ref()) {
                continue;
            }
            let right = row.iter().skip(column + 1).find(|cell| !cell.is_empty());
            let below = rows.iter().skip(at + 1).take(3).filter_map(|row| row.get(column));
            let mut candidates = right.into_iter().chain(below);
            if let Some(found) = candidates.find(|cell| fits(cell)) {
                return Some(found.clone());
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::FileId;

    fn facts(name: &str, text: &str) -> (String, String, bool) {
        let facts = Facts::of(&SourceFile::from_text(FileId(0), name, text));
        let currency = facts.currency.map_or(String::new(), |currency| currency.to_string());
        (facts.name, currency, facts.exempt.is_some())
    }

    const HEADER: &str = "ID;Type;Time;Comment;Symbol;Amount\n";

    #[test]
    fn the_old_template_tells_the_currency_above_the_table() {
        let text = format!(";Name;Account;Currency;Balance\n;;1234567;EUR;12.50\n{HEADER}");
        assert_eq!(facts("a.xlsx", &text), ("XTB 1234567".into(), "EUR".into(), false));
        let text = format!(";Waluta:;PLN\n{HEADER}");
        assert_eq!(facts("a.xlsx", &text), ("XTB PLN".into(), "PLN".into(), false));
        for label in ["Account currency", "Waluta rachunku", "Měna účtu"] {
            let text = format!("{label};EUR\n{HEADER}");
            assert_eq!(facts("a.xlsx", &text).1, "EUR", "{label}");
        }
    }

    #[test]
    fn otherwise_the_name_of_the_file_tells_it() {
        let found = facts("raporty/USD_7654321_2025-01-01_2025-12-31.xlsx", HEADER);
        assert_eq!(found, ("XTB 7654321".into(), "USD".into(), false));
        assert_eq!(
            facts("IKE_PLN_7654321.xlsx", HEADER),
            ("XTB 7654321".into(), "PLN".into(), true)
        );
        assert_eq!(facts("report.xlsx", HEADER), ("XTB".into(), String::new(), false));
    }
}
