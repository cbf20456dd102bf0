//! A real `redis-server` for one test, on a free port and in a folder of its own, gone with the test.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A running server. Dropped, it is stopped by its own process handle.
pub(crate) struct RedisServer {
    process: Child,
    port: u16,
    folder: tempfile::TempDir,
    options: Vec<String>,
}

impl RedisServer {
    /// Starts one and waits until it answers.
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// The same with further options, such as `["--maxmemory", "2mb"]`.
    pub(crate) async fn start_with(options: &[&str]) -> Self {
        // Another process may take a free port before the server does: then another port.
        for _ in 0..10 {
            if let Some(server) = Self::try_start(free_port(), options).await {
                return server;
            }
        }
        panic!("redis-server does not start; is it installed?");
    }

    /// The same on a port that is known to be free.
    pub(crate) async fn start_on(port: u16) -> Self {
        let started = Self::try_start(port, &[]).await;
        started.expect("redis-server starts on its port")
    }

    /// Starts a sentinel with this configuration, which it rewrites as it goes.
    pub(crate) async fn start_sentinel(configuration: &Path) -> Self {
        let file = configuration.to_str().expect("a folder with a plain name");
        Self::start_with(&[file, "--sentinel"]).await
    }

    async fn try_start(port: u16, options: &[&str]) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let options: Vec<String> = options.iter().map(ToString::to_string).collect();
        let mut server = Self {
            process: spawn(port, folder.path(), &options),
            port,
            folder,
            options,
        };
        server.answers().await.then_some(server)
    }

    /// Its port.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Its URL.
    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Runs a command, as `["CONFIG", "SET", "maxmemory", "1"]`, and returns the raw answer.
    pub(crate) async fn command(&self, words: &[&str]) -> String {
        command(self.port, words).await.expect("the server answers")
    }

    /// Stops the process where it is, as a machine that swaps does: connections stay, answers stop.
    pub(crate) fn freeze(&self) {
        self.signal("STOP");
    }

    /// Lets it go on.
    pub(crate) fn thaw(&self) {
        self.signal("CONT");
    }

    /// Ends it at once, as a crash does.
    pub(crate) fn kill(&mut self) {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it was a child");
    }

    /// Starts it again on the same port, empty.
    pub(crate) async fn restart(&mut self) {
        self.process = spawn(self.port, self.folder.path(), &self.options);
        assert!(self.answers().await, "redis-server does not start again");
    }

    fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .args([format!("-{name}"), self.process.id().to_string()])
            .status();
        assert!(status.is_ok_and(|status| status.success()), "kill -{name}");
    }

    async fn answers(&mut self) -> bool {
        for _ in 0..500 {
            if self.process.try_wait().is_ok_and(|ended| ended.is_some()) {
                return false;
            }
            // With a password set it refuses, which is an answer too.
            let ping = command(self.port, &["PING"]).await;
            if ping.is_ok_and(|answer| answer == "+PONG\r\n" || answer.starts_with("-NOAUTH")) {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        false
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // A stopped process dies of KILL as well. Errors mean that it is gone already.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

fn spawn(port: u16, folder: &Path, options: &[String]) -> Child {
    // A configuration file must come first.
    let (file, options) = match options {
        [file, options @ ..] if !file.starts_with("--") => (Some(file), options),
        options => (None, options),
    };
    Command::new("redis-server")
        .args(file)
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
        .args(["--save", "", "--appendonly", "no"])
        .args(options)
        .arg("--dir")
        .arg(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("redis-server can be run")
}

/// Speaks the protocol by hand, so that a test does not see the server through the code it tests.
async fn command(port: u16, words: &[&str]) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let mut request = format!("*{}\r\n", words.len());
    for word in words {
        request.extend([format!("${}\r\n{word}\r\n", word.len())]);
    }
    stream.write_all(request.as_bytes()).await?;
    let mut answer = vec![0; 64 << 10];
    let length = stream.read(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer[..length]).into_owned())
}
