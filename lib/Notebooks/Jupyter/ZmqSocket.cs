using System.Runtime.InteropServices;

namespace Notebooks.Jupyter;

/// <summary>
/// A bound socket. libzmq's sockets belong to one thread at a time: each of ours is received from by one thread, and
/// those that several send to are locked.
/// </summary>
internal sealed class ZmqSocket
{
    // A client that sends more is cut off before the message fills the memory.
    private const long LargestMessage = 256 << 20;

    private readonly Lock gate = new();
    private readonly nint socket;
    private bool closed;

    /// <exception cref="NotebookException">The address is in use or isn't one of this machine's.</exception>
    public ZmqSocket(nint context, int type, string address)
    {
        socket = Zmq.zmq_socket(context, type);
        Set(Zmq.Linger, 1000);
        // What is published faster than the client reads is kept, not dropped.
        Set(Zmq.SendHighWater, 1_000_000);
        if (type == Zmq.Router)
            Set(Zmq.RouterHandover, 1);
        _ = Zmq.zmq_setsockopt(socket, Zmq.MaxMessageSize, LargestMessage, sizeof(long));
        if (Zmq.zmq_bind(socket, address) == 0)
            return;
        int error = Marshal.GetLastPInvokeError();
        throw new NotebookException(
            error == Zmq.AddressInUse
                ? $"{address} is in use: another kernel runs with this connection file, or another program "
                    + "took the port. Start a new kernel; it gets a file of its own."
                : $"{address} can't be listened on: {Zmq.Describe(error)}"
        );
    }

    /// <summary>The frames of the next message; null where none came in time, or the kernel is ending.</summary>
    /// <param name="wait">Milliseconds; -1 for ever.</param>
    public List<byte[]>? Receive(int wait)
    {
        Set(Zmq.ReceiveTimeout, wait);
        var frames = new List<byte[]>();
        bool more = true;
        while (more)
        {
            Zmq.Frame frame = default;
            _ = Zmq.zmq_msg_init(ref frame);
            while (Zmq.zmq_msg_recv(ref frame, socket, 0) < 0)
                if (Marshal.GetLastPInvokeError() != Zmq.Interrupted)
                    return null;
            byte[] bytes = new byte[Zmq.zmq_msg_size(ref frame)];
            Marshal.Copy(Zmq.zmq_msg_data(ref frame), bytes, 0, bytes.Length);
            more = Zmq.zmq_msg_more(ref frame) != 0;
            _ = Zmq.zmq_msg_close(ref frame);
            frames.Add(bytes);
        }
        return frames;
    }

    /// <summary>Sends a message, whole, from any thread; does nothing once it is closed.</summary>
    public void Send(IReadOnlyList<byte[]> frames)
    {
        lock (gate)
        {
            if (closed)
                return;
            for (int i = 0; i < frames.Count; i++)
                while (
                    Zmq.zmq_send(socket, frames[i], (nuint)frames[i].Length, i < frames.Count - 1 ? Zmq.SendMore : 0)
                    < 0
                )
                    if (Marshal.GetLastPInvokeError() != Zmq.Interrupted)
                        return;
        }
    }

    /// <summary>
    /// Called by the thread that receives, or while none does. What was sent is still delivered, for a second.
    /// </summary>
    public void Close()
    {
        lock (gate)
        {
            if (closed)
                return;
            closed = true;
            _ = Zmq.zmq_close(socket);
        }
    }

    private void Set(int option, int value) => _ = Zmq.zmq_setsockopt(socket, option, value, sizeof(int));
}
