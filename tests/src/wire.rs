//! HTTP as bytes on a socket: what no well-behaved client would send, and every answer that came of it.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One connection.
pub struct Wire {
    stream: TcpStream,
    read: Vec<u8>,
}

/// One answer as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

impl Wire {
    /// A connection to a port of this machine.
    pub async fn to(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("connection");
        stream.set_nodelay(true).expect("socket");
        Self {
            stream,
            read: Vec::new(),
        }
    }

    /// Sends bytes; false once the other side has hung up.
    pub async fn sends(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).await.is_ok()
    }

    /// Says that nothing more will be sent; what comes back is still read.
    pub async fn closes_its_half(&mut self) {
        drop(self.stream.shutdown().await);
    }

    /// Reads until the other side hangs up or is silent for that long; whether it hung up.
    pub async fn listens(&mut self, silence: Duration) -> bool {
        loop {
            match tokio::time::timeout(silence, self.stream.read_buf(&mut self.read)).await {
                Err(_) => return false,
                Ok(Ok(0) | Err(_)) => return true,
                Ok(Ok(_)) => {}
            }
        }
    }

    /// Reads until `count` answers are there; panics when they do not come.
    pub async fn hears(&mut self, count: usize) -> Vec<Answer> {
        for _ in 0..200 {
            if self.answers().len() >= count {
                return self.answers();
            }
            if self.listens(Duration::from_millis(50)).await {
                break;
            }
        }
        let answers = self.answers();
        assert!(answers.len() >= count, "{count} answers were expected: {answers:#?}");
        answers
    }

    /// The whole answers so far.
    pub fn answers(&self) -> Vec<Answer> {
        let mut rest = &self.read[..];
        let mut answers = Vec::new();
        while let Some((answer, after)) = one(rest) {
            answers.push(answer);
            rest = after;
        }
        answers
    }
}

fn one(bytes: &[u8]) -> Option<(Answer, &[u8])> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let status: u16 = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let rest = &bytes[end + 4..];
    let value = |name: &str| {
        headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    };
    let (body, rest) = if status < 200 || status == 204 || status == 304 {
        (Vec::new(), rest)
    } else if value("transfer-encoding").is_some_and(|how| how.contains("chunked")) {
        unchunked(rest)?
    } else {
        let length = value("content-length")
            .and_then(|length| length.parse().ok())
            .unwrap_or(rest.len());
        (rest.get(..length)?.to_vec(), rest.get(length..)?)
    };
    let body = String::from_utf8_lossy(&body).into_owned();
    Some((Answer { status, headers, body }, rest))
}

fn unchunked(mut rest: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut body = Vec::new();
    loop {
        let line = rest.windows(2).position(|two| two == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..line]).ok()?.trim(), 16).ok()?;
        rest = rest.get(line + 2..)?;
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size + 2..)?;
        if size == 0 {
            return Some((body, rest));
        }
    }
}
