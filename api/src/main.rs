//! The command line: settings read once, one command run, one line and exit code 2 when it cannot start.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::{Parser, Subcommand};
use domain::{audit::Head, digest};
use madang::{
    Config, Server, StartError,
    address_keys::{self, AddressKeys},
    admin,
    audit::{self, Verdict},
    backup, config, demo,
    draws::{self, Form},
    import, jobs, judging, logs,
    mail::carrier::Carrier,
    open_database, openapi, stop_signal,
    store::Store,
    tokens, until_stopped,
};

/// The usual allocator keeps, for each thread that ever hashed a password, several times the 19 MiB that takes.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(
    name = "madang",
    version,
    about = "A square where a brand and its customers make products better together."
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Migrate and serve (what happens without a command)
    Serve,
    /// Serve a filled, embedded demo that is gone when it ends
    Demo,
    /// Do the background work apart from the servers (set MADANG_JOBS=off there)
    Worker,
    /// Bring the database to the form of this release
    Migrate,
    /// Administrators
    #[command(subcommand)]
    Admin(Admin),
    /// The audit log
    #[command(subcommand)]
    Audit(Audit),
    /// Import from other systems
    #[command(subcommand)]
    Import(Import),
    /// Draws
    #[command(subcommand)]
    Draw(Draw),
    /// Contests
    #[command(subcommand)]
    Contest(Contest),
    /// Write the whole instance into a new file, also while it serves
    Backup { file: PathBuf },
    /// Fill an empty database of either kind from a backup
    Restore {
        file: PathBuf,
        /// Check the file and store nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Print the OpenAPI document
    Openapi,
    /// Settings
    #[command(subcommand)]
    Config(Check),
    /// Make a new key sign access tokens; the old ones are still accepted
    RotateKey,
    /// Seal addresses with the first of MADANG_ADDRESS_KEYS that an older key sealed, so that this can be taken out; exit code 1 when
    /// no key opens some
    ResealAddresses,
    /// Work counters and scores out again from the rows, and say whether any had drifted
    Recount,
    /// Fill the database with the data set of the benchmark
    #[cfg(feature = "bench")]
    Seed { ideas: usize, members: usize, votes: usize },
}

#[derive(Subcommand)]
enum Admin {
    /// Make an administrator; the password is taken from MADANG_ADMIN_PASSWORD, or else read from standard input
    Create {
        #[arg(long)]
        email: String,
        #[arg(long, default_value = "Admin")]
        name: String,
    },
}

#[derive(Subcommand)]
enum Audit {
    /// Follow the chain of the audit log and name the first broken link; exit code 1 when there is one
    Verify {
        /// The end as it was noted before, so that cutting off what came after shows: NUMBER:HASH
        #[arg(long, value_parser = noted)]
        noted: Option<Head>,
    },
}

#[derive(Subcommand)]
enum Draw {
    /// Compute a draw again from its proof, step by step; exit code 1 when anything is not as the file says
    Verify {
        file: PathBuf,
        /// Print the verdict as JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
enum Contest {
    /// Compute the result of a contest again from its bundle, step by step; exit code 1 when anything is not as the file says
    Recompute {
        file: PathBuf,
        /// Print the verdict as JSON
        #[arg(long)]
        json: bool,
    },
}

/// The end of a chain as [`verify_audit`] prints it.
fn noted(text: &str) -> Result<Head, String> {
    let unfit = || "must be NUMBER:HASH, as `madang audit verify` printed it".to_owned();
    let (number, hash) = text.split_once(':').ok_or_else(unfit)?;
    let number = number.parse().map_err(|_| unfit())?;
    Ok(Head { number, hash: digest::of_hex(hash).ok_or_else(unfit)? })
}

#[derive(Subcommand)]
enum Import {
    /// Import ideas from a JSONL or CSV file; safe to run again
    Ideas {
        file: PathBuf,
        /// The slug of the board they go to
        #[arg(long)]
        board: String,
        /// Check the file and store nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Import attributes of members from a JSONL or CSV file, by e-mail address; safe to run again
    Members {
        file: PathBuf,
        /// Check the file and store nothing
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Subcommand)]
enum Check {
    /// Read the settings and say what they are, secrets hidden
    Check,
}

/// The allocator keeps what is freed for a second, also the memory of a large picture beside that of the next one, unless it
/// is told that large blocks come from the system and go back to it at once. It asks before `main`, so a process that runs
/// for long and was not told begins anew, once.
#[cfg(unix)]
fn give_large_blocks_back() {
    use std::{env, os::unix::process::CommandExt as _, process};
    const KIB: &str = "MIMALLOC_ARENA_MAX_OBJECT_SIZE";
    if let (None, Ok(program)) = (env::var_os(KIB), env::current_exe()) {
        let mut again = process::Command::new(program);
        // Comes back only where it cannot be done, and then it goes on as it is.
        let failed = again.args(env::args_os().skip(1)).env(KIB, "2048").exec();
        eprintln!("madang: large blocks of memory are kept for a second: {failed}");
    }
}

/// Whoever reads the output may have had enough of it, as in `madang openapi | head`: that is no failure to tell of.
fn end_quietly_when_nobody_reads() {
    /// What a shell says of a program that SIGPIPE ended, which Rust's do not let end them.
    const NOBODY_READS: i32 = 128 + 13;
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let said = panic.payload().downcast_ref::<String>();
        if said.is_some_and(|said| said.starts_with("failed printing to stdout")) {
            std::process::exit(NOBODY_READS);
        }
        usual(panic);
    }));
}

#[actix_web::main]
async fn main() -> ExitCode {
    end_quietly_when_nobody_reads();
    let command = Cli::parse().command.unwrap_or(Command::Serve);
    #[cfg(unix)]
    if let Command::Serve | Command::Demo | Command::Worker = command {
        give_large_blocks_back();
    }
    match run(command).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("madang: {error}");
            ExitCode::from(2)
        }
    }
}

async fn run(command: Command) -> Result<ExitCode, StartError> {
    // What needs no settings.
    match command {
        Command::Openapi => {
            print!("{}", openapi::yaml().map_err(StartError::Other)?);
            Ok(ExitCode::SUCCESS)
        }
        Command::Draw(Draw::Verify { file, json }) => draws::verify_file(&file, form(json)),
        Command::Contest(Contest::Recompute { file, json }) => judging::recompute_file(&file, form(json)),
        command => with_settings(command).await,
    }
}

fn form(json: bool) -> Form {
    if json { Form::Json } else { Form::Text }
}

async fn with_settings(command: Command) -> Result<ExitCode, StartError> {
    let variables = config::variables()?;
    let config = Config::of(&variables)?;
    logs::start(config.log);
    match command {
        Command::Serve => serve(config).await?,
        Command::Demo => demo::run(&config).await?,
        Command::Worker => worker(config).await?,
        Command::Migrate => drop(open_database(&config)?),
        Command::Admin(Admin::Create { email, name }) => create_admin(&config, &email, &name).await?,
        Command::Audit(Audit::Verify { noted }) => return verify_audit(&config, noted).await,
        Command::Import(Import::Ideas { file, board, dry_run }) => {
            return import::ideas(&config, &file, &board, dry_run).await;
        }
        Command::Import(Import::Members { file, dry_run }) => {
            return import::members(&config, &file, dry_run).await;
        }
        Command::Backup { file } => off_thread(move || backup::create(&config, &file)).await?,
        Command::Restore { file, dry_run: true } => off_thread(move || backup::check(&file)).await?,
        Command::Restore { file, dry_run: false } => {
            off_thread(move || backup::restore(&config, &file)).await?
        }
        Command::Config(Check::Check) => println!("{config:#?}"),
        Command::RotateKey => tokens::rotate(&config)?,
        Command::ResealAddresses => return reseal_addresses(&config).await,
        Command::Recount => {
            let found = jobs::recount(&open_database(&config)?).await?;
            println!("{} ideas, {} counters and {} scores mended", found.ideas, found.counters, found.scores);
            return Ok(if found.counters + found.scores == 0 {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            });
        }
        #[cfg(feature = "bench")]
        Command::Seed { ideas, members, votes } => madang::bench::seed(&config, ideas, members, votes)?,
        Command::Draw(_) | Command::Contest(_) | Command::Openapi => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs what takes long, and waits for rows and files.
async fn off_thread(
    work: impl FnOnce() -> Result<(), StartError> + Send + 'static,
) -> Result<(), StartError> {
    actix_web::web::block(work).await.map_err(|error| StartError::Other(error.to_string()))?
}

async fn serve(config: Config) -> Result<(), StartError> {
    let public_url = config.public_url.clone();
    let server = Server::start(config).await?;
    let has_admin = server.has_admin().await?;
    println!("Madang listens on http://{} - the API is documented at {public_url}/docs", server.address());
    if !has_admin {
        println!(
            "There is no administrator yet: run `madang admin create --email you@example.com`, \
             or set MADANG_ADMIN_EMAIL and MADANG_ADMIN_PASSWORD and start again."
        );
    }
    until_stopped(server).await
}

async fn worker(config: Config) -> Result<(), StartError> {
    let (db, store) = (open_database(&config)?, Store::open(&config)?);
    println!("Madang works in the background");
    let carrier = Carrier::of(&config)?;
    let jobs = actix_web::rt::spawn(jobs::run(db, store, config, carrier));
    stop_signal().await?;
    jobs.abort();
    // What a closure has begun on its thread ends with its transaction.
    actix_web::rt::time::sleep(Duration::from_millis(50)).await;
    Ok(())
}

async fn reseal_addresses(config: &Config) -> Result<ExitCode, StartError> {
    let keys = AddressKeys::of(config)?;
    let done = address_keys::reseal(&open_database(config)?, &keys, &config.clock).await?;
    println!("{} addresses sealed anew, {} were so, {} no key opens", done.anew, done.kept, done.unreadable);
    Ok(if done.unreadable == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn verify_audit(config: &Config, noted: Option<Head>) -> Result<ExitCode, StartError> {
    match audit::verify(&open_database(config)?, noted).await? {
        Verdict::Sound(Head { number, hash }) => {
            println!(
                "The audit log is sound: {number} entries. Note its end: {number}:{}",
                digest::hex(hash)
            );
            return Ok(ExitCode::SUCCESS);
        }
        Verdict::Broken(broken) => println!("The audit log is broken: {broken}."),
        Verdict::Rewritten(number) => {
            println!("The audit log was rewritten: entry {number} is not the one that was noted.");
        }
    }
    Ok(ExitCode::FAILURE)
}

async fn create_admin(config: &Config, email: &str, name: &str) -> Result<(), StartError> {
    let given = config.admin.as_ref().map(|admin| admin.password.reveal().to_owned());
    let password = match given.or_else(|| std::env::var("MADANG_ADMIN_PASSWORD").ok()) {
        Some(password) => password,
        None => {
            eprintln!("Password (10 characters or more):");
            let mut line = String::new();
            std::io::stdin().read_line(&mut line).map_err(|error| StartError::Other(error.to_string()))?;
            line.trim_end_matches(['\r', '\n']).to_owned()
        }
    };
    admin::create(&open_database(config)?, config.clock.stamp(), email, &password, name).await?;
    println!("{email} is an administrator now");
    Ok(())
}
