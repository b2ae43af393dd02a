//! Sales outside the period of Polish residence: the lots leave, the result is another state's.

use super::Walk;
use crate::tax::{
    residence::{Outside, OutsideKind, Straddling, is_here},
    sale::Sale,
};

impl Walk<'_> {
    /// Whether the sale is outside under the chosen basis, and counted as such. A sale that the two bases put on
    /// different sides of the period is named.
    pub(super) fn is_outside(&mut self, sale: &Sale<'_>) -> bool {
        let [chosen, other] = sale.days.map(|day| is_here(self.residence, day));
        let (source, traded_on) = (sale.transaction.source, sale.transaction.day);
        if chosen != other {
            let straddling = Straddling { traded_on, settled_on: sale.settled_on, source };
            self.walked.straddling.push(self.at, straddling);
        }
        if !chosen {
            let issuer = self.ledger.issuer_country(sale.transaction.instrument);
            let kind = OutsideKind::of(issuer);
            let [year, _] = sale.years;
            self.walked.outside.push(self.at, Outside { year, source, kind });
        }
        !chosen
    }
}
