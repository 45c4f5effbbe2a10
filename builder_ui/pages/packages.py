"""Evidence packages: asked for from a list, a search or a record; listed with their progress; fetched."""

from __future__ import annotations

from dataclasses import replace

from litestar import Response, get, post
from litestar.response import Stream

from builder_ui.cells import file_size
from builder_ui.listing import Listing
from builder_ui.models.packages import PackageForm, PackageLine, PackagesPage, ScopeChoice
from builder_ui.pages.listing import LIST
from builder_ui.site import Ask, Here, InPath, Visit, sent_form
from engine.clock import from_microseconds
from engine.packages import Package, Request
from engine.packages.making import VERIFIERS, verifier
from engine.packages.request import Scope
from engine.whole_numbers import is_whole_number
from metamodel.problems import Problem, Rejected, problem

STYLES = ("pages", "packages")
HUES = {"waiting": "grey", "making": "blue", "ready": "green", "failed": "red", "expired": "grey"}
PRIVATE = {"Cache-Control": "private, no-store"}


@get(f"{LIST}/package", sync_to_thread=True)
def package_form(request: Ask, site: Here, app_id: InPath, form_id: InPath) -> Response[bytes]:
    """The drawer; the address names what the list shows, or the chosen records."""
    visit = site.visit(request)
    listing = Listing(visit, *visit.form(app_id, form_id))
    records = tuple(record for record in dict.fromkeys(visit.several("record")) if is_whole_number(record))
    if not (listing.may("export") or visit.runtime.packages.may_ask_for_subjects(visit.viewer)):
        raise Rejected([problem("access.denied")])
    return visit.part("parts/package.html", _form(listing, records))


@post(f"{LIST}/package", sync_to_thread=True)
def ask_for_package(
    request: Ask, site: Here, app_id: InPath, form_id: InPath, body: bytes
) -> Response[bytes]:
    """Asked for, and on to the page that shows how far it is; what is wrong is said in the drawer."""
    visit, sent = site.visit(request), sent_form(body)
    listing = Listing(visit, *visit.form(app_id, form_id))
    records = tuple(dict.fromkeys(sent.get("record", [])))
    wanted, reason = sent.get("scope", ["only"])[-1], sent.get("reason", [""])[-1]
    made = _request(listing, records, reason, wanted)
    try:
        visit.runtime.packages.ask(visit.viewer, made)
    except Rejected as refused:
        problems = refused.problems
    else:
        return visit.go("/packages")
    form = _form(listing, records, made, problems)
    return visit.page(
        "package.html", form, title=visit.text("Evidence package"), styles=STYLES, app=listing.app, status=422
    )


def _request(listing: Listing, records: tuple[str, ...], reason: str, wanted: str) -> Request:
    scope: Scope = "case" if wanted == "case" else "subject" if wanted == "subject" else "only"
    app, form = listing.app.id, listing.form.id
    if records:
        return Request(app=app, form=form, reason=reason, scope=scope, records=records)
    return Request.of(app, form, listing.query(columns=()), reason, scope)


def _form(
    listing: Listing,
    records: tuple[str, ...],
    asked: Request | None = None,
    problems: tuple[Problem, ...] = (),
) -> PackageForm:
    visit = listing.visit
    about = visit.count("%(num)s record chosen", "%(num)s records chosen", len(records)) if records else visit.text(
        "Everything this list finds"
    )  # fmt: skip
    action = f"{listing.base}/package"
    if not records and (state := listing.state()):
        action += f"?{state}"
    return PackageForm(
        action, f"{listing.form.text(visit.language)} · {about}", _scopes(listing, records, asked), records,
        asked.reason if asked else "", tuple(found.text(visit.language) for found in problems),
    )  # fmt: skip


def _scopes(listing: Listing, records: tuple[str, ...], asked: Request | None) -> tuple[ScopeChoice, ...]:
    """What may be asked for here; the first is chosen unless another was."""
    visit, found = listing.visit, []
    if listing.may("export"):
        found += [
            ScopeChoice("only", visit.text("These records alone"), visit.text("With attachments and proofs")),
            ScopeChoice(
                "case", visit.text("With everything that hangs on them"),
                visit.text("Records of every form that point here, again and again: a whole case"),
            ),
        ]  # fmt: skip
    if len(records) == 1 and visit.runtime.packages.may_ask_for_subjects(visit.viewer):
        found.append(
            ScopeChoice(
                "subject", visit.text("Request of the person concerned"),
                visit.text("Everything held about this record, complete, with the list of who looked"),
            )
        )  # fmt: skip
    chosen = asked.scope if asked else found[0].value if found else ""
    return tuple(replace(each, chosen=each.value == chosen) for each in found)


# -- those that were made ------------------------------------------------------------------------------


@get("/packages", sync_to_thread=True)
def packages_page(request: Ask, site: Here) -> Response[bytes]:
    visit = site.visit(request)
    lines = tuple(_line(visit, package) for package in visit.runtime.packages.of(visit.viewer))
    busy = any(line.state in ("waiting", "making") for line in lines)
    page = PackagesPage(lines, visit.runtime.packages.key, visit.runtime.packages.fingerprint, busy)
    return visit.page("packages.html", page, title=visit.text("Evidence packages"), styles=STYLES)


@get("/packages/{package:str}", sync_to_thread=True)
def fetch_package(request: Ask, site: Here, package: InPath) -> Stream:
    visit = site.visit(request)
    found, content = visit.runtime.packages.open(visit.viewer, package)
    day = from_microseconds(found.at).astimezone(visit.runtime.config.zone)
    name = f"{found.request.form}-{day:%Y%m%d-%H%M}-{found.id}.zip"
    headers = {
        **PRIVATE,
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(found.size),
    }
    return Stream(content, media_type="application/zip", headers=headers)


@get("/packages/verifiers/{name:str}", sync_to_thread=True)
def fetch_verifier(request: Ask, site: Here, name: InPath) -> Response[bytes]:
    """The stand-alone verifiers by themselves, for whoever has only a package of doubtful origin."""
    site.visit(request)
    if name not in VERIFIERS:
        raise Rejected([problem("package.unknown")])
    headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(verifier(name).encode(), media_type="application/octet-stream", headers=headers)


def _line(visit: Visit, package: Package) -> PackageLine:
    ready = package.state == "ready"
    return PackageLine(
        _title(visit, package), package.state, _state(visit, package), HUES[package.state], _about(visit, package),
        package.request.reason, visit.moments.short(from_microseconds(package.at)),
        progress=round(100 * package.done / package.total) if package.total else 0,
        levels=_levels(visit, package) if ready else (), href=f"/packages/{package.id}" if ready else "",
        size=file_size(package.size) if ready else "",
        until=visit.moments.short(from_microseconds(package.expires_at)) if ready else "",
        problem=Problem(package.problem).text(visit.language) if package.problem else "",
    )  # fmt: skip


def _title(visit: Visit, package: Package) -> str:
    try:
        _, form = visit.form(package.request.app, package.request.form)
    except Rejected:
        return package.request.form
    return form.text(visit.language)


def _state(visit: Visit, package: Package) -> str:
    return {
        "waiting": visit.text("Waiting"), "making": visit.text("Being made"), "ready": visit.text("Ready"),
        "failed": visit.text("Failed"), "expired": visit.text("Expired"),
    }[package.state]  # fmt: skip


def _about(visit: Visit, package: Package) -> str:
    scope = {
        "only": visit.text("These records alone"), "case": visit.text("With everything that hangs on them"),
        "subject": visit.text("Request of the person concerned"),
    }[package.request.scope]  # fmt: skip
    return f"{visit.count('%(num)s record', '%(num)s records', package.total)} · {scope}"


def _levels(visit: Visit, package: Package) -> tuple[tuple[str, str], ...]:
    words = {
        "content": visit.text("provable to the words"), "columns": visit.text("plain fields provable"),
        "existence": visit.text("existence and time provable"), "statement": visit.text("stated under signature"),
    }  # fmt: skip
    sums = {level: sum(kinds.get(level, 0) for kinds in package.counts.values()) for level in words}
    return tuple((words[level], f"{number:,}") for level, number in sums.items() if number)


HANDLERS = (
    package_form,
    ask_for_package,
    packages_page,
    fetch_package,
    fetch_verifier,
)
