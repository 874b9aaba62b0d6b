using System.CommandLine;
using System.CommandLine.Parsing;
using HitSong.Experiments;

namespace Research;

/// <summary>The options that name songs.</summary>
internal sealed class SourceOptions
{
    private readonly Option<DirectoryInfo> audio = new("--audio")
    {
        Description = "A folder of audio files named <Music ID>-<Play Count>.mp3 (or .m4a, .ogg, .opus, .flac, .wav).",
        HelpName = "FOLDER",
    };
    private readonly Option<DirectoryInfo> collection = new("--collection")
    {
        Description = "A folder that ./research collect has filled.",
        HelpName = "FOLDER",
    };
    private readonly Option<DirectoryInfo> pictures = new("--pictures")
    {
        Description =
            "For spectrogram-cnn: a folder of pictures, whoever made them, with a table pictures.csv of file and "
            + "popularity, views or plays (and, where known, track, title, artist, album). ./research extract … "
            + "--pictures makes one.",
        HelpName = "FOLDER",
    };
    private readonly Option<FileInfo> catalogue = new Option<FileInfo>("--catalogue")
    {
        Description =
            "For spotify-mlp: the catalogue's CSV file, in the form of the Kaggle set \"Spotify 1 Million Tracks\".",
        HelpName = "FILE",
    }.AcceptExistingOnly();
    private readonly Option<FileInfo[]> artists = new Option<FileInfo[]>("--artists")
    {
        Description = "CSV files of the artists' popularity (artist_name, popularity), with --catalogue.",
        HelpName = "FILE",
    }.AcceptExistingOnly();

    private readonly Option<bool> allowGaps = new("--allow-gaps")
    {
        Description =
            "Go on where more than a tenth of the songs or rows is left out, for gaps, artists that are not in "
            + "--artists, a missing label or audio. What is left out is counted by reason in any case.",
    };

    public SourceOptions()
    {
        foreach (Option<DirectoryInfo> folder in (Option<DirectoryInfo>[])[audio, collection, pictures])
            folder.Validators.Add(result =>
            {
                foreach (string path in result.Tokens.Select(t => t.Value).Where(f => !Directory.Exists(f)))
                    result.AddError($"{folder.Name} takes a folder, and there is no folder {path}.");
            });
    }

    /// <summary>Gives a command these options.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[audio, collection, pictures, catalogue, artists, allowGaps])
            command.Options.Add(option);
    }

    /// <summary>The songs that are named; null where none are.</summary>
    public Source? Named(ParseResult parsed)
    {
        Source? named =
            parsed.GetValue(audio) is { } folder ? Source.TikTok(folder.FullName)
            : parsed.GetValue(collection) is { } collected ? Source.Collection(collected.FullName)
            : parsed.GetValue(pictures) is { } drawn ? Source.Pictures(drawn.FullName)
            : parsed.GetValue(catalogue) is { } table
                ? Source.Kaggle(table.FullName, [.. (parsed.GetValue(artists) ?? []).Select(file => file.FullName)])
            : null;
        return named is null ? null : named with { AllowGaps = parsed.GetValue(allowGaps) };
    }

    /// <summary>Whether songs are named.</summary>
    public bool AreNamed(SymbolResult result) =>
        ((Option[])[audio, collection, pictures, catalogue]).Any(option => result.GetResult(option) is not null);
}
