//! The figures of requests and operations.

use super::page::Page;
use crate::http::figures::RequestFigures;

/// Writes them. Counters are all there from the start, so that a rate is right from the first request on; histograms,
/// which have many lines, come with their first duration.
pub(super) fn write(page: &mut Page, figures: &RequestFigures) {
    let name = "autodex_http_responses_total";
    page.family(name, "counter", "Answers by path and status.");
    for (path, status, count) in figures.responses() {
        page.sample(name, &[("path", path), ("status", status)], count);
    }
    let name = "autodex_requests_total";
    page.family(
        name,
        "counter",
        "GraphQL requests by what they ask for and how they went.",
    );
    for (class, outcome, count) in figures.operations() {
        let labels = [("operation", class.as_str()), ("outcome", outcome.as_str())];
        page.sample(name, &labels, count);
    }
    let name = "autodex_request_duration_seconds";
    page.family(
        name,
        "histogram",
        "How long GraphQL requests took, by what they ask for and how the answer was come by.",
    );
    for (class, cache, histogram) in figures.durations() {
        let durations = histogram.read();
        if durations.count > 0 {
            page.durations(
                name,
                &[("operation", class.as_str()), ("cache", cache)],
                &durations,
            );
        }
    }
}
