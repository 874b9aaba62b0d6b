using System.Net;
using System.Net.Sockets;

namespace HitSong.Collect;

/// <summary>
/// Connects to no private address unless the settings allow it. The addresses that are checked are those that are
/// connected to: a name that is looked up a second time could lead elsewhere.
/// </summary>
internal sealed class AddressGuard(WebSettings settings)
{
    /// <summary>A connection to a server, for <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="CollectException">The server's address is private.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        DnsEndPoint server = context.DnsEndPoint;
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(server.Host, cancellation);
        if (!MayBePrivate(server) && addresses.FirstOrDefault(PrivateAddresses.Contains) is { } hidden)
            throw new CollectException(
                $"{server.Host} is the private address {hidden}: it is not asked unless --allow-private or "
                    + "--allow-server says so"
            );

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, server.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private bool MayBePrivate(DnsEndPoint server) =>
        settings.AllowPrivateAddresses || settings.PrivateServers.Contains($"{server.Host}:{server.Port}");
}
