"""AWS over HTTP/2, which the SDK uses for Kinesis: connections that a client is done with."""

from h2.connection import H2Connection
from h2.errors import ErrorCodes
from hyperframe.frame import Frame, GoAwayFrame


def patch_graceful_shutdown() -> None:
    """A client that says that it will open no further stream still gets the answers of those that it opened.

    The SDK says so right after each request; without this, an answer ends after the 64 KiB that the client had allowed.
    From RFC 9113, section 6.8, "GOAWAY".
    """
    original = H2Connection._receive_goaway_frame

    def receive(self: H2Connection, frame: GoAwayFrame) -> tuple[list[Frame], list]:
        if frame.error_code == ErrorCodes.NO_ERROR and self.open_inbound_streams:
            return [], []
        return original(self, frame)

    H2Connection._receive_goaway_frame = receive


def apply() -> None:
    """Apply every patch of this module."""
    patch_graceful_shutdown()
