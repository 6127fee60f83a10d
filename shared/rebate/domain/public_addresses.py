"""Which addresses belong to the public internet: no others are ever sent to (contracts, section 7).

An address is judged as the number that it is, never as the text that it was written in. What leads
to an IPv4 address by way of IPv6 (mapped, NAT64, 6to4, Teredo) is refused whatever it leads to.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_UNICAST = IPv6Network("2000::/3")
"""All that was ever given out of IPv6 to reach somebody by."""

_NOT_PUBLIC_4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",
            "100.64.0.0/10",  # between a carrier and its customers
            "127.0.0.0/8",
            "169.254.0.0/16",  # link-local, with the metadata of clouds
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",  # to IPv6
            "192.168.0.0/16",
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
        ),
    )
)
_NOT_PUBLIC_6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # special purposes, Teredo among them
            "2001:db8::/32",
            "2002::/16",  # 6to4
            "3fff::/20",
        ),
    )
)


def is_public(address: str) -> bool:
    """Tell whether an IP address, as text, is one of the public internet.

    Raises:
        ValueError: it is no IP address.
    """
    found = ip_address(address)
    if isinstance(found, IPv4Address):
        return found.is_global and not any(found in network for network in _NOT_PUBLIC_4)
    return _is_public_6(found)


def _is_public_6(found: IPv6Address) -> bool:
    special = any(found in network for network in _NOT_PUBLIC_6)
    return found.is_global and found in _UNICAST and not special


def is_loopback(address: str) -> bool:
    """Tell whether an IP address, as text, is that of the machine itself.

    Raises:
        ValueError: it is no IP address.
    """
    return ip_address(address).is_loopback
