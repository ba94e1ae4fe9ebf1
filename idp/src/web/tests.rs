//! Every page in every language, as a browser and a screen reader get it.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use actix_web::{
    App, HttpResponse,
    body::to_bytes,
    http::{StatusCode, header},
    middleware::from_fn,
    test, web,
};

use super::{
    pages::{
        Activate, Activated, ActivationOrdered, AppPage, Asks, CardLater, Choose, CodePage, ConfirmLogout, Credentials,
        Done, FactorPage, FaultPage, FirstCode, LoggedOut, Notice, OrderActivation, PasskeyPage, Refused, Start, Terms,
        VoicePage, Wait,
    },
    *,
};
use crate::{
    clock::Clock,
    config::Settings,
    domain::{
        factor::Factors,
        locale::Locale,
        refusal::{Code, Refusal},
        time::Time,
    },
    entropy::Entropy,
    fault::Fault,
};

fn site(change: impl FnOnce(&mut Settings)) -> Site {
    let mut settings = Settings::default();
    settings.demo.enabled = true;
    settings.web.support_phone = Some("+45 12 34 56 78".into());
    change(&mut settings);
    Site::new(
        &settings,
        Clock::fixed(Time::from_secs(1_795_354_200)),
        Entropy::seeded(1),
    )
    .unwrap()
}

fn visit(locale: Locale) -> Visit {
    visit_of(&site(|_| {}), locale)
}

fn visit_of(site: &Site, locale: Locale) -> Visit {
    let request = test::TestRequest::get()
        .uri(&format!("/login/0190?lang={}", locale.as_str()))
        .insert_header(("user-agent", "Mozilla/5.0"))
        .to_srv_request();
    Visit::new(site, &request)
}

/// One page with its response.
struct Sample {
    name: String,
    response: HttpResponse,
}

/// Every page there is, with everything it can show.
fn samples(visit: &Visit) -> Vec<Sample> {
    let token = || "csrf-token".to_owned();
    let to = || vec!["https://skat.example/saml/acs".to_owned()];
    let asks = |party: &str, wrong: &[Refusal]| Asks::new(visit, token(), party, wrong, to());
    let hostile = "<script>alert('x')</script>";
    let both = [
        Refusal::new(Code::UserIdRequired).at("user_id"),
        Refusal::new(Code::PasswordRequired).at("password"),
    ];
    let wrong = [Refusal::new(Code::CodeWrong).at("code").left(4)];
    let pair = || Some(("0063".to_owned(), "A123456789".to_owned()));
    let since = Some(Time::from_secs(1_795_000_000));
    let fields = vec![
        ("SAMLResponse".to_owned(), "PD94".to_owned()),
        ("RelayState".to_owned(), hostile.to_owned()),
    ];
    let names = vec!["Netbank".to_owned(), hostile.to_owned()];
    let mut samples = Vec::new();
    let mut add = |name: &str, response| {
        samples.push(Sample {
            name: name.to_owned(),
            response,
        })
    };
    let ok = StatusCode::OK;
    add(
        "credentials",
        respond::page(visit, ok, &Credentials::new(visit, asks("Borger", &[]), "")),
    );
    add(
        "credentials-errors",
        respond::page(visit, ok, &Credentials::new(visit, asks(hostile, &both), hostile)),
    );
    add(
        "code",
        respond::page(visit, ok, &CodePage::new(visit, asks("Borger", &[]), pair())),
    );
    let tried = |asks: Asks| asks.with_failed_tries(visit, 3, since);
    let others = |asks: Asks| asks.with_another(true);
    let failed = CodePage::new(visit, others(tried(asks(hostile, &wrong))), pair());
    add("code-errors", respond::page(visit, ok, &failed));
    let shown = CodePage::new(visit, others(asks("Borger", &[])), None);
    add("code-token", respond::page(visit, ok, &shown));
    let wrong = [Refusal::new(Code::TokenWrong).at("code").left(1)];
    let shown = CodePage::new(visit, tried(asks(hostile, &wrong)), None);
    add("code-token-errors", respond::page(visit, ok, &shown));
    let app = AppPage::new(visit, others(asks("Borger", &[])), "42".into());
    add("app", respond::page(visit, ok, &app));
    let waits = [Refusal::new(Code::AppWaiting)];
    let app = AppPage::new(visit, tried(asks(hostile, &waits)), "42".into());
    add("app-waiting", respond::page(visit, ok, &app));
    let options = || format!("{{\"rpId\":\"{hostile}\"}}");
    let passkey = PasskeyPage::new(visit, others(asks("Borger", &[])), options());
    add("passkey", respond::page(visit, ok, &passkey));
    let wrong = [Refusal::new(Code::PasskeyRequired)];
    let passkey = PasskeyPage::new(visit, tried(asks(hostile, &wrong)), options());
    add("passkey-errors", respond::page(visit, ok, &passkey));
    let voice = VoicePage::new(visit, others(asks("Borger", &[])), "07");
    add("voice", respond::page(visit, ok, &voice));
    let wrong = [Refusal::new(Code::VoiceWrong).at("code").left(2)];
    let voice = VoicePage::new(visit, tried(asks(hostile, &wrong)), "07");
    add("voice-errors", respond::page(visit, ok, &voice));
    let all = Factors::all();
    let choice = FactorPage::new(visit, asks("Borger", &[]), all);
    add("factor", respond::page(visit, ok, &choice));
    let wrong = [Refusal::new(Code::FactorRequired).at("factor")];
    let choice = FactorPage::new(visit, tried(asks(hostile, &wrong)), all);
    add("factor-errors", respond::page(visit, ok, &choice));
    for (name, code, seconds) in [
        ("wait", Code::LoginWait, Some(40)),
        ("wait-full", Code::LoginFull, None),
    ] {
        let page = Wait::new(visit, token(), &Refusal::new(code), seconds, 10, to());
        add(name, respond::page(visit, StatusCode::SERVICE_UNAVAILABLE, &page));
    }
    let at = |field: &'static str| Refusal::new(Code::ActivationFailed).at(field);
    let all_at = |names: &[&'static str]| names.iter().map(|name| at(name)).collect::<Vec<_>>();
    for (name, typed, wrong) in [("", "", false), ("-errors", hostile, true)] {
        let mut add = |page: &str, response| add(&format!("{page}{name}"), response);
        let errors = |names: &[&'static str]| if wrong { all_at(names) } else { Vec::new() };
        let both = errors(&["user_id", "activation_password"]);
        let page = Activate::new(visit, token(), typed, &both);
        add("activate", respond::page(visit, ok, &page));
        let page = Terms::new(
            visit,
            token(),
            vec!["Dit eID er personligt.".to_owned()],
            &errors(&["accept_terms"]),
        );
        add("terms", respond::page(visit, ok, &page));
        let all = errors(&["password", "password_again", "user_id"]);
        add(
            "choose",
            respond::page(visit, ok, &Choose::new(visit, token(), typed, &all)),
        );
        let page = FirstCode::new(visit, token(), ("0063", "A123456789"), &errors(&["code"]));
        add("first-code", respond::page(visit, ok, &page));
        let both = errors(&["user_id", "card_number"]);
        let page = OrderActivation::new(visit, token(), (typed, typed), &both);
        add("order-activation", respond::page(visit, ok, &page));
    }
    add("activated", respond::page(visit, ok, &Activated::new(visit, None)));
    let key = Some("/self-service/passkeys/add");
    add("activated_key", respond::page(visit, ok, &Activated::new(visit, key)));
    add(
        "activation-ordered",
        respond::page(visit, ok, &ActivationOrdered::new(visit)),
    );
    let later = CardLater::new(visit, &Refusal::new(Code::KeycardOnItsWay));
    add("card-later", respond::page(visit, ok, &later));
    for code in Code::ALL {
        let refusal = Refusal::new(*code);
        add(
            &format!("notice-{code}"),
            respond::page(visit, ok, &Notice::new(visit, asks("Borger", &[]), &refusal)),
        );
        add(
            &format!("refused-{code}"),
            respond::page(visit, ok, &Refused::new(visit, &refusal)),
        );
    }
    add(
        "done",
        respond::page(visit, ok, &Done::new(visit, "https://skat.example/saml/acs", &fields)),
    );
    add(
        "start",
        respond::page(
            visit,
            ok,
            &Start::new(visit, vec![("Skat".into(), "http://localhost:8081/skat".into())]),
        ),
    );
    let by_form = LoggedOut::new(
        visit,
        names.clone(),
        Some((hostile.into(), "https://b.example/slo".into())),
    );
    let by_form = by_form.answering(fields.clone(), vec!["https://on.b.example".into()]);
    add("logged-out-by-form", respond::page(visit, ok, &by_form));
    let confirm = ConfirmLogout::new(visit, "/logout", token(), fields, names.clone(), to());
    add("confirm-logout", respond::page(visit, ok, &confirm));
    add(
        "logged-out",
        respond::page(
            visit,
            ok,
            &LoggedOut::new(visit, Vec::new(), Some(("Borger".into(), "https://b.example/".into()))),
        ),
    );
    add(
        "logged-out-some",
        respond::page(visit, ok, &LoggedOut::new(visit, names, None)),
    );
    add(
        "fault",
        respond::page(visit, ok, &FaultPage::new(visit, "0123456789abcdef")),
    );
    samples
}

/// Attributes of each tag of a kind: crude, but the pages are ours.
fn tags<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let open = format!("<{name}");
    html.match_indices(&open)
        .filter_map(|(at, _)| html.get(at + open.len()..))
        .filter(|rest| rest.starts_with([' ', '>']))
        .map(|rest| rest.split('>').next().unwrap_or_default())
        .collect()
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()
}

fn ids(html: &str) -> Vec<&str> {
    html.split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

async fn body(response: HttpResponse) -> String {
    String::from_utf8(to_bytes(response.into_body()).await.unwrap().to_vec()).unwrap()
}

#[actix_web::test]
async fn every_page_in_every_language_is_sound() {
    for locale in Locale::ALL {
        let visit = visit(locale);
        for Sample { name, response } in samples(&visit) {
            let policy = response
                .headers()
                .get(header::CONTENT_SECURITY_POLICY)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            assert_eq!(
                response.headers().get(header::CACHE_CONTROL).unwrap(),
                "no-store",
                "{name}"
            );
            let html = body(response).await;
            let at = format!("{name} in {}", locale.as_str());
            assert!(html.contains(&format!("<html lang=\"{}\">", locale.as_str())), "{at}");
            assert!(!html.contains("<script>"), "{at}: something typed is not escaped");
            let scripted = name == "done" || name.starts_with("passkey");
            assert_eq!(html.contains("<script"), scripted, "{at}");
            assert_eq!(policy.contains("script-src"), scripted, "{at}: {policy}");
            assert!(
                !html.contains(" style=") && !html.contains(" onclick="),
                "{at}: needs what the policy forbids"
            );
            markup_is_whole(&html, &at);
            no_key_shows(&html, &at);
        }
    }
}

#[actix_web::test]
async fn the_footer_offers_the_help_that_there_is_and_says_to_call_nobody() {
    let (number, pages) = ("+45 12 34 56 78", "https://help.example/");
    for (phone, url) in [(true, true), (true, false), (false, true), (false, false)] {
        let site = site(|settings| {
            settings.web.support_phone = phone.then(|| number.to_owned());
            settings.web.support_url = url.then(|| pages.parse().unwrap());
        });
        let page = Start::new(&visit_of(&site, Locale::Da), Vec::new());
        let html = body(respond::page(&visit_of(&site, Locale::Da), StatusCode::OK, &page)).await;
        let words = html.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(words.contains("Har du brug for hjælp?"), phone || url);
        assert_eq!(
            words.contains("Har du brug for hjælp? Ring <a href=\"tel:"),
            phone,
            "{words}"
        );
        assert_eq!(
            words.contains(&format!("<a href=\"{pages}\">Se hjælpesiderne</a>")),
            url,
            "{words}"
        );
        assert_eq!(words.contains("Ring"), phone, "{words}");
    }
}

/// One h1, one form, unique ids; every label has its field and every field its label; what is pointed to is there.
pub(crate) fn markup_is_whole(html: &str, at: &str) {
    assert_eq!(tags(html, "h1").len(), 1, "{at}");
    assert_eq!(tags(html, "main").len(), 1, "{at}");
    assert!(tags(html, "form").len() <= 1, "{at}");
    let ids = ids(html);
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(unique.len(), ids.len(), "{at}: {ids:?}");
    let labels: Vec<&str> = tags(html, "label")
        .into_iter()
        .filter_map(|tag| attribute(tag, "for"))
        .collect();
    let fields: Vec<&str> = tags(html, "input")
        .into_iter()
        .filter(|tag| attribute(tag, "type") != Some("hidden"))
        .map(|tag| {
            let id = attribute(tag, "id").expect("a field has an id");
            // Of several radio buttons each has an id of its own, beginning with the name that they share.
            if matches!(attribute(tag, "type"), Some("radio" | "checkbox")) {
                assert!(id.starts_with(attribute(tag, "name").expect("a name")), "{at}: {id}");
                return id;
            }
            assert_eq!(attribute(tag, "name"), Some(id), "{at}");
            assert!(attribute(tag, "autocomplete").is_some(), "{at}: {id}");
            id
        })
        .collect();
    assert_eq!(labels, fields, "{at}");
    for kind in ["input", "output"] {
        for tag in tags(html, kind) {
            for id in attribute(tag, "aria-describedby")
                .unwrap_or_default()
                .split_whitespace()
            {
                assert!(unique.contains(id), "{at}: no {id}");
            }
        }
    }
    for tag in tags(html, "a") {
        let href = attribute(tag, "href").expect("a link leads somewhere");
        if let Some(id) = href.strip_prefix('#') {
            assert!(unique.contains(id), "{at}: no {id}");
        }
    }
}

/// A text that is missing shows its key, one that misses a parameter shows the parameter's name.
pub(crate) fn no_key_shows(html: &str, at: &str) {
    assert!(
        !html.contains("{$") && !html.contains("{ $"),
        "{at}: a parameter is missing"
    );
    for key in keys(Locale::Da) {
        let shown = [format!(">{key}<"), format!("> {key}<"), format!(">{key} ")];
        assert!(!shown.iter().any(|shown| html.contains(shown)), "{at}: {key}");
    }
}

/// Every file of a language.
fn files(locale: Locale) -> Vec<String> {
    let folder = format!("{}/locales/{}", env!("CARGO_MANIFEST_DIR"), locale.as_str());
    let read = |entry: std::io::Result<std::fs::DirEntry>| std::fs::read_to_string(entry.unwrap().path()).unwrap();
    std::fs::read_dir(folder).unwrap().map(read).collect()
}

/// Key and the parameters that its text takes.
fn texts(locale: Locale) -> BTreeMap<String, BTreeSet<String>> {
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = String::new();
    for line in files(locale).iter().flat_map(|text| text.lines()) {
        let starts = line.starts_with(|c: char| c.is_ascii_alphabetic());
        if let (true, Some((key, _))) = (starts, line.split_once(" =")) {
            current = key.to_owned();
            assert!(
                texts.insert(current.clone(), BTreeSet::new()).is_none(),
                "{key} stands twice"
            );
        }
        for parameter in line.split('$').skip(1) {
            let name = parameter
                .split(|c: char| !c.is_ascii_alphanumeric())
                .next()
                .unwrap_or_default();
            texts.get_mut(&current).unwrap().insert(name.to_owned());
        }
    }
    texts
}

fn keys(locale: Locale) -> Vec<String> {
    texts(locale).into_keys().collect()
}

#[std::prelude::v1::test]
fn both_languages_say_the_same_things() {
    assert_eq!(texts(Locale::Da), texts(Locale::En));
}

#[std::prelude::v1::test]
fn every_code_has_a_text_and_every_text_a_code() {
    let codes: BTreeSet<String> = Code::ALL.iter().map(|code| code.text_key()).collect();
    let texts: BTreeSet<String> = keys(Locale::Da)
        .into_iter()
        .filter(|key| key.starts_with("refusal-"))
        .collect();
    assert_eq!(codes, texts);
    let keys = keys(Locale::Da);
    for key in keys
        .iter()
        .filter(|key| key.starts_with("notice-") && *key != "notice-heading")
    {
        let code = key
            .trim_start_matches("notice-")
            .split("-heading")
            .next()
            .unwrap()
            .trim_end_matches(['-', '1', '2', '3', '4']);
        let of = |known: &Code| known.text_key().trim_start_matches("refusal-").starts_with(code);
        let known = Code::ALL.iter().any(of);
        assert!(known, "{key} belongs to no code");
    }
}

#[std::prelude::v1::test]
fn every_key_in_a_template_has_a_text() {
    let keys: BTreeSet<String> = keys(Locale::Da).into_iter().collect();
    let folder = format!("{}/templates", env!("CARGO_MANIFEST_DIR"));
    let mut used = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for call in ["t.say(\"", "t.with(\"", "t.count(\""] {
            used.extend(
                text.split(call)
                    .skip(1)
                    .filter_map(|rest| rest.split('"').next())
                    .map(str::to_owned),
            );
        }
    }
    assert!(
        used.is_subset(&keys),
        "{:?}",
        used.difference(&keys).collect::<Vec<_>>()
    );
    // Said by code, from a word: each is looked at where the pages of its slice are.
    let spoken = [
        "refusal-",
        "notice-",
        "error-",
        "message-",
        "letter-",
        "terms-",
        "own-menu-",
        "own-done-",
        "receipt-",
        "block-",
        "help-",
        "directory-",
        "word-",
        "question-",
        "consent-2",
        "document-",
        "order-note-",
        "order-details-",
        "extend-details-",
        "order-rule-",
        "order-way-",
        "order-done-",
    ];
    let idle: Vec<&String> = keys
        .difference(&used)
        .filter(|key| !spoken.iter().any(|prefix| key.starts_with(prefix)))
        .collect();
    assert!(idle.is_empty(), "nobody says {idle:?}");
}

#[actix_web::test]
async fn tries_of_others_are_told_whatever_is_asked() {
    let samples = samples(&visit(Locale::Da));
    for sample in samples {
        let tells = [
            "code-errors",
            "code-token-errors",
            "app-waiting",
            "passkey-errors",
            "voice-errors",
            "factor-errors",
        ]
        .contains(&sample.name.as_str());
        let told = body(sample.response).await.contains("3 mislykkede forsøg");
        assert_eq!(told, tells, "{}", sample.name);
    }
}

#[actix_web::test]
async fn the_contract_of_the_log_in_page() {
    let visit = visit(Locale::Da);
    let pages: BTreeMap<String, HttpResponse> = samples(&visit)
        .into_iter()
        .map(|sample| (sample.name, sample.response))
        .collect();
    let mut html = BTreeMap::new();
    for (name, response) in pages {
        html.insert(name, body(response).await);
    }
    let expected: &[(&str, &[&str])] = &[
        (
            "credentials",
            &[
                "data-step=\"credentials\"",
                "name=\"user_id\"",
                "name=\"password\"",
                "id=\"submit\"",
                "id=\"cancel\" name=\"action\" value=\"cancel\"",
                "autocomplete=\"username\"",
                "autocomplete=\"current-password\"",
                "name=\"csrf\"",
            ],
        ),
        (
            "credentials-errors",
            &[
                "role=\"alert\" data-code=\"user_id.required\"",
                "role=\"alert\" data-code=\"password.required\"",
                "aria-invalid=\"true\"",
            ],
        ),
        (
            "code",
            &[
                "data-step=\"code\"",
                "<output id=\"challenge\"",
                "data-index=\"0063\" data-card=\"A123456789\"",
                "name=\"code\"",
                "inputmode=\"numeric\"",
                "autocomplete=\"one-time-code\"",
            ],
        ),
        (
            "code-errors",
            &["data-code=\"code.wrong\"", "4 forsøg tilbage", "3 mislykkede forsøg"],
        ),
        (
            "notice-OCES001",
            &[
                "data-step=\"notice\"",
                "role=\"alert\" data-code=\"OCES001\"",
                "pas eller kørekort",
                "id=\"cancel\"",
            ],
        ),
        (
            "notice-OCES003",
            &["data-code=\"OCES003\"", "dets eID-nummer eller bruger-id"],
        ),
        ("notice-OCES004", &["data-code=\"OCES004\"", "uden eID"]),
        ("notice-OCES006", &["data-code=\"OCES006\"", "Udvider du dit eID igen"]),
        (
            "refused-request.unknown_party",
            &["data-step=\"error\"", "data-code=\"request.unknown_party\""],
        ),
        (
            "done",
            &[
                "data-step=\"done\"",
                "id=\"submit\"",
                "name=\"SAMLResponse\" value=\"PD94\"",
            ],
        ),
        ("logged-out-some", &["id=\"unreached\"", "Netbank"]),
        ("fault", &["0123456789abcdef"]),
    ];
    for (name, parts) in expected {
        for part in *parts {
            assert!(html[*name].contains(part), "{name}: {part}\n{}", html[*name]);
        }
    }
    for (name, page) in &html {
        assert!(page.contains("Dette er en demo"), "{name}");
    }
}

/// Whoever may extend is shown the way: the operator's, where one is set, else our own page; nobody else ever is.
#[actix_web::test]
async fn the_way_to_extend_is_shown_to_those_who_may_take_it() {
    let way = "https://extend.example/start";
    for set in [true, false] {
        let site = site(|settings| settings.web.extend_url = set.then(|| way.parse().unwrap()));
        for (locale, word) in [(Locale::Da, "Udvid"), (Locale::En, "Extend")] {
            let visit = visit_of(&site, locale);
            for code in Code::ALL {
                let asks = Asks::new(&visit, "csrf-token".to_owned(), "Borger", &[], Vec::new());
                let page = Notice::new(&visit, asks, &Refusal::new(*code));
                let html = body(respond::page(&visit, StatusCode::OK, &page)).await;
                let is_shown = html.contains("id=\"extend\"");
                assert_eq!(is_shown, matches!(code, Code::Oces001 | Code::Oces006), "{code} {set}");
                if is_shown {
                    let link = html
                        .split("id=\"extend\"")
                        .nth(1)
                        .unwrap()
                        .split("</a>")
                        .next()
                        .unwrap();
                    assert!(
                        link.starts_with(&format!(" href=\"{}\">", if set { way } else { "/extend" }))
                            && link.contains(word),
                        "{link}"
                    );
                }
                assert!(html.contains("id=\"cancel\""), "the way back is always there: {code}");
            }
        }
    }
}

async fn faulty(visit: Visit) -> HttpResponse {
    respond::fault(&visit, &Fault::bare("the disk is on fire"))
}

async fn echo(_form: web::Form<BTreeMap<String, String>>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/html").body("fine")
}

async fn guarded(visit: Visit, request: actix_web::HttpRequest) -> HttpResponse {
    match json::guard(&visit.site, request.headers()) {
        Ok(()) => respond::see_other("/"),
        Err(refusal) => respond::refusal(&visit, &refusal),
    }
}

/// A house with the door, as `app` mounts it.
macro_rules! house {
    ($site:expr) => {{
        let site = $site;
        test::init_service(
            App::new()
                .app_data(web::Data::new(site.clone()))
                .wrap(from_fn(door))
                .configure(|config| mount(config, &site))
                .service(web::resource("/fault").route(web::get().to(faulty)))
                .service(
                    web::resource("/login/{flow}")
                        .route(web::get().to(faulty))
                        .route(web::post().to(guarded)),
                )
                .service(web::resource("/echo").route(web::post().to(echo)))
                .default_service(web::to(nothing_here)),
        )
        .await
    }};
}

#[actix_web::test]
async fn what_no_route_answers_is_calm_and_dressed() {
    let house = house!(site(|_| {}));
    let big = format!("a={}", "x".repeat(200_000));
    let form = ("content-type", "application/x-www-form-urlencoded");
    let requests = [
        (test::TestRequest::get().uri("/nowhere"), 404, "request.not_found"),
        (test::TestRequest::delete().uri("/"), 405, "request.method"),
        (
            test::TestRequest::post()
                .uri("/echo")
                .insert_header(form)
                .set_payload(big),
            413,
            "request.too_large",
        ),
        (
            test::TestRequest::post().uri("/echo").set_payload("x"),
            400,
            "request.malformed",
        ),
        (test::TestRequest::get().uri("/fault"), 500, "fault"),
    ];
    for (request, status, code) in requests {
        let response = test::call_service(&house, request.to_request()).await;
        assert_eq!(response.status().as_u16(), status, "{code}");
        for name in [
            "content-security-policy",
            "x-content-type-options",
            "referrer-policy",
            "x-frame-options",
        ] {
            assert!(response.headers().contains_key(name), "{code}: {name}");
        }
        assert!(!response.headers().contains_key("strict-transport-security"));
        let html = body(response.into_parts().1).await;
        assert!(
            html.contains(&format!("role=\"alert\" data-code=\"{code}\"")),
            "{code}: {html}"
        );
    }
    let json = test::TestRequest::get()
        .uri("/nowhere")
        .insert_header(("accept", "application/json"))
        .to_request();
    let response = test::call_service(&house, json).await;
    let answer: serde_json::Value = test::read_body_json(response).await;
    assert_eq!(answer["errors"][0]["code"], "request.not_found");
    assert_eq!(answer["step"], "error");
}

#[actix_web::test]
async fn addresses_never_come_from_the_request() {
    let house = house!(site(|_| {}));
    for name in ["host", "x-forwarded-host", "forwarded"] {
        let request = test::TestRequest::get()
            .uri("/")
            .insert_header((name, "evil.example"))
            .to_request();
        let html = body(test::call_service(&house, request).await.into_parts().1).await;
        assert!(!html.contains("evil.example"), "{name}");
    }
}

#[actix_web::test]
async fn plain_http_from_outside_is_refused() {
    let house = house!(site(
        |settings| settings.server.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()]
    ));
    for (peer, status) in [("127.0.0.1:1", 200), ("10.0.0.1:1", 200), ("192.0.2.1:1", 403)] {
        let request = test::TestRequest::get()
            .uri("/")
            .peer_addr(peer.parse().unwrap())
            .to_request();
        assert_eq!(
            test::call_service(&house, request).await.status().as_u16(),
            status,
            "{peer}"
        );
    }
}

#[actix_web::test]
async fn bytes_that_are_no_text_do_not_hide_what_the_proxy_wrote() {
    let site = site(|settings| settings.server.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()]);
    let table: &[(&[&[u8]], &str)] = &[
        (&[b"\xff, 198.51.100.1"], "198.51.100.1"),
        (&[b"\xff,198.51.100.1"], "198.51.100.1"),
        (&[b"caf\xe9", b"198.51.100.1"], "198.51.100.1"),
        (&[b"198.51.100.1", b"\xff"], "10.0.0.1"),
        (&[b"192.0.2.9, \xff"], "10.0.0.1"),
    ];
    for (lines, expected) in table {
        let mut request = test::TestRequest::get()
            .uri("/")
            .peer_addr("10.0.0.1:1".parse().unwrap());
        for line in *lines {
            let value = header::HeaderValue::from_bytes(line).unwrap();
            request = request.append_header(("x-forwarded-for", value));
        }
        let visit = Visit::new(&site, &request.to_srv_request());
        assert_eq!(visit.ctx.caller.source, Some(expected.parse().unwrap()), "{lines:?}");
    }
}

#[actix_web::test]
async fn only_our_own_pages_and_the_operators_may_post() {
    let house = house!(site(|settings| {
        settings.login.ui_url = Some(crate::config::Origin::parse("http://localhost:3000").unwrap());
    }));
    let json = "application/json";
    let form = "application/x-www-form-urlencoded";
    let table: &[(&str, Option<&str>, Option<&str>, u16)] = &[
        (form, None, None, 303),
        (form, Some("http://localhost:8080"), Some("same-origin"), 303),
        (form, Some("http://localhost:3000"), Some("same-site"), 403),
        (form, Some("https://evil.example"), Some("cross-site"), 403),
        (form, Some("null"), None, 403),
        (json, None, None, 303),
        (json, Some("http://localhost:3000"), Some("same-site"), 303),
        (json, Some("http://localhost:3000"), Some("cross-site"), 403),
        (json, Some("https://evil.example"), None, 403),
        (
            "application/json; charset=utf-8",
            Some("http://localhost:3000"),
            None,
            403,
        ),
    ];
    for (kind, origin, fetch, status) in table {
        let mut request = test::TestRequest::post()
            .uri("/login/0190")
            .insert_header(("content-type", *kind));
        for (name, value) in [("origin", origin), ("sec-fetch-site", fetch)] {
            if let Some(value) = value {
                request = request.insert_header((name, *value));
            }
        }
        let response = test::call_service(&house, request.to_request()).await;
        assert_eq!(response.status().as_u16(), *status, "{kind} {origin:?} {fetch:?}");
        let allowed = response.headers().get("access-control-allow-origin");
        assert_eq!(
            allowed.is_some(),
            *origin == Some("http://localhost:3000"),
            "{origin:?}"
        );
        assert_eq!(response.headers().get("vary").unwrap(), "Origin, Accept");
    }
    let preflight = test::TestRequest::default()
        .method(actix_web::http::Method::OPTIONS)
        .uri("/login/0190");
    let response = test::call_service(
        &house,
        preflight
            .insert_header(("origin", "http://localhost:3000"))
            .to_request(),
    )
    .await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(
        response.headers().get("access-control-allow-credentials").unwrap(),
        "true"
    );
}

#[actix_web::test]
async fn the_switch_beats_the_party_and_is_remembered() {
    let request = test::TestRequest::get().uri("/login/0190?lang=en").to_srv_request();
    let mut visit = Visit::new(&site(|_| {}), &request);
    visit.speak(Some("da"));
    assert_eq!(visit.ctx.locale, Locale::En);
    assert_eq!(visit.own_address(), "/login/0190?lang=en");
    let page = respond::page(&visit, StatusCode::OK, &Start::new(&visit, Vec::new()));
    let cookie = page.cookies().next().expect("a language cookie");
    assert_eq!((cookie.name(), cookie.value()), ("idp_language", "en"));
    let request = test::TestRequest::get()
        .uri("/")
        .insert_header(("cookie", "idp_language=en"))
        .to_srv_request();
    let mut visit = Visit::new(&site(|_| {}), &request);
    assert_eq!(visit.ctx.locale, Locale::En);
    visit.speak(Some("da en"));
    assert_eq!(visit.ctx.locale, Locale::Da);
}

#[actix_web::test]
async fn style_logo_and_theme_are_served_with_a_lasting_address() {
    let dir = tempfile::tempdir().unwrap();
    let (logo, theme) = (dir.path().join("l.svg"), dir.path().join("t.css"));
    std::fs::write(&logo, "<svg xmlns=\"http://www.w3.org/2000/svg\"/>").unwrap();
    std::fs::write(&theme, ":root{--brand:#123456}").unwrap();
    let house = house!(site(|settings| {
        settings.web.logo = Some(logo.clone());
        settings.web.theme = Some(theme.clone());
    }));
    let start = test::call_service(&house, test::TestRequest::get().uri("/").to_request()).await;
    let html = body(start.into_parts().1).await;
    for (name, kind) in [
        ("style.css", "text/css"),
        ("theme.css", "text/css"),
        ("logo.svg", "image/svg+xml"),
    ] {
        let at = html
            .find(&format!("/assets/{name}?v="))
            .unwrap_or_else(|| panic!("{name} in {html}"));
        let address = html[at..].split('"').next().unwrap();
        let response = test::call_service(&house, test::TestRequest::get().uri(address).to_request()).await;
        assert!(
            response
                .headers()
                .get(header::CONTENT_TYPE)
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with(kind),
            "{name}"
        );
        assert!(
            response
                .headers()
                .get(header::CACHE_CONTROL)
                .unwrap()
                .to_str()
                .unwrap()
                .contains("immutable"),
            "{name}"
        );
    }
    let missing = test::TestRequest::get().uri("/assets/logo.png").to_request();
    assert_eq!(
        test::call_service(&house, missing).await.status(),
        StatusCode::NOT_FOUND
    );
}

#[actix_web::test]
async fn a_flood_stops_at_the_dam_and_the_neighbour_gets_in() {
    let house = house!(site(|settings| {
        settings.server.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
        settings.login.flood.address_per_minute = 5;
    }));
    let mut turned_away = 0;
    for (number, source) in ["192.0.2.1"; 20].into_iter().chain(["192.0.2.2"]).enumerate() {
        // The same door under another spelling is the same door.
        let spelling = if number % 2 == 0 {
            "/login/0190"
        } else {
            "/%6Cogi%6e/0190"
        };
        let request = test::TestRequest::post()
            .uri(spelling)
            .peer_addr("127.0.0.1:1".parse().unwrap())
            .insert_header(("x-forwarded-for", source))
            .insert_header(("content-type", "application/x-www-form-urlencoded"));
        let response = test::call_service(&house, request.to_request()).await;
        if response.status() == StatusCode::SERVICE_UNAVAILABLE {
            turned_away += 1;
            assert!(response.headers().contains_key(header::RETRY_AFTER));
        } else {
            assert!(number < 5 || number == 20, "{number}");
        }
    }
    assert_eq!(turned_away, 15);
}

#[actix_web::test]
async fn a_cookie_that_looks_like_a_devices_opens_no_other_door() {
    let answered = |path: &'static str, source: &'static str| {
        let house_site = site(|settings| {
            settings.server.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
            settings.login.flood.address_per_minute = 1_000;
            settings.login.flood.network_per_minute = 5;
        });
        async move {
            let house = house!(house_site);
            let mut turned_away = 0;
            for _ in 0..20 {
                let request = test::TestRequest::post()
                    .uri(path)
                    .peer_addr("127.0.0.1:1".parse().unwrap())
                    .insert_header(("x-forwarded-for", source))
                    .insert_header(("cookie", "idp_device=whatever; __Host-device=whatever"));
                let status = test::call_service(&house, request.to_request()).await.status();
                turned_away += usize::from(status == StatusCode::SERVICE_UNAVAILABLE);
            }
            turned_away
        }
    };
    for path in ["/activate", "/activate/order", "/self-service/password", "/app/bind"] {
        assert_eq!(answered(path, "192.0.2.1").await, 15, "{path}");
    }
    assert_eq!(answered("/login/0190", "192.0.2.1").await, 0);
}
