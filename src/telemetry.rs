//! Structured logs: for people on a terminal, JSON lines elsewhere.
//!
//! Units stand in names. Never logged: addresses, names, subjects, file names, cell values, amounts. Every
//! stage of a calculation is a span of the target [`STAGES`], whose end is logged at `info` with the time that
//! it took (`time.busy`). The functions' lines are flat: whatever is known of an event stands beside its
//! message, its job above all, so that a saved query can ask for it (`infra/contract/log-fields.json`).

#[cfg(feature = "aws")]
mod lines;

use std::io::IsTerminal as _;
#[cfg(feature = "aws")]
use std::io::Write as _;

#[cfg(feature = "aws")]
pub use lines::Lines;
#[cfg(feature = "aws")]
use tracing_subscriber::{Layer, Registry};
use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    fmt::{self, format::FmtSpan},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

#[cfg(feature = "aws")]
use crate::adapters::SystemClock;

/// The variable that says what is logged: a level (`info`), or levels by part of the program
/// (`warn,investtax::stage=info`).
pub const FILTER_VARIABLE: &str = "INVESTTAX_LOG";

/// The target of the spans that are stages of a calculation.
pub const STAGES: &str = "investtax::stage";

/// Starts logging to standard error: warnings and worse unless `INVESTTAX_LOG` says otherwise.
///
/// A second call does nothing.
#[expect(clippy::disallowed_methods, reason = "logs begin before the command line is read")]
pub fn start_for_people() {
    let chosen = std::env::var(FILTER_VARIABLE).unwrap_or_default();
    let filter = filter(&chosen, LevelFilter::WARN);
    let lines = fmt::layer().with_span_events(FmtSpan::CLOSE).with_writer(std::io::stderr);
    let logs = tracing_subscriber::registry().with(filter);
    let started = if std::io::stderr().is_terminal() {
        logs.with(lines.compact()).try_init()
    } else {
        logs.with(lines.json().flatten_event(true)).try_init()
    };
    // Somebody else logs already: that is as good.
    drop(started);
}

/// Of a panic, logs only the place from now on, because its words may be those of a mail.
pub fn hush_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(code = "panic", place, "a panic");
    }));
}

/// Starts logging for the function that is called `component`: JSON lines on standard output, at the levels
/// that `levels` names.
///
/// `watch` sees the spans too. A second call does nothing.
#[cfg(feature = "aws")]
pub fn start_for_functions(
    component: &'static str,
    levels: &str,
    watch: impl Layer<Registry> + Send + Sync,
) {
    hush_panics();
    let lines = Lines::new(component, SystemClock, |line| {
        // Whoever closed standard output does not want to know.
        drop(writeln!(std::io::stdout().lock(), "{line}"));
    });
    let filter = filter(levels, LevelFilter::INFO);
    // Somebody else logs already: that is as good.
    drop(tracing_subscriber::registry().with(watch).with(filter).with(lines).try_init());
}

fn filter(chosen: &str, otherwise: LevelFilter) -> Targets {
    let chosen = Some(chosen).filter(|levels| !levels.trim().is_empty());
    let levels = chosen.and_then(|levels| levels.parse().ok());
    levels.unwrap_or_else(|| Targets::new().with_default(otherwise))
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn levels_are_those_named_and_else_the_usual_ones() {
        let stages = filter("warn,investtax::stage=info", LevelFilter::OFF);
        assert!(stages.would_enable(STAGES, &Level::INFO));
        assert!(!stages.would_enable("investtax::cli", &Level::INFO));
        for unusable in ["", " ", "x=loud"] {
            let usual = filter(unusable, LevelFilter::WARN);
            assert!(usual.would_enable("investtax::cli", &Level::WARN), "{unusable}");
            assert!(!usual.would_enable("investtax::cli", &Level::INFO), "{unusable}");
        }
    }
}
