"""Tokens: the endpoint that gives them for secrets and signed assertions, and the check that a vault makes."""

import hashlib
import json
import uuid

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from urllib.parse import parse_qs

from people import People, service
from web import Answer, Refusal, b64url, from_b64url, now

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def refused(error, code, words):
    body = {
        "error": error,
        "error_description": f"{code}: {words} Trace ID: 0 Correlation ID: 0 Timestamp: 2026-01-01 00:00:00Z",
        "error_codes": [int(code.removeprefix("AADSTS"))],
    }
    return Answer(401 if error == "invalid_client" else 400, body)


class Entra:
    def __init__(self, state):
        self.state = state
        self.used = set()
        self.people = state.people = People(refused)

    def answer(self, request):
        tenant, _, rest = request.path.strip("/").partition("/")
        if rest == "oauth2/v2.0/token" and request.method == "POST":
            form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
            return self.token(request, tenant, form)
        if rest == "oauth2/v2.0/devicecode" and request.method == "POST":
            form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
            return self.person(tenant, form) or self.people.device(form["client_id"], form)
        if rest == "oauth2/v2.0/authorize":
            problem = self.person(tenant, request.query)
            return problem or self.people.authorize(self.state.identities[request.query["client_id"]], request.query)
        if (tenant, rest) == ("platform", "token"):
            return self.platform(request)
        if rest.endswith("openid-configuration"):
            issuer = f"https://{request.host}/{tenant}"
            return Answer(200, {"issuer": f"{issuer}/v2.0", "token_endpoint": f"{issuer}/oauth2/v2.0/token"})
        if rest == "discovery/instance":
            return Answer(200, {"tenant_discovery_endpoint": f"https://{request.host}/{tenant}/.well-known/openid-configuration"})
        return Answer(404, {"error": "not_found"})

    def person(self, tenant, form):
        """Why this app can ask nobody of this tenant."""
        if tenant not in self.state.tenants:
            return refused("invalid_request", "AADSTS90002", f"Tenant '{tenant}' not found.")
        client = form.get("client_id", "")
        if client not in self.state.identities:
            words = f"Application with identifier '{client}' was not found in the directory."
            return refused("unauthorized_client", "AADSTS700016", words)
        return None

    def token(self, request, tenant, form):
        problem = self.person(tenant, form)
        if problem:
            return problem
        client, personal = form["client_id"], form.get("grant_type") != "client_credentials"
        identity = self.state.identities[client]
        if personal:
            problem = self.people.problem(client, form)
        elif "client_secret" in form:
            problem = self.secret(identity, form)
        else:
            problem = self.assertion(request, tenant, identity, form)
        if problem:
            return problem
        renewal = {"refresh_token": self.people.renewal(client)} if personal else {}
        return Answer(200, renewal | {
            "token_type": "Bearer",
            "expires_in": 3599,
            "ext_expires_in": 3599,
            "access_token": self.signed(tenant, identity, service(form)),
        })

    def platform(self, request):
        """The endpoint that a platform gives a program for its managed identity (App Service, 2019-08-01)."""
        secret = request.headers.get("x-identity-header")
        wanted = request.query.get("client_id")
        for identity in self.state.identities.values():
            if secret and identity.get("platform") == secret and wanted in (None, identity["client_id"]):
                token = self.signed(self.state.tenant, identity, request.query["resource"])
                expires = str(now() + 3599)
                return Answer(200, {"access_token": token, "expires_on": expires, "resource": request.query["resource"], "token_type": "Bearer"})
        return Answer(400, {"statusCode": 400, "message": "No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId."})

    def secret(self, identity, form):
        if form["client_secret"] == identity.get("secret"):
            return None
        return refused("invalid_client", "AADSTS7000215", "Invalid client secret provided.")

    def assertion(self, request, tenant, identity, form):
        """A client assertion: PS256 with x5t#S256, or RS256 with x5t, by a certificate that is registered."""
        def bad(code, words):
            return refused("invalid_client", code, words)
        if form.get("client_assertion") in identity.get("federated", []):
            # Signed by another issuer that the app trusts, such as a cluster; whose signature is not looked at here.
            return None
        try:
            head, claims, signature = form["client_assertion"].split(".")
            header, said = json.loads(from_b64url(head)), json.loads(from_b64url(claims))
        except (KeyError, ValueError):
            return bad("AADSTS50027", "JWT token is invalid or malformed.")
        held = self.registered(identity, header)
        if held is None:
            return bad("AADSTS700027", "The certificate with identifier used to sign the client assertion is not registered.")
        pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
        scheme = {("PS256", "x5t#S256"): pss, ("RS256", "x5t"): padding.PKCS1v15()}.get((header.get("alg"), held[1]))
        try:
            if scheme is None:
                raise InvalidSignature
            held[0].public_key().verify(from_b64url(signature), f"{head}.{claims}".encode(), scheme, hashes.SHA256())
        except InvalidSignature:
            return bad("AADSTS700027", "Client assertion failed signature validation.")
        if said.get("aud") != f"https://{request.host}/{tenant}/oauth2/v2.0/token":
            return bad("AADSTS700023", "Client assertion audience claim does not match.")
        if said.get("iss") != identity["client_id"] or said.get("sub") != identity["client_id"]:
            return bad("AADSTS700021", "Client assertion application identifier does not match.")
        if not said.get("nbf", 0) - 300 <= now() < said.get("exp", 0):
            return bad("AADSTS700024", "Client assertion is not within its valid time range.")
        if not said.get("jti") or said["jti"] in self.used:
            return bad("AADSTS700025", "Client assertion was used before.")
        self.used.add(said["jti"])
        self.state.assertions.append(form["client_assertion"])
        return None

    def registered(self, identity, header):
        for pem in identity.get("certificates", []):
            held = x509.load_pem_x509_certificate(pem.encode())
            for member, digest in (("x5t#S256", hashes.SHA256()), ("x5t", hashes.SHA1())):
                if header.get(member) == b64url(held.fingerprint(digest)):
                    return held, member
        return None

    def signed(self, tenant, identity, audience):
        claims = {
            "aud": audience,
            "iss": f"https://sts.windows.net/{tenant}/",
            "iat": now(),
            "nbf": now(),
            "exp": now() + 3599,
            "appid": identity["client_id"],
            "app_displayname": identity["name"],
            "oid": identity["object_id"],
            "tid": tenant,
        }
        part = lambda value: b64url(json.dumps(value).encode())
        signed = f"{part({'alg': 'RS256', 'typ': 'JWT', 'kid': 'fake'})}.{part(claims)}"
        return f"{signed}.{b64url(KEY.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"

    def identity(self, request, audience, challenge):
        """Who asks, by the token; without a good one, the challenge."""
        header = request.headers.get("authorization", "")
        def refuse(words):
            return Refusal(401, "Unauthorized", words, headers={"WWW-Authenticate": challenge})
        if not header.startswith("Bearer "):
            raise refuse("AKV10000: Request is missing a Bearer or PoP token.")
        try:
            head, claims, signature = header.removeprefix("Bearer ").split(".")
            KEY.public_key().verify(from_b64url(signature), f"{head}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256())
            said = json.loads(from_b64url(claims))
        except (ValueError, InvalidSignature) as error:
            raise refuse("AKV10032: Invalid token.") from error
        if said["tid"] not in self.state.tenants:
            raise refuse("AKV10032: Invalid issuer. Expected one of the vault's tenant.")
        if said["aud"].rstrip("/") != audience:
            raise refuse("AKV10022: Invalid audience.")
        if said["exp"] <= now():
            raise refuse("AKV10046: The token has expired.")
        return self.state.identities[said["appid"]]


def object_id(client_id):
    return str(uuid.UUID(bytes=hashlib.sha256(client_id.encode()).digest()[:16]))
