"""Backups: everything an installation needs but its keys, consistent and checksummed, made while people work."""

from engine.backup.aging import age_out, shredded_file
from engine.backup.making import Backup, make_backup
from engine.backup.manifest import Manifest, check_files, read_manifest
from engine.backup.restoring import Restored, restore_backup

__all__ = [
    "Backup",
    "Manifest",
    "Restored",
    "age_out",
    "check_files",
    "make_backup",
    "read_manifest",
    "restore_backup",
    "shredded_file",
]
