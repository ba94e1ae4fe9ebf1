//! A service's own endpoint, for tests: what it hears, and what it answers.
#![expect(clippy::expect_used, reason = "tests")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// What a service's endpoint was sent.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    /// The request line and the headers.
    pub head: String,
    pub body: String,
}

impl Heard {
    /// A header of the request.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// A service's own HTTP endpoint on this machine: hears what it is sent, and answers as the test says. Status 0 hangs up; with 3xx
/// the text is where to go.
pub(crate) struct Ear {
    port: u16,
    heard: Arc<Mutex<Vec<Heard>>>,
    closing: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Ear {
    pub(crate) fn open(answer: impl Fn(&Heard) -> (u16, String) + Send + 'static) -> Ear {
        let socket = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = socket.local_addr().expect("an address").port();
        let (heard, closing) = (Arc::<Mutex<Vec<Heard>>>::default(), Arc::<AtomicBool>::default());
        let (list, end) = (Arc::clone(&heard), Arc::clone(&closing));
        let thread = std::thread::spawn(move || {
            while let Ok((stream, _)) = socket.accept() {
                if end.load(Ordering::SeqCst) {
                    break;
                }
                // Whoever hangs up early is not heard.
                let _lost = listen(stream, &list, &answer);
            }
        });
        Ear {
            port,
            heard,
            closing,
            thread: Some(thread),
        }
    }

    pub(crate) fn at(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Everything so far, oldest first.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().expect("what was heard").clone()
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::SeqCst);
        let _wakes = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

fn listen(
    mut stream: TcpStream,
    list: &Mutex<Vec<Heard>>,
    answer: &impl Fn(&Heard) -> (u16, String),
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? <= 2 {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().expect("a length");
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let heard = Heard {
        body: String::from_utf8(body).expect("text"),
        head,
    };
    let (status, text) = answer(&heard);
    list.lock().expect("what was heard").push(heard);
    if status == 0 {
        return Ok(());
    }
    let (location, text) = match status {
        300..=399 => (format!("Location: {text}\r\n"), String::new()),
        _ => (String::new(), text),
    };
    let head = format!(
        "HTTP/1.1 {status} \r\n{location}Content-Type: text/xml\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        text.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(text.as_bytes())
}
