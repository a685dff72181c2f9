"""PKCS#12 as the service writes it: without a password, 3DES, and a SHA-1 MAC of 2000 rounds (RFC 7292).

No password is not the empty one: the derivation of keys then has no password at all, where the empty one has two zeros.
`cryptography` writes neither, so the few lines of DER are here. The oracle tests use them too.
"""

import hashlib
import hmac
import os

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

ROUNDS = 2000
DATA, ENCRYPTED_DATA = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.6"
SHROUDED_KEY_BAG, CERT_BAG = "1.2.840.113549.1.12.10.1.2", "1.2.840.113549.1.12.10.1.3"
X509_CERTIFICATE, LOCAL_KEY_ID = "1.2.840.113549.1.9.22.1", "1.2.840.113549.1.9.21"
TRIPLE_DES, SHA1 = "1.2.840.113549.1.12.1.3", "1.3.14.3.2.26"
MAC_KEY, KEY, IV = 3, 1, 2


def element(tag, *parts):
    body = b"".join(parts)
    length = bytes([len(body)]) if len(body) < 128 else None
    if length is None:
        digits = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
        length = bytes([0x80 | len(digits)]) + digits
    return bytes([tag]) + length + body


def sequence(*parts):
    return element(0x30, *parts)


def octets(data):
    return element(0x04, data)


def explicit(data):
    return element(0xA0, data)


def integer(value):
    return element(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def identifier(dotted):
    first, second, *arcs = map(int, dotted.split("."))
    out = bytes([40 * first + second])
    for arc in arcs:
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(0x80 | arc & 0x7F)
        out += bytes(reversed(groups))
    return element(0x06, out)


def derive(password, salt, purpose, length):
    """RFC 7292, B.2, for lengths of up to two blocks of SHA-1."""
    stretch = lambda data: b"" if not data else (data * 64)[: 64 * -(-len(data) // 64)]
    block, out = bytearray(stretch(salt) + stretch(password)), b""
    while len(out) < length:
        digest = bytes([purpose]) * 64 + bytes(block)
        for _ in range(ROUNDS):
            digest = hashlib.sha1(digest).digest()
        out += digest
        add = int.from_bytes((digest * 4)[:64], "big") + 1
        for at in range(0, len(block), 64):
            value = (int.from_bytes(block[at : at + 64], "big") + add) % (1 << 512)
            block[at : at + 64] = value.to_bytes(64, "big")
    return out[:length]


def encrypt(password, plain):
    """The algorithm's identifier, and the bytes."""
    salt = os.urandom(8)
    padder = PKCS7(64).padder()
    cipher = Cipher(TripleDES(derive(password, salt, KEY, 24)), modes.CBC(derive(password, salt, IV, 8))).encryptor()
    data = cipher.update(padder.update(plain) + padder.finalize()) + cipher.finalize()
    return sequence(identifier(TRIPLE_DES), sequence(octets(salt), integer(ROUNDS))), data


def write(key, certificates, password=b""):
    """`password` as the bytes that keys are derived from: nothing, or UTF-16 with its two zeros."""
    tie = element(0x31, sequence(identifier(LOCAL_KEY_ID), element(0x31, octets(bytes([1, 0, 0, 0])))))
    bags = []
    for number, certificate in enumerate(certificates):
        der = certificate.public_bytes(Encoding.DER)
        value = explicit(sequence(identifier(X509_CERTIFICATE), explicit(octets(der))))
        bags.append(sequence(identifier(CERT_BAG), value, tie if key is not None and number == 0 else b""))
    algorithm, data = encrypt(password, sequence(*bags))
    content = sequence(identifier(DATA), algorithm, element(0x80, data))
    safes = [sequence(identifier(ENCRYPTED_DATA), explicit(sequence(integer(0), content)))]
    if key is not None:
        algorithm, data = encrypt(password, key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
        bag = sequence(identifier(SHROUDED_KEY_BAG), explicit(sequence(algorithm, octets(data))), tie)
        safes.insert(0, sequence(identifier(DATA), explicit(octets(sequence(bag)))))
    content, salt = sequence(*safes), os.urandom(20)
    digest = hmac.new(derive(password, salt, MAC_KEY, 20), content, hashlib.sha1).digest()
    mac = sequence(sequence(sequence(identifier(SHA1), element(0x05)), octets(digest)), octets(salt), integer(ROUNDS))
    return sequence(integer(3), sequence(identifier(DATA), explicit(octets(content))), mac)
