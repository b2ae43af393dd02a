//! Both reports together, and files that are something else.

use proptest::prelude::*;

use super::{DegiroAccount, DegiroTransactions};
use crate::ledger::{Input, Ledger, merge};
use crate::statement::{Code, Detected, Event, FileId, SourceFile, StatementFormat, detect};

const TRADES: &str = "Date,Time,Product,ISIN,Reference exchange,Venue,Quantity,Price,,Local value,,\
    Value,,Exchange rate,Transaction and/or third party costs,,Total,,Order ID\n\
    04-04-2024,09:15,ALPHA CORP,US0378331005,NDQ,XNAS,10,100.0000,USD,-1000.00,USD,-930.00,EUR,1.0753,\
    -2.00,EUR,-932.00,EUR,order-1\n";

const CASH: &str = "Date,Time,Value date,Product,ISIN,Description,FX,Change,,Balance,,Order Id\n\
    03-04-2024,09:15,03-04-2024,ALPHA CORP,US0378331005,Buy 10 ALPHA CORP@100 USD (US0378331005),,\
    USD,-1000.00,USD,0.00,order-1\n\
    15-05-2024,07:00,14-05-2024,ALPHA CORP,US0378331005,Dividend,,USD,2.50,USD,2.50,\n";

fn file(id: u32, text: &str) -> SourceFile {
    SourceFile::from_text(FileId(id), "x.csv", text)
}

fn ledger(texts: &[&str]) -> Ledger {
    let inputs = texts.iter().zip(0_u32..).map(|(text, id)| {
        let file = file(id, text);
        let Detected::Format(format) = detect(&file) else { panic!("{text}") };
        Input::untagged(format.id().to_owned(), format.read(&file))
    });
    merge(inputs.collect())
}

fn buys(ledger: &Ledger) -> usize {
    ledger.transactions.iter().filter(|event| matches!(event.event, Event::Buy(_))).count()
}

#[test]
fn trades_of_both_reports_count_once_in_any_order() {
    for texts in [[TRADES, CASH], [CASH, TRADES]] {
        let ledger = ledger(&texts);
        assert_eq!((buys(&ledger), ledger.transactions.len()), (1, 2));
        assert!(ledger.diagnostics.is_empty() && ledger.gaps.is_empty());
        assert_eq!(ledger.accounts, ["DEGIRO"]);
    }
}

#[test]
fn the_account_alone_asks_for_the_transactions() {
    let ledger = ledger(&[CASH]);
    assert_eq!(buys(&ledger), 0);
    let [finding] = &ledger.diagnostics[..] else { panic!("{:?}", ledger.diagnostics) };
    assert_eq!((finding.code, finding.value.as_str()), (Code::MissingReport, "Transactions.csv"));
    assert_eq!(finding.detail, "1: 2024-04-03");
}

/// 100.00 − 1.50 + 10.00 is 108.50; without the row of the tax, 10.00 of changes do not come to 8.50.
#[test]
fn a_row_missing_in_the_middle_shows_in_the_balances() {
    let whole = "Date,Time,Value date,Product,ISIN,Description,FX,Change,,Balance,,Order Id\n\
        03-01-2025,06:32,31-12-2024,ALPHA CORP,US0378331005,Dividend,,USD,10.00,USD,108.50,\n\
        02-01-2025,06:32,31-12-2024,ALPHA CORP,US0378331005,Dividend Tax,,USD,-1.50,USD,98.50,\n\
        02-01-2025,06:31,31-12-2024,ALPHA CORP,US0378331005,Dividend,,USD,10.00,USD,100.00,\n";
    let differs = |text: &str| {
        let statement = DegiroAccount.read(&file(0, text));
        let found = statement.diagnostics.iter().find(|found| found.code == Code::TotalDiffers);
        found.map(|found| (found.value.clone(), found.detail.clone()))
    };
    assert_eq!(differs(whole), None);
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let lacking = [lines[0], lines[1], lines[3]].concat();
    assert_eq!(differs(&lacking), Some(("18.5 USD".to_owned(), "20 USD".to_owned())));
    let sorted_anew = [lines[0], lines[3], lines[1]].concat();
    assert_eq!(differs(&sorted_anew), None);
}

#[test]
fn one_trade_in_two_generations_counts_once() {
    let early = "Date,Time,Product,ISIN,Exchange,Number,,Price,,Local value,,Value,Exchange rate,,Fee,,\
        Total,Order ID\n04-04-2024,09:15,ALPHA CORP,US0378331005,NDQ,10,USD,100.0000,USD,-1000.00,EUR,\
        -930.00,1.0753,EUR,-2.00,EUR,-932.00,order-1\n";
    let late = "Data,Czas,Produkt,ISIN,Giełda referencyjna,Miejsce wykonania,Liczba,Kurs,,Wartość lokalna,,\
        Wartość EUR,Kurs wymiany,Opłaty AutoFX,Opłata transakcyjna,Razem EUR,Identyfikator zlecenia,\n\
        04-04-2024,09:15,ALPHA CORP,US0378331005,NDQ,XNAS,10,\"100,0000\",USD,\"-1000,00\",USD,\
        \"-930,00\",\"1,0753\",\"0,00\",\"-2,00\",\"-932,00\",,order-1\n";
    assert_eq!(buys(&ledger(&[early, TRADES, late])), 1);
}

#[test]
fn equal_fills_of_one_minute_are_two() {
    let row = TRADES.lines().nth(1).unwrap();
    assert_eq!(buys(&ledger(&[&format!("{TRADES}{row}\n")])), 2);
}

#[test]
fn the_portfolio_is_the_wrong_report() {
    let text = "Produkt,Symbol/ISIN,Suma,Kurs,Lokalna wartość,,Wartość w EUR\nALPHA,US0378331005,1,1,EUR,1,1\n";
    assert!(matches!(detect(&file(0, text)), Detected::Wrong(_)));
}

#[test]
fn a_company_called_bright_is_no_right() {
    let rows = "Date,Time,Product,ISIN,Reference exchange,Venue,Quantity,Price,,Local value,,Value,,\
        Exchange rate,Transaction and/or third party costs,,Total,,Order ID\n\
        04-04-2024,00:00,BRIGHT CORP,US0378331005,NDQ,,5,0,USD,0,USD,0,EUR,,,,0,EUR,\n";
    let found = ledger(&[rows]);
    assert_eq!((buys(&found), found.diagnostics.len()), (0, 1));
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => proptest::sample::select(vec![
            "", "03-04-2024", "09:15", "25:00", "ALPHA CORP", "US0378331005", "10", "-10", "0", "1,5",
            "100.0000", "-1000.00", "USD", "GBX", "NO", "Dividend", "Dividend Tax", "order-1",
            "STOCK SPLIT: Buy 1 A@1 USD", "MERGER: Sell", "Odsetki", "\"",
            "79228162514264337593543950335",
        ]).prop_map(str::to_owned),
        1 => "[ -~\u{0}éż\n;,]{0,8}",
    ]
}

proptest! {
    #[test]
    fn damaged_files_never_panic_and_rows_add_up(
        rows in prop::collection::vec(prop::collection::vec(cell(), 8..21), 0..8),
    ) {
        let formats: [(&dyn StatementFormat, &str); 2] =
            [(&DegiroTransactions, TRADES), (&DegiroAccount, CASH)];
        for (format, sample) in formats {
            let mut text = sample.to_owned();
            for row in &rows {
                text.push_str(&row.join(","));
                text.push('\n');
            }
            let statement = format.read(&file(0, &text));
            let taken = statement.rows;
            prop_assert_eq!(
                taken.total,
                taken.used + taken.neutral + taken.duplicate + taken.unknown
            );
            let found = statement.diagnostics.iter().filter(|found| found.row.is_some()).count();
            prop_assert!(found >= usize::try_from(taken.unknown).unwrap());
        }
    }
}

#[test]
fn a_language_without_names_of_ours_is_recognised_by_its_shape() {
    let trades = "Dato,Tid,Produkt,ISIN,Handelsplads,Udførelsessted,Antal,Pris,,Lokal værdi,,Værdi,,Kurs,Gebyr,,I alt,,\
        Ordre-id\n04-04-2024,09:15,ALPHA CORP,US0378331005,NDQ,XNAS,10,\"100,0000\",USD,\"-1000,00\",USD,\"-930,00\",EUR,\
        \"1,0753\",\"-2,00\",EUR,\"-932,00\",EUR,a\n";
    let cash = "Dato,Tid,Valørdato,Produkt,ISIN,Tekst,Kurs,Bevægelse,,Saldo,,Ordre-id\n\
        15-05-2024,07:00,14-05-2024,ALPHA CORP,US0378331005,Udbytte,,USD,\"2,50\",USD,\"2,50\",\n";
    for (text, id) in [(trades, "degiro-transactions"), (cash, "degiro-account")] {
        let Detected::Wrong(format) = detect(&file(0, text)) else { panic!("{text}") };
        assert_eq!(format.id(), id);
    }
}

/// Cash that a merger pays besides shares is part of it, and fees for moving shares are shown: 10 + 1 are 11.
#[test]
fn cash_of_a_merger_is_unsettled_and_fees_of_a_transfer_are_left_out() {
    let text = "Date,Time,Value date,Product,ISIN,Description,FX,Change,,Balance,,Order Id\n\
        06-06-2023,11:57,02-06-2023,ALPHA CORP,US0378331005,Corporate Action Cash Settlement Stock,,USD,513.00,\
        USD,513.00,\n\
        05-06-2023,07:00,05-06-2023,,,Transfer Fee for securities,,EUR,-10.00,EUR,-11.00,\n\
        05-06-2023,06:00,05-06-2023,,,Transfer Out Fee,,EUR,-1.00,EUR,-1.00,\n";
    let statement = DegiroAccount.read(&file(0, text));
    let found: Vec<_> =
        statement.diagnostics.iter().map(|found| (found.code, found.value.as_str())).collect();
    let [action, fees] = &found[..] else { panic!("{found:?}") };
    assert_eq!(action.0, Code::UnsettledAction);
    assert_eq!(*fees, (Code::ChargesLeftOut, "11 EUR"));
    let blocks = statement.transactions.iter().filter(|event| matches!(event.event, Event::Block));
    assert_eq!(blocks.count(), 1);
}
