using System.Text.Json;
using System.Threading.Channels;
using HitSong.Features;

namespace Research.Serve;

/// <summary>
/// The processes that decode. A file waits until one is free; one that crashed or took too long is replaced.
/// </summary>
internal sealed class DecoderPool : IDisposable
{
    // What is shorter is decoded sooner by one than shared out.
    private const double Long = 30; // s

    private readonly Channel<Decoder> idle = Channel.CreateUnbounded<Decoder>();
    private readonly HashSet<Decoder> all = [];
    private readonly TimeSpan limit;

    /// <param name="count">How many.</param>
    /// <param name="limit">Longest time that a file may take.</param>
    public DecoderPool(int count, TimeSpan limit)
    {
        this.limit = limit;
        for (int i = 0; i < count; i++)
            Add();
    }

    /// <summary>
    /// The features of a file's clips, part by part: where many are wanted, the processes that are idle share them.
    /// </summary>
    /// <param name="path">The file; it must be there until all parts are.</param>
    /// <param name="settings">The clips and features.</param>
    /// <param name="cancellation">
    /// Ends the waiting for a process; a file that is being decoded is decoded to the end.
    /// </param>
    /// <exception cref="DecodeException">Of a task: it has none.</exception>
    public IReadOnlyList<Task<IReadOnlyList<(double Start, FeatureMatrix Values)>>> Decode(
        string path,
        FeatureSettings settings,
        CancellationToken cancellation
    )
    {
        bool isLong =
            settings.Audio.SampleRate is int rate
            && (double)settings.Clips.Count * settings.Clips.Length(rate) / rate > Long;
        int parts = isLong ? Math.Clamp(idle.Reader.Count, 1, settings.Clips.Count) : 1;
        return [.. Enumerable.Range(0, parts).Select(part => DecodeAsync(path, settings, part, parts, cancellation))];
    }

    private async Task<IReadOnlyList<(double Start, FeatureMatrix Values)>> DecodeAsync(
        string path,
        FeatureSettings settings,
        int part,
        int parts,
        CancellationToken cancellation
    )
    {
        Decoder decoder = await idle.Reader.ReadAsync(cancellation);
        // One that something else ended while it was idle is no fault of this file.
        while (!decoder.IsAlive)
        {
            Replace(decoder);
            decoder = await idle.Reader.ReadAsync(cancellation);
        }
        bool isWell = false;
        try
        {
            var clips = await decoder.DecodeAsync(path, settings, part, parts).WaitAsync(limit, CancellationToken.None);
            isWell = true;
            return clips;
        }
        catch (DecodeException)
        {
            isWell = true;
            throw;
        }
        catch (TimeoutException)
        {
            throw new DecodeException(
                $"takes longer than {limit.TotalSeconds:0} s to decode, the most that is allowed here"
            );
        }
        catch (Exception e) when (e is IOException or JsonException or InvalidOperationException)
        {
            throw new DecodeException("ended the program that decodes it: it is damaged, or made to do that");
        }
        finally
        {
            if (isWell)
                idle.Writer.TryWrite(decoder);
            else
                Replace(decoder);
        }
    }

    public void Dispose()
    {
        lock (all)
        {
            foreach (Decoder decoder in all)
                decoder.Dispose();
            all.Clear();
        }
    }

    private void Replace(Decoder decoder)
    {
        lock (all)
        {
            // Not after the end.
            if (!all.Remove(decoder))
                return;
            decoder.Dispose();
            Add();
        }
    }

    private void Add()
    {
        lock (all)
        {
            var decoder = new Decoder();
            all.Add(decoder);
            idle.Writer.TryWrite(decoder);
        }
    }
}
