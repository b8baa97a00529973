//! The rows on both databases, without HTTP before them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod backup;
mod comments;
mod doors;
mod leaving;
mod opening;
mod plans;
mod searching;
mod segmenting;

use chrono::{DateTime, Utc};
use domain::Stamp;
use kit::databases::{Kind, Lease, kinds};
use persistence::{Database, Settings};

/// An empty database of each kind.
async fn on_each_database(test: impl AsyncFn(Kind, &Database)) {
    for kind in kinds() {
        eprintln!("on {kind:?}");
        let folder = tempfile::tempdir().unwrap();
        let lease = Lease::new(kind, folder.path());
        let settings =
            Settings { location: lease.location.clone(), replica: None, connections: 4, queue: 256 };
        let db = Database::open(&settings).unwrap();
        test(kind, &db).await;
    }
}

fn stamp(seconds: i64, nth: u8) -> Stamp {
    Stamp::new(DateTime::<Utc>::from_timestamp(1_760_000_000 + seconds, 0).unwrap(), [nth; 10])
}
