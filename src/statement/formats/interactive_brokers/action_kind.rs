//! What the description of a corporate action says (tax-law 2.4).
//!
//! Settled: splits, changes of identity, sales by law, rights that are given, shares set aside for a
//! tender offer, delistings. Share-for-share mergers are settled within the European Economic Area.
//! The rest is for a person.

use rust_decimal::Decimal;

use super::{cells, description};
use crate::statement::SplitRatio;

/// What a description says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Split(SplitRatio),
    Rename,
    /// A sale by law: cash per share, or cash for a fraction.
    CashSale {
        per_share: Option<Decimal>,
    },
    /// Shares of another company for each share, and nothing else.
    ShareMerger(SplitRatio),
    /// Shares that stand under another symbol while an offer for them runs.
    Tender,
    /// Rights to new shares, given for nothing.
    Rights,
    /// No longer traded, nothing paid: no disposal, so no cost yet.
    Delisted,
    /// Shares of a part of the company that becomes a company of its own.
    SpinOff,
    /// New shares instead of, or as, a dividend.
    StockDividend,
    Unsettled,
}

/// The identifiers before and after an action that only changes the identity or the count.
pub(super) fn identities(text: &str) -> Option<(&str, &str)> {
    let subject = description::subject(text)?;
    let (_, target) = description::target(text)?;
    match Kind::of(text) {
        Kind::Rename => Some((subject.id, renamed_to(text).unwrap_or(target.id))),
        Kind::Split(_) => Some((subject.id, target.id)),
        Kind::CashSale { .. }
        | Kind::ShareMerger(_)
        | Kind::Tender
        | Kind::Rights
        | Kind::Delisted
        | Kind::SpinOff
        | Kind::StockDividend
        | Kind::Unsettled => None,
    }
}

impl Kind {
    /// Reads the kind from a description.
    pub(super) fn of(text: &str) -> Self {
        let lower = text.to_ascii_lowercase();
        if lower.contains("cusip/isin change to") {
            return Self::Rename;
        }
        if lower.contains("cash in lieu") {
            return Self::CashSale { per_share: None };
        }
        // The verb follows the instrument; elsewhere the same word is a part of a name.
        let verb = lower.split_once(')').map_or("", |(_, rest)| rest.trim_start());
        let offer = ["merged(acquisition)", "merged(voluntary offer allocation)"];
        if let Some(terms) = offer.iter().find_map(|offer| verb.strip_prefix(offer)) {
            return Self::merger(terms.trim_start());
        }
        let plain = [
            ("tendered to ", Self::Tender),
            ("rights issue", Self::Rights),
            ("subscribable rights issue", Self::Rights),
            ("delisted", Self::Delisted),
            ("spinoff ", Self::SpinOff),
            ("stock dividend ", Self::StockDividend),
        ];
        if let Some((_, kind)) = plain.iter().find(|(word, _)| verb.starts_with(word)) {
            return *kind;
        }
        let verb = verb.strip_prefix("reverse ").unwrap_or(verb);
        verb.strip_prefix("split ").and_then(ratio).map_or(Self::Unsettled, Self::Split)
    }

    /// `FOR USD 95.00 PER SHARE` or `WITH US0000000002 1 for 2`, never both. (A liquidation or a
    /// bond's redemption has other words and is not a sale: tax-law 2.4, 2.9.)
    fn merger(terms: &str) -> Self {
        let Some(shares) = terms.strip_prefix("with ") else {
            let price = per_share(terms).filter(|_| !terms.contains(" with "));
            return price
                .map_or(Self::Unsettled, |price| Self::CashSale { per_share: Some(price) });
        };
        let ratio_text = shares.split_once(' ').map_or("", |(_, rest)| rest.trim_start());
        let own_terms = ratio_text.split_once('(').map_or(ratio_text, |(terms, _)| terms);
        let only = own_terms.split_whitespace().count() == 3;
        ratio(own_terms).filter(|_| only).map_or(Self::Unsettled, Self::ShareMerger)
    }
}

/// `4 for 1` and what follows.
fn ratio(text: &str) -> Option<SplitRatio> {
    let mut words = text.split_whitespace();
    let new = cells::number(words.next()?.as_bytes(), cells::NumberStyle::Point).ok()?;
    let by = words.next()?;
    let old = cells::number(words.next()?.as_bytes(), cells::NumberStyle::Point).ok()?;
    let positive = new > Decimal::ZERO && old > Decimal::ZERO;
    (by == "for" && positive).then_some(SplitRatio { new, old })
}

/// `… for USD 95.00 per share`.
fn per_share(lower: &str) -> Option<Decimal> {
    let (before, _) = lower.split_once(" per share")?;
    let price = before.rsplit(' ').next()?;
    cells::number(price.as_bytes(), cells::NumberStyle::Point).ok()
}

fn renamed_to(text: &str) -> Option<&str> {
    let at = text.to_ascii_lowercase().find("change to (")?;
    let (id, _) = text.get(at..)?.split_once('(')?.1.split_once(')')?;
    Some(id.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_terms_decide_what_a_merger_is() {
        let of = |terms: &str| Kind::of(&format!("ZZA(US0378331005) {terms} (ZZA, ALPHA, US1)"));
        let half = SplitRatio { new: Decimal::ONE, old: Decimal::TWO };
        for (terms, kind) in [
            (
                "Merged(Acquisition) FOR USD 95.00 PER SHARE",
                Kind::CashSale { per_share: Some(Decimal::new(9500, 2)) },
            ),
            ("Merged(Acquisition)  WITH IE00B4L5Y983 1 for 2", Kind::ShareMerger(half)),
            (
                "MERGED(Voluntary Offer Allocation) WITH IE00B4L5Y983 1 FOR 2",
                Kind::ShareMerger(half),
            ),
            ("Merged(Acquisition) WITH US1 1 for 2, US2 1 for 3", Kind::Unsettled),
            ("Merged(Acquisition) WITH US1 1 for 2 AND USD 5.00 PER SHARE", Kind::Unsettled),
            ("CASH and STOCK MERGER (Acquisition) US1 592 FOR 1000 AND EUR 4.24", Kind::Unsettled),
            ("Merged(Liquidation) FOR USD 1.00 PER SHARE", Kind::Unsettled),
            ("TENDERED TO US037TEMP002 1 FOR 1", Kind::Tender),
            ("Subscribable Rights Issue  1 for 4", Kind::Rights),
            ("Dividend Rights Issue  1 for 1", Kind::Unsettled),
            ("Spinoff  1 for 5", Kind::SpinOff),
            ("Stock Dividend US0378331005 1 for 20", Kind::StockDividend),
            ("Delisted", Kind::Delisted),
        ] {
            assert_eq!(of(terms), kind, "{terms}");
        }
    }
}
