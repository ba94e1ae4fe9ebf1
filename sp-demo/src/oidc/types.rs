//! The `openidconnect` crate's types, filled in with our own claims. Write this once per project and forget it.

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreErrorResponseType,
    CoreGenderClaim, CoreGrantType, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm,
    CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreSubjectIdentifierType, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet};
use openidconnect::{EndSessionUrl, RevocationUrl, StandardErrorResponse, StandardTokenResponse};
use serde::{Deserialize, Serialize};

/// The claims that this identity provider adds to the standard ones.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct OurClaims {
    /// The person's public number; with scope `pid`, at entitled services.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pid: Option<String>,
    /// Names the session in a back-channel log-out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// A bank's own customer number, to that bank alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_ref: Option<String>,
}

impl openidconnect::AdditionalClaims for OurClaims {}

/// What we read of the discovery document beyond the core.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct OurMetadata {
    /// RP-initiated log-out.
    pub end_session_endpoint: Option<EndSessionUrl>,
    /// RFC 7009.
    pub revocation_endpoint: Option<RevocationUrl>,
    /// RFC 9207: every authorization response says who it is from.
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

impl openidconnect::AdditionalProviderMetadata for OurMetadata {}

/// The discovery document, with the keys.
pub type Metadata = openidconnect::ProviderMetadata<
    OurMetadata,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// An ID token.
pub type IdToken =
    openidconnect::IdToken<OurClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

/// The claims of an ID token.
pub type IdTokenClaims = openidconnect::IdTokenClaims<OurClaims, CoreGenderClaim>;

/// What the userinfo endpoint answers.
pub type UserInfo = openidconnect::UserInfoClaims<OurClaims, CoreGenderClaim>;

/// What the token endpoint answers.
pub type TokenResponse = StandardTokenResponse<
    openidconnect::IdTokenFields<
        OurClaims,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

/// A client made from a discovery document.
pub type Client = openidconnect::Client<
    OurClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    TokenResponse,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;
