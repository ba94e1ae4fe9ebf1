//! The doors: the public listener with every slice's routes, the management listener, reload and stop.

use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};

use super::listen::{Listening, ask_for_files, listen};
use super::shelf::{self, Shelf};
use super::{Health, House, OpenError, ensure_cas, ensure_keys, health, jobs};
use crate::certificates;
use crate::clock::Clock;
use crate::config::Settings;
use crate::credentials::activation::{By, Rules};
use crate::credentials::code_app;
use crate::ctx::Ctx;
use crate::delivery;
use crate::directory;
use crate::entropy::Entropy;
use crate::fault::Fault;
use crate::firstuse::{self, FirstUse};
use crate::help::{self, Help};
use crate::issuing;
use crate::issuing::online::Orders;
use crate::jobs::Runner;
use crate::letters::{LetterSender, Printer};
use crate::login::{self, Ceremony, Protocols, ResumeKind};
use crate::oidc::{self, Documents, Oidc};
use crate::outbox::Sender;
use crate::pid;
use crate::ra::{self, Desk};
use crate::registers::Registers;
use crate::saml::{self, BackChannel, Saml};
use crate::selfservice::{self, Own};
use crate::storage::Halt;
use crate::telemetry;
use crate::web::line::Seats;
use crate::web::{Document, Site, door, mount, nothing_here};

/// A house with its doors, ready to run. `main` and tests build it alike; port 0 takes a free one.
pub struct Application {
    house: House,
    public: Server,
    management: Server,
    addresses: (SocketAddr, SocketAddr),
    runner: Runner,
}

impl Application {
    /// Opens the house and binds both listeners. Must be called on an actix runtime.
    ///
    /// # Errors
    /// The first thing that stands in the way, with what the operator can do.
    pub fn build(settings: Settings, clock: Clock, rng: Entropy, migrate: bool) -> Result<Application, OpenError> {
        telemetry::start();
        crate::vault::install_crypto();
        // Whoever was first installed the same one.
        let _installed = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let house = House::open(settings, clock, rng, migrate)?;
        let ctx = Ctx::system(house.clock.now(), &house.rng);
        let name = house.settings.server.public_url.as_str().to_owned();
        ensure_keys(&house.store, &house.vault, &ctx, &name).map_err(stopped)?;
        ensure_cas(&house, &ctx).map_err(stopped)?;
        let site = Site::new(&house.settings, house.clock.clone(), house.rng.clone())?;
        let (slices, protocols, senders) = slices(&house)?;
        let ceremony = house.ceremony(protocols);
        let registers = Registers::open(&house.settings.registers, house.store.clone())?;
        let orders = house.orders(registers.clone(), activation_rules(&house));
        let (public, public_address) = public(&house, &site, &ceremony, &slices, (registers, orders.clone()))?;
        let (management, management_address) = management(&house, &ceremony)?;
        let runner = Runner::start(jobs::table(&house, senders, orders), &house.jobs);
        Ok(Application {
            house,
            public,
            management,
            addresses: (public_address, management_address),
            runner,
        })
    }

    /// Where the public listener is bound.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.addresses.0
    }

    /// Where the management listener is bound.
    #[must_use]
    pub fn management_address(&self) -> SocketAddr {
        self.addresses.1
    }

    /// A handle that stops the public listener from elsewhere (tests).
    #[must_use]
    pub fn handle(&self) -> ServerHandle {
        self.public.handle()
    }

    /// Serves until SIGTERM or SIGINT, then lets requests end, jobs too, and closes the store.
    ///
    /// # Errors
    /// When a listener fails.
    pub async fn run(self) -> Result<(), Fault> {
        let reload = tokio::spawn(reload_on_hangup(self.house.clone()));
        let management_handle = self.management.handle();
        let management = tokio::spawn(self.management);
        let served = self.public.await;
        reload.abort();
        self.runner.stop().await;
        management_handle.stop(true).await;
        let _ended = management.await;
        let store = self.house.store.clone();
        let _joined = tokio::task::spawn_blocking(move || store.close()).await;
        served.map_err(|e| Fault::new("the public listener failed", e))
    }
}

fn stopped(halt: Halt) -> OpenError {
    match halt.into_refusal() {
        Ok(refusal) => OpenError::Fault(Fault::bare(format!("the database refused: {}", refusal.code.as_str()))),
        Err(fault) => OpenError::Fault(fault),
    }
}

type Senders = Vec<Arc<dyn Sender>>;

/// The protocols that answer, and the senders of what the outbox holds.
fn slices(house: &House) -> Result<(Slices, Protocols, Senders), OpenError> {
    let (store, vault, parties) = (house.store.clone(), house.vault.clone(), house.parties.clone());
    let oidc = Oidc::new(store.clone(), vault.clone(), parties.clone(), &house.settings);
    let saml = Saml::new(&house.settings, store, vault, parties, house.clock.now())?;
    let protocols = Protocols::default()
        .with(ResumeKind::Oidc, Arc::new(oidc.clone()))
        .with(ResumeKind::Saml, Arc::new(saml.clone()))
        .with(
            ResumeKind::Own,
            Arc::new(Own::new(house.settings.server.public_url.clone())),
        );
    let mut senders: Senders = vec![
        Arc::new(oidc::LogoutSender::new(oidc.clone(), house.clock.clone())?),
        Arc::new(BackChannel::new(saml.clone(), house.clock.clone(), house.rng.clone())?),
    ];
    senders.extend(delivery::senders(&house.settings, &house.clock)?);
    let printer = Arc::new(Printer::new(&house.settings)?);
    let settings = &house.settings;
    let demo = settings.is_demo().then(|| settings.demo.dir.join("outbox"));
    let dir = settings.delivery.letters.clone().or(demo);
    senders.push(Arc::new(LetterSender::new(house.store.clone(), printer, dir)));
    let documents = Documents::new(&oidc);
    let metadata = saml::metadata_document(&saml);
    let slices = Slices {
        oidc,
        saml,
        documents,
        metadata,
    };
    Ok((slices, protocols, senders))
}

/// The protocols' own doors.
#[derive(Clone)]
struct Slices {
    oidc: Oidc,
    saml: Saml,
    documents: Documents,
    metadata: Document,
}

impl Slices {
    fn mount(&self, config: &mut web::ServiceConfig) {
        oidc::mount(config, &self.oidc, &self.documents);
        config.app_data(web::Data::new(self.saml.clone()));
        saml::mount(config, &self.metadata);
    }
}

/// How activation passwords are made, as the operator set it.
fn activation_rules(house: &House) -> Rules {
    let settings = &house.settings.activation;
    let by = if settings.text_message {
        By::TextMessage
    } else {
        By::Letter
    };
    Rules {
        life: settings.days.span(),
        by,
    }
}

fn public(
    house: &House,
    site: &Site,
    ceremony: &Ceremony,
    slices: &Slices,
    (registers, orders): (Registers, Orders),
) -> Result<(Server, SocketAddr), OpenError> {
    let slices = slices.clone();
    let shelf = Shelf::new([&slices.documents.all()[..], std::slice::from_ref(&slices.metadata)].concat());
    let help = Help::new(&house.settings.help, &house.settings.web);
    let (app_site, app_house, app_ceremony) = (site.clone(), house.clone(), ceremony.clone());
    let rules = activation_rules(house);
    let first_use = FirstUse {
        house: ceremony.clone(),
        rules,
    };
    let desk = Desk::new(
        house.store.clone(),
        house.parties.clone(),
        (registers.clone(), Arc::new(Printer::new(&house.settings)?)),
        rules,
        &house.settings,
    );
    let description = ra::http::document(site);
    let before = issuing::http::Told::of(&house.settings);
    let offers = selfservice::http::Offers::of(&house.settings);
    let server = &house.settings.server;
    ask_for_files(server);
    let app = move || {
        App::new()
            .app_data(web::Data::new(app_site.clone()))
            .app_data(web::Data::new(shelf.clone()))
            .app_data(web::Data::new(app_house.parties.clone()))
            .app_data(web::Data::new(app_ceremony.clone()))
            .app_data(web::Data::new(first_use.clone()))
            .app_data(web::Data::new(offers))
            .app_data(web::Data::new(before))
            .app_data(web::Data::new(orders.clone()))
            .app_data(web::Data::new(registers.clone()))
            .app_data(web::Data::new(app_house.code_apps()))
            .app_data(web::Data::new(app_house.pid_service()))
            .app_data(web::Data::new(app_house.certificates()))
            .wrap(from_fn(door))
            .wrap(from_fn(telemetry::observe))
            .wrap(from_fn(shelf::give))
            .configure(|config| mount(config, &app_site))
            .configure(login::http::mount)
            .configure(firstuse::http::mount)
            .configure(selfservice::http::mount)
            .configure(|config| help::http::mount(config, &help))
            .configure(directory::http::mount)
            .configure(issuing::http::mount)
            .configure(code_app::http::mount)
            .configure(|config| ra::http::mount(config, &desk, &description))
            .configure(pid::http::mount)
            .configure(certificates::http::mount)
            .configure(|config| slices.mount(config))
            .default_service(web::to(nothing_here))
    };
    let tls = match (&server.tls.certificate, &server.tls.key) {
        (Some(certificate), Some(key)) => Some(super::tls::config(certificate, key, &house.parties.current())?),
        _ => None,
    };
    let most = u32::try_from(server.connections_per_source).unwrap_or(u32::MAX);
    let listening = Listening {
        tls,
        seats: Arc::new(Seats::new(most, &server.trusted_proxies)),
        settings: Arc::clone(&house.settings),
    };
    let unbound = |e: std::io::Error| Fault::new(format!("server.listen: {} cannot be bound", server.listen), e);
    let socket = bound(server.listen).map_err(unbound)?;
    Ok(listen(&listening, socket, app).map_err(unbound)?)
}

/// A socket that may be bound again at once after a stop, with a long queue: what waits there costs us nothing.
fn bound(address: SocketAddr) -> std::io::Result<std::net::TcpListener> {
    use socket2::{Domain, Protocol, Socket, Type};
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(2_048)?;
    Ok(socket.into())
}

fn management(house: &House, ceremony: &Ceremony) -> Result<(Server, SocketAddr), OpenError> {
    let listen = house.settings.server.management_listen;
    let (app_house, work) = (house.clone(), ceremony.work.clone());
    let http = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::new(app_house.clone()))
            .app_data(web::Data::new(work.clone()))
            .configure(super::manage::mount)
    })
    .workers(1)
    .disable_signals()
    .bind(listen)
    .map_err(|e| Fault::new(format!("server.management_listen: {listen} cannot be bound"), e))?;
    let address = http.addrs().first().copied().unwrap_or(listen);
    Ok((http.run(), address))
}

/// SIGHUP reads the parties again, whole; a bad file keeps the old set and says so.
async fn reload_on_hangup(house: House) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut hangup) = signal(SignalKind::hangup()) else {
        return;
    };
    while hangup.recv().await.is_some() {
        match house.reload_parties() {
            Ok(count) => log::info!(parties = count; "the parties were read again"),
            Err(error) => {
                metrics::counter!("idp_reload_failures_total").increment(1);
                log::error!("the parties were not read again, the old ones stay: {error}");
            }
        }
    }
}

/// Whether the house can do its work now, for the management listener.
pub(super) async fn is_ready(house: &House) -> Health {
    health(house).await
}
