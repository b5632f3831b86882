"""A repair of the server's connections: what it says leaves at once.

A system holds a small packet back until the other side has confirmed the one before (Nagle's algorithm, RFC
896), and the other side waits up to 40 ms with that, in case it has something to say itself (RFC 1122,
4.2.3.2). So the second half of each answer, and each message that follows another, would come 40 ms late:
sixty scripts of a page, and every step of a slider. Python turns this off for its servers, but only on
sockets that name their protocol; Streamlit's does not, and is bound before our code runs.
"""

import socket
from asyncio import base_events


def send_at_once(connection: socket.socket) -> None:
    """Hold nothing back on a TCP connection; other sockets stay as they are."""
    is_internet = connection.family in (socket.AF_INET, socket.AF_INET6)
    if is_internet and connection.type == socket.SOCK_STREAM:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def install() -> None:
    """Let Python do it for all connections from now on."""
    base_events._set_nodelay = send_at_once  # type: ignore[attr-defined]  # what each transport calls
