namespace HitSong.Corpus;

/// <summary>
/// A catalogue prepared as that of a training was, for a model that has never seen it: the same numbers and genres, the
/// same classes, standard scores over the training's rows.
/// </summary>
/// <param name="Tracks">[rows] title, artist and, as the id, the place among the catalogue's rows without gaps.</param>
/// <param name="Labels">[rows] classes.</param>
/// <param name="Inputs">[rows · inputs] row by row.</param>
/// <param name="LeftOut">How many rows of the file are left out for each reason that there is.</param>
/// <param name="Rows">Rows of the file.</param>
public sealed record TabularRows(
    IReadOnlyList<Track> Tracks,
    int[] Labels,
    float[] Inputs,
    IReadOnlyList<LeftOut> LeftOut,
    int Rows
);
