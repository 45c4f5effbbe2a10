"""`/f/{token}`: a form that people without an account fill in. No session, nothing read, the same server path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from builder_ui.form_drawing import Draft, answers, drawn_sections, field_of
from builder_ui.inputs import Inputs, raw_values
from builder_ui.language import translations
from builder_ui.models.public import PublicFormPage, PublicSaid
from builder_ui.models.record import FormSection
from builder_ui.pages.door import language_cookie, one, session_of, wished_language
from builder_ui.pages.edit import OFFERED, asked_less
from builder_ui.shell import Shell
from builder_ui.site import Ask, Here, InPath, Site, Visit, respond, sent_form
from builder_ui.visit import House
from engine.public_forms import PublicLink
from engine.web.body import json_object
from engine.web.language import language_of
from engine.web.security import origin_of
from metamodel.forms import FieldDefinition
from metamodel.labels import label_text
from metamodel.problems import Problem, Rejected, problem

FORM = "/f/{token:str}"
LARGEST = 200_000  # bytes of what is sent
TRAP, STAMP = "_website", "_opened"  # no field's id begins with _
STYLES = ("pages", "form", "record", "field_types", "public")


class PublicVisit(Visit):
    """A visit of nobody: by a link, with its fields and no name of the house."""

    def __init__(self, site: Site, request: Ask, token: str, link: PublicLink) -> None:
        self.site, self.request, self.runtime = site, request, site.runtime
        self.token, self.link, self.language = token, link, language_of(request)
        address = origin_of(request).address
        self.viewer = replace(site.runtime.public_forms.viewer(link, self.language, address))
        self.readable, self.boards, self.counts = {}, {}, None
        self._catalogue = translations(self.language)

    @property
    def names(self) -> Mapping[tuple[str, str], str]:
        return {}

    @property
    def base(self) -> str:
        return f"/f/{self.token}"


@dataclass(frozen=True)
class PublicDraft(Draft):
    """What nobody is filling in."""

    @property
    def base(self) -> str:
        assert isinstance(self.visit, PublicVisit)
        return self.visit.base


@get(FORM, sync_to_thread=True)
def public_page(request: Ask, site: Here, token: InPath) -> Response[Any]:
    if wish := wished_language(request):
        return Redirect(f"/f/{token}", status_code=303, cookies=[language_cookie(request, wish)])
    try:
        if request.query_params.get("done") == "yes":
            return _thanks(_visit(request, site, token, opened=False))
        visit = _visit(request, site, token)
    except Rejected as refused:
        return _closed(request, site, token, refused.problems[0])
    return _form(visit, {})


@post(FORM, sync_to_thread=True)
def public_entry(request: Ask, site: Here, token: InPath, body: bytes) -> Response[Any]:
    """The record is written by nobody, the way every record is; then thanks."""
    try:
        visit = _visit(request, site, token)
        if len(body) > LARGEST:
            raise Rejected([problem("public.too_large")])
    except Rejected as refused:
        return _closed(request, site, token, refused.problems[0])
    sent, forms = sent_form(body), site.runtime.public_forms
    if one(sent, TRAP):  # nobody sees it: whoever fills it in is no person
        return visit.go(f"{visit.base}?done=yes")
    values = raw_values(_fields(visit), sent)
    given = {name: value for name, value in values.items() if value not in (None, "", [])}
    try:
        forms.check_stamp(visit.link, one(sent, STAMP))
        forms.enter(visit.link, given, visit.viewer.address, visit.language)
    except Rejected as refused:
        return _form(visit, values, [replace(p, path=p.path.removeprefix("/0")) for p in refused.problems])
    return visit.go(f"{visit.base}?done=yes")


@post(f"{FORM}/state", sync_to_thread=True, status_code=200)
def public_state(request: Ask, site: Here, token: InPath, body: bytes) -> dict[str, Any]:
    """As of every form (`pages/edit.py`), of the offered fields."""
    visit = _visit(request, site, token)
    if len(body) > LARGEST:
        raise Rejected([problem("public.too_large")])
    asked = json_object(body)
    sent = {
        name: [str(each) for each in texts]
        for name, texts in (asked.get("values") or {}).items()
        if isinstance(texts, list)
    }
    draft = _draft(
        visit, raw_values(_fields(visit), sent), [str(name) for name in asked.get("changed") or ()]
    )
    fields = answers(draft, Inputs(draft.base, visit.presenter(draft.app.id)), sent)
    return {"seq": asked.get("seq", 0), "fields": fields, "blocks": draft.blocks}


@get(f"{FORM}/options/{{name:str}}", sync_to_thread=True)
def public_options(request: Ask, site: Here, token: InPath, name: InPath) -> Response[Any]:
    """The choices of an offered field; nothing of the house is among them."""
    visit = _visit(request, site, token)
    text, limit = visit.query.get("q", "")[:200], OFFERED + asked_less(visit)
    found = site.runtime.public_forms.options(visit.link, name, text, limit, visit.language)
    return visit.part("parts/options.html", found)


def _visit(request: Ask, site: Site, token: str, opened: bool = True) -> PublicVisit:
    """Rejected (public.…) unless it is open now."""
    forms = site.runtime.public_forms
    link = forms.open(token) if opened else forms.find(token)
    site.public_rates.take(f"link {link.id}")
    return PublicVisit(site, request, token, link)


def _fields(visit: PublicVisit) -> Sequence[FieldDefinition]:
    return visit.runtime.public_forms.form(visit.link)[2]


def _draft(
    visit: PublicVisit, values: Mapping[str, Any], changed: Sequence[str] = (), wrong: Sequence[Problem] = ()
) -> PublicDraft:
    app, form, _ = visit.runtime.public_forms.form(visit.link)
    given = values if changed else {n: v for n, v in values.items() if v not in (None, "", [])}
    known = visit.runtime.public_forms.state(visit.link, given, changed, visit.language)
    return PublicDraft(visit, app, form, None, values, known, wrong)


def _form(visit: PublicVisit, values: Mapping[str, Any], wrong: Sequence[Problem] = ()) -> Response[Any]:
    draft = _draft(visit, values, wrong=wrong)
    sections, shown = drawn_sections(draft)
    form, said = draft.form, [p.text(visit.language) for p in wrong if p.code.startswith("public.")]
    elsewhere = any(field_of(p) not in shown for p in wrong if not p.code.startswith("public."))
    if elsewhere:  # a field that is not offered, a rule, a flow: nothing whoever fills it in can mend
        said.append(problem("public.not_now").text(visit.language))
    if wrong and not said:
        said.append(visit.text("Please look at the marked fields."))
    page = PublicFormPage(
        form.text(visit.language), label_text(form.description, visit.language), visit.base,
        f"{visit.base}/state", tuple(_without_title(one, form.text(visit.language)) for one in sections if _fits(one)),
        visit.runtime.public_forms.stamp(visit.link), TRAP, visit.base, tuple(said),
    )  # fmt: skip
    return _alone(visit.request, visit.site, "public_form.html", page, page.title, _status(wrong))


def _fits(section: FormSection) -> bool:
    """Pages of others are not for people who came to fill in a form."""
    return section.kind != "embed"


def _without_title(section: FormSection, title: str) -> FormSection:
    """The page is headed by the form's name already."""
    return replace(section, label="") if section.label == title else section


def _status(wrong: Sequence[Problem]) -> int:
    return 200 if not wrong else next((p.status for p in wrong if p.code.startswith("public.")), 422)


def _thanks(visit: PublicVisit) -> Response[Any]:
    refusal = visit.link.refusal(visit.runtime.clock.now())
    page = PublicSaid(
        visit.text("Thank you"), visit.link.thanks or visit.text("What you filled in has arrived."), visit.base,
        "check", again_href="" if refusal else visit.base,
    )  # fmt: skip
    return _alone(visit.request, visit.site, "public_said.html", page, page.title)


def _closed(request: Ask, site: Site, token: str, found: Problem) -> Response[Any]:
    language = language_of(request)
    text = found.text(language)
    if found.code == "public.not_open":
        at = datetime.fromisoformat(str(found.params["opens_at"])).astimezone(site.runtime.config.zone)
        words = translations(language).gettext("It opens on %(when)s")
        text = (
            f"{text}。{words % {'when': f'{at:%Y-%m-%d %H:%M}'}}"
            if language == "zh"
            else (f"{text}. {words % {'when': f'{at:%Y-%m-%d %H:%M}'}}")
        )
    title = translations(language).gettext("Not open now")
    page = PublicSaid(title, text, f"/f/{token}", hint=found.hint(language))
    return _alone(request, site, "public_said.html", page, title, found.status)


def _alone(
    request: Ask, site: House, template: str, page: object, title: str, status: int = 200
) -> Response[Any]:
    language, session = language_of(request), session_of(request)
    shell = Shell(title, language, styles=STYLES, csrf=session.csrf if session else "")
    answer = respond(request, site.renderer.render(template, language, shell=shell, page=page), status)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


HANDLERS = (public_page, public_entry, public_state, public_options)
