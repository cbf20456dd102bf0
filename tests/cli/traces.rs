//! Traces, as a collector gets them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use serde_json::Value;

use crate::support::{Place, Running, ask, homes, until_ready};

/// A small collector (OTLP over HTTP) on a free port; gives its address and what it is sent.
fn collector() -> (String, Receiver<ExportTraceServiceRequest>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let sender = sender.clone();
            std::thread::spawn(move || collect(stream, &sender));
        }
    });
    (url, receiver)
}

/// Takes the requests of one connection.
fn collect(mut stream: TcpStream, sender: &Sender<ExportTraceServiceRequest>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            if reader.read_until(b'\n', &mut head).unwrap_or(0) == 0 {
                return;
            }
        }
        let head = String::from_utf8(head).unwrap().to_lowercase();
        assert!(head.starts_with("post /v1/traces http/1.1\r\n"), "{head}");
        assert!(
            head.contains("content-type: application/x-protobuf\r\n"),
            "{head}"
        );
        let (_, rest) = head.split_once("content-length: ").unwrap();
        let mut body = vec![0; rest.split("\r\n").next().unwrap().parse().unwrap()];
        reader.read_exact(&mut body).unwrap();
        sender
            .send(ExportTraceServiceRequest::decode(&*body).unwrap())
            .ok();
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            .unwrap();
    }
}

/// Serves the sample homes with these variables, asks, stops it, and gives all spans that were sent and the services' names.
fn traced(variables: &[(&str, &str)], asking: impl Fn(&str)) -> (Vec<Span>, Vec<String>) {
    let place = Place::new();
    place.succeed(&["index", "--tree", &homes()]);
    let (url, received) = collector();
    let mut command = place.command(&["serve"]);
    command
        .env("PORT", "0")
        .env("LOG_FORMAT", "json")
        .env("CACHE_WARM_OPERATIONS", "0")
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", &url)
        .envs(variables.iter().copied());
    let running = Running::start(command);
    let log = running.stderr_until("\"listening\"");
    let line: Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
    let address = line["address"].as_str().unwrap();
    until_ready(address);
    asking(address);
    let (status, log) = running.stop_by("TERM");
    assert!(status.success(), "{log}");
    // The server has ended, and had an answer to all that it sent.
    let (mut spans, mut services) = (Vec::new(), Vec::new());
    for resource in received.try_iter().flat_map(|request| request.resource_spans) {
        services.extend(
            resource
                .resource
                .iter()
                .flat_map(|it| &it.attributes)
                .filter(|attribute| attribute.key == "service.name")
                .map(|attribute| format!("{:?}", attribute.value)),
        );
        spans.extend(resource.scope_spans.into_iter().flat_map(|it| it.spans));
    }
    (spans, services)
}

/// The spans beneath one, however deep, by name.
fn beneath<'a>(spans: &'a [Span], root: &Span) -> Vec<&'a str> {
    let children = spans.iter().filter(|span| span.parent_span_id == root.span_id);
    children
        .flat_map(|child| [vec![child.name.as_str()], beneath(spans, child)].concat())
        .collect()
}

fn attribute(span: &Span, key: &str) -> Option<String> {
    let found = span.attributes.iter().find(|attribute| attribute.key == key)?;
    Some(format!("{:?}", found.value))
}

#[test]
fn a_request_is_one_trace_down_to_its_sql() {
    let (spans, services) = traced(&[("OTEL_SERVICE_NAME", "autodex-of-a-test")], |address| {
        ask(
            address,
            "{ search(text: \"lamp\") { total results { alias } } facets { total } }",
        );
    });
    let root = spans
        .iter()
        .find(|span| span.name == "request" && attribute(span, "url.path").unwrap().contains("/graphql"))
        .unwrap_or_else(|| panic!("{spans:#?}"));
    assert!(root.parent_span_id.is_empty());
    assert!(
        attribute(root, "http.response.status_code")
            .unwrap()
            .contains("200")
    );
    assert!(attribute(root, "cache").unwrap().contains("MISS"));
    let beneath = beneath(&spans, root);
    for name in ["graphql", "cache", "catalog", "sql"] {
        assert!(beneath.contains(&name), "{name} is not in {beneath:?}");
    }
    assert!(spans.iter().filter(|span| span.trace_id == root.trace_id).count() > beneath.len());
    assert!(services.iter().all(|name| name.contains("autodex-of-a-test")) && !services.is_empty());
}

#[test]
fn a_callers_trace_is_continued() {
    let trace: u128 = 0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c;
    let (spans, _) = traced(&[], |address| {
        let mut stream = TcpStream::connect(address).unwrap();
        let request = format!(
            "GET /schema.graphql HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
             traceparent: 00-{trace:032x}-b7ad6b7169203331-01\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        stream.read_to_end(&mut Vec::new()).unwrap();
    });
    let number = |bytes: &[u8]| {
        bytes
            .iter()
            .fold(0, |number: u128, byte| number << 8 | u128::from(*byte))
    };
    let continued = spans.iter().find(|span| number(&span.trace_id) == trace);
    let continued = continued.unwrap_or_else(|| panic!("{spans:#?}"));
    assert_eq!(number(&continued.parent_span_id), 0xb7ad_6b71_6920_3331);
}

#[test]
fn of_a_share_of_none_nothing_is_sent_and_a_collector_that_is_gone_stops_nothing() {
    let (spans, _) = traced(&[("OTEL_TRACES_SAMPLER_ARG", "0.0")], |address| {
        ask(address, "{ stats { dataVersion } }");
    });
    assert_eq!(spans, []);
    let (spans, _) = traced(
        &[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")],
        |address| {
            let answer = ask(address, "{ stats { totalAutomations } }");
            assert_eq!(answer["data"]["stats"]["totalAutomations"], 75);
        },
    );
    assert_eq!(spans, []);
}
