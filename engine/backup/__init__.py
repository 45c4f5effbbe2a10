"""Backups: everything an installation needs but its keys, consistent and checksummed, made while people work."""

from datetime import timedelta

from engine.backup.aging import age_out, list_everywhere, shredded_file
from engine.backup.making import Backup, make_backup
from engine.backup.manifest import Manifest, check_files, read_manifest
from engine.backup.restoring import Restored, restore_backup
from engine.runtime import Runtime

__all__ = [
    "Backup",
    "Manifest",
    "Restored",
    "age_out",
    "check_files",
    "list_shredded",
    "make_backup",
    "read_manifest",
    "restore_backup",
    "shredded_file",
]

OFTEN = timedelta(minutes=10)


def list_shredded(runtime: Runtime) -> None:
    """Called where jobs are worked: what is shredded comes into the lists beside the backups by itself."""
    runtime.jobs.register(
        "list_shredded", lambda _payload, _job: list_everywhere(runtime.database), every=OFTEN
    )
