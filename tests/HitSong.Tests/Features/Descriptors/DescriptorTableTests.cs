using System.Globalization;
using HitSong.Audio;
using HitSong.Features;
using HitSong.Features.Descriptors;
using Tables;
using Tests;

namespace HitSong.Tests.Features.Descriptors;

public sealed class DescriptorTableTests : IDisposable
{
    private readonly TemporaryFolder folder = new("песни");

    public void Dispose() => folder.Dispose();

    private string Audio => folder.At("audio");

    private IReadOnlyList<string> Files => AudioFolder.Read(Audio).Files;

    private void Record(int count)
    {
        Directory.CreateDirectory(folder.At("audio/b"));
        for (int i = 0; i < count; i++)
        {
            float[] samples =
            [
                .. Enumerable
                    .Range(0, 66_150)
                    .Select(n => (float)(0.3 * Math.Sin(n * (0.03 + 0.004 * i)) * Math.Exp(-n % 9000 / 3000.0))),
            ];
            Wav.Write(Path.Combine(Audio, i % 2 == 0 ? $"{i}.wav" : $"b/{i}, \"夜\".wav"), samples, 22_050);
        }
    }

    private DescriptorTable Measure(ExtractionShare? share = null, string store = "store") =>
        DescriptorTable.Measure(Audio, Files, folder.At(store), share);

    [Fact]
    public void Each_file_has_what_it_measures_alone_and_is_measured_once()
    {
        Record(4);
        File.WriteAllText(Path.Combine(Audio, "bad.mp3"), "no audio");
        File.Copy(Path.Combine(Audio, "0.wav"), Path.Combine(Audio, "again.wav"));
        File.Copy(Path.Combine(Audio, "bad.mp3"), Path.Combine(Audio, "worse.mp3"));
        DescriptorTable table = Measure();
        Assert.Equal(
            Files.Where(file => !file.EndsWith(".mp3", StringComparison.Ordinal)),
            table.Files.Select(file => file.File)
        );
        Assert.Equal(["bad.mp3", "worse.mp3"], table.Failures.Select(failure => failure.Path).Order());
        foreach (DescribedFile file in table.Files)
        {
            SoundDescription sound = SoundDescription.Of(Path.Combine(Audio, file.File));
            Assert.Equal(sound.Key.Name, file.Key);
            Assert.Equal(Descriptor.All.Select(d => (double)(float)d.Of(sound)), file.Values);
            Assert.Equal((float)sound.Loudness.Integrated, file["loudness_integrated"]);
        }
        Assert.Contains("loudness_range", Assert.Throws<HitSongException>(() => table.Files[0]["loudness"]).Message);
        DescriptorTable again = Measure();
        Assert.Equal(0, again.Measured);
        Assert.Equal(table.Files.SelectMany(file => file.Values), again.Files.SelectMany(file => file.Values));
        Assert.Equal(2, again.Failures.Count);
    }

    [Fact]
    public void Shares_that_know_nothing_of_each_other_are_joined_by_reading()
    {
        Record(6);
        DescriptorTable whole = Measure(store: "whole");
        DescriptorTable[] shares = [.. Enumerable.Range(1, 3).Select(i => Measure(new(i, 3)))];
        Assert.Equal(6, shares.Sum(share => share.Files.Count));
        Assert.All(shares, share => Assert.True(share.Files.Count < 6));
        using FeatureStore joined = FeatureStore.Open(shares[0].Folder);
        Assert.Equal((6, Descriptor.All.Count, 1), (joined.Clips.Count, joined.Bands, joined.Frames));
        Assert.Equal(
            whole.Files.Select(file => (file.File, file["tempo"])).OrderBy(row => row.File),
            shares.SelectMany(share => share.Files.Select(file => (file.File, file["tempo"]))).OrderBy(row => row.File)
        );
    }

    [Fact]
    public void Other_programs_read_its_csv_and_parquet()
    {
        Record(3);
        Wav.Write(Path.Combine(Audio, "silent.wav"), new float[30_000], 22_050);
        DescriptorTable table = Measure();
        table.Save(folder.At("sounds.csv"));
        table.Save(folder.At("sounds.parquet"));
        string read = Python.Run(
            """
            import csv, sys
            rows = list(csv.DictReader(open(sys.argv[1], encoding='utf-8', newline='')))
            for row in rows:
                print(row['file'], row['loudness_integrated'] or 'none', row['key'] or 'none', len(row), sep='|')
            """,
            folder.At("sounds.csv")
        );
        string Line(DescribedFile file)
        {
            string loudness = double.IsNaN(file["loudness_integrated"])
                ? "none"
                : ((float)file["loudness_integrated"]).ToString("R", CultureInfo.InvariantCulture);
            return $"{file.File}|{loudness}|{file.Key ?? "none"}|{Descriptor.All.Count + 3}";
        }
        Assert.Equal(table.Files.Select(Line), read.TrimEnd('\n').Split('\n'));
        Assert.Contains("silent.wav|none|none|", read);

        using Database database = Database.InMemory();
        Table parquet = database.Query($"FROM read_parquet({Database.FileName(folder.At("sounds.parquet"))})");
        Assert.Equal(table.Files.Select(file => file.File), parquet.Values<string>("file").ToArray());
        Assert.Equal(
            table.ToTable().Column<float>("tempo").Span.ToArray(),
            parquet.Column<float>("tempo").Span.ToArray()
        );
        Assert.Contains(
            "cannot be written",
            Assert.Throws<HitSongException>(() => table.Save(folder.At("no/where.csv"))).Message
        );
    }

    [Fact]
    public void Settings_of_other_descriptors_and_of_altered_sound_are_refused()
    {
        FeatureSettings all = DescriptorExtractor.Descriptors;
        Assert.StartsWith("descriptors-", all.Key);
        Assert.Contains("12", Refused(all with { Descriptors = 12 }));
        Assert.Contains("altered", Refused(all with { Alteration = new(1.1, 1.1, 0) }));
        Assert.IsType<FeatureExtractor>(DescriptorExtractor.For(FeatureSettings.HipHop));

        static string Refused(FeatureSettings settings) =>
            Assert.Throws<HitSongException>(() => DescriptorExtractor.For(settings)).Message;
    }

    [Fact]
    public void A_cell_shows_values_with_units_and_what_they_are()
    {
        Record(1);
        DescribedFile file = Measure().Files[0];
        string html = (string)file.ToMimeBundle()["text/html"],
            text = (string)SoundDescription.Of(Path.Combine(Audio, "0.wav")).ToMimeBundle()["text/plain"];
        Assert.Contains("<caption>0.wav</caption>", html);
        foreach (string form in (string[])[html, text])
        {
            Assert.Contains("3.00 s", form);
            Assert.Contains("LUFS", form);
            Assert.Contains("ITU-R BS.1770-4", form);
            Assert.DoesNotContain("mfcc", form);
        }
        Assert.Equal("–", Descriptor.All[0].Text(double.NaN));
        Assert.Equal("A", Descriptor.All[Descriptor.PlaceOf("key_tonic")].Text(9));
        Assert.Equal("12,345 Hz", Descriptor.All[Descriptor.PlaceOf("bandwidth")].Text(12_345));
    }
}
