"""Templates to HTML: one Jinja environment a language, strict and escaping.

Pages hand over a view model; a template sees it as `page`, the frame around it
as `shell`. Handlers call `Renderer.render`; no template asks the engine anything.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import jinja2
from jinja2 import nodes
from markupsafe import Markup

from builder_ui.assets import Assets
from builder_ui.language import LANGUAGES, TAGS, translations
from metamodel.human_text import list_joint
from metamodel.markup import clean_html

TEMPLATES = Path(__file__).parent / "templates"
EXTENSIONS = ("jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols")
HUES = (
    "teal", "blue", "amber", "purple", "green", "pink", "cyan", "orange", "indigo", "lime", "red", "grey",
)  # fmt: skip


CHIPS = 4_000  # rows of chips kept drawn, in each language
BACK = "back-to"  # in an address: where to lead when what is asked for there is done; no field is called so
SAME_ICON = {
    "user": "person", "users": "people", "message": "chat", "messages": "chat", "wecom": "chat",
    "file-text": "contract",
    "bolt": "spark", "ban": "reject",
    "align-left": "lines", "list-checks": "task", "check-circle": "check", "check-square": "task", "toggle": "settings",
    "function": "sigma", "department": "building", "mic": "voice",
}  # fmt: skip


class Renderer:
    """Renders a template in a language; holds the environments and the static files' URLs."""

    def __init__(
        self, assets: Assets, folder: Path = TEMPLATES, markup: Mapping[str, str] | None = None
    ) -> None:
        """`markup`: templates of plugins, by the name of the field type whose macros they hold."""
        self.assets = assets
        self._markup = {f"types/{name}.html": text for name, text in (markup or {}).items()}
        self._environments = {language: self._environment(language, folder) for language in LANGUAGES}

    def render(self, template: str, language: str, **context: Any) -> str:
        return self._environments[language].get_template(template).render(**context)

    def block(self, template: str, block: str, language: str, **context: Any) -> str:
        """One block of a template, for a page that asked for a part of itself."""
        found = self._environments[language].get_template(template)
        return "".join(found.blocks[block](found.new_context(context)))

    def icon(self, name: str, size: str = "") -> Markup:
        """An icon of the sprite; decoration only, so hidden from screen readers."""
        classes = f"icon icon-{size}" if size else "icon"
        return Markup('<svg class="{}" aria-hidden="true"><use href="{}"></use></svg>').format(
            classes, self.icon_url(name)
        )

    def icon_url(self, name: str) -> str:
        """Where an icon is drawn; a dot for one nobody drew."""
        name = SAME_ICON.get(name, name)
        return f"{self.assets.url('icons.svg')}#{name if name in self._icons else 'dot'}"

    def _chips(self, environment: jinja2.Environment, chips: tuple[Any, ...]) -> Markup:
        """The same few chips stand in row after row: drawn by their macro once."""
        parts: Any = environment.get_template("parts/things.html").module
        return Markup(str(parts.chips(chips)).strip())

    def _of_type(self, environment: jinja2.Environment, name: str, macro: str) -> Any:
        """The macro a field type brings itself; None where it leaves that out."""
        template = f"types/{name}.html"
        found = environment.get_template(template).module if template in self._markup else None
        return getattr(found, macro, None)

    def _environment(self, language: str, folder: Path) -> jinja2.Environment:
        environment = jinja2.Environment(
            loader=jinja2.ChoiceLoader([jinja2.FileSystemLoader(folder), jinja2.DictLoader(self._markup)]),
            extensions=EXTENSIONS,
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        catalogue = translations(language)
        environment.install_gettext_callables(  # type: ignore[attr-defined]
            catalogue.gettext, catalogue.ngettext, newstyle=True, pgettext=catalogue.pgettext
        )
        environment.globals |= {
            "static": self.assets.url,
            "icon": self.icon,
            "icon_url": self.icon_url,
            "language": language,
            "language_tag": TAGS[language],
            "languages": LANGUAGES,
            "href": href,
            "hue": hue,
            "of_type": lambda name, macro: self._of_type(environment, name, macro),
            "chips_html": lru_cache(maxsize=CHIPS)(lambda chips: self._chips(environment, chips)),
        }
        environment.filters |= {"tojson_attr": json_attribute, "highlight": highlight, "rich": rich}
        environment.globals["joint"] = joint = Markup(list_joint(language))
        environment.filters["joined"] = joint.join
        sprite = self.assets.get("icons.svg")
        text = sprite.content.decode() if sprite else ""
        self._icons = {part.split('"', 1)[0] for part in text.split('id="')[1:]}
        return environment


@lru_cache(maxsize=1_000)
def macros_of(markup: str) -> frozenset[str]:
    """The names of the macros a field type brings."""
    parts = jinja2.Environment(extensions=EXTENSIONS, autoescape=True).parse(markup).body
    return frozenset(part.name for part in parts if isinstance(part, nodes.Macro))


def href(path: str, **query: Any) -> str:
    """A URL of ours: `path` quoted, blanks and None left out of the query, lists repeated."""
    wanted = {name: value for name, value in query.items() if value not in (None, "", (), [])}
    tail = urlencode(wanted, doseq=True)
    return quote(path, safe="/-_.~") + (f"?{tail}" if tail else "")


@lru_cache(maxsize=10_000)
def hue(name: str, key: str = "") -> str:
    """The class of a colour: its own when we know the name, else one that stays the same for `key`."""
    if name in HUES:
        return f"hue-{name}"
    number = hashlib.blake2b(key.encode(), digest_size=2).digest()[0] if key else HUES.index("grey")
    return f"hue-{HUES[number % (len(HUES) - 1)] if key else 'grey'}"


def rich(text: str) -> Markup:
    """Rich text as it may stand in a page: cleaned once more, however it came into the database."""
    return Markup(clean_html(str(text)))


def json_attribute(value: Any) -> str:
    """JSON for a data- attribute; autoescape quotes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def highlight(parts: Any) -> Markup:
    """Pieces of a text `[(words, is_hit), …]` with the hits marked; every piece escaped."""
    return Markup("").join(Markup("<mark>{}</mark>" if hit else "{}").format(text) for text, hit in parts)
