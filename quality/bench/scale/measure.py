"""Measure a small document: in one instrumented worker, and how many a minute pass with 1, 2 and 4 workers."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from quality.bench.scale.answers import StoredAnswers, stored_answers
from quality.bench.scale.documents import make_documents
from quality.bench.scale.operations import Billing, Operation, read_access_log
from quality.bench.scale.record import Measurement, ModelUse, Process, StageCpu, StageRequests, Throughput
from quality.bench.scale.stand import MeasurementError, Stand, stand
from quality.bench.scale.worker.probe import Snapshot, write_hook
from quality.bench.scale.worker.requests import Traffic
from quality.measure import commit, describe_machine
from shared.pipeline.operations.health.backlog import STAGE_QUEUES

AT_ONCE = 4
"""Documents on their way at a time while one worker is measured: enough that polling idle queues costs little."""
MODEL_SECONDS = 0.5
_REST = 2.0
_LOOK, _MOST_LOOKS = 0.05, 600
_APP_CONTAINERS = {"work", "results"}


@dataclass(frozen=True)
class Effort:
    """How much is measured.

    Attributes:
        documents: whose mean is the figure, and that are uploaded at once.
        warm_up: documents that load modules, start processes and open connections before anything is measured.
        workers: numbers of workers whose throughput is measured.
    """

    documents: int = 100
    warm_up: int = 10
    workers: tuple[int, ...] = (1, 2, 4)


async def measure(folder: Path, effort: Effort, tell: Callable[[str], None]) -> Measurement:
    """Measure small documents in the folder `folder`, which is empty; raises CloudError, MeasurementError."""
    files = make_documents(folder / "files", effort.warm_up + effort.documents)
    warm_up, measured = files[: effort.warm_up], files[effort.warm_up :]
    async with stored_answers() as answers:
        tell(f"recording the answers to {len(files)} documents")
        async with stand(folder / "record", answers, 1, hints=True) as recording:
            await recording.process(files, 2 * AT_ONCE)
        answers.seconds, answers.missed = MODEL_SECONDS, 0
        tell(f"measuring {len(measured)} documents in one worker")
        found = await _measure_one_worker(folder, warm_up, measured, answers)
        throughput = []
        for workers in effort.workers:
            tell(f"{len(measured)} documents at once, {workers} workers")
            async with stand(folder / f"workers-{workers}", answers, workers) as running:
                throughput.append(await _measure_throughput(running, warm_up, measured))
            tell(f"{throughput[-1].per_minute:.0f} documents a minute")
        if answers.missed:
            raise MeasurementError(f"{answers.missed} requests to models had no stored answer: the model was measured.")
    return found.model_copy(update={"throughput": throughput})


async def _measure_throughput(running: Stand, warm_up: Sequence[Path], files: Sequence[Path]) -> Throughput:
    await running.process(warm_up, len(warm_up))
    await asyncio.sleep(_REST)
    used, busy, count = _cpu_by_process(running), _busy_seconds(), len(files)
    seconds = await running.process(files, count)
    busy, spent = _busy_seconds() - busy, {name: cpu - used[name] for name, cpu in _cpu_by_process(running).items()}
    return Throughput(
        workers=len(running.worker_pids),
        documents=count,
        seconds=round(seconds, 2),
        processes=[Process(name=name, milliseconds=_per_document(cpu, count)) for name, cpu in sorted(spent.items())],
        other_cores=round(max(0.0, busy - sum(spent.values())) / seconds, 2),
    )


async def _measure_one_worker(
    folder: Path, warm_up: Sequence[Path], files: Sequence[Path], answers: StoredAnswers
) -> Measurement:
    hook, snapshots, count = folder / "hook", folder / "snapshots", len(files)
    write_hook(hook, snapshots)
    async with stand(folder / "one", answers, 1, python_path=hook) as running:
        log, worker_log = folder / "one" / "storage.log", folder / "one" / "cloud" / "logs" / "host.log"
        await running.process(warm_up, AT_ONCE)
        await asyncio.sleep(_REST)
        before, start, used = await _snapshot(snapshots, running), _size(log), _cpu_by_process(running)
        asked, logged = Counter(answers.usage), _size(worker_log)
        await running.process(files, AT_ONCE)
        await asyncio.sleep(_REST)
        after, now_used = await _snapshot(snapshots, running), _cpu_by_process(running)
        operations = Counter(read_access_log(log.read_bytes()[start:].decode()))
        answered = answers.usage - asked
    requests = list(_requests_between(before, after))
    _compare_counts(requests, operations, sum(n for (_, unit), n in answered.items() if unit == "requests"))
    return Measurement(
        day=datetime.now(UTC).date(),
        commit=commit(),
        machine=describe_machine(),
        documents=count,
        document_bytes=files[-1].stat().st_size,
        cpu=[entry for entry in _cpu_between(before, after, count) if entry.milliseconds],
        reading_milliseconds=_per_document(now_used["reading processes"] - used["reading processes"], count),
        process_milliseconds=_per_document(after.cpu_seconds - before.cpu_seconds, count),
        requests=[_mean(entry, count) for entry in requests],
        host_requests=[_mean(entry, count) for entry in _host_requests(requests, operations, count)],
        invocations=round((sum(after.invocations.values()) - sum(before.invocations.values())) / count, 2),
        model_seconds=answers.seconds,
        models=list(_model_use(answered, count)),
        log_bytes=round((_size(worker_log) - logged) / count, 1),
        throughput=[],
    )


async def _snapshot(folder: Path, running: Stand) -> Snapshot:
    """Have the worker write down what it used, and read it."""
    [pid] = running.worker_pids
    file = folder / f"{pid}.json"
    last = _read_snapshot(file)
    os.kill(pid, signal.SIGUSR1)
    for _ in range(_MOST_LOOKS):
        await asyncio.sleep(_LOOK)
        now = _read_snapshot(file)
        if now is not None and (last is None or now.number > last.number):
            return now
    raise MeasurementError("The worker did not write what it used.")


def _read_snapshot(file: Path) -> Snapshot | None:
    return Snapshot.model_validate_json(file.read_bytes()) if file.exists() else None


def _size(file: Path) -> int:
    return file.stat().st_size


def _cpu_by_process(running: Stand) -> dict[str, float]:
    """Return the CPU seconds of every part so far, of the workers, and of the processes in which they read."""
    parts = running.cloud.addresses.pids.items()
    workers = [psutil.Process(pid) for pid in running.worker_pids]
    return {
        **{name: _cpu_seconds(psutil.Process(pid)) for name, pid in parts},
        "worker": sum(_cpu_seconds(worker) for worker in workers),
        "reading processes": sum(
            _cpu_seconds(child) for worker in workers for child in worker.children(recursive=True)
        ),
        "the bench itself": _cpu_seconds(psutil.Process()),
    }


def _busy_seconds() -> float:
    """Return the CPU seconds that all programs of the machine have used."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0))


def _cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _cpu_between(before: Snapshot, after: Snapshot, documents: int) -> Iterator[StageCpu]:
    earlier = {(entry.stage, entry.category): entry.seconds for entry in before.cpu}
    for entry in after.cpu:
        seconds = entry.seconds - earlier.get((entry.stage, entry.category), 0.0)
        yield StageCpu(stage=entry.stage, category=entry.category, milliseconds=_per_document(seconds, documents))


def _requests_between(before: Snapshot, after: Snapshot) -> Iterator[StageRequests]:
    """Yield how often each request was sent in all; those that were not sent are left out."""
    earlier = {(entry.stage, entry.operation): entry.traffic for entry in before.requests}
    for entry in after.requests:
        past, now = earlier.get((entry.stage, entry.operation), Traffic()), entry.traffic
        if now.requests > past.requests:
            yield _stage_requests(
                entry.stage,
                entry.operation,
                Traffic(
                    now.requests - past.requests,
                    now.rows - past.rows,
                    now.sent - past.sent,
                    now.received - past.received,
                ),
            )


def _stage_requests(stage: str, operation: Operation, traffic: Traffic) -> StageRequests:
    return StageRequests(
        stage=stage,
        service=operation.service,
        operation=operation.name,
        target=operation.target,
        billing=operation.billing,
        requests=traffic.requests,
        rows=traffic.rows,
        sent=traffic.sent,
        received=traffic.received,
    )


def _mean(entry: StageRequests, documents: int) -> StageRequests:
    names = ("requests", "rows", "sent", "received")
    return entry.model_copy(update={name: round(getattr(entry, name) / documents, 2) for name in names})


def _compare_counts(requests: Sequence[StageRequests], served: Counter[Operation], answered: int) -> None:
    """Hold what the worker counted against what the emulator served; raises MeasurementError where they differ.

    Compared is what nobody but the worker asks for: tables, the stages' queues, the containers `work` and `results`,
    and the models.
    """
    counted, seen = Counter[tuple[str, str, str]](), Counter[tuple[str, str, str]]()
    for entry in requests:
        if _is_sent_by_workers_only(entry.service, entry.operation, entry.target):
            target = "" if entry.operation == "Transaction" else entry.target  # the log does not say which rows
            counted[entry.service, entry.operation, target] += round(entry.requests)
    for operation, count in served.items():
        if _is_sent_by_workers_only(operation.service, operation.name, operation.target):
            seen[operation.service, operation.name, operation.target] += count
    seen["model", "Chat completion", ""] = answered
    if counted != seen:
        raise MeasurementError(
            f"The worker sent other requests than were served: {(counted - seen) or (seen - counted)}."
        )


def _is_sent_by_workers_only(service: str, operation: str, target: str) -> bool:
    match service:
        case "table" | "model":
            return True
        case "queue":
            return operation == "Put Message" and target in STAGE_QUEUES
        case "blob":
            return target in _APP_CONTAINERS
        case _:
            return False


def _host_requests(
    requests: Sequence[StageRequests], served: Counter[Operation], documents: int
) -> Iterator[StageRequests]:
    """Yield the Functions host's requests for the messages of the documents.

    A message is taken once and deleted once: polls that find nothing cost by the minute, not by the document. The
    blob trigger has a queue of its own.
    """
    for entry in requests:
        if entry.service == "queue" and entry.operation == "Put Message":
            for name in ("Get Messages", "Delete Message"):
                yield entry.model_copy(update={"stage": "", "operation": name, "sent": 0, "billing": _billing(name)})
    for operation in served:
        if operation.service == "queue" and operation.target not in STAGE_QUEUES and operation.name == "Put Message":
            for name in ("Put Message", "Get Messages", "Delete Message"):
                own = Operation("queue", name, operation.target, _billing(name))
                yield _stage_requests("", own, Traffic(documents, documents))


def _billing(name: str) -> Billing:
    match name:
        case "Get Messages":
            return "read"
        case "Delete Message":
            return "delete"
        case _:
            return "write"


def _model_use(usage: Counter[tuple[str, str]], documents: int) -> Iterator[ModelUse]:
    for deployment in sorted({name for name, _ in usage}):
        yield ModelUse(
            deployment=deployment,
            requests=round(usage[deployment, "requests"] / documents, 2),
            prompt_tokens=round(usage[deployment, "prompt tokens"] / documents, 1),
            completion_tokens=round(usage[deployment, "completion tokens"] / documents, 1),
        )


def _per_document(seconds: float, documents: int) -> float:
    return round(1000 * seconds / documents, 3)
