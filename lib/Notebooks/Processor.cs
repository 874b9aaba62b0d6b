using System.Globalization;

namespace Notebooks;

/// <summary>What a processor's rounding depends on: libraries choose their kernels by it.</summary>
internal static class Processor
{
    private static readonly string[] vectors = ["avx", "fma", "amx"];

    /// <summary>
    /// This machine's kind of processor, such as <c>AuthenticAMD 25.17, 2 cores, caches 32K 32K 1024K 32768K, avx avx2
    /// fma</c>; a program with a fixed seed gives the same figures, to the bit, where it is the same. <c>null</c> where
    /// Linux does not tell.
    /// </summary>
    public static string? Kind { get; } = Read();

    private static string? Read()
    {
        const string caches = "/sys/devices/system/cpu/cpu0/cache";
        try
        {
            Dictionary<string, string> first = File.ReadLines("/proc/cpuinfo")
                .TakeWhile(line => line != "")
                .Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
                .Where(pair => pair.Length == 2)
                .ToDictionary(pair => pair[0], pair => pair[1]);
            string[] sizes = Directory.Exists(caches)
                ?
                [
                    .. Directory
                        .GetDirectories(caches, "index*")
                        .Order(StringComparer.Ordinal)
                        .Select(cache => File.ReadAllText(Path.Combine(cache, "size")).Trim()),
                ]
                : ["untold"];
            var flags = first["flags"].Split(' ').Where(flag => vectors.Any(flag.StartsWith)).Order();
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{first["vendor_id"]} {first["cpu family"]}.{first["model"]}, {Environment.ProcessorCount} cores, "
                    + $"caches {string.Join(' ', sizes)}, {string.Join(' ', flags)}"
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or KeyNotFoundException)
        {
            return null;
        }
    }
}
