"""Middleware: pages tell the browser where the server is, so that it connects at once.

Streamlit's script in the browser would ask first: for a page at ``/shapes`` it tries
``/shapes/_stcore/health``, is told that there is nothing, and tries again one folder up, a tenth of a second
before anything is shown. It leaves the asking for later where the page itself names the server; see
`window.__streamlit` in its source.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PLACE = b"<head>"

SCRIPT = b"""
    <script>
      // The pages lie side by side in one folder, which is the server's.
      window.__streamlit = {
        BACKEND_BASE_URL: new URL(".", location.origin + location.pathname).href,
        HOST_CONFIG: { allowedOrigins: [location.origin], useExternalAuthToken: false },
      }
    </script>"""


class HeadStart:
    """Adds a script to the head of each page."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the app."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and add to the answer if it is a page."""
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            await self._app(scope, receive, send)
            return
        # A compressed page could not be added to.
        headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        start: Message | None = None
        body = b""

        async def add(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and _is_page(message):
                start = message  # sent when the length of the page is known
                return
            if start is None:
                await send(message)
                return
            body += message.get("body", b"")
            if not message.get("more_body", False):
                body = body.replace(PLACE, PLACE + SCRIPT, 1)
                MutableHeaders(scope=start)["Content-Length"] = str(len(body))
                await send(start)
                await send({"type": "http.response.body", "body": body})

        await self._app({**scope, "headers": headers}, receive, add)


def _is_page(start: Message) -> bool:
    kind = Headers(scope=start).get("content-type", "")
    return start["status"] == 200 and kind.startswith("text/html")
