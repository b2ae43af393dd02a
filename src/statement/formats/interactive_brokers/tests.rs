//! Whole statements, written by hand. Expected figures are those of the rows.

use std::{fmt::Write as _, str::FromStr};

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::{
    money::{Currency, Money},
    statement::{Container, Event, FileId, InstrumentIx, Severity, SplitRatio, Trade, Transaction},
};

const HEAD: &str = "\
Statement,Header,Field Name,Field Value
Statement,Data,BrokerName,Interactive Brokers Ireland Limited
Statement,Data,Title,Activity Statement
Statement,Data,Period,\"January 1, 2024 - December 31, 2024\"
Account Information,Header,Field Name,Field Value
Account Information,Data,Account,U0000001
";
/// Neutral rows of [`HEAD`].
const HEAD_ROWS: u32 = 4;

const TRADES: &str = "Trades,Header,DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,\
Quantity,T. Price,C. Price,Proceeds,Comm/Fee,Basis,Realized P/L,MTM P/L,Code\n";

const ACTIONS: &str = "Corporate Actions,Header,Asset Category,Currency,Report Date,Date/Time,\
Description,Quantity,Proceeds,Value,Realized P/L,Code\n";

const LISTINGS: &str = "\
Financial Instrument Information,Header,Asset Category,Symbol,Description,Conid,Security ID,Underlying,Listing Exch,Multiplier,Type,Code
Financial Instrument Information,Data,Stocks,\"ZZO, ZZA\",ALPHA INC,1001,US0378331005,ZZA,NASDAQ,1,COMMON,
Financial Instrument Information,Data,Stocks,ZZB,BETA PLC,1002,IE00B4L5Y983,ZZB,LSEETF,1,ETF,
";
const LISTED_ROWS: u32 = 2;

fn statement(text: &str, delimiter: u8) -> Statement {
    let sheet = Sheet { name: String::new(), text: text.to_owned(), delimiter };
    ActivityStatement.read(&SourceFile {
        id: FileId(0),
        name: String::new(),
        container: Container::Text,
        sheets: vec![sheet],
    })
}

/// Reads the body between head and listings and proves that every row is counted.
fn read(body: &str) -> Statement {
    let read = statement(&format!("{HEAD}{body}{LISTINGS}"), b',');
    let rows = read.rows;
    assert_eq!(rows.total, rows.used + rows.neutral + rows.duplicate + rows.unknown);
    let data = body.lines().filter(|line| !line.contains(",Header,")).count();
    assert_eq!(rows.total, u32::try_from(data).unwrap() + HEAD_ROWS + LISTED_ROWS);
    read
}

/// Used, neutral (apart from head and listings), duplicate, unknown.
fn counts(read: &Statement) -> (u32, u32, u32, u32) {
    let rows = read.rows;
    (rows.used, rows.neutral - HEAD_ROWS - LISTED_ROWS, rows.duplicate, rows.unknown)
}

fn dec(text: &str) -> Decimal {
    Decimal::from_str(text).unwrap()
}

fn usd(text: &str) -> Money {
    Money::new(dec(text), Currency::USD)
}

fn found(read: &Statement) -> Vec<(Code, &str, &str)> {
    let all = read.diagnostics.iter();
    all.map(|found| (found.code, found.value.as_str(), found.detail.as_str())).collect()
}

fn codes(read: &Statement) -> Vec<Code> {
    read.diagnostics.iter().map(|found| found.code).collect()
}

fn trade(transaction: &Transaction) -> &Trade {
    let (Event::Buy(trade) | Event::Sell(trade)) = &transaction.event else {
        panic!("not a trade: {transaction:?}");
    };
    trade
}

fn isin_of(read: &Statement, index: InstrumentIx) -> String {
    let instrument = read.instruments.get(usize::try_from(index.0).unwrap()).unwrap();
    instrument.isin.map_or_else(String::new, |isin| isin.to_string())
}

fn row_of(found: &crate::statement::Diagnostic) -> u32 {
    found.row.unwrap()
}

#[test]
fn a_purchase_and_a_sale_are_read_with_their_isin() {
    let read = read(&format!(
        "{TRADES}\
         Trades,Data,Order,Stocks,USD,ZZA,\"2024-01-15, 10:30:00\",\"1,000\",150.25,151,-150250,-1.5,0,0,0,O\n\
         Trades,Data,ClosedLot,Stocks,USD,ZZA,2024-01-15,400,150.25,,,,,,,ST\n\
         Trades,Data,Order,Stocks,USD,ZZA,\"2024-03-01, 09:31:02\",-400.5,160.125,160,64130.0625,-2.25,0,0,0,C;P\n\
         Trades,SubTotal,,Stocks,USD,ZZA,,599.5,,,-86119.9375,-3.75,0,0,0,\n\
         Trades,Total,,Stocks,USD,,,,,,-86119.9375,-3.75,0,0,0,\n"
    ));
    assert_eq!(counts(&read), (2, 3, 0, 0));
    assert_eq!(found(&read), []);
    assert_eq!(read.accounts, ["IBKR U0000001"]);
    let [buy, sell] = read.transactions.as_slice() else { panic!("{:?}", read.transactions) };
    assert!(matches!(buy.event, Event::Buy(_)) && matches!(sell.event, Event::Sell(_)));
    assert_eq!((buy.day.to_string(), buy.millisecond), ("2024-01-15".to_owned(), 37_800_000));
    assert_eq!((buy.source.row, sell.source.row), (8, 10));
    assert_eq!(trade(buy).quantity, dec("1000"));
    assert_eq!((trade(buy).gross, trade(buy).commission), (usd("150250"), usd("1.5")));
    // 400.5 × 160.125
    assert_eq!((trade(sell).gross, trade(sell).commission), (usd("64130.0625"), usd("2.25")));
    let [instrument] = read.instruments.as_slice() else { panic!("{:?}", read.instruments) };
    assert_eq!(isin_of(&read, buy.instrument), "US0378331005");
    let described = (&*instrument.symbol, &*instrument.name, &*instrument.exchange);
    assert_eq!(described, ("ZZA", "ALPHA INC", "NASDAQ"));
}

#[test]
fn headers_without_closing_price_and_with_account_and_percentage_are_read_by_name() {
    let text = format!(
        "{HEAD}Trades,Header,DataDiscriminator,Asset Category,Currency,Account,Symbol,Date/Time,Quantity,\
         T. Price,Proceeds,Comm/Fee,Basis,Realized P/L,Realized P/L %,Code\n\
         Trades,Data,Order,Stocks,USD,U0000002,ZZA,\"2024-01-15, 10:30:00\",2,10,0,-1,0,0,0,O\n\
         Trades,Header,DataDiscriminator,Asset Category,Currency,Account,Symbol,Date/Time,Quantity,\
         T. Price,,Proceeds,Comm in EUR,,,Code\n\
         Trades,Data,Order,Forex,USD,U0000002,EUR.USD,\"2024-01-15, 10:31:00\",-5,1.1,,5.5,-1.7,,,\n"
    );
    let read = statement(&format!("{text}{LISTINGS}"), b',');
    assert_eq!(counts(&read), (1, 1, 0, 0));
    // The commission of a conversion belongs to no trade.
    assert_eq!(found(&read), [(Code::ChargesLeftOut, "", "1.7 EUR")]);
    assert_eq!(read.accounts, ["IBKR U0000002"]);
    // Proceeds of zero: 2 × 10.
    assert_eq!(trade(read.transactions.first().unwrap()).gross, usd("20"));
}

#[test]
fn executions_repeat_orders_unless_only_executions_are_there() {
    let order =
        "Trades,Data,Order,Stocks,USD,ZZA,\"2024-01-15, 10:30:00\",2,10,10,-20,-1,0,0,0,O\n";
    let execution = order.replace("Order", "Trade");
    let both = read(&format!("{TRADES}{order}{execution}{execution}"));
    assert_eq!(counts(&both), (1, 2, 0, 0));
    let alone = read(&format!("{TRADES}{execution}{execution}"));
    assert_eq!(counts(&alone), (2, 0, 0, 0));
    // Two identical fills are two events.
    let [one, other] = alone.transactions.as_slice() else { panic!() };
    assert_ne!(one.key, other.key);
    // The same fill in an overlapping statement is the same event.
    assert_eq!(both.transactions.first().unwrap().key, one.key);
}

#[test]
fn amounts_that_disagree_block_the_instrument() {
    let read = read(&format!(
        "{TRADES}Trades,Data,Order,Stocks,USD,ZZA,\"2024-01-15, 10:30:00\",100,10,10,-1100,-1,0,0,0,O\n"
    ));
    assert_eq!(counts(&read), (0, 0, 0, 1));
    assert_eq!(found(&read), [(Code::AmountMismatch, "-1100", "")]);
    assert!(matches!(read.transactions.as_slice(), [Transaction { event: Event::Block, .. }]));
    assert_eq!(read.repairs.len(), 1);
}

#[test]
fn an_unreadable_row_tells_all_its_faults_and_goes_into_the_template() {
    let read =
        read(&format!("{TRADES}Trades,Data,Order,Stocks,US,ZZA,15.01.2024,abc,10,10,0,,0,0,0,O\n"));
    assert_eq!(counts(&read), (0, 0, 0, 1));
    let expected = [Code::BadDate, Code::BadNumber, Code::EmptyCell, Code::BadCurrency];
    assert_eq!(codes(&read), expected);
    let cells = &read.repairs.first().unwrap().cells;
    assert!(cells.contains(&("ticker", "ZZA".to_owned())), "{cells:?}");
    assert!(cells.contains(&("date", "15.01.2024".to_owned())), "{cells:?}");
}

#[test]
fn bonds_take_the_amount_from_proceeds() {
    let row = |proceeds: &str| {
        read(&format!(
            "{TRADES}Trades,Data,Order,Bonds,USD,T 1 01/31/28,\"2024-01-15, 10:30:00\",\"10,000\",98.5,98,{proceeds},-5,0,0,0,O\n"
        ))
    };
    let paid = row("-9850");
    assert_eq!(trade(paid.transactions.first().unwrap()).gross, usd("9850"));
    assert_eq!(found(&row("0")), [(Code::EmptyCell, "0", "")]);
}

fn row(category: &str, symbol: &str, at: &str, cells: &str) -> String {
    format!("Trades,Data,Order,{category},USD,{symbol},\"{at}\",{cells}\n")
}

fn names(read: &Statement) -> Vec<String> {
    let name = |transaction: &Transaction| {
        let text = format!("{:?}", transaction.event);
        text.split(['(', ' ']).next().unwrap().to_owned()
    };
    read.transactions.iter().map(name).collect()
}

#[test]
fn codes_tell_short_sales_and_their_closing() {
    let read = read(&format!(
        "{TRADES}{}{}{}{}",
        row("Stocks", "ZZA", "2024-01-15, 10:30:00", "-10,10,10,100,-1,0,0,0,O"),
        row("Stocks", "ZZA", "2024-01-16, 10:30:00", "10,8,8,-80,-1,0,0,0,C"),
        row("Stocks", "ZZA", "2024-01-17, 10:30:00", "10,8,8,-80,-1,0,0,0,O"),
        row("Stocks", "ZZA", "2024-01-18, 10:30:00", "-10,9,9,90,-1,0,0,0,C"),
    ));
    assert_eq!(names(&read), ["OpenShort", "CloseShort", "Buy", "Sell"]);
    assert_eq!(found(&read), []);
}

#[test]
fn a_cancelled_trade_waits_for_a_decision() {
    let row = row("Stocks", "ZZA", "2024-01-15, 10:30:00", "10,10,10,-100,-1,0,0,0,Ca");
    let read = read(&format!("{TRADES}{row}"));
    assert_eq!((counts(&read), codes(&read)), ((0, 0, 0, 1), vec![Code::UnsettledAction]));
    assert_eq!(names(&read), ["Block"]);
}

const POSITIONS: &str = "Open Positions,Header,DataDiscriminator,Asset Category,Currency,Symbol,\
Quantity,Mult,Cost Price,Cost Basis,Close Price,Value,Unrealized P/L,Code\n";

#[test]
fn a_trade_that_changes_the_side_is_divided_by_the_position_held() {
    // Long 4 before the file; 6 bought, 15 sold: 10 close, 5 open short; at the end -5.
    let trades = format!(
        "{TRADES}{}{}",
        row("Stocks", "ZZA", "2024-01-15, 10:30:00", "6,10,10,-60,-1,0,0,0,O"),
        row("Stocks", "ZZA", "2024-01-16, 10:30:00", "-15,10,10,150,-3,0,0,0,C;O"),
    );
    let positions =
        format!("{POSITIONS}Open Positions,Data,Summary,Stocks,USD,ZZA,-5,1,10,50,10,50,0,\n");
    let told = read(&format!("{trades}{positions}"));
    assert_eq!(
        (counts(&told), names(&told)),
        ((2, 1, 0, 0), vec!["Buy".into(), "Sell".into(), "OpenShort".into()])
    );
    let [
        _,
        Transaction { event: Event::Sell(closed), key: one, .. },
        Transaction { event: Event::OpenShort(rest), key: other, .. },
    ] = told.transactions.as_slice()
    else {
        panic!("{told:?}")
    };
    assert_eq!(
        (closed.quantity, closed.gross, closed.commission),
        (dec("10"), usd("100"), usd("2"))
    );
    assert_eq!((rest.quantity, rest.gross, rest.commission), (dec("5"), usd("50"), usd("1")));
    assert_ne!(one, other);
    // Without the positions nobody knows how much was held.
    let untold = read(&trades);
    assert_eq!((counts(&untold), codes(&untold)), ((1, 0, 0, 1), vec![Code::UnsettledAction]));
    assert_eq!(names(&untold), ["Buy", "Block"]);
}

#[test]
fn trades_that_change_the_side_are_divided_in_any_order_of_the_rows() {
    // Long 10 before the file; 15 sold: 10 close, 5 open short; 12 bought: 5 close, 7 open. Long 7 at the end.
    let sold = row("Stocks", "ZZA", "2024-01-16, 10:30:00", "-15,10,10,150,-3,0,0,0,C;O");
    let bought = row("Stocks", "ZZA", "2024-01-17, 10:30:00", "12,10,10,-120,-3,0,0,0,C;O");
    let positions =
        format!("{POSITIONS}Open Positions,Data,Summary,Stocks,USD,ZZA,7,1,10,70,10,70,0,\n");
    for trades in [format!("{sold}{bought}"), format!("{bought}{sold}")] {
        let told = read(&format!("{TRADES}{trades}{positions}"));
        let mut parts: Vec<(String, Decimal)> = Vec::new();
        for (name, transaction) in names(&told).into_iter().zip(&told.transactions) {
            let (Event::Buy(trade)
            | Event::Sell(trade)
            | Event::OpenShort(trade)
            | Event::CloseShort(trade)) = &transaction.event
            else {
                panic!("{told:?}")
            };
            parts.push((name, trade.quantity));
        }
        parts.sort();
        let expected = [("Buy", "7"), ("CloseShort", "5"), ("OpenShort", "5"), ("Sell", "10")];
        assert_eq!(
            parts,
            expected.map(|(name, shares)| (name.to_owned(), dec(shares))),
            "{trades}"
        );
    }
}

const OPTIONS: &str = "\
Financial Instrument Information,Header,Asset Category,Symbol,Description,Conid,Underlying,Listing Exch,Multiplier,Expiry,Delivery Month,Type,Strike,Code
Financial Instrument Information,Data,Equity and Index Options,ZZA   241220C00100000,ZZA 20DEC24 100 C,2001,ZZA,CBOE,100,2024-12-20,2024-12,C,100,
";
const OPTION: (&str, &str) = ("Equity and Index Options", "ZZA 20DEC24 100 C");

#[test]
fn options_are_bought_written_closed_and_lapse() {
    let (category, symbol) = OPTION;
    let read = read(&format!(
        "{TRADES}{}{}{}{}{}{OPTIONS}",
        row(category, symbol, "2024-01-15, 10:30:00", "1,2,2,-200,-1.05,0,0,0,O"),
        row(category, symbol, "2024-01-16, 10:30:00", "-1,3,3,300,-1.05,0,0,0,C"),
        row(category, symbol, "2024-01-17, 10:30:00", "-2,2.5,3,500,-2.1,0,0,0,O"),
        row(category, symbol, "2024-01-18, 10:30:00", "1,1,1,-100,-1.05,0,0,0,C"),
        row(category, symbol, "2024-12-20, 16:20:00", "1,0,0,0,0,0,0,0,C;Ep"),
    ));
    assert_eq!(names(&read), ["Buy", "Sell", "OpenShort", "CloseShort", "CloseShort"]);
    assert_eq!(found(&read), []);
    let lapsed = read.transactions.last().unwrap();
    let Event::CloseShort(trade) = &lapsed.event else { panic!() };
    assert_eq!((trade.quantity, trade.gross), (dec("1"), usd("0")));
    // Nothing is delivered: the day itself, not the next one.
    assert_eq!(trade.settled_on(), Some(lapsed.day));
    let [option] = read.instruments.as_slice() else { panic!("{:?}", read.instruments) };
    assert_eq!(option.kind, crate::statement::InstrumentKind::Derivative);
    // The country of ZZA, US0378331005.
    assert_eq!(option.country.map(|country| country.to_string()).as_deref(), Some("US"));
}

#[test]
fn a_contract_of_unknown_size_is_refused() {
    let cells = "1,2,2,-200,-1,0,0,0,O";
    let usual =
        read(&format!("{TRADES}{}", row(OPTION.0, OPTION.1, "2024-01-15, 10:30:00", cells)));
    assert_eq!((counts(&usual), found(&usual)), ((1, 0, 0, 0), vec![]));
    let unknown = read(&format!(
        "{TRADES}{}",
        row("Options On Futures", "ZZQ DEC24 100 C", "2024-01-15, 10:30:00", cells)
    ));
    assert_eq!((counts(&unknown), codes(&unknown)), ((0, 0, 0, 1), vec![Code::EmptyCell]));
    assert_eq!(names(&unknown), ["Block"]);
}

#[test]
fn futures_and_cfd_give_the_result_of_what_is_closed() {
    let header = TRADES.replace("Proceeds", "Notional Value");
    // 38235 - 0.61 - 38220.61 = 13.78: both commissions are in the result.
    let read = read(&format!(
        "{header}{}{}{}",
        row(
            "Futures",
            "ZZFU6",
            "2024-08-04, 07:01:59",
            "1,7644,7765.5,-38220,-0.61,38220.61,0,607.5,O"
        ),
        row(
            "Futures",
            "ZZFU6",
            "2024-08-04, 07:27:50",
            "-1,7647,7765.5,38235,-0.61,-38220.61,13.78,-592.5,C"
        ),
        row("CFDs", "ZZA", "2024-08-05, 07:27:50", "-1,10,10,10,-1,-12,-4,0,C"),
    ));
    assert_eq!(counts(&read), (2, 1, 0, 0));
    let results: Vec<_> = read.transactions.iter().map(|found| found.event.clone()).collect();
    let result = |amount: &str| Event::Derivative { result: usd(amount), country: None };
    assert_eq!(results, [result("13.78"), result("-4")]);
    // 10 - 1 - 12 = -3, the broker says -4.
    assert_eq!(found(&read), [(Code::TotalDiffers, "-4", "-3")]);
}

#[test]
fn charges_of_cfd_are_results_with_a_warning() {
    let read = read(
        "CFD Charges,Header,Date,Currency,Symbol,Description,Received,Paid,Total\n\
         CFD Charges,Data,2024-03-01,USD,ZZA,Interest,0,-1.27,-1.27\n",
    );
    assert_eq!(counts(&read), (1, 0, 0, 0));
    assert_eq!(found(&read), [(Code::UnsettledAction, "CFD Charges", "1")]);
    assert_eq!(read.diagnostics.first().unwrap().severity, Severity::Warning);
    assert_eq!(names(&read), ["Derivative"]);
}

fn action(cells: &[(&str, &str, &str)]) -> Statement {
    let mut rows = String::new();
    for (text, quantity, proceeds) in cells {
        let days = "2024-05-02,\"2024-05-01, 20:25:00\"";
        let amounts = format!("{quantity},{proceeds},0,0,");
        writeln!(rows, "Corporate Actions,Data,Stocks,EUR,{days},\"{text}\",{amounts}").unwrap();
    }
    read(&format!("{ACTIONS}{rows}"))
}

#[test]
fn shares_for_shares_are_neutral_within_the_eea_only() {
    let merger = |old: &str, new: &str| {
        let verb = format!("ZZM({old}) Merged(Acquisition)  WITH {new} 1 for 2");
        action(&[
            (&format!("{verb} (ZZM, MU PLC, {old})"), "-100", "0"),
            (&format!("{verb} (ZZN, NU PLC, {new})"), "50", "0"),
        ])
    };
    let european = merger("IE00B4L5Y983", "DE0007164600");
    assert_eq!(
        (counts(&european), names(&european)),
        ((2, 0, 0, 0), vec!["Split".into(), "Rename".into()])
    );
    assert_eq!(codes(&european), [Code::UnsettledAction]);
    assert_eq!(european.diagnostics.first().unwrap().severity, Severity::Warning);
    let american = merger("US0378331005", "DE0007164600");
    assert_eq!(
        (counts(&american), names(&american)),
        ((0, 0, 0, 2), vec!["Block".into(), "Block".into()])
    );
    let [(Code::UnsettledAction, _, proposal)] = found(&american)[..] else { panic!() };
    assert_eq!(proposal, "sell ZZM 100 = ? EUR; opening_lot ZZN 50 = ? EUR");
    assert_eq!(american.repairs.len(), 2);
}

#[test]
fn a_spin_off_is_offered_at_no_cost() {
    let read =
        action(&[("ZZA(US0378331005) Spinoff  1 for 5 (ZZS, SIGMA INC, US0231351067)", "20", "0")]);
    assert_eq!((counts(&read), names(&read)), ((0, 0, 0, 1), vec!["Block".into(), "Block".into()]));
    let [(Code::UnsettledAction, _, proposal)] = found(&read)[..] else { panic!() };
    assert_eq!(proposal, "opening_lot ZZS 20 = 0 EUR; split ZZA 1");
    let cells = &read.repairs.first().unwrap().cells;
    assert!(cells.contains(&("amount", "0".to_owned())), "{cells:?}");
    assert!(cells.contains(&("account", "IBKR U0000001".to_owned())), "{cells:?}");
}

#[test]
fn rights_cost_nothing_and_delisting_is_no_sale() {
    let rights = action(&[(
        "ZZA(US0378331005) Subscribable Rights Issue  1 for 1 (ZZA.RTS, ALPHA - RIGHTS, US0378331RTS)",
        "100",
        "0",
    )]);
    let [Transaction { event: Event::OpeningLot { quantity, cost }, .. }] =
        rights.transactions.as_slice()
    else {
        panic!("{rights:?}")
    };
    assert_eq!((*quantity, cost.amount), (dec("100"), dec("0")));
    let gone =
        action(&[("ZZA(US0378331005) Delisted (ZZA, ALPHA INC, US0378331005)", "-100", "0")]);
    assert_eq!((counts(&gone), names(&gone)), ((0, 1, 0, 0), vec![]));
    assert_eq!(codes(&gone), [Code::UnsettledAction]);
}

#[test]
fn shares_tendered_are_sold_as_the_shares_they_are() {
    let tender = "ZZA(US0378331005) Tendered to US03783TEMP2 1 FOR 1";
    let read = action(&[
        (&format!("{tender} (ZZA, ALPHA INC, US0378331005)"), "-100", "0"),
        (&format!("{tender} (ZZA.TEN, ALPHA INC - TENDER, US03783TEMP2)"), "100", "0"),
        (
            "ZZA.TEN(US03783TEMP2) Merged(Voluntary Offer Allocation) FOR EUR 12.00 PER SHARE \
             (ZZA.TEN, ALPHA INC - TENDER, US03783TEMP2)",
            "-100",
            "1200",
        ),
    ]);
    assert_eq!((counts(&read), names(&read)), ((1, 2, 0, 0), vec!["Sell".into()]));
    assert_eq!(isin_of(&read, read.transactions.first().unwrap().instrument), "US0378331005");
}

#[test]
fn a_statement_without_instruments_goes_by_symbol_and_says_so() {
    let text = format!(
        "{HEAD}{TRADES}Trades,Data,Order,Stocks,USD,ZZA,\"2024-01-15, 10:30:00\",2,10,10,-20,-1,0,0,0,O\n"
    );
    let read = statement(&text, b',');
    assert_eq!(codes(&read), [Code::MissingSection]);
    assert_eq!(read.diagnostics.first().unwrap().severity, Severity::Warning);
    assert_eq!(read.instruments.first().unwrap().label(), "ZZA");
}

#[test]
fn a_missing_column_is_named_and_its_rows_are_unknown() {
    let read = read(
        "Trades,Header,DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,T. Price,Comm/Fee\n\
         Trades,Data,Order,Stocks,USD,ZZA,\"2024-01-15, 10:30:00\",10,-1\n",
    );
    assert_eq!(counts(&read), (0, 0, 0, 1));
    let finding = read.diagnostics.first().unwrap();
    assert_eq!((finding.code, &*finding.column), (Code::MissingColumn, "Quantity"));
}

#[test]
fn dividends_and_their_tax_are_read() {
    let read = read(
        "Dividends,Header,Currency,Date,Description,Amount\n\
         Dividends,Data,USD,2024-02-15,ZZA(US0378331005) Cash Dividend USD 0.24 per Share (Ordinary Dividend),24\n\
         Dividends,Data,USD,2024-02-15,ZZA(US0378331005) Cash Dividend USD 0.24 per Share - Reversal (Ordinary Dividend),-24\n\
         Dividends,Data,Total,,,0\n\
         Dividends,Data,Total in EUR,,,0\n\
         Withholding Tax,Header,Currency,Date,Description,Amount,Code\n\
         Withholding Tax,Data,USD,2024-02-15,ZZA(US0378331005) Cash Dividend USD 0.24 per Share - US Tax,-3.6,\n\
         Withholding Tax,Data,USD,2024-02-15,ZZA(US0378331005) Cash Dividend USD 0.24 per Share - US Tax,3.6,Re\n\
         Withholding Tax,Data,USD,2024-06-04,Withholding @ 20% on Credit Interest for May-2024,-2.14,\n\
         Withholding Tax,Data,Total,,,-2.14,\n",
    );
    assert_eq!(counts(&read), (5, 3, 0, 0));
    assert_eq!(found(&read), []);
    let tax = |at: usize| {
        let Event::Withholding { amount, country } = read.transactions[at].event else { panic!() };
        (amount, country.map(|country| country.to_string()))
    };
    assert!(matches!(
        read.transactions.first().unwrap().event,
        Event::Dividend { gross, country: None, .. } if gross == usd("24")
    ));
    assert_eq!(tax(2), (usd("3.6"), Some("US".to_owned())));
    assert_eq!(tax(3), (usd("-3.6"), Some("US".to_owned())));
    assert_eq!(tax(4), (usd("2.14"), None));
    let instruments: Vec<_> = read.transactions.iter().map(|t| t.instrument).collect();
    let of = instruments.first().copied().unwrap();
    assert_eq!(instruments, [of, of, of, of, InstrumentIx::NONE]);
    assert_eq!(isin_of(&read, of), "US0378331005");
}

#[test]
fn dividends_may_name_the_symbol_in_a_column_or_a_contract_number() {
    let read = read(
        "Dividends,Header,Currency,Date,Symbol,Description,Amount,Code\n\
         Dividends,Data,USD,2024-02-15,ZZA,Cash Dividend USD 1.55 per Share,12.40,\n\
         Dividends,Data,USD,2024-02-16,,ZZB(1002) Cash Dividend USD 1.55 per Share (Mixed Income),1,\n",
    );
    let isins: Vec<_> =
        read.transactions.iter().map(|event| isin_of(&read, event.instrument)).collect();
    assert_eq!(isins, ["US0378331005", "IE00B4L5Y983"]);
}

#[test]
fn what_is_not_settled_as_a_dividend_is_told() {
    let read = read(
        "Dividends,Header,Currency,Date,Description,Amount\n\
         Dividends,Data,USD,2024-02-15,ZZA(US0378331005) Payment in Lieu of Dividend (Ordinary Dividend),5\n\
         Dividends,Data,USD,2024-02-15,ZZA(US0378331005) Payment in Lieu of Dividend (Ordinary Dividend),-5\n\
         Dividends,Data,USD,2024-03-15,ZZA(US0378331005) Payment in Lieu of Dividend (Ordinary Dividend),-7\n\
         Dividends,Data,USD,2024-02-15,ZZA(US0378331005) Cash Dividend USD 0.8 per Share (Return of Capital),8\n\
         Dividends,Data,USD,2024-02-15,ZZA(US0378331005) Stock Dividend US0378331005 4 for 100 (Ordinary Dividend),1\n\
         Dividends,Data,USD,2024-02-15,ZZA(US0378331005) Something else,8\n",
    );
    assert_eq!(counts(&read), (2, 0, 0, 4));
    let severities: Vec<_> =
        read.diagnostics.iter().map(|found| (found.code, found.severity, row_of(found))).collect();
    let (error, warning) = (Severity::Error, Severity::Warning);
    assert_eq!(
        severities,
        [
            (Code::UnsettledAction, error, 10),
            (Code::UnsettledAction, error, 11),
            (Code::UnsettledAction, error, 12),
            (Code::UnknownRow, error, 13),
            (Code::UnsettledAction, warning, 8),
        ]
    );
}

#[test]
fn interest_received_is_income_and_interest_paid_is_left_out() {
    let read = read(
        "Interest,Header,Currency,Date,Description,Amount\n\
         Interest,Data,USD,2024-06-04,USD Credit Interest for May-2024,10.70\n\
         Interest,Data,USD,2024-06-04,USD Debit Interest for May-2024,-3.30\n\
         Interest,Data,EUR,2024-06-04,EUR Credit Interest for May-2024,-1.25\n\
         Interest,Data,USD,2024-06-04,USD Borrow Fees for May-2024,-0.70\n\
         Interest,Data,USD,2024-06-04,USD IBKR Managed Securities (SYEP) Interest for May-2024,2\n\
         Interest,Data,USD,2024-06-17,Bond Coupon Payment (T 1 01/31/28),50\n\
         Interest,Data,Total,,,0\n",
    );
    assert_eq!(counts(&read), (2, 4, 0, 1));
    assert_eq!(
        found(&read),
        [
            (Code::UnsettledAction, "USD IBKR Managed Securities (SYEP) Interest for May-2024", ""),
            (Code::ChargesLeftOut, "", "4 USD, 1.25 EUR"),
        ]
    );
    let [cash, coupon] = read.transactions.as_slice() else { panic!("{:?}", read.transactions) };
    assert!(matches!(cash.event, Event::Interest { gross, .. } if gross == usd("10.70")));
    assert_eq!(cash.instrument, InstrumentIx::NONE);
    assert_ne!(coupon.instrument, InstrumentIx::NONE);
}

#[test]
fn interest_taken_back_is_negative_interest() {
    let read = read(
        "Interest,Header,Currency,Date,Description,Amount\n\
         Interest,Data,USD,2024-06-04,USD Credit Interest for May-2024,10.70\n\
         Interest,Data,USD,2024-06-04,USD Credit Interest for May-2024,-10.70\n",
    );
    assert_eq!(counts(&read), (2, 0, 0, 0));
    let last = read.transactions.last().unwrap();
    assert!(matches!(last.event, Event::Interest { gross, .. } if gross == usd("-10.70")));
}

#[test]
fn fees_of_the_account_are_costs_and_others_are_summed_up() {
    let read = read(
        "Fees,Header,Subtitle,Currency,Date,Description,Amount\n\
         Fees,Data,Other Fees,USD,2024-02-05,Custody Fee for Jan 2024,-2.50\n\
         Fees,Data,Other Fees,USD,2024-02-05,E*****42:GLOBAL SNAPSHOT FOR JAN 2024,-0.03\n\
         Fees,Data,Other Fees,USD,2024-02-05,Market Data Fee,-10\n\
         Fees,Data,Other Fees,EUR,2024-02-05,ZZA(US0378331005) ADR Custody Fee,-1\n\
         Fees,Data,Total,,,,-13.53\n\
         Fees,Notes,\"Market data is provided by somebody\"\n",
    );
    assert_eq!(counts(&read), (1, 5, 0, 0));
    assert_eq!(found(&read), [(Code::ChargesLeftOut, "", "10.03 USD, 1 EUR")]);
    let [fee] = read.transactions.as_slice() else { panic!() };
    assert!(matches!(fee.event, Event::Fee { amount } if amount == usd("2.50")));
}

#[test]
fn a_stamp_duty_within_the_commission_is_not_counted_twice() {
    // 4.94 commission and 49.40 stamp duty make 54.34 in the column Comm/Fee.
    let fees = "Transaction Fees,Header,Asset Category,Currency,Date/Time,Symbol,Description,Quantity,Trade Price,Amount,Code\n\
         Transaction Fees,Data,Stocks,USD,\"2024-03-28, 09:06:18\",ZZA,UK Stamp Tax,\"8,900\",0.988,-43.966,\n\
         Transaction Fees,Data,Stocks,USD,\"2024-03-28, 09:06:18\",ZZA,UK Stamp Tax,\"1,100\",0.988,-5.434,\n\
         Transaction Fees,Data,Total,,,,,,,-49.40,\n";
    let buy = |fee: &str| {
        format!(
            "{TRADES}Trades,Data,Order,Stocks,USD,ZZA,\"2024-03-28, 09:06:18\",\"10,000\",0.988,1,-9880,{fee},0,0,0,O\n{fees}"
        )
    };
    let told = read(&buy("-54.34"));
    assert_eq!(counts(&told), (1, 1, 2, 0));
    assert_eq!(*trade(told.transactions.first().unwrap()).charges(), []);
    let apart = read(&buy("-4.94"));
    assert_eq!(counts(&apart), (3, 1, 0, 0));
    let charges = trade(apart.transactions.first().unwrap()).charges();
    assert_eq!(*charges, [usd("43.966"), usd("5.434")]);
}

#[test]
fn a_daily_tax_and_an_adjustment_join_the_last_trade_of_the_day() {
    let read = read(&format!(
        "{TRADES}Trades,Data,Order,Stocks,USD,ZZA,\"2024-06-05, 11:00:00\",40,19.29,19,-771.6,-3,0,0,0,O\n\
         Transaction Fees,Header,Asset Category,Currency,Date/Time,Symbol,Description,Quantity,Trade Price,Amount,Code\n\
         Transaction Fees,Data,Stocks,USD,\"2024-06-05, 20:20:00\",ZZA,French Daily Trade Charge Tax,40,19.29,-3.09,\n\
         Commission Adjustments,Header,Currency,Date,Description,Amount\n\
         Commission Adjustments,Data,USD,2024-06-05,Commission Computed After Trade Reported (ZZA),-0.12\n\
         Commission Adjustments,Data,USD,2024-07-05,Commission Computed After Trade Reported (ZZB),-0.2\n"
    ));
    assert_eq!(counts(&read), (4, 0, 0, 0));
    let [buy, fee] = read.transactions.as_slice() else { panic!("{:?}", read.transactions) };
    assert_eq!(*trade(buy).charges(), [usd("3.09"), usd("0.12")]);
    assert!(matches!(fee.event, Event::Fee { amount } if amount == usd("0.2")));
}

#[test]
fn a_charge_joins_the_first_trade_of_its_moment_or_the_last_row_of_its_day() {
    let read = read(&format!(
        "{TRADES}\
         Trades,Data,Order,Stocks,USD,ZZA,\"2024-06-05, 11:00:00\",40,19.29,19,-771.6,-1,0,0,0,O\n\
         Trades,Data,Order,Stocks,USD,ZZA,\"2024-06-05, 11:00:00\",40,19.29,19,-771.6,-9,0,0,0,O\n\
         Trades,Data,Order,Stocks,USD,ZZA,\"2024-06-05, 10:00:00\",40,19.29,19,-771.6,-1,0,0,0,O\n\
         Transaction Fees,Header,Asset Category,Currency,Date/Time,Symbol,Description,Quantity,Trade Price,Amount,Code\n\
         Transaction Fees,Data,Stocks,USD,\"2024-06-05, 11:00:00\",ZZA,UK Stamp Tax,40,19.29,-2,\n\
         Transaction Fees,Data,Stocks,USD,\"2024-06-05, 12:00:00\",ZZA,UK Stamp Tax,40,19.29,-3,\n"
    ));
    assert_eq!(counts(&read), (5, 0, 0, 0));
    let charges: Vec<_> =
        read.transactions.iter().map(|found| trade(found).charges().to_vec()).collect();
    assert_eq!(charges, [vec![usd("2")], vec![], vec![usd("3")]]);
}

#[test]
fn a_split_is_a_ratio() {
    let read = read(&format!(
        "{ACTIONS}Corporate Actions,Data,Stocks,USD,2024-08-31,\"2024-08-28, 20:25:00\",\"ZZA(US0378331005) Split 4 for 1 (ZZA, ALPHA INC, US0378331005)\",111,0,0,0,\n\
         Corporate Actions,Data,Total,,,,,,0,0,0,\n"
    ));
    assert_eq!(counts(&read), (1, 1, 0, 0));
    let [split] = read.transactions.as_slice() else { panic!("{:?}", read.transactions) };
    let ratio = SplitRatio { new: dec("4"), old: dec("1") };
    assert_eq!(split.event, Event::Split(ratio));
    assert_eq!((split.day.to_string(), split.millisecond), ("2024-08-28".into(), 73_500_000));
}

#[test]
fn a_reverse_split_with_a_new_isin_is_a_split_and_a_rename() {
    let read = read(&format!(
        "{ACTIONS}Corporate Actions,Data,Stocks,USD,2024-08-03,\"2024-07-31, 20:25:00\",\"ZZB(IE00B4L5Y983) Split 1 for 6 (ZZB.OLD, BETA PLC, IE00B4L5Y983)\",-80,0,0,0,\n\
         Corporate Actions,Data,Stocks,USD,2024-08-03,\"2024-07-31, 20:25:00\",\"ZZB(IE00B4L5Y983) Split 1 for 6 (ZZB, BETA PLC, GB0002634946)\",13.3333,0,0,0,\n"
    ));
    assert_eq!(counts(&read), (2, 0, 0, 0));
    let [split, rename] = read.transactions.as_slice() else { panic!("{:?}", read.transactions) };
    assert!(matches!(split.event, Event::Split(ratio) if ratio.old == dec("6")));
    let Event::Rename { to } = rename.event else { panic!("{rename:?}") };
    assert_eq!(isin_of(&read, rename.instrument), "IE00B4L5Y983");
    assert_eq!(isin_of(&read, to), "GB0002634946");
    assert!(split.millisecond < rename.millisecond);
}

#[test]
fn a_change_of_isin_is_a_rename() {
    let read = read(&format!(
        "{ACTIONS}Corporate Actions,Data,Stocks,USD,2024-07-26,\"2024-07-23, 20:25:00\",\"ZZO(US0000000002) CUSIP/ISIN Change to (US0378331005) (ZZO, ALPHA OLD INC, US0000000002)\",-85,0,0,0,\n\
         Corporate Actions,Data,Stocks,USD,2024-07-26,\"2024-07-23, 20:25:00\",\"ZZO(US0000000002) CUSIP/ISIN Change to (US0378331005) (ZZA, ALPHA INC, US0378331005)\",85,0,0,0,\n"
    ));
    assert_eq!(counts(&read), (2, 0, 0, 0));
    let [rename] = read.transactions.as_slice() else { panic!("{:?}", read.transactions) };
    let Event::Rename { to } = rename.event else { panic!("{rename:?}") };
    assert_eq!(isin_of(&read, rename.instrument), "US0000000002");
    assert_eq!(isin_of(&read, to), "US0378331005");
}

#[test]
fn a_symbol_of_two_isins_is_told_apart_by_the_day_of_the_change() {
    let trade = |day: &str, price: &str| {
        format!("Trades,Data,Order,Stocks,USD,ZZC,\"{day}, 10:00:00\",6,{price},1,0,-1,0,0,0,O\n")
    };
    let action = |target: &str, quantity: &str| {
        format!(
            "Corporate Actions,Data,Stocks,USD,2024-08-03,\"2024-07-31, 20:25:00\",\"ZZC(US0000000002) Split 1 for 6 ({target})\",{quantity},0,0,0,\n"
        )
    };
    let listings = "Financial Instrument Information,Data,Stocks,\"ZZC, ZZC.OLD\",C,2001,US0000000002,,NYSE,1,COMMON,\n\
                    Financial Instrument Information,Data,Stocks,ZZC,C,2002,US0000000010,,NYSE,1,COMMON,\n";
    let out = action("ZZC.OLD, C, US0000000002", "-6");
    let new = action("ZZC, C, US0000000010", "1");
    let trades = format!("{TRADES}{}{}", trade("2024-07-01", "1"), trade("2024-08-05", "6"));
    let with = statement(&format!("{HEAD}{trades}{ACTIONS}{out}{new}{LISTINGS}{listings}"), b',');
    let bought: Vec<_> = with
        .transactions
        .iter()
        .filter(|event| matches!(event.event, Event::Buy(_)))
        .map(|event| isin_of(&with, event.instrument))
        .collect();
    assert_eq!(bought, ["US0000000002", "US0000000010"]);
    // Without the action nobody can tell.
    let without = statement(&format!("{HEAD}{trades}{LISTINGS}{listings}"), b',');
    assert_eq!(without.rows.unknown, 2);
    assert!(codes(&without).contains(&Code::NoInstrument));
}

#[test]
fn a_cash_merger_is_a_sale() {
    let read = read(&format!(
        "{ACTIONS}Corporate Actions,Data,Stocks,USD,2024-10-14,\"2024-10-13, 20:25:00\",\"ZZA(US0378331005) Merged(Acquisition) FOR USD 95.00 PER SHARE (ZZA, ALPHA INC, US0378331005)\",-20,1900,-1890,400,\n"
    ));
    assert_eq!(counts(&read), (1, 0, 0, 0));
    let [sale] = read.transactions.as_slice() else { panic!() };
    assert!(matches!(sale.event, Event::Sell(_)));
    assert_eq!((trade(sale).quantity, trade(sale).gross), (dec("20"), usd("1900")));
}

#[test]
fn other_actions_block_all_instruments_that_they_name() {
    for text in [
        "ZZA(US0378331005) Spinoff 1 for 5 (ZZB, BETA PLC, IE00B4L5Y983)",
        "ZZA(US0378331005) Merged(Acquisition) WITH IE00B4L5Y983 1 for 2 (ZZB, BETA PLC, IE00B4L5Y983)",
        "ZZA(US0378331005) Tendered to IE00B4L5Y983 1 FOR 1 (ZZB, BETA PLC, IE00B4L5Y983)",
        "ZZA(US0378331005) Stock Dividend 1 for 20 (ZZB, BETA PLC, IE00B4L5Y983)",
    ] {
        let read = read(&format!(
            "{ACTIONS}Corporate Actions,Data,Stocks,USD,2024-10-14,\"2024-10-13, 20:25:00\",\"{text}\",20,0,0,0,\n"
        ));
        assert_eq!(counts(&read), (0, 0, 0, 1), "{text}");
        assert_eq!(codes(&read), [Code::UnsettledAction], "{text}");
        let blocks = read.transactions.iter().filter(|event| event.event == Event::Block);
        assert_eq!(blocks.count(), 2, "{text}");
    }
}

#[test]
fn positions_are_reported_for_the_last_day() {
    let read = read(
        "Open Positions,Header,DataDiscriminator,Asset Category,Currency,Symbol,Quantity,Mult,Cost Price,Cost Basis,Close Price,Value,Unrealized P/L,Code\n\
         Open Positions,Data,Summary,Stocks,USD,ZZA,\"1,599.5\",1,10,15995,11,17594.5,1599.5,\n\
         Open Positions,Data,Lot,Stocks,USD,ZZA,599.5,,,,,,,\n\
         Open Positions,Total,,Stocks,USD,,,,,15995,,17594.5,1599.5,\n",
    );
    assert_eq!(counts(&read), (0, 3, 0, 0));
    let [position] = read.positions.as_slice() else { panic!() };
    assert_eq!(position.quantity, dec("1599.5"));
    assert_eq!(position.day.to_string(), "2024-12-31");
}

#[test]
fn securities_moved_wait_for_their_lots_and_cash_is_neutral() {
    let read = read(
        "Transfers,Header,Asset Category,Currency,Symbol,Date,Type,Direction,Xfer Company,Xfer Account,Qty,Xfer Price,Market Value,Realized P/L,Cash Amount,Code\n\
         Transfers,Data,Stocks,USD,ZZA,2024-05-02,FOP,In,Other,1,10,0,100,0,0,\n\
         Transfers,Data,Stocks,USD,ZZC,2024-05-03,FOP,Out,Other,1,-4,0,40,0,0,\n\
         Transfers,Data,Forex,USD,--,2024-05-02,Internal,In,Other,1,--,--,0,0,50,\n\
         Grant Activity,Header,Symbol,Report Date,Description,Award Date,Vesting Date,Quantity,Price,Value\n\
         Grant Activity,Data,ZZB,2024-01-30,Stock Award Grant,2024-01-30,2025-01-30,1,12,12\n\
         Grant Activity,Data,ZZB,2024-09-19,Stock Award Vesting,2023-09-20,2024-09-19,1,12,12\n",
    );
    assert_eq!(counts(&read), (2, 2, 0, 1));
    assert_eq!(codes(&read), [Code::PlanCost]);
    let [came, left, vested] = read.transactions.as_slice() else { panic!() };
    assert_eq!(came.event, Event::TransferIn { quantity: dec("10"), departure: None });
    assert_eq!(left.event, Event::TransferOut { quantity: dec("4"), arrival: None });
    assert_eq!(vested.event, Event::Block);
    assert_eq!(read.repairs.len(), 2);
}

#[test]
fn an_unknown_section_is_told_once_with_its_count() {
    let read = read(
        "Moon Rents,Header,Currency,Amount\nMoon Rents,Data,USD,1\nMoon Rents,Data,USD,2\n\
         Codes,Header,Code,Meaning\nCodes,Data,O,Opening Trade\n",
    );
    assert_eq!(counts(&read), (0, 1, 0, 2));
    let [finding] = read.diagnostics.as_slice() else { panic!("{:?}", read.diagnostics) };
    assert_eq!(
        (finding.code, &*finding.column, &*finding.detail),
        (Code::UnknownRow, "Moon Rents", "2")
    );
    assert_eq!(finding.row, Some(8));
}

#[test]
fn a_quote_that_does_not_close_is_not_silent() {
    let read = statement(
        &format!(
            "{HEAD}{TRADES}Trades,Data,Order,Stocks,USD,\"ZZA,\n\
             Trades,Data,Order,Stocks,USD,ZZB,2024-01-15,2,10,10,-20,-1,0,0,0,O\n"
        ),
        b',',
    );
    assert_eq!(codes(&read), [Code::RowShape]);
    assert_eq!(read.rows.unknown, 1);
}

#[test]
fn a_file_saved_again_by_a_polish_spreadsheet_is_read() {
    let row = "Trades;Data;Order;Stocks;USD;ZZA;2024-01-15, 10:30:00;1000;150,25;151;-150250;-1,5;0;0;0;O\n";
    let text = format!(
        "{}{row}{}",
        format!("{HEAD}{TRADES}").replace(',', ";"),
        LISTINGS.replace("\"ZZO, ZZA\"", "ZZA").replace(',', ";")
    );
    let read = statement(&text, b';');
    assert_eq!(found(&read), []);
    let [buy] = read.transactions.as_slice() else { panic!("{:?}", read.transactions) };
    assert_eq!((trade(buy).gross, trade(buy).commission), (usd("150250"), usd("1.5")));
}

#[test]
fn lines_that_a_spreadsheet_put_into_one_cell_are_read() {
    let order = "Trades,Data,Order,Stocks,USD,ZZA,\"2024-01-15, 10:30:00\",\"1,000\",1.25,1,-1250,-1,0,0,0,O\n";
    let text = format!("{HEAD}{TRADES}{order}{LISTINGS}");
    let wrap = |line: &str| {
        let quoted = format!("\"{}\"", line.replace('"', "\"\""));
        if line.contains('"') { quoted } else { line.to_owned() }
    };
    let wrapped: Vec<_> = text.lines().map(wrap).collect();
    let plain = wrapped.join("\n");
    let with_empty_columns = wrapped.join(";;;\n");
    for (text, delimiter) in [(&plain, b','), (&plain, b';'), (&with_empty_columns, b';')] {
        let read = statement(text, delimiter);
        assert_eq!(found(&read), []);
        let [buy] = read.transactions.as_slice() else { panic!("{:?}", read.transactions) };
        assert_eq!(trade(buy).gross, usd("1250"));
        assert_eq!(buy.source.row, 8);
        assert_eq!(isin_of(&read, buy.instrument), "US0378331005");
    }
}

#[test]
fn a_cfd_does_not_touch_its_underlying() {
    let row = |category: &str| {
        format!(
            "Trades,Data,Order,{category},USD,ZZA,\"2024-01-15, 10:30:00\",2,10,10,-20,-1,0,0,0,O\n"
        )
    };
    let read = read(&format!("{TRADES}{}{}", row("CFDs"), row("Stocks")));
    // What opens a CFD is neutral, so only the shares are bought.
    assert_eq!((counts(&read), names(&read)), ((1, 1, 0, 0), vec!["Buy".into()]));
}

#[test]
fn a_liquidation_is_not_a_sale() {
    let read = read(&format!(
        "{ACTIONS}Corporate Actions,Data,Stocks,USD,2024-10-14,\"2024-10-13, 20:25:00\",\"ZZA(US0378331005) Merged(Liquidation) FOR USD 5.00 PER SHARE (ZZA, ALPHA INC, US0378331005)\",-20,100,0,0,\n"
    ));
    assert_eq!(codes(&read), [Code::UnsettledAction]);
}

#[test]
fn tax_on_what_stands_in_for_dividends_is_tax_at_source() {
    let read = read(
        "871(m) Withholding,Header,Currency,Date,Description,Amount,Code\n\
         871(m) Withholding,Data,USD,2024-05-17,ZZA(US0378331005) Cash Dividend USD 0.25 per Share - US Tax,-0.10,\n\
         871(m) Withholding,Data,Total,,,-0.10,\n",
    );
    assert_eq!((counts(&read), codes(&read)), ((1, 1, 0, 0), vec![]));
    let Event::Withholding { amount, .. } = read.transactions.first().unwrap().event else {
        panic!()
    };
    assert_eq!(amount, usd("0.10"));
}

#[test]
fn a_trade_in_asia_has_the_day_of_its_exchange() {
    // 10:10 on Monday 30 December in Sydney, 10:45 on the 31st in Hong Kong; the listing of `700` is missing.
    let body = format!(
        "{TRADES}\
         Trades,Data,Order,Stocks,AUD,ZZS,\"2024-12-29, 18:10:00\",-10,40,41,400,-6,-506,-112,10,C\n\
         Trades,Data,Order,Stocks,HKD,700,\"2024-12-30, 21:45:00\",-100,400,401,40000,-58,-29018,10924,100,C\n\
         Trades,Data,Order,Stocks,AUD,ZZS,\"2024-07-02, 01:30:00\",10,50,51,-500,-6,506,0,10,O\n\
         Transaction Fees,Header,Asset Category,Currency,Date/Time,Symbol,Description,Quantity,Trade Price,Amount,Code\n\
         Transaction Fees,Data,Stocks,HKD,\"2024-12-30, 21:45:00\",700,Stamp Duty,-100,400,-52,\n"
    );
    let listed = "Financial Instrument Information,Data,Stocks,ZZS,SIGMA LTD,1003,AU000000BHP4,ZZS,ASX,1,COMMON,\n";
    let days = |head: &str| {
        let read = statement(&format!("{head}{body}{LISTINGS}{listed}"), b',');
        assert_eq!(found(&read), []);
        // The duty is a part of the commission of 58.
        assert_eq!(read.rows.duplicate, 1);
        let days = read.transactions.iter().map(|found| found.day.to_string());
        days.collect::<Vec<_>>()
    };
    let new_york = ["2024-12-30", "2024-12-31", "2024-07-02"];
    assert_eq!(days(HEAD), new_york);
    let stamped = |zone| {
        let row = format!("Statement,Data,WhenGenerated,\"2025-01-03, 05:00:00 {zone}\"\n");
        HEAD.replace("Account Information,Header", &format!("{row}Account Information,Header"))
    };
    assert_eq!(days(&stamped("EST")), new_york);
    // Another clock is left as it is.
    let sydney = ["2024-12-29", "2024-12-30", "2024-07-02"];
    assert_eq!(days(&stamped("AEDT")), sydney);
    assert_eq!(days(&HEAD.replace("Ireland Limited", "Australia Pty Ltd")), sydney);
}

#[test]
fn an_american_trade_overnight_has_the_day_that_follows() {
    let read = read(&format!(
        "{TRADES}\
         Trades,Data,Order,Stocks,USD,ZZA,\"2025-12-30, 21:30:00\",-10,210,211,2100,-1.05,-1706,392.95,0,C\n\
         Trades,Data,Order,Stocks,USD,ZZA,\"2025-12-30, 19:59:59\",-10,210,211,2100,-1.05,-1706,392.95,0,C\n"
    ));
    let days: Vec<_> = read.transactions.iter().map(|found| found.day.to_string()).collect();
    assert_eq!(days, ["2025-12-31", "2025-12-30"]);
}

#[test]
fn a_charge_booked_in_the_evening_is_of_the_trade_by_daylight() {
    let read = read(&format!(
        "{TRADES}\
         Trades,Data,Order,Stocks,USD,ZZA,\"2024-03-01, 10:30:00\",10,100,101,-1000,-1,0,0,0,O\n\
         Trades,Data,Order,Stocks,USD,ZZA,\"2024-03-04, 10:30:00\",10,100,101,-1000,-1,0,0,0,O\n\
         Transaction Fees,Header,Asset Category,Currency,Date/Time,Symbol,Description,Quantity,Trade Price,Amount,Code\n\
         Transaction Fees,Data,Stocks,USD,\"2024-03-01, 20:20:00\",ZZA,French Daily Trade Charge Tax,10,100,-3,\n"
    ));
    let charges = read.transactions.iter().map(|found| trade(found).charges().len());
    assert_eq!(charges.collect::<Vec<_>>(), [1, 0]);
}

#[test]
fn lines_of_one_contract_are_one_and_contracts_of_one_symbol_are_not_told_apart() {
    let read = |lines: &[(&str, &str)]| {
        let line = |(number, isin): &(&str, &str)| {
            format!(
                "Financial Instrument Information,Data,Stocks,ZZC,C,{number},{isin},,NYSE,1,COMMON,\n"
            )
        };
        let listings: String = lines.iter().map(line).collect();
        let trade = "Trades,Data,Order,Stocks,USD,ZZC,\"2024-03-01, 10:30:00\",10,100,101,-1000,-1,0,0,0,O\n";
        statement(&format!("{HEAD}{TRADES}{trade}{LISTINGS}{listings}"), b',')
    };
    // The second line completes the first, the others tell nothing new.
    let one =
        read(&[("2001", ""), ("2001", "US0378331005"), ("2001", ""), ("2002", "US0378331005")]);
    assert_eq!(one.rows.unknown, 0);
    assert_eq!(isin_of(&one, one.transactions.first().unwrap().instrument), "US0378331005");
    for lines in
        [&[("2001", ""), ("2002", ""), ("2003", ""), ("2004", "")][..], &[("", ""), ("", "")]]
    {
        let several = read(lines);
        assert_eq!(several.rows.unknown, 1);
        assert!(several.diagnostics.iter().any(|found| found.code == Code::NoInstrument));
    }
}

#[test]
fn the_yield_behind_a_bond_s_day_is_no_part_of_its_symbol() {
    let text = format!(
        "{HEAD}{TRADES}\
         Trades,Data,Order,Bonds,USD,ZZU 4 5/8 09/15/29 4.6%,\"2024-04-04, 15:22:18\",1000,100.16,100,-1001.6,-5,1006.6,0,0,O\n\
         Trades,Data,Order,Bonds,USD,ZZU 4 5/8 09/15/29 4.4%,\"2024-05-06, 15:22:18\",-1000,100.5,100,1005,-5,-1006.6,0,0,C\n\
         Financial Instrument Information,Header,Asset Category,Symbol,Description,Conid,ISIN,ListingExch,Multiplier,Type,Code\n\
         Financial Instrument Information,Data,Bonds,ZZU 4 5/8 09/15/29,ZZU 4 5/8 09/15/29,1009,US0378331005,TSEJ,1,Govt,\n"
    );
    let read = statement(&text, b',');
    let isins: Vec<_> =
        read.transactions.iter().map(|event| isin_of(&read, event.instrument)).collect();
    assert_eq!(isins, ["US0378331005", "US0378331005"]);
    assert_eq!(read.instruments.first().unwrap().exchange, "TSEJ");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn arbitrary_text_never_panics_and_is_counted(text in "\\PC{0,400}", delimiter in "[,;\t]") {
        let read = statement(&text, delimiter.as_bytes()[0]);
        let rows = read.rows;
        prop_assert_eq!(rows.total, rows.used + rows.neutral + rows.duplicate + rows.unknown);
    }

    #[test]
    fn every_row_of_a_scrambled_statement_is_counted(
        rows in prop::collection::vec(
            (
                prop::sample::select(vec![
                    "Trades", "Dividends", "Withholding Tax", "Interest", "Fees", "Transfers",
                    "Transaction Fees", "Corporate Actions", "Open Positions", "Grant Activity",
                    "Commission Adjustments", "Financial Instrument Information", "Codes", "Other",
                ]),
                prop::sample::select(vec!["Data", "Data", "Data", "Total", "SubTotal", "What"]),
                prop::collection::vec(
                    prop::sample::select(vec![
                        "Order", "Stocks", "USD", "ZZA", "2024-01-15", "\"2024-01-15, 10:00:00\"",
                        "-1", "10", "\"1,000\"", "", "O", "C", "--", "Total", "Summary", "Forex",
                        "ZZA(US0378331005) Cash Dividend - US Tax", "Credit Interest",
                        "\"ZZA(US0378331005) Split 4 for 1 (ZZA, A, US0378331005)\"",
                        "79228162514264337593543950335", "0.0000000001",
                    ]),
                    0..16,
                ),
            ),
            0..40,
        ),
        headers in any::<bool>(),
    ) {
        let header = if headers {
            "Header,DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,Quantity,T. Price,\
             Proceeds,Comm/Fee,Date,Description,Amount,Code"
        } else {
            "Header"
        };
        let mut text = HEAD.to_owned();
        let mut last = "";
        for (section, kind, cells) in &rows {
            if *section != last {
                text.extend([*section, ",", header, "\n"]);
                last = section;
            }
            text.extend([*section, ",", *kind, ",", &cells.join(","), "\n"]);
        }
        let read = statement(&text, b',');
        let counted = read.rows;
        prop_assert_eq!(counted.total, u32::try_from(rows.len()).unwrap() + HEAD_ROWS);
        prop_assert_eq!(
            counted.total,
            counted.used + counted.neutral + counted.duplicate + counted.unknown
        );
    }
}
