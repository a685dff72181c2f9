"""Starts the fake: `main.py FOLDER DEFINITIONS`. Writes FOLDER/ca.pem and then FOLDER/port; ends when it is killed.

DEFINITIONS is the folder with the API definitions of the service, to which everything but the scripted faults is held."""

import sys
import time
from pathlib import Path

from control import State
from definitions import Definitions
from entra import Entra
from manager import Manager
from tls import Speaker, open_line, serve, tls
from web import Answer, Refusal


class Handler(Speaker):
    state, entra, manager, definitions = None, None, None, None

    def respond(self, request):
        fault = (None if request.host == "localhost" else self.state.fault(request, self.server.line)) or {}
        if fault.get("delay"):
            time.sleep(fault["delay"])
        if fault.get("drop") == "before":
            return None
        scripted = Answer(fault["status"], fault.get("body"), fault.get("headers") or {}) if "status" in fault else None
        acted = self.acted(request) if scripted is None or fault.get("acted") else None
        answer = scripted or acted
        if request.host != "localhost":
            self.state.log.append({"line": self.server.line, "host": request.host, "method": request.method, "path": request.path,
                                   "status": answer.status, "token": "authorization" in request.headers})
        if fault.get("hang"):
            time.sleep(fault["hang"])
        answer.half = fault.get("half")
        return None if fault.get("drop") == "after" or fault.get("hang") else answer

    def acted(self, request):
        """What really happens, with a word to the line it came over if it changes something."""
        line, changes = self.server.line, request.method != "GET" and "authorization" in request.headers
        if line and changes and not request.host.startswith("login."):
            with self.state.lock, open(line, "a", encoding="utf-8") as log:
                log.write(f"{request.method} {request.host}{request.path}\n")
        return self.real(request)

    def real(self, request):
        with self.state.lock:
            try:
                answer = self.routed(request)
            except Refusal as refusal:
                answer = refusal.answer
        plane = self.plane(request)
        if plane is not None:
            try:
                self.definitions.check_answer(plane, request, answer)
            except AssertionError as wrong:
                # Loud, and no success: whatever test it was fails by it, with its reason.
                print(f"the fake would have made this up: {wrong}", file=sys.stderr, flush=True)
                return Refusal(501, "NotInTheDefinitions", str(wrong)).answer
        return answer

    def plane(self, request):
        """Whose definitions it is held to."""
        if request.host.startswith("management."):
            return "manager"
        return "vault" if request.host in self.state.vaults else None

    def routed(self, request):
        if request.host == "localhost":
            return self.state.answer(request)
        if request.host.startswith("login."):
            return self.entra.answer(request)
        if request.host.startswith("management."):
            return self.manager.answer(request)
        vault = self.state.vaults.get(request.host)
        if vault is None:
            raise Refusal(404, "NotFound", f"There is no vault {request.host}.")
        if "authorization" in request.headers:
            self.definitions.check_request("vault", request)
        return vault.answer(self.state, self.entra, request)


def main():
    folder = Path(sys.argv[1])
    context, authority = tls(folder)
    Handler.state = State(authority)
    Handler.definitions = Definitions(sys.argv[2])
    Handler.entra = Entra(Handler.state)
    Handler.manager = Manager(Handler.state, Handler.entra)
    Handler.state.open_line = lambda: open_line(folder, Handler, context)
    serve(folder, Handler, context)


main()
