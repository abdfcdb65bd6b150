"""Certificate authorities of the tests' own, and what they sign. Certificates are good from 1970 to 2100, whatever day it is."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

BEGIN, END = datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
EXPIRED = datetime(1971, 1, 1, tzinfo=UTC)


class Authority:
    """A certificate authority; `file` holds its certificate in PEM, which clients may be told to trust."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self.folder, self.name, self.key = folder, name, ec.generate_private_key(ec.SECP256R1())
        self.file = folder / f"{name}.pem"
        own = _sign(name, self.key, name, self.key, x509.BasicConstraints(ca=True, path_length=0), END)
        self.file.write_bytes(own.public_bytes(serialization.Encoding.PEM))

    def issue(self, address: str = "127.0.0.1", end: datetime = END) -> Path:
        """Return a new PEM file with a private key and its certificate for a server at this address."""
        key = ec.generate_private_key(ec.SECP256R1())
        shown = _sign("server", key, self.name, self.key, x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), end)
        return _write(self.folder / f"{self.name}-{address}-{end.year}.pem", key, shown)

    def server(self, address: str = "127.0.0.1", end: datetime = END) -> ssl.SSLContext:
        """Return the context of a server that shows such a certificate."""
        return _load(self.issue(address, end))


def self_signed(folder: Path) -> ssl.SSLContext:
    """Return the context of a server on 127.0.0.1 whose certificate nobody but itself has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    extension = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    return _load(_write(folder / "self-signed.pem", key, _sign("127.0.0.1", key, "127.0.0.1", key, extension, END)))


def _sign(
    subject: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
    end: datetime,
) -> x509.Certificate:
    """Return a certificate for the subject's key, signed with the issuer's."""
    by, of = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in (issuer, subject))
    builder = x509.CertificateBuilder(by, of, key.public_key(), x509.random_serial_number(), BEGIN, end)
    return builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints)).sign(issuer_key, hashes.SHA256())


def _write(file: Path, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> Path:
    """Write both to a PEM file, and return it."""
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return file


def _load(file: Path) -> ssl.SSLContext:
    """Return the context of a server with this key and certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
