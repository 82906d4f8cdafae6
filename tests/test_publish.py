"""From a notebook to a published report: the run, the page on screen and on paper, the bytes."""

from __future__ import annotations

import hashlib
import http.server
import io
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import nbconvert.exporters
import nbformat
import pikepdf
import pytest
from conftest import CHECKOUT, DATA, copy_of_the_data
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from analysis.errors import RunError, UsageError
from analysis.publish.catalogue import find
from analysis.publish.exporters import HtmlReport, PdfReport
from analysis.publish.manifest import code_and_versions
from analysis.publish.order import Order
from analysis.publish.page import FACTS_TYPE, PAGE_TYPE
from analysis.publish.pdf import pdf
from analysis.publish.plan import Plan
from analysis.publish.run import run
from analysis.record import Record

pytestmark = pytest.mark.usefixtures("one_warm_process")

PARAMETERS = "as_of = None  # newest\nwindow_days = 7\nmarking = 'TLP:CLEAR'"

#: A small report with everything that could differ from run to run in its outputs.
CELLS = (
    "import os, sys, time, uuid, warnings\nfrom IPython.display import HTML, display",
    "import analysis as an\nknown = an.read().as_of(as_of)",
    "print('said on stdout')\nwarnings.warn(f'{time.time()} {os.getcwd()}')\nobject()",
    f"""display({{
    "{PAGE_TYPE}": {{
        "title": "Small report", "as_of": as_of, "marking": marking,
        "data_digest": known.of().digest(),
        "description": "A report for tests.", "keywords": ["Iraq", "Syria"],
        "bottom_line": ["Two & more."],
        "key_figures": [{{"label": "Attacks", "value": "2", "change": "as many"}}],
    }},
    "{FACTS_TYPE}": {{"facts": {{
        "attacks": {{"value": len(known.attacks), "unit": "attacks", "evidence": ["a", "b"]}},
        "nothing": {{"value": None, "unit": "attacks", "evidence": []}},
    }}}},
}}, raw=True)""",
    """HTML(
    f'<header class="masthead"><p class="marking">{marking}</p><h1>Small report</h1></header>'
    f'<p class="answer"><a class="fact" href="#fact-attacks">{len(known.attacks)}</a> attacks, '
    f'<a href="#nowhere">a link to nowhere</a>.</p>'
)""",
    "## How *many* attacks?",
    "import matplotlib.pyplot as plt\nplt.plot([3, 1, 2]);",
    "## And then?",
    "HTML('<p>Text for a page of its own.</p>' * 60)",
)


def notebook(folder: Path, name: str, *sources: str) -> Path:
    """Write a report of these cells; those that begin with # are markdown."""
    folder.mkdir(exist_ok=True)
    cells = [new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})]
    for source in sources:
        cells.append((new_markdown_cell if source.startswith("#") else new_code_cell)(source))
    nbformat.write(new_notebook(cells=cells), folder / f"{name}.ipynb")
    return folder


def shown(*outputs: NotebookNode, markdown: str = "## A question") -> NotebookNode:
    """A notebook that has been run and shows these outputs."""
    return new_notebook(cells=[new_markdown_cell(markdown), new_code_cell("1", outputs=[*outputs])])


def html_output(html: str) -> NotebookNode:
    return new_output("display_data", {"text/html": html})


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def text_of_pages(document: Path) -> list[str]:
    """The text that a reader can select on each page."""
    done = subprocess.run(["pdftotext", document, "-"], capture_output=True, check=True, text=True)
    return done.stdout.split("\f")[:-1]


def fonts_in(document: pikepdf.Pdf) -> set[str]:
    """Names of the fonts in a PDF, each with whether it is embedded."""
    descriptors = [item for item in document.objects if isinstance(item, pikepdf.Dictionary)
                   and item.get("/Type") == "/FontDescriptor"]  # fmt: skip
    assert all("/FontFile2" in font or "/FontFile3" in font for font in descriptors)
    return {str(font.FontName) for font in descriptors}


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return notebook(tmp_path_factory.mktemp("here") / "notebooks", "small", *CELLS)


@pytest.fixture(scope="module")
def published(notebooks: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small report."""
    reports = tmp_path_factory.mktemp("archive")
    return run(Order("small", {"as_of": "2023-10-24"}, reports=reports, notebooks=notebooks))


def test_the_folder_holds_the_five_files_and_the_manifest_their_digests(published: Path) -> None:
    assert published.parts[-2:] == ("small", "2023-10-24")
    names = {"small.html", "small.pdf", "small.ipynb", "facts.json", "manifest.json"}
    assert {path.name for path in published.iterdir()} == names
    manifest = json.loads((published / "manifest.json").read_text())
    assert manifest["files"] == {
        name: digest for name, digest in digests(published).items() if name != "manifest.json"
    }
    assert manifest["parameters"] == {
        "as_of": "2023-10-24", "window_days": 7, "marking": "TLP:CLEAR"
    }  # fmt: skip
    assert manifest["page"] == {
        "title": "Small report",
        "marking": "TLP:CLEAR",
        "bottom_line": ["Two & more."],
        "key_figures": [{"label": "Attacks", "value": "2", "change": "as many"}],
    }
    assert re.fullmatch("[0-9a-f]{64}", manifest["data"])
    assert re.fullmatch("[0-9a-f]{64}", manifest["code"])
    assert manifest["versions"]["python"] == platform.python_version()


def test_a_machine_that_would_make_other_bytes_is_told_by_the_manifest(
    notebooks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = find("small", notebooks)
    here = code_and_versions(report)["versions"]
    assert here["zlib"] == zlib.ZLIB_RUNTIME_VERSION
    monkeypatch.setattr("analysis.publish.pdf._opened", lambda *names: None)
    elsewhere = code_and_versions(report)["versions"]
    assert elsewhere["harfbuzz-subset"] == "" != here["harfbuzz-subset"]
    assert elsewhere["pango"] == here["pango"]


def test_a_report_whose_inputs_are_the_same_is_not_made_again(
    published: Path, notebooks: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    runs: list[object] = []

    def count(plan: Plan, *rest: object) -> Path:
        runs.append(plan)
        raise RunError("it would have been run")

    monkeypatch.setattr("analysis.publish.run.carry_out", count)
    archive = published.parents[1]
    order = Order("small", {"as_of": "2023-10-24"}, reports=archive, notebooks=notebooks)
    assert run(order) == published
    assert runs == []
    later = copy_of_the_data(tmp_path / "later")
    with (later / "milestones.csv").open("a") as file:
        file.write("x,2023-10-25,2023-10-25,,war,X,P,https://example.org/,\n")
    assert run(replace(order, data=later)) == published
    earlier = copy_of_the_data(tmp_path / "earlier")
    with (earlier / "milestones.csv").open("a") as file:
        file.write("x,2023-10-24,2023-10-24,,war,X,P,https://example.org/,\n")
    spoilt = shutil.copytree(archive, tmp_path / "spoilt")
    (spoilt / "small" / "2023-10-24" / "small.html").write_text("other")
    for changed in (
        replace(order, data=earlier),
        replace(order, force=True),
        replace(order, parameters={"as_of": "2023-10-24", "window_days": "8"}),
        replace(order, reports=spoilt),
    ):
        with pytest.raises(RunError, match="would have been run"):
            run(changed)


def test_facts_are_those_of_the_outputs(published: Path, record: Record) -> None:
    facts = json.loads((published / "facts.json").read_text())
    count = len(record.as_of("2023-10-24").attacks)
    assert facts["report"] == "small"
    assert facts["as_of"] == "2023-10-24"
    assert facts["facts"] == {
        "attacks": {"value": count, "unit": "attacks", "evidence": ["a", "b"]},
        "nothing": {"value": None, "unit": "attacks", "evidence": []},
    }


def test_the_same_bytes_from_another_place_person_and_time_zone(
    published: Path, notebooks: Path, tmp_path: Path
) -> None:
    """Another user's kernel, profile, style and fonts, and other folders, change nothing."""
    home = tmp_path / "home"
    write(home / ".ipython/profile_default/startup/x.py", "print('started')")
    write(home / ".config/matplotlib/matplotlibrc", "lines.linewidth: 20")
    write(home / ".local/share/jupyter/kernels/python3/kernel.json",
          '{"argv": ["false"], "display_name": "x", "language": "python"}')  # fmt: skip
    shutil.copytree(notebooks, tmp_path / "elsewhere" / "notebooks")
    copy_of_the_data(tmp_path / "elsewhere" / "data")
    code = (
        "from pathlib import Path; from analysis.publish.order import Order\n"
        "from analysis.publish.run import run\n"
        "run(Order('small', {'as_of': '2023-10-24', 'window_days': '7'}, Path('data'), "
        "Path('reports'), Path('notebooks')))"
    )
    environment = os.environ | {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "PYTHONHASHSEED": "77",
        "PYTHONSTARTUP": str(home / ".ipython/profile_default/startup/x.py"),
        "TZ": "Asia/Tokyo",
        "LC_ALL": "C",
        "USER": "somebody",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path / "elsewhere", env=environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "")
    told = [line for line in done.stderr.splitlines() if not line.startswith("  ")]
    assert [re.sub(r".*PageWarning: small: cell", "cell", line)[:30] for line in told] == [
        "cell 4 writes to standard erro",
        "cell 4 shows <object>, which t",
        "cell 8 shows a picture without",
        "cell 4 prints text, which is n",
    ]
    assert digests(tmp_path / "elsewhere/reports/small/2023-10-24") == digests(published)


def test_nothing_of_the_machine_or_the_moment_is_in_the_files(published: Path) -> None:
    for path in published.iterdir():
        content = path.read_bytes().decode("latin-1")
        for place in (CHECKOUT, Path.home(), tempfile.gettempdir()):
            assert f"{place}/" not in content, path.name
    executed = nbformat.read(published / "small.ipynb", as_version=4)
    assert [cell.id for cell in executed.cells] == [f"cell-{n}" for n in range(1, 12)]
    assert set(executed.metadata) == {"kernelspec", "language_info"}
    with pikepdf.open(published / "small.pdf") as document:
        assert not {"/CreationDate", "/ModDate"} & set(document.docinfo)
        assert "/ID" not in document.trailer


def test_the_executed_notebook_has_its_outputs_and_parameters(published: Path) -> None:
    executed = nbformat.read(published / "small.ipynb", as_version=4)
    nbformat.validate(executed)
    assert executed.cells[1].metadata.tags == ["injected-parameters"]
    assert 'as_of = "2023-10-24"' in executed.cells[1].source
    kinds = [(out.output_type, out.get("name")) for out in executed.cells[4].outputs]
    assert kinds == [("stream", "stdout"), ("execute_result", None)]


def test_the_page_is_self_contained_and_shows_outputs_without_code(published: Path) -> None:
    html = (published / "small.html").read_text()
    assert "default-src 'none'" in html
    assert "<script" not in html
    assert not re.search(r"""(src|srcset|action)\s*=\s*["']?(?!data:)[a-z/.]""", html)
    assert not re.search(r"""<link[^>]*href=["'](?!data:)""", html)
    assert not re.search(r"url\((?!data:)", html)
    assert "<title>Small report</title>" in html
    assert '<meta name="description" content="A report for tests.">' in html
    assert '<h2 id="how-many-attacks">How <em>many</em> attacks?</h2>' in html
    for hidden in ("import os", "said on stdout", "UserWarning", "¶", "vnd.brinkwatch"):
        assert hidden not in html


def test_the_pdf_is_tagged_titled_and_bookmarked(published: Path) -> None:
    with pikepdf.open(published / "small.pdf") as document:
        assert document.Root.MarkInfo.Marked
        assert document.Root.Lang == "en"
        assert document.Root.ViewerPreferences.DisplayDocTitle
        assert document.docinfo["/Title"] == "Small report"
        assert document.docinfo["/Subject"] == "A report for tests."
        assert document.docinfo["/Keywords"] == "Iraq, Syria"
        with document.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
        with document.open_outline() as outline:
            (title,) = outline.root
            assert title.title == "Small report"
            assert [item.title for item in title.children] == ["How many attacks?", "And then?"]
        assert {re.sub(r"^/[A-Z]{6}\+Public-Sans.*", "ours", name) for name in fonts_in(document)
                } == {"ours"}  # fmt: skip


def test_every_page_of_the_pdf_has_its_number_and_twice_the_marking(published: Path) -> None:
    pages = text_of_pages(published / "small.pdf")
    assert len(pages) > 1
    for number, text in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in text
        assert text.count("TLP:CLEAR") == 2
    assert "As of 24 October 2023" in pages[1]


def test_another_parameter_is_another_folder(notebooks: Path, tmp_path: Path) -> None:
    order = Order(
        "small", {"as_of": "2023-10-24", "marking": "TLP:AMBER"}, DATA, tmp_path, notebooks
    )
    assert run(order).name == "2023-10-24--marking=TLP-AMBER"


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("x = 1\nx / 0", "cell 3 (x = 1) failed: ZeroDivisionError: division by zero."),
        ("raise SystemExit('why')", "cell 3 (raise SystemExit('why')) failed: SystemExit: why."),
        (
            "import sys; sys.exit(0)",
            "cell 3 (import sys; sys.exit(0)) failed: it ends the notebook",
        ),
        (
            "class Odd:\n    def _repr_html_(self): return 1 / 0\nOdd()",
            "cell 3 (class Odd:) failed: ZeroDivisionError: division by zero.",
        ),
        ("exit()", "cell 3 (exit()) failed: it ends the notebook"),
        ("%nothing", "cell 3 (%nothing) failed: UsageError: Line magic function `%nothing` not"),
        (
            "from rich.traceback import install; install(); int('x')",
            "cell 3 (from rich.traceback import install; install(); int('x')) failed: ValueError: "
            "invalid literal",
        ),
        ("import os\nos._exit(1)", "cell 3 (import os) failed: DeadKernelError: Kernel died."),
    ],
)
def test_a_cell_that_fails_is_named_and_the_archive_left_alone(
    tmp_path: Path, cell: str, reason: str
) -> None:
    notebooks = notebook(
        tmp_path / "notebooks", "broken", "print('before')", cell, "print('after')"
    )
    with pytest.raises(RunError) as failure:
        run(Order("broken", {"as_of": "2023-10-24"}, reports=tmp_path / "reports",
                  notebooks=notebooks))  # fmt: skip
    assert str(failure.value).startswith(f"broken: {reason}")
    kept = failure.value.notebook
    assert kept is not None
    assert str(kept) in str(failure.value)
    assert nbformat.read(kept, as_version=4).cells[2].outputs[0].text == "before\n"
    assert not (tmp_path / "reports").exists()
    shutil.rmtree(kept.parent)


@pytest.mark.parametrize(
    "end", ["1/0", "exit()", "quit", "raise SystemExit", "import os; os._exit(1)"]
)
def test_no_cell_runs_after_the_last_one(tmp_path: Path, end: str) -> None:
    ran = tmp_path / "ran"
    notebooks = notebook(tmp_path / "notebooks", "ends", "1", end, f"open({str(ran)!r}, 'w')")
    with pytest.raises(RunError, match=r"ends: cell 3 ") as failure:
        run(Order("ends", {"as_of": "2023-10-24"}, DATA, tmp_path / "reports", notebooks))
    assert not ran.exists()
    assert failure.value.notebook is not None
    shutil.rmtree(failure.value.notebook.parent)


def test_of_calls_that_are_asked_for_together_the_one_that_fails_is_named(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    calls = [f"an.say.{name}(nobody)" for name in ("where", "happened")]
    last = f"open({str(ran)!r}, 'w')"
    notebooks = notebook(tmp_path / "notebooks", "calls", "import analysis as an", *calls, last)
    why = r"calls: cell 3 \(an\.say\.where\(nobody\)\) failed: NameError: "
    with pytest.raises(RunError, match=why) as failure:
        run(Order("calls", {"as_of": "2023-10-24"}, DATA, tmp_path / "reports", notebooks))
    assert not ran.exists()
    kept = failure.value.notebook
    assert kept is not None
    where, happened = nbformat.read(kept, as_version=4).cells[3:5]
    assert [output.output_type for output in where.outputs] == ["error"]
    assert happened.outputs == []
    shutil.rmtree(kept.parent)


def test_a_cell_that_is_not_to_run_may_be_the_last(tmp_path: Path) -> None:
    notebooks = notebook(tmp_path / "notebooks", "spares", "1", "1/0")
    spares = nbformat.read(notebooks / "spares.ipynb", as_version=4)
    spares.cells[2].metadata["tags"] = ["skip-execution"]
    nbformat.write(spares, notebooks / "spares.ipynb")
    made = run(Order("spares", {"as_of": "2023-10-24"}, DATA, tmp_path / "reports", notebooks))
    assert (made / "spares.html").exists()


def test_a_cell_that_is_to_fail_is_refused_before_the_run(tmp_path: Path) -> None:
    notebooks = notebook(tmp_path / "notebooks", "odd", "1", "1/0")
    odd = nbformat.read(notebooks / "odd.ipynb", as_version=4)
    odd.cells[2].metadata["tags"] = ["raises-exception"]
    nbformat.write(odd, notebooks / "odd.ipynb")
    with pytest.raises(RunError, match=r"odd\.ipynb: cell 3 is tagged 'raises-exception'"):
        run(Order("odd", {"as_of": "2023-10-24"}, DATA, tmp_path / "reports", notebooks))


@pytest.mark.parametrize("name", ["analysis.py", "random.py", "pandas/__init__.py"])
def test_a_module_beside_the_notebook_that_hides_another_is_named(
    name: str, tmp_path: Path
) -> None:
    notebooks = notebook(tmp_path / "notebooks", "beside", "import helpers")
    write(notebooks / "helpers.py", "")
    write(notebooks / name, "")
    with pytest.raises(RunError, match=r"notebooks/(analysis|random|pandas) has the name"):
        run(Order("beside", {"as_of": "2023-10-24"}, DATA, tmp_path / "reports", notebooks))
    (notebooks / name).unlink()
    run(Order("beside", {"as_of": "2023-10-24"}, DATA, tmp_path / "reports", notebooks))


def test_a_fact_cannot_have_two_values(tmp_path: Path) -> None:
    fact = 'display({{"{}": {{"facts": {{"x": {{"value": {}}}}}}}}}, raw=True)'
    cells = [fact.format(FACTS_TYPE, value) for value in (1, 2)]
    notebooks = notebook(tmp_path / "notebooks", "torn", *cells)
    with pytest.raises(RunError, match="gives the fact x twice"):
        run(Order("torn", {"as_of": "2023-10-24"}, DATA, tmp_path / "reports", notebooks))


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"\xef\xbb\xbf{}", "byte order mark"), (b"{\n<<<<<<< HEAD\n", "git could not merge it"),
     (b'{"worksheets": [], "nbformat": 3}', "jupyter nbconvert --to notebook --inplace own.ipynb")],
)  # fmt: skip
def test_what_is_wrong_with_a_notebook_is_told(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "own.ipynb").write_bytes(content)
    with pytest.raises(RunError, match=said):
        run(Order("own", notebooks=tmp_path))


def test_a_notebook_without_a_parameters_cell_or_of_no_json_is_no_report(tmp_path: Path) -> None:
    notebook(tmp_path, "good", "1")
    nbformat.write(new_notebook(cells=[new_code_cell("1")]), tmp_path / "scratch.ipynb")
    (tmp_path / "torn.ipynb").write_text("{")
    why = r"scratch\.ipynb has no cell tagged 'parameters'"
    with pytest.raises(UsageError, match=rf"^Unknown report 'scratch': {why}; known are good\.$"):
        run(Order("scratch", notebooks=tmp_path))
    with pytest.raises(RunError, match=r"torn\.ipynb cannot be read as a notebook"):
        run(Order("torn", notebooks=tmp_path))
    with pytest.raises(UsageError, match=r"nowhere holds none; `brinkwatch init DIR`"):
        run(Order("brief", notebooks=tmp_path / "nowhere"))


def test_nbconvert_has_the_exporters_by_name() -> None:
    assert nbconvert.exporters.get_exporter("brinkwatch-html") is HtmlReport
    assert nbconvert.exporters.get_exporter("brinkwatch-pdf") is PdfReport
    # The server of JupyterLab has addresses for names without a hyphen only.
    for name in ("brinkwatch_html", "brinkwatch_pdf"):
        assert issubclass(nbconvert.exporters.get_exporter(name), HtmlReport)


def test_a_notebook_that_has_not_been_run_can_be_exported(notebooks: Path) -> None:
    unexecuted = nbformat.read(notebooks / "small.ipynb", as_version=4)
    html, _ = HtmlReport().from_notebook_node(unexecuted)
    assert "And then?" in html
    document, resources = PdfReport().from_notebook_node(unexecuted)
    assert document.startswith(b"%PDF")
    assert resources["output_extension"] == ".pdf"


def test_headings_that_say_the_same_have_ids_of_their_own_on_every_page() -> None:
    twice = new_notebook(cells=[new_markdown_cell("# A"), new_markdown_cell("# A")])
    exporter = HtmlReport()
    for _ in range(2):
        html, _ = exporter.from_notebook_node(twice)
        assert re.findall(r'<h1 id="([^"]*)"', html) == ["a", "a-2"]


def test_markup_in_markdown_and_errors_is_shown_as_text() -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    error = new_output("error", ename="ValueError", evalue=evil, traceback=["secret /home/x"])
    title = new_output("display_data", {PAGE_TYPE: {"title": evil, "keywords": [evil]}})
    plain = new_output("display_data", {"text/plain": evil})
    html, _ = HtmlReport().from_notebook_node(shown(title, error, plain, markdown=f"# {evil}"))
    assert "<script" not in html
    assert "<img" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 4
    assert "secret" not in html


def test_letters_that_our_font_lacks_bring_in_no_font_of_the_machine() -> None:
    words = "قاعدة عين الأسد 🚀 基地 <b>قاعدة</b>"
    # Letters of one width come with matplotlib, whatever the machine has.
    both = {"Public-Sans", "DejaVu-Sans"}
    for text, fonts in ((words, {"Public-Sans"}), (f"{words} <code>code</code>", both)):
        document, _ = PdfReport().from_notebook_node(shown(html_output(f"<p>{text}</p>")))
        with pikepdf.open(io.BytesIO(document)) as opened:
            assert {name.split("+")[1][:11] for name in fonts_in(opened)} == fonts


def test_making_the_pdf_fetches_nothing(address: tuple[str, list[str]], tmp_path: Path) -> None:
    url, requests = address
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text y="9">secret</text></svg>')
    inner = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="{url}/a"/>'
        f'<image href="{secret.as_uri()}"/><style>@import url({url}/b);</style></svg>'
    )
    html = (
        f'<link rel="stylesheet" href="{url}/c"><link rel="attachment" href="{secret.as_uri()}">'
        f"<style>@import url({url}/d); @font-face {{ font-family: x; src: url({url}/e) }} "
        f'p {{ font-family: x; background: url({url}/f) }}</style><base href="{url}/">'
        f'<img src="{url}/g" alt="x"><img src="{secret.as_uri()}" alt="x"><img src="h" alt="x">'
        f'<object data="{url}/i"></object><embed src="{url}/j">'
        f"<img alt='x' src='data:image/svg+xml,{inner}'><p>Text.</p>"
    )
    for page in (PdfReport().from_notebook_node(shown(html_output(html)))[0], pdf(html)):
        (tmp_path / "page.pdf").write_bytes(page)
        text = "".join(text_of_pages(tmp_path / "page.pdf"))
        assert "Text." in text
        assert "secret" not in text
        with pikepdf.open(tmp_path / "page.pdf") as document:
            assert len(document.attachments) == 0
    assert requests == []


@pytest.fixture
def address() -> Iterator[tuple[str, list[str]]]:
    """The address of a server on this machine, and the paths that it is asked for."""
    requests: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", requests
        server.shutdown()
        thread.join()


def test_a_machine_without_pango_gets_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "weasyprint.py", "print('-----')\nraise OSError('cannot load libpango')")
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(RunError, match=r"cannot load libpango.*brinkwatch doctor"):
        pdf("<p>Text.</p>")
    assert capsys.readouterr().out == ""


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
