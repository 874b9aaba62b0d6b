using System.Runtime.CompilerServices;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params long[] indices]
        {
            get => index(Singles(indices));
            set => index_put_(value, Singles(indices));
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => index_put_(value, [TensorIndex.Single(i1)]);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => index(Singles(i1, i2));
            set => index_put_(value, Singles(i1, i2));
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3]
        {
            get => index(Singles(i1, i2, i3));
            set => index_put_(value, Singles(i1, i2, i3));
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4]
        {
            get => index(Singles(i1, i2, i3, i4));
            set => index_put_(value, Singles(i1, i2, i3, i4));
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4, long i5]
        {
            get => index(Singles(i1, i2, i3, i4, i5));
            set => index_put_(value, Singles(i1, i2, i3, i4, i5));
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4, long i5, long i6]
        {
            get => index(Singles(i1, i2, i3, i4, i5, i6));
            set => index_put_(value, Singles(i1, i2, i3, i4, i5, i6));
        }

        /// <summary>A view where the indices are numbers and slices; a copy where one is a tensor.</summary>
        public Tensor index(params TensorIndex[] indices)
        {
            (Tensor view, Tensor?[]? elements) = View(indices);
            if (elements is null) return view;
            using (view) return Aten.Call("index.Tensor", view, Arg.Optional(elements));
        }

        public Tensor index(params Tensor[] indices) => Aten.Call("index.Tensor", this, Arg.Optional(indices));

        public Tensor index_put_(Tensor value, params TensorIndex[] indices) => index_put_(value, indices, false);

        public Tensor index_put_(Tensor value, TensorIndex[] indices, bool accumulate = false)
        {
            using Tensor given = WithoutLeadingOnes(value);
            (Tensor view, Tensor?[]? elements) = View(indices);
            using (view)
            {
                if (elements is not null) Aten.Run("index_put_", view, Arg.Optional(elements), given, accumulate);
                else if (accumulate) view.add_(given);
                else view.copy_(given);
            }
            return this;
        }

        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            using Tensor tensor = Aten.Call("scalar_tensor", value, dtype, Arg.Default, device);
            return index_put_(tensor, indices);
        }

        public Tensor index_put_(Tensor value, params Tensor[] indices) => index_put_(value, indices, false);

        public Tensor index_put_(Tensor value, Tensor[] indices, bool accumulate = false)
        {
            using Tensor given = WithoutLeadingOnes(value);
            Aten.Run("index_put_", this, Arg.Optional(indices), given, accumulate);
            return this;
        }

        /// <summary>What is assigned may have more dimensions than its place, as in Python, where the first of them are of size 1.</summary>
        private static Tensor WithoutLeadingOnes(Tensor value) => value.view([.. value.shape.SkipWhile(size => size == 1)]);

        public Tensor index_select(long dim, Tensor index) => Aten.Call("index_select", this, dim, index);
        public Tensor gather(long dim, Tensor index) => Aten.Call("gather", this, dim, index);
        public Tensor scatter(long dim, Tensor index, Tensor src) => Aten.Call("scatter.src", this, dim, index, src);
        public Tensor scatter_add(long dim, Tensor index, Tensor src) => Aten.Call("scatter_add", this, dim, index, src);
        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha) => Aten.Call("index_add", this, dim, index, source, alpha);
        public Tensor index_copy(long dim, Tensor index, Tensor source) => Aten.Call("index_copy", this, dim, index, source);
        public Tensor index_fill(long dim, Tensor index, Scalar value) => Aten.Call("index_fill.int_Scalar", this, dim, index, value);
        public Tensor masked_scatter(Tensor mask, Tensor value) => Aten.Call("masked_scatter", this, mask, value);
        public Tensor take_along_dim(Tensor indices, long dim) => Aten.Call("take_along_dim", this, indices, dim);
        public Tensor as_strided(long[] size, long[] strides, long storageOffset = 0) => Aten.Call("as_strided", this, size, strides, storageOffset);
        public Tensor[] tensor_split(long size, long dim = 0) => Aten.CallList("tensor_split.sections", this, size, dim);
        public Tensor[] tensor_split(long[] sizes, long dim = 0) => Aten.CallList("tensor_split.indices", this, sizes, dim);

        public Tensor scatter_(long dim, Tensor index, Tensor src)
        {
            Aten.Run("scatter_.src", this, dim, index, src);
            return this;
        }

        public Tensor scatter_add_(long dim, Tensor index, Tensor src)
        {
            Aten.Run("scatter_add_", this, dim, index, src);
            return this;
        }

        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha)
        {
            Aten.Run("index_add_", this, dim, index, source, alpha);
            return this;
        }

        public Tensor index_copy_(long dim, Tensor index, Tensor source)
        {
            Aten.Run("index_copy_", this, dim, index, source);
            return this;
        }

        public Tensor index_fill_(long dim, Tensor index, Scalar value)
        {
            Aten.Run("index_fill_.int_Scalar", this, dim, index, value);
            return this;
        }

        public Tensor take(Tensor index) => Aten.Call("take", this, index);
        public Tensor masked_select(Tensor mask) => Aten.Call("masked_select", this, mask);
        public Tensor masked_fill(Tensor mask, Scalar value) => Aten.Call("masked_fill.Scalar", this, mask, value);

        public Tensor masked_fill_(Tensor mask, Scalar value)
        {
            Aten.Run("masked_fill_.Scalar", this, mask, value);
            return this;
        }

        public Tensor where(Tensor condition, Tensor y) => Aten.Call("where.self", condition, this, y);
        public Tensor nonzero() => Aten.Call("nonzero", this);

        /// <summary>For each dimension the indices of the elements that are not zero, [n].</summary>
        public IList<Tensor> nonzero_as_list() => Aten.CallList("nonzero_numpy", this);
        public Tensor masked_scatter_(Tensor mask, Tensor value) => InPlace("masked_scatter_", mask, value);
        public Tensor diagonal_scatter(Tensor src, long offset = 0, long dim1 = 0, long dim2 = 1) => Aten.Call("diagonal_scatter", this, src, offset, dim1, dim2);
        public Tensor select_scatter(Tensor src, long dim, long index) => Aten.Call("select_scatter", this, src, dim, index);
        public Tensor slice_scatter(Tensor src, long dim = 0, long? start = null, long? end = null, long step = 1) => Aten.Call("slice_scatter", this, src, dim, start, end, step);
        public Tensor[] tensor_split(Tensor indices, long dim = 0) => Aten.CallList("tensor_split.tensor_indices_or_sections", this, indices, dim);
        public Tensor take_along_dim(Tensor indices) => Aten.Call("take_along_dim", this, indices);

        private static TensorIndex[] Singles(params ReadOnlySpan<long> indices)
        {
            var singles = new TensorIndex[indices.Length];
            for (int i = 0; i < singles.Length; i++) singles[i] = indices[i];
            return singles;
        }

        /// <summary>Follows the numbers, slices and new dimensions; the tensors among the indices come back for aten::index.</summary>
        private (Tensor view, Tensor?[]? elements) View(TensorIndex[] indices)
        {
            int given = indices.Count(i => i.At is not null || i.Range is not null) + indices.Sum(i => i.Elements is { } e ? e.dtype == ScalarType.Bool ? (int)e.dim() : 1 : 0);
            if (given > dim()) throw new IndexOutOfRangeException($"Too many indices for a tensor of dimension {dim()}: {given}");
            Tensor view = alias();
            var elements = new List<Tensor?>();
            int at = 0;
            foreach (TensorIndex index in indices)
            {
                if (index.At is { } position)
                {
                    Replace(ref view, view.select(at, position));
                }
                else if (index.Range is var (start, stop, step))
                {
                    Replace(ref view, view.slice(at++, start ?? 0, stop ?? long.MaxValue, step));
                }
                else if (index.Elements is { } tensor)
                {
                    while (elements.Count < at) elements.Add(null);
                    elements.Add(tensor);
                    at += tensor.dtype == ScalarType.Bool ? (int)tensor.dim() : 1;
                }
                else if (index.Truth is { } truth)
                {
                    Replace(ref view, view.unsqueeze(at));
                    while (elements.Count < at) elements.Add(null);
                    elements.Add(torch.tensor([truth]));
                    at++;
                }
                else if (index == TensorIndex.None)
                {
                    Replace(ref view, view.unsqueeze(at++));
                }
                else
                {
                    at += (int)dim() - given;
                }
            }
            return (view, elements.Count == 0 ? null : [.. elements]);
        }

        private static void Replace(ref Tensor view, Tensor next)
        {
            view.Dispose();
            view = next;
        }

        public Tensor index_put_(Scalar value, params Tensor[] indices)
        {
            using Tensor tensor = Aten.Call("scalar_tensor", value, dtype, Arg.Default, device);
            return index_put_(tensor, indices);
        }

        public Tensor take_along_dim(IEnumerable<long> indices)
        {
            using Tensor tensor = torch.tensor(indices.ToArray(), device: device);
            return take_along_dim(tensor);
        }

        public Tensor take_along_dim(IEnumerable<long> indices, long dim)
        {
            using Tensor tensor = torch.tensor(indices.ToArray(), device: device);
            return take_along_dim(tensor, dim);
        }
    }

    public static Tensor index_select(Tensor input, long dim, Tensor index) => input.index_select(dim, index);
    public static Tensor gather(Tensor input, long dim, Tensor index) => input.gather(dim, index);
    public static Tensor scatter(Tensor input, long dim, Tensor index, Tensor src) => input.scatter(dim, index, src);
    public static Tensor scatter_add(Tensor input, long dim, Tensor index, Tensor src) => input.scatter_add(dim, index, src);
    public static Tensor index_add(Tensor input, long dim, Tensor index, Tensor source, Scalar alpha) => input.index_add(dim, index, source, alpha);
    public static Tensor index_copy(Tensor input, long dim, Tensor index, Tensor source) => input.index_copy(dim, index, source);
    public static Tensor index_fill(Tensor input, long dim, Tensor index, Scalar value) => input.index_fill(dim, index, value);
    public static Tensor take_along_dim(Tensor input, Tensor indices, long dim = 0) => input.take_along_dim(indices, dim);
    public static Tensor masked_select(Tensor input, Tensor mask) => input.masked_select(mask);
    public static Tensor where(Tensor condition, Tensor x, Tensor y) => Aten.Call("where.self", condition, x, y);
    public static Tensor nonzero(Tensor input) => input.nonzero();
    public static Tensor diagonal_scatter(Tensor input, Tensor src, long offset = 0, long dim1 = 0, long dim2 = 1) => input.diagonal_scatter(src, offset, dim1, dim2);
    public static Tensor index_add_(Tensor input, long dim, Tensor index, Tensor source, Scalar alpha) => input.index_add_(dim, index, source, alpha);
    public static Tensor index_copy_(Tensor input, long dim, Tensor index, Tensor source) => input.index_copy_(dim, index, source);
    public static Tensor index_fill_(Tensor input, long dim, Tensor index, Scalar value) => input.index_fill_(dim, index, value);
    public static Tensor scatter_(Tensor input, long dim, Tensor index, Tensor src) => input.scatter_(dim, index, src);
    public static Tensor scatter_add_(Tensor input, long dim, Tensor index, Tensor src) => input.scatter_add_(dim, index, src);
    public static Tensor select_scatter(Tensor input, Tensor src, long dim, long index) => input.select_scatter(src, dim, index);
    public static Tensor slice_scatter(Tensor input, Tensor src, long dim = 0, long? start = null, long? end = null, long step = 1) => input.slice_scatter(src, dim, start, end, step);
    public static Tensor take(Tensor input, Tensor index) => input.take(index);
    public static Tensor[] tensor_split(Tensor input, long indices_or_sections, long dim = 0) => input.tensor_split(indices_or_sections, dim);
    public static Tensor[] tensor_split(Tensor input, long[] indices_or_sections, long dim = 0) => input.tensor_split(indices_or_sections, dim);
    public static Tensor[] tensor_split(Tensor input, Tensor indices_or_sections, long dim = 0) => input.tensor_split(indices_or_sections, dim);

    /// <summary>Where the elements are true: for each dimension, their places in it.</summary>
    public static Tensor[] where(Tensor condition) => Aten.CallList("where", condition);

    /// <param name="sparse_grad">Whether the gradient is a sparse tensor.</param>
    public static Tensor gather(Tensor input, long dim, Tensor index, bool sparse_grad = false) => Aten.Call("gather", input, dim, index, sparse_grad);

    /// <summary>Where one index stands several times, reduces what belongs there, with what was there before or without.</summary>
    public static Tensor index_reduce(Tensor input, long dim, Tensor index, Tensor source, Reduce reduce, bool include_self = true) => Aten.Call("index_reduce", input, dim, index, source, reduce.ToString(), include_self);
}
