"""Equations in plain notation as MathML, which browsers draw without script or font."""

from __future__ import annotations

import ast
import re
from html import escape

_LONG = 60
_JOINTS = re.compile(r";\s*|\n(?=\w+ = )")
_COMPARED = {ast.Lt: "&lt;", ast.LtE: "≤", ast.Gt: "&gt;", ast.GtE: "≥", ast.Eq: "="}
_SPOKEN = {"lambda_": "λ", "pi": "π"}
_SUM, _PRODUCT, _POWER, _ATOM = 1, 2, 3, 4


def render(equations: str) -> str | None:
    """Return equations as markup, or None where one of them is not in plain notation."""
    try:
        rows = [row for one in _JOINTS.split(equations.strip()) for row in _equation(one)]
    except (SyntaxError, NotImplementedError):
        return None
    body = "".join(f"<mtr>{_cells(*row)}</mtr>" for row in rows)
    spoken = escape(" ".join(equations.split()), quote=True)
    return (
        f'<div class="equation"><math display="block" aria-label="{spoken}">'
        f'<mtable displaystyle="true">{body}</mtable></math></div>'
    )


def _cells(left: str, right: str) -> str:
    return f"<mtd>{left}</mtd><mtd><mrow>{right}</mrow></mtd>"


def _equation(text: str) -> list[tuple[str, str]]:
    """Return the rows of one equation: a long sum gets a row for each term."""
    left, sign, right = text.partition(" = ")
    if not sign:
        left, right = "", text
    head = _draw(_parse(left))[0] + "<mo>=</mo>" if left else ""
    tree = _parse(right)
    if len(right) <= _LONG:
        return [(head, _draw(tree)[0])]
    rows = _terms(tree)
    return [(head if place == 0 else "", row) for place, row in enumerate(rows)]


def _parse(text: str) -> ast.expr:
    plain = re.sub(r"\blambda\b", "lambda_", " ".join(text.split()).replace("^", "**"))
    return ast.parse(plain, mode="eval").body


def _terms(tree: ast.expr) -> list[str]:
    """Return a long expression in rows, broken at its outermost additions or products."""
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Add | ast.Sub):
        sign = "+" if isinstance(tree.op, ast.Add) else "−"
        return [*_terms(tree.left), f"<mo>{sign}</mo>{_inside(tree.right, _PRODUCT)}"]
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Mult):
        whole = ast.unparse(tree)
        if len(whole) > _LONG:
            *first, last = _terms(tree.left) if _is_product(tree.left) else [_inside(tree.left, _PRODUCT)]  # fmt: skip
            return [*first, last, f"<mo>·</mo>{_inside(tree.right, _POWER)}"]
    return [_draw(tree)[0]]


def _is_product(tree: ast.expr) -> bool:
    return isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Mult)


def _draw(tree: ast.expr) -> tuple[str, int]:
    """Return an expression and how tightly it binds."""
    if isinstance(tree, ast.Name):
        return _name(tree.id), _ATOM
    if isinstance(tree, ast.Constant):
        return f"<mn>{tree.value}</mn>", _ATOM
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub):
        return f'<mo form="prefix">−</mo>{_inside(tree.operand, _PRODUCT)}', _SUM
    if isinstance(tree, ast.BinOp):
        return _operation(tree)
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name):
        return _call(tree.func.id, tree.args)
    if isinstance(tree, ast.Compare) and type(tree.ops[0]) in _COMPARED:
        sign = _COMPARED[type(tree.ops[0])]
        return f"{_draw(tree.left)[0]}<mo>{sign}</mo>{_draw(tree.comparators[0])[0]}", 0
    raise NotImplementedError(ast.dump(tree))


def _name(name: str) -> str:
    spoken = _SPOKEN.get(name, name)
    return f"<mi>{spoken}</mi>" if len(spoken) == 1 else f"<mtext>{spoken}</mtext>"


def _operation(tree: ast.BinOp) -> tuple[str, int]:
    if isinstance(tree.op, ast.Div):
        return f"<mfrac>{_row(tree.left)}{_row(tree.right)}</mfrac>", _ATOM
    if isinstance(tree.op, ast.Pow):
        base = f"<mrow>{_inside(tree.left, _ATOM, fractions=True)}</mrow>"
        return f"<msup>{base}{_row(tree.right)}</msup>", _POWER
    if isinstance(tree.op, ast.Mult):
        return f"{_inside(tree.left, _PRODUCT)}<mo>·</mo>{_inside(tree.right, _POWER)}", _PRODUCT
    if isinstance(tree.op, ast.Add | ast.Sub):
        sign = "+" if isinstance(tree.op, ast.Add) else "−"
        return f"{_inside(tree.left, _SUM)}<mo>{sign}</mo>{_inside(tree.right, _PRODUCT)}", _SUM
    raise NotImplementedError(ast.dump(tree))


def _call(name: str, arguments: list[ast.expr]) -> tuple[str, int]:
    drawn = "<mo>,</mo>".join(_draw(one)[0] for one in arguments)
    if name == "sqrt":  # <msqrt> shows no sign at all where no mathematical font is installed
        return f"<mrow><mo>√</mo><mo>(</mo>{drawn}<mo>)</mo></mrow>", _ATOM
    if name in {"floor", "ceiling"}:
        left, right = ("⌊", "⌋") if name == "floor" else ("⌈", "⌉")
        return f"<mrow><mo>{left}</mo>{drawn}<mo>{right}</mo></mrow>", _ATOM
    return f"{_name(name)}<mrow><mo>(</mo>{drawn}<mo>)</mo></mrow>", _ATOM


def _row(tree: ast.expr) -> str:
    return f"<mrow>{_draw(tree)[0]}</mrow>"


def _inside(tree: ast.expr, least: int, *, fractions: bool = False) -> str:
    """Return a part of an expression, in brackets where it would be misread without."""
    drawn, strength = _draw(tree)
    is_fraction = isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Div)
    if strength >= least and not (fractions and is_fraction):
        return drawn
    return f"<mrow><mo>(</mo>{drawn}<mo>)</mo></mrow>"
