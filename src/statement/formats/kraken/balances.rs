//! Whether the changes of each asset come to its balances: a row that is missing in the middle shows there.
//!
//! A balance is that of one asset in one wallet, after the row's amount and fee. Rows of one second stand in the order of
//! the file, which may run either way; a file that was sorted anew cannot be told apart from damage and is not judged.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::statement::when::Stamp;
use crate::statement::{Code, Diagnostic, StatementBuilder};

/// One row, as far as it could be read.
#[derive(Clone, Debug)]
pub(super) struct Change<'t> {
    pub row: u32,
    pub stamp: Option<Stamp>,
    /// The asset as the file writes it, and the wallet.
    pub place: (&'t str, &'t str),
    /// The usual code of the asset.
    pub code: String,
    pub amount: Option<Decimal>,
    pub fee: Option<Decimal>,
    /// The code of the fee, if a cell tells it.
    pub charged: Option<String>,
    pub balance: Option<Decimal>,
}

#[derive(Debug, Default)]
struct Chain {
    code: String,
    /// Row, change and balance, in the order of the file.
    rows: Vec<(u32, Decimal, Decimal)>,
    /// Decimal places of changes and of balances: the coarser rounds.
    places: (u32, u32),
    is_unsure: bool,
}

#[derive(Debug, Default)]
pub(super) struct Balances {
    chains: BTreeMap<(String, String), Chain>,
    /// Assets of which fees were taken that no balance shows.
    charged: BTreeSet<String>,
    last: Option<Stamp>,
    rises: bool,
    falls: bool,
}

impl Balances {
    /// Takes the next row of the file.
    pub(super) fn add(&mut self, change: Change<'_>) {
        let Change { row, stamp, place: (asset, wallet), code, amount, fee, charged, balance } =
            change;
        if let Some((last, stamp)) = self.last.zip(stamp) {
            self.rises |= last < stamp;
            self.falls |= stamp < last;
        }
        self.last = stamp.or(self.last);
        let elsewhere = charged.filter(|charged| *charged != code);
        let chain = self.chains.entry((asset.to_owned(), wallet.to_owned())).or_default();
        let told = amount.zip(fee).zip(balance).filter(|_| stamp.is_some());
        if let Some(((amount, fee), balance)) = told {
            let own_fee = if elsewhere.is_some() { Decimal::ZERO } else { fee };
            chain.places.0 = chain.places.0.max(amount.scale()).max(own_fee.scale());
            chain.places.1 = chain.places.1.max(balance.scale());
            chain.rows.push((row, amount - own_fee, balance));
        }
        chain.is_unsure |= told.is_none();
        chain.code = code;
        self.charged.extend(elsewhere.filter(|_| fee.is_none_or(|fee| !fee.is_zero())));
    }

    /// Warns of each asset whose rows do not come to its balances.
    pub(super) fn compare(mut self, builder: &mut StatementBuilder) {
        if self.rises && self.falls {
            return;
        }
        for ((asset, wallet), chain) in &mut self.chains {
            if chain.is_unsure || self.charged.contains(&chain.code) {
                continue;
            }
            if self.falls {
                chain.rows.reverse();
            }
            let (Some(first), Some(last)) = (chain.rows.first(), chain.rows.last()) else {
                continue;
            };
            let told = last.2 - (first.2 - first.1);
            let summed: Decimal = chain.rows.iter().map(|(_, change, _)| change).sum();
            let unit = Decimal::new(1, chain.places.0.min(chain.places.1));
            let count = u32::try_from(chain.rows.len()).unwrap_or(u32::MAX);
            if (told - summed).abs() > unit * Decimal::from(count) {
                let text = |amount: Decimal| format!("{} {asset}", amount.normalize());
                let column = format!("balance {wallet}");
                let finding = Diagnostic::at(Code::TotalDiffers, builder.source(last.0))
                    .found(column.trim(), text(told))
                    .detail(text(summed));
                builder.diagnose(finding);
            }
        }
    }
}
