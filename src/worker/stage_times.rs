//! How long each stage of a mail took that is handled in a row, as a metric.

use std::time::Instant;

use tracing::{Subscriber, span};
use tracing_subscriber::{Layer, layer::Context, registry::LookupSpan};

use super::{Metrics, Unit};
use crate::{pipeline::Stage, ports::Clock, telemetry::STAGES};

/// Tells when a span ends that is named as a stage of the state machine, so that both ways of a mail are
/// in one graph.
#[derive(Debug)]
pub struct StageTimes<F>(F);

/// Writes `StageDuration` for the environment `dev`, `staging` or `prod`.
pub fn stage_times(
    environment: &str,
    clock: impl Clock + 'static,
) -> StageTimes<impl Fn(&'static str, u64) + 'static> {
    let metrics = Metrics::new(environment);
    StageTimes(move |step, milliseconds| {
        let values = [("StageDuration", milliseconds, Unit::Milliseconds)];
        metrics.write(clock.now(), Some(("Step", step)), &values);
    })
}

impl<S, F> Layer<S> for StageTimes<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    F: Fn(&'static str, u64) + 'static,
{
    fn on_new_span(&self, about: &span::Attributes<'_>, id: &span::Id, context: Context<'_, S>) {
        let about = about.metadata();
        let is_stage = about.target() == STAGES
            && Stage::JOURNEY.iter().any(|stage| stage.as_str() == about.name());
        if let Some(span) = context.span(id).filter(|_| is_stage) {
            span.extensions_mut().insert(Instant::now());
        }
    }

    fn on_close(&self, id: span::Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let Some(begun) = span.extensions_mut().remove::<Instant>() else { return };
        self.0(span.name(), u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;
    use crate::{
        mail::Limits,
        pipeline::{FileSet, read},
    };

    #[test]
    fn the_stages_of_a_calculation_are_timed_and_what_is_in_them_is_not() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let ended = seen.clone();
        let times = StageTimes(move |step, _| ended.lock().unwrap().push(step));
        let subscriber = tracing_subscriber::registry().with(times);
        tracing::subscriber::with_default(subscriber, || {
            read(FileSet::default(), &Limits::local());
        });
        assert_eq!(*seen.lock().unwrap(), ["normalise"]);
    }
}
