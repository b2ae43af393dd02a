//! What the sheets of one file come to together, worked out by hand.

use super::Xtb;
use crate::money::Money;
use crate::statement::{
    Code, Container, Event, FileId, Sheet, SourceFile, Statement, StatementFormat,
};

const CLOSED: &str = ",Position,Symbol,Type,Volume,Open time,Open price,Close time,Close price,\
    Open origin,Close origin,Purchase value,Sale value,SL,TP,Margin,Commission,Swap,Rollover,\
    Gross P/L,Comment\n";
const CASH: &str = ",ID,Type,Time,Comment,Symbol,Amount\n";
const NEW_CASH: &str = "Type,Instrument,Ticker,Category,Time,Amount,ID,Comment,Product\n";
const NEW_CLOSED: &str = "Instrument,Ticker,Category,Type,Volume,Open Price,Open Time (UTC),\
    Close Price,Close Time (UTC),Product,Gross Profit,Commission,Swap,Rollover,Position ID,Comment\n";
const CSV: &str = "ID;Type;Time;Symbol;Comment;Amount\n";

/// A file named after its account; each sheet is a header and its rows.
fn workbook(name: &str, sheets: &[(&str, &str)]) -> Statement {
    let sheet = |(header, rows): &(&str, &str)| Sheet {
        name: "Sheet".to_owned(),
        text: format!("{header}{rows}"),
        delimiter: b',',
    };
    let sheets = sheets.iter().map(sheet).collect();
    let container = Container::Workbook;
    Xtb.read(&SourceFile { id: FileId(0), name: name.to_owned(), container, sheets })
}

fn csv(name: &str, rows: &str) -> Statement {
    Xtb.read(&SourceFile::from_text(FileId(0), name, &format!("{CSV}{rows}")))
}

/// What has a figure: kind and amount, in the order of the statement.
fn figures(statement: &Statement) -> Vec<(&'static str, String)> {
    let told = |name, money: Money| Some((name, money.amount.normalize().to_string()));
    let figure = |event: &Event| match event {
        Event::Buy(trade) => told("buy", trade.gross),
        Event::Sell(trade) => told("sell", trade.gross),
        Event::Derivative { result, .. } => told("result", *result),
        Event::Dividend { gross, .. } => told("dividend", *gross),
        Event::Withholding { amount, .. } => told("tax", *amount),
        Event::Fee { amount } => told("fee", *amount),
        Event::Block => Some(("block", String::new())),
        _ => None,
    };
    statement.transactions.iter().filter_map(|event| figure(&event.event)).collect()
}

fn of(statement: &Statement, wanted: &str) -> Vec<String> {
    let figures = figures(statement).into_iter();
    figures.filter(|(kind, _)| *kind == wanted).map(|(_, amount)| amount).collect()
}

fn codes(statement: &Statement) -> Vec<Code> {
    statement.diagnostics.iter().map(|finding| finding.code).collect()
}

/// 200 − 20 of commission − 1.20 of swap is 178.80, however the symbol ends; the two halves of the commission
/// in the cash operations are the same 20.
#[test]
fn the_commission_of_a_cfd_is_told_by_its_position() {
    for symbol in ["AAPL.US_4", "GOLD"] {
        let closed = format!(
            ",920001,{symbol},SELL,10,2025-03-10 15:40:00,185,2025-03-12 16:05:10,180,web,web,0,0,0,0,95,\
             -20,-1.2,0,200,\n"
        );
        let cash = format!(
            ",1,commission,2025-03-10 15:40:00,Commission 920001,{symbol},-10\n\
             ,2,swap,2025-03-11 00:00:00,Swap,{symbol},-1.2\n\
             ,3,commission,2025-03-12 16:05:10,Commission 920001,{symbol},-10\n\
             ,4,close trade,2025-03-12 16:05:10,Profit of position #920001,{symbol},200\n"
        );
        let read = workbook("PLN_1000015_a.xlsx", &[(CLOSED, &closed), (CASH, &cash)]);
        assert_eq!(figures(&read), [("result", "178.8".to_owned())], "{symbol}");
    }
}

/// The broker gives a share and the CFD on it the same symbol. 2 is the commission of the share; the CFD has
/// 40.60 − 3 = 37.60.
#[test]
fn the_commission_of_a_cfd_is_no_cost_of_the_share_of_that_name() {
    let closed = "Apple CFD,AAPL.US,CFD,SELL,1,250,2025-02-15 14:31:00,240,2025-02-20 20:59:00,My Trades,\
         40.60,-3,0,0,7002,\n";
    let cash = "Stock purchase,Apple,AAPL.US,STOCK,2025-02-14 14:31:00,-400,1,OPEN BUY 1 @ 100.00,My Trades\n\
        Commission,Apple,AAPL.US,STOCK,2025-02-14 14:31:00,-2,2,,My Trades\n\
        Commission,Apple CFD,AAPL.US,CFD,2025-02-15 14:31:00,-3,3,,My Trades\n\
        Close trade,Apple CFD,AAPL.US,CFD,2025-02-20 20:59:00,40.60,4,,My Trades\n";
    let read = workbook("PLN_1000015_a.xlsx", &[(NEW_CLOSED, closed), (NEW_CASH, cash)]);
    assert_eq!(figures(&read), [("buy", "400".to_owned()), ("result", "37.6".to_owned())]);
    let buy = read.transactions.iter().find_map(|event| match &event.event {
        Event::Buy(trade) => Some(trade.commission.amount.to_string()),
        _ => None,
    });
    assert_eq!(buy.as_deref(), Some("2"));
}

/// A charge of last year's sale, booked this year, is of no CFD.
#[test]
fn a_late_charge_of_a_share_stays_a_cost() {
    let cash = ",1,Sec Fee,2025-01-02 09:05:00,Sec Fee adj AAPL.US 20241231,,-0.35\n";
    let read = workbook("USD_1000015_a.xlsx", &[(CLOSED, ""), (CASH, cash)]);
    assert_eq!(figures(&read), [("fee", "0.35".to_owned())]);
}

/// A spin-off in cash is written like a dividend and is none; a correction of a dividend is one.
#[test]
fn a_spin_off_is_left_to_the_sender() {
    for label in ["Spin off", "Spin-off", "Rights issue"] {
        let rows = format!(
            "1;{label};13.04.2022 14:50:01;T.US;T.US USD 5.8970/ SHR;216.80\n\
             2;Correction;02.05.2022 11:00:00;T.US;Corr T.US USD 0.2775/ SHR;12.00\n\
             3;Correction;02.05.2022 11:00:00;T.US;Corr T.US USD WHT 15%;-1.80\n"
        );
        let read = csv("PLN_1234567_a.csv", &rows);
        assert_eq!(of(&read, "dividend"), ["12"], "{label}");
        assert_eq!(of(&read, "tax"), ["1.8"], "{label}");
        assert_eq!(of(&read, "block").len(), 1, "{label}");
        assert_eq!(codes(&read), [Code::UnsettledAction], "{label}");
    }
}

/// Nobody pays out a dividend on an index: it is a part of the CFD's result, in either direction.
#[test]
fn the_dividend_of_an_index_is_a_result() {
    let rows = "1;Dividend;05.11.2022 22:00:01;US30.cash;US30.cash USD 6.5000/ Indices;-0.05\n\
        2;Dividend;05.12.2022 22:00:01;US500;;3.50\n\
        3;Withholding tax;05.12.2022 22:00:01;US500;US500 USD WHT 15%;-0.50\n\
        4;Dividend;02.05.2022 11:00:00;T.US;T.US USD 0.2775/ SHR;12.00\n\
        5;Dividend;02.05.2022 11:00:00;;T.US USD 0.2775/ SHR;6.00\n";
    let read = csv("PLN_1234567_a.csv", rows);
    assert_eq!(of(&read, "result"), ["-0.05", "3.5", "-0.5"]);
    assert_eq!(of(&read, "dividend"), ["12", "6"]);
    assert!(of(&read, "tax").is_empty());
}

#[test]
fn the_category_tells_the_dividend_of_a_cfd_on_a_share() {
    let row = |category: &str| {
        let rows = format!(
            "Dividend,Apple,AAPL.US,{category},2025-05-02 10:00:00,-2.50,1,AAPL.US USD 0.25/ SHR,My Trades\n"
        );
        figures(&workbook("USD_1000015_a.xlsx", &[(NEW_CASH, &rows)]))
    };
    assert_eq!(row("CFD"), [("result", "-2.5".to_owned())]);
    assert_eq!(row("STOCK"), [("dividend", "-2.5".to_owned())]);
}
