//! Structured logs: for people on a terminal, JSON lines elsewhere.
//!
//! Fields are dotted (`job.id`, `stage.duration_ms`); units stand in names. Never logged: addresses,
//! names, subjects, file names, cell values, amounts.

use std::io::IsTerminal as _;

use tracing_subscriber::{EnvFilter, fmt};

/// The variable that says what is logged, in the syntax of `tracing_subscriber::EnvFilter`.
pub const FILTER_VARIABLE: &str = "INVESTTAX_LOG";

/// Starts logging to standard error: warnings and worse unless `INVESTTAX_LOG` says otherwise.
///
/// A second call does nothing.
pub fn start_for_people() {
    let filter =
        EnvFilter::try_from_env(FILTER_VARIABLE).unwrap_or_else(|_| EnvFilter::new("warn"));
    let logs = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if std::io::stderr().is_terminal() {
        logs.compact().try_init()
    } else {
        logs.json().flatten_event(true).try_init()
    };
    // Somebody else logs already: that is as good.
    drop(started);
}

/// Of a panic, logs only the place from now on, because its words may be those of a mail.
pub fn hush_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "a panic");
    }));
}

/// Starts logging for a function: JSON lines on standard output, at the levels that `filter` names.
///
/// A second call does nothing.
#[cfg(feature = "aws")]
pub fn start_for_functions(filter: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    hush_panics();
    let logs = fmt().with_env_filter(filter).json().flatten_event(true).with_current_span(false);
    // Somebody else logs already: that is as good.
    drop(logs.try_init());
}
