"""Expressions in a few letters. Only what is listed here can run; all else is an error.

sum     = product (("+" | "-") product)*
product = sign (("*" | "/") sign)*
sign    = "-" sign | "+" sign | power
power   = atom ("**" sign)?
atom    = number | letter | function "(" sum ")" | "(" sum ")"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

LETTERS = ("w", "x", "a", "b")
FUNCTIONS = ("exp", "log", "sin", "cos", "tanh", "sigmoid", "relu")
BINARY = ("+", "-", "*", "/", "**")
MAX_LENGTH = 120
MAX_DEPTH = 20

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*)"
    r"|(?P<operator>\*\*|[-+*/()]))"
)


class ExpressionError(ValueError):
    """What is wrong with an expression, and where: ``text[start:end]``."""

    def __init__(self, message: str, text: str, start: int, end: int) -> None:
        super().__init__(message)
        self.text = text
        self.start = start
        self.end = max(end, start + 1)

    def pointer(self) -> str:
        """The expression, and below it a line that points at the place."""
        text = self.text if len(self.text) <= MAX_LENGTH else f"{self.text[:MAX_LENGTH]}…"
        end = max(self.start + 1, min(self.end, len(text)))
        return f"{text}\n{' ' * self.start}{'^' * (end - self.start)}"


@dataclass(frozen=True, slots=True)
class Constant:
    """A number: an int if it was typed as one."""

    value: float | int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Letter:
    """One of the letters."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function or operator on one or two arguments; ``-`` with one argument changes the sign."""

    function: str
    arguments: tuple[Expression, ...]
    start: int
    end: int


Expression = Constant | Letter | Call


def parse(text: str, letters: tuple[str, ...] = LETTERS) -> Expression:
    """Read ``text`` as an expression in ``letters``.

    Precedence is Python's: ``-x**2`` is ``-(x**2)``, and ``**`` groups to the right.

    Raises:
        ExpressionError: says what is not allowed, and where.
    """
    if len(text) > MAX_LENGTH:
        message = f"This is {len(text)} characters long; {MAX_LENGTH} are allowed."
        raise ExpressionError(message, text, MAX_LENGTH, len(text))
    return _Parser(text, letters).parse()


def letters_in(expression: Expression) -> tuple[str, ...]:
    """The letters that occur, in the order of their first use."""

    def walk(part: Expression) -> Iterator[str]:
        if isinstance(part, Letter):
            yield part.name
        elif isinstance(part, Call):
            for argument in part.arguments:
                yield from walk(argument)

    return tuple(dict.fromkeys(walk(expression)))


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


class _Parser:
    """A recursive descent parser: one method for each line of the grammar."""

    def __init__(self, text: str, letters: tuple[str, ...]) -> None:
        self.text = text
        self.letters = letters
        self.tokens = tuple(self.tokenize())
        self.position = 0
        self.depth = 0

    @property
    def token(self) -> _Token:
        return self.tokens[self.position]

    def fail(self, message: str, token: _Token) -> ExpressionError:
        return ExpressionError(message, self.text, token.start, token.end)

    def tokenize(self) -> Iterator[_Token]:
        position = 0
        end = len(self.text.rstrip())
        while position < end:
            match = _TOKEN.match(self.text, position)
            if match is None or match.lastgroup is None:
                start = position + len(self.text[position:]) - len(self.text[position:].lstrip())
                raise ExpressionError(
                    _character_message(self.text[start]), self.text, start, start + 1
                )
            kind = match.lastgroup
            yield _Token(kind, match[kind], match.start(kind), match.end(kind))
            position = match.end()
        yield _Token("end", "", end, end + 1)

    def parse(self) -> Expression:
        if self.token.kind == "end":
            raise self.fail("There is nothing here yet. Try w * x + b.", self.token)
        expression = self.sum()
        if self.token.text == ")":
            raise self.fail("This ) closes no bracket.", self.token)
        if self.token.kind != "end":
            before = self.text[: self.token.start].rstrip()[-1:]
            message = (
                f"An operator is missing between {before} and {self.token.text}: write * here."
            )
            raise self.fail(message, self.token)
        return expression

    def sum(self) -> Expression:
        return self.binary(("+", "-"), self.product)

    def product(self) -> Expression:
        return self.binary(("*", "/"), self.sign)

    def binary(self, operators: tuple[str, ...], operand: Callable[[], Expression]) -> Expression:
        left = operand()
        while self.token.kind == "operator" and self.token.text in operators:
            operator = self.advance().text
            right = operand()
            left = Call(operator, (left, right), left.start, right.end)
        return left

    def sign(self) -> Expression:
        if self.token.kind != "operator" or self.token.text not in ("+", "-"):
            return self.power()
        sign = self.advance()
        operand = self.nested(self.sign, sign)
        if sign.text == "+":
            return operand
        if isinstance(operand, Constant):
            return Constant(-operand.value, sign.start, operand.end)
        return Call("-", (operand,), sign.start, operand.end)

    def power(self) -> Expression:
        base = self.atom()
        if self.token.kind != "operator" or self.token.text != "**":
            return base
        exponent = self.nested(self.sign, self.advance())
        return Call("**", (base, exponent), base.start, exponent.end)

    def atom(self) -> Expression:
        token = self.advance()
        if token.kind == "number":
            return self.constant(token)
        if token.kind == "name":
            return self.name(token)
        if token.text == "(":
            inner = self.nested(self.sum, token)
            self.close(token)
            # Its place in the text is with its brackets.
            return replace(inner, start=token.start, end=self.tokens[self.position - 1].end)
        if token.kind == "end":
            raise self.fail("The expression stops here: a number or a letter is missing.", token)
        raise self.fail(f"A number or a letter is missing before this {token.text}.", token)

    def constant(self, token: _Token) -> Constant:
        value = float(token.text)
        if value > 1e15:
            raise self.fail(f"{token.text} is too large; 1e15 is the largest number.", token)
        return Constant(int(token.text) if token.text.isdigit() else value, token.start, token.end)

    def name(self, token: _Token) -> Expression:
        is_called = self.token.text == "("
        if token.text in FUNCTIONS:
            if not is_called:
                raise self.fail(f"{token.text} needs brackets: {token.text}(x).", token)
            opened = self.advance()
            argument = self.nested(self.sum, opened)
            self.close(opened)
            end = self.tokens[self.position - 1].end
            return Call(token.text, (argument,), token.start, end)
        if token.text in self.letters:
            if is_called:
                message = f"{token.text} is a number, not a function: write {token.text} * (…)."
                raise self.fail(message, token)
            return Letter(token.text, token.start, token.end)
        functions, letters = ", ".join(FUNCTIONS), ", ".join(self.letters)
        what = f"{token.text} is not known here. "
        if is_called:
            raise self.fail(f"{what}The functions are {functions}.", token)
        noun = "letters are" if len(self.letters) > 1 else "letter is"
        raise self.fail(f"{what}The {noun} {letters}; the functions {functions}.", token)

    def close(self, opened: _Token) -> None:
        if self.token.text != ")":
            if self.token.kind == "end":
                raise self.fail("This bracket is never closed.", opened)
            raise self.fail("An operator or a closing bracket is missing here.", self.token)
        self.advance()

    def nested(self, rule: Callable[[], Expression], token: _Token) -> Expression:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fail(f"Brackets and signs go more than {MAX_DEPTH} levels deep.", token)
        result = rule()
        self.depth -= 1
        return result

    def advance(self) -> _Token:
        token = self.token
        if token.kind != "end":
            self.position += 1
        return token


def _character_message(character: str) -> str:
    if character == "^":
        return "^ is not a power here: write ** instead."
    if character == ",":
        return "A comma has no meaning here; write decimals with a point: 0.5."
    return f"The character {character} is not allowed here."
