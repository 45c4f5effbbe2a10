"""Where an installation lives and how it is set up: the data directory and the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Config:
    """`database_url` defaults to SQLite in the data directory."""

    data: Path
    database_url: str = ""
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    synchronous: str = "FULL"
    search_backend: str = ""  # '' = the database's own; 'whoosh'
    origin: str = ""  # the ledger's origin; '' = made once and kept in the database
    master_key_file: Path | None = None  # None = data/keys/master.json
    smtp_url: str = field(default="", repr=False)  # '' = no mail; it holds a password
    mail_from: str = "Muniment <muniment@localhost>"
    public_url: str = ""  # where people reach us, for links in mail

    @classmethod
    def from_environment(cls, data: str | Path | None = None) -> Config:
        directory = Path(data or os.environ.get("MUNIMENT_DATA") or "var").resolve()
        return cls(
            data=directory,
            database_url=os.environ.get("MUNIMENT_DATABASE_URL", ""),
            zone=ZoneInfo(os.environ.get("MUNIMENT_ZONE", "Asia/Shanghai")),
            synchronous=os.environ.get("MUNIMENT_SYNCHRONOUS", "FULL"),
            search_backend=os.environ.get("MUNIMENT_SEARCH", ""),
            smtp_url=os.environ.get("MUNIMENT_SMTP_URL", ""),
            mail_from=os.environ.get("MUNIMENT_MAIL_FROM", "") or cls.mail_from,
            public_url=os.environ.get("MUNIMENT_PUBLIC_URL", ""),
        )

    @property
    def url(self) -> str:
        return self.database_url or f"sqlite:///{self.data / 'muniment.db'}"

    @property
    def master_key(self) -> Path:
        return self.master_key_file or self.data / "keys" / "master.json"
