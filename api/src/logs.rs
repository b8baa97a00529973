//! Logs: lines for a person or JSON for a machine, each request's with its id.

use tracing_subscriber::EnvFilter;

use crate::config::LogForm;

/// Sends logs to standard error. `RUST_LOG` chooses what; informative lines unless it is set.
pub fn start(form: LogForm) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start, as in a test, changes nothing.
    let _ = match form {
        LogForm::Pretty => builder.try_init(),
        LogForm::Json => builder.json().flatten_event(true).try_init(),
    };
}
