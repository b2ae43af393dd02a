//! Somebody else's code on hostile bytes: its panic costs an answer, never the process.
//!
//! The functions in the cloud are built without unwinding, whose tables and landing pads are a fifth of them. There
//! such work has a thread of its own: a panic tells the one who waits and then stops for good, where it stands. Its
//! memory stays taken, so a process should not survive many; a function's environment lives for hours at most.

/// Does the work; none when it panics.
pub(crate) fn guarded<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    #[cfg(panic = "unwind")]
    return std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).ok();
    #[cfg(not(panic = "unwind"))]
    return parked::guarded(work);
}

/// Does the work over bytes; none when it panics.
pub(crate) fn guarded_over<T: Send + 'static>(
    bytes: &[u8],
    work: impl FnOnce(&[u8]) -> T + Send + 'static,
) -> Option<T> {
    #[cfg(panic = "unwind")]
    return std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(bytes))).ok();
    #[cfg(not(panic = "unwind"))]
    {
        // The thread may keep them for ever.
        let bytes = bytes.to_vec();
        parked::guarded(move || work(&bytes))
    }
}

#[cfg(any(test, not(panic = "unwind")))]
mod parked {
    use std::{
        cell::Cell,
        panic,
        sync::{Once, mpsc},
        thread,
    };

    use crate::beside::as_here;

    thread_local! {
        /// What lets go the one who waits for this thread.
        static TELL: Cell<Option<Box<dyn FnOnce()>>> = const { Cell::new(None) };
    }

    static HOOK: Once = Once::new();

    /// Does the work on a thread of its own, which a panic stops for good.
    pub(super) fn guarded<T: Send + 'static>(
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        HOOK.call_once(stop_instead_of_dying);
        let (tell, told) = mpsc::channel();
        let work = as_here(work);
        let begun = thread::Builder::new().spawn(move || {
            let panicked = tell.clone();
            TELL.set(Some(Box::new(move || drop(panicked.send(None)))));
            let done = work();
            TELL.set(None);
            drop(tell.send(Some(done)));
        });
        begun.ok().and_then(|_| told.recv().ok()).flatten()
    }

    fn stop_instead_of_dying() {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |panicked| {
            usual(panicked);
            if let Some(tell) = TELL.take() {
                tell();
                loop {
                    thread::park();
                }
            }
        }));
    }

    #[cfg(test)]
    mod tests {
        use std::{
            env,
            process::{Command, exit},
        };

        use super::*;

        /// In a process of its own: a stopped thread holds the hook, which the harness wants back at its end.
        #[test]
        fn a_panic_stops_its_thread_and_lets_go_who_waits() {
            let mut child = Command::new(env::current_exe().unwrap());
            let name = "guard::parked::tests::stopped_threads";
            let done = child.args([name, "--exact", "--ignored"]).output().unwrap();
            assert_eq!(done.status.code(), Some(7), "{done:?}");
        }

        #[test]
        #[ignore = "ends its process; the test above runs it"]
        fn stopped_threads() {
            assert_eq!(guarded(|| 7), Some(7));
            assert_eq!(guarded(|| panic!("of somebody else's code")), None::<u8>);
            assert_eq!(guarded(|| 8), Some(8));
            assert!(thread::spawn(|| panic!("of our own")).join().is_err());
            exit(7);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_done_and_its_panic_is_no_answer() {
        assert_eq!(guarded(|| 7), Some(7));
        assert_eq!(guarded(|| panic!("of somebody else's code")), None::<u8>);
        assert_eq!(guarded_over(b"ab", <[u8]>::len), Some(2));
        assert_eq!(guarded_over(b"ab", |_| panic!("of somebody else's code")), None::<u8>);
    }
}
