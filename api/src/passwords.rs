//! Passwords: argon2id, off the async workers, a few at a time.

use argon2::{
    Argon2, PasswordHasher as _, PasswordVerifier as _,
    password_hash::phc::{PasswordHash, Salt},
};
use tokio::sync::Semaphore;

use crate::{
    clock::random,
    error::{Code, Failure},
};

/// Each hashing takes 19 MiB, so only so many run at once, and only so many more wait.
pub struct Passwords {
    running: Semaphore,
    waiting: Semaphore,
    /// Verified in place of a hash that is not there, so that an unknown address takes as long as a known one.
    decoy: String,
}

const MOST_WAITING: usize = 64;

impl Passwords {
    /// # Errors
    /// 500 when hashing fails.
    pub fn new(at_once: usize) -> Result<Self, Failure> {
        Ok(Self {
            running: Semaphore::new(at_once),
            waiting: Semaphore::new(MOST_WAITING + at_once),
            decoy: hash_now("nobody's password")?,
        })
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
        let hash = hash.unwrap_or_else(|| self.decoy.clone());
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
        let busy = || Failure { retry_after: Some(2), ..Failure::new(Code::Unavailable) };
        let _place = self.waiting.try_acquire().map_err(|_| busy())?;
        let _turn = self.running.acquire().await.map_err(|_| busy())?;
        actix_web::web::block(work).await.map_err(Failure::internal)
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
