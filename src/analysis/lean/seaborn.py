"""seaborn, whose optional companions are loaded when they are first used, if they ever are.

scipy's statistics and clustering and Jupyter's widgets take longer to import than seaborn and
matplotlib together, and serve only density estimates, cluster maps and palette choosers.
"""

from collections.abc import Callable
from types import ModuleType
from typing import Any

from analysis.lean import Later, in_place_of


def _later(module: str, name: str) -> Callable[..., Any]:
    """A function of a module that is imported when the function is called."""

    def function(*values: Any, **options: Any) -> Any:
        return getattr(Later(module), name)(*values, **options)

    return function


def _stand_in(name: str, **taken: Any) -> ModuleType:
    """A module with what seaborn takes from it when it is imported."""
    module = ModuleType(name)
    vars(module).update(taken)
    return module


_STAND_INS = {
    "ipywidgets": _stand_in(
        "ipywidgets",
        **{name: _later("ipywidgets", name) for name in ("FloatSlider", "IntSlider", "interact")},
    ),
    "scipy.cluster": _stand_in("scipy.cluster", hierarchy=Later("scipy.cluster.hierarchy")),
    "scipy.spatial": _stand_in("scipy.spatial", distance=Later("scipy.spatial.distance")),
    "scipy.stats": _stand_in("scipy.stats", gaussian_kde=_later("scipy.stats", "gaussian_kde")),
}

with in_place_of(_STAND_INS):
    import seaborn as sns

__all__ = ["sns"]
