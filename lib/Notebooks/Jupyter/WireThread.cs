using System.Collections;
using System.Reflection;
using NetMQ;

namespace Notebooks.Jupyter;

/// <summary>
/// The one thread by which NetMQ reads and writes every connection. NetMQ 4.0.4.5 lets it end with the first exception
/// that a connection causes, such as a command of no bytes, and the kernel would hear nobody any more.
/// </summary>
internal static class WireThread
{
    /// <summary>Whether it is the calling thread.</summary>
    public static bool IsCurrent =>
        Thread.CurrentThread.Name?.StartsWith("iothread-", StringComparison.Ordinal) == true;

    /// <summary>
    /// Starts it anew, from within its exception. It has no public way to: the connection that failed is left aside.
    /// </summary>
    public static void Restart()
    {
        object context = Member(typeof(NetMQConfig), null, "Context");
        foreach (object thread in (IEnumerable)Member(context.GetType(), context, "m_ioThreads"))
        {
            object loop = Member(thread.GetType(), thread, "Proactor"),
                mailbox = Member(thread.GetType(), thread, "Mailbox");
            // What other threads asked of it may have been waiting behind what failed.
            loop.GetType().GetMethod("SignalMailbox")!.Invoke(loop, [mailbox]);
            loop.GetType().GetMethod("Start")!.Invoke(loop, null);
        }
    }

    private static object Member(Type type, object? of, string name)
    {
        const BindingFlags Any =
            BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        return type.GetProperty(name, Any)?.GetValue(of) ?? type.GetField(name, Any)!.GetValue(of)!;
    }
}
