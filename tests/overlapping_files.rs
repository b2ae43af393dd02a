//! Two files of one account that tell the same events, in another layout or for another year, count
//! them once.

#![expect(clippy::panic, reason = "a test fails by panicking")]

use investtax::ledger::{Input, Ledger, merge};
use investtax::statement::{
    Code, Container, Detected, Event, FileId, Sheet, SourceFile, Transaction, detect,
};

fn ledger(files: &[(&str, &[(&str, &str)])]) -> Ledger {
    let inputs = (0_u32..).zip(files).map(|(id, (name, sheets))| {
        let sheets = sheets.iter().map(|(sheet, text)| Sheet {
            name: (*sheet).to_owned(),
            text: (*text).to_owned(),
            delimiter: b',',
        });
        let file = SourceFile {
            id: FileId(id),
            name: (*name).to_owned(),
            container: Container::Workbook,
            sheets: sheets.collect(),
        };
        let Detected::Format(format) = detect(&file) else { panic!("{name} is not known") };
        Input::untagged(file.name.clone(), format.read(&file))
    });
    merge(inputs.collect())
}

fn trades(ledger: &Ledger) -> Vec<String> {
    let text = |transaction: &Transaction| {
        let (name, trade) = if let Event::Buy(trade) = &transaction.event {
            ("buy", trade)
        } else if let Event::Sell(trade) = &transaction.event {
            ("sell", trade)
        } else {
            return None;
        };
        Some(format!("{} {name} {} {}", transaction.day, trade.quantity, trade.gross))
    };
    ledger.transactions.iter().filter_map(text).collect()
}

/// The sale of the old template is 982.94 − 10.14 = 972.80 and bears the number of its second row; the
/// new template books 972.80 under that number, in UTC.
#[test]
fn both_templates_of_xtb_tell_the_same_trades() {
    let old = "ID,Type,Time,Comment,Symbol,Amount\n\
        112,close trade,2024-03-11 16:00:00,CLOSE BUY 4 @ 243.20,AAPL.US,-10.14\n\
        111,Stock sale,2024-03-11 16:00:00,CLOSE BUY 4 @ 243.20,AAPL.US,982.94\n\
        101,Stock purchase,2024-01-15 15:31:00,OPEN BUY 4 @ 250.00,AAPL.US,-982.94\n";
    let new = "Type,Ticker,Instrument,Time,Amount,ID,Comment,Product\n\
        Stock sell,AAPL.US,Apple,2024-03-11 15:00:00,972.80,112,CLOSE BUY 4 @ 243.20,My Trades\n\
        Stock purchase,AAPL.US,Apple,2024-01-15 14:31:00,-982.94,101,OPEN BUY 4 @ 250.00,My Trades\n";
    let ledger = ledger(&[
        ("USD_1234567_old.xlsx", &[("CASH OPERATION HISTORY", old)]),
        ("USD_1234567_new.xlsx", &[("Cash Operations", new)]),
    ]);
    assert_eq!(trades(&ledger), ["2024-01-15 buy 4 982.94 USD", "2024-03-11 sell 4 972.80 USD"]);
    let times: Vec<_> = ledger.transactions.iter().map(|found| found.millisecond).collect();
    // 15:31 in Warsaw is 9:31 in New York; on 11 March only New York has summer time: 16:00 is 11:00.
    assert_eq!(times, [34_260_000, 39_600_000]);
    assert_eq!(ledger.inputs.last().unwrap().rows.duplicate, 2);
    assert_eq!(ledger.accounts, ["XTB 1234567"]);
}

/// The file of the first year shows a position open, that of the second the same one closed.
#[test]
fn an_etoro_position_that_is_closed_next_year_is_bought_once() {
    const CLOSED: &str =
        "Position ID,Action,Amount,Units,Open Date,Close Date,Leverage,Profit,Type,ISIN\n";
    const ACTIVITY: &str = "Date,Type,Details,Amount,Units,Realized Equity Change,Realized Equity,\
        Balance,Position ID,Asset type,NWA\n";
    let opened = format!(
        "{ACTIVITY}15/01/2023 15:00:00,Open Position,AAPL/USD,100.00,1,0,0,0,4001,Stocks,0\n"
    );
    let row = "4001,Buy Apple,100.00,1,15/01/2023 15:00:00,16/02/2024 15:00:00,1,20.00,Stocks,\
        US0378331005\n";
    let closed = format!("{CLOSED}{row}");
    let closing = format!(
        "{ACTIVITY}16/02/2024 15:00:00,Position closed,AAPL/USD,120.00,1,20,0,0,4001,Stocks,0\n"
    );
    let ledger = ledger(&[
        ("2023.xlsx", &[("Closed Positions", CLOSED), ("Account Activity", &opened)]),
        ("2024.xlsx", &[("Closed Positions", &closed), ("Account Activity", &closing)]),
    ]);
    assert_eq!(trades(&ledger), ["2023-01-15 buy 1 100.00 USD", "2024-02-16 sell 1 120.00 USD"]);
    let instruments: Vec<_> = ledger.transactions.iter().map(|found| found.instrument).collect();
    // The first file knows the ticker alone, the second also the ISIN: one instrument.
    assert_eq!(instruments.first(), instruments.last());
}

/// Bought in 2022 as 1 share, split 10 for 1 in 2023, closed in 2024, where the broker shows 10 shares bought. Three
/// files, in any order: one purchase of 1 share, a split, a sale of 10.
#[test]
fn an_etoro_position_restated_after_a_split_is_bought_once() {
    const CLOSED: &str =
        "Position ID,Action,Amount,Units,Open Date,Close Date,Leverage,Profit,Type,ISIN\n";
    const ACTIVITY: &str = "Date,Type,Details,Amount,Units,Realized Equity Change,Realized Equity,\
        Balance,Position ID,Asset type,NWA\n";
    let bought = format!(
        "{ACTIVITY}15/01/2022 15:00:00,Open Position,NVDA/USD,1000.00,1,0,0,0,4001,Stocks,0\n"
    );
    let split = format!(
        "{ACTIVITY}10/06/2023 15:00:00,corp action: Split,NVDA/USD 10:1,0.00,-,0,0,0,4001,Stocks,0\n"
    );
    let closed = format!(
        "{CLOSED}4001,Buy NVIDIA,1000.00,10,15/01/2022 15:00:00,16/02/2024 15:00:00,1,200.00,Stocks,\
         US67066G1040\n"
    );
    let closing = format!(
        "{ACTIVITY}16/02/2024 15:00:00,Position closed,NVDA/USD,1200.00,10,200,0,0,4001,Stocks,0\n"
    );
    let first: (&str, &[(&str, &str)]) =
        ("2022.xlsx", &[("Closed Positions", CLOSED), ("Account Activity", &bought)]);
    let second: (&str, &[(&str, &str)]) =
        ("2023.xlsx", &[("Closed Positions", CLOSED), ("Account Activity", &split)]);
    let third: (&str, &[(&str, &str)]) =
        ("2024.xlsx", &[("Closed Positions", &closed), ("Account Activity", &closing)]);
    for files in [[first, second, third], [third, second, first]] {
        let ledger = ledger(&files);
        let expected = ["2022-01-15 buy 1 1000.00 USD", "2024-02-16 sell 10 1200.00 USD"];
        assert_eq!(trades(&ledger), expected, "{:?}", ledger.diagnostics);
        assert_eq!(
            ledger
                .transactions
                .iter()
                .filter(|found| matches!(found.event, Event::Split(_)))
                .count(),
            1
        );
        assert!(ledger.diagnostics.iter().all(|found| found.code != Code::DuplicateDiffers));
    }
    // Without the year of the split nobody can tell: a contradiction stays one.
    let lacking = ledger(&[first, third]);
    assert!(lacking.diagnostics.iter().any(|found| found.code == Code::DuplicateDiffers));
}

/// One order, filled twice within a second under one id: two purchases, whatever the order of the rows, and also if
/// the next export tells them again. A row that repeats the millisecond as well is no third.
#[test]
fn fills_of_one_second_are_told_apart_by_their_milliseconds() {
    const HEADER: &str = "Action,Time,ISIN,Ticker,Name,ID,No. of shares,Price / share,\
        Currency (Price / share),Total,Currency (Total)\n";
    let row = |time: &str, price: &str| {
        format!(
            "Limit buy,2025-06-11 {time},DE0007164600,SAP,SAP,EOF2,100,{price},EUR,100.00,EUR\n"
        )
    };
    let [first, second] = [row("09:00:01.123", "1.00"), row("09:00:01.456", "1.00")];
    let [other, dearer] = [row("09:00:02", "1.00"), row("09:00:02.300", "1.10")];
    let export = [HEADER, &first, &other, &second, &first, &dearer].concat();
    let again = [HEADER, &second, &first].concat();
    let ledger = ledger(&[
        ("from_2025-01-01.csv", &[("", &export)]),
        ("from_2025-06-01.csv", &[("", &again)]),
    ]);
    let bought = |gross: &str| format!("2025-06-11 buy 100 {gross} EUR");
    let gross = ["100.00", "100.00", "100.00", "110.00"].map(bought);
    assert_eq!(trades(&ledger), gross);
    assert_eq!(ledger.inputs.iter().map(|input| input.rows.duplicate).collect::<Vec<_>>(), [1, 2]);
    assert!(ledger.diagnostics.is_empty(), "{:?}", ledger.diagnostics);
}

/// The Transaction History masks the number of its account, the Activity Statement does not: one account, and its
/// shares meet. Where two numbers fit, the masked one stays by itself.
#[test]
fn a_masked_account_number_is_the_one_that_fits() {
    let statement = |account: &str, kind: &str, day: &str, shares: &str| {
        format!(
            "date,type,isin,quantity,price,currency,account\n{day},{kind},US0378331005,{shares},10,USD,{account}\n"
        )
    };
    let bought = statement("U0000001", "buy", "2024-02-01", "5");
    let sold = statement("U***00001", "sell", "2025-02-03", "5");
    let files = [("a.csv", &bought), ("b.csv", &sold)];
    let read = |files: &[(&str, &String)]| {
        let sheets: Vec<[(&str, &str); 1]> =
            files.iter().map(|(_, text)| [("", text.as_str())]).collect();
        let inputs: Vec<(&str, &[(&str, &str)])> =
            files.iter().zip(&sheets).map(|((name, _), sheet)| (*name, sheet.as_slice())).collect();
        ledger(&inputs).accounts
    };
    assert_eq!(read(&files), ["U0000001"]);
    let other = statement("U1000001", "buy", "2024-02-01", "5");
    assert_eq!(read(&[files[0], ("c.csv", &other), files[1]]).len(), 3);
}
