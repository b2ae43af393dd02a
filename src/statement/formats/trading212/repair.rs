//! Unreadable rows in terms of the template.

use rust_decimal::Decimal;

use super::ACCOUNT;
use super::action::Action;
use super::columns::Columns;
use crate::statement::table::{Column, Row};

/// The cells of a row under the names of the template, so that it needs no more repair than its defect.
pub(super) fn cells(columns: &Columns, row: &mut Row<'_>) -> Vec<(&'static str, String)> {
    let mut cells = row.cells(&[
        ("date", columns.time),
        ("ticker", columns.ticker),
        ("isin", columns.isin),
        ("note", columns.notes),
    ]);
    // Repaired rows must meet the lots of the account that they come from.
    cells.push(("account", ACCOUNT.to_owned()));
    let action = row.text(columns.action);
    let kind = Action::parse(action.as_bytes()).and_then(template_kind);
    cells.push(("type", kind.unwrap_or(action).to_owned()));
    if action.to_lowercase().starts_with("dividend (") {
        cells.extend(distribution(columns, row));
    } else if row.is_empty(columns.price_currency) {
        // The total is in the account's currency: it fits only rows without a price.
        cells.extend(
            row.cells(&[("amount", columns.total.amount), ("currency", columns.total.currency)]),
        );
    } else {
        cells.extend(row.cells(&[
            ("quantity", columns.shares),
            ("price", columns.price),
            ("currency", columns.price_currency),
        ]));
        cells.extend(fee(columns, row));
    }
    cells
}

/// All charges of a trade. Those that no one cell of the template can hold are written out, so that the sender
/// must add them up: left out, they would be lost without a word.
fn fee(columns: &Columns, row: &mut Row<'_>) -> Vec<(&'static str, String)> {
    let mut sum = Some(Decimal::ZERO);
    let mut currency = String::new();
    let mut written = Vec::new();
    for charge in &columns.charges {
        let text = row.text(charge.amount);
        let amount = row.quiet_decimal(charge.amount);
        if text.is_empty() || amount.is_some_and(|amount| amount.is_zero()) {
            continue;
        }
        let fixed = charge.fixed.map(|currency| currency.to_string());
        let unit = fixed.unwrap_or_else(|| row.text(charge.currency).to_owned());
        written.push(format!("{text} {unit}"));
        let same = currency.is_empty() || currency == unit;
        let known = amount.filter(|amount| columns.is_gross || amount.is_sign_positive());
        sum = sum.zip(known.filter(|_| same)).and_then(|(sum, more)| sum.checked_add(more.abs()));
        currency = unit;
    }
    match (written.as_slice(), sum) {
        ([], _) => Vec::new(),
        (_, Some(sum)) => vec![("fee", sum.normalize().to_string()), ("fee_currency", currency)],
        (several, None) => vec![("fee", several.join(" + "))],
    }
}

/// Shares that came from elsewhere, for the sender to add their cost.
pub(super) fn opening_lot(columns: &Columns, row: &mut Row<'_>) -> Vec<(&'static str, String)> {
    let mut cells = cells(columns, row);
    cells.retain(|(name, _)| !matches!(*name, "type" | "quantity" | "price" | "amount"));
    cells.push(("type", "opening_lot".to_owned()));
    cells.extend(row.cells(&[("quantity", columns.shares)]));
    cells
}

/// The template wants the gross amount, where the broker gives a net price per share.
fn distribution(columns: &Columns, row: &mut Row<'_>) -> Vec<(&'static str, String)> {
    let unit = |row: &Row<'_>, column: Column| row.text(column).to_owned();
    let currency = unit(row, columns.price_currency);
    let withheld = row.quiet_decimal(columns.withheld.amount).unwrap_or_default();
    let same = withheld.is_zero() || unit(row, columns.withheld.currency) == currency;
    let shares = row.quiet_decimal(columns.shares);
    let net = shares.zip(row.quiet_decimal(columns.price));
    let gross = net
        .filter(|_| same)
        .and_then(|(shares, price)| shares.checked_mul(price)?.checked_add(withheld));
    let mut cells = vec![("currency", currency)];
    if let Some(gross) = gross {
        cells.push(("amount", gross.normalize().to_string()));
    }
    if same && !withheld.is_zero() {
        cells.push(("withheld", withheld.to_string()));
    }
    cells
}

fn template_kind(action: Action) -> Option<&'static str> {
    match action {
        Action::Buy => Some("buy"),
        Action::Sell => Some("sell"),
        Action::Dividend => Some("dividend"),
        Action::Interest => Some("interest"),
        // What these are in terms of the template is for the sender to say.
        Action::DividendAdjustment
        | Action::SplitClose
        | Action::SplitOpen
        | Action::Unsettled
        | Action::UnsettledShares
        | Action::Transfer
        | Action::Neutral => None,
    }
}
