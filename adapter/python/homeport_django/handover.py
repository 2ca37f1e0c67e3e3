"""Sends large files without a thread of Gunicorn's: who reads slowly keeps a socket busy, and no visitor waits for a thread.

Gunicorn's threads write an answer until its reader has taken the last byte; a dozen slow readers of a picture are all
the threads there are. So Gunicorn sends the head, and one thread of ours the content of all files, as each socket
takes it. The kernel copies from the file, so that a reader costs no memory of the process either.
"""

import os
import selectors
import socket
import threading
import time
from collections.abc import Iterator
from typing import IO, Any, Callable, Optional

from django.http import HttpRequest, StreamingHttpResponse

# What the sockets' own buffers take at once needs no handing over.
LEAST_BYTES = 256 * 1024
# Files on their way at the same time; with more, Gunicorn sends as ever. A file and a socket each, of 1024 that a process may usually open.
MOST = 400
# A reader that takes nothing for so long has left, seconds. Traefik's own limit for an idle connection is 180.
IDLE = 120
# Bytes per call: the others get their turn in between.
STEP = 1024 * 1024


class _Transfer:
    def __init__(self, sock: socket.socket, file: "IO[bytes]", start: int, length: int) -> None:
        self.sock, self.file = sock, file
        self.position, self.end = start, start + length
        self.moved = time.monotonic()

    def step(self) -> bool:
        """Sends what the socket takes; False when it is done, or the reader has gone."""
        try:
            sent = os.sendfile(self.sock.fileno(), self.file.fileno(), self.position, min(STEP, self.end - self.position))
        except BlockingIOError:
            return True
        except OSError:
            return False
        self.position += sent
        self.moved = time.monotonic()
        # A file that has become shorter sends nothing more.
        return sent > 0 and self.position < self.end

    def close(self) -> None:
        self.file.close()
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        self.sock.close()


class _Sender:
    """One thread for all transfers of a process. It ends with the last of them, and a process that stops waits for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._new: list[_Transfer] = []
        self._count = 0
        self._running = False
        self._wake: Optional[socket.socket] = None

    def has_room(self) -> bool:
        return self._count < MOST

    def add(self, transfer: _Transfer) -> None:
        with self._lock:
            self._count += 1
            self._new.append(transfer)
            if self._wake is not None:
                self._wake.send(b"x")
            if not self._running:
                self._running = True
                threading.Thread(target=self._run, name="homeport-files").start()

    def _run(self) -> None:
        selector = selectors.DefaultSelector()
        woken, self._wake = socket.socketpair()
        selector.register(woken, selectors.EVENT_READ)
        while True:
            with self._lock:
                for transfer in self._new:
                    selector.register(transfer.sock, selectors.EVENT_WRITE, transfer)
                self._new = []
                if self._count == 0:
                    self._running, wake, self._wake = False, self._wake, None
                    break
            for key, _ in selector.select(timeout=IDLE / 4):
                if key.data is None:
                    woken.recv(4096)
                elif not key.data.step():
                    self._end(selector, key.data)
            now = time.monotonic()
            for key in list(selector.get_map().values()):
                if key.data is not None and now - key.data.moved > IDLE:
                    self._end(selector, key.data)
        woken.close()
        wake.close()
        selector.close()

    def _end(self, selector: selectors.BaseSelector, transfer: _Transfer) -> None:
        selector.unregister(transfer.sock)
        transfer.close()
        with self._lock:
            self._count -= 1


_sender: Optional[_Sender] = None
_process = 0
_making = threading.Lock()


def _sender_here() -> _Sender:
    """The sender of this process: Gunicorn forks its workers, with `--preload` from one that has loaded everything."""
    global _sender, _process
    with _making:
        if _sender is None or _process != os.getpid():
            _sender, _process = _Sender(), os.getpid()
        return _sender


class _File:
    """What Django hands to the server's wrapper: a file, from its position on, and how much of it."""

    def __init__(self, sock: socket.socket, file: "IO[bytes]", length: int) -> None:
        self.sock, self.file, self.start, self.length = sock, file, file.tell(), length
        # Django puts its own answer's here.
        self.close: Callable[[], None] = file.close


class _Wrapper:
    """Instead of Gunicorn's for one request: it has no content, so that Gunicorn sends the head alone; its close() comes afterwards."""

    def __init__(self, filelike: _File, block_size: int = 8192) -> None:
        self._file = filelike
        # Without a file number Gunicorn asks for the content, which is empty.
        self.filelike = None

    def __iter__(self) -> Iterator[bytes]:
        return iter(())

    def close(self) -> None:
        given = self._file
        try:
            content = os.fdopen(os.dup(given.file.fileno()), "rb", buffering=0)
            connection = socket.socket(fileno=os.dup(given.sock.fileno()))
            # Gunicorn ends its connection now, from version 24 on by a shutdown, which would end ours too: it gets another one to end.
            dummy, other = socket.socketpair()
            os.dup2(dummy.fileno(), given.sock.fileno())
            dummy.close()
            other.close()
        finally:
            given.close()
        connection.setblocking(False)
        _sender_here().add(_Transfer(connection, content, given.start, given.length))


def handed_over(request: HttpRequest, file: "IO[bytes]", length: int) -> Optional[Any]:
    """An answer with a part of a file, whose content no thread of the server waits for; None where the server sends it itself."""
    environ = getattr(request, "environ", {})
    sock = environ.get("gunicorn.socket")
    # Inside TLS, which Gunicorn can end as well, the kernel cannot send a file.
    if length < LEAST_BYTES or type(sock) is not socket.socket or not hasattr(os, "sendfile") or not _sender_here().has_room():
        return None
    answer = StreamingHttpResponse()
    answer.file_to_stream = _File(sock, file, length)  # type: ignore[attr-defined]
    answer.block_size = 8192  # type: ignore[attr-defined]
    environ["wsgi.file_wrapper"] = _Wrapper
    return answer
