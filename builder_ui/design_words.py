"""What the form designer's script says: names of steps, toasts, places. In braces stands what it fills in."""

from __future__ import annotations

from collections.abc import Mapping

from builder_ui.site import Visit


def designer_words(visit: Visit) -> Mapping[str, str]:
    text = visit.text
    return {
        "add": text("Add {what}"), "move": text("Move {what} to {where}"), "remove": text("Remove {what}"),
        "duplicate": text("Duplicate {what}"), "group": text("Group {what} into a section"),
        "paste": text("Paste {what}"),
        "cut": text("Cut {what}"), "rename": text("Rename {what} to {label}"),
        "rename_id": text("Change the id of {what} to {id}"),
        "change": text("Change {property} of {what}"), "json": text("Edit the JSON"), "tab_added": text("Add a tab"),
        "tab_removed": text("Remove a tab"), "width": text("Width of {what}"),
        "untitled": text("Untitled {type}"), "section": text("Section"), "the_form": text("the form"),
        "parts": text("{n} parts"), "rest": text("the unplaced fields"), "column_of": text("{what}, column {n}"),
        "place_in": text("{where}, place {n}"), "the_end": text("the end"),
        "removed": text("Removed “{what}”"), "removed_used": text("Removed “{what}”, used by {used}"),
        "undo": text("Undo"),
        "copied": text("Copied {what}"), "nothing_pasted": text("Nothing of a form is on the clipboard"),
        "grabbed": text("{what} picked up. Arrow keys move it, Enter puts it down, Esc puts it back"),
        "moved_to": text("{what}: {where}"), "put_back": text("{what} is back where it was"),
        "several": text("Several values"), "type": text("Type"), "bad_json": text("This is not valid JSON: {text}"),
        "found": text("{n} found"), "tab": text("Tab {n}"), "duplicate_label": text("There is already a “{label}”"),
        "column_width": text("Width of the column {what}"), "total": text("Total of the column {what}"),
        "phone": text("As on a phone"),
        "not_saved_yet": text("Not connected: the canvas follows when the connection is back"),
    }  # fmt: skip
