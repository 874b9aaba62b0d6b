using System.Diagnostics;
using System.Globalization;
using HitSong;
using HitSong.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests;

/// <summary>
/// Keras' files of dense networks. Debian has no Keras: h5py writes them in the layouts of Keras 2's
/// <c>save_weights_to_hdf5_group</c> and of Keras 3's <c>save_weights</c>.
/// </summary>
public sealed class KerasWeightsTests : IDisposable
{
    // Twelve layers, so that dense_10 stands before dense_2 in the file's own order.
    private static readonly int[] units = [7, 6, 7, 6, 7, 6, 7, 6, 7, 6, 7];

    /// <summary>In Python: <c>write(path, form, layers)</c>, of layers (name, [weights]).</summary>
    internal const string Keras = """
        import sys, h5py, numpy as np
        def legacy(g, layers, fixed):
            names = lambda n: np.array([x.encode() for x in n], dtype="S40" if fixed else object)
            g.attrs["layer_names"] = names([n for n, _ in layers])
            g.attrs["backend"], g.attrs["keras_version"] = b"tensorflow", b"2.10.0"
            for name, weights in layers:
                own = [f"{name}/{w}:0" for w in ("kernel", "bias", "moving_mean", "moving_variance")[:len(weights)]]
                layer = g.create_group(name)
                layer.attrs["weight_names"] = names(own) if own else []
                for n, w in zip(own, weights): layer.create_dataset(n, data=w)
        def write(path, form, layers):
            with h5py.File(path, "w") as f:
                if form == "keras 2, save":
                    legacy(f.create_group("model_weights"), layers, False)
                    f.attrs["model_config"] = '{"class_name": "Sequential"}'
                    f.create_dataset("optimizer_weights/Adam/iter:0", data=np.int64(3))
                elif form == "keras 3":
                    for name, weights in layers:
                        v = f.create_group(f"layers/{name}/vars")
                        for i, w in enumerate(weights): v[str(i)] = w
                    f.create_group("optimizer/vars")["0"] = np.int64(3)
                else: legacy(f, layers, form == "keras 2, names of one length")
        def dense(sizes, seed=0):
            rng = np.random.default_rng(seed)
            ws = [[rng.normal(size=(a, b)).astype("f4") / a ** 0.5, rng.normal(size=b).astype("f4")]
                  for a, b in zip(sizes, sizes[1:])]
            return [("dense" if i == 0 else f"dense_{i}", w) for i, w in enumerate(ws)]
        def answer(x, layers):
            ws = [w for _, w in layers if w]
            for k, b in ws[:-1]: x = np.maximum(x @ k + b, 0)
            return x @ ws[-1][0] + ws[-1][1]

        """;

    private readonly TemporaryFolder folder = new();
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("keras 2, save_weights")]
    [InlineData("keras 2, save")]
    [InlineData("keras 2, names of one length")]
    [InlineData("keras 3")]
    public void A_dense_network_answers_as_numpy_does_with_its_weights(string form)
    {
        string path = folder.At("model.h5");
        string printed = Python.Run(
            Keras
                + """
                sizes = [5, 7, 6, 7, 6, 7, 6, 7, 6, 7, 6, 7, 3]
                layers = dense(sizes)
                layers.insert(2, ("dropout", []))
                write(sys.argv[1], sys.argv[2], layers)
                x = np.arange(10, dtype="f4").reshape(2, 5) / 10
                print(*answer(x, layers).ravel())
                """,
            path,
            form
        );
        using SpotifyMlp model = new(new SpotifyMlpSettings { Units = units }, 5, 3);

        Checkpoint.Load(model, path);

        using Tensor answers = model.call((arange(10).to(float32) / 10).reshape(2, 5));
        double[] expected =
        [
            .. printed
                .Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
                .Select(n => double.Parse(n, CultureInfo.InvariantCulture)),
        ];
        Assert.Equal(6, expected.Length);
        Assert.All(expected.Zip(answers.data<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void A_file_of_another_network_is_refused_with_what_it_has_and_the_model_stays_as_it_was()
    {
        Python.Run(
            Keras
                + """
                f = sys.argv[1] + "/"
                write(f + "size.h5", "keras 3", dense([5, 9, 3]))
                write(f + "more.h5", "keras 2, save", dense([5, 8, 8, 3]))
                norm = ("batch_normalization", [np.zeros(8, "f4")] * 4)
                write(f + "norm.h5", "keras 2, save_weights", dense([5, 8])[:1] + [norm])
                write(f + "conv.h5", "keras 3", [("conv2d", [np.zeros((3, 3, 1, 8), "f4"), np.zeros(8, "f4")])])
                write(f + "named.h5", "keras 3", [(f"head{i}", w) for i, (_, w) in enumerate(dense([5, 8, 3]))])
                write(f + "double.h5", "keras 3", [(n, [w.astype("f8") for w in ws]) for n, ws in dense([5, 8, 3])])
                with h5py.File(f + "other.h5", "w") as h: h["table"] = np.zeros(3)
                with h5py.File(f + "packed.h5", "w") as h:
                    for name, weights in dense([5, 8, 3]):
                        for i, w in enumerate(weights):
                            h.create_dataset(f"layers/{name}/vars/{i}", data=w, compression="gzip")
                open(f + "text.h5", "w").write("no HDF5")
                write(f + "whole.h5", "keras 3", dense([5, 8, 3]))
                """,
            folder.Path
        );
        File.WriteAllBytes(folder.At("cut.h5"), File.ReadAllBytes(folder.At("whole.h5"))[..2000]);
        File.Copy(folder.At("whole.h5"), folder.At("whole.keras"));

        using SpotifyMlp model = new(new SpotifyMlpSettings { Units = [8] }, 5, 3);
        Refused("size.h5", "5→9, 9→3, and this network has 5→8, 8→3");
        Refused("more.h5", "5→8, 8→8, 8→3, and this network has 5→8, 8→3");
        Refused("norm.h5", "the layer batch_normalization, which is not dense", "[8], [8], [8], [8]");
        Refused("conv.h5", "the layer conv2d, which is not dense", "[3, 3, 1, 8]");
        Refused("named.h5", "the layer head0, whose place");
        Refused("double.h5", "is not written as Keras does");
        Refused("packed.h5", "is not written as Keras does");
        Refused("other.h5", "no weights of Keras");
        Refused("text.h5", "cannot be read as a Keras file (HDF5)");
        Refused("cut.h5", "cannot be read as a Keras file (HDF5)");
        Refused("whole.keras", "model.weights.h5");
        Checkpoint.Load(model, folder.At("whole.h5"));

        using TikTokLstm lstm = new(batchFirst: true);
        Assert.Contains(
            "of dense layers alone",
            Assert.Throws<HitSongException>(() => Checkpoint.Load(lstm, folder.At("whole.h5"))).Message
        );

        void Refused(string name, params string[] words)
        {
            float[] before = Values();
            string message = Assert.Throws<HitSongException>(() => Checkpoint.Load(model, folder.At(name))).Message;
            Assert.All([folder.At(name), .. words], word => Assert.Contains(word, message));
            Assert.Equal(before, Values());
        }

        float[] Values() => [.. model.state_dict().Values.SelectMany(t => t.data<float>().ToArray())];
    }

    [Theory]
    [InlineData("keras 2, save")]
    [InlineData("keras 3")]
    public void Of_1000_damaged_files_each_loads_or_is_refused_in_little_memory(string form)
    {
        string path = folder.At("model.h5");
        Python.Run(Keras + "write(sys.argv[1], sys.argv[2], dense([5, 8, 3]))", path, form);
        byte[] sound = File.ReadAllBytes(path);
        using SpotifyMlp model = new(new SpotifyMlpSettings { Units = [8] }, 5, 3);
        int loaded = 0;
        long before = Process.GetCurrentProcess().WorkingSet64;

        for (int seed = 0; seed < 1_000; seed++)
        {
            byte[] mutant = Mutant.Of(sound, seed);
            File.WriteAllBytes(path, seed % 10 == 0 ? mutant[..(mutant.Length * (seed % 100) / 100)] : mutant);
            try
            {
                Checkpoint.Load(model, path);
                loaded++;
            }
            catch (HitSongException e)
            {
                Assert.Contains(path, e.Message);
            }
        }

        Assert.InRange(loaded, 1, 999);
        // A file of some kilobytes can claim gigabytes, of which none is ever touched.
        Assert.InRange(Process.GetCurrentProcess().WorkingSet64 - before, long.MinValue, 200 << 20);
    }
}
