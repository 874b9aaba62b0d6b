using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using HitSong.Features;

namespace Research.Serve;

/// <summary>One process that decodes, <see cref="DecodeCommand"/>, from this side.</summary>
internal sealed class Decoder : IDisposable
{
    private readonly Process process;
    private readonly Stream replies;

    public Decoder()
    {
        var start = new ProcessStartInfo(
            Environment.ProcessPath!,
            [typeof(Decoder).Assembly.Location, DecodeCommand.Name]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // A tag of a file could be in what a library prints: it goes nowhere.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_GCConserveMemory"] = "5"; // of 9
        start.Environment["DOTNET_GCHeapHardLimit"] = "20000000"; // hexadecimal: 512 MB
        process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        replies = process.StandardOutput.BaseStream;
        // The page comes first.
        process.PriorityClass = ProcessPriorityClass.BelowNormal;
    }

    /// <summary>Whether the process lives.</summary>
    public bool IsAlive => !process.HasExited;

    /// <summary>The features of a part of a file's clips.</summary>
    /// <exception cref="DecodeException">The file has none; the process is well.</exception>
    /// <exception cref="IOException">The process has ended, or answers nonsense.</exception>
    public async Task<IReadOnlyList<(double Start, FeatureMatrix Values)>> DecodeAsync(
        string path,
        FeatureSettings settings,
        int part,
        int parts
    )
    {
        await process.StandardInput.WriteLineAsync(
            JsonSerializer.Serialize(new DecodeCommand.Order(path, settings, part, parts), DecodeCommand.Json)
        );
        await process.StandardInput.FlushAsync();
        var reply = JsonSerializer.Deserialize<DecodeCommand.Reply>(await LineAsync(), DecodeCommand.Json)!;
        if (reply.Reason is { } reason)
            throw new DecodeException(reason);
        (int bands, int frames) = settings.Shape;
        if (reply.Starts.Length > settings.Clips.Count)
            throw new IOException("more clips than were asked for");
        var clips = new (double, FeatureMatrix)[reply.Starts.Length];
        byte[] bytes = new byte[bands * frames * sizeof(float)];
        for (int i = 0; i < clips.Length; i++)
        {
            await replies.ReadExactlyAsync(bytes);
            clips[i] = (reply.Starts[i], new(MemoryMarshal.Cast<byte, float>(bytes).ToArray(), bands, frames));
        }
        return clips;
    }

    public void Dispose()
    {
        process.Kill();
        process.Dispose();
    }

    private async Task<string> LineAsync()
    {
        var line = new List<byte>();
        byte[] one = new byte[1];
        while (line.Count < 1 << 16)
        {
            await replies.ReadExactlyAsync(one);
            if (one[0] == '\n')
                return Encoding.UTF8.GetString([.. line]);
            line.Add(one[0]);
        }
        throw new IOException("a reply without an end");
    }
}
