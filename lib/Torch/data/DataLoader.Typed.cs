using System.Collections;
using System.Runtime.ExceptionServices;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>The items of a dataset in batches.</summary>
/// <typeparam name="T">An item.</typeparam>
/// <typeparam name="S">A batch.</typeparam>
public class DataLoader<T, S> : IEnumerable<S>, IDisposable
{
    /// <param name="collate_fn">Makes a batch of items, on the device.</param>
    /// <param name="shuffle">Whether every pass has another order.</param>
    /// <param name="seed">With one, every pass has the same random order.</param>
    /// <param name="num_worker">Threads that fetch the items of a batch.</param>
    /// <param name="drop_last">Leave out a last batch that is smaller.</param>
    /// <param name="disposeBatch">Dispose a batch when the next is asked for.</param>
    /// <param name="disposeDataset">Dispose the dataset with the loader.</param>
    public DataLoader(utils.data.Dataset<T> dataset, int batchSize, Func<IEnumerable<T>, Device, S> collate_fn, bool shuffle = false, Device? device = null, int? seed = null, int num_worker = 1, bool drop_last = false, bool disposeBatch = true, bool disposeDataset = true)
        : this(dataset, batchSize, collate_fn, shuffle ? new FisherYatesShuffler(dataset.Count, seed) : InOrder(dataset.Count), device, num_worker, drop_last, disposeBatch, disposeDataset) { }

    /// <param name="shuffler">The numbers of the items, in the order in which they are wanted.</param>
    /// <inheritdoc cref="DataLoader{T, S}(utils.data.Dataset{T}, int, Func{IEnumerable{T}, Device, S}, bool, Device, int?, int, bool, bool, bool)"/>
    public DataLoader(utils.data.Dataset<T> dataset, int batchSize, Func<IEnumerable<T>, Device, S> collate_fn, IEnumerable<long> shuffler, Device? device = null, int num_worker = 1, bool drop_last = false, bool disposeBatch = true, bool disposeDataset = true)
    {
        if (batchSize < 1) throw new ArgumentException($"A batch has one item at least, not {batchSize}");
        this.dataset = dataset;
        batch_size = batchSize;
        this.collate_fn = collate_fn;
        sampler = shuffler;
        Device = device ?? CPU;
        num_workers = Math.Max(num_worker, 1);
        this.drop_last = drop_last;
        DisposeBatch = disposeBatch;
        DisposeDataset = disposeDataset;
    }

    public utils.data.Dataset<T> dataset { get; }
    public int batch_size { get; }
    public Func<IEnumerable<T>, Device, S> collate_fn { get; }
    public IEnumerable<long> sampler { get; }
    public Device Device { get; }
    public int num_workers { get; }
    public bool drop_last { get; }
    public bool DisposeBatch { get; }
    public bool DisposeDataset { get; }

    /// <summary>Batches of a pass over the whole dataset.</summary>
    public long Count => drop_last ? dataset.Count / batch_size : (dataset.Count + batch_size - 1) / batch_size;

    public IEnumerator<S> GetEnumerator() => new Pass(this);

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing && DisposeDataset) dataset.Dispose();
    }

    /// <summary>The items, and for as long as the calling thread's scope what was made for them; what the dataset keeps stays its own.</summary>
    private T[] Fetch(long[] indices)
    {
        var items = new T[indices.Length];
        if (num_workers == 1)
        {
            for (int i = 0; i < items.Length; i++) items[i] = dataset.GetTensor(indices[i]);
            return items;
        }
        var made = new IDisposable[indices.Length][];
        try
        {
            Parallel.For(0, items.Length, new ParallelOptions { MaxDegreeOfParallelism = num_workers }, i =>
            {
                using DisposeScope scope = NewDisposeScope();
                items[i] = dataset.GetTensor(indices[i]);
                made[i] = [.. scope.DisposablesView];
                scope.Detach(made[i]);
            });
        }
        catch (AggregateException e)
        {
            // What went wrong with an item, as without workers.
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
        foreach (IDisposable[] each in made) CurrentDisposeScope!.Attach(each);
        return items;
    }

    /// <summary>One way through the dataset.</summary>
    private sealed class Pass(DataLoader<T, S> loader) : IEnumerator<S>
    {
        private IEnumerator<long> order = loader.sampler.GetEnumerator();
        private IDisposable[] batch = [];

        public S Current { get; private set; } = default!;
        object? IEnumerator.Current => Current;

        public bool MoveNext()
        {
            DisposeBatch();
            var indices = new List<long>();
            while (indices.Count < loader.batch_size && order.MoveNext()) indices.Add(order.Current);
            if (indices.Count == 0 || (loader.drop_last && indices.Count < loader.batch_size)) return false;
            using DisposeScope items = NewDisposeScope();
            T[] fetched = loader.Fetch([.. indices]);
            using DisposeScope collated = NewDisposeScope();
            Current = loader.collate_fn(fetched, loader.Device);
            IDisposable[] made = [.. collated.DisposablesView];
            collated.Detach(made);
            if (loader.DisposeBatch) batch = made;
            return true;
        }

        /// <summary>To the start of another pass.</summary>
        public void Reset()
        {
            DisposeBatch();
            order.Dispose();
            order = loader.sampler.GetEnumerator();
        }

        public void Dispose()
        {
            DisposeBatch();
            order.Dispose();
        }

        private void DisposeBatch()
        {
            foreach (IDisposable tensor in batch) tensor.Dispose();
            batch = [];
        }
    }

    private static IEnumerable<long> InOrder(long count)
    {
        for (long i = 0; i < count; i++) yield return i;
    }
}
