"""`python -m tests.builder_ui.gallery FOLDER`: every page as a picture, desktop, phone and dark.

For looking at; the tests look at the same samples with other eyes.
"""

from __future__ import annotations

import http.server
import sys
import threading
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import sync_playwright

from builder_ui.assets import Assets
from builder_ui.templating import Renderer
from tests.builder_ui.samples import pages

CHROMIUM = ["--no-sandbox", "--headless=new", "--disable-gpu", "--disable-dev-shm-usage"]
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
SHAPES = {"desktop": (1280, 860, "auto"), "phone": (390, 844, "auto"), "dark": (1280, 860, "dark")}


def serve(renderer: Renderer) -> http.server.ThreadingHTTPServer:
    """A server of the samples on a free port: /{name}?theme=…"""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            asset = renderer.assets.get(path.split("/", 3)[3]) if path.startswith("/static/") else None
            name = path.strip("/")
            if asset:
                self._answer(200, asset.media_type, asset.content)
            elif name in pages():
                template, shell, page = pages()[name]
                shell = replace(shell, theme="dark" if "dark" in query else "light")
                html = renderer.render(template, "zh", shell=shell, page=page)
                self._answer(200, "text/html; charset=utf-8", html.encode())
            else:
                self._answer(404, "text/plain", b"")

        def _answer(self, status: int, media_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", media_type)
            self.send_header(
                "content-security-policy",
                POLICY,
            )
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main(folder: Path, only: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    server = serve(Renderer(Assets()))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        for shape, (width, height, theme) in SHAPES.items():
            tab = browser.new_page(viewport={"width": width, "height": height})
            tab.on("console", lambda message: print("console:", message.text))
            tab.on("pageerror", lambda error: print("error:", error))
            for name in only or pages():
                tab.goto(f"http://127.0.0.1:{server.server_port}/{name}?{theme}")
                tab.wait_for_load_state("networkidle")
                tab.screenshot(path=str(folder / f"{name}-{shape}.png"), full_page=shape != "dark")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
