"""What schemathesis needs to call the officers' API: the machine's token, and an assertion of the officer for each call.

OFFICER names a JSON file: {"issuer", "client_id", "kid", "key" (PEM file), "officer", "role", "eid", "people": [eID numbers]}.
Half of the calls are about these people, so that more is reached than that nobody is there.
"""

import base64
import hashlib
import json
import os
import time
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import jwt
import requests
import schemathesis

OFFICER = json.loads(Path(os.environ["OFFICER"]).read_text(encoding="utf-8"))
KEY = Path(OFFICER["key"]).read_text(encoding="utf-8")
API = f"{OFFICER['issuer']}/api/ra/"
send = requests.Session.send


def sign(typ, **claims):
    now = int(time.time())
    whole = {"iss": OFFICER["client_id"], "aud": OFFICER["issuer"], "iat": now, "exp": now + 60, "jti": str(uuid.uuid4()), **claims}
    return jwt.encode(whole, KEY, algorithm="ES256", headers={"typ": typ, "kid": OFFICER["kid"]})


class Token:
    """The machine's access token, asked for anew before it ends."""

    value, until = "", 0.0

    def get(self):
        if time.time() > self.until:
            proof = sign("JWT", sub=OFFICER["client_id"])
            form = {
                "grant_type": "client_credentials",
                "scope": "ra",
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": proof,
            }
            given = requests.post(f"{OFFICER['issuer']}/oidc/token", data=form, timeout=10).json()
            self.value, self.until = given["access_token"], time.time() + given["expires_in"] / 2
        return self.value


TOKEN = Token()


def call(session, request, **options):
    """Each call to the API is the officer's own, whatever else was made up for it."""
    if request.url.startswith(API):
        token = TOKEN.get()
        path = urlsplit(request.url)
        request.headers["Authorization"] = f"Bearer {token}"
        request.headers["Officer-Assertion"] = sign(
            "officer+jwt",
            sub=OFFICER["officer"],
            role=OFFICER["role"],
            reason="sag 2026-118",
            eid=OFFICER["eid"],
            htm=request.method,
            htu=f"{path.scheme}://{path.netloc}{path.path}",
            ath=base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).decode().rstrip("="),
        )
    return send(session, request, **options)


requests.Session.send = call


def found(number):
    """The id of a person's eID, as people/find tells it; nothing for an officer who may not ask."""
    body, key = {"eid_number": number}, {"Idempotency-Key": str(uuid.uuid4())}
    answer = requests.post(f"{API}v1/people/find", json=body, headers=key, timeout=10)
    return [eid["id"] for eid in answer.json()["eids"] if eid["number"] == number] if answer.ok else []


EIDS = [eid for number in OFFICER["people"] for eid in found(number)]


def some(known, made_up):
    """One of the known half of the time, always the same one for the same made-up value."""
    number = hashlib.sha256(repr(made_up).encode()).digest()[0]
    return known[number // 2 % len(known)] if known and number % 2 else made_up


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    if path_parameters and "eid" in path_parameters:
        path_parameters["eid"] = some(EIDS, path_parameters["eid"])
    return path_parameters


@schemathesis.hook
def map_body(context, body):
    if isinstance(body, dict) and isinstance(body.get("eid_number"), str):
        body["eid_number"] = some(OFFICER["people"], body["eid_number"])
    return body
