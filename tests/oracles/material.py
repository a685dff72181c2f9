"""Key material in its forms, and unwrapped again, among Python's oracles."""

import base64
import json

from cryptography.hazmat.primitives import hashes, hmac, keywrap, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

OAEP = {"oaep-sha1": hashes.SHA1, "oaep-sha256": hashes.SHA256, "rsa-aes-sha1": hashes.SHA1, "rsa-aes-sha256": hashes.SHA256}
CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521", "secp256k1": "secp256k1"}


def b64(data):
    return base64.b64encode(data).decode()


def unb64(text):
    return base64.b64decode(text, validate=True)


def load(pkcs8):
    return serialization.load_der_private_key(unb64(pkcs8), None)


def number(value, length=None):
    length = length or (value.bit_length() + 7) // 8
    return base64.urlsafe_b64encode(value.to_bytes(length, "big")).decode().rstrip("=")


def octets(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def private_jwk(pkcs8):
    """The private JWK of a key, as its text."""
    key = load(pkcs8)
    if isinstance(key, rsa.RSAPrivateKey):
        it = key.private_numbers()
        names = {"n": it.public_numbers.n, "e": it.public_numbers.e, "d": it.d, "p": it.p, "q": it.q}
        names |= {"dp": it.dmp1, "dq": it.dmq1, "qi": it.iqmp}
        return json.dumps({"kty": "RSA", **{name: number(value) for name, value in names.items()}})
    if isinstance(key, ec.EllipticCurvePrivateKey):
        it, length = key.private_numbers(), (key.key_size + 7) // 8
        x, y = it.public_numbers.x, it.public_numbers.y
        names = {"x": number(x, length), "y": number(y, length), "d": number(it.private_value, length)}
        return json.dumps({"kty": "EC", "crv": CURVES[key.curve.name], **names})
    assert isinstance(key, ed25519.Ed25519PrivateKey)
    return json.dumps({"kty": "OKP", "crv": "Ed25519", "x": octets(key.public_key().public_bytes_raw()), "d": octets(key.private_bytes_raw())})


def traditional(pkcs8):
    """PKCS#1 or SEC 1, as DER."""
    return b64(load(pkcs8).private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption()))


def encrypted(pkcs8, form):
    """The key under a password, in PEM of the old form or the new one, or in DER."""
    encoding = Encoding.DER if form == "der" else Encoding.PEM
    kind = PrivateFormat.TraditionalOpenSSL if form == "old" else PrivateFormat.PKCS8
    return b64(load(pkcs8).private_bytes(encoding, kind, serialization.BestAvailableEncryption(b"secret")))


def numbers(pkcs8):
    """Everything that a private key is, and the very bytes that Python would write for it."""
    key = load(pkcs8)
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return {"jwk": json.loads(private_jwk(pkcs8)), "spki": b64(spki), "pkcs8": b64(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))}


def unwrap(private, wrap, blob):
    """What the holder of the wrapping key's private half finds in a blob."""
    key, blob = load(private), unb64(blob)
    scheme = padding.OAEP(padding.MGF1(OAEP[wrap]()), OAEP[wrap](), None)
    if wrap.startswith("oaep"):
        return b64(key.decrypt(blob, scheme))
    modulus = key.key_size // 8
    between = key.decrypt(blob[:modulus], scheme)
    assert len(between) == 32
    return b64(keywrap.aes_key_unwrap_with_padding(between, blob[modulus:]))


def mac(key, hash, message):
    it = hmac.HMAC(unb64(key), getattr(hashes, hash)())
    it.update(unb64(message))
    return b64(it.finalize())


def open_sealed(kind, key, sealed):
    cipher = {"AES": AESGCM, "ChaCha20": ChaCha20Poly1305}[kind](unb64(key))
    return b64(cipher.decrypt(unb64(sealed)[:12], unb64(sealed)[12:], None))


def seal(kind, key, nonce, plaintext):
    cipher = {"AES": AESGCM, "ChaCha20": ChaCha20Poly1305}[kind](unb64(key))
    return b64(unb64(nonce) + cipher.encrypt(unb64(nonce), unb64(plaintext), None))


OPERATIONS = [private_jwk, traditional, encrypted, numbers, unwrap, mac, open_sealed, seal]
