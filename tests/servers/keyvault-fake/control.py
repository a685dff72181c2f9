"""What tests set: identities, vaults, faults, and the log of requests. Reached as `localhost`, never by the app."""

import re
import threading

from entra import object_id
from vault import Vault
from web import Answer, Refusal

TENANT = "5f2a1c3e-0b7d-4c8e-9a11-0d6f4e2b8c70"
SUBSCRIPTION = "0c0ffee0-1111-4222-8333-444455556666"


class State:
    def __init__(self, authority):
        self.tenant, self.tenants, self.subscription = TENANT, {TENANT, "contoso.onmicrosoft.com"}, SUBSCRIPTION
        self.vaults, self.identities, self.backups = {}, {}, []
        self.faults, self.log, self.assertions = [], [], []
        self.authority = authority
        self.lock = threading.RLock()

    def vault(self, said):
        vault = Vault(said["name"], said.get("suffix", "vault.azure.net"), said.get("rbac", True), said.get("purge_protection", False))
        vault.hidden = said.get("hidden", False)
        self.vaults[vault.host] = vault

    def identity(self, said):
        self.identities[said["client_id"]] = {"name": said["client_id"], "object_id": object_id(said["client_id"])} | said

    def answer(self, request):
        match (request.method, request.path):
            case ("GET", "/_fake/ready"):
                return Answer(200, {"tenant": self.tenant, "subscription": self.subscription})
            case ("POST", "/_fake/vault"):
                self.vault(request.json())
            case ("POST", "/_fake/identity"):
                self.identity(request.json())
            case ("POST", "/_fake/fault"):
                self.faults.append(request.json())
            case ("POST", "/_fake/line"):
                return Answer(200, self.open_line())
            case ("GET", "/_fake/log"):
                return Answer(200, self.log)
            case ("GET", "/_fake/assertions"):
                return Answer(200, self.assertions)
            case ("DELETE", "/_fake/log"):
                self.log.clear()
            case ("POST", "/_fake/device"):
                self.people.decide(request.json())
            case ("POST", "/_fake/revoke"):
                self.people.renewals.clear()
            case ("POST", "/_fake/age"):
                # Times of an object, set back or forth as no client can.
                said = request.json()
                found = self.vaults[said["vault"]].objects[said["kind"]][said["name"]]
                found.versions[-1]["attributes"] |= said["attributes"]
            case _:
                raise Refusal(404, "NotFound", "The fake has no such control.")
        return Answer(200, {})

    def fault(self, request, line=None):
        """The first fault that fits, used up by as many requests as it says."""
        for fault in self.faults:
            if fault.get("line", line) != line:
                continue
            fits = fault.get("method", request.method) == request.method and re.search(fault["path"], request.path)
            fits = fits and fault.get("host", request.host) == request.host
            # What carries no token yet is answered with the challenge, unless that is what is to be spoilt.
            signed = "authorization" in request.headers or fault.get("unsigned", False)
            if fits and signed and fault.get("times", 1) > 0:
                fault["times"] = fault.get("times", 1) - 1
                return fault
        return None
