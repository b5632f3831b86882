"""Middleware: safe headers on each answer, and a cookie by which a browser's runs are found again."""

from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import MutableHeaders
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
    """Adds the headers, and the cookie where it is missing."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the app."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and amend its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_page = not scope["path"].startswith(("/_stcore", "/static", "/media", "/component"))
        new = new_learner() if is_page and not _has_learner(scope) else None

        async def amend(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if new and headers.get("content-type", "").startswith("text/html"):
                    secure = "; Secure" if scope.get("scheme") == "https" else ""
                    cookie = f"{COOKIE}={new}; Path=/; Max-Age={YEAR}; HttpOnly; SameSite=Lax{secure}"
                    headers.append("Set-Cookie", cookie)
                    headers["Cache-Control"] = "no-store"  # a shared cache would hand out one learner's id
            await send(message)

        await self._app(scope, receive, amend)


def _has_learner(scope: Scope) -> bool:
    for name, value in scope["headers"]:
        if name == b"cookie":
            try:
                cookies = SimpleCookie(value.decode("latin-1"))
            except CookieError:
                return False
            return COOKIE in cookies and is_learner(cookies[COOKIE].value)
    return False
