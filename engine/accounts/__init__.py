"""Accounts: passwords, sessions, second factors, tokens, invitations, and signing in with them."""

from engine.accounts.accounts import Accounts as Accounts
