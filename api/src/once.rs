//! `Idempotency-Key`: the answer to a POST is kept for a day, in the transaction of its effect.
//!
//! The kept answer is sealed with a key made of the idempotency key and the body, which only whoever sent them has, so
//! neither tokens nor personal data can be read from the table.

use std::{future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::{StatusCode, header::HeaderValue},
    web::Bytes,
};
use chacha20poly1305::{ChaCha20Poly1305, KeyInit as _, Nonce, aead::Aead as _};
use chrono::{DateTime, TimeDelta, Utc};
use persistence::{AnyConnection, Error, Result as Rows, replays};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use validator::Validate;

use crate::{
    actor::Caller,
    body,
    clock::random,
    digest,
    error::{Code, Failure},
    reply::Reply,
};

/// How long an answer is kept.
pub const KEPT: TimeDelta = TimeDelta::hours(24);
const NONCE: usize = 12;

/// The body of a POST, and what makes repeating it harmless.
pub struct Post<T> {
    pub body: T,
    pub once: Once,
}

/// A body that need not be sent.
#[derive(Debug, Clone, Copy, Default, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Empty {}

/// The idempotency key of a request, if it has one, in the forms it is used in.
#[derive(Clone)]
pub struct Once(Option<Key>);

#[derive(Clone)]
struct Key {
    hash: [u8; 32],
    request_hash: [u8; 32],
    seal: [u8; 32],
}

/// What came of a POST.
pub enum Outcome<T> {
    Done(Reply<T>),
    Running,
    OtherRequest,
}

#[derive(Serialize, Deserialize)]
struct Answer {
    status: u16,
    location: Option<String>,
    etag: Option<String>,
    body: Vec<u8>,
}

impl Once {
    fn of(request: &HttpRequest, caller: &Caller, body: &[u8]) -> Result<Self, Failure> {
        let Some(header) = request.headers().get("Idempotency-Key") else { return Ok(Self(None)) };
        let key = key_of(header).ok_or_else(|| {
            Failure::new(Code::InvalidHeader).with_fact("Idempotency-Key: 1-255 visible ASCII characters.")
        })?;
        let (method, path) = (request.method().as_str().as_bytes(), request.path().as_bytes());
        Ok(Self(Some(Key {
            hash: digest::of(&[b"once/key", caller.scope().as_bytes(), key]),
            request_hash: digest::of(&[b"once/request", method, path, body]),
            seal: digest::of(&[b"once/seal", key, body]),
        })))
    }

    /// The same for a body that was not kept in memory, by its digest.
    ///
    /// # Errors
    /// 400 when the header is not one.
    pub fn of_upload(request: &HttpRequest, caller: &Caller, digest: &[u8; 32]) -> Result<Self, Failure> {
        Self::of(request, caller, digest)
    }

    /// Does it, unless it was done before: then the answer is the one given then.
    ///
    /// # Errors
    /// Those of `act`.
    pub fn run<T>(
        &self,
        tx: &mut AnyConnection,
        now: DateTime<Utc>,
        act: impl FnOnce(&mut AnyConnection) -> Rows<Reply<T>>,
    ) -> Rows<Outcome<T>> {
        let Some(key) = &self.0 else { return act(tx).map(Outcome::Done) };
        match replays::look_up(tx, &key.hash, now - KEPT)? {
            replays::Known::Running => Ok(Outcome::Running),
            replays::Known::Answered(kept) if kept.request_hash != key.request_hash => {
                Ok(Outcome::OtherRequest)
            }
            replays::Known::Answered(kept) => key.open(&kept.answer).map(Outcome::Done),
            replays::Known::New => {
                let reply = act(tx)?;
                let answer = key.close(&reply)?;
                let kept = replays::Kept { request_hash: key.request_hash.to_vec(), answer, created_at: now };
                replays::keep(tx, &key.hash, &kept)?;
                Ok(Outcome::Done(reply))
            }
        }
    }
}

fn key_of(header: &HeaderValue) -> Option<&[u8]> {
    let bytes = header.as_bytes();
    ((1..=255).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic)).then_some(bytes)
}

impl Key {
    fn close<T>(&self, reply: &Reply<T>) -> Rows<Vec<u8>> {
        let answer = Answer {
            status: reply.status.as_u16(),
            location: reply.location.clone(),
            etag: reply.etag.clone(),
            body: reply.body.to_vec(),
        };
        let plain = serde_json::to_vec(&answer).map_err(|error| Error::Broken(error.to_string()))?;
        let nonce = random::<NONCE>();
        let sealed = ChaCha20Poly1305::new(&self.seal.into())
            .encrypt(&Nonce::from(nonce), plain.as_slice())
            .map_err(|error| Error::Broken(error.to_string()))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    fn open<T>(&self, sealed: &[u8]) -> Rows<Reply<T>> {
        let broken = |what: String| Error::Broken(format!("a kept answer does not open: {what}"));
        let (nonce, sealed) =
            sealed.split_first_chunk::<NONCE>().ok_or_else(|| broken("too short".to_owned()))?;
        let plain = ChaCha20Poly1305::new(&self.seal.into())
            .decrypt(&Nonce::from(*nonce), sealed)
            .map_err(|error| broken(error.to_string()))?;
        let answer: Answer = serde_json::from_slice(&plain).map_err(|error| broken(error.to_string()))?;
        let status = StatusCode::from_u16(answer.status).map_err(|error| broken(error.to_string()))?;
        let mut reply = Reply::of_parts(status, answer.location, answer.etag, Bytes::from(answer.body));
        reply.replayed = true;
        Ok(reply)
    }
}

impl<T: DeserializeOwned + Validate + 'static> FromRequest for Post<T> {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let caller = Caller::extract(&request).await?;
            let bytes = body::bytes(&request, &mut payload).await?;
            // A POST that says all in its address needs no body.
            let none_needed = bytes.is_empty() && size_of::<T>() == 0;
            let body = if none_needed {
                serde_json::from_str("{}").map_err(Failure::internal)?
            } else {
                body::parse(&request, &bytes)?
            };
            Ok(Self { body, once: Once::of(&request, &caller, &bytes)? })
        })
    }
}
