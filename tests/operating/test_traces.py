"""Traces: one span an operation, one a try, in the trace that the client began; and a collector that is away costs nothing."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from graph.operating.options import Operating
from graph.operating.otel import Told, Traces, from_environment
from graph.operating.visits import Visit
from graph.settings import Unusable, load
from tests.graphs import Graph, graph, is_check_ins
from tests.operating.asking import NAMES, WALK
from tests.servers import finished, reserved, running
from tests.waiting import until

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


@asynccontextmanager
async def traced(company: Path) -> AsyncIterator[tuple[Graph, InMemorySpanExporter]]:
    """A graph and the spans that it has ended."""
    spans = InMemorySpanExporter()
    async with graph(company, operating=Operating(tracer=lambda: Traces(SimpleSpanProcessor(spans)))) as found:
        yield found, spans


def by_kind(spans: InMemorySpanExporter, kind: SpanKind) -> list[ReadableSpan]:
    """The ended spans of one kind."""
    return [span for span in spans.get_finished_spans() if span.kind is kind]


async def test_an_operation_is_one_span_of_the_clients_trace_and_each_try_is_one_within_it(company: Path) -> None:
    async with traced(company) as (found, spans):
        await found.client.post("/graphql", json={"query": WALK, "operationName": None}, headers={"traceparent": PARENT})
    (operation,) = by_kind(spans, SpanKind.SERVER)
    tries = by_kind(spans, SpanKind.CLIENT)
    assert operation.name == "query"
    assert operation.parent is not None
    assert operation.parent.span_id == 0xB7AD6B7169203331
    assert {span.context.trace_id for span in spans.get_finished_spans() if span.context} == {int(TRACE, 16)}
    assert operation.attributes is not None
    assert operation.attributes["graphql.operation.type"] == "query"
    assert operation.attributes["crewgraph.operation.outcome"] == "ok"
    assert operation.attributes["http.response.status_code"] == 200
    assert len(tries) == len(found.wire.calls)
    assert operation.context is not None
    assert {span.parent.span_id for span in tries if span.parent} == {operation.context.span_id}
    assert {span.name for span in tries} <= {f"GET {span.attributes['url.template']!s}" for span in tries if span.attributes}


async def test_each_call_carries_the_context_of_its_own_span(company: Path) -> None:
    async with traced(company) as (found, spans):
        inner, sent = found.wire.inner, list[str]()

        class Heard(type(inner)):  # type: ignore[misc]
            def __init__(self) -> None:
                """Nothing of its own."""

            async def handle_async_request(self, request):  # type: ignore[no-untyped-def]
                sent.append(request.headers["traceparent"])
                return await inner.handle_async_request(request)

        found.wire.inner = Heard()
        await found.client.post("/graphql", json={"query": NAMES}, headers={"traceparent": PARENT})
    tries = [span.context for span in by_kind(spans, SpanKind.CLIENT) if span.context]
    assert tries
    assert sorted(sent) == sorted(f"00-{TRACE}-{one.span_id:016x}-01" for one in tries)


async def test_a_failure_is_seen_in_its_spans_by_code_and_nobody_is_named_in_any(company: Path) -> None:
    async with traced(company) as (found, spans):
        whole = await found.ask(WALK)
        found.wire.cut = is_check_ins
        await found.ask(WALK)
        await found.ask('query AdamAbbott { people(first: 1, name: "Adam Abbott") { nodes { id } } nothing }')
    failed = [span for span in by_kind(spans, SpanKind.CLIENT) if span.status.status_code is StatusCode.ERROR]
    assert failed
    assert {span.attributes["error.type"] for span in failed if span.attributes} == {"UPSTREAM_UNAVAILABLE"}
    assert by_kind(spans, SpanKind.SERVER)[-1].name == "GraphQL Operation"
    told = "".join(span.to_json() for span in spans.get_finished_spans())
    people = [person for project in whole["data"]["projects"]["nodes"] for person in project["people"]]
    assert not [person["name"] for person in people if person["name"] in told or (person["email"] or "@") in told]
    assert "AdamAbbott" not in told
    assert "Adam Abbott" not in told


@asynccontextmanager
async def collector() -> AsyncIterator[tuple[str, list[ExportTraceServiceRequest]]]:
    """The address of a receiver of OTLP over HTTP, and what it has got."""
    got: list[ExportTraceServiceRequest] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                assert head.startswith(b"POST /v1/traces HTTP/1.1\r\n")
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                got.append(ExportTraceServiceRequest.FromString(await reader.readexactly(length)))
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n")
        except asyncio.IncompleteReadError:
            writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", got


async def test_the_command_sends_its_spans_to_where_the_standard_variables_say_before_it_ends(tmp_path: Path) -> None:
    async with collector() as (address, got):
        settings = {"CREWGRAPH_OPENTELEMETRY": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": address, "OTEL_SERVICE_NAME": "crews"}
        async with running("serve", "--people", "30", home=tmp_path, **settings) as server:
            await ask(server)
    spans = [span for one in got for resource in one.resource_spans for scope in resource.scope_spans for span in scope.spans]
    names = {
        value.value.string_value
        for one in got
        for resource in one.resource_spans
        for value in resource.resource.attributes
        if value.key == "service.name"
    }
    assert "query" in {span.name for span in spans}
    assert any(span.name.startswith("GET /") for span in spans)
    assert names == {"crews"}


async def spans_sent(monkeypatch: pytest.MonkeyPatch, **variables: str) -> int:
    """Return how many spans a collector gets of one operation under these variables, which passes the client's trace on in any case."""
    async with collector() as (address, got):
        for name, value in {"OTEL_EXPORTER_OTLP_ENDPOINT": address, **variables}.items():
            monkeypatch.setenv(name, value)
        traces = from_environment()
        with traces.operation({"traceparent": PARENT}, Visit()), traces.attempt("checkins", "/", 1) as sent:
            assert sent["traceparent"].split("-")[1] == TRACE
        await traces.aclose()
    return sum(len(scope.spans) for one in got for resource in one.resource_spans for scope in resource.scope_spans)


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"OTEL_TRACES_EXPORTER": " OTLP "},
        {"OTEL_TRACES_EXPORTER": ""},
        {"OTEL_TRACES_EXPORTER": "otlp,otlp_proto_http"},
        {"OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"},
        {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/protobuf"},
        {"OTEL_SDK_DISABLED": "false"},
    ],
)
async def test_otlp_over_http_is_the_exporter(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    assert await spans_sent(monkeypatch, **variables) == 2


@pytest.mark.parametrize("variables", [{"OTEL_TRACES_EXPORTER": "none"}, {"OTEL_SDK_DISABLED": "True"}])
async def test_nothing_is_sent_where_opentelemetry_says_so(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    assert await spans_sent(monkeypatch, **variables) == 0


def test_the_console_is_an_exporter_too() -> None:
    """Another process, because the exporter keeps the standard output that it was loaded with."""
    program = (
        "import asyncio\n"
        "from graph.operating.otel import from_environment\n"
        "from graph.operating.visits import Visit\n"
        "traces = from_environment()\n"
        "with traces.operation({}, Visit()): pass\n"
        "asyncio.run(traces.aclose())\n"
    )
    env = {**os.environ, "OTEL_TRACES_EXPORTER": "console"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=env, cwd=Path(__file__).parents[2]
    )
    assert '"name": "GraphQL Operation"' in done.stdout


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        (
            {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
            "OTEL_EXPORTER_OTLP_PROTOCOL=grpc is not supported: use http/protobuf; for grpc, install opentelemetry-exporter-otlp-proto-grpc",
        ),
        (
            {"OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/json"},
            "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/json is not supported: use http/protobuf",
        ),
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, "OTEL_TRACES_EXPORTER=zipkin is not supported: use otlp, console or none"),
        ({"OTEL_TRACES_EXPORTER": "console,jaeger"}, "OTEL_TRACES_EXPORTER=jaeger is not supported: use otlp, console or none"),
    ],
)
async def test_what_cannot_be_exported_is_refused(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], said: str) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Unusable) as caught:
        load(opentelemetry=True)
    assert caught.value.problems == [f"CREWGRAPH_OPENTELEMETRY: {said}."]
    load(opentelemetry=False)
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    load(opentelemetry=True)


async def test_a_protocol_that_cannot_be_had_ends_the_command_with_a_sentence(tmp_path: Path) -> None:
    ended = await finished("serve", home=tmp_path, CREWGRAPH_OPENTELEMETRY="true", OTEL_EXPORTER_OTLP_PROTOCOL="grpc")
    assert ended.status == 2
    assert "OTEL_EXPORTER_OTLP_PROTOCOL=grpc is not supported" in ended.err
    assert "Traceback" not in ended.err


async def ask(address: str) -> float:
    """Ask for some names: the seconds that it took."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "import httpx,sys,time; c=httpx.Client(trust_env=False, timeout=120); b=time.perf_counter();"
        f"r=c.post(sys.argv[1]+'/graphql', json={{'query': {NAMES!r}}}); assert r.status_code==200; print(time.perf_counter()-b)",
        address,
        stdout=subprocess.PIPE,
    )
    out, _ = await process.communicate()
    return float(out)


async def test_a_dead_collector_costs_no_answer_and_one_line_an_interval(company: Path, caplog: pytest.LogCaptureFixture) -> None:
    """(faults.md F38) Spans to a port that nobody listens on, more than twice as many as the queue holds."""
    for name in ("opentelemetry", "urllib3"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    began = time.monotonic()
    with caplog.at_level("INFO"), reserved() as port:
        nobody = OTLPSpanExporter(endpoint=f"http://127.0.0.1:{port}/v1/traces", timeout=0.2)
        processor = BatchSpanProcessor(Told(nobody), max_queue_size=16, schedule_delay_millis=20, max_export_batch_size=8)
        async with graph(company, operating=Operating(tracer=lambda: Traces(processor))) as found:
            answers = [await found.ask(WALK) for _ in range(10)]
            await until(lambda: lost(caplog))
            longest = len(processor._batch_processor._queue)
    assert len(found.wire.calls) > 32
    assert not [answer for answer in answers if "errors" in answer]
    assert longest <= 16
    assert 1 <= len(lost(caplog)) <= 1 + (time.monotonic() - began) // 10
    assert "127.0.0.1" not in caplog.text


def lost(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The lines about the collector."""
    return [record.getMessage() for record in caplog.records if record.name == "crewgraph.traces" and "spans lost" in record.getMessage()]


def test_nothing_of_opentelemetry_is_loaded_unless_it_is_wanted() -> None:
    """Another process, where importing it fails as it does without the extra."""
    program = (
        "import sys\n"
        "class Absent:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] == 'opentelemetry': raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Absent())\n"
        "import graph.cli, graph.serving\n"
        "from graph.settings import Unusable, load\n"
        "try: load(opentelemetry=True)\n"
        "except Unusable as refusal: print(refusal)\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert done.stdout.splitlines() == ["CREWGRAPH_OPENTELEMETRY: needs OpenTelemetry; install crewgraph[otel].", "[]"]
