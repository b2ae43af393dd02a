//! Findings in words: what was found, and what the sender should do about it.
//!
//! Each code has its words in one of the submodules, both languages side by side. The `match` in
//! [`words_of`] names every code, so a new code does not compile without words for the sender.

mod accounts;
mod conversation;
mod crypto;
mod files;
mod fill;
mod history;
mod income;
mod lots;
mod outcome;
mod residence;
mod rows;
mod stated;

use std::collections::BTreeMap;

use super::echo;
use crate::{
    lang::Lang,
    statement::{Code, Diagnostic, FORMATS, Severity, StatementFormat},
};

/// How many places of one kind of finding a reply shows; the rest is a count (mail §5).
pub const ROWS_SHOWN: usize = 5;

/// A finding in words. The place (file and row) is not in them: whoever shows them puts it first.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Explanation {
    /// What was found, one sentence.
    pub what: String,
    /// What to do next, one or two sentences.
    pub what_to_do: String,
}

/// The words of one code: `{value}`, `{column}` and `{detail}` are filled in, `{value zł}` and
/// `{value #}` as figures; a part in `[…]` is left out if a value that it names is empty.
#[derive(Debug)]
struct Words {
    pl: Pair,
    en: Pair,
}

/// What was found and what to do, in one language.
#[derive(Debug)]
struct Pair {
    what: &'static str,
    to_do: &'static str,
}

/// Puts a finding into words; the sender's own text in it is sanitised.
pub fn diagnostic(found: &Diagnostic, lang: Lang) -> Explanation {
    let words = words_of(found.code);
    let pair = match lang {
        Lang::Pl => &words.pl,
        Lang::En => &words.en,
    };
    let values = fill::Values {
        column: echo(&found.column),
        value: echo(&found.value),
        detail: echo(&found.detail),
    };
    let what = capitalized(&values.fill(pair.what, lang));
    let mut what_to_do = values.fill(pair.to_do, lang);
    if let Some(format) = wrong_report(found) {
        what_to_do = format!("{what_to_do} {}: {}.", format.broker(), format.how_to_export(lang));
    }
    Explanation { what, what_to_do }
}

/// The format whose right report the sender should export; the finding's detail is its id.
fn wrong_report(found: &Diagnostic) -> Option<&'static dyn StatementFormat> {
    let of_id = |format: &&&'static dyn StatementFormat| format.id() == found.detail;
    FORMATS.iter().find(of_id).filter(|_| found.code == Code::WrongReport).copied()
}

/// A sentence begins with a capital even if its first part was left out.
fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// All findings of one code, of which the first few are shown.
#[derive(Clone, Debug)]
pub struct Group<'a> {
    /// Which kind.
    pub code: Code,
    /// Their severity.
    pub severity: Severity,
    /// The first [`ROWS_SHOWN`] by file and row.
    pub shown: Vec<&'a Diagnostic>,
    /// How many more there are.
    pub more: usize,
}

impl Group<'_> {
    /// How many findings there are in all.
    pub fn count(&self) -> usize {
        self.shown.len() + self.more
    }
}

/// Groups findings by severity and code: errors before warnings, then in the order of declaration.
pub fn group<'a>(found: impl IntoIterator<Item = &'a Diagnostic>) -> Vec<Group<'a>> {
    let mut by_code: BTreeMap<(Severity, Code), Vec<&Diagnostic>> = BTreeMap::new();
    for diagnostic in found {
        by_code.entry((diagnostic.severity, diagnostic.code)).or_default().push(diagnostic);
    }
    let mut groups: Vec<Group<'_>> = by_code
        .into_iter()
        .map(|((severity, code), mut all)| {
            // A stable sort: findings of one row stay in the order in which they were made.
            all.sort_by_key(|diagnostic| (diagnostic.file, diagnostic.row));
            let more = all.len().saturating_sub(ROWS_SHOWN);
            all.truncate(ROWS_SHOWN);
            Group { code, severity, shown: all, more }
        })
        .collect();
    groups.sort_by_key(|group| (group.severity, group.code));
    groups
}

#[expect(clippy::too_many_lines, reason = "one line for each code")]
fn words_of(code: Code) -> &'static Words {
    match code {
        Code::NoAttachment => &files::NO_ATTACHMENT,
        Code::UnknownFile => &files::UNKNOWN_FILE,
        Code::AmbiguousFile => &files::AMBIGUOUS_FILE,
        Code::NoRows => &files::NO_ROWS,
        Code::PdfFile => &files::PDF_FILE,
        Code::ImageFile => &files::IMAGE_FILE,
        Code::EncryptedFile => &files::ENCRYPTED_FILE,
        Code::HtmlFile => &files::HTML_FILE,
        Code::TooLarge => &files::TOO_LARGE,
        Code::BadArchive => &files::BAD_ARCHIVE,
        Code::BadWorkbook => &files::BAD_WORKBOOK,
        Code::TooManyFiles => &files::TOO_MANY_FILES,
        Code::BadEncoding => &files::BAD_ENCODING,
        Code::SameFileTwice => &files::SAME_FILE_TWICE,
        Code::LinkOnly => &files::LINK_ONLY,
        Code::OpaqueMessage => &files::OPAQUE_MESSAGE,
        Code::OutlookMessage => &files::OUTLOOK_MESSAGE,
        Code::NestedTooDeep => &files::NESTED_TOO_DEEP,
        Code::WrongReport => &files::WRONG_REPORT,
        Code::FileReplaced => &conversation::FILE_REPLACED,
        Code::FileLeftOut => &conversation::FILE_LEFT_OUT,
        Code::SkipUnknown => &conversation::SKIP_UNKNOWN,
        Code::FileForgotten => &conversation::FILE_FORGOTTEN,
        Code::CommandStillBad => &conversation::COMMAND_STILL_BAD,
        Code::CommandLeft => &conversation::COMMAND_LEFT,
        Code::SameName => &conversation::SAME_NAME,
        Code::StillMissing => &conversation::STILL_MISSING,
        Code::OwnFile => &conversation::OWN_FILE,
        Code::FindingsMore => &files::FINDINGS_MORE,
        Code::PasteUnread => &conversation::PASTE_UNREAD,
        Code::RetoldRow => &conversation::RETOLD_ROW,
        Code::Truncated => &files::TRUNCATED,
        Code::MissingSection => &files::MISSING_SECTION,
        Code::AccountCurrencyUnknown => &accounts::ACCOUNT_CURRENCY_UNKNOWN,
        Code::ExemptAccount => &accounts::EXEMPT_ACCOUNT,
        Code::BookedAmounts => &accounts::BOOKED_AMOUNTS,
        Code::SalesAsProceeds => &accounts::SALES_AS_PROCEEDS,
        Code::Pit8cLikely => &accounts::PIT_8C_LIKELY,
        Code::MissingReport => &files::MISSING_REPORT,
        Code::UnknownRow => &rows::UNKNOWN_ROW,
        Code::UnknownColumn => &rows::UNKNOWN_COLUMN,
        Code::MissingColumn => &rows::MISSING_COLUMN,
        Code::RowShape => &rows::ROW_SHAPE,
        Code::BadDate => &rows::BAD_DATE,
        Code::ImplausibleDate => &rows::IMPLAUSIBLE_DATE,
        Code::BadNumber => &rows::BAD_NUMBER,
        Code::AmbiguousNumber => &rows::AMBIGUOUS_NUMBER,
        Code::NotPositive => &rows::NOT_POSITIVE,
        Code::WithheldSign => &income::WITHHELD_SIGN,
        Code::EmptyCell => &rows::EMPTY_CELL,
        Code::BadCurrency => &rows::BAD_CURRENCY,
        Code::BadIsin => &rows::BAD_ISIN,
        Code::IsinCheckDigit => &rows::ISIN_CHECK_DIGIT,
        Code::BadCountry => &rows::BAD_COUNTRY,
        Code::AmountMismatch => &rows::AMOUNT_MISMATCH,
        Code::NoInstrument => &rows::NO_INSTRUMENT,
        Code::FormulaCell => &rows::FORMULA_CELL,
        Code::LikelyDuplicate => &rows::LIKELY_DUPLICATE,
        Code::DuplicateDay => &rows::DUPLICATE_DAY,
        Code::ContractUnclear => &rows::CONTRACT_UNCLEAR,
        Code::DuplicateDiffers => &rows::DUPLICATE_DIFFERS,
        Code::AmbiguousDate => &rows::AMBIGUOUS_DATE,
        Code::UnusedCell => &rows::UNUSED_CELL,
        Code::SwappedDate => &rows::SWAPPED_DATE,
        Code::BrokerRate => &rows::BROKER_RATE,
        Code::AmountConverted => &rows::AMOUNT_CONVERTED,
        Code::NetIncome => &rows::NET_INCOME,
        Code::CryptoReward => &crypto::CRYPTO_REWARD,
        Code::CryptoFees => &crypto::CRYPTO_FEES,
        Code::CryptoValueMissing => &crypto::CRYPTO_VALUE_MISSING,
        Code::CryptoExchangeLikely => &crypto::CRYPTO_EXCHANGE_LIKELY,
        Code::PhysicalMetal => &crypto::PHYSICAL_METAL,
        Code::MissingLots => &history::MISSING_LOTS,
        Code::TickerAmbiguous => &history::TICKER_AMBIGUOUS,
        Code::InstrumentBlocked => &history::INSTRUMENT_BLOCKED,
        Code::BondRedeemed => &history::BOND_REDEEMED,
        Code::UnsettledAction => &history::UNSETTLED_ACTION,
        Code::TransferCost => &lots::TRANSFER_COST,
        Code::TransferAway => &lots::TRANSFER_AWAY,
        Code::PlanCost => &lots::PLAN_COST,
        Code::PlanPaid => &lots::PLAN_PAID,
        Code::PositionDiffers => &history::POSITION_DIFFERS,
        Code::TotalDiffers => &history::TOTAL_DIFFERS,
        Code::IncomeReversed => &history::INCOME_REVERSED,
        Code::WithholdingAlone => &history::WITHHOLDING_ALONE,
        Code::WithholdingApart => &income::WITHHOLDING_APART,
        Code::WithholdingReturned => &history::WITHHOLDING_RETURNED,
        Code::InterestReturned => &income::INTEREST_RETURNED,
        Code::InterestPaid => &income::INTEREST_PAID,
        Code::SplitWorkedOut => &history::SPLIT_WORKED_OUT,
        Code::SplitUnclear => &history::SPLIT_UNCLEAR,
        Code::SplitElsewhere => &history::SPLIT_ELSEWHERE,
        Code::SplitWithoutLots => &history::SPLIT_WITHOUT_LOTS,
        Code::NoSuchCurrency => &history::NO_SUCH_CURRENCY,
        Code::MissingRate => &history::MISSING_RATE,
        Code::LossNotAllowed => &stated::LOSS_NOT_ALLOWED,
        Code::LossAboveIncome => &stated::LOSS_ABOVE_INCOME,
        Code::LossDiffers => &stated::LOSS_DIFFERS,
        Code::CryptoCostsDiffer => &stated::CRYPTO_COSTS_DIFFER,
        Code::CountryUnclear => &outcome::COUNTRY_UNCLEAR,
        Code::ResultCountry => &outcome::RESULT_COUNTRY,
        Code::TreatyUnknown => &outcome::TREATY_UNKNOWN,
        Code::CryptoAbroad => &crypto::CRYPTO_ABROAD,
        Code::CryptoCarry => &crypto::CRYPTO_CARRY,
        Code::IncomeCountry => &outcome::INCOME_COUNTRY,
        Code::DepositaryReceipt => &outcome::DEPOSITARY_RECEIPT,
        Code::TreatyConflict => &outcome::TREATY_CONFLICT,
        Code::ForeignTaxLimited => &residence::FOREIGN_TAX_LIMITED,
        Code::ResidenceOutside => &residence::OUTSIDE,
        Code::ResidencePolish => &residence::POLISH,
        Code::ResidenceCoins => &residence::COINS,
        Code::ResidenceStraddled => &residence::STRADDLED,
        Code::OverWithheld => &outcome::OVER_WITHHELD,
        Code::PolishTaxShort => &outcome::POLISH_TAX_SHORT,
        Code::Pit8cInstead => &accounts::PIT_8C_INSTEAD,
        Code::SettlementDerived => &outcome::SETTLEMENT_DERIVED,
        Code::SettlementGuessed => &outcome::SETTLEMENT_GUESSED,
        Code::YearDependsOnBasis => &outcome::YEAR_DEPENDS_ON_BASIS,
        Code::ChargesLeftOut => &outcome::CHARGES_LEFT_OUT,
        Code::CostsNegative => &outcome::COSTS_NEGATIVE,
        Code::FeesWithoutSales => &outcome::FEES_WITHOUT_SALES,
        Code::SolidarityLevy => &outcome::SOLIDARITY_LEVY,
        Code::YearWithoutEvents => &outcome::YEAR_WITHOUT_EVENTS,
        Code::YearUnknown => &outcome::YEAR_UNKNOWN,
        Code::YearNotOver => &outcome::YEAR_NOT_OVER,
        Code::FormProvisional => &outcome::FORM_PROVISIONAL,
        Code::FormUnknown => &outcome::FORM_UNKNOWN,
        Code::BadCommand => &outcome::BAD_COMMAND,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::{FileId, Source};

    fn in_every_way(check: impl Fn(Code, Lang, &Explanation)) {
        for &code in Code::ALL {
            for lang in [Lang::Pl, Lang::En] {
                let bare = Diagnostic::new(code);
                let full = bare.clone().found("Column", "Value").detail("Detail");
                check(code, lang, &diagnostic(&bare, lang));
                check(code, lang, &diagnostic(&full, lang));
            }
        }
    }

    #[test]
    fn every_code_says_what_it_is_and_what_to_do_in_both_languages() {
        in_every_way(|code, lang, said| {
            for text in [&said.what, &said.what_to_do] {
                assert!(text.chars().count() > 15, "{code:?} {lang:?}: {text}");
                assert!(!text.contains(['{', '}', '[', ']']), "{code:?} {lang:?}: {text}");
                assert!(text.ends_with(['.', '”']), "{code:?} {lang:?}: {text}");
                assert!(!text.contains("  ") && !text.contains(" ."), "{code:?} {lang:?}: {text}");
            }
        });
    }

    #[test]
    fn sums_are_spelled_in_the_language() {
        for &code in Code::ALL {
            let found = Diagnostic::new(code).found("2.59", "2.59").detail("2.59");
            for (lang, slip) in [(Lang::Pl, "2.59 zł"), (Lang::En, "2.59 PLN")] {
                let said = diagnostic(&found, lang);
                assert!(!said.what.contains(slip), "{code:?}: {}", said.what);
            }
        }
    }

    #[test]
    fn no_code_is_said_in_the_words_of_another() {
        let mut seen = BTreeMap::new();
        for &code in Code::ALL {
            for lang in [Lang::Pl, Lang::En] {
                let what = diagnostic(&Diagnostic::new(code), lang).what;
                assert_eq!(seen.insert(what, code), None, "{code:?}");
            }
        }
    }

    #[test]
    fn what_was_found_is_said() {
        let source = Source { file: FileId(0), row: 7 };
        let found = Diagnostic::at(Code::BadNumber, source).found("Price", "12,x\u{202e}4");
        let said = diagnostic(&found, Lang::En);
        assert_eq!(said.what, "Column “Price”: a number must stand here, found: “12,x4”.");
    }

    #[test]
    fn many_findings_of_one_kind_become_five_and_a_count() {
        let at = |row| Diagnostic::at(Code::BadDate, Source { file: FileId(0), row });
        let mut found: Vec<_> = (1..=12).rev().map(at).collect();
        found.push(Diagnostic::new(Code::SettlementDerived));
        found.push(Diagnostic::in_file(Code::PdfFile, FileId(1)));
        let groups = group(&found);
        let codes: Vec<_> = groups.iter().map(|group| group.code).collect();
        assert_eq!(codes, [Code::PdfFile, Code::BadDate, Code::SettlementDerived]);
        assert_eq!((groups[1].count(), groups[1].more), (12, 7));
        let rows: Vec<_> = groups[1].shown.iter().filter_map(|found| found.row).collect();
        assert_eq!(rows, [1, 2, 3, 4, 5]);
    }
}
