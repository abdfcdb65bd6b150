"""An authority of the tests' own, and what it signs."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

BEGUN, ENDED, ENDING = (datetime(year, 1, 1, tzinfo=UTC) for year in (2000, 2001, 2099))
"""Certificates are good, or have expired, on every day on which tests run."""


class Authority:
    """Signs certificates; `trusting` is the side of a client that believes it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.key = folder, ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "The tests")])
        self.own = self.signed(self.name, self.key, x509.BasicConstraints(ca=True, path_length=0))

    def signed(
        self, name: x509.Name, key: ec.EllipticCurvePrivateKey, extension: x509.ExtensionType, *, expired: bool = False
    ) -> x509.Certificate:
        """A certificate that is good, or has expired."""
        until = ENDED if expired else ENDING
        builder = x509.CertificateBuilder(self.name, name, key.public_key(), x509.random_serial_number(), BEGUN, until)
        return builder.add_extension(extension, critical=False).sign(self.key, hashes.SHA256())

    def trusting(self) -> ssl.SSLContext:
        """A client's side."""
        return ssl.create_default_context(cadata=self.own.public_bytes(serialization.Encoding.PEM).decode())

    def server(self, address: str = "127.0.0.1", *, expired: bool = False) -> ssl.SSLContext:
        """A server's side, with a certificate for this address."""
        key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server")])
        shown = self.signed(name, key, x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), expired=expired)
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        file = self.folder / f"{address}-{expired}.pem"
        file.write_bytes(private + shown.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context
