namespace TorchSharp;

public static partial class torch
{
    /// <summary>What stands between the brackets of an indexed tensor for one dimension.</summary>
    public class TensorIndex
    {
        private TensorIndex() { }

        internal long? At { get; private init; }
        internal (long? start, long? stop, long step)? Range { get; private init; }
        internal bool? Truth { get; private init; }
        internal Tensor? Elements { get; private init; }

        /// <summary>As many whole dimensions as are left.</summary>
        public static TensorIndex Ellipsis { get; } = new();

        /// <summary>A new dimension of size 1.</summary>
        public static TensorIndex None { get; } = new();

        /// <summary>A whole dimension.</summary>
        public static TensorIndex Colon { get; } = Slice();

        public static TensorIndex Null => None;

        /// <summary>The element <paramref name="index"/>, whose dimension goes; a new dimension where it is null.</summary>
        public static TensorIndex Single(long? index) => index is { } at ? new() { At = at } : None;

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new() { Range = (start, stop, step ?? 1) };

        public static TensorIndex Slice((int?, int?) range) => Slice(range.Item1, range.Item2);

        public static TensorIndex Slice(Range range) =>
            Slice(range.Start.IsFromEnd ? -range.Start.Value : range.Start.Value, range.End is { IsFromEnd: true, Value: 0 } ? null : range.End.IsFromEnd ? -range.End.Value : range.End.Value);

        public static TensorIndex Bool(bool value) => new() { Truth = value };

        /// <summary>The elements whose positions a tensor of integers holds, or where a tensor of truth values is true.</summary>
        public static TensorIndex Tensor(Tensor tensor) => new() { Elements = tensor };

        public static implicit operator TensorIndex(long value) => Single(value);
        public static implicit operator TensorIndex(Index index) => Single(index.IsFromEnd ? -index.Value : index.Value);
        public static implicit operator TensorIndex(Range range) => Slice(range);
        public static implicit operator TensorIndex((int?, int?) range) => Slice(range);
    }
}
