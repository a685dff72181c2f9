"""Private keys with their certificates, and signing requests, among Python's oracles."""

import base64
import datetime
import pathlib
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat, pkcs12
from cryptography.x509.oid import NameOID

# PKCS#12 without a password, which `cryptography` does not write, is written beside the fake of the service that does.
sys.path.append(str(pathlib.Path(__file__).parent.parent / "servers" / "keyvault-fake"))
import pfx  # noqa: E402


def b64(data):
    return base64.b64encode(data).decode()


def unb64(text):
    return base64.b64decode(text, validate=True)


def load(pkcs8):
    return serialization.load_der_private_key(unb64(pkcs8), None)


def pkcs8_of(key):
    return b64(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


def digest_for(key):
    return None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()


def signed(subject, key, issuer, issuer_key, is_authority):
    name = lambda text: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
    begin = datetime.datetime(2026, 1, 1)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=365))
        .add_extension(x509.BasicConstraints(is_authority, None), True)
    )
    return builder.sign(issuer_key, digest_for(issuer_key))


def make_chain(pkcs8, root_pkcs8, middle_pkcs8):
    """Leaf first; the leaf is of the first key."""
    key, root, middle = load(pkcs8), load(root_pkcs8), load(middle_pkcs8)
    chain = [
        signed("Żółw, Ltd", key, "Middle", middle, False),
        signed("Middle", middle, "Root", root, True),
        signed("Root", root, "Root", root, True),
    ]
    return [b64(certificate.public_bytes(Encoding.DER)) for certificate in chain]


def certificates(chain):
    return [x509.load_der_x509_certificate(unb64(der)) for der in chain]


def write_pfx(pkcs8, chain, how, password):
    """`none` and `empty` are the two ways to have no password; `old` and `new` are ciphers under one."""
    key, chain = load(pkcs8), certificates(chain)
    if how in ("none", "empty"):
        return b64(pfx.write(key, chain, b"" if how == "none" else b"\0\0"))
    encryption = serialization.BestAvailableEncryption(password.encode())
    if how == "old":
        builder = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(2048).hmac_hash(hashes.SHA1())
        encryption = builder.key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC).build(password.encode())
    return b64(pkcs12.serialize_key_and_certificates("größer".encode(), key, chain[0], chain[1:], encryption))


def held(key, leaf, others):
    return {"pkcs8": pkcs8_of(key), "chain": [b64(one.public_bytes(Encoding.DER)) for one in [leaf, *others]]}


def read_pfx(data, password):
    key, leaf, others = pkcs12.load_key_and_certificates(unb64(data), password.encode() or None)
    return held(key, leaf, others)


def read_key_pem(text):
    data = text.encode()
    leaf, *others = x509.load_pem_x509_certificates(data)
    return held(serialization.load_pem_private_key(data, None), leaf, others)


def make_request(pkcs8, names):
    key = load(pkcs8)
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Żółw, Ltd"), x509.NameAttribute(NameOID.COMMON_NAME, names[0])]
    )
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), False)
    builder = builder.add_extension(x509.BasicConstraints(False, None), True)
    return b64(builder.sign(key, digest_for(key)).public_bytes(Encoding.DER))


def read_request(text):
    request = x509.load_pem_x509_csr(text.encode())
    names = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {
        "der": b64(request.public_bytes(Encoding.DER)),
        "names": [f"DNS:{name}" for name in names.get_values_for_type(x509.DNSName)],
        "signed": request.is_signature_valid,
        "spki": b64(request.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)),
        "subject": request.subject.rfc4514_string(),
    }


OPERATIONS = [make_chain, make_request, read_key_pem, read_pfx, read_request, write_pfx]
