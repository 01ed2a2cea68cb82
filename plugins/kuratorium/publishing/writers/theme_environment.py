"""Jinja's classes for the theme: templates compile to code that does the same with less.

Whatever a template may hold keeps Jinja's meaning, and errors keep their file and line.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping
from functools import cache
from gettext import NullTranslations
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, cast

import markupsafe
from jinja2 import Environment, Template, nodes, pass_context
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import EvalContext
from jinja2.runtime import BlockReference, Context
from jinja2.utils import internalcode, missing
from markupsafe import Markup, escape

# The work of `escape`, without the object that it returns. It is no promise of markupsafe's, so it may be missing.
_escape_str: Callable[[str], str] = getattr(markupsafe, "_escape_inner", escape)


def escape_output(value: object) -> str:
    """Return the HTML that `{{ value }}` shows: what `markupsafe.escape` returns, as text that is only joined."""
    if type(value) is str:
        return _escape_str(value)
    if type(value) is Markup:
        return value
    return escape(value)


class ThemeCodeGenerator(CodeGenerator):
    """Jinja's compiler, with the output of a template or block gathered in a list and given out once.

    Jinja itself hands each piece of text through the generators of all templates and blocks that lie around it.
    """

    _OUTPUT = "output"

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 - Jinja's name
        """Write the module of a template."""
        self.writeline(f"from {__name__} import {escape_output.__name__}")
        super().visit_Template(node, frame)

    def write_commons(self) -> None:
        """Begin the function of a template or block."""
        super().write_commons()
        self.writeline(f"{self._OUTPUT} = []")

    def enter_frame(self, frame: Frame) -> None:
        """Let a scope write to the list, unless a macro, a filter or `set` catches its output."""
        frame.buffer = frame.buffer or self._OUTPUT
        super().enter_frame(frame)

    def leave_frame(self, frame: Frame, with_python_scope: bool = False) -> None:
        """Leave a scope; at the end of a template or block, give out its text."""
        super().leave_frame(frame, with_python_scope)
        if frame.parent is None and (frame.rootlevel or frame.block_frame):
            self.writeline(f"yield concat({self._OUTPUT})")

    def visit_Include(self, node: nodes.Include, frame: Frame) -> None:  # noqa: N802
        """Write an include."""
        is_name = isinstance(node.template, nodes.Const) and isinstance(node.template.value, str)
        load = ThemeEnvironment.load_by_name if is_name else ThemeEnvironment.get_or_select_template
        if node.ignore_missing:
            self.writeline("try:")
            self.indent()
        self.writeline(f"template = environment.{load.__name__}(", node)
        self.visit(node.template, frame)
        self.write(f", {self.name!r})")
        if node.ignore_missing:
            self.outdent()
            self.writeline("except TemplateNotFound: pass")
            self.writeline("else:")
            self.indent()
        text = "template._get_default_module()._body_stream"
        if node.with_context:
            text = f"template.root_render_func(context.share_with(template, {self.dump_local_context(frame)}))"
        self.writeline(f"{frame.buffer}.extend({text})")
        if node.ignore_missing:
            self.outdent()

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802
        """Write `object.name`: only what is no attribute needs Jinja's own look-up."""
        self.write("(value if (value := getattr((owner := ")
        self.visit(node.node, frame)
        self.write(f"), {node.attr!r}, missing)) is not missing else environment.getattr(owner, {node.attr!r}))")

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:  # noqa: N802
        """Write text and `{{ }}`; `{{ x if y }}` without an else shows nothing, which needs no undefined object."""
        for child in node.nodes:
            if isinstance(child, nodes.CondExpr) and child.expr2 is None and not self.environment.finalize:
                child.expr2 = nodes.Const("", lineno=child.lineno)
        super().visit_Output(node, frame)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write(f"{escape_output.__name__}({finalize.src or ''}")


_PASS_CONTEXT = pass_context(lambda context: context).jinja_pass_arg  # type: ignore[attr-defined] # Jinja's mark
_FUNCTION_TYPES = frozenset({FunctionType, MethodType, BuiltinFunctionType, type(cache(len)), BlockReference})


class ThemeContext(Context):
    """Jinja's context of variables; what Jinja prepares for each include and each call, only where it is needed."""

    def __init__(
        self,
        environment: Environment,
        parent: dict[str, Any],
        name: str | None,
        blocks: dict[str, Any],
        globals: Mapping[str, Any] | None = None,  # noqa: A002 - Jinja passes it by this name
    ) -> None:
        super().__init__(environment, parent, name, blocks)
        self._globals = globals

    @property
    def globals_keys(self) -> set[str]:
        """The names of the globals; only an import asks for them."""
        return set(self._globals or ())

    @globals_keys.setter
    def globals_keys(self, keys: set[str]) -> None:
        """Ignore the names that Jinja's constructor sets: it was given no globals."""

    def share_with(self, template: Template, local_variables: Mapping[str, Any]) -> Context:
        """Return the context of a template that is included where these local variables are set."""
        variables = self.vars.copy()
        for name, value in local_variables.items():
            if value is not missing:
                variables[name] = value
        return ContextOfInclude(template, self.parent, variables)

    @internalcode
    def call(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Call a function for a template; all but plain functions, and those that ask for local variables, as Jinja."""
        mark = getattr(function, "jinja_pass_arg", None) if type(function) in _FUNCTION_TYPES else missing
        if mark is _PASS_CONTEXT and not kwargs.get("_loop_vars") and not kwargs.get("_block_vars"):
            args = (self, *args)
        elif mark is not None:
            return super().call(function, *args, **kwargs)
        kwargs.pop("_loop_vars", None)
        kwargs.pop("_block_vars", None)
        try:
            return function(*args, **kwargs)
        except StopIteration:
            return self.environment.undefined("value was undefined because a callable raised a StopIteration exception")


class ContextOfInclude(ThemeContext):
    """The context of an included template, with the variables of the template that includes it.

    Most of a theme's includes are small, and ask for nothing but variables: all else is made when it is asked for.
    """

    def __init__(self, template: Template, parent: dict[str, Any], variables: dict[str, Any]) -> None:
        self.parent = parent
        self.vars = variables
        self.environment = template.environment
        self.name = template.name
        self._template = template

    def __getattr__(self, name: str) -> Any:
        """Make what Jinja's constructor makes of the environment and the template."""
        make = _MADE_WHEN_ASKED_FOR.get(name)
        if make is None:
            raise AttributeError(name)
        value = make(self._template)
        setattr(self, name, value)
        return value


_MADE_WHEN_ASKED_FOR: Mapping[str, Callable[[Template], object]] = {
    "blocks": lambda template: {name: [block] for name, block in template.blocks.items()},
    "eval_ctx": lambda template: EvalContext(template.environment, template.name),
    "exported_vars": lambda _: set(),
    "_globals": lambda template: template.globals,
}


class ThemeTemplate(Template):
    """A template whose variables are put together by dict, not by Jinja's ChainMap, which is written in Python."""

    def new_context(
        self,
        vars: dict[str, Any] | None = None,  # noqa: A002 - Jinja passes it by this name
        shared: bool = False,
        locals: Mapping[str, Any] | None = None,  # noqa: A002
    ) -> Context:
        """Return the context of a template that is rendered; `shared`: `vars` hold the globals already."""
        if shared or not isinstance(self.globals, ChainMap):
            return super().new_context(vars, shared, locals)
        variables: dict[str, Any] = {}
        for names in reversed(self.globals.maps):
            variables.update(names)
        variables.update(vars or {})
        return super().new_context(variables, True, locals)


class ThemeEnvironment(Environment):
    """Jinja's environment, with the classes above."""

    code_generator_class = ThemeCodeGenerator
    context_class = ThemeContext
    template_class = ThemeTemplate

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._by_name: dict[str, Template] = {}

    @internalcode
    def load_by_name(self, name: str, parent: str) -> Template:
        """Return the template that `parent` includes under this name, as long as Jinja may keep it."""
        if self.auto_reload or self.cache is None:
            return self.get_template(name, parent)
        template = self._by_name.get(name)
        if template is None:
            template = self._by_name[name] = self.get_template(name, parent)
        return template


def install_translations(environment: Environment, translations: NullTranslations) -> None:
    """Let templates translate by a catalogue; a message without variables is looked up and marked as HTML once."""
    environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined] # the i18n extension adds it
    translate: Callable[..., str] = cast("Any", environment.globals["gettext"])
    translated: dict[tuple[str, bool], str] = {}

    @pass_context
    def gettext(context: Context, message: str, /, **variables: object) -> str:
        if variables or type(message) is not str:
            return translate(context, message, **variables)
        key = message, bool(context.eval_ctx.autoescape)
        text = translated.get(key)
        if text is None:
            text = translated[key] = translate(context, message)
        return text

    environment.globals["gettext"] = environment.globals["_"] = gettext
