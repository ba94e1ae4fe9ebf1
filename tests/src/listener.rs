//! A page of our own on 127.0.0.1, and an ear for what browsers post there: a relying party without a program.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

type Fields = Vec<(String, String)>;

/// Ends with the test's runtime.
#[derive(Clone)]
pub struct Listener {
    port: u16,
    page: Arc<Mutex<String>>,
    posted: Arc<Mutex<Vec<(String, Fields)>>>,
}

impl Listener {
    pub async fn open() -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.expect("socket");
        let port = socket.local_addr().expect("address").port();
        let listener = Self {
            port,
            page: Arc::default(),
            posted: Arc::default(),
        };
        let ear = listener.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = socket.accept().await {
                let ear = ear.clone();
                tokio::spawn(async move { ear.answer(stream).await });
            }
        });
        listener
    }

    pub fn at(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    /// What a GET of any path shows from now on.
    pub fn shows(&self, html: &str) {
        html.clone_into(&mut self.page.lock().expect("page"));
    }

    /// Everything that was posted to the path so far.
    pub fn heard(&self, path: &str) -> Vec<Fields> {
        let posted = self.posted.lock().expect("posted");
        posted
            .iter()
            .filter(|(to, _)| to == path)
            .map(|(_, fields)| fields.clone())
            .collect()
    }

    /// Waits for a post to the path; its fields. `None` when none came in time.
    pub async fn hears(&self, path: &str, patience: Duration) -> Option<Fields> {
        let begun = Instant::now();
        while begun.elapsed() < patience {
            let mut posted = self.posted.lock().expect("posted").clone();
            posted.retain(|(to, _)| to == path);
            if let Some((_, fields)) = posted.pop() {
                return Some(fields);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        None
    }

    async fn answer(&self, mut stream: TcpStream) -> Option<()> {
        let mut bytes = Vec::new();
        let head = loop {
            if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            if stream.read_buf(&mut bytes).await.ok()? == 0 {
                return None;
            }
        };
        let text = String::from_utf8_lossy(&bytes[..head]).into_owned();
        let length = text.lines().find_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("content-length:")?
                .trim()
                .parse()
                .ok()
        });
        while bytes.len() < head + length.unwrap_or(0) {
            if stream.read_buf(&mut bytes).await.ok()? == 0 {
                return None;
            }
        }
        let mut words = text.split(' ');
        let body = match words.next()? {
            "POST" => {
                let path = words.next()?.trim_start_matches('/').to_owned();
                let fields = url::form_urlencoded::parse(&bytes[head..]).into_owned().collect();
                self.posted.lock().expect("posted").push((path, fields));
                "<p>heard</p>".to_owned()
            }
            _ => self.page.lock().expect("page").clone(),
        };
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.ok()?;
        stream.write_all(body.as_bytes()).await.ok()
    }
}
