//! The sections of a Flex query: by the element's name in XML, by code or columns in CSV.

use super::{Columns, Section};

/// Elements and codes without an event of their own: totals, accruals, lots of the broker's matching,
/// details that other rows tell.
const NEUTRAL: &[&str] = &[
    "AccountInformation",
    "AssetSummary",
    "CashReportCurrency",
    "ChangeInDividendAccrual",
    "ChangeInNAV",
    "ChangeInPositionValue",
    "ComplexPosition",
    "ConversionRate",
    "EquitySummaryByReportDateInBase",
    "FIFOPerformanceSummaryUnderlying",
    "FxLot",
    "FxTransaction",
    "HardToBorrowDetail",
    "IncentiveCouponAccrualDetail",
    "InterestAccrualsCurrency",
    "Lot",
    "MTDYTDPerformanceSummaryUnderlying",
    "MTMPerformanceSummaryUnderlying",
    "NetStockPosition",
    "OpenDividendAccrual",
    "PriorPeriodPosition",
    "RoutingCommission",
    "SLBActivity",
    "SLBCollateral",
    "SLBFee",
    "SLBOpenContract",
    "SecurityInfo",
    "StatementOfFundsLine",
    "SymbolSummary",
    "TierInterestDetail",
    "TransactionTax",
    "UnbundledCommissionDetail",
    "WashSale",
];

/// The section of an XML element.
pub(super) fn of_element(name: &str) -> Section {
    match name {
        "Trade" | "Order" => Section::Trades,
        "CashTransaction" => Section::Cash,
        "CorporateAction" => Section::CorporateActions,
        "OpenPosition" => Section::Positions,
        "SecurityInfo" => Section::Instruments,
        "OptionEAE" => Section::OptionEvents,
        "Transfer" => Section::Transfers,
        "CFDCharge" => Section::CfdCharges,
        name if NEUTRAL.contains(&name) => Section::Neutral,
        _ => Section::Unknown,
    }
}

/// The section of a CSV table that names its code.
pub(super) fn of_code(code: &str) -> Option<Section> {
    Some(match code {
        "TRNT" => Section::Trades,
        "CTRN" => Section::Cash,
        "CORP" => Section::CorporateActions,
        "POST" => Section::Positions,
        "SECU" => Section::Instruments,
        "OPTT" => Section::OptionEvents,
        "TRNF" => Section::Transfers,
        "CFDC" => Section::CfdCharges,
        "ACCT" | "CNAV" | "CRTT" | "EQUT" | "FXLT" | "FXTR" | "FIFO" | "MTMP" | "MYTD" | "RATE"
        | "STFU" | "INTA" | "TINT" | "CDIV" | "ODIV" | "PPPO" | "SLBA" | "SLBO" | "UNBC"
        | "TTAX" => Section::Neutral,
        _ => return None,
    })
}

/// The section of a CSV table by its columns.
pub(super) fn of_columns(c: &Columns) -> Section {
    let has = |places: &[super::super::table::Place]| places.iter().all(|place| place.exists());
    if has(&[c.mark, c.transaction_type]) {
        Section::OptionEvents
    } else if has(&[c.quantity, c.price]) {
        Section::Trades
    } else if c.quantity.exists() && has(&[c.mark]) {
        Section::Positions
    } else if has(&[c.quantity, c.direction]) {
        Section::Transfers
    } else if has(&[c.quantity, c.proceeds, c.kind]) || has(&[c.quantity, c.action]) {
        Section::CorporateActions
    } else if has(&[c.amount, c.kind]) {
        Section::Cash
    } else if has(&[c.conid, c.symbol]) && !c.amount.exists() && !c.quantity.exists() {
        Section::Instruments
    } else {
        Section::Unknown
    }
}
