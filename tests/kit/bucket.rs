//! A bucket: a real server that speaks as S3 does, beside the tests.

use std::{fs, net::TcpListener, path::PathBuf};

use hyper_util::rt::{TokioExecutor, TokioIo};
use madang::config::{Bucket, Secret, StoreSettings};
use s3s::{
    auth::SimpleAuth,
    service::{S3Service, S3ServiceBuilder},
};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::sync::oneshot;

const NAME: &str = "square";
const PREFIX: &str = "files/of";
const KEY_ID: &str = "keeper";
const KEY: &str = "of the square";

/// A server with an empty bucket, on a thread of its own, for as long as this is kept.
pub struct TestBucket {
    folder: TempDir,
    endpoint: String,
    _serving: oneshot::Sender<()>,
}

impl TestBucket {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(NAME)).unwrap();
        let mut builder = S3ServiceBuilder::new(FileSystem::new(folder.path()).unwrap());
        builder.set_auth(SimpleAuth::from_single(KEY_ID, KEY));
        let service = builder.build();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let (serving, stopped) = oneshot::channel();
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                actix_web::rt::spawn(serve(listener, service));
                stopped.await.ok();
            });
        });
        Self { folder, endpoint, _serving: serving }
    }

    pub fn settings(&self) -> StoreSettings {
        settings(&self.endpoint)
    }

    /// The same, as variables of the environment.
    pub fn variables(&self) -> [(&'static str, String); 4] {
        [
            ("MADANG_STORE_URL", format!("s3://{NAME}/{PREFIX}")),
            ("AWS_ENDPOINT_URL", self.endpoint.clone()),
            ("AWS_ACCESS_KEY_ID", KEY_ID.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", KEY.to_owned()),
        ]
    }

    /// The objects under the prefix, as the server keeps them.
    pub fn objects(&self) -> Vec<PathBuf> {
        let Ok(shards) = fs::read_dir(self.folder.path().join(NAME).join(PREFIX)) else { return Vec::new() };
        shards
            .flat_map(|shard| fs::read_dir(shard.unwrap().path()).unwrap())
            .map(|object| object.unwrap().path())
            .collect()
    }
}

/// The settings of a bucket at an address, where somebody may listen.
pub fn settings(endpoint: &str) -> StoreSettings {
    StoreSettings::Bucket(Bucket {
        name: NAME.to_owned(),
        prefix: PREFIX.to_owned(),
        endpoint: Some(endpoint.to_owned()),
        region: "us-east-1".to_owned(),
        key_id: KEY_ID.to_owned(),
        key: Secret::new(KEY),
    })
}

async fn serve(listener: tokio::net::TcpListener, service: S3Service) {
    while let Ok((socket, _)) = listener.accept().await {
        let http = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
        let service = service.clone();
        actix_web::rt::spawn(async move {
            http.serve_connection(TokioIo::new(socket), service).await.ok();
        });
    }
}
