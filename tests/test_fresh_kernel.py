"""A forked kernel is a fresh kernel: notebooks show the same as under plain papermill."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from contextlib import suppress
from itertools import groupby
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from analysis.errors import RunError
from analysis.publish.catalogue import find
from analysis.publish.execution import running
from analysis.publish.warm.environment import python_path
from analysis.publish.warm.process import own_warm_process

FRAME = (
    "import pandas as pd",
    "frame = pd.DataFrame({'a': [3, 1, 2], 'b': list('xyz'),"
    " 'day': pd.date_range('2024-01-01', periods=3)})",
)

#: Notebooks by what they are about; each string is a cell. Its outputs must not depend on chance:
#: the resampled interval of a `regplot` without a seed is another in one of thirty kernels.
CORPUS = {
    "matplotlib": (
        "import matplotlib.pyplot as plt, matplotlib as mpl",
        "plt.get_fignums(), plt.get_backend(), mpl.is_interactive()",
        "plt.rcParams['figure.figsize'], plt.rcParams['figure.dpi']",
        "{key: value for key, value in mpl.rcParams.items() if mpl.rcParamsDefault[key] != value}",
        "fig, ax = plt.subplots()\nax.plot([1, 2, 3])\nax",
        "plt.get_fignums()",
        "plt.plot([1, 2, 3]); plt.show()\nprint('after')\nplt.plot([3, 2])",
        "fig = plt.figure(figsize=(3, 2)); plt.plot([1, 2])\nfig",
        "with plt.ioff(): plt.figure()",
        "plt.close('all')\nplt.style.use('ggplot')\nplt.bar(['a', 'b'], [1, 2]);",
        "%matplotlib inline\nplt.plot([1, 3])",
        "%config InlineBackend.figure_formats = ['retina']\nplt.plot([1, 3]);",
        "from matplotlib_inline.backend_inline import set_matplotlib_formats\n"
        "set_matplotlib_formats('png', 'jpeg')\nplt.plot([1, 4]);",
        "%config InlineBackend.close_figures = False\nplt.plot([1, 3]);",
        "plt.plot([2, 2]); plt.get_fignums()",
        "%config InlineBackend",
        "plt.close('all')\nplt.switch_backend('agg')\nplt.plot([1]);\nplt.get_fignums()",
    ),
    "frames and figures": (
        *FRAME,
        "import matplotlib.pyplot as plt, numpy as np, seaborn as sns, seaborn.objects as so",
        "frame",
        "frame.plot(x='day', y='a')",
        "frame.a.plot.hist(bins=3)",
        "fig, ax = plt.subplots(); sns.countplot(data=frame, y='b', ax=ax)",
        "sns.relplot(data=frame, x='a', y='day', hue='b')",
        "sns.displot(data=frame, x='a', kde=True)",
        "sns.clustermap(pd.DataFrame(np.arange(12).reshape(4, 3) ** 2 % 7))",
        "sns.regplot(data=frame, x='a', y='a', seed=1);",
        "so.Plot(frame, x='a', y='b').add(so.Bar())",
        "so.Plot(frame, x='a').add(so.Area(), so.KDE())",
        "sns.set_theme()\nsns.histplot(frame.a);",
        "import geopandas, shapely\nboxes = [shapely.box(0, 0, 1, 1), shapely.box(1, 1, 3, 2)]\n"
        "map = geopandas.GeoDataFrame({'v': [1, 2]}, geometry=boxes, crs=4326)\nmap",
        "map.plot(column='v', legend=True)",
        "boxes[0]",
        "import statsmodels.api as sm, statsmodels.formula.api as smf\n"
        "fit = smf.ols('a ~ x', pd.DataFrame({'a': [1, 2, 4, 3], 'x': [1, 2, 3, 4]})).fit()",
        "fit.params, fit.pvalues",
        "sm.graphics.plot_fit(fit, 1);",
        "from scipy import stats, cluster, spatial\nstats.norm.cdf(1), spatial.distance.__name__",
        "import pandera.pandas as pa\nfrom pandera.typing.geopandas import GeoSeries\n"
        "pa.DataFrameSchema({'a': pa.Column(int, pa.Check.gt(9))}).validate(frame, lazy=False)"
        "\\\n  if False else GeoSeries",
    ),
    "the house": (
        "import analysis as an, matplotlib.pyplot as plt, seaborn as sns",
        "brief = an.open('brief', as_of='2024-01-29')",
        "fig, ax = plt.subplots()\n"
        "sns.countplot(data=brief.known.attacks, y='confirmation', ax=ax)",
        "an.say.bottom_line(brief)",
        "an.draw.claimants(brief)",
        "an.table.happened(brief)",
        "brief.known.attacks.head()",
        "brief.known.attacks.killed.plot()",
    ),
    "the interpreter": (
        "import asyncio, logging, multiprocessing, os, random, signal, subprocess, sys, threading,"
        " time, warnings\nimport numpy as np",
        "sys.path, sys.argv[0], len(sys.argv), sys.flags, sys.orig_argv[:3], sys.executable",
        "os.getcwd(), os.umask(0o22), os.isatty(0), sys.stdin.read()",
        "def name(handler): return getattr(handler, '__name__', str(handler))\n"
        "{number: name(signal.getsignal(number)) for number in sorted(signal.valid_signals())}",
        "signal.pthread_sigmask(signal.SIG_BLOCK, [])",
        "warnings.onceregistry, [name for name, module in sys.modules.items()"
        " if getattr(module, '__warningregistry__', None)]",
        "for _ in range(2): warnings.warn('told once')\nwarnings.warn('old', DeprecationWarning)",
        "np.array([1.0]) / 0",
        "logging.root.handlers, logging.root.level",
        "logging.warning('seen'); logging.info('unseen')",
        "logging.basicConfig(level='INFO', stream=sys.stdout); logging.info('now')",
        "[(thread.name, thread.daemon) for thread in threading.enumerate()]",
        "done = threading.Thread(target=print, args=['from a thread']); done.start(); done.join()",
        "np.random.seed(1); random.seed(1)\nrandom.random(), np.random.rand()",
        "np.geterr(), np.get_printoptions()",
        "try: input('?')\nexcept Exception as refusal: print(repr(refusal))",
        "breakpoint(); 'went on'",
        "async def three(): return 3\nawait asyncio.gather(three(), three())",
        "def square(x): return x * x\n"
        "with multiprocessing.Pool(2) as pool: print(pool.map(square, [1, 2, 3]))",
        "def speak(): print('a child speaks', flush=True)\n"
        "child = multiprocessing.Process(target=speak)\n"
        "child.start(); child.join(); time.sleep(0.5)",
        "child = multiprocessing.get_context('spawn').Process(target=print, args=['spawned'])\n"
        "child.start(); child.join(); time.sleep(0.5)",
        "subprocess.run([sys.executable, '-c', 'import sys; print(sys.flags, sys.path[0])'],"
        " capture_output=True, text=True).stdout",
        "os.system('echo said by the system'); time.sleep(0.3)",
        "__name__, sys.modules['__main__'].__dict__ is globals(), '__file__' in globals()",
        "import pickle, dataclasses, typing\n@dataclasses.dataclass\nclass Point:\n    x: int\n"
        "typing.get_type_hints(Point), pickle.loads(pickle.dumps(Point(1)))",
        "import faulthandler, gc, locale\nfaulthandler.is_enabled(), gc.isenabled(),"
        " sys.getrecursionlimit(), sys.stdout.encoding, type(sys.stdout).__name__",
        "import beside; beside.said",
        "{key: sorted(map(str, formatter.type_printers))"
        " for key, formatter in get_ipython().display_formatter.formatters.items()}",
    ),
    "Jupyter": (
        *FRAME,
        "from IPython.display import *",
        "display(Markdown('*x*'), HTML('<b>x</b>'), Math('x^2'), Latex('$x$'), JSON({'a': 1}))",
        "SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>')",
        "handle = display('one', display_id='it'); handle.update('two')",
        "print('gone'); clear_output(); print('stays')",
        "%who",
        "!echo from the shell",
        "lines = !echo captured\nlines",
        "%%bash\necho out; echo err >&2",
        "%%capture captured\nprint('captured')",
        "captured.stdout",
        "%pwd",
        "%precision 3\n3.14159265",
        "import ipywidgets\nslider = ipywidgets.IntSlider(3, description='n')\nslider",
        "@ipywidgets.interact(x=(0, 3))\ndef shown(x=1): print(x)",
        "from comm import create_comm, get_comm_manager\n"
        "type(create_comm(target_name='x')), sorted(get_comm_manager().targets)",
        "frame.style.highlight_max(subset='a').set_uuid('same')",
        "get_ipython(), type(get_ipython().kernel).__name__",
        "import atexit, pathlib\natexit.register(pathlib.Path('left').write_text, 'at the end')",
    ),
}  # fmt: skip

#: papermill's own command; the forms of values that nbformat's validator can look for, and here
#: does not, take it two seconds to load.
PAPERMILL = "import analysis.lean.nbformat; from papermill.cli import papermill; papermill()"

#: What is of chance in an output: addresses, numbers of processes and of widgets, folders.
CHANCE = re.compile(
    r"0x[0-9a-f]+|(?<=<dc:date>)[^<]+|(?<=[\"#])\w*?[0-9a-f]{10}(?=[\\\"\)])|\b[0-9a-f]{32}\b|/\S*?/ipykernel_\d+/\d+(?=\.py)|/tmp/\S*?(?=/notebooks)"
)


@pytest.mark.parametrize("about", CORPUS)
def test_a_notebook_shows_the_same_as_under_plain_papermill(about: str, tmp_path: Path) -> None:
    both = [_notebook(tmp_path / way / "notebooks", CORPUS[about]) for way in ("plain", "ours")]
    plain, ours = _plain(both[0]), _ours(both[1])
    for before, after in zip(plain.cells, ours.cells, strict=True):
        if before.cell_type == "code":
            assert _shown(after) == _shown(before), before.source
    left = [[path.name for path in sorted(notebook.parent.iterdir())] for notebook in both]
    assert left[0] == left[1]


def test_chance_is_not_the_same_in_two_kernels(tmp_path: Path) -> None:
    source = "import numpy as np, random, uuid\nnp.random.rand(), random.random(), uuid.uuid4()"
    notebook = _notebook(tmp_path, (source,))
    first, second = (_shown(_ours(notebook).cells[-1]) for _ in range(2))
    assert not set(re.findall(r"[\d.]{9,}", str(first))) & set(
        re.findall(r"[\d.]{9,}", str(second))
    )


def test_what_a_kernel_fails_to_finish_is_told(tmp_path: Path) -> None:
    """The files of figures are drawn there: a report must not be published without them."""
    notebook = _notebook(
        tmp_path,
        (
            "from analysis import finish\n"
            "def draw(): raise OSError('the disk is full')\n"
            "finish.leave('it', draw)",
        ),
    )
    with pytest.raises(RunError, match=r"after the last cell failed: OSError: the disk is full\.$"):
        _ours(notebook)


def _notebook(folder: Path, sources: tuple[str, ...]) -> Path:
    """A notebook of these cells, with a module beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "beside.py").write_text("said = 'by a module beside the notebook'\n")
    cells = [new_code_cell("as_of = None", metadata={"tags": ["parameters"]})]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    cells += map(new_code_cell, sources)
    notebook = folder / "both.ipynb"
    nbformat.write(new_notebook(cells=cells, metadata=metadata), notebook)
    return notebook


def _plain(notebook: Path) -> NotebookNode:
    """The notebook as papermill runs it, which knows nothing of us."""
    done = notebook.parent.parent / "done.ipynb"
    papermill = [sys.executable, "-c", PAPERMILL, "-p", "as_of", "2024-01-29"]
    environment = os.environ | {"PYTHONHASHSEED": "0", "TZ": "UTC", "PYTHONPATH": python_path()}
    command = [*papermill, "--cwd", notebook.parent, notebook, done]
    for _ in range(4):
        # With widgets it may wait for ever for an answer that has come; see ShellChannel.
        with suppress(subprocess.TimeoutExpired):
            subprocess.run(command, env=environment, capture_output=True, check=True, timeout=60)
            break
    return nbformat.read(done, as_version=4)


def _ours(notebook: Path) -> NotebookNode:
    """The notebook as a report is run."""
    report = find(notebook.stem, notebook.parent)
    with running(report, {"as_of": "2024-01-29"}, {}, own_warm_process()) as run:
        run.end()
    return run.notebook


def _shown(cell: NotebookNode) -> list[object]:
    """What a cell shows, but for chance, its streams in one piece each."""
    shown: list[object] = []
    for (kind, stream), outputs in groupby(
        cell.outputs, lambda one: (one.output_type, one.get("name"))
    ):
        if kind == "stream":
            shown.append((stream, CHANCE.sub("…", "".join(output.text for output in outputs))))
        else:
            shown += [(kind, _same(output.get("data", output))) for output in outputs]
    return shown


def _same(data: NotebookNode) -> dict[str, str]:
    return {
        media_type: CHANCE.sub("…", json.dumps(content, sort_keys=True, ensure_ascii=False))
        for media_type, content in data.items()
    }
