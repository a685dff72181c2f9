"""Plays a recording of the real service back: `replay.py FOLDER RECORDING [steady]`.

Each request gets the next answer that was recorded for its method and path; polls advance, and the last answer stays. With
`steady` the last success of each is given, however often it is asked for: the state at the end of the recording. Recordings
do not hold the challenge; it is given first, as the cassettes show it.
"""

import json
import re
import sys
import threading
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from tls import Speaker, serve, tls
from web import Answer

HOST = "recorded.vault.azure.net"
SERVICE = "https://vault.azure.net"
SERVICES = (".vault.azure.net", ".managedhsm.azure.net")
ANY_VAULT = re.compile(r"https://[A-Za-z0-9-]+[.](?:vault|managedhsm)[.]azure[.]net")


def calls(recording):
    """Method, host, path, query, status and body of each, whichever shape the recording has."""
    for one in recording.get("networkCallRecords", []):
        answer = one["Response"]
        yield one["Method"], one["Url"], int(answer["STATUS_CODE"]), answer.get("BODY", ""), answer
    for one in recording.get("interactions", []):
        answer = one["response"]
        body = answer["body"].get("data", answer["body"].get("string", ""))
        text = body if isinstance(body, str) else json.dumps(body)
        headers = {name: values[0] for name, values in answer["headers"].items()}
        yield one["request"]["method"], one["request"]["uri"], answer["status"]["code"], text, headers


def key(method, url):
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = HOST if host.endswith(SERVICES) else host
    query = {name: value for name, value in parse_qsl(parts.query) if name not in ("api-version", "maxresults")}
    path = "/" + unquote(parts.path).strip("/").lower()
    return method, host, path, tuple(sorted(query.items()))


def derive(body):
    """An object that was answered anywhere is what a reading of it gives, with and without its version."""
    try:
        said = json.loads(body)
        address = said["key"]["kid"] if "key" in said else said["id"]
        kind, name, version = urlsplit(address).path.strip("/").split("/")[:3]
    except (ValueError, KeyError, TypeError):
        return
    if version in ("pending", "policy", "rotationpolicy") or (kind == "secrets" and "value" not in said):
        return
    for path in (f"{kind}/{name}", f"{kind}/{name}/{version}"):
        Player.derived[key("GET", f"https://{HOST}/{path}")] = [Answer(200, body)]
    listed = {part: said[part] for part in ("id", "attributes", "tags", "contentType", "managed") if part in said}
    listed |= {"kid": address} if kind == "keys" else {}
    page = json.dumps({"value": [listed], "nextLink": None}).encode()
    Player.derived[key("GET", f"https://{HOST}/{kind}/{name}/versions")] = [Answer(200, page)]


class Player(Speaker):
    answers, derived, at, strange, lock, steady = {}, {}, {}, [], threading.Lock(), False
    service = SERVICE

    def respond(self, request):
        if request.host == "localhost":
            left = {" ".join(wanted[:3]): len(all_) - self.at.get(wanted, 0) for wanted, all_ in self.answers.items()}
            return Answer(200, {"strange": self.strange, "left": {one: count for one, count in left.items() if count > 0}})
        if request.host.startswith("login."):
            return Answer(200, {"token_type": "Bearer", "expires_in": 3599, "access_token": "e30.e30.e30"})
        if request.host == HOST and "authorization" not in request.headers:
            challenge = f'Bearer authorization="https://login.microsoftonline.com/recorded", resource="{self.service}"'
            return Answer(401, {"error": {"code": "Unauthorized", "message": "AKV10000"}}, {"WWW-Authenticate": challenge})
        wanted = key(request.method, f"https://{request.host}{request.path}?{urlencode(request.query)}")
        with self.lock:
            recorded = self.answers.get(wanted)
            if self.steady:
                # What an object became is told by the last answer about it, whatever was asked for.
                recorded = self.derived.get(wanted, recorded)
            if not recorded and "$skiptoken" in request.query and (*wanted[:3], ()) in self.answers:
                # The recording ended before the list did.
                return Answer(200, {"value": [], "nextLink": None})
            if not recorded:
                self.strange.append(" ".join(wanted[:3]))
                return Answer(404, {"error": {"code": "NotRecorded", "message": "This was not recorded."}})
            if self.steady:
                good = [one for one in recorded if one.status < 300]
                return (good or recorded)[-1]
            at = self.at.get(wanted, 0)
            self.at[wanted] = at + 1
            return recorded[min(at, len(recorded) - 1)]


def main():
    folder, recording = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text())
    Player.steady = "steady" in sys.argv[3:]
    # Only the tests' own recordings name one.
    Player.service = recording.get("service", SERVICE)
    for method, url, status, body, headers in calls(recording):
        if status == 401:
            continue
        body = ANY_VAULT.sub(f"https://{HOST}", body).encode()
        kept = {name: value for name, value in headers.items() if name.lower() in ("retry-after", "location")}
        Player.answers.setdefault(key(method, url), []).append(Answer(status, body, kept))
        if Player.steady and status < 300:
            derive(body)
    context, _ = tls(folder)
    serve(folder, Player, context)


if __name__ == "__main__":
    main()
