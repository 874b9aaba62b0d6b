using System.Text.Json;
using System.Threading.Channels;
using HitSong.Features;

namespace Research.Serve;

/// <summary>
/// The processes that decode. A file waits until one is free; one that crashed or took too long is replaced, as soon as
/// the machine lets another start.
/// </summary>
internal sealed class DecoderPool : IDisposable
{
    // What is shorter is decoded sooner by one than shared out.
    private const double Long = 30; // s

    // Null: the place of one that could not be started.
    private readonly Channel<Decoder?> idle = Channel.CreateUnbounded<Decoder?>();
    private readonly HashSet<Decoder> all = [];
    private readonly TimeSpan limit;
    private bool isDisposed;

    /// <param name="count">How many.</param>
    /// <param name="limit">Longest time that a file may take.</param>
    public DecoderPool(int count, TimeSpan limit)
    {
        this.limit = limit;
        for (int i = 0; i < count; i++)
            idle.Writer.TryWrite(Start());
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
    /// <exception cref="System.ComponentModel.Win32Exception">Of a task: no process can be started.</exception>
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
        Decoder? decoder = await idle.Reader.ReadAsync(cancellation);
        bool isWell = false;
        try
        {
            // One that something else ended while it was idle is no fault of this file.
            if (decoder is not { IsAlive: true })
            {
                Remove(decoder);
                decoder = null;
                decoder = Start();
            }
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
        catch (Exception e)
            when (decoder is not null && e is (IOException or JsonException or InvalidOperationException))
        {
            throw new DecodeException("ended the program that decodes it: it is damaged, or made to do that");
        }
        finally
        {
            if (!isWell)
            {
                Remove(decoder);
                decoder = TryStart();
            }
            idle.Writer.TryWrite(decoder);
        }
    }

    public void Dispose()
    {
        lock (all)
        {
            foreach (Decoder decoder in all)
                decoder.Dispose();
            all.Clear();
            isDisposed = true;
        }
    }

    private void Remove(Decoder? decoder)
    {
        lock (all)
            if (decoder is not null && all.Remove(decoder))
                decoder.Dispose();
    }

    // Where none can be started now, who needs it tries again.
    private Decoder? TryStart()
    {
        try
        {
            return Start();
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException or ObjectDisposedException)
        {
            return null;
        }
    }

    private Decoder Start()
    {
        lock (all)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            var decoder = new Decoder();
            all.Add(decoder);
            return decoder;
        }
    }
}
