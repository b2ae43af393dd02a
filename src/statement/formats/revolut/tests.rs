//! The reports together, in any order and alone, and files that are something else.

use std::fmt::Write as _;

use proptest::prelude::*;

use crate::ledger::{Input, Ledger, merge};
use crate::mail::Limits;
use crate::statement::decode::decode;
use crate::statement::{Code, Detected, Event, FileId, SourceFile, Transaction, detect};

const STATEMENT: &str = "Date,Ticker,Type,Quantity,Price per share,Total Amount,Currency,FX Rate\n\
    2021-01-04T15:00:00Z,AAPL,BUY - MARKET,10,USD 130.00,USD 1300,USD,1.2\n\
    2023-03-03T15:00:00Z,AAPL,SELL - MARKET,4,USD 150.00,USD 600,USD,1.05\n\
    2023-05-01T10:00:00Z,AAPL,DIVIDEND,,,USD 1.20,USD,1.05\n";

const PROFIT: &str = "Income from Sells\n\
    Date acquired,Date sold,Symbol,Security name,ISIN,Country,Quantity,Cost basis,Gross proceeds,\
    Gross PnL,Currency\n\
    2021-01-04,2023-03-03,AAPL,Apple,US0378331005,US,4,520.00,600.00,80.00,USD\n\n\
    Other income & fees\n\
    Date,Symbol,Security name,ISIN,Country,Gross amount,Withholding tax,Net Amount,Currency\n\
    2023-05-01,AAPL,Apple,US0378331005,US,1.41,0.21 USD,1.20 USD,USD\n";

const CONSOLIDATED: &str = "Transactions for Brokerage Account dividends - USD\n\
    Date,Security name,Symbol,ISIN,Country,Gross amount,Withholding tax,Net amount\n\
    1 maj 2023,Apple dividend,AAPL,US0378331005,US,US$1.41,US$0.21,US$1.20\n";

fn file(id: u32, text: &str) -> SourceFile {
    SourceFile::from_text(FileId(id), "x.csv", text)
}

fn ledger_of(files: &[SourceFile]) -> Ledger {
    let inputs = files.iter().map(|file| {
        let Detected::Format(format) = detect(file) else { panic!("{file:?}") };
        Input::untagged(format.id().to_owned(), format.read(file))
    });
    merge(inputs.collect())
}

fn ledger(texts: &[&str]) -> Ledger {
    let files: Vec<_> = texts.iter().zip(0_u32..).map(|(text, id)| file(id, text)).collect();
    ledger_of(&files)
}

/// Buys, sells, dividends.
fn counts(ledger: &Ledger) -> [usize; 3] {
    let count = |test: fn(&Event) -> bool| {
        ledger.transactions.iter().filter(|event| test(&event.event)).count()
    };
    [
        count(|event| matches!(event, Event::Buy(_))),
        count(|event| matches!(event, Event::Sell(_))),
        count(|event| matches!(event, Event::Dividend { .. })),
    ]
}

#[test]
fn the_reports_complete_each_other_in_any_order() {
    for texts in [[STATEMENT, PROFIT], [PROFIT, STATEMENT]] {
        let ledger = ledger(&texts);
        assert_eq!(counts(&ledger), [1, 1, 1]);
        assert!(ledger.diagnostics.is_empty() && ledger.gaps.is_empty());
        // The statement has only the ticker; the ISIN and the country come from the other report.
        let known: Vec<_> =
            ledger.instruments.iter().filter(|known| known.symbol == "AAPL").collect();
        assert_eq!(known.len(), 1);
        assert_eq!(known[0].isin.unwrap().as_str(), "US0378331005");
    }
}

#[test]
fn one_dividend_in_three_reports_counts_once() {
    assert_eq!(counts(&ledger(&[CONSOLIDATED, STATEMENT, PROFIT])), [1, 1, 1]);
}

#[test]
fn the_statement_alone_leaves_the_year_of_its_dividend_incomplete() {
    let ledger = ledger(&[STATEMENT]);
    assert_eq!(counts(&ledger), [1, 1, 0]);
    let [(2023, finding)] = &ledger.gaps[..] else { panic!("{:?}", ledger.gaps) };
    assert_eq!(finding.code, Code::MissingReport);
    assert!(ledger.diagnostics.is_empty());
}

#[test]
fn the_profit_statement_alone_asks_for_the_account_statement() {
    let ledger = ledger(&[PROFIT]);
    assert_eq!(counts(&ledger), [0, 0, 1]);
    let [finding] = &ledger.diagnostics[..] else { panic!("{:?}", ledger.diagnostics) };
    assert_eq!(finding.code, Code::MissingReport);
    assert_eq!(finding.value, super::STATEMENT_REPORT);
}

/// A text saved as a workbook, cell for cell; numbers as numbers, as a spreadsheet would have them.
fn workbook(id: u32, text: &str) -> SourceFile {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    for (record, row) in reader.records().zip(0_u32..) {
        for (cell, column) in record.unwrap().iter().zip(0_u16..) {
            match cell.parse::<f64>() {
                Ok(number) => sheet.write_number(row, column, number).unwrap(),
                Err(_) => sheet.write_string(row, column, cell).unwrap(),
            };
        }
    }
    let bytes = book.save_to_buffer().unwrap();
    decode(FileId(id), "x.xlsx", bytes, &Limits::default()).unwrap()
}

#[test]
fn workbooks_read_as_their_texts() {
    let ledger = ledger_of(&[workbook(0, STATEMENT), workbook(1, PROFIT)]);
    assert_eq!(counts(&ledger), [1, 1, 1], "{:?}", ledger.diagnostics);
    assert!(ledger.diagnostics.is_empty() && ledger.gaps.is_empty());
}

#[test]
fn the_bank_account_and_the_cfd_statement_are_wrong_reports() {
    for text in [
        "Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance\nx,x,x,x,x,1,0,PLN,x,1\n",
        "Date,Symbol,Type,Quantity,Price,Total Amount,Margin,Fees,Currency,FX Rate\n1,2,3,4,5,6,7,8,9,10\n",
    ] {
        assert!(matches!(detect(&file(0, text)), Detected::Wrong(_)), "{text}");
    }
}

/// A workbook of savings whose gross interest is less than the net interest paid in: which of them is taxed it
/// does not tell, the consolidated statement does.
#[test]
fn the_workbook_of_savings_asks_for_the_consolidated_statement() {
    let text = "Date,Description,Gross interest,Money out,Money in,Balance\n\
        \"May 29, 2025, 2:01:22 AM\",Net Interest Paid to 'Trips' for 29 May 2025,€0.0225,,€0.18,€500.18\n";
    let Detected::Wrong(format) = detect(&file(0, text)) else { panic!() };
    assert_eq!(format.id(), "revolut-consolidated");
}

#[test]
fn a_commission_is_what_the_total_has_beyond_the_rounding_of_the_price() {
    let text = "Date,Ticker,Type,Quantity,Price per share,Total Amount,Currency,FX Rate\n\
        2025-03-03T14:40:51Z,ACME,BUY - MARKET,0.75,USD 2400.00,USD 1801.00,USD,1.0490\n\
        2025-03-03T14:41:51Z,ACME,BUY - MARKET,0.76672417,EUR 26.09,EUR 20,EUR,1\n";
    let ledger = ledger(&[text]);
    let mut trades = Vec::new();
    for event in &ledger.transactions {
        if let Event::Buy(trade) = &event.event {
            trades.push((trade.gross.to_string(), trade.commission.amount.to_string()));
        }
    }
    // 0.75 × 2400 = 1800, so 1 is commission; 0.76672417 × 26.09 = 20.0038 rounds to 20.
    assert_eq!(
        trades,
        [("1800.00 USD".to_owned(), "1.00".to_owned()), ("20 EUR".to_owned(), "0".to_owned())]
    );
}

/// A table that begins in a later line: what is taken and what is refused keep the lines of the file.
#[test]
fn rows_of_a_later_table_keep_their_numbers() {
    let text =
        format!("{PROFIT}2023-06-01,AAPL,Apple,US0378331005,US,many,0.21 USD,1.20 USD,USD\n");
    let file = file(0, &text);
    let Detected::Format(format) = detect(&file) else { panic!() };
    let read = format.read(&file);
    let dividend = |event: &&Transaction| matches!(event.event, Event::Dividend { .. });
    let taken: Vec<u32> =
        read.transactions.iter().filter(dividend).map(|event| event.source.row).collect();
    let refused: Vec<_> = read.diagnostics.iter().filter_map(|found| found.row).collect();
    assert_eq!((taken, refused), (vec![7], vec![8]));
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => proptest::sample::select(vec![
            "", "2023-03-03T15:00:00Z", "1 sty 2024", "Jan 3, 2024", "AAPL", "BUY - MARKET",
            "SELL - MARKET", "STOCK SPLIT", "MERGER - STOCK", "MERGER - CASH", "POSITION CLOSURE",
            "DIVIDEND", "10", "-5", "0", "USD 130.00", "$1,300", "1 234,56€", "2,94$ (11,52 PLN)",
            "USD", "US0378331005", "Interest earned", "Buy", "Sell", "BTC",
            "BUY EUR Class R IE000AZVL3K0", "79228162514264337593543950335", "\"",
        ]).prop_map(str::to_owned),
        1 => "[ -~\u{0}éż\n;,]{0,8}",
    ]
}

const HEADERS: [&str; 8] = [
    "Date,Ticker,Type,Quantity,Price per share,Total Amount,Currency,FX Rate",
    "Income from Sells\nDate acquired,Date sold,Symbol,Security name,ISIN,Country,Quantity,Currency",
    "Other income & fees\nDate,Symbol,Security name,ISIN,Country,Gross amount,Withholding tax,Net Amount,Currency",
    "Completed Date,Product name,Description,Money out,Money in,Balance",
    "Date,Description,\"Value, EUR\",Price per share,Quantity of shares",
    "Symbol,Type,Quantity,Price,Value,Fees,Date",
    "Transactions for Savings Accounts - EUR\nDate,Description,Money out,Money in,Balance",
    "Transactions for Crypto\nDate acquired,Date sold,Token name,Qty,Cost basis,Gross proceeds,Gross PnL",
];

proptest! {
    #[test]
    fn damaged_files_never_panic_and_rows_add_up(
        header in proptest::sample::select(HEADERS.to_vec()),
        rows in prop::collection::vec(prop::collection::vec(cell(), 3..10), 0..8),
    ) {
        let mut text = format!("{header}\n");
        for row in &rows {
            text.push_str(&row.join(","));
            text.push('\n');
        }
        let file = file(0, &text);
        if let Detected::Format(format) = detect(&file) {
            let statement = format.read(&file);
            let taken = statement.rows;
            prop_assert_eq!(
                taken.total,
                taken.used + taken.neutral + taken.duplicate + taken.unknown
            );
            let found = statement.diagnostics.iter().filter(|found| found.row.is_some()).count();
            prop_assert!(found >= usize::try_from(taken.unknown).unwrap());
        }
    }
}

/// Shares sold and for how much, of a statement of takeovers; `day time ticker rest` of each row.
fn takeovers(rows: &[&str]) -> (Vec<(String, i64, i64)>, u32) {
    let mut text =
        "Date,Ticker,Type,Quantity,Price per share,Total Amount,Currency,FX Rate\n".to_owned();
    for ticker in ["AAA", "BBB"] {
        writeln!(text, "2023-01-04T15:00:00Z,{ticker},BUY - MARKET,9,USD 10,USD 90,USD,1.2")
            .unwrap();
    }
    for row in rows {
        let cells: Vec<&str> = row.split(' ').collect();
        let [day, time, ticker, kind] = cells[..] else { panic!("{row}") };
        let cells = match kind {
            "cash" => "MERGER - CASH,,,USD 120.00",
            "taken" => "MERGER - STOCK,-5,,USD 0",
            _ => "MERGER - STOCK,3,,USD 0",
        };
        writeln!(text, "2024-05-{day}T{time}Z,{ticker},{cells},USD,1.09").unwrap();
    }
    let file = file(0, &text);
    let Detected::Format(format) = detect(&file) else { panic!() };
    let statement = format.read(&file);
    let whole = |amount| i64::try_from(amount).unwrap();
    let sold = statement.transactions.iter().filter_map(|found| {
        let Event::Sell(trade) = &found.event else { return None };
        let of = usize::try_from(found.instrument.0).unwrap();
        let ticker = statement.instruments[of].symbol.clone();
        Some((ticker, whole(trade.quantity), whole(trade.gross.amount)))
    });
    (sold.collect(), statement.rows.unknown)
}

#[test]
fn the_money_of_a_takeover_comes_within_ten_days_for_its_own_shares() {
    let five = || vec![("AAA".to_owned(), 5, 120)];
    for money in ["11 10:00:00 AAA cash", "21 10:00:00 AAA cash"] {
        assert_eq!(takeovers(&[money, "11 10:00:00 AAA taken"]).0, five());
        assert_eq!(takeovers(&["21 10:00:00 AAA taken", money]).0, five());
    }
    // Too late: all shares are taken to be sold for it.
    let late = takeovers(&["10 10:00:00 AAA taken", "21 10:00:00 AAA cash"]);
    assert_eq!(late, (vec![], 2));
    // The first of two payments; the second one belongs to nothing that is left.
    let two = ["11 10:00:00 AAA taken", "12 10:00:00 AAA cash", "13 10:00:00 AAA cash"];
    assert_eq!(takeovers(&two).0.first(), five().first());
    let other = takeovers(&["11 10:00:00 AAA taken", "11 10:00:09 BBB cash"]);
    assert_eq!(other.0, [("BBB".to_owned(), 9, 120)]);
}

#[test]
fn shares_given_at_the_moment_of_a_takeover_leave_it_to_the_sender() {
    let money = "15 10:00:00 AAA cash";
    for given in ["11 10:00:02 BBB given", "11 09:59:58 BBB given", "15 10:00:02 BBB given"] {
        let (sold, unknown) = takeovers(&["11 10:00:00 AAA taken", money, given]);
        assert_eq!((sold, unknown), (vec![], 3), "{given}");
    }
    let (sold, _) = takeovers(&["11 10:00:00 AAA taken", money, "11 10:00:02.001 BBB given"]);
    assert_eq!(sold, [("AAA".to_owned(), 5, 120)]);
}
