"""Hostile expressions: every one is a Problem, by both evaluators, and none takes long.

No clock is asserted here: what would run away is stopped by sizes, steps and depth, and a
run that did not end would be seen. (Measured alone, the slowest takes some 50 ms.)
"""

from __future__ import annotations

import pytest

from engine.expressions import compile_expression, evaluate
from engine.expressions.given import check_given
from metamodel.plugin_api import Registry
from metamodel.problems import Rejected
from tests.engine.expressions.cases import CONTEXT

HOSTILE = {
    "import": "__import__('os').system('id')",
    "eval": "eval('1+1')",
    "open a file": "open('/etc/passwd')",
    "class of a value": "''.__class__.__mro__",
    "class of a field": "name.__class__",
    "attribute of me": "me.__dict__",
    "format method": "'{0.__class__}'.format(name)",
    "percent format": "'%s' % name",
    "format string": "f'{name.__class__}'",
    "lambda": "(lambda: 1)()",
    "comprehension": "[x for x in [1] * 1000000000]",
    "generator": "SUM(x for x in [1])",
    "builtins": "__builtins__['open']",
    "getattr": "getattr(name, '__class__')",
    "walrus": "(x := 9) ** x",
    "tower of powers": "9 ** 9 ** 9 ** 9",
    "huge exponent": "10 ** 10 ** 10",
    "slow growth": "1.0000000001 ** 999999999999999999",
    "huge shift": "1 << 1000000000",
    "text times number": "'a' * 1000000000",
    "list times number": "[0] * 1000000000",
    "huge number": "9" * 3999,
    "deep brackets": "(" * 400 + "1" + ")" * 400,
    "deep lists": "[" * 60 + "]" * 60,
    "deep minus": "-" * 3999 + "1",
    "deep not": "not " * 999 + "true",
    "deep sum": "+".join("1" * 1999),
    "deep conditions": "1 if true else " * 260 + "1",
    "too long": "1 + " * 1000 + "1",
    "repeat": "REPT('a', 999999999)",
    "repeat of repeats": "REPT(REPT(REPT('a', 999), 999), 999)",
    "growing substitution": "SUBSTITUTE(SUBSTITUTE(REPT('a', 9999), 'a', REPT('a', 999)), 'a', REPT('a', 999))",
    "many large texts": f"CONCAT({','.join(['REPT(name, 990)'] * 60)})",
    "many large texts, each small in the end": f"SUM({','.join(['LEN(REPT(name, 990))'] * 60)})",
    "large join": "TEXTJOIN(REPT('x', 99999), false, RANGE(1, 9999))",
    "large range": "SUM(RANGE(1, 999999999))",
    "many ranges": f"SUM({','.join(['RANGE(1,9999)'] * 60)})",
    "split into many": "SIZE(SPLIT(REPT('a,', 49999), ','))",
    "words against words": "CONTAINS_ANY(REPT('a', 99999), SPLIT(REPT(CONCAT(REPT('a', 20), 'b,'), 4000), ','))",
    "pattern of great size": "MATCHES(name, '((a{1000}){1000}){1000}')",
    "pattern of large classes": r"MATCHES(name, '(?i)[\\p{L}]{0,300}[\\p{Han}]{0,300}z')",
    "pattern with a back reference": r"MATCHES(name, '(a)\1')",
    "long pattern": "MATCHES(name, REPT('(a|b)', 999))",
    "long format": "TEXT(TODAY(), REPT('yyyy', 20000))",
    "working days without end": "NETWORKDAYS(DATE(1, 1, 1), DATE(9999, 12, 31))",
    "many working days": f"SUM({','.join(['NETWORKDAYS(DATE(2010,1,1),DATE(2023,1,1))'] * 80)})",
    "working days far off": "WORKDAY(TODAY(), 999999999)",
    "date beyond the calendar": "DATE(99999999999, 1, 1)",
    "month beyond the calendar": "EDATE(TODAY(), 99999999999)",
    "long duration": "DAYS_DURATION(99999999999999)",
    "pinyin of a book": "PINYIN(REPT('张', 99999))",
    "null character": "'a\0b'",
    "half a surrogate pair": "'\ud800'",
    "half a surrogate pair, escaped": r"'\ud800'",
    "name of a module": "os.environ",
    "call of a text": "'abc'()",
    "call of a call": "ABS(1)(2)",
    "function as a value": "MAX(ABS)",
    "double star": "ABS(**me)",
    "star": "SUM(*[1])",
    "yield": "(yield 1)",
    "assignment": "name = 1",
    "second statement": "1; import os",
    "second line": "1 # \n import os",
    "ellipsis": "...",
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_problem_and_nothing_else(text: str, registry: Registry) -> None:
    expression, values, problems = check_given(text, {"name": "x" * 100}, registry, CONTEXT)
    if expression is None:
        assert problems
        assert all(found.code.startswith("expression.") for found in problems)
        assert all(found.text("zh") and found.text("en") for found in problems)
        return
    compiled = compile_expression(expression, registry)
    for run in (lambda: compiled(values, CONTEXT), lambda: evaluate(expression, values, CONTEXT, registry)):
        with pytest.raises(Rejected) as refused:
            run()
        assert refused.value.problems[0].code.startswith("expression.")
