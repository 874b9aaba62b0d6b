using System.Collections;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>The shape that tensors of the given shapes have together.</summary>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">Two differ in a size that is not 1.</exception>
    public static Size broadcast_shapes(params long[][] shapes)
    {
        if (shapes.Length == 0) return Size.Empty;
        using DisposeScope scope = NewDisposeScope();
        return broadcast_tensors([.. shapes.Select(shape => empty([], ScalarType.Bool, CPU).expand(shape))]).First().shape;
    }

    /// <summary>The sizes of a tensor's dimensions. Two are equal where all sizes are.</summary>
    public struct Size : IEnumerable<long>
    {
        private readonly long[]? sizes;

        public Size(long[] shape) => sizes = shape;
        public Size(IEnumerable<long> shape) => sizes = [.. shape];
        public Size(int[] shape) => sizes = Array.ConvertAll(shape, s => (long)s);
        public Size(long size) => sizes = [size];
        public Size(int size) => sizes = [size];
        public Size((int, int) size) => sizes = [size.Item1, size.Item2];
        public Size((int, int, int) size) => sizes = [size.Item1, size.Item2, size.Item3];
        public Size((int, int, int, int) size) => sizes = [size.Item1, size.Item2, size.Item3, size.Item4];
        public Size((int, int, int, int, int) size) => sizes = [size.Item1, size.Item2, size.Item3, size.Item4, size.Item5];
        public Size((int, int, int, int, int, int) size) => sizes = [size.Item1, size.Item2, size.Item3, size.Item4, size.Item5, size.Item6];
        public Size((long, long) size) => sizes = [size.Item1, size.Item2];
        public Size((long, long, long) size) => sizes = [size.Item1, size.Item2, size.Item3];
        public Size((long, long, long, long) size) => sizes = [size.Item1, size.Item2, size.Item3, size.Item4];
        public Size((long, long, long, long, long) size) => sizes = [size.Item1, size.Item2, size.Item3, size.Item4, size.Item5];
        public Size((long, long, long, long, long, long) size) => sizes = [size.Item1, size.Item2, size.Item3, size.Item4, size.Item5, size.Item6];

        /// <summary>That of a scalar.</summary>
        public static Size Empty { get; } = new(Array.Empty<long>());

        public readonly long[] Shape => sizes ?? [];
        public readonly int Length => Shape.Length;
        public readonly bool IsEmpty => Length == 0;
        public readonly bool IsScalar => Length == 0;
        public readonly long this[int idx] => Shape[idx];
        public readonly long this[long idx] => Shape[idx];

        /// <summary>The number of elements.</summary>
        public readonly long numel() => Shape.Aggregate(1L, (product, size) => product * size);

        public readonly IEnumerable<long> Take(int i) => Shape.Take(i);

        /// <summary>The sizes from <paramref name="first"/> to before <paramref name="next"/>, each counted from the end where negative, as in Python.</summary>
        public readonly Size Slice(int first, int next)
        {
            int length = Length;
            int from = Math.Clamp(first < 0 ? first + length : first, 0, length), to = Math.Clamp(next < 0 ? next + length : next, 0, length);
            return new Size(from < to ? Shape[from..to] : []);
        }

        public readonly IEnumerator<long> GetEnumerator() => Shape.AsEnumerable().GetEnumerator();
        readonly IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override readonly bool Equals(object? obj) => obj is Size other && Shape.AsSpan().SequenceEqual(other.Shape);
        public override readonly int GetHashCode() => Shape.Aggregate(Length, HashCode.Combine);

        public static bool operator ==(Size left, Size right) => left.Equals(right);
        public static bool operator !=(Size left, Size right) => !left.Equals(right);
        public static Size operator +(Size left, Size right) => new([.. left.Shape, .. right.Shape]);
        public static Size operator +(Size left, IEnumerable<long> right) => new([.. left.Shape, .. right]);

        public static implicit operator Size(long size) => new(size);
        public static implicit operator Size(long[] size) => new(size);
        public static implicit operator Size((long, long) size) => new(size);
        public static implicit operator Size((long, long, long) size) => new(size);
        public static implicit operator Size((long, long, long, long) size) => new(size);
        public static implicit operator Size((long, long, long, long, long) size) => new(size);
        public static implicit operator Size((long, long, long, long, long, long) size) => new(size);
    }
}
