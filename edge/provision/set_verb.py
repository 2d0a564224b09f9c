"""`spotter provision set`: change nodes, the booth's address or the folder's place, and say whose card is old now."""

from typing import TYPE_CHECKING, Any

import msgspec

from edge.command import GOOD, Args
from edge.errors import ProvisionError
from edge.provision import advice
from edge.provision.passphrase import read_passphrase, wifi_password
from edge.site.settings import check_host

if TYPE_CHECKING:
    from edge.site.site import Site

OPTIONS = ("facing", "source", "booth", "address", "gateway", "wifi", "wifi_country")


def given_options(args: Args, site: "Site") -> dict[str, Any]:
    """Return the options of a node that were given; raises ProvisionError for a booth that is not this site's."""
    given = {name: value for name in OPTIONS if (value := getattr(args, name)) is not None}
    if given.get("booth", site.settings.booth[0]) not in site.settings.booth:
        raise ProvisionError(
            f"--booth {given['booth']}: expected an address of the broker's certificate: "
            f"{', '.join(site.settings.booth)}; a new one for the whole site: "
            f"spotter provision set --site-dir {advice.quoted(args.site_dir)} --booth {given['booth']}"
        )
    if args.wifi or args.wifi_password_file:
        given["wifi_password"] = wifi_password(args)
    elif args.wifi == "":
        given |= {"wifi_password": "", "wifi_country": ""}
    return given


def provision_set(args: Args) -> int:
    """Change nodes, or the booth's address; in any case correct the access rules, and the paths of a moved folder."""
    from edge.site.change import follow_move
    from edge.site.site import Site

    site = Site(args.site_dir)
    if follow_move(site):
        print(f"{args.site_dir}: its settings name this folder now; start broker and booth again:")
        print(advice.restart_broker(args.site_dir, is_installed=False))
        print(advice.restart_booth(args.site_dir, is_installed=False))
    site.write_access()
    booths, args.booth = args.booth, args.booth[0] if args.booth else None
    if not args.nodes and booths:
        return _set_booth(args, site, booths)
    if len(booths or ()) > 1:
        raise ProvisionError("--booth: a node connects to one address; give one, or leave the nodes out")
    given = given_options(args, site)
    if not args.nodes and given:
        raise ProvisionError(f"which node? spotter provision set NODE --site-dir {advice.quoted(args.site_dir)} ...")
    if args.nodes and not given:
        raise ProvisionError("nothing to change; give --facing, --source, --booth, --address, --gateway or --wifi")
    return _set_nodes(args, site, given)


def _set_nodes(args: Args, site: "Site", given: dict[str, Any]) -> int:
    from edge.site.change import change_node

    if given.get("address") and len(args.nodes) > 1:
        raise ProvisionError("--address: no two nodes can have one address; give one node")
    for name in args.nodes:
        try:
            is_old = change_node(site, name, given)
        except (ValueError, msgspec.ValidationError) as err:
            raise ProvisionError(f"{name}: {err}") from err
        said = f"write its card again: {advice.write_card(name, args.site_dir)}" if is_old else "its card stays valid"
        print(f"{name}: changed; {said}")
    if "facing" in given:
        installed = site.settings.installed
        print(f"make the booth read it: {advice.restart_booth(args.site_dir, is_installed=installed)}")
    return GOOD


def _set_booth(args: Args, site: "Site", booths: list[str]) -> int:
    from edge.site.change import change_booth

    passphrase = read_passphrase(args.passphrase_file, is_needed=site.has_passphrase)
    was, changed = site.settings.booth, change_booth(site, [*map(check_host, booths)], passphrase)
    print(f"booth: {', '.join(booths)} (before: {', '.join(was)}); the broker's and the page's certificates are new")
    for name in changed.nodes:
        print(f"{name}: write its card again: {advice.write_card(name, args.site_dir)}")
    for name in changed.out_of_reach:
        where = f"spotter provision set {name} --site-dir {advice.quoted(args.site_dir)} --address ADDRESS/24"
        print(f"{name}: its address {site.network(name).address} is in another subnet; first: {where}")
    for name in changed.laptops:
        print(f"{name}: copy {advice.quoted(args.site_dir / 'laptops' / name)} to the laptop again")
    installed = site.settings.installed
    how = advice.restart_broker(args.site_dir, is_installed=installed, files=(*advice.ACCESS, *advice.CERTIFICATES))
    print(f"now restart the broker: {how}")
    print(f"and the booth, for its page: {advice.restart_booth(args.site_dir, is_installed=installed)}")
    return GOOD
