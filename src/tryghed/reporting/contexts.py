"""Proves without data that templates print what their page documents: no other name, and every field of it.

The templates are read as syntax trees; each name and attribute is followed to the dataclass field it stands for.
"""

import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Final, Union, get_args, get_origin, get_type_hints

from jinja2 import Environment, TemplateError, TemplateSyntaxError, nodes

from tryghed.errors import DefinitionError, all_at_once
from tryghed.reporting.pages import CONTEXTS
from tryghed.reporting.templates import environment

#: What a loop tells about itself.
_LOOP: Final = frozenset({"first", "last", "index", "length"})
Scope = Mapping[str, object]


def check_templates(folders: Sequence[Path]) -> list[str]:
    """Return the names of the templates after parsing each and comparing what it uses with its page's context.

    Args:
        folders: Template folders, earlier ones first.

    Raises:
        DefinitionError: A template is missing or does not parse, uses a name its page does not have, or leaves a
            documented field unprinted; all problems are listed.
    """
    env = environment(folders)
    checker = _Checker(env)
    for template, context in CONTEXTS.items():
        checker.template(template, {one.name: _hints(context)[one.name] for one in fields(context)})
    problems = (
        [*dict.fromkeys(checker.problems), *_unprinted(checker.printed)] if not checker.broken else checker.broken
    )
    all_at_once(DefinitionError, [DefinitionError(problem) for problem in problems])
    return sorted(checker.seen)


def reachable() -> list[type]:
    """Return the dataclasses the pages are made of, the pages' own contexts first."""
    reached: dict[type, None] = {}
    for context in CONTEXTS.values():
        _reach(context, reached)
    return list(reached)


def _unprinted(printed: set[tuple[type, str]]) -> list[str]:
    roots = set(CONTEXTS.values())
    return [
        f"{kind.__name__}.{one.name} is documented but no template prints it"
        for kind in reachable()
        if kind not in roots
        for one in fields(kind)
        if (kind, one.name) not in printed
    ]


def _reach(kind: object, reached: dict[type, None]) -> None:
    if is_dataclass(kind) and isinstance(kind, type) and kind not in reached:
        reached[kind] = None
        for hint in _hints(kind).values():
            for one in (_plain(hint), _element(hint)):
                _reach(one, reached)


def _hints(kind: object) -> dict[str, object]:
    return get_type_hints(kind)


def _plain(hint: object) -> object:
    """Return a type without its None."""
    if get_origin(hint) in (Union, types.UnionType):
        return next(one for one in get_args(hint) if one is not type(None))
    return hint


def _element(hint: object) -> object:
    """Return what a sequence holds, None where the type is none."""
    hint = _plain(hint)
    return _plain(get_args(hint)[0]) if get_origin(hint) in (tuple, list, Sequence) and get_args(hint) else None


@dataclass(frozen=True)
class _Macro:
    """A macro with the template it stands in and the names around it."""

    place: str
    definition: nodes.Macro
    around: Scope


class _Checker:
    """Walks templates with the types of their names."""

    def __init__(self, env: Environment) -> None:
        self.env = env
        self.problems: list[str] = []
        self.broken: list[str] = []
        self.printed: set[tuple[type, str]] = set()
        self.seen: set[str] = set()

    def template(self, name: str, scope: Scope) -> None:
        """Check a template, its base and what it includes."""
        tree = self._parse(name)
        if tree is not None:
            self._body(tree.body, dict(scope), name)

    def _parse(self, name: str) -> nodes.Template | None:
        self.seen.add(name)
        try:
            assert self.env.loader is not None
            source, _, _ = self.env.loader.get_source(self.env, name)
            return self.env.parse(source, name)
        except TemplateSyntaxError as error:
            self.broken.append(f"{name}:{error.lineno}: {error.message}")
        except TemplateError:
            self.broken.append(f"{name}: no such template")
        return None

    def _body(self, body: Sequence[nodes.Node], scope: dict[str, object], name: str) -> None:
        for node in body:
            self._node(node, scope, name)

    def _node(self, node: nodes.Node, scope: dict[str, object], name: str) -> None:
        match node:
            case (
                nodes.Extends(template=nodes.Const(value=str(base)))
                | nodes.Include(template=nodes.Const(value=str(base)))
            ):
                self.template(base, scope)
            case nodes.FromImport(template=nodes.Const(value=str(source))):
                scope.update(self._macros(source, node.names))
            case nodes.For(target=nodes.Name(name=target), iter=nodes.Expr() as many):
                inner = {**scope, target: _element(self._type(many, scope, name)), "loop": "loop"}
                self._body(node.body, inner, name)
            case nodes.With():
                values = [self._type(value, scope, name) for value in node.values]
                names = [target.name for target in node.targets if isinstance(target, nodes.Name)]
                self._body(node.body, {**scope, **dict(zip(names, values, strict=True))}, name)
            case nodes.Macro():
                scope[node.name] = _Macro(name, node, scope)
            case nodes.Expr():
                self._type(node, scope, name)
            case _:
                for child in node.iter_child_nodes():
                    self._node(child, scope, name)

    def _macros(self, source: str, names: Sequence[str | tuple[str, str]]) -> dict[str, object]:
        tree = self._parse(source)
        if tree is None:
            return {}
        here: dict[str, object] = {}
        self._body([node for node in tree.body if isinstance(node, nodes.Macro)], here, source)
        wanted = [one if isinstance(one, tuple) else (one, one) for one in names]
        return {alias: here[original] for original, alias in wanted if original in here}

    def _type(self, node: nodes.Expr, scope: Scope, name: str) -> object:
        match node:
            case nodes.Name():
                if node.name not in scope:
                    self.problems.append(f"{name}:{node.lineno}: no such name {node.name!r}")
                return scope.get(node.name)
            case nodes.Getattr():
                return self._attribute(_plain(self._type(node.node, scope, name)), node, name)
            case nodes.Call(node=nodes.Name(name=called)) if isinstance(macro := scope.get(called), _Macro):
                return self._call(node, macro, scope, name)
            case _:
                for child in node.iter_child_nodes():
                    if isinstance(child, nodes.Expr):
                        self._type(child, scope, name)
                return str

    def _attribute(self, kind: object, node: nodes.Getattr, name: str) -> object:
        if kind == "loop" and node.attr in _LOOP:
            return int
        if is_dataclass(kind) and isinstance(kind, type) and node.attr in _hints(kind):
            self.printed.add((kind, node.attr))
            return _hints(kind)[node.attr]
        if kind is not None:
            what = getattr(kind, "__name__", str(kind))
            self.problems.append(f"{name}:{node.lineno}: {what} has no field {node.attr!r}")
        return None

    def _call(self, node: nodes.Call, macro: _Macro, scope: Scope, name: str) -> object:
        definition = macro.definition
        given = [self._type(one, scope, name) for one in node.args]
        if len(given) != len(definition.args):
            self.problems.append(f"{name}:{node.lineno}: {definition.name} takes {len(definition.args)} values")
            return str
        inner = {**macro.around, **{target.name: kind for target, kind in zip(definition.args, given, strict=True)}}
        self._body(definition.body, inner, macro.place)
        return str
