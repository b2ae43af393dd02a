//! Invariants of the calculation (tax-law §4.5), on random histories.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed helper should panic")]

use std::sync::LazyLock;

use investtax::{
    ledger::{Input, Ledger, merge},
    money::{Currency, Money, Pln},
    rates::RateBook,
    statement::{
        Event, EventKey, FileId, FileTag, Isin, SplitRatio, StatementBuilder, Trade, Transaction,
    },
    tax::{Assessment, Basis, Disposal, Options, assess},
};
use jiff::{
    ToSpan,
    civil::{Date, date},
};
use proptest::prelude::*;
use rust_decimal::Decimal;

const START: Date = date(2023, 1, 2);

/// One purchase, or a sale of a share of what is held.
#[derive(Clone, Copy, Debug)]
enum Step {
    Buy { thousandths: i64, cents: i64 },
    Sell { percent: i64, cents: i64 },
}

#[derive(Clone, Debug)]
struct Row {
    isin: &'static str,
    day: Date,
    event: Event,
}

fn steps() -> impl Strategy<Value = Vec<(usize, i32, Step)>> {
    let buy = (1_i64..500_000, 1_i64..100_000_000)
        .prop_map(|(thousandths, cents)| Step::Buy { thousandths, cents });
    let sell = (1_i64..=100, 1_i64..100_000_000)
        .prop_map(|(percent, cents)| Step::Sell { percent, cents });
    prop::collection::vec((0_usize..3, 0_i32..9, prop_oneof![3 => buy, 2 => sell]), 1..40)
}

const ISINS: [&str; 3] = ["US0378331005", "IE00B4L5Y983", "PLKGHM000017"];

/// Rows in time order that never sell more than is held.
fn rows(steps: &[(usize, i32, Step)]) -> Vec<Row> {
    let mut held = [Decimal::ZERO; 3];
    let mut day = START;
    let mut rows = Vec::new();
    for &(which, gap, step) in steps {
        day = day.checked_add((gap * 7).days()).unwrap();
        let (quantity, cents, buying) = match step {
            Step::Buy { thousandths, cents } => (Decimal::new(thousandths, 3), cents, true),
            Step::Sell { percent, cents } => {
                ((held[which] * Decimal::new(percent, 2)).round_dp(3), cents, false)
            }
        };
        if quantity.is_zero() || (!buying && quantity > held[which]) {
            continue;
        }
        held[which] += if buying { quantity } else { -quantity };
        let trade = Trade::new(
            quantity,
            Money::new(Decimal::new(cents, 2), Currency::USD),
            Money::new(Decimal::new(cents % 700, 2), Currency::EUR),
        );
        rows.push(Row {
            isin: ISINS[which],
            day,
            event: if buying { Event::Buy(trade) } else { Event::Sell(trade) },
        });
    }
    rows
}

fn ledger(rows: &[Row]) -> Ledger {
    let mut builder = StatementBuilder::new(FileId(0), "test");
    let account = builder.account("a");
    for (place, row) in rows.iter().enumerate() {
        let instrument = builder.instrument(Some(Isin::parse(row.isin).unwrap()), "", "");
        let source = builder.source(u32::try_from(place + 2).unwrap());
        let key: Option<EventKey> = None;
        builder.push(Transaction {
            source,
            key,
            account,
            instrument,
            day: row.day,
            millisecond: 0,
            event: row.event.clone(),
        });
        builder.used();
    }
    merge(vec![Input {
        name: "test.csv".to_owned(),
        tag: FileTag::default(),
        statement: builder.finish(),
    }])
}

/// The same rows on two accounts: from `day` on the second, to which a share of all that is held goes then.
fn moved(rows: &[Row], day: Date, percent: i64) -> Assessment {
    let mut builders = [0, 1].map(|file| StatementBuilder::new(FileId(file), "test"));
    let mut held = [Decimal::ZERO; 3];
    let mut push = |which: usize, row: Row| {
        let builder = &mut builders[which];
        let account = builder.account(["a", "b"][which]);
        let instrument = builder.instrument(Some(Isin::parse(row.isin).unwrap()), "", "");
        let source = builder.source(2);
        let Row { day, event, .. } = row;
        let (key, millisecond) = (None, 0);
        builder.push(Transaction { source, key, account, instrument, day, millisecond, event });
        builder.used();
    };
    for row in rows.iter().filter(|row| row.day < day) {
        let at = ISINS.iter().position(|isin| *isin == row.isin).unwrap();
        if let Event::Buy(trade) = &row.event {
            held[at] += trade.quantity;
        } else if let Event::Sell(trade) = &row.event {
            held[at] -= trade.quantity;
        }
        push(0, row.clone());
    }
    for (isin, held) in ISINS.into_iter().zip(held) {
        let quantity = (held * Decimal::new(percent, 2)).round_dp(3);
        if quantity.is_zero() {
            continue;
        }
        let left = Event::TransferOut { quantity, arrival: None };
        push(0, Row { isin, day: day.yesterday().unwrap(), event: left });
        push(1, Row { isin, day, event: Event::TransferIn { quantity, departure: None } });
    }
    for row in rows.iter().filter(|row| row.day >= day) {
        push(1, row.clone());
    }
    let inputs = builders.map(|builder| Input::untagged("test.csv", builder.finish()));
    let options = Options { basis: Basis::Settlement, ..Options::default() };
    assess(&merge(inputs.into()), &RATES, &options, date(2033, 1, 1))
}

/// Shares and cost of all that is left, whichever the account.
fn left(assessment: &Assessment) -> (Decimal, Pln) {
    let lots = &assessment.open_lots;
    (lots.iter().map(|lot| lot.quantity).sum(), lots.iter().filter_map(|lot| lot.cost).sum())
}

/// Flat rates: these laws do not depend on the day's rate.
static RATES: LazyLock<RateBook> = LazyLock::new(|| {
    let tables =
        [(Currency::USD, Decimal::new(39_871, 4)), (Currency::EUR, Decimal::new(43_219, 4))];
    RateBook::flat(&tables, date(2022, 12, 1), date(2032, 12, 31))
});

fn compute(rows: &[Row], basis: Basis) -> Assessment {
    assess(&ledger(rows), &RATES, &Options { basis, ..Options::default() }, date(2033, 1, 1))
}

fn totals(assessment: &Assessment) -> Vec<(i16, Pln, Pln)> {
    assessment
        .years
        .iter()
        .map(|year| (year.year, year.securities.revenue, year.securities.cost))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_return_adds_up(steps in steps()) {
        let assessment = compute(&rows(&steps), Basis::Settlement);
        prop_assert!(assessment.blocked.is_empty());
        for year in &assessment.years {
            let s = year.securities;
            prop_assert_eq!(s.revenue - s.cost, s.income - s.loss);
            prop_assert!(s.income.is_zero() || s.loss.is_zero());
            prop_assert!(year.crypto.income.is_zero() || year.crypto.costs_carried_out.is_zero());
            let of_year = assessment.disposals.iter().filter(|d| d.year == year.year);
            prop_assert_eq!(of_year.map(Disposal::gain).sum::<Pln>(), s.income - s.loss);
        }
        let slices: usize = assessment.disposals.iter().map(|sale| assessment.lots_of(sale).len()).sum();
        prop_assert_eq!(slices, assessment.lots.len());
        for disposal in &assessment.disposals {
            let lots = assessment.lots_of(disposal);
            let cost: Pln = lots.iter().map(|lot| lot.cost).sum();
            prop_assert_eq!(cost + disposal.sale_charges, disposal.cost);
            prop_assert_eq!(lots.iter().map(|lot| lot.quantity).sum::<Decimal>(), disposal.quantity);
            prop_assert!(lots.iter().all(|lot| lot.acquired_on <= disposal.traded_on));
        }
    }

    #[test]
    fn no_row_order_changes_the_tax(steps in steps(), seed in any::<u64>()) {
        let rows = rows(&steps);
        let mut shuffled = rows.clone();
        // A fixed permutation from the seed: proptest shrinks it with the rest.
        let mut state = seed | 1;
        for place in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(place, usize::try_from(state >> 33).unwrap() % (place + 1));
        }
        let (straight, mixed) = (compute(&rows, Basis::Trade), compute(&shuffled, Basis::Trade));
        prop_assert_eq!(totals(&straight), totals(&mixed));
        prop_assert_eq!(straight.open_lots.len(), mixed.open_lots.len());
    }

    #[test]
    fn a_purchase_after_the_last_sale_changes_nothing(steps in steps()) {
        let mut rows = rows(&steps);
        let before = compute(&rows, Basis::Settlement);
        let Some(last) = rows.last().map(|row| row.day) else { return Ok(()) };
        let trade = Trade::new(Decimal::TEN, Money::new(Decimal::ONE_HUNDRED, Currency::USD), Money::zero(Currency::USD));
        rows.push(Row { isin: ISINS[0], day: last.tomorrow().unwrap(), event: Event::Buy(trade) });
        prop_assert_eq!(totals(&before), totals(&compute(&rows, Basis::Settlement)));
    }

    #[test]
    fn a_split_between_purchases_and_sales_changes_nothing(steps in steps(), new in 2_i64..20) {
        let rows = rows(&steps);
        let ratio = SplitRatio { new: Decimal::from(new), old: Decimal::ONE };
        let day = date(2024, 6, 1);
        let mut scaled: Vec<Row> = rows.iter().cloned().map(|mut row| {
            if row.day >= day && let Event::Buy(trade) | Event::Sell(trade) = &mut row.event {
                trade.quantity *= ratio.new;
            }
            row
        }).collect();
        for isin in ISINS {
            scaled.push(Row { isin, day, event: Event::Split(ratio) });
        }
        prop_assert_eq!(totals(&compute(&rows, Basis::Settlement)), totals(&compute(&scaled, Basis::Settlement)));
    }

    #[test]
    fn halving_a_purchase_moves_at_most_a_grosz_per_slice(steps in steps()) {
        let whole = rows(&steps);
        let mut halves = Vec::new();
        for row in &whole {
            let Event::Buy(trade) = &row.event else { halves.push(row.clone()); continue };
            let halved = |money: Money| Money::new(money.amount / Decimal::TWO, money.currency);
            let half = Trade::new(trade.quantity / Decimal::TWO, halved(trade.gross), halved(trade.commission))
                .with_charges(trade.charges().iter().copied().map(halved))
                .settling_on(trade.settled_on());
            halves.extend([half.clone(), half].map(|trade| Row { event: Event::Buy(trade), ..row.clone() }));
        }
        let (one, two) = (compute(&whole, Basis::Settlement), compute(&halves, Basis::Settlement));
        // Each half rounds price and commission for itself, each slice its cut.
        let slices = one.lots.len() + two.lots.len();
        let tolerance = i64::try_from(2 * slices + 2 * halves.len()).unwrap();
        for (a, b) in totals(&one).iter().zip(totals(&two)) {
            prop_assert_eq!((a.0, a.1), (b.0, b.1));
            prop_assert!((a.2 - b.2).abs() <= Pln::from_grosze(tolerance));
        }
    }

    #[test]
    fn each_basis_is_the_other_s_other(steps in steps()) {
        let rows = rows(&steps);
        let (settlement, trade) = (compute(&rows, Basis::Settlement), compute(&rows, Basis::Trade));
        for year in &settlement.years {
            let other = year.other_basis.unwrap();
            let same = trade.years.iter().find(|found| found.year == year.year);
            let (income, loss) = same.map_or_else(Default::default, |y| (y.securities.income, y.securities.loss));
            prop_assert_eq!((other.income, other.loss), (income, loss));
        }
    }
    #[test]
    fn moving_everything_to_another_account_changes_nothing(steps in steps(), weeks in 0_i32..150) {
        let rows = rows(&steps);
        let day = START.checked_add((weeks * 7).days()).unwrap();
        let (stayed, moved) = (compute(&rows, Basis::Settlement), moved(&rows, day, 100));
        prop_assert!(moved.blocked.is_empty());
        prop_assert_eq!(totals(&stayed), totals(&moved));
        prop_assert_eq!(left(&stayed), left(&moved));
    }

    #[test]
    fn moving_a_part_keeps_all_shares_and_their_cost(steps in steps(), percent in 1_i64..100) {
        let rows = rows(&steps);
        let day = START.checked_add(3000.days()).unwrap();
        let (stayed, moved) = (compute(&rows, Basis::Settlement), moved(&rows, day, percent));
        prop_assert!(moved.blocked.is_empty());
        prop_assert_eq!(totals(&stayed), totals(&moved));
        prop_assert_eq!(left(&stayed), left(&moved));
        // First in, first out: what left is older than what stayed.
        for gone in moved.open_lots.iter().filter(|lot| lot.account.0 == 1) {
            let stayed = moved.open_lots.iter().filter(|lot| {
                lot.account.0 == 0 && lot.instrument == gone.instrument
            });
            prop_assert!(stayed.into_iter().all(|lot| lot.acquired_on >= gone.acquired_on));
        }
    }
}
