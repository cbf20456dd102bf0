//! Where traces go.

/// Where traces go.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceConfig {
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`: the URL of an OpenTelemetry collector that takes OTLP over HTTP, such as
    /// `http://127.0.0.1:4318`; none, and then nothing is traced.
    pub endpoint: Option<String>,
    /// `OTEL_SERVICE_NAME`: what this service is called in traces; autodex.
    pub service_name: String,
    /// `OTEL_TRACES_SAMPLER_ARG`: the share of requests that are traced, 0.0 to 1.0; 1.0.
    pub share: f64,
}
