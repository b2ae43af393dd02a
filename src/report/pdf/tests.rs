//! The whole report, as bytes.

use super::*;
use crate::{
    lang::Lang,
    report::fixture::{Fixture, look},
};

#[test]
fn the_same_input_gives_the_same_bytes() {
    let fixture = Fixture::small();
    let bytes = render(&fixture.input()).unwrap();
    assert!(bytes.starts_with(b"%PDF-"));
    assert_eq!(bytes, render(&fixture.input()).unwrap());
    look("small.pdf", &bytes);
}

#[test]
fn english_and_empty_reports_render() {
    let mut fixture = Fixture::small();
    fixture.lang = Lang::En;
    look("small-en.pdf", &render(&fixture.input()).unwrap());
    fixture.assessment = crate::tax::Assessment::default();
    fixture.ledger = crate::ledger::Ledger::default();
    look("empty.pdf", &render(&fixture.input()).unwrap());
}

#[test]
fn two_hundred_disposals_are_all_shown_and_five_thousand_are_summed() {
    let typical = render(&Fixture::generated(200).input()).unwrap();
    let huge = render(&Fixture::generated(5_000).input()).unwrap();
    look("typical.pdf", &typical);
    look("huge.pdf", &huge);
    assert!(huge.len() < typical.len() * 2, "{} and {}", huge.len(), typical.len());
}
