//! What operators see: counts and times in the embedded metric format, a line of JSON on standard output
//! that `CloudWatch` turns into metrics. No request is made and nothing waits.

use std::{io::Write as _, sync::Arc};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// The namespace of all our metrics.
const NAMESPACE: &str = "InvestTax";

/// A metric's unit, as `CloudWatch` names it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Unit {
    /// How many.
    Count,
    /// How long.
    Milliseconds,
    /// Of a hundred.
    Percent,
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Milliseconds => "Milliseconds",
            Self::Percent => "Percent",
        }
    }
}

/// Writes metrics of one environment.
#[derive(Clone)]
pub struct Metrics {
    stage: String,
    out: Arc<dyn Fn(&Value) + Send + Sync>,
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Metrics").field("stage", &self.stage).finish_non_exhaustive()
    }
}

impl Metrics {
    /// For the environment `dev`, `staging` or `prod`, which is the dimension `Stage` of each metric.
    pub fn new(stage: &str) -> Self {
        // Whoever closed standard output does not want to know.
        Self::telling(stage, |line| drop(writeln!(std::io::stdout().lock(), "{line}")))
    }

    /// As [`Metrics::new`], to somebody else.
    pub(crate) fn telling(stage: &str, out: impl Fn(&Value) + Send + Sync + 'static) -> Self {
        Self { stage: stage.to_owned(), out: Arc::new(out) }
    }

    /// Writes some metrics at once, with one more dimension if it is given.
    pub fn write(
        &self,
        at: Timestamp,
        dimension: Option<(&str, &str)>,
        values: &[(&str, u64, Unit)],
    ) {
        (self.out)(&self.line(at, dimension, values));
    }

    fn line(
        &self,
        at: Timestamp,
        dimension: Option<(&str, &str)>,
        values: &[(&str, u64, Unit)],
    ) -> Value {
        let mut dimensions = vec!["Stage"];
        let mut line = Map::new();
        line.insert("Stage".to_owned(), json!(self.stage));
        if let Some((name, value)) = dimension {
            dimensions.push(name);
            line.insert(name.to_owned(), json!(value));
        }
        let metrics: Vec<Value> = values
            .iter()
            .map(|(name, _, unit)| json!({"Name": name, "Unit": unit.name()}))
            .collect();
        for (name, value, _) in values {
            line.insert((*name).to_owned(), json!(value));
        }
        let directive =
            json!({"Namespace": NAMESPACE, "Dimensions": [dimensions], "Metrics": metrics});
        let about = json!({"Timestamp": at.as_millisecond(), "CloudWatchMetrics": [directive]});
        line.insert("_aws".to_owned(), about);
        Value::Object(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `CloudWatch` Logs, "Specification: Embedded metric format".
    #[test]
    fn a_line_declares_what_it_holds() {
        let at: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
        let values = [("OutcomeCount", 1, Unit::Count)];
        let line = Metrics::new("dev").line(at, Some(("Code", "answered")), &values);
        let expected = json!({
            "_aws": {
                "Timestamp": 1_772_445_600_000_i64,
                "CloudWatchMetrics": [{
                    "Namespace": "InvestTax",
                    "Dimensions": [["Stage", "Code"]],
                    "Metrics": [{"Name": "OutcomeCount", "Unit": "Count"}]
                }]
            },
            "Stage": "dev", "Code": "answered", "OutcomeCount": 1
        });
        assert_eq!(line, expected);
    }
}
