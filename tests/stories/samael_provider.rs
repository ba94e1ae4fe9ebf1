//! A service provider made of the crate `samael` (feature `samael`).

use acceptance::saml::{self, Provider};
use acceptance::{Database, House, Plan};
use base64::prelude::{BASE64_STANDARD, Engine};
use samael::metadata::EntityDescriptor;
use samael::service_provider::{ServiceProvider, ServiceProviderBuilder};
use samael::traits::ToXml;

use crate::both::on_both;
use crate::foreign::finishes;

on_both!(samael_as_service_provider);

const ACS: &str = "http://127.0.0.1:9498/samael/acs";

fn service(provider: &Provider, idp: EntityDescriptor) -> ServiceProvider {
    let certificate = openssl::x509::X509::from_pem(provider.certificate.as_bytes()).unwrap();
    ServiceProviderBuilder::default()
        .entity_id("http://127.0.0.1:9498/samael/metadata".to_owned())
        .key(private_key(provider))
        .certificate(samael::crypto::CertificateDer::from(certificate.to_der().unwrap()))
        .acs_url(ACS.to_owned())
        .slo_url("http://127.0.0.1:9498/samael/slo".to_owned())
        .idp_metadata(idp)
        .build()
        .unwrap()
}

fn private_key(provider: &Provider) -> openssl::pkey::PKey<openssl::pkey::Private> {
    openssl::pkey::PKey::private_key_from_pem(provider.key.as_bytes()).unwrap()
}

async fn samael_as_service_provider(database: Database) {
    let mut house = House::built(Plan::on(database).without_services());
    let provider = Provider::new("samael");
    let own = service(&provider, EntityDescriptor::default())
        .metadata()
        .unwrap()
        .to_string()
        .unwrap();
    Provider::register(&house, "samael", "saml2int", &own);
    house.seed();
    house.opens().await;

    let idp: EntityDescriptor = saml::metadata(&house).await.parse().unwrap();
    let service = service(&provider, idp);
    let redirect = service
        .sso_binding_location("urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect")
        .unwrap();
    let request = service.make_authentication_request(&redirect).unwrap();
    let address = request
        .signed_redirect("samael-relay", &private_key(&provider))
        .unwrap()
        .unwrap();

    let anna = house.citizen("anna");
    let page = finishes(&anna, address.as_str()).await;
    let response = page.carried("SAMLResponse");
    assert_eq!(page.carried("RelayState"), "samael-relay");
    let assertion = service
        .parse_base64_response(&response, Some(&[request.id.as_str()]))
        .unwrap();
    let statements = assertion.attribute_statements.unwrap();
    let pid = anna.person.pid.as_deref().unwrap();
    let values = statements
        .iter()
        .flat_map(|statement| &statement.attributes)
        .flat_map(|attribute| &attribute.values);
    assert!(
        values.into_iter().any(|value| value.value.as_deref() == Some(pid)),
        "no PID in the assertion"
    );
    assert!(service.parse_base64_response(&response, Some(&["another"])).is_err());
    let xml = String::from_utf8(BASE64_STANDARD.decode(&response).unwrap()).unwrap();
    let forged = xml.replace(pid, "9208-2002-2-000000000000");
    assert_ne!(xml, forged);
    assert!(
        service
            .parse_xml_response(&forged, Some(&[request.id.as_str()]))
            .is_err(),
        "the library does not look at the signature"
    );
}
