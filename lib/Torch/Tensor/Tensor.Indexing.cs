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
            (Tensor view, Tensor?[]? elements) = View(indices);
            using (view)
            {
                if (elements is not null) Aten.Run("index_put_", view, Arg.Optional(elements), value, accumulate);
                else if (accumulate) view.add_(value);
                else view.copy_(value);
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
            Aten.Run("index_put_", this, Arg.Optional(indices), value, accumulate);
            return this;
        }

        public Tensor index_select(long dim, Tensor index) => Aten.Call("index_select", this, dim, index);
        public Tensor gather(long dim, Tensor index) => Aten.Call("gather", this, dim, index);
        public Tensor scatter(long dim, Tensor index, Tensor src) => Aten.Call("scatter.src", this, dim, index, src);
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
    }

    public static Tensor index_select(Tensor input, long dim, Tensor index) => input.index_select(dim, index);
    public static Tensor gather(Tensor input, long dim, Tensor index) => input.gather(dim, index);
    public static Tensor masked_select(Tensor input, Tensor mask) => input.masked_select(mask);
    public static Tensor where(Tensor condition, Tensor x, Tensor y) => Aten.Call("where.self", condition, x, y);
    public static Tensor nonzero(Tensor input) => input.nonzero();
}
