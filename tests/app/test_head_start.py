"""The script that lets a page connect at once."""

import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from app.head_start import SCRIPT, HeadStart
from tests.app.apart import run_apart

PAGE = "<html><head><title>Ünroll</title></head><body><p>&lt;head></p></body></html>"
BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"


def ask(answer: Response, accept: str = BROWSER) -> tuple[dict[str, str], bytes, list[str | None]]:
    """Headers and body of an answer, and what the app behind the middleware was told of compression."""
    sent: list[Message] = []
    encodings: list[str | None] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        encodings.append(Request(scope).headers.get("accept-encoding"))
        await answer(scope, receive, send)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"accept", accept.encode()), (b"accept-encoding", b"gzip")]
    scope: Scope = {"type": "http", "method": "GET", "path": "/shapes", "headers": headers}
    scope["asgi"] = {"version": "3.0", "spec_version": "2.4"}
    run_apart(HeadStart(app)(scope, receive, send))
    first, *rest = sent
    found = {name.decode(): value.decode() for name, value in first["headers"]}
    return found, b"".join(message["body"] for message in rest), encodings


@pytest.mark.parametrize(
    "answer",
    [HTMLResponse(PAGE), StreamingResponse(iter([PAGE[:9], PAGE[9:40], PAGE[40:]]), media_type="text/html")],
    ids=["whole", "in parts"],
)
def test_a_page_gets_the_script_once_and_stays_what_it_was(answer: Response) -> None:
    headers, body, encodings = ask(answer)
    assert body.count(SCRIPT) == 1
    assert body.replace(SCRIPT, b"").decode() == PAGE
    assert headers["content-length"] == str(len(body))
    assert encodings == [None]


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
    _, body, encodings = ask(HTMLResponse(PAGE), accept="*/*")
    assert body.decode() == PAGE
    assert encodings == ["gzip"]
