//! Rules of the law that no published example shows, one by one, through the whole calculation. Amounts are in złoty,
//! so that each figure can be checked by eye.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use investtax::{
    adapters::MemoryRates,
    money::Pln,
    tax::{Basis, CreditCap, Options},
};
use rust_decimal::Decimal;
use serde_json::Value;
use support::{calculated, document, offline, year};

const HEADER: &str =
    "date;settlement_date;type;ticker;isin;quantity;amount;currency;fee;country;withheld;account";

/// The document for rows of the template; every row is in złoty and settles on its own day.
fn of(rows: &[&str], options: Options) -> Value {
    let mut text = format!("{HEADER}\n");
    for row in rows {
        text.push_str(row);
        text.push('\n');
    }
    let services = offline(MemoryRates::default());
    document(&calculated(&[("rows.csv", &text)], options, &services))
}

/// Fields of a year as `number=value`.
fn fields(document: &Value, of: &str, numbers: &[&str]) -> String {
    let fields = &year(document, of)["fields"];
    let one = |number: &&str| format!("{number}={}", fields[*number].as_str().unwrap_or("-"));
    numbers.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn sum(document: &Value, of: &str, numbers: &[&str]) -> Decimal {
    let fields = &year(document, of)["fields"];
    let value = |number: &&str| -> Decimal {
        fields[*number].as_str().map_or(Decimal::ZERO, |text| text.parse().unwrap())
    };
    numbers.iter().map(value).sum()
}

const BUY: &str = "2025-02-03;2025-02-03;buy;AAA;US0378331005;10;1000;PLN;5;;;";
const SELL: &str = "2025-03-03;2025-03-03;sell;AAA;US0378331005;10;1500;PLN;3;;;";
const LOSS: &str = "2025-03-03;2025-03-03;sell;AAA;US0378331005;10;600;PLN;3;;;";

/// Art. 17 ust. 1 pkt 6 lit. a: revenue is what is due, 1500; costs are 1000 + 5 + 3.
#[test]
fn a_commission_of_the_sale_is_a_cost_and_revenue_stays_gross() {
    let document = of(&[BUY, SELL], Options::default());
    assert_eq!(fields(&document, "2025", &["22", "23", "28"]), "22=1500.00 23=1008.00 28=492.00");
}

/// Art. 24 ust. 10: each account for itself. The sale on B takes the lot of B (900), not the older one of A (100).
#[test]
fn lots_of_two_accounts_do_not_mix() {
    let rows = [
        "2025-01-02;2025-01-02;buy;AAA;US0378331005;10;100;PLN;;;;A",
        "2025-02-03;2025-02-03;buy;AAA;US0378331005;10;900;PLN;;;;B",
        "2025-03-03;2025-03-03;sell;AAA;US0378331005;10;1000;PLN;;;;B",
    ];
    assert_eq!(
        fields(&of(&rows, Options::default()), "2025", &["22", "23"]),
        "22=1000.00 23=900.00"
    );
}

/// Art. 24 ust. 11–12b: shares of a plan that defers cost what was paid for them, here nothing; income is 1500 less
/// the commission of 3.
#[test]
fn a_lot_known_from_elsewhere_may_cost_nothing() {
    let lot = "2025-02-03;;opening_lot;AAA;US0378331005;10;0;PLN;;;;";
    let document = of(&[lot, SELL], Options::default());
    assert_eq!(fields(&document, "2025", &["22", "23"]), "22=1500.00 23=3.00");
    assert_eq!(document["status"], "complete");
}

/// Art. 30b ust. 1–2: one pool. 1500 + 40 of revenue; 1008 + 100 of costs.
#[test]
fn shares_and_derivatives_are_one_pool() {
    let rows = [
        BUY,
        SELL,
        "2025-04-01;;derivative;CFD1;;;40;PLN;;;;",
        "2025-04-02;;derivative;CFD2;;;-100;PLN;;;;",
    ];
    assert_eq!(
        fields(&of(&rows, Options::default()), "2025", &["22", "23"]),
        "22=1540.00 23=1108.00"
    );
}

/// Art. 9 ust. 3a pkt 2, 30a ust. 6–7, 30b ust. 5 and 5d: the loss on shares lowers neither dividends (19 % of 100)
/// nor crypto (income 200).
#[test]
fn a_loss_on_shares_lowers_nothing_but_shares() {
    let rows = [
        BUY,
        LOSS,
        "2025-05-05;;dividend;BBB;US5949181045;;100;PLN;;US;0;",
        "2025-06-02;;crypto_buy;BTC;;1;300;PLN;;;;",
        "2025-06-03;;crypto_sell;BTC;;1;500;PLN;;;;",
    ];
    let document = of(&rows, Options::default());
    let found = fields(&document, "2025", &["29", "31", "39", "41", "49"]);
    assert_eq!(found, "29=408.00 31=0 39=200.00 41=200 49=19.00");
}

/// Tax-law 7.14, 9.7: art. 30a income has no place in PIT/ZG; 2.6: a fund's distribution is a dividend, its sale a sale.
#[test]
fn dividends_never_enter_an_attachment() {
    let rows = [
        "2025-02-03;2025-02-03;buy;VWRL;IE00B3RBWM25;10;1000;PLN;;;;",
        "2025-03-03;2025-03-03;sell;VWRL;IE00B3RBWM25;10;1100;PLN;;;;",
        "2025-05-05;;dividend;VWRL;IE00B3RBWM25;;50;PLN;;IE;0;",
        "2025-05-05;;dividend;BBB;US5949181045;;100;PLN;;US;15;",
    ];
    let document = of(&rows, Options::default());
    let attachments = year(&document, "2025")["pit_zg"].clone();
    assert_eq!(attachments.as_array().unwrap().len(), 1);
    assert_eq!(
        (&attachments[0]["country"], &attachments[0]["income"]),
        (&"IE".into(), &"100.00".into())
    );
    assert_eq!(fields(&document, "2025", &["47", "48", "72"]), "47=28.50 48=15.00 72=1");
}

/// Art. 11 ust. 1: a dividend is of the day on which it is paid.
#[test]
fn a_dividend_belongs_to_the_year_in_which_it_is_paid() {
    let rows = [
        "2024-12-31;;dividend;BBB;US5949181045;;100;PLN;;US;15;",
        "2025-01-02;;dividend;BBB;US5949181045;;200;PLN;;US;30;",
    ];
    let document = of(&rows, Options::default());
    assert_eq!(fields(&document, "2024", &["45", "46"]), "45=19.00 46=15.00");
    assert_eq!(fields(&document, "2025", &["47", "48"]), "47=38.00 48=30.00");
}

/// Art. 30a ust. 9 has no condition of a treaty: of 30 taken in Argentina 19 are credited, with a warning.
#[test]
fn tax_of_a_state_without_a_treaty_is_credited_up_to_nineteen() {
    let document = of(&["2025-05-05;;dividend;ARG;;;100;PLN;;AR;30;"], Options::default());
    assert_eq!(fields(&document, "2025", &["48", "49"]), "48=19.00 49=0.00");
    let codes = document["diagnostics"].as_array().unwrap();
    assert!(codes.iter().any(|found| found["code"] == "TREATY-UNKNOWN"));
}

/// Of 25 taken nobody knows where, 19 are credited, and the sender hears that the treaty may allow less. Where
/// nothing was taken, or the country is known, there is nothing to say.
#[test]
fn tax_of_an_unknown_country_is_credited_with_a_warning() {
    let warned = |rows: &[&str], options| {
        let document = of(rows, options);
        let found = document["diagnostics"].as_array().unwrap().clone();
        let mut found = found.iter().filter(|found| found["code"] == "INCOME-COUNTRY");
        (fields(&document, "2025", &["48"]), found.next().map(|found| found["value"].clone()))
    };
    let rows = |country: &str, withheld: &str| {
        format!("2025-05-05;;dividend;SOME;;;100;PLN;;{country};{withheld};")
    };
    let unknown = rows("", "25");
    assert_eq!(
        warned(&[&unknown], Options::default()),
        ("48=19.00".to_owned(), Some("SOME".into()))
    );
    let nineteen = Options { credit_cap: CreditCap::Nineteen, ..Options::default() };
    assert_eq!(warned(&[&unknown], nineteen), ("48=19.00".to_owned(), None));
    assert_eq!(warned(&[&rows("IN", "25")], Options::default()).1, None);
    assert_eq!(warned(&[&rows("", "0")], Options::default()).1, None);
    let interest = "2025-05-05;;interest;;;;100;PLN;;;26;";
    let (credited, found) = warned(&[interest], Options::default());
    assert_eq!((credited.as_str(), found.is_some()), ("48=19.00", true));
}

/// A dividend of 100 with an American ISIN, 21 of which Taiwan took: the treaty with the United States (15) caps the
/// credit, and the sender hears that the company may be resident elsewhere. What the United States take (15, or 30
/// without a form) says nothing, and a country that the row states is believed.
#[test]
fn a_receipt_taken_for_an_american_company_is_named() {
    let warned = |withheld: &str, country: &str| {
        let row = format!("2025-05-05;;dividend;RCPT;US8740391003;;100;PLN;;{country};{withheld};");
        let document = of(&[&row], Options::default());
        let found = document["diagnostics"].as_array().unwrap().clone();
        let mut found = found.iter().filter(|found| found["code"] == "DEPOSITARY-RECEIPT");
        (fields(&document, "2025", &["48"]), found.next().map(|found| found["value"].clone()))
    };
    assert_eq!(warned("21", ""), ("48=15.00".to_owned(), Some("RCPT".into())));
    assert_eq!(warned("21", "TW"), ("48=10.00".to_owned(), None));
    assert_eq!(warned("15", "").1, None);
    assert_eq!(warned("30", "").1, None);
    assert_eq!(warned("0", "").1, None);
}

/// 19 % of three dividends of 100.03 is 57.0171: 57.02 in box 47. Each alone is capped at 19.0057, rounded 19.01; the
/// form takes no more credit than tax.
#[test]
fn the_credit_of_a_year_is_at_most_its_tax() {
    let rows = ["03", "06", "09"]
        .map(|month| format!("2025-{month}-10;;dividend;A;US0378331005;;100.03;PLN;;;30.01;"));
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let nineteen = Options { credit_cap: CreditCap::Nineteen, ..Options::default() };
    assert_eq!(
        fields(&of(&rows, nineteen), "2025", &["47", "48", "49"]),
        "47=57.02 48=57.02 49=0.00"
    );
}

/// Lists of treaty rates differ on the United Kingdom: the lower rate of 10 caps the credit, and the row says so.
#[test]
fn a_treaty_rate_on_which_sources_differ_is_named() {
    let document = of(&["2025-05-05;;dividend;BRIT;;;100;PLN;;GB;20;"], Options::default());
    assert_eq!(fields(&document, "2025", &["48"]), "48=10.00");
    let found = document["diagnostics"].as_array().unwrap();
    assert!(found.iter().any(|found| found["code"] == "TREATY-CONFLICT"));
}

/// KIS: only the tax that the treaty allows counts. Germany took 26 of a coupon of 100; the treaty allows 5.
#[test]
fn tax_on_a_coupon_is_credited_up_to_the_treaty_of_its_issuer() {
    let row = "2025-05-05;;interest;BOND;DE0001102309;;100;PLN;;;26;";
    assert_eq!(fields(&of(&[row], Options::default()), "2025", &["47", "48"]), "47=19.00 48=5.00");
}

/// Art. 30b ust. 6a: costs must be declared also in a year with purchases only.
#[test]
fn purchases_of_coins_alone_make_a_year() {
    let document = of(&["2025-06-02;;crypto_buy;BTC;;1;300;PLN;2;;;"], Options::default());
    assert_eq!(fields(&document, "2025", &["36", "37", "40"]), "36=0.00 37=302.00 40=302.00");
}

/// The chain of art. 22 ust. 16 holds only if every year's return declares the costs, that of an empty year too.
#[test]
fn costs_of_coins_are_declared_in_the_years_between() {
    let rows =
        ["2021-06-02;;crypto_buy;BTC;;1;300;PLN;;;;", "2024-06-02;;crypto_sell;BTC;;1;500;PLN;;;;"];
    let document = of(&rows, Options::default());
    assert_eq!(fields(&document, "2024", &["34", "36", "37"]), "34=500.00 36=300.00 37=200.00");
    let found = document["diagnostics"].as_array().unwrap();
    let carried: Vec<_> = found.iter().filter(|found| found["code"] == "CRYPTO-CARRY").collect();
    assert_eq!((carried.len(), &carried[0]["value"]), (1, &"2022, 2023".into()));
}

/// A dividend taken back has no figure of its own: its payment is in another file, and the sender is asked for it.
#[test]
fn a_dividend_taken_back_alone_is_asked_about() {
    let document = of(&["2025-05-05;;dividend;ABC;;;-10;PLN;;US;;"], Options::default());
    let found = document["diagnostics"].as_array().unwrap();
    let codes: Vec<_> = found.iter().map(|found| &found["code"]).collect();
    assert!(codes.contains(&&"INCOME-REVERSED".into()), "{codes:?}");
    assert!(!codes.contains(&&"WITHHOLDING-ALONE".into()), "{codes:?}");
    assert_eq!(year(&document, "2025")["status"], "incomplete");
}

/// No rule takes a loss away because the shares are bought again the same day (tax-law 2.1.7).
#[test]
fn a_loss_counts_although_the_shares_are_bought_again() {
    let again = "2025-03-03;2025-03-03;buy;AAA;US0378331005;10;600;PLN;;;;";
    assert_eq!(fields(&of(&[BUY, LOSS, again], Options::default()), "2025", &["29"]), "29=408.00");
}

/// Tax-law 4.5: each sum of the form is the sum of its parts.
#[test]
fn the_sums_of_the_form_hold() {
    let rows = [
        BUY,
        SELL,
        "2025-05-05;;dividend;BBB;US5949181045;;100.55;PLN;;US;10;",
        "2025-05-06;;interest;;;;100.55;PLN;;;;",
        "2025-06-02;;crypto_buy;BTC;;1;300;PLN;;;;",
        "2025-06-03;;crypto_sell;BTC;;1;500;PLN;;;;",
    ];
    let pit8c = Some("200:50".parse().unwrap());
    let document = of(&rows, Options { pit8c, ..Options::default() });
    let sum = |numbers: &[&str]| sum(&document, "2025", numbers);
    assert_eq!(sum(&["26"]), sum(&["20", "22"]));
    assert_eq!(sum(&["27"]), sum(&["21", "23"]));
    assert_eq!(sum(&["26"]) - sum(&["27"]), sum(&["28"]) - sum(&["29"]));
    assert_eq!(sum(&["39"]) - sum(&["40"]), sum(&["36"]) - sum(&["37", "38"]));
    assert_eq!(sum(&["51"]), sum(&["35", "45", "46", "49"]));
}

/// A Polish house: bought for 1200 + 4.56, sold for 1405 − 5.34.
const BOSSA: &str = "data;papier;isin;ilość;-;cena;wartość;prowizja;po prowizji;waluta\n\
    15.03.2024 10:00:00;KGHM;PLKGHM000017;10;K;120,00;1200,00;4,56;1204,56;PLN\n\
    12.03.2025 10:14:52;KGHM;PLKGHM000017;10;S;140,50;1405,00;5,34;1399,66;PLN\n";

/// Art. 39 ust. 3: the house reports its sales in a PIT-8C. Stated, they stand in 20 and 21 and not in 22 and 23 again;
/// not stated, the own figures stand, with a warning.
#[test]
fn a_stated_pit_8c_stands_instead_of_the_sales_of_its_house() {
    let services = offline(MemoryRates::default());
    let with = |options| document(&calculated(&[("hisPW.csv", BOSSA)], options, &services));
    let codes = |document: &Value| -> Vec<String> {
        let found = document["diagnostics"].as_array().unwrap().iter();
        found.map(|found| found["code"].as_str().unwrap().to_owned()).collect()
    };
    let own = with(Options::default());
    assert_eq!(fields(&own, "2025", &["20", "22", "23"]), "20=- 22=1405.00 23=1209.90");
    assert!(codes(&own).contains(&"FILE-PIT-8C".to_owned()));
    let pit8c = Some("1405:1209.90".parse().unwrap());
    let stated = with(Options { pit8c, ..Options::default() });
    let found = fields(&stated, "2025", &["20", "21", "22", "23", "28"]);
    assert_eq!(found, "20=1405.00 21=1209.90 22=0.00 23=0.00 28=195.10");
    assert!(codes(&stated).contains(&"PIT-8C-INSTEAD".to_owned()));
}

/// Art. 41 PIT: tax that a Polish payer took is final; only the foreign dividend is left to declare.
#[test]
fn dividends_of_a_polish_house_are_final_only_where_its_tax_was_taken() {
    let cash = "data;tytuł operacji;szczegóły;kwota;waluta\n\
        2025-07-09;Wypłata dywidendy KGHM;;60,00;PLN\n\
        2025-07-09;Podatek od odsetek lub dywidendy KGHM;;-11,00;PLN\n\
        2025-08-01;Wypłata dywidendy netto NVO 73% PLN;;73,00;PLN\n";
    let services = offline(MemoryRates::default());
    let document = document(&calculated(&[("cash.csv", cash)], Options::default(), &services));
    // 19 % of 100.00 is 19.00; 27.00 was taken abroad, 19.00 of it counts.
    assert_eq!(
        fields(&document, "2025", &["46", "47", "48", "49"]),
        "46=- 47=19.00 48=19.00 49=0.00"
    );
}

/// Tax that belongs to no dividend is no credit and no cost: it is named, and the year waits for an answer.
#[test]
fn tax_without_its_dividend_is_an_error() {
    let cash = "data;tytuł operacji;szczegóły;kwota;waluta\n\
        2025-07-09;Podatek od odsetek lub dywidendy KGHM;;-11,00;PLN\n";
    let services = offline(MemoryRates::default());
    let document = document(&calculated(&[("cash.csv", cash)], Options::default(), &services));
    assert_eq!(document["status"], "incomplete");
    let found = document["diagnostics"].as_array().unwrap();
    assert!(found.iter().any(|found| found["code"] == "WITHHOLDING-ALONE"));
}

fn codes(document: &Value) -> Vec<&str> {
    let found = document["diagnostics"].as_array().unwrap().iter();
    found.map(|found| found["code"].as_str().unwrap()).collect()
}

fn abroad(paid: &[&str]) -> Options {
    let foreign_tax = paid.iter().map(|paid| paid.parse().unwrap()).collect();
    Options { foreign_tax, ..Options::default() }
}

/// Art. 30b ust. 5a: 19 % of the base of 492 is 93.48; 40 of it were paid abroad, 53.48 remain.
#[test]
fn tax_paid_abroad_on_a_sale_is_credited_as_stated() {
    let document = of(&[BUY, SELL], abroad(&["US:40"]));
    assert_eq!(fields(&document, "2025", &["33", "34", "35"]), "33=93.48 34=40.00 35=53");
    assert_eq!(year(&document, "2025")["pit_zg"][0]["foreign_tax"], "40.00");
    assert_eq!(document["years"][0]["other_basis"]["tax_due"], "53.00");
    assert!(!codes(&document).contains(&"FOREIGN-TAX-LIMIT"));
}

/// Of the income of 1000 the United States have 492: of the tax of 190 at most 93.48 falls to them, whatever was paid;
/// 190 − 93.48 = 96.52 → 97. Nothing of Japan, where nothing was earned.
#[test]
fn tax_paid_abroad_is_credited_up_to_its_part_of_the_tax() {
    let rows = [
        BUY,
        SELL,
        "2025-02-03;2025-02-03;buy;DDD;DE0007164600;10;1000;PLN;;;;",
        "2025-03-03;2025-03-03;sell;DDD;DE0007164600;10;1508;PLN;;;;",
    ];
    let document = of(&rows, abroad(&["US:100", "JP:5"]));
    assert_eq!(
        fields(&document, "2025", &["28", "33", "34", "35"]),
        "28=1000.00 33=190.00 34=93.48 35=97"
    );
    let limited = codes(&document).into_iter().filter(|code| *code == "FOREIGN-TAX-LIMIT");
    assert_eq!(limited.count(), 2);
}

fn resident(period: &str) -> Options {
    Options { residence: Some(period.parse().unwrap()), ..Options::default() }
}

/// Art. 3 ust. 1–1a: residence from 1 July. The sale in March is another state's but takes the oldest lot (400), so the
/// one in August costs 1200. Of the dividends only the one of September counts. Two of six rows have no effect.
#[test]
fn what_is_outside_the_period_of_residence_is_counted_and_not_taxed() {
    let rows = [
        "2025-01-07;2025-01-07;buy;AAA;US0378331005;4;400;PLN;;;;",
        "2025-02-03;2025-02-03;buy;AAA;US0378331005;6;1200;PLN;;;;",
        "2025-03-03;2025-03-03;sell;AAA;US0378331005;4;900;PLN;;;;",
        "2025-05-05;;dividend;AAA;US0378331005;;70;PLN;;US;10.5;",
        "2025-08-04;2025-08-04;sell;AAA;US0378331005;6;1500;PLN;;;;",
        "2025-09-01;;dividend;AAA;US0378331005;;100;PLN;;US;15;",
    ];
    let document = of(&rows, resident("2025-07-01:"));
    assert_eq!(
        fields(&document, "2025", &["22", "23", "47", "48"]),
        "22=1500.00 23=1200.00 47=19.00 48=15.00"
    );
    assert_eq!(document["disposals"].as_array().unwrap().len(), 1);
    let counts = &document["inputs"][0]["rows"];
    assert_eq!(
        (&counts["total"], &counts["used"], &counts["neutral"]),
        (&6.into(), &4.into(), &2.into())
    );
    let found = document["diagnostics"].as_array().unwrap().iter();
    let outside: Vec<_> = found.filter(|found| found["code"] == "RESIDENCE-OUTSIDE").collect();
    assert_eq!((&outside[0]["column"], &outside[0]["value"]), (&"2025".into(), &"2".into()));
    assert_eq!(document["status"], "complete");
    // Without a period all of it counts: 900 + 1500 and 400 + 1200; 19 % of 170, of which 25.50 were withheld.
    let all = of(&rows, Options::default());
    assert_eq!(fields(&all, "2025", &["22", "23"]), "22=2400.00 23=1600.00");
}

/// Art. 3 ust. 2a–2b: shares of a Polish issuer may be taxed here whoever sells them. It is not computed, and named.
#[test]
fn a_polish_source_outside_the_period_of_residence_is_named() {
    let rows = [
        "2025-02-03;2025-02-03;buy;PKO;PLPKO0000016;10;1000;PLN;;;;",
        "2025-03-03;2025-03-03;sell;PKO;PLPKO0000016;10;1500;PLN;;;;",
        BUY,
        "2025-08-04;2025-08-04;sell;AAA;US0378331005;10;1500;PLN;3;;;",
    ];
    let document = of(&rows, resident("2025-07-01:"));
    assert_eq!(document["status"], "incomplete");
    assert!(codes(&document).contains(&"RESIDENCE-POLISH"));
    assert_eq!(fields(&document, "2025", &["22"]), "22=1500.00");
}

/// A sale traded on the last day of June and settled in July: the basis decides which state it belongs to, and no
/// result under the other one is given.
#[test]
fn a_sale_across_the_edge_of_residence_follows_the_basis() {
    let rows = [BUY, "2025-06-30;2025-07-01;sell;AAA;US0378331005;10;1500;PLN;3;;;"];
    let settled = of(&rows, resident("2025-07-01:"));
    assert_eq!(fields(&settled, "2025", &["22"]), "22=1500.00");
    assert_eq!(settled["years"][0]["other_basis"]["income"], "");
    assert!(codes(&settled).contains(&"RESIDENCE-STRADDLED"));
    let traded = Options { basis: Basis::Trade, year: Some(2025), ..resident("2025-07-01:") };
    let traded = of(&rows, traded);
    assert_eq!(fields(&traded, "2025", &["22"]), "22=0.00");
    assert!(codes(&traded).contains(&"RESIDENCE-STRADDLED"));
}

/// Coins bought before the period: their costs are not taken for Polish ones, and the question is put.
#[test]
fn coins_bought_outside_the_period_are_a_question() {
    let rows =
        ["2025-06-02;;crypto_buy;BTC;;1;300;PLN;;;;", "2025-07-03;;crypto_sell;BTC;;1;500;PLN;;;;"];
    let document = of(&rows, resident("2025-07-01:"));
    assert_eq!(fields(&document, "2025", &["36", "37"]), "36=500.00 37=0.00");
    assert!(codes(&document).contains(&"RESIDENCE-COINS"));
}

/// The treaty with the United States (Dz.U. 1976 poz. 178) allows 15 of 100; 30 were taken. It stands beside the
/// payment, and so do doubts: sources differ on the United Kingdom. Argentina has no treaty.
#[test]
fn the_treaty_stands_beside_each_dividend() {
    let rows = [
        "2025-05-05;;dividend;BBB;US5949181045;;100;PLN;;US;30;",
        "2025-05-06;;dividend;BRIT;;;100;PLN;;GB;0;",
        "2025-05-07;;dividend;ARG;;;100;PLN;;AR;5;",
    ];
    let document = of(&rows, Options::default());
    let dividends = document["dividends"].as_array().unwrap();
    let treaty = |at: usize| dividends[at]["treaty"].to_string();
    assert_eq!(treaty(0), r#"{"conflict":false,"journal":["Dz.U. 1976 poz. 178"],"percent":"15"}"#);
    assert_eq!(treaty(1), r#"{"conflict":true,"journal":["Dz.U. 2006 poz. 1840"],"percent":"10"}"#);
    assert_eq!(treaty(2), "null");
    let first = &dividends[0];
    let figures = ["gross", "withheld", "credit", "credit_nineteen"]
        .map(|name| first[name].as_str().unwrap());
    assert_eq!(figures, ["100.00", "30.00", "15.00", "19.00"]);
    assert_eq!(first["source"]["row"], 2);
}

/// Art. 30a ust. 9 and the treaty: interest whose state the row tells is credited as far as that state may tax it
/// (Ireland 10 %); Polish interest was taxed by its payer for good, or is taxed in the field of untaxed Polish income.
#[test]
fn interest_of_a_known_state_follows_its_treaty() {
    let of_row = |row: &str| of(&[row], Options::default());
    let irish = of_row("2025-05-05;;interest;;;;100;PLN;;IE;20;");
    assert_eq!(fields(&irish, "2025", &["47", "48"]), "47=19.00 48=10.00");
    let taxed = of_row("2025-05-05;;interest;;;;100;PLN;;PL;19;");
    assert_eq!(fields(&taxed, "2025", &["46", "47", "48"]), "46=- 47=0.00 48=0.00");
    let untaxed = of_row("2025-05-05;;interest;;;;100;PLN;;PL;;");
    assert_eq!(fields(&untaxed, "2025", &["46", "47"]), "46=19 47=0.00");
}

/// The fee of a derivative is a cost beside its result, in its own currency if it has one (art. 30b ust. 2 pkt 3).
#[test]
fn the_fee_of_a_derivative_is_a_cost() {
    let document = of(&["2025-05-05;;derivative;FUT;;;100;PLN;3;;;"], Options::default());
    assert_eq!(fields(&document, "2025", &["22", "23", "28"]), "22=100.00 23=3.00 28=97.00");
}

/// A number that a kind of row has no use for is named: here tax taken abroad on a sale.
#[test]
fn a_cell_without_use_is_named() {
    let rows = [
        "2025-05-05;2025-05-05;buy;ABC;;1;100;PLN;;;;",
        "2025-06-05;2025-06-05;sell;ABC;;1;150;PLN;;;20;",
    ];
    let document = of(&rows, Options::default());
    let found = document["diagnostics"].as_array().unwrap();
    let unused: Vec<_> = found.iter().filter(|found| found["code"] == "CELL-UNUSED").collect();
    assert_eq!((unused.len(), &unused[0]["row"]), (1, &3.into()));
}

/// Art. 21 ust. 1 pkt 58a–58b: what happens on an IKE or IKZE is tax-free, and its rows are left out, whether the
/// account says so or the name of the file.
#[test]
fn tax_free_accounts_of_the_template_are_left_out() {
    let told = |name: &str, account: &str| {
        let text = format!("{HEADER}\n{BUY}{account}\n{SELL}{account}\n");
        let services = offline(MemoryRates::default());
        let document = document(&calculated(&[(name, &text)], Options::default(), &services));
        let is_taxed = !document["years"].as_array().unwrap().is_empty();
        (is_taxed, codes(&document).contains(&"FILE-EXEMPT"), document["inputs"][0]["rows"].clone())
    };
    for (name, account) in
        [("rows.csv", "IKZE"), ("rows.csv", "Moje IKE 12"), ("moje_IKE.csv", "X")]
    {
        let (is_taxed, is_told, rows) = told(name, account);
        assert!(!is_taxed && is_told, "{name} {account}");
        assert_eq!(rows["neutral"], 2, "{rows}");
    }
    assert!(!told("IKE.csv", "").0);
    let (is_taxed, is_told, _) = told("bike.csv", "Mike");
    assert!(is_taxed && !is_told);
}

/// A file of both kinds of accounts keeps the ordinary ones, whatever its name: 1500 − 1008 of the account XTB.
#[test]
fn accounts_told_apart_are_left_out_one_by_one() {
    let rows = [(BUY, "IKE"), (SELL, "IKE"), (BUY, "XTB"), (SELL, "XTB")];
    let rows = rows.map(|(row, account)| format!("{row}{account}\n")).concat();
    let text = format!("{HEADER}\n{rows}");
    let services = offline(MemoryRates::default());
    let document =
        document(&calculated(&[("XTB i IKE.csv", &text)], Options::default(), &services));
    assert_eq!(fields(&document, "2025", &["22", "23"]), "22=1500.00 23=1008.00");
    assert!(codes(&document).contains(&"FILE-EXEMPT"));
}

/// A result of a derivative without a country is named (box 72 would miss its PIT/ZG); with one it has an attachment.
#[test]
fn a_derivative_without_a_country_is_named() {
    let told = of(&["2025-05-05;;derivative;US500;;;1000;PLN;;US;;"], Options::default());
    assert!(!codes(&told).contains(&"RESULT-COUNTRY"));
    assert_eq!(fields(&told, "2025", &["72"]), "72=1");
    let rows = [
        "2025-05-05;;derivative;US500;;;1000;PLN;;;;",
        "2025-05-06;;derivative;DE40;;;-200;PLN;;;;",
    ];
    let unclear = of(&rows, Options::default());
    assert_eq!(fields(&unclear, "2025", &["72"]), "72=0");
    let found = unclear["diagnostics"].as_array().unwrap();
    let found = found.iter().find(|found| found["code"] == "RESULT-COUNTRY").unwrap();
    assert_eq!((&found["column"], &found["value"]), (&"2025".into(), &"DE40, US500".into()));
    assert!(found["message"].as_str().unwrap().replace('\u{a0}', " ").contains("PLN 800.00"));
}

/// Tax-law 9.6: a house with a PIT-8C (here XTB) names no countries, so its results need none.
#[test]
fn a_result_that_a_pit_8c_reports_needs_no_country() {
    let text = "ID;Type;Time;Symbol;Comment;Amount\n\
        2;Profit/loss;03.04.2025 10:00:00;US500;;80.00\n\
        1;Deposit;01.02.2025 09:00:00;;Bank;1000.00\n";
    let services = offline(MemoryRates::default());
    let files = [("PLN_7654321_cash.csv", text)];
    let document_of =
        |files: &[(&str, &str)], options| document(&calculated(files, options, &services));
    let document = document_of(&files, Options::default());
    assert_eq!(fields(&document, "2025", &["22", "72"]), "22=80.00 72=0");
    assert!(codes(&document).contains(&"FILE-PIT-8C"));
    assert!(!codes(&document).contains(&"RESULT-COUNTRY"));
    // Once its amounts are stated, they are not asked for again.
    let pit8c = Some("80:0".parse().unwrap());
    let stated = document_of(&files, Options { pit8c, ..Options::default() });
    assert_eq!(fields(&stated, "2025", &["20", "22"]), "20=80.00 22=0.00");
    let codes = codes(&stated);
    assert!(codes.contains(&"PIT-8C-INSTEAD") && !codes.contains(&"FILE-PIT-8C"), "{codes:?}");
}

/// Art. 9 ust. 3 PIT as in force until 2018: of a loss of 2018 half a year, so 1000 of 2000, is offered.
#[test]
fn the_loss_offered_is_the_one_allowed() {
    let rows = [
        "2018-01-10;2018-01-10;buy;AAA;US0378331005;1;3000;PLN;;;;",
        "2018-02-10;2018-02-10;sell;AAA;US0378331005;1;1000;PLN;;;;",
        "2021-01-10;2021-01-10;buy;AAA;US0378331005;1;1000;PLN;;;;",
        "2021-02-10;2021-02-10;sell;AAA;US0378331005;1;4000;PLN;;;;",
    ];
    let text = format!("{HEADER}\n{}\n", rows.join("\n"));
    let services = offline(MemoryRates::default());
    let calculated = calculated(&[("rows.csv", &text)], Options::default(), &services);
    let offered = &calculated.assessment.chosen().unwrap().losses[0];
    let zloty = [offered.remaining, offered.allowed, offered.deducted].map(|pln| pln.to_string());
    assert_eq!(zloty, ["2000.00", "1000.00", "0.00"]);
}

/// Art. 30a ust. 6: part G knows no costs, so interest paid takes nothing off interest received: 19 % of 100. Taken back,
/// it belongs to the payment of the same amount: nothing is left of 100 paid in 2024, and 30 of 2025 stay.
#[test]
fn interest_below_zero_takes_nothing_off_other_interest() {
    let paid = of(
        &["2025-02-05;;interest;;;;100;PLN;;;;", "2025-03-05;;interest;;;;-60;PLN;;;;"],
        Options::default(),
    );
    assert_eq!(fields(&paid, "2025", &["47"]), "47=19.00");
    assert!(codes(&paid).contains(&"INTEREST-PAID"));
    let rows = [
        "2024-12-31;;interest;;;;100;PLN;;;;",
        "2025-01-03;;interest;;;;-100;PLN;;;;",
        "2025-02-03;;interest;;;;30;PLN;;;;",
    ];
    let back = of(&rows, Options::default());
    assert_eq!(
        (fields(&back, "2024", &["45"]), fields(&back, "2025", &["47"])),
        ("45=0.00".to_owned(), "47=5.70".to_owned())
    );
    assert!(
        codes(&back).contains(&"INTEREST-RETURNED") && !codes(&back).contains(&"INTEREST-PAID")
    );
    // Two rows of one day need not be one payment either, unless one is the other taken back.
    let same = |amount: &str| {
        let rows = [
            "2025-02-05;;interest;;;;100;PLN;;;;",
            &format!("2025-02-05;;interest;;;;{amount};PLN;;;;"),
        ];
        fields(&of(&rows, Options::default()), "2025", &["47"])
    };
    assert_eq!([same("-60"), same("-100")], ["47=19.00", "47=0.00"]);
}

/// Costs of the form are not negative: a refund above the year's fees is no revenue by itself, and the sender is asked.
#[test]
fn refunds_make_no_negative_costs() {
    let refund = "Statement,Header,Field Name,Field Value\n\
                  Statement,Data,Title,Activity Statement\n\
                  Account Information,Header,Field Name,Field Value\n\
                  Account Information,Data,Account,U0000001\n\
                  Fees,Header,Subtitle,Currency,Date,Description,Amount\n\
                  Fees,Data,Other Fees,PLN,2025-03-24,Custody Fee for Jan 2025,50\n";
    let with_refund = |rows: &[&str]| {
        let text = format!("{HEADER}\n{}\n", rows.join("\n"));
        let files = [("rows.csv", text.as_str()), ("ibkr.csv", refund)];
        document(&calculated(&files, Options::default(), &offline(MemoryRates::default())))
    };
    let document = with_refund(&["2025-03-25;;dividend;A;US0378331005;;1;PLN;;;;"]);
    assert_eq!(
        fields(&document, "2025", &["23", "27", "28", "35"]),
        "23=0.00 27=0.00 28=0.00 35=0"
    );
    assert_eq!(found(&document, "COST-NEGATIVE")["value"], "50.00");
    // 1008 − 50.
    let netted = with_refund(&[BUY, SELL]);
    assert_eq!(fields(&netted, "2025", &["23", "28"]), "23=958.00 28=542.00");
    assert!(!codes(&netted).contains(&"COST-NEGATIVE"));
}

/// In a table typed by hand a minus before a fee may be a charge as well as a refund: the sender is asked.
#[test]
fn a_fee_typed_with_a_minus_is_asked_about() {
    let document = of(&[BUY, SELL, "2025-03-24;;fee;;;;-50;PLN;;;;"], Options::default());
    assert_eq!(found(&document, "CELL-SIGN")["value"], "-50");
    assert_eq!(fields(&document, "2025", &["23"]), "23=1008.00");
}

fn found(document: &Value, code: &str) -> Value {
    let found = document["diagnostics"].as_array().unwrap();
    found.iter().find(|found| found["code"] == code).unwrap_or(&Value::Null).clone()
}

/// Art. 30b ust. 5e–5f: income from crypto obtained abroad has a PIT/ZG, which no file fills: the boxes are named, and a
/// country given for a coin is not taken without a word.
#[test]
fn crypto_obtained_abroad_is_left_to_the_sender_by_name() {
    let rows = |year: i16| {
        [
            format!("{year}-06-02;;crypto_buy;BTC;;1;300;PLN;;MT;;"),
            format!("{year}-06-03;;crypto_sell;BTC;;1;500;PLN;;;;"),
        ]
    };
    let of = |year| of(&rows(year).each_ref().map(String::as_str), Options::default());
    let document = of(2025);
    let told = found(&document, "CRYPTO-ABROAD");
    assert_eq!((&told["column"], &told["value"]), (&"2025".into(), &"200.00".into()));
    let boxes =
        ["PIT/ZG 31, 32; PIT-38 44", "PIT/ZG 31, 32; PIT-38 42", "PIT/ZG 34, 35; PIT-38 42"];
    for (year, boxes) in [2025, 2024, 2022].into_iter().zip(boxes) {
        let message = found(&of(year), "CRYPTO-ABROAD")["message"].as_str().unwrap().to_owned();
        assert!(message.contains(boxes), "{message}");
    }
    assert_eq!(
        (found(&document, "CELL-UNUSED")["row"].clone(), codes(&document).len()),
        (2.into(), 2)
    );
}

/// Costs that the sender states stand instead of those that the files would pass on.
#[test]
fn stated_costs_of_coins_need_no_years_between() {
    let rows = [
        "2019-06-02;;crypto_buy;BTC;;1;300;PLN;;;;",
        "2021-06-02;;crypto_buy;BTC;;1;300;PLN;;;;",
        "2024-06-02;;crypto_sell;BTC;;1;500;PLN;;;;",
    ];
    let crypto_costs = Some("100".parse().map(Pln::declared).unwrap());
    let document = of(&rows, Options { crypto_costs, ..Options::default() });
    assert_eq!(fields(&document, "2024", &["36"]), "36=100.00");
    assert!(!codes(&document).contains(&"CRYPTO-CARRY"));
}

/// Coins have no lots that a row could block: the row is named, and the pool stands without it, as the year incomplete.
#[test]
fn an_unreadable_row_of_a_coin_blocks_no_instrument() {
    let rows =
        ["2025-05-10;;crypto_buy;BTC;;1;abc;PLN;;;;", "2025-05-12;;crypto_sell;BTC;;1;500;PLN;;;;"];
    let document = of(&rows, Options::default());
    assert_eq!(fields(&document, "2025", &["36"]), "36=500.00");
    assert!(!codes(&document).contains(&"INSTRUMENT-BLOCKED"));
    assert_eq!(document["status"], "incomplete");
}

/// A sale by a ticker that two securities of the account have is asked about, not taken for missing history.
#[test]
fn a_ticker_of_two_securities_is_asked_about() {
    let rows = [
        "2025-01-10;2025-01-10;buy;AAA;US0378331005;10;100;PLN;;;;X",
        "2025-01-11;2025-01-11;buy;AAA;US5949181045;10;200;PLN;;;;X",
        "2025-03-11;2025-03-11;sell;AAA;;5;150;PLN;;;;X",
    ];
    let document = of(&rows, Options::default());
    let asked = found(&document, "TICKER-AMBIGUOUS");
    assert_eq!((&asked["row"], &asked["value"]), (&4.into(), &"AAA".into()));
    assert!(asked["message"].as_str().unwrap().contains("US0378331005, US5949181045"), "{asked}");
    assert!(!codes(&document).contains(&"LOTS-MISSING"));
    // On another account the same ticker is missing history indeed.
    let rows = [rows[0], rows[1], "2025-03-11;2025-03-11;sell;AAA;;5;150;PLN;;;;Y"];
    assert!(codes(&of(&rows, Options::default())).contains(&"LOTS-MISSING"));
}

/// Art. 30a ust. 1 PIT: a Polish payer takes 19 %. Where less was taken, what is missing is named; the złoty that a payer
/// rounds by is not, and where nothing was taken the field of the return says so.
#[test]
fn polish_tax_that_is_short_of_nineteen_percent_is_named() {
    let dividend = |withheld: &str| {
        of(
            &[&format!("2025-06-20;;dividend;KGH;PLKGHM000017;;100;PLN;;;{withheld};")],
            Options::default(),
        )
    };
    let short = dividend("15");
    let named = found(&short, "POLISH-TAX-SHORT");
    assert_eq!((&named["column"], &named["value"]), (&"2025".into(), &"KGH".into()));
    assert!(named["message"].as_str().unwrap().contains("4.00"), "{named}");
    assert_eq!(short["status"], "complete");
    for fine in ["19", "18.50", "0"] {
        assert!(!codes(&dividend(fine)).contains(&"POLISH-TAX-SHORT"), "{fine}");
    }
}

/// Tax beside its dividend by some days is no dividend that is missing: the sender is told where to put it, and a refund
/// for several dividends as well. The nearest one is named.
#[test]
fn tax_apart_from_its_dividend_is_led_to_it() {
    let dividend = |day: &str| format!("{day};;dividend;A;US0378331005;;100;PLN;;;30;");
    let after = of(
        &[&dividend("2025-03-24"), "2025-03-26;;withholding;A;US0378331005;;15;PLN;;;;"],
        Options::default(),
    );
    let refund = of(
        &[
            &dividend("2024-06-20"),
            &dividend("2024-12-20"),
            "2025-02-24;;withholding;A;US0378331005;;-60;PLN;;;;",
        ],
        Options::default(),
    );
    for (document, day) in [(&after, "2025-03-24"), (&refund, "2024-12-20")] {
        let message = found(document, "WITHHOLDING-APART")["message"].as_str().unwrap().to_owned();
        assert!(message.contains(day) && message.contains("withheld"), "{message}");
        assert_eq!(document["status"], "incomplete");
    }
    let alone = of(&["2025-03-26;;withholding;A;US0378331005;;15;PLN;;;;"], Options::default());
    assert!(codes(&alone).contains(&"WITHHOLDING-ALONE"));
}

/// A dividend taken back gives back its tax, whichever sign the sender writes it with: of 100, −100 and 100 with 5 each one
/// payment is left, so 5 are credited and 19 − 5 are to pay. Interest likewise.
#[test]
fn tax_of_a_payment_taken_back_is_given_back() {
    for back in ["5", "-5"] {
        for (kind, part) in [("dividend;AAA;US0378331005", "dividends"), ("interest;;", "interest")]
        {
            let row = |amount: &str, withheld: &str| {
                format!("2025-05-05;;{kind};;{amount};PLN;;IE;{withheld};")
            };
            let rows = [row("100", "5"), row("-100", back), row("100.00", "5.00")];
            let document = of(&[&rows[0], &rows[1], &rows[2]], Options::default());
            let sums = &year(&document, "2025")[part];
            let figures = (&sums["gross"], &sums["credit"]);
            assert_eq!(figures, (&"100.00".into(), &"5.00".into()), "{part}");
            assert_eq!(document["status"], "complete");
        }
    }
    // Of a payment received the minus may mean either, and the words fit the column.
    let document =
        of(&["2025-05-05;;dividend;AAA;US0378331005;;100;PLN;;;-5;"], Options::default());
    assert!(found(&document, "CELL-SIGN-WITHHELD")["message"].as_str().unwrap().contains("-5"));
    assert!(!codes(&document).contains(&"CELL-SIGN"));
}

/// Art. 9 ust. 3 and 6: a year has one result. Of a loss that the files of its year contradict the sender is told; what was
/// stated is deducted all the same.
#[test]
fn a_stated_loss_that_the_files_contradict_is_named() {
    let traded = |year: &str, bought: &str, sold: &str| {
        [
            format!("{year}-02-03;{year}-02-03;buy;AAA;US0378331005;1;{bought};PLN;;;;"),
            format!("{year}-03-03;{year}-03-03;sell;AAA;US0378331005;1;{sold};PLN;;;;"),
        ]
    };
    let rows = [
        traded("2023", "1000", "619.63"),
        traded("2024", "1000", "1100"),
        traded("2025", "0.01", "9000.01"),
    ]
    .concat();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let claimed = |claim: &str| {
        let losses = vec![claim.parse().unwrap()];
        of(&rows, Options { losses, ..Options::default() })
    };
    // 2023: 619.63 − 1000 = −380.37; 2024: 1100 − 1000 = 100.
    for (claim, shown, deducted) in
        [("2023:5000", "-380.37", "5000.00"), ("2024:500", "100.00", "500.00")]
    {
        let document = claimed(claim);
        let warned = found(&document, "LOSS-DIFFERS");
        assert_eq!(warned["severity"], "warning", "{claim}");
        assert_eq!((&warned["column"], &warned["value"]), (&claim[..4].into(), &deducted.into()));
        assert!(warned["message"].as_str().unwrap().contains(&shown[1..]), "{warned}");
        let own = &year(&document, "2025")["securities"];
        assert_eq!(own["loss_deducted"], deducted);
    }
    // What the files show, and a year of which they show nothing, contradict nothing.
    for claim in ["2023:380.37", "2022:5000"] {
        assert!(!codes(&claimed(claim)).contains(&"LOSS-DIFFERS"), "{claim}");
    }
}

/// Art. 22 ust. 16: the costs of all coins pass on in one sum. Where the stated one is not that of the files, both are named.
#[test]
fn stated_costs_of_crypto_that_the_files_contradict_are_named() {
    let rows = [
        "2024-02-03;;crypto_buy;BTC;;1;1000;PLN;;;;",
        "2025-02-03;;crypto_sell;BTC;;1;5000;PLN;;;;",
    ];
    let stated_for = |rows: &[&str], costs: i64| {
        let crypto_costs = Some(Pln::from_grosze(costs * 100));
        of(rows, Options { crypto_costs, ..Options::default() })
    };
    let stated = |costs| stated_for(&rows, costs);
    let document = stated(300);
    let warned = found(&document, "CRYPTO-COSTS-DIFFER");
    assert_eq!((&warned["severity"], &warned["value"]), (&"warning".into(), &"300.00".into()));
    assert!(warned["message"].as_str().unwrap().contains("1,000.00"), "{warned}");
    assert_eq!(year(&document, "2025")["crypto"]["income"], "4700.00");
    // The same sum, or nothing of earlier years in the files, contradicts nothing.
    for fine in [stated(1000), stated_for(&rows[1..], 300)] {
        assert!(!codes(&fine).contains(&"CRYPTO-COSTS-DIFFER"));
    }
}

/// A year that the files do not have is answered with those that they have.
#[test]
fn a_year_without_events_is_told_from_the_years_of_the_files() {
    let document = of(&[BUY, SELL], Options { year: Some(2023), ..Options::default() });
    let empty = found(&document, "YEAR-EMPTY");
    let said = empty["message"].as_str().unwrap();
    assert!(said.contains("2023") && said.contains("they have: 2025"), "{empty}");
    assert!(!said.contains("2024"), "{empty}");
}
