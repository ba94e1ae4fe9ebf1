//! A code app to try in a browser (docs/integrate/app.md): the page and its script hold the key; this server passes what they say on to
//! the identity provider, since a page may speak to its own origin only. A real app needs no server.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use openidconnect::{AsyncHttpClient, http};

use crate::pages;
use crate::server::App;
use crate::text::Locale;

/// Longer messages are none of an app's.
const LIMIT: usize = 4_096;

/// The page.
pub async fn show(request: HttpRequest, app: web::Data<App>) -> HttpResponse {
    pages::code_app(Locale::of(&request), &app.issuer)
}

/// Its script.
pub async fn script() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/javascript; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "max-age=3600"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(include_str!("../assets/code-app.js"))
}

/// What a telephone needs to put the page on its home screen.
pub async fn manifest(request: HttpRequest) -> HttpResponse {
    let words = Locale::of(&request).words();
    let manifest = serde_json::json!({
        "name": words.app_title, "short_name": words.app_title, "start_url": "/app", "scope": "/app", "display": "standalone",
        "background_color": "#ffffff", "theme_color": "#1d3557",
    });
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/manifest+json"))
        .body(manifest.to_string())
}

/// Passes a message of the script on, and the answer back.
pub async fn pass_on(
    request: HttpRequest,
    act: web::Path<String>,
    app: web::Data<App>,
    body: web::Bytes,
) -> HttpResponse {
    if !["bind", "poll", "answer"].contains(&act.as_str()) || body.len() > LIMIT {
        return HttpResponse::NotFound().finish();
    }
    let language = request.headers().get(header::ACCEPT_LANGUAGE);
    let language = language.and_then(|tag| tag.to_str().ok()).unwrap_or("da");
    let message = http::Request::post(format!("{}/app/{act}", app.issuer))
        .header("content-type", "application/json")
        .header("accept", "application/json")
        .header("accept-language", language)
        .body(body.to_vec());
    let answer = match message {
        Ok(message) => app.network.call(message).await.ok(),
        Err(_) => None,
    };
    let Some(answer) = answer else {
        return HttpResponse::BadGateway().json(serde_json::json!({ "errors": [{ "code": "", "text": "?" }] }));
    };
    let status = StatusCode::from_u16(answer.status().as_u16()).unwrap_or(StatusCode::BAD_GATEWAY);
    HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(answer.into_body())
}
