"""An authority of a day, a certificate for every host of Azure, and a server that speaks TLS with it."""

import datetime
import ipaddress
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit
import uuid

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from web import Request

NAMES = [
    "*.vault.azure.net", "*.managedhsm.azure.net", "*.vault.azure.cn", "*.vault.usgovcloudapi.net",
    "login.microsoftonline.com", "login.microsoftonline.us", "login.chinacloudapi.cn",
    "management.azure.com", "management.usgovcloudapi.net", "management.chinacloudapi.cn", "localhost",
]


def named(name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def certificate(subject, key, issuer, issuer_key, authority):
    begin = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(begin)
    builder = builder.not_valid_after(begin + datetime.timedelta(days=3))
    builder = builder.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    if not authority:
        names = [x509.DNSName(name) for name in NAMES] + [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def authority():
    """A key and the certificate that it signed itself."""
    key, subject = ec.generate_private_key(ec.SECP256R1()), named("Key Vault fake, test authority")
    return key, certificate(subject, key, subject, key, True)


def tls(folder):
    """A context with a leaf for every host, and the authority that signed it."""
    leaf_key, (issuer_key, issuer) = ec.generate_private_key(ec.SECP256R1()), authority()
    leaf = certificate(named("Key Vault fake"), leaf_key, issuer.subject, issuer_key, False)
    (folder / "ca.pem").write_bytes(issuer.public_bytes(Encoding.PEM))
    (folder / "leaf.pem").write_bytes(leaf.public_bytes(Encoding.PEM))
    (folder / "leaf.key").write_bytes(leaf_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "leaf.pem", folder / "leaf.key")
    return context, (issuer_key, issuer)


class Speaker(BaseHTTPRequestHandler):
    """One connection: `respond` is given each request, and answers with an `Answer`, or with nothing to break off."""

    protocol_version = "HTTP/1.1"
    # Head and body are two writes: without this each answer waits for the acknowledgement of its head, 40 ms.
    disable_nagle_algorithm = True

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except (ConnectionError, ssl.SSLError, TimeoutError):
            self.close_connection = True

    def setup(self):
        # The handshake belongs to the connection's own thread: a client that dawdles delays nobody.
        self.request = self.server.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def answer(self):
        url = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        host = headers.get("host", "").split(":")[0].lower()
        request = Request(self.command, host, unquote(url.path), dict(parse_qsl(url.query)), headers, body)
        answer = self.respond(request)
        if answer is None:
            self.close_connection = True
        else:
            self.send(answer)

    def send(self, answer):
        body = answer.encoded()
        if answer.half == "json":
            body = body[: len(body) // 2]
        self.send_response(answer.status)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "x-ms-request-id": str(uuid.uuid4()),
            "x-ms-keyvault-region": "westeurope",
            "x-ms-keyvault-service-version": "1.9.0.0",
        } | answer.headers
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if answer.half == "message" and body:
            body = body[: len(body) // 2]
            self.close_connection = True
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def log_message(self, *_):
        """Quiet: tests read the log of requests."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    # The file in which the requests that come over this port and change something are written down.
    line = None


def open_line(folder, speaker, context):
    """Another port to the same state, with faults and a log of its own."""
    server = Server(("127.0.0.1", 0), speaker)
    port = server.server_address[1]
    server.context, server.line = context, str(folder / f"line-{port}")
    (folder / f"line-{port}").touch()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return {"port": port, "log": server.line}


def serve(folder, speaker, context):
    """Listens on a free port, writes FOLDER/port, and answers until it is killed."""
    server = Server(("127.0.0.1", 0), speaker)
    server.context = context
    written = folder / "port.new"
    written.write_text(str(server.server_address[1]))
    written.rename(folder / "port")
    server.serve_forever()
