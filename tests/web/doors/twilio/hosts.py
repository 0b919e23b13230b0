"""A web server on loopback that gives what a test says."""

import http.server
import threading
from collections.abc import Callable

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


class Host:
    """A web server on loopback that answers what a test says and counts who asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[http.server.BaseHTTPRequestHandler], None]] = {}
        self.asked: list[tuple[str, str, str]] = []
        host = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host.asked.append(
                    (self.path, self.headers.get("host", ""), self.headers.get("authorization", ""))
                )
                host.answers[self.path](self)

            def log_message(self, *_: object) -> None:
                """Silent."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def gives(self, path: str, content: bytes, status: int = 200, **headers: str) -> None:
        def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in headers.items():
                handler.send_header(name.replace("_", "-"), value)
            if "Content_Length" not in headers:
                handler.send_header("Content-Length", str(len(content)))
            handler.end_headers()
            handler.wfile.write(content)

        self.answers[path] = answer

    def pours(self, path: str, size: int) -> None:
        """An endless picture, its length unsaid."""

        def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
            handler.send_response(200)
            handler.end_headers()
            try:
                for _ in range(size // 65536):
                    handler.wfile.write(PNG + b"0" * (65536 - len(PNG)))
            except OSError:
                return

        self.answers[path] = answer

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
