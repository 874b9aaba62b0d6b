using HitSong.Numerics;

namespace HitSong.Corpus.Demo;

/// <summary>
/// Writes a song: an introduction of a bar or two with drums and hook already in, a verse and a chorus, in four-four
/// time, sixteen steps a bar.
/// </summary>
internal static class Composer
{
    private const int StepsPerBar = 16;
    private const int BassCentre = 36,
        ChordCentre = 60;

    private static readonly int[] MajorScale = [0, 2, 4, 5, 7, 9, 11],
        MinorScale = [0, 2, 3, 5, 7, 8, 10];

    // Roots as steps of the scale, from 0; one chord a bar. The tonic chord opens each, so that the key is plain.
    private static readonly int[][] MajorProgressions =
    [
        [0, 4, 5, 3],
        [0, 5, 3, 4],
        [0, 3, 5, 4],
        [0, 3, 4, 3],
        [0, 2, 3, 4],
        [0, 4, 3, 4],
    ];
    private static readonly int[][] MinorProgressions =
    [
        [0, 5, 2, 6],
        [0, 3, 5, 4],
        [0, 6, 5, 6],
        [0, 5, 6, 4],
        [0, 2, 5, 6],
        [0, 3, 6, 5],
    ];

    private static readonly string[] StabRhythms =
    [
        "x..x..x...x.x...",
        "..x...x...x...x.",
        "x...x...x...x...",
        "x..x....x..x....",
        "x.x...x.x.x...x.",
    ];
    private static readonly string[] MelodyRhythms =
    [
        "x..x..x.x...x...",
        "x.x.x...x.x.x...",
        "x...x.x...x.x.x.",
        "..x.x.x.x...x.x.",
        "x..x..x...x..x..",
        "x.xx..x.x.xx..x.",
        "x.x...x.xx..x...",
        "x.....x.x.x.x...",
    ];

    private readonly record struct MotifNote(int Step, int Steps, int Degree);

    /// <summary>Composes a song of about the given length; the last bar may reach beyond it.</summary>
    public static Score Compose(DemoSong song, double seconds, SeededRandom random)
    {
        var writing = new Writing(song, random);
        int bars = (int)Math.Ceiling(seconds / (StepsPerBar * writing.StepSeconds));
        int intro =
            bars >= 9 ? 2
            : bars >= 4 ? 1
            : 0;
        int chorus = bars - (bars - intro + 1) / 2;

        int[][] progressions = song.Sound.Major ? MajorProgressions : MinorProgressions;
        int[] verseChords = random.Pick(progressions),
            chorusChords = random.Pick(progressions);
        MotifNote[] hook = writing.Motif(),
            verseMotif = writing.Motif();
        string bassLine = random.Pick(song.Artist.Style.Groove.Basses);
        string stabs = random.Pick(StabRhythms);

        for (int bar = 0; bar < bars; bar++)
        {
            bool inVerse = bar >= intro && bar < chorus;
            int sectionStart =
                bar < intro ? 0
                : inVerse ? intro
                : chorus;
            bool lastOfSection =
                bar + 1
                == (
                    bar < intro ? intro
                    : inVerse ? chorus
                    : bars
                );
            int root = (inVerse ? verseChords : chorusChords)[(bar - sectionStart) % 4];
            writing.Chord(bar, root, stabs);
            writing.Bass(bar, root, bassLine);
            writing.Lead(bar, root, inVerse ? verseMotif : hook, inVerse ? 0.75 : 0.9);
            writing.Drums(bar, fill: lastOfSection, crash: bar == sectionStart && bar > 0);
        }
        return writing.Score;
    }

    // The song that is being written: its key and tempo, and what stands in it so far.
    private sealed class Writing(DemoSong song, SeededRandom random)
    {
        private readonly int[] _scale = song.Sound.Major ? MajorScale : MinorScale;

        public Score Score { get; } = new([], [], [], []);
        public double StepSeconds { get; } = 60 / song.Sound.Tempo / 4;

        public MotifNote[] Motif()
        {
            int[] onsets = Onsets(random.Pick(MelodyRhythms));
            int degree = random.Pick([0, 2, 4]);
            var motif = new MotifNote[onsets.Length];
            for (int i = 0; i < motif.Length; i++)
            {
                int steps = (i + 1 < onsets.Length ? onsets[i + 1] : StepsPerBar) - onsets[i];
                motif[i] = new MotifNote(onsets[i], Math.Min(steps, 6), degree);
                degree += random.Pick([-2, -1, -1, 0, 1, 1, 2, 3]);
                if (degree > 8)
                    degree -= 4;
                if (degree < -2)
                    degree += 4;
            }
            return motif;
        }

        public void Lead(int bar, int root, MotifNote[] motif, double velocity)
        {
            foreach (MotifNote note in random.Chance(song.Sound.Hook) ? motif : Motif())
            {
                // Where the ear rests, the melody rests on a note of the chord.
                int degree = note.Step % 4 == 0 || note.Steps > 3 ? NearestInChord(note.Degree, root) : note.Degree;
                Score.Lead.Add(
                    new Note(At(bar, note.Step), note.Steps * StepSeconds * 0.9, Pitch(60, degree), Humanized(velocity))
                );
            }
        }

        public void Chord(int bar, int root, string stabs)
        {
            int[] degrees = random.Chance(song.Artist.Style.Sevenths) ? [0, 2, 4, 6] : [0, 2, 4];
            int[] onsets = song.Artist.Style.Chords.Sustained ? [0] : Onsets(stabs);
            for (int i = 0; i < onsets.Length; i++)
            {
                int steps = (i + 1 < onsets.Length ? onsets[i + 1] : StepsPerBar) - onsets[i];
                double start = At(bar, onsets[i]),
                    duration = steps * StepSeconds * 0.92,
                    velocity = onsets[i] % 8 == 0 ? 0.85 : 0.7;
                foreach (int degree in degrees)
                {
                    int pitch = Near(ChordCentre, Pitch(60, root + degree));
                    Score.Chords.Add(new Note(start, duration, pitch, Humanized(velocity)));
                }
            }
        }

        public void Bass(int bar, int root, string line)
        {
            int low = Near(BassCentre, Pitch(36, root));
            for (int step = 0; step < StepsPerBar; step++)
            {
                if (line[step] == '.')
                    continue;
                int next = step + 1;
                while (next < StepsPerBar && line[next] == '.')
                    next++;
                int pitch = line[step] switch
                {
                    'f' => low + 7,
                    'o' => low + 12,
                    _ => low,
                };
                Score.Bass.Add(
                    new Note(At(bar, step), Math.Min(next - step, 6) * StepSeconds * 0.9, pitch, Humanized(0.9))
                );
            }
        }

        public void Drums(int bar, bool fill, bool crash)
        {
            Groove groove = song.Artist.Style.Groove;
            double density = song.Sound.Drums;
            int hatSteps =
                density < 0.35 ? 4
                : density < 0.65 ? 2
                : 1;
            if (crash)
                Strike(bar, 0, Drum.Crash, 0.5 + 0.3 * density);
            for (int step = 0; step < StepsPerBar; step++)
            {
                bool filling = fill && step >= 12;
                if (groove.Kick[step] == 'x')
                    Strike(bar, step, Drum.Kick, 0.95);
                else if (step % 2 == 0 && random.Chance(0.15 * density))
                    Strike(bar, step, Drum.Kick, 0.6);

                if (filling)
                    Strike(bar, step, step < 14 ? Drum.Snare : Drum.Tom, 0.6 + 0.08 * (step - 12));
                else if (groove.Snare[step] == 'x')
                    Strike(bar, step, Drum.Snare, 0.9);
                else if (random.Chance(0.2 * density))
                    Strike(bar, step, Drum.Snare, 0.2);

                if (groove.OpenHat[step] == 'x')
                    Strike(bar, step, Drum.OpenHat, 0.6);
                else if (step % hatSteps == 0)
                    Strike(
                        bar,
                        step,
                        Drum.Hat,
                        step % 4 == 0 ? 0.7
                            : step % 2 == 0 ? 0.55
                            : 0.35
                    );
                if (density > 0.5 && step % 2 == 0)
                    Strike(bar, step, Drum.Shaker, 0.3 + 0.3 * density);
            }
        }

        private void Strike(int bar, int step, Drum drum, double velocity) =>
            Score.Drums.Add(new Stroke(At(bar, step), drum, Humanized(velocity)));

        // A player is some 4 ms early or late, and never before the song.
        private double At(int bar, int step)
        {
            double swing = step % 2 == 1 ? song.Artist.Style.Swing : 0;
            return Math.Max(0, (bar * StepsPerBar + step + swing) * StepSeconds + 0.004 * random.Normal());
        }

        private double Humanized(double velocity) => Math.Clamp(velocity * (1 + 0.08 * random.Normal()), 0.05, 1);

        private int Pitch(int octave, int degree)
        {
            int octaves = (int)Math.Floor(degree / 7.0);
            return octave + song.Tonic + 12 * octaves + _scale[degree - 7 * octaves];
        }

        private static int Near(int centre, int pitch) => centre - 6 + ((pitch - centre + 6) % 12 + 12) % 12;

        private static int NearestInChord(int degree, int root)
        {
            for (int distance = 0; ; distance++)
            {
                if (InChord(degree + distance))
                    return degree + distance;
                if (InChord(degree - distance))
                    return degree - distance;
            }

            bool InChord(int candidate) => ((candidate - root) % 7 + 7) % 7 is 0 or 2 or 4;
        }

        private static int[] Onsets(string rhythm) =>
            Enumerable.Range(0, rhythm.Length).Where(step => rhythm[step] == 'x').ToArray();
    }
}
