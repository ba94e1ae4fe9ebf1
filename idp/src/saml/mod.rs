//! SAML 2.0: parses requests into a Demand, answers an Outcome with assertions.
