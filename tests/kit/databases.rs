//! Databases for tests: a file for SQLite, and for PostgreSQL a database cloned from a migrated template, on the server
//! of `TEST_DATABASE_URL` or on a throw-away cluster made of the server binaries of this machine.

use std::{
    env, fs,
    net::TcpListener,
    os::unix::{fs::chown, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, OnceLock},
};

use diesel::{Connection as _, PgConnection, connection::SimpleConnection as _};
use persistence::{Location, migrations};
use uuid::Uuid;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// The kinds of database that can be had here. Without PostgreSQL it says so once; with `REQUIRE_POSTGRES=1` it fails.
pub fn kinds() -> Vec<Kind> {
    match server() {
        Ok(_) => vec![Kind::Sqlite, Kind::Postgres],
        Err(_) => vec![Kind::Sqlite],
    }
}

/// A database for one test, gone when this is dropped.
pub struct Lease {
    pub location: Location,
    name: Option<String>,
}

impl Lease {
    pub fn new(kind: Kind, folder: &Path) -> Self {
        match kind {
            Kind::Sqlite => Self { location: Location::Sqlite(folder.join("madang.db")), name: None },
            Kind::Postgres => {
                let server = server().as_ref().unwrap();
                let name = format!("t_{}", Uuid::now_v7().simple());
                server.run(&format!("CREATE DATABASE {name} TEMPLATE {}", server.template));
                Self { location: Location::Postgres(server.url(&name)), name: Some(name) }
            }
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let (Some(name), Ok(server)) = (&self.name, server()) {
            server.run(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// A server to make databases on.
struct Server {
    /// The URL without the name of a database.
    base: String,
    parameters: String,
    template: String,
    admin: Mutex<PgConnection>,
}

impl Server {
    fn url(&self, database: &str) -> String {
        format!("{}/{database}{}", self.base, self.parameters)
    }

    fn run(&self, statement: &str) {
        let mut admin = self.admin.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        admin.batch_execute(statement).unwrap();
    }

    /// The server at a URL, with a template of the present form.
    fn at(url: &str) -> Result<Self, String> {
        let (main, parameters) =
            url.split_once('?').map_or((url, String::new()), |(main, rest)| (main, format!("?{rest}")));
        let (base, _) = main.rsplit_once('/').ok_or("the URL names no database")?;
        let admin = PgConnection::establish(url).map_err(|error| error.to_string())?;
        let server = Self {
            base: base.to_owned(),
            parameters,
            template: format!("template_{}", Uuid::now_v7().simple()),
            admin: Mutex::new(admin),
        };
        server.run(&format!("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", server.template));
        let mut connection =
            Location::Postgres(server.url(&server.template)).connect().map_err(|error| error.to_string())?;
        migrations::migrate(&mut connection).map_err(|error| error.to_string())?;
        Ok(server)
    }
}

fn server() -> &'static Result<Server, String> {
    static SERVER: OnceLock<Result<Server, String>> = OnceLock::new();
    SERVER.get_or_init(|| {
        let found = match env::var("TEST_DATABASE_URL") {
            Ok(url) => Server::at(&url),
            Err(_) => start_cluster().and_then(|cluster| Server::at(&cluster.url)),
        };
        if let Err(why) = &found {
            let required = env::var("REQUIRE_POSTGRES").is_ok_and(|value| value == "1");
            assert!(!required, "REQUIRE_POSTGRES=1, but there is no PostgreSQL: {why}");
            eprintln!("PostgreSQL is not tested here: {why}");
        }
        found
    })
}

/// A throw-away cluster.
pub struct Cluster {
    pub url: String,
    pub port: u16,
    pub folder: PathBuf,
}

/// Starts a throw-away cluster with more settings than the usual ones; it is stopped and removed when this process has
/// ended, however it ends.
pub fn start_cluster() -> Result<Cluster, String> {
    cluster_with(|_, _| Vec::new())
}

/// [`start_cluster`], with settings that may need files in its data folder, which belong to the user of this id.
pub fn cluster_with(settings: impl Fn(&Path, Option<u32>) -> Vec<String>) -> Result<Cluster, String> {
    let binaries = binaries().ok_or("no initdb on PATH or under /usr/lib/postgresql")?;
    let user = unprivileged_user();
    let root =
        tempfile::Builder::new().prefix("madang-pg-").tempdir().map_err(|error| error.to_string())?.keep();
    if let Some((uid, gid)) = user {
        chown(&root, Some(uid), Some(gid)).map_err(|error| error.to_string())?;
    }
    let folder = root.join("data");
    let run = |program: &str, arguments: &[&str]| run_as(user, &binaries.join(program), arguments, &root);
    let data = folder.to_str().ok_or("odd folder")?;
    run("initdb", &["-D", data, "-A", "trust", "-U", "madang", "-E", "UTF8", "--locale=C", "--no-sync"])?;
    let port = TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .map_err(|error| error.to_string())?
        .port();
    let mut options = vec![
        format!("-p {port} -h 127.0.0.1 -k ''"),
        "-c fsync=off -c synchronous_commit=off -c full_page_writes=off".to_owned(),
        "-c max_connections=300 -c shared_buffers=64MB".to_owned(),
    ];
    options.extend(settings(&folder, user.map(|(uid, _)| uid)));
    let log = root.join("log");
    let log = log.to_str().ok_or("odd folder")?;
    run("pg_ctl", &["-D", data, "-l", log, "-w", "-o", &options.join(" "), "start"])
        .map_err(|error| format!("{error}; {}", fs::read_to_string(log).unwrap_or_default()))?;
    watch(&root, &binaries, user);
    Ok(Cluster { url: format!("postgres://madang@127.0.0.1:{port}/postgres"), port, folder })
}

/// Leaves a process behind that waits for this one to end and then stops the cluster and removes its folder.
#[expect(clippy::zombie_processes, reason = "it outlives this process, which is the point of it")]
fn watch(root: &Path, binaries: &Path, user: Option<(u32, u32)>) {
    let script = format!(
        "while kill -0 {me} 2>/dev/null; do sleep 0.5; done; '{bin}/pg_ctl' -D '{root}/data' -m immediate stop; rm -rf '{root}'",
        me = std::process::id(),
        bin = binaries.display(),
        root = root.display(),
    );
    // It asks /proc rather than signals, which another user's processes would not answer.
    let script = script.replace(
        &format!("kill -0 {}", std::process::id()),
        &format!("test -d /proc/{}", std::process::id()),
    );
    let mut command = Command::new("sh");
    command.args(["-c", &script]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.process_group(0).current_dir("/");
    as_user(&mut command, user);
    command.spawn().unwrap();
}

fn run_as(user: Option<(u32, u32)>, program: &Path, arguments: &[&str], folder: &Path) -> Result<(), String> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).env("LC_ALL", "C").stdin(Stdio::null());
    // Not a pipe: the server would inherit it and keep it open for ever.
    let said = folder.join("said");
    let file = fs::File::create(&said).map_err(|error| error.to_string())?;
    command.stdout(Stdio::null()).stderr(file);
    as_user(&mut command, user);
    let status = command.status().map_err(|error| format!("{}: {error}", program.display()))?;
    match status.success() {
        true => Ok(()),
        false => Err(format!("{}: {}", program.display(), fs::read_to_string(said).unwrap_or_default())),
    }
}

fn as_user(command: &mut Command, user: Option<(u32, u32)>) {
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
}

/// The folder of the newest server binaries.
pub fn binaries() -> Option<PathBuf> {
    let on_path = env::var_os("PATH").and_then(|path| {
        env::split_paths(&path)
            .find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
    });
    let installed = || {
        let versions =
            fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(Result::ok).map(|entry| entry.path());
        let number =
            |folder: &PathBuf| folder.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
        let newest = versions.filter(|folder| folder.join("bin/initdb").is_file()).max_by_key(number)?;
        Some(newest.join("bin"))
    };
    on_path.or_else(installed)
}

/// For root, who may not run a server: the user to run it as.
fn unprivileged_user() -> Option<(u32, u32)> {
    let am_root = fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0);
    if !am_root {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    ["postgres", "nobody"].iter().find_map(|name| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2).map(str::parse);
        Some((fields.next()?.ok()?, fields.next()?.ok()?))
    })
}
