//! What anybody brings to have it computed again: long bodies, so few come in at once, and fewer are worked on.

use std::{future::Future, marker::PhantomData, pin::Pin, sync::Arc, time::Duration};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    web::{self, Bytes},
};
use serde::de::DeserializeOwned;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    app::App,
    body,
    error::{Code, Failure},
};

/// The most bytes of a body.
const BYTES_MOST: usize = 16 << 20;
/// How many bodies are held at once.
const HELD_MOST: usize = 4;
/// How many are worked on at once. What is parsed is many times as large as its text, and the largest answer grows with the square of
/// the entries.
const WORKED_ON_MOST: usize = 2;
/// How long a body may take to come in, or a few slow ones would keep all others out.
const PATIENCE: Duration = Duration::from_secs(30);
/// After how many seconds it is worth asking again.
const BUSY_FOR: u64 = 5;

/// Where there is room for them.
pub struct Bench {
    held: Arc<Semaphore>,
    worked_on: Arc<Semaphore>,
}

impl Default for Bench {
    fn default() -> Self {
        let room = |most| Arc::new(Semaphore::new(most));
        Self { held: room(HELD_MOST), worked_on: room(WORKED_ON_MOST) }
    }
}

/// A `T` as it came, not parsed yet.
#[derive(Debug)]
pub struct Brought<T> {
    bytes: Bytes,
    held: OwnedSemaphorePermit,
    worked_on: Arc<Semaphore>,
    of: PhantomData<fn() -> T>,
}

impl Bench {
    /// Reads a body, if there is room for it: else not a byte of it is read.
    ///
    /// # Errors
    /// 503 when there are others; 408, 413 or 415.
    async fn receive<T>(&self, request: &HttpRequest, mut payload: Payload) -> Result<Brought<T>, Failure> {
        body::ensure_json(request)?;
        let busy = |_| Failure { retry_after: Some(BUSY_FOR), ..Failure::new(Code::Unavailable) };
        let held = self.held.clone().try_acquire_owned().map_err(busy)?;
        let bytes = tokio::time::timeout(PATIENCE, body::bytes_up_to(BYTES_MOST, &mut payload))
            .await
            .map_err(|_| Failure::new(Code::UploadTooSlow).with_fact(PATIENCE.as_secs()))??;
        Ok(Brought { bytes, held, worked_on: self.worked_on.clone(), of: PhantomData })
    }
}

impl<T: 'static> FromRequest for Brought<T> {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let app = request.app_data::<web::Data<App>>().ok_or_else(|| Failure::internal("no app"))?;
            app.bench.receive(&request, payload).await
        })
    }
}

impl<T: DeserializeOwned + Send + 'static> Brought<T> {
    /// Parses it and does something with it, in its turn and off the threads that answer requests.
    ///
    /// # Errors
    /// 400 or 422 when it is no `T`.
    pub async fn work<R: Send + 'static>(
        self,
        work: impl FnOnce(T) -> R + Send + 'static,
    ) -> Result<R, Failure> {
        let Self { bytes, held, worked_on, .. } = self;
        let turn = worked_on.acquire_owned().await.map_err(Failure::internal)?;
        let work = move || {
            // Whoever asked may be gone by now, and the work goes on all the same.
            let _room = (held, turn);
            let value = body::value(&bytes)?;
            drop(bytes);
            Ok(work(value))
        };
        web::block(work).await.map_err(Failure::internal)?
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{error::PayloadError, test::TestRequest};
    use futures_util::{Stream, stream};
    use serde_json::{Value, json};

    use super::*;

    fn request() -> HttpRequest {
        TestRequest::post().insert_header(("content-type", "application/json")).to_http_request()
    }

    fn body(of: impl Stream<Item = Result<Bytes, PayloadError>> + 'static) -> Payload {
        let stream: Pin<Box<dyn Stream<Item = _>>> = Box::pin(of);
        stream.into()
    }

    fn text(of: &'static str) -> Payload {
        body(stream::iter([Ok(Bytes::from_static(of.as_bytes()))]))
    }

    fn told<T>(result: Result<T, Failure>) -> Option<(Code, Option<u64>)> {
        result.err().map(|failure| (failure.code, failure.retry_after))
    }

    #[actix_web::test]
    async fn one_more_than_there_is_room_for_is_told_to_come_again_before_it_is_read() {
        let (bench, request) = (Bench::default(), request());
        let mut held = Vec::new();
        for _ in 0..HELD_MOST {
            held.push(bench.receive::<Value>(&request, text("{}")).await.unwrap());
        }
        let unread = body(stream::poll_fn(|_| panic!("it is read")));
        let refused = bench.receive::<Value>(&request, unread).await;
        assert_eq!(told(refused), Some((Code::Unavailable, Some(BUSY_FOR))));
        drop(held);
        let brought = bench.receive::<Value>(&request, text("{\"a\": 1}")).await.unwrap();
        assert_eq!(brought.work(|value| value).await.unwrap(), json!({ "a": 1 }));
    }

    #[actix_web::test]
    async fn room_is_free_again_after_a_body_that_is_no_good() {
        let (bench, request) = (Bench::default(), request());
        for _ in 0..=HELD_MOST {
            let brought = bench.receive::<Value>(&request, text("{")).await.unwrap();
            assert_eq!(told(brought.work(drop).await), Some((Code::MalformedJson, None)));
            let long = stream::repeat_with(|| Ok(Bytes::from_static(&[b' '; 1 << 20])));
            assert_eq!(
                told(bench.receive::<Value>(&request, body(long)).await),
                Some((Code::BodyTooLarge, None))
            );
        }
        let plain = TestRequest::post().to_http_request();
        assert_eq!(
            told(bench.receive::<Value>(&plain, text("{}")).await),
            Some((Code::UnsupportedMediaType, None))
        );
    }
}
