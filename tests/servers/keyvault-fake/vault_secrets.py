"""Secrets: values with a content type, each write a new version."""

from web import Answer, Refusal


def special(call, method, parts):
    if method == "PUT" and len(parts) == 1:
        call.allow("set")
        body = call.request.json()
        value = body.get("value")
        if not isinstance(value, str):
            raise Refusal(400, "BadParameter", "The request must have a value.")
        if len(value.encode()) > 25 * 1024:
            raise Refusal(400, "BadParameter", "Secret value exceeds the maximum size of 25k bytes.")
        found = call.fresh(parts[0])
        if found.managed:
            raise Refusal(403, "Forbidden", f"The secret {found.name} is managed by a certificate.")
        version = call.new_version(
            found,
            value=value,
            contentType=body.get("contentType"),
            tags=body.get("tags") or {},
            attributes=call.attributes(body.get("attributes") or {}),
        )
        return Answer(200, bundle(call, found, version))
    if method == "GET" and len(parts) in (1, 2) and parts[-1] != "versions":
        call.allow("get")
        found = call.object(parts[0])
        version = found.version(parts[1] if len(parts) == 2 else "")
        if not version["attributes"]["enabled"]:
            raise Refusal(403, "Forbidden", "Operation get is not allowed on a disabled secret.", "SecretDisabled")
    return None


def bundle(call, found, version):
    said = {"value": version["value"], "id": call.address(found, version), "attributes": version["attributes"]}
    said |= listed(found, version)
    if version.get("tags"):
        said["tags"] = version["tags"]
    if found.managed:
        said |= {"managed": True, "kid": call.address(found, version, "keys")}
    return said


def listed(found, version):
    return {"contentType": version["contentType"]} if version.get("contentType") else {}


def update(call, found, version, body):
    if "contentType" in body:
        version["contentType"] = body["contentType"]
    if "tags" in body:
        version["tags"] = body["tags"]
    version["attributes"] = call.attributes(body.get("attributes") or {}, version["attributes"])
