"""The virus scanner: clamd over a socket, asked with INSTREAM. Another scanner is another class with `scan`."""

import socket
import struct
from dataclasses import dataclass
from typing import BinaryIO, Protocol
from urllib.parse import urlsplit

from django.conf import settings

CHUNK = 64 * 1024
TIMEOUT = 30.0  # seconds of silence
LONGEST_ANSWER = 4096


class ScannerDown(Exception):
    """Nobody answers, or what answers is no scanner: ask again later, about every file."""


class NotScanned(Exception):
    """The scanner answered and could not judge this file: ask again later."""


class Scanner(Protocol):
    def scan(self, content: BinaryIO) -> str:
        """'' when it is clean, else what was found. Raises ScannerDown, NotScanned."""
        ...


def configured() -> "Scanner | None":
    """The scanner of CLAMD_URL, or None where none is set."""
    return Clamd(settings.CLAMD_URL) if settings.CLAMD_URL else None


@dataclass(frozen=True)
class Clamd:
    """`url`: tcp://host:port or unix:/path."""

    url: str
    timeout: float = TIMEOUT

    def scan(self, content: BinaryIO) -> str:
        try:
            with self._connected() as line:
                answer = self._ask(line, content)
        except OSError as error:
            raise ScannerDown(str(error)) from error
        return _verdict(answer)

    def _connected(self) -> socket.socket:
        if self.url.startswith("unix:"):
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            line.settimeout(self.timeout)
            try:
                line.connect(self.url.removeprefix("unix:"))
            except OSError:
                line.close()
                raise
            return line
        parts = urlsplit(self.url)
        return socket.create_connection((parts.hostname or "", parts.port or 3310), timeout=self.timeout)

    def _ask(self, line: socket.socket, content: BinaryIO) -> bytes:
        """zINSTREAM, chunks with their lengths, an empty one; then one answer that ends with a NUL."""
        try:
            line.sendall(b"zINSTREAM\0")
            while part := content.read(CHUNK):
                line.sendall(struct.pack(">I", len(part)) + part)
            line.sendall(struct.pack(">I", 0))
        except (BrokenPipeError, ConnectionResetError):
            pass  # it hangs up in the middle of what is too large for it, and says so first
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER and (part := line.recv(1024)):
            answer += part
        return answer


def _verdict(answer: bytes) -> str:
    words = answer.rstrip(b"\0\n").decode("utf-8", "replace")
    if not answer.endswith(b"\0"):
        raise ScannerDown("the answer broke off")
    if words == "stream: OK":
        return ""
    if words.startswith("stream: ") and words.endswith(" FOUND"):
        return words.removeprefix("stream: ").removesuffix(" FOUND")[:80] or "?"
    raise NotScanned(words[:200])
