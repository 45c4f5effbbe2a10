"""Every template on its own: strict, escaped, in both languages, with nothing a strict CSP would stop."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from html.parser import HTMLParser
from typing import Any

import pytest

from builder_ui.assets import STATIC, Assets
from builder_ui.shell import Shell
from builder_ui.templating import TEMPLATES, Renderer
from tests.builder_ui.samples import pages

HOSTILE = "\"'><img src=x onerror=alert(1)></script><script>alert(2)</script>{{7*7}}"
PAGES = pages()


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(Assets())


class Reader(HTMLParser):
    """Collects what the rules are about: tags with their attributes, ids, labels."""

    VOID = frozenset(
        {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "use"}
    )

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.crossed: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.crossed.append(tag)


def render(renderer: Renderer, name: str, language: str = "zh", page: Any = None) -> str:
    template, shell, model = PAGES[name]
    return renderer.render(template, language, shell=shell, page=page or model)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_pages_are_well_formed_and_safe_under_the_policy(
    renderer: Renderer, name: str, language: str
) -> None:
    read = Reader(render(renderer, name, language))
    assert (read.crossed, read.open) == ([], [])
    for tag, attributes in read.tags:
        assert "style" not in attributes, (tag, attributes)
        assert not [a for a in attributes if a.startswith("on")], (tag, attributes)
        assert tag != "style"
        if tag == "script":
            assert attributes["src"].startswith("/static/")
        if tag == "iframe":  # somebody else's page: in a box, and told nothing
            assert "allow-same-origin" not in attributes["sandbox"]
            assert attributes["referrerpolicy"] == "no-referrer"
            continue
        for url in (attributes.get("href", ""), attributes.get("src", "")):
            assert not url.startswith(("http:", "https:", "//")), url


@pytest.mark.parametrize("name", PAGES)
def test_controls_have_names_people_can_hear(renderer: Renderer, name: str) -> None:
    html = render(renderer, name)
    labelled = set(re.findall(r'for="([^"]+)"', html))
    for tag, attributes in Reader(html).tags:
        if tag == "input" and attributes.get("type") in ("hidden", "radio", "checkbox", "file"):
            continue
        if "hidden" in attributes:  # nobody hears it: it keeps what a script writes
            continue
        if tag in ("input", "select", "textarea"):
            own = attributes.get("aria-label") or attributes.get("aria-labelledby")
            wrapped = attributes.get("id") in labelled or f'name="{attributes.get("name")}"' in html
            assert own or wrapped, attributes
    for button in re.findall(r"<button[^>]*>(?:(?!</button>).)*</button>", html, re.DOTALL):
        words = re.sub(r"<[^>]+>", "", button).strip()
        assert words or "aria-label" in button or "title" in button, button


@pytest.mark.parametrize("name", PAGES)
def test_ids_are_unique(renderer: Renderer, name: str) -> None:
    html, innermost = render(renderer, name), r"<template[^>]*>(?:(?!<template).)*?</template>"
    while re.search(innermost, html, re.DOTALL):
        html = re.sub(innermost, "", html, flags=re.DOTALL)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids))


def poisoned(value: Any) -> Any:
    """The same model with every shown text hostile; addresses stay."""
    if isinstance(value, str):
        return HOSTILE
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        kept = ("href", "kind", "look", "hue", "icon")
        return type(value)(**{n: v if n in kept else poisoned(v) for n, v in value._asdict().items()})
    if isinstance(value, tuple):
        return tuple(poisoned(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        kept = (
            "href",
            "kind",
            "look",
            "macro",
            "side",
            "state",
            "tab",
            "hue",
            "icon",
            "media_type",
            "attributes",
        )
        change = {
            f.name: poisoned(getattr(value, f.name))
            for f in fields(value)
            if not (f.name in kept or f.name.endswith(("_href", "_action", "_url")))
        }
        return replace(value, **change)
    return value


@pytest.mark.parametrize("name", PAGES)
def test_hostile_texts_stay_texts(renderer: Renderer, name: str) -> None:
    html = render(renderer, name, page=poisoned(PAGES[name][2]))
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "49" not in html or "{{7*7}}" in html
    assert not [a for _, attributes in Reader(html).tags for a in attributes if a.startswith("on")]


def test_every_template_is_looked_at(renderer: Renderer) -> None:
    """Every template renders for some sample, or is a part that one of them includes."""
    sources = "".join(path.read_text("utf-8") for path in TEMPLATES.rglob("*.html"))
    code = "".join(path.read_text("utf-8") for path in TEMPLATES.parent.rglob("*.py"))
    for path in TEMPLATES.rglob("*.html"):
        name = path.relative_to(TEMPLATES).as_posix()
        assert f'"{name}"' in sources + code or any(template == name for template, _, _ in PAGES.values()), (
            name
        )


def test_icons_named_in_templates_exist() -> None:
    sprite = (STATIC / "icons.svg").read_text("utf-8")
    drawn = set(re.findall(r'id="([a-z-]+)"', sprite))
    used = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r"icon\('([a-z-]+)'", path.read_text("utf-8"))
    }
    assert used - drawn == set()


def test_actions_name_controllers_and_methods_that_exist() -> None:
    scripts = {path.stem: path.read_text("utf-8") for path in (STATIC / "js/controllers").glob("*.js")}
    main = (STATIC / "js/main.js").read_text("utf-8")
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text("utf-8")
        for name in set(" ".join(re.findall(r'data-controller="([a-z -]+)"', text)).split()):
            assert f"{name.replace('-', '_')}_controller" in scripts, (path.name, name)
            assert f'"{name}"' in main, f"{name} is not in main.js"
        for name, method in re.findall(r"[a-z]+->([a-z-]+)#([A-Za-z]+)", text):
            assert re.search(rf"^  (?:async )?{method}\(", scripts[f"{name.replace('-', '_')}_controller"], re.M), (
                path.name, name, method,
            )  # fmt: skip


def test_the_dark_palette_says_every_colour_again() -> None:
    light = set(re.findall(r"(--[a-z0-9-]+):", (STATIC / "css/tokens.css").read_text("utf-8")))
    dark = set(re.findall(r"(--[a-z0-9-]+):", (STATIC / "css/dark.css").read_text("utf-8")))
    assert dark <= light
    measures = {
        "--font",
        "--serif",
        "--mono",
        "--radius",
        "--radius-s",
        "--radius-l",
        "--bar",
        "--side",
        "--hue",
    }
    assert light - dark == measures


def test_the_sign_in_page_needs_no_person(renderer: Renderer) -> None:
    assert 'name="password"' in renderer.render(
        "sign_in.html", "en", shell=Shell("Sign in", "en"), page=PAGES["sign_in"][2]
    )
