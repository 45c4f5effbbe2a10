"""What a browser would send of a page's form, without a browser: names and values of the controls in use."""

from __future__ import annotations

from html.parser import HTMLParser

SKIPPED = ("button", "submit", "file", "image", "reset")


class _Form(HTMLParser):
    """Controls of the form with a given start of its action; templates hold none."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self._action, self._depth, self._templates = action, 0, 0
        self.sent: dict[str, list[str]] = {}
        self._text: tuple[str, list[str]] | None = None
        self._select: tuple[str, list[str], str | None] | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "form" and (given.get("action") or "").startswith(self._action):
            self._depth = 1
        if tag == "template":
            self._templates += 1
        name = given.get("name")
        if not self._depth or self._templates:
            return
        if tag == "option" and self._select:
            first = self._select[2] is None
            value = given.get("value") or ""
            self._select = (
                self._select[0],
                [value] if "selected" in given else self._select[1],
                value if first else self._select[2],
            )
        if not name or "disabled" in given:
            return
        if tag == "textarea":
            self._text = (name, [])
        elif tag == "select":
            self._select = (name, [], None)
        elif tag == "input" and given.get("type") not in SKIPPED:
            if given.get("type") in ("checkbox", "radio") and "checked" not in given:
                return
            self.sent.setdefault(name, []).append(given.get("value") or "")

    def handle_data(self, data: str) -> None:
        if self._text:
            self._text[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._templates -= 1
        elif tag == "form":
            self._depth = 0
        elif tag == "textarea" and self._text:
            self.sent.setdefault(self._text[0], []).append("".join(self._text[1]))
            self._text = None
        elif tag == "select" and self._select:
            name, chosen, first = self._select
            self.sent.setdefault(name, []).append(chosen[0] if chosen else first or "")
            self._select = None


def sent_by(page: str, action: str) -> dict[str, list[str]]:
    """Every name and its values, as the form whose action begins so would send them."""
    form = _Form(action)
    form.feed(page)
    return form.sent
