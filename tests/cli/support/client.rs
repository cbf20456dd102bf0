//! A client that keeps its connection, and tells a connection that was closed between two requests from a request that
//! was lost and from an answer that is not whole.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::json;

/// One connection.
pub(crate) struct Client {
    stream: TcpStream,
    address: String,
    /// Answers that came so far.
    answers: usize,
}

impl Client {
    pub(crate) fn connect(address: &str) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            address: address.to_owned(),
            answers: 0,
        })
    }

    /// Asks a query. Status and body of the answer; nothing where the server had closed the connection, which it may do
    /// between two requests: a client learns of that too late, and asks again. A connection's first request it must
    /// answer.
    #[track_caller]
    pub(crate) fn ask(&mut self, query: &str) -> Option<(u16, String)> {
        let body = json!({"query": query}).to_string();
        let request = format!(
            "POST /graphql HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        let answer = match self.stream.write_all(request.as_bytes()) {
            Ok(()) => self.answer(),
            Err(_) => None,
        };
        assert!(
            answer.is_some() || self.answers > 0,
            "a new connection's request was lost"
        );
        self.answers += usize::from(answer.is_some());
        answer
    }

    #[track_caller]
    fn answer(&mut self) -> Option<(u16, String)> {
        let mut answer = Vec::new();
        loop {
            if let Some(whole) = read(&answer) {
                return Some(whole);
            }
            let mut buffer = vec![0; 64 << 10];
            match self.stream.read(&mut buffer) {
                Ok(length @ 1..) => answer.extend_from_slice(&buffer[..length]),
                ended => {
                    assert!(
                        answer.is_empty(),
                        "an answer that is not whole ({ended:?}): {}",
                        String::from_utf8_lossy(&answer)
                    );
                    return None;
                }
            }
        }
    }
}

/// Status and body, once all of it is there.
fn read(answer: &[u8]) -> Option<(u16, String)> {
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
    let (_, length) = head
        .split_once("content-length: ")
        .expect("an answer with a length");
    let length: usize = length.split("\r\n").next().unwrap().parse().unwrap();
    let body = answer.get(end..end + length)?;
    Some((
        head[9..12].parse().unwrap(),
        String::from_utf8(body.to_vec()).unwrap(),
    ))
}
