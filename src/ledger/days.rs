//! The days of a trade that several files tell: one may know the day of settlement and the exchange's day,
//! the other only the broker's clock. Which file comes first must not decide the year.

use jiff::civil::Date;

use super::Ledger;
use crate::statement::{Code, Diagnostic, Event, Trade, Transaction};

/// Better days of events, found while files are compared.
#[derive(Debug, Default)]
pub(super) struct Days {
    better: Vec<(usize, Known)>,
    findings: Vec<Diagnostic>,
}

/// What a file knows of a trade's days; what knows more is greater, and of two days the later.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Known {
    settled_on: Option<Date>,
    day: Date,
    millisecond: u32,
}

impl Known {
    fn of(transaction: &Transaction) -> Option<Self> {
        let Transaction { day, millisecond, .. } = *transaction;
        Some(Self { settled_on: trade(&transaction.event)?.settled_on(), day, millisecond })
    }

    fn days(self) -> (Option<Date>, Date) {
        (self.settled_on, self.day)
    }

    /// Whether both tell days that cannot both be right.
    fn contradicts(self, other: Self) -> bool {
        let settled = self.settled_on.zip(other.settled_on);
        self.day != other.day || settled.is_some_and(|(one, other)| one != other)
    }
}

impl Days {
    /// Compares two tellings of one event, of which the first is to be kept.
    pub(super) fn compare(
        &mut self,
        ledger: &Ledger,
        at: usize,
        first: &Transaction,
        again: &Transaction,
    ) {
        let Some((one, other)) = Known::of(first).zip(Known::of(again)) else { return };
        let best = if other.days() > one.days() { other } else { one };
        if one.contradicts(other) {
            let place = format!("{}: {}", ledger.file_name(first.source.file), first.source.row);
            let finding = Diagnostic::at(Code::DuplicateDay, again.source);
            self.findings.push(finding.found("", best.day.to_string()).detail(place));
        }
        if best != one {
            self.better.push((at, best));
        }
    }

    /// Gives the events that are kept the days that the others told.
    pub(super) fn tell(self, ledger: &mut Ledger) {
        ledger.diagnostics.extend(self.findings);
        for (at, known) in self.better {
            let Some(transaction) = ledger.transactions.get_mut(at) else { continue };
            // A third file may have told more yet.
            if Known::of(transaction).is_some_and(|so_far| known.days() > so_far.days()) {
                transaction.day = known.day;
                transaction.millisecond = known.millisecond;
                settle(&mut transaction.event, known.settled_on);
            }
        }
    }
}

fn trade(event: &Event) -> Option<&Trade> {
    let (Event::Buy(trade)
    | Event::Sell(trade)
    | Event::OpenShort(trade)
    | Event::CloseShort(trade)) = event
    else {
        return None;
    };
    Some(trade)
}

fn settle(event: &mut Event, on: Option<Date>) {
    if let Event::Buy(trade)
    | Event::Sell(trade)
    | Event::OpenShort(trade)
    | Event::CloseShort(trade) = event
    {
        trade.settle_on(on);
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rust_decimal::Decimal;

    use crate::ledger::{Input, Ledger, merge};
    use crate::money::{Currency, Money};
    use crate::statement::{Code, Event, FileId, StatementBuilder, Trade, Transaction};

    use super::*;

    fn sale(file: u32, day: Date, settled_on: Option<Date>) -> Input {
        let mut builder = StatementBuilder::new(FileId(file), "test");
        let account = builder.account("U1");
        let instrument = builder.instrument(None, "ZZA", "");
        let money = |units: i64| Money::new(Decimal::from(units), Currency::USD);
        let trade = Trade::new(Decimal::TEN, money(400), money(6)).settling_on(settled_on);
        let source = builder.source(2);
        builder.push(Transaction {
            source,
            key: Some(builder.key("test", b"1")),
            account,
            instrument,
            day,
            millisecond: 0,
            event: Event::Sell(trade),
        });
        builder.used();
        Input::untagged(format!("{file}.csv"), builder.finish())
    }

    fn told(ledger: &Ledger) -> (Date, Option<Date>, Vec<Code>) {
        let [only] = ledger.transactions.as_slice() else { panic!() };
        let codes = ledger.diagnostics.iter().map(|found| found.code).collect();
        (only.day, trade(&only.event).unwrap().settled_on(), codes)
    }

    #[test]
    fn the_order_of_files_does_not_decide_the_days() {
        let (clock, exchange, settled) =
            (date(2024, 12, 29), date(2024, 12, 30), Some(date(2025, 1, 2)));
        let expected = (exchange, settled, vec![Code::DuplicateDay]);
        let one = merge(vec![sale(0, clock, None), sale(1, exchange, settled)]);
        assert_eq!(told(&one), expected);
        let other = merge(vec![sale(0, exchange, settled), sale(1, clock, None)]);
        assert_eq!(told(&other), expected);
    }

    #[test]
    fn a_day_of_settlement_is_taken_over_without_a_word() {
        let (day, settled) = (date(2024, 12, 30), Some(date(2025, 1, 2)));
        let ledger = merge(vec![sale(0, day, None), sale(1, day, settled), sale(2, day, None)]);
        assert_eq!(told(&ledger), (day, settled, vec![]));
    }
}
