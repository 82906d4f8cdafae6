"""When a report is called for: conditions over the facts that it states.

A condition looks like Python and is never run as such: it is parsed, and what it may consist of is
in the tables below. A fact that is not known makes a comparison false, and is named.

>>> trigger = parse("attacks_window >= 10 or us_killed_window > 0")
>>> facts = {"attacks_window": Stated(12, "attacks in the window")}
>>> facts["us_killed_window"] = Stated(None)
>>> print(judge(trigger, facts).reason)
attacks in the window: 12 (attacks_window >= 10); us_killed_window is not known
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

#: What stands for any fact, or with names in brackets for these, that is not as it was when an
#: edition was last sent.
CHANGED = "changed"

#: A fact's value: numbers, texts, ISO dates as text; None where it is not known.
Value = int | float | str | None

_COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.In: lambda value, others: value in others,
    ast.NotIn: lambda value, others: value not in others,
}
_ARITHMETIC: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}

#: What a condition may consist of; of constants numbers and texts.
_ALLOWED = (
    *(ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.Compare, ast.BinOp),
    *(ast.Name, ast.Load, ast.Constant, ast.List, ast.Tuple, ast.Call),
    *_COMPARISONS,
    *_ARITHMETIC,
)

#: Nobody writes a longer one, and what is deeper than Python can go is not evaluated.
_LONGEST, _MOST_PARTS = 1_000, 300

#: So many facts that have changed are told one by one.
_TOLD = 3


class TriggerError(ValueError):
    """A condition that cannot be evaluated, and why."""


@dataclass(frozen=True)
class Trigger:
    """A condition: as it is written, the names of facts in it, and its form."""

    text: str
    names: frozenset[str] = frozenset()
    form: ast.expr = field(default_factory=lambda: ast.Constant(False), compare=False, repr=False)


@dataclass(frozen=True)
class Stated:
    """What a report states of one fact: its value, and what it counts in words."""

    value: Value
    unit: str = ""


@dataclass(frozen=True)
class Verdict:
    """Whether a report is called for, and why."""

    holds: bool
    reason: str


@dataclass
class _Scope:
    """What a condition is held against, and what is found on the way.

    `found` has each part that is true or false, with which it is; `negated` is true below a "not".
    """

    facts: Mapping[str, Stated]
    sent: Mapping[str, Stated] | None
    may_be_absent: Callable[[str], bool]
    found: list[tuple[ast.expr, bool]] = field(default_factory=list)
    negated: bool = False

    def value(self, name: str) -> Value:
        if name not in self.facts and not self.may_be_absent(name):
            raise TriggerError(f"the report states no fact {name!r}")
        return self.facts.get(name, Stated(None)).value


def parse(text: str) -> Trigger:
    """Return a condition.

    Raises
    ------
    TriggerError
        If it is none, or holds what a condition cannot.

    >>> sorted(parse("attacks_window > 2 * attacks_previous_window").names)
    ['attacks_previous_window', 'attacks_window']
    """
    if len(text) > _LONGEST:
        raise TriggerError(f"it is longer than {_LONGEST} letters")
    try:
        form = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        example = "attacks_window >= 10 or us_killed_window > 0"
        raise TriggerError(f"this is no condition, such as {example}") from None
    names, parts = set(), list(ast.walk(form))
    if len(parts) > _MOST_PARTS:
        raise TriggerError(f"it has more than {_MOST_PARTS} parts")
    for part in parts:
        _refuse_what_is_no_part(part)
        if isinstance(part, ast.Name):
            names.add(part.id)
    return Trigger(text, frozenset(names - {CHANGED}), form)


def _refuse_what_is_no_part(part: ast.AST) -> None:
    if not isinstance(part, _ALLOWED):
        kind = ast.unparse(part) if isinstance(part, ast.expr) else type(part).__name__
        raise TriggerError(f"a condition cannot hold {kind!r:.60}")
    if isinstance(part, ast.Constant) and not isinstance(part.value, int | float | str):
        raise TriggerError(f"a condition cannot hold {part.value!r:.60}; give a number or a text")
    if isinstance(part, ast.Constant) and part.value in (math.inf, -math.inf):
        raise TriggerError("a condition cannot hold a number that is so large")
    if isinstance(part, ast.Call):
        named = isinstance(part.func, ast.Name) and part.func.id == CHANGED and not part.keywords
        if not (named and part.args and all(isinstance(one, ast.Name) for one in part.args)):
            raise TriggerError(f"only {CHANGED} takes brackets, as in {CHANGED}(attacks_window)")
    if isinstance(part, ast.Compare):
        for how, right in zip(part.ops, part.comparators, strict=True):
            if isinstance(how, ast.In | ast.NotIn) != isinstance(right, ast.List | ast.Tuple):
                raise TriggerError('a list stands after "in", as in campaign in ["one", "two"]')


def judge(
    trigger: Trigger,
    facts: Mapping[str, Stated],
    sent: Mapping[str, Stated] | None = None,
    may_be_absent: Callable[[str], bool] = lambda name: False,
) -> Verdict:
    """Return whether a condition holds, and why.

    Parameters
    ----------
    trigger: the condition.
    facts: what the report states now.
    sent: what the edition stated that was sent last; None if none was.
    may_be_absent: whether a fact may be missing, and then is not known; others have to be there.

    Raises
    ------
    TriggerError
        If it cannot be evaluated: a fact is none of the report's, a text is compared with a number.
    """
    scope = _Scope(facts, sent, may_be_absent)
    holds = _truth(trigger.form, scope)
    told = [_told(form, scope) for form, is_so in scope.found if is_so == holds]
    unknown = [
        f"{name} is not known" for name in sorted(trigger.names) if scope.value(name) is None
    ]
    return Verdict(holds, "; ".join(dict.fromkeys([*filter(None, told), *unknown])) or trigger.text)


def _truth(form: ast.expr, scope: _Scope) -> bool:
    """Whether a condition, or a part of it that is one, holds."""
    if isinstance(form, ast.BoolOp):
        # All of them, so that a mistake in one shows whatever the others are.
        parts = [_truth(part, scope) for part in form.values]
        return all(parts) if isinstance(form.op, ast.And) else any(parts)
    if isinstance(form, ast.UnaryOp) and isinstance(form.op, ast.Not):
        scope.negated = not scope.negated
        holds = not _truth(form.operand, scope)
        scope.negated = not scope.negated
        return holds
    if isinstance(form, ast.Compare):
        holds = _compared(form, scope)
    elif (names := _of_change(form)) is not None:
        holds = bool(_changes(names, scope))
    else:
        holds = bool(_value(form, scope))
    said = ast.UnaryOp(ast.Not(), form) if scope.negated else form
    scope.found.append((said, holds != scope.negated))
    return holds


def _compared(form: ast.Compare, scope: _Scope) -> bool:
    """Whether a comparison holds; it does not with a value that is not known."""
    values = [_value(one, scope) for one in (form.left, *form.comparators)]
    pairs = zip(form.ops, values, values[1:], strict=False)
    return all([_is_so(how, left, right, form) for how, left, right in pairs])


def _is_so(how: ast.cmpop, left: Any, right: Any, form: ast.expr) -> bool:
    if left is None or right is None:
        return False
    others = [one for one in right if one is not None] if isinstance(right, list) else [right]
    if any(isinstance(other, str) != isinstance(left, str) for other in others):
        raise TriggerError(f"{ast.unparse(form)} compares a text with a number")
    return _COMPARISONS[type(how)](left, right)


def _value(form: ast.expr, scope: _Scope) -> Any:
    """A number, a text or a list of them; None where it is not known."""
    if isinstance(form, ast.Constant):
        return form.value
    if isinstance(form, ast.List | ast.Tuple):
        return [_value(one, scope) for one in form.elts]
    if isinstance(form, ast.Name) and form.id != CHANGED:
        return scope.value(form.id)
    if isinstance(form, ast.UnaryOp) and isinstance(form.op, ast.USub):
        number = _number(form.operand, scope)
        return None if number is None else -number
    if isinstance(form, ast.BinOp):
        left, right = _number(form.left, scope), _number(form.right, scope)
        if left is None or right is None:
            return None
        try:
            number = _ARITHMETIC[type(form.op)](left, right)
            if math.isfinite(number):
                return number
        except (ArithmeticError, ValueError):
            pass
        raise TriggerError(f"{ast.unparse(form)} has no value")
    return _truth(form, scope)


def _number(form: ast.expr, scope: _Scope) -> Any:
    value = _value(form, scope)
    if isinstance(value, str | list):
        raise TriggerError(f"{ast.unparse(form)} is no number")
    return value


def _of_change(form: ast.expr) -> list[str] | None:
    """The facts whose change is asked for; none of them for that of any; None if it is not."""
    if isinstance(form, ast.Name) and form.id == CHANGED:
        return []
    if isinstance(form, ast.Call):
        return [one.id for one in form.args if isinstance(one, ast.Name)]
    return None


def _changes(names: list[str], scope: _Scope) -> list[str]:
    """What has changed since an edition was last sent, in words."""
    for name in names:
        scope.value(name)
    if scope.sent is None:
        return ["nothing was sent before"]
    unknown = Stated(None)
    pairs = {
        name: (scope.sent.get(name, unknown).value, scope.facts.get(name, unknown).value)
        for name in names or {**scope.facts, **scope.sent}
    }
    return [f"{_called(name, scope)}: {_shown(before)} before, {_shown(now)} now"
            for name, (before, now) in pairs.items() if before != now]  # fmt: skip


def _told(form: ast.expr, scope: _Scope) -> str:
    """What came of a part of a condition, in words; empty where nothing is known of it."""
    if (names := _of_change(form)) is not None:
        changes = _changes(names, scope)
        more = f", and {len(changes) - _TOLD} more" if len(changes) > _TOLD else ""
        return ", ".join(changes[:_TOLD]) + more if changes else "nothing has changed"
    names = [part.id for part in ast.walk(form) if isinstance(part, ast.Name)]
    names = [name for name in names if name != CHANGED]
    if any(scope.value(name) is None for name in names):
        return ""
    values = ", ".join(
        f"{_called(name, scope)}: {_shown(scope.value(name))}" for name in dict.fromkeys(names)
    )
    return f"{values} ({ast.unparse(form)})" if values else ast.unparse(form)


def _called(name: str, scope: _Scope) -> str:
    """What a fact counts in words; its name where the report does not say."""
    return scope.facts.get(name, Stated(None)).unit or name


def _shown(value: Value) -> str:
    return "not known" if value is None else f"{value:,}" if isinstance(value, int) else str(value)
