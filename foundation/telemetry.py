"""What operators can watch, as Prometheus metrics: plain functions that record one thing each, in a microsecond or two.

A label never holds what people wrote, or the id of a person or channel, and has few values: each of them is a time
series for ever. docs/operations.md lists the metrics; bot.operations serves them.
"""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    Summary,
    disable_created_metrics,
)

disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

ACK_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)  # Slack waits three seconds
MOST_VALUES = 40  # of one label; later ones are counted as OTHER
OTHER = "other"
WORK_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

_arrivals = Counter("pmo_arrivals_total", "What Slack delivered.", ["kind"], registry=REGISTRY)
_acks = Histogram(
    "pmo_ack_seconds", "From arrival to acknowledgement.", ["kind"], buckets=ACK_BUCKETS, registry=REGISTRY
)
_handling = Histogram(
    "pmo_handling_seconds", "One try at the work on an arrival.", ["kind"], buckets=WORK_BUCKETS, registry=REGISTRY
)
_failures = Counter("pmo_handling_failures_total", "Tries that failed unexpectedly.", ["outcome"], registry=REGISTRY)
_sends = Counter("pmo_sends_total", "Attempts to send to Slack.", ["outcome"], registry=REGISTRY)
_pauses = Counter("pmo_slack_pauses_total", "Pauses that Slack asked for.", ["call"], registry=REGISTRY)
_answers = Histogram("pmo_answer_seconds", "Questions answered.", ["outcome"], buckets=WORK_BUCKETS, registry=REGISTRY)
_jobs = Summary("pmo_job_seconds", "Runs of scheduled jobs.", ["job"], registry=REGISTRY)
_job_failures = Counter("pmo_job_failures_total", "Runs of scheduled jobs that failed.", ["job"], registry=REGISTRY)
_job_successes = Gauge(
    "pmo_job_last_success_timestamp_seconds", "When a job last succeeded.", ["job"], registry=REGISTRY
)
_database_failures = Counter(
    "pmo_database_failures_total", "Transactions that the database refused or lost.", ["kind"], registry=REGISTRY
)
_database_retries = Counter("pmo_database_retries_total", "Work done again on a new connection.", registry=REGISTRY)
_refusals = Counter("pmo_http_refusals_total", "HTTP requests that were refused.", ["status"], registry=REGISTRY)

# A counter that appears only with its first failure would hide that failure from Prometheus, which sees no increase.
for _counter, _outcomes in {
    _failures: ("retried", "given_up"),
    _sends: ("sent", "retried", "refused", "sent_directly", "dead"),
    _database_failures: ("unavailable", "connection_lost"),
}.items():
    for _outcome in _outcomes:
        _counter.labels(_outcome)

_values: defaultdict[str, set[str]] = defaultdict(set)


def _bound(label: str, value: str) -> str:
    """The value; OTHER if there are too many already."""
    known = _values[label]
    if value not in known:
        if len(known) >= MOST_VALUES:
            return OTHER
        known.add(value)
    return value


@contextmanager
def time_ack(kind: str) -> Iterator[None]:
    """Count an arrival and time its acknowledgement. `kind` is its route's, such as “event”."""
    kind = _bound("kind", kind)
    _arrivals.labels(kind).inc()
    with _acks.labels(kind).time():
        yield


@contextmanager
def time_handling(kind: str) -> Iterator[None]:
    """Time one try at the work on an arrival."""
    with _handling.labels(_bound("kind", kind)).time():
        yield


def count_handling_failure(outcome: str) -> None:
    """Handling failed unexpectedly: it's “retried” later, or “given_up”."""
    _failures.labels(outcome).inc()


def count_send(outcome: str) -> None:
    """An attempt to send ended."""
    _sends.labels(outcome).inc()


def count_pause(call: str) -> None:
    """Slack wants no call of this name for a while."""
    _pauses.labels(_bound("call", call)).inc()


def record_answer(outcome: str, seconds: float) -> None:
    """A question was answered."""
    _answers.labels(outcome).observe(seconds)


@contextmanager
def time_job(job: str) -> Iterator[None]:
    """Time a scheduled job; it fails if it raises."""
    job, began = _bound("job", job), time.perf_counter()
    _job_failures.labels(job)
    try:
        yield
    except BaseException:
        _job_failures.labels(job).inc()
        raise
    else:
        _job_successes.labels(job).set_to_current_time()
    finally:
        _jobs.labels(job).observe(time.perf_counter() - began)


def count_database_failure(*, is_connection_lost: bool) -> None:
    """A transaction failed because of the database's state."""
    _database_failures.labels("connection_lost" if is_connection_lost else "unavailable").inc()


def count_database_retry() -> None:
    """Work is done again on a new connection."""
    _database_retries.inc()


def count_refusal(status: int) -> None:
    """An HTTP request was refused with this status."""
    _refusals.labels(_bound("status", str(status))).inc()
