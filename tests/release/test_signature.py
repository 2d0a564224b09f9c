"""A site's signature on a release, made and checked with the site's own commands and keys."""

from pathlib import Path

import pytest

from edge.cli import main
from edge.errors import ProvisionError
from edge.release.install import SIGNATURE
from edge.release.signature import read_signed, sign_release
from edge.site import authority
from tests.card.cards import make_card, names, unpack
from tests.release.releases import make_release

SITE = ["--site", "soho", "--booth", "192.168.50.1"]
PURPOSE = ["--who", "Shop", "--purpose", "shoes", "--contact", "a@example.org", "--keep-days", "1"]


@pytest.mark.parametrize("passphrase", [None, "correct horse"])
def test_what_a_site_signs_its_nodes_take(
    tmp_path: Path, passphrase: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "words").write_text(f"{passphrase}\n")
    secret = ["--passphrase-file", str(tmp_path / "words")] if passphrase else []
    site, made = tmp_path / "soho", make_release(tmp_path / "release")
    assert main(["provision", "site", str(site), *SITE, *PURPOSE, *secret]) == 0
    words = ["provision", "sign-release", "--site-dir", str(site), "--release", str(made.folder)]
    assert main([*words, *secret]) == 0
    assert f"release {made.id} is signed for soho" in capsys.readouterr().out
    assert read_signed(made.folder, site / "release.pub") == made
    if passphrase:
        (tmp_path / "words").write_text("wrong horse\n")
        (made.folder / SIGNATURE).unlink()
        assert main([*words, *secret]) == 2
        assert "passphrase is wrong" in capsys.readouterr().err
        assert not (made.folder / SIGNATURE).exists()


def test_a_card_carries_the_signature_of_its_site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "words").write_text("correct horse\n")
    secret = ["--passphrase-file", str(tmp_path / "words")]
    site, made, card = tmp_path / "soho", make_release(tmp_path / "release"), make_card(tmp_path / "card.img")
    assert main(["provision", "site", str(site), *SITE, *PURPOSE, *secret]) == 0
    assert main(["provision", "node", "north", "--site-dir", str(site), *secret]) == 0
    words = ["provision", "image", "north", "--site-dir", str(site), "--release", str(made.folder)]
    words += ["--image", str(card)]
    assert main(words) == 2
    assert "expected a release signed by soho, as nodes install no other; give --passphrase-file" in (
        capsys.readouterr().err
    )
    assert main([*words, *secret]) == 0
    first = unpack(card, tmp_path / "first") / "spotter"
    assert read_signed(first / "release", first / "identity" / "release.pub").id == made.id
    assert main(words) == 0, "signed once, it needs no passphrase for the next card"
    assert f"spotter/release/{SIGNATURE}" in names(card)


def test_a_damaged_release_is_not_signed(tmp_path: Path) -> None:
    made = make_release(tmp_path / "release")
    (tmp_path / "key").write_bytes(authority.make_signing_pair()[0])
    next(made.folder.glob("*.whl")).write_bytes(b"")
    (made.folder / SIGNATURE).unlink()
    with pytest.raises(ProvisionError, match="is damaged"):
        sign_release(made.folder, tmp_path / "key", None)
    assert not (made.folder / SIGNATURE).exists()


def test_a_key_of_another_kind_is_said(tmp_path: Path) -> None:
    made = make_release(tmp_path / "release")
    with pytest.raises(ProvisionError, match="cannot be read"):
        sign_release(made.folder, tmp_path / "key", None)
    (tmp_path / "key").write_bytes(authority.make_authority("soho", authority.BEGINNING, None).key)
    with pytest.raises(ProvisionError, match="expected an Ed25519 key"):
        sign_release(made.folder, tmp_path / "key", None)
