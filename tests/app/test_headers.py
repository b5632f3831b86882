"""The cookie and the safe headers on each answer."""

from http.cookies import SimpleCookie

import pytest
from starlette.types import Message, Receive, Scope, Send

from app.headers import HEADERS, LearnerAndSafety
from app.learner import COOKIE, is_learner, new_learner
from tests.app.apart import run_apart

Headers = list[tuple[str, str]]


def ask(path: str = "/", cookie: str | None = None, kind: str = "text/html", scheme: str = "http") -> Headers:
    """The headers with which a small app behind the middleware answers."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", kind.encode()), (b"x-content-type-options", b"something")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    sent_headers = [(b"cookie", cookie.encode("latin-1"))] if cookie is not None else []
    scope = {"type": "http", "path": path, "scheme": scheme, "headers": sent_headers}
    run_apart(LearnerAndSafety(app)(scope, receive, send))
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    return [(name.decode().lower(), value.decode()) for name, value in sent[0]["headers"]]


def cookies(headers: Headers) -> list[str]:
    """All cookies that an answer sets."""
    return [value for name, value in headers if name == "set-cookie"]


@pytest.mark.parametrize("path", ["/", "/shapes", "/runs"])
def test_a_new_visitor_gets_a_cookie(path: str) -> None:
    headers = ask(path)
    (text,) = cookies(headers)
    cookie = SimpleCookie(text)[COOKIE]
    assert is_learner(cookie.value)
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert int(cookie["max-age"]) > 180 * 24 * 3600
    assert not cookie["secure"]
    assert ("cache-control", "no-store") in headers


def test_two_visitors_get_different_ids() -> None:
    values = {SimpleCookie(cookies(ask())[0])[COOKIE].value for _ in range(20)}
    assert len(values) == 20


def test_over_tls_the_cookie_stays_on_tls() -> None:
    assert SimpleCookie(cookies(ask(scheme="https"))[0])[COOKIE]["secure"] is True


@pytest.mark.parametrize(
    "others",
    ["", "other=1; ", 'prefs={"theme":"dark"}; ', "a[b]=1; ", "name=José; ", "x=a b; ", "flag; ", "=; ;; "],
)
def test_a_known_learner_keeps_the_cookie_for_another_year(others: str) -> None:
    """Whatever other programs on this computer have given the browser."""
    learner = new_learner()
    headers = ask(cookie=f"{others}{COOKIE}={learner}; more=2")
    (text,) = cookies(headers)
    cookie = SimpleCookie(text)[COOKIE]
    assert cookie.value == learner
    assert int(cookie["max-age"]) > 180 * 24 * 3600
    assert ("cache-control", "no-store") in headers


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "other=1",
        f"{COOKIE}=",
        f"{COOKIE}=short",
        f"{COOKIE}={'x' * 23}",
        f"{COOKIE}={'x' * 21}!",
        f"{COOKIE}={'é' * 22}",
        f"{COOKIE}; DROP TABLE runs",
        "\x00=\x00;;;==",
        "a" * 100_000,
    ],
)
def test_a_malformed_cookie_is_replaced(cookie: str) -> None:
    assert len(cookies(ask(cookie=cookie))) == 1


@pytest.mark.parametrize("path", ["/_stcore/health", "/_stcore/stream", "/static/index.js", "/media/x.csv"])
def test_assets_get_no_cookie(path: str) -> None:
    assert cookies(ask(path)) == []


def test_only_pages_get_a_cookie() -> None:
    assert cookies(ask("/favicon.png", kind="image/png")) == []


@pytest.mark.parametrize("path", ["/", "/shapes", "/_stcore/health", "/static/js/index.js", "/favicon.png"])
@pytest.mark.parametrize("kind", ["text/html", "application/json"])
def test_every_answer_is_safe(path: str, kind: str) -> None:
    headers = ask(path, kind=kind)
    for name, value in HEADERS.items():
        assert [text for other, text in headers if other == name.lower()] == [value]


def test_the_policy_names_no_other_host() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert "http:" not in policy
    assert "https:" not in policy
    assert "ws:" not in policy
    assert "wss:" not in policy
    assert "*" not in policy


@pytest.mark.parametrize("kind", ["websocket", "lifespan"])
def test_other_protocols_pass_unchanged(kind: str) -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    async def nothing() -> Message:
        return {}

    async def nowhere(message: Message) -> None:
        raise AssertionError(message)

    run_apart(LearnerAndSafety(app)({"type": kind}, nothing, nowhere))
    assert seen == [{"type": kind}]
