"""Which small faults are made: one at a time, each where a person might have slipped."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

SWAPPED_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,  # codespell:ignore notin
    ast.NotIn: ast.In,  # codespell:ignore notin
}
SWAPPED_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
SWAPPED_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
TEXTS_FOR_PEOPLE = {"_", "gettext", "gettext_lazy", "ngettext", "pgettext", "say"}


@dataclass(frozen=True)
class Mutant:
    """One fault: where it is, what it says now, and how to put it in and take it out again.

    Attributes:
        line: the line of the module.
        before: the source of what is changed.
        after: what stands there instead.
        put_in: changes the tree and returns what takes the change back.
    """

    line: int
    before: str
    after: str
    put_in: Callable[[], Callable[[], None]]

    @property
    def name(self) -> str:
        return f"{self.before} → {self.after}"


def mutants(tree: ast.Module) -> Iterator[Mutant]:
    """Give every fault of a module; the tree is the same again after each was taken back."""
    for parent, field, position, node in _places(tree):
        for other in _others(node):
            yield _mutant(parent, field, position, node, other)


def _places(tree: ast.AST) -> Iterator[tuple[ast.AST, str, int | None, ast.AST]]:
    """Every node that runs, with the place it stands at; no annotations, texts, docstrings."""
    for field, value in ast.iter_fields(tree):
        if field in {"annotation", "returns", "decorator_list", "type_comment"}:
            continue
        children = value if isinstance(value, list) else [value]
        for index, child in enumerate(children):
            if not isinstance(child, ast.AST) or _is_passive(child):
                continue
            yield tree, field, index if isinstance(value, list) else None, child
            yield from _places(child)


def _is_passive(node: ast.AST) -> bool:
    """Whether a change there changes no behaviour or only words: imports, docstrings, texts."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr | ast.Assert):
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return True
    if isinstance(node, ast.keyword) and node.arg == "strict":
        return True  # of `zip`: for who writes, not for who runs
    return isinstance(node, ast.Call) and _called(node) in TEXTS_FOR_PEOPLE


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _others(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand there instead of a node."""
    maker = MAKERS.get(type(node))
    if maker:
        yield from maker(node)


def _of_comparison(node: ast.Compare) -> Iterator[ast.AST]:
    for index, operator in enumerate(node.ops):
        other = SWAPPED_COMPARISONS.get(type(operator))
        if other:
            ops = [*node.ops[:index], other(), *node.ops[index + 1 :]]
            yield ast.Compare(node.left, ops, node.comparators)


def _of_and_or(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    for index in range(len(node.values)):
        rest = [value for other, value in enumerate(node.values) if other != index]
        yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def _of_not(node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.Not | ast.USub):
        yield node.operand


def _of_arithmetic(node: ast.BinOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant | ast.Call):
        return  # a text that is filled in
    other = SWAPPED_ARITHMETIC.get(type(node.op))
    if other:
        yield ast.BinOp(node.left, other(), node.right)


def _of_constant(node: ast.Constant) -> Iterator[ast.AST]:
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int | float):
        yield ast.Constant(node.value + 1)
    elif isinstance(node.value, str):
        # nothing, not one sign more: a set of signs or a pattern may well hold one more
        yield ast.Constant("" if node.value else "¬")


def _of_call(node: ast.Call) -> Iterator[ast.AST]:
    other = SWAPPED_NAMES.get(_called(node))
    if other:
        yield ast.Call(ast.Name(other, ast.Load()), node.args, node.keywords)
    for index, keyword in enumerate(node.keywords):
        if keyword.arg and not _is_passive(keyword):
            rest = [*node.keywords[:index], *node.keywords[index + 1 :]]
            yield ast.Call(node.func, node.args, rest)


def _of_choice(node: ast.IfExp) -> Iterator[ast.AST]:
    yield ast.IfExp(_not(node.test), node.body, node.orelse)


def _of_if(node: ast.If) -> Iterator[ast.AST]:
    yield ast.If(_not(node.test), node.body, node.orelse)


def _of_return(node: ast.Return) -> Iterator[ast.AST]:
    if node.value is not None and not isinstance(node.value, ast.Constant):
        yield ast.Return(ast.Constant(None))


def _of_step(node: ast.AST) -> Iterator[ast.AST]:
    """Leave a step out: a call for its effect, an addition, an error raised."""
    if not isinstance(node, ast.Expr) or isinstance(node.value, ast.Call):
        yield ast.Pass()


def _of_continue(_node: ast.AST) -> Iterator[ast.AST]:
    yield ast.Break()


def _of_break(_node: ast.AST) -> Iterator[ast.AST]:
    yield ast.Continue()


def _not(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), test)


MAKERS: dict[type, Callable[..., Iterator[ast.AST]]] = {
    ast.Compare: _of_comparison,
    ast.BoolOp: _of_and_or,
    ast.UnaryOp: _of_not,
    ast.BinOp: _of_arithmetic,
    ast.Constant: _of_constant,
    ast.Call: _of_call,
    ast.IfExp: _of_choice,
    ast.If: _of_if,
    ast.Return: _of_return,
    ast.Expr: _of_step,
    ast.AugAssign: _of_step,
    ast.Raise: _of_step,
    ast.Continue: _of_continue,
    ast.Break: _of_break,
}


def _mutant(
    parent: ast.AST, field: str, position: int | None, node: ast.AST, other: ast.AST
) -> Mutant:
    def put_in() -> Callable[[], None]:
        _place(parent, field, position, other)
        return lambda: _place(parent, field, position, node)

    ast.copy_location(other, node)
    ast.fix_missing_locations(other)
    return Mutant(getattr(node, "lineno", 0), _first_line(node), _first_line(other), put_in)


def _place(parent: ast.AST, field: str, position: int | None, node: ast.AST) -> None:
    if position is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[position] = node


def _first_line(node: ast.AST) -> str:
    return ast.unparse(node).split("\n", 1)[0]
