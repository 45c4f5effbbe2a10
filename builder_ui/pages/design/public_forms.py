"""公开填写: the links by which people without an account fill in a form; made, changed, renewed and taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from litestar import Response, get, post

from builder_ui.design_frame import design_frame
from builder_ui.models.public import LinkLine, OfferedField, PublicLinksPage
from builder_ui.pages.door import one
from builder_ui.qr import qr_code
from builder_ui.site import Ask, Here, InPath, Visit, sent_form
from engine.public_forms import PublicLink, Wanted
from engine.whole_numbers import whole_number
from metamodel.labels import label_text
from metamodel.problems import Rejected

LINKS = "/design/{app_id:str}/forms/{form_id:str}/public"
STYLES = ("design", "design_app", "public")
Sent = Mapping[str, Sequence[str]]


@get(LINKS, sync_to_thread=True)
def public_links_page(request: Ask, site: Here, app_id: InPath, form_id: InPath) -> Response[Any]:
    return _page(site.visit(request), app_id, form_id)


@post(LINKS, sync_to_thread=True, status_code=200)
def change_public_links(
    request: Ask, site: Here, app_id: InPath, form_id: InPath, body: bytes
) -> Response[Any]:
    """`do`: make, change, renew or revoke; `link`: which. A new token stands in the answer, and never again."""
    visit, sent = site.visit(request), {**sent_form(body)}
    forms, number = visit.runtime.public_forms, one(sent, "link")
    link = whole_number(number, 0)
    place = (visit.viewer, app_id, form_id)
    try:
        match one(sent, "do"):
            case "renew":
                return _page(visit, app_id, form_id, made=forms.renew(*place, link))
            case "revoke":
                forms.revoke(*place, link)
            case "change":
                forms.change(*place, link, _wanted(visit, sent))
            case _:
                return _page(visit, app_id, form_id, made=forms.make(*place, _wanted(visit, sent)))
    except Rejected as refused:
        if not all(found.code.startswith("public.") for found in refused.problems):
            raise
        words = tuple(found.text(visit.language) for found in refused.problems)
        return _page(visit, app_id, form_id, words, sent=sent, status=refused.problems[0].status)
    return visit.go(visit.request.url.path)


def _wanted(visit: Visit, sent: Sent) -> Wanted:
    per_day = one(dict(sent), "per_day")  # type: ignore[arg-type]
    return Wanted(
        _text(sent, "name"), [name for name in sent.get("field", ()) if name], _text(sent, "thanks"),
        min(whole_number(per_day, 0), 99_999_999),
        _moment(visit, _text(sent, "opens_at")), _moment(visit, _text(sent, "closes_at")),
    )  # fmt: skip


def _text(sent: Sent, name: str) -> str:
    return (sent.get(name) or [""])[-1]


def _moment(visit: Visit, text: str) -> datetime | None:
    """As a datetime input sends it, in the organisation's zone; None for nothing, and for what is none."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=visit.runtime.config.zone) if text else None
    except ValueError:
        return None


def _page(
    visit: Visit, app_id: str, form_id: str, wrong: tuple[str, ...] = (),
    made: tuple[PublicLink, str] | None = None, sent: Sent | None = None, status: int = 200,
) -> Response[Any]:  # fmt: skip
    frame = design_frame(visit, app_id, "forms", form_id)
    base = f"/design/{app_id}/forms/{form_id}"
    forms = visit.runtime.public_forms
    try:
        links, fields = forms.of(visit.viewer, app_id, form_id), _offers(visit, app_id, form_id)
        form = visit.runtime.applications.get(app_id).form(form_id)
    except Rejected as refused:  # a form that is not published yet
        if refused.problems[0].code not in ("form.unknown", "app.unknown"):
            raise
        links, fields, form = [], [], None
        wrong = (visit.text("Publish the form first: a link leads to what is published."),)
    title = visit.text("Open to people without an account")
    page = PublicLinksPage(
        frame, title, form.text(visit.language) if form else form_id, f"{base}/public", base,
        _fresh(visit, fields, sent), tuple(_line(visit, link, fields) for link in links),
        _line(visit, made[0], fields, made[1]) if made else None, wrong,
    )  # fmt: skip
    answer = visit.page("design/public_forms.html", page, title=title, styles=STYLES, status=status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _offers(visit: Visit, app_id: str, form_id: str) -> list[OfferedField]:
    return [
        OfferedField(
            field.id, field.text(visit.language),
            label_text(field.type.label, visit.language) if field.type else field.type_name, not why, why,
        )
        for field, why in visit.runtime.public_forms.fields(visit.viewer, app_id, form_id)
    ]  # fmt: skip


def _fresh(visit: Visit, fields: Sequence[OfferedField], sent: Sent | None) -> LinkLine:
    """The settings of a link to be, as they were sent where something is wrong with them."""
    given = sent if sent is not None and _text(sent, "do") == "make" else None
    chosen = set(given.get("field", ())) if given is not None else {one.id for one in fields if one.chosen}
    told = {name: _text(given, name) if given else "" for name in ("name", "thanks", "opens_at", "closes_at")}
    return LinkLine(
        0, told["name"], "", "", "", _chosen(fields, chosen), told["thanks"],
        (_text(given, "per_day") if given else "") or "200", told["opens_at"], told["closes_at"],
        open=given is not None,
    )  # fmt: skip


def _chosen(fields: Sequence[OfferedField], chosen: set[str]) -> tuple[OfferedField, ...]:
    return tuple(
        OfferedField(one.id, one.label, one.type, one.id in chosen and not one.why_not, one.why_not)
        for one in fields
    )


def _line(visit: Visit, link: PublicLink, fields: Sequence[OfferedField], token: str = "") -> LinkLine:
    refusal = link.refusal(visit.runtime.clock.now())
    code = refusal.code if refusal else ""
    states = {
        "": (visit.text("Open now"), "green"), "public.not_open": (visit.text("Not open yet"), "amber"),
        "public.closed": (visit.text("Closed"), "grey"), "public.full": (visit.text("Full for today"), "amber"),
    }  # fmt: skip
    state, hue = states.get(code, (visit.text("Closed"), "grey"))
    about = visit.text(
        "%(total)s came in, %(today)s of %(most)s today · made by %(name)s on %(when)s",
        total=f"{link.total:,}", today=f"{link.today:,}", most=f"{link.per_day:,}",
        name=visit.names.get(("person", link.person), link.person), when=visit.moments.short(link.at),
    )  # fmt: skip
    address = _address(visit, token) if token else ""
    return LinkLine(
        link.id, link.name, state, hue, about, _chosen(fields, set(link.fields)), link.thanks, str(link.per_day),
        _local(visit, link.opens_at), _local(visit, link.closes_at), link=address,
        code=qr_code(address) if address else "",
    )  # fmt: skip


def _address(visit: Visit, token: str) -> str:
    public = visit.runtime.config.public_url.rstrip("/") or str(visit.request.base_url).rstrip("/")
    return f"{public}/f/{token}"


def _local(visit: Visit, moment: datetime | None) -> str:
    zone = visit.runtime.config.zone
    return moment.astimezone(zone).replace(tzinfo=None).isoformat(timespec="minutes") if moment else ""


HANDLERS = (public_links_page, change_public_links)
