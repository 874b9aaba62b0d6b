using System.CommandLine;
using HitSong.Corpus;

namespace Research;

/// <summary><c>./research corpus</c>: a demo corpus of any size.</summary>
internal static class CorpusCommand
{
    private const int SongsAnArtist = 6;

    public static Command Create()
    {
        Option<int> songs = Parse.WholeNumber(
            "--songs",
            1,
            new DemoCorpusSettings().Songs,
            "How many songs; six by each artist."
        );
        var seed = new Option<ulong>("--seed")
        {
            Description = "Seed: the same one gives the same songs.",
            DefaultValueFactory = _ => new DemoCorpusSettings().Seed,
        };
        var command = new Command(
            "corpus",
            "Make a demo corpus: songs composed and rendered by a seeded synthesizer, of which it is "
                + "known what makes a hit (data/demo/README.md)."
        )
        {
            songs,
            seed,
        };
        command.SetAction(
            (parsed, cancellation) => Task.FromResult(Run(parsed.GetValue(songs), parsed.GetValue(seed), cancellation))
        );
        return command;
    }

    private static int Run(int songs, ulong seed, CancellationToken cancellation)
    {
        var settings = new DemoCorpusSettings
        {
            Songs = songs,
            Seed = seed,
            Artists = (songs + SongsAnArtist - 1) / SongsAnArtist,
        };
        string folder =
            settings == new DemoCorpusSettings()
                ? Demo.Folder
                : Path.Combine(Workspace.Artifacts, "corpora", $"songs-{songs}-seed-{seed}");
        DemoCorpus corpus = Demo.Render(folder, settings, cancellation);
        Console.WriteLine(
            $"{corpus.Songs.Count} songs by {settings.Artists} artists, "
                + $"{corpus.Songs.Count(song => song.Original is not null)} of them re-releases, in "
                + $"{Path.GetRelativePath(Environment.CurrentDirectory, folder)}"
        );
        ResultsTable.Print(corpus.Ceilings);
        return 0;
    }
}
