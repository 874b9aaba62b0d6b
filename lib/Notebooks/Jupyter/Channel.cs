using System.Net.Sockets;
using NetMQ;
using NetMQ.Sockets;

namespace Notebooks.Jupyter;

/// <summary>
/// One of the kernel's five sockets, bound. NetMQ's sockets belong to one thread at a time: each of ours is received
/// from by one thread, and those that several send to are locked.
/// </summary>
internal sealed class Channel
{
    // A client that sends more is cut off before the message fills the memory.
    private const long LargestMessage = 256 << 20;

    private readonly Lock gate = new();
    private readonly NetMQSocket socket;

    /// <exception cref="NotebookException">The address is in use or isn't one of this machine's.</exception>
    public Channel(NetMQSocket socket, string address)
    {
        this.socket = socket;
        // What is published faster than the client reads is kept, not dropped.
        socket.Options.SendHighWatermark = 0;
        socket.Options.MaxMsgSize = LargestMessage;
        if (socket is RouterSocket router)
            router.Options.RouterHandover = true;
        try
        {
            socket.Bind(address);
        }
        catch (AddressAlreadyInUseException e)
        {
            throw new NotebookException(
                $"{address} is in use: another kernel runs with this connection file, or another program took the "
                    + "port. Start a new kernel; it gets a file of its own.",
                e
            );
        }
        catch (Exception e) when (e is NetMQException or SocketException)
        {
            string reason = (e.InnerException ?? e).Message;
            throw new NotebookException($"{address} can't be listened on: {reason}", e);
        }
    }

    /// <summary>The frames of the next message; null where none came in time.</summary>
    public List<byte[]>? Receive(TimeSpan wait)
    {
        List<byte[]> frames = [];
        return socket.TryReceiveMultipartBytes(wait, ref frames) ? frames : null;
    }

    /// <summary>Sends a message, whole, from any thread.</summary>
    public void Send(IEnumerable<byte[]> frames)
    {
        lock (gate)
            socket.SendMultipartBytes(frames);
    }
}
