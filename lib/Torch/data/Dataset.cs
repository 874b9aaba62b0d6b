namespace TorchSharp;

public static partial class torch
{
    public static partial class utils
    {
        public static partial class data
        {
            /// <summary>Items by number.</summary>
            public abstract class Dataset<T> : IDisposable
            {
                /// <summary>How many there are.</summary>
                public abstract long Count { get; }

                /// <summary>One item; a loader with workers asks from several threads.</summary>
                public abstract T GetTensor(long index);

                public void Dispose()
                {
                    Dispose(true);
                    GC.SuppressFinalize(this);
                }

                protected virtual void Dispose(bool disposing) { }
            }

            /// <summary>Items whose tensors have names.</summary>
            public abstract class Dataset : Dataset<Dictionary<string, Tensor>>;

            /// <summary>Items whose tensors are told apart by their place.</summary>
            public abstract class IterableDataset : Dataset<IList<Tensor>>;
        }
    }
}
