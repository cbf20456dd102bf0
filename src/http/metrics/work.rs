//! The figures of what is worked at: operations, and the documents kept parsed.

use super::page::Page;
use crate::http::state::Services;

/// Writes them.
pub(super) fn write(page: &mut Page, services: &Services) {
    let documents = services.engine.documents();
    let gauges = [
        (
            "autodex_operations_in_flight",
            "Operations that are worked at.",
            services.gate.in_flight() as u64,
        ),
        (
            "autodex_documents",
            "Documents kept parsed.",
            documents.entries as u64,
        ),
        (
            "autodex_documents_bytes",
            "About the bytes they take.",
            documents.bytes,
        ),
    ];
    for (name, help, value) in gauges {
        page.one(name, "gauge", help, &[], value);
    }
    let counters = [
        (
            "autodex_documents_parsed_total",
            "Documents parsed.",
            documents.parsed,
        ),
        (
            "autodex_requests_shed_total",
            "Requests refused for too many operations at once.",
            services.gate.shed(),
        ),
    ];
    for (name, help, value) in counters {
        page.one(name, "counter", help, &[], value);
    }
}
