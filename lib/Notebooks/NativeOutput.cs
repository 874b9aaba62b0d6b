using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Notebooks;

/// <summary>
/// What native code writes to the process's stdout and stderr (file descriptors 1 and 2), and .NET code outside of
/// cells.
/// </summary>
internal sealed partial class NativeOutput
{
    private const string Libc = "libc.so.6";
    private const int LineBuffered = 1,
        Readable = 1;
    private const nuint BytesToRead = 0x541B;

    private readonly Lock gate = new();
    private readonly Action<bool, string> print;
    private readonly int[] pipes = new int[2];
    private readonly Decoder[] decoders = [Encoding.UTF8.GetDecoder(), Encoding.UTF8.GetDecoder()];
    private readonly byte[] bytes = new byte[65536];
    private readonly char[] chars = new char[65537];

    private NativeOutput(Action<bool, string> print) => this.print = print;

    /// <summary>Captures from now on.</summary>
    /// <param name="print">Receives the text, and whether it was written to stderr.</param>
    /// <param name="log">The stderr that the process had before.</param>
    public static NativeOutput Capture(Action<bool, string> print, out TextWriter log)
    {
        log = new StreamWriter(new FileStream(new SafeFileHandle(dup(2), ownsHandle: true), FileAccess.Write))
        {
            AutoFlush = true,
        };
        var output = new NativeOutput(print);
        // C's stdout is kept back until its buffer is full, where it is no terminal.
        _ = setvbuf(
            Marshal.ReadIntPtr(NativeLibrary.GetExport(NativeLibrary.Load(Libc), "stdout")),
            0,
            LineBuffered,
            0
        );
        int[] ends = new int[2];
        for (int i = 0; i < 2; i++)
        {
            if (pipe(ends) != 0 || dup2(ends[1], i + 1) < 0)
                throw new NotebookException("The output of native code can't be captured: the system refuses a pipe.");
            _ = close(ends[1]);
            output.pipes[i] = ends[0];
        }
        new Thread(output.Watch) { IsBackground = true, Name = "native output" }.Start();
        return output;
    }

    /// <summary>Passes on what was written so far.</summary>
    public void CatchUp()
    {
        CatchUp(error: false);
        CatchUp(error: true);
    }

    /// <summary>Passes on what was written so far to one of the two.</summary>
    public void CatchUp(bool error)
    {
        int i = error ? 1 : 0;
        lock (gate)
            while (ioctl(pipes[i], BytesToRead, out int waiting) == 0 && waiting > 0)
            {
                int count = (int)read(pipes[i], bytes, (nuint)bytes.Length);
                if (count <= 0)
                    break;
                int length = decoders[i].GetChars(bytes, 0, count, chars, 0, flush: false);
                if (length > 0)
                    print(error, new string(chars, 0, length));
            }
    }

    /// <summary>Passes on what C's own buffers hold, too.</summary>
    public void Flush()
    {
        _ = fflush(0);
        CatchUp();
    }

    private void Watch()
    {
        Waited[] waited = [.. pipes.Select(pipe => new Waited { Descriptor = pipe, Events = Readable })];
        while (true)
        {
            _ = poll(waited, (nuint)waited.Length, -1);
            CatchUp();
        }
    }

    [LibraryImport(Libc)]
    private static partial int pipe([Out] int[] ends);

    [LibraryImport(Libc)]
    private static partial int dup(int descriptor);

    [LibraryImport(Libc)]
    private static partial int dup2(int from, int to);

    [LibraryImport(Libc)]
    private static partial int close(int descriptor);

    [LibraryImport(Libc)]
    private static partial int poll([In, Out] Waited[] waited, nuint count, int timeout);

    [LibraryImport(Libc)]
    [SuppressGCTransition]
    private static partial int ioctl(int descriptor, nuint request, out int value);

    [LibraryImport(Libc)]
    private static partial nint read(int descriptor, [Out] byte[] data, nuint size);

    [LibraryImport(Libc)]
    private static partial int fflush(nint file);

    [LibraryImport(Libc)]
    private static partial int setvbuf(nint file, nint buffer, int mode, nuint size);

    [StructLayout(LayoutKind.Sequential)]
    private struct Waited
    {
        public int Descriptor;
        public short Events;
        public short Happened;
    }
}
