"""What other systems keep: lists of choices that are fetched, and the secrets they ask for."""

from engine.outside.lists import Listed as Listed, OutsideLists as OutsideLists, sources_of as sources_of
from engine.outside.secrets import (
    NamedSecret as NamedSecret,
    NamedSecrets as NamedSecrets,
    origin_of as origin_of,
)
