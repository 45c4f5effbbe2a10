"""A time-stamping authority of our own: `openssl ts` behind a tiny HTTP server on this machine."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CONFIG = """
[ tsa ]
default_tsa = tsa1
[ tsa1 ]
serial = {folder}/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
ess_cert_id_alg = sha256
tsa_name = yes
[ req ]
distinguished_name = name
prompt = no
[ name ]
CN = Time
[ v3 ]
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
basicConstraints = critical,CA:false
[ ca ]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
"""


class Authority:
    """`url` to ask, `roots` (PEM) to check what it answers; `down` makes it fail. `key` as openssl req takes it."""

    def __init__(self, folder: Path, key: str = "rsa:2048") -> None:
        self._folder, self.down, self.url = folder, False, ""
        (folder / "ts.cnf").write_text(CONFIG.format(folder=folder))
        (folder / "serial").write_text("01\n")
        root = f"-newkey {key} -nodes -x509 -days 3650 -keyout root.key -out root.pem -subj /CN=Root -extensions ca"
        self._openssl(f"req -config ts.cnf {root}")
        self._openssl(f"req -config ts.cnf -newkey {key} -nodes -keyout tsa.key -out tsa.csr -subj /CN=Time")
        signing = "-CA root.pem -CAkey root.key -CAcreateserial -days 3650 -extfile ts.cnf -extensions v3"
        self._openssl(f"x509 -req -in tsa.csr {signing} -out tsa.pem")
        self.roots = (folder / "root.pem").read_text()

    def answer(self, query: bytes) -> bytes:
        (self._folder / "query.tsq").write_bytes(query)
        signer = "-signer tsa.pem -inkey tsa.key"
        self._openssl(f"ts -reply -config ts.cnf -queryfile query.tsq {signer} -out answer.tsr")
        return (self._folder / "answer.tsr").read_bytes()

    def stamp(self, content: bytes) -> bytes:
        """A token over these bytes."""
        (self._folder / "content").write_bytes(content)
        self._openssl("ts -query -data content -sha256 -cert -out asked.tsq")
        return self.answer((self._folder / "asked.tsq").read_bytes())

    def _openssl(self, line: str) -> None:
        subprocess.run(["openssl", *line.split()], cwd=self._folder, check=True, capture_output=True)


@contextmanager
def authority(folder: Path) -> Iterator[Authority]:
    made = Authority(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["content-length"]))
            assert self.headers["content-type"] == "application/timestamp-query"
            self.send_response(503 if made.down else 200)
            self.send_header("content-type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(b"" if made.down else made.answer(query))

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_port}/"
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
