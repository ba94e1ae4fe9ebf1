"""A service provider made of PyPI's python3-saml, steered over standard input and output: one JSON object a line.

service_provider.py metadata SETTINGS              prints the metadata
service_provider.py visit SETTINGS IDP_METADATA    asks, receives, and logs a person out again
"""

import base64
import copy
import json
import sys
from urllib.parse import parse_qs, urlsplit

from lxml import etree
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


NS = {
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}


def altered(opened, change):
    """The opened response as `change` leaves it, and whether it changed anything."""
    root = etree.fromstring(opened)
    change(root)
    text = etree.tostring(root)
    assert change is untouched or text != etree.tostring(etree.fromstring(opened)), change.__name__
    return base64.b64encode(text).decode()


def assertion_of(root):
    return root.find("saml:Assertion", NS)


def said_by(assertion, pid):
    """Says that it is about somebody else: every place where the person is named."""
    assertion.find("saml:Subject/saml:NameID", NS).text = "somebody-else"
    for value in assertion.iterfind(".//saml:AttributeValue", NS):
        value.text = "9208-2002-2-000000000001" if value.text == pid else value.text
    return assertion


def untouched(root):
    """The control: opened and laid out again it is believed, so that what is refused below is refused for its change."""


def forgeries(settings, acs, auth, request_id):
    """Whether each change to what was signed is believed. The assertion lies open here, as whoever holds the key has it."""
    opened = auth.get_last_response_xml()
    opened = opened.encode() if isinstance(opened, str) else opened
    plainly = copy.deepcopy(settings)
    plainly["security"]["wantAssertionsEncrypted"] = False
    pid = next(value.text for value in assertion_of(etree.fromstring(opened)).iterfind(".//saml:AttributeValue", NS)
               if (value.text or "").startswith("9208-2002-2-"))

    def another_pid(root):
        for value in assertion_of(root).iterfind(".//saml:AttributeValue", NS):
            value.text = "9208-2002-2-000000000001" if value.text == pid else value.text

    def another_name_id(root):
        assertion_of(root).find("saml:Subject/saml:NameID", NS).text = "somebody-else"

    def another_audience(root):
        assertion_of(root).find(".//saml:Audience", NS).text = acs

    def a_longer_life(root):
        assertion_of(root).find("saml:Conditions", NS).set("NotOnOrAfter", "2099-01-01T00:00:00Z")

    def without_a_signature(root):
        signature = assertion_of(root).find("ds:Signature", NS)
        signature.getparent().remove(signature)

    def wrapped_beside(root):
        """Another assertion stands where one is looked for; the signed one lies in the response's extensions."""
        signed = assertion_of(root)
        other = said_by(copy.deepcopy(signed), pid)
        other.set("ID", "_another-assertion")
        other.remove(other.find("ds:Signature", NS))
        root.replace(signed, other)
        extensions = etree.SubElement(root, f"{{{NS['samlp']}}}Extensions")
        extensions.append(signed)
        root.insert(1, extensions)

    def wrapped_inside(root):
        """Another assertion carries the signature of the signed one, which lies in an object of that signature."""
        signed = assertion_of(root)
        other = said_by(copy.deepcopy(signed), pid)
        other.set("ID", "_another-assertion")
        root.replace(signed, other)
        kept = signed.find("ds:Signature", NS)
        signed.remove(kept)
        etree.SubElement(other.find("ds:Signature", NS), f"{{{NS['ds']}}}Object").append(signed)

    def wrapped_under_one_name(root):
        """Two assertions have the id that was signed."""
        signed = assertion_of(root)
        other = said_by(copy.deepcopy(signed), pid)
        other.remove(other.find("ds:Signature", NS))
        root.insert(root.index(signed), other)

    changes = [
        untouched, another_pid, another_name_id, another_audience, a_longer_life, without_a_signature,
        wrapped_beside, wrapped_inside, wrapped_under_one_name,
    ]
    return {
        change.__name__: received(plainly, acs, altered(opened, change), request_id).is_authenticated()
        for change in changes
    }


def visit(settings):
    acs = settings["sp"]["assertionConsumerService"]["url"]
    auth = OneLogin_Saml2_Auth(request_for(acs), settings)
    say({"go": auth.login(return_to="relay-state-of-the-visit")})
    request_id = auth.get_last_request_id()

    response = hear()["SAMLResponse"]
    auth = received(settings, acs, response, request_id)
    foreign = received(settings, acs, response, "_another-request")
    forged = forgeries(settings, acs, auth, request_id) if auth.is_authenticated() else {}
    say(
        {
            "errors": auth.get_errors(),
            "reason": auth.get_last_error_reason(),
            "authenticated": auth.is_authenticated(),
            "name_id": auth.get_nameid(),
            "name_id_format": auth.get_nameid_format(),
            "session_index": auth.get_session_index(),
            "attributes": auth.get_attributes(),
            "forged": forged,
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
