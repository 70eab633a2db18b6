"""Executes one notebook headless, cell by cell, and writes it back so that only measured times differ.

    python run_notebook.py SOURCE TARGET REPORT

TARGET may be SOURCE. A notebook that fails is written to TARGET's name with .failed.ipynb in the folder of REPORT instead. REPORT gets
a JSON object: seconds, peak memory, cells, and what went wrong.
"""

import json
import os
import re
import signal
import sys
import time

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

UNAWAITED = re.compile(r"UncaughtException|UnhandledPromiseRejection")
# What a notebook keeps of itself between runs; editors' traces go.
LANGUAGE = {
    "codemirror_mode": {"name": "typescript"},
    "file_extension": ".ts",
    "mimetype": "text/typescript",
    "name": "typescript",
    "version": "",
}
KEPT_METADATA = ("kernelspec", "language_info", "paperlab", "title")


def first_line(source):
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    return lines[0][:60] if lines else ""


def streams(cell, name=None):
    return "".join(
        output.get("text", "") for output in cell.get("outputs", []) if output.output_type == "stream" and name in (None, output.name)
    )


class Progress:
    """One line per cell; on a terminal the line of the cell at work is rewritten."""

    def __init__(self, total):
        self.total = total
        self.done = 0
        self.started = time.monotonic()
        self.live = sys.stdout.isatty()

    def begin(self, cell):
        self.started = time.monotonic()
        if self.live:
            print(f"\r\033[2K   cell {self.done + 1:3}/{self.total}  …        {first_line(cell.source)}", end="", flush=True)

    def end(self, cell, sign=" "):
        self.done += 1
        seconds = time.monotonic() - self.started
        start = "\r\033[2K" if self.live else ""
        print(f"{start} {sign} cell {self.done:3}/{self.total}  {seconds:6.1f} s  {first_line(cell.source)}", flush=True)


class Failure(Exception):
    pass


class Runner(NotebookClient):
    def peak_memory(self):
        """Megabytes at the highest point, where the system tells."""
        process = getattr(getattr(self.km, "provisioner", None), "pid", None)
        if process is None:
            return None
        try:
            with open(f"/proc/{process}/status", encoding="utf8") as status:
                return round(int(re.search(r"VmHWM:\s+(\d+)", status.read()).group(1)) / 1024)
        except (OSError, AttributeError):
            try:
                import psutil

                return round(psutil.Process(process).memory_info().rss / 2**20)
            except Exception:
                return None

    def kernel_end(self):
        """How a dead kernel ended, in brackets: by which signal, or with which exit code. Empty where nothing is known."""
        process = getattr(getattr(self.km, "provisioner", None), "process", None)
        code = process.poll() if process is not None else None
        if code is None:
            return ""
        return f" ({signal.Signals(-code).name})" if code < 0 else f" (exit code {code})"

    async def run_all(self, report):
        code = [index for index, cell in enumerate(self.nb.cells) if cell.cell_type == "code" and cell.source.strip()]
        progress = Progress(len(code))
        report["cells"] = len(code)
        for cell in self.nb.cells:
            if cell.cell_type == "code":
                cell.outputs = []
                cell.execution_count = None
        async with self.async_setup_kernel():
            for index in code:
                cell = self.nb.cells[index]
                progress.begin(cell)
                try:
                    await self.async_execute_cell(cell, index)
                except CellExecutionError as error:
                    progress.end(cell, "✗")
                    said = streams(cell, "stderr") or streams(cell) or str(error)
                    raise Failure(f"code cell {progress.done} ({cell.get('id')}) failed:\n{cell.source}\n\n{said}") from error
                except DeadKernelError as error:
                    progress.end(cell, "✗")
                    raise Failure(
                        f"the kernel died{self.kernel_end()} in code cell {progress.done} ({cell.get('id')}):\n{cell.source}\n\n{streams(cell)}\n"
                        "Usual causes: out of memory (close other programs, or PROFILE=smoke), process.exit(), a crash in native code."
                    ) from error
                except CellTimeoutError as error:
                    progress.end(cell, "✗")
                    raise Failure(f"code cell {progress.done} ({cell.get('id')}) took too long: {error}") from error
                cell.execution_count = progress.done + 1
                progress.end(cell)
                if UNAWAITED.search(streams(cell)):
                    raise Failure(f"code cell {progress.done} ({cell.get('id')}) printed an error that nobody awaited:\n{streams(cell)}")
                report["peakMegabytes"] = self.peak_memory()
            await self.late_errors()

    async def late_errors(self):
        """Errors of work that nobody awaited may come after the last cell; the kernel's launcher writes them to a file."""
        import asyncio

        await asyncio.sleep(0.2)
        file = os.environ.get("PAPERLAB_UNAWAITED")
        if file and os.path.exists(file) and os.path.getsize(file) > 0:
            with open(file, encoding="utf8") as errors:
                raise Failure(f"an error that nobody awaited:\n{errors.read().strip()}")


def tidy(notebook):
    notebook.metadata = nbformat.from_dict({key: notebook.metadata[key] for key in KEPT_METADATA if key in notebook.metadata})
    notebook.metadata.setdefault("language_info", LANGUAGE)
    notebook.metadata["kernelspec"] = {"display_name": "TypeScript (paperlab)", "language": "typescript", "name": "paperlab"}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)


def write(notebook, target):
    os.makedirs(os.path.dirname(os.path.abspath(target)), exist_ok=True)
    partial = f"{target}.{os.getpid()}.partial"
    with open(partial, "w", encoding="utf8") as file:
        nbformat.write(notebook, file)
    os.replace(partial, target)


def main(source, target, report_file):
    import asyncio

    started = time.monotonic()
    report = {"notebook": os.path.basename(source), "ok": False}
    notebook = nbformat.read(source, as_version=4)
    runner = Runner(
        notebook,
        kernel_name="paperlab",
        timeout=None,
        startup_timeout=120,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": os.path.dirname(os.path.abspath(source))}},
    )
    try:
        asyncio.run(runner.run_all(report))
        report["ok"] = True
        destination = target
    except Failure as failure:
        report["problem"] = str(failure)
        destination = os.path.join(os.path.dirname(report_file), os.path.basename(source).replace(".ipynb", ".failed.ipynb"))
    report["seconds"] = round(time.monotonic() - started, 1)
    # The data room's own announcement; a notebook that shows stand-ins on purpose does not print it.
    report["standIn"] = any("STAND-IN for " in streams(cell, "stderr") for cell in notebook.cells if cell.cell_type == "code")
    tidy(notebook)
    write(notebook, destination)
    report["written"] = destination
    with open(report_file, "w", encoding="utf8") as file:
        json.dump(report, file)
    if not report["ok"]:
        print(f"\n✗ {os.path.basename(source)}: {report['problem']}\n  As far as it came: {destination}", file=sys.stderr, flush=True)
    return 0 if report["ok"] else 1


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:4]))
    except KeyboardInterrupt:
        sys.exit(130)
