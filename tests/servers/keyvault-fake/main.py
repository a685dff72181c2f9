"""Starts the fake: `main.py FOLDER`. Writes FOLDER/ca.pem and then FOLDER/port; ends when it is killed."""

import sys
import time
from pathlib import Path

from control import State
from entra import Entra
from manager import Manager
from tls import Speaker, serve, tls
from web import Answer, Refusal


class Handler(Speaker):
    state, entra, manager = None, None, None

    def respond(self, request):
        fault = None if request.host == "localhost" else self.state.fault(request)
        if fault and fault.get("delay"):
            time.sleep(fault["delay"])
        if fault and fault.get("drop") == "before":
            return None
        scripted = fault and "status" in fault
        answer = Answer(fault["status"], fault.get("body"), fault.get("headers") or {}) if scripted else self.real(request)
        if request.host != "localhost":
            self.state.log.append({"host": request.host, "method": request.method, "path": request.path,
                                   "status": answer.status, "token": "authorization" in request.headers})
        return None if fault and fault.get("drop") == "after" else answer

    def real(self, request):
        with self.state.lock:
            try:
                return self.routed(request)
            except Refusal as refusal:
                return refusal.answer

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
        return vault.answer(self.state, self.entra, request)


def main():
    folder = Path(sys.argv[1])
    context, authority = tls(folder)
    Handler.state = State(authority)
    Handler.entra = Entra(Handler.state)
    Handler.manager = Manager(Handler.state, Handler.entra)
    serve(folder, Handler, context)


main()
