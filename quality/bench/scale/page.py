"""docs/scale.md, made from the kept report: the page cannot say other figures than were measured and simulated."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from quality.bench.scale.operations import Service
from quality.bench.scale.pricing import EVENT_DELIVERIES, INSTANCE_GB, cost_lines, load_prices, lonely_execution_cost
from quality.bench.scale.record import OWN_CPU_GOAL, STAGES, Measurement
from quality.bench.scale.report import ScaleReport
from quality.bench.scale.simulation.growth import MODEL_TIERS
from quality.bench.scale.simulation.quotas import Quotas, load_quotas
from quality.bench.scale.simulation.system import CORES, PLACES
from quality.bench.scale.simulation.work import Assumptions, load_assumptions
from shared.domain.models.catalogue import Catalogue

_BOUND = 0.9

_PAGE = """\
# Scale: what a document costs, and what bounds growth

After reading this page you know what one small document takes in CPU, requests and money, how many a minute pass on
one machine, and which limit you reach first as you add instances. Made by `python -m scripts.generate_docs` from
`quality/bench/scale/measured.json`, the last measurement ({day}, commit `{commit}`, {cpus} cores, {system}); a test
holds this page and the chart against that file.

```
intray bench scale --write                      # measure and simulate anew, on a quiet machine; replaces measured.json
intray bench scale --write --from quality/bench/scale/measured.json    # only simulate anew
python -m scripts.generate_docs                 # this page and its chart
```

## One small document

The document is an invoice of one text page ({bytes} bytes) of the built-in type `invoice`, read by
{requests_models} requests to models. {documents} of them pass the local cloud, four at a time, with one worker
whose answers come from a store after {model_seconds:g} s. Means of one document:

{cpu_table}

- **own** is `functions/` and `shared/` with the libraries that they compute with (pydantic, jsonschema, jiter). The
  goal is {goal} ms; the measured value is {own:.1f} ms.
- **reading** is the child process that opens the PDF and makes the picture of the page (PyMuPDF, Pillow, and our
  code around them), {reading:.1f} ms.
- **Azure SDK** and **openai SDK** are their public methods: building clients and requests, signing, retries,
  parsing. **transport** is sockets and HTTP parsing, which belong to no stage. **worker and loop** is the Functions
  worker and the event loop. Together the worker takes {process:.0f} ms as the operating system counts.

Waiting takes no CPU, so the share of a coroutine cannot be read from two clocks around an `await`. The bench
instruments the worker's event loop: it reads the thread's CPU clock at every change between callbacks, and in and
out of every public method of the SDKs. The times of threads are booked where they were started. The instruments
themselves cost CPU: without them the worker takes {plain_worker:.0f} ms. CPU times depend on the machine and on
what else it computes.

### Requests

{request_table}

Counted where the SDKs hand a request to their HTTP transport, so retries count. The bench compares the counts with
the access log of the storage emulator and with the model server, and fails when they differ. Bodies: {sent:.0f} KB
sent, {received:.0f} KB received. The Functions host adds {host:.0f} requests: it takes and deletes each message,
and the blob trigger has a queue of its own. Polls that find nothing cost by the minute, not by the document.
`tests/integration/test_requests_of_a_document.py` bounds the number of requests.

## Throughput on one machine

{documents} documents are uploaded at once to a fresh cloud: workers, host, storage emulator, Event Grid, subscriber and
the bench itself share {cpus} cores. The model answers after {model_seconds:g} s from a store, so it is no bottleneck.

{throughput_table}

*Predicted* is the simulation of the same cloud from the CPU that each process took with one worker, slowed down by what
other programs used of the cores meanwhile. It knows neither caches nor the cost of switching between processes. The
storage emulator is one process on one core, which is a ceiling of this machine; it says nothing of Azure Storage.

## Cost per million documents

{cost_table}

List prices of {as_of} in US dollars from `quality/bench/scale/data/prices.yaml`, which names the source of each.
Assumed:

- An instance has {memory:g} GB and one core and is kept busy, so a document pays for the CPU of worker and reading.
  If documents come one by one, each execution is billed for a second at least: executions cost {lonely:,.0f}
  dollars then.
- Each event goes to {deliveries} subscribers. The upload is one event and one delivery.
- Models are those of the local catalogue at the prices of the deployments that they stand for (`offline-reader`:
  gpt-5.4-mini, `offline-reasoner`: gpt-5.4), without cached tokens.
- Not included: stored bytes, traffic out of the region, always-ready instances, the time when nothing happens.

## From 1 to 1,000 instances

A discrete-event simulation (`quality/bench/scale/simulation`) lets documents pass the stages on instances with one
core each, within the documented quotas. Each number of instances is kept busy; the table says how many documents a
minute come out, and which resource is used most.

![Documents a minute by number of instances](scale.svg)

{capacity_table}

A bottleneck is a resource that is used to 90 % or more; below that, documents mostly wait for answers of services.
What to do about each:

{remedy_table}

More than 250 instances need a higher quota of regional cores than a subscription has at first.

### What an arrival rate needs

Small documents that arrive at random. Where no number of instances is enough, the table names the limit.

{arrival_table}

Flex Consumption decides about every {decision_seconds:g} s and adds up to {step} instances at a time for a queue
([target-based scaling]({scaling_source})), so 100 instances take about {hundred:.0f} minutes; set `alwaysReady`
where a burst must not wait.

### Quotas and assumptions

{quota_table}

- A storage request takes {storage_ms:g} ms, and the requests of a stage follow each other. Models answer after
  {extract_seconds:g} s (extraction) and {validate_seconds:g} s (validation).
- Azure counts the prompt and the most tokens that an answer may have ({max_output:,}, `INTRAY_MAX_OUTPUT_TOKENS`)
  against the quota when a request comes, so short documents reserve much more than they use. Lower the setting
  where no long tables are expected.
- A function runs {places} invocations at once on an instance (`batchSize` + `newBatchThreshold` in `host.json`).
- All functions share the instances, as on Container Apps and AKS. On Flex Consumption each function has instances
  of its own; the sum is the same.
- Kinds of documents beside the measured one are assumptions: {kinds}.

Change `quality/bench/scale/data/assumptions.yaml` or `quotas.yaml` and run the last two commands above.
`tests/unit/quality/bench/scale` holds the simulated station against queueing theory (M/M/c), and the simulation
above against the local throughput.
"""


_REMEDIES = {
    CORES: "Add instances, as far as the quota of regional cores allows, or take instances with more cores.",
    PLACES: "Raise `batchSize` and `newBatchThreshold` in `host.json`: these invocations wait for models and need no "
    "core meanwhile. Or add instances.",
}
"""What to do about bottlenecks that no quota sets."""


def render(report: ScaleReport, catalogue: Catalogue) -> str:
    """Return the page as Markdown; whoever writes it formats it."""
    return _PAGE.format(**_measured_parts(report), **_price_parts(report.measurement, catalogue), **_simulated(report))


def _measured_parts(report: ScaleReport) -> dict[str, object]:
    measured = report.measurement
    [single] = [run for run in measured.throughput if run.workers == 1]
    return {
        "day": measured.day,
        "commit": measured.commit,
        "cpus": measured.machine["cpus"],
        "system": measured.machine["system"],
        "bytes": f"{measured.document_bytes:,}",
        "requests_models": f"{sum(use.requests for use in measured.models):g}",
        "documents": measured.documents,
        "model_seconds": measured.model_seconds,
        "cpu_table": _table(("stage", "own", "Azure SDK", "openai SDK"), _cpu_rows(measured)),
        "goal": OWN_CPU_GOAL,
        "own": measured.cpu_of("own"),
        "reading": measured.reading_milliseconds,
        "process": measured.process_milliseconds,
        "plain_worker": next(process.milliseconds for process in single.processes if process.name == "worker"),
        "request_table": _table(("stage", "blob", "queue", "table", "rows", "topic", "model"), _request_rows(measured)),
        "sent": sum(entry.sent for entry in measured.requests) / 1000,
        "received": sum(entry.received for entry in measured.requests) / 1000,
        "host": sum(entry.requests for entry in measured.host_requests),
        "throughput_table": _throughput_table(report),
    }


def _price_parts(measured: Measurement, catalogue: Catalogue) -> dict[str, object]:
    prices = load_prices()
    return {
        "cost_table": _cost_table(measured, catalogue),
        "as_of": prices.as_of,
        "memory": INSTANCE_GB,
        "lonely": lonely_execution_cost(measured, prices),
        "deliveries": EVENT_DELIVERIES,
    }


def _simulated(report: ScaleReport) -> dict[str, object]:
    assumptions, quotas = load_assumptions(), load_quotas()
    scaling = quotas.scaling
    return {
        "capacity_table": _capacity_table(report),
        "remedy_table": _remedy_table(report, quotas),
        "arrival_table": _arrival_table(report, quotas),
        "decision_seconds": scaling.decision_seconds,
        "step": scaling.instances_per_decision,
        "scaling_source": scaling.source,
        "hundred": 100 / scaling.instances_per_decision * scaling.decision_seconds / 60,
        "quota_table": _quota_table(quotas),
        "storage_ms": 1000 * assumptions.storage_request_seconds,
        "extract_seconds": assumptions.model_seconds["extract_fields"],
        "validate_seconds": assumptions.model_seconds["validate_fields"],
        "max_output": assumptions.max_output_tokens,
        "places": assumptions.invocations_at_once,
        "kinds": _kinds(assumptions),
    }


def _throughput_table(report: ScaleReport) -> str:
    rows = (
        (one.workers, f"{one.measured:.0f}", f"{one.predicted:.0f}", f"{one.error:+.0%}", f"{run.other_cores:.2f}")
        for one, run in zip(report.predictions, report.measurement.throughput, strict=True)
    )
    return _table(("workers", "documents a minute", "predicted", "error", "cores that other programs used"), rows)


def _cpu_rows(measured: Measurement) -> Iterator[tuple[object, ...]]:
    for stage in STAGES:
        yield f"`{stage}`", *(f"{measured.cpu_of(category, stage):.1f}" for category in ("own", "azure", "openai"))
    yield "**sum**", *(f"**{measured.cpu_of(category):.1f}**" for category in ("own", "azure", "openai"))
    yield f"transport {measured.cpu_of('transport'):.1f}", f"reading {measured.reading_milliseconds:.1f}", "", ""
    rest = measured.cpu_of("runtime") + measured.cpu_of("loop")
    yield f"worker and loop {rest:.1f}", "", "", ""


def _request_rows(measured: Measurement) -> Iterator[tuple[object, ...]]:
    services: tuple[Service, ...] = ("blob", "queue", "table")
    for stage in (*STAGES, None):
        rows = sum(e.rows for e in measured.requests if e.service == "table" and stage in {None, e.stage})
        counts = [f"{measured.requests_of(service, stage):.1f}" for service in services]
        topic, model = measured.requests_of("topic", stage), measured.requests_of("model", stage)
        yield f"`{stage}`" if stage else "**sum**", *counts, f"{rows:.1f}", f"{topic:.1f}", f"{model:.1f}"


def _cost_table(measured: Measurement, catalogue: Catalogue) -> str:
    lines = cost_lines(measured, load_prices(), catalogue)
    models = [line for line in lines if "tokens" in line.meter]
    rest = sum(line.dollars for line in lines if line not in models)
    rows = [(line.meter, f"{line.units:.6g}", f"{line.dollars:,.2f}") for line in lines]
    rows.append(("**without models**", "", f"**{rest:,.2f}**"))
    rows.append(("**with models**", "", f"**{rest + sum(line.dollars for line in models):,.2f}**"))
    return _table(("meter", "units of a document", "dollars a million"), rows)


def _capacity_table(report: ScaleReport) -> str:
    by_line: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for entry in report.capacities:
        bound = entry.bottleneck if entry.used >= _BOUND else "services' answers"
        by_line[entry.tier, entry.mix].append(f"{entry.per_minute:,.0f} ({bound})")
    counts = list(dict.fromkeys(entry.instances for entry in report.capacities))
    rows = [(tier, mix, *cells) for (tier, mix), cells in by_line.items()]
    return _table(("models", "documents", *(f"{count:,}" for count in counts)), rows)


def _remedy_table(report: ScaleReport, quotas: Quotas) -> str:
    reached = [entry for entry in report.capacities if entry.used >= _BOUND]
    names = {entry.bottleneck.partition(":")[0]: entry.quota for entry in reached}
    rows = [(name, _REMEDIES.get(name) or quotas.find(quota).remedy) for name, quota in names.items()]
    return _table(("bottleneck", "remedy"), rows)


def _arrival_table(report: ScaleReport, quotas: Quotas) -> str:
    rows = [
        (
            entry.tier,
            f"{entry.per_second:g}",
            entry.instances or "none is enough",
            "" if entry.slowest_seconds is None else f"{entry.slowest_seconds:g}",
            entry.bottleneck,
            "" if entry.instances else quotas.find(entry.quota).remedy,
        )
        for entry in report.arrivals
    ]
    return _table(("models", "documents a second", "instances", "95 % done within s", "used most", "remedy"), rows)


def _quota_table(quotas: Quotas) -> str:
    rows = [(f"{q.limit:,.0f} {q.unit}", q.of, f"<{q.source}>") for q in quotas.quotas]
    factors = ", ".join(f"{name}: {factor:g} times" for name, factor in MODEL_TIERS.items())
    return _table(("limit", "of", "source"), rows) + f"\n\nModel quotas of the tiers above ({factors})."


def _kinds(assumptions: Assumptions) -> str:
    return "; ".join(f"*{kind.name}*, {kind.description}" for kind in assumptions.kinds[1:])


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["--"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
