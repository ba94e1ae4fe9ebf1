//! The body of a request, with an end: a body that trickles is cut as a head is. Owns the time alone; how large a body may be is
//! said where it is read.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_http::BoxedPayloadStream;
use actix_web::HttpMessage;
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use futures_util::Stream;
use tokio::time::{Sleep, sleep};

use crate::shed::{self, Cause};

/// Whether the body was cut.
#[derive(Debug, Clone, Default)]
pub(super) struct Slow(Rc<Cell<bool>>);

impl Slow {
    pub(super) fn is_cut(&self) -> bool {
        self.0.get()
    }
}

/// Gives the body of `request` so long to arrive, from the moment that somebody waits for it.
pub(super) fn timed(request: &mut ServiceRequest, within: Duration) -> Slow {
    let slow = Slow::default();
    let payload = request.take_payload();
    if matches!(payload, Payload::None) {
        return slow;
    }
    let timed: BoxedPayloadStream = Box::pin(Timed {
        payload,
        within,
        end: None,
        slow: slow.clone(),
    });
    request.set_payload(Payload::Stream { payload: timed });
    slow
}

struct Timed {
    payload: Payload,
    within: Duration,
    end: Option<Pin<Box<Sleep>>>,
    slow: Slow,
}

impl Stream for Timed {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let timed = self.get_mut();
        if timed.slow.is_cut() {
            return Poll::Ready(None);
        }
        if let Poll::Ready(part) = Pin::new(&mut timed.payload).poll_next(cx) {
            return Poll::Ready(part);
        }
        let within = timed.within;
        let end = timed.end.get_or_insert_with(|| Box::pin(sleep(within)));
        match end.as_mut().poll(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) => {
                timed.slow.0.set(true);
                shed::note(Cause::BodySlow);
                let late = std::io::Error::from(std::io::ErrorKind::TimedOut);
                Poll::Ready(Some(Err(PayloadError::Io(late))))
            }
        }
    }
}
