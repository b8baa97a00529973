//! The time, and the chance that ids and tokens are made of: the only places both come from.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::Stamp;

/// The system's clock, or one that a test turns.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    #[default]
    System,
    /// Milliseconds that the clock is ahead of the system's.
    Ahead(Arc<AtomicI64>),
}

impl Clock {
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => Utc::now(),
            Self::Ahead(millis) => Utc::now() + TimeDelta::milliseconds(millis.load(Ordering::SeqCst)),
        }
    }

    /// Turns a test's clock on; the system's cannot be turned.
    pub fn advance(&self, by: TimeDelta) {
        if let Self::Ahead(millis) = self {
            millis.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
        }
    }

    #[must_use]
    pub fn stamp(&self) -> Stamp {
        Stamp::new(self.now(), random())
    }
}

/// Bytes nobody can guess, from the operating system.
///
/// # Panics
/// When the operating system has none to give: nothing safe can be done then.
#[must_use]
#[expect(clippy::expect_used, reason = "a server without randomness must not go on")]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}
