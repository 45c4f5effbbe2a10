"""`muniment user`: accounts from the command line, for whoever stands at the machine itself."""

from __future__ import annotations

from pathlib import Path

import click

from engine.access.viewer import SYSTEM
from engine.accounts.tokens import SCOPES
from engine.commands.console import data_option, opened


@click.group()
def user() -> None:
    """Accounts: passwords, one-time links, tokens, lost telephones."""


@user.command("password")
@click.argument("person")
@data_option
@click.password_option()
def set_password(person: str, data: Path | None, password: str) -> None:
    """Set somebody's password; every session of his ends."""
    with opened(data) as runtime:
        runtime.accounts.set_password(person, password)


@user.command("invite")
@click.argument("person")
@data_option
def invite(person: str, data: Path | None) -> None:
    """A one-time link with which somebody sets his password."""
    with opened(data) as runtime:
        token = runtime.database.write(lambda unit: runtime.accounts.invite(unit, person, SYSTEM))
        click.echo(runtime.invitations.link(token))


@user.command("token")
@click.argument("person")
@click.option("--name", default="command line")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(SCOPES), default=SCOPES)
@data_option
def make_token(person: str, name: str, scopes: tuple[str, ...], data: Path | None) -> None:
    """A new API token for somebody; shown once."""
    with opened(data) as runtime:
        runtime.accounts.active(person)
        click.echo(runtime.tokens.create(person, name, scopes))


@user.command("unlock")
@click.argument("person")
@click.option(
    "--second-factor", is_flag=True, help="Remove the second factor too: telephone and codes are lost."
)
@data_option
def unlock(person: str, second_factor: bool, data: Path | None) -> None:
    """Let somebody try to sign in again at once."""
    with opened(data) as runtime:
        runtime.accounts.active(person)
        runtime.accounts.unlock(SYSTEM, person)
        if second_factor:
            runtime.accounts.remove_factor(SYSTEM, person)
