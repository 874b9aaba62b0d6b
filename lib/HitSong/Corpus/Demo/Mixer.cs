namespace HitSong.Corpus.Demo;

/// <summary>
/// From the parts' buses to the finished song: levels, pumping, echo, reverberation, tilt, saturation, loudness,
/// limiter.
/// </summary>
internal static class Mixer
{
    /// <summary>
    /// No sample is above this before encoding, −3 dB: the encoder's own errors then stay below full scale.
    /// </summary>
    public const float Peak = 0.71f;

    private const double FadeSeconds = 0.5;

    /// <summary>Mixes a song; the buses are used up.</summary>
    public static float[] Mix(
        DemoSong song,
        Score score,
        float[] drums,
        float[] bass,
        float[] chords,
        float[] lead,
        int sampleRate
    )
    {
        Style style = song.Artist.Style;
        Level(drums, -25 + 15 * song.Sound.Drums);
        Level(bass, -17);
        Level(chords, -20);
        Level(lead, -17.5 + style.LeadLevel);

        float[] pump = Pump(score, style.Pump, drums.Length, sampleRate);
        if (style.Echo > 0)
            Echo(lead, 0.75 * 60 / song.Sound.Tempo, style.Echo, sampleRate);
        var mix = new float[drums.Length];
        var send = new float[drums.Length];
        for (int t = 0; t < mix.Length; t++)
        {
            float backing = chords[t] * pump[t];
            mix[t] = drums[t] + bass[t] * pump[t] + backing + lead[t];
            send[t] = 0.12f * drums[t] + backing + lead[t];
        }
        AddReverb(mix, send, style.Reverb, style.RoomSize, sampleRate);
        Tilt(mix, song.Sound.Brightness, sampleRate);
        Saturate(mix);
        Finish(mix, song.Sound.TargetLufs, sampleRate);
        return mix;
    }

    private static void Level(float[] bus, double decibels)
    {
        double power = 0;
        foreach (float sample in bus)
            power += sample * sample;
        if (power == 0)
            return;
        float gain = (float)(Math.Pow(10, decibels / 20) / Math.Sqrt(power / bus.Length));
        for (int t = 0; t < bus.Length; t++)
            bus[t] *= gain;
    }

    // The gain of the other parts: down at each loud kick, back within a fifth of a second.
    private static float[] Pump(Score score, double depth, int length, int sampleRate)
    {
        var gain = new float[length];
        Array.Fill(gain, 1);
        int recovery = sampleRate / 5,
            attack = sampleRate / 200;
        foreach (Stroke kick in score.Drums.Where(stroke => stroke.Drum == Drum.Kick && stroke.Velocity > 0.7))
        {
            int start = (int)(kick.Start * sampleRate);
            for (int t = 0; t < recovery && start + t < length; t++)
            {
                double duck = t < attack ? (double)t / attack : 1 - (double)(t - attack) / (recovery - attack);
                gain[start + t] = Math.Min(gain[start + t], (float)(1 - depth * duck));
            }
        }
        return gain;
    }

    private static void Echo(float[] bus, double seconds, double level, int sampleRate)
    {
        int delay = (int)(seconds * sampleRate);
        // The bus feeds on itself, so each echo has an echo.
        for (int t = delay; t < bus.Length; t++)
            bus[t] += (float)level * bus[t - delay];
    }

    // Eight low-passed combs in parallel, four all-passes in series (Schroeder 1962, Moorer 1979; Jezar's "Freeverb"
    // tunings).
    private static void AddReverb(float[] mix, float[] send, double level, double roomSize, int sampleRate)
    {
        int[] combs = [1116, 1188, 1277, 1356, 1422, 1491, 1557, 1617],
            allPasses = [556, 441, 341, 225];
        float feedback = (float)(0.72 + 0.2 * roomSize);
        const float Damping = 0.3f;
        var wet = new float[mix.Length];
        foreach (int tuning in combs)
        {
            var line = new float[tuning * sampleRate / 44_100];
            int position = 0;
            float low = 0;
            for (int t = 0; t < wet.Length; t++)
            {
                float output = line[position];
                wet[t] += output;
                low = output + (low - output) * Damping;
                line[position] = 0.03f * send[t] + feedback * low;
                if (++position == line.Length)
                    position = 0;
            }
        }
        foreach (int tuning in allPasses)
        {
            var line = new float[tuning * sampleRate / 44_100];
            int position = 0;
            for (int t = 0; t < wet.Length; t++)
            {
                float stored = line[position];
                line[position] = wet[t] + 0.5f * stored;
                wet[t] = stored - wet[t];
                if (++position == line.Length)
                    position = 0;
            }
        }
        for (int t = 0; t < mix.Length; t++)
            mix[t] += 3 * (float)level * wet[t];
    }

    private static void Tilt(float[] mix, double brightness, int sampleRate)
    {
        Biquad shelf = Biquad.HighShelf(2500, 18 * (brightness - 0.5), sampleRate),
            rumble = Biquad.HighPass(28, sampleRate);
        for (int t = 0; t < mix.Length; t++)
            mix[t] = (float)rumble.Next(shelf.Next(mix[t]));
    }

    private static void Saturate(float[] mix)
    {
        Level(mix, -14);
        for (int t = 0; t < mix.Length; t++)
            mix[t] = MathF.Tanh(1.2f * mix[t]);
    }

    // Gain, limiter and fade; the limiter takes some loudness, which the next turns give back.
    private static void Finish(float[] mix, double lufs, int sampleRate)
    {
        double gain = lufs - Loudness.Measure(mix, sampleRate);
        float[] finished = mix;
        for (int turn = 0; turn < 6; turn++)
        {
            finished = Limited(mix, (float)Math.Pow(10, gain / 20), sampleRate);
            double missing = lufs - Loudness.Measure(finished, sampleRate);
            if (Math.Abs(missing) < 0.1)
                break;
            gain += missing;
        }
        int fade = Math.Min((int)(FadeSeconds * sampleRate), mix.Length / 10);
        for (int t = 0; t < fade; t++)
            finished[^(t + 1)] *= (float)t / fade;
        finished.CopyTo(mix, 0);
    }

    // The gain that each sample needs, made smooth by letting it recover slowly forwards (release) and quickly
    // backwards (attack, by looking ahead).
    private static float[] Limited(float[] mix, float gain, int sampleRate)
    {
        float release = 1 - (float)Math.Exp(-1 / (0.08 * sampleRate)),
            attack = 1 - (float)Math.Exp(-1 / (0.002 * sampleRate));
        var gains = new float[mix.Length];
        float level = 1;
        for (int t = 0; t < mix.Length; t++)
        {
            float needed = Peak / Math.Max(Peak, Math.Abs(mix[t] * gain));
            level = Math.Min(needed, level + (1 - level) * release);
            gains[t] = level;
        }
        level = 1;
        for (int t = mix.Length - 1; t >= 0; t--)
            gains[t] = level = Math.Min(gains[t], level + (1 - level) * attack);
        for (int t = 0; t < mix.Length; t++)
            gains[t] *= mix[t] * gain;
        return gains;
    }
}
