"""ipykernel, without a log of every step, which would be put together and thrown away.

And without the parser of two hundred options, where a kernel is told no more than the name of its
connection's file and, by nbclient, to write its history nowhere.
"""

from typing import Any

from ipykernel import kernelapp
from traitlets.config import Config

#: How nbclient says where the history goes, and what that is as configuration.
_NO_HISTORY = "--HistoryManager.hist_file=:memory:"
_IN_MEMORY = {"HistoryManager": {"hist_file": ":memory:"}}

_kind: Any = kernelapp.IPKernelApp
_logging_of, _parse = _kind.get_default_logging_config, _kind.parse_command_line


def _logging_what_is_told(app: Any) -> dict[str, Any]:
    """As ever; but what its handler would leave out is not put together."""
    config: dict[str, Any] = _logging_of(app)
    for logger in config["loggers"].values():
        logger["level"] = app.log_level
    return config


def _told_its_connection(app: Any, argv: list[str] | None = None) -> None:
    """Take note of what the command says, as the parser would; of any other it has to be asked."""
    words = app._get_sys_argv()[1:] if argv is None else argv
    if len(words) < 2 or words[0] != "-f" or words[2:] not in ([], [_NO_HISTORY]):
        _parse(app, argv)
        return
    app.argv = words
    connection = {type(app).__name__: {"connection_file": words[1]}}
    app.cli_config = Config(connection | (_IN_MEMORY if words[2:] else {}))
    app.update_config(app.cli_config)


_kind.get_default_logging_config = _logging_what_is_told
_kind.parse_command_line = _told_its_connection
