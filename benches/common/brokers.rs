//! The heaviest exports: Interactive Brokers' many tables in one CSV, DEGIRO's quoted decimals newest first, and
//! eToro's workbook of several sheets. Whole shares; see [`history`] for the rest.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run should say so")]
#![expect(unreachable_pub, reason = "a module of a benchmark")]

mod history;

use std::{collections::BTreeMap, fmt::Write as _};

use history::{Deal, SHARE, deals};
use jiff::ToSpan as _;
use rust_xlsxwriter::{Workbook, Worksheet};

/// Every so many trades of Interactive Brokers pay a dividend.
const DIVIDEND_EVERY: u64 = 20;

/// Hundredths with two places and a sign.
fn money(cents: i128) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100)
}

/// Currency and hundredths of it: pence become pounds, as Interactive Brokers shows them.
fn pounds(deal: &Deal) -> (&'static str, u64) {
    if deal.currency == "GBX" {
        ("GBP", (deal.price_cents / 100).max(1))
    } else {
        (deal.currency, deal.price_cents)
    }
}

/// Shares sold and bought, signed.
fn signed(deal: &Deal) -> i128 {
    let shares = i128::from(deal.shares / SHARE);
    if deal.selling { -shares } else { shares }
}

fn clock(second: u64) -> String {
    format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
}

/// An Activity Statement of Interactive Brokers with so many orders, a dividend with its tax for every twentieth,
/// and the instruments.
pub fn interactive_brokers(rows: u64) -> String {
    let mut text = String::from(
        "Statement,Header,Field Name,Field Value\nStatement,Data,BrokerName,Interactive Brokers Ireland Limited\n\
         Statement,Data,Title,Activity Statement\nStatement,Data,Period,\"January 1, 2021 - December 31, 2025\"\n\
         Account Information,Header,Field Name,Field Value\nAccount Information,Data,Account,U0000001\n\
         Account Information,Data,Base Currency,EUR\n\
         Trades,Header,DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,Quantity,T. Price,C. Price,Proceeds,\
         Comm/Fee,Basis,Realized P/L,MTM P/L,Code\n",
    );
    let mut dividends = String::from("Dividends,Header,Currency,Date,Description,Amount\n");
    let mut taxes = String::from("Withholding Tax,Header,Currency,Date,Description,Amount,Code\n");
    let mut instruments = BTreeMap::new();
    for deal in deals(rows, SHARE) {
        let (currency, price) = pounds(&deal);
        let (shares, price) = (signed(&deal), i128::from(price));
        let (day, at, isin) = (deal.day, deal.at, &deal.isin);
        writeln!(
            text,
            "Trades,Data,Order,Stocks,{currency},T{at},\"{day}, {}\",{shares},{price},{price},{},-1.00,{},0,0,{}",
            clock(deal.second),
            money(-shares * price),
            money(shares * price + 100),
            if deal.selling { "C" } else { "O" },
            price = money(price),
        )
        .unwrap();
        if deal.row % DIVIDEND_EVERY == 0 {
            let what = format!("T{at}({isin}) Cash Dividend {currency} 0.24 per Share");
            writeln!(dividends, "Dividends,Data,{currency},{day},{what} (Ordinary Dividend),2.40")
                .unwrap();
            writeln!(taxes, "Withholding Tax,Data,{currency},{day},{what} - US Tax,-0.36,")
                .unwrap();
        }
        instruments.entry(at).or_insert(deal.isin);
    }
    text.push_str(&dividends);
    text.push_str(&taxes);
    text.push_str(
        "Financial Instrument Information,Header,Asset Category,Symbol,Description,Conid,Security ID,Underlying,\
         Listing Exch,Multiplier,Type,Code\n",
    );
    for (at, isin) in instruments {
        writeln!(
            text,
            "Financial Instrument Information,Data,Stocks,T{at},INSTRUMENT {at} INC,{},{isin},,NASDAQ,1,COMMON,",
            100_000 + at,
        )
        .unwrap();
    }
    text
}

/// DEGIRO's Transactions.csv of the years 2021 to 2024 with so many rows, newest first.
pub fn degiro(rows: u64) -> String {
    let mut text = String::from(
        "Date,Time,Product,ISIN,Reference exchange,Venue,Quantity,Price,,Local value,,Value,,Exchange rate,\
         Transaction and/or third party costs,,Total,,Order ID\n",
    );
    let list: Vec<Deal> = deals(rows, SHARE).collect();
    for deal in list.iter().rev() {
        let (rate, venue) = match deal.currency {
            "USD" => (10_800, "NDQ,XNAS"),
            "GBX" => (860_000, "LSE,XLON"),
            _ => (10_000, "XET,XETA"),
        };
        let (shares, price) = (signed(deal), i128::from(deal.price_cents));
        let local = -shares * price;
        let value = local * 10_000 / rate;
        let (at, isin, currency, row) = (deal.at, &deal.isin, deal.currency, deal.row);
        writeln!(
            text,
            "{},{},INSTRUMENT {at} INC,{isin},{venue},{shares},{}00,{currency},{},{currency},{},EUR,{},-2.00,EUR,{},EUR,\
             11111111-0000-4000-8000-{row:012}",
            deal.day.strftime("%d-%m-%Y"),
            clock(deal.second).get(..5).unwrap_or_default(),
            money(price),
            money(local),
            money(value),
            if rate == 10_000 { String::new() } else { format!("{}.{:04}", rate / 10_000, rate % 10_000) },
            money(value - 200),
        )
        .unwrap();
    }
    text
}

/// eToro's account statement with so many closed positions, each opened and closed in the activity too.
pub fn etoro(positions: u64) -> Vec<u8> {
    let mut book = Workbook::new();
    let mut summary = sheet(&mut book, "Account Summary", "Details,");
    summary.row("Currency,USD");
    let mut closed = Rows::default();
    let mut activity = Rows::default();
    for deal in deals(positions, SHARE) {
        let (id, name) = (1_000_000_000 + deal.row, format!("Instrument {} Inc", deal.at));
        let units = i128::from(deal.shares / SHARE);
        let (open, gain) = (i128::from(deal.price_cents), i128::from(deal.price_cents / 50));
        let (amount, profit) = (money(units * open), money(units * gain));
        let stamp = |days: i32| {
            let day = deal.day.saturating_add(days.days());
            format!("{} {}", day.strftime("%d/%m/%Y"), clock(deal.second))
        };
        let isin = &deal.isin;
        closed.push(format!(
            "{id},{name},Long,{amount},{units},{},{},1,0,0,{profit},{profit},1,1,{},{},0,0,0,-,Stocks,{isin},",
            stamp(0),
            stamp(30),
            money(open),
            money(open + gain),
        ));
        let detail = format!("T{}/USD", deal.at);
        activity.push(format!(
            "{},Open Position,{detail},{amount},{units},0.00,0,0,{id},Stocks,0",
            stamp(0)
        ));
        activity.push(format!(
            "{},Position closed,{detail},{},{units},{profit},0,0,{id},Stocks,0",
            stamp(30),
            money(units * (open + gain)),
        ));
    }
    closed.write(
        &mut book,
        "Closed Positions",
        "Position ID,Action,Long / Short,Amount,Units / Contracts,Open Date,Close Date,Leverage,Spread Fees (USD),\
         Market Spread (USD),Profit(USD),Profit(EUR),FX rate at open (USD),FX rate at close (USD),Open Rate,Close Rate,\
         Take profit rate,Stop loss rate,Overnight Fees and Dividends,Copied From,Type,ISIN,Notes",
    );
    activity.write(
        &mut book,
        "Account Activity",
        "Date,Type,Details,Amount,Units / Contracts,Realized Equity Change,Realized Equity,Balance,Position ID,\
         Asset type,NWA",
    );
    Rows::default().write(
        &mut book,
        "Dividends",
        "Date of Payment,Instrument Name,Net Dividend Received (USD),Net Dividend Received (EUR),\
         Withholding Tax Rate (%),Withholding Tax Amount (USD),Withholding Tax Amount (EUR),Position ID,Type,ISIN",
    );
    Rows::default().write(
        &mut book,
        "Financial Summary",
        "Name,Amount in (USD),Amount in (EUR),Tax Rate",
    );
    book.save_to_buffer().unwrap()
}

/// Rows of a sheet to come.
#[derive(Default)]
struct Rows(Vec<String>);

impl Rows {
    fn push(&mut self, row: String) {
        self.0.push(row);
    }

    fn write(&self, book: &mut Workbook, name: &str, header: &str) {
        let mut page = sheet(book, name, header);
        for row in &self.0 {
            page.row(row);
        }
    }
}

/// A sheet that is written line by line: all cells as text but plain numbers, as eToro writes them.
struct Page<'a> {
    sheet: &'a mut Worksheet,
    next: u32,
}

impl Page<'_> {
    fn row(&mut self, line: &str) {
        for (column, cell) in (0_u16..).zip(line.split(',')) {
            match cell.parse::<f64>() {
                Ok(number) => self.sheet.write_number(self.next, column, number).unwrap(),
                Err(_) => self.sheet.write_string(self.next, column, cell).unwrap(),
            };
        }
        self.next += 1;
    }
}

fn sheet<'a>(book: &'a mut Workbook, name: &str, header: &str) -> Page<'a> {
    let sheet = book.add_worksheet();
    sheet.set_name(name).unwrap();
    let mut page = Page { sheet, next: 0 };
    page.row(header);
    page
}
