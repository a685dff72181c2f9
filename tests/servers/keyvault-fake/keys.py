"""Keys: made, imported, rotated and used with real cryptography. Those of an HSM are software keys here."""

import json
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, keywrap
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding, load_der_private_key

from web import Answer, Refusal, b64url, from_b64url, now, number

CURVES = {"P-256": ec.SECP256R1, "P-256K": ec.SECP256K1, "P-384": ec.SECP384R1, "P-521": ec.SECP521R1}
ALL_RSA = ["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"]
PERIOD = re.compile(r"^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?$")


def special(call, method, parts):
    name, rest = parts[0], parts[1:]
    match (method, rest):
        case ("POST", ["create"]):
            call.allow("create")
            body = call.request.json()
            found = call.fresh(name)
            key = make(body.get("kty"), body.get("key_size"), body.get("crv"))
            return Answer(200, bundle(call, found, add(call, found, body, key, body.get("attributes") or {})))
        case ("PUT", []):
            call.allow("import")
            body = call.request.json()
            found = call.fresh(name)
            jwk = body.get("key") or {}
            wanted = body | {"kty": jwk.get("kty"), "crv": jwk.get("crv"), "key_ops": jwk.get("key_ops")}
            key = transferred(call, jwk) if "key_hsm" in jwk else imported(jwk)
            return Answer(200, bundle(call, found, add(call, found, wanted, key, body.get("attributes") or {})))
        case ("GET", [version, "attestation"]) if call.vault.hsm:
            call.allow("get")
            found = call.object(name)
            said = bundle(call, found, found.version(version))
            pem = call.state.authority[1].public_bytes(Encoding.PEM)
            attested = {"certificatePemFile": b64url(pem), "privateKeyAttestation": b64url(b"private"), "publicKeyAttestation": b64url(b"public"), "version": "1"}
            return Answer(200, said | {"attributes": said["attributes"] | {"attestation": attested}})
        case ("POST", ["rotate"]):
            call.allow("rotate")
            found = call.object(name)
            old = found.versions[-1]
            key = make(old["kty"], getattr(old["key"], "key_size", None), old["crv"])
            wanted = {"kty": old["kty"], "crv": old["crv"], "key_ops": old["key_ops"], "tags": old["tags"]}
            return Answer(200, bundle(call, found, add(call, found, wanted, key, {})))
        case ("GET", ["rotationpolicy"]):
            call.allow("getrotationpolicy")
            return Answer(200, rotation(call, call.object(name)))
        case ("PUT", ["rotationpolicy"]):
            call.allow("setrotationpolicy")
            found = call.object(name)
            found.extra["rotation"] = checked(call.request.json())
            return Answer(200, rotation(call, found))
        case ("POST", [*version, "sign" | "verify" as verb]) if len(version) <= 1:
            call.allow(verb)
            found = call.object(name)
            return use(call, found, found.version(version[0] if version else ""), verb)
    return None


def make(kty, size, curve):
    kind = (kty or "").removesuffix("-HSM")
    if kind == "RSA":
        if (size or 2048) not in (2048, 3072, 4096):
            raise Refusal(400, "BadParameter", f"The key size {size} is not supported.")
        return rsa.generate_private_key(public_exponent=65537, key_size=size or 2048)
    if kind == "EC":
        if (curve or "P-256") not in CURVES:
            raise Refusal(400, "BadParameter", f"The curve {curve} is not supported.")
        return ec.generate_private_key(CURVES[curve or "P-256"]())
    raise Refusal(400, "BadParameter", f"The key type {kty} is not supported.")


def imported(jwk):
    read = lambda member: int.from_bytes(from_b64url(jwk[member]), "big")
    try:
        if jwk["kty"].startswith("RSA"):
            public = rsa.RSAPublicNumbers(read("e"), read("n"))
            parts = [read(member) for member in ("p", "q", "d", "dp", "dq", "qi")]
            return rsa.RSAPrivateNumbers(*parts, public).private_key()
        public = ec.EllipticCurvePublicNumbers(read("x"), read("y"), CURVES[jwk["crv"]]())
        return ec.EllipticCurvePrivateNumbers(read("d"), public).private_key()
    except (KeyError, ValueError) as error:
        raise Refusal(400, "BadParameter", "Invalid JSON web key.") from error


def transferred(call, jwk):
    """What a key transfer blob holds, which only the key exchange key of this vault opens."""
    try:
        blob = json.loads(from_b64url(jwk["key_hsm"]))
        host, _, name, version = blob["header"]["kid"].removeprefix("https://").split("/")
        kek = call.object(name).version(version)
        fits = blob["schema_version"] == "1.0.0" and blob["header"]["enc"] == "CKM_RSA_AES_KEY_WRAP" and blob["header"]["alg"] == "dir"
        if not fits or host != call.vault.host or (kek["kty"], kek["key_ops"]) != ("RSA-HSM", ["import"]):
            raise ValueError("not for a key exchange key of this vault")
        wrapped, size = from_b64url(blob["ciphertext"]), kek["key"].key_size // 8
        oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)
        plain = keywrap.aes_key_unwrap_with_padding(kek["key"].decrypt(wrapped[:size], oaep), wrapped[size:])
        key = load_der_private_key(plain, None)
        is_rsa = isinstance(key, rsa.RSAPrivateKey)
        if jwk["kty"] != ("RSA-HSM" if is_rsa else "EC-HSM") or not (is_rsa or isinstance(key.curve, CURVES[jwk["crv"]])):
            raise ValueError("another kind")
        return key
    except (KeyError, TypeError, ValueError, keywrap.InvalidUnwrap) as error:
        raise Refusal(400, "BadParameter", "The key transfer blob could not be unwrapped.") from error


def add(call, found, wanted, key, attributes):
    crv = (wanted.get("crv") or "P-256") if not isinstance(key, rsa.RSAPrivateKey) else None
    default = ALL_RSA if crv is None else ["sign", "verify"]
    return call.new_version(
        found,
        kty=wanted["kty"],
        crv=crv,
        key=key,
        key_ops=wanted.get("key_ops") or default,
        tags=wanted.get("tags") or {},
        release_policy=wanted.get("release_policy"),
        attributes=call.attributes({"exportable": False} | attributes),
    )


def bundle(call, found, version):
    public = version["key"].public_key().public_numbers()
    jwk = {"kid": call.address(found, version), "kty": version["kty"], "key_ops": version["key_ops"]}
    if version["crv"] is None:
        jwk |= {"n": number(public.n), "e": number(public.e)}
    else:
        size = (public.curve.key_size + 7) // 8
        jwk |= {"crv": version["crv"], "x": b64url(public.x.to_bytes(size, "big")), "y": b64url(public.y.to_bytes(size, "big"))}
    said = {"key": jwk, "attributes": version["attributes"]}
    if version.get("tags"):
        said["tags"] = version["tags"]
    if found.managed:
        said["managed"] = True
    if version.get("release_policy"):
        said["release_policy"] = version["release_policy"]
    return said


def listed(found, version):
    return {}


def update(call, found, version, body):
    if "key_ops" in body:
        version["key_ops"] = body["key_ops"]
    if "tags" in body:
        version["tags"] = body["tags"]
    version["attributes"] = call.attributes(body.get("attributes") or {}, version["attributes"])


def rotation(call, found):
    policy = found.extra.get("rotation") or {
        "lifetimeActions": [{"trigger": {"timeBeforeExpiry": "P30D"}, "action": {"type": "Notify"}}],
        "attributes": {},
    }
    return {"id": f"{call.address(found)}/rotationpolicy"} | policy


def checked(policy):
    """The rules that the service has for rules."""
    def refuse(words):
        raise Refusal(400, "BadParameter", words)
    expiry = (policy.get("attributes") or {}).get("expiryTime")
    if expiry and days(expiry) is None:
        refuse(f"Invalid expiryTime: {expiry} is not an ISO 8601 duration.")
    if expiry and days(expiry) < 28:
        refuse("The key rotation policy is invalid: expiryTime must be at least 28 days.")
    for action in policy.get("lifetimeActions") or []:
        kind = action["action"]["type"].lower()
        trigger = action["trigger"]
        for period in trigger.values():
            if period and days(period) is None:
                refuse(f"Invalid trigger: {period} is not an ISO 8601 duration.")
        if kind == "notify" and not trigger.get("timeBeforeExpiry"):
            refuse("The key rotation policy is invalid: Notify can only be triggered by timeBeforeExpiry.")
        if trigger.get("timeBeforeExpiry") and not expiry and kind == "rotate":
            refuse("The key rotation policy is invalid: timeBeforeExpiry needs an expiryTime.")
    stamps = {"created": now(), "updated": now()}
    return {"lifetimeActions": policy.get("lifetimeActions") or [], "attributes": (policy.get("attributes") or {}) | stamps}


def days(period):
    match = PERIOD.match(period or "")
    if not match or not any(match.groups()):
        return None
    years, months, weeks, single = (int(part or 0) for part in match.groups())
    return years * 365 + months * 28 + weeks * 7 + single


def use(call, found, version, verb):
    attributes = version["attributes"]
    if not attributes["enabled"]:
        raise Refusal(403, "Forbidden", "Operation is not allowed on a disabled key.", "KeyDisabled")
    if attributes.get("nbf", 0) > now() or (verb == "sign" and attributes.get("exp", now() + 1) <= now()):
        raise Refusal(403, "Forbidden", "Operation is not allowed: the key is outside of its validity.", "KeyExpired")
    if verb not in version["key_ops"]:
        raise Refusal(403, "Forbidden", f"Operation {verb} is not permitted on this key.", "KeyOperationForbidden")
    body = call.request.json()
    digest = from_b64url(body["value" if verb == "sign" else "digest"])
    scheme = padding_of(body["alg"], version)
    key = version["key"]
    if verb == "sign":
        return Answer(200, {"kid": call.address(found, version), "value": b64url(signed(key, digest, scheme))})
    return Answer(200, {"value": holds(key.public_key(), digest, from_b64url(body["value"]), scheme)})


def padding_of(alg, version):
    """The padding of an RSA algorithm, none for ECDSA, and the hash."""
    fits = {"ES256": "P-256", "ES256K": "P-256K", "ES384": "P-384", "ES512": "P-521"}.get(alg) == version["crv"]
    digest = {"256": hashes.SHA256, "256K": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}.get(alg[2:])
    if not fits or digest is None:
        raise Refusal(400, "BadParameter", f"The algorithm {alg} does not fit the key.")
    digest = utils.Prehashed(digest())
    if alg.startswith("PS"):
        return padding.PSS(mgf=padding.MGF1(digest._algorithm), salt_length=digest._algorithm.digest_size), digest
    return (padding.PKCS1v15() if alg.startswith("RS") else None), digest


def signed(key, digest, scheme):
    scheme, prehashed = scheme
    if scheme is not None:
        return key.sign(digest, scheme, prehashed)
    r, s = utils.decode_dss_signature(key.sign(digest, ec.ECDSA(prehashed)))
    size = (key.curve.key_size + 7) // 8
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def holds(key, digest, signature, scheme):
    scheme, prehashed = scheme
    try:
        if scheme is not None:
            key.verify(signature, digest, scheme, prehashed)
        else:
            half = len(signature) // 2
            r, s = (int.from_bytes(part, "big") for part in (signature[:half], signature[half:]))
            key.verify(utils.encode_dss_signature(r, s), digest, ec.ECDSA(prehashed))
        return True
    except (InvalidSignature, ValueError):
        return False
