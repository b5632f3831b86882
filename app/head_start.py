"""Middleware: pages tell the browser where the server is, and show what can be seen before it is asked.

Streamlit's script in the browser would ask first: for a page at ``/shapes`` it tries
``/shapes/_stcore/health``, is told that there is nothing, and tries again one folder up, a tenth of a second
before anything is shown. It leaves the asking for later where the page itself names the server; see
`window.__streamlit` in its source.

The same script closes the menu of a phone.
"""

from collections.abc import Callable

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEAD, END = b"<head>", b"</body>"

SCRIPT = b"""
    <script>
      // The pages lie side by side in one folder, which is the server's.
      window.__streamlit = {
        BACKEND_BASE_URL: new URL(".", location.origin + location.pathname).href,
        HOST_CONFIG: { allowedOrigins: [location.origin], useExternalAuthToken: false },
      }
      // On a phone the menu lies over the page, and would stay there when one has chosen from it.
      addEventListener("click", (event) => {
        if (event.target.closest("[data-testid=stSidebarNavLink]"))
          document.querySelector("[data-testid=stSidebarCollapseButton] button")?.click()
      })
    </script>"""

CONDITIONS = (b"if-none-match", b"if-modified-since")


class HeadStart:
    """Adds a script to the head of each page, and to its body what can be seen before the script has run."""

    def __init__(self, app: ASGIApp, picture: Callable[[str, str], str]) -> None:
        """Wrap the app.

        Args:
            app: what answers.
            picture: gives HTML for a page's path and query; for most pages nothing.
        """
        self._app = app
        self._picture = picture

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and add to the answer if it is a page."""
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            await self._app(scope, receive, send)
            return
        query = scope.get("query_string", b"").decode("latin-1")
        picture = (await to_thread.run_sync(self._picture, scope["path"], query)).encode()
        # A compressed page could not be added to; one that the browser has kept has another picture, or none.
        left_out = (b"accept-encoding", *(CONDITIONS if picture else ()))
        headers = [(name, value) for name, value in scope["headers"] if name not in left_out]
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
                body = body.replace(HEAD, HEAD + SCRIPT, 1)
                changed = MutableHeaders(scope=start)
                if picture:
                    before, end, after = body.rpartition(END)
                    body = before + picture + end + after
                    changed["Cache-Control"] = "no-store"
                changed["Content-Length"] = str(len(body))
                await send(start)
                await send({"type": "http.response.body", "body": body})

        await self._app({**scope, "headers": headers}, receive, add)


def _is_page(start: Message) -> bool:
    kind = Headers(scope=start).get("content-type", "")
    return start["status"] == 200 and kind.startswith("text/html")
