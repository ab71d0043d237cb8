"""A mail server on loopback that takes letters or refuses them, as a test wants it; speaks SMTP over a socket."""

import socketserver
import threading
from contextlib import contextmanager
from email import message_from_bytes, policy


class Session(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self):
        self.server.connections += 1
        self.say("220 mail.example.org")
        to = ""
        while line := self.rfile.readline().decode().strip():
            command = line.upper()
            if command.startswith("RCPT"):
                to = line.partition("<")[2].partition(">")[0]
                self.say(self.server.refusals.get(to, "250 ok"))
            elif command == "DATA":
                self.say("354 go on")
                content = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.letters.append((to, message_from_bytes(content, policy=policy.default)))
                if self.server.hangs_up:
                    return
                self.say("250 taken")
            elif command == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")


class MailServer(socketserver.ThreadingTCPServer):
    """`letters`: (address, message) of what it took; `refusals`: {address: "450 later"}; `hangs_up` before its yes."""

    allow_reuse_address = daemon_threads = True

    def __init__(self):
        self.letters, self.refusals, self.connections, self.hangs_up = [], {}, 0, False
        super().__init__(("127.0.0.1", 0), Session)

    @property
    def addresses(self):
        return [to for to, _message in self.letters]


@contextmanager
def mail_server(settings):
    """Let letters go to a server of this test."""
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        try:
            yield server
        finally:
            server.shutdown()
