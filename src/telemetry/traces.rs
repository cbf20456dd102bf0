//! Traces: spans as `tracing` has them, exported to an OpenTelemetry collector (OTLP over HTTP, protobuf).
//!
//! Invariant: where no collector is named no span is ever made. Spans are of level debug and ours, and the layer here is the
//! only thing that asks for them unless an operator's log filter does.

use std::time::Duration;

use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing::Span;
use tracing::level_filters::LevelFilter;
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, filter};

use crate::config::TraceConfig;

/// How long a batch may take to be sent.
const TIMEOUT: Duration = Duration::from_secs(5);

/// An exporter that cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("OTEL_EXPORTER_OTLP_ENDPOINT is {endpoint:?}, which traces cannot be sent to: {reason}")]
pub struct TraceError {
    endpoint: String,
    reason: String,
}

/// What sends the spans; `None` where none are wanted. Spans are sent in the background, in batches, by a thread of its own.
pub(super) fn provider(config: &TraceConfig) -> Result<Option<SdkTracerProvider>, TraceError> {
    let Some(endpoint) = &config.endpoint else {
        return Ok(None);
    };
    // Whoever came first has chosen; any choice will do.
    drop(rustls::crypto::ring::default_provider().install_default());
    let exporter = SpanExporter::builder()
        .with_http()
        .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
        .with_timeout(TIMEOUT)
        .build()
        .map_err(|error| TraceError {
            endpoint: endpoint.clone(),
            reason: error.to_string(),
        })?;
    let resource = Resource::builder()
        .with_service_name(config.service_name.clone())
        .with_attribute(opentelemetry::KeyValue::new(
            "service.version",
            env!("CARGO_PKG_VERSION"),
        ))
        .build();
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        // By the id of the trace, so that a client cannot have its requests traced by saying so.
        .with_sampler(Sampler::TraceIdRatioBased(config.share))
        .with_resource(resource)
        .build();
    Ok(Some(provider))
}

/// The layer that takes spans of ours to the exporter. Events stay in the log.
pub(super) fn layer<S>(provider: &SdkTracerProvider) -> impl Layer<S> + use<S>
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a>,
{
    let ours = filter::filter_fn(|of| of.is_span() && of.target().starts_with(env!("CARGO_PKG_NAME")));
    tracing_opentelemetry::layer()
        .with_tracer(provider.tracer(env!("CARGO_PKG_NAME")))
        .with_threads(false)
        .with_location(false)
        .with_filter(ours.with_max_level_hint(LevelFilter::DEBUG))
}

/// Makes a span part of the trace that a request's headers `traceparent` and `tracestate` name (W3C Trace Context).
pub fn continue_trace(span: &Span, parent: Option<&str>, state: Option<&str>) {
    struct Headers<'a>(Option<&'a str>, Option<&'a str>);

    impl Extractor for Headers<'_> {
        fn get(&self, key: &str) -> Option<&str> {
            match key {
                "traceparent" => self.0,
                "tracestate" => self.1,
                _ => None,
            }
        }

        fn keys(&self) -> Vec<&str> {
            vec!["traceparent", "tracestate"]
        }
    }

    // Fails where nothing is traced, and then there is nothing to continue.
    drop(span.set_parent(TraceContextPropagator::new().extract(&Headers(parent, state))));
}
