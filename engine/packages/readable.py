"""The page of a package that people read: one file, no script, nothing from elsewhere; streamed.

Messages stand as the conversation they were, every other record as its fields. All of it is what its maker
saw on screen, masked as there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from itertools import groupby
from typing import Any
from urllib.parse import quote

from engine.packages.contents import Chat, Part
from engine.packages.words import word

Record = Mapping[str, Any]
Shown = list[tuple[Part, Callable[[], Iterator[dict[str, Any]]]]]
SIDES = {"in": "left", "out": "right", "internal": "right", "system": "middle"}


@dataclass(frozen=True, slots=True)
class Cover:
    """What stands on a package: who made it, when, why, under which key."""

    person: str
    person_name: str
    moment: datetime  # in the organisation's zone
    zone_name: str
    reason: str
    origin: str
    fingerprint: str
    language: str

    def word(self, name: str) -> str:
        return word(name, self.language)

    @property
    def time(self) -> str:
        return f"{self.moment:%Y-%m-%d %H:%M:%S %z}"

    @property
    def watermark(self) -> str:
        values = {"name": self.person_name, "id": self.person, "time": self.time, "reason": self.reason}
        return self.word("watermark") % values


def page(cover: Cover, shown: Shown, counts: Mapping[str, Mapping[str, int]]) -> Iterator[bytes]:
    """index.html."""
    for piece in _pieces(cover, shown, counts):
        yield piece.encode()


def _pieces(cover: Cover, shown: Shown, counts: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    title = f"{cover.word('title')} · {cover.origin}"
    yield f'<!doctype html><html lang="{escape(cover.language)}"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width,initial-scale=1">'
    yield "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
    yield f"img-src 'self' data:\"><title>{escape(title)}</title><style>{STYLE}</style></head><body>"
    yield f"<header><h1>{escape(cover.word('title'))}</h1>{_facts(cover)}</header><main>"
    yield _contents(cover, shown, counts)
    for part, lines in shown:
        yield f'<section id="{escape(part.name)}"><h2>{escape(part.program.form.text(cover.language))}</h2>'
        yield from _chats(cover, part.chat, lines()) if part.chat else _cards(cover, part, lines())
        yield "</section>"
    yield f'</main><footer class="mark">{escape(cover.watermark)}</footer></body></html>'


def _facts(cover: Cover) -> str:
    facts = (
        ("origin", cover.origin), ("key", cover.fingerprint),
        ("made_by", f"{cover.person_name}（{cover.person}）"), ("made_at", cover.time), ("reason", cover.reason),
    )  # fmt: skip
    rows = "".join(f"<dt>{escape(cover.word(name))}</dt><dd>{escape(text)}</dd>" for name, text in facts)
    return f"<dl>{rows}</dl><p>{escape(cover.word('check'))}</p><p>{escape(cover.word('reading'))}</p>"


def _contents(cover: Cover, shown: Shown, counts: Mapping[str, Mapping[str, int]]) -> str:
    rows = []
    for part, _ in shown:
        kinds = counts.get(part.name, {})
        how = "；".join(f"{number:,} · {cover.word(kind)}" for kind, number in kinds.items())
        label = escape(part.program.form.text(cover.language))
        rows.append(
            f'<tr><td><a href="#{escape(part.name)}">{label}</a></td>'
            f'<td class="number">{sum(kinds.values()):,}</td><td>{escape(how)}</td></tr>'
        )
    heads = "".join(f"<th>{escape(cover.word(name))}</th>" for name in ("form", "records", "how"))
    return f'<table class="contents"><thead><tr>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


# -- records as fields -----------------------------------------------------------------------------


def _cards(cover: Cover, part: Part, records: Iterable[Record]) -> Iterator[str]:
    labels = {name: f.field.text(cover.language) for name, f in part.program.fields.items()}
    for record in records:
        shown = record["shown"]
        rows = "".join(
            f"<dt>{escape(labels[name])}</dt><dd>{_lines(shown[name])}</dd>"
            for name in labels
            if name in shown
        )
        head = f"<h3>{escape(record['title'])} <small>{escape(record['record'])}{_state(cover, record)}</small></h3>"
        yield f'<article id="r{escape(record["record"])}">{head}<dl>{rows}</dl>{_files(cover, record)}</article>'


def _state(cover: Cover, record: Record) -> str:
    return f" · {escape(cover.word('destroyed'))}" if record.get("destroyed") else ""


def _files(cover: Cover, record: Record) -> str:
    files = record["files"]
    if not files:
        return ""
    links = "".join(
        f'<li><a href="{escape(quote(file["path"]))}" download>{escape(file["name"])}</a> '
        f"<code>{escape(file['sha256'][:16])}…</code></li>"
        for file in files
    )
    label = escape(cover.word("attachments"))
    return f'<ul class="files" aria-label="{label}">{links}</ul>'


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")


# -- messages as the conversation they were --------------------------------------------------------


def _chats(cover: Cover, chat: Chat, records: Iterable[Record]) -> Iterator[str]:
    """The records come ordered by conversation and time."""
    for _, messages in groupby(records, lambda record: record["values"].get(chat.link)):
        yield from _chat(cover, chat, messages)


def _chat(cover: Cover, chat: Chat, messages: Iterator[Record]) -> Iterator[str]:
    for number, message in enumerate(messages):
        if number == 0:
            head = message["shown"].get(chat.link) or cover.word("none")
            yield f'<div class="chat"><h3>{escape(head)}</h3>'
        yield _bubble(cover, chat, message)
    yield "</div>"


def _bubble(cover: Cover, chat: Chat, message: Record) -> str:
    shown, values = message["shown"], message["values"]
    sides: Any = chat.options.get("sides") or SIDES
    side = sides.get(str(values.get(chat.field("side"), "")), "left")
    action = str(values.get(chat.field("action"), ""))
    mark = {"recall": "recalled", "edit": "edited"}.get(action)
    about = values.get(chat.field("refers_to"))
    words = [shown.get(chat.field("text"), "")]
    also: Any = chat.options.get("also") or ()
    words += [shown[name] for name in also if name in shown]
    if not words[0] and (kind := shown.get(chat.field("type"))):
        words[0] = f"[{kind}]"
    head = f"<b>{escape(shown.get(chat.field('sender'), ''))}</b> "
    head += f"<time>{escape(shown.get(chat.field('time'), ''))}</time>"
    if mark:
        to = escape(str(about or ""))
        head += f' <em>{escape(cover.word(mark))} <a href="#r{to}">{to}</a></em>'
    text = "".join(f"<p>{_lines(part)}</p>" for part in words if part)
    return (
        f'<article class="bubble {side}" id="r{escape(message["record"])}"><header>{head}'
        f" <small>{escape(message['record'])}{_state(cover, message)}</small></header>{text}"
        f"{_files(cover, message)}</article>"
    )


STYLE = """
:root{color-scheme:light dark;--ink:#1d2129;--soft:#5b6472;--line:#dde1e7;--paper:#fff;--left:#f1f3f6;--right:#dcecff}
@media(prefers-color-scheme:dark){:root{--ink:#e8eaee;--soft:#a3acba;--line:#363d48;--paper:#14171c;--left:#222831;
--right:#17395e}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);
font:15px/1.6 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;padding-bottom:3rem}
header,main{max-width:60rem;margin:0 auto;padding:0 1rem}body>header{padding-top:1.5rem}
h1{font-size:1.6rem;margin:0 0 .5rem}h2{border-bottom:2px solid var(--line);padding-bottom:.3rem;margin-top:2.5rem}
h3{font-size:1rem;margin:1.2rem 0 .4rem}small,time,em,code{color:var(--soft);font-size:.8rem;font-weight:400}
dl{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.15rem 1rem;margin:.3rem 0}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}table{border-collapse:collapse;width:100%;margin:1rem 0}
th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
.number{text-align:right;font-variant-numeric:tabular-nums}main>section>article{border-top:1px solid var(--line)}
.chat{margin-top:1.5rem}.bubble{max-width:42rem;width:fit-content;margin:.5rem 0;padding:.4rem .8rem;
border-radius:.7rem;background:var(--left)}.bubble header{padding:0;margin:0;max-width:none}.bubble p{margin:.2rem 0}
.bubble.right{margin-left:auto;background:var(--right)}.bubble.middle{margin:.5rem auto;background:none;
color:var(--soft)}.files{margin:.3rem 0;padding-left:1.2rem}a{color:inherit}
.mark{position:fixed;inset:auto 0 0 0;padding:.4rem 1rem;background:var(--paper);border-top:1px solid var(--line);
color:var(--soft);font-size:.78rem;text-align:center}
@media(max-width:40rem){dl{grid-template-columns:1fr}dt{margin-top:.4rem}}
@media print{.mark{position:fixed}article{break-inside:avoid}}
""".replace("\n", "")
