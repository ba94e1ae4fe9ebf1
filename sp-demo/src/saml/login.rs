//! The first half of a log-in: a signed AuthnRequest, by Redirect or by POST, and a note of what will be checked.

use actix_web::HttpResponse;
use saml_core::{Kind, authn_request::AuthnRequest, context::RequestedAuthnContext, dsig, ns::binding, post, redirect};
use url::Url;

use super::{Provider, UnderWay, id};
use crate::clock;
use crate::memory;
use crate::pages;
use crate::problem::Problem;
use crate::session::{Link, Wish};
use crate::visit::Visit;

/// Begins a log-in.
pub async fn begin(visit: &Visit, provider: &Provider, wish: Wish) -> Result<HttpResponse, Problem> {
    let idp = visit.app.saml.idp.current(&visit.app.network).await?;
    let wanted = if wish.by_post { binding::POST } else { binding::REDIRECT };
    let endpoint = idp.metadata.sso.iter().find(|endpoint| endpoint.binding == wanted);
    let location = &endpoint
        .ok_or_else(|| Problem::Unreachable(format!("no {wanted}")))?
        .location;

    let id = id()?;
    let mut request = AuthnRequest::new(&id, clock::now(), &provider.entity_id, location, &provider.acs_url);
    request.is_passive = wish.passive;
    request.force_authn = wish.force && !wish.passive;
    request.context = wish.level.map(|level| RequestedAuthnContext::minimum([level.uri()]));
    if let (Some(_), Some(Link::Saml(participant))) = (&wish.must_be, visit.session().map(|session| session.link)) {
        // "It must be this person again": the identity provider refuses anybody else, and so do we when they come back.
        request.subject = Some(participant.name_id);
    }

    // RelayState comes back beside the response: an unguessable key, under which we find the request that it must answer.
    let relay_state = memory::secret()?;
    let browser_key = visit.browser_key()?;
    let service = visit.service.name.clone();
    let under_way = UnderWay {
        service,
        browser_key: browser_key.clone(),
        request_id: id.to_string(),
        wish: wish.clone(),
    };
    visit.app.saml.under_way.put(&relay_state, under_way);

    if wish.by_post {
        let xml = dsig::enveloped(request.elem(), &id, &provider.signing).map_err(Problem::fault)?;
        let fields = post::encode(Kind::Request, &xml, Some(&relay_state));
        let target = Url::parse(location).map_err(Problem::fault)?;
        return visit.hand_over(
            pages::hand_over(&visit.service, visit.locale, &target, &fields),
            browser_key,
        );
    }
    let xml = request.elem().write().map_err(Problem::fault)?;
    let url = redirect::encode(
        location,
        Kind::Request,
        &xml,
        Some(&relay_state),
        Some(&provider.signing),
    );
    visit.send_away(&url.map_err(Problem::fault)?, browser_key)
}
