//! What every handler holds: the rows, the keys, the clock, and the doors to the rows for a caller.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use domain::{Actor, Stamp, api_keys::Scope};
use moka::future::Cache;
use persistence::{AloneWith, AnyConnection, Database, Result as Rows};

use crate::{
    actor::{Caller, SignedIn},
    address_keys::AddressKeys,
    attachments::upload::Workshop,
    audit::Act,
    brought::Bench,
    config::Config,
    error::{Code, Failure},
    metrics::Metrics,
    once::{Once, Outcome},
    passwords::Passwords,
    rates::Limits,
    reply::Reply,
    sso::Verifier,
    store::Store,
    tokens::Keys,
};

/// The state of a node.
pub struct App {
    pub config: Config,
    pub db: Database,
    pub keys: Keys,
    pub addresses: AddressKeys,
    pub passwords: Passwords,
    pub sso: Option<Verifier>,
    pub limits: Limits,
    pub metrics: Metrics,
    pub pages: Pages,
    pub store: Store,
    pub workshop: Workshop,
    pub bench: Bench,
}

impl App {
    #[must_use]
    pub fn stamp(&self) -> Stamp {
        self.config.clock.stamp()
    }

    /// What the member asks for, to be kept in the audit log.
    #[must_use]
    pub fn act(&self, me: &SignedIn, action: &'static str) -> Act {
        Act::new(action, Some(me.request.0.clone()), self.stamp().at)
    }

    /// Looks at rows as the caller.
    ///
    /// # Errors
    /// 401 or 403 when the caller's session has ended or they are blocked; else those of `look`.
    pub async fn read<T: Send + 'static>(
        &self,
        caller: &Caller,
        look: impl Fn(&mut AnyConnection, &Actor) -> Rows<T> + Send + 'static,
    ) -> Result<T, Failure> {
        let (caller, now) = (*caller, self.config.clock.now());
        let look = move |tx: &mut AnyConnection| {
            let actor = caller.actor(tx, now)?;
            actor.ensure_scope(Scope::Read)?;
            look(tx, &actor)
        };
        // A replica may not know yet of a member's own changes, nor that they have been blocked.
        Ok(match caller {
            Caller::Visitor => self.db.read_afar(look).await?,
            Caller::Signed { .. } | Caller::Key { .. } => self.db.read(look).await?,
        })
    }

    /// Looks at what is personal: through the door of changes, because the look itself is kept.
    ///
    /// # Errors
    /// As [`App::read`].
    pub async fn look<T: Send + 'static>(
        &self,
        caller: &Caller,
        look: impl Fn(&mut AnyConnection, &Actor) -> Rows<T> + Send + 'static,
    ) -> Result<T, Failure> {
        self.enter(caller, AloneWith::Nobody, Scope::Read, look).await
    }

    /// Changes rows as the caller. Visitors see the change at once.
    ///
    /// # Errors
    /// As [`App::read`].
    pub async fn write<T: Send + 'static>(
        &self,
        caller: &Caller,
        alone_with: AloneWith,
        change: impl Fn(&mut AnyConnection, &Actor) -> Rows<T> + Send + 'static,
    ) -> Result<T, Failure> {
        let changed = self.count(caller, alone_with, change).await?;
        self.pages.turn();
        Ok(changed)
    }

    /// Changes counters as the caller. Visitors may see the old ones for as long as a page is kept.
    ///
    /// # Errors
    /// As [`App::read`].
    pub async fn count<T: Send + 'static>(
        &self,
        caller: &Caller,
        alone_with: AloneWith,
        change: impl Fn(&mut AnyConnection, &Actor) -> Rows<T> + Send + 'static,
    ) -> Result<T, Failure> {
        self.enter(caller, alone_with, Scope::Write, change).await
    }

    async fn enter<T: Send + 'static>(
        &self,
        caller: &Caller,
        alone_with: AloneWith,
        scope: Scope,
        change: impl Fn(&mut AnyConnection, &Actor) -> Rows<T> + Send + 'static,
    ) -> Result<T, Failure> {
        let (caller, now) = (*caller, self.config.clock.now());
        let write = self.db.write(alone_with, move |tx| {
            let actor = caller.actor(tx, now)?;
            actor.ensure_scope(scope)?;
            change(tx, &actor)
        });
        Ok(write.await?)
    }

    /// [`App::write`] for a POST: done once for each idempotency key.
    ///
    /// # Errors
    /// As [`App::read`]; 409 while the same request runs, 422 when the key was used for another.
    pub async fn write_once<T: Send + 'static>(
        &self,
        caller: &Caller,
        once: Once,
        alone_with: AloneWith,
        change: impl Fn(&mut AnyConnection, &Actor) -> Rows<Reply<T>> + Send + 'static,
    ) -> Result<Reply<T>, Failure> {
        let now = self.config.clock.now();
        let outcome = self
            .write(caller, alone_with, move |tx, actor| once.run(tx, now, |tx| change(tx, actor)))
            .await?;
        match outcome {
            Outcome::Done(reply) => Ok(reply),
            Outcome::Running => {
                Err(Failure { retry_after: Some(1), ..Failure::new(Code::RequestInProgress) })
            }
            Outcome::OtherRequest => Err(Code::IdempotencyKeyReused.into()),
        }
    }
}

/// Pages that visitors share, kept for a moment. Members are never shown one: what they have just done must show.
///
/// A page is kept under the address it answers, the language, and the number of changes this node has made, so a change
/// of words, rights or existence is seen at once; votes do not count as such.
pub struct Pages {
    kept: Option<Cache<Address, Arc<Reply<()>>>>,
    turned: AtomicU64,
}

/// What a page answers, and after how many changes it was made.
type Address = (String, u64);

/// How many bytes of pages are kept.
const MOST_KEPT: u64 = 8 * 1_024 * 1_024;

impl Pages {
    #[must_use]
    pub fn new(keep: std::time::Duration) -> Self {
        let weigh = |(address, _): &Address, page: &Arc<Reply<()>>| {
            u32::try_from(address.len() + page.body.len() + 256).unwrap_or(u32::MAX)
        };
        let cache = || Cache::builder().max_capacity(MOST_KEPT).weigher(weigh).time_to_live(keep).build();
        Self { kept: (!keep.is_zero()).then(cache), turned: AtomicU64::new(0) }
    }

    /// Forgets every page.
    pub fn turn(&self) {
        self.turned.fetch_add(1, Ordering::SeqCst);
    }

    /// The page at an address: the kept one, or a new one, made once however many ask.
    ///
    /// # Errors
    /// Those of making it.
    pub async fn get<T>(
        &self,
        caller: &Caller,
        address: String,
        make: impl Future<Output = Result<Reply<T>, Failure>>,
    ) -> Result<Reply<T>, Failure> {
        let Some(kept) = self.kept.as_ref().filter(|_| *caller == Caller::Visitor) else { return make.await };
        let key = (address, self.turned.load(Ordering::SeqCst));
        let made = kept
            .try_get_with(key, async {
                make.await
                    .map(|page| Arc::new(Reply::of_parts(page.status, page.location, page.etag, page.body)))
            })
            .await;
        match made {
            Ok(page) => {
                Ok(Reply::of_parts(page.status, page.location.clone(), page.etag.clone(), page.body.clone()))
            }
            // Shared by all who waited for it, so it is told again.
            Err(failure) => Err((*failure).clone()),
        }
    }
}
