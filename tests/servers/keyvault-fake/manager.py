"""Azure Resource Manager: subscriptions, vaults, and who has which role."""

from web import Answer, Refusal, b64url

ROLES = {
    "Key Vault Administrator": ["Microsoft.KeyVault/vaults/*"],
    "Key Vault Secrets User": [
        "Microsoft.KeyVault/vaults/secrets/getSecret/action",
        "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
    ],
    "Key Vault Crypto User": ["Microsoft.KeyVault/vaults/keys/read", "Microsoft.KeyVault/vaults/keys/sign/action"],
    "Key Vault Reader": [
        "Microsoft.KeyVault/vaults/*/read",
        "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
    ],
}
ROLE_PATH = "/providers/Microsoft.Authorization/roleDefinitions/"


def covers(pattern, action):
    before, star, after = pattern.lower().partition("*")
    action = action.lower()
    return action.startswith(before) and action.endswith(after) if star else action == before


class Manager:
    def __init__(self, state, entra):
        self.state = state
        self.entra = entra

    def answer(self, request):
        challenge = f'Bearer authorization_uri="https://login.microsoftonline.com/{self.state.tenant}"'
        identity = self.entra.identity(request, f"https://{request.host}", challenge)
        path = request.path.rstrip("/")
        if not identity.get("manager"):
            words = (
                f"The client '{identity['client_id']}' with object id '{identity['object_id']}' does not have authorization to "
                f"perform action 'Microsoft.Resources/subscriptions/read' over scope '{path}' or the scope is invalid."
            )
            raise Refusal(403, "AuthorizationFailed", words)
        if path == "/subscriptions":
            listed = {"subscriptionId": self.state.subscription, "displayName": "Tests", "state": "Enabled"}
            return Answer(200, {"value": [listed | {"id": f"/subscriptions/{self.state.subscription}"}]})
        if path.endswith("/providers/Microsoft.KeyVault/vaults"):
            return self.page(request, [it for it in self.vaults() if "vaultUri" in it["properties"]])
        if path.endswith("/providers/Microsoft.KeyVault/managedHSMs"):
            return self.page(request, [it for it in self.vaults() if "hsmUri" in it["properties"]])
        if path.endswith("/providers/Microsoft.Authorization/roleAssignments"):
            return Answer(200, {"value": self.assignments(path.split("/providers/Microsoft.Authorization")[0])})
        if ROLE_PATH.lower() in path.lower():
            return Answer(200, self.role(path.rsplit("/", 1)[1]))
        for resource in self.vaults():
            if resource["id"].lower() == path.lower():
                return Answer(200, resource)
        raise Refusal(404, "ResourceNotFound", f"The Resource '{path}' was not found.")

    def page(self, request, items):
        start = int(request.query.get("$skiptoken", 0))
        answer = {"value": items[start : start + 1]}
        if start + 1 < len(items):
            version = request.query["api-version"]
            answer["nextLink"] = f"https://{request.host}{request.path}?api-version={version}&$skiptoken={start + 1}"
        return Answer(200, answer)

    def vaults(self):
        return [vault.resource(self.state) for vault in self.state.vaults.values() if not vault.hidden]

    def assignments(self, scope):
        found = []
        for identity in self.state.identities.values():
            for given in identity.get("roles", []):
                # The scope itself and those above it.
                if scope.lower().startswith(given["scope"].lower()):
                    role = b64url(given["role"].encode())
                    found.append({
                        "id": f"{given['scope']}/providers/Microsoft.Authorization/roleAssignments/{role}",
                        "properties": {
                            "roleDefinitionId": f"/subscriptions/{self.state.subscription}{ROLE_PATH}{role}",
                            "principalId": identity["object_id"],
                            "principalType": "ServicePrincipal",
                            "scope": given["scope"],
                        },
                    })
        return found

    def role(self, name):
        for role, actions in ROLES.items():
            if b64url(role.encode()) == name:
                permissions = [{"actions": [], "notActions": [], "dataActions": actions, "notDataActions": []}]
                return {"id": name, "properties": {"roleName": role, "type": "BuiltInRole", "permissions": permissions}}
        raise Refusal(404, "RoleDefinitionDoesNotExist", f"The specified role definition with ID '{name}' does not exist.")
