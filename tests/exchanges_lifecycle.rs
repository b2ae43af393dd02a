//! From the rows of the exchanges of coins, and of brokers that keep coins beside shares, to the figures
//! of the year. Every rate is 4.0 zł; what is in złoty stays as it is.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use investtax::{
    ledger::{Input, Ledger, merge},
    money::Currency,
    rates::RateBook,
    statement::{Code, Detected, FileId, SourceFile, detect},
    tax::{Assessment, Basis, Options, Status, assess},
};
use jiff::civil::date;
use rust_decimal::Decimal;

fn ledger(files: &[&str]) -> Ledger {
    let read = |(at, text): (usize, &&str)| {
        let id = FileId(u32::try_from(at).unwrap());
        let file = SourceFile::from_text(id, format!("{at}"), *text);
        let Detected::Format(format) = detect(&file) else { panic!("{:?}", detect(&file)) };
        Input::untagged(file.name.clone(), format.read(&file))
    };
    merge(files.iter().enumerate().map(read).collect())
}

fn assessed(files: &[&str]) -> Assessment {
    let four = [(Currency::USD, Decimal::from(4)), (Currency::EUR, Decimal::from(4))];
    let rates = RateBook::flat(&four, date(2020, 1, 1), date(2026, 12, 31));
    let options = Options { basis: Basis::Trade, ..Options::default() };
    assess(&ledger(files), &rates, &options, date(2026, 6, 1))
}

/// Year, revenue, costs, costs carried in, income and costs carried out of virtual currency.
fn crypto(files: &[&str]) -> Vec<String> {
    let assessment = assessed(files);
    assert_eq!(assessment.status, Status::Complete, "{:?}", assessment.diagnostics);
    let line = |year: &investtax::tax::YearAssessment| {
        let crypto = &year.crypto;
        let figures = [
            crypto.revenue,
            crypto.costs,
            crypto.costs_carried_in,
            crypto.income,
            crypto.costs_carried_out,
        ];
        let figures: Vec<String> = figures.iter().map(ToString::to_string).collect();
        format!("{} {}", year.year, figures.join(" "))
    };
    assessment.years.iter().map(line).collect()
}

const BINANCE: &str = "\
User_ID,UTC_Time,Account,Operation,Coin,Change,Remark
7,2023-03-01 10:00:00,Spot,Transaction Related,EUR,-1000,
7,2023-03-01 10:00:00,Spot,Buy,BTC,0.05,
7,2023-03-01 10:00:00,Spot,Fee,EUR,-1,
7,2023-04-01 10:00:00,Spot,Binance Convert,BTC,-0.05,
7,2023-04-01 10:00:00,Spot,Binance Convert,USDT,1500,
7,2023-05-01 10:00:00,Spot,Transaction Spend,USDT,-500,
7,2023-05-01 10:00:00,Spot,Transaction Buy,ETH,0.3,
7,2023-06-01 10:00:00,Spot,Transaction Sold,USDT,-400,
7,2023-06-01 10:00:00,Spot,Transaction Revenue,PLN,1600,
7,2023-06-01 10:00:00,Spot,Transaction Fee,PLN,-2,
";

const KRAKEN: &str = "\
txid,refid,time,type,subtype,aclass,asset,amount,fee,balance
L1,T1,2024-02-01 10:00:00,trade,,currency,XETH,-0.3,0,0
L2,T1,2024-02-01 10:00:00,trade,,currency,ZEUR,900,1.50,898.50
";

#[test]
fn exchanges_of_coins_are_neutral_and_costs_wait_for_the_year_of_a_sale() {
    // 2023: costs (1000 + 1) × 4 + 2 = 4006; revenue 1600; 2406 go on. The two exchanges are nothing.
    assert_eq!(crypto(&[BINANCE]), ["2023 1600.00 4006.00 0.00 0.00 2406.00"]);
    // 2024, elsewhere: revenue 900 × 4 = 3600, costs 1.5 × 4 = 6, and 2406 of the year before:
    // 3600 − 6 − 2406 = 1188.
    let both = crypto(&[BINANCE, KRAKEN]);
    assert_eq!(
        both,
        ["2023 1600.00 4006.00 0.00 0.00 2406.00", "2024 3600.00 6.00 2406.00 1188.00 0.00",]
    );
}

#[test]
fn two_layouts_of_one_history_count_once() {
    let new = "\
User ID,Time,Account,Operation,Coin,Change,Remark
7,23-06-01 10:00:00,Spot,Transaction Revenue,PLN,1600.00,
7,23-06-01 10:00:00,Spot,Transaction Sold,USDT,-400.0,
7,23-06-01 10:00:00,Spot,Transaction Fee,PLN,-2.00,
7,24-01-10 10:00:00,Spot,Transaction Sold,USDT,-100,
7,24-01-10 10:00:00,Spot,Transaction Revenue,PLN,400,
";
    assert_eq!(
        crypto(&[BINANCE, new]),
        ["2023 1600.00 4006.00 0.00 0.00 2406.00", "2024 400.00 0.00 2406.00 0.00 2006.00",]
    );
}

#[test]
fn a_coin_paid_with_the_card_is_sold_for_what_was_bought() {
    // Revenue 20 × 4 = 80; the coins came as a reward and cost nothing.
    let file = "\
Transactions
User,Anna Nowak,0
ID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,Price at Transaction,Subtotal,\
Total (inclusive of fees and/or spread),Fees and/or Spread,Notes
1,2024-05-01 10:00:00 UTC,Reward Income,USDC,21,EUR,€0.95,€19.95,€19.95,€0.00,
2,2024-05-02 10:00:00 UTC,Card Spend,USDC,-21,EUR,€0.9524,-€20.00,-€20.00,€0.00,
";
    assert_eq!(crypto(&[file]), ["2024 80.00 0.00 0.00 80.00 0.00"]);
}

#[test]
fn a_payment_without_its_value_leaves_the_year_open() {
    let file = "\
User_ID,UTC_Time,Account,Operation,Coin,Change,Remark
7,2024-03-01 10:00:00,Spot,Sell,BTC,-0.05,
7,2024-03-01 10:00:00,Spot,Sell,EUR,1000,
7,2024-03-02 10:00:00,Card,Binance Card Spending,BNB,-0.1,
";
    let assessment = assessed(&[file]);
    assert_eq!(assessment.status, Status::Incomplete);
    assert!(ledger(&[file]).inputs.iter().all(|input| input.rows.unknown == 1));
}

#[test]
fn coins_contracts_and_metal_of_one_file_go_three_ways() {
    let file = "\
Transaction ID,Timestamp,Transaction Type,In/Out,Amount Fiat,Fiat,Amount Asset,Asset,Asset market price,\
Asset market price currency,Asset class,Product ID,Fee,Fee asset,Spread,Spread Currency
T1,2024-01-02T10:00:00+01:00,buy,outgoing,100.00,EUR,0.001,BTC,100000.00,EUR,Cryptocurrency,1,-,-,-,-
T2,2024-01-03T10:00:00+01:00,buy,outgoing,300.00,EUR,3,AAPL,100.00,EUR,Stock (derivative),9,-,-,-,-
T3,2024-01-04T10:00:00+01:00,buy,outgoing,50.00,EUR,1,XAU,50.00,EUR,Metal,2,-,-,-,-
T4,2024-02-03T10:00:00+01:00,sell,incoming,120.00,EUR,1,AAPL,120.00,EUR,Stock (derivative),9,-,-,-,-
T5,2024-02-04T10:00:00+01:00,sell,incoming,60.00,EUR,1,XAU,60.00,EUR,Metal,2,-,-,-,-
T6,2024-02-05T10:00:00+01:00,sell,incoming,70.00,EUR,0.0005,BTC,140000.00,EUR,Cryptocurrency,1,-,-,-,-
";
    // Coins: 70 × 4 = 280 less 100 × 4 = 400. Contracts: 120 × 4 = 480 less a third of 300 × 4.
    assert_eq!(crypto(&[file]), ["2024 280.00 400.00 0.00 0.00 120.00"]);
    let assessment = assessed(&[file]);
    let [year] = assessment.years.as_slice() else { panic!("{:?}", assessment.years) };
    let securities = &year.securities;
    assert_eq!(securities.revenue.to_string(), "480.00");
    assert_eq!(securities.cost.to_string(), "400.00");
    let told = ledger(&[file]).diagnostics.iter().any(|found| found.code == Code::PhysicalMetal);
    assert!(told);
}

#[test]
fn one_account_keeps_shares_and_coins_apart() {
    let file = "\
datetime,category,type,asset_class,name,symbol,shares,price,amount,fee,tax,currency,transaction_id
2024-01-03T10:00:00Z,TRADING,BUY,STOCK,SAP,DE0007164600,2,100,-200,-1,,EUR,a
2024-01-04T10:00:00Z,TRADING,BUY,CRYPTO,Bitcoin,XF000BTC0017,0.001,50000,-50,-1,,EUR,b
2024-01-05T10:00:00Z,TRADING,BUY,FUND,Bitcoin ETP,GB00BLD4ZL17,1,20,-20,,,EUR,c
2024-06-03T10:00:00Z,TRADING,SELL,STOCK,SAP,DE0007164600,1,150,150,-1,,EUR,d
2024-06-04T10:00:00Z,TRADING,SELL,CRYPTO,Bitcoin,XF000BTC0017,0.001,60000,60,-1,,EUR,e
2024-06-05T10:00:00Z,TRADING,SELL,FUND,Bitcoin ETP,GB00BLD4ZL17,1,30,30,,,EUR,f
2024-07-01T10:00:00Z,CASH,DIVIDEND,STOCK,SAP,DE0007164600,,,10,,-1.50,EUR,g
";
    // Coins: 60 × 4 = 240 less (50 + 1 + 1) × 4 = 208.
    assert_eq!(crypto(&[file]), ["2024 240.00 208.00 0.00 32.00 0.00"]);
    let assessment = assessed(&[file]);
    let [year] = assessment.years.as_slice() else { panic!("{:?}", assessment.years) };
    // Shares and the product on a coin, which is a security: (150 + 30) × 4 = 720 less
    // ((200 + 1) ÷ 2 + 1 + 20) × 4 = 486.
    assert_eq!(year.securities.revenue.to_string(), "720.00");
    assert_eq!(year.securities.cost.to_string(), "486.00");
}

#[test]
fn a_deal_with_another_customer_takes_its_price_from_the_orders() {
    let history = "\
User_ID,UTC_Time,Account,Operation,Coin,Change,Remark
7,2024-03-01 10:02:00,Funding,P2P Trading,USDT,250,P2P - 1
7,2024-03-05 10:02:00,Spot,Transaction Sold,USDT,-50,
7,2024-03-05 10:02:00,Spot,Transaction Revenue,PLN,210,
";
    let assessment = assessed(&[history]);
    assert_eq!(assessment.status, Status::Incomplete);
    let missing: Vec<_> = ledger(&[history])
        .diagnostics
        .iter()
        .map(|found| (found.code, found.value.clone(), found.detail.clone()))
        .collect();
    let expected =
        (Code::MissingReport, "P2P order history".to_owned(), "1: 2024-03-01".to_owned());
    assert_eq!(missing, [expected]);
    let orders = "\
Order Number,Order Type,Asset Type,Fiat Type,Total Price,Price,Quantity,Exchange rate,Couterparty,\
Status,Created Time
1,Buy,USDT,PLN,1000.00,4.00,250.00,,A,Completed,2024-03-01 09:58:12
";
    assert_eq!(crypto(&[history, orders]), ["2024 210.00 1000.00 0.00 0.00 790.00"]);
}
