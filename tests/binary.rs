//! The program as it is installed, against a stand-in NBP that counts what it is asked.
#![expect(clippy::unwrap_used, reason = "a failed helper should panic")]

use std::{
    fmt::Write as _,
    path::Path,
    process::{Command, Output},
};

use investtax::rates::{TableKind, calendar};
use jiff::civil::Date;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate, matchers::path_regex};

/// NBP as documented: at most 93 days a request, 404 for a window without a table.
struct Nbp;

impl Respond for Nbp {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let parts: Vec<&str> = request.url.path().split('/').collect();
        let [_, "api", "exchangerates", "tables", "a", from, through, ""] = parts[..] else {
            return ResponseTemplate::new(404).set_body_string("404 NotFound");
        };
        let (from, through): (Date, Date) = (from.parse().unwrap(), through.parse().unwrap());
        if from.until(through).unwrap().get_days() >= 93 {
            return ResponseTemplate::new(400)
                .set_body_string("400 BadRequest - Przekroczony limit 93 dni");
        }
        match tables(from, through) {
            none if none == "[]" => {
                ResponseTemplate::new(404).set_body_string("404 NotFound - Brak danych")
            }
            body => {
                ResponseTemplate::new(200).set_body_raw(body, "application/json; charset=utf-8")
            }
        }
    }
}

/// The JSON of every table of the window, numbered through the year; the dollar rises day by day.
fn tables(from: Date, through: Date) -> String {
    let mut text = String::from("[");
    let mut day = from.first_of_year();
    let mut ordinal = 0;
    while day <= through {
        ordinal = if day.day_of_year() == 1 { 0 } else { ordinal };
        if calendar::is_published(TableKind::A, day) {
            ordinal += 1;
            if day >= from {
                let comma = if text.len() > 1 { "," } else { "" };
                let (year, place) = (day.year(), day.day_of_year());
                write!(
                    text,
                    r#"{comma}{{"table":"A","no":"{ordinal:03}/A/NBP/{year}","effectiveDate":"{day}","rates":[
                    {{"currency":"bat (Tajlandia)","code":"THB","mid":0.1{place:03}}},
                    {{"currency":"dolar amerykański","code":"USD","mid":3.8{place:03}}},
                    {{"currency":"euro","code":"EUR","mid":4.2{place:03}}}]}}"#
                )
                .unwrap();
            }
        }
        day = day.tomorrow().unwrap();
    }
    text.push(']');
    text
}

/// A purchase and a sale in every quarter of 2021 to 2025.
fn five_years() -> String {
    let mut text = String::from("date;type;ticker;quantity;amount;currency\n");
    for year in 2021..=2025 {
        for month in [1, 2, 4, 5, 7, 8, 10, 11] {
            let currency = if month % 2 == 0 { "USD" } else { "EUR" };
            writeln!(text, "{year}-{month:02}-12;buy;A;3;300;{currency}").unwrap();
            writeln!(text, "{year}-{month:02}-20;sell;A;2;220;{currency}").unwrap();
        }
    }
    text
}

fn run(nbp: &str, state: &Path, file: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_investtax"));
    command.arg("calc").arg(file).args(["--json", "--today", "2026-05-04"]);
    command.args(["--nbp-url", nbp]).arg("--state").arg(state);
    command.env_remove("INVESTTAX_NBP_URL").env_remove("INVESTTAX_STATE");
    command.output().unwrap()
}

#[tokio::test]
async fn five_years_cost_21_requests_at_most_and_none_the_second_time() {
    let server = MockServer::start().await;
    Mock::given(path_regex("^/api/exchangerates/")).respond_with(Nbp).mount(&server).await;
    let dir =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("five-years-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let file = dir.join("history.csv");
    std::fs::write(&file, five_years()).unwrap();
    let address = format!("{}/api", server.uri());
    let mut runs = Vec::new();
    for _ in 0..2 {
        let (address, state, file) = (address.clone(), dir.join("state"), file.clone());
        let output =
            tokio::task::spawn_blocking(move || run(&address, &state, &file)).await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        runs.push((output.stdout, server.received_requests().await.unwrap().len()));
    }
    std::fs::remove_dir_all(&dir).unwrap();
    let [(first, cold), (second, warm)] = runs.try_into().unwrap();
    assert!((1..=21).contains(&cold), "{cold} requests");
    assert_eq!((second == first, warm), (true, cold), "a second run asked again");
    let document: serde_json::Value = serde_json::from_slice(&first).unwrap();
    assert_eq!(document["years"].as_array().unwrap().len(), 5);
    // 2021-01-12 settles on the 14th; the table of the day before has 4.2 and the day of the year.
    let rate = document.pointer("/disposals/0/lots/0/rate").unwrap();
    assert_eq!(rate["date"].as_str().zip(rate["mid"].as_str()), Some(("2021-01-13", "4.2013")));
}

fn investtax(arguments: &[&str], dir: &Path) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_investtax"));
    command.args(arguments).current_dir(dir).env("INVESTTAX_STATE", dir.join("state"));
    let output = command.env_remove("INVESTTAX_NBP_URL").output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

#[test]
fn what_contradicts_itself_or_holds_nothing_is_wrong_usage() {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("usage-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(dir.join("a.csv"), five_years()).unwrap();
    let calc = ["calc", "a.csv"];
    for (option, once, twice) in
        [("--loss", "2022:1000", "2022:500"), ("--foreign-tax", "US:10", "US:20")]
    {
        let arguments = [&calc[..], &[option, once, option, twice]].concat();
        let (code, said) = investtax(&arguments, &dir);
        assert!(code == Some(2) && said.contains("twice"), "{code:?} {said}");
    }
    let (code, said) = investtax(&["rates", "import", "a.csv"], &dir);
    assert!(code == Some(2) && said.contains("a.csv"), "{code:?} {said}");
    let (code, said) = investtax(&["rates", "show", "PLN", "2025-01-02"], &dir);
    assert!(code == Some(0) && said.contains("no rate is needed"), "{code:?} {said}");
    std::fs::remove_dir_all(&dir).unwrap();
}
