"""The pages around records on PostgreSQL: what the files beside this one say, said again of the other database.

Only what asks the database something of its own: drafts, saved filters, views, lists, bulk changes, imports, search.
The desk is furnished once and copied.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.clock import FrozenClock
from engine.config import Config
from engine.runtime import Runtime
from tests.builder_ui import (
    test_arranged_views as arranged,
    test_filling_in as filling,
    test_importing as importing,
    test_offered_choices as offered,
    test_pages as pages,
)
from tests.builder_ui.desk import furnish
from tests.conftest import NOW, PostgreSQL


@pytest.fixture(scope="module")
def furnished(postgresql: PostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A data directory and a database with the app and its people, to be copied."""
    data = tmp_path_factory.mktemp("furnished") / "data"
    data.mkdir()
    name, url = postgresql.create()
    runtime = Runtime.open(Config(data=data, database_url=url), FrozenClock(NOW))
    furnish(runtime)
    runtime.close()
    yield data, name
    postgresql.drop(name)


@pytest.fixture
def runtime(
    furnished: tuple[Path, str], postgresql: PostgreSQL, tmp_path: Path, clock: FrozenClock
) -> Iterator[Runtime]:
    data, original = furnished
    shutil.copytree(data, tmp_path / "data")
    name, url = postgresql.copy(original)
    runtime = Runtime.open(Config(data=tmp_path / "data", database_url=url), clock)
    yield runtime
    runtime.close()
    postgresql.drop(name)


shop, jobs, counter = filling.shop, arranged.jobs, offered.counter

test_what_is_typed_comes_back = filling.test_what_is_typed_comes_back
test_a_draft_is_his_alone = filling.test_a_draft_is_his_alone_and_can_be_thrown_away
test_the_same_twice_is_asked_about = filling.test_the_same_twice_is_asked_about
test_a_list_opens_with_the_role_s_view = offered.test_a_list_opens_with_the_role_s_view_then_with_one_s_own
test_a_kanban_has_a_column_for_every_choice = arranged.test_a_kanban_has_a_column_for_every_choice
test_a_calendar_shows_every_day = arranged.test_a_calendar_shows_every_day_a_record_covers
test_filters_are_kept_under_a_name = arranged.test_filters_are_kept_under_a_name
test_the_steps_of_an_import = importing.test_the_steps
test_a_list_filters_sorts_and_pages = pages.test_a_list_filters_sorts_and_pages_by_its_url
test_bulk_changes_row_by_row = pages.test_bulk_changes_row_by_row
test_pickers_find_by_characters_pinyin_and_initials = (
    pages.test_pickers_find_by_characters_pinyin_and_initials
)
