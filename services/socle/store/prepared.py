"""A SQLAlchemy statement compiled once for one database: its text, the order of its parameters, their conversions."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from sqlalchemy import Dialect, Executable
from sqlalchemy.sql.compiler import ExpandedState, SQLCompiler

_Processor = Callable[[Any], Any]


class Prepared:
    """What the hot statements of both databases share."""

    dialect: ClassVar[Dialect]

    def __init__(self, statement: Executable) -> None:
        self._statement = statement

    @property
    def statement(self) -> Executable:
        """The statement as written."""
        return self._statement

    @cached_property
    def sql(self) -> str:
        """The text sent to the driver, its parameters by position."""
        return self._expanded.statement

    @cached_property
    def _source(self) -> Any:
        """What is compiled."""
        return self._statement

    @cached_property
    def _compiled(self) -> SQLCompiler:
        compiled = self._source.compile(dialect=self.dialect)
        assert isinstance(compiled, SQLCompiler)
        return compiled

    @cached_property
    def _expanded(self) -> ExpandedState:
        """The text with its constant lists (``IN``) written out; a list given at each call cannot be."""
        required = [bind for bind in self._compiled.bind_names if bind.required]
        if any(bind.expanding for bind in required):
            raise TypeError("a hot statement takes no list as a parameter: its text would change")
        return self._compiled.construct_expanded_state({self._compiled.bind_names[bind]: None for bind in required})

    @cached_property
    def names(self) -> Sequence[str]:
        """The parameters in the order of the text."""
        return self._expanded.positiontup or ()

    @cached_property
    def _constants(self) -> dict[str, Any]:
        """Values that stand in the statement itself (``where(column == 3)``), already converted."""
        found = {
            name: self._convert(name, bind.effective_value)
            for bind, name in self._compiled.bind_names.items()
            if not bind.required and not bind.expanding
        }
        lists = self._expanded
        for name in (name for names in lists.parameter_expansion.values() for name in names):
            processor = lists.processors.get(name)
            value = lists.parameters[name]
            found[name] = processor(value) if callable(processor) else value
        return found

    @cached_property
    def _binders(self) -> dict[str, _Processor]:
        found: dict[str, _Processor] = {}
        for bind, name in self._compiled.bind_names.items():
            processor = bind.type.dialect_impl(self.dialect).bind_processor(self.dialect)
            if processor is not None:
                found[name] = processor
        return found

    @cached_property
    def _converted(self) -> Sequence[tuple[int, str, _Processor]]:
        """Where a value given at the call must be converted."""
        binders = self._binders
        return [(at, name, binders[name]) for at, name in enumerate(self.names) if name in binders]

    @cached_property
    def converters(self) -> dict[int, _Processor]:
        """Column index → conversion of what the driver gives."""
        found: dict[int, _Processor] = {}
        for index, column in enumerate(getattr(self._statement, "exported_columns", ())):
            processor = column.type.dialect_impl(self.dialect).result_processor(self.dialect, None)
            if processor is not None:
                found[index] = processor
        return found

    def _convert(self, name: str, value: Any) -> Any:
        processor = self._binders.get(name)
        return value if processor is None else processor(value)

    def bound(self, parameters: Mapping[str, Any]) -> Sequence[Any]:
        """The values in the order of the text, converted for the driver."""
        constants = self._constants
        values = [parameters[name] if name in parameters else constants[name] for name in self.names]
        for at, name, processor in self._converted:
            if name in parameters:
                values[at] = processor(values[at])
        return values
