//! What the description of a row of the cash account says, in nine languages.

/// What a row is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// A purchase or sale; its figures are in the list of transactions.
    Trade,
    /// A change of identity or number whose legs are in the list of transactions.
    Conversion,
    /// A leg of a merger that takes shares.
    MergerOut,
    /// A leg of a merger that brings shares.
    MergerIn,
    /// A corporate action whose tax treatment is not settled.
    Unsettled,
    /// A distribution in cash.
    Dividend,
    /// Tax at source on a distribution.
    DividendTax,
    /// Interest on cash or a coupon.
    Interest,
    /// Tax at source on interest.
    InterestTax,
    /// The fee of a trade, told in the list of transactions.
    TradeFee,
    /// A tax on a trade that the list of transactions need not contain.
    TradeTax,
    /// A fee for keeping securities.
    Custody,
    /// Another fee, which may or may not be a cost.
    OtherFee,
    /// Money moved or converted.
    Neutral,
}

/// First words of purchases and sales.
const TRADES: [&str; 20] = [
    "buy",
    "sell",
    "kupno",
    "kup",
    "zakup",
    "sprzedaż",
    "kauf",
    "verkauf",
    "koop",
    "verkoop",
    "achat",
    "vente",
    "compra",
    "venta",
    "venda",
    "acquisto",
    "vendita",
    "nákup",
    "prodej",
    "sprzedaj",
];

/// Beginnings of corporate actions that only rename or split: `STOCK SPLIT: Buy 20 …`.
const CONVERSIONS: [&str; 33] = [
    "stock split",
    "split",
    "reverse split",
    "aandelensplit",
    "aktiensplit",
    "fractionnement",
    "division d'action",
    "frazionamento",
    "rettifica per frazionamento",
    "raggruppamento",
    "desdoblamiento",
    "contrasplit",
    "desdobramento",
    "podział akcji",
    "scalenie akcji",
    "štěpení",
    "isin change",
    "isin-wijziging",
    "isin-änderung",
    "zmiana isin",
    "cambio isin",
    "cambio de isin",
    "cambio di isin",
    "changement d'isin",
    "product change",
    "productwijziging",
    "produktwechsel",
    "produktänderung",
    "zmiana produktu",
    "cambio di prodotto",
    "cambio de producto",
    "changement de produit",
    "mudança de produto",
];

/// Beginnings of those that need a decision.
const UNSETTLED: [&str; 35] = [
    "spin-off",
    "spin off",
    "spinoff",
    "afsplitsing",
    "abspaltung",
    "scissione",
    "escisión",
    "scission",
    "cisão",
    "wydzielenie",
    "stock dividend",
    "stockdividend",
    "aktiendividende",
    "dywidenda w akcjach",
    "dividende en actions",
    "dividendo in azioni",
    "dividendo en acciones",
    "rights issue",
    "claimemissie",
    "emisja praw",
    "delisting",
    "bankruptcy",
    "capital return",
    "return of capital",
    "kapitalrück",
    "kapitaalteruggave",
    "kapitaaluitkering",
    "zwrot kapitału",
    "remboursement de capital",
    "rimborso di capitale",
    "devolución de capital",
    "qie distribution",
    "corporate action cash settlement",
    "barausgleich kapitalmaßnahme",
    "contante verrekening",
];

/// Beginnings of mergers.
const MERGERS: [&str; 9] =
    ["merger", "fusie", "fusion", "fusione", "fusión", "fusão", "fuzja", "połączenie", "fúze"];

/// First words of sales.
const SALES: [&str; 10] = [
    "sell",
    "sprzedaż",
    "sprzedaj",
    "verkauf",
    "verkoop",
    "vente",
    "venta",
    "venda",
    "vendita",
    "prodej",
];

const DIVIDEND_TAXES: [&str; 16] = [
    "dividend tax",
    "withholding tax",
    "dividendbelasting",
    "dividendensteuer",
    "quellensteuer",
    "podatek dywidendowy",
    "podatek od dywidendy",
    "impôts sur dividende",
    "impôt sur dividende",
    "impôts sur les dividendes",
    "retención del dividendo",
    "retención de dividendo",
    "ritenuta sul dividendo",
    "imposto sobre dividendo",
    "imposto de dividendo",
    "daň z dividend",
];

const DIVIDENDS: [&str; 12] = [
    "dividend",
    "dywidenda",
    "dividende",
    "dividendo",
    "dividenda",
    "fund distribution",
    "distribution",
    "ausschüttung",
    "fondsausschüttung",
    "fondsuitkering",
    "dystrybucja",
    "distribución",
];

const INTERESTS: [&str; 17] = [
    "flatex interest",
    "interest",
    "odsetki",
    "zinsen",
    "rente",
    "interesse",
    "intérêt",
    "interés",
    "intereses",
    "interessi",
    "juros",
    "úrok",
    "coupon",
    "kupon",
    "cupón",
    "degiro interest",
    "debit interest",
];

const TRADE_FEES: [&str; 13] = [
    "transaction and/or",
    "transaction fee",
    "opłata transakcyjna",
    "transactiekosten",
    "transaktionsgeb",
    "transaktionskosten",
    "costes de transacción",
    "frais de courtage",
    "courtage et/ou",
    "costi di transazione",
    "comissões de transação",
    "custos de transação",
    "transakční",
];

const TRADE_TAXES: [&str; 13] = [
    "stamp duty",
    "podatek od transakcji",
    "transaction tax",
    "transactiebelasting",
    "transaktionssteuer",
    "taxe sur les trans",
    "impuesto sobre las trans",
    "imposta sulle trans",
    "tobin",
    "opłata skarbowa",
    "podatek transakcyjny",
    "beurstaks",
    "daň z transakc",
];

const CUSTODY: [&str; 7] = [
    "custody fee",
    "opłata za przechowywanie",
    "bewaarloon",
    "depotgebühr",
    "droits de garde",
    "diritti di custodia",
    "comisión de custodia",
];

const OTHER_FEES: [&str; 25] = [
    "connection fee",
    "aansluitingskosten",
    "verbindungskosten",
    "handelsmodalit",
    "frais de connexion",
    "costi di connessione",
    "conectividad",
    "custo de conect",
    "opłata za po",
    "opłata abonament",
    "adr/gdr",
    "pass-through",
    "corporate action fee",
    "processing fee",
    "market data",
    "real time",
    "real-time",
    "dane rynkowe",
    "opłata giełdowa",
    "exercise fee",
    "opłata za dost",
    "handelsplatzgeb",
    "poplatek",
    "gestión de conex",
    "degiro fee",
];

/// Words for moving shares or money; with one for a fee it is the fee that is meant.
const TRANSFERS: [&str; 5] = ["transfer", "przelew", "überweisung", "overboeking", "virement"];
const FEES: [&str; 7] = ["fee", "opłata", "kosten", "gebühr", "frais", "costi", "comisión"];

/// Parts of texts about money that only moves.
const NEUTRAL: [&str; 66] = [
    "cash sweep",
    "money market",
    "geldmarktfonds",
    "geldmarkt",
    "konwersja funduszu",
    "fundshare",
    "fondo monetario",
    "mercado monetario",
    "fonds monétaire",
    "fundo do mercado",
    "peněžní",
    "deposit",
    "depozyt",
    "wpłata",
    "wypłata",
    "withdrawal",
    "storting",
    "einzahlung",
    "auszahlung",
    "versement",
    "retrait",
    "ingreso",
    "retirada",
    "prelievo",
    "depósito",
    "levantamento",
    "vklad",
    "výběr",
    "ideal",
    "sofort",
    "trustly",
    "fx credit",
    "fx debit",
    "valuta creditering",
    "valuta debitering",
    "währungswechsel",
    "opération de change",
    "operation de change",
    "credito fx",
    "prelievo fx",
    "cambio de divisa",
    "divisa",
    "crédit fx",
    "débit fx",
    "wymiana walut",
    "przewalutowanie",
    "směna",
    "currency exchange",
    "transfer",
    "przelew",
    "überweisung",
    "overboeking",
    "trasferi",
    "transferir",
    "transferencia",
    "virement",
    "převod",
    "reservation",
    "rezerwacja",
    "reservierung",
    "reservering",
    "promot",
    "promo",
    "courtesy",
    "compensation",
    "autofx",
];

impl Kind {
    /// Reads a description; `None` if it is not known.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        let begins = |names: &[&str]| names.iter().any(|name| text.starts_with(name));
        let contains = |names: &[&str]| names.iter().any(|name| text.contains(name));
        // Products may be called after dividends, interest or deposits: trades are told first.
        if is_trade(&text) {
            return Some(Self::Trade);
        }
        if begins(&CONVERSIONS) {
            return Some(Self::Conversion);
        }
        if begins(&MERGERS) {
            return Some(Self::merger(&text));
        }
        if begins(&UNSETTLED) {
            return Some(Self::Unsettled);
        }
        if contains(&DIVIDEND_TAXES) {
            return Some(Self::DividendTax);
        }
        let fee = contains(&CUSTODY) || contains(&OTHER_FEES) || is_transfer_fee(&text);
        if !fee && begins(&DIVIDENDS) {
            return Some(Self::Dividend);
        }
        if !fee && begins(&INTERESTS) {
            let taxed = contains(&["tax", "podatek", "belasting", "steuer", "impôt", "ritenuta"]);
            return Some(if taxed { Self::InterestTax } else { Self::Interest });
        }
        if contains(&TRADE_TAXES) {
            return Some(Self::TradeTax);
        }
        if contains(&TRADE_FEES) {
            return Some(Self::TradeFee);
        }
        if contains(&CUSTODY) {
            return Some(Self::Custody);
        }
        if fee {
            return Some(Self::OtherFee);
        }
        contains(&NEUTRAL).then_some(Self::Neutral)
    }

    /// `merger: sell 10 name@75 usd (isin)`: the verb after the colon.
    fn merger(text: &str) -> Self {
        let rest = text.split_once(':').map_or("", |(_, rest)| rest.trim_start());
        let verb = rest.split_whitespace().next().unwrap_or_default();
        match (TRADES.contains(&verb), SALES.contains(&verb)) {
            (true, true) => Self::MergerOut,
            (true, false) => Self::MergerIn,
            (false, _) => Self::Unsettled,
        }
    }
}

/// `Kupno 10 NAZWA@12,34 USD (US0378331005)`: a verb, a number, and a price.
fn is_trade(text: &str) -> bool {
    let Some((verb, rest)) = text.split_once(char::is_whitespace) else { return false };
    TRADES.contains(&verb) && rest.trim_start().starts_with(|c: char| c.is_ascii_digit())
}

/// `Transfer Out Fee`: as words of their own, because coffee is none.
fn is_transfer_fee(text: &str) -> bool {
    let has = |names: &[&str]| text.split_whitespace().any(|word| names.contains(&word));
    has(&TRANSFERS) && has(&FEES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_tells_the_same_kinds() {
        let cases = [
            ("Kupno 1 250 iShares Core@12,34 EUR (IE00B4L5Y983)", Kind::Trade),
            ("Verkauf 10 zu je 12,34 EUR", Kind::Trade),
            ("Acquisto 36 Some ETF@171 EUR (IE00B4L5Y983)", Kind::Trade),
            ("Buy 5 DIVIDEND GROWTH ETF@3 USD (IE00B4L5Y983)", Kind::Trade),
            ("STOCK SPLIT: Buy 20 NVIDIA@120 USD (US67066G1040)", Kind::Conversion),
            ("RETTIFICA PER FRAZIONAMENTO AZIONARIO: 36 ETF @ 258,8 EUR", Kind::Conversion),
            ("CAMBIO DI PRODOTTO: Vendita 36 ETF@171 EUR", Kind::Conversion),
            ("MERGER: Sell 10 OLD@1 USD (US0378331005)", Kind::MergerOut),
            ("FUZJA: Kupno 10 NEW@1 USD (US0378331005)", Kind::MergerIn),
            ("Merger", Kind::Unsettled),
            ("Capital Return", Kind::Unsettled),
            ("Dywidenda", Kind::Dividend),
            ("Fund Distribution", Kind::Dividend),
            ("Podatek Dywidendowy", Kind::DividendTax),
            ("Ritenuta sul dividendo", Kind::DividendTax),
            ("Daň z dividendy", Kind::DividendTax),
            ("Flatex Interest Income", Kind::Interest),
            ("Odsetki", Kind::Interest),
            ("DEGIRO Opłata Transakcyjna i/lub opłata stron trzecich", Kind::TradeFee),
            ("DEGIRO Costi di transazione e/o di terze parti", Kind::TradeFee),
            ("Francuski podatek od transakcji", Kind::TradeTax),
            ("London/Dublin Stamp Duty", Kind::TradeTax),
            ("DEGIRO Exchange Connection Fee 2023 (Nasdaq - NDQ)", Kind::OtherFee),
            ("ADR/GDR Pass-Through Fee", Kind::OtherFee),
            ("Transfer Fee for securities", Kind::OtherFee),
            ("Transfer Out Fee", Kind::OtherFee),
            ("Opłata za transfer", Kind::OtherFee),
            ("Corporate Action Cash Settlement Stock", Kind::Unsettled),
            ("Barausgleich Kapitalmaßnahme (Aktie)", Kind::Unsettled),
            ("Transfer", Kind::Neutral),
            ("Überweisung Coffeehouse AG", Kind::Neutral),
            ("FX Withdrawal", Kind::Neutral),
            ("Konwersja funduszu gotówkowego: Zakup 0,5 @ 1 EUR", Kind::Neutral),
            ("Money Market fund conversion: Buy 0.5 at 1 GBP", Kind::Neutral),
            ("Degiro Cash Sweep Transfer", Kind::Neutral),
            ("Depozyt", Kind::Neutral),
        ];
        for (text, kind) in cases {
            assert_eq!(Kind::parse(text), Some(kind), "{text}");
        }
    }

    #[test]
    fn an_unknown_text_is_not_guessed() {
        assert_eq!(Kind::parse("Etwas ganz Neues"), None);
        assert_eq!(Kind::parse(""), None);
    }
}
