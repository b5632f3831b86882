"""What the server says leaves at once."""

import asyncio
import socket

import app.server  # noqa: F401  # which installs it
from tests.app.apart import run_apart


def is_at_once(connection: socket.socket) -> bool:
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_a_server_on_a_socket_like_streamlits_holds_nothing_back() -> None:
    """One that does not name its protocol, which Python therefore leaves as it is."""
    accepted: list[bool] = []

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted.append(is_at_once(writer.get_extra_info("socket")))
        writer.close()

    async def serve_once() -> None:
        listening = socket.socket(socket.AF_INET)
        listening.bind(("127.0.0.1", 0))
        assert listening.proto == 0
        server = await asyncio.start_server(answer, sock=listening)
        async with server:
            reader, writer = await asyncio.open_connection(*listening.getsockname())
            await reader.read()
            writer.close()

    run_apart(serve_once())
    assert accepted == [True]


def test_other_sockets_stay_as_they_are() -> None:
    async def talk() -> None:
        one, other = socket.socketpair()
        _, writer = await asyncio.open_connection(sock=one)
        writer.close()
        other.close()

    run_apart(talk())
