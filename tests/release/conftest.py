from tests.site.fixtures import first_site, site

__all__ = ["first_site", "site"]
