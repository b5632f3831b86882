"""`python3 app`: set up everything that is needed and start Unroll.

Standard library only, and no syntax newer than Python 3.6: an old Python must get as far as saying that it is
too old.
"""

import argparse
import errno
import os
import socket
import sys
from pathlib import Path

OLDEST_PYTHON = (3, 11)
NEWEST_PYTHON = (3, 13)  # the pinned TensorFlow cannot be had for a newer one
HERE = ("127.0.0.1", "localhost", "::1")
EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - only compared with; whoever wants this must ask for it


def check_python(version: "tuple[int, ...]") -> None:
    """End the program with a clear sentence if this Python is too old, or too new.

    Args:
        version: such as `sys.version_info`; its first two numbers count.
    """
    oldest, newest, found = (".".join(map(str, one[:2])) for one in (OLDEST_PYTHON, NEWEST_PYTHON, version))
    if tuple(version[:2]) < OLDEST_PYTHON:
        sys.exit(
            f"Unroll needs Python {oldest} or newer, and this is Python {found}. "
            f"Install a newer Python and start again with it, for example: python{newest} app"
        )
    if tuple(version[:2]) > NEWEST_PYTHON:
        sys.exit(
            f"This is Python {found}, for which TensorFlow cannot be had yet. Unroll needs Python {oldest} "
            f"to {newest}: install one beside it and start again with that, for example: python{newest} app"
        )


def check_port(host: str, port: int) -> None:
    """End the program with a clear sentence if the server could not listen there.

    Args:
        host: the address to listen on.
        port: 1 to 65535.
    """
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            if (
                sys.platform != "win32"
            ):  # as servers do: the last server's closed connections are no hindrance
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            sys.exit(
                f"Port {port} is taken. If that is Unroll in another window, use it or stop it; if it is "
                f"another program, choose another port: python3 app --port {port % 65535 + 1}"
            )
        if error.errno == errno.EACCES:
            sys.exit(
                f"This computer does not let you use port {port}. Choose one above 1023, such as --port 8501."
            )
        sys.exit(
            f"Unroll cannot listen on {host}: {error.strerror or error}. "
            "Choose another --host, such as 127.0.0.1."
        )


def port_number(text: str) -> int:
    """Read a port from the command line.

    Args:
        text: a whole number from 1 to 65535.

    Raises:
        argparse.ArgumentTypeError: it is not.
    """
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"a port is a whole number from 1 to 65535, not {text!r}")
    return int(text)


def address(host: str, port: int) -> str:
    """What to type into a browser on this computer.

    Args:
        host: the address that the server listens on.
        port: its port.
    """
    if host in EVERYWHERE:
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def main() -> None:
    """Read the command line, set up, and become the server."""
    check_python(sys.version_info[:2])
    root = Path(__file__).resolve().parent.parent
    # `python3 app` puts app/ on the path, not the folder above it, from which everything is imported.
    sys.path.insert(0, str(root))
    from app import environment  # noqa: PLC0415 - an old Python could not read it

    parser = argparse.ArgumentParser(
        prog="python3 app", description="Set up what is needed and start Unroll."
    )
    parser.add_argument("--port", type=port_number, default=8501, help="the server's port (default: 8501)")
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="the address to listen on (default: 127.0.0.1; 0.0.0.0 for a whole network)",
    )
    parser.add_argument("--setup-only", action="store_true", help="set up, and do not start the server")
    options = parser.parse_args()
    try:
        if not options.setup_only:
            check_port(options.host, options.port)
        environment.prepare(root / "app", sys.argv[1:], [environment.REQUIREMENTS])
        if options.setup_only:
            environment.say("Everything is set up. Start Unroll with: python3 app")
            return
        check_port(options.host, options.port)  # again: an installation takes minutes
        environment.say(f"Unroll is at {address(options.host, options.port)}")
        if options.host in EVERYWHERE:
            environment.say(f"From other computers: {address(socket.gethostname(), options.port)}")
        environment.say("Stop it with Ctrl-C.")
        server = ["-m", "streamlit", "run", "app/server.py"]
        place = ["--server.port", str(options.port), "--server.address", options.host]
        for name, value in environment.SERVER_VARIABLES.items():
            os.environ.setdefault(name, value)
        if options.host not in HERE:  # who visits from elsewhere calls it by names that we do not know
            os.environ.setdefault("STREAMLIT_SERVER_ALLOWED_HOSTS", "*")
        environment.replace_process([sys.executable, *server, *place], in_root=True)
    except environment.SetupError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
