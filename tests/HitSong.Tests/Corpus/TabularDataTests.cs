using System.Globalization;
using HitSong.Corpus;
using Tests;

namespace HitSong.Tests.Corpus;

public sealed class TabularDataTests : IDisposable
{
    // A catalogue with everything that the published steps clean away: gaps, exact repeats, artists without popularity,
    // with one given twice, and with two.
    private const string Generate = """
        import sys, numpy as np, pandas as pd
        folder = sys.argv[1]
        random = np.random.default_rng(3)
        n = 3000
        names = np.array([f'Artist "{i}", the {i % 7}th' for i in range(200)])
        genres = np.array(['pop', 'k-pop', 'Ärger', 'hip-hop', 'new-age', 'metal', 'a b'])
        t = pd.DataFrame({
            'artist_name': random.choice(names, n),
            'track_name': [f'song {i}\nline' if i % 50 == 0 else f'song {i}' for i in range(n)],
            'track_id': [f'id{i}' for i in range(n)],
            'popularity': np.minimum(100, random.gamma(2, 14, n).astype(int)),
            'year': random.integers(2000, 2024, n), 'genre': random.choice(genres, n)})
        for c in ['danceability', 'energy']: t[c] = random.random(n).round(3)
        t['key'] = random.integers(0, 12, n)
        t['loudness'] = random.normal(-8, 3, n).round(3)
        t['mode'] = random.integers(0, 2, n)
        for c in ['speechiness', 'acousticness', 'instrumentalness', 'liveness', 'valence']:
            t[c] = random.random(n).round(5)
        t['tempo'] = random.normal(120, 20, n).round(2)
        t['duration_ms'] = random.integers(60000, 400000, n)
        t['time_signature'] = 4
        for c in ['track_name', 'genre', 'tempo', 'popularity']: t.loc[random.choice(n, 12, replace=False), c] = np.nan
        t.loc[5, 'artist_name'] = 'NULL'
        t = pd.concat([t.iloc[:2000], t.iloc[100:150], t.iloc[2000:], t.iloc[[7, 7]]])
        # The same track once more, with another popularity: no exact repeat.
        other = t.iloc[[9]].copy(); other['popularity'] = 77
        t = pd.concat([t, other])
        t.to_csv(folder + '/catalogue.csv', index=False)
        a = pd.DataFrame({'artist_name': names, 'popularity': random.integers(0, 100, 200)})
        other = a.iloc[40:50].assign(popularity=lambda x: (x.popularity + 1) % 101)
        a = pd.concat([a.iloc[20:150], a.iloc[30:60], other, a.iloc[150:]])
        a.iloc[:100].to_csv(folder + '/artists1.csv', index=False)
        a.iloc[100:].to_csv(folder + '/artists2.csv', index=False)

        """;

    private readonly TemporaryFolder folder = new("tabular");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void EveryStepIsThatOfPandasAndScikitLearn()
    {
        string[] expected = Python
            .Run(
                Generate
                    + """
                    from sklearn.model_selection import train_test_split
                    from sklearn.preprocessing import StandardScaler
                    t = pd.read_csv(folder + '/catalogue.csv')
                    a = pd.concat([pd.read_csv(folder + f'/artists{i}.csv') for i in (1, 2)])
                    a = a.rename(columns={'popularity': 'artist_popularity'})
                    t = t.merge(a, on='artist_name', how='left').dropna().drop_duplicates()
                    y = pd.cut(t.popularity, [-1, 25, 50, 75, 100], labels=False).to_numpy()
                    numbers = [
                        'danceability', 'energy', 'key', 'loudness', 'mode', 'speechiness', 'acousticness',
                        'instrumentalness', 'liveness', 'valence', 'tempo', 'duration_ms', 'time_signature',
                        'artist_popularity',
                    ]
                    x = pd.concat([t[numbers], pd.get_dummies(t.genre)], axis=1)
                    a, b, c, d = train_test_split(x, y, test_size=0.25, random_state=42, stratify=y)
                    scaler = StandardScaler().fit(a)
                    scaler.transform(a).astype(np.float32).tofile(folder + '/train.bin')
                    scaler.transform(b).astype(np.float32).tofile(folder + '/test.bin')
                    genres = '|'.join(x.columns[14:])
                    labels = [''.join(map(str, part)) for part in (c, d)]
                    print(a.shape[0], b.shape[0], a.shape[1], genres, *labels, sep='\n')
                    """,
                folder.Path
            )
            .Split('\n');

        TabularData data = TabularData.Read(
            folder.At("catalogue.csv"),
            [folder.At("artists1.csv"), folder.At("artists2.csv")]
        );

        Assert.Equal(
            expected[..3],
            new[] { data.TrainLabels.Length, data.TestLabels.Length, data.Preparation.Inputs }.Select(n => $"{n}")
        );
        Assert.Equal(expected[3], string.Join('|', data.Preparation.Genres));
        Assert.Equal(expected[4], string.Concat(data.TrainLabels));
        Assert.Equal(expected[5], string.Concat(data.TestLabels));
        AssertNear(folder.At("train.bin"), data.TrainInputs);
        AssertNear(folder.At("test.bin"), data.TestInputs);
    }

    [Theory]
    [InlineData("\"Numbers\"", "\"Nembers\"")]
    [InlineData("\"tempo\"", "null")]
    [InlineData("[1,2]", "[1]")]
    [InlineData("[0.5]", "null")]
    [InlineData("[0.5]", "[]")]
    [InlineData("{", "null, {")]
    public void A_preparation_of_which_a_part_is_lost_is_refused(string part, string damage)
    {
        string path = folder.At("preparation.json");
        new TabularPreparation(["tempo"], ["pop"], Bins.Threshold(0.5), [1, 2], [3, 4]).Save(path);
        Assert.Equal(2, TabularPreparation.Load(path).Inputs);
        string text = File.ReadAllText(path);
        Assert.Contains(part, text);
        File.WriteAllText(path, text.Replace(part, damage));
        Assert.Contains(
            $"{path} holds no tabular preparation",
            Assert.Throws<CorpusException>(() => TabularPreparation.Load(path)).Message
        );
    }

    [Fact]
    public void WhatWasFittedIsKeptAndAppliedToASong()
    {
        Python.Run(Generate, folder.Path);
        TabularData data = TabularData.Read(
            folder.At("catalogue.csv"),
            [folder.At("artists1.csv"), folder.At("artists2.csv")]
        );
        data.Preparation.Save(folder.At("preparation.json"));
        TabularPreparation kept = TabularPreparation.Load(folder.At("preparation.json"));
        // The first training row, taken back to numbers, gives itself again.
        int inputs = kept.Inputs;
        double[] numbers =
        [
            .. Enumerable.Range(0, 14).Select(i => data.TrainInputs[i] * kept.Deviation[i] + kept.Mean[i]),
        ];
        int genre = Enumerable.Range(14, inputs - 14).MaxBy(i => data.TrainInputs[i]) - 14;
        float[] again = kept.Apply(numbers, kept.Genres[genre]);
        for (int i = 0; i < inputs; i++)
            Assert.Equal(data.TrainInputs[i], again[i], 1e-5);
        Assert.Contains("no genre polka", Assert.Throws<CorpusException>(() => kept.Apply(numbers, "polka")).Message);
        Assert.Contains(
            "tempo is NaN",
            Assert
                .Throws<CorpusException>(() =>
                    kept.Apply([.. numbers.Select((n, i) => i == 10 ? double.NaN : n)], "pop")
                )
                .Message
        );
    }

    [Fact]
    public void BadCataloguesAreRefusedWithFileAndRow()
    {
        string header =
                "artist_name,track_name,track_id,popularity,year,genre,"
                + string.Join(',', TabularSettings.CatalogueNumbers),
            path = folder.At("bad.csv"),
            artists = folder.At("artists.csv");
        File.WriteAllText(artists, "artist_name,popularity\nA,5\n");
        string Row(int i, string popularity, string tempo = "120") =>
            $"A,song,{i},{popularity},2000,pop,"
            + string.Join(',', TabularSettings.CatalogueNumbers.Select(name => name == "tempo" ? tempo : "1"));
        string Refused(params string[] lines)
        {
            File.WriteAllLines(path, lines);
            return Assert.Throws<CorpusException>(() => TabularData.Read(path, [artists])).Message;
        }
        Assert.Contains("has no column tempo", Refused(header.Replace("tempo", "speed"), Row(1, "5")));
        Assert.Contains(
            "bad.csv has in row 2 the popularity \"101\", which is no number from 0 to 100",
            Refused(header, Row(1, "5"), Row(2, "101"))
        );
        foreach (string none in (string[])["inf", "-inf", "Infinity", "Nan", "1e400", "-1", "1001", "0x10", "1,5"])
            Assert.Contains(
                $"bad.csv has in row 3 the tempo \"{none}\", which is no number from 0 to 1000",
                Refused(header, Row(1, "5"), Row(2, ""), Row(3, "6", $"\"{none}\""))
            );
        string fast = Refused(header, Row(1, "5"), Row(2, "6", "fast"));
        Assert.Contains("bad.csv", fast);
        Assert.Contains("has in row 2 the tempo \"fast\"", fast);
        Assert.Contains("fall into the class \"up to 25\"", Refused(header, Row(1, "5"), Row(2, "6")));
        Assert.Contains("CSV Error on Line: 3", Refused(header, Row(1, "5"), Row(2, "6") + new string('x', 3_000_000)));
        Assert.Contains("no row of", Refused(header, Row(1, "", "120")));
        Assert.Contains("Line: 3", Refused(header, Row(1, "5"), Row(2, "6") + ",7"));
        string[] wider = [.. Enumerable.Range(1, 3_000).Select(i => Row(i, "5") + (i < 1_000 ? "" : ",7"))];
        Assert.Contains("Line: 1001", Refused([header, .. wider]));

        // The artists' file likewise, and no other than that of its name.
        File.WriteAllLines(path, [header, .. Enumerable.Range(1, 8).Select(i => Row(i, i % 2 == 0 ? "5" : "60"))]);
        Directory.CreateDirectory(folder.At("artist_name=B"));
        string named = folder.At("artist_name=B/list[1].csv");
        File.WriteAllText(folder.At("artist_name=B/list1.csv"), "artist_name,popularity\nB,5\n");
        File.WriteAllText(named, "artist_name,popularity\nA,5\n");
        TabularData read = TabularData.Read(path, [named]);
        Assert.Equal(8, read.TrainLabels.Length + read.TestLabels.Length);
        File.WriteAllText(named, "artist_name,popularity\nA,5\nB,6,7\n");
        Assert.Contains("Line: 3", Assert.Throws<CorpusException>(() => TabularData.Read(path, [named])).Message);
    }

    [Fact]
    public void NumbersAreReadAsPeopleWriteThemAndWhatIsLeftOutIsCounted()
    {
        string header =
            "artist_name,track_name,track_id,popularity,year,genre,"
            + string.Join(',', TabularSettings.CatalogueNumbers);
        string Row(int i, string popularity, string duration, string artist = "A") =>
            $"{artist},song {i},{i},{popularity},2000,pop,"
            + string.Join(',', TabularSettings.CatalogueNumbers.Select(n => n == "duration_ms" ? duration : "1"));
        string[] forms = ["\"200,040\"", "200040.0", " 200040 ", "2.0004e5", "200040"],
            durations = [.. forms, .. forms];
        string path = folder.At("catalogue.csv"),
            artists = folder.At("artists.csv");
        File.WriteAllLines(
            path,
            [
                header,
                .. durations.Select((duration, i) => Row(i, i % 2 == 0 ? "5" : "60.0", duration)),
                Row(0, "5", durations[0]),
                Row(10, "", "1"),
                Row(11, "5", "1", "B"),
                Row(12, "5", "1", "C"),
            ]
        );
        File.WriteAllText(artists, "artist_name,popularity\r\nA,5.0\r\n");
        TabularData data = TabularData.Read(path, [artists]);
        Assert.Equal(10, data.TrainLabels.Length + data.TestLabels.Length);
        Assert.Equal(200_040, data.Preparation.Mean[11], 1e-9);
        Assert.Equal(14, data.Rows);
        Assert.Equal(
            [
                new LeftOut("with a gap", 1),
                new LeftOut("that repeat another row", 1, IsGap: false),
                new LeftOut("of an artist whose popularity is not given", 2),
            ],
            data.LeftOut
        );

        // A year is asked for where it is an input.
        File.WriteAllText(path, File.ReadAllText(path).Replace("song 4,4,5,2000", "song 4,4,5,0000"));
        TabularData byYear = TabularData.Read(path, [artists], new() { Numbers = ["tempo", "year"] });
        Assert.Equal(9, byYear.TrainLabels.Length + byYear.TestLabels.Length);
        Assert.Equal(new LeftOut("with a gap, or without a year of release", 2), byYear.LeftOut[0]);
    }

    [Fact]
    public void TheDemoCatalogueIsPreparedLikeTheRealOne()
    {
        DemoCorpus corpus = DemoCorpus.Open(
            folder.At("corpus"),
            new DemoCorpusSettings
            {
                Songs = 60,
                Artists = 10,
                Seconds = 1,
                SampleRate = 16_000,
            }
        );
        TabularData data = TabularData.Read(
            corpus.CataloguePath,
            [corpus.ArtistsPath],
            new() { Bins = Bins.Threshold(39) }
        );
        Assert.Equal((45, 15), (data.TrainLabels.Length, data.TestLabels.Length));
        Assert.Equal(14 + data.Preparation.Genres.Count, data.Preparation.Inputs);
        Assert.Equal(10, data.TrainArtists.Concat(data.TestArtists).Distinct().Count());
    }

    private static void AssertNear(string expectedPath, float[] actual)
    {
        float[] expected = System
            .Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(expectedPath))
            .ToArray();
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < actual.Length; i++)
            if (Math.Abs(expected[i] - actual[i]) > 1e-5 * Math.Max(1, Math.Abs(expected[i])))
                Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"value {i}: {actual[i]}, not {expected[i]}"));
    }
}
