//! Asset categories: which rows are securities, which belong to a later change.

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
    /// Options, futures, options on futures.
    Derivative,
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
            "Stocks"
            | "Stock"
            | "Funds"
            | "Mutual Funds"
            | "Warrants"
            | "Structured Products"
            | "Stocks and ETFs" => Self::Security,
            "Bonds"
            | "Treasury Bills"
            | "T-Bills"
            | "Corporate and Municipal Bonds"
            | "U.S. Treasury" => Self::Bond,
            "Forex" => Self::Forex,
            "Equity and Index Options"
            | "Options"
            | "Futures"
            | "Options On Futures"
            | "Futures Options"
            | "Futures on Options"
            | "Event Contracts"
            | "Forecast Contracts" => Self::Derivative,
            "CFDs" | "Forex CFDs" => Self::Cfd,
            "Crypto" | "Cryptocurrency" | "Cryptocurrencies" => Self::Crypto,
            _ => Self::Unknown,
        }
    }

    /// The kind of instrument that the category holds.
    pub(super) fn kind(self) -> InstrumentKind {
        match self {
            Self::Derivative | Self::Cfd => InstrumentKind::Derivative,
            Self::Crypto => InstrumentKind::Crypto,
            Self::Security | Self::Bond | Self::Forex | Self::Unknown => InstrumentKind::Security,
        }
    }

    /// Whether lots of it are kept.
    pub(super) fn has_lots(self) -> bool {
        matches!(self, Self::Security | Self::Bond)
    }
}
