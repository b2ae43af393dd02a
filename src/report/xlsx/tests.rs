//! The workbook, read back.

use calamine::{Data, Reader, Xlsx};

use super::*;
use crate::{
    lang::Lang,
    report::fixture::{Fixture, look},
};

fn open(bytes: Vec<u8>) -> Xlsx<std::io::Cursor<Vec<u8>>> {
    Xlsx::new(std::io::Cursor::new(bytes)).unwrap()
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let fixture = Fixture::small();
    let bytes = render(&fixture.input()).unwrap();
    assert_eq!(bytes, render(&fixture.input()).unwrap());
    look("small.xlsx", &bytes);
    let typical = render(&Fixture::generated(200).input()).unwrap();
    look("typical.xlsx", &typical);
}

#[test]
fn text_that_looks_like_a_formula_stays_text() {
    let mut workbook = open(render(&Fixture::small().input()).unwrap());
    for name in workbook.sheet_names() {
        let formulas = workbook.worksheet_formula(&name).unwrap();
        for formula in formulas.rows().flatten() {
            assert!(!formula.contains("HYPERLINK") && !formula.contains("cmd"), "{formula}");
        }
    }
    let disposals = workbook.worksheet_range("Sprzedaże").unwrap();
    let cells: Vec<&Data> = disposals.rows().flatten().collect();
    assert!(cells.contains(&&Data::String("=HYPERLINK(\"http://x\")".to_owned())));
    assert!(cells.contains(&&Data::String("Zażółć gęślą jaźń S.A.".to_owned())), "no override");
}

#[test]
fn every_field_has_the_value_of_the_assessment_as_cached_result() {
    let fixture = Fixture::small();
    let mut workbook = open(render(&fixture.input()).unwrap());
    let sheet = workbook.worksheet_range("Pola PIT-38").unwrap();
    let cached = |number: u16| {
        let row = sheet.rows().find(|row| row[0] == Data::Float(f64::from(number))).unwrap();
        row[2].to_string().parse::<rust_decimal::Decimal>().unwrap()
    };
    let fields = &fixture.assessment.chosen().unwrap().fields;
    assert!(fields.len() > 15);
    for (&number, &(field, value)) in fields {
        assert_eq!(cached(number), value, "{number} {field:?}");
    }
    let formulas = workbook.worksheet_formula("Pola PIT-38").unwrap();
    assert!(formulas.rows().flatten().filter(|formula| !formula.is_empty()).count() >= 14);
}

#[test]
fn an_empty_assessment_gives_a_workbook_too() {
    let mut fixture = Fixture::small();
    fixture.lang = Lang::En;
    look("small-en.xlsx", &render(&fixture.input()).unwrap());
    fixture.assessment = crate::tax::Assessment::default();
    fixture.ledger = crate::ledger::Ledger::default();
    let bytes = render(&fixture.input()).unwrap();
    look("empty.xlsx", &bytes);
    assert_eq!(open(bytes).sheet_names().len(), 12);
}
