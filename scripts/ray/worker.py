"""What a machine of the cluster does for one run: sets the project up once, starts Node, hands the record's files back.

Sent to the workers by value: it imports nothing but Python's own library, so that a worker needs Ray, Node and nothing of ours.
"""

import fcntl
import glob
import hashlib
import io
import json
import os
import platform
import queue
import shutil
import signal
import socket
import subprocess
import tarfile
import threading
import time

# A stopped run has so long to write its checkpoint.
GRACE_SECONDS = 60
# Finished runs stay on the worker for so long, in case they did not reach the submitting machine.
KEPT_DAYS = 14
OLDEST_NODE = 20


class Unusable(Exception):
    """This machine cannot carry out any run; another one may."""


def processor_name():
    try:
        with open("/proc/cpuinfo", encoding="utf8") as lines:
            for line in lines:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def carry_out(job, archive, run, tell):
    """One run on this machine. Always returns a dictionary with 'kind': finished, failed, killed or unusable."""
    host = socket.gethostname()
    answer = {"machine": host}
    held = None
    # Ray cancels a task as Ctrl-C would; a cluster started in the background of a script has learnt to ignore that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        tell({"state": "preparing", "machine": host})
        root, node, held = prepared(job, archive, host, lambda text: tell({"state": "preparing", "machine": host, "text": text}))
        tell({"state": "running", "machine": host})
        answer.update(run_node(job, run, root, node, host, tell))
    except Unusable as problem:
        answer.update(kind="unusable", message=str(problem))
    except OSError as problem:
        full = problem.errno in (28, 122)
        answer.update(kind="unusable", message=f"{'the disk of this machine is full' if full else 'a file could not be written'} ({problem})")
    finally:
        if held is not None:
            held.close()
    return answer


def prepared(job, archive, host, note):
    """The folder to run in, its Node, and a lock that keeps the folder as it is while the run lasts."""
    # A machine's own word goes before that of the sweep: disks differ.
    folder = os.environ.get("PAPERLAB_WORKER_FOLDER") or job["worker_folder"]
    if not folder and is_same_checkout(job, host):
        return job["root"], checked_node(job["node"]), None
    node = checked_node(shutil.which("node"))
    base = os.path.join(os.path.expanduser(folder or "~/.cache/paperlab"), host)
    os.makedirs(base, exist_ok=True)
    checkout = os.path.join(base, "checkout")
    marker = os.path.join(base, "ready")
    wanted = hashlib.sha256(archive).hexdigest()
    lock = open(os.path.join(base, "lock"), "a", encoding="utf8")
    try:
        while True:
            # Runs share the folder; whoever changes it waits until nobody runs in it.
            take_lock(lock, fcntl.LOCK_SH, note)
            if read_text(marker) == wanted:
                return checkout, node, lock
            fcntl.flock(lock, fcntl.LOCK_UN)
            take_lock(lock, fcntl.LOCK_EX, note)
            if read_text(marker) != wanted:
                refuse_known_failure(base, job)
                remove(marker)
                unpack(archive, checkout)
                set_up(base, checkout, node, job, note)
                write_text(marker, wanted)
            fcntl.flock(lock, fcntl.LOCK_UN)
    except BaseException:
        lock.close()
        raise


def is_same_checkout(job, host):
    """Is this the machine and the folder that the sweep was started from? Then everything is set up already."""
    return job["host"] == host and read_text(os.path.join(job["root"], ".runtime", "sweep-token")) == job["token"]


def checked_node(node):
    remedy = f"Install Node {OLDEST_NODE} or newer there, with npm, so that Ray's workers find it on their PATH (start Ray from a shell that does)."
    if not node:
        raise Unusable(f"There is no Node on this machine. {remedy}")
    try:
        version = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=60, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError) as problem:
        raise Unusable(f"{node} does not start ({problem}). {remedy}") from None
    if int(version.lstrip("v").split(".")[0]) < OLDEST_NODE:
        raise Unusable(f"{node} is Node {version}. {remedy}")
    return node


def take_lock(lock, kind, note):
    told = False
    while True:
        try:
            fcntl.flock(lock, kind | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if not told:
                note("waiting: another task of this machine is setting up, or runs on other sources")
            told = True
            # Short, and never inside the system call: a cancelled task must be able to leave.
            time.sleep(0.2)


def refuse_known_failure(base, job):
    """What failed a moment ago for this sweep fails again: the other runs sent here need not try."""
    known = read_text(os.path.join(base, "failed.json"))
    if known and json.loads(known)["sweep"] == job["sweep"]:
        raise Unusable(json.loads(known)["message"])


def unpack(archive, checkout):
    os.makedirs(checkout, exist_ok=True)
    names_file = os.path.join(checkout, ".runtime", "sweep-files.json")
    for name in json.loads(read_text(names_file) or "[]"):
        remove(os.path.join(checkout, name))
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        names = files.getnames()
        if hasattr(tarfile, "data_filter"):
            files.extractall(checkout, filter="data")
        else:
            files.extractall(checkout)
    os.makedirs(os.path.dirname(names_file), exist_ok=True)
    write_text(names_file, json.dumps(names))


def set_up(base, checkout, node, job, note):
    note("setting up this machine (the first time takes some minutes)")
    environment = {**os.environ, **job["environment"]}
    program = subprocess.Popen(
        [node, os.path.join("scripts", "setup.mjs")],
        cwd=checkout,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    lines = queue.Queue()
    forward(program.stdout, lines)
    said = []
    try:
        while program.poll() is None:
            time.sleep(0.2)
            said = (said + drained(lines))[-60:]
            if said:
                note(f"setting up: {said[-1].strip()}")
    finally:
        if program.poll() is None:
            program.terminate()
    time.sleep(0.2)
    said = (said + drained(lines))[-60:]
    if program.returncode == 0:
        return
    cause = [at for at, line in enumerate(said) if line.startswith("✗")]
    message = "\n".join(line.rstrip() for line in said[cause[-1] if cause else -8 :])
    message = f"It could not be set up (in {checkout}):\n{message}"
    # A stopped set-up is no failed one.
    if program.returncode not in (130, -signal.SIGTERM):
        write_text(os.path.join(base, "failed.json"), json.dumps({"sweep": job["sweep"], "message": message}))
    raise Unusable(message)


def run_node(job, run, root, node, host, tell):
    """Starts the one Node process of a run and reads its lines until it ends."""
    storage = job["storage"] and os.path.expanduser(job["storage"])
    kept = storage or os.path.join(root, ".runtime", "sweep")
    results = os.path.join(kept, "runs", f"{run['hash'][:16]}-s{run['seed']}")
    os.makedirs(results, exist_ok=True)
    forget_old(os.path.dirname(results))
    environment = {
        **os.environ,
        **job["environment"],
        "PAPERLAB_RESULTS_DIR": results,
        "PAPERLAB_HOST": f"{host} ({processor_name()})",
    }
    if job["commit"]:
        environment["PAPERLAB_COMMIT"] = job["commit"]
    if storage:
        environment["PAPERLAB_CHECKPOINTS"] = os.path.join(storage, "checkpoints")
    # What Ray or a worker's shell says about threads would change the order of sums, and with it the bits.
    for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"):
        if name not in job["environment"]:
            environment.pop(name, None)
    flags = ["--run", f"{run['paper']}/{run['experiment']}", "--seed", str(run["seed"]), "--profile", job["profile"], "--local", "--lines"]
    program = subprocess.Popen(
        [node, os.path.join("scripts", "sweep.mjs"), *flags, *(["--again"] if job["again"] else [])],
        cwd=root,
        env=environment,
        # The child stops, with a checkpoint, when this pipe closes: so it does not outlive a worker that is killed.
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    said, complaints = queue.Queue(), queue.Queue()
    forward(program.stdout, said)
    errors_read = forward(program.stderr, complaints)
    told_at = 0.0
    errors = []
    try:
        while program.poll() is None:
            time.sleep(0.05)
            errors = (errors + drained(complaints))[-80:]
            for line in drained(said):
                if time.monotonic() - told_at < 1:
                    continue
                told_at = time.monotonic()
                try:
                    progress = json.loads(line)
                except ValueError:
                    continue
                if "fraction" in progress:
                    tell({"state": "running", "machine": host, "fraction": progress["fraction"], "text": progress.get("text", "")})
    except BaseException:
        stop(program)
        raise
    errors_read.join(5)
    errors = "".join(errors + drained(complaints))[-6000:]
    if program.returncode == 0:
        return {"kind": "finished", "files": record_files(results, run), "kept_in": results}
    if program.returncode < 0 or "RunInterruptedError" in errors:
        name = signal.Signals(-program.returncode).name if program.returncode < 0 else "a request to stop"
        return {"kind": "killed", "message": f"its process was ended by {name}"}
    return {"kind": "failed", "message": essence(errors)}


def forget(folder):
    """The record has reached the submitting machine; the copy here is no longer needed."""
    shutil.rmtree(folder, ignore_errors=True)


def stop(program):
    program.terminate()
    try:
        program.wait(GRACE_SECONDS)
    except BaseException:
        program.kill()
        program.wait()


def record_files(results, run):
    """The record and its arrays, by name. The hash in the name is left open: the submitting machine says what is wrong with another one."""
    pattern = os.path.join(results, "local", run["paper"], f"{run['experiment']}-????????-s{run['seed']}.json")
    records = sorted(glob.glob(pattern), key=os.path.getmtime)
    files = {}
    if records:
        for name in (records[-1], f"{records[-1][:-5]}.bin"):
            if os.path.exists(name):
                with open(name, "rb") as file:
                    files[os.path.basename(name)] = file.read()
    return files


def essence(errors):
    """An error's own line; all of its end where there is none."""
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    for line in lines:
        word = line.split(":")[0].split(" ")[0]
        if word.endswith("Error") and ":" in line:
            return line
    return " ".join(lines[-3:]) or "it ended without a word"


def forget_old(folder):
    oldest = time.time() - KEPT_DAYS * 24 * 3600
    for entry in os.scandir(folder):
        if entry.is_dir() and entry.stat().st_mtime < oldest:
            shutil.rmtree(entry.path, ignore_errors=True)


def forward(stream, lines):
    def read():
        for line in stream:
            lines.put(line)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    return thread


def drained(lines):
    taken = []
    while not lines.empty():
        taken.append(lines.get())
    return taken


def read_text(name):
    try:
        with open(name, encoding="utf8") as file:
            return file.read()
    except OSError:
        return None


def write_text(name, text):
    """Beside its place, then into it: a reader sees all of it or nothing."""
    partial = f"{name}.{os.getpid()}"
    with open(partial, "w", encoding="utf8") as file:
        file.write(text)
    os.replace(partial, name)


def remove(name):
    try:
        os.remove(name)
    except FileNotFoundError:
        pass
