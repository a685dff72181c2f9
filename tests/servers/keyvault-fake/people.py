"""People who sign in: codes that a browser brings back (PKCE), codes that are typed on another device, and what renews both."""

import hashlib
import secrets
from urllib.parse import urlencode, urlsplit

from web import Answer, b64url

SCOPES = {"openid", "profile", "offline_access"}


def service(form):
    """The service that the scopes name, beside those about the person."""
    return next((scope.removesuffix("/.default") for scope in form.get("scope", "").split() if scope not in SCOPES), "")


class People:
    def __init__(self, refused):
        self.refused = refused
        self.codes, self.devices, self.renewals = {}, {}, {}

    def authorize(self, identity, query):
        """The page, as if the person had done at once what the test said for this app: `consent`, `state`."""
        back = query.get("redirect_uri", "")
        at = urlsplit(back)
        wanted = at.scheme == "http" and at.hostname == "localhost" and at.port and at.path in ("", "/")
        if not wanted or query.get("response_type") != "code":
            return self.refused("invalid_request", "AADSTS50011", "The redirect URI does not match.")
        if query.get("code_challenge_method") != "S256" or len(query.get("code_challenge", "")) != 43:
            return self.refused("invalid_request", "AADSTS9002325", "Proof Key for Code Exchange is required.")
        state = identity.get("state") or query.get("state", "")
        if not identity.get("consent", True):
            words = "AADSTS65004: User declined to consent to access the app. Correlation ID: 0f0f"
            said = {"error": "access_denied", "error_description": words, "state": state}
        else:
            code = secrets.token_urlsafe(24)
            self.codes[code] = {
                "client": identity["client_id"], "back": back, "challenge": query["code_challenge"], "for": service(query),
            }
            said = {"code": code, "state": state}
        return Answer(302, None, {"Location": f"{back.rstrip('/')}/?{urlencode(said)}"})

    def device(self, client, form):
        code, user = secrets.token_urlsafe(24), secrets.token_hex(4).upper()
        self.devices[code] = {"client": client, "user": user, "verdict": None, "asked": 0, "for": service(form)}
        return Answer(200, {
            "user_code": user, "device_code": code, "verification_uri": "https://microsoft.com/devicelogin",
            "expires_in": 900, "interval": 1, "message": "Sign in.",
        })

    def decide(self, said):
        """What the person does with the code: `accept`, `decline`, or nothing until it is too late (`expire`)."""
        for device in self.devices.values():
            if device["user"] == said["user_code"]:
                device["verdict"] = said["verdict"]

    def problem(self, client, form):
        """Why the grant gives no token; `None` if it does, then `form` has the service that was asked for with the code.
        Each code and each renewal is good once."""
        kind = form.get("grant_type")
        if kind == "authorization_code":
            held = self.codes.pop(form.get("code"), None)
            digest = b64url(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
            if held is None or held["client"] != client or held["back"] != form.get("redirect_uri"):
                return self.refused("invalid_grant", "AADSTS70008", "The provided authorization code has expired or was used.")
            if held["challenge"] != digest:
                return self.refused("invalid_grant", "AADSTS501481", "The Code_Verifier does not match the code_challenge.")
            form["scope"] = held["for"]
            return None
        if kind == "urn:ietf:params:oauth:grant-type:device_code":
            return self.device_problem(client, form)
        held = self.renewals.pop(form.get("refresh_token"), None)
        if held != client:
            return self.refused("invalid_grant", "AADSTS700082", "The refresh token has expired due to inactivity.")
        return None

    def device_problem(self, client, form):
        held = self.devices.get(form.get("device_code"))
        if held is None or held["client"] != client:
            return self.refused("bad_verification_code", "AADSTS70019", "The verification code is not known.")
        held["asked"] += 1
        if held["asked"] == 2:
            return self.refused("slow_down", "AADSTS70016", "Ask less often.")
        match held["verdict"]:
            case "accept":
                del self.devices[form["device_code"]]
                form["scope"] = held["for"]
                return None
            case "decline":
                return self.refused("authorization_declined", "AADSTS70018", "The person declined.")
            case "expire":
                return self.refused("expired_token", "AADSTS70020", "The code has expired.")
        return self.refused("authorization_pending", "AADSTS70016", "Nobody has entered the code yet.")

    def renewal(self, client):
        token = secrets.token_urlsafe(24)
        self.renewals[token] = client
        return token
