"""Requests and answers over HTTP/1.1, and errors in the form that the service gives them."""

import base64
import json
import time
from dataclasses import dataclass, field


@dataclass
class Request:
    method: str
    host: str
    path: str
    query: dict
    headers: dict
    body: bytes

    def json(self):
        try:
            return json.loads(self.body or b"{}")
        except ValueError as error:
            raise Refusal(400, "BadParameter", "The request body is not JSON.") from error


@dataclass
class Answer:
    status: int = 200
    body: object = None
    headers: dict = field(default_factory=dict)
    # Half of the `json` is sent, or of the `message`.
    half: str = None

    def encoded(self):
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body).encode()


class Refusal(Exception):
    """An answer that is no success."""

    def __init__(self, status, code, message, inner=None, headers=None):
        super().__init__(message)
        error = {"code": code, "message": message}
        if inner:
            error["innererror"] = {"code": inner}
        self.answer = Answer(status, {"error": error}, headers or {})


def now():
    return int(time.time())


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_b64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def number(value):
    return b64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def page(items, request, size=25):
    """One page of a list, with the link to the next in the form of the service."""
    size = min(int(request.query.get("maxresults", size)), 25)
    start = int(request.query.get("$skiptoken", 0))
    answer = {"value": items[start : start + size], "nextLink": None}
    if start + size < len(items):
        version = request.query.get("api-version", "7.4")
        answer["nextLink"] = (
            f"https://{request.host}{request.path}?api-version={version}&$skiptoken={start + size}&maxresults={size}"
        )
    return Answer(200, answer)
