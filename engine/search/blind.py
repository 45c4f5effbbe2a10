"""The blind index: keyed 64-bit hashes stand in for the tokens, one key per searchable field.

Without the key a token says nothing, and the same word in two fields or two forms is two tokens.
Capture tokenises tens of thousands of messages a second, so frequent tokens keep their hash in a
bounded cache and the whole walk over a text runs in C. `index.py` holds one of these per field.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable
from operator import add
from typing import Any

from engine.search.folding import fold
from engine.search.tokens import GRAM, LONGEST_WORD, MOST_CHARACTERS, WORDS, word_tokens

CACHED = 60_000  # hashes kept per field, some 15 MB when full

Encode = Callable[[bytes], Any]  # eight bytes to a token as the backend stores it


def field_key(key: bytes, app: str, form: str, field: str) -> bytes:
    """The field's own key, so that nothing can be compared across fields."""
    return hmac.digest(key, f"search\0{app}\0{form}\0{field}".encode(), "sha256")


class _Grams(dict[str, Any]):
    """Characters and pairs to hashes; None for what is no token, a pair across a comma say."""

    def __init__(self, blind: Callable[[str], Any]) -> None:
        self._blind = blind

    def __missing__(self, gram: str) -> Any:
        found = self[gram] = self._blind(gram) if GRAM.fullmatch(gram) else None
        return found


class _Words(dict[str, tuple[Any, ...]]):
    def __init__(self, blind: Callable[[str], Any]) -> None:
        self._blind = blind

    def __missing__(self, word: str) -> tuple[Any, ...]:
        found = tuple(map(self._blind, word_tokens(word)))
        if len(word) <= LONGEST_WORD:
            self[word] = found
        return found


class Blinder:
    """Hashes the tokens of one field, in the shape its backend stores (`encode`)."""

    def __init__(self, key: bytes, encode: Encode, cached: int = CACHED) -> None:
        self._hasher = hashlib.blake2b(key=key, digest_size=8)
        self._encode = encode
        self._cached = cached
        self._grams = _Grams(self.token)
        self._words = _Words(self.token)

    def token(self, token: str) -> Any:
        """The blind form of one token of `tokens.py`."""
        hasher = self._hasher.copy()
        hasher.update(token.encode(errors="surrogatepass"))
        return self._encode(hasher.digest())

    def tokens(self, text: str) -> set[Any]:
        """The blind form of `index_tokens(text)`."""
        folded = fold(text if len(text) <= MOST_CHARACTERS else text[:MOST_CHARACTERS])
        found: set[Any] = set()
        if not folded.isascii():
            gram = self._grams.__getitem__
            found.update(map(gram, folded))
            found.update(map(gram, map(add, folded, folded[1:])))
            found.discard(None)
        found.update(*map(self._words.__getitem__, WORDS.findall(folded)))
        self._forget()
        return found

    def all_of(self, tokens: Iterable[str]) -> tuple[Any, ...]:
        return tuple(map(self.token, tokens))

    def _forget(self) -> None:
        """Start over rather than keep count: the frequent ones are back after a few texts."""
        if len(self._grams) > self._cached:
            self._grams.clear()
        if len(self._words) > self._cached // 8:
            self._words.clear()
