//! Every page that people see, one after the other, in a real browser: of the identity provider and of the demo services.

use crate::browser::Page;
use crate::chromium::Chromium;
use crate::house::{House, Plan, Service};
use crate::listener::Listener;
use crate::people::Person;
use crate::post::heard;
use crate::postgres;
use crate::saml::Poster;

/// A house with all that the pages need.
pub struct Gallery {
    pub house: House,
    listener: Listener,
    poster: Poster,
}

/// PostgreSQL, because it lets us break something from outside; what comes in may be used at once.
fn plan() -> Plan {
    Plan::on(crate::Database::Postgres)
        .set("login.passkey.wait_minutes", 0)
        .set("order.checks_per_person", 20)
        .set("login.voice.wait_minutes", 0)
}

impl Gallery {
    pub async fn open() -> Self {
        let mut house = House::built(plan());
        let listener = Listener::open().await;
        let poster = Poster::register(&house, "arkiv", "oiosaml-3", &listener.at("acs"));
        house.seed();
        house.opens().await;
        Self {
            house,
            listener,
            poster,
        }
    }

    /// A number confirmed by the code that is read there.
    async fn confirms(&self, chromium: &Chromium, number: &str, look: &mut impl AsyncFnMut(&Chromium, &str)) {
        chromium.types_anew("phone", number).await;
        chromium.presses("submit").await;
        chromium.waits_for("#called").await;
        look(chromium, "own-voice-confirm").await;
        chromium.presses("submit").await;
        chromium.waits_for("[data-code='contact.code_required']").await;
        look(chromium, "own-voice-confirm-wrong").await;
        let rings = |call: &serde_json::Value| call["to"].as_str().is_some_and(|to| to.ends_with(number));
        let call = self.house.receives("calls", rings).await;
        chromium.types("code", &heard(&call)).await;
        chromium.presses("submit").await;
        chromium.waits_for("[role='status']").await;
        look(chromium, "own-voice-ordered").await;
    }

    /// Goes through all pages; at each one, `look` is told its name.
    pub async fn walk(&self, chromium: &Chromium, mut look: impl AsyncFnMut(&Chromium, &str)) {
        self.log_in(chromium, &mut look).await;
        self.refusals(chromium, &mut look).await;
        self.services(chromium, &mut look).await;
        self.own_pages(chromium, &mut look).await;
        self.passkeys(chromium, &mut look).await;
        self.first_use(chromium, &mut look).await;
        self.orders(chromium, &mut look).await;
        self.log_out(chromium, &mut look).await;
        self.fault(chromium, &mut look).await;
    }

    /// Bo opens his eID online.
    async fn orders(&self, chromium: &Chromium, look: &mut impl AsyncFnMut(&Chromium, &str)) {
        chromium.forgets().await;
        chromium.goes_to(&format!("{}/order", self.house.issuer())).await;
        look(chromium, "order-menu").await;
        chromium.presses("order-private").await;
        chromium.comes_to_step("details").await;
        look(chromium, "order-details").await;
        chromium.presses("submit").await;
        chromium.waits_for("[data-code='document.kind']").await;
        look(chromium, "order-details-wrong").await;
        let bo = self.person("bo");
        self.fills_in(chromium, &bo).await;
        look(chromium, "order-rules").await;
        chromium.presses("submit").await;
        chromium.waits_for("[data-code='own.confirm']").await;
        look(chromium, "order-rules-wrong").await;
        self.consents(chromium).await;
        chromium.comes_to_step("confirm").await;
        look(chromium, "order-confirm").await;
        chromium.presses("submit").await;
        chromium.comes_to_step("done").await;
        look(chromium, "order-done").await;
        chromium.goes_to(&format!("{}/extend", self.house.issuer())).await;
        self.fills_in(chromium, &bo).await;
        self.consents(chromium).await;
        chromium.answers_all(&bo).await;
        chromium.comes_to_step("choose").await;
        look(chromium, "extend-choose").await;
        chromium.presses("choice-another").await;
        chromium.presses("submit").await;
        chromium.comes_to_step("confirm").await;
        look(chromium, "extend-another").await;
        chromium.presses("back").await;
        chromium.comes_to_step("choose").await;
        chromium.presses("submit").await;
        chromium.comes_to_step("confirm").await;
        look(chromium, "extend-confirm").await;
    }

    async fn fills_in(&self, chromium: &Chromium, person: &Person) {
        chromium.comes_to_step("details").await;
        chromium
            .types("cpr", person.cpr.as_deref().expect("a CPR number"))
            .await;
        chromium.presses("document-driving-licence").await;
        let licence = person.documents.iter().find(|one| one.kind == "driving_licence");
        chromium
            .types("document_number", &licence.expect("a licence").number)
            .await;
        chromium.presses("submit").await;
        chromium.comes_to_step("rules").await;
    }

    async fn consents(&self, chromium: &Chromium) {
        for consent in ["cpr_lookup", "pid_link", "pid_reuse", "personal_data"] {
            chromium.presses(&format!("consent_{consent}")).await;
        }
        chromium.presses("submit").await;
    }

    fn person(&self, user_id: &str) -> Person {
        self.house.citizen(user_id).person
    }

    async fn begins(&self, chromium: &Chromium, service: &Service) {
        chromium.forgets().await;
        chromium.goes_to(&service.login()).await;
        chromium.comes_to_step("credentials").await;
    }

    async fn types(&self, chromium: &Chromium, person: &Person) {
        chromium
            .types("user_id", person.user_id.as_deref().expect("user-ID"))
            .await;
        chromium
            .types("password", person.password.as_deref().expect("password"))
            .await;
        chromium.presses("submit").await;
    }

    async fn log_in(&self, chromium: &Chromium, look: &mut impl AsyncFnMut(&Chromium, &str)) {
        chromium.goes_to(&format!("{}/", self.house.issuer())).await;
        look(chromium, "start").await;
        let borger = self.house.service("borger");
        self.begins(chromium, &borger).await;
        look(chromium, "credentials").await;
        chromium.presses("submit").await;
        chromium.waits_for("[data-code='login.user_id_required'], .wrong").await;
        look(chromium, "credentials-empty").await;
        let anna = self.person("anna");
        chromium.types("user_id", "anna").await;
        chromium.types("password", "not-her-password-1").await;
        chromium.presses("submit").await;
        chromium.waits_for("[data-code='login.failed']").await;
        look(chromium, "credentials-wrong").await;
        // Her user-ID stands there still.
        chromium
            .types("password", anna.password.as_deref().expect("password"))
            .await;
        chromium.presses("submit").await;
        chromium.comes_to_step("code").await;
        look(chromium, "code").await;
        let wrong = anna.wrong_code(&chromium.challenge().await);
        chromium.types("code", &wrong).await;
        chromium.presses("submit").await;
        chromium.waits_for("[data-code='code.wrong']").await;
        look(chromium, "code-wrong").await;
        chromium.answers_card(&anna).await;
        chromium.arrives_at(&borger.at("")).await;
        self.token(chromium, look).await;
        self.consent(chromium, look).await;

        // The page that sends itself on, as it is without script: shown by our listener.
        let mut citizen = self.house.citizen("karl");
        citizen.browser = citizen.browser.speaking(chromium.reader.language);
        let page = citizen.begins_at(&self.house.service("skat")).await;
        let page = citizen.types_password(&page).await;
        let code = citizen.person.code(&page.challenge()).to_owned();
        let page = citizen.browser.submit_once(&page, &[("code", &code)]).await;
        self.listener.shows(&self.without_script(&page));
        chromium.goes_to(&self.listener.at("")).await;
        chromium.comes_to_step("done").await;
        look(chromium, "done").await;
    }

    /// The shop asks for more than who somebody is.
    async fn consent(&self, chromium: &Chromium, look: &mut impl AsyncFnMut(&Chromium, &str)) {
        let shop = self.house.service("shop");
        self.begins(chromium, &shop).await;
        self.types(chromium, &self.person("anna")).await;
        chromium.comes_to_step("consent").await;
        look(chromium, "consent").await;
        chromium.presses("submit").await;
        chromium.waits_for("[data-code='consent.required']").await;
        look(chromium, "consent-none").await;
        chromium.presses("cancel").await;
        chromium.waits_for(".problem").await;
    }

    /// Gitte chooses her code token.
    async fn token(&self, chromium: &Chromium, look: &mut impl AsyncFnMut(&Chromium, &str)) {
        let borger = self.house.service("borger");
        self.begins(chromium, &borger).await;
        self.types(chromium, &self.person("gitte")).await;
        chromium.comes_to_step("code").await;
        look(chromium, "code-of-two").await;
        chromium.presses("other").await;
        chromium.comes_to_step("factor").await;
        look(chromium, "factor").await;
        chromium.presses("submit").await;
        chromium.waits_for("[data-code='factor.required']").await;
        look(chromium, "factor-none").await;
        chromium.presses("factor-token").await;
        chromium.presses("submit").await;
        chromium.waits_for("[data-factor='token']").await;
        look(chromium, "token").await;
        chromium.types("code", "12").await;
        chromium.presses("submit").await;
        chromium.waits_for("[data-code='token.format']").await;
        look(chromium, "token-format").await;
        chromium.presses("cancel").await;
        chromium.waits_for(".problem").await;
    }

    fn without_script(&self, page: &Page) -> String {
        let (before, rest) = page.body.split_once("<script").expect("a script");
        let after = rest.split_once("</script>").expect("a script").1;
        format!("{before}{after}").replace("href=\"/", &format!("href=\"{}/", self.house.issuer()))
    }

    /// As far as nothing is burnt, so that the next reader can do it again.
    async fn first_use(&self, chromium: &Chromium, look: &mut impl AsyncFnMut(&Chromium, &str)) {
        let ida = self.person("ida");
        chromium.forgets().await;
        chromium.goes_to(&format!("{}/activate", self.house.issuer())).await;
        look(chromium, "activate").await;
        chromium.presses("submit").await;
        chromium.waits_for("[data-code='activation.required']").await;
        look(chromium, "activate-empty").await;
        chromium.types("user_id", &ida.eid_number).await;
        let password = ida.activation_password.as_deref().expect("an activation password");
        chromium.types("activation_password", password).await;
        chromium.presses("submit").await;
        chromium.comes_to_step("terms").await;
        look(chromium, "terms").await;
        chromium.presses("submit").await;
        chromium.waits_for("[data-code='terms.required']").await;
        look(chromium, "terms-empty").await;
        chromium.presses("accept_terms").await;
        chromium.presses("submit").await;
        chromium.comes_to_step("choose").await;
        look(chromium, "choose").await;
        chromium.presses("submit").await;
        chromium.waits_for("[data-code='password.required']").await;
        look(chromium, "choose-empty").await;
        chromium
            .goes_to(&format!("{}/activate/order", self.house.issuer()))
            .await;
        chromium.comes_to_step("order").await;
        look(chromium, "order-activation").await;
        chromium.types("user_id", "nobody-at-all").await;
        chromium.types("card_number", "A000000000").await;
        chromium.presses("submit").await;
        chromium.comes_to_step("ordered").await;
        look(chromium, "activation-ordered").await;
    }

    async fn refusals(&self, chromium: &Chromium, look: &mut impl AsyncFnMut(&Chromium, &str)) {
        for (who, at, code) in [
            ("bo", "borger", "OCES001"),
            ("dines", "skat", "OCES004"),
            ("anna", "netbank-b", "AUTH003"),
        ] {
            self.begins(chromium, &self.house.service(at)).await;
            self.types(chromium, &self.person(who)).await;
            chromium.waits_for(&format!("[data-code='{code}']")).await;
            look(chromium, code).await;
        }
        chromium.presses("cancel").await;
        chromium.waits_for(".problem").await;
        look(chromium, "service-refused").await;
        for (path, name) in [
            ("/nowhere", "no-such-page"),
            (
                "/oidc/authorize?client_id=nobody&response_type=code",
                "refused-unknown-party",
            ),
        ] {
            chromium.goes_to(&format!("{}{path}", self.house.issuer())).await;
            chromium.comes_to_step("error").await;
            look(chromium, name).await;
        }
    }

    async fn services(&self, chromium: &Chromium, look: &mut impl AsyncFnMut(&Chromium, &str)) {
        let (skat, borger, netbank) = (
            self.house.service("skat"),
            self.house.service("borger"),
            self.house.service("netbank"),
        );
        let anna = self.person("anna");
        chromium.forgets().await;
        for (page, name) in [
            (format!("{}/", skat.origin), "service-list"),
            (format!("{}/nowhere/at/all", skat.origin), "service-no-such-page"),
            (format!("{}/borger", borger.origin), "service-home"),
            (skat.with("binding=post").login(), "service-hand-over"),
        ] {
            chromium.goes_to(&page).await;
            look(chromium, name).await;
        }
        chromium.presses("submit").await;
        chromium.answers_all(&anna).await;
        chromium.arrives_at(&skat.at("")).await;
        chromium.goes_to(&skat.at("me")).await;
        look(chromium, "service-me-saml").await;
        chromium.goes_to(&borger.login()).await;
        chromium.arrives_at(&borger.at("")).await;
        chromium.goes_to(&borger.at("me")).await;
        look(chromium, "service-me-oidc").await;
        chromium.goes_to(&format!("{}/borger", borger.origin)).await;
        look(chromium, "service-home-logged-in").await;

        self.begins(chromium, &netbank.with("level=low&then=account")).await;
        self.types(chromium, &anna).await;
        chromium.arrives_at(&netbank.at("account")).await;
        look(chromium, "bank-account").await;
        chromium.goes_to(&netbank.at("transfers")).await;
        look(chromium, "bank-transfers-closed").await;
        chromium.presses("step-up").await;
        chromium.answers_all(&anna).await;
        chromium.arrives_at(&netbank.at("transfers")).await;
        look(chromium, "bank-transfers-open").await;
    }

    async fn log_out(&self, chromium: &Chromium, look: &mut impl AsyncFnMut(&Chromium, &str)) {
        let (skat, borger) = (self.house.service("skat"), self.house.service("borger"));
        let anna = self.person("anna");
        chromium.forgets().await;
        chromium.logs_in(&anna, &borger).await;
        let discovery = self.house.document("/.well-known/openid-configuration").await;
        let leave = discovery["end_session_endpoint"]
            .as_str()
            .expect("end_session_endpoint");
        chromium.goes_to(leave).await;
        chromium.waits_for("#submit").await;
        look(chromium, "log-out-asked").await;
        chromium.presses("submit").await;
        chromium.waits_for(".note.good").await;
        look(chromium, "logged-out").await;

        chromium.forgets().await;
        chromium.logs_in(&anna, &skat).await;
        self.listener.shows(&self.poster.page(&self.house).await);
        chromium.goes_to(&self.listener.at("")).await;
        chromium.presses("submit").await;
        chromium.arrives_at(&self.listener.at("acs")).await;
        chromium.goes_to(&skat.at("logout")).await;
        chromium.waits_for("#unreached").await;
        look(chromium, "logged-out-but-for-some").await;
        chromium.presses("back").await;
        chromium.arrives_at(&skat.at("logged-out")).await;
        look(chromium, "service-logged-out-partly").await;
    }

    /// Help, self-service, blocking.
    async fn own_pages(&self, chromium: &Chromium, look: &mut impl AsyncFnMut(&Chromium, &str)) {
        let at = |path: &str| format!("{}{path}", self.house.issuer());
        chromium.forgets().await;
        for (path, name) in [
            ("/help", "help"),
            ("/help/lost-card", "help-lost-card"),
            ("/help/lost-device", "help-lost-device"),
            ("/help/contact", "help-contact"),
            ("/help/without-eid", "help-without-eid"),
            ("/order/before", "order-before"),
            ("/services", "directory"),
            ("/services?q=zebra", "directory-none"),
            ("/block", "block"),
        ] {
            chromium.goes_to(&at(path)).await;
            look(chromium, name).await;
        }
        chromium.goes_to(&at("/self-service")).await;
        chromium.answers_all(&self.person("clara")).await;
        chromium.waits_for("#eid-number").await;
        for (path, name) in [
            ("", "own-overview"),
            ("/history", "own-history"),
            ("/sessions", "own-sessions"),
            ("/password", "own-password"),
            ("/user-id", "own-user-id"),
            ("/cards", "own-cards"),
            ("/tokens", "own-tokens"),
            ("/apps", "own-apps"),
            ("/apps/add", "own-app-add"),
            ("/consents", "own-consents"),
            ("/public", "own-public"),
            ("/contact", "own-contact"),
            ("/data", "own-data"),
            ("/close", "own-close"),
            ("/logout", "own-logout"),
        ] {
            chromium.goes_to(&at(&format!("/self-service{path}"))).await;
            look(chromium, name).await;
        }
        for (path, name) in [
            ("/self-service/password", "own-password-wrong"),
            ("/self-service/user-id", "own-user-id-wrong"),
            ("/self-service/tokens", "own-tokens-wrong"),
            ("/self-service/apps/add", "own-app-add-wrong"),
            ("/self-service/close", "own-close-wrong"),
        ] {
            chromium.goes_to(&at(path)).await;
            chromium.presses("submit").await;
            chromium.waits_for(".wrong").await;
            look(chromium, name).await;
        }
        for (path, name) in [
            ("/block/card", "block-card"),
            ("/block/passkey", "block-passkey"),
            ("/block/voice", "block-voice"),
            ("/block/eid", "block-eid"),
        ] {
            chromium.goes_to(&at(path)).await;
            look(chromium, name).await;
        }
        chromium.goes_to(&at("/self-service/contact")).await;
        chromium.types_anew("email", "clara.new@example.dk").await;
        chromium.presses("submit").await;
        chromium.waits_for("#email_code").await;
        look(chromium, "own-contact-confirm").await;
        chromium.presses("submit").await;
        chromium.waits_for("[data-code='contact.code_required']").await;
        look(chromium, "own-contact-confirm-wrong").await;
        chromium.goes_to(&at("/self-service/apps/add")).await;
        chromium.approves_with_card(&self.person("clara")).await;
        chromium.waits_for("#handed-over").await;
        look(chromium, "own-app-handover").await;
        self.certificate(chromium, look).await;
        self.own_factors(chromium, look).await;
        // One person for each language: what is blocked stays so.
        let person = self.person(if chromium.reader.language == "da" {
            "erik"
        } else {
            "hanne"
        });
        chromium.forgets().await;
        chromium.goes_to(&at("/block/password")).await;
        self.types(chromium, &person).await;
        chromium.comes_to_step("confirm").await;
        chromium.presses("submit").await;
        chromium.waits_for("[data-receipt]").await;
        look(chromium, "blocked").await;
    }

    /// Bo adds a passkey, logs in with it, and thinks of doing without the rest.
    async fn passkeys(&self, chromium: &Chromium, look: &mut impl AsyncFnMut(&Chromium, &str)) {
        let at = |path: &str| format!("{}/self-service/{path}", self.house.issuer());
        let (bo, netbank) = (
            self.person("bo"),
            self.house.service("netbank").with("level=substantial"),
        );
        let key = chromium.plugs_in_a_key().await;
        chromium.forgets().await;
        chromium.goes_to(&at("passkeys")).await;
        chromium.answers_all(&bo).await;
        chromium.waits_for("#passkeys").await;
        look(chromium, "own-passkeys").await;
        chromium.goes_to(&at("passkeys/add")).await;
        chromium.waits_for("#name").await;
        look(chromium, "own-passkey-add").await;
        chromium.presses("submit").await;
        chromium.waits_for("[data-code='passkey.name']").await;
        look(chromium, "own-passkey-add-wrong").await;
        chromium.types("name", "Blå nøgle").await;
        chromium.presses("submit").await;
        chromium.waits_for("[role='status']").await;
        look(chromium, "own-passkey-added").await;
        let link = chromium.waits_for("#passkeys li:last-child a").await;
        link.click().await.expect("a link");
        chromium.waits_for("#block").await;
        look(chromium, "own-passkey").await;

        chromium.goes_to(&at("voice")).await;
        look(chromium, "own-voice").await;
        chromium.presses("submit").await;
        chromium.waits_for("[data-code='voice.number']").await;
        look(chromium, "own-voice-wrong").await;
        let number = if chromium.reader.language == "da" {
            "80307050"
        } else {
            "80307051"
        };
        self.confirms(chromium, number, look).await;

        self.begins(chromium, &netbank).await;
        self.types(chromium, &bo).await;
        chromium.comes_to_step("code").await;
        chromium.presses("other").await;
        chromium.presses("factor-voice").await;
        chromium.presses("submit").await;
        chromium.waits_for("[data-factor='voice']").await;
        look(chromium, "voice").await;
        chromium.types("code", "12").await;
        chromium.presses("submit").await;
        chromium.waits_for("[data-code='code.format']").await;
        look(chromium, "voice-format").await;
        chromium.presses("other").await;
        chromium.presses("factor-passkey").await;
        chromium.presses("submit").await;
        chromium.comes_to_step("passkey").await;
        look(chromium, "passkey").await;
        chromium.key_knows_its_holder(&key, false).await;
        chromium.presses("submit").await;
        chromium.waits_for("#passkey-failed:not([hidden])").await;
        look(chromium, "passkey-failed").await;
        chromium.key_knows_its_holder(&key, true).await;
        chromium.presses("submit").await;
        chromium.arrives_at(&netbank.at("")).await;

        chromium.forgets().await;
        chromium.goes_to(&at("passkeys/alone")).await;
        chromium.comes_to_step("credentials").await;
        self.types(chromium, &bo).await;
        chromium.comes_to_step("passkey").await;
        chromium.presses("submit").await;
        chromium.waits_for("#others").await;
        look(chromium, "own-passkeys-alone").await;
        chromium.presses("submit").await;
        chromium.waits_for("[data-code='own.confirm']").await;
        look(chromium, "own-passkeys-alone-wrong").await;
    }

    /// Of a certificate, a renewal that is refused, and one who has none any more.
    async fn certificate(&self, chromium: &Chromium, look: &mut impl AsyncFnMut(&Chromium, &str)) {
        let at = |path: &str| format!("{}{path}", self.house.issuer());
        for (who, name) in [("clara", "own-certificate"), ("jens", "own-certificate-revoked")] {
            chromium.forgets().await;
            chromium.goes_to(&at("/self-service/certificate")).await;
            chromium.answers_all(&self.person(who)).await;
            chromium.waits_for("h1").await;
            look(chromium, name).await;
            if who == "clara" {
                chromium.presses("renew").await;
                chromium.waits_for("[data-code='certificate.nothing_new']").await;
                look(chromium, "own-certificate-nothing-new").await;
                chromium.goes_to(&at("/block/certificate")).await;
                look(chromium, "block-certificate").await;
            }
        }
    }

    /// Of those who hold more than a card.
    async fn own_factors(&self, chromium: &Chromium, look: &mut impl AsyncFnMut(&Chromium, &str)) {
        let at = |path: &str| format!("{}{path}", self.house.issuer());
        for (who, pages) in [
            (
                "gitte",
                [
                    ("/self-service/tokens", "own-token"),
                    ("/self-service/tokens/block", "own-token-block"),
                    ("/block/token", "block-token"),
                ],
            ),
            (
                "hanne",
                [
                    ("/self-service/apps", "own-apps-of-hanne"),
                    ("/self-service/history", "own-history-of-hanne"),
                    ("/block/app", "block-app"),
                ],
            ),
        ] {
            chromium.forgets().await;
            chromium.goes_to(&at("/self-service")).await;
            chromium.answers_all(&self.person(who)).await;
            chromium.waits_for("#eid-number").await;
            for (path, name) in pages {
                chromium.goes_to(&at(path)).await;
                look(chromium, name).await;
            }
        }
        chromium.goes_to(&at("/self-service/apps")).await;
        chromium
            .waits_for("#apps a")
            .await
            .click()
            .await
            .unwrap_or_else(|error| panic!("the link: {error}"));
        chromium.waits_for("input[name='name']").await;
        look(chromium, "own-app-name").await;
    }

    /// Something that nobody foresaw; put right again afterwards.
    async fn fault(&self, chromium: &Chromium, look: &mut impl AsyncFnMut(&Chromium, &str)) {
        let name = self.house.on_postgres().expect("a database of the shared server");
        self.begins(chromium, &self.house.service("borger")).await;
        postgres::shared().ask(name, "alter table aliases rename to mislaid");
        self.types(chromium, &self.person("anna")).await;
        chromium.waits_for("[data-code='fault']").await;
        look(chromium, "fault").await;
        postgres::shared().ask(name, "alter table mislaid rename to aliases");
    }
}
