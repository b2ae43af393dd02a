//! Asset categories: which rows are securities, which belong to a later change.

use rust_decimal::Decimal;

use crate::statement::InstrumentKind;

/// The asset category of a row.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Category {
    /// Stocks, funds, warrants and structured products: quantity × price.
    Security,
    /// Bonds and bills: quoted in percent, so the amount is the broker's `Proceeds`.
    Bond,
    /// Conversions: not taxed for private persons (tax-law 1.1.8).
    Forex,
    /// Options on shares and indices: premium × multiplier is paid and taken like a price.
    Option,
    /// Options on futures.
    FuturesOption,
    /// Futures: nothing is paid for them, only their result is settled.
    Future,
    /// CFD, which carry the symbol of their underlying.
    Cfd,
    /// Virtual currency.
    Crypto,
    /// A category that is not known.
    Unknown,
}

impl Category {
    /// Reads `Stocks`, also `Stocks - Held with … carried by …`.
    pub(super) fn parse(cell: &[u8]) -> Self {
        if cell == b"Stocks" {
            return Self::Security;
        }
        let text = std::str::from_utf8(cell).unwrap_or_default();
        match text.split_once(" - ").map_or(text, |(name, _)| name) {
            "STK"
            | "FUND"
            | "WAR"
            | "IOPT"
            | "Stocks"
            | "Stock"
            | "Funds"
            | "Mutual Funds"
            | "Warrants"
            | "Structured Products"
            | "Stocks and ETFs" => Self::Security,
            "BOND"
            | "BILL"
            | "Bonds"
            | "Treasury Bills"
            | "T-Bills"
            | "Corporate and Municipal Bonds"
            | "U.S. Treasury" => Self::Bond,
            "CASH" | "Forex" => Self::Forex,
            "OPT"
            | "EC"
            | "Equity and Index Options"
            | "Options"
            | "Event Contracts"
            | "Forecast Contracts" => Self::Option,
            "FOP" | "FSFOP" | "FSOPT" | "Options On Futures" | "Futures Options"
            | "Futures on Options" => Self::FuturesOption,
            "FUT" | "Futures" => Self::Future,
            "CFD" | "FXCFD" | "CFDs" | "Forex CFDs" => Self::Cfd,
            "CRYPTO" | "Crypto" | "Cryptocurrency" | "Cryptocurrencies" => Self::Crypto,
            _ => Self::Unknown,
        }
    }

    /// The kind of instrument that the category holds.
    pub(super) fn kind(self) -> InstrumentKind {
        match self {
            Self::Option | Self::FuturesOption | Self::Future | Self::Cfd => {
                InstrumentKind::Derivative
            }
            Self::Crypto => InstrumentKind::Crypto,
            Self::Security | Self::Bond | Self::Forex | Self::Unknown => InstrumentKind::Security,
        }
    }

    /// Whether lots of it are kept.
    pub(super) fn has_lots(self) -> bool {
        matches!(self, Self::Security | Self::Bond) || self.is_option()
    }

    /// Whether it is an option of any kind.
    pub(super) fn is_option(self) -> bool {
        matches!(self, Self::Option | Self::FuturesOption)
    }

    /// Whether only the result of a closed position is settled.
    pub(super) fn settles_results(self) -> bool {
        matches!(self, Self::Future | Self::Cfd)
    }

    /// Units per contract where no file tells: contracts on shares stand for a hundred of them. An
    /// adjusted contract fails the comparison with the broker's amount.
    pub(super) fn usual_multiplier(self) -> Option<Decimal> {
        match self {
            Self::Option => Some(Decimal::ONE_HUNDRED),
            Self::FuturesOption => None,
            Self::Security
            | Self::Bond
            | Self::Forex
            | Self::Future
            | Self::Cfd
            | Self::Crypto
            | Self::Unknown => Some(Decimal::ONE),
        }
    }
}
