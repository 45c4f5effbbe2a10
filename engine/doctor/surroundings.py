"""Checks of what stands around: backups, the certificate, mail, connections, quarantine, jobs."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa
from cryptography import x509

from engine.addresses import is_loopback
from engine.clock import from_microseconds, microseconds
from engine.engines import postgres_url
from engine.notifications.smtp import Server
from engine.retention.pausing import holds_known_until
from engine.runtime import Runtime
from engine.system_tables import backups, inbox
from metamodel.problems import Problem, Rejected, problem

RECENT = timedelta(days=2)
RENEW, LATE = timedelta(days=21), timedelta(days=3)
PROVEN = ("verify-full", "verify-ca")


def backed_up(runtime: Runtime) -> Iterator[Problem]:
    query = sa.select(backups.c.at, backups.c.folder).order_by(backups.c.id.desc()).limit(1)
    with runtime.database.read() as connection:
        last = connection.execute(query).first()
    if last is None:
        yield problem("doctor.no_backup")
    elif last.at < microseconds(runtime.clock.now() - RECENT):
        at = from_microseconds(last.at).isoformat(timespec="minutes")
        yield problem("doctor.backup_old", at=at, folder=last.folder)


def disposal(runtime: Runtime) -> Iterator[Problem]:
    """What a restore paused goes on when somebody has looked at the holds."""
    with runtime.database.read() as connection:
        since = holds_known_until(connection)
    if since is not None:
        yield problem("doctor.disposal_paused", at=since.isoformat(timespec="minutes"))


def certificate(runtime: Runtime) -> Iterator[Problem]:
    """The one `serve` is set up with; nothing to say where a proxy has it."""
    path = runtime.config.tls_certificate
    if path is None:
        return
    ends = x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
    left = ends - runtime.clock.now()
    if left < RENEW:
        code = "doctor.certificate_late" if left < LATE else "doctor.certificate_renew"
        yield problem(code, at=ends.isoformat(timespec="minutes"))


def mail(runtime: Runtime) -> Iterator[Problem]:
    """The server lets us sign in; nothing is sent."""
    if not runtime.config.smtp_url:
        yield problem("doctor.no_mail")
        return
    try:
        server = Server.of(runtime.config.smtp_url)
        with server.connect():
            pass
    except Rejected as refused:
        yield from refused.problems
    except (OSError, smtplib.SMTPException) as error:
        yield problem("mail.failed", reason=type(error).__name__)
    else:
        if not (server.tls or server.starttls or is_loopback(server.host)):
            yield problem("doctor.mail_in_the_clear", host=server.host)
        if not runtime.config.public_url:
            yield problem("doctor.no_public_url")


def connections(runtime: Runtime) -> Iterator[Problem]:
    """Who is at the other end has proven it."""
    if runtime.database.dialect != "postgresql":
        return
    mode = postgres_url(sa.make_url(runtime.config.url)).query.get("sslmode")
    if mode is not None and mode not in PROVEN:
        yield problem("doctor.database_unproven", mode=mode)


def quarantine(runtime: Runtime) -> Iterator[Problem]:
    """What arrived and could not be read waits for a person."""
    waiting = sa.select(sa.func.count()).select_from(inbox).where(inbox.c.state == "quarantine")
    with runtime.database.read() as connection:
        number = connection.scalar(waiting)
    if number:
        yield problem("doctor.quarantine", number=number)


def jobs(runtime: Runtime) -> Iterator[Problem]:
    dead = runtime.jobs.dead()
    if dead:
        names = ", ".join(sorted({job.name for job in dead})[:5])
        yield problem("doctor.dead_jobs", number=len(dead), names=names)
