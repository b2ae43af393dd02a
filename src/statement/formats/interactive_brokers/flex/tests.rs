//! Whole queries, written by hand. Expected figures are those of the rows.

use super::*;
use crate::statement::{Detected, FileId, detect};

fn query(kind: &str, rows: &str) -> SourceFile {
    let text = format!(
        "<FlexQueryResponse queryName=\"q\" type=\"{kind}\"><FlexStatements count=\"1\">\
         <FlexStatement accountId=\"U0000001\" fromDate=\"20240101\" toDate=\"20241231\">\n{rows}\n\
         </FlexStatement></FlexStatements></FlexQueryResponse>\n"
    );
    SourceFile::from_text(FileId(0), "q.xml", text)
}

fn codes(read: &Statement) -> Vec<Code> {
    read.diagnostics.iter().map(|found| found.code).collect()
}

const TRADE: &str = "<Trade accountId=\"U0000001\" currency=\"USD\" assetCategory=\"STK\" \
    symbol=\"ZZA\" conid=\"1001\" isin=\"US0378331005\" dateTime=\"20240115;103000\" quantity=\"2\" \
    tradePrice=\"10\" ibCommission=\"-1\" buySell=\"BUY\" levelOfDetail=\"EXECUTION\" />";

#[test]
fn trade_confirmations_are_the_wrong_query() {
    assert!(matches!(detect(&query("TCF", TRADE)), Detected::Wrong(_)));
    assert!(matches!(detect(&query("AF", TRADE)), Detected::Format(_)));
}

#[test]
fn executions_alone_are_counted_and_orders_go_before_them() {
    let order = TRADE.replace("EXECUTION", "ORDER").replace("<Trade", "<Order");
    for rows in [TRADE.to_owned(), format!("{TRADE}{order}"), format!("{order}{TRADE}{TRADE}")] {
        let read = FlexQuery.read(&query("AF", &rows));
        assert_eq!((read.rows.used, read.rows.unknown), (1, 0), "{rows}");
        assert_eq!(codes(&read), []);
    }
}

#[test]
fn a_missing_column_is_told_once_and_its_rows_are_unknown() {
    let row = TRADE.replace("tradePrice=\"10\" ", "");
    let read = FlexQuery.read(&query("AF", &format!("{row}{row}")));
    assert_eq!((read.rows.total, read.rows.unknown), (2, 2));
    assert_eq!(codes(&read), [Code::MissingColumn]);
}

#[test]
fn a_file_that_breaks_off_is_told() {
    let whole = query("AF", TRADE);
    let text = &whole.first_sheet().unwrap().text;
    let cut = text.get(..text.len() - 60).unwrap();
    let read = FlexQuery.read(&SourceFile::from_text(FileId(0), "q.xml", cut));
    assert_eq!(codes(&read), [Code::Truncated]);
}

#[test]
fn a_sale_without_a_minus_is_a_sale_by_its_side() {
    let row = TRADE.replace("\"BUY\"", "\"SELL\"");
    let read = FlexQuery.read(&query("AF", &row));
    let [transaction] = read.transactions.as_slice() else { panic!("{read:?}") };
    assert!(matches!(transaction.event, crate::statement::Event::Sell(_)));
}

#[test]
fn a_bill_that_falls_due_blocks_the_bill_that_was_bought() {
    let bought = TRADE
        .replace("\"STK\"", "\"BILL\"")
        .replace("\"ZZA\"", "\"B 0 03/15/24\"")
        .replace("tradePrice", "proceeds=\"-1.98\" tradePrice");
    let due = "<CorporateAction accountId=\"U0000001\" currency=\"USD\" assetCategory=\"BILL\" \
        symbol=\"B 0 03/15/24\" conid=\"1001\" isin=\"US0378331005\" reportDate=\"20240314\" \
        dateTime=\"20240314;202500\" amount=\"-2\" proceeds=\"2\" quantity=\"-2\" type=\"TM\" \
        description=\"(US0378331005) TBILL MATURITY (B 0 03/15/24, B 0 03/15/24, US0378331005)\" />";
    let read = FlexQuery.read(&query("AF", &format!("{bought}{due}")));
    let [buy, block] = read.transactions.as_slice() else { panic!("{:?}", read.transactions) };
    assert!(matches!(block.event, crate::statement::Event::Block), "{block:?}");
    assert_eq!(block.instrument, buy.instrument);
    assert_eq!(codes(&read), [Code::BondRedeemed]);
    let [repair] = read.repairs.as_slice() else { panic!("{:?}", read.repairs) };
    assert!(repair.cells.contains(&("type", "interest".to_owned())), "{repair:?}");
}
