//! A mail server on this machine: the library's, with a desk that keeps what comes in.

use std::{
    io,
    net::{IpAddr, TcpListener},
    sync::{Arc, Mutex},
    thread,
};

use mailin_embedded::{Handler, Response, Server, SslConfig, response};

/// What a server took.
#[derive(Debug, Clone, Default)]
pub struct Received {
    pub from: String,
    pub to: Vec<String>,
    pub message: Vec<u8>,
}

/// What a server says to whoever brings a mail.
#[derive(Debug, Clone, Copy)]
pub enum Verdict {
    Takes,
    Busy,
    Refuses,
}

/// A server that listens until the process ends.
pub struct PostOffice {
    pub port: u16,
    desk: Desk,
}

#[derive(Clone)]
struct Desk {
    verdict: Arc<Mutex<Verdict>>,
    asked: Arc<Mutex<usize>>,
    received: Arc<Mutex<Vec<Received>>>,
    /// Of this call.
    open: Received,
}

impl PostOffice {
    pub fn open() -> Self {
        Self::open_at(0)
    }

    pub fn open_at(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let desk = Desk {
            verdict: Arc::new(Mutex::new(Verdict::Takes)),
            asked: Arc::default(),
            received: Arc::default(),
            open: Received::default(),
        };
        let mut server = Server::new(desk.clone());
        server.with_name("post.test").with_ssl(SslConfig::None).unwrap().with_tcp_listener(listener);
        thread::spawn(move || drop(server.serve()));
        Self { port, desk }
    }

    /// What it says from now on.
    pub fn answer(&self, verdict: Verdict) {
        *self.desk.verdict.lock().unwrap() = verdict;
    }

    /// How many recipients it was asked to take mail for.
    pub fn asked(&self) -> usize {
        *self.desk.asked.lock().unwrap()
    }

    pub fn received(&self) -> Vec<Received> {
        self.desk.received.lock().unwrap().clone()
    }
}

impl Handler for Desk {
    fn mail(&mut self, _: IpAddr, _: &str, from: &str) -> Response {
        self.open = Received { from: from.to_owned(), ..Received::default() };
        response::OK
    }

    fn rcpt(&mut self, to: &str) -> Response {
        *self.asked.lock().unwrap() += 1;
        match *self.verdict.lock().unwrap() {
            Verdict::Takes => {
                self.open.to.push(to.to_owned());
                response::OK
            }
            Verdict::Busy => Response::custom(451, format!("{to} is being moved, try later")),
            Verdict::Refuses => Response::custom(550, format!("{to} is nobody here")),
        }
    }

    fn data(&mut self, part: &[u8]) -> io::Result<()> {
        self.open.message.extend_from_slice(part);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        self.received.lock().unwrap().push(std::mem::take(&mut self.open));
        response::OK
    }
}
