//! What travels arrives as it left, in the one format that is known.

use jiff::civil::date;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;

use super::{handover::Handover, *};
use crate::{
    adapters::MemoryBlobs,
    money::{Currency, Money},
    tax::{assess, conclude, parts, testing, work_out, work_out_part},
};

/// Through a document and back.
fn travelled<T: Serialize + DeserializeOwned + Sync>(sent: &T) -> T {
    let (blobs, job) = (MemoryBlobs::default(), JobName::parse("job-1").unwrap());
    let handover = Handover { blobs: &blobs, job: &job };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        handover.put("rates", sent).await.unwrap();
        handover.get("rates").await.unwrap()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn histories_rates_and_results_arrive_as_they_left(
        ledger in testing::ledger(),
        options in testing::options(),
    ) {
        let book = testing::book();
        prop_assert_eq!(&travelled(&ledger), &ledger);
        prop_assert_eq!(&travelled(&options), &options);
        for part in parts(&ledger, 3) {
            prop_assert_eq!(&travelled(&part), &part);
            let worked = work_out_part(&part, &book, &options);
            let again = serde_json::to_string(&travelled(&worked)).unwrap();
            prop_assert_eq!(again, serde_json::to_string(&worked).unwrap());
        }
        let today = date(2026, 5, 4);
        let assessment = assess(&ledger, &book, &options, today);
        let worked = travelled(&work_out(&ledger, &book, &options));
        prop_assert_eq!(&conclude(&ledger, worked, &options, today), &assessment);
        prop_assert_eq!(&travelled(&assessment), &assessment);
    }

    /// Every number that fits the decimal type keeps its digits, its places and its sign.
    #[test]
    fn amounts_keep_every_digit_and_place(
        low in any::<u32>(),
        middle in any::<u32>(),
        high in any::<u32>(),
        negative in any::<bool>(),
        scale in 0_u32..=28,
    ) {
        let amount = Decimal::from_parts(low, middle, high, negative, scale);
        let there = travelled(&Money::new(amount, Currency::EUR));
        prop_assert_eq!(there.amount.unpack(), amount.unpack());
    }
}

#[test]
fn rates_arrive_with_their_tables() {
    let book = testing::book();
    assert_eq!(travelled(&book), book);
    let rate = book.preceding(Currency::USD, date(2023, 5, 4)).unwrap();
    assert_eq!(travelled(&book).published(travelled(&rate.ix)), Some(rate));
    assert_eq!(book.published(travelled(&crate::rates::RateIx::PLN)), None);
}

#[tokio::test]
async fn what_another_version_left_is_a_fault_that_says_so() {
    let (blobs, job) = (MemoryBlobs::default(), JobName::parse("job-1").unwrap());
    let handover = Handover { blobs: &blobs, job: &job };
    for (left, says) in [
        ("{\"format\":2,\"content\":\"x\"}", "format 2 is not known"),
        ("{\"format\":1,\"content\":7}", "invalid type"),
        ("{\"content\":\"x\"}", "missing field `format`"),
        ("", "EOF"),
    ] {
        blobs.put("jobs/job-1/reply.json", left.as_bytes()).await.unwrap();
        let fault = handover.get::<String>("reply").await.unwrap_err();
        assert_eq!(fault.retry(), Retry::Never);
        let chain = fault.chain();
        assert!(
            chain.starts_with("failed to read what reply left: ") && chain.contains(says),
            "{chain}"
        );
    }
    let gone = handover.get::<String>("rates").await.unwrap_err().chain();
    assert_eq!(gone, "failed to read what rates left: there is nothing");
}

/// The names that the state machine is built from.
#[test]
fn the_stages_are_those_agreed_with_the_state_machine() {
    let agreed: serde_json::Value =
        serde_json::from_str(include_str!("../../../infra/contract/stages.json")).unwrap();
    assert_eq!(agreed["format"], serde_json::to_value(Format).unwrap());
    assert_eq!(agreed["stages"], serde_json::json!(Stage::JOURNEY.map(Stage::as_str)));
    let extra = [Stage::CalculatePart, Stage::Promise, Stage::Apologise];
    assert_eq!(agreed["extra"], serde_json::json!(extra.map(Stage::as_str)));
    for stage in Stage::JOURNEY.into_iter().chain(extra) {
        assert_eq!(serde_json::to_value(stage).unwrap(), stage.as_str());
    }
}

#[test]
fn an_event_is_read_as_the_state_machine_sends_it() {
    let event = r#"{"stage":"calculate-part","part":3,"format":1,"job":"2f-9","bucket":"mail",
        "key":"in/abc","trust":"verified","received":"2026-03-02T10:00:00Z","error":{"Error":"x"}}"#;
    let input: StageInput = serde_json::from_str(event).unwrap();
    assert_eq!((input.stage, input.part), (Stage::CalculatePart, Some(3)));
    assert_eq!((input.job.job.as_str(), input.job.key.as_str()), ("2f-9", "in/abc"));
    for (from, to) in [("\"format\":1", "\"format\":7"), ("2f-9", "../2f"), ("calculate-part", "x")]
    {
        assert!(serde_json::from_str::<StageInput>(&event.replace(from, to)).is_err(), "{to}");
    }
    let output = StageOutput {
        format: Format,
        job: input.job.job,
        stage: Stage::Rates,
        done: false,
        large: true,
        parts: vec![0, 1],
        outcome: None,
        year: None,
        transactions: None,
        errors: BTreeMap::new(),
    };
    let answer = serde_json::to_string(&output).unwrap();
    assert_eq!(
        answer,
        r#"{"format":1,"job":"2f-9","stage":"rates","done":false,"large":true,"parts":[0,1]}"#
    );
}
