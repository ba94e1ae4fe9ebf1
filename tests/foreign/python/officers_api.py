"""What schemathesis needs to call the officers' API: the machine's token, an assertion of the officer for each call, and calls that succeed.

OFFICER names a JSON file: {"issuer", "officer", "others": {word: officer}, "people": [{"eid_number", "cpr"}], "newcomers": [CPR numbers without
an eID], "companies": [CVR numbers], "rules": {"version", "consents"}, "ledger": a file}. An officer is {"ra", "client_id", "kid", "key" (PEM file),
"officer", "role", "eid"}. Half of the calls are made up; of these, half are about the people. The other half are such as an officer makes, so that
every call is answered well, too. What was answered is noted in the ledger, a line for each call.
"""

import base64
import hashlib
import json
import os
import time
import uuid
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import jwt
import requests
import schemathesis

GIVEN = json.loads(Path(os.environ["OFFICER"]).read_text(encoding="utf-8"))
API = f"{GIVEN['issuer']}/api/ra/"
send = requests.Session.send


class Officer:
    """Somebody at their RA's program, with the machine's access token, which is asked for anew before it ends."""

    value, until = "", 0.0

    def __init__(self, given):
        self.given = given
        self.key = Path(given["key"]).read_text(encoding="utf-8")

    def sign(self, typ, **claims):
        now, kid = int(time.time()), self.given["kid"]
        known = {"iss": self.given["client_id"], "aud": GIVEN["issuer"], "iat": now, "exp": now + 60, "jti": str(uuid.uuid4())}
        return jwt.encode({**known, **claims}, self.key, algorithm="ES256", headers={"typ": typ, "kid": kid})

    def token(self):
        if time.time() > self.until:
            form = {
                "grant_type": "client_credentials",
                "scope": "ra",
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": self.sign("JWT", sub=self.given["client_id"]),
            }
            given = requests.post(f"{GIVEN['issuer']}/oidc/token", data=form, timeout=10).json()
            self.value, self.until = given["access_token"], time.time() + given["expires_in"] / 2
        return self.value

    def proves(self, request):
        """What a call must carry to be this officer's own."""
        token, path = self.token(), urlsplit(request.url)
        request.headers["Authorization"] = f"Bearer {token}"
        request.headers["Officer-Assertion"] = self.sign(
            "officer+jwt",
            sub=self.given["officer"],
            role=self.given["role"],
            reason="sag 2026-118",
            eid=self.given["eid"],
            htm=request.method,
            htu=f"{path.scheme}://{path.netloc}{path.path}",
            ath=base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).decode().rstrip("="),
        )

    def posts(self, path, body):
        """An act of this officer's beside those that are looked at; what it was answered, nothing where it was refused."""
        request = requests.Request("POST", f"{API}v1{path}", json=body, headers={"Idempotency-Key": str(uuid.uuid4())}).prepare()
        self.proves(request)
        with requests.Session() as session:
            answer = send(session, request, timeout=10)
        return answer.json() if answer.ok else {}


SELF = Officer(GIVEN["officer"])
OTHERS = {word: Officer(given) for word, given in GIVEN["others"].items()}
BANK = bool(GIVEN["officer"]["ra"].startswith("ra-netbank"))


def call(session, request, **options):
    """Each call to the API is the officer's own, whatever else was made up for it."""
    if request.url.startswith(API):
        SELF.proves(request)
    return send(session, request, **options)


requests.Session.send = call


def eids_of(number):
    """A person's eIDs, as people/find tells them; nothing for an officer who may not ask."""
    return SELF.posts("/people/find", {"eid_number": number}).get("eids", [])


NUMBERS = [person["eid_number"] for person in GIVEN["people"]]
EIDS = [eid["id"] for number in NUMBERS for eid in eids_of(number)]


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
        body["eid_number"] = some(NUMBERS, body["eid_number"])
    return body


SEEN = {"kind": "document_seen", "document": "danish_passport"}
PASSPORT = {"kind": "danish_passport", "shows_cpr": True, "valid_to": "2099-01-01"}
turns = Counter()


def next_of(what, of):
    """One after the other, from the beginning again after the last."""
    turns[of] += 1
    return what[(turns[of] - 1) % len(what)]


def newcomer():
    """Somebody to issue an eID to."""
    return next_of(GIVEN["newcomers"], "issued")


def called(cpr):
    """What the bank calls its customer: one person's name alone."""
    return "K" + cpr.replace("-", "")


def asked_about():
    """Somebody who has none yet: the last ones come first."""
    return next_of(GIVEN["newcomers"][::-1], "asked")


def order():
    cpr = newcomer()
    if BANK:
        return {"cpr": cpr, "public": True, "rules": GIVEN["rules"], "customer_ref": called(cpr)}
    return {"cpr": cpr, "rules": GIVEN["rules"], "documents": [PASSPORT]}


def of_person():
    cpr = asked_about()
    return {"cpr": cpr, "round": SELF.posts("/people/questions", {"cpr": cpr}).get("round", ""), "answers": {}}


def link():
    """An eID that a centre has issued, and the number of whoever has it."""
    cpr = newcomer()
    issued = OTHERS["registrar"].posts("/orders", {"cpr": cpr, "rules": GIVEN["rules"], "documents": [PASSPORT]})
    return {"eid_number": issued["eid"]["number"], "cpr": cpr, "customer_ref": called(cpr)} if issued else None


def of_a_bank():
    """An eID that a bank has issued for netbank alone; its letters are for the post."""
    cpr = newcomer()
    customer = {"cpr": cpr, "public": False, "customer_ref": called(cpr)}
    return OTHERS["bank"].posts("/orders", customer).get("eid", {"id": None, "cards": []})


def letter():
    """The name of a card's letter that was printed just now."""
    of_a_bank()
    return next(iter(SELF.posts("/print/batches", {"what": "cards", "limit": 200}).get("letters", [])), "")


# What an officer says, call by call; a body, or a body and the eID that it is about.
GOOD = {
    "/companies/find": lambda: {"cvr": next_of(GIVEN["companies"], "companies"), "cpr": GIVEN["people"][0]["cpr"]},
    "/links": link,
    "/orders": order,
    "/people/answers": of_person,
    "/people/find": lambda: {"eid_number": next_of(NUMBERS, "people")},
    "/people/questions": lambda: {"cpr": asked_about()},
    "/pids": lambda: {"cpr": asked_about()},
    "/print/batches": lambda: {"what": "cards", "limit": 1},
    "/print/letters": lambda: {"what": "cards", "id": letter()},
    "/print/posted": lambda: {"what": "cards", "ids": [letter()]},
}


def answers(eid):
    asked = SELF.posts(f"/eids/{eid}/questions", {})
    return {"round": asked.get("round", ""), "answers": {}}


def ordered_at_desk():
    """Issued here and printed here: it waits for its holder."""
    issued = SELF.posts("/orders", {"cpr": newcomer(), "rules": GIVEN["rules"], "documents": [PASSPORT], "deliver": "desk"})
    for what in ("cards", "passwords"):
        OTHERS["printer"].posts("/print/batches", {"what": what, "limit": 200})
    return issued.get("eid", {}).get("id")


def collect(_):
    return {"document": "danish_passport"}, ordered_at_desk()


def hand_over(_):
    """A card for the post that the print shop has printed."""
    issued = of_a_bank()
    OTHERS["print shop"].posts("/print/batches", {"what": "cards", "limit": 200})
    return {"card": next((card["number"] for card in issued["cards"]), ""), "document": "danish_passport"}, issued["id"]


def public(_):
    return {"rules": GIVEN["rules"], "documents": [PASSPORT]}, of_a_bank()["id"]


ABOUT_AN_EID = {
    "activation": lambda _: {"by": "letter", "proof": SEEN},
    "answers": answers,
    "block": lambda _: {"what": "password", "because": "seen_by_others"},
    "cards": lambda _: {"proof": SEEN},
    "collect": collect,
    "hand-over": hand_over,
    "open": lambda _: {"what": "lane", "proof": SEEN},
    "public": public,
    "questions": lambda _: {},
}


def good(path):
    """What an officer would send there, and about which eID; nothing where this one sends nothing."""
    if path in GOOD:
        return GOOD[path](), None
    wish = ABOUT_AN_EID.get(path.rsplit("/", 1)[-1]) if EIDS else None
    if wish is None:
        return None, None
    eid = next_of(EIDS, path)
    body = wish(eid)
    return body if isinstance(body, tuple) else (body, eid)


@schemathesis.hook
def before_call(context, case, kwargs):
    path = case.operation.path.removeprefix("/api/ra/v1")
    turns[case.operation.label] += 1
    if turns[case.operation.label] % 2:
        return
    body, eid = good(path)
    if body is None:
        return
    case.body, case.media_type = body, "application/json"
    case.headers["Idempotency-Key"] = str(uuid.uuid4())
    if eid:
        case.path_parameters = {"eid": eid}


@schemathesis.hook
def after_call(context, case, response):
    with open(GIVEN["ledger"], "a", encoding="utf-8") as ledger:
        ledger.write(f"{case.operation.label} {response.status_code}\n")
