//! Mergers in the cash account: shares taken for money are a sale, which the list of transactions tells;
//! shares taken for shares are not settled.

use jiff::civil::Date;

use crate::statement::{
    AccountIx, Code, Diagnostic, Expected, ExpectedKind, InstrumentIx, StatementBuilder,
};

/// One leg: `MERGER: Sell 10 TARGET CORP@75 USD (…)`.
#[derive(Debug)]
pub(super) struct MergerLeg {
    pub row: u32,
    pub day: Date,
    pub sells: bool,
    pub instrument: InstrumentIx,
    /// The description, for messages.
    pub text: String,
    /// For the repair template.
    pub cells: Vec<(&'static str, String)>,
}

/// How long after the old shares the new ones may arrive.
const ARRIVAL_DAYS_MAX: i32 = 14;

/// Decides when all legs of the file are known, and counts their rows.
pub(super) fn settle(
    legs: Vec<MergerLeg>,
    account: AccountIx,
    report: &'static str,
    builder: &mut StatementBuilder,
) {
    let arrivals: Vec<Date> = legs.iter().filter(|leg| !leg.sells).map(|leg| leg.day).collect();
    let near = |one: Date, other: Date| {
        one.since(other).is_ok_and(|span| span.get_days().abs() <= ARRIVAL_DAYS_MAX)
    };
    for leg in legs {
        let MergerLeg { row, day, instrument, .. } = leg;
        let source = builder.source(row);
        if leg.sells && !arrivals.iter().any(|arrival| near(day, *arrival)) {
            let kind = ExpectedKind::Trade;
            builder.expect(Expected { source, account, instrument, day, kind, report });
            builder.neutral();
            continue;
        }
        let finding = Diagnostic::at(Code::UnsettledAction, source).found("", leg.text);
        builder.diagnose(finding.detail("shares for shares"));
        builder.unknown();
        builder.repair(row, leg.cells);
        builder.block(account, instrument, day, row);
    }
}
