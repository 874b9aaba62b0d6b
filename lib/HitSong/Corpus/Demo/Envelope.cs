namespace HitSong.Corpus.Demo;

/// <summary>
/// Attack, decay to the sustained level, release, in seconds; the attack is linear, the rest falls exponentially.
/// </summary>
internal readonly record struct Envelope(double Attack, double Decay, double Sustain, double Release)
{
    /// <summary>Starts it for a note of the given length in seconds.</summary>
    public Running Start(double length, int sampleRate) =>
        new()
        {
            Attack = Math.Max(1, (int)(Attack * sampleRate)),
            Held = (int)(length * sampleRate),
            Sustain = (float)Sustain,
            DecayRate = (float)(1 - Math.Exp(-1 / (Decay * sampleRate / 3))),
            ReleaseRate = (float)(1 - Math.Exp(-1 / (Release * sampleRate / 3))),
        };

    /// <summary>An envelope under way.</summary>
    public struct Running
    {
        internal int Attack,
            Held;
        internal float Sustain,
            DecayRate,
            ReleaseRate;
        private int _position;
        private float _level;

        /// <summary>The next sample's level; false once the note has died away.</summary>
        public bool Next(out float level)
        {
            if (_position >= Held)
                _level += (-0.03f - _level) * ReleaseRate; // aims below silence, so that it gets there
            else if (_position < Attack)
                _level = (float)(_position + 1) / Attack;
            else
                _level += (Sustain - _level) * DecayRate;
            _position++;
            level = _level;
            return _level > 0;
        }
    }
}
