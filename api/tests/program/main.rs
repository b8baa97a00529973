//! The program itself, run as whoever keeps an instance runs it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod backup;
mod cli;
mod contests;
mod draws;
mod hostile_files;
mod worker;

use std::{
    io::{BufRead as _, BufReader, Lines},
    path::Path,
    process::{Child, ChildStdout, Command, Output, Stdio},
};

/// The program, in a folder of its own and with nothing set that this machine happens to have set.
fn madang(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_madang"));
    command.current_dir(folder).env_clear().stdin(Stdio::null());
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("RUST_LOG", "warn");
    command
}

/// Its exit code, what it wrote, and what it complained of.
fn said(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// A running program, ended with the test.
struct Running {
    child: Child,
    lines: Vec<String>,
    rest: Lines<BufReader<ChildStdout>>,
    url: String,
}

impl Running {
    fn server(command: &mut Command) -> Self {
        Self::start(command, |line| line.contains("listens on"))
    }

    /// Starts it and waits for its last line; takes the first address it names.
    fn start(command: &mut Command, is_last: impl Fn(&str) -> bool) -> Self {
        let child = command.env("MADANG_LISTEN", "127.0.0.1:0").stdout(Stdio::piped()).spawn();
        let mut child = child.unwrap();
        let (mut lines, mut started) = (Vec::new(), false);
        let mut rest = BufReader::new(child.stdout.take().unwrap()).lines();
        while !started {
            let Some(line) = rest.next() else { break };
            let line = line.unwrap();
            started = is_last(&line);
            lines.push(line);
        }
        let mut words = lines.iter().flat_map(|line| line.split_whitespace());
        let url =
            words.find(|word| word.starts_with("http://")).unwrap_or("").trim_end_matches("/v1").to_owned();
        let running = Self { child, lines, rest, url };
        assert!(started, "it did not start: {:?}", running.lines);
        running
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already, as some tests want.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
