//! From a broker's rows to the days on which they settle: which market a trade belongs to when the file
//! does not say, and what is told where none is known.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use investtax::{
    ledger::{Input, Ledger, merge},
    money::Currency,
    rates::RateBook,
    statement::{Code, Detected, FileId, SourceFile, detect},
    tax::{Assessment, Options, assess, parts},
};
use jiff::civil::date;
use rust_decimal::Decimal;

const TRADE_REPUBLIC: &str = "\
datetime,date,account_type,category,type,asset_class,name,symbol,shares,price,amount,fee,tax,currency,original_amount,original_currency,fx_rate,description,transaction_id
2024-06-03T10:00:00Z,2024-06-03,DEFAULT,TRADING,BUY,STOCK,Alpha,US0378331005,20,40.00,-800.00,-1.00,,PLN,,,,,b1
2024-12-30T10:00:00Z,2024-12-30,DEFAULT,TRADING,SELL,STOCK,Alpha,US0378331005,-10,45.00,450.00,-1.00,,PLN,,,,,s1
2025-12-29T10:00:00Z,2025-12-29,DEFAULT,TRADING,SELL,STOCK,Alpha,US0378331005,-10,45.00,450.00,-1.00,,PLN,,,,,s2
";

const IBKR: &str = "\
Statement,Header,Field Name,Field Value
Statement,Data,BrokerName,Interactive Brokers Ireland Limited
Statement,Data,Title,Activity Statement
Account Information,Header,Field Name,Field Value
Account Information,Data,Account,U0000001
Trades,Header,DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,Quantity,T. Price,C. Price,Proceeds,Comm/Fee,Basis,Realized P/L,MTM P/L,Code
Trades,Data,Order,Stocks,USD,ZZA,\"2024-06-03, 11:00:00\",10,10,10,-100,-1,0,0,0,O
Trades,Data,Order,Stocks,USD,ZZA,\"2024-12-30, 11:00:00\",-10,12,12,120,-1,0,0,0,C
Trades,Data,Order,Bonds,USD,T 4 1/8 11/15/32,\"2023-10-02, 11:00:00\",10000,98,98,-9800,-5,9805,0,0,O
Trades,Data,Order,Bonds,USD,T 4 1/8 11/15/32,\"2023-12-28, 11:00:00\",-10000,99,99,9900,-5,-9805,90,0,C
Trades,Data,Order,Equity and Index Options,EUR,P OZZ  20250117 100 M,\"2024-11-01, 11:00:00\",1,2.5,2.5,-250,-1,0,0,0,O
Trades,Data,Order,Equity and Index Options,EUR,P OZZ  20250117 100 M,\"2024-12-30, 11:00:00\",-1,4,4,400,-1,0,0,0,C
Financial Instrument Information,Header,Asset Category,Symbol,Description,Conid,Security ID,Underlying,Listing Exch,Multiplier,Type,Code
Financial Instrument Information,Data,Stocks,ZZA,ALPHA INC,1001,US0378331005,ZZA,NASDAQ,1,COMMON,
Financial Instrument Information,Data,Bonds,T 4 1/8 11/15/32,T 4 1/8 11/15/32,3002,US91282CFV81,,,1,Govt,
Financial Instrument Information,Data,Equity and Index Options,P OZZ  20250117 100 M,OZZ 17JAN25 100 P,1003,,OZZ,EUREX,100,P,
";

const TEMPLATE: &str = "\
date;time;settlement_date;type;ticker;isin;quantity;price;amount;currency;fee;fee_currency;country;withheld;account;note
2024-06-03;;;buy;AA;;1;10;;SGD;;;;;;
2024-06-04;;;buy;BB;;1;10;;SGD;;;;;;
2024-06-04;;;buy;CC;;1;10;;ILS;;;;;;
2024-06-04;;2024-06-06;buy;DD;;1;10;;HUF;;;;;;
2024-06-04;;;buy;EE;;1;10;;ZAR;;;;;;
2024-06-04;;;buy;FF;;1;10;;EUR;;;;;;
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

fn rates() -> RateBook {
    let four = |code| (Currency::parse(code).unwrap(), Decimal::from(4));
    let list = ["USD", "EUR", "SGD", "ILS", "HUF", "ZAR"].map(four);
    RateBook::flat(&list, date(2022, 1, 1), date(2026, 12, 31))
}

fn assessed(ledger: &Ledger) -> Assessment {
    assess(ledger, &rates(), &Options::default(), date(2026, 6, 1))
}

/// `account instrument traded → settled` of each sale.
fn settled(ledger: &Ledger) -> Vec<String> {
    let assessment = assessed(ledger);
    let sales = assessment.disposals.iter().map(|sale| {
        assert!(sale.settlement_derived);
        let name = ledger.instrument(sale.instrument).unwrap();
        let name = if name.symbol.is_empty() { &name.name } else { &name.symbol };
        let account = ledger.account(sale.account);
        format!("{account} {name} {} → {}", sale.traded_on, sale.settled_on)
    });
    let mut sales: Vec<String> = sales.collect();
    sales.sort();
    sales
}

#[test]
fn trade_republic_settles_in_germany_whatever_the_currency() {
    // T+2 by the days of TARGET, 31 December among them (Eurex Clearing 099/2019).
    assert_eq!(
        settled(&ledger(&[TRADE_REPUBLIC])),
        [
            "Trade Republic Alpha 2024-12-30 → 2025-01-02",
            "Trade Republic Alpha 2025-12-29 → 2025-12-31",
        ]
    );
}

#[test]
fn one_share_settles_at_each_broker_by_that_broker_s_market() {
    // New York T+1; Treasury notes and options T+1 on their market's days.
    let expected = [
        "IBKR U0000001 P OZZ  20250117 100 M 2024-12-30 → 2024-12-31",
        "IBKR U0000001 T 4 1/8 11/15/32 2023-12-28 → 2023-12-29",
        "IBKR U0000001 ZZA 2024-12-30 → 2024-12-31",
        "Trade Republic ZZA 2024-12-30 → 2025-01-02",
        "Trade Republic ZZA 2025-12-29 → 2025-12-31",
    ];
    for files in [[TRADE_REPUBLIC, IBKR], [IBKR, TRADE_REPUBLIC]] {
        let ledger = ledger(&files);
        assert_eq!(settled(&ledger), expected);
        // A part of the ledger knows as much as the whole.
        for part in parts(&ledger, 4) {
            assert_eq!(part.ledger.venues, ledger.venues);
        }
    }
}

/// Bought on Xetra by one account and in New York by the other: T+2 there, T+1 here, whichever file comes first.
#[test]
fn one_share_settles_on_each_account_by_the_exchange_that_its_files_name() {
    let xetra = IBKR
        .replace("U0000001", "U0000002")
        .replace("NASDAQ", "IBIS")
        .replace("Stocks,USD", "Stocks,EUR");
    for files in [[IBKR, &xetra], [&xetra, IBKR]] {
        let ledger = ledger(&files);
        let mut sales = settled(&ledger);
        sales.retain(|sale| sale.contains("ZZA"));
        let expected = [
            "IBKR U0000001 ZZA 2024-12-30 → 2024-12-31",
            "IBKR U0000002 ZZA 2024-12-30 → 2025-01-02",
        ];
        assert_eq!(sales, expected);
        for part in parts(&ledger, 4) {
            assert_eq!(part.ledger.listings, ledger.listings);
        }
    }
}

/// A broker that names no exchange is not taken to trade where another one does.
#[test]
fn an_exchange_told_by_one_broker_says_nothing_of_another_s() {
    let template = "date;type;ticker;isin;quantity;price;currency;account\n\
        2024-06-03;buy;ZZA;US0378331005;1;10;EUR;T\n2024-12-30;sell;ZZA;US0378331005;1;10;EUR;T\n";
    let alone = settled(&ledger(&[template]));
    // Euros for a share of the United States: the days of TARGET, T+2.
    assert_eq!(alone, ["T ZZA 2024-12-30 → 2025-01-02"]);
    for files in [[IBKR, template], [template, IBKR]] {
        let both = settled(&ledger(&files));
        assert!(both.contains(&alone[0]), "{both:?}");
        assert!(both.contains(&"IBKR U0000001 ZZA 2024-12-30 → 2024-12-31".to_owned()), "{both:?}");
    }
}

#[test]
fn a_market_without_a_calendar_is_named_once() {
    let assessment = assessed(&ledger(&[TEMPLATE]));
    let named = |code| {
        let found = assessment.diagnostics.iter().filter(move |found| found.code == code);
        found.map(|found| found.value.clone()).collect::<Vec<_>>()
    };
    // Dollars of Singapore and shekels; the forint's day is given, the rand and the euro have calendars.
    assert_eq!(named(Code::SettlementGuessed), ["ILS", "SGD"]);
    assert_eq!(named(Code::SettlementDerived), ["5"]);
}
