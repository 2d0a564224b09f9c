"""No error and no log line shows more of an address than scheme, host and port."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import EdgeError, StoreError
from edge.masking import MaskingFormatter, masked, masked_address

FIELD = {
    "rtsp://admin:Pass#w0rd@127.0.0.1:1/x": "rtsp://127.0.0.1:1/...",
    "rtsp://admin:Pa/ssw0rd@127.0.0.1:1/x": "rtsp://127.0.0.1:1/...",
    "rtsp://admin:Pa?ssw0rd@127.0.0.1:1/x": "rtsp://127.0.0.1:1/...",
    "RTSP://admin:Passw0rd@127.0.0.1:1/x": "RTSP://127.0.0.1:1/...",
    "http://127.0.0.1:1/video?user=admin&password=Passw0rd": "http://127.0.0.1:1/...",
    "rtsp://127.0.0.1:1/user=admin_password=Passw0rd_channel=1_stream=0.sdp": "rtsp://127.0.0.1:1/...",
    "rtsp://[::1/x": "rtsp://...",
    "rtsp://u:Passw0rd@[fe80::1]:554/x": "rtsp://[fe80::1]:554/...",
    "postgresql://u:Passw0rd@127.0.0.1:1/x": "postgresql://127.0.0.1:1/...",
    "postgresql://u:Passw0rd@/x?host=/run": "postgresql://...",
    "http://10.0.0.9/x?password=my@Passw0rd": "http://...",
    "rtsp://admin:123/Passw0rd@10.0.0.9/x": "rtsp://...",
    "http://127.0.0.1:8080/": "http://127.0.0.1:8080/",
    "sqlite:////var/lib/spotter/booth.sqlite": "sqlite:////var/lib/spotter/booth.sqlite",
}


@pytest.mark.parametrize(("address", "shown"), FIELD.items())
def test_an_address_keeps_scheme_host_and_port(address: str, shown: str) -> None:
    assert masked_address(address) == shown
    assert masked(f"cannot open '{address}'; check it") == f"cannot open '{shown}'; check it"
    assert str(EdgeError(f"{address}: no")) == f"{shown}: no"
    assert StoreError(address, plain=address).plain == shown


words = st.text(st.characters(codec="ascii", exclude_categories=["Cc", "Z"]), min_size=1, max_size=12)


@given(words, words, words)
def test_no_password_is_shown_wherever_it_stands(user: str, password: str, path: str) -> None:
    secret = f"S3{password}S3"
    for address in (
        f"rtsp://{user}:{secret}@10.0.0.9:554/{path}",
        f"http://10.0.0.9/{path}?password={secret}",
        f"rtsp://10.0.0.9/{path}/{secret}",
    ):
        for shown in (masked_address(address), masked(f"cannot open '{address}'; check it")):
            assert secret not in shown
            assert "://" in shown


def test_a_traceback_in_the_log_shows_none() -> None:
    err = ValueError("rtsp://admin:Passw0rd@10.0.0.9/main")
    record = logging.LogRecord("edge", logging.ERROR, "x.py", 1, "lost", None, (ValueError, err, None))
    assert "ValueError: rtsp://10.0.0.9/..." in MaskingFormatter("%(message)s").format(record)
