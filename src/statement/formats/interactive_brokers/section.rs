//! The sections of an Activity Statement and what each needs.

use super::table::{Columns, Place};

/// What the rows of a section are.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Section {
    /// Broker, title, period.
    Statement,
    /// The account's number.
    Account,
    Trades,
    Dividends,
    Withholding,
    Interest,
    /// Account fees, advisor's and other fees.
    Fees,
    /// Stamp duties and transaction taxes of single trades.
    TransactionFees,
    CommissionAdjustments,
    CorporateActions,
    Instruments,
    Positions,
    /// Securities moved in or out.
    Transfers,
    /// Shares that the broker or an employer granted.
    Grants,
    /// Financing of CFD and dividends made good on them.
    CfdCharges,
    /// Cash rows of a Flex query, whose type tells what they are.
    Cash,
    /// Expirations, assignments and exercises, which `Trades` tells as well.
    OptionEvents,
    /// Totals, accruals, details of other sections: no event of their own.
    Neutral,
    /// A section that nobody has taught us.
    #[default]
    Unknown,
}

/// Sections without an event of their own: summaries, accruals, or details that repeat the rows of
/// `Trades`, `Interest` and `Fees`.
const NEUTRAL: &[&str] = &[
    "Account Summary",
    "Base Currency Exchange Rate",
    "Borrow Fee Details",
    "Borrow Fee Markup Details",
    "Cash Report",
    "Change in Dividend Accruals",
    "Change in NAV",
    "Change in Position Value",
    "Change in Position Values",
    "Codes",
    "Collateral for Customer Borrowing",
    "Commission Details",
    "Complex Position Summary",
    "Complex Positions Summary",
    "Credit Interest Details",
    "Debit Interest Details",
    "Deposits & Withdrawals",
    "Disclosures",
    "Equity Summary in Base",
    "Forex Balances",
    "Forex P/L Details",
    "Hard to Borrow Details",
    "Interest Accruals",
    "Legal Notes",
    "Location of Customer Assets, Positions and Money",
    "Mark-to-Market Performance Summary",
    "Month & Year to Date Performance Summary",
    "Net Asset Value",
    "Net Stock Position Summary",
    "Notes",
    "Notes/Legal Notes",
    "Open Dividend Accruals",
    "Option Exercises, Assignments and Expirations",
    "Positions and Mark-to-Market Profit and Loss",
    "Price History",
    "Realized & Unrealized Performance Summary",
    "Routing Commissions",
    "Sales Tax Details",
    "Soft Dollars",
    "Statement of Funds",
    "Symbol Summary",
    "Tier Interest Details",
    "Total P/L for Statement Period",
    "Trade Summary by Asset Class",
    "Trade Summary by Symbol",
];

impl Section {
    /// The section of that name.
    pub(super) fn named(name: &str) -> Self {
        match name {
            "Statement" => Self::Statement,
            "Account Information" => Self::Account,
            "Trades" => Self::Trades,
            "Dividends" => Self::Dividends,
            // Tax on what stands in for dividends (section 871(m) of the Code) is tax at source all the same.
            "Withholding Tax" | "871(m) Withholding" => Self::Withholding,
            "Interest" => Self::Interest,
            "Fees" | "Other Fees" | "Advisor Fees" | "Client Fees" => Self::Fees,
            "Transaction Fees" => Self::TransactionFees,
            "Commission Adjustments" => Self::CommissionAdjustments,
            "Corporate Actions" => Self::CorporateActions,
            "Financial Instrument Information" => Self::Instruments,
            "Open Positions" => Self::Positions,
            "Transfers" | "Incoming Transfers" | "Outgoing Transfers" => Self::Transfers,
            "Grant Activity" => Self::Grants,
            "CFD Charges" => Self::CfdCharges,
            // Shares lent: their fees stand in `Interest`.
            name if NEUTRAL.contains(&name) || lending(name) => Self::Neutral,
            _ => Self::Unknown,
        }
    }

    /// Columns without which no row of the section can be read.
    pub(super) fn required(self, c: &Columns) -> Vec<Place> {
        match self {
            Self::Trades => {
                let cells = [c.discriminator, c.category, c.currency, c.symbol, c.when];
                // Conversions have `Comm in EUR` instead of `Comm/Fee`.
                let commission = Some(c.commission).filter(|_| c.commission_in.is_none());
                cells.into_iter().chain([c.quantity, c.price]).chain(commission).collect()
            }
            Self::Dividends
            | Self::Withholding
            | Self::Interest
            | Self::Fees
            | Self::Cash
            | Self::CommissionAdjustments => {
                let day = if c.when.exists() { c.when } else { c.date };
                vec![c.currency, day, c.description, c.amount]
            }
            Self::CfdCharges => vec![c.currency, c.date, c.amount],
            Self::TransactionFees => vec![c.currency, c.when, c.symbol, c.amount],
            Self::CorporateActions => {
                vec![c.category, c.currency, c.when, c.description, c.quantity, c.proceeds]
            }
            Self::Transfers => vec![c.category, c.symbol, c.date, c.quantity],
            Self::Grants => vec![c.symbol, c.description],
            Self::Instruments => vec![c.category, c.symbol],
            Self::Positions => vec![c.discriminator, c.category, c.symbol, c.quantity],
            Self::OptionEvents
            | Self::Statement
            | Self::Account
            | Self::Neutral
            | Self::Unknown => Vec::new(),
        }
    }
}

fn lending(name: &str) -> bool {
    ["Stock Yield Enhancement Program", "IBKR Managed Securities", "Securities Lent"]
        .iter()
        .any(|part| name.contains(part))
}
