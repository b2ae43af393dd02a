//! What the sheets of one statement come to together, worked out by hand.

use super::Etoro;
use crate::statement::{
    Code, Container, Event, FileId, Sheet, SourceFile, Statement, StatementFormat,
};

const CLOSED: &str = "Position ID,Action,Long / Short,Amount,Units / Contracts,Open Date,Close Date,Leverage,\
    Profit(USD),Overnight Fees and Dividends,Type,ISIN\n";
const ACTIVITY: &str =
    "Date,Type,Details,Amount,Units / Contracts,Realized Equity Change,Position ID,Asset type\n";

fn read(closed: &str, activity: &str) -> Statement {
    let sheet = |name: &str, text: String| Sheet { name: name.to_owned(), text, delimiter: b',' };
    let sheets = vec![
        sheet("Account Summary", "Details,\nCurrency,USD\n".to_owned()),
        sheet("Closed Positions", format!("{CLOSED}{closed}")),
        sheet("Account Activity", format!("{ACTIVITY}{activity}")),
    ];
    let (id, name, container) = (FileId(0), "etoro.xlsx".to_owned(), Container::Workbook);
    Etoro.read(&SourceFile { id, name, container, sheets })
}

fn results(statement: &Statement) -> Vec<String> {
    let result = |event: &Event| {
        let Event::Derivative { result, .. } = event else { return None };
        Some(result.amount.normalize().to_string())
    };
    statement.transactions.iter().filter_map(|event| result(&event.event)).collect()
}

fn blocks(statement: &Statement) -> usize {
    statement.transactions.iter().filter(|event| matches!(event.event, Event::Block)).count()
}

fn codes(statement: &Statement) -> Vec<Code> {
    let findings = statement.diagnostics.iter().map(|finding| finding.code);
    findings.filter(|code| !matches!(code, Code::MissingSection)).collect()
}

/// A leveraged contract on a coin is a derivative (tax-law 2.8.8), even at a leverage of one.
#[test]
fn crypto_on_margin_is_no_crypto() {
    let row = |kind: &str| {
        let row = format!(
            "3002,Bitcoin,Long,100,0.001,03/02/2025 15:31:07,14/07/2025 16:02:44,1,10,0,{kind},\n"
        );
        read(&row, "")
    };
    assert_eq!(results(&row("Crypto Margin")), ["10"]);
    assert_eq!(results(&row("Crypto")), [""; 0]);
}

const ADJUSTMENT: &str =
    "04/09/2025 00:00:00,Index price adjustment,SPX500/USD,0.80,-,0.80,3011,CFD\n";
const OVERNIGHT: &str = "03/09/2025 00:00:00,Overnight fee,SPX500/USD,-1.50,-,-1.50,3011,CFD\n";

fn index(rollover: &str) -> String {
    format!("3011,SPX500,Long,100,1,01/09/2025 15:00:00,09/09/2025 15:00:00,5,20,{rollover},CFD,\n")
}

/// 20 − 1.50 + 0.80 is 19.30, whether the sheet's sum of fees has the adjustment (−0.70, or 0.70 as a cost) or not
/// (−1.50, or 1.50).
#[test]
fn an_index_adjustment_counts_once() {
    for told in ["-0.7", "0.7", "-1.5", "1.5"] {
        let read = read(&index(told), &format!("{OVERNIGHT}{ADJUSTMENT}"));
        assert_eq!(results(&read), ["19.3"], "{told}");
        assert_eq!((codes(&read), blocks(&read)), (vec![], 0), "{told}");
    }
}

/// As with overnight fees, what an open position was adjusted by is told when it closes.
#[test]
fn an_adjustment_of_an_open_position_waits() {
    let read = read("", ADJUSTMENT);
    assert_eq!((results(&read), codes(&read), blocks(&read)), (vec![], vec![], 0));
    assert_eq!(read.rows.unknown, 0);
}

/// Fees of 9 that the activity does not have, or a position closed in two parts: nothing tells what is in them.
#[test]
fn an_adjustment_that_does_not_add_up_is_named() {
    let parts = format!("{}{}", index("0"), index("0").replace("09/09", "10/09"));
    for (closed, expected) in [(index("-9"), vec!["11"]), (parts, vec!["20", "20"])] {
        let read = read(&closed, ADJUSTMENT);
        assert_eq!(results(&read), expected);
        assert_eq!((codes(&read), blocks(&read)), (vec![Code::UnknownRow], 0));
    }
}

#[test]
fn an_adjustment_of_a_share_is_left_to_the_sender() {
    let read = read("", &ADJUSTMENT.replace("CFD", "Stocks"));
    assert_eq!((codes(&read), blocks(&read)), (vec![Code::UnsettledAction], 1));
}
