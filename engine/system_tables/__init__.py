"""The engine's own tables, a file a room, all of them taken from here; made by `migrations/`, checked equal by a test.

App tables are not here: the catalog (`tables.py`) maps forms to generated tables.
Times are integer microseconds UTC, ids 64-bit integers from one counter, JSON is text.
What may hold words of a conversation is `*_sealed` bytes (`evidence.seals.Box`).
"""

from __future__ import annotations

from engine.system_tables.access import (
    audit as audit,
    grants as grants,
    unmaskings as unmaskings,
)
from engine.system_tables.applications import (
    app_drafts as app_drafts,
    app_recordings as app_recordings,
    app_versions as app_versions,
    catalog as catalog,
)
from engine.system_tables.channels import (
    channel_bindings as channel_bindings,
    cursors as cursors,
    inbox as inbox,
    inbox_records as inbox_records,
    seen_messages as seen_messages,
)
from engine.system_tables.coming_in import (
    import_mappings as import_mappings,
    import_wrong as import_wrong,
    imports as imports,
    outside_lists as outside_lists,
    public_entries as public_entries,
    public_forms as public_forms,
)
from engine.system_tables.declaring import (
    Id as Id,
    Time as Time,
    metadata as metadata,
)
from engine.system_tables.evidence import (
    checkpoints as checkpoints,
    key_copies as key_copies,
    leaves as leaves,
    record_keys as record_keys,
    tiles as tiles,
    verification_steps as verification_steps,
    verifications as verifications,
    witnesses as witnesses,
)
from engine.system_tables.installation import (
    backups as backups,
    counters as counters,
    files as files,
    idempotency as idempotency,
    ids as ids,
    jobs as jobs,
    packages as packages,
    settings as settings,
)
from engine.system_tables.organisation import (
    departments as departments,
    hand_overs as hand_overs,
    people as people,
    preferences as preferences,
    role_members as role_members,
)
from engine.system_tables.records import (
    chosen_views as chosen_views,
    comments as comments,
    deleted as deleted,
    record_drafts as record_drafts,
    record_words as record_words,
    saved_views as saved_views,
    words as words,
)
from engine.system_tables.retention import (
    holds as holds,
    restricted as restricted,
    retention_activations as retention_activations,
    tombstones as tombstones,
)
from engine.system_tables.signing_in import (
    accounts as accounts,
    api_tokens as api_tokens,
    identities as identities,
    identity_providers as identity_providers,
    invitations as invitations,
    provider_attempts as provider_attempts,
    recovery_codes as recovery_codes,
    second_factors as second_factors,
    sessions as sessions,
    throttle as throttle,
)
from engine.system_tables.work import (
    KEYED as KEYED,
    OPEN_TASK as OPEN_TASK,
    absences as absences,
    flow_instances as flow_instances,
    flow_steps as flow_steps,
    notifications as notifications,
    rule_clocks as rule_clocks,
    rule_runs as rule_runs,
    task_people as task_people,
    tasks as tasks,
    web_hook_calls as web_hook_calls,
)
