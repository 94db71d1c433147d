"""A server that speaks the chat completions protocol over loopback HTTP and replies as a test tells it to."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Respond = Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]
LONG_WAIT = 30.0  # for tests that fail


@dataclass
class ScriptedServer:
    """`respond` handles each request; `requests` and `headers` are those that arrived; `release` ends slow ones."""

    url: str = ""
    respond: Respond = field(default_factory=lambda: reply_numbers(1))
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)

    @property
    def received(self) -> str:
        """Everything that arrived, as text."""
        return json.dumps(self.requests, ensure_ascii=False)


@contextlib.contextmanager
def run_scripted_server() -> Iterator[ScriptedServer]:
    script = ScriptedServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            script.requests.append(request)
            script.headers.append({name.lower(): value for name, value in self.headers.items()} | {"path": self.path})
            with contextlib.suppress(OSError):  # the client may be gone
                script.respond(self, request)

        def log_message(self, *_: object) -> None:
            """Nothing on standard error."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    script.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield script
    finally:
        script.release.set()
        server.shutdown()
        server.server_close()
        thread.join()


def send(handler: BaseHTTPRequestHandler, status: int, body: object, content_type: str = "application/json") -> None:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", content_type)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


def build_completion(content: str | None, ending: str = "stop", refusal: str | None = None) -> dict[str, Any]:
    message = {"role": "assistant", "content": content, "refusal": refusal}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_796_000_000,
        "model": "scripted",
        "choices": [{"index": 0, "message": message, "finish_reason": ending, "logprobs": None}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
    }


def reply_text(content: str | None, ending: str = "stop", refusal: str | None = None) -> Respond:
    return lambda handler, _: send(handler, 200, build_completion(content, ending, refusal))


def reply_numbers(*numbers: Any, answered: str = "yes", record: str | None = None) -> Respond:
    return reply_text(json.dumps({"numbers": numbers, "answered": answered, "record": record}))


def reply_lines(*wanted: str, answered: str = "yes") -> Respond:
    """Select the lines that contain these words, as a model would that reads them."""

    def respond(handler: BaseHTTPRequestHandler, request: dict[str, Any]) -> None:
        sections = json.loads(request["messages"][-1]["content"])["sections"]
        lines = {int(number): text for section in sections for number, text in section["lines"].items()}
        numbers = [number for words in wanted for number, text in lines.items() if words in text]
        reply_numbers(*numbers, answered=answered)(handler, request)

    return respond


def reply_status(status: int, **error: Any) -> Respond:
    return lambda handler, _: send(handler, status, {"error": {"message": "No.", "type": "error"} | error})


def redirect_to(url: str) -> Respond:
    def respond(handler: BaseHTTPRequestHandler, _: dict[str, Any]) -> None:
        handler.send_response(307)
        handler.send_header("Location", url)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return respond


def wait_for(release: threading.Event) -> Respond:
    """Say nothing until the test ends."""

    def respond(handler: BaseHTTPRequestHandler, request: dict[str, Any]) -> None:
        release.wait(LONG_WAIT)

    return respond


def drip(release: threading.Event) -> Respond:
    """Send a byte every few milliseconds, without an end."""

    def respond(handler: BaseHTTPRequestHandler, request: dict[str, Any]) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        while not release.wait(0.01):
            handler.wfile.write(b" ")

    return respond


def hang_up(handler: BaseHTTPRequestHandler, _: dict[str, Any]) -> None:
    handler.close_connection = True
    handler.connection.close()
