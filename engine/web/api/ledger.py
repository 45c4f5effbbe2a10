"""The ledger for others: checkpoints, tiles and proofs.

Under `/ledger/{log}/` a log stands as C2SP tlog-tiles says, so that tools nobody here wrote can follow it;
its entries do not, for they name records. Under `/api/v1/ledger/` proofs are made to order.
"""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, get

from engine.evidence.tiles import WIDTH, tile_at
from engine.runtime import Runtime
from engine.web.security import signed_in, viewer_of
from metamodel.problems import Rejected, problem

Ask = Request[Any, Any, Any]


# -- as static files -----------------------------------------------------------------------------------
@get("/{log:str}/checkpoint", sync_to_thread=True)
def static_checkpoint(request: Ask, runtime: Runtime, log: str) -> Response[str]:
    """The newest signed checkpoint (C2SP signed note)."""
    _may_follow(request, runtime)
    return _checkpoint(runtime, log)


@get("/{log:str}/tile/{place:path}", sync_to_thread=True)
def static_tile(request: Ask, runtime: Runtime, log: str, place: str) -> Response[bytes]:
    """256 hashes of a level of the tree, or `.p/<width>` as many as there are."""
    _may_follow(request, runtime)
    found = tile_at(f"tile/{place.removeprefix('/')}")
    if found is None:
        raise Rejected([problem("ledger.no_tile")])
    level, number, width = found
    try:
        hashes = runtime.ledger.tile(log, level, number, width)
    except Rejected as refused:
        unknown = refused.problems[0].code == "ledger.unknown_log"
        raise refused if unknown else Rejected([problem("ledger.no_tile")]) from None
    kept = "public, max-age=31536000, immutable" if width == WIDTH else "no-cache"
    return Response(hashes, media_type="application/octet-stream", headers={"Cache-Control": kept})


def _may_follow(request: Ask, runtime: Runtime) -> None:
    """Everybody where the settings say so; people who verify or audit; tokens that may read."""
    if runtime.witnesses.settings().public:
        return
    viewer = viewer_of(request)
    by_token = request.scope["state"].get("session") is None
    if by_token and "read" in viewer.scopes:
        return
    if not any(runtime.manages_anywhere(viewer, duty) for duty in ("verify", "audit")):
        raise Rejected([problem("ledger.private")])


static = Router("/ledger", route_handlers=[static_checkpoint, static_tile])


# -- to order ------------------------------------------------------------------------------------------
@get("/{log:str}/checkpoint", sync_to_thread=True)
def checkpoint(runtime: Runtime, log: str) -> Response[str]:
    """The newest signed checkpoint (C2SP signed note)."""
    return _checkpoint(runtime, log)


@get("/{log:str}/inclusion", sync_to_thread=True)
def inclusion(runtime: Runtime, log: str, position: int, size: int) -> dict[str, Any]:
    """Proof that the log of this size has the leaf that it has at this position."""
    return runtime.ledger.inclusion(log, position, size)


@get("/{log:str}/consistency", sync_to_thread=True)
def consistency(runtime: Runtime, log: str, first: int, second: int) -> dict[str, Any]:
    """Proof that the log of size `first` is a beginning of the log of size `second`."""
    return {"log": log, "first": first, "second": second, "path": runtime.consistency(log, first, second)}


def _checkpoint(runtime: Runtime, log: str) -> Response[str]:
    note = runtime.ledger.checkpoint(log)
    if note is None:
        raise Rejected([problem("ledger.no_checkpoint", log=log)])
    return Response(note, media_type="text/plain", headers={"Cache-Control": "no-cache"})


router = Router("/ledger", route_handlers=[checkpoint, inclusion, consistency], guards=[signed_in])
