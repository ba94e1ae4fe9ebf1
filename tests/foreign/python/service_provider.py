"""A service provider made of PyPI's python3-saml, steered over standard input and output: one JSON object a line.

service_provider.py metadata SETTINGS              prints the metadata
service_provider.py visit SETTINGS IDP_METADATA    asks, receives, and logs a person out again
"""

import base64
import json
import sys
from urllib.parse import parse_qs, urlsplit

from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser
from onelogin.saml2.settings import OneLogin_Saml2_Settings


def say(what):
    print(json.dumps(what), flush=True)


def hear():
    return json.loads(sys.stdin.readline())


def request_for(url, post=None):
    """What a web framework would hand to the library for a request at this address."""
    parts = urlsplit(url)
    return {
        "https": "on" if parts.scheme == "https" else "off",
        "http_host": parts.netloc,
        "script_name": parts.path,
        "get_data": {key: values[0] for key, values in parse_qs(parts.query).items()},
        "post_data": post or {},
        "query_string": parts.query,
    }


def received(settings, acs, response, request_id):
    auth = OneLogin_Saml2_Auth(request_for(acs, {"SAMLResponse": response}), settings)
    auth.process_response(request_id=request_id)
    return auth


def visit(settings):
    acs = settings["sp"]["assertionConsumerService"]["url"]
    auth = OneLogin_Saml2_Auth(request_for(acs), settings)
    say({"go": auth.login(return_to="relay-state-of-the-visit")})
    request_id = auth.get_last_request_id()

    response = hear()["SAMLResponse"]
    auth = received(settings, acs, response, request_id)
    tampered = bytearray(base64.b64decode(response))
    at = tampered.index(b"Success")
    tampered[at] = ord("s")
    forged = received(settings, acs, base64.b64encode(bytes(tampered)).decode(), request_id)
    foreign = received(settings, acs, response, "_another-request")
    say(
        {
            "errors": auth.get_errors(),
            "reason": auth.get_last_error_reason(),
            "authenticated": auth.is_authenticated(),
            "name_id": auth.get_nameid(),
            "name_id_format": auth.get_nameid_format(),
            "session_index": auth.get_session_index(),
            "attributes": auth.get_attributes(),
            "forged_accepted": forged.is_authenticated(),
            "other_request_accepted": foreign.is_authenticated(),
        }
    )
    if not auth.is_authenticated():
        return

    leaving = OneLogin_Saml2_Auth(request_for(settings["sp"]["singleLogoutService"]["url"]), settings)
    say(
        {
            "go": leaving.logout(
                name_id=auth.get_nameid(),
                session_index=auth.get_session_index(),
                name_id_format=auth.get_nameid_format(),
                nq=auth.get_nameid_nq(),
                spnq=auth.get_nameid_spnq(),
            )
        }
    )
    logout_id = leaving.get_last_request_id()
    left = OneLogin_Saml2_Auth(request_for(hear()["url"]), settings)
    left.process_slo(keep_local_session=True, request_id=logout_id)
    say({"errors": left.get_errors(), "reason": left.get_last_error_reason()})


def main():
    verb, settings_file = sys.argv[1:3]
    with open(settings_file, encoding="utf-8") as file:
        settings = json.load(file)
    if verb == "metadata":
        whole = OneLogin_Saml2_Settings(settings, sp_validation_only=True)
        sys.stdout.write(whole.get_sp_metadata().decode())
        return
    with open(sys.argv[3], encoding="utf-8") as file:
        idp = OneLogin_Saml2_IdPMetadataParser.parse(file.read())
    visit(OneLogin_Saml2_IdPMetadataParser.merge_settings(settings, idp))


main()
