"""The script that lets a page connect at once."""

from collections.abc import Callable

import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from app.head_start import SCRIPT, HeadStart
from tests.app.apart import run_apart

PAGE = "<html><head><title>Ünroll</title></head><body><p>&lt;head></p></body></html>"
BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"


def no_picture(path: str, query: str) -> str:
    return ""


def ask(
    answer: Response, accept: str = BROWSER, picture: Callable[[str, str], str] = no_picture
) -> tuple[dict[str, str], bytes, list[tuple[str | None, str | None]]]:
    """Headers and body of an answer; what the app behind it was told of compression and of pages kept."""
    sent: list[Message] = []
    told: list[tuple[str | None, str | None]] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        headers = Request(scope).headers
        told.append((headers.get("accept-encoding"), headers.get("if-none-match")))
        await answer(scope, receive, send)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"accept", accept.encode()), (b"accept-encoding", b"gzip"), (b"if-none-match", b"tag")]
    scope: Scope = {"type": "http", "method": "GET", "path": "/shapes", "headers": headers}
    scope["query_string"] = b"part=Look+inside&run=%C3%BC"
    scope["asgi"] = {"version": "3.0", "spec_version": "2.4"}
    run_apart(HeadStart(app, picture)(scope, receive, send))
    first, *rest = sent
    found = {name.decode(): value.decode() for name, value in first["headers"]}
    return found, b"".join(message["body"] for message in rest), told


@pytest.mark.parametrize(
    "answer",
    [HTMLResponse(PAGE), StreamingResponse(iter([PAGE[:9], PAGE[9:40], PAGE[40:]]), media_type="text/html")],
    ids=["whole", "in parts"],
)
def test_a_page_gets_the_script_once_and_stays_what_it_was(answer: Response) -> None:
    headers, body, told = ask(answer)
    assert body.count(SCRIPT) == 1
    assert body.replace(SCRIPT, b"").decode() == PAGE
    assert headers["content-length"] == str(len(body))
    assert told == [(None, "tag")]
    assert "cache-control" not in headers


def test_a_picture_stands_at_the_end_of_the_page_and_is_always_fresh() -> None:
    asked: list[tuple[str, str]] = []

    def picture(path: str, query: str) -> str:
        asked.append((path, query))
        return "<b>Ünten</b>"

    headers, body, told = ask(HTMLResponse(PAGE), picture=picture)
    assert asked == [("/shapes", "part=Look+inside&run=%C3%BC")]
    assert body.replace(SCRIPT, b"").decode() == PAGE.replace("</body>", "<b>Ünten</b></body>")
    assert headers["content-length"] == str(len(body))
    assert headers["cache-control"] == "no-store"
    assert told == [(None, None)]


@pytest.mark.parametrize(
    "answer",
    [PlainTextResponse("<head>"), HTMLResponse("<head>", status_code=404), Response(status_code=304)],
    ids=["a text", "an error", "unchanged"],
)
def test_all_else_passes_unchanged(answer: Response) -> None:
    headers, body, _ = ask(answer)
    assert body == answer.body
    assert headers == dict(answer.headers)


def test_what_is_no_page_may_be_compressed() -> None:
    _, body, told = ask(HTMLResponse(PAGE), accept="*/*")
    assert body.decode() == PAGE
    assert told == [("gzip", "tag")]
