"""Where an installation lives and how it is set up: the data directory and the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Config:
    """`database_url` defaults to SQLite in the data directory."""

    data: Path
    database_url: str = ""
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    zone_given: bool = False  # by the environment; otherwise what `init` was told counts
    synchronous: str = "FULL"
    search_backend: str = ""  # '' = the database's own; 'whoosh'
    origin: str = ""  # the ledger's origin; '' = made once and kept in the database
    pg_bin: str = ""  # where pg_dump and pg_restore lie, when not on the path
    master_key_file: Path | None = None  # None = data/keys/master.json
    master_key_text: str = field(default="", repr=False)  # base64 of the file's content, instead of a file
    master_key_command: str = ""  # a program that keeps it, instead of a file
    smtp_url: str = field(default="", repr=False)  # '' = no mail; it holds a password
    mail_from: str = "Muniment <muniment@localhost>"
    public_url: str = ""  # where people reach us, for links in mail
    tls_certificate: Path | None = None  # PEM, with the chain; with `tls_key` the server speaks TLS
    tls_key: Path | None = None
    requests_per_minute: int = 0  # of one person or token; 0 = as many as they like
    outgoing_allowed: tuple[str, ...] = ()  # networks and names of the house that may be asked by HTTP
    shut_in: bool = False  # nothing leaves by HTTP: the throw-away houses of app tests
    outgoing_trust: str = ""  # a PEM file of authorities beside the system's own
    behind_proxy: tuple[str, ...] = ()  # addresses or networks of proxies whose word on the client counts

    @classmethod
    def from_environment(cls, data: str | Path | None = None) -> Config:
        directory = Path(data or os.environ.get("MUNIMENT_DATA") or "var").resolve()
        zone = os.environ.get("MUNIMENT_ZONE", "")
        return cls(
            data=directory,
            database_url=os.environ.get("MUNIMENT_DATABASE_URL", ""),
            zone=ZoneInfo(zone or "Asia/Shanghai"),
            zone_given=bool(zone),
            synchronous=os.environ.get("MUNIMENT_SYNCHRONOUS", "FULL"),
            search_backend=os.environ.get("MUNIMENT_SEARCH", ""),
            smtp_url=os.environ.get("MUNIMENT_SMTP_URL", ""),
            mail_from=os.environ.get("MUNIMENT_MAIL_FROM", "") or cls.mail_from,
            public_url=os.environ.get("MUNIMENT_PUBLIC_URL", ""),
            pg_bin=os.environ.get("MUNIMENT_PG_BIN", ""),
            master_key_file=_path("MUNIMENT_MASTER_KEY_FILE"),
            master_key_text=os.environ.get("MUNIMENT_MASTER_KEY", ""),
            master_key_command=os.environ.get("MUNIMENT_MASTER_KEY_COMMAND", ""),
            tls_certificate=_path("MUNIMENT_TLS_CERTIFICATE"),
            tls_key=_path("MUNIMENT_TLS_KEY"),
            requests_per_minute=int(os.environ.get("MUNIMENT_REQUESTS_PER_MINUTE", "30000") or "0"),
            outgoing_allowed=tuple(os.environ.get("MUNIMENT_OUTGOING_ALLOWED", "").replace(",", " ").split()),
            outgoing_trust=os.environ.get("MUNIMENT_OUTGOING_TRUST", ""),
            behind_proxy=tuple(os.environ.get("MUNIMENT_BEHIND_PROXY", "").replace(",", " ").split()),
        )

    def in_zone(self, settled: str) -> Config:
        """In the zone the installation was told, unless the environment says another."""
        return replace(self, zone=ZoneInfo(settled)) if settled and not self.zone_given else self

    @property
    def url(self) -> str:
        return self.database_url or f"sqlite:///{self.data / 'muniment.db'}"

    @property
    def master_key(self) -> Path:
        return self.master_key_file or self.data / "keys" / "master.json"

    @property
    def unfinished_restore(self) -> Path:
        """Lies there from the first byte a restore puts until it has come to its end."""
        return self.data / "restore.unfinished"

    @property
    def rotated_keys(self) -> Path:
        """Keys that took the place of those in the environment, sealed under them."""
        return self.data / "rotated" / "keys.json"


def _path(name: str) -> Path | None:
    found = os.environ.get(name, "")
    return Path(found).resolve() if found else None
