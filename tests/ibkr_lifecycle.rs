//! Options, short sales and futures from the broker's rows to the figures of the year, and two
//! layouts of one account that tell the same. Every rate is 4.0 zł, as in vector TV07 (tax-law §12).

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fmt::Write as _;

use investtax::{
    ledger::{Input, Ledger, merge},
    money::Currency,
    rates::RateBook,
    statement::{Code, Detected, Event, FileId, SourceFile, detect},
    tax::{Assessment, Basis, Options, Status, assess},
};
use jiff::civil::date;
use rust_decimal::Decimal;

const HEAD: &str = "\
Statement,Header,Field Name,Field Value
Statement,Data,BrokerName,Interactive Brokers Ireland Limited
Statement,Data,Title,Activity Statement
Account Information,Header,Field Name,Field Value
Account Information,Data,Account,U0000001
Trades,Header,DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,Quantity,T. Price,C. Price,Proceeds,Comm/Fee,Basis,Realized P/L,MTM P/L,Code
";
const LIST: &str = "\
Financial Instrument Information,Header,Asset Category,Symbol,Description,Conid,Security ID,Underlying,Listing Exch,Multiplier,Type,Code
Financial Instrument Information,Data,Stocks,ZZA,ALPHA INC,1001,US0378331005,ZZA,NASDAQ,1,COMMON,
";

fn ledger(files: &[&str]) -> Ledger {
    let read = |(at, text): (usize, &&str)| {
        let id = FileId(u32::try_from(at).unwrap());
        let file = SourceFile::from_text(id, format!("{at}"), *text);
        let Detected::Format(format) = detect(&file) else { panic!("{:?}", detect(&file)) };
        Input::untagged(file.name.clone(), format.read(&file))
    };
    merge(files.iter().enumerate().map(read).collect())
}

fn assessed(ledger: &Ledger) -> Assessment {
    let four = [(Currency::USD, Decimal::from(4)), (Currency::EUR, Decimal::from(4))];
    let rates = RateBook::flat(&four, date(2022, 1, 1), date(2026, 12, 31));
    let options = Options { basis: Basis::Settlement, ..Options::default() };
    assess(ledger, &rates, &options, date(2026, 6, 1))
}

/// Revenue and cost of each year with any, of rows `category,symbol,at,quantity,price,proceeds,fee,code`.
fn years(rows: &[[&str; 8]]) -> Vec<(i16, String, String)> {
    let mut lines = String::new();
    for [category, symbol, at, quantity, price, proceeds, fee, code] in rows {
        let amounts = format!("{quantity},{price},{price},{proceeds},{fee},0,0,0,{code}");
        writeln!(lines, "Trades,Data,Order,{category},USD,{symbol},\"{at}\",{amounts}").unwrap();
    }
    let ledger = ledger(&[&format!("{HEAD}{lines}{LIST}")]);
    assert!(ledger.inputs.iter().all(|input| input.rows.unknown == 0), "{:?}", ledger.diagnostics);
    let assessment = assessed(&ledger);
    assert_eq!(assessment.status, Status::Complete, "{:?}", assessment.diagnostics);
    let figures = assessment.years.iter().map(|year| {
        (year.year, year.securities.revenue.to_string(), year.securities.cost.to_string())
    });
    figures.collect()
}

const OPTION: &str = "Equity and Index Options";
const PUT: &str = "ZZA 20DEC24 50 P";

fn figures(year: i16, revenue: &str, cost: &str) -> Vec<(i16, String, String)> {
    vec![(year, revenue.to_owned(), cost.to_owned())]
}

#[test]
fn tv07a_a_written_option_that_lapses_is_the_premium_less_its_commission() {
    // 100 × 4 = 400; 1 × 4 = 4.
    let found = years(&[
        [OPTION, PUT, "2024-10-01, 11:00:00", "-1", "1", "100", "-1", "O"],
        [OPTION, PUT, "2024-12-20, 16:20:00", "1", "0", "0", "0", "C;Ep"],
    ]);
    assert_eq!(found, figures(2024, "400.00", "4.00"));
}

#[test]
fn tv07b_a_bought_option_is_sold() {
    // 400 × 4 = 1600; (250 + 0.65 + 0.65) × 4 = 1005.20.
    let found = years(&[
        [OPTION, PUT, "2024-10-01, 11:00:00", "1", "2.5", "-250", "-0.65", "O"],
        [OPTION, PUT, "2024-11-01, 11:00:00", "-1", "4", "400", "-0.65", "C"],
    ]);
    assert_eq!(found, figures(2024, "1600.00", "1005.20"));
}

#[test]
fn tv07c_a_bought_option_that_lapses_is_a_loss_of_its_day() {
    // (300 + 1.30) × 4 = 1205.20. On 31 December, although options settle a day later.
    let found = years(&[
        [OPTION, "ZZA 31DEC24 50 P", "2024-10-01, 11:00:00", "1", "3", "-300", "-1.30", "O"],
        [OPTION, "ZZA 31DEC24 50 P", "2024-12-31, 16:20:00", "-1", "0", "0", "0", "C;Ep"],
    ]);
    assert_eq!(found, figures(2024, "0.00", "1205.20"));
}

#[test]
fn tv07d_an_assigned_option_is_a_result_beside_the_shares() {
    // (200 + 5600) × 4 = 23200; (1.05 + 5000 + 1) × 4 + 0.80 × 0 = 20008.20.
    let found = years(&[
        [OPTION, PUT, "2024-10-01, 11:00:00", "-1", "2", "200", "-1.05", "O"],
        [OPTION, PUT, "2024-11-15, 16:20:00", "1", "0", "0", "0", "A;C"],
        ["Stocks", "ZZA", "2024-11-15, 16:20:00", "100", "50", "-5000", "-1", "A;O"],
        ["Stocks", "ZZA", "2024-12-02, 11:00:00", "-100", "56", "5600", "0", "C"],
    ]);
    assert_eq!(found, figures(2024, "23200.00", "20008.20"));
}

#[test]
fn a_short_sale_belongs_to_the_year_of_its_closing() {
    // 10 × 10 × 4 = 400; (10 × 8 + 1 + 1) × 4 = 328; nothing in 2023.
    let found = years(&[
        ["Stocks", "ZZA", "2023-11-15, 11:00:00", "-10", "10", "100", "-1", "O"],
        ["Stocks", "ZZA", "2024-01-15, 11:00:00", "10", "8", "-80", "-1", "C"],
    ]);
    assert_eq!(found, figures(2024, "400.00", "328.00"));
}

#[test]
fn an_exercised_call_is_a_cost_of_its_own_and_the_shares_cost_the_strike() {
    // 6000 × 4 = 24000; (200 + 1) × 4 + 5000 × 4 = 20804.
    let call = "ZZA 20DEC24 50 C";
    let found = years(&[
        [OPTION, call, "2024-10-01, 11:00:00", "1", "2", "-200", "-1", "O"],
        [OPTION, call, "2024-11-15, 16:20:00", "-1", "0", "0", "0", "C;Ex"],
        ["Stocks", "ZZA", "2024-11-15, 16:20:00", "100", "50", "-5000", "0", "Ex;O"],
        ["Stocks", "ZZA", "2024-12-02, 11:00:00", "-100", "60", "6000", "0", "C"],
    ]);
    assert_eq!(found, figures(2024, "24000.00", "20804.00"));
}

#[test]
fn a_statement_and_a_flex_query_of_one_period_tell_each_event_once() {
    let statement = include_str!("statements/ibkr-activity/whole_year.csv");
    let query = include_str!("statements/ibkr-flex/whole_year.xml");
    for files in [[statement, query], [query, statement]] {
        let ledger = ledger(&files);
        assert_eq!(ledger.accounts, ["IBKR U0000001"]);
        // Purchase, sale, dividend, its tax, interest, fee, split.
        let [_, second] = ledger.inputs.as_slice() else { panic!() };
        assert_eq!(second.rows.duplicate, 7, "{:?}", second.rows);
        let splits = ledger.transactions.iter().filter(|t| matches!(t.event, Event::Split(_)));
        assert_eq!(splits.count(), 1);
    }
}

/// The statement has one order of 100, the query its two executions of 60 and 40: counted together they would be 200.
#[test]
fn an_order_beside_its_executions_is_named() {
    let statement = format!(
        "{HEAD}Trades,Data,Order,Stocks,USD,ZZA,\"2024-01-15, 10:30:00\",100,50,50,-5000,-1,0,0,0,O\n{LIST}"
    );
    let trade = |id: u32, time: &str, quantity: u32| {
        format!(
            "<Trade accountId=\"U0000001\" currency=\"USD\" assetCategory=\"STK\" symbol=\"ZZA\" \
             isin=\"US0378331005\" conid=\"1001\" multiplier=\"1\" tradeDate=\"20240115\" \
             dateTime=\"20240115;{time}\" quantity=\"{quantity}\" tradePrice=\"50\" proceeds=\"-{}\" \
             ibCommission=\"-0.5\" ibCommissionCurrency=\"USD\" buySell=\"BUY\" levelOfDetail=\"EXECUTION\" \
             openCloseIndicator=\"O\" transactionID=\"{id}\" tradeID=\"{id}\" />",
            quantity * 50
        )
    };
    let trades = format!("{}{}", trade(1, "103000", 60), trade(2, "103005", 40));
    let query = format!(
        "<FlexQueryResponse queryName=\"q\" type=\"AF\"><FlexStatements count=\"1\"><FlexStatement \
         accountId=\"U0000001\" fromDate=\"20240101\" toDate=\"20241231\"><Trades>{trades}</Trades>\
         </FlexStatement></FlexStatements></FlexQueryResponse>"
    );
    let codes = |files: &[&str]| -> Vec<Code> {
        ledger(files).diagnostics.iter().map(|found| found.code).collect()
    };
    assert!(!codes(&[&statement]).contains(&Code::LikelyDuplicate));
    assert!(!codes(&[&query]).contains(&Code::LikelyDuplicate));
    assert!(codes(&[&statement, &query]).contains(&Code::LikelyDuplicate));
}
