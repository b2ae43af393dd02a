//! Each format against its samples: `tests/statements/<format id>/<case>.csv`, beside each the
//! statement as read. Workbooks are `.sheets`, see [`workbook`]. The names of the cases say what they show.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use investtax::money::Money;
use investtax::statement::{
    Detected, Event, FileId, InstrumentIx, RepairNote, RepairRow, Source, SourceFile, Statement,
    Trade, Transaction, decode, detect, template_sheet, write_template,
};
use support::samples::{load, samples};

fn read(file: &SourceFile) -> Statement {
    match detect(file) {
        Detected::Format(format) => format.read(file),
        other @ (Detected::Wrong(_) | Detected::Unknown | Detected::Ambiguous) => {
            panic!("{}: {other:?}", file.name)
        }
    }
}

#[test]
fn every_sample_is_recognized_by_the_format_of_its_folder_alone() {
    for path in samples() {
        let folder = path.parent().unwrap().file_name().unwrap().to_string_lossy();
        let found = format!("{:?}", detect(&load(&path)));
        assert_eq!(found, format!("Format({folder})"), "{}", path.display());
    }
}

#[test]
fn every_sample_reads_as_reviewed() {
    for path in samples() {
        let statement = read(&load(&path));
        let rows = statement.rows;
        assert_eq!(
            rows.total,
            rows.used + rows.neutral + rows.duplicate + rows.unknown,
            "{}",
            path.display()
        );
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(path.parent().unwrap());
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let case = path.file_stem().unwrap().to_string_lossy().into_owned();
        settings.bind(|| insta::assert_snapshot!(case, render(&statement)));
    }
}

/// The workbook as a real file: numbers as numbers, ISO stamps as dates, the rest as text.
fn xlsx(file: &SourceFile) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let dates = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
    for sheet in &file.sheets {
        let worksheet = workbook.add_worksheet();
        worksheet.set_name(sheet.name.trim()).unwrap();
        for (row, line) in (0_u32..).zip(sheet.text.lines()) {
            for (column, cell) in (0_u16..).zip(line.split(',')) {
                let date = rust_xlsxwriter::ExcelDateTime::parse_from_str(cell);
                if let (Ok(date), true) = (date, cell.len() == 19 && cell.get(4..5) == Some("-")) {
                    worksheet.write_datetime_with_format(row, column, &date, &dates).unwrap();
                } else if let (Ok(number), false) = (cell.parse::<f64>(), cell.is_empty()) {
                    worksheet.write_number(row, column, number).unwrap();
                } else {
                    worksheet.write_string(row, column, cell).unwrap();
                }
            }
        }
    }
    workbook.save_to_buffer().unwrap()
}

#[test]
fn workbooks_read_the_same_as_real_files() {
    let is_workbook = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "sheets");
    for path in samples().into_iter().filter(is_workbook) {
        let written = load(&path);
        let limits = investtax::mail::Limits::default();
        let real = decode::decode(FileId(0), &written.name, xlsx(&written), &limits).unwrap();
        // Findings and repairs echo cells as they stand, and a workbook drops final zeros.
        let events = |file: &SourceFile| {
            let text = render(&read(file));
            let lines = text.lines().filter(|line| !line.contains(['"', '=']));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(events(&real), events(&written), "{}", path.display());
    }
}

#[test]
fn other_reports_of_a_known_broker_are_told_apart_from_unknown_files() {
    let cases = [
        (
            "Date,Type,Details,Amount,Realized Equity Change,Realized Equity,Balance,Position ID\n",
            "Wrong(etoro)",
        ),
        ("Date of Payment,Instrument Name,Position ID,Type\n", "Wrong(etoro)"),
        ("Position;Symbol;Type;Volume;Open time;Open price;Close time\n", "Wrong(xtb)"),
        ("Action,Time,ISIN,Ticker,Name,No. of shares,Value,ID\n", "Wrong(trading212)"),
        ("Pozycja;Symbol;Typ;Wolumen;Czas otwarcia;Cena otwarcia\n", "Wrong(xtb)"),
        ("Date(UTC),Pair,Side,Price,Executed,Amount,Fee\n", "Wrong(binance)"),
        ("Date(UTC),Market,Type,Price,Amount,Total,Fee,Fee Coin\n", "Wrong(binance)"),
        (
            "ID,Type,In/Out,Amount Fiat,Fee,Fiat,Amount Asset,Asset,Status,Created at\n",
            "Wrong(bitpanda)",
        ),
        (
            "portfolio,trade id,product,side,created at,size,size unit,price,fee\n",
            "Wrong(coinbase)",
        ),
        (
            "Date,Transaction type,Ticker symbol,Quantity,Price per share,Total amount,Currency\n",
            "Wrong(lightyear)",
        ),
        ("txid,ordertxid,pair,time,type,ordertype,price,cost,fee,vol\n", "Wrong(kraken)"),
        ("Date;Type;Value;Note;ISIN;Shares;Fees;Taxes\n", "Wrong(trade-republic)"),
        ("Datum;Typ;Wert;Notiz;ISIN;Stück;Gebühren;Steuern\n", "Wrong(trade-republic)"),
        ("ID;Type;Time\n", "Unknown"),
        ("Trade ID,Account ID,Instrument,TradeTime,B/S,Open/Close\n", "Wrong(saxo)"),
        ("Konto ID,Posteringsdato,Valørdato,Begivenhed,Ændring\n", "Wrong(saxo)"),
        (
            "Trade Date;Account ID;Asset type;Instrument;Instrument Id;Transaction Type;Event;\
             Corporate Action Id;Trade ID;Amount;Price;Booked Amount Client Currency;\
             Booked Amount Instrument Currency;Booked Amount Account Currency\n",
            "Wrong(saxo)",
        ),
        (
            "Date,Order Number,Plan,Type,Order Status,Price,Quantity,Net Share Proceeds,\
             Net Share Proceeds,Tax Payment Method\n",
            "Wrong(morgan-stanley)",
        ),
        ("Record Type,Symbol,Purchase Date,Purchase Price,Sellable Qty.\n", "Wrong(etrade-gains)"),
        (
            "Date sold or transferred\tDate acquired\tQuantity\tStock source\n",
            "Wrong(fidelity-stock-plan)",
        ),
        ("Run Date,Action,Symbol,Description,Type,Quantity\n", "Wrong(fidelity-stock-plan)"),
        ("Symbol,Closed Date,Opened Date,Quantity,Cost Basis (CB)\n", "Wrong(schwab-brokerage)"),
    ];
    for (text, expected) in cases {
        let file = SourceFile::from_text(FileId(0), "x.csv", text);
        assert_eq!(format!("{:?}", detect(&file)), expected, "{text}");
    }
}

#[test]
fn a_workbook_of_etoro_in_an_unknown_language_is_refused_by_name() {
    let mut file = SourceFile::from_text(
        FileId(0),
        "kontoauszug.xlsx",
        "Positions-ID,Aktion,Long / Short,Einheiten,Eröffnungsdatum,Schließungsdatum\n",
    );
    for sheet in &mut file.sheets {
        sheet.name = "Geschlossene Positionen".to_owned();
    }
    assert_eq!(format!("{:?}", detect(&file)), "Wrong(etoro)");
}

#[test]
fn unreadable_rows_travel_through_the_repair_template() {
    let lines = "date;type;isin;quantity;price;currency;note\n\
                 2024-01-15;buy;US0378331005;10;abc;USD;=1+1\n";
    let read_text = |text: &str| read(&SourceFile::from_text(FileId(0), "t.csv", text));
    let broken = read_text(lines);
    assert_eq!(broken.repairs.len(), 1);
    let text = write_template(&template_sheet(investtax::lang::Lang::Pl, &broken.repairs, |_| {
        RepairNote::default()
    }));
    let repaired = read_text(&text.replace("abc", "185,5"));
    assert_eq!(repaired.rows.used, 1, "{}", render(&repaired));
}

/// A charge that the template does not get is lost without a word. Two currencies no one cell can hold: the row stays
/// to be repaired.
#[test]
fn charges_travel_through_the_repair_template() {
    let row = |charges: &str| {
        let text = format!(
            "Action,Time,ISIN,Ticker,Name,No. of shares,Price / share,Currency (Price / share),Total,Currency (Total),ID,\
             Currency conversion fee,Currency (Currency conversion fee),Finra fee,Currency (Finra fee)\n\
             Limit sell,2024-02-10 15:00:00,US0378331005,AAPL,Apple,4.0x,190.00,USD,3035.44,PLN,EOF2,{charges}\n"
        );
        let broken = read(&SourceFile::from_text(FileId(0), "t.csv", text));
        let [repair] = broken.repairs.as_slice() else { panic!("{}", render(&broken)) };
        let cell = |name| {
            let found = repair.cells.iter().find(|(named, _)| *named == name);
            found.map_or_else(String::new, |(_, value)| value.clone())
        };
        (cell("fee"), cell("fee_currency"))
    };
    let is = |found: (String, String), fee: &str, currency: &str| {
        assert_eq!((found.0.as_str(), found.1.as_str()), (fee, currency));
    };
    is(row("4.56,PLN,,"), "4.56", "PLN");
    is(row("4.56,PLN,0.04,PLN"), "4.6", "PLN");
    is(row("4.56,PLN,0.01,USD"), "4.56 PLN + 0.01 USD", "");
    is(row(",,,"), "", "");
}

#[test]
fn exchanges_of_coins_keep_their_events_across_layouts() {
    let keys = |name: &str, text: &str| {
        let statement = read(&SourceFile::from_text(FileId(0), name, text));
        statement.transactions.iter().map(|found| found.key.unwrap()).collect::<Vec<_>>()
    };
    let old = "User_ID,UTC_Time,Account,Operation,Coin,Change,Remark\n\
        7,2024-02-19 15:32:33,Spot,Buy,SOL,0.09000000,\n\
        7,2024-02-19 15:32:33,Spot,Transaction Related,EUR,-9.01610000,\n";
    let new = "User ID,Time,Account,Operation,Coin,Change,Remark\n\
        7,24-02-19 17:32:33,Spot,Transaction Spend,EUR,-9.0161,\n\
        7,24-02-19 17:32:33,Spot,Transaction Buy,SOL,0.09,\n";
    assert_eq!(keys("a.csv", old), keys("Binance(UTC+2).csv", new));
    let old = "Timestamp,Transaction Type,Asset,Quantity Transacted,Spot Price Currency,\
        Spot Price at Transaction,Subtotal,Total (inclusive of fees),Fees,Notes\n\
        2023-01-03T10:00:00Z,Sell,BTC,0.01,EUR,20000,200.00,198.00,2.00,Sold 0.01 BTC for 198 EUR\n";
    let new = "ID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,\
        Price at Transaction,Subtotal,Total (inclusive of fees and/or spread),\
        Fees and/or Spread,Notes\n\
        x,2023-01-03 10:00:00 UTC,Sell,BTC,-0.0100,EUR,€20000.00,-€200.00,-€198.00,€2.00,\
        Sold 0.01 BTC for 198 EUR\n";
    assert_eq!(keys("a.csv", old), keys("b.csv", new));
}

/// People give their tables a title, and call things by other words.
#[test]
fn a_template_may_have_a_title_and_other_words() {
    let text = "Moje transakcje 2024;;;;;\n\
                data operacji;rodzaj operacji;isin;sztuki;kurs;waluta\n\
                2024-01-15;nabycie;PLKGHM000017;10;120,5;zł\n\
                2024-02-15;zbycie;PLKGHM000017;10;130,5;PLN\n";
    let file = SourceFile::from_text(FileId(0), "t.csv", text);
    assert_eq!(format!("{:?}", detect(&file)), "Format(template)");
    let statement = read(&file);
    assert_eq!((statement.rows.used, statement.rows.total), (2, 2), "{}", render(&statement));
}

#[test]
fn our_own_templates_are_recognized_and_empty() {
    for lang in [investtax::lang::Lang::Pl, investtax::lang::Lang::En] {
        let text = write_template(&template_sheet(lang, &[], |_| RepairNote::default()));
        let file = SourceFile::from_text(FileId(0), "t.csv", text);
        assert_eq!(format!("{:?}", detect(&file)), "Format(template)");
        let codes: Vec<_> = read(&file).diagnostics.iter().map(|found| found.code).collect();
        assert_eq!(codes, [investtax::statement::Code::NoRows]);
    }
}

#[test]
fn trading212_rows_keep_their_identity_across_header_variants() {
    let keys = |text: &str| {
        let statement = read(&SourceFile::from_text(FileId(0), "t.csv", text));
        statement.transactions.iter().map(|found| found.key.unwrap()).collect::<Vec<_>>()
    };
    let old = "Action,Time,ISIN,Ticker,Name,No. of shares,Price / share,\
        Currency (Price / share),Total (EUR),ID\n\
        Market buy,2024-01-10 14:30:02,US0378331005,AAPL,Apple,10.50,185.5,USD,1000,EOF1\n";
    let new = "Action,Time (UTC),ISIN,Ticker,Name,Notes,ID,No. of shares,Price / share,\
        Currency (Price / share),Total,Currency (Total)\n\
        Market buy,2024-01-10 14:30:02.123+00:00,US0378331005,AAPL,Apple,,EOF1,10.5000000000,\
        185.50,USD,1000.00,EUR\n";
    assert_eq!(keys(old), keys(new));
    // The broker reuses ids: another quantity is another fill.
    assert_ne!(keys(old), keys(&old.replace("10.50", "10.51")));
}

/// Samples that tell trades of one account in two layouts.
const LAYOUTS: &[(&str, &str)] = &[
    ("exante/custom_report_english.tsv", "exante/ledger_english.tsv"),
    ("exante/trades_english.tsv", "exante/ledger_english.tsv"),
    ("freedom24/json_current.json", "freedom24/workbook.sheets"),
    ("schwab-awards/json.json", "schwab-awards/complete.csv"),
];

#[test]
fn trades_are_the_same_events_in_every_layout() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/statements");
    let trades = |name: &str| {
        let statement = read(&load(&root.join(name)));
        let is_trade = |found: &&Transaction| matches!(found.event, Event::Buy(_) | Event::Sell(_));
        let found = statement.transactions.iter().filter(is_trade);
        let mut found: Vec<_> = found
            .map(|found| {
                // Not every layout gives the settlement day.
                let event = render_event(&statement, &found.event);
                let figures = event.split(" settled ").next().unwrap().to_owned();
                (found.key.unwrap(), figures, found.day)
            })
            .collect();
        found.sort();
        found
    };
    for (one, other) in LAYOUTS {
        assert!(!trades(one).is_empty());
        assert_eq!(trades(one), trades(other), "{one} {other}");
    }
}

/// A statement as compact text, for review by eye.
fn render(statement: &Statement) -> String {
    let mut text = String::new();
    let rows = statement.rows;
    writeln!(
        text,
        "{}: {} rows = {} used + {} neutral + {} duplicate + {} unknown",
        statement.format, rows.total, rows.used, rows.neutral, rows.duplicate, rows.unknown
    )
    .unwrap();
    writeln!(text, "accounts: {}", statement.accounts.join(", ")).unwrap();
    for instrument in &statement.instruments {
        let isin = instrument.isin.map_or("-".to_owned(), |isin| isin.to_string());
        let country = instrument.country.map_or(String::new(), |country| format!(" in {country}"));
        let (symbol, name, kind) = (&instrument.symbol, &instrument.name, instrument.kind);
        writeln!(text, "instrument: {isin} {symbol:?} {name:?} {kind:?}{country}").unwrap();
    }
    let mut keys = HashMap::new();
    for transaction in &statement.transactions {
        let row = transaction.source.row;
        let twin = transaction.key.and_then(|key| keys.insert(key, row));
        let twin = twin.map_or(String::new(), |twin| format!(" [same event as row {twin}]"));
        writeln!(text, "{}{twin}", render_transaction(statement, transaction)).unwrap();
    }
    for position in &statement.positions {
        let (row, day) = (position.source.row, position.day);
        let label = label(statement, position.instrument);
        writeln!(text, "position: row {row} {day} {label} {}", position.quantity).unwrap();
    }
    for found in &statement.diagnostics {
        let row = found.row.map_or("file".to_owned(), |row| format!("row {row}"));
        writeln!(
            text,
            "{:?}: {} {row} {:?} = {:?} ({})",
            found.severity,
            found.code.as_str(),
            found.column,
            found.value,
            found.detail
        )
        .unwrap();
    }
    for RepairRow { source: Source { row, .. }, cells } in &statement.repairs {
        let cells: Vec<_> = cells.iter().map(|(name, cell)| format!("{name}={cell}")).collect();
        writeln!(text, "repair: row {row} {}", cells.join("; ")).unwrap();
    }
    text
}

fn render_transaction(statement: &Statement, transaction: &Transaction) -> String {
    let Transaction { source, account, instrument, day, millisecond, event, .. } = transaction;
    let (seconds, thousandths) = (millisecond / 1000, millisecond % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let time = format!("{hour:02}:{minute:02}:{second:02}.{thousandths:03}");
    let account = account.0;
    let label = label(statement, *instrument);
    let what = render_event(statement, event);
    format!("row {}: {day} {time} account {account} {label}: {what}", source.row)
}

fn render_event(statement: &Statement, event: &Event) -> String {
    let taxed = |name: &str, gross: &Money, withheld: &Money| {
        format!("{name} {} withheld {}", money(gross), money(withheld))
    };
    let from = |country: &Option<investtax::money::Country>| {
        country.map_or(String::new(), |country| format!(" from {country}"))
    };
    match event {
        Event::Buy(trade) => render_trade("buy", trade),
        Event::Sell(trade) => render_trade("sell", trade),
        Event::OpenShort(trade) => render_trade("open short", trade),
        Event::CloseShort(trade) => render_trade("close short", trade),
        Event::OpeningLot { quantity, cost } => {
            format!("opening lot {} for {}", quantity.normalize(), money(cost))
        }
        Event::Dividend { gross, withheld, country } => {
            format!("{}{}", taxed("dividend", gross, withheld), from(country))
        }
        Event::Withholding { amount, country } => {
            format!("withholding {}{}", money(amount), from(country))
        }
        Event::Interest { gross, withheld } => taxed("interest", gross, withheld),
        Event::Fee { amount } => format!("fee {}", money(amount)),
        Event::Split(ratio) => {
            format!("split {} new for {} old", ratio.new.normalize(), ratio.old.normalize())
        }
        Event::SplitAdded { added } => format!("split that adds {}", added.normalize()),
        Event::TransferOut { quantity, .. } => format!("transfer out {}", quantity.normalize()),
        Event::TransferIn { quantity, .. } => format!("transfer in {}", quantity.normalize()),
        Event::Rename { to } => format!("rename to {}", label(statement, *to)),
        Event::Derivative { result, country } => {
            format!("derivative {}{}", money(result), from(country))
        }
        Event::CryptoBuy { cost, fee } => {
            format!("crypto buy {} fee {}", money(cost), money(fee))
        }
        Event::CryptoSell { revenue, fee } => {
            format!("crypto sell {} fee {}", money(revenue), money(fee))
        }
        Event::Block => "block".to_owned(),
    }
}

fn render_trade(name: &str, trade: &Trade) -> String {
    let mut text = format!("{name} {} for {}", trade.quantity.normalize(), money(&trade.gross));
    if !trade.commission.is_zero() {
        write!(text, " commission {}", money(&trade.commission)).unwrap();
    }
    for charge in trade.charges() {
        write!(text, " charge {}", money(charge)).unwrap();
    }
    if let Some(day) = trade.settled_on() {
        write!(text, " settled {day}").unwrap();
    }
    text
}

fn money(money: &Money) -> String {
    format!("{} {}", money.amount.normalize(), money.currency)
}

fn label(statement: &Statement, instrument: InstrumentIx) -> String {
    let found = statement.instruments.get(usize::try_from(instrument.0).unwrap());
    found.map_or("cash".to_owned(), |found| found.label().to_owned())
}

mod never_panics {
    use proptest::prelude::*;

    use super::*;

    /// Pieces from which plausible and damaged cells are made.
    fn cell() -> impl Strategy<Value = String> {
        prop_oneof![
            4 => proptest::sample::select(vec![
                "", "2024-01-15", "2024-01-15 01:30:00", "15.01.2024", "02/03/2024", "Market buy",
                "buy", "Stock split open", "Stock split close", "Dividend (Ordinary)", "split",
                "Commission", "US0378331005", "10", "-1", "1,5", "1,234", "0", "USD", "GBX", "PLN",
                "79228162514264337593543950335", "1:3", "\"", "'=1", "5 zł", "Stock purchase",
                "Stock sale", "close trade", "commission", "DIVIDENT", "OPEN BUY 1/2 @ 3", "AAPL.US",
                "CLOSE BUY 2 @ 3", "Withholding Tax", "AAPL.US split 10 for 1", "Total", "-5", "swap",
                "15/01/2024 15:00:00", "Stocks", "CFD", "Crypto", "Sell Apple", "BTC", "EUR",
                "Fee", "trade", "TRADING", "SELL", "CASH", "DIVIDEND", "Executed", "Distribution",
                "Cryptocurrency", "Bought 1 BTC for 5 EUR", "Convert", "1E-8", "Security transfer",
            ]).prop_map(str::to_owned),
            1 => "[ -~\u{0}éż\n;,]{0,8}",
        ]
    }

    fn file(header: &'static str, delimiter: char) -> impl Strategy<Value = String> {
        let width = header.split(delimiter).count();
        let row = prop::collection::vec(cell(), width..=width + 1);
        prop::collection::vec(row, 0..8).prop_map(move |rows| {
            let mut text = format!("{header}\n");
            for row in rows {
                text.push_str(&row.join(&delimiter.to_string()));
                text.push('\n');
            }
            text
        })
    }

    const T212: &str = "Action;Time;ISIN;Ticker;Name;No. of shares;Price / share;\
        Currency (Price / share);Total;Currency (Total);Withholding tax;\
        Currency (Withholding tax);Notes;ID;Stamp duty;Currency (Stamp duty)";
    const PIPE: &str = "Action|Time|ISIN|Ticker|Name|No. of shares|Price / share|Currency symbol|\
        Exchange rate|Result|Total|Notes";
    const TEMPLATE: &str = "date;time;settlement_date;type;ticker;isin;quantity;price;amount;\
        currency;fee;fee_currency;country;withheld;account;note";

    const BINANCE: &str = "User_ID;UTC_Time;Account;Operation;Coin;Change;Remark";
    const COINBASE: &str = "Timestamp;Transaction Type;Asset;Quantity Transacted;\
        Spot Price Currency;Spot Price at Transaction;Subtotal;Total (inclusive of fees);Fees;Notes";
    const KRAKEN: &str = "txid;refid;time;type;subtype;aclass;asset;amount;fee;balance";

    const BITPANDA: &str = "Transaction ID;Timestamp;Transaction Type;In/Out;Amount Fiat;Fiat;\
        Amount Asset;Asset;Asset market price;Asset class;Fee;Fee asset";
    const TRADE_REPUBLIC: &str = "datetime;category;type;asset_class;symbol;shares;price;amount;\
        fee;tax;currency;transaction_id";
    const SCALABLE: &str = "date;time;status;reference;description;assetType;type;isin;shares;\
        price;amount;fee;tax;currency";
    const LIGHTYEAR: &str = "Date;Reference;Ticker;ISIN;Type;Quantity;CCY;Price/share;\
        Gross Amount;FX Rate;Fee;Net Amt.;Tax Amt.";

    const XTB: &str = "ID;Type;Time;Comment;Symbol;Amount";
    const ETORO: &str =
        "Position ID;Action;Amount;Units;Open Date;Close Date;Leverage;Profit;Type;ISIN";

    fn check(text: &str) {
        let file = SourceFile::from_text(FileId(0), "PLN_1234567_x.csv", text);
        if let Detected::Format(format) = detect(&file) {
            let statement = format.read(&file);
            let rows = statement.rows;
            assert_eq!(rows.total, rows.used + rows.neutral + rows.duplicate + rows.unknown);
            let errors = statement.diagnostics.iter().filter(|found| found.row.is_some()).count();
            assert!(errors >= usize::try_from(rows.unknown).unwrap());
        }
    }

    /// A sample workbook with some of its cells replaced.
    fn damaged_workbook() -> impl Strategy<Value = SourceFile> {
        let samples: Vec<PathBuf> = samples()
            .into_iter()
            .filter(|path| path.extension().is_some_and(|ending| ending == "sheets"))
            .collect();
        let damage = prop::collection::vec((any::<prop::sample::Index>(), cell()), 1..6);
        (proptest::sample::select(samples), damage).prop_map(|(path, damage)| {
            let mut file = load(&path);
            for (place, cell) in damage {
                let sheet = place.get(&file.sheets).name.clone();
                let sheet = file.sheets.iter_mut().find(|other| other.name == sheet).unwrap();
                let mut cells: Vec<&str> = sheet.text.split(',').collect();
                let at = place.index(cells.len());
                cells.splice(at..=at, [cell.as_str()]);
                sheet.text = cells.join(",");
            }
            file
        })
    }

    /// Samples of the broker whose rows share findings.
    fn damaged() -> impl Strategy<Value = String> {
        let samples = vec![
            include_str!("statements/ibkr-flex/whole_year.xml"),
            include_str!("statements/ibkr-flex/framed_sections.csv"),
            include_str!("statements/ibkr-activity/whole_year.csv"),
            include_str!("statements/ibkr-transactions/base_currency_euro.csv"),
            include_str!("statements/exante/custom_report_english.tsv"),
            include_str!("statements/freedom24/json_current.json"),
            include_str!("statements/freedom24/trades_saved_by_polish_excel.csv"),
            include_str!("statements/schwab-awards/complete.csv"),
            include_str!("statements/schwab-awards/json.json"),
            include_str!("statements/schwab-brokerage/current.csv"),
            include_str!("statements/etrade-gains/collapsed_english.csv"),
            include_str!("statements/fidelity-stock-plan/history.csv"),
            include_str!("statements/saxo/transactions_english_and_dutch.csv"),
        ];
        let edits = prop::collection::vec((any::<prop::sample::Index>(), cell()), 1..6);
        (proptest::sample::select(samples), edits).prop_map(|(sample, edits)| {
            let mut characters: Vec<char> = sample.chars().collect();
            for (at, piece) in edits {
                let at = at.index(characters.len());
                let end = (at + piece.len()).min(characters.len());
                characters.splice(at..end, piece.chars());
            }
            characters.into_iter().collect()
        })
    }

    proptest! {
        #[test]
        fn on_damaged_statements_of_many_sections(text in damaged()) {
            let file = SourceFile::from_text(FileId(0), "x", text);
            if let Detected::Format(format) = detect(&file) {
                let rows = format.read(&file).rows;
                prop_assert_eq!(
                    rows.total,
                    rows.used + rows.neutral + rows.duplicate + rows.unknown
                );
            }
        }
    }

    proptest! {
        #[test]
        fn on_damaged_workbooks(file in damaged_workbook()) {
            if let Detected::Format(format) = detect(&file) {
                let rows = format.read(&file).rows;
                prop_assert_eq!(
                    rows.total,
                    rows.used + rows.neutral + rows.duplicate + rows.unknown
                );
            }
        }

        #[test]
        fn on_damaged_files(text in prop_oneof![
            file(T212, ';'), file(PIPE, '|'), file(TEMPLATE, ';'), file(XTB, ';'), file(ETORO, ';'), file(BINANCE, ';'), file(COINBASE, ';'),
            file(KRAKEN, ';'), file(BITPANDA, ';'), file(TRADE_REPUBLIC, ';'),
            file(SCALABLE, ';'), file(LIGHTYEAR, ';'), ".{0,200}",
        ]) {
            check(&text);
        }
    }
}
