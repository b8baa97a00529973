//! A file on its way in: read from the wire to the disk, looked at, written anew, and put into the store.
//!
//! Memory is what hostile files are after. A file that comes in takes a few blocks of it, however slowly it comes; only
//! one at a time is looked at, and only two are held as they will be stored.

use std::{
    fs::{self, File},
    future::ready,
    io::{BufReader, Read as _, Seek as _, SeekFrom, Write as _},
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{
        Arc,
        mpsc::{SyncSender, sync_channel},
    },
    thread,
    time::Duration,
};

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::{
    HttpRequest,
    error::PayloadError,
    web::{self, Bytes},
};
use domain::{
    AttachmentId, MemberId, Refusal, Stamp,
    attachments::{Attachment, Extent, FileName, Kind, MOST_BYTES, ensure_pdf},
    text::Fault,
};
use futures_util::StreamExt as _;
use sha2::{Digest as _, Sha256};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit, oneshot};

use crate::{
    app::App,
    error::{Code, Failure, Field as WrongField, Wrong},
    pictures,
    store::Key,
};

/// How many come in at a time; one more is asked to wait.
const MOST_COMING: usize = 32;
/// How many are held in memory as they will be stored.
const MOST_HELD: usize = 2;
/// For how long one may come in: 10 MiB within it takes 300 kbit/s.
const PATIENCE: Duration = Duration::from_secs(300);
/// How much of a request is read at most. A file that is too large is read on to there and forgotten: whoever is cut off
/// while sending is told of a broken connection, and not why.
const MOST_READ: usize = 4 * MOST_BYTES;
/// How much is gathered before it goes to the disk.
const BLOCK: usize = 128 * 1_024;

/// Who may work on how many files.
pub struct Workshop {
    folder: PathBuf,
    coming: Semaphore,
    held: Arc<Semaphore>,
    /// To the one thread that looks at files: always the same, because the allocator keeps for each thread some of what it
    /// once took.
    bench: SyncSender<Work>,
}

type Work = Box<dyn FnOnce() + Send>;

/// A file as it came, on the disk under no name: it is gone with the process, however that ends.
pub struct Upload<'a> {
    file: File,
    name: String,
    /// Of name and bytes.
    pub digest: [u8; 32],
    _coming: SemaphorePermit<'a>,
}

/// A file as it will be stored.
pub struct Prepared {
    kind: Kind,
    name: FileName,
    bytes: Vec<u8>,
    extent: Option<Extent>,
    thumbnail: Option<(Kind, Vec<u8>)>,
    _held: OwnedSemaphorePermit,
}

impl Workshop {
    /// # Errors
    /// 500 when the folder cannot be made, or no thread started.
    pub fn new(folder: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(folder).map_err(Failure::internal)?;
        let (bench, waiting) = sync_channel::<Work>(MOST_COMING);
        let serve = move || waiting.into_iter().for_each(|work| work());
        thread::Builder::new().name("pictures".to_owned()).spawn(serve).map_err(Failure::internal)?;
        let (coming, held) = (Semaphore::new(MOST_COMING), Arc::new(Semaphore::new(MOST_HELD)));
        Ok(Self { folder: folder.to_owned(), coming, held, bench })
    }

    /// Reads the file of a request.
    ///
    /// # Errors
    /// 503 when too many come in; 408, 413, 415 or 422 for what is no file that can be taken.
    pub async fn receive(&self, request: &HttpRequest, payload: web::Payload) -> Result<Upload<'_>, Failure> {
        let busy = |_| Failure { retry_after: Some(5), ..Failure::new(Code::Unavailable) };
        let coming = self.coming.try_acquire().map_err(busy)?;
        let mut upload = Incoming {
            file: tempfile::tempfile_in(&self.folder).map_err(full)?,
            block: Vec::new(),
            hash: Sha256::new(),
            taken: 0,
        };
        let name = tokio::time::timeout(PATIENCE, upload.fill(request, payload))
            .await
            .map_err(|_| Failure::new(Code::UploadTooSlow).with_fact(PATIENCE.as_secs()))??;
        let (file, digest) = upload.end(&name).await?;
        Ok(Upload { file, name, digest, _coming: coming })
    }

    /// Looks at a file and writes it anew.
    ///
    /// # Errors
    /// 422 when it is none that is taken.
    pub async fn prepare(&self, upload: &Upload<'_>) -> Result<Prepared, Failure> {
        // Goes along with the work, which is done also where the client has hung up.
        let held = self.held.clone().acquire_owned().await.map_err(Failure::internal)?;
        let file = upload.file.try_clone().map_err(full)?;
        let (wire, answer) = oneshot::channel();
        let work = Box::new(move || {
            // A decoder that stumbles over a file does not take it.
            let stumbled = |_| Err(Refusal::FileNotAccepted { why: "it cannot be read" }.into());
            let looked = catch_unwind(AssertUnwindSafe(|| look(file))).unwrap_or_else(stumbled);
            // Nobody listens when the client has hung up.
            drop(wire.send((looked, held)));
        });
        self.bench.try_send(work).map_err(|_| Failure::internal("more files than may come in"))?;
        let (looked, held) = answer.await.map_err(Failure::internal)?;
        let (kind, bytes, extent, thumbnail) = looked?;
        let name = FileName::new(&upload.name, kind);
        Ok(Prepared { kind, name, bytes, extent, thumbnail, _held: held })
    }
}

impl Prepared {
    /// Puts the file into the store, and says what its row is to be. The bytes go first: a row without them would be a
    /// broken picture, and they without a row are swept.
    ///
    /// # Errors
    /// 503 when the store is full or away.
    pub async fn store(self, app: &App, stamp: &Stamp, owner: MemberId) -> Result<Attachment, Failure> {
        let id: AttachmentId = stamp.id(0);
        let attachment = Attachment {
            id,
            owner,
            kind: self.kind,
            name: self.name,
            bytes: i64::try_from(self.bytes.len()).map_err(Failure::internal)?,
            extent: self.extent,
            sha256: Sha256::digest(&self.bytes).into(),
            thumbnail: self.thumbnail.as_ref().map(|(kind, _)| *kind),
            place: None,
            created_at: stamp.at,
        };
        let stored = async {
            app.store.put(Key::Content(id), self.bytes.into()).await?;
            if let Some((_, bytes)) = self.thumbnail {
                app.store.put(Key::Thumbnail(id), bytes.into()).await?;
            }
            Ok(())
        };
        match stored.await {
            Ok(()) => Ok(attachment),
            Err(failure) => {
                clear(app, id).await;
                Err(failure)
            }
        }
    }
}

/// Takes back what was stored for a row that does not come; what cannot be reached now is swept later.
pub async fn clear(app: &App, id: AttachmentId) {
    if let Err(failure) = app.store.delete(id).await {
        tracing::warn!(?failure, "an object without a row is left for the sweep");
    }
}

/// The disk took no more, or has gone.
fn full(error: std::io::Error) -> Failure {
    Failure { retry_after: Some(5), ..Failure::new(Code::Unavailable) }.caused_by(error)
}

/// A file while it comes.
struct Incoming {
    file: File,
    block: Vec<u8>,
    hash: Sha256,
    taken: usize,
}

impl Incoming {
    /// Takes the one part of the form; the name that was sent with it. A form that is wrong is read to its end as well.
    async fn fill(&mut self, request: &HttpRequest, payload: web::Payload) -> Result<String, Failure> {
        let mut form = Multipart::new(request.headers(), limited(payload));
        let (mut name, mut unknown) = (None, None);
        while let Some(part) = form.next().await {
            let part = part.map_err(unreadable)?;
            let field = part.name().unwrap_or("").to_owned();
            if field == "file" && name.is_none() {
                let sent = part.content_disposition().and_then(|part| part.get_filename());
                name = Some(sent.unwrap_or("").to_owned());
                self.take(part).await?;
            } else {
                part.for_each(|_| ready(())).await;
                unknown.get_or_insert(format!("/{}", field.replace('~', "~0").replace('/', "~1")));
            }
        }
        if let Some(pointer) = unknown {
            return Err(Failure::fields(vec![WrongField { pointer, wrong: Wrong::Unknown }]));
        }
        if self.taken > MOST_BYTES {
            return Err(too_large());
        }
        name.ok_or_else(|| Failure::field("/file", Fault::Required))
    }

    async fn take(&mut self, mut part: Field) -> Result<(), Failure> {
        while let Some(chunk) = part.next().await {
            let chunk = chunk.map_err(unreadable)?;
            self.taken += chunk.len();
            if self.taken > MOST_BYTES {
                continue;
            }
            self.hash.update(&chunk);
            self.block.extend_from_slice(&chunk);
            if self.block.len() >= BLOCK {
                self.write().await?;
            }
        }
        Ok(())
    }

    async fn write(&mut self) -> Result<(), Failure> {
        let (mut file, block) = (self.file.try_clone().map_err(full)?, std::mem::take(&mut self.block));
        web::block(move || file.write_all(&block)).await.map_err(Failure::internal)?.map_err(full)
    }

    async fn end(mut self, name: &str) -> Result<(File, [u8; 32]), Failure> {
        self.write().await?;
        self.hash.update(name.as_bytes());
        Ok((self.file, self.hash.finalize().into()))
    }
}

/// The body of a request, which ends with an error where it is too long: a length that was announced is not asked.
fn limited(payload: web::Payload) -> impl futures_util::Stream<Item = Result<Bytes, PayloadError>> + 'static {
    let mut taken = 0;
    payload.map(move |chunk| {
        let chunk = chunk?;
        taken += chunk.len();
        if taken > MOST_READ { Err(PayloadError::Overflow) } else { Ok(chunk) }
    })
}

fn too_large() -> Failure {
    Failure::new(Code::BodyTooLarge).with_fact(MOST_BYTES)
}

fn unreadable(error: MultipartError) -> Failure {
    match error {
        MultipartError::Payload(PayloadError::Overflow) => too_large(),
        MultipartError::ContentTypeMissing
        | MultipartError::ContentTypeParse
        | MultipartError::ContentTypeIncompatible => {
            Failure::new(Code::UnsupportedMediaType).with_fact("multipart/form-data")
        }
        error => Failure::new(Code::MalformedRequest).with_fact(error),
    }
}

type Looked = (Kind, Vec<u8>, Option<Extent>, Option<(Kind, Vec<u8>)>);

fn look(mut file: File) -> Result<Looked, Failure> {
    let mut beginning = Vec::new();
    file.seek(SeekFrom::Start(0)).map_err(full)?;
    std::io::Read::by_ref(&mut file).take(16).read_to_end(&mut beginning).map_err(full)?;
    file.seek(SeekFrom::Start(0)).map_err(full)?;
    match Kind::of_content(&beginning)? {
        Kind::Pdf => {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).map_err(full)?;
            ensure_pdf(&bytes)?;
            Ok((Kind::Pdf, bytes, None, None))
        }
        kind => {
            let picture = pictures::anew(kind, BufReader::new(file))?;
            Ok((picture.kind, picture.bytes, Some(picture.extent), Some(picture.thumbnail)))
        }
    }
}
