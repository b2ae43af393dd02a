//! The worked examples of the reference (tax-law §12, `TVnn`), to the grosz.
//!
//! Figures come from the sources named there, or from the arithmetic in the comments, never from this
//! program. Every leg is converted at NBP's table of the day before and rounded half up to the grosz;
//! the sale commission is a cost; base and tax due are full złoty.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed helper should panic")]

mod support;

use std::collections::BTreeMap;

use investtax::{
    adapters::MemoryRates,
    ledger::{Input, Ledger, merge},
    money::{Currency, Money, Pln},
    pipeline::{Calculated, Services},
    rates::{RateBook, RateIx},
    statement::{Code, Event, FileId, StatementBuilder, Trade, Transaction},
    tax::{Basis, CreditCap, LossClaim, Options, Securities, assess},
};
use jiff::civil::{Date, date};
use rust_decimal::Decimal;
use serde_json::Value;
use support::{
    Printed, Template, calculated, document, offline, printed, rate_before, rates_in, reference,
    year,
};

fn trade_date() -> Options {
    Options { basis: Basis::Trade, ..Options::default() }
}

fn with_loss(claim: &str) -> Options {
    let claim: LossClaim = claim.parse().unwrap();
    Options { losses: vec![claim], ..trade_date() }
}

fn no_rates() -> Services {
    offline(MemoryRates::default())
}

fn assessed(template: &Template, options: Options, services: &Services) -> Calculated {
    let calculated = calculated(&[("history.csv", template.text())], options, services);
    let found = (&calculated.ledger.diagnostics, calculated.assessment.status);
    assert_eq!(format!("{found:?}"), "([], Complete)", "{}", template.text());
    calculated
}

/// One year's part of a document, as `revenue cost income loss -deducted base tax due`.
fn securities(document: &Value, of: &str) -> String {
    let year = year(document, of);
    let names =
        ["revenue", "cost", "income", "loss", "loss_deducted", "tax_base", "tax", "tax_due"];
    names.map(|name| year["securities"][name].as_str().unwrap().to_owned()).join(" ")
}

/// The fields of the form that are not zero, as `26=1280.00`; the rate of the tax is left out.
fn fields(document: &Value, of: &str, numbers: &[&str]) -> String {
    let year = year(document, of);
    let field = |number: &&str| format!("{number}={}", year["fields"][*number].as_str().unwrap());
    numbers.iter().map(field).collect::<Vec<_>>().join(" ")
}

fn open_lots(document: &Value) -> Vec<String> {
    let lots = document["open_lots"].as_array().unwrap().iter();
    let text = |lot: &Value, name: &str| lot[name].as_str().unwrap().to_owned();
    lots.map(|lot| ["symbol", "quantity", "cost"].map(|name| text(lot, name)).join(" ")).collect()
}

/// Acquisition, table, day and rate of every lot sold, then those of the sale.
fn legs(document: &Value) -> Vec<String> {
    let rate = |leg: &Value| {
        ["table", "date", "currency", "mid"]
            .map(|name| leg["rate"][name].as_str().unwrap())
            .join(" ")
    };
    let mut legs = Vec::new();
    for disposal in document["disposals"].as_array().unwrap() {
        let lots = disposal["lots"].as_array().unwrap().iter();
        legs.extend(
            lots.map(|lot| format!("{} {}", lot["acquired_on"].as_str().unwrap(), rate(lot))),
        );
        legs.push(format!("{} {}", disposal["traded_on"].as_str().unwrap(), rate(disposal)));
    }
    legs
}

/// The examples of the machine-readable list, as far as it is there.
mod list {
    use super::*;

    fn vectors(kind: &str) -> Option<Vec<Value>> {
        let path = reference("vectors/tax-vectors.json")?;
        let all: Vec<Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let found: Vec<_> = all.into_iter().filter(|vector| vector["kind"] == kind).collect();
        assert!(!found.is_empty(), "{kind}");
        Some(found)
    }

    fn text<'a>(value: &'a Value, name: &str) -> &'a str {
        value[name].as_str().unwrap()
    }

    fn number(value: &Value) -> Decimal {
        value.as_str().unwrap().parse().unwrap()
    }

    fn template(vector: &Value) -> Template {
        let mut template = Template::new();
        for event in vector["events"].as_array().unwrap() {
            let cell = |name| text(event, name);
            let (amount, fee) =
                if cell("side") == "SPLIT" { ("", "") } else { (cell("gross"), cell("fee")) };
            let day = cell(if vector["mode"] == "trade" { "trade_date" } else { "event_day" });
            template = template.row(&format!(
                "{day};{};{};{};{amount};{};{fee};{};;",
                cell("side").to_lowercase(),
                cell("instrument"),
                cell("qty"),
                cell("ccy"),
                cell("fee_ccy"),
            ));
        }
        template
    }

    /// Under which option the list's loss, if any, is deducted.
    fn options(vector: &Value) -> Options {
        if vector["id"] == "TV12" { with_loss("2023:2210.70") } else { trade_date() }
    }

    #[test]
    fn disposals_agree_year_by_year_and_lot_by_lot() {
        let Some(vectors) = vectors("fifo") else { return };
        let services = offline(rates_in(&reference("nbp").unwrap()));
        for vector in vectors {
            let options = Options { year: Some(2024), ..options(&vector) };
            let options = if vector["id"] == "TV12" { options } else { trade_date() };
            let result = assessed(&template(&vector), options, &services);
            let document = document(&result);
            check_years(&vector, &document);
            check_open_lots(&vector, &document);
            check_rates(&vector, &result);
        }
    }

    fn check_years(vector: &Value, document: &Value) {
        // Name in the list, name in the document, field up to 2024, field from 2025 on (tax-law 4.2).
        let names = [
            ("revenue", "revenue", "22", "22"),
            ("cost", "cost", "23", "23"),
            ("income", "income", "26", "28"),
            ("loss", "loss", "27", "29"),
            ("loss_deducted", "loss_deducted", "28", "30"),
            ("base", "tax_base", "29", "31"),
            ("tax", "tax", "31", "33"),
            ("due", "tax_due", "33", "35"),
        ];
        let expected = vector["expected"].as_object().unwrap();
        assert_eq!(expected.len(), document["years"].as_array().unwrap().len());
        for (of, expected) in expected {
            let found = year(document, of);
            for (theirs, ours, before, from_2025) in names {
                let figure = number(&expected[theirs]);
                assert_eq!(
                    number(&found["securities"][ours]),
                    figure,
                    "{} {of} {ours}",
                    vector["id"]
                );
                let field = if of.as_str() < "2025" { before } else { from_2025 };
                // Income and loss exclude each other; the other one is left empty.
                let filled = found["fields"].get(field).map_or(Decimal::ZERO, number);
                assert_eq!(filled, figure, "{} {of} field {field}", vector["id"]);
            }
        }
    }

    fn check_open_lots(vector: &Value, document: &Value) {
        let mut expected = Vec::new();
        for (symbol, lots) in vector["open_lots"].as_object().unwrap() {
            for lot in lots.as_array().unwrap() {
                let quantity = number(&lot[0]).normalize();
                expected.push(format!("{symbol} {quantity} {}", number(&lot[1])));
            }
        }
        assert_eq!(open_lots(document), expected, "{}", vector["id"]);
    }

    /// Rate and table day of every leg, sold or still held.
    fn check_rates(vector: &Value, result: &Calculated) {
        let mut expected = BTreeMap::new();
        for event in vector["events"].as_array().unwrap() {
            let day = event["rate_day"].as_str().map(|day| day.parse::<Date>().unwrap());
            let traded_on: Date = text(event, "trade_date").parse().unwrap();
            expected.insert(traded_on, (day, number(&event["rate"])));
        }
        let Calculated { assessment, rates, .. } = result;
        let check = |traded_on, rate: RateIx| {
            let rate = rates.published(rate);
            let (day, mid) =
                rate.map_or((None, Decimal::ONE), |rate| (Some(rate.published_on), rate.mid));
            assert_eq!(expected.get(&traded_on), Some(&(day, mid)), "{}", vector["id"]);
        };
        for disposal in &assessment.disposals {
            check(disposal.traded_on, disposal.rate);
            let lots = assessment.lots_of(disposal);
            assert!(!lots.is_empty());
            for lot in lots {
                check(lot.acquired_on, lot.rate);
            }
        }
        assessment.open_lots.iter().for_each(|lot| check(lot.acquired_on, lot.rate));
    }

    #[test]
    fn each_event_day_has_the_table_of_the_list() {
        let Some(vectors) = vectors("rate_day") else { return };
        let rates = rates_in(&reference("nbp").unwrap());
        for vector in vectors {
            for row in vector["rows"].as_array().unwrap() {
                let found = rate_before(&rates, text(&vector, "currency"), text(row, "event_day"));
                let found = found.unwrap();
                let found = (found.published_on.to_string(), found.mid.to_string());
                assert_eq!(found, (text(row, "rate_day").into(), text(row, "rate").into()));
            }
        }
    }

    #[test]
    fn each_trade_settles_on_the_day_of_the_list() {
        use investtax::tax::{Market, SettlementRule, settlement_day};
        let Some(vectors) = vectors("settlement") else { return };
        for row in vectors.iter().flat_map(|vector| vector["rows"].as_array().unwrap()) {
            let rule: SettlementRule = match text(row, "market") {
                "US" => Market::UnitedStates.into(),
                "US-OPTION" => SettlementRule::next_day(Market::UnitedStates),
                "CA" => Market::Canada.into(),
                "DE" => Market::Germany.into(),
                "JP" => Market::Japan.into(),
                other => unreachable!("a market that the list did not have: {other}"),
            };
            let settled_on = settlement_day(rule, text(row, "trade").parse().unwrap());
            assert_eq!(settled_on.to_string(), text(row, "settle"), "{row}");
        }
    }

    #[test]
    fn each_dividend_is_credited_under_both_caps() {
        let Some(vectors) = vectors("dividend") else { return };
        for vector in vectors {
            // A country with the vector's treaty rate, which is 15 % throughout.
            assert_eq!(text(&vector, "treaty"), "0.15");
            let row = format!(
                "2025-05-16;dividend;D;;{};PLN;;;US;{}",
                text(&vector, "gross_pln"),
                text(&vector, "wht_pln")
            );
            let template = Template::new().row(&row);
            let caps = [(CreditCap::Treaty, "treaty_cap"), (CreditCap::Nineteen, "19_cap")];
            for (credit_cap, name) in caps {
                let options = Options { credit_cap, ..Options::default() };
                let document = document(&assessed(&template, options, &no_rates()));
                let dividends = &year(&document, "2025")["dividends"];
                let expected = &vector["expected"];
                let id = &vector["id"];
                assert_eq!(number(&dividends["tax"]), number(&expected["tax19"]), "{id}");
                let credit = number(&expected[format!("credit_{name}")]);
                assert_eq!(number(&dividends["credit"]), credit, "{id} {name}");
                let due = number(&expected[format!("due_{name}")]);
                assert_eq!(number(&dividends["tax_due"]), due, "{id} {name}");
            }
        }
    }
}

#[test]
fn tv01_fifo_within_one_sale() {
    // sii.org.pl, article 6545: 10 × 15 + 20 × 30 + 10 of 30 × 35 = 150 + 600 + 350.
    let template = Template::new()
        .row("2024-01-02;buy;X;10;150;PLN")
        .row("2024-02-02;buy;X;20;600;PLN")
        .row("2024-03-04;buy;X;30;1050;PLN")
        .row("2024-06-03;sell;X;40;1280;PLN");
    let document = document(&assessed(&template, trade_date(), &no_rates()));
    assert_eq!(securities(&document, "2024"), "1280.00 1100.00 180.00 0.00 0.00 180 34.20 34");
    assert_eq!(
        fields(&document, "2024", &["22", "23", "26", "29", "31", "33"]),
        "22=1280.00 23=1100.00 26=180.00 29=180 31=34.20 33=34"
    );
    assert_eq!(open_lots(&document), ["X 20 700.00"]);
}

const TV03: [Printed; 3] = [
    table("051/A/NBP/2023", "2023-03-14", "2023-03-15", &[("EUR", "4.6909")]),
    table("183/A/NBP/2024", "2024-09-19", "2024-09-20", &[("EUR", "4.2693")]),
    table("116/A/NBP/2025", "2025-06-17", "2025-06-18", &[("EUR", "4.2750")]),
];

const fn table(
    number: &'static str,
    on: &'static str,
    before: &'static str,
    mids: &'static [(&'static str, &'static str)],
) -> Printed {
    Printed { number, on, before, mids }
}

#[test]
fn tv03_a_fund_in_euros() {
    // 935 × 4.6909 = 4385.9915; 541 × 4.2693 = 2309.6913; 1228 × 4.2750 = 5249.70.
    let template = Template::new()
        .row("2023-03-15;buy;VWCE;10;935.00;EUR")
        .row("2024-09-20;buy;VWCE;5;541.00;EUR")
        .row("2025-06-18;sell;VWCE;10;1228.00;EUR");
    let document = document(&assessed(&template, trade_date(), &offline(printed(&TV03))));
    assert_eq!(securities(&document, "2025"), "5249.70 4385.99 863.71 0.00 0.00 864 164.16 164");
    assert_eq!(open_lots(&document), ["VWCE 5 2309.69"]);
    assert_eq!(
        legs(&document),
        [
            "2023-03-15 051/A/NBP/2023 2023-03-14 EUR 4.6909",
            "2025-06-18 116/A/NBP/2025 2025-06-17 EUR 4.2750"
        ]
    );
}

#[test]
fn tv05_the_days_of_a_ruling() {
    // KIS 0114-KDIP3-1.4011.1149.2023.1.AK: settled on 4 and 11 October (9 October is no settlement day).
    let tables = [
        table("189/A/NBP/2023", "2023-09-29", "2023-10-02", &[("USD", "4.3697")]),
        table("191/A/NBP/2023", "2023-10-03", "2023-10-04", &[("USD", "4.4012")]),
        table("193/A/NBP/2023", "2023-10-05", "2023-10-06", &[("USD", "4.3768")]),
        table("196/A/NBP/2023", "2023-10-10", "2023-10-11", &[("USD", "4.2985")]),
    ];
    let services = offline(printed(&tables));
    let template = Template::new()
        .row("2023-10-02;buy;AAPL;1;1000;USD")
        .row("2023-10-06;sell;AAPL;1;1000;USD");
    let settlement = document(&assessed(&template, Options::default(), &services));
    assert_eq!(securities(&settlement, "2023"), "4298.50 4401.20 0.00 102.70 0.00 0 0.00 0");
    assert_eq!(year(&settlement, "2023")["other_basis"]["income"], "7.10");
    let trade = document(&assessed(&template, trade_date(), &services));
    assert_eq!(securities(&trade, "2023"), "4376.80 4369.70 7.10 0.00 0.00 7 1.33 1");
    assert_eq!(year(&trade, "2023")["other_basis"]["loss"], "102.70");
}

/// Options written and bought, at a flat rate of 4.0 (luklewluk/taxcalc, `OptionTaxTest`).
mod tv07 {
    use super::*;

    const OPTION: &str = "ACME 250117P00050000";
    const SHARE: &str = "ACME";

    fn trade(quantity: i64, cents: i64, commission: i64) -> Trade {
        Trade::new(
            quantity.into(),
            Money::new(Decimal::new(cents, 2), Currency::USD),
            Money::new(Decimal::new(commission, 2), Currency::USD),
        )
    }

    fn ledger(events: Vec<(&str, Event)>) -> Ledger {
        let mut builder = StatementBuilder::new(FileId(0), "test");
        let account = builder.account("a");
        for (place, (symbol, event)) in (1_u8..).zip(events) {
            let instrument = builder.instrument(None, symbol, "");
            let source = builder.source(u32::from(place));
            let day = date(2024, i8::try_from(place).unwrap(), 15);
            let (key, millisecond) = (None, 0);
            builder.push(Transaction { source, key, account, instrument, day, millisecond, event });
            builder.used();
        }
        merge(vec![Input::untagged("test.csv".to_owned(), builder.finish())])
    }

    fn result(events: Vec<(&str, Event)>) -> Securities {
        let flat = [(Currency::USD, Decimal::from(4))];
        let rates = RateBook::flat(&flat, date(2023, 12, 1), date(2025, 2, 1));
        let assessment = assess(&ledger(events), &rates, &trade_date(), date(2026, 5, 4));
        assert_eq!(assessment.blocked, []);
        assessment.years.iter().find(|year| year.year == 2024).unwrap().securities
    }

    fn figures(securities: Securities) -> String {
        let Securities { revenue, cost, income, loss, tax_due, .. } = securities;
        format!("{revenue} {cost} {income} {loss} {tax_due}")
    }

    #[test]
    fn a_put_written_that_expires() {
        let events = vec![
            (OPTION, Event::OpenShort(trade(1, 10_000, 100))),
            (OPTION, Event::CloseShort(trade(1, 0, 0))),
        ];
        // 100 × 4 − 1 × 4 = 396; 19 % = 75.24.
        assert_eq!(figures(result(events)), "400.00 4.00 396.00 0.00 75.00");
    }

    #[test]
    fn a_call_bought_and_sold() {
        let events = vec![
            (OPTION, Event::Buy(trade(1, 25_000, 65))),
            (OPTION, Event::Sell(trade(1, 40_000, 65))),
        ];
        // 1600 − (1000 + 2.60 + 2.60); the base 594.80 is 595, 19 % of it 113.05.
        assert_eq!(figures(result(events)), "1600.00 1005.20 594.80 0.00 113.00");
    }

    #[test]
    fn a_put_bought_that_expires() {
        let events = vec![
            (OPTION, Event::Buy(trade(1, 30_000, 130))),
            (OPTION, Event::Sell(trade(1, 0, 0))),
        ];
        assert_eq!(figures(result(events)), "0.00 1205.20 0.00 1205.20 0.00");
    }

    #[test]
    fn a_put_written_that_is_assigned() {
        let events = vec![
            (OPTION, Event::OpenShort(trade(1, 20_000, 105))),
            (OPTION, Event::CloseShort(trade(1, 0, 0))),
            (SHARE, Event::Buy(trade(100, 500_000, 100))),
            (SHARE, Event::Sell(trade(100, 560_000, 0))),
        ];
        // 800 + 22 400 − (4.20 + 20 000 + 4) = 3191.80; 19 % of 3192 = 606.48.
        assert_eq!(figures(result(events)), "23200.00 20008.20 3191.80 0.00 606.00");
    }
}

#[test]
fn tv08_dividends_are_credited_payment_by_payment() {
    for (rows, treaty, nineteen) in [
        (&["400;PLN;;;US;120"][..], "16", "0"),
        (&["400;PLN;;;US;40"], "36", "36"),
        (&["300;PLN;;;CA;75"], "12", "0"),
        // 4 + 19; credited from one pool it would be 8.
        (&["100;PLN;;;US;30", "100;PLN;;;US;0"], "23", "19"),
    ] {
        let mut template = Template::new();
        for (day, row) in (1..).zip(rows) {
            template = template.row(&format!("2025-05-{day:02};dividend;D;;{row}"));
        }
        for (credit_cap, due) in [(CreditCap::Treaty, treaty), (CreditCap::Nineteen, nineteen)] {
            let options = Options { credit_cap, ..Options::default() };
            let document = document(&assessed(&template, options, &no_rates()));
            let found: Decimal =
                year(&document, "2025")["dividends"]["tax_due"].as_str().unwrap().parse().unwrap();
            assert_eq!(found, due.parse().unwrap(), "{rows:?}");
        }
    }
}

#[test]
fn tv09_rounding_in_part_g() {
    // Art. 63 § 1 and § 1a OP: interest up to the grosz, dividends to full złoty.
    let cent_by_cent = vec!["dividend;D;;0.03;PLN;;;US;0"; 100];
    for (rows, expected) in [
        (vec!["interest;;;100.55;PLN"], "47=19.11 49=19.11 51=19.11"),
        (vec!["dividend;D;;100.55;PLN;;;US;0"], "47=19.10 49=19.00 51=19.00"),
        (
            vec!["interest;;;100.55;PLN", "dividend;D;;100.55;PLN;;;US;0"],
            "47=38.21 49=38.11 51=38.11",
        ),
        // 3.00 in all: 0.57. Rounding 19 % of each row would give 100 × 0.01 = 1.00 before the form.
        (cent_by_cent, "47=0.57 49=1.00 51=1.00"),
        (vec!["dividend;D;;2.63;PLN;;;US;0"], "47=0.50 49=0.00 51=0.00"),
        (vec!["dividend;D;;50.00;PLN;;;US;0"], "47=9.50 49=10.00 51=10.00"),
        (vec!["dividend;D;;2.50;PLN;;;US;0"], "47=0.48 49=0.00 51=0.00"),
    ] {
        let mut template = Template::new();
        for row in &rows {
            template = template.row(&format!("2025-05-16;{row}"));
        }
        let document = document(&assessed(&template, Options::default(), &no_rates()));
        let first = rows.first().unwrap();
        assert_eq!(fields(&document, "2025", &["47", "49", "51"]), expected, "{first}");
    }
}

#[test]
fn tv11_virtual_currency() {
    let crypto = |rows: &[&str], of: &str| {
        let mut template = Template::new();
        for row in rows {
            template = template.row(row);
        }
        let document = document(&assessed(&template, Options::default(), &no_rates()));
        let crypto = year(&document, of)["crypto"].clone();
        let names = ["costs_carried_in", "income", "costs_carried_out", "tax_due"];
        names.map(|name| crypto[name].as_str().unwrap().to_owned()).join(" ")
    };
    // a) 32 000 − 9 000 = 23 000 goes on; 20 000 − 23 000 leaves 3 000.
    let history = [
        "2023-02-01;crypto_buy;BTC;1;32000;PLN",
        "2023-11-02;crypto_sell;BTC;0.2;9000;PLN",
        "2024-11-04;crypto_sell;BTC;0.3;20000;PLN",
    ];
    assert_eq!(crypto(&history, "2023"), "0.00 0.00 23000.00 0.00");
    assert_eq!(crypto(&history, "2024"), "23000.00 0.00 3000.00 0.00");
    // What the last return declared stands instead of what the files show.
    let options = Options { crypto_costs: Some(Pln::from_grosze(500_000)), ..Options::default() };
    let mut template = Template::new();
    for row in history {
        template = template.row(row);
    }
    let stated = document(&assessed(&template, options, &no_rates()));
    assert_eq!(year(&stated, "2024")["crypto"]["income"], "15000.00");
    // b) 2400 × 19 % = 456.
    let gain = ["2024-02-01;crypto_buy;BTC;1;7600;PLN", "2024-11-04;crypto_sell;BTC;1;10000;PLN"];
    assert_eq!(crypto(&gain, "2024"), "0.00 2400.00 0.00 456.00");
    // c) 2.99 → base 3 → 0.57 → 1.
    let small =
        ["2024-02-01;crypto_buy;BTC;1;103.50;PLN", "2024-11-04;crypto_sell;BTC;1;106.49;PLN"];
    assert_eq!(crypto(&small, "2024"), "0.00 2.99 0.00 1.00");
}

fn tv12() -> Template {
    Template::new()
        .row("2023-01-15;buy;A;10;2000;USD")
        .row("2023-09-10;sell;A;10;1500;USD")
        .row("2024-01-15;buy;B;10;500;USD")
        .row("2024-09-10;sell;B;10;1200;USD")
}

#[test]
fn tv12_a_loss_of_the_year_before() {
    let tables = [
        table("009/A/NBP/2023", "2023-01-13", "2023-01-15", &[("USD", "4.3272")]),
        table("174/A/NBP/2023", "2023-09-08", "2023-09-10", &[("USD", "4.2958")]),
        table("009/A/NBP/2024", "2024-01-12", "2024-01-15", &[("USD", "3.9746")]),
        table("175/A/NBP/2024", "2024-09-09", "2024-09-10", &[("USD", "3.8758")]),
    ];
    let services = offline(printed(&tables));
    let figures = |claim: &str| {
        let options = Options { year: Some(2024), ..with_loss(claim) };
        document(&assessed(&tv12(), options, &services))
    };
    let at_once = figures("2023:2210.70");
    // 1500 × 4.2958 − 2000 × 4.3272; then 1200 × 3.8758 − 500 × 3.9746.
    assert_eq!(securities(&at_once, "2023"), "6443.70 8654.40 0.00 2210.70 0.00 0 0.00 0");
    assert_eq!(securities(&at_once, "2024"), "4650.96 1987.30 2663.66 0.00 2210.70 453 86.07 86");
    assert_eq!(
        fields(&at_once, "2024", &["26", "28", "29", "31", "33"]),
        "26=2663.66 28=2210.70 29=453 31=86.07 33=86"
    );
    // Half of the loss: 2663.66 − 1105.35 = 1558.31.
    let by_halves = figures("2023:2210.70:0:1105.35");
    assert_eq!(
        securities(&by_halves, "2024"),
        "4650.96 1987.30 2663.66 0.00 1105.35 1558 296.02 296"
    );
}

#[test]
fn tv13_a_loss_is_deducted_only_when_asked_for() {
    let template =
        Template::new().row("2023-01-16;buy;A;1;1000;PLN").row("2023-09-11;sell;A;1;2500;PLN");
    for (options, due) in [(with_loss("2022:1000"), "95"), (trade_date(), "285")] {
        let document = document(&assessed(&template, options, &no_rates()));
        assert_eq!(year(&document, "2023")["securities"]["tax_due"], due);
    }
}

#[test]
fn tv15_splits_keep_the_cost() {
    let sold = |split: &str, bought: &str, sold: &str| {
        let template = Template::new()
            .row(&format!("2024-01-10;buy;S;{bought};PLN"))
            .row(&format!("2024-03-01;split;S;{split}"))
            .row(&format!("2024-06-03;sell;S;{sold};PLN"));
        document(&assessed(&template, trade_date(), &no_rates()))
    };
    let forward = sold("2", "10;400", "10;600");
    assert_eq!(securities(&forward, "2024"), "600.00 200.00 400.00 0.00 0.00 400 76.00 76");
    assert_eq!(open_lots(&forward), ["S 10 200.00"]);
    let reverse = sold("0.5", "20;1600", "5;600");
    assert_eq!(securities(&reverse, "2024"), "600.00 800.00 0.00 200.00 0.00 0 0.00 0");
    assert_eq!(open_lots(&reverse), ["S 5 800.00"]);
}

#[test]
fn tv17_a_high_income_brings_the_levy_to_mind() {
    // The levy, 4 % of what exceeds 1 000 000 zł, here 30 000 zł, is another return (DSF-1).
    let template =
        Template::new().row("2024-01-10;buy;S;1;250000;PLN").row("2024-06-03;sell;S;1;2000000;PLN");
    let result = assessed(&template, trade_date(), &no_rates());
    let found =
        result.assessment.diagnostics.iter().find(|found| found.code == Code::SolidarityLevy);
    let found = found.map(|found| (found.column.as_str(), found.value.as_str()));
    assert_eq!(found, Some(("2024", "1750000.00")));
    // 19 % of 1 750 000.
    let tax = result.assessment.years.first().unwrap().tax_to_pay;
    assert_eq!(tax, Pln::from_grosze(332_500 * 100));
}

#[test]
fn tv18_the_file_decides_the_settlement_day_else_the_market_does() {
    // 2024-12-31 settles in New York on 2025-01-02 (T+1), in Warsaw (T+2) on 2025-01-03.
    let tables = [
        table("251/A/NBP/2024", "2024-12-30", "2024-12-31", &[("USD", "4.0960")]),
        table("252/A/NBP/2024", "2024-12-31", "2025-01-02", &[("USD", "4.1012")]),
    ];
    let services = offline(printed(&tables));
    let template = Template::new()
        .row("2024-12-31;opening_lot;AAPL;1;0;PLN")
        .row("2024-12-31;sell;AAPL;1;100;USD");
    let settled = assessed(&template, Options::default(), &services);
    let days = settled.assessment.disposals.iter().map(|sold| (sold.settled_on, sold.year));
    assert_eq!(days.collect::<Vec<_>>(), [(date(2025, 1, 2), 2025)]);
    assert_eq!(settled.assessment.moved_years.len(), 1);
    let dated = "date;settlement_date;type;ticker;quantity;amount;currency\n\
                 2024-12-30;2024-12-30;opening_lot;AAPL;1;0;PLN\n\
                 2024-12-30;2024-12-31;sell;AAPL;1;100;USD\n";
    let given = calculated(&[("dated.csv", dated)], Options::default(), &services);
    let days = given.assessment.disposals.iter().map(|sold| (sold.settled_on, sold.year));
    assert_eq!(days.collect::<Vec<_>>(), [(date(2024, 12, 31), 2024)]);
}

#[test]
fn tv19_quotation_units() {
    let mids = &[("JPY", "0.026001"), ("HUF", "0.010511"), ("GBP", "5.0104")];
    let services = offline(printed(&[table("055/A/NBP/2025", "2025-03-20", "2025-03-21", mids)]));
    let revenue = |currency: &str, amount: &str| {
        let template = Template::new()
            .row("2025-03-20;opening_lot;S;1;0;PLN")
            .row(&format!("2025-03-21;sell;S;1;{amount};{currency}"));
        let document = document(&assessed(&template, trade_date(), &services));
        year(&document, "2025")["securities"]["revenue"].as_str().unwrap().to_owned()
    };
    // NBP's service gives the rate of one yen and one forint; its printed table that of a hundred.
    assert_eq!(revenue("JPY", "10000"), "260.01");
    assert_eq!(revenue("HUF", "10000"), "105.11");
    // Pence are hundredths of a pound, not a currency: 123.45 × 5.0104 = 618.5339.
    assert_eq!(revenue("GBX", "12345"), "618.53");
}

/// Event day, table, its day, and the dollar: around weekends, holidays and the turn of the year.
const TV20: [(&str, &str, &str, &str); 14] = [
    ("2018-11-12", "218/A/NBP/2018", "2018-11-09", "3.7838"),
    // A table was published on the one-off holiday of 12 November 2018.
    ("2018-11-13", "219/A/NBP/2018", "2018-11-12", "3.8163"),
    ("2024-05-04", "086/A/NBP/2024", "2024-05-02", "4.0474"),
    // Christmas Eve was a business day for the last time in 2024.
    ("2024-12-27", "249/A/NBP/2024", "2024-12-24", "4.1127"),
    ("2025-01-02", "252/A/NBP/2024", "2024-12-31", "4.1012"),
    ("2025-01-07", "002/A/NBP/2025", "2025-01-03", "4.1512"),
    ("2025-04-22", "076/A/NBP/2025", "2025-04-18", "3.7661"),
    ("2025-05-05", "084/A/NBP/2025", "2025-05-02", "3.7722"),
    ("2025-06-20", "117/A/NBP/2025", "2025-06-18", "3.7137"),
    ("2025-11-12", "218/A/NBP/2025", "2025-11-10", "3.6610"),
    ("2025-12-29", "248/A/NBP/2025", "2025-12-23", "3.5848"),
    ("2026-01-07", "002/A/NBP/2026", "2026-01-05", "3.6045"),
    ("2026-04-07", "065/A/NBP/2026", "2026-04-03", "3.7058"),
    ("2026-08-17", "157/A/NBP/2026", "2026-08-14", "3.7300"),
];

#[test]
fn tv20_the_last_table_strictly_before_the_day() {
    for (before, number, on, mid) in TV20 {
        let mids: &'static [_] = Box::leak(Box::new([("USD", mid)]));
        let rates = printed(&[Printed { number, on, before, mids }]);
        let found = rate_before(&rates, "USD", before).unwrap();
        assert_eq!(
            (found.published_on.to_string().as_str(), found.mid.to_string().as_str()),
            (on, mid)
        );
        // An event on the day of publication may not use the table.
        assert!(rate_before(&rates, "USD", on).is_none(), "{on}");
    }
}

#[test]
fn tv24_independence_day() {
    // woj-i/degiro-pit, test_date_tax_poland.py.
    let rates =
        printed(&[table("220/A/NBP/2020", "2020-11-10", "2020-11-12", &[("EUR", "4.5063")])]);
    let found = rate_before(&rates, "EUR", "2020-11-12").unwrap();
    assert_eq!((found.published_on, found.mid), (date(2020, 11, 10), Decimal::new(45_063, 4)));
}
