//! The metrics, in the form that Prometheus reads. Owns the recorder; what each number means stands in the catalogue.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use super::{catalogue, process};
use crate::domain::time::Time;

static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Bounds of the histograms in seconds: from an answer out of memory to a request that nobody waits for.
const SECONDS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// Begins to count; again changes nothing.
pub fn start() {
    RECORDER.get_or_init(|| {
        let handle = PrometheusBuilder::new().set_buckets(SECONDS).ok()?.install_recorder();
        let handle = handle
            .inspect_err(|error| log::error!("metrics are off: {error}"))
            .ok()?;
        catalogue::describe();
        Some(handle)
    });
}

/// Notes when the process began.
pub fn began(now: Time) {
    let seconds = u32::try_from(now.secs()).unwrap_or(u32::MAX);
    metrics::gauge!("process_start_time_seconds").set(f64::from(seconds));
}

/// All numbers, as text.
#[must_use]
pub fn render() -> String {
    process::read();
    RECORDER
        .get()
        .and_then(Option::as_ref)
        .map(PrometheusHandle::render)
        .unwrap_or_default()
}

/// Folds what was recorded into its histograms: to be called every few seconds, else they grow until somebody reads them.
pub fn upkeep() {
    if let Some(handle) = RECORDER.get().and_then(Option::as_ref) {
        handle.run_upkeep();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_recorded_is_rendered() {
        start();
        start();
        metrics::counter!("idp_faults_total").increment(1);
        metrics::histogram!("idp_request_seconds", "route" => "/").record(0.002);
        upkeep();
        let text = render();
        assert!(
            text.contains("idp_faults_total") && text.contains("idp_request_seconds_bucket"),
            "{text}"
        );
    }
}
