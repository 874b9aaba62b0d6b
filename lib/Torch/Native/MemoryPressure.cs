namespace TorchSharp;

/// <summary>
/// Tells the garbage collector of the native memory that tensors hold, so that it runs before tensors without a dispose
/// scope fill the machine. Each thread saves up small changes, since telling costs as much as making a small tensor.
/// </summary>
internal static class MemoryPressure
{
    private const int Step = 1 << 20;

    [ThreadStatic] private static long pending;

    /// <param name="bytes">Above zero for memory taken, below for memory freed.</param>
    public static void Change(long bytes)
    {
        long change = pending + bytes;
        if (change >= Step) GC.AddMemoryPressure(change);
        else if (change <= -Step) GC.RemoveMemoryPressure(-change);
        else
        {
            pending = change;
            return;
        }
        pending = 0;
    }
}
