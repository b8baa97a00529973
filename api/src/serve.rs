//! Starting and stopping: rows opened, keys read, routes laid, and the server bound.

use std::{net::SocketAddr, net::TcpListener};

use actix_cors::Cors;
use actix_web::{
    App as Actix, HttpResponse, HttpServer,
    dev::{Server as Running, ServerHandle},
    get,
    http::header,
    middleware::from_fn,
    web,
};
use persistence::{Database, OpenError, Settings};
use utoipa_swagger_ui::{Config as SwaggerConfig, SwaggerUi};

use crate::{
    address_keys::AddressKeys,
    admin,
    app::{App, Pages},
    attachments::upload::Workshop,
    brought::Bench,
    config::{BadSetting, Config},
    error::Failure,
    front::front,
    jobs,
    mail::carrier::Carrier,
    metrics::Metrics,
    passwords::Passwords,
    rates::Limits,
    routes::{self, Described, Routes},
    sso::Verifier,
    store::Store,
    tokens::Keys,
};

/// Why the server does not start, in one line.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Setting(#[from] BadSetting),
    #[error(transparent)]
    Database(#[from] OpenError),
    #[error("cannot listen on {address}: {cause}")]
    Listen { address: SocketAddr, cause: String },
    /// A command that could not do its work.
    #[error("{0}")]
    Failed(#[from] persistence::backup::Failed),
    #[error("cannot start: {0}")]
    Other(String),
}

impl From<Failure> for StartError {
    fn from(failure: Failure) -> Self {
        Self::Other(failure.cause.clone().unwrap_or_else(|| failure.to_string()))
    }
}

/// Opens the database of a configuration and migrates it.
///
/// # Errors
/// [`OpenError`].
pub fn open_database(config: &Config) -> Result<Database, OpenError> {
    Database::open(&Settings {
        location: config.database.clone(),
        replica: config.read_database.clone(),
        connections: config.connections,
        queue: config.queue,
    })
}

/// A server that listens.
pub struct Server {
    app: web::Data<App>,
    running: Running,
    address: SocketAddr,
    /// Where this process does the background work.
    carrier: Option<Carrier>,
}

impl Server {
    /// Opens everything and listens; requests are answered once [`Server::run`] is awaited.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let listener = TcpListener::bind(config.listen)
            .map_err(|error| StartError::Listen { address: config.listen, cause: error.to_string() })?;
        let address = listener.local_addr().map_err(|error| StartError::Other(error.to_string()))?;
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let app = web::Data::new(App {
            keys: Keys::of(&config)?,
            addresses: AddressKeys::of(&config)?,
            db: open_database(&config)?,
            passwords: Passwords::new(cores)?,
            sso: config.sso.clone().map(Verifier::new).transpose()?,
            limits: Limits::new(&config.rates),
            metrics: Metrics::new().map_err(|error| StartError::Other(error.to_string()))?,
            pages: Pages::new(config.page_cache),
            store: Store::open(&config)?,
            workshop: Workshop::new(&config.data_dir)?,
            bench: Bench::default(),
            config,
        });
        admin::ensure_first(&app.db, &app.config).await?;
        let carrier = app.config.jobs.then(|| Carrier::of(&app.config)).transpose()?;
        let running = listen(&app, listener)?;
        Ok(Self { app, running, address, carrier })
    }

    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What stops the server: requests in flight are answered first.
    #[must_use]
    pub fn handle(&self) -> ServerHandle {
        self.running.handle()
    }

    /// Whether anybody can administer this instance.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_admin(&self) -> Result<bool, StartError> {
        Ok(admin::exists(&self.app.db).await?)
    }

    /// Serves until it is stopped, and does the background work if it is to.
    ///
    /// # Errors
    /// When the server itself fails.
    pub async fn run(self) -> std::io::Result<()> {
        let App { db, config, limits, store, .. } = self.app.as_ref();
        let jobs = self.carrier.map(|carrier| {
            actix_web::rt::spawn(jobs::run(db.clone(), store.clone(), config.clone(), carrier))
        });
        let tidying = actix_web::rt::spawn(tidy(limits.clone()));
        let served = self.running.await;
        tidying.abort();
        if let Some(jobs) = jobs {
            jobs.abort();
        }
        served
    }
}

/// Keeps the memory of rate limits from growing.
async fn tidy(limits: Limits) {
    loop {
        tokio::time::sleep(std::time::Duration::from_secs(60)).await;
        limits.forget_the_idle();
    }
}

fn listen(app: &web::Data<App>, listener: TcpListener) -> Result<Running, StartError> {
    let described = web::Data::new(Described::default());
    let (state, workers) = (app.clone(), app.config.workers);
    let factory = move || {
        let app = Actix::new()
            .app_data(state.clone())
            .app_data(described.clone())
            .configure(|server| routes::all(&mut Routes::Served(server)));
        #[cfg(feature = "bench")]
        let app = app.service(crate::bench::get_static);
        app.service(get_document)
            .service(SwaggerUi::new("/docs/{_:.*}").config(SwaggerConfig::from("/openapi.json")))
            .service(web::redirect("/docs", "/docs/"))
            .default_service(web::to(routes::nowhere))
            .wrap(cors(&state.config))
            .wrap(from_fn(front))
    };
    let server = HttpServer::new(factory)
        .workers(workers)
        .shutdown_timeout(30)
        .disable_signals()
        .listen(listener)
        .map_err(|error| StartError::Other(error.to_string()))?;
    Ok(server.run())
}

#[get("/openapi.json")]
async fn get_document(described: web::Data<Described>) -> Result<HttpResponse, Failure> {
    let document = described.document().await?;
    Ok(HttpResponse::Ok().content_type("application/json").body(document))
}

fn cors(config: &Config) -> Cors {
    let cors = config.cors_origins.iter().fold(Cors::default(), |cors, origin| cors.allowed_origin(origin));
    cors.allowed_methods(["GET", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            header::IF_RANGE,
            header::RANGE,
        ])
        .allowed_header("Idempotency-Key")
        .allowed_header("X-Request-Id")
        .expose_headers([
            "Accept-Ranges",
            "Content-Disposition",
            "Content-Range",
            "ETag",
            "Location",
            "RateLimit",
            "RateLimit-Policy",
            "Retry-After",
            "X-Request-Id",
            "Idempotent-Replayed",
        ])
        .block_on_origin_mismatch(false)
        .max_age(3_600)
}

/// Serves until the process is told to stop, then answers what is in flight.
///
/// # Errors
/// When the server or the signals fail.
pub async fn until_stopped(server: Server) -> Result<(), StartError> {
    let handle = server.handle();
    let stopping = actix_web::rt::spawn(async move {
        if stop_signal().await.is_ok() {
            tracing::info!("stopping; answering what is in flight");
            handle.stop(true).await;
        }
    });
    let served = server.run().await;
    stopping.abort();
    served.map_err(|error| StartError::Other(error.to_string()))
}

/// Waits for the signal to stop: an interrupt, or the one that supervisors send.
///
/// # Errors
/// When signals cannot be listened for.
pub async fn stop_signal() -> Result<(), StartError> {
    let failed = |error: std::io::Error| StartError::Other(error.to_string());
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted.map_err(failed),
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.map_err(failed)
}
