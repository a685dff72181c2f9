"""Is the fake like the service, and is the check of that worth something? `check.py PUBLISHED` prints what is not so.

Three parts. What the real service answered when it was recorded fits its definitions as `definitions.py` reads them. The same
answers, spoilt, do not: the control. And the examples of the definitions, sent to the fake, are answered with the status of
the example and with every member that it shows.
"""

import copy
import json
import sys
import uuid
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

from control import State
from definitions import DATA_PLANE, Definitions
from replay import calls
from tls import authority
from vault import Vault
from web import Answer, Refusal, Request

# What the fake cannot do, or an example that cannot be followed. Each with its reason; one that works after all is told.
NOT_HERE = {
    "GetRandomBytes": "the fake gives no random bytes",
    "ImportCertificate": "its PFX is cut short in the example",
    "MergeCertificate": "its answer is to another request",
    "decrypt": "the fake decrypts nothing",
    "encrypt": "the fake encrypts nothing",
    "release": "nothing is released without an attestation",
    "unwrapKey": "the fake unwraps nothing",
    "wrapKey": "the fake wraps nothing",
}


def plane_of(host):
    if host.startswith("management."):
        return "manager"
    return "vault" if host.endswith((".vault.azure.net", ".managedhsm.azure.net")) else None


def recorded(published):
    """Every answer of the real service that has a definition: its file, plane, request and answer."""
    for folder in ("recordings", "cassettes"):
        for file in sorted((published / folder).glob("*.json")):
            for method, url, status, body, _ in calls(json.loads(file.read_text(encoding="utf-8"))):
                parts = urlsplit(url)
                plane = plane_of(parts.hostname or "")
                # The challenge comes before all definitions.
                if plane and status != 401:
                    answer = Answer(status, json.loads(body) if body else None)
                    yield file.name, plane, Request(method, parts.hostname, parts.path, {}, {}, b""), answer


def trouble(definitions, plane, request, answer):
    try:
        definitions.check_answer(plane, request, answer)
    except AssertionError as wrong:
        return str(wrong)
    return None


def spoilt(body):
    """Copies with one thing wrong each, and what."""
    invented = copy.deepcopy(body)
    invented["invented"] = 1
    yield "a member that is not defined", invented
    for name, value in body.items():
        if isinstance(value, (str, dict, list)):
            other = copy.deepcopy(body)
            other[name] = 7
            yield f"a number as {name}", other
            return


class Everything(dict):
    """Somebody who may do everything."""

    def get(self, name, default=None):
        return {"policies": {"myvault": {kind: ["all"] for kind in ("keys", "secrets", "certificates")}}}.get(name, default)


class Bench:
    """A vault without a port: requests go in, answers come out."""

    def __init__(self, definitions):
        self.definitions = definitions
        self.state = State(authority())
        self.vault = Vault("myvault", "vault.azure.net", rbac=False)
        self.state.vaults[self.vault.host] = self.vault
        me = Everything(client_id="me", object_id=str(uuid.uuid4()))
        self.entra = SimpleNamespace(identity=lambda *_: me)

    def send(self, method, path, body=None):
        sent = b"" if body is None else json.dumps(body).encode()
        request = Request(method, self.vault.host, f"/{path}", {}, {"authorization": "Bearer x"}, sent)
        try:
            self.definitions.check_request("vault", request)
            answer = self.vault.answer(self.state, self.entra, request)
        except Refusal as refusal:
            answer = refusal.answer
        self.definitions.check_answer("vault", request, answer)
        return answer

    def must(self, method, path, body=None):
        answer = self.send(method, path, body)
        if answer.status >= 300:
            raise AssertionError(f"{method} {path}: {answer.status} {answer.body}")
        return answer.body

    def make(self, kind, name, issuer="Self"):
        # Whatever an example shows of an object was once said of it.
        said = {"tags": {"purpose": "unit test", "test name ": "x"}, "attributes": {"nbf": 1, "exp": 4_000_000_000}}
        if kind == "keys":
            self.must("POST", f"keys/{name}/create", {"kty": "RSA", "key_size": 2048} | said)
            lifetime = {"trigger": {"timeAfterCreate": "P90D"}, "action": {"type": "Rotate"}}
            self.must("PUT", f"keys/{name}/rotationpolicy", {"lifetimeActions": [lifetime], "attributes": {"expiryTime": "P2Y"}})
        elif kind == "secrets":
            self.must("PUT", f"secrets/{name}", {"value": "x", "contentType": "plainText"} | said)
        else:
            policy = {"x509_props": {"subject": "CN=x", "sans": {"dns_names": ["x"]}}, "issuer": {"name": issuer}}
            self.must("POST", f"certificates/{name}/create", {"policy": policy, "tags": said["tags"]})


def prepared(bench, template, parameters, body):
    """Makes what an example presupposes. Answers the path, and the body with what only this vault can know."""
    path = template
    for name, value in parameters.items():
        path = path.replace("{" + name + "}", str(value))
    kind, *rest = path.strip("/").split("/")
    name = rest[0] if rest else "made"
    if kind.startswith("deleted"):
        kind = kind.removeprefix("deleted")
        bench.make(kind, name)
        bench.must("DELETE", f"{kind}/{name}")
    elif name == "contacts":
        bench.must("PUT", "certificates/contacts", {"contacts": [{"email": "a@example.com", "name": "A", "phone": "1"}]})
    elif name == "issuers":
        issuer = rest[1] if len(rest) > 1 else "made"
        account = {"account_id": "a", "pwd": "b"}
        admin = {"first_name": "A", "last_name": "B", "email": "a@example.com", "phone": "1"}
        whole = {"provider": "Test", "credentials": account, "org_details": {"id": "o", "admin_details": [admin]}}
        bench.must("PUT", f"certificates/issuers/{issuer}", whole)
    elif name == "restore":
        bench.make(kind, "kept")
        body = {"value": bench.must("POST", f"{kind}/kept/backup")["value"]}
        bench.must("DELETE", f"{kind}/kept")
        bench.must("DELETE", f"deleted{kind}/kept")
    elif not template.endswith("/create") and not (kind == "secrets" and "PUT" in parameters):
        bench.make(kind, name, "Unknown" if "/pending" in template else "Self")
        if len(rest) > 1 and "-version}" in template:
            rest[1] = bench.vault.objects[kind][name].versions[-1]["version"]
            path = "/".join([kind, *rest])
    return path.strip("/"), body


def members(value, at=""):
    """The names that an answer shows. Texts are of no matter, and of a list one entry tells."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield f"{at}.{name}"
            yield from members(inner, f"{at}.{name}")
    elif isinstance(value, list) and value:
        yield from members(value[0], f"{at}[]")


def example(definitions, method, template, said):
    """What is wrong with the fake's answer to it."""
    bench = Bench(definitions)
    parameters = {name: value for name, value in said["parameters"].items() if isinstance(value, (str, int))}
    body = next((value for value in said["parameters"].values() if isinstance(value, dict)), None)
    path, body = prepared(bench, template, parameters, body)
    answer = bench.send(method, path, body)
    (status, expected), *_ = said["responses"].items()
    if answer.status != int(status):
        return f"{status} is due, {answer.status} came: {answer.body}"
    missing = set(members(expected.get("body"))) - set(members(answer.body))
    return f"it has no {', '.join(sorted(missing))}" if missing else None


def main():
    published = Path(sys.argv[1])
    definitions = Definitions(published / "openapi")
    found, counts = [], {"recorded": 0, "spoilt": 0, "examples": 0}
    for file, plane, request, answer in recorded(published):
        counts["recorded"] += 1
        wrong = trouble(definitions, plane, request, answer)
        if wrong:
            found.append(f"{file}: the real service is not believed: {wrong}")
        if isinstance(answer.body, dict) and definitions.find(plane, request.method, request.path):
            for what, body in spoilt(answer.body):
                counts["spoilt"] += 1
                if trouble(definitions, plane, request, Answer(answer.status, body)) is None:
                    found.append(f"{file}: {request.method} {request.path}: {what} was not noticed")
    for one in definitions.operations:
        for name, reference in (one["operation"].get("x-ms-examples") or {}).items() if one["host"] == "vault" else ():
            said = json.loads((definitions.folder / DATA_PLANE / ".." / Path(one["file"]).parent.name / reference["$ref"]).read_text(encoding="utf-8"))
            short = Path(reference["$ref"]).stem.removesuffix("-example")
            counts["examples"] += 1
            try:
                wrong = example(definitions, one["method"], one["template"], said)
            except AssertionError as broken:
                wrong = str(broken)
            if wrong and short not in NOT_HERE:
                found.append(f"{short}: {wrong}")
            elif not wrong and short in NOT_HERE:
                found.append(f"{short} works after all: it is no gap that {NOT_HERE[short]}")
    print("\n".join(found), file=sys.stderr)
    print(json.dumps(counts))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
