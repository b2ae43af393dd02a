//! Small reports, written by hand. Expected figures are those of the rows.

use std::str::FromStr;

use super::*;
use crate::statement::{Container, FileId};

const HEADER: &str = "Transaction History,Header,Date,Account,Description,Transaction Type,Symbol,\
Quantity,Price,Price Currency,Gross Amount ,Commission,Net Amount";

fn read(base: &str, header: &str, rows: &[&str]) -> Statement {
    let mut text = format!(
        "Statement,Data,Title,Transaction History\nSummary,Header,Field Name,Field Value\n\
         Summary,Data,Base Currency,{base}\n{header}\n"
    );
    for row in rows {
        text.push_str("Transaction History,Data,2025-03-26,U***00001,");
        text.push_str(row);
        text.push('\n');
    }
    let sheet = Sheet { name: String::new(), text, delimiter: b',' };
    TransactionHistory.read(&SourceFile {
        id: FileId(0),
        name: String::new(),
        container: Container::Text,
        sheets: vec![sheet],
    })
}

/// Gross amounts of trades, `Block` where there is none.
fn grosses(read: &Statement) -> Vec<String> {
    let name = |transaction: &Transaction| {
        if let Event::Buy(trade) | Event::Sell(trade) = &transaction.event {
            trade.gross.to_string()
        } else {
            format!("{:?}", transaction.event)
        }
    };
    read.transactions.iter().map(name).collect()
}

fn codes(read: &Statement) -> Vec<(Code, &str)> {
    read.diagnostics.iter().map(|found| (found.code, found.column.as_str())).collect()
}

#[test]
fn a_bond_is_counted_in_percent_of_its_face() {
    let row = "T 4 1/2 05/31/29,Buy,T 4 1/2 05/31/29,2000,100.41,USD,-2008.20,-5,-2013.20";
    assert_eq!(grosses(&read("USD", HEADER, &[row])), ["2008.20 USD"]);
    // The euro came to 1.10 dollars: 2000 × 100.41 ÷ 100 ÷ 1.10 = 1825.64 €.
    let row = "T 4 1/2 05/31/29,Buy,T 4 1/2 05/31/29,2000,100.41,USD,-1825.64,-4.55,-1830.19";
    let converted = read("EUR", HEADER, &[row]);
    let [bond] = converted.transactions.as_slice() else { panic!() };
    let Event::Buy(trade) = &bond.event else { panic!() };
    assert_eq!(trade.gross.amount, Decimal::from_str("2008.2").unwrap());
    // 4.55 € × 2008.20 ÷ 1825.64 = 5.0050 $
    assert_eq!(trade.commission.amount, Decimal::from_str("5.005").unwrap());
}

#[test]
fn contracts_are_refused_by_name_whatever_their_currency() {
    for (base, row) in [
        ("USD", "ZZE 15DEC25,Buy,ZZEZ5,1,1.18,USD,-14750,-0.41,-14750.41"),
        ("USD", "ZETA INDEX,Buy,ZZI,2,19000,USD,-76000,-1,-76001"),
        ("EUR", "ZZB 21DEC29 28 C,Buy,C ZZBE 20291221 28 M,1,14.55,CHF,-1548,-2.09,-1550.09"),
        ("EUR", "ZETA,Buy,ZZO,1,14.55,CHF,-1548,-2.09,-1550.09"),
    ] {
        let read = read(base, HEADER, &[row]);
        assert_eq!(grosses(&read), ["Block"], "{row}");
        assert_eq!(codes(&read), [(Code::ContractUnclear, "Symbol")], "{row}");
    }
}

#[test]
fn an_amount_that_does_not_agree_is_refused() {
    for (base, row) in [
        ("USD", "ALPHA INC,Buy,ZZA,10,45,USD,-405,-1,-406"),
        ("USD", "ALPHA INC,Buy,ZZA,10,45,USD,0,-1,-1"),
        ("EUR", "ALPHA INC,Buy,ZZA,10,45,USD,-100,-1,-101"),
    ] {
        let read = read(base, HEADER, &[row]);
        assert_eq!(grosses(&read), ["Block"], "{row}");
        assert_eq!(codes(&read), [(Code::AmountMismatch, "Amount")], "{row}");
    }
}

#[test]
fn without_a_base_currency_only_what_was_not_converted_is_read() {
    let read = |row| read("", HEADER, &[row]);
    let same = read("ALPHA INC,Buy,ZZA,10,45,USD,-450,-1,-451");
    assert_eq!(grosses(&same), ["450 USD"]);
    let converted = read("ALPHA INC,Buy,ZZA,10,45,USD,-400,-1,-401");
    assert_eq!(codes(&converted), [(Code::EmptyCell, "Base Currency")]);
}

#[test]
fn the_older_layout_tells_trades_in_the_base_currency() {
    let header = HEADER.replace("Price Currency,", "");
    let read = read(
        "EUR",
        &header,
        &["BETA,Buy,ZZB,5,100,-500,-1.25,-501.25", "ALPHA INC,Buy,ZZA,20,45,-800,-1.1,-801.1"],
    );
    assert_eq!(grosses(&read), ["500 EUR", "Block"]);
    assert_eq!(codes(&read), [(Code::MissingColumn, "Price Currency")]);
    assert_eq!(read.diagnostics.first().unwrap().detail, BETTER);
}

#[test]
fn a_rate_in_the_row_serves_where_no_worth_is_known() {
    let header = format!("{HEADER},Exchange Rate");
    let row = "ALPHA AS,Buy,ZZA,100,50,TRY,-100,-1,-101";
    let with = read("EUR", &header, &[&format!("{row},0.02")]);
    assert_eq!(grosses(&with), ["5000 TRY"]);
    let without = read("EUR", HEADER, &[row]);
    assert_eq!(codes(&without), [(Code::BadCurrency, "Currency")]);
}

#[test]
fn a_payment_in_lieu_that_was_owed_is_no_dividend() {
    let row = |text: &str, amount: &str| {
        format!(
            "ZZA(US0378331005) Payment in Lieu of Dividend{text},Payment in Lieu,ZZA,-,-,-,{amount},-,{amount}"
        )
    };
    // Newest first: the reversal stands before what it takes back.
    let rows = [row(" - Reversal", "-2.5"), row("", "2.5"), row("", "-7.5")];
    let read = read("USD", HEADER, &rows.each_ref().map(String::as_str));
    assert_eq!((read.rows.used, read.rows.unknown), (2, 1));
    assert_eq!(codes(&read).first(), Some(&(Code::UnsettledAction, "Description")));
}
