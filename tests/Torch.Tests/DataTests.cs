using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Tests;

public class DataTests
{
    private sealed class Squares(int count) : utils.data.Dataset
    {
        public override long Count => count;

        public override Dictionary<string, Tensor> GetTensor(long index) => new() { ["x"] = tensor((float)index), ["y"] = tensor((float)(index * index)) };
    }

    [Theory]
    [InlineData(1, false, 3)]
    [InlineData(3, true, 2)]
    public void BatchesHaveEveryItemInOrder(int workers, bool dropLast, int batches)
    {
        using DataLoader loader = utils.data.DataLoader(new Squares(10), 4, num_worker: workers, drop_last: dropLast, disposeBatch: false);
        Assert.Equal(batches, loader.Count);
        float[][] y = [.. loader.Select(batch => batch["y"].data<float>().ToArray())];
        Assert.Equal(Enumerable.Range(0, dropLast ? 8 : 10).Select(i => (float)(i * i)), y.SelectMany(b => b));
        Assert.Equal(batches, y.Length);
    }

    [Fact]
    public void ShufflingFollowsTheSeed()
    {
        using DisposeScope scope = NewDisposeScope();
        using IterableDataLoader seeded = utils.data.DataLoader(utils.data.TensorDataset(arange(50), arange(50) * 2), 8, shuffle: true, seed: 3), free = utils.data.DataLoader(utils.data.TensorDataset(arange(50), arange(50) * 2), 8, shuffle: true);
        long[] first = Pass(seeded);
        Assert.Equal(first, Pass(seeded));
        Assert.NotEqual(first.Order(), first);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (long)i), first.Order());
        manual_seed(4);
        long[] one = Pass(free), two = Pass(free);
        Assert.NotEqual(one, two);
        manual_seed(4);
        Assert.Equal(one, Pass(free));

        static long[] Pass(IterableDataLoader loader)
        {
            var order = new List<long>();
            foreach (IList<Tensor> batch in loader)
            {
                Assert.True((batch[0] * 2).Equals(batch[1]));
                order.AddRange(batch[0].data<long>());
            }
            return [.. order];
        }
    }

    private sealed class Words(params string[] words) : utils.data.Dataset<string>
    {
        public override long Count => words.Length;

        public override string GetTensor(long index) => words[index];
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void ABatchIsWhatCollateMakesOfTheItems(int workers)
    {
        using var loader = new DataLoader<string, Tensor>(new Words("a", "song", "is", "sung"), 3, (words, device) => tensor(words.Select(word => (long)word.Length).ToArray(), device: device), num_worker: workers, disposeBatch: false);
        Assert.Equal([[1L, 4, 2], [4]], loader.Select(batch => batch.data<long>().ToArray()));
    }

    [Fact]
    public void AGeneratorDrawsTheOrder()
    {
        using DisposeScope scope = NewDisposeScope();
        long[] python = System.Text.Json.JsonSerializer.Deserialize<long[]>(Python.Run("""
            import json, torch
            g = torch.Generator().manual_seed(9)
            print(json.dumps(torch.randperm(20, generator=g).tolist()))
            """))!;
        using var generator = new Generator(9);
        using IterableDataLoader loader = utils.data.DataLoader(utils.data.TensorDataset(arange(20)), 6, randperm(20, generator: generator).data<long>());
        Assert.Equal(python, loader.SelectMany(batch => batch[0].data<long>().ToArray()));
    }

    private sealed class Broken : utils.data.Dataset
    {
        public override long Count => 8;

        public override Dictionary<string, Tensor> GetTensor(long index) => index == 3 ? throw new InvalidDataException("item 3 is no song") : new() { ["x"] = zeros(1) };
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void ABrokenItemSaysSoWithAndWithoutWorkers(int workers)
    {
        using DataLoader loader = utils.data.DataLoader(new Broken(), 4, num_worker: workers);
        Assert.Equal("item 3 is no song", Assert.Throws<InvalidDataException>(() => loader.Count()).Message);
    }

    [Fact]
    public void ABatchIsGoneWithTheNext()
    {
        using IterableDataLoader loader = utils.data.DataLoader(utils.data.TensorDataset(arange(4)), 2, [3L, 1, 2]);
        Tensor? before = null;
        var seen = new List<long>();
        foreach (IList<Tensor> batch in loader)
        {
            if (before is not null) Assert.True(before.IsInvalid);
            before = batch[0];
            seen.AddRange(before.data<long>());
        }
        Assert.Equal([3, 1, 2], seen);
        Assert.Contains("[2], [3]", Assert.Throws<ArgumentException>(() => utils.data.TensorDataset(arange(2), arange(3))).Message);
    }

    /// <summary>Holds its items in memory and hands them out themselves.</summary>
    private sealed class Held : utils.data.Dataset
    {
        private readonly Tensor[] rows = [.. Enumerable.Range(0, 5).Select(i => tensor((float)i))];
        public readonly List<Tensor> Made = [];
        public override long Count => rows.Length;

        public override Dictionary<string, Tensor> GetTensor(long index)
        {
            Tensor twice = rows[index] * 2;
            lock (Made) Made.Add(twice);
            return new() { ["x"] = rows[index], ["twice"] = twice };
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void WhatADatasetHoldsLivesOnAndWhatItMakesDoesNot(int workers)
    {
        var dataset = new Held();
        using DataLoader loader = utils.data.DataLoader(dataset, 2, num_worker: workers);
        Tensor? last = null;
        for (int epoch = 0; epoch < 2; epoch++)
        {
            using DisposeScope scope = NewDisposeScope();
            foreach (Dictionary<string, Tensor> batch in loader)
            {
                last = batch["twice"];
                Assert.True((batch["x"] * 2).Equals(last));
                Assert.All(dataset.Made, tensor => Assert.True(tensor.IsInvalid));
                scope.DisposeEverything();
                Assert.False(last.IsInvalid);
            }
            Assert.True(last!.IsInvalid);
        }
        Assert.Equal(10, dataset.Made.Count);
    }

    [Fact]
    public void AnEnumeratorStartsAnew()
    {
        using DataLoader loader = utils.data.DataLoader(new Squares(5), 2);
        using IEnumerator<Dictionary<string, Tensor>> batches = loader.GetEnumerator();
        for (int pass = 0; pass < 2; pass++)
        {
            var seen = new List<float>();
            while (batches.MoveNext()) seen.AddRange(batches.Current["x"].data<float>());
            Assert.Equal([0f, 1, 2, 3, 4], seen);
            batches.Reset();
        }
    }

    [Fact]
    public void ArchivesOfDataSetsAreUnpacked()
    {
        using var folder = new TemporaryFolder();
        Python.Run("""
            import sys, gzip, tarfile, io, struct
            with gzip.open(sys.argv[1] + "/labels-idx1-ubyte.gz", "wb") as f: f.write(struct.pack(">ii", 2049, 3) + bytes([5, 0, 4]))
            with tarfile.open(sys.argv[1] + "/batches.tar.gz", "w:gz") as t:
                for name in ("a/one.bin", "two.bin"):
                    info = tarfile.TarInfo(name); info.size = 3
                    t.addfile(info, io.BytesIO(b"abc"))
            """, folder.Path);
        TorchSharp.Utils.Decompress.DecompressGZipFile(folder.At("labels-idx1-ubyte.gz"), folder.At("out"));
        TorchSharp.Utils.Decompress.ExtractTGZ(folder.At("batches.tar.gz"), folder.At("out"));
        Assert.Equal("abc"u8.ToArray(), File.ReadAllBytes(folder.At("out/a/one.bin")));
        Assert.True(File.Exists(folder.At("out/two.bin")));
        var reader = new TorchSharp.Utils.BigEndianReader(new BinaryReader(File.OpenRead(folder.At("out/labels-idx1-ubyte"))));
        Assert.Equal((2049, 3), (reader.ReadInt32(), reader.ReadInt32()));
        Assert.Equal([5, 0, 4], reader.ReadBytes(3));
        reader.BaseStream.Position = 0;
        Assert.Equal(2049, BitConverter.ToInt32(reader.ReadBigEndianBytes(4)));
        reader.Close();
        File.WriteAllText(folder.At("no.gz"), "plain text");
        Assert.Throws<InvalidDataException>(() => TorchSharp.Utils.Decompress.DecompressGZipFile(folder.At("no.gz"), folder.At("out")));
    }
}
