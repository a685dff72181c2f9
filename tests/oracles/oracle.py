"""Python's hands among the oracles: `cryptography` and the Snowflake connector.

Reads one JSON request a line from standard input and answers with one JSON line: {"ok": ...} or {"error": "..."}.
It knows nothing of the code under test. Bytes travel as base64.
"""

import base64
import datetime
import hashlib
import ipaddress
import json
import random
import re
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID
from snowflake.connector.auth.keypair import AuthByKeyPair

import key_definitions
import material
import private

CURVES = {
    "P-256": ec.SECP256R1(),
    "P-384": ec.SECP384R1(),
    "P-521": ec.SECP521R1(),
    "secp256k1": ec.SECP256K1(),
}
PRIVATE_KEYS = {}


def b64(data):
    return base64.b64encode(data).decode()


def unb64(text):
    return base64.b64decode(text, validate=True)


def unb64url(text):
    assert re.fullmatch(r"[A-Za-z0-9_-]+", text), "not base64url without padding"
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def spki(key):
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def private_key(pkcs8):
    """Reading checks the primes, which is slow, so the pool's keys are kept."""
    if pkcs8 not in PRIVATE_KEYS:
        key = serialization.load_der_private_key(unb64(pkcs8), None)
        if not isinstance(key, rsa.RSAPrivateKey):
            return key
        PRIVATE_KEYS[pkcs8] = key
    return PRIVATE_KEYS[pkcs8]


def generate(kind):
    """A fresh private key, as PKCS#8 DER."""
    if kind.startswith("RSA "):
        key = rsa.generate_private_key(65537, int(kind.split()[1]))
    elif kind == "Ed25519":
        key = ed25519.Ed25519PrivateKey.generate()
    else:
        key = ec.generate_private_key(CURVES[kind.removeprefix("EC ")])
    pkcs8 = key.private_bytes(Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return {"pkcs8": b64(pkcs8), "spki": b64(spki(key.public_key()))}


def number(value, length=None):
    length = length or (value.bit_length() + 7) // 8
    return base64.urlsafe_b64encode(value.to_bytes(length, "big")).rstrip(b"=").decode()


def truth(pkcs8):
    """What every form of this private key's public half has to be."""
    private = private_key(pkcs8)
    key = private.public_key()
    out = {
        "spki": b64(spki(key)),
        "spki_pem": key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
        "spki_sha256": "SHA256:" + b64(hashlib.sha256(spki(key)).digest()),
        "pkcs1_pem": None,
        "snowflake": None,
        "openssh": None,
    }
    if isinstance(key, rsa.RSAPublicKey):
        numbers = key.public_numbers()
        out["jwk"] = {"e": number(numbers.e), "kty": "RSA", "n": number(numbers.n)}
        out["pkcs1_pem"] = key.public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode()
        out["snowflake"] = AuthByKeyPair.calculate_public_key_fingerprint(private)
    elif isinstance(key, ed25519.Ed25519PublicKey):
        raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
        x = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
        out["jwk"] = {"crv": "Ed25519", "kty": "OKP", "x": x}
    else:
        numbers = key.public_numbers()
        length = (key.curve.key_size + 7) // 8
        names = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521", "secp256k1": "secp256k1"}
        out["jwk"] = {
            "crv": names[key.curve.name],
            "kty": "EC",
            "x": number(numbers.x, length),
            "y": number(numbers.y, length),
        }
    if out["jwk"].get("crv") != "secp256k1":
        out["openssh"] = key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    canonical = json.dumps(out["jwk"], separators=(",", ":"), sort_keys=True).encode()
    out["thumbprint"] = base64.urlsafe_b64encode(hashlib.sha256(canonical).digest()).rstrip(b"=").decode()
    return out


def read_spki_pem(text):
    return b64(spki(serialization.load_pem_public_key(text.encode())))


def read_spki_der(der):
    return b64(spki(serialization.load_der_public_key(unb64(der))))


def read_openssh(text):
    return b64(spki(serialization.load_ssh_public_key(text.encode())))


def read_jwk(text):
    jwk = json.loads(text)
    if jwk["kty"] == "RSA":
        assert not unb64url(jwk["n"]).startswith(b"\0"), "leading zero"
        e, n = (int.from_bytes(unb64url(jwk[name]), "big") for name in "en")
        key = rsa.RSAPublicNumbers(e, n).public_key()
    elif jwk["kty"] == "OKP":
        key = ed25519.Ed25519PublicKey.from_public_bytes(unb64url(jwk["x"]))
    else:
        curve = CURVES[jwk["crv"]]
        x, y = (unb64url(jwk[name]) for name in "xy")
        assert len(x) == len(y) == (curve.key_size + 7) // 8, "coordinates not padded"
        key = ec.EllipticCurvePublicNumbers(int.from_bytes(x, "big"), int.from_bytes(y, "big"), curve).public_key()
    return b64(spki(key))


STATEMENT = re.compile(r"""ALTER USER ([A-Za-z_][A-Za-z0-9_$]*|"(?:[^"]|"")+") SET (\w+)='([A-Za-z0-9+/=]+)';\n""")


def read_snowflake(text):
    name, slot, body = STATEMENT.fullmatch(text).groups()
    name = name[1:-1].replace('""', '"') if name.startswith('"') else name.upper()
    return {"user": name, "slot": slot, "spki": read_spki_der(body)}


def login_claims(pkcs8, account, user, lifetime):
    """The claims of the token that the connector signs in with; it takes the time from its own clock."""
    token = AuthByKeyPair(private_key(pkcs8), lifetime).prepare(account=account, user=user)
    return json.loads(unb64url(token.split(".")[1]))


NAMES = [
    NameOID.COMMON_NAME,
    NameOID.ORGANIZATION_NAME,
    NameOID.ORGANIZATIONAL_UNIT_NAME,
    NameOID.LOCALITY_NAME,
    NameOID.STATE_OR_PROVINCE_NAME,
    NameOID.STREET_ADDRESS,
    NameOID.DOMAIN_COMPONENT,
    NameOID.USER_ID,
]
LETTERS = 'abcXYZ019 .-_@,+"\\<>;=#/*łżÜ名'


def some_name(rng):
    attributes = []
    for oid in rng.sample(NAMES, rng.randint(1, 5)):
        text = "".join(rng.choice(LETTERS) for _ in range(rng.randint(1, 20)))
        if oid == NameOID.DOMAIN_COMPONENT:
            text = "example"
        attributes.append(x509.NameAttribute(oid, text))
    if rng.random() < 0.5:
        attributes.insert(0, x509.NameAttribute(NameOID.COUNTRY_NAME, rng.choice(["PL", "DE", "US"])))
    return x509.Name(attributes)


def some_alternative_names(rng):
    makers = [
        lambda: x509.DNSName("*.api%d.example.com" % rng.randint(0, 99)),
        lambda: x509.IPAddress(ipaddress.IPv4Address(rng.getrandbits(32))),
        lambda: x509.IPAddress(ipaddress.IPv6Address(rng.getrandbits(128))),
        lambda: x509.UniformResourceIdentifier("spiffe://example/%d" % rng.randint(0, 99)),
        lambda: x509.RFC822Name("key%d@example.com" % rng.randint(0, 99)),
    ]
    return [rng.choice(makers)() for _ in range(rng.randint(1, 6))]


USAGES = [
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
]
EXTENDED = [
    ExtendedKeyUsageOID.SERVER_AUTH,
    ExtendedKeyUsageOID.CLIENT_AUTH,
    ExtendedKeyUsageOID.CODE_SIGNING,
    ExtendedKeyUsageOID.EMAIL_PROTECTION,
    x509.ObjectIdentifier("1.3.6.1.4.1.99999.7"),
]


def make_certificate(seed, pkcs8, issuer_pkcs8):
    """A certificate as random as `seed`, signed by `issuer_pkcs8`; by itself if both keys are the same."""
    rng = random.Random(seed)
    key, issuer_key = private_key(pkcs8), private_key(issuer_pkcs8)
    subject = some_name(rng)
    issuer = subject if pkcs8 == issuer_pkcs8 else some_name(rng)
    # Before 2050 UTCTime, after it GeneralizedTime.
    begin = datetime.datetime(1990, 1, 1) + datetime.timedelta(seconds=rng.randint(0, 60 * 365 * 86400))
    end = begin + datetime.timedelta(seconds=rng.randint(1, 100 * 365 * 86400))
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(rng.getrandbits(rng.choice([8, 64, 159])) + 1)
        .not_valid_before(begin)
        .not_valid_after(end)
    )
    if rng.random() < 0.8:
        builder = builder.add_extension(x509.SubjectAlternativeName(some_alternative_names(rng)), False)
    if rng.random() < 0.6:
        builder = builder.add_extension(x509.BasicConstraints(rng.random() < 0.5, None), True)
    if rng.random() < 0.6:
        wanted = {name: rng.random() < 0.5 for name in USAGES} | {"encipher_only": False, "decipher_only": False}
        wanted["digital_signature"] = True
        builder = builder.add_extension(x509.KeyUsage(**wanted), True)
    if rng.random() < 0.6:
        builder = builder.add_extension(x509.ExtendedKeyUsage(rng.sample(EXTENDED, rng.randint(1, 5))), False)
    if rng.random() < 0.5:
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    extra = {}
    digest = rng.choice([hashes.SHA256(), hashes.SHA384(), hashes.SHA512()])
    if isinstance(issuer_key, ed25519.Ed25519PrivateKey):
        digest = None
    elif isinstance(issuer_key, ec.EllipticCurvePrivateKey) and issuer_key.curve.name == "secp256k1":
        # AWS-LC verifies this curve with no other hash.
        digest = hashes.SHA256()
    elif isinstance(issuer_key, rsa.RSAPrivateKey) and rng.random() < 0.3:
        extra["rsa_padding"] = padding.PSS(mgf=padding.MGF1(digest), salt_length=digest.digest_size)
    return b64(builder.sign(issuer_key, digest, **extra).public_bytes(Encoding.DER))


ALTERNATIVE = {
    x509.DNSName: "DNS:",
    x509.UniformResourceIdentifier: "URI:",
    x509.RFC822Name: "EMAIL:",
    x509.IPAddress: "IP:",
}


def colons(data):
    return data.hex(":").upper()


def read_certificate(der):
    certificate = x509.load_der_x509_certificate(unb64(der))
    out = {
        "subject": certificate.subject.rfc4514_string(),
        "issuer": certificate.issuer.rfc4514_string(),
        "serial": colons(certificate.serial_number.to_bytes((certificate.serial_number.bit_length() + 7) // 8, "big")),
        "not_before": int(certificate.not_valid_before_utc.timestamp()),
        "not_after": int(certificate.not_valid_after_utc.timestamp()),
        "sha1": colons(certificate.fingerprint(hashes.SHA1())),
        "sha256": colons(certificate.fingerprint(hashes.SHA256())),
        "x5t": base64.urlsafe_b64encode(certificate.fingerprint(hashes.SHA1())).rstrip(b"=").decode(),
        "x5t_s256": base64.urlsafe_b64encode(certificate.fingerprint(hashes.SHA256())).rstrip(b"=").decode(),
        "spki": b64(spki(certificate.public_key())),
        "spki_pin": b64(hashlib.sha256(spki(certificate.public_key())).digest()),
        "pem": certificate.public_bytes(Encoding.PEM).decode(),
        "signature": certificate.signature_algorithm_oid.dotted_string,
        "hash": certificate.signature_hash_algorithm.name if certificate.signature_hash_algorithm else None,
        "names": [],
        "is_authority": False,
        "key_usages": [],
        "extended": [],
        "self_signed": False,
    }
    try:
        certificate.verify_directly_issued_by(certificate)
        out["self_signed"] = True
    except Exception:
        pass
    for extension in certificate.extensions:
        if extension.oid == ExtensionOID.SUBJECT_ALTERNATIVE_NAME:
            out["names"] = [ALTERNATIVE[type(name)] + str(name.value) for name in extension.value]
        elif extension.oid == ExtensionOID.BASIC_CONSTRAINTS:
            out["is_authority"] = extension.value.ca
        elif extension.oid == ExtensionOID.KEY_USAGE:
            out["key_usages"] = [name for name in USAGES if getattr(extension.value, name)]
        elif extension.oid == ExtensionOID.EXTENDED_KEY_USAGE:
            out["extended"] = [usage.dotted_string for usage in extension.value]
    return out


def read_chain(text):
    return [b64(it.public_bytes(Encoding.DER)) for it in x509.load_pem_x509_certificates(text.encode())]


def read_p7b(text):
    return [b64(it.public_bytes(Encoding.DER)) for it in pkcs7.load_pem_pkcs7_certificates(text.encode())]


OPERATIONS = {
    operation.__name__: operation
    for operation in [
        generate,
        truth,
        read_spki_pem,
        read_spki_der,
        read_openssh,
        read_jwk,
        read_snowflake,
        login_claims,
        make_certificate,
        read_certificate,
        read_chain,
        read_p7b,
        *key_definitions.OPERATIONS,
        *material.OPERATIONS,
        *private.OPERATIONS,
    ]
}


def main():
    for line in sys.stdin:
        operation, *arguments = json.loads(line)
        try:
            answer = {"ok": OPERATIONS[operation](*arguments)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
