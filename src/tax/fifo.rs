//! The walk through the history: lots in, lots out, first in, first out, per account and instrument.
//!
//! Matching follows execution time under both bases (decision D-04), so one walk gives both: each lot and
//! each sale carries its złoty under the chosen basis and under the other.

mod moves;
mod outside;
mod splits;
mod walked;

pub(super) use walked::{Moment, OtherSide, Unrated, Walked};

use hashbrown::HashMap;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{
    BlockedInstrument, Disposal, LotMatch, LotRun, MovedYear,
    leg::{Converter, Days, Leg},
    lot::{Lot, LotQueue},
    residence::{Residence, is_here},
    sale::{Sale, lot, open_lot},
    settled::Settlement,
};
use crate::{
    ledger::Ledger,
    money::{Currency, Money},
    rates::NoRate,
    statement::{
        AccountIx, Code, Diagnostic, Event, InstrumentIx, InstrumentKind, ReportedPosition, Source,
        Trade, Transaction, TransferIx,
    },
};

/// Why a holding is blocked: the shares that are missing, if it is that, and where it showed.
type Blocked = (Option<Decimal>, Source);

/// The state of one instrument on one account.
#[derive(Debug)]
struct Holding {
    account: AccountIx,
    instrument: InstrumentIx,
    /// The place of the event that it began with.
    began: u32,
    lots: LotQueue,
    /// Short sales and written options that are not closed yet.
    shorts: LotQueue,
    blocked: Option<Blocked>,
    /// Where the lots went when the instrument was renamed.
    successor: Option<usize>,
    /// Holdings on other accounts from which lots came.
    origins: Vec<usize>,
    sale_years: Vec<i16>,
}

/// An event without lots, and its place in the whole.
pub(super) type CashEvent<'a> = (u32, &'a Transaction);

/// Walks through the ledger; `places` says where each event stands in the whole, if this is a part. The events
/// without lots are handed on, so that nobody has to look for them again.
pub(super) fn walk<'a>(
    ledger: &'a Ledger,
    places: impl Iterator<Item = u32>,
    converter: Converter<'a>,
    residence: Option<Residence>,
) -> (Walked, Vec<CashEvent<'a>>) {
    let mut walk = Walk::new(ledger, converter, residence);
    for (place, transaction) in places.zip(&ledger.transactions) {
        walk.check_positions_before(transaction.day);
        walk.at = place;
        walk.take(transaction);
    }
    walk.check_positions_before(Date::MAX);
    let cash = std::mem::take(&mut walk.cash);
    (walk.finish(), cash)
}

struct Walk<'a> {
    ledger: &'a Ledger,
    converter: Converter<'a>,
    residence: Option<Residence>,
    /// The place of the event in hand.
    at: u32,
    settlement: Settlement<'a>,
    holdings: Vec<Holding>,
    by_place: HashMap<(AccountIx, InstrumentIx), usize>,
    /// Parallel to `walked.disposals`: the holding each belongs to.
    owners: Vec<usize>,
    /// Positions that brokers report, latest first, so that the next one is at the end.
    positions: Vec<&'a ReportedPosition>,
    walked: Walked,
    /// Lots that left one account and have not arrived on the other, with the holding they left.
    under_way: HashMap<TransferIx, (usize, Vec<Lot>)>,
    /// Room for the lots of one sale, used again and again.
    slices: Vec<Lot>,
    cash: Vec<CashEvent<'a>>,
}

impl<'a> Walk<'a> {
    fn new(ledger: &'a Ledger, converter: Converter<'a>, residence: Option<Residence>) -> Self {
        let mut positions: Vec<&ReportedPosition> = ledger.positions.iter().collect();
        positions.sort_by_key(|position| std::cmp::Reverse(order_of(position)));
        let mut walked = Walked::default();
        // Most histories have more purchases than sales.
        let sales = ledger.transactions.len() / 2;
        walked.disposals.reserve(sales);
        walked.lots.reserve(2 * sales);
        walked.others.reserve(sales);
        Self {
            ledger,
            converter,
            residence,
            at: 0,
            settlement: Settlement::new(ledger),
            holdings: Vec::new(),
            by_place: HashMap::new(),
            owners: Vec::with_capacity(sales),
            positions,
            walked,
            under_way: HashMap::new(),
            slices: Vec::new(),
            cash: Vec::new(),
        }
    }

    fn take(&mut self, transaction: &'a Transaction) {
        match &transaction.event {
            Event::Buy(trade) => self.buy(transaction, trade),
            Event::Sell(trade) => self.sell(transaction, trade),
            Event::OpenShort(trade) => self.open_short(transaction, trade),
            Event::CloseShort(trade) => self.close_short(transaction, trade),
            Event::OpeningLot { quantity, cost } => self.opening_lot(transaction, *quantity, *cost),
            Event::Split(ratio) => self.split(transaction, *ratio),
            Event::SplitAdded { added } => self.split_added(transaction, *added),
            Event::Rename { to } => self.rename(transaction, *to),
            Event::TransferOut { quantity, arrival } => {
                self.depart(transaction, *quantity, *arrival);
            }
            Event::TransferIn { departure, .. } => self.arrive(transaction, *departure),
            // Coins have no lots: the row that could not be read is missing in the pool, and its finding says so.
            Event::Block if self.is_crypto(transaction) => {}
            Event::Block => self.block(transaction, None),
            Event::Dividend { .. }
            | Event::Withholding { .. }
            | Event::Interest { .. }
            | Event::Fee { .. }
            | Event::Derivative { .. }
            | Event::CryptoBuy { .. }
            | Event::CryptoSell { .. } => self.cash.push((self.at, transaction)),
        }
    }

    fn is_crypto(&self, transaction: &Transaction) -> bool {
        let instrument = self.ledger.instrument(transaction.instrument);
        instrument.is_some_and(|known| known.kind == InstrumentKind::Crypto)
    }

    fn holding(&mut self, transaction: &Transaction) -> usize {
        self.place(transaction.account, transaction.instrument)
    }

    fn place(&mut self, account: AccountIx, instrument: InstrumentIx) -> usize {
        *self.by_place.entry((account, instrument)).or_insert_with(|| {
            self.holdings.push(Holding {
                account,
                instrument,
                began: self.at,
                lots: LotQueue::default(),
                shorts: LotQueue::default(),
                blocked: None,
                successor: None,
                origins: Vec::new(),
                sale_years: Vec::new(),
            });
            self.holdings.len() - 1
        })
    }

    fn days(&mut self, transaction: &Transaction, trade: &Trade) -> (Date, bool, Days) {
        let (settled_on, derived) = self.settlement.day(transaction, trade);
        self.walked.derived += usize::from(derived);
        (settled_on, derived, self.converter.days(transaction.day, settled_on))
    }

    fn buy(&mut self, transaction: &Transaction, trade: &Trade) {
        let (_, _, days) = self.days(transaction, trade);
        let leg = self.converter.purchase(trade, days);
        self.push(transaction, trade.quantity, days, leg);
    }

    fn opening_lot(&mut self, transaction: &Transaction, quantity: Decimal, cost: Money) {
        let days = [transaction.day; 2];
        let leg = self.converter.leg(cost, days);
        self.push(transaction, quantity, days, leg);
    }

    fn push(&mut self, transaction: &Transaction, quantity: Decimal, days: Days, leg: Leg) {
        let place = self.holding(transaction);
        if let Some(holding) = self.holdings.get_mut(place) {
            holding.lots.push(lot(transaction, quantity, days, leg));
        }
    }

    fn open_short(&mut self, transaction: &Transaction, trade: &Trade) {
        let (_, _, days) = self.days(transaction, trade);
        let (gross, charges) =
            (self.converter.gross(trade, days), self.converter.charges(trade, days));
        let mut short = lot(transaction, trade.quantity, days, charges);
        short.proceeds = Some(Box::new(gross.pln));
        short.rate = gross.rate;
        short.missing = gross.missing.or(charges.missing);
        let place = self.holding(transaction);
        if let Some(holding) = self.holdings.get_mut(place) {
            holding.shorts.push(short);
        }
    }

    /// The closing of a short sale is a disposal whose revenue is what the openings brought, each at
    /// its own rate, and whose cost is the purchase that closes it and all charges.
    fn close_short(&mut self, transaction: &Transaction, trade: &Trade) {
        let Some((place, mut sale)) = self.begin(transaction, trade) else { return };
        let mut slices = std::mem::take(&mut self.slices);
        let holding = self.holdings.get_mut(place);
        match holding.map(|holding| holding.shorts.take(trade.quantity, &mut slices)) {
            Some(Ok(())) => {
                sale.is_short = true;
                self.dispose(place, &sale, &mut slices);
            }
            Some(Err(oversell)) => self.block(transaction, Some(oversell.missing)),
            None => {}
        }
        self.slices = slices;
    }

    fn sell(&mut self, transaction: &Transaction, trade: &Trade) {
        let Some((place, sale)) = self.begin(transaction, trade) else { return };
        let mut slices = std::mem::take(&mut self.slices);
        let holding = self.holdings.get_mut(place);
        match holding.map(|holding| holding.lots.take(trade.quantity, &mut slices)) {
            Some(Ok(())) => self.dispose(place, &sale, &mut slices),
            Some(Err(oversell)) => self.block(transaction, Some(oversell.missing)),
            None => {}
        }
        self.slices = slices;
    }

    /// Works out days and years of a sale; `None` if its instrument is blocked already.
    fn begin<'t>(
        &mut self,
        transaction: &'t Transaction,
        trade: &'t Trade,
    ) -> Option<(usize, Sale<'t>)> {
        let (settled_on, settlement_derived, days) = self.days(transaction, trade);
        let place = self.holding(transaction);
        let holding = self.holdings.get_mut(place)?;
        let years = days.map(Date::year);
        let [year, _] = years;
        let is_here = days.first().is_some_and(|day| is_here(self.residence, *day));
        if is_here && holding.sale_years.last() != Some(&year) {
            holding.sale_years.push(year);
        }
        if holding.blocked.is_some() {
            return None;
        }
        let is_short = false;
        Some((
            place,
            Sale { transaction, trade, settled_on, settlement_derived, years, days, is_short },
        ))
    }

    /// Leaves `slices` empty, so that the next sale can use its room.
    fn dispose(&mut self, place: usize, sale: &Sale<'_>, slices: &mut Vec<Lot>) {
        if self.is_outside(sale) {
            return slices.clear();
        }
        let gross = self.converter.gross(sale.trade, sale.days);
        let charges = self.converter.charges(sale.trade, sale.days);
        let [year, other_year] = sale.years;
        let source = sale.transaction.source;
        let [chosen, other] = [0, 1].map(|side| sale.figures(side, &gross, &charges, slices));
        let Some((revenue, cost)) = chosen else {
            let of_lots = || slices.iter().find_map(|slice| slice.missing);
            let missing = gross.missing.or(charges.missing).or_else(of_lots);
            slices.clear();
            return self.unrated(year, missing, source);
        };
        if year != other_year {
            let moved = MovedYear {
                instrument: sale.transaction.instrument,
                traded_on: sale.transaction.day,
                settled_on: sale.settled_on,
                source,
            };
            self.walked.moved_years.push(self.at, moved);
        }
        self.owners.push(place);
        self.walked.others.push(self.at, OtherSide { year: other_year, figures: other });
        let disposal = Disposal {
            account: sale.transaction.account,
            instrument: sale.transaction.instrument,
            traded_on: sale.transaction.day,
            settled_on: sale.settled_on,
            settlement_derived: sale.settlement_derived,
            year,
            quantity: sale.trade.quantity,
            gross: sale.trade.gross,
            revenue,
            cost,
            sale_charges: cost - slices.iter().filter_map(|slice| slice.cost[0]).sum(),
            rate: gross.rate,
            lots: LotRun::push(&mut self.walked.lots, slices.drain(..).map(LotMatch::from)),
            is_short: sale.is_short,
            source,
        };
        self.walked.disposals.push(self.at, disposal);
    }

    fn unrated(&mut self, year: i16, missing: Option<NoRate>, source: Source) {
        let missing = missing.unwrap_or(NoRate { currency: Currency::PLN, day: Date::MIN });
        self.walked.unrated.push(self.at, Unrated { year, missing, source });
    }

    fn block(&mut self, transaction: &Transaction, missing: Option<Decimal>) {
        if transaction.instrument == InstrumentIx::NONE {
            return;
        }
        let place = self.holding(transaction);
        if let Some(holding) = self.holdings.get_mut(place)
            && holding.blocked.is_none()
        {
            holding.blocked = Some((missing, transaction.source));
        }
    }

    /// Compares the shares held with what the broker reports for the ends of days before `day`.
    fn check_positions_before(&mut self, day: Date) {
        while let Some(position) = self.positions.pop_if(|position| position.day < day) {
            let held = self.by_place.get(&(position.account, position.instrument));
            let holding = held.and_then(|place| self.holdings.get(*place));
            if holding.is_some_and(|holding| holding.blocked.is_some()) {
                continue;
            }
            let net = |holding: &Holding| holding.lots.held() - holding.shorts.held();
            let held = holding.map_or(Decimal::ZERO, net);
            if (held - position.quantity).abs() > Decimal::new(1, 6) {
                let label = self.ledger.instrument(position.instrument).map_or("", |i| i.label());
                let finding = Diagnostic::at(Code::PositionDiffers, position.source)
                    .found(label, position.quantity.normalize().to_string())
                    .detail(held.normalize().to_string());
                self.walked.diagnostics.push(order_of(position), finding);
            }
        }
    }

    fn finish(mut self) -> Walked {
        let blocked = self.blocked();
        let is_blocked = |place: &usize| blocked.get(*place).is_some_and(Option::is_some);
        if blocked.iter().any(Option::is_some) {
            let keep = |number: usize| !self.owners.get(number).is_some_and(is_blocked);
            self.walked.keep_disposals(keep);
        }
        for (place, holding) in self.holdings.into_iter().enumerate() {
            let Some(Some((missing, source))) = blocked.get(place).copied() else {
                let (account, instrument) = (holding.account, holding.instrument);
                let lots = holding.lots.into_lots().filter(|lot| !lot.quantity.is_zero());
                let lots = lots.map(|lot| open_lot(account, instrument, &lot));
                self.walked.open_lots.extend(holding.began, lots);
                continue;
            };
            self.walked.blocked_years.extend(holding.began, holding.sale_years);
            let (account, instrument) = (holding.account, holding.instrument);
            let blocked = BlockedInstrument { account, instrument, missing, source };
            self.walked.blocked.push(holding.began, blocked);
        }
        self.walked.guessed = self.settlement.into_guessed();
        self.walked
    }
}

/// Positions in the order in which they are compared.
fn order_of(position: &ReportedPosition) -> (Date, Moment) {
    let moment = Moment::Position(position.source, position.account, position.instrument);
    (position.day, moment)
}
