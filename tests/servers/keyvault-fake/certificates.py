"""Certificates: self-signed, by the fake's own authority, or by whoever answers the signing request. Each makes a key and a
secret of its name and version."""

import base64
import datetime
import uuid

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key, pkcs12
from cryptography.x509.oid import NameOID, ObjectIdentifier

import keys
import pfx
from web import Answer, Refusal, b64url, now

PFX, PEM = "application/x-pkcs12", "application/x-pem-file"


def special(call, method, parts):
    name, rest = parts[0], parts[1:]
    if name == "contacts":
        return contacts(call, method)
    if name == "issuers":
        return issuers(call, method, rest)
    match (method, rest):
        case ("POST", ["create"]):
            call.allow("create")
            return create(call, name, call.request.json())
        case ("POST", ["import"]):
            call.allow("import")
            return brought(call, name, call.request.json())
        case ("GET", ["policy"]):
            call.allow("get")
            return Answer(200, policy(call, pending_or_live(call, name)))
        case ("PATCH", ["policy"]):
            call.allow("update")
            found = pending_or_live(call, name)
            for part, said in call.request.json().items():
                merged = (found.extra["policy"].get(part) or {}) | said if isinstance(said, dict) else said
                found.extra["policy"][part] = merged
            found.extra["policy"]["attributes"] = found.extra["policy"].get("attributes", {}) | {"updated": now()}
            return Answer(200, policy(call, found))
        case ("GET", ["pending"]):
            call.allow("get")
            return Answer(200, operation(call, advance(call, pending(call, name))))
        case ("PATCH", ["pending"]):
            call.allow("update")
            found = pending(call, name)
            if found.extra["pending"]["status"] != "inProgress":
                raise Refusal(400, "BadParameter", "The certificate operation is not in progress.")
            # Asked for first, and done by the time that somebody looks again.
            found.extra["pending"]["cancellation_requested"] = True
            answer = Answer(200, operation(call, found))
            found.extra["pending"]["status"] = "cancelled"
            return answer
        case ("DELETE", ["pending"]):
            call.allow("update")
            found = pending(call, name)
            said = operation(call, found)
            del found.extra["pending"]
            if not found.versions:
                del call.objects[name]
            return Answer(200, said)
        case ("POST", ["pending", "merge"]):
            call.allow("create")
            return merge(call, pending(call, name), call.request.json())
    return None


def pending_or_live(call, name):
    found = call.objects.get(name)
    if found is None or found.deleted:
        return call.object(name)
    return found


def pending(call, name):
    found = call.objects.get(name)
    if found is None or found.deleted or "pending" not in found.extra:
        raise Refusal(404, "PendingCertificateNotFound", f"Pending certificate not found: {name}")
    return found


def create(call, name, body):
    found = call.fresh(name)
    wanted = body.get("policy") or found.extra.get("policy")
    if not wanted or not (wanted.get("x509_props") or {}).get("subject"):
        raise Refusal(400, "BadParameter", "The certificate policy must have a subject.")
    if found.extra.get("pending", {}).get("status") == "inProgress":
        raise Refusal(409, "Conflict", "There is a pending operation for this certificate.", "PendingCertificateOperation")
    issuer = (wanted.get("issuer") or {}).get("name", "Self")
    if issuer not in ("Self", "Unknown") and issuer not in call.vault.issuers:
        raise Refusal(400, "BadParameter", f"Certificate issuer not found: {issuer}")
    props = wanted.get("key_props") or {}
    reused = found.versions and props.get("reuse_key")
    key = found.versions[-1]["key"] if reused else keys.make(props.get("kty") or "RSA", props.get("key_size"), props.get("crv"))
    found.extra["policy"] = filled(wanted)
    found.extra["pending"] = {
        "key": key,
        "status": "inProgress",
        "cancellation_requested": False,
        "request_id": uuid.uuid4().hex,
        "issuer": issuer,
        "csr": base64.b64encode(request(wanted, key)).decode(),
        "polls": 0 if issuer in ("Self", "Unknown") else 1,
        "tags": body.get("tags") or {},
        "attributes": body.get("attributes") or {},
    }
    # The answer is given before anything was issued, whoever issues.
    answer = Answer(202, operation(call, found), {"Retry-After": "10"})
    if issuer == "Self":
        advance(call, found)
    return answer


def advance(call, found):
    """What the service does between two looks at an operation."""
    state = found.extra["pending"]
    if state["status"] != "inProgress" or state["issuer"] == "Unknown":
        return found
    if state["polls"] > 0:
        state["polls"] -= 1
        return found
    if "fail" in state["issuer"].lower():
        state |= {"status": "failed", "error": {"code": "IssuerError", "message": "The issuer refused the order: the domain is not validated."}}
        return found
    issued(call, found, signed(call, found, state), [])
    return found


def issued(call, found, certificate, chain):
    state = found.extra["pending"]
    state["status"] = "completed"
    keep(call, found, state["key"], certificate, chain, state["tags"], state["attributes"])


def keep(call, found, key, certificate, chain, tags, attributes):
    """A version of the certificate, and with it of the key and the secret."""
    policy, props = found.extra["policy"], found.extra["policy"].get("key_props") or {}
    times = {"nbf": int(certificate.not_valid_before_utc.timestamp()), "exp": int(certificate.not_valid_after_utc.timestamp())}
    stamps = call.attributes(attributes | times)
    version = call.new_version(found, key=key, certificate=certificate, chain=chain, tags=tags, attributes=stamps)
    from vault import Object
    for kind in ("keys", "secrets"):
        one = call.vault.objects[kind].setdefault(found.name, Object(kind, found.name))
        one.managed = True
        common = {"version": version["version"], "tags": {}, "attributes": dict(stamps)}
        if kind == "keys":
            kty = props.get("kty") or "RSA"
            is_rsa = isinstance(key, rsa.RSAPrivateKey)
            crv = None if is_rsa else (props.get("crv") or "P-256")
            one.versions.append(common | {"kty": kty, "crv": crv, "key": key, "key_ops": keys.ALL_RSA if is_rsa else ["sign", "verify"]})
        else:
            content = (policy.get("secret_props") or {}).get("contentType") or PFX
            value = secret(key if props.get("exportable", True) else None, certificate, chain, content)
            one.versions.append(common | {"value": value, "contentType": content})


def secret(key, certificate, chain, content):
    if content == PEM:
        parts = [] if key is None else [key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())]
        return b"".join(parts + [one.public_bytes(Encoding.PEM) for one in [certificate] + chain]).decode()
    # As the service does it: PFX in base64, without a password, and its ciphers old.
    return base64.b64encode(pfx.write(key, [certificate] + chain)).decode()


def name_of(subject):
    names = {"CN": NameOID.COMMON_NAME, "O": NameOID.ORGANIZATION_NAME, "OU": NameOID.ORGANIZATIONAL_UNIT_NAME, "C": NameOID.COUNTRY_NAME}
    parts = [part.strip().split("=", 1) for part in subject.split(",") if "=" in part]
    if not parts or any(name.upper() not in names for name, _ in parts):
        raise Refusal(400, "BadParameter", f"The subject {subject} is not a valid X.500 name.")
    return x509.Name([x509.NameAttribute(names[name.upper()], value) for name, value in parts])


def extensions(builder, policy):
    sans = (policy["x509_props"].get("sans")) or {}
    names = [x509.DNSName(one) for one in sans.get("dns_names") or []] + [x509.RFC822Name(one) for one in sans.get("emails") or []]
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    ekus = policy["x509_props"].get("ekus") or []
    if ekus:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ObjectIdentifier(one) for one in ekus]), critical=False)
    return builder


def request(policy, key):
    builder = x509.CertificateSigningRequestBuilder().subject_name(name_of(policy["x509_props"]["subject"]))
    return extensions(builder, policy).sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def signed(call, found, state):
    policy, key = found.extra["policy"], state["key"]
    subject = name_of(policy["x509_props"]["subject"])
    own = state["issuer"] == "Self"
    authority_key, authority = (key, subject) if own else (call.state.authority[0], call.state.authority[1].subject)
    begin = datetime.datetime.now(datetime.timezone.utc)
    end = begin + datetime.timedelta(days=30 * (policy["x509_props"].get("validity_months") or 12))
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(authority).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(begin).not_valid_after(end)
    return extensions(builder, policy).sign(authority_key, hashes.SHA256())


def merge(call, found, body):
    state = found.extra["pending"]
    try:
        chain = [x509.load_der_x509_certificate(base64.b64decode(one)) for one in body.get("x5c") or []]
    except ValueError as error:
        raise Refusal(400, "BadParameter", "The x5c parameter holds something that is no certificate.") from error
    if not chain or state["status"] != "inProgress":
        raise Refusal(400, "BadParameter", "There is nothing to merge.")
    if chain[0].public_key().public_numbers() != state["key"].public_key().public_numbers():
        raise Refusal(400, "BadParameter", "Public key from x509 certificate and key of this instance doesn't match.")
    state["tags"] = body.get("tags") or state["tags"]
    issued(call, found, chain[0], chain[1:])
    return Answer(201, bundle(call, found, found.versions[-1]))


def brought(call, name, body):
    found = call.fresh(name)
    password = (body.get("pwd") or "").encode()
    value = body.get("value") or ""
    try:
        if "-----BEGIN" in value:
            chain = x509.load_pem_x509_certificates(value.encode())
            key, certificate, chain = load_pem_private_key(value.encode(), None), chain[0], chain[1:]
            content = PEM
        else:
            key, certificate, chain = pkcs12.load_key_and_certificates(base64.b64decode(value), password or None)
            content = PFX
    except (ValueError, TypeError, IndexError) as error:
        raise Refusal(400, "BadParameter", "The specified PKCS#12 X.509 certificate content can not be read. Please check if certificate is in valid PKCS#12 format, or the password is correct.") from error
    if key is None or certificate is None:
        raise Refusal(400, "BadParameter", "Private key is not specified in the specified X.509 certificate content.")
    is_rsa = isinstance(key, rsa.RSAPrivateKey)
    curve = None if is_rsa else {it().name: name for name, it in keys.CURVES.items()}[key.curve.name]
    props = {"exportable": True, "kty": "RSA" if is_rsa else "EC", "reuse_key": False}
    props |= {"key_size": key.key_size} if is_rsa else {"crv": curve}
    given = body.get("policy") or {}
    found.extra["policy"] = {
        "key_props": props | (given.get("key_props") or {}),
        "secret_props": {"contentType": content},
        "x509_props": {"subject": certificate.subject.rfc4514_string(), "validity_months": 12},
        "issuer": {"name": "Unknown"},
        "lifetime_actions": [],
        "attributes": {"enabled": True, "created": now(), "updated": now()},
    }
    keep(call, found, key, certificate, list(chain), body.get("tags") or {}, body.get("attributes") or {})
    return Answer(200, bundle(call, found, found.versions[-1]))


def bundle(call, found, version):
    der = version["certificate"].public_bytes(Encoding.DER)
    said = {
        "id": call.address(found, version),
        "kid": call.address(found, version, "keys"),
        "sid": call.address(found, version, "secrets"),
        "cer": base64.b64encode(der).decode(),
        "attributes": version["attributes"],
        "policy": policy(call, found),
    } | listed(found, version)
    if version.get("tags"):
        said["tags"] = version["tags"]
    return said


def listed(found, version):
    return {"x5t": b64url(version["certificate"].fingerprint(hashes.SHA1()))}


def update(call, found, version, body):
    if "tags" in body:
        version["tags"] = body["tags"]
    if body.get("policy"):
        found.extra["policy"] |= body["policy"]
    version["attributes"] = call.attributes(body.get("attributes") or {}, version["attributes"])
    # The key and the secret of the certificate are enabled and disabled with it.
    for kind in ("keys", "secrets"):
        for one in call.vault.objects[kind][found.name].versions:
            if one["version"] == version["version"]:
                one["attributes"] = one["attributes"] | {"enabled": version["attributes"]["enabled"]}


def filled(said):
    """A policy with what the service adds to one that leaves things open, as the recordings show it."""
    issuer, x509_props = (said.get("issuer") or {}).get("name", "Self"), said["x509_props"]
    kty = (said.get("key_props") or {}).get("kty") or "RSA"
    size = {"key_size": 2048} if kty.startswith("RSA") else {"crv": "P-256"}
    action = "EmailContacts" if issuer == "Unknown" else "AutoRenew"
    server_and_client = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]
    return {"attributes": {"enabled": True, "created": now(), "updated": now()}} | said | {
        "key_props": {"exportable": True, "kty": kty, "reuse_key": False} | size | (said.get("key_props") or {}),
        "secret_props": {"contentType": PFX} | (said.get("secret_props") or {}),
        "x509_props": {
            "sans": {}, "ekus": server_and_client, "key_usage": ["digitalSignature", "keyEncipherment"],
            "validity_months": 12, "basic_constraints": {"ca": False},
        } | x509_props,
        # None is kept as none: it is said on purpose.
        "lifetime_actions": said.get(
            "lifetime_actions", [{"trigger": {"lifetime_percentage": 80}, "action": {"action_type": action}}]
        ),
        "issuer": {"name": issuer} | (said.get("issuer") or {}),
    }


def policy(call, found):
    stamps = {"enabled": True, "created": now(), "updated": now()}
    return {"id": f"{call.address(found)}/policy", "attributes": stamps} | found.extra["policy"]


def operation(call, found):
    state = found.extra["pending"]
    said = {
        "id": f"{call.address(found)}/pending",
        "issuer": {"name": state["issuer"]},
        "csr": state["csr"],
        "cancellation_requested": state["cancellation_requested"],
        "status": state["status"],
        "request_id": state["request_id"],
    }
    if state["status"] == "inProgress":
        waits = state["issuer"] == "Unknown"
        said["status_details"] = (
            "Pending certificate created. Please Perform Merge to complete the request." if waits
            else "Pending certificate created. Certificate request is in progress. This may take some time based on the issuer provider. Please check again later."
        )
    if state["status"] == "completed":
        said["target"] = call.address(found)
    if "error" in state:
        said["error"] = state["error"]
    return said


def contacts(call, method):
    call.allow("managecontacts")
    answer = lambda: {"id": f"https://{call.vault.host}/certificates/contacts", "contacts": call.vault.contacts}
    if method == "PUT":
        call.vault.contacts = call.request.json().get("contacts") or []
    elif not call.vault.contacts:
        raise Refusal(404, "ContactsNotFound", "Contacts not found.")
    said = answer()
    if method == "DELETE":
        call.vault.contacts = []
    return Answer(200, said)


def issuers(call, method, rest):
    from web import page
    address = lambda name: f"https://{call.vault.host}/certificates/issuers/{name}"
    if not rest:
        call.allow("listissuers")
        return page([{"id": address(name), "provider": it["provider"]} for name, it in call.vault.issuers.items()], call.request)
    name = rest[0]
    call.allow({"GET": "getissuers", "DELETE": "deleteissuers"}.get(method, "setissuers"))
    if method == "PUT":
        body = call.request.json()
        if not body.get("provider"):
            raise Refusal(400, "BadParameter", "The issuer must have a provider.")
        call.vault.issuers[name] = body | {"attributes": {"enabled": True, "created": now(), "updated": now()}}
    if name not in call.vault.issuers:
        raise Refusal(404, "CertificateIssuerNotFound", f"Issuer not found: {name}")
    if method == "PATCH":
        call.vault.issuers[name] |= call.request.json()
    said = {"id": address(name)} | call.vault.issuers[name]
    # The service never tells the password again.
    said["credentials"] = {key: value for key, value in (said.get("credentials") or {}).items() if key != "pwd"}
    if method == "DELETE":
        del call.vault.issuers[name]
    return Answer(200, said)
