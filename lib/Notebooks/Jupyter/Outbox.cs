using System.Collections.Concurrent;
using NetMQ;

namespace Notebooks.Jupyter;

/// <summary>
/// What was sent and NetMQ has not yet written to the clients' connections. It returns a frame's buffer when it has.
/// </summary>
internal sealed class Outbox : IBufferPool
{
    private readonly ConcurrentDictionary<byte[], bool> frames = [];

    /// <summary>Whether everything is written, but for the few kilobytes in NetMQ's hand.</summary>
    public bool IsEmpty => frames.IsEmpty;

    public byte[] Take(int size)
    {
        byte[] frame = new byte[size];
        // What comes in is taken by the other thread.
        if (!WireThread.IsCurrent)
            frames[frame] = true;
        return frame;
    }

    public void Return(byte[] buffer) => frames.TryRemove(buffer, out _);

    public void Dispose() { }
}
