namespace HitSong.Corpus.Demo;

/// <summary>
/// A one-bar pattern of drums and bass in sixteenths: an x is played, r, f and o are the bass's root, fifth and octave.
/// </summary>
/// <param name="Kick">Kick, loud.</param>
/// <param name="Snare">Snare or clap, loud.</param>
/// <param name="OpenHat">Open hi-hat.</param>
/// <param name="Basses">Bass lines that go with it; a song takes one.</param>
internal sealed record Groove(string Kick, string Snare, string OpenHat, string[] Basses)
{
    public static readonly Groove[] All =
    [
        // four on the floor
        new(
            "x...x...x...x...",
            "....x.......x...",
            "..x...x...x...x.",
            ["..r...r...r...r.", "r.o.r.o.r.o.r.o.", "r..r..r.r..r..f."]
        ),
        // backbeat
        new(
            "x.......x.x.....",
            "....x.......x...",
            "..............x.",
            ["r.......r.r.....", "r.r.r.r.r.r.f.f.", "r...f...r.r...o."]
        ),
        // half time
        new(
            "x.....x...x.....",
            "........x.......",
            "..............x.",
            ["r.....r...r.....", "r.........r...f.", "r.....r.....o..."]
        ),
        // breakbeat
        new(
            "x.x.......x..x..",
            "....x..x.x..x...",
            "......x.........",
            ["r.r.......r..f..", "r..r......r.o...", "r.....r.r.....f."]
        ),
        // dembow
        new(
            "x...x...x...x...",
            "...x..x....x..x.",
            "................",
            ["r..r..f.r..r..f.", "r...r..fr...r..o", "r.....r.r.....r."]
        ),
        // syncopated rock
        new(
            "x..x..x.x..x....",
            "....x.......x...",
            "x.......x.......",
            ["r..r..r.r..r....", "r.rr.rr.r.rr.rf.", "r..r..f.r..r..o."]
        ),
    ];
}
