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

/// What became of a body.
#[derive(Debug, Clone, Default)]
pub(super) struct Fate(Rc<State>);

#[derive(Debug, Default)]
struct State {
    begun: Cell<bool>,
    ended: Cell<bool>,
    cut: Cell<bool>,
}

impl Fate {
    /// It came too slowly.
    pub(super) fn is_cut(&self) -> bool {
        self.0.cut.get()
    }

    /// Nobody has seen its end: what comes next on the connection is the rest of it, not a request.
    pub(super) fn has_rest(&self) -> bool {
        self.0.begun.get() && !self.0.ended.get()
    }
}

/// Gives the body of `request` so long to arrive, from the moment that somebody waits for it.
pub(super) fn timed(request: &mut ServiceRequest, within: Duration) -> Fate {
    let fate = Fate::default();
    let payload = request.take_payload();
    if matches!(payload, Payload::None) {
        return fate;
    }
    fate.0.begun.set(true);
    let timed: BoxedPayloadStream = Box::pin(Timed {
        payload,
        within,
        end: None,
        fate: fate.clone(),
    });
    request.set_payload(Payload::Stream { payload: timed });
    fate
}

struct Timed {
    payload: Payload,
    within: Duration,
    end: Option<Pin<Box<Sleep>>>,
    fate: Fate,
}

impl Stream for Timed {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let timed = self.get_mut();
        if timed.fate.is_cut() {
            return Poll::Ready(None);
        }
        if let Poll::Ready(part) = Pin::new(&mut timed.payload).poll_next(cx) {
            timed.fate.0.ended.set(part.is_none());
            return Poll::Ready(part);
        }
        let within = timed.within;
        let end = timed.end.get_or_insert_with(|| Box::pin(sleep(within)));
        match end.as_mut().poll(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) => {
                timed.fate.0.cut.set(true);
                shed::note(Cause::BodySlow);
                let late = std::io::Error::from(std::io::ErrorKind::TimedOut);
                Poll::Ready(Some(Err(PayloadError::Io(late))))
            }
        }
    }
}
