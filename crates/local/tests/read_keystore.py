"""Reads a keystore file without any code of Claviger's: Python's cryptography does all of it.

usage: read_keystore.py FILE, with the passphrase, or the key in base64, on standard input; writes the body's JSON.
"""
import base64
import hashlib
import json
import sys

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

content = open(sys.argv[1], "rb").read()
given = sys.stdin.buffer.read()
file = json.loads(content)
lock = file["lock"]
salt = base64.b64decode(lock["salt"], validate=True)

if lock["method"] == "keyring-key":
    secret = base64.b64decode(given, validate=True)
else:
    cost = lock["method"]["argon2id"]
    secret = Argon2id(
        salt=salt, length=32, iterations=cost["passes"], lanes=cost["lanes"], memory_cost=cost["memory_kib"]
    ).derive(given)


def key(purpose):
    return HKDF(hashes.SHA256(), 32, salt, purpose).derive(secret)


assert file["digest"] == hashlib.sha256(content[: content.rindex(b',\n"digest"')]).hexdigest(), "digest"
assert base64.b64decode(lock["check"]) == key(b"claviger-keystore 1 check"), "check"
header = {"format": file["format"], "version": file["version"], "lock": lock}
body = AESGCM(key(b"claviger-keystore 1 body")).decrypt(
    base64.b64decode(file["nonce"], validate=True),
    base64.b64decode(file["body"], validate=True),
    json.dumps(header, separators=(",", ":")).encode(),
)
sys.stdout.write(json.dumps(json.loads(body)))
