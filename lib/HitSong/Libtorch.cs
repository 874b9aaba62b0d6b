using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HitSong;

/// <summary>
/// What libtorch and the C library below it are told, once, as soon as this library is used: to keep the memory of
/// large tensors for the next of their kind, and to keep remarks (an operator without its fastest kernel, a padded
/// copy) to itself. Errors are exceptions, and come.
/// </summary>
internal static partial class Libtorch
{
    // Of glibc's malloc.h.
    private const int TrimThreshold = -1,
        MapThreshold = -3,
        MostArenas = -8;

    // Of c10's Logging.h.
    private const int ErrorsAlone = 2;

    [ModuleInitializer]
    [SuppressMessage(
        "Usage",
        "CA2255",
        Justification = "It is for the whole process, before the first tensor: a program's, a cell's, a test's."
    )]
    internal static void SetUp()
    {
        if (!OperatingSystem.IsLinux())
            return;
        // Given back at once, as glibc does by itself, memory is cleared anew by the kernel for each large tensor: that
        // was three quarters of a convolutional network's step.
        _ = mallopt(MapThreshold, 1 << 30);
        _ = mallopt(TrimThreshold, 1 << 30);
        // What one thread frees serves the other.
        _ = mallopt(MostArenas, 1);
        AppDomain.CurrentDomain.AssemblyLoad += (_, loaded) => WatchFor(loaded.LoadedAssembly);
        foreach (Assembly assembly in AppDomain.CurrentDomain.GetAssemblies())
            WatchFor(assembly);
    }

    /// <summary>Gives memory that nothing lies in any more back to the system: after what needed much of it.</summary>
    public static void ReleaseMemory()
    {
        if (OperatingSystem.IsLinux())
            _ = malloc_trim(0);
    }

    // TorchSharp's first call of native code finds libtorch still without a word said.
    private static void WatchFor(Assembly assembly)
    {
        if (assembly.GetName().Name != "TorchSharp")
            return;
        bool isQuiet = false;
        NativeLibrary.SetDllImportResolver(
            assembly,
            (_, _, _) =>
            {
                if (!isQuiet && NativeLibrary.TryLoad("libc10.so", assembly, null, out nint c10))
                    Marshal.WriteInt32(NativeLibrary.GetExport(c10, "FLAGS_caffe2_log_level"), ErrorsAlone);
                isQuiet = true;
                return 0;
            }
        );
    }

    [LibraryImport("libc")]
    private static partial int mallopt(int parameter, int value);

    [LibraryImport("libc")]
    private static partial int malloc_trim(nuint kept);
}
