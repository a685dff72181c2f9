"""The data plane: challenge, permissions by both models, and what keys, secrets and certificates have in common."""

import base64
import json
import re
import uuid

import certificates
import keys
import vault_secrets
from manager import ROLES, covers
from web import Answer, Refusal, b64url, from_b64url, now, page

KINDS = {"keys": keys, "secrets": vault_secrets, "certificates": certificates}
NAME = re.compile(r"^[0-9a-zA-Z-]{1,127}$")
# What a call is called by access policies, and by the actions of roles.
PERMISSIONS = {
    ("keys", "list"): "keys/read",
    ("keys", "get"): "keys/read",
    ("keys", "getrotationpolicy"): "keyrotationpolicies/read",
    ("keys", "setrotationpolicy"): "keyrotationpolicies/write",
    ("secrets", "list"): "secrets/readMetadata/action",
    ("secrets", "get"): "secrets/getSecret/action",
    ("secrets", "set"): "secrets/setSecret/action",
    ("secrets", "delete"): "secrets/delete",
    ("certificates", "list"): "certificates/read",
    ("certificates", "get"): "certificates/read",
    ("certificates", "delete"): "certificates/delete",
    ("keys", "delete"): "keys/delete",
}


class Object:
    """One name with its versions, oldest first. What is deleted keeps its name until it is purged."""

    def __init__(self, kind, name):
        self.kind, self.name = kind, name
        self.versions = []
        self.deleted = None
        self.managed = False
        self.extra = {}

    def version(self, wanted):
        if not wanted and self.versions:
            return self.versions[-1]
        for version in self.versions:
            if version["version"] == wanted:
                return version
        raise missing(self.kind, self.name)


def missing(kind, name, deleted=False):
    word = {"keys": "key", "secrets": "secret", "certificates": "certificate"}[kind]
    words = f"A {word} with (name/id) {name} was not found in this key vault."
    if deleted:
        words = f"Deleted {word} not found: {name}"
    elif kind == "keys":
        words += " If you recently deleted this key you may be able to recover it using the correct recovery command."
    return Refusal(404, f"{word.capitalize()}NotFound", words)


class Vault:
    def __init__(self, name, suffix, rbac, purge_protection=False):
        self.name, self.host = name, f"{name}.{suffix}"
        self.hsm = "managedhsm" in suffix
        self.audience = f"https://{suffix.lstrip('.')}"
        self.rbac, self.purge_protection = rbac, purge_protection
        self.objects = {kind: {} for kind in KINDS}
        self.issuers, self.contacts = {}, []
        # One of a subscription that nobody here can see.
        self.hidden = False

    @property
    def recovery(self):
        level = "Recoverable" if self.purge_protection else "Recoverable+Purgeable"
        return {"recoveryLevel": level, "recoverableDays": 90}

    def resource_id(self, state):
        kind = "managedHSMs" if self.hsm else "vaults"
        return f"/subscriptions/{state.subscription}/resourceGroups/tests/providers/Microsoft.KeyVault/{kind}/{self.name}"

    def resource(self, state):
        kept = {"tenantId": state.tenant, "enableSoftDelete": True, "softDeleteRetentionInDays": 90}
        if self.hsm:
            sku, properties = {"family": "B", "name": "Standard_B1"}, kept | {"hsmUri": f"https://{self.host}/"}
        else:
            sku, properties = {"family": "A", "name": "standard"}, kept | {
                "enableRbacAuthorization": self.rbac,
                "accessPolicies": [] if self.rbac else [
                    {"tenantId": state.tenant, "objectId": identity["object_id"], "permissions": given}
                    for identity in state.identities.values()
                    if (given := identity.get("policies", {}).get(self.name))
                ],
                "vaultUri": f"https://{self.host}/",
            }
        if self.purge_protection:
            properties["enablePurgeProtection"] = True
        return {
            "id": self.resource_id(state),
            "name": self.name,
            "type": f"Microsoft.KeyVault/{'managedHSMs' if self.hsm else 'vaults'}",
            "location": "westeurope",
            "tags": {},
            "properties": properties | ({} if self.hsm else {"sku": sku}),
        } | ({"sku": sku} if self.hsm else {})

    def answer(self, state, entra, request):
        challenge = f'Bearer authorization="https://login.microsoftonline.com/{state.tenant}", resource="{self.audience}"'
        identity = entra.identity(request, self.audience, challenge)
        parts = [part for part in request.path.split("/") if part]
        if not parts:
            raise Refusal(404, "NotFound", "There is nothing here.")
        kind = parts[0].removeprefix("deleted")
        if kind not in KINDS or (self.hsm and kind != "keys"):
            raise Refusal(404, "NotFound", f"There is no {parts[0]} here.")
        call = Call(self, state, identity, request, kind)
        return call.deleted(parts[1:]) if parts[0].startswith("deleted") else call.live(parts[1:])


class Call:
    """One authorised request to one kind of object of a vault."""

    def __init__(self, vault, state, identity, request, kind):
        self.vault, self.state, self.identity, self.request, self.kind = vault, state, identity, request, kind
        self.module = KINDS[kind]
        self.objects = vault.objects[kind]

    def allow(self, verb):
        """Refuses in the service's words what this identity may not do."""
        action = PERMISSIONS.get((self.kind, verb), f"{self.kind}/{verb}/action")
        action = f"Microsoft.KeyVault/vaults/{action}"
        caller = f"appid={self.identity['client_id']};oid={self.identity['object_id']};iss=https://sts.windows.net/{self.state.tenant}/"
        if self.vault.rbac:
            scope = f"{self.vault.resource_id(self.state)}/"
            roles = [it["role"] for it in self.identity.get("roles", []) if scope.startswith(it["scope"] + "/")]
            if any(covers(pattern, action) for role in roles for pattern in ROLES[role]):
                return
            raise Refusal(403, "Forbidden", (
                f"Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role "
                f"definitions were changed recently, please observe propagation time.\r\nCaller: {caller}\r\nAction: '{action}'"
                f"\r\nResource: '{self.request.path}'\r\nAssignment: (not found)\r\nVault: {self.vault.name};location=westeurope"
            ), "ForbiddenByRbac")
        given = self.identity.get("policies", {}).get(self.vault.name, {}).get(self.kind, [])
        if verb in [one.lower() for one in given] or "all" in given:
            return
        raise Refusal(403, "Forbidden", (
            f"The user, group or application '{caller}' does not have {self.kind} {verb} permission on key vault "
            f"'{self.vault.name};location=westeurope'. For help resolving this issue, please see "
            "https://go.microsoft.com/fwlink/?linkid=2125287"
        ), "ForbiddenByPolicy")

    def object(self, name):
        found = self.objects.get(name)
        if found is None or found.deleted:
            raise missing(self.kind, name)
        return found

    def fresh(self, name):
        """The object of that name, made if need be. A name in the keeping of the deleted is taken."""
        if not NAME.match(name):
            raise Refusal(400, "BadParameter", f"The request URI contains an invalid name: {name}")
        found = self.objects.get(name)
        if found and found.deleted:
            word = self.kind.removesuffix("s").capitalize()
            raise Refusal(409, "Conflict", (
                f"{word} {name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, "
                "the " + self.kind.removesuffix("s") + " can only be recovered or purged."
            ), "ObjectIsDeletedButRecoverable")
        return self.objects.setdefault(name, Object(self.kind, name))

    def live(self, parts):
        method, request = self.request.method, self.request
        if not parts:
            self.allow("list")
            shown = [it for it in self.objects.values() if not it.deleted and it.versions]
            return page([self.listed(it, it.versions[-1], False) for it in sorted(shown, key=lambda it: it.name)], request)
        special = self.module.special(self, method, parts)
        if special is not None:
            return special
        name, rest = parts[0], parts[1:]
        match (method, rest):
            case ("POST", _) if name == "restore":
                return self.restore()
            case ("GET", ["versions"]):
                self.allow("list")
                found = self.object(name)
                return page([self.listed(found, it, True) for it in found.versions], request)
            case ("POST", ["backup"]):
                self.allow("backup")
                return Answer(200, {"value": self.backup(self.object(name))})
            case ("GET", [] | [_]):
                self.allow("get")
                found = self.object(name)
                return Answer(200, self.module.bundle(self, found, found.version(rest[0] if rest else "")))
            case ("PATCH", [] | [_]):
                self.allow("set" if self.kind == "secrets" else "update")
                found = self.object(name)
                version = found.version(rest[0] if rest else "")
                self.module.update(self, found, version, request.json())
                version["attributes"]["updated"] = now()
                return Answer(200, self.module.bundle(self, found, version))
            case ("DELETE", []):
                self.allow("delete")
                return Answer(200, self.delete(self.object(name)))
        raise Refusal(405, "MethodNotAllowed", f"{method} is not allowed on {request.path}")

    def deleted(self, parts):
        method, request = self.request.method, self.request
        gone = lambda name: self.objects.get(name) if self.objects.get(name) and self.objects[name].deleted else None
        if not parts:
            self.allow("list")
            shown = [it for it in self.objects.values() if it.deleted]
            return page([self.listed(it, it.versions[-1], False) | self.deletion(it) for it in shown], request)
        found = gone(parts[0])
        if found is None:
            raise missing(self.kind, parts[0], deleted=True)
        match (method, parts[1:]):
            case ("GET", []):
                self.allow("get")
                bundle = self.module.bundle(self, found, found.versions[-1])
                bundle.pop("value", None)
                return Answer(200, bundle | self.deletion(found))
            case ("POST", ["recover"]):
                self.allow("recover")
                for one in self.together(found):
                    one.deleted = None
                return Answer(200, self.module.bundle(self, found, found.versions[-1]))
            case ("DELETE", []):
                self.allow("purge")
                if self.vault.purge_protection:
                    words = "Operation \"purge\" is not allowed because purge protection is enabled for this vault."
                    raise Refusal(403, "Forbidden", words, "ForbiddenByPurgeProtection")
                for one in self.together(found):
                    del self.vault.objects[one.kind][one.name]
                return Answer(204)
        raise Refusal(405, "MethodNotAllowed", f"{method} is not allowed on {request.path}")

    def together(self, found):
        """A certificate goes and comes with its key and its secret."""
        if self.kind != "certificates":
            return [found]
        others = [self.vault.objects[kind].get(found.name) for kind in ("keys", "secrets")]
        return [found] + [it for it in others if it]

    def delete(self, found):
        if found.managed:
            words = f"The {self.kind.removesuffix('s')} {found.name} is managed by a certificate and cannot be deleted on its own."
            raise Refusal(403, "Forbidden", words)
        for one in self.together(found):
            one.deleted = now()
        bundle = self.module.bundle(self, found, found.versions[-1])
        bundle.pop("value", None)
        return bundle | self.deletion(found)

    def deletion(self, found):
        return {
            "recoveryId": f"https://{self.vault.host}/deleted{self.kind}/{found.name}",
            "deletedDate": found.deleted,
            "scheduledPurgeDate": found.deleted + 90 * 86400,
        }

    def address(self, found, version=None, kind=None):
        parts = [kind or self.kind, found.name] + ([version["version"]] if version else [])
        return f"https://{self.vault.host}/{'/'.join(parts)}"

    def listed(self, found, version, one_version):
        listed = {
            ("kid" if self.kind == "keys" else "id"): self.address(found, version if one_version else None),
            "attributes": version["attributes"],
        }
        if version.get("tags"):
            listed["tags"] = version["tags"]
        if found.managed:
            listed["managed"] = True
        return listed | self.module.listed(found, version)

    def attributes(self, wanted, old=None):
        stamps = {"created": now(), "updated": now()} if old is None else old
        wanted = {name: wanted[name] for name in ("enabled", "nbf", "exp", "exportable") if wanted.get(name) is not None}
        return {"enabled": True} | stamps | wanted | self.vault.recovery

    def new_version(self, found, **said):
        found.versions.append({"version": uuid.uuid4().hex} | said)
        return found.versions[-1]

    def backup(self, found):
        if found.managed:
            raise Refusal(403, "Forbidden", "A managed object is backed up with its certificate.")
        saved = {"kind": self.kind, "name": found.name, "vault": self.vault.name, "number": len(self.state.backups)}
        self.state.backups.append([(one.kind, one.name, list(one.versions), one.managed, dict(one.extra)) for one in self.together(found)])
        return b64url(json.dumps(saved).encode())

    def restore(self):
        self.allow("restore")
        try:
            saved = json.loads(from_b64url(self.request.json()["value"]))
            objects = self.state.backups[saved["number"]]
        except (KeyError, ValueError, IndexError, TypeError) as error:
            raise Refusal(400, "BadParameter", "Invalid backup data.") from error
        if saved["kind"] != self.kind:
            raise Refusal(400, "BadParameter", "The backup is of another kind of object.")
        if saved["name"] in self.objects:
            raise Refusal(409, "Conflict", f"{saved['name']} exists already.", "ObjectAlreadyExists")
        for kind, name, versions, managed, extra in objects:
            one = self.vault.objects[kind].setdefault(name, Object(kind, name))
            one.versions, one.managed, one.extra = list(versions), managed, dict(extra)
        found = self.objects[saved["name"]]
        return Answer(200, self.module.bundle(self, found, found.versions[-1]))


def bytes_of(text):
    return base64.b64decode(text)
