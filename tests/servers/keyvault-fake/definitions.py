"""Holds requests and answers to the service's own API definitions (Swagger 2), so that the fake cannot make up its words.

What a definition does not know counts as wrong, both ways: a request of the app with a member that is not there, and an answer
of this fake. Members that came after the definitions are named below, each with where the real service sends it.
"""

import json
import re
from pathlib import Path

from web import Refusal

DATA_PLANE = "keyvault/data-plane/Microsoft.KeyVault/stable/7.4"
MANAGER = "keyvault/resource-manager/Microsoft.KeyVault/stable/2023-02-01"
FILES = [f"{DATA_PLANE}/{name}.json" for name in ("keys", "secrets", "certificates")]
MANAGER_FILES = [f"{MANAGER}/{name}.json" for name in ("keyvault", "managedHsm")]
BASE64URL = re.compile(r"^[A-Za-z0-9_-]*$")
# The recordings of the real service have these, and version 7.4 of the definitions has not.
LATER = re.compile(
    r"(?:[.]x509_props[.]basic_constraints|^body[.]pending|[.]org_details[.]zip|[.]attributes[.]hsmPlatform"
    r"|^body(?:[.]value)?[.](?:subject|issuer|serialnumber))$"
)


class Definitions:
    def __init__(self, folder):
        self.folder, self.read = Path(folder), {}
        self.operations = [one for file in FILES for one in self.of(file, "vault")]
        self.operations += [one for file in MANAGER_FILES for one in self.of(file, "manager")]
        # The most literal first: `/certificates/contacts` is no certificate of that name.
        self.operations.sort(key=lambda one: one["template"].count("{"))

    def document(self, file):
        if file not in self.read:
            self.read[file] = json.loads((self.folder / file).read_text(encoding="utf-8"))
        return self.read[file]

    def of(self, file, host):
        for template, methods in self.document(file)["paths"].items():
            for method, operation in methods.items():
                yield {"host": host, "method": method.upper(), "template": template, "file": file, "operation": operation}

    def find(self, host, method, path):
        given = [part for part in path.split("/") if part]
        for one in self.operations:
            if one["host"] == host and one["method"] == method and fits(one["template"].strip("/").split("/"), given):
                return one
        return None

    def resolve(self, schema, file):
        while "$ref" in schema:
            target, _, pointer = schema["$ref"].partition("#/")
            if target:
                file = str((Path(file).parent / target).as_posix()).replace("/./", "/")
            schema = self.document(file)
            for part in pointer.split("/"):
                schema = schema[part]
        return schema, file

    def members(self, schema, file):
        """All properties and required ones, those of its parents among them."""
        properties, required, more = {}, set(schema.get("required", [])), schema.get("additionalProperties")
        for parent in schema.get("allOf", []):
            found, where = self.resolve(parent, file)
            inherited, also, open_ended = self.members(found, where)
            properties |= inherited
            required |= also
            more = more or open_ended
        properties |= {name: (inner, file) for name, inner in schema.get("properties", {}).items()}
        return properties, required, more

    def wrong(self, value, schema, file, at, sent):
        """What is wrong with `value`; `sent` for what the app sends, which leaves out what is read-only."""
        schema, file = self.resolve(schema, file)
        if value is None:
            return []
        kind = schema.get("type") or ("object" if "properties" in schema or "allOf" in schema else None)
        match kind:
            case "object":
                return self.wrong_object(value, schema, file, at, sent)
            case "array":
                if not isinstance(value, list):
                    return [f"{at} is no list"]
                return [it for number, one in enumerate(value) for it in self.wrong(one, schema["items"], file, f"{at}[{number}]", sent)]
            case "string":
                return wrong_text(value, schema, at)
            case "boolean":
                return [] if isinstance(value, bool) else [f"{at} is no boolean"]
            case "integer":
                return [] if isinstance(value, int) and not isinstance(value, bool) else [f"{at} is no integer"]
        return []

    def wrong_object(self, value, schema, file, at, sent):
        if not isinstance(value, dict):
            return [f"{at} is no object"]
        properties, required, more = self.members(schema, file)
        found = [f"{at} has no {name}" for name in sorted(required) if value.get(name) is None and not (sent and properties[name][0].get("readOnly"))]
        for name, inner in value.items():
            if name in properties:
                found += self.wrong(inner, *properties[name], f"{at}.{name}", sent)
            elif more is None and properties and not LATER.search(re.sub(r"\[[0-9]+\]", "", f"{at}.{name}")):
                found.append(f"{at} has {name}, which is not defined")
            elif isinstance(more, dict):
                found += self.wrong(inner, more, file, f"{at}.{name}", sent)
        return found

    def check_request(self, host, request):
        """Refuses what the definitions do not know; the real service would pass over some of it in silence."""
        one = self.find(host, request.method, request.path)
        if one is None:
            return
        bodies = [self.resolve(it, one["file"]) for it in one["operation"].get("parameters", [])]
        body = next(((it, file) for it, file in bodies if it.get("in") == "body"), None)
        if body is None:
            found = ["there is a body, and none is defined"] if request.body.strip() not in (b"", b"{}") else []
        else:
            found = self.wrong(request.json(), body[0]["schema"], body[1], "body", True)
        if found:
            raise Refusal(400, "NotInTheDefinitions", f"{request.method} {request.path}: {'; '.join(found)}")

    def check_answer(self, host, request, answer):
        """Raises on an answer that the real service could not have given."""
        one = self.find(host, request.method, request.path)
        if one is None:
            return
        responses = one["operation"]["responses"]
        response = responses.get(str(answer.status)) or (responses.get("default") if answer.status >= 400 else None)
        if response is None:
            raise AssertionError(f"{request.method} {request.path} is answered with {answer.status}, which is not defined")
        response, file = self.resolve(response, one["file"])
        schema = response.get("schema")
        if schema is None:
            found = ["there is a body, and none is defined"] if answer.body is not None else []
        else:
            found = self.wrong(answer.body, schema, file, "body", False)
        if found:
            raise AssertionError(f"{request.method} {request.path} is answered with {answer.status}: {'; '.join(found)}")


def fits(template, given):
    """Whether the path is of the template; the version may be left out."""
    if len(template) > len(given):
        template = [part for part in template if not part.endswith("-version}")]
    return len(template) == len(given) and all(
        part.startswith("{") or part.lower() == it.lower() for part, it in zip(template, given)
    )


def wrong_text(value, schema, at):
    if not isinstance(value, str):
        return [f"{at} is no text"]
    if schema.get("format") == "base64url" and not BASE64URL.match(value):
        return [f"{at} is no base64url"]
    closed = schema.get("enum") if not schema.get("x-ms-enum", {}).get("modelAsString", False) else None
    # The service writes `Notify` where its definition says `notify`.
    if closed and value.lower() not in [one.lower() for one in closed]:
        return [f"{at} is {value!r}, which is not among {closed}"]
    pattern = schema.get("pattern")
    return [f"{at} is {value!r}, which does not fit {pattern}"] if pattern and not re.search(pattern, value) else []
