using System.Buffers.Binary;
using System.Text;
using HitSong.Charts;
using HitSong.Corpus;
using HitSong.Experiments;
using HitSong.Features;
using SkiaSharp;
using Tables;
using Tensorboard;
using Tests;

namespace HitSong.Tests.Experiments;

[Collection(DefaultGenerator.Name)]
public class ExportTests(SmallCorpus corpus)
{
    [Fact]
    public void A_runs_onnx_takes_features_and_columns_as_they_are_and_answers_as_the_run_does()
    {
        using var folder = new TemporaryFolder();
        RunStore store = new(folder.At("runs"));
        Run listens = Experiment.Execute(
            Recipes.Find("hiphop-mlp", "audited").AtDemoScale().With("Training.Epochs", "1"),
            corpus.Source,
            store
        );
        Run reads = Experiment.Execute(
            Recipes.Find("spotify-mlp-bins4", "audited").With("Training.Epochs", "2"),
            corpus.Source,
            store
        );

        using ClipSet clips = ClipSet.Read(corpus.Source.Tracks, listens.Recipe.Features!, store.Features);
        FeatureMatrix clip = clips.Features(0);
        using (Predictor predictor = Predictor.Load(store.PathOf(listens)))
        {
            predictor.SaveOnnx(folder.At("listens.onnx"));
            float[] answer = Asked("listens.onnx", clip.Values, [1, clip.Bands, clip.Frames]);
            Assert.Equal(predictor.Ask(clip)[1], Assert.Single(answer), 1e-5);
        }
        using (Predictor predictor = Predictor.Load(store.PathOf(reads)))
        {
            predictor.SaveOnnx(folder.At("reads.onnx"));
            TabularPreparation preparation = predictor.Preparation!;
            double[] numbers = [.. preparation.Mean.Take(preparation.Numbers.Count).Select((m, i) => m + i % 3)];
            float[] row = [.. numbers.Select(n => (float)n), .. preparation.Genres.Select((_, i) => i == 1 ? 1f : 0)];
            double[] expected = predictor.Predict(numbers, preparation.Genres[1]).Song;
            float[] answer = Asked("reads.onnx", row, [1, row.Length]);
            // Calibrated, the order stays; what the network itself says is in the run's own predictions.
            Assert.Equal(4, answer.Length);
            using TorchSharp.torch.Tensor inputs = TorchSharp.torch.tensor(
                preparation.Apply(numbers, preparation.Genres[1]),
                [1, row.Length, 1]
            );
            Assert.All(predictor.Ask(inputs)[0].Zip(answer), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        }

        float[] Asked(string name, float[] values, long[] shape) => OnnxPeer.Ask(folder.At(name), values, shape).Values;
    }

    [Fact]
    public void TensorBoards_file_has_every_epoch_and_pictures_by_its_record_format()
    {
        using var folder = new TemporaryFolder();
        RunStore store = new(folder.At("runs"));
        Run run = Experiment.Execute(
            Recipes.Find("spotify-mlp-bins4", "audited").With("Training.Epochs", "3"),
            corpus.Source,
            store
        );

        string own = TensorBoardFile.Save(run, folder.At("board"));
        TensorBoardFile.Save(run, folder.At("board"));

        Assert.Equal([own], Directory.GetFileSystemEntries(folder.At("board")));
        Event[] events = [.. Events(File.ReadAllBytes(Assert.Single(Directory.GetFiles(own))))];
        Assert.Equal("brain.Event:2", events[0].FileVersion);
        Assert.Equal(
            new DateTimeOffset(run.Environment.Started, TimeSpan.Zero).ToUnixTimeSeconds(),
            events[1].WallTime
        );
        foreach (
            var (tag, values) in new (string, IEnumerable<double>)[]
            {
                ("loss/training", run.History.Select(e => e.TrainLoss)),
                ("loss/validation", run.History.Select(e => e.ValidationLoss)),
                ("accuracy/training", run.History.Select(e => e.TrainAccuracy)),
                ("accuracy/validation", run.History.Select(e => e.ValidationAccuracy)),
                ("learning rate", run.History.Select(e => e.LearningRate)),
            }
        )
            Assert.Equal(
                values.Select((value, i) => (i + 1L, (float)value)),
                events.Where(e => e.Summary?.Value[0].Tag == tag).Select(e => (e.Step, e.Summary.Value[0].SimpleValue))
            );
        foreach (string tag in (string[])["confusion", "roc curve", "reliability curve"])
        {
            Summary.Types.Image image = Assert
                .Single(events, e => e.Summary?.Value[0].Tag == tag)
                .Summary.Value[0]
                .Image;
            using SKBitmap picture = SKBitmap.Decode(image.EncodedImageString.ToByteArray());
            Assert.Equal((image.Width, image.Height), (picture.Width, picture.Height));
            Assert.True(picture.Pixels.Distinct().Count() > 5);
        }

        store.ExportTable(folder.At("runs.parquet"));
        using Database database = Database.InMemory();
        Assert.Equal(
            [run.Verdict.BySong.Accuracy],
            database.Query($"SELECT accuracy FROM '{folder.At("runs.parquet")}'").Values<double>("accuracy").ToArray()
        );
    }

    // TFRecord: length, masked CRC-32C of it, the event, masked CRC-32C of that.
    private static IEnumerable<Event> Events(byte[] file)
    {
        for (int at = 0; at < file.Length; )
        {
            int length = (int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(Masked(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            byte[] body = file[(at + 12)..(at + 12 + length)];
            at += 12 + length;
            Assert.Equal(Masked(body), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at)));
            at += 4;
            yield return Event.Parser.ParseFrom(body);
        }
    }

    // CRC-32C (Castagnoli), bit by bit; of "123456789" it is 0xE3069283.
    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        uint crc = Crc(bytes);
        Assert.Equal(0xE3069283, Crc(Encoding.ASCII.GetBytes("123456789")));
        return ((crc >> 15) | (crc << 17)) + 0xa282ead8;

        static uint Crc(ReadOnlySpan<byte> bytes)
        {
            uint crc = uint.MaxValue;
            foreach (byte b in bytes)
            {
                crc ^= b;
                for (int bit = 0; bit < 8; bit++)
                    crc = (crc & 1) == 1 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
            }
            return ~crc;
        }
    }
}
