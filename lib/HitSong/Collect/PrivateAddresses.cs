using System.Net;

namespace HitSong.Collect;

/// <summary>
/// The addresses that no public server has: this machine's, those of private and local networks, and those of no single
/// host, as IANA's registries of special-purpose addresses list them (RFC 6890). An IPv6 address that carries an IPv4
/// address is private where that one is.
/// </summary>
internal static class PrivateAddresses
{
    private static readonly IPNetwork[] Networks =
    [
        IPNetwork.Parse("0.0.0.0/8"), // this network, RFC 791
        IPNetwork.Parse("10.0.0.0/8"), // private, RFC 1918
        IPNetwork.Parse("100.64.0.0/10"), // shared behind a carrier's NAT, RFC 6598
        IPNetwork.Parse("127.0.0.0/8"), // loopback, RFC 1122
        IPNetwork.Parse("169.254.0.0/16"), // link-local, RFC 3927; clouds give their machines' secrets there
        IPNetwork.Parse("172.16.0.0/12"), // private, RFC 1918
        IPNetwork.Parse("192.0.0.0/24"), // protocol assignments, RFC 6890
        IPNetwork.Parse("192.0.2.0/24"), // documentation, RFC 5737
        IPNetwork.Parse("192.168.0.0/16"), // private, RFC 1918
        IPNetwork.Parse("198.18.0.0/15"), // benchmarks of networks, RFC 2544
        IPNetwork.Parse("198.51.100.0/24"), // documentation, RFC 5737
        IPNetwork.Parse("203.0.113.0/24"), // documentation, RFC 5737
        IPNetwork.Parse("224.0.0.0/4"), // multicast, RFC 5771
        IPNetwork.Parse("240.0.0.0/4"), // reserved, RFC 1112, and broadcast, RFC 919
        IPNetwork.Parse("::/96"), // unspecified, loopback, RFC 4291, and its deprecated IPv4-compatible addresses
        IPNetwork.Parse("64:ff9b:1::/48"), // NAT64 within a network, RFC 8215
        IPNetwork.Parse("100::/64"), // discard, RFC 6666
        IPNetwork.Parse("2001::/23"), // protocol assignments, RFC 2928, with Teredo, RFC 4380
        IPNetwork.Parse("2001:db8::/32"), // documentation, RFC 3849
        IPNetwork.Parse("3fff::/20"), // documentation, RFC 9637
        IPNetwork.Parse("5f00::/16"), // segment routing, RFC 9602
        IPNetwork.Parse("fc00::/7"), // unique local, RFC 4193
        IPNetwork.Parse("fe80::/10"), // link-local, RFC 4291
        IPNetwork.Parse("fec0::/10"), // site-local, RFC 3879
        IPNetwork.Parse("ff00::/8"), // multicast, RFC 4291
    ];

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96"); // RFC 6052
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16"); // RFC 3056

    /// <summary>Whether an address is one of them.</summary>
    public static bool Contains(IPAddress address)
    {
        IPAddress reached = EmbeddedIPv4(address) ?? address;
        return Networks.Any(network => network.Contains(reached));
    }

    private static IPAddress? EmbeddedIPv4(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (Nat64.Contains(address))
            return new IPAddress(address.GetAddressBytes()[12..16]);
        if (SixToFour.Contains(address))
            return new IPAddress(address.GetAddressBytes()[2..6]);
        return null;
    }
}
