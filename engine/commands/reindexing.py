"""`muniment reindex`: make the search index of an app's forms anew from the records themselves."""

from __future__ import annotations

from pathlib import Path

import click

from engine.commands.console import data_option, opened, say
from metamodel.problems import Rejected, problem


@click.command("reindex")
@click.argument("app")
@click.argument("form", default="")
@data_option
def reindex(app: str, form: str, data: Path | None) -> None:
    """Index one form, or every searchable one, and wait for it."""
    with opened(data) as runtime:
        published = runtime.applications.get(app)
        forms = [one.id for one in published.forms if any(field.searchable for field in one.fields)]
        if form and form not in forms:
            raise Rejected([problem("form.unknown", form=form)])
        for one in [form] if form else forms:
            runtime.reindexing.again(app, one)
        runtime.jobs.run_due()
        say("已重建检索索引", "The search index was made anew")
