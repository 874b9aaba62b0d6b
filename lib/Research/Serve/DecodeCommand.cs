using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using HitSong;
using HitSong.Audio;
using HitSong.Features;
using HitSong.Features.Descriptors;

namespace Research.Serve;

/// <summary>
/// The hidden verb of the process that decodes for <see cref="ServeCommand"/>: strangers' files meet FFmpeg here alone,
/// so that a crash costs one file. Of each line of its input, a <see cref="Order"/>, it answers a line, a
/// <see cref="Reply"/>, and then the clips' features as float32. It may take so much memory, and write no file.
/// </summary>
internal static partial class DecodeCommand
{
    public const string Name = "decode";

    private const long Memory = 768L << 20; // bytes

    public static JsonSerializerOptions Json { get; } = new() { Converters = { new JsonStringEnumConverter() } };

    /// <summary>A file and the features wanted of it, or of a part of its clips.</summary>
    public sealed record Order(string Path, FeatureSettings Settings, int Part, int Parts);

    /// <summary>
    /// Each clip's start, s, with [bands × frames] to follow; or the reason why there are none, as the end of a
    /// sentence that the file's name begins.
    /// </summary>
    public sealed record Reply(double[] Starts, string? Reason);

    public static Command Create()
    {
        var command = new Command(Name, "Decode for ./research serve.") { Hidden = true };
        command.SetAction(_ => Run());
        return command;
    }

    private static int Run()
    {
        // Writable memory (what .NET merely reserves does not count), core dumps, files.
        Limit(resource: 2, Memory);
        Limit(resource: 4, 0);
        Limit(resource: 1, 0);
        using var orders = new StreamReader(Console.OpenStandardInput());
        using Stream replies = Console.OpenStandardOutput();
        var extractors = new Dictionary<FeatureSettings, FeatureExtractor>();
        while (orders.ReadLine() is { } line)
        {
            Order order = JsonSerializer.Deserialize<Order>(line, Json)!;
            if (!extractors.TryGetValue(order.Settings, out FeatureExtractor? extractor))
                extractors[order.Settings] = extractor = DescriptorExtractor.For(order.Settings);
            IReadOnlyList<(double Start, FeatureMatrix Values)> clips = [];
            string? reason = null;
            try
            {
                clips = extractor.Extract(order.Path, part: order.Part, parts: order.Parts);
            }
            catch (AudioException e)
            {
                reason = e.Reason;
            }
            catch (HitSongException e)
            {
                reason = $"gives no features: {e.Message}";
            }
            catch (OutOfMemoryException)
            {
                reason = "needs more memory to decode than it may take here";
            }
            replies.Write([
                .. JsonSerializer.SerializeToUtf8Bytes(new Reply([.. clips.Select(clip => clip.Start)], reason), Json),
                (byte)'\n',
            ]);
            foreach (var (_, values) in clips)
                replies.Write(MemoryMarshal.AsBytes<float>(values.Values));
            replies.Flush();
        }
        return 0;
    }

    private static void Limit(int resource, long most)
    {
        var limit = new ResourceLimit { Soft = most, Hard = most };
        if (setrlimit(resource, limit) != 0)
            throw new HitSongException(
                $"this process cannot be limited (resource {resource}, error {Marshal.GetLastPInvokeError()})"
            );
    }

    private struct ResourceLimit
    {
        public long Soft,
            Hard;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setrlimit(int resource, in ResourceLimit limit);
}
