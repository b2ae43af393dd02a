//! Headings, column heads and labels of the PDF and the workbook.

use super::numbers;
use crate::lang::Lang;

/// A short text in both languages.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Phrase {
    pl: &'static str,
    en: &'static str,
}

impl Phrase {
    /// The text in a language.
    pub(crate) fn say(self, lang: Lang) -> &'static str {
        lang.choose(self.pl, self.en)
    }
}

macro_rules! phrases {
    ($($name:ident: $pl:literal, $en:literal;)*) => {
        $(pub(crate) const $name: Phrase = Phrase { pl: $pl, en: $en };)*
    };
}

// Sections.
phrases! {
    SUMMARY: "Podsumowanie", "Summary";
    FORM: "Pola do przepisania", "Fields to copy";
    DISPOSALS: "Sprzedaże i ich partie", "Disposals and their lots";
    INCOME: "Dywidendy i odsetki", "Dividends and interest";
    OTHER: "Opłaty, pochodne, waluty wirtualne", "Fees, derivatives, crypto";
    OPEN_LOTS: "Partie, które zostały", "Lots left";
    INPUTS: "Użyte pliki", "Files used";
    FINDINGS: "Błędy i uwagi", "Errors and warnings";
    NOTES: "Założenia i zastrzeżenia", "Assumptions and disclaimer";
    YEARS: "Wszystkie lata w plikach", "All years in the files";
    DIVIDENDS: "Dywidendy", "Dividends";
    POLISH_DIVIDENDS: "Polskie dywidendy", "Polish dividends";
    POLISH_INCOME: "Dywidendy i odsetki z Polski", "Dividends and interest from Poland";
    INTEREST: "Odsetki", "Interest";
    FEES: "Opłaty", "Fees";
    DERIVATIVES: "Pochodne", "Derivatives";
    CRYPTO: "Waluty wirtualne", "Crypto";
    SECURITIES: "Papiery wartościowe", "Securities";
    MOVED: "Sprzedaże, których rok zależy od przyjętej daty",
        "Disposals whose year depends on the basis";
}

// Columns.
phrases! {
    NUMBER: "Lp.", "No.";
    DISPOSAL_NUMBER: "Sprzedaż", "Disposal";
    YEAR: "Rok", "Year";
    ACCOUNT: "Rachunek", "Account";
    SYMBOL: "Symbol", "Symbol";
    ISIN: "ISIN", "ISIN";
    NAME: "Nazwa", "Name";
    INSTRUMENT: "Instrument", "Instrument";
    COUNTRY: "Kraj", "Country";
    COUNTRY_SHORT: "Kraj", "Ctry";
    DAY: "Dzień", "Day";
    MONTH: "Miesiąc", "Month";
    TRADED: "Transakcja", "Traded";
    SETTLED: "Rozliczenie", "Settled";
    TRADED_SETTLED: "Transakcja\nrozliczenie", "Traded\nsettled";
    SETTLED_DERIVED: "Rozliczenie wyprowadzone", "Settlement derived";
    QUANTITY: "Ilość", "Quantity";
    GROSS: "Brutto", "Gross";
    GROSS_RATE: "Kwota\n× kurs NBP", "Amount\n× NBP rate";
    CURRENCY: "Waluta", "Currency";
    RATE: "Kurs NBP", "NBP rate";
    TABLE: "Tabela NBP\nz dnia", "NBP table\npublished";
    TABLE_NUMBER: "Tabela NBP", "NBP table";
    TABLE_DAY: "Dzień tabeli", "Table day";
    RATE_DAY: "Dzień kursu", "Rate day";
    REVENUE: "Przychód\nPLN", "Revenue\nPLN";
    COST: "Koszt\nPLN", "Cost\nPLN";
    GAIN: "Dochód lub\nstrata PLN", "Gain or\nloss PLN";
    REVENUE_PLN: "Przychód PLN", "Revenue PLN";
    COST_PLN: "Koszt PLN", "Cost PLN";
    LOTS_COST_PLN: "Koszt partii PLN", "Cost of lots PLN";
    SALE_CHARGES_PLN: "Koszt sprzedaży PLN", "Charges of sale PLN";
    GAIN_PLN: "Dochód/strata PLN", "Gain/loss PLN";
    GROSS_PLN: "Brutto PLN", "Gross PLN";
    WITHHELD: "Pobrano\nu źródła", "Withheld";
    WITHHELD_AMOUNT: "Pobrano u źródła", "Withheld";
    WITHHELD_PLN: "Pobrano PLN", "Withheld PLN";
    TREATY: "Umowa", "Treaty";
    TREATY_RATE: "Stawka z umowy", "Treaty rate";
    CREDIT_PLN: "Odliczenie PLN", "Credit PLN";
    CREDIT_NINETEEN_PLN: "Odliczenie przy samym limicie 19% PLN", "Credit under the 19% cap PLN";
    AMOUNT: "Kwota", "Amount";
    AMOUNT_PLN: "Kwota PLN", "Amount PLN";
    RESULT: "Wynik", "Result";
    RESULT_PLN: "Wynik PLN", "Result PLN";
    ACQUIRED: "Nabycie", "Acquired";
    TAX_PLN: "Podatek PLN", "Tax PLN";
    PART: "Część", "Part";
    HOW: "Z czego", "Made of";
    STATUS: "Stan", "Status";
    FORM_NAME: "Formularz", "Form";
    FIELD: "Pole", "Field";
    FIELD_NAME: "Nazwa na formularzu", "Name on the form";
    VALUE: "Wartość", "Value";
    FILE: "Plik", "File";
    ROW: "Wiersz", "Row";
    COLUMN: "Kolumna", "Column";
    FORMAT: "Broker i raport", "Broker and report";
    ROWS_TOTAL: "Wiersze", "Rows";
    ROWS_USED: "Użyte", "Used";
    ROWS_NEUTRAL: "Bez wpływu", "Neutral";
    ROWS_DUPLICATE: "Powtórzone", "Repeated";
    ROWS_UNKNOWN: "Nieznane", "Unknown";
    CODE: "Kod", "Code";
    WHAT: "Co znaleziono", "What was found";
    WHAT_TO_DO: "Co zrobić", "What to do";
    WHERE: "Gdzie", "Where";
    SEVERITY: "Waga", "Severity";
    INCOME_30B: "dochód, art. 30b ust. 5a i 5b", "dochód, art. 30b ust. 5a i 5b (income)";
    FOREIGN_TAX: "podatek zapłacony za granicą", "podatek zapłacony za granicą (foreign tax)";
    ITEM: "Pozycja", "Item";
}

// Labels and sentences.
phrases! {
    TOTAL: "Razem", "Total";
    FILTERED_TOTAL: "Suma widocznych", "Sum of visible rows";
    YES: "tak", "yes";
    ERROR: "błąd", "error";
    WARNING: "uwaga", "warning";
    LOT: "partia", "lot";
    SHORT_CLOSED: "zamknięcie krótkiej sprz.: kwota jest kosztem",
        "closes a short sale: the amount is a cost";
    SALE_CHARGES: "prowizja sprzedaży", "charges of the sale";
    INCOMPLETE: "NIEPEŁNE", "INCOMPLETE";
    INCOMPLETE_TITLE: "NIEPEŁNE — nie przepisuj", "INCOMPLETE — do not copy";
    NOTHING: "Brak.", "None.";
    POLISH_NOTE: "Podatek, który pobrał polski płatnik, jest ostateczny. Od wypłat bez pobranego podatku 19% stoi \
        w polu podatku niepobranego. W sumach innych dywidend i odsetek tych wypłat nie ma.",
        "Tax that a Polish payer took is final. For payments without it, 19% stands in the field of tax not \
        withheld. The sums of other dividends and interest are without these payments.";
    NO_YEAR: "W plikach nie ma roku z dochodem.", "No year with income is in the files.";
    NO_FORM: "Wzór formularza dla tego roku nie jest znany; podaję tylko kwoty.",
        "The form of this year is not known; only the amounts are given.";
    PROVISIONAL: "Układ pól jest tymczasowy: wzoru na ten rok jeszcze nie ogłoszono.",
        "The field numbers are provisional: the form of this year is not published yet.";
    AS_TYPED: "Wartości są zapisane tak, jak się je wpisuje: bez odstępów, z przecinkiem.",
        "Values are written as the Polish form takes them: no separators, decimal comma.";
    PIT_ZG_TITLE: "PIT/ZG: jeden załącznik na kraj", "PIT/ZG: one attachment per country";
    DERIVED_NOTE: "* dzień rozliczenia wyprowadzony z cyklu giełdy, bo plik go nie podaje.",
        "* settlement day derived from the cycle of the market: the file does not give it.";
    ORDER_NOTE: "Kolejność według dnia transakcji. Pod każdą sprzedażą jej partie od najstarszej: dzień \
        zakupu, kurs, ilość, tabela NBP i koszt z prowizją kupna.",
        "In the order of trade days. Below each disposal its lots, oldest first: day of purchase, \
        rate, quantity, NBP table, and cost with the charges of the purchase.";
    ROWS_ELSEWHERE: "Sprzedaży jest tak dużo, że tu są tylko sumy dla każdego instrumentu. Każdą \
        sprzedaż z partiami, kursami i numerami tabel zawiera drugi załącznik (XLSX albo ZIP z CSV).",
        "There are so many disposals that only sums per instrument stand here. The other attachment \
        (XLSX, or a ZIP of CSV) has every disposal with its lots, rates and table numbers.";
    SUMMED: "Wierszy jest dużo, więc są zsumowane; pojedyncze zawiera drugi załącznik.",
        "There are many rows, so they are summed; the other attachment has each of them.";
    COUNT: "Liczba", "Count";
    REPORT_AUTHOR: "obliczenie InvestTax", "computed by InvestTax";
    SHEET_SUMMARY: "Podsumowanie", "Summary";
    SHEET_FIELDS: "Pola PIT-38", "PIT-38 fields";
    SHEET_DISPOSALS: "Sprzedaże", "Disposals";
    SHEET_LOTS: "Partie", "Lots";
    SHEET_DIVIDENDS: "Dywidendy", "Dividends";
    SHEET_INTEREST: "Odsetki", "Interest";
    SHEET_FEES: "Opłaty", "Fees";
    SHEET_DERIVATIVES: "Pochodne", "Derivatives";
    SHEET_CRYPTO: "Krypto", "Crypto";
    SHEET_OPEN_LOTS: "Otwarte partie", "Open lots";
    SHEET_INPUTS: "Pliki", "Files";
    SHEET_TEMPLATE: "Szablon", "Template";
    SHEET_FINDINGS: "Uwagi", "Findings";
    OTHER_BASIS_INCOME: "Dochód przy innej dacie", "Income under the other basis";
    OTHER_BASIS_TAX: "Podatek przy innej dacie", "Tax under the other basis";
    DISPOSALS_REVENUE: "Sprzedaże: przychód", "Disposals: revenue";
    DISPOSALS_COST: "Sprzedaże: koszt", "Disposals: cost";
    DERIVATIVES_REVENUE: "Pochodne: zyski", "Derivatives: gains";
    DERIVATIVES_COST: "Pochodne: straty", "Derivatives: losses";
    FEES_COST: "Opłaty", "Fees";
    PIT8C_REVENUE: "PIT-8C: przychód", "PIT-8C: revenue";
    PIT8C_COST: "PIT-8C: koszty", "PIT-8C: costs";
    OWN_REVENUE: "Przychód bez PIT-8C", "Revenue without PIT-8C";
    OWN_COST: "Koszty bez PIT-8C", "Costs without PIT-8C";
    INCOME_OR_LOSS: "Dochód (strata ujemna)", "Income (loss negative)";
    DIVIDENDS_GROSS: "Dywidendy (bez polskich): brutto", "Dividends (not Polish): gross";
    DIVIDENDS_CREDIT: "Dywidendy (bez polskich): odliczenie", "Dividends (not Polish): credit";
    INTEREST_GROSS: "Odsetki (bez polskich): brutto", "Interest (not Polish): gross";
    INTEREST_CREDIT: "Odsetki (bez polskich): odliczenie", "Interest (not Polish): credit";
    CRYPTO_REVENUE: "Krypto: przychód", "Crypto: revenue";
    CRYPTO_COST: "Krypto: koszty", "Crypto: costs";
    TAX_TO_PAY: "Podatek do zapłaty", "Tax to pay";
    LIVE_NOTE: "Sumy są formułami: odfiltruj wiersze w arkuszach, a górny wiersz policzy widoczne.",
        "Sums are formulas: filter the rows of a sheet and its top row adds up what is visible.";
}

/// The title of the report.
pub(crate) fn title(year: Option<i16>, lang: Lang) -> String {
    match (lang, year) {
        (Lang::Pl, Some(year)) => format!("Rozliczenie PIT-38 za {year}"),
        (Lang::Pl, None) => "Rozliczenie PIT-38".to_owned(),
        (Lang::En, Some(year)) => format!("PIT-38 calculation for {year}"),
        (Lang::En, None) => "PIT-38 calculation".to_owned(),
    }
}

/// Which page this is.
pub(crate) fn page_of(page: usize, pages: usize, lang: Lang) -> String {
    lang.choose(format!("strona {page} z {pages}"), format!("page {page} of {pages}"))
}

/// The label of the big figure.
pub(crate) fn tax_to_pay_for(year: i16, lang: Lang) -> String {
    lang.choose(format!("Podatek do zapłaty za {year}"), format!("Tax to pay for {year}"))
}

/// When the return is due: 30 April of the next year (art. 45 ust. 1 PIT).
pub(crate) fn due(year: i16, form: &str, lang: Lang) -> String {
    let next = year.saturating_add(1);
    lang.choose(
        format!("{form}, do złożenia i zapłaty do 30 kwietnia {next}"),
        format!("{form}, to be filed and paid by 30 April {next}"),
    )
}

/// How many rows are not shown.
pub(crate) fn more(count: usize, lang: Lang) -> String {
    let count = numbers::count(count, lang);
    lang.choose(
        format!("… i {count} więcej w drugim załączniku"),
        format!("… and {count} more in the other attachment"),
    )
}

/// The rate of a purchase and its currency.
pub(crate) fn at_rate(rate: &str, currency: &str) -> String {
    format!("×\u{A0}{rate}\u{A0}{currency}")
}

/// How many reasons stand further below.
pub(crate) fn more_below(count: usize, lang: Lang) -> String {
    let count = numbers::count(count, lang);
    lang.choose(
        format!("… i {count} dalszych, zob. niżej"),
        format!("… and {count} more, see below"),
    )
}

/// The line for securities: what the income is made of.
pub(crate) fn made_of(parts: &[(Phrase, String)], lang: Lang) -> String {
    let part = |(name, figure): &(Phrase, String)| format!("{}\u{A0}{figure}", name.say(lang));
    parts.iter().map(part).collect::<Vec<_>>().join(" · ")
}

phrases! {
    PART_REVENUE: "przychód", "revenue";
    PART_COST: "koszty", "costs";
    PART_INCOME: "dochód", "income";
    PART_LOSS: "strata", "loss";
    PART_LOSS_DEDUCTED: "straty z lat ubiegłych", "losses of earlier years";
    PART_GROSS: "brutto", "gross";
    PART_WITHHELD: "pobrano u źródła", "withheld";
    PART_CREDIT: "odliczono", "credited";
    PART_CARRIED_IN: "koszty z lat ubiegłych", "costs carried in";
    PART_CARRIED_OUT: "na następny rok", "carried out";
}

/// The result under the other basis, in a sentence.
pub(crate) fn other_basis(name: &str, income: &str, tax: &str, lang: Lang) -> String {
    lang.choose(
        format!("Gdyby decydowała {name}: dochód lub strata z papierów {income}, podatek {tax}."),
        format!("If the {name} decided: income or loss on securities {income}, tax {tax}."),
    )
}

/// The day that decides, in a sentence.
pub(crate) fn basis(name: &str, lang: Lang) -> String {
    lang.choose(
        format!("O roku i kursie transakcji decyduje {name}."),
        format!("The {name} decides on year and rate of a trade."),
    )
}

/// The tax on dividends if the credit were capped at 19 % only.
pub(crate) fn nineteen(tax: &str, lang: Lang) -> String {
    lang.choose(
        format!("Przy odliczeniu ograniczonym tylko do 19% podatek od dywidend wyniósłby {tax}."),
        format!("With the credit capped at 19% only, the tax on dividends would be {tax}."),
    )
}

/// Tax, credit and difference below a table of flat-taxed income.
pub(crate) fn flat_tax(tax: &str, credit: &str, due: &str, lang: Lang) -> String {
    lang.choose(
        format!("Podatek 19%: {tax}; odliczenie: {credit}; do zapłaty: {due}."),
        format!("Tax at 19%: {tax}; credit: {credit}; due: {due}."),
    )
}

/// An instrument left out.
pub(crate) fn blocked(name: &str, missing: Option<&str>, lang: Lang) -> String {
    match (lang, missing) {
        (Lang::Pl, Some(count)) => format!("{name}: brakuje historii zakupu {count} szt."),
        (Lang::Pl, None) => format!("{name}: wierszy nie dało się odczytać lub rozstrzygnąć."),
        (Lang::En, Some(count)) => format!("{name}: the purchase of {count} units is missing."),
        (Lang::En, None) => format!("{name}: rows could not be read or decided."),
    }
}

/// Where a finding stands.
pub(crate) fn place(file: &str, row: Option<u32>, lang: Lang) -> String {
    match row {
        Some(row) => lang.choose(format!("{file}, wiersz {row}"), format!("{file}, row {row}")),
        None => file.to_owned(),
    }
}

/// The name of the PDF file; ASCII, so that every mail program shows it.
pub(crate) fn pdf_name(year: i16, lang: Lang) -> String {
    lang.choose(format!("PIT-38_{year}_raport.pdf"), format!("PIT-38_{year}_report.pdf"))
}
