"""Certificates for servers of the tests, signed by themselves: for which name, and until when."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from engine.addresses import address


def make_certificate(folder: Path, name: str = "localhost", *, days: float = 1) -> int:
    """`cert.pem`, which who trusts it may name as an authority, and `key.pem`; its serial number."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    own = x509.DNSName(name) if address(name) is None else x509.IPAddress(ip_address(name))
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([own]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(secret)
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return made.serial_number


def server_with_certificate(folder: Path, name: str, *, days: float = 1) -> tuple[ssl.SSLContext, Path]:
    """What a server needs to be `name`, and the file of whom trusts it."""
    make_certificate(folder, name, days=days)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context, folder / "cert.pem"
