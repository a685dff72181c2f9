"""Reads a client assertion with PyJWT, as whoever gets it: `jose.py ASSERTION PEM ALGORITHM MEMBER CLIENT AUDIENCE`.

Prints its number (`jti`), or fails.
"""

import base64
import sys

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes

assertion, pem, algorithm, member, client, audience = sys.argv[1:]
certificate = x509.load_pem_x509_certificate(pem.encode())
claims = jwt.decode(
    assertion, certificate.public_key(), algorithms=[algorithm], audience=audience, issuer=client,
    options={"require": ["aud", "iss", "sub", "jti", "nbf", "exp"]},
)
header = jwt.get_unverified_header(assertion)
digest = hashes.SHA256() if member == "x5t#S256" else hashes.SHA1()
thumbprint = base64.urlsafe_b64encode(certificate.fingerprint(digest)).rstrip(b"=").decode()
assert header == {"alg": algorithm, "typ": "JWT", member: thumbprint}, header
assert claims["sub"] == client, claims
assert 300 <= claims["exp"] - claims["nbf"] <= 600, claims
print(claims["jti"])
