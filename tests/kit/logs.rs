//! What an instance logs, for the tests that look at it.

use std::{cell::RefCell, io, sync::Once};

thread_local! {
    static LOGGED: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// What is logged on this thread from [`Log::start`] until it is dropped.
pub struct Log(());

impl Log {
    pub fn start() -> Self {
        LOGGED.set(Some(Vec::new()));
        Self(())
    }

    pub fn text(&self) -> String {
        let logged = LOGGED.with_borrow(|logged| logged.clone().unwrap_or_default());
        String::from_utf8(logged).unwrap()
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        LOGGED.set(None);
    }
}

/// Where each thread writes what it logs.
struct OfThisThread;

impl io::Write for OfThisThread {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOGGED.with_borrow_mut(|logged| {
            if let Some(logged) = logged {
                logged.extend_from_slice(bytes);
            }
        });
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// One subscriber for all tests, there before anything is logged. With one a test, a line that a test without one logs
/// first counts as of no interest on every thread (<https://github.com/tokio-rs/tracing/issues/3611>).
pub(crate) fn subscribe() {
    static SUBSCRIBED: Once = Once::new();
    SUBSCRIBED.call_once(|| tracing_subscriber::fmt().with_ansi(false).with_writer(|| OfThisThread).init());
}
