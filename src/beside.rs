//! Two things at once, for work that is long and independent: the files of a report.

use std::{panic::resume_unwind, thread};

use tracing::{Span, dispatcher};

/// Runs both and waits for both, the first on a thread of its own. Spans and logs go where the caller's go; a panic of
/// either is the caller's.
pub(crate) fn both<A: Send, B>(
    first: impl FnOnce() -> A + Send,
    second: impl FnOnce() -> B,
) -> (A, B) {
    let first = as_here(first);
    thread::scope(|scope| {
        let first = scope.spawn(first);
        let second = second();
        (first.join().unwrap_or_else(|panic| resume_unwind(panic)), second)
    })
}

/// The work for another thread, its spans and logs where they would go here.
pub(crate) fn as_here<T>(work: impl FnOnce() -> T) -> impl FnOnce() -> T {
    let span = Span::current();
    let told = dispatcher::get_default(dispatcher::Dispatch::clone);
    move || dispatcher::with_default(&told, || span.in_scope(work))
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    #[test]
    fn both_are_done_and_a_panic_is_handed_on() {
        assert_eq!(both(|| 1, || 2), (1, 2));
        assert!(catch_unwind(|| both(|| panic!("of the other thread"), || 2)).is_err());
    }
}
