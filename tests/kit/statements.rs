//! How many statements requests take.

use std::{
    cell::RefCell,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};

thread_local! {
    static COUNTED: RefCell<Option<Arc<AtomicUsize>>> = const { RefCell::new(None) };
}

/// A count of the statements on all connections that this thread opens after it: those of the instances it starts.
pub struct Statements(Arc<AtomicUsize>);

impl Statements {
    pub fn count() -> Self {
        let counted = Arc::<AtomicUsize>::default();
        COUNTED.set(Some(Arc::clone(&counted)));
        set_default_instrumentation(counting).unwrap();
        Self(counted)
    }

    /// How many a request takes, after which nothing else is done.
    pub async fn of<T>(&self, request: impl Future<Output = T>) -> usize {
        let before = self.0.load(Ordering::SeqCst);
        request.await;
        self.0.load(Ordering::SeqCst) - before
    }
}

fn counting() -> Option<Box<dyn Instrumentation>> {
    let counted = COUNTED.with_borrow(Clone::clone)?;
    Some(Box::new(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { .. } = event {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    }))
}
