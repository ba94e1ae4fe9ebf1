//! How the public listener takes connections: a seat for each, TLS within a time, every byte watched (`web::Line`), then the HTTP
//! library. It stands in the place of `actix_web::HttpServer`, which times the head of a connection's first request only and
//! lets nobody near the socket (decision 0064). Never knows a route.

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_http::body::{BoxBody, MessageBody};
use actix_http::{Extensions, HttpServiceBuilder, Protocol, Request, Response};
use actix_server::{GracefulShutdownSignal, ServerBuilder};
use actix_service::{
    IntoServiceFactory, Service, ServiceFactory, ServiceFactoryExt, apply_fn_factory, fn_service, map_config,
};
use actix_tls::accept::rustls_0_23::{Acceptor, TlsStream};
use actix_web::dev::{AppConfig, Server};
use actix_web::rt::net::TcpStream;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustls::ServerConfig;

use crate::config;
use crate::shed::{self, Cause};
use crate::web::OfConnection;
use crate::web::line::{Line, Patience, Seats, Traffic};

/// TLS handshakes of one worker at a time; more wait in the system's queue.
const HANDSHAKES: usize = 256;
/// Files and connections of our own beside those of the public listener.
const OWN_FILES: u64 = 256;
/// The library's own watch over a first request bites after ours, which counts what it cuts.
const GRACE: Duration = Duration::from_secs(1);
/// A connection that is being closed waits so long for the client to agree.
const PARTING: Duration = Duration::from_secs(2);

/// What the listener is to be like.
#[derive(Clone)]
pub(super) struct Listening {
    pub tls: Option<ServerConfig>,
    pub seats: Arc<Seats>,
    pub settings: Arc<config::Settings>,
}

impl Listening {
    fn server(&self) -> &config::Server {
        &self.settings.server
    }

    fn patience(&self) -> Patience {
        let server = self.server();
        Patience {
            head: server.request_seconds.duration(),
            head_bytes: server.head_limit_bytes,
            answer: server.answer_seconds.duration(),
            idle: server.keep_alive_seconds.duration(),
        }
    }

    /// A fresh connection: seated, its socket told how long to bear with a silent peer.
    fn receive(&self, io: TcpStream) -> io::Result<Line> {
        let peer = io.peer_addr().ok().map(|peer| peer.ip());
        let seat = self.seats.take(peer).ok_or(io::ErrorKind::ConnectionRefused)?;
        let socket = socket2::SockRef::from(&io);
        // What the kernel holds for a client that takes nothing is dropped, too; where it cannot be set, its own time applies.
        let _set = socket.set_tcp_user_timeout(Some(self.server().answer_seconds.duration()));
        let _set = io.set_nodelay(true);
        Ok(Line::new(io, seat, self.patience()))
    }

    fn http<T, S>(&self, stop: &GracefulShutdownSignal) -> HttpServiceBuilder<T, S>
    where
        S: ServiceFactory<Request, Config = ()>,
        S::Error: Into<Response<BoxBody>> + 'static,
        S::InitError: fmt::Debug,
        <S::Service as Service<Request>>::Future: 'static,
    {
        let (server, stop) = (self.server(), stop.clone());
        HttpServiceBuilder::default()
            .keep_alive(server.keep_alive_seconds.duration())
            // For whoever says nothing at all; who says something slowly is `Line`'s.
            .client_request_timeout(server.request_seconds.duration() + GRACE)
            .client_disconnect_timeout(PARTING)
            .graceful_shutdown_signal(move || {
                let stop = stop.clone();
                async move { stop.notified().await }
            })
    }
}

/// Serves `app` on a bound socket.
///
/// # Errors
/// When the socket cannot be used.
pub(super) fn listen<F, I, S, B>(what: &Listening, socket: TcpListener, app: F) -> io::Result<(Server, SocketAddr)>
where
    F: Fn() -> I + Send + Clone + 'static,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig> + 'static,
    S::Error: Into<actix_web::Error> + 'static,
    S::InitError: fmt::Debug,
    S::Response: Into<Response<B>> + 'static,
    <S::Service as Service<Request>>::Future: 'static,
    S::Service: 'static,
    B: MessageBody + 'static,
{
    let address = socket.local_addr()?;
    let server = what.server();
    actix_tls::accept::max_concurrent_tls_connect(HANDSHAKES);
    let mut builder = ServerBuilder::new()
        .max_concurrent_connections(server.connections)
        .shutdown_timeout(u64::from(server.stop_seconds.0));
    if server.workers != 0 {
        builder = builder.workers(server.workers);
    }
    let stop = builder.graceful_shutdown_signal();
    let secure = what.tls.is_some();
    let app = move || {
        let app = app().into_factory().map_err(|error| error.into().error_response());
        let app = map_config(app, move |()| {
            AppConfig::__priv_test_new(secure, "localhost".to_owned(), address)
        });
        // Around everything: whatever answers a request, the connection knows that it was a whole one.
        apply_fn_factory(app, |request: Request, app| {
            let under_way = request.conn_data::<Traffic>().map(Traffic::begins);
            let answer = app.call(request);
            async move {
                let answered = answer.await;
                drop(under_way);
                answered
            }
        })
    };
    let what = what.clone();
    let builder = match what.tls.clone() {
        Some(mut tls) => {
            tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
            builder.listen("public", socket, move || {
                let (here, within) = (what.clone(), what.server().tls.handshake_seconds.duration());
                let mut acceptor = Acceptor::new(tls.clone());
                acceptor.set_handshake_timeout(within);
                let http = what.http::<TlsStream<Line>, _>(&stop).on_connect_ext(know_encrypted);
                fn_service(move |io: TcpStream| std::future::ready(here.receive(io).map_err(|_| Parted)))
                    .and_then(acceptor.map_init_err(|_| ()).map_err(|_| {
                        shed::note(Cause::Handshake);
                        Parted
                    }))
                    .and_then(|io: TlsStream<Line>| {
                        let (line, session) = io.get_ref();
                        let peer = line.socket().peer_addr().ok();
                        let protocol = if session.alpn_protocol() == Some(b"h2") {
                            line.traffic().carries_many();
                            Protocol::Http2
                        } else {
                            Protocol::Http1
                        };
                        std::future::ready(Ok::<_, Parted>((io, protocol, peer)))
                    })
                    .and_then(http.finish(app()).map_err(|_| Parted))
            })?
        }
        None => builder.listen("public", socket, move || {
            let here = what.clone();
            let http = what.http::<Line, _>(&stop).on_connect_ext(know_plain);
            fn_service(move |io: TcpStream| {
                let line = here.receive(io).map_err(|_| Parted);
                std::future::ready(line.map(|line| {
                    line.traffic().is_plain();
                    let peer = line.socket().peer_addr().ok();
                    (line, Protocol::Http1, peer)
                }))
            })
            .and_then(http.finish(app()).map_err(|_| Parted))
        })?,
    };
    Ok((builder.run(), address))
}

/// A connection is over before its time; why was said where it was found.
#[derive(Debug)]
struct Parted;

fn know_plain(line: &Line, extensions: &mut Extensions) {
    extensions.insert(line.traffic().clone());
}

fn know_encrypted(io: &TlsStream<Line>, extensions: &mut Extensions) {
    let (line, session) = io.get_ref();
    extensions.insert(line.traffic().clone());
    let chain = session.peer_certificates();
    let shown = chain.and_then(|chain| OfConnection::new(chain.iter().map(|one| one.to_vec()).collect()));
    if let Some(shown) = shown {
        extensions.insert(shown);
    }
}

/// Asks the system for as many open files as the settings may need; where it allows fewer, says what that means.
pub(super) fn ask_for_files(server: &config::Server) {
    let workers = if server.workers == 0 {
        std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get)
    } else {
        server.workers
    };
    let connections = server.connections.saturating_mul(workers);
    let wanted = u64::try_from(connections).unwrap_or(u64::MAX).saturating_add(OWN_FILES);
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_none_or(|current| current >= wanted) {
        return;
    }
    let most = maximum.map_or(wanted, |maximum| maximum.min(wanted));
    let raised = setrlimit(
        Resource::Nofile,
        Rlimit {
            current: Some(most),
            maximum,
        },
    );
    if raised.is_err() || most < wanted {
        log::warn!(
            wanted, allowed = most;
            "server.connections needs more open files than the system allows: raise the limit (ulimit -n, LimitNOFILE) or lower the setting"
        );
    }
}
