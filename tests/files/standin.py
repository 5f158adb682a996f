"""A stand-in of clamd: a socket that speaks INSTREAM, finds EICAR, and can be told to misbehave."""

import socket
import struct
import threading
import time
from types import TracebackType
from typing import Self

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd:
    """`fault`: '' answers as clamd, 'error' cannot judge, 'garbage', 'cut' hangs up without a word, 'hang' never answers."""

    def __init__(self, *, unix: str = "") -> None:
        self.fault, self.delay, self.scans, self.largest = "", 0.0, 0, 25_000_000
        self.socket = socket.socket(socket.AF_UNIX if unix else socket.AF_INET)
        if unix:
            self.socket.bind(unix)
            self.url = f"unix:{unix}"
        else:
            self.socket.bind(("127.0.0.1", 0))
            self.url = f"tcp://127.0.0.1:{self.socket.getsockname()[1]}"
        self.socket.listen(8)
        self.running = True
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        self.running = False
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()

    def _serve(self) -> None:
        while self.running:
            try:
                line, _address = self.socket.accept()
            except OSError:
                return
            with line:
                try:
                    self._answer(line)
                except OSError:
                    pass

    def _answer(self, line: socket.socket) -> None:
        self.scans += 1
        assert self._read(line, 10) == b"zINSTREAM\0"
        if self.fault == "cut":
            return
        content = b""
        while size := struct.unpack(">I", self._read(line, 4))[0]:
            content += self._read(line, size)
            if len(content) > self.largest:
                line.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        time.sleep(self.delay)
        if self.fault == "hang":
            time.sleep(5)
            return
        said = {"error": b"stream: Can't allocate memory ERROR\0", "garbage": b"\xff\xfe nonsense\0"}.get(
            self.fault
        )
        found = b"stream: Eicar-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
        line.sendall(said or found)

    def _read(self, line: socket.socket, size: int) -> bytes:
        found = b""
        while len(found) < size:
            part = line.recv(size - len(found))
            if not part:
                raise OSError("it hung up")
            found += part
        return found
