//! The lines of the functions' log, one flat object of JSON each.

use std::fmt;

use serde_json::{Map, Value, json};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{
    Layer,
    layer::Context,
    registry::{LookupSpan, Scope},
};

use crate::ports::Clock;

/// Writes each event with the fields of the spans around it, those of the event itself first.
#[derive(Debug)]
pub struct Lines<C, F> {
    component: &'static str,
    clock: C,
    out: F,
}

impl<C: Clock, F: Fn(&Value)> Lines<C, F> {
    /// For the function of that name; `out` gets the lines.
    pub fn new(component: &'static str, clock: C, out: F) -> Self {
        Self { component, clock, out }
    }
}

impl<S, C, F> Layer<S> for Lines<C, F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    C: Clock + 'static,
    F: Fn(&Value) + 'static,
{
    fn on_new_span(&self, about: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        about.record(&mut fields);
        span.extensions_mut().insert(fields);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(fields) = span.extensions_mut().get_mut::<Fields>() {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let about = event.metadata();
        let mut line = Fields::default();
        for span in context.event_scope(event).into_iter().flat_map(Scope::from_root) {
            if let Some(Fields(known)) = span.extensions().get::<Fields>() {
                line.0.extend(known.clone());
            }
        }
        event.record(&mut line);
        line.set("timestamp", json!(self.clock.now().to_string()));
        line.set("level", json!(about.level().as_str()));
        line.set("target", json!(about.target()));
        line.set("component", json!(self.component));
        (self.out)(&Value::Object(line.0));
    }
}

/// Fields by their names.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn set(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.set(field.name(), json!(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field.name(), json!(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field.name(), json!(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field.name(), json!(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field.name(), json!(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.set(field.name(), json!(format!("{value:?}")));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;
    use crate::adapters::SystemClock;

    fn written(work: impl FnOnce()) -> Vec<Value> {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let lines = seen.clone();
        let layer =
            Lines::new("worker", SystemClock, move |line| lines.lock().unwrap().push(line.clone()));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), work);
        let seen = seen.lock().unwrap();
        seen.clone()
    }

    /// The saved queries and the dashboard ask for these names, at the top of each line.
    #[test]
    fn the_fields_agreed_with_the_infrastructure_stand_flat_on_a_line() {
        let agreed: Value =
            serde_json::from_str(include_str!("../../infra/contract/log-fields.json")).unwrap();
        let lines = written(|| {
            let span = tracing::error_span!("event", job = tracing::field::Empty);
            let _within = span.enter();
            span.record("job", "abc");
            tracing::error_span!("calculate", events = 3).in_scope(|| {
                tracing::warn!(code = "try-later", cause = %"no answer", "an event failed");
            });
        });
        let [line] = lines.try_into().unwrap();
        for field in agreed["fields"].as_array().unwrap() {
            assert!(line[field.as_str().unwrap()].is_string(), "{field}: {line}");
        }
        let expected = json!({
            "job": "abc", "code": "try-later", "component": "worker", "level": "WARN",
            "message": "an event failed", "cause": "no answer", "events": 3,
            "target": module_path!(), "timestamp": line["timestamp"],
        });
        assert_eq!(line, expected);
    }

    #[test]
    fn a_line_without_a_job_has_no_such_field() {
        let [line] = written(|| tracing::info!("begun")).try_into().unwrap();
        assert_eq!((line.get("job"), line["component"].as_str()), (None, Some("worker")));
    }
}
