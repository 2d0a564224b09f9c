"""Certificates for tests, made by openssl."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def make_certificates(folder: Path, names: Mapping[str, Sequence[str]]) -> Path:
    """Make NAME.pem and NAME.key in a new folder, for every authority and those it signs; all are for this machine."""
    folder.mkdir()
    (folder / "san").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1")
    for ca, leaves in names.items():
        _openssl(folder, "req", "-x509", *CURVE, "-keyout", f"{ca}.key", "-out", f"{ca}.pem", "-subj", f"/CN={ca}")
        for leaf in leaves:
            _openssl(folder, "req", *CURVE, "-keyout", f"{leaf}.key", "-out", f"{leaf}.csr", "-subj", f"/CN={leaf}")
            signing = ["-CA", f"{ca}.pem", "-CAkey", f"{ca}.key", "-CAcreateserial", "-extfile", "san"]
            _openssl(folder, "x509", "-req", "-in", f"{leaf}.csr", *signing, "-out", f"{leaf}.pem")
    return folder


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)
