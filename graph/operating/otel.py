"""Traces by OpenTelemetry: a span for each operation, one for each try of an upstream call, W3C context in and out.

Spans hold route templates, codes and counts: no document, variable, address, name or id. They wait in a bounded queue (`OTEL_BSP_*`)
for a thread outside of the event loop; a collector that is away costs them, and one log line an interval (faults.md F38).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import requests
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from requests.adapters import HTTPAdapter

from graph.operating.tracing import CERTIFICATES, EXPORTERS, choose_exporters, read_variable
from graph.operating.visits import Visit
from upstreams.errors import Missing, UpstreamError
from upstreams.lane import Notices
from upstreams.tls import make_client_context

LAST = 5.0
"""Seconds that the end of the process waits for the last spans to be sent."""
log = logging.getLogger("crewgraph.traces")


class Told(SpanExporter):
    """An exporter whose failures are told in few words, however many there are; the SDK's own lines hold addresses."""

    def __init__(self, inner: SpanExporter) -> None:
        self.inner = inner
        self.notices = Notices(log, "the trace collector")

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send these, or lose them."""
        found = self.inner.export(spans)
        if found is not SpanExportResult.SUCCESS:
            self.notices.tell(f"{len(spans)} spans lost")
        return found

    def shutdown(self) -> None:
        """End; what is being tried is given up."""
        self.inner.shutdown()


class Traces:
    """The tracer of one process; `provider` is its own, and no global one is touched. Without a processor it only passes contexts on."""

    def __init__(self, *processors: SpanProcessor) -> None:
        self.provider = TracerProvider(resource=named(Resource.create()), shutdown_on_exit=False)
        for processor in processors:
            self.provider.add_span_processor(processor)
        self.tracer = self.provider.get_tracer("crewgraph")
        self.context = TraceContextTextMapPropagator()

    @contextmanager
    def operation(self, headers: Mapping[str, str], visit: Visit) -> Iterator[Span]:
        """The span of one operation, part of the trace that the client's `traceparent` names."""
        parent = self.context.extract(dict(headers))
        with self.tracer.start_as_current_span(
            "GraphQL Operation", parent, SpanKind.SERVER, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield span
            finally:
                conclude(span, visit)

    @contextmanager
    def attempt(self, upstream: str, route: str, number: int) -> Iterator[Mapping[str, str]]:
        """The span of one try; its context travels to the upstream."""
        known = {"http.request.method": "GET", "url.template": route, "peer.service": upstream}
        resent = {"http.request.resend_count": number - 1} if number > 1 else {}
        with self.tracer.start_as_current_span(
            f"GET {route}", None, SpanKind.CLIENT, {**known, **resent}, record_exception=False, set_status_on_exception=False
        ) as span:
            headers: dict[str, str] = {}
            self.context.inject(headers)
            try:
                yield headers
                span.set_attribute("http.response.status_code", 200)
            except UpstreamError as error:
                failed(span, error)
                raise

    def event(self, _upstream: str, _name: str) -> None:
        """Not noted: what is retried has a span for each try."""

    async def aclose(self) -> None:
        """Send what is left, for a few seconds; the SDK's way to end blocks, so a thread goes it."""
        done = asyncio.Event()
        loop = asyncio.get_running_loop()

        def shut() -> None:
            self.provider.shutdown()
            with contextlib.suppress(RuntimeError):  # the loop may have ended
                loop.call_soon_threadsafe(done.set)

        threading.Thread(target=shut, daemon=True).start()  # a daemon, because it may outlast the process's patience
        try:
            async with asyncio.timeout(LAST):
                await done.wait()
        except TimeoutError:
            log.warning("the trace collector did not take the last spans in %.0f seconds", LAST)


def named(resource: Resource) -> Resource:
    """The resource, called crewgraph unless the environment calls it something."""
    known = not str(resource.attributes[SERVICE_NAME]).startswith("unknown_service")
    return resource if known else resource.merge(Resource({SERVICE_NAME: "crewgraph"}))


def conclude(span: Span, visit: Visit) -> None:
    """Note how an operation went."""
    if visit.kind != "none":
        span.update_name("query")
        span.set_attribute("graphql.operation.type", "query")
    span.set_attributes({"crewgraph.operation.kind": visit.kind, "crewgraph.operation.outcome": visit.outcome})
    span.set_attribute("crewgraph.upstream.calls", visit.ledger.spent)
    if visit.status:
        span.set_attribute("http.response.status_code", visit.status)
    if visit.codes:
        span.set_attribute("crewgraph.error.codes", sorted(visit.codes))
    if visit.outcome in {"failed", "lost"} or visit.status >= 500:
        span.set_attribute("error.type", next(iter(visit.codes)) if visit.codes else visit.outcome)
        span.set_status(StatusCode.ERROR)


def failed(span: Span, error: UpstreamError) -> None:
    """Note why a try was none; that somebody is unknown is an answer."""
    if error.status is not None:
        span.set_attribute("http.response.status_code", error.status)
    if not isinstance(error, Missing):
        span.set_attribute("error.type", error.code)
        span.set_status(StatusCode.ERROR)


def from_environment() -> Traces:
    """Traces as the standard variables say (`OTEL_TRACES_EXPORTER`, `OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_TRACES_SAMPLER`, ...).

    Raises ValueError for an exporter that is not installed.
    """
    for name in ("opentelemetry", "urllib3"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return Traces(*(BatchSpanProcessor(Told(make_exporter(name))) for name in choose_exporters()))


def make_exporter(name: str) -> SpanExporter:
    """Return the exporter that is registered under this name; the one of OTLP over HTTP trusts what all other clients trust."""
    if name == "otlp_proto_http":
        return OTLPSpanExporter(session=make_session())
    (found,) = entry_points(group=EXPORTERS, name=name)
    made: SpanExporter = found.load()()
    return made


def make_session() -> requests.Session:
    """Return a session that trusts the system's authorities, and those of OpenTelemetry's own variables."""
    file = next((Path(file) for name in CERTIFICATES if (file := read_variable(name))), None)
    session = requests.Session()
    session.mount("https://", TrustingAdapter(make_client_context(file)))
    return session


class TrustingAdapter(HTTPAdapter):
    """Checks certificates by a given TLS context, instead of requests' own list of authorities."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.context = context
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Make the connections of this adapter by its context."""
        super().init_poolmanager(*arguments, ssl_context=self.context, **options)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """Make those through a proxy by it too."""
        return super().proxy_manager_for(proxy, ssl_context=self.context, **options)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Add no authorities to those of the context, which has them all."""
        super().cert_verify(conn, url, verify, cert)
        conn.ca_certs = conn.ca_cert_dir = None
