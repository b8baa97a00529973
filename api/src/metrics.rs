//! Figures for Prometheus: requests by route and status, their latency, and how the doors are doing.

use std::time::Duration;

use prometheus::{
    Encoder as _, HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec, Opts, Registry, TextEncoder,
};

use crate::app::App;

/// The figures of a node.
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    latency: HistogramVec,
    doors: IntGaugeVec,
}

impl Metrics {
    /// # Errors
    /// Prometheus' own, when a figure is named twice.
    pub fn new() -> prometheus::Result<Self> {
        let registry = Registry::new();
        let requests = IntCounterVec::new(
            Opts::new("madang_http_requests_total", "Requests answered."),
            &["method", "route", "status"],
        )?;
        let latency = HistogramVec::new(
            HistogramOpts::new("madang_http_request_seconds", "Time from request to answer.")
                .buckets(vec![0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5]),
            &["method", "route"],
        )?;
        let doors = IntGaugeVec::new(
            Opts::new("madang_database", "Closures waiting, and connections busy and open, at each door."),
            &["door", "state"],
        )?;
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(latency.clone()))?;
        registry.register(Box::new(doors.clone()))?;
        Ok(Self { registry, requests, latency, doors })
    }

    /// Counts one answered request.
    pub fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        self.requests.with_label_values(&[method, route, status.to_string().as_str()]).inc();
        self.latency.with_label_values(&[method, route]).observe(took.as_secs_f64());
    }

    /// All figures, in the text format of Prometheus.
    ///
    /// # Errors
    /// Prometheus' own, when they cannot be written.
    pub fn text(&self, app: &App) -> prometheus::Result<Vec<u8>> {
        for (door, load) in [("read", app.db.load_of_reads()), ("write", app.db.load_of_writes())] {
            for (state, figure) in [("waiting", load.waiting), ("busy", load.busy), ("open", load.threads)] {
                self.doors.with_label_values(&[door, state]).set(i64::try_from(figure).unwrap_or(i64::MAX));
            }
        }
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(text)
    }
}
