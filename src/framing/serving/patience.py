"""uvicorn's HTTP protocol, with a limit on how long a client may take to send the head of a request."""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

SECONDS = 10.0


class PatientProtocol(H11Protocol):
    """Closes a connection whose next request has begun, or was never sent, and is not complete to its empty line."""

    cut: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """A new client has to send a request."""
        super().connection_made(transport)
        self._expect()

    def data_received(self, data: bytes) -> None:
        """The clock runs until a request is complete, and from the first byte of the next one."""
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before or (self.cycle is not None and not self.cycle.response_complete):
            self._relax()
        elif self.cut is None:
            self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client went away."""
        self._relax()
        super().connection_lost(exc)

    def _expect(self) -> None:
        self.cut = self.loop.call_later(SECONDS, self.transport.close)

    def _relax(self) -> None:
        if self.cut is not None:
            self.cut.cancel()
            self.cut = None
