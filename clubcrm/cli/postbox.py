"""The demo's mail server: takes every message, delivers none, keeps each as a file to look at."""

import re
import socketserver
from pathlib import Path
from threading import Lock, Thread

GREETING = "220 demo.example postbox"
LONGEST_LINE = 4096
LARGEST_MAIL = 5 * 1024 * 1024
_ADDRESS = re.compile(r"<([^<>\s]*)>")


class Postbox:
    """An SMTP server on a free port of this machine that writes mails into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = Lock()
        self._server = _Server(("127.0.0.1", 0), _Caller)
        self._server.postbox = self
        self._thread = Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """The address as a setting of the mail channel."""
        return f"smtp://127.0.0.1:{self._server.server_address[1]}"

    def open(self) -> None:
        """The postbox takes mail from now on."""
        self._thread.start()

    def close(self) -> None:
        """No mail is taken any more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def keep(self, recipients: list[str], content: bytes) -> None:
        """The mail lies in the folder under the next number."""
        with self._lock:
            number = sum(1 for _ in self.folder.glob("*.eml")) + 1
            head = "".join(f"X-Delivered-To: {one}\r\n" for one in recipients).encode()
            (self.folder / f"{number:05}.eml").write_bytes(head + content)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    postbox: Postbox


class _Caller(socketserver.StreamRequestHandler):
    """One conversation with a client."""

    def handle(self) -> None:
        """The client has said goodbye or hung up."""
        self._recipients: list[str] = []
        self._say(GREETING)
        while line := self.rfile.readline(LONGEST_LINE):
            text = line.decode("utf-8", "replace").strip()
            verb = text.partition(" ")[0].upper()
            if verb == "QUIT":
                self._say("221 goodbye")
                return
            self._answer(verb, text)

    def _answer(self, verb: str, text: str) -> None:
        match verb:
            case "EHLO":
                self._say("250-demo.example", "250-8BITMIME", "250 SMTPUTF8")
            case "HELO" | "NOOP":
                self._say("250 fine")
            case "MAIL" | "RSET":
                self._recipients.clear()
                self._say("250 fine")
            case "RCPT":
                self._recipients.extend(_ADDRESS.findall(text)[:1])
                self._say("250 fine")
            case "DATA":
                self._take()
            case _:
                self._say("502 not here")

    def _take(self) -> None:
        self._say("354 go on")
        content = bytearray()
        while (line := self.rfile.readline(LONGEST_LINE)) not in (b".\r\n", b".\n", b""):
            if len(content) < LARGEST_MAIL:
                content += line[1:] if line.startswith(b"..") else line
        server = self.server
        if line and isinstance(server, _Server):
            server.postbox.keep(list(self._recipients), bytes(content))
            self._say("250 kept")

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())
