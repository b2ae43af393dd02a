//! What every [`RateStore`] must keep, checked alike for each of them.

use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use crate::{
    days,
    money::Currency,
    ports::RateStore,
    rates::{RateTable, Spans, TableKind, testing},
};

/// Runs the whole contract on an empty store.
pub(super) async fn check(store: &dyn RateStore) {
    an_empty_store_knows_nothing(store).await;
    spans_merge_and_loads_are_clipped(store).await;
    saving_again_changes_nothing(store).await;
    a_rate_that_changed_is_refused_whole(store).await;
    partial_tables_grow(store).await;
    coverage_is_the_union_of_what_was_saved(store).await;
}

async fn load(
    store: &dyn RateStore,
    from: Date,
    through: Date,
) -> (Vec<RateTable>, Vec<(Date, Date)>) {
    let stored = store.load(TableKind::A, from, through).await.unwrap();
    (stored.tables, stored.covered)
}

async fn an_empty_store_knows_nothing(store: &dyn RateStore) {
    let (tables, covered) = load(store, date(2002, 1, 1), date(2030, 1, 1)).await;
    assert!(tables.is_empty() && covered.is_empty());
}

async fn spans_merge_and_loads_are_clipped(store: &dyn RateStore) {
    let (q1, q2) = ((date(2024, 1, 1), date(2024, 3, 31)), (date(2024, 4, 1), date(2024, 6, 30)));
    for (from, through) in [q2, q1] {
        let tables = testing::published(TableKind::A, from, through);
        store.save(TableKind::A, from, through, &tables).await.unwrap();
    }
    // A quarter without tables is covered as well, and kinds do not mix.
    store.save(TableKind::A, date(2024, 10, 1), date(2024, 10, 2), &[]).await.unwrap();
    store.save(TableKind::B, date(2024, 7, 1), date(2024, 9, 30), &[]).await.unwrap();
    let (tables, covered) = load(store, date(2024, 3, 28), date(2024, 12, 31)).await;
    let expected = testing::published(TableKind::A, date(2024, 3, 28), date(2024, 6, 30));
    assert_eq!(tables, expected);
    let spans = [(date(2024, 3, 28), date(2024, 6, 30)), (date(2024, 10, 1), date(2024, 10, 2))];
    assert_eq!(covered, spans);
}

async fn saving_again_changes_nothing(store: &dyn RateStore) {
    let (from, through) = (date(2024, 1, 1), date(2024, 6, 30));
    let before = load(store, from, through).await;
    let tables = testing::published(TableKind::A, from, through);
    store.save(TableKind::A, from, through, &tables).await.unwrap();
    assert_eq!(load(store, from, through).await, before);
}

async fn a_rate_that_changed_is_refused_whole(store: &dyn RateStore) {
    let (from, through) = (date(2024, 6, 24), date(2024, 7, 5));
    let before = load(store, from, through).await;
    let mut tables = testing::published(TableKind::A, from, through);
    tables[0].mids[0].1 += Decimal::ONE;
    assert!(store.save(TableKind::A, from, through, &tables).await.is_err());
    assert_eq!(load(store, from, through).await, before);
}

async fn partial_tables_grow(store: &dyn RateStore) {
    let day = date(2024, 10, 2);
    let whole = testing::published(TableKind::A, day, day);
    let mut part = whole.clone();
    part[0].mids.retain(|(currency, _)| *currency == Currency::USD);
    store.save(TableKind::A, day, day, &part).await.unwrap();
    store.save(TableKind::A, day, day, &whole).await.unwrap();
    assert_eq!(load(store, day, day).await.0[0].mids.len(), whole[0].mids.len());
}

async fn coverage_is_the_union_of_what_was_saved(store: &dyn RateStore) {
    let mut expected = Spans::default();
    // Touching, overlapping, inside, apart, bridging.
    for (start, length) in [(10, 4), (15, 2), (30, 5), (32, 1), (33, 9), (60, 0), (17, 13), (61, 1)]
    {
        let first = days::day_number(date(2026, 1, 1)) + start;
        let (from, through) = (days::from_day_number(first), days::from_day_number(first + length));
        store.save(TableKind::A, from, through, &[]).await.unwrap();
        expected.insert(from, through);
        let (_, covered) = load(store, date(2026, 1, 1), date(2026, 12, 31)).await;
        assert_eq!(covered, expected.iter().collect::<Vec<_>>());
    }
}
