//! Passwords: argon2id, off the async workers, a few at a time.

use std::{
    sync::{
        Arc, Mutex,
        mpsc::{SyncSender, TrySendError, sync_channel},
    },
    thread,
};

use argon2::{
    Argon2, PasswordHasher as _, PasswordVerifier as _,
    password_hash::phc::{PasswordHash, Salt},
};
use tokio::sync::oneshot;

use crate::{
    clock::random,
    error::{Code, Failure},
};

/// Threads that do nothing but hash. Each hashing takes 19 MiB, so only so many run at once, and only so many more wait;
/// and always on the same few threads, because the allocator keeps for each thread what it once took.
pub struct Passwords {
    work: SyncSender<Work>,
}

/// Verified in place of a hash that is not there, so that an unknown address takes as long as a known one. It is made with
/// the parameters of [`hash_now`]; which password it is of does not matter, because it never counts.
const DECOY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$Wt9+1kbn90Kc4QUJMtp4tw$OghUos3nouUa6iiH6ksh+NvcabYUx8wGyK6kU4tfK94";

type Work = Box<dyn FnOnce() + Send>;

const MOST_WAITING: usize = 64;

impl Passwords {
    /// # Errors
    /// 500 when no thread can be started.
    pub fn new(threads: usize) -> Result<Self, Failure> {
        let (work, waiting) = sync_channel::<Work>(MOST_WAITING);
        let waiting = Arc::new(Mutex::new(waiting));
        for number in 0..threads {
            let waiting = Arc::clone(&waiting);
            let next = move || waiting.lock().ok()?.recv().ok();
            let serve = move || {
                while let Some(work) = next() {
                    work();
                }
            };
            let thread = thread::Builder::new().name(format!("password-{number}")).spawn(serve);
            thread.map_err(Failure::internal)?;
        }
        Ok(Self { work })
    }

    /// The hash of a password, as a PHC string.
    ///
    /// # Errors
    /// 503 when too many wait.
    pub async fn hash(&self, password: String) -> Result<String, Failure> {
        self.off_the_workers(move || hash_now(&password)).await?
    }

    /// Whether the password is the one hashed; without a hash it never is, and that takes as long.
    ///
    /// # Errors
    /// 503 when too many wait.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, Failure> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| DECOY.to_owned());
        let matches = self
            .off_the_workers(move || {
                let parsed = PasswordHash::new(&hash).map_err(Failure::internal)?;
                Ok::<_, Failure>(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
            })
            .await??;
        Ok(known && matches)
    }

    async fn off_the_workers<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let (wire, answer) = oneshot::channel();
        // Nobody listens when the client has hung up.
        let work = Box::new(move || drop(wire.send(work())));
        match self.work.try_send(work) {
            Ok(()) => answer.await.map_err(Failure::internal),
            Err(TrySendError::Full(_)) => {
                Err(Failure { retry_after: Some(2), ..Failure::new(Code::Unavailable) })
            }
            Err(TrySendError::Disconnected(_)) => Err(Failure::internal("no thread hashes")),
        }
    }
}

/// Hashes on the thread that calls.
///
/// # Errors
/// 500 when hashing fails.
pub fn hash_now(password: &str) -> Result<String, Failure> {
    let salt = Salt::new(&random::<16>()).map_err(Failure::internal)?;
    let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
    hash.map(|hash| hash.to_string()).map_err(Failure::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_decoy_takes_as_long_as_a_real_hash() {
        let parameters = |hash: &str| hash.rsplitn(3, '$').last().map(str::to_owned);
        assert_eq!(parameters(DECOY), parameters(&hash_now("a real password").unwrap()));
        assert!(PasswordHash::new(DECOY).is_ok());
    }
}
