using System.Runtime.InteropServices;

namespace Notebooks.Jupyter;

/// <summary>
/// The functions of the system's libzmq that the kernel calls, by their own names; errors are errno, kept by the
/// runtime.
/// </summary>
internal static partial class Zmq
{
    public const int Pub = 1,
        Rep = 4,
        Router = 6;
    public const int Linger = 17,
        MaxMessageSize = 22,
        SendHighWater = 23,
        ReceiveTimeout = 27,
        RouterHandover = 56;
    public const int SendMore = 2;
    public const int Again = 11,
        Interrupted = 4,
        AddressInUse = 98,
        Terminated = 156384765;

    private const string Library = "libzmq.so.5";

    [LibraryImport(Library)]
    public static partial nint zmq_ctx_new();

    [LibraryImport(Library)]
    public static partial int zmq_ctx_shutdown(nint context);

    [LibraryImport(Library)]
    public static partial int zmq_ctx_term(nint context);

    [LibraryImport(Library)]
    public static partial nint zmq_socket(nint context, int type);

    [LibraryImport(Library)]
    public static partial int zmq_close(nint socket);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int zmq_bind(nint socket, string address);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int zmq_setsockopt(nint socket, int option, in int value, nuint size);

    [LibraryImport(Library, EntryPoint = "zmq_setsockopt", SetLastError = true)]
    public static partial int zmq_setsockopt(nint socket, int option, in long value, nuint size);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int zmq_send(nint socket, ReadOnlySpan<byte> data, nuint size, int flags);

    [LibraryImport(Library)]
    public static partial int zmq_msg_init(ref Frame frame);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int zmq_msg_recv(ref Frame frame, nint socket, int flags);

    [LibraryImport(Library)]
    public static partial nint zmq_msg_data(ref Frame frame);

    [LibraryImport(Library)]
    public static partial nuint zmq_msg_size(ref Frame frame);

    [LibraryImport(Library)]
    public static partial int zmq_msg_more(ref Frame frame);

    [LibraryImport(Library)]
    public static partial int zmq_msg_close(ref Frame frame);

    [LibraryImport(Library)]
    private static partial nint zmq_strerror(int error);

    public static string Describe(int error) => Marshal.PtrToStringUTF8(zmq_strerror(error))!;

    /// <summary>libzmq's <c>zmq_msg_t</c>.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    public struct Frame
    {
        private readonly long aligned;
    }
}
