"""TLS contexts for every outgoing connection: both upstreams, the key server, Redis and the trace collector.

Clients trust what the machine trusts: the system's trust store, or what `SSL_CERT_FILE` and `SSL_CERT_DIR` name, as OpenSSL does.
"""

from __future__ import annotations

import os
import ssl
import sys
from collections.abc import Sequence
from pathlib import Path

import truststore

HTTP = ("http/1.1",)
"""The protocol that HTTP clients offer in the handshake (ALPN)."""


def make_client_context(ca_file: Path | None = None, alpn: Sequence[str] = HTTP) -> ssl.SSLContext:
    """Return a context that checks certificates against the system's trust store and the authorities in `ca_file`, and host names.

    Reading all certificates takes some 30 ms, so make one for each client, not for each connection. Raises OSError for a `ca_file` that
    cannot be read or holds no certificate.
    """
    context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if sys.platform in ("darwin", "win32"):
        if given := os.environ.get(ssl.get_default_verify_paths().openssl_cafile_env):
            context.load_verify_locations(given)
    else:
        # Where OpenSSL itself checks certificates, truststore reads them again for each connection. The context that it has prepared for
        # one connection serves all.
        context = context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="localhost").context
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    if alpn:
        context.set_alpn_protocols(list(alpn))
    return context


def holds_certificates(file: Path) -> bool:
    """Whether a file can be read and holds a certificate in PEM."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(file)
    except OSError:
        return False
    return context.cert_store_stats()["x509"] > 0
