"""Middleware: safe headers on each answer, and a cookie by which a browser's runs are found again."""

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.learner import COOKIE, is_learner, new_learner

YEAR = 365 * 24 * 3600

HEADERS = {
    # Pages ask nothing of any other host. Vega compiles chart expressions, hence 'unsafe-eval'.
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        "connect-src 'self'; worker-src 'self' blob:; object-src 'none'; "
        "base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",  # the address names runs and settings
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class LearnerAndSafety:
    """Adds the headers, and to each page the cookie: a year from now on, whoever comes back is known."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the app."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and amend its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_page = not scope["path"].startswith(("/_stcore", "/static", "/media", "/component"))

        async def amend(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if is_page and headers.get("content-type", "").startswith("text/html"):
                    secure = "; Secure" if scope.get("scheme") == "https" else ""
                    cookie = (
                        f"{COOKIE}={_learner(scope)}; Path=/; Max-Age={YEAR}; HttpOnly; SameSite=Lax{secure}"
                    )
                    headers.append("Set-Cookie", cookie)
                    headers["Cache-Control"] = "no-store"  # a shared cache would hand out one learner's id
            await send(message)

        await self._app(scope, receive, amend)


def _learner(scope: Scope) -> str:
    """The one of the cookie, or a new one. Other programs' cookies come along, which may be anything."""
    known = HTTPConnection(scope).cookies.get(COOKIE, "")  # read as Streamlit reads those of its connections
    return known if is_learner(known) else new_learner()
