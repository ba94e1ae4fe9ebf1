//! The bytes of one connection, watched. What is cut is cut by an error to the HTTP library, which then drops the connection;
//! over plain HTTP/1 the client is told first.

use std::cell::Cell;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_rt::net::{ActixStream, Ready, TcpStream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::Seat;
use super::watch::{End, Patience, Size, Watch};
use crate::shed::{self, Cause};

/// What door and connection tell each other: which requests are under way.
#[derive(Debug, Clone, Default)]
pub struct Traffic(Rc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    under_way: Cell<u32>,
    begun: Cell<u64>,
    rest: Cell<bool>,
    many: Cell<bool>,
    plain: Cell<bool>,
}

/// A request under way; over when it is dropped.
#[derive(Debug)]
pub struct UnderWay(Traffic);

impl Traffic {
    /// A whole head has arrived.
    #[must_use]
    pub fn begins(&self) -> UnderWay {
        self.0.rest.set(false);
        self.0.begun.set(self.0.begun.get().wrapping_add(1));
        self.0.under_way.set(self.0.under_way.get().saturating_add(1));
        UnderWay(self.clone())
    }

    /// How many requests are under way.
    #[must_use]
    pub fn under_way(&self) -> u32 {
        self.0.under_way.get()
    }

    /// A request was answered before the end of its body: until the next one begins, what comes is the rest of it.
    pub fn leaves_a_rest(&self) {
        self.0.rest.set(true);
    }

    /// The connection speaks HTTP/2: many requests at once, and frames between them.
    pub fn carries_many(&self) {
        self.0.many.set(true);
    }

    /// The connection is not encrypted: a last word would be understood.
    pub fn is_plain(&self) {
        self.0.plain.set(true);
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let counts = &self.0.0;
        counts.under_way.set(counts.under_way.get().saturating_sub(1));
    }
}

/// A watched connection.
#[derive(Debug)]
pub struct Line {
    io: TcpStream,
    traffic: Traffic,
    seen: u64,
    watch: Watch,
    patience: Patience,
    timer: Option<Pin<Box<Sleep>>>,
    cut: bool,
    _seat: Seat,
}

impl Line {
    /// Watches `io` from now on.
    #[must_use]
    pub fn new(io: TcpStream, seat: Seat, patience: Patience) -> Self {
        Self {
            io,
            traffic: Traffic::default(),
            seen: 0,
            watch: Watch::new(Instant::now()),
            patience,
            timer: None,
            cut: false,
            _seat: seat,
        }
    }

    /// What door and connection share.
    #[must_use]
    pub fn traffic(&self) -> &Traffic {
        &self.traffic
    }

    /// The socket below.
    #[must_use]
    pub fn socket(&self) -> &TcpStream {
        &self.io
    }

    fn is_under_way(&mut self) -> bool {
        let begun = self.traffic.0.begun.get();
        if self.seen != begun {
            self.seen = begun;
            self.watch.request_began();
        }
        let under_way = self.traffic.under_way() > 0;
        if under_way {
            self.watch.busy(Instant::now());
        }
        under_way
    }

    /// Ready once a limit is reached.
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        let under_way = self.is_under_way();
        let Some((at, end)) = self.watch.due(&self.patience, under_way, self.traffic.0.many.get()) else {
            return Poll::Pending;
        };
        if at <= Instant::now() {
            return Poll::Ready(end);
        }
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(at)));
        // A timer that is set too early only looks once more.
        if timer.deadline() > at || timer.is_elapsed() {
            timer.as_mut().reset(at);
        }
        match timer.as_mut().poll(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) => {
                timer.as_mut().reset(at);
                timer.as_mut().poll(cx).map(|()| end)
            }
        }
    }

    fn end(&mut self, end: End, cx: &mut Context<'_>) -> io::Error {
        let cause = match end {
            End::Idle => return io::ErrorKind::ConnectionAborted.into(),
            End::Cut(Cause::HeadSlow) if self.traffic.0.rest.get() => Cause::BodySlow,
            End::Cut(cause) => cause,
        };
        if !self.cut {
            self.cut = true;
            shed::note(cause);
            self.last_word(cause, cx);
        }
        io::ErrorKind::TimedOut.into()
    }

    /// Tried once: who does not take it hears nothing.
    fn last_word(&mut self, cause: Cause, cx: &mut Context<'_>) {
        let word: &[u8] = match cause {
            Cause::HeadSlow => b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
            Cause::HeadLarge => {
                b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
            }
            _ => return,
        };
        if self.traffic.0.plain.get() && !self.traffic.0.many.get() {
            let _tried = Pin::new(&mut self.io).poll_write(cx, word);
            let _tried = Pin::new(&mut self.io).poll_shutdown(cx);
        }
    }

    fn wrote(&mut self, written: Poll<io::Result<usize>>, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if written.is_pending() {
            self.watch.stalled(Instant::now());
            if let Poll::Ready(end) = self.poll_end(cx) {
                return Poll::Ready(Err(self.end(end, cx)));
            }
        }
        written
    }
}

impl AsyncRead for Line {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let line = self.get_mut();
        let before = buf.filled().len();
        match Pin::new(&mut line.io).poll_read(cx, buf) {
            Poll::Ready(Ok(())) => {
                let under_way = line.is_under_way();
                line.watch
                    .received(buf.filled().len().saturating_sub(before), under_way, Instant::now());
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                line.is_under_way();
                // Frames of HTTP/2 are the library's to bound, and a rest is thrown away as it comes.
                if !line.traffic.0.many.get() && !line.traffic.0.rest.get() {
                    match line.watch.drained(line.patience.head_bytes) {
                        Size::Fits => {}
                        Size::LookAgain => cx.waker().wake_by_ref(),
                        Size::TooLarge => return Poll::Ready(Err(line.end(End::Cut(Cause::HeadLarge), cx))),
                    }
                }
                line.poll_end(cx).map(|end| Err(line.end(end, cx)))
            }
        }
    }
}

impl AsyncWrite for Line {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let line = self.get_mut();
        let written = Pin::new(&mut line.io).poll_write(cx, buf);
        line.wrote(written, cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let line = self.get_mut();
        let written = Pin::new(&mut line.io).poll_write_vectored(cx, bufs);
        line.wrote(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    /// Asked for when everything before was accepted: nothing is stalled.
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let line = self.get_mut();
        line.watch.taken();
        Pin::new(&mut line.io).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_shutdown(cx)
    }
}

impl ActixStream for Line {
    fn poll_read_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        ActixStream::poll_read_ready(&self.io, cx)
    }

    fn poll_write_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        ActixStream::poll_write_ready(&self.io, cx)
    }
}
