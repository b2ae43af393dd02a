//! Findings about one place in one file, with stable codes.
//!
//! The sentence for people is not here: see [`crate::wording`], which matches every code.

use std::fmt;

use super::{FileId, Source};
use crate::as_text::{UnknownName, as_text};

/// How much a finding matters.
#[derive(
    Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, serde::Deserialize, serde::Serialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The result is incomplete until it is resolved.
    Error,
    /// The result stands; the sender should know.
    Warning,
}

/// One finding.
#[derive(Clone, Debug, Eq, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct Diagnostic {
    /// What kind.
    pub code: Code,
    /// How much it matters; [`Code::severity`] unless the place makes it otherwise.
    pub severity: Severity,
    /// In which file; `None` for a finding about the whole.
    pub file: Option<FileId>,
    /// In which row, if one row is meant.
    pub row: Option<u32>,
    /// The column as the file names it, may be empty.
    pub column: String,
    /// What was found there, may be empty.
    pub value: String,
    /// A figure, name or list that the sentence needs besides the value, may be empty.
    pub detail: String,
}

impl Diagnostic {
    /// A finding about the whole input.
    pub fn new(code: Code) -> Self {
        Self {
            code,
            severity: code.severity(),
            file: None,
            row: None,
            column: String::new(),
            value: String::new(),
            detail: String::new(),
        }
    }

    /// A finding about a file.
    pub fn in_file(code: Code, file: FileId) -> Self {
        Self { file: Some(file), ..Self::new(code) }
    }

    /// A finding about a row.
    pub fn at(code: Code, source: Source) -> Self {
        Self { file: Some(source.file), row: Some(source.row), ..Self::new(code) }
    }

    /// With the column and the value found there.
    #[must_use]
    pub fn found(mut self, column: impl Into<String>, value: impl Into<String>) -> Self {
        self.column = column.into();
        self.value = clip(value.into());
        self
    }

    /// With a further detail for the sentence.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = clip(detail.into());
        self
    }
}

/// Echoed text is at most this long (mail §7).
const ECHO_CHARS_MAX: usize = 120;

fn clip(text: String) -> String {
    if text.chars().count() <= ECHO_CHARS_MAX {
        return text;
    }
    text.chars().take(ECHO_CHARS_MAX - 1).chain(['…']).collect()
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

as_text!(Code, |text| {
    Code::ALL.iter().find(|code| code.as_str() == text).copied().ok_or(UnknownName)
});

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal $severity:ident,)*) => {
        /// What kind of finding; the text is stable, documented and never reused.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every code, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable text.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The usual severity.
            pub fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }
        }
    };
}

codes! {
    // Files.
    /// No attachment at all.
    NoAttachment = "FILE-NONE" Error,
    /// The file is of no known format.
    UnknownFile = "FILE-UNKNOWN" Error,
    /// Two formats claim the file: a bug of ours, refused rather than guessed.
    AmbiguousFile = "FILE-AMBIGUOUS" Error,
    /// A known header without any row below it.
    NoRows = "FILE-EMPTY" Error,
    /// A PDF.
    PdfFile = "FILE-PDF" Error,
    /// A picture.
    ImageFile = "FILE-IMAGE" Error,
    /// An archive or workbook with a password.
    EncryptedFile = "FILE-ENCRYPTED" Error,
    /// An HTML page where a table was expected.
    HtmlFile = "FILE-HTML" Error,
    /// Larger than the limits allow.
    TooLarge = "FILE-TOO-LARGE" Error,
    /// An archive that is damaged or unpacks without end.
    BadArchive = "FILE-ARCHIVE" Error,
    /// A workbook that cannot be opened.
    BadWorkbook = "FILE-WORKBOOK" Error,
    /// More files than one mail may bring.
    TooManyFiles = "FILE-TOO-MANY" Error,
    /// The text is in no known encoding.
    BadEncoding = "FILE-ENCODING" Error,
    /// The same file twice.
    SameFileTwice = "FILE-TWICE" Warning,
    /// A link instead of an attachment (cloud drive).
    LinkOnly = "FILE-LINK" Error,
    /// A signed or encrypted message whose content cannot be read.
    OpaqueMessage = "FILE-OPAQUE" Error,
    /// A message saved by Outlook (`.msg`).
    OutlookMessage = "FILE-OUTLOOK-MSG" Error,
    /// Messages or parts within each other, deeper than anybody forwards.
    NestedTooDeep = "FILE-NESTED" Error,
    /// The broker's file is known but not this report, language or layout; the detail names the format.
    WrongReport = "FILE-WRONG-REPORT" Error,
    /// A section that the result depends on is missing from the export.
    MissingSection = "FILE-SECTION" Warning,
    /// A file that a newer one of the same account and days replaces; the detail names the newer.
    FileReplaced = "FILE-REPLACED" Warning,
    /// A file that is not counted any more because the sender says so (`SKIP`).
    FileLeftOut = "FILE-LEFT-OUT" Warning,
    /// The name of a command `SKIP` is that of no file.
    SkipUnknown = "SKIP-UNKNOWN" Warning,
    /// A file of the conversation that is past its time and was deleted.
    FileForgotten = "FILE-FORGOTTEN" Error,
    /// A file that counts beside an earlier one of the same name (the detail), because it does not have all of its rows.
    SameName = "FILE-SAME-NAME" Warning,
    /// A file or command (the value) of an earlier mail that is still missing from the result.
    StillMissing = "FILE-STILL-MISSING" Warning,
    /// More findings of one kind (the column) than are kept (the detail); the value is how many more.
    FindingsMore = "FINDINGS-MORE" Error,
    /// A table in the letter, beside files, that no format knows.
    PasteUnread = "PASTE-UNREAD" Warning,
    /// A file of our own making: a report or an empty template sent back.
    OwnFile = "FILE-OWN" Error,
    /// The file does not tell the currency of its amounts.
    AccountCurrencyUnknown = "FILE-CURRENCY" Error,
    /// The account is tax-free (IKE, IKZE; the detail names it): its rows are left out.
    ExemptAccount = "FILE-EXEMPT" Warning,
    /// Amounts are those booked in the currency of the account (the detail), not of the instrument.
    BookedAmounts = "FILE-BOOKED" Warning,
    /// Sales that could be booked as their proceeds or their cost, read like the file's other sales, as their
    /// proceeds; the value is their sum, the detail says how many.
    SalesAsProceeds = "SALE-PROCEEDS" Warning,
    /// The broker (the detail) is a Polish payer and issues a PIT-8C for the same sales.
    Pit8cLikely = "FILE-PIT-8C" Warning,
    /// Another report of the broker is needed: this one mentions events without their figures. The value
    /// names the report, the detail how many events and of which days.
    MissingReport = "FILE-COMPANION" Error,
    /// An attachment that was cut off or damaged on its way.
    Truncated = "FILE-TRUNCATED" Error,

    // Rows and cells.
    /// A kind of row that is not known.
    UnknownRow = "ROW-UNKNOWN" Error,
    /// A column of the header that is not known and holds values.
    UnknownColumn = "COLUMN-UNKNOWN" Warning,
    /// A required column is missing from the header.
    MissingColumn = "COLUMN-MISSING" Error,
    /// A row with fewer or more fields than the header.
    RowShape = "ROW-SHAPE" Error,
    /// Not a date.
    BadDate = "CELL-DATE" Error,
    /// A day in the future or before there was a market economy.
    ImplausibleDate = "CELL-DATE-RANGE" Error,
    /// Not a number.
    BadNumber = "CELL-NUMBER" Error,
    /// A number that can be read in two ways (`1,234`).
    AmbiguousNumber = "CELL-NUMBER-AMBIGUOUS" Error,
    /// A number that must be positive.
    NotPositive = "CELL-SIGN" Error,
    /// Tax at source below zero, which may be tax taken or tax given back.
    WithheldSign = "CELL-SIGN-WITHHELD" Error,
    /// A required cell is empty.
    EmptyCell = "CELL-EMPTY" Error,
    /// Not a currency code.
    BadCurrency = "CELL-CURRENCY" Error,
    /// Not an ISIN.
    BadIsin = "CELL-ISIN" Error,
    /// An ISIN whose check digit is wrong.
    IsinCheckDigit = "CELL-ISIN-CHECK" Warning,
    /// Not a country code.
    BadCountry = "CELL-COUNTRY" Error,
    /// Quantity × price and the amount do not agree.
    AmountMismatch = "ROW-AMOUNT" Error,
    /// Neither ticker nor ISIN.
    NoInstrument = "ROW-INSTRUMENT" Error,
    /// A formula stands in a cell that must hold text.
    FormulaCell = "CELL-FORMULA" Warning,
    /// Rows that look like an event already read from another file, without a broker's id to prove it.
    LikelyDuplicate = "ROW-LIKELY-DUPLICATE" Error,
    /// A row that tells the day, instrument and kind of a row of an earlier mail (the detail) with other figures, so both
    /// are counted.
    RetoldRow = "ROW-RETOLD" Error,
    /// A date that can be read in two ways (`02/01/2024`).
    AmbiguousDate = "CELL-DATE-AMBIGUOUS" Error,
    /// A cell that this kind of row has no use for.
    UnusedCell = "CELL-UNUSED" Warning,
    /// A date of an American file that a spreadsheet may have read with day and month swapped.
    SwappedDate = "CELL-DATE-SWAPPED" Error,
    /// The broker has converted the amounts into złoty at its own rate.
    BrokerRate = "ROW-BROKER-RATE" Warning,

    /// The broker's id was seen before, but the rows tell different quantities or amounts.
    DuplicateDiffers = "ROW-DUPLICATE-DIFFERS" Error,
    /// The broker's id was seen before, but the rows tell different days; the value names the one taken.
    DuplicateDay = "ROW-DUPLICATE-DAY" Warning,
    /// A trade in an option or a future in a report that tells neither what it stands for nor whether it
    /// opens or closes; the detail names better reports.
    ContractUnclear = "ROW-CONTRACT" Error,
    /// Payments that the broker shows in another currency than the one paid; the value names it.
    AmountConverted = "CELL-CONVERTED" Warning,
    /// Income after tax at source, whose amount before it the file does not tell.
    NetIncome = "INCOME-NET" Error,

    // Virtual currency.
    /// Coins received for nothing (staking, rewards, airdrops); the detail says in how many rows.
    CryptoReward = "CRYPTO-REWARD" Warning,
    /// Fees in coins, or of an exchange of coins for coins, that were left out; the value gives the sums.
    CryptoFees = "CRYPTO-FEES" Warning,
    /// A coin bought, sold or spent whose value in money the file does not tell.
    CryptoValueMissing = "CRYPTO-VALUE" Error,
    /// A sale and a purchase of coins that may be one exchange of them; the value names both.
    CryptoExchangeLikely = "CRYPTO-EXCHANGE" Warning,
    /// Rows of physical metal, which is no matter of this return; the detail says how many.
    PhysicalMetal = "ROW-METAL" Warning,

    // The history.
    /// More sold than bought: earlier history is missing. The detail names the missing quantity.
    MissingLots = "LOTS-MISSING" Error,
    /// A sale by a ticker (the value) that stands for several ISINs (the detail) on the account.
    TickerAmbiguous = "TICKER-AMBIGUOUS" Error,
    /// The instrument is left out because of rows that could not be read or decided.
    InstrumentBlocked = "INSTRUMENT-BLOCKED" Error,
    /// A bond or bill that was repaid: not a sale, what it brought above its price is interest. The value is the row.
    BondRedeemed = "BOND-REDEEMED" Error,
    /// A corporate action whose tax treatment is not settled.
    UnsettledAction = "ACTION-UNSETTLED" Error,
    /// The broker's position differs from the lots left.
    PositionDiffers = "CHECK-POSITION" Warning,
    /// A total of the broker differs from the sum of the rows.
    TotalDiffers = "CHECK-TOTAL" Warning,
    /// Tax at source without its dividend.
    WithholdingAlone = "WITHHOLDING-ALONE" Error,
    /// Tax at source, or a part of it given back, on a day without its dividend; the detail is the day of the nearest one.
    WithholdingApart = "WITHHOLDING-APART" Error,
    /// A dividend taken back (the value) whose payment is not in the files. The detail is the day.
    IncomeReversed = "INCOME-REVERSED" Error,
    /// Tax at source given back later (the value), taken off that of an earlier dividend, paid on the day that the detail
    /// names.
    WithholdingReturned = "WITHHOLDING-RETURNED" Warning,
    /// Interest taken back later (the value), taken off the payment of the day that the detail names.
    InterestReturned = "INTEREST-RETURNED" Warning,
    /// Interest below zero (the value) that takes back no payment of the files: left out. The detail is the day.
    InterestPaid = "INTEREST-PAID" Warning,
    /// Shares that came from another account whose file is not here: their cost is not known.
    TransferCost = "TRANSFER-IN" Error,
    /// Shares that left for another account, and no file tells their arrival.
    TransferAway = "TRANSFER-OUT" Warning,
    /// Shares from a plan of the employer: only the sender knows what may be their cost (the detail
    /// has what the file says of it).
    PlanCost = "LOT-COST" Error,
    /// Shares bought through a plan of the employer: their cost is what was paid (the detail).
    PlanPaid = "LOT-COST-PAID" Warning,
    /// The ratio of a split was worked out from what is held; the detail has the figures.
    SplitWorkedOut = "SPLIT-RATIO" Warning,
    /// What is held and the shares added by a split give no ratio; the detail has both.
    SplitUnclear = "SPLIT-UNCLEAR" Error,
    /// A split of an instrument that is not held.
    SplitWithoutLots = "SPLIT-NO-LOTS" Warning,
    /// A split (the detail is its day) that another account tells and this one, which held the shares, does not.
    SplitElsewhere = "SPLIT-ELSEWHERE" Warning,

    // Rates.
    /// A currency that NBP does not publish.
    NoSuchCurrency = "RATE-CURRENCY" Error,
    /// No table is known for the day.
    MissingRate = "RATE-MISSING" Error,

    // The tax.
    /// A loss that may not be deducted as asked; the detail says what may.
    LossNotAllowed = "LOSS-NOT-ALLOWED" Error,
    /// A loss (the value) that is above the income and was deducted up to it (the detail). The column is its year.
    LossAboveIncome = "LOSS-ABOVE-INCOME" Warning,
    /// A stated loss (the value) of a year (the column) for which the files show another result (the detail, negative if a
    /// loss).
    LossDiffers = "LOSS-DIFFERS" Warning,
    /// Stated costs of crypto of earlier years (the value) where the files carry others (the detail). The column is the
    /// year that they enter.
    CryptoCostsDiffer = "CRYPTO-COSTS-DIFFER" Warning,
    /// The country of the issuer is not clear; no PIT/ZG was made for it.
    CountryUnclear = "COUNTRY-UNCLEAR" Warning,
    /// Results of derivatives (the detail is their sum, the column their year) whose country is not known; no PIT/ZG was
    /// made for them.
    ResultCountry = "RESULT-COUNTRY" Warning,
    /// No treaty rate is known for the country; only the 19 % cap applied.
    TreatyUnknown = "TREATY-UNKNOWN" Warning,
    /// Income from crypto (the value; the column is the year) that may have been obtained abroad: its boxes (the detail)
    /// are left to the sender.
    CryptoAbroad = "CRYPTO-ABROAD" Warning,
    /// Years without events (the value) through which costs of crypto (the detail) pass: their returns must declare
    /// them.
    CryptoCarry = "CRYPTO-CARRY" Warning,
    /// Tax at source of a payment whose country is not known: no treaty caps the credit. The column is the year, the
    /// value the instrument, the detail what is credited.
    IncomeCountry = "INCOME-COUNTRY" Warning,
    /// What is likely a depositary receipt, taken to be of the country of its ISIN (the detail). The column is the year,
    /// the value the instrument.
    DepositaryReceipt = "DEPOSITARY-RECEIPT" Warning,
    /// Less than 19 % was taken of payments of a Polish issuer, which are taken to be final. The column is the year, the
    /// value the instrument, the detail what is missing.
    PolishTaxShort = "POLISH-TAX-SHORT" Warning,
    /// Sources conflict on the treaty rate of the country; the lower one (the detail) stands.
    TreatyConflict = "TREATY-CONFLICT" Warning,
    /// Tax paid abroad on sales is above its limit. The column is the country, the value what was paid, the detail what
    /// is credited.
    ForeignTaxLimited = "FOREIGN-TAX-LIMIT" Warning,
    /// Events outside the period of Polish residence (the detail), by year (the column): not taxed here. The value is
    /// their number.
    ResidenceOutside = "RESIDENCE-OUTSIDE" Warning,
    /// An event outside that period whose source is Polish: the law may tax it nevertheless.
    ResidencePolish = "RESIDENCE-POLISH" Error,
    /// Coins bought outside that period: whether they are costs of a Polish return is not settled.
    ResidenceCoins = "RESIDENCE-COINS" Warning,
    /// A sale traded on one side of the beginning or end of that period and settled on the other.
    ResidenceStraddled = "RESIDENCE-STRADDLED" Warning,
    /// More was withheld than the treaty allows.
    OverWithheld = "TREATY-EXCEEDED" Warning,
    /// Sales on accounts with a PIT-8C were left out of the own ones, because its amounts were stated. The column
    /// is the year, the value the revenue, the detail the costs.
    Pit8cInstead = "PIT-8C-INSTEAD" Warning,
    /// Settlement days were derived, not given.
    SettlementDerived = "SETTLEMENT-DERIVED" Warning,
    /// Settlement days were derived for a market whose calendar is not known; the value is its exchange or currency.
    SettlementGuessed = "SETTLEMENT-GUESSED" Warning,
    /// A trade falls into another tax year under the other basis.
    YearDependsOnBasis = "YEAR-BASIS" Warning,
    /// Charges that may or may not be costs were left out; the detail gives the sum.
    ChargesLeftOut = "COST-LEFT-OUT" Warning,
    /// Refunds above the costs of the year (the column) by the value: they are not counted.
    CostsNegative = "COST-NEGATIVE" Warning,
    /// Account fees in a year without any sale.
    FeesWithoutSales = "COST-NO-SALES" Warning,
    /// Income near or above the threshold of the solidarity levy.
    SolidarityLevy = "LEVY" Warning,
    /// The year asked for has no event in the files; the detail lists those that have.
    YearWithoutEvents = "YEAR-EMPTY" Warning,
    /// Amounts that the sender stated (the value) enter no year: the files have no income, and no year was chosen.
    YearUnknown = "YEAR-UNKNOWN" Error,
    /// The tax year is not over yet.
    YearNotOver = "YEAR-OPEN" Warning,
    /// The form of this year is not published; the layout is that of another year.
    FormProvisional = "FORM-PROVISIONAL" Warning,
    /// The form of this year is not known to the program: no field numbers are given.
    FormUnknown = "FORM-UNKNOWN" Warning,

    // The letter.
    /// A line that is meant as a command and cannot be read; the detail is an example.
    BadCommand = "COMMAND-UNREADABLE" Error,
    /// A command of an earlier mail (the value) that could not be read and was not written anew; the detail is an example.
    CommandStillBad = "COMMAND-STILL-UNREADABLE" Error,
    /// A command (the value) that is not answered beside the result of a file.
    CommandLeft = "COMMAND-LEFT" Warning,
}
