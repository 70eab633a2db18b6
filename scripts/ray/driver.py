"""Carries out the runs of a plan as Ray tasks. Started by scripts/library/cluster.mjs; not meant to be called by hand.

Reads from standard input one line of JSON, the plan, then orders: {"stop": true}, {"skip": id}, {"kept": id}. Writes to standard output one line of
JSON for each thing that happens. Everything else that Ray or Python prints goes to standard error.
"""

import base64
import collections
import io
import json
import os
import queue
import socket
import sys
import tarfile
import threading
import time

import worker

# Ray's own messages must not stand between ours.
lines_out = os.fdopen(os.dup(1), "w", encoding="utf8")
os.dup2(2, 1)

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("RAY_DEDUP_LOGS", "0")

import ray  # noqa: E402
from ray import exceptions as lost  # noqa: E402
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy  # noqa: E402

# A run whose machine or process is killed so often takes it with it: most often for want of memory.
ATTEMPTS = 4
LOST = (
    lost.WorkerCrashedError,
    lost.NodeDiedError,
    lost.LocalRayletDiedError,
    lost.ObjectLostError,
    lost.OutOfMemoryError,
    lost.OwnerDiedError,
)


class Problem(Exception):
    """Ends the sweep before it began; said with what to do."""

    def __init__(self, problem, remedy):
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


def say(event, **more):
    lines_out.write(json.dumps({"event": event, **more}) + "\n")
    lines_out.flush()


@ray.remote(num_cpus=0, max_restarts=-1)
class Board:
    """Where tasks pin up how far they are. Nothing depends on it: what is lost with its machine is told again a second later."""

    def __init__(self):
        self.notes = {}

    def pin(self, run, attempt, note):
        self.notes[run] = {**note, "attempt": attempt}

    def take(self):
        taken, self.notes = self.notes, {}
        return taken


def carry_out(job, archive, run, attempt, board):
    import ray

    def tell(note):
        note["node"] = ray.get_runtime_context().get_node_id()
        board.pin.remote(run["id"], attempt, note)

    result = worker.carry_out(job, archive, run, tell)
    result["node"] = ray.get_runtime_context().get_node_id()
    return result


def reachable(address):
    """A quick answer where Ray itself would try for a minute."""
    place = address.split("://")[-1].split("/")[0].split("?")[0]
    host, _, port = place.rpartition(":")
    if not host:
        host, port = place, "10001"
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()
    except (OSError, ValueError) as cause:
        raise Problem(
            f"No Ray answers at {address} ({cause}).",
            "check the address and that the cluster is up (`ray status` on its first machine). Its client port is 10001: "
            "ray://HOST:10001. Without a cluster: --address local.",
        ) from None


# On a busy machine a cluster's client server gives up now and then before it has started; the next attempt finds it well.
CONNECTIONS = 3
STARTED_LATE = ("Initialization failure from server", "Starting Ray client server failed")


def join(address, quiet):
    for attempt in range(1, CONNECTIONS + 1):
        try:
            return ray.init(address=address, **quiet)
        except (RuntimeError, ConnectionError) as cause:
            if attempt == CONNECTIONS or not any(words in str(cause) for words in STARTED_LATE):
                raise
            ray.shutdown()
            time.sleep(5 * attempt)


def connect(plan):
    address = plan["address"]
    quiet = {"logging_level": "ERROR", "log_to_driver": False}
    if address == "local":
        cores = max(os.cpu_count() or 1, plan["cpus"])
        return ray.init(address="local", num_cpus=cores, include_dashboard=True, object_store_memory=200_000_000, **quiet)
    if address != "auto":
        reachable(address)
    here = f"Ray {ray.__version__}, Python {sys.version.split()[0]}"
    try:
        return join(address, quiet)
    except (RuntimeError, ConnectionError, ValueError, lost.RayError) as cause:
        text = " ".join(str(cause).split())
        if "version" in text.lower() and ("mismatch" in text.lower() or "differ" in text.lower()):
            raise Problem(
                f"The cluster at {address} runs other versions than this machine ({here}): {text}",
                f"install the same on all machines: `pip install 'ray[default,client]=={ray.__version__}'` with a Python {sys.version_info[0]}.{sys.version_info[1]}, "
                "and start the cluster again; or choose this machine's Python to suit the cluster: PYTHON=python3.x npm run sweep -- …",
            ) from None
        if "token" in text.lower() or "unauthenticated" in text.lower() or isinstance(cause, lost.AuthenticationError):
            raise Problem(
                f"The cluster at {address} asks for a token that is not this machine's.",
                "copy ~/.ray/auth_token from the cluster's first machine to the same place here, or set RAY_AUTH_TOKEN to what is in it.",
            ) from None
        raise Problem(
            f"The Ray at {address} cannot be used from here ({here}): {text}",
            "from a machine outside the cluster use ray://HOST:10001; HOST:6379 is only for machines that are part of it.",
        ) from None


def pack(root, names):
    """The sources as they are here, the same bytes for the same files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=6) as files:
        for name in sorted(names):
            path = os.path.join(root, name)
            if not os.path.lexists(path) or os.path.isdir(path):
                continue
            entry = files.gettarinfo(path, name)
            entry.mtime = entry.uid = entry.gid = 0
            entry.uname = entry.gname = ""
            if entry.isfile():
                with open(path, "rb") as contents:
                    files.addfile(entry, contents)
            else:
                files.addfile(entry)
    packed = bytearray(buffer.getvalue())
    # gzip notes the time of packing in bytes 4 to 7.
    packed[4:8] = b"\0\0\0\0"
    return bytes(packed)


class Sweep:
    def __init__(self, plan):
        self.plan = plan
        self.runs = {run["id"]: run for run in plan["runs"]}
        self.tasks = {}
        self.attempts = collections.Counter()
        self.unusable = {}
        self.begun = set()
        # Where finished runs lie until the submitting machine has written them: id -> (node, folder).
        self.kept = {}
        self.forgetting = []
        self.stopping = 0.0
        self.orders = queue.Queue()
        threading.Thread(target=self.read_orders, daemon=True).start()

    def read_orders(self):
        for line in sys.stdin:
            self.orders.put(json.loads(line))
        # Whoever started this is gone.
        self.orders.put({"stop": True})

    def start(self):
        context = connect(self.plan)
        resources = ray.cluster_resources()
        say(
            "connected",
            dashboard=getattr(context, "dashboard_url", None) or None,
            ray=ray.__version__,
            machines=len([node for node in ray.nodes() if node["Alive"]]),
            cores=resources.get("CPU", 0),
            gpus=resources.get("GPU", 0),
        )
        self.demand_room()
        self.archive = ray.put(pack(self.plan["root"], self.plan["files"]))
        self.board = Board.remote()
        ray.cloudpickle.register_pickle_by_value(worker)
        self.task = ray.remote(carry_out)
        self.forget = ray.remote(worker.forget)
        for run in self.plan["runs"]:
            self.submit(run)

    def wanted_resources(self):
        memory = self.plan.get("memory")
        return {"num_cpus": self.plan["cpus"], "num_gpus": self.plan["gpus"], **({"memory": memory} if memory else {})}

    def demand_room(self):
        """A task that fits on no machine would wait for ever without a word."""
        wanted = {"CPU": self.plan["cpus"], "GPU": self.plan["gpus"], "memory": self.plan.get("memory") or 0}
        nodes = [node["Resources"] for node in ray.nodes() if node["Alive"] and node["NodeID"] not in self.unusable]
        if any(all(node.get(name, 0) >= count for name, count in wanted.items()) for node in nodes):
            return
        words = [f"{wanted['CPU']:g} cores", f"{wanted['GPU']:g} GPUs" if wanted["GPU"] else "", f"{wanted['memory'] / 1e9:g} GB" if wanted["memory"] else ""]
        found = "; ".join(
            f"{node.get('CPU', 0):g} cores, {node.get('GPU', 0):g} GPUs, {node.get('memory', 0) / 1e9:.1f} GB" for node in nodes
        )
        raise Problem(
            f"No machine of this cluster has {' and '.join(filter(None, words))} for a run. It has: {found or 'none'}.",
            "ask for less with --cpus, --gpus and --memory, or add machines.",
        )

    def submit(self, run):
        self.attempts[run["id"]] += 1
        attempt = self.attempts[run["id"]]
        options = {**self.wanted_resources(), "max_retries": 0, "name": f"{run['paper']}/{run['experiment']} s{run['seed']}"}
        if self.unusable:
            options["label_selector"] = {"ray.io/node-id": f"!in({','.join(self.unusable)})"}
        reference = self.task.options(**options).remote(self.plan["job"], self.archive, run, attempt, self.board)
        self.tasks[reference] = run

    def usable_machines(self):
        return [node for node in ray.nodes() if node["Alive"] and node["NodeID"] not in self.unusable and node["Resources"].get("CPU", 0) > 0]

    def work(self):
        looked = 0.0
        asked = None
        while self.tasks:
            ready, _ = ray.wait(list(self.tasks), num_returns=1, timeout=0.3)
            for reference in ready:
                self.settle(reference, self.tasks.pop(reference))
            self.obey()
            if self.stopping and time.monotonic() > self.stopping:
                for reference in self.tasks:
                    ray.cancel(reference, force=True)
                self.stopping = time.monotonic() + 10
            # Asked for, and read when it has come: a board that moves to another machine holds nothing up.
            if asked is None and time.monotonic() - looked > 1:
                looked, asked = time.monotonic(), self.board.take.remote()
            if asked is not None and ray.wait([asked], timeout=0)[0]:
                self.show_notes(asked)
                asked = None
        self.tidy()
        say("ended")

    def tidy(self):
        """Copies on the workers go once the records are safe here; what could not be written stays there."""
        patience = time.monotonic() + 5
        while self.kept and time.monotonic() < patience:
            time.sleep(0.05)
            self.obey()
        if self.forgetting:
            ray.wait(self.forgetting, num_returns=len(self.forgetting), timeout=5)

    def show_notes(self, asked):
        try:
            notes = ray.get(asked)
        except Exception:  # noqa: BLE001 - its machine is gone; it begins anew
            return
        for run, note in notes.items():
            if note["attempt"] != self.attempts[run]:
                continue
            self.begun.add(run)
            say("progress", id=run, **{key: value for key, value in note.items() if key != "node"})

    def obey(self):
        while not self.orders.empty():
            order = self.orders.get()
            if order.get("stop") and not self.stopping:
                self.stopping = time.monotonic() + worker.GRACE_SECONDS + 10
                for reference in self.tasks:
                    ray.cancel(reference, force=False)
            if "kept" in order and order["kept"] in self.kept:
                node, folder = self.kept.pop(order["kept"])
                place = NodeAffinitySchedulingStrategy(node, soft=False)
                self.forgetting.append(self.forget.options(num_cpus=0, max_retries=0, scheduling_strategy=place).remote(folder))
            if "skip" in order:
                for reference, run in list(self.tasks.items()):
                    if run["id"] == order["skip"] and run["id"] not in self.begun:
                        ray.cancel(reference, force=False)

    def settle(self, reference, run):
        try:
            result = ray.get(reference)
        except lost.TaskCancelledError:
            say("stopped", id=run["id"])
            return
        except LOST as cause:
            self.again(run, f"its machine or worker was lost ({type(cause).__name__})", counted=True)
            return
        except lost.RayTaskError as cause:
            if isinstance(cause.cause, KeyboardInterrupt) or "KeyboardInterrupt" in str(cause):
                say("stopped", id=run["id"])
            else:
                say("failed", id=run["id"], message=str(cause).strip().splitlines()[-1])
            return
        if result["kind"] == "finished":
            self.kept[run["id"]] = (result["node"], result["kept_in"])
            files = {name: base64.b64encode(contents).decode("ascii") for name, contents in result["files"].items()}
            say("finished", id=run["id"], machine=result["machine"], files=files)
        elif result["kind"] == "killed":
            self.again(run, result["message"], counted=True)
        elif result["kind"] == "unusable":
            self.give_up(result)
            self.again(run, f"{result['machine']} cannot carry out runs", counted=False, reason=result["message"])
        else:
            say("failed", id=run["id"], machine=result["machine"], message=result["message"])

    def give_up(self, result):
        if result["node"] in self.unusable:
            return
        self.unusable[result["node"]] = result["message"]
        say("unusable", machine=result["machine"], message=result["message"])

    def again(self, run, why, counted, reason=None):
        """Once more, wherever there is room: from its checkpoint, where that is within reach."""
        if self.stopping:
            say("stopped", id=run["id"])
            return
        if not counted:
            if not self.usable_machines():
                say("failed", id=run["id"], message=f"no machine is left that can carry out runs: {reason}")
                return
            self.attempts[run["id"]] -= 1
        elif self.attempts[run["id"]] >= ATTEMPTS:
            message = f"{why}; so it went {ATTEMPTS} times. Most often that is for want of memory: give each run more with --memory GB or --cpus N"
            say("failed", id=run["id"], message=message)
            return
        self.begun.discard(run["id"])
        say("again", id=run["id"], message=why, attempt=self.attempts[run["id"]] + 1)
        self.submit(run)


def main():
    sweep = Sweep(json.loads(sys.stdin.readline()))
    try:
        sweep.start()
        sweep.work()
    except Problem as problem:
        say("problem", problem=problem.problem, remedy=problem.remedy)
        return 1
    except (ConnectionError, lost.RaySystemError, lost.RpcError if hasattr(lost, "RpcError") else ConnectionError) as cause:
        say(
            "problem",
            problem=f"The connection to the cluster was lost ({' '.join(str(cause).split())[:300]}).",
            remedy="what is finished is kept; bring the cluster up again and start the same sweep again.",
        )
        return 1
    finally:
        ray.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
