//! Rows of the template beside rows of other files that tell the same: what completes a row joins it, what may be told
//! twice is asked about, and what is another event counts.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use investtax::{
    ledger::{Input, Ledger, merge},
    statement::{Code, Detected, Event, FileId, FileTag, Origin, Severity, SourceFile, detect},
};
use jiff::civil::{Date, date};

const HEADER: &str = "date;settlement_date;type;ticker;isin;quantity;price;amount;currency;fee;fee_currency;withheld;account;origin\n";

const TRADING_212: &str = "\
Action,Time,ISIN,Ticker,Name,No. of shares,Price / share,Currency (Price / share),Exchange rate,Result,Currency (Result),Total,Currency (Total),Withholding tax,Currency (Withholding tax),Notes,ID
Market buy,2024-01-10 14:30:02,US0378331005,AAPL,Apple,10,185.50,USD,1,,,1855.00,USD,,,,EOF1
Market sell,2024-12-31 15:00:00,US0378331005,AAPL,Apple,2,200.00,USD,1,,,400.00,USD,,,,EOF2
Dividend (Ordinary),2024-05-16 09:11:00,US0378331005,AAPL,Apple,10,0.25,USD,1,,,2.50,USD,,,,
";

fn tag(number: usize) -> FileTag {
    FileTag::of(&[u8::try_from(number).unwrap() + 1; 32])
}

fn ledger(files: &[&str]) -> Ledger {
    let read = |(at, text): (usize, &&str)| {
        let id = FileId(u32::try_from(at).unwrap());
        let file = SourceFile::from_text(id, format!("{at}.csv"), *text);
        let Detected::Format(format) = detect(&file) else { panic!("{:?}", detect(&file)) };
        Input { name: file.name.clone(), tag: tag(at), statement: format.read(&file) }
    };
    merge(files.iter().enumerate().map(read).collect())
}

fn template(rows: &[&str]) -> String {
    format!("{HEADER}{}\n", rows.join("\n"))
}

/// Used and repeated rows of each file, and the errors.
fn told(ledger: &Ledger) -> (Vec<(u32, u32)>, Vec<Code>) {
    let rows = ledger.inputs.iter().map(|input| (input.rows.used, input.rows.duplicate)).collect();
    let errors = ledger.diagnostics.iter().filter(|found| found.severity == Severity::Error);
    (rows, errors.map(|found| found.code).collect())
}

#[test]
fn rows_spelled_otherwise_are_the_same() {
    let one = template(&[
        "2024-01-10;;buy;AAPL;US0378331005;10;185.5;;USD;1;;;A;",
        "2024-05-01;;sell;AAPL;US0378331005;4;;800;USD;0;;;A;",
    ]);
    let other = template(&[
        "10.01.2024;2024-01-12;KUPNO;aapl;;10,00;185,50;;usd;1,00;usd;;A;",
        "2024-05-01;;Sprzedaż;AAPL;US0378331005;4,0;;800,00;USD;;;;A;",
    ]);
    assert_eq!(told(&ledger(&[&one, &other])), (vec![(2, 0), (0, 2)], vec![]));
    // In one file they are two events.
    let both = template(&[
        "2024-01-10;;buy;AAPL;;10;185.5;;USD;;;;A;",
        "2024-01-10;;kupno;AAPL;;10;185.50;;USD;;;;A;",
    ]);
    assert_eq!(told(&ledger(&[&both])), (vec![(2, 0)], vec![]));
}

#[test]
fn rows_that_differ_in_what_people_leave_out_are_asked_about() {
    let one = template(&["2024-05-01;;sell;AAPL;US0378331005;4;;800;USD;1;;;A;"]);
    for row in [
        "2024-05-01;;sell;AAPL;US0378331005;4;200;;USD;1;;;A;",
        "2024-05-01;;sell;AAPL;US0378331005;4;;800;USD;;;;A;",
        "2024-05-01;;sell;;US0378331005;4;;800;USD;1;;;A;",
    ] {
        let found = told(&ledger(&[&one, &template(&[row])]));
        assert_eq!(found, (vec![(1, 0), (1, 0)], vec![Code::LikelyDuplicate]), "{row}");
        let elsewhere = template(&[&row.replace(";A;", ";B;")]);
        assert_eq!(told(&ledger(&[&one, &elsewhere])), (vec![(1, 0), (1, 0)], vec![]), "{row}");
    }
}

#[test]
fn a_day_of_settlement_joins_the_trade_of_the_broker() {
    for account in ["", "Trading 212"] {
        let row = format!("2024-12-31;2025-01-03;sell;AAPL;US0378331005;2;;400;USD;;;;{account};");
        let ledger = ledger(&[TRADING_212, &template(&[&row])]);
        assert_eq!(told(&ledger), (vec![(3, 0), (0, 1)], vec![]), "{account}");
        let days: Vec<Option<Date>> = ledger
            .transactions
            .iter()
            .filter_map(|row| {
                if let Event::Sell(trade) = &row.event { Some(trade.settled_on()) } else { None }
            })
            .collect();
        assert_eq!(days, [Some(date(2025, 1, 3))]);
    }
}

/// "Add them in the template (type `opening_lot`)" works as it is written, without the name of the account.
#[test]
fn an_opening_lot_goes_to_the_account_that_lacks_it() {
    let lots = template(&["2023-05-01;;opening_lot;AAPL;US0378331005;7;;700;USD;;;;;"]);
    let (_, sold) = TRADING_212.split_once("EOF1\n").unwrap();
    let header = TRADING_212.lines().next().unwrap();
    let short = format!("{header}\n{sold}");
    let accounts = |ledger: &Ledger| -> Vec<String> {
        let rows = ledger.transactions.iter().filter(|row| row.millisecond == 0);
        rows.map(|row| ledger.account(row.account).to_owned()).collect()
    };
    for files in [[&short, &lots], [&lots, &short]] {
        assert_eq!(accounts(&ledger(&[files[0], files[1]])), ["Trading 212"]);
    }
    // Two accounts trade it: nobody knows which of them is meant.
    let other = template(&["2024-02-01;;buy;AAPL;US0378331005;1;;100;USD;;;;B;"]);
    let unplaced = accounts(&ledger(&[&short, &lots, &other]));
    assert_eq!(unplaced, ["1.csv (2)", "B"]);
}

#[test]
fn a_dividend_that_the_broker_tells_as_well_is_asked_about() {
    let typed = |account: &str| {
        template(&[&format!("2024-05-16;;dividend;AAPL;US0378331005;;;2.50;USD;;;0.38;{account};")])
    };
    let found = told(&ledger(&[TRADING_212, &typed("")]));
    assert_eq!(found, (vec![(3, 0), (1, 0)], vec![Code::LikelyDuplicate]));
    // However the account is spelled.
    let spelled = told(&ledger(&[TRADING_212, &typed("trading 212")]));
    assert_eq!(spelled.1, [Code::LikelyDuplicate]);
    // On another account it is another dividend.
    assert_eq!(told(&ledger(&[TRADING_212, &typed("mBank")])), (vec![(3, 0), (1, 0)], vec![]));
}

#[test]
fn a_repaired_row_is_no_readable_row_of_the_same_file() {
    // Two sales alike; the second has a month that does not exist.
    let file = template(&[
        "2024-01-10;;buy;AAPL;;10;185.5;;USD;;;;A;",
        "2024-05-01;;sell;AAPL;;2;;400;USD;;;;A;",
        "2024-13-01;;sell;AAPL;;2;;400;USD;;;;A;",
    ]);
    let origin = Origin { file: tag(0), row: 4 };
    let repaired = template(&[&format!("2024-05-01;;sell;AAPL;;2;;400;USD;;;;A;{origin}")]);
    assert_eq!(told(&ledger(&[&file, &repaired])), (vec![(2, 1), (1, 0)], vec![]));
}

#[test]
fn a_repaired_row_is_in_the_new_export_of_its_broker() {
    let origin = Origin { file: tag(9), row: 3 };
    let repaired = |row: &str| template(&[&format!("{row}{origin}")]);
    let same = repaired("2024-12-31;;sell;AAPL;US0378331005;2;;400;USD;;;;;");
    assert_eq!(told(&ledger(&[TRADING_212, &same])), (vec![(3, 0), (0, 1)], vec![]));
    let other = repaired("2024-12-31;;sell;AAPL;US0378331005;2;;401;USD;;;;;");
    let asked = (vec![(3, 0), (1, 0)], vec![Code::LikelyDuplicate]);
    assert_eq!(told(&ledger(&[TRADING_212, &other])), asked);
    let another_day = repaired("2024-12-30;;sell;AAPL;US0378331005;2;;400;USD;;;;;");
    assert_eq!(told(&ledger(&[TRADING_212, &another_day])), (vec![(3, 0), (1, 0)], vec![]));
}
