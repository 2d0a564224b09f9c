from tests.programs import start
from tests.site.fixtures import connect, first_site, running, site

__all__ = ["connect", "first_site", "running", "site", "start"]
