"""What is handed out in a rotation, read by `cryptography` alone.

One JSON request on standard input, {"kind": ..., "text": ...}; the answer is JSON too.
"""

import base64
import hashlib
import json
import re
import sys

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key, load_ssh_public_key

STATEMENT = re.compile(r"ALTER USER (\w+) SET (RSA_PUBLIC_KEY(?:_2)?)='([A-Za-z0-9+/=]+)';\n")


def spki(key):
    return base64.b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def number(text):
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")


def thumbprint(jwk):
    """RFC 7638."""
    names = {"RSA": ["e", "kty", "n"], "EC": ["crv", "kty", "x", "y"]}[jwk["kty"]]
    canonical = json.dumps({name: jwk[name] for name in names}, separators=(",", ":"), sort_keys=True)
    return base64.urlsafe_b64encode(hashlib.sha256(canonical.encode()).digest()).rstrip(b"=").decode()


def jwk(one):
    if one["kty"] == "RSA":
        return rsa.RSAPublicNumbers(number(one["e"]), number(one["n"])).public_key()
    assert one["crv"] == "P-256"
    return ec.EllipticCurvePublicNumbers(number(one["x"]), number(one["y"]), ec.SECP256R1()).public_key()


def jwks(text):
    return [{"kid": one["kid"], "thumbprint": thumbprint(one), "spki": spki(jwk(one))} for one in json.loads(text)["keys"]]


def statement(text):
    user, slot, body = STATEMENT.fullmatch(text).groups()
    return {"user": user, "slot": slot, "spki": spki(load_der_public_key(base64.b64decode(body, validate=True)))}


def openssh(text):
    return {"spki": spki(load_ssh_public_key(text.encode()))}


request = json.load(sys.stdin)
print(json.dumps({"jwks": jwks, "statement": statement, "openssh": openssh}[request["kind"]](request["text"])))
