//! What kinds of cash operations there are, in the languages in which they were met.

use crate::statement::formats::exempt::Product;
use crate::statement::table::fold;

/// What a cash operation is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// Shares bought.
    Buy,
    /// Shares sold: proceeds in the new template, the purchase value in the old one.
    Sell,
    /// The result of a closed position: of shares in the old template, of CFDs in both.
    Profit,
    /// A dividend, gross.
    Dividend,
    /// Its tax at source.
    Withholding,
    /// The broker's commission.
    Commission,
    /// SEC fee, stamp duty or tax on the transaction.
    Charge,
    /// A fee of the account, which may or may not be a cost.
    LeftOut,
    /// Swap, rollover and the like: costs of CFDs.
    Swap,
    /// What a CFD on shares pays in place of a dividend.
    Equivalent,
    /// Money into an IKE or IKZE account.
    ExemptDeposit(Product),
    /// Spin-offs, rights, corrections: their tax is not settled here.
    Unsettled,
    /// A split, which a comment tells.
    Split,
    /// No tax effect here. Interest on free funds is taxed by the broker, who is a Polish payer.
    Neutral,
}

/// Words for shares and funds.
const SHARES: [&str; 8] = ["stock", "etf", "akcj", "akci", "aktien", "acoes", "ações", "acciones"];
/// Sales before purchases: `verkauf` contains `kauf`.
const SOLD: [&str; 9] =
    ["sale", "sell", "sprzedaz", "prodej", "predaj", "verkauf", "vende", "venda", "venta"];
const BOUGHT: [&str; 7] = ["purchase", "buy", "zakup", "kupno", "nákup", "kauf", "compra"];

/// The start of a kind and what it is; the first that fits decides.
const STARTS: [(&str, Kind); 49] = [
    ("dividend equivalent", Kind::Equivalent),
    ("ekwiwalent dywidendy", Kind::Equivalent),
    ("divident", Kind::Dividend),
    ("dividend", Kind::Dividend),
    ("dywidenda", Kind::Dividend),
    ("withholding tax", Kind::Withholding),
    ("podatek od dywidend", Kind::Withholding),
    ("podatek u zrodla", Kind::Withholding),
    ("quellensteuer", Kind::Withholding),
    ("srážková daň", Kind::Withholding),
    ("zrážková daň", Kind::Withholding),
    ("free-funds interest", Kind::Neutral),
    ("free funds interest", Kind::Neutral),
    ("odsetki od wolnych srodkow", Kind::Neutral),
    ("podatek od odsetek", Kind::Neutral),
    ("profit of position", Kind::Profit),
    ("profit/loss", Kind::Profit),
    ("close trade", Kind::Profit),
    ("zysk/strata", Kind::Profit),
    ("gewinn/verlust", Kind::Profit),
    ("zisk/ztráta", Kind::Profit),
    ("zisk/strata", Kind::Profit),
    ("lucro/perda", Kind::Profit),
    ("ike deposit", Kind::ExemptDeposit(Product::Ike)),
    ("wplata ike", Kind::ExemptDeposit(Product::Ike)),
    ("ikze deposit", Kind::ExemptDeposit(Product::Ikze)),
    ("wplata ikze", Kind::ExemptDeposit(Product::Ikze)),
    ("deposit", Kind::Neutral),
    ("wplata", Kind::Neutral),
    ("withdrawal", Kind::Neutral),
    ("wyplata", Kind::Neutral),
    ("transfer", Kind::Neutral),
    ("subaccount transfer", Kind::Neutral),
    ("przelew", Kind::Neutral),
    ("commission", Kind::Commission),
    ("prowizja", Kind::Commission),
    ("sec fee", Kind::Charge),
    ("stamp duty", Kind::Charge),
    ("tax iftt", Kind::Charge),
    ("tax fftt", Kind::Charge),
    ("inactivity fee", Kind::LeftOut),
    ("oplata za brak aktywnosci", Kind::LeftOut),
    ("stock transfer fee", Kind::LeftOut),
    ("swap", Kind::Swap),
    ("rollover", Kind::Swap),
    ("spin off", Kind::Unsettled),
    ("spin-off", Kind::Unsettled),
    ("rights issue", Kind::Unsettled),
    (CORRECTION, Kind::Unsettled),
];

const CORRECTION: &str = "correction";

/// Whether a row corrects another, whose text its comment then has.
pub(super) fn is_correction(label: &str) -> bool {
    fold(label).starts_with(CORRECTION)
}

impl Kind {
    /// Reads the text of the column; `None` for a kind that is not known.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = fold(text);
        if let Some((_, kind)) = STARTS.iter().find(|(start, _)| text.starts_with(start)) {
            return Some(*kind);
        }
        let contains = |words: &[&str]| words.iter().any(|word| text.contains(word));
        match (contains(&SHARES), contains(&SOLD), contains(&BOUGHT)) {
            (true, true, _) => Some(Self::Sell),
            (true, false, true) => Some(Self::Buy),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_every_language_are_known() {
        let cases = [
            ("Stock purchase", Kind::Buy),
            ("Stocks/ETF purchase", Kind::Buy),
            ("Zakup akcji/ETF", Kind::Buy),
            ("Ações/ETF compra", Kind::Buy),
            ("Aktien/ETF Kauf", Kind::Buy),
            ("Nákup akcií/ETF", Kind::Buy),
            ("Stock sale", Kind::Sell),
            ("Stock sell", Kind::Sell),
            ("Sprzedaż akcji/ETF", Kind::Sell),
            ("Ações/ETF vende", Kind::Sell),
            ("Aktien/ETF Verkauf", Kind::Sell),
            ("close trade", Kind::Profit),
            ("Profit/Loss (FX/CFD)", Kind::Profit),
            ("Zysk/Strata", Kind::Profit),
            ("DIVIDENT", Kind::Dividend),
            ("Dywidenda", Kind::Dividend),
            ("Dividend equivalent", Kind::Equivalent),
            ("Withholding Tax", Kind::Withholding),
            ("Podatek od dywidend", Kind::Withholding),
            ("Free-funds Interest Tax", Kind::Neutral),
            ("Odsetki od wolnych środków", Kind::Neutral),
            ("Podatek od odsetek od wolnych środków", Kind::Neutral),
            ("IKZE deposit", Kind::ExemptDeposit(Product::Ikze)),
            ("Wpłata", Kind::Neutral),
            ("Sec Fee", Kind::Charge),
            ("Tax IFTT", Kind::Charge),
            ("Spin off", Kind::Unsettled),
        ];
        for (text, kind) in cases {
            assert_eq!(Kind::parse(text), Some(kind), "{text}");
        }
        assert_eq!(Kind::parse("Something new"), None);
    }

    #[test]
    fn a_tax_free_account_is_named_by_a_word_of_its_own() {
        assert_eq!(Product::find("IKE_PLN_1234567.xlsx"), Some(Product::Ike));
        assert_eq!(Product::find("konto ikze"), Some(Product::Ikze));
        assert_eq!(Product::find("Nike / LIKE"), None);
    }
}
