//! The API's description (OpenAPI 3.1), made from the code that answers. Owns what every call has in common: the two proofs, the key of
//! an act, the problems.

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, ClientCredentials, Flow, OAuth2, Scopes, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{ContentBuilder, ObjectBuilder, OpenApi as Description, Ref, Required, ResponseBuilder, Type};
use utoipa::{Modify, OpenApi};

use super::problem::{Problem, STATUSES};
use super::{issuing, printing, routes};
use crate::fault::Fault;
use crate::web::{Document, Site};

/// Where it is given.
const PATH: &str = "/api/openapi.json";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Officers' API",
        version = "1",
        description = "What registration authorities and the support desk do for people. Every call carries an access token of the \
                       RA's machine (OAuth 2.0 client credentials, scope `ra`, proven by private_key_jwt or by a client certificate \
                       (RFC 8705)) and an assertion of the officer, which the RA signs for that one call. A token that was given for a \
                       certificate is bound to it: the connection of each call shows the same one. How both are made: docs/integrate/ra.md.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    paths(
        routes::who_am_i,
        routes::find_person,
        routes::block,
        routes::open,
        routes::order_activation,
        routes::order_card,
        routes::hand_over_card,
        routes::ask,
        routes::answer,
        issuing::issue,
        issuing::ask,
        issuing::answer,
        issuing::collect,
        issuing::begin_public_use,
        issuing::link,
        issuing::pid,
        routes::find_company,
        printing::take_batch,
        printing::fetch_letter,
        printing::note_posted
    ),
    components(schemas(Problem)),
    modifiers(&Common)
)]
struct Api;

/// What every call has in common.
struct Common;

/// The calls by POST that only ask.
const QUESTIONS: [&str; 3] = ["findPerson", "fetchLetter", "findCompany"];

/// The problems that any call may meet; their codes are those of [`STATUSES`].
const ALWAYS: [(u16, &str); 8] = [
    (
        400,
        "The request cannot be understood: `request.malformed`, `ra.reason`, `ra.key_missing`, or a code of the field",
    ),
    (401, "Nobody has proven themselves"),
    (403, "Not for this token, role or officer"),
    (404, "Nothing by that name, or none of this RA's matters"),
    (413, "More than 16 KiB"),
    (429, "`Retry-After` says when to try again"),
    (500, "`fault`: something broke; the request's id finds it"),
    (503, "`Retry-After` says when to try again"),
];
/// The problems of acts.
const OF_ACTS: [(u16, &str); 2] = [
    (409, "The state does not allow it"),
    (
        422,
        "The key stands for another act, or the law says no to an order (`proofing.…`, `order.…`)",
    ),
];

/// What a status says, and which codes come with it.
fn told(status: u16, says: &str) -> String {
    let row = STATUSES.iter().find(|(of, _)| of.as_u16() == status);
    match row {
        Some((_, codes)) => {
            let codes: Vec<_> = codes.iter().map(|code| format!("`{}`", code.as_str())).collect();
            format!("{says}: {}", codes.join(", "))
        }
        None => says.to_owned(),
    }
}

impl Modify for Common {
    fn modify(&self, api: &mut Description) {
        let components = api.components.get_or_insert_with(Default::default);
        let token = ClientCredentials::new("/oidc/token", Scopes::one("ra", "The officers' API"));
        components.add_security_scheme(
            "machine",
            SecurityScheme::OAuth2(OAuth2::new([Flow::ClientCredentials(token)])),
        );
        let assertion = ApiKeyValue::with_description(
            "Officer-Assertion",
            "A JWT of type officer+jwt, signed by the RA for this one call",
        );
        components.add_security_scheme("officer", SecurityScheme::ApiKey(ApiKey::Header(assertion)));
        for item in api.paths.paths.values_mut() {
            if let Some(operation) = &mut item.get {
                dress(operation, false);
            }
            if let Some(operation) = &mut item.post {
                // Questions change nothing, so that they need no key.
                let asks = operation
                    .operation_id
                    .as_deref()
                    .is_some_and(|id| QUESTIONS.contains(&id));
                dress(operation, !asks);
            }
        }
    }
}

fn dress(operation: &mut Operation, is_act: bool) {
    let both = SecurityRequirement::new("machine", ["ra"]).add("officer", Vec::<String>::new());
    operation.security = Some(vec![both]);
    if is_act {
        let key = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .required(Required::True)
            .description(Some(
                "The RA's own key of this act: repeated under it, the act is done once",
            ))
            .schema(Some(
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .min_length(Some(8))
                    .max_length(Some(64))
                    .pattern(Some("^[!-~]+$")),
            ));
        operation
            .parameters
            .get_or_insert_with(Vec::new)
            .push(key.build().into());
    }
    let acts = if is_act { &OF_ACTS[..] } else { &[] };
    for (status, says) in ALWAYS.iter().chain(acts) {
        let content = ContentBuilder::new()
            .schema(Some(Ref::from_schema_name("Problem")))
            .build();
        let mut response = ResponseBuilder::new()
            .description(told(*status, says))
            .content("application/problem+json", content);
        if matches!(status, 429 | 503) {
            let seconds = ObjectBuilder::new().schema_type(Type::Integer);
            response = response.header("Retry-After", HeaderBuilder::new().schema(Some(seconds)).build());
        }
        operation
            .responses
            .responses
            .insert(status.to_string(), response.build().into());
    }
}

/// The description as it is served and kept in docs/integrate/openapi.json.
pub(super) fn text() -> Result<String, Fault> {
    let text = Api::openapi().to_pretty_json();
    text.map(|text| text + "\n")
        .map_err(|error| Fault::new("the API's description", error))
}

/// The description at its address.
#[must_use]
pub fn document(site: &Site) -> Document {
    let https = site.public_url().is_https();
    Document::new(PATH, "application/json", true, https, |_| {
        text().map(String::into_bytes)
    })
}
