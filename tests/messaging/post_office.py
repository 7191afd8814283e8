"""A real IMAP server for tests: one folder of mails, read and marked over a socket."""

import re
import socketserver
import threading
from dataclasses import dataclass, field

NAME, PASSWORD = "club", "open sesame"


@dataclass
class Folder:
    """The mails of a mailbox by their number, and the marks they carry."""

    mails: dict[int, bytes] = field(default_factory=dict)
    flags: dict[int, set[str]] = field(default_factory=dict)
    url: str = ""
    hangs_up_on: str = ""
    talks: int = 0

    def put(self, raw: bytes) -> int:
        """A mail has come; returns its number."""
        number = len(self.mails) + 1
        self.mails[number], self.flags[number] = raw, set()
        return number

    def unread(self) -> list[int]:
        """Return the numbers of mails without a mark."""
        return [number for number in self.mails if "\\Seen" not in self.flags[number]]


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        folder: Folder = self.server.folder  # type: ignore[attr-defined]
        folder.talks += 1
        self._say("* OK ready")
        for line in self.rfile:
            tag, _space, words = line.decode().strip().partition(" ")
            command = words.upper()
            if folder.hangs_up_on and folder.hangs_up_on in command:
                return
            self._answer(folder, command, words)
            known = (command != "LOGIN" and not words.startswith("LOGIN")) or PASSWORD in words
            self._say(f"{tag} OK done" if known else f"{tag} NO [AUTHENTICATIONFAILED] who?")
            if command == "LOGOUT":
                return

    def _answer(self, folder: Folder, command: str, words: str) -> None:
        numbers = [int(one) for one in re.findall(r"\bUID (?:FETCH|STORE) (\d+)", command)]
        if command == "CAPABILITY":
            self._say("* CAPABILITY IMAP4rev1")
        elif command.startswith("SELECT"):
            self._say(f"* {len(folder.mails)} EXISTS")
        elif "SEARCH" in command:
            self._say("* SEARCH " + " ".join(map(str, folder.unread())))
        elif "RFC822.SIZE" in command:
            size = len(folder.mails[numbers[0]])
            self._say(f"* {numbers[0]} FETCH (UID {numbers[0]} RFC822.SIZE {size})")
        elif "BODY.PEEK" in command:
            raw = folder.mails[numbers[0]]
            self._say(f"* {numbers[0]} FETCH (UID {numbers[0]} BODY[] {{{len(raw)}}}")
            self.wfile.write(raw)
            self._say(")")
        elif "STORE" in command:
            folder.flags[numbers[0]] |= set(re.findall(r"\\\w+", words))

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


class PostOffice:
    """The server around a folder, on a free port of this machine."""

    def __init__(self) -> None:
        self.folder = Folder()
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Talk)
        self._server.daemon_threads = True
        self._server.folder = self.folder  # type: ignore[attr-defined]
        port = self._server.server_address[1]
        self.folder.url = f"imap://{NAME}:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{port}/INBOX"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def open(self) -> Folder:
        """The server answers from now on."""
        self._thread.start()
        return self.folder

    def close(self) -> None:
        """The server is gone, and so is its thread."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
