"""A plugin for mypy: check the names and types of `copy.replace(model, field=value)` for pydantic models.

pydantic's plugin turns off mypy's own support (`dataclass_transform`), and with it the method `__replace__`, whose
parameters mypy compares with the arguments of `copy.replace`. This plugin does what pydantic's does, and adds it.
"""

from collections.abc import Callable

from mypy.plugin import ClassDefContext, Plugin
from mypy.typevars import fill_typevars
from pydantic.mypy import PydanticModelTransformer, PydanticPlugin, add_method


class ModelTransformer(PydanticModelTransformer):
    """Adds `__replace__` to a model: one optional keyword parameter for each field."""

    def transform(self) -> bool:
        """Complete a model class; False when mypy must come back to it because a definition is not ready."""
        if not super().transform():
            return False
        info = self._cls.info
        fields, _ = self.collect_fields_and_class_vars(self.collect_config(), is_root_model=False)
        arguments = [
            field.to_argument(
                info,
                typed=True,
                model_strict=True,
                force_optional=True,
                use_alias=False,
                api=self._api,
                force_typevars_invariant=True,
                is_root_model_root=False,
            )
            for field in fields or ()
        ]
        add_method(self._api, self._cls, "__replace__", args=arguments, return_type=fill_typevars(info))
        return True


class ReplacePlugin(PydanticPlugin):
    """pydantic's plugin with a transformer that knows `__replace__`."""

    def get_base_class_hook(self, fullname: str) -> Callable[[ClassDefContext], None] | None:
        """Return the hook that completes a class whose base is a pydantic model."""
        return self._complete_model if super().get_base_class_hook(fullname) else None

    def _complete_model(self, ctx: ClassDefContext) -> None:
        ModelTransformer(ctx.cls, ctx.reason, ctx.api, self.plugin_config).transform()


def plugin(_version: str) -> type[Plugin]:
    """Return the plugin, whatever the version of mypy (pydantic's is checked against the one that is pinned)."""
    return ReplacePlugin
