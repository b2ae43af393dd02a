//! The columns of all header variants.

use crate::money::Currency;
use crate::statement::table::{Column, Header};

/// An amount and the currency that it is in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Priced {
    /// The column of the amount.
    pub amount: Column,
    /// The column of the currency.
    pub currency: Column,
    /// The currency in the name of the column, in early exports: `Total (EUR)`.
    pub fixed: Option<Currency>,
}

/// The columns that the reader uses.
#[derive(Debug)]
pub(super) struct Columns {
    pub action: Column,
    pub time: Column,
    pub isin: Column,
    pub ticker: Column,
    pub name: Column,
    pub notes: Column,
    pub id: Column,
    pub shares: Column,
    pub price: Column,
    pub price_currency: Column,
    pub total: Priced,
    /// What a row moved after taxes, beside `total` before them; only in exports with `Gross Total`.
    pub net: Priced,
    pub withheld: Priced,
    /// Charges of a trade; only those that the file has.
    pub charges: Vec<Priced>,
    /// Taxes of any kind, with a minus; only in exports with `Gross Total`.
    pub taxes: Priced,
    /// Whether the layout has `Gross Total`: charges may have a minus there, and mean the same without one.
    pub is_gross: bool,
}

impl Priced {
    const ABSENT: Self =
        Self { amount: Column::absent("total"), currency: Column::absent("currency"), fixed: None };
}

/// What a trade may be charged with. The deposit fee and the charged amount belong to deposits.
const CHARGES: [&str; 7] = [
    "currency conversion fee",
    "stamp duty reserve tax",
    "stamp duty",
    "transaction fee",
    "finra fee",
    "ptm levy",
    "french transaction tax",
];

/// Those among them that are taxes.
const TAXES: [&str; 4] =
    ["stamp duty reserve tax", "stamp duty", "ptm levy", "french transaction tax"];

/// What the total of a row is called.
const TOTALS: [(&str, &str); 3] = [
    ("total", "currency (total)"),
    ("gross total", "currency (gross total)"),
    ("net total", "currency (net total)"),
];

/// Known and not needed: the broker's own rate and gain, deposits, card payments.
const IGNORED: [&str; 8] = [
    "exchange rate",
    "result",
    "charge amount",
    "deposit fee",
    "currency conversion from amount",
    "currency conversion to amount",
    "merchant name",
    "merchant category",
];

impl Columns {
    pub(super) fn claim(header: &mut Header) -> Self {
        let mut columns = Self {
            action: header.required(&["action"]),
            time: header.required(&["time", "time (utc)"]),
            isin: header.optional(&["isin"]),
            ticker: header.optional(&["ticker"]),
            name: header.optional(&["name"]),
            notes: header.optional(&["notes"]),
            id: header.optional(&["id"]),
            shares: header.optional(&["no. of shares"]),
            price: header.optional(&["price / share"]),
            price_currency: header.optional(&["currency (price / share)"]),
            total: TOTALS.into_iter().fold(Priced::ABSENT, |found, (name, unit)| {
                if found.amount.is_present() { found } else { priced(header, name, unit) }
            }),
            net: priced(header, "net total", "currency (net total)"),
            withheld: priced(header, "withholding tax", "currency (withholding tax)"),
            charges: charges(header),
            taxes: priced(header, "taxes", "currency (taxes)"),
            is_gross: header.names().iter().any(|name| name == "gross total"),
        };
        // Taxes sum up what exports with columns for each tax tell one by one.
        let one_by_one =
            header.names().iter().any(|name| TAXES.iter().any(|tax| name.starts_with(tax)));
        if columns.taxes.amount.is_present() && !one_by_one {
            columns.charges.push(columns.taxes);
        }
        // Exports of 2021 name the unit of every amount but the French tax: it is the account's as well.
        let united = columns.charges.iter_mut().filter(|charge| !charge.currency.is_present());
        united.for_each(|charge| charge.fixed = charge.fixed.or(columns.total.fixed));
        for name in IGNORED {
            header.ignore(&[name]);
            let unit = format!("currency ({name})");
            while header.find(name, |found| found == unit).is_present() {}
            while header.find(name, |found| suffixed(found, name).is_some()).is_present() {}
        }
        columns
    }
}

fn charges(header: &mut Header) -> Vec<Priced> {
    let known = CHARGES.into_iter().map(|name| {
        let unit = header.find(name, |found| found == format!("currency ({name})"));
        Priced { currency: unit, ..amount(header, name) }
    });
    known.filter(|charge| charge.amount.is_present()).collect()
}

fn priced(header: &mut Header, name: &'static str, unit: &'static str) -> Priced {
    let currency = header.optional(&[unit]);
    Priced { currency, ..amount(header, name) }
}

/// The column of an amount, with the currency that its name may carry.
fn amount(header: &mut Header, name: &'static str) -> Priced {
    let currency = Column::absent("currency");
    let plain = header.optional(&[name]);
    if plain.is_present() {
        return Priced { amount: plain, currency, fixed: None };
    }
    let amount = header.find(name, |found| suffixed(found, name).is_some());
    let written = amount.index().and_then(|at| header.names().get(at));
    let fixed = written.and_then(|found| suffixed(found, name));
    Priced { amount, currency, fixed }
}

/// The currency of a name such as `total (eur)`.
fn suffixed(found: &str, name: &str) -> Option<Currency> {
    let unit = found.strip_prefix(name)?.strip_prefix(" (")?.strip_suffix(')')?;
    Currency::parse(unit).ok()
}
