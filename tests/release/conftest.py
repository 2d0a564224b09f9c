"""Fixtures: a site, and a node to update with releases that the node's own site signed."""

import os
from pathlib import Path

import pytest

from edge.release.install import Release
from tests.release.nodes import OTHER_RECIPE, Node, Site
from tests.site.fixtures import first_site, site

__all__ = ["first_site", "site"]


@pytest.fixture
def no_disk_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("fsync", "sync"):
        monkeypatch.setattr(os, name, lambda *_: None)


@pytest.fixture(scope="session")
def signing_site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(tmp_path_factory.mktemp("site") / "soho")


@pytest.fixture(scope="session")
def old(signing_site: Site) -> Release:
    return signing_site.release("0.1.0")


@pytest.fixture(scope="session")
def new(signing_site: Site) -> Release:
    return signing_site.release("0.2.0")


@pytest.fixture(scope="session")
def other(signing_site: Site) -> Release:
    """A release with a model that makes another recipe."""
    return signing_site.release("0.3.0", OTHER_RECIPE)


@pytest.fixture
def node(tmp_path: Path, signing_site: Site, old: Release) -> Node:
    found = Node(tmp_path / "node")
    found.provision(old, signing_site.folder / "release.pub")
    found.service.start()
    found.clock.sleep(100)
    return found
