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
    Xtb.read(&SourceFile::from_text(FileId(0), name, format!("{CSV}{rows}")))
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
        Event::OpenShort(_)
        | Event::CloseShort(_)
        | Event::OpeningLot { .. }
        | Event::Interest { .. }
        | Event::Split(_)
        | Event::SplitAdded { .. }
        | Event::Rename { .. }
        | Event::TransferOut { .. }
        | Event::TransferIn { .. }
        | Event::CryptoBuy { .. }
        | Event::CryptoSell { .. } => None,
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
    let buy = read.transactions.iter().find_map(|event| {
        let Event::Buy(trade) = &event.event else { return None };
        Some(trade.commission.amount.to_string())
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

/// One sale without a row of its profit, and the position that it closed.
fn sold(account: &str, sale: &str, values: &str) -> Statement {
    let closed = format!(
        ",920002,ALV.US,BUY,1,2026-03-11 09:05:00,300,2026-03-12 17:20:00,290,web,web,{values},\n"
    );
    let cash = format!(",810005,{sale}\n");
    workbook(account, &[(CLOSED, &closed), (CASH, &cash)])
}

/// 290 is one share at 290.00, so it is what the sale brought; the loss of 10 is in it already.
#[test]
fn proceeds_are_not_changed_by_the_result_of_the_position() {
    let sale = "Stocks/ETF sale,2026-03-12 17:20:00,CLOSE BUY 1 @ 290.00,ALV.US,290";
    let read = sold("USD_1000011_a.xlsx", sale, "300,290,0,0,0,0,0,0,-10");
    assert_eq!(of(&read, "sell"), ["290"]);
}

/// In another currency the price proves nothing: the columns of the position tell what the amount is.
#[test]
fn the_position_tells_what_an_amount_in_another_currency_is() {
    let sale = "Sprzedaż akcji/ETF,2026-03-12 17:20:00,CLOSE BUY 1 @ 290.00,ALV.US,1160.00";
    let read = sold("PLN_1000011_a.xlsx", sale, "1215,1160,0,0,0,0,0,0,-55");
    assert_eq!(of(&read, "sell"), ["1160"]);
    // The purchase value: 1215 − 55 = 1160.
    let cost = "Stock sale,2026-03-12 17:20:00,CLOSE BUY 1 @ 290.00,ALV.US,1215.00";
    let read = sold("PLN_1000011_a.xlsx", cost, "1215,1160,0,0,0,0,0,0,-55");
    assert_eq!(of(&read, "sell"), ["1160"]);
}

#[test]
fn an_amount_that_is_no_value_of_the_position_is_refused() {
    let sale = "Sprzedaż akcji/ETF,2026-03-12 17:20:00,CLOSE BUY 1 @ 290.00,ALV.US,1160.00";
    let read = sold("PLN_1000011_a.xlsx", sale, "300,290,0,0,0,0,0,0,-10");
    // Nor is the position that it closed taken for a CFD.
    assert_eq!(figures(&read), [("block", String::new())]);
}

/// Two shares at 31.740 are 63.48, and nothing else of this sale would be 63.48 to the cent.
#[test]
fn shares_times_price_prove_proceeds_on_any_market() {
    let rows = "1;Sprzedaż akcji/ETF;07.03.2024 09:00:27;GDXJ.UK;CLOSE BUY 2 @ 31.740;63.48\n";
    let read = csv("USD_1000013_a.csv", rows);
    assert_eq!(of(&read, "sell"), ["63.48"]);
    assert!(!codes(&read).contains(&Code::SalesAsProceeds));
}

const AMERICAN: &str =
    "1;Sprzedaż akcji/ETF;02.05.2024 13:03:22;AAPL.US;CLOSE BUY 1 @ 170.30;683.20\n";

/// Where the file's sale in the currency of the account is one share at 122.30 for 122.30, its other is booked
/// alike.
#[test]
fn a_file_books_all_of_its_sales_alike() {
    let polish = "2;Sprzedaż akcji/ETF;02.05.2024 13:03:22;CDR.PL;CLOSE BUY 1 @ 122.30;122.3\n";
    let read = csv("PLN_1000012_a.csv", &format!("{AMERICAN}{polish}"));
    assert_eq!(of(&read, "sell"), ["122.3", "683.2"]);
    let found = read.diagnostics.iter().find(|found| found.code == Code::SalesAsProceeds);
    assert_eq!(found.map(|found| found.value.as_str()), Some("683.2 PLN"));
}

/// One sale that is booked as its purchase value, with or without the row of its profit, and nothing is known of
/// the others.
#[test]
fn sales_booked_in_two_ways_are_not_guessed() {
    let proven = "2;Sprzedaż akcji/ETF;02.05.2024 13:03:22;CDR.PL;CLOSE BUY 1 @ 122.30;122.3\n";
    let cost = "3;Sprzedaż akcji/ETF;02.04.2024 13:03:22;KGH.PL;CLOSE BUY 1 @ 122.30;100.00\n";
    let profit = "4;Zysk/Strata;02.04.2024 13:03:22;KGH.PL;CLOSE BUY 1 @ 122.30;22.30\n";
    for (rows, sales) in [
        (AMERICAN.to_owned(), &[][..]),
        (format!("{AMERICAN}{proven}{cost}"), &["122.3"]),
        (format!("{AMERICAN}{proven}{cost}{profit}"), &["122.3", "122.3"]),
    ] {
        let read = csv("PLN_1000012_a.csv", &rows);
        assert_eq!(of(&read, "sell"), sales, "{rows}");
        assert!(of(&read, "block").contains(&String::new()), "{rows}");
        assert!(!codes(&read).contains(&Code::SalesAsProceeds), "{rows}");
    }
}

/// Fees of the account are no costs of a sale; 10 + 12.50 are shown, and the share is not blocked.
#[test]
fn fees_of_the_account_are_shown_and_left_out() {
    let rows = "1;Inactivity fee;01.07.2025 10:00:00;;x;-10.00\n\
        2;stock transfer fee;01.07.2025 10:00:00;IS0M.DE;x;-12.50\n\
        3;Opłata za brak aktywności;01.08.2025 10:00:00;;x;-10.00\n\
        4;Inactivity fee;02.08.2025 10:00:00;;refund;10.00\n";
    let read = csv("EUR_1000014_a.csv", rows);
    assert_eq!(figures(&read), []);
    assert_eq!((codes(&read), read.rows.neutral), (vec![Code::ChargesLeftOut], 4));
    assert_eq!(read.diagnostics.first().map(|found| found.value.as_str()), Some("22.5 EUR"));
}
