using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// PyTorch's tensor. Its memory is freed by <see cref="Dispose"/>, by the <see cref="DisposeScope"/> it was made in,
    /// or by the garbage collector, whichever comes first.
    /// </summary>
    public partial class Tensor : IDisposable
    {
        private readonly int kib;
        private nint handle;
        private static long total, peak;

        /// <summary>Takes over what native code returned; where that is no tensor, the object is as if disposed.</summary>
        internal Tensor(Value value)
        {
            if (value.Bits == 0) return;
            handle = (nint)value.Bits;
            kib = value.Count;
            long count = Interlocked.Increment(ref total);
            if (count > peak) peak = count;
            MemoryPressure.Change((long)kib << 10);
            LifetimeStatistics statistics = DisposeScopeManager.Statistics.TensorStatistics;
            if (DisposeScopeManager.Current is { } scope)
            {
                statistics.CreatedInScopeCount++;
                scope.Add(this);
            }
            else
            {
                statistics.CreatedOutsideScopeCount++;
            }
        }

        ~Tensor() => Free();

        /// <summary>The native tensor, which stays this object's own.</summary>
        /// <exception cref="InvalidOperationException">The tensor was disposed.</exception>
        public nint Handle
        {
            get
            {
                if (handle == 0) ThrowDisposed();
                return handle;
            }
        }

        public bool IsInvalid => handle == 0;

        /// <summary>How many tensors there are in the process that are not disposed.</summary>
        public static long TotalCount => Interlocked.Read(ref total);

        /// <summary>The most there ever were at once.</summary>
        public static long PeakCount => Interlocked.Read(ref peak);

        internal DisposeScope? Scope { get; set; }

        /// <summary>Where <see cref="Scope"/> keeps it.</summary>
        internal int ScopeIndex { get; set; }

        public void Dispose()
        {
            if (handle == 0) return;
            LifetimeStatistics statistics = DisposeScopeManager.Statistics.TensorStatistics;
            if (Scope is { } scope)
            {
                scope.Remove(this);
                statistics.DisposedInScopeCount++;
            }
            else
            {
                statistics.DisposedOutsideScopeCount++;
            }
            Free();
            GC.SuppressFinalize(this);
        }

        private void Free()
        {
            nint freed = Interlocked.Exchange(ref handle, 0);
            if (freed == 0) return;
            Library.torch_free(freed);
            Interlocked.Decrement(ref total);
            MemoryPressure.Change(-(long)kib << 10);
        }

        private static void ThrowDisposed() =>
            throw new InvalidOperationException("Tensor invalid -- empty handle. It was disposed, by Dispose or by the dispose scope it was made in.");

        /// <summary>Out of its dispose scope: it lives until it is disposed or collected.</summary>
        public Tensor DetachFromDisposeScope()
        {
            Scope?.Detach(this);
            return this;
        }

        /// <summary>As <see cref="DetachFromDisposeScope"/>, as it was spelled once.</summary>
        public Tensor DetatchFromDisposeScope() => DetachFromDisposeScope();

        public Tensor MoveToOuterDisposeScope()
        {
            Scope?.MoveToOuter(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (Scope is { } scope) scope.MoveToOther(other, this);
            else other?.Attach(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.Scope);

        internal unsafe Description Describe()
        {
            Description description;
            Library.Check(Library.torch_describe(Handle, &description));
            GC.KeepAlive(this);
            return description;
        }

        /// <summary>As <see cref="Describe"/>, of a tensor whose memory holds its elements as they are.</summary>
        /// <exception cref="InvalidOperationException">It is sparse, or conjugated or negated only when it is read.</exception>
        internal Description DescribeMemory()
        {
            Description description = Describe();
            if (description.IsPlain == 0)
                throw new InvalidOperationException("The memory of this tensor does not hold its elements as they are: it is sparse, or conjugated or negated only when it is read. Call resolve_conj() or resolve_neg() first");
            return description;
        }

        public unsafe long[] shape
        {
            get
            {
                Description d = Describe();
                long[] sizes = new ReadOnlySpan<long>(d.Sizes, d.Dimensions).ToArray();
                GC.KeepAlive(this);
                return sizes;
            }
        }

        public unsafe long[] stride()
        {
            Description d = Describe();
            if (d.Strides == null) throw new InvalidOperationException("A sparse tensor has no strides");
            long[] strides = new ReadOnlySpan<long>(d.Strides, d.Dimensions).ToArray();
            GC.KeepAlive(this);
            return strides;
        }

        public long stride(int dim) => stride()[Wrap(dim)];
        public long[] size() => shape;
        public long size(int dim) => shape[Wrap(dim)];
        public long dim() => Describe().Dimensions;
        public long ndim => Describe().Dimensions;
        public long Dimensions => Describe().Dimensions;
        public long numel() => Describe().Elements;
        public long NumberOfElements => Describe().Elements;
        public long element_size() => Describe().ElementSize;
        public long ElementSize => Describe().ElementSize;
        public long storage_offset() => Describe().StorageOffset;
        public bool is_contiguous() => Describe().IsContiguous != 0;

        public ScalarType dtype => (ScalarType)Describe().Type;
        public bool is_floating_point() => IsFloatingPoint(dtype);
        public bool is_integral() => IsIntegral(dtype);
        public bool is_complex() => dtype is ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64;

        public DeviceType device_type => (DeviceType)Describe().DeviceType;
        public int device_index => Describe().DeviceIndex;
        public bool is_cpu() => device_type == DeviceType.CPU;
        public bool is_cuda => device_type == DeviceType.CUDA;
        public bool is_meta => device_type == DeviceType.META;
        public bool is_nonzero() => torch.is_nonzero(this);
        public bool is_quantized() => torch.is_quantized(dtype);
        public bool is_conj() => Aten.CallBool("is_conj", this);
        public bool is_neg() => Aten.CallBool("is_neg", this);

        /// <summary>Whether it lies in memory that a GPU reads by itself.</summary>
        public bool is_pinned() => Aten.CallBool("is_pinned", this);
        public Tensor pin_memory() => Aten.Call("pin_memory", this);

        /// <summary>Whether the elements that are not zero are kept alone, with their indices.</summary>
        public bool is_sparse => Describe().IsSparse != 0;
        public Tensor to_sparse() => Aten.Call("to_sparse", this);

        /// <param name="sparse_dim">How many dimensions, from the first on, have indices; the others are kept whole.</param>
        public Tensor to_sparse(int sparse_dim) => Aten.Call("to_sparse.sparse_dim", this, sparse_dim);
        public Tensor to_dense() => Aten.Call("to_dense", this);

        /// <summary>Where the kept elements stand, [dimensions, n].</summary>
        public Tensor SparseIndices => Coalesced("_indices");

        /// <summary>The kept elements, [n].</summary>
        public Tensor SparseValues => Coalesced("_values");

        private Tensor Coalesced(string part)
        {
            using Tensor coalesced = Aten.Call("coalesce", this);
            return Aten.Call(part, coalesced);
        }

        public Device device
        {
            get
            {
                Description d = Describe();
                return new Device((DeviceType)d.DeviceType, d.DeviceIndex);
            }
        }

        /// <summary>The elements, where they lie in CPU memory, one after the other; setting copies into it, wherever the tensor is.</summary>
        /// <exception cref="InvalidOperationException">They don't.</exception>
        /// <exception cref="ArgumentException">As many bytes are not set as there are.</exception>
        public unsafe Span<byte> bytes
        {
            get
            {
                Description d = DescribeMemory();
                if (d.DeviceType != (int)DeviceType.CPU || d.IsContiguous == 0)
                    throw new InvalidOperationException($"Only a contiguous tensor on the CPU shows its bytes; this one is {(d.IsContiguous == 0 ? "not contiguous" : "on " + device)}");
                return new Span<byte>(d.Data, checked((int)(d.Elements * d.ElementSize)));
            }
            set
            {
                if (value.Length != numel() * element_size()) throw new ArgumentException($"{value.Length} bytes don't fill a tensor of {numel()} elements of {element_size()} bytes");
                using IDisposable mode = no_grad();
                using Tensor beside = Aten.Call("empty.memory_format", shape, dtype);
                value.CopyTo(beside.bytes);
                copy_(beside);
            }
        }

        /// <summary>The elements as <typeparamref name="T"/>, which must be the tensor's own type, on the CPU.</summary>
        public Utils.TensorAccessor<T> data<T>() where T : unmanaged => new(this);

        /// <summary>The one element, cast to <typeparamref name="T"/>.</summary>
        public T item<T>() where T : unmanaged
        {
            if (numel() != 1) throw new InvalidOperationException($"item() wants a tensor of one element; this one has the shape [{string.Join(", ", shape)}]");
            if (typeof(T) == typeof(float)) return As((float)ToScalar().AsDouble);
            if (typeof(T) == typeof(double)) return As(ToScalar().AsDouble);
            if (typeof(T) == typeof(Half)) return As((Half)ToScalar().AsDouble);
            if (typeof(T) == typeof(BFloat16)) return As(new BFloat16((float)ToScalar().AsDouble));
            if (typeof(T) == typeof((float, float))) return As(ToScalar().ToComplexFloat32());
            if (typeof(T) == typeof(Complex)) return As(ToScalar().AsComplex);
            if (typeof(T) == typeof(bool)) return As(ToScalar().AsDouble != 0);
            if (typeof(T) == typeof(long)) return As(ToScalar().AsInt64);
            if (typeof(T) == typeof(int)) return As((int)ToScalar().AsInt64);
            if (typeof(T) == typeof(short)) return As((short)ToScalar().AsInt64);
            if (typeof(T) == typeof(sbyte)) return As((sbyte)ToScalar().AsInt64);
            if (typeof(T) == typeof(byte)) return As((byte)ToScalar().AsInt64);
            throw new ArgumentException($"No tensor has elements of type {typeof(T)}");

            static T As<V>(V value) => Unsafe.As<V, T>(ref value);
        }

        /// <summary>The elements as scalars in lists within lists, or as one scalar.</summary>
        public object tolist()
        {
            if (dim() == 0) return ToScalar();
            var list = new System.Collections.ArrayList();
            foreach (Tensor item in unbind())
                using (item) list.Add(item.tolist());
            return list;
        }

        /// <summary>The one element.</summary>
        public Scalar ToScalar()
        {
            if (is_complex())
            {
                if (numel() != 1) throw new InvalidOperationException($"ToScalar() wants a tensor of one element; this one has the shape [{string.Join(", ", shape)}]");
                using Tensor wide = to(ScalarType.ComplexFloat64, CPU, copy: true);
                return MemoryMarshal.Read<Complex>(wide.bytes);
            }
            Value value = Aten.CallValue("item", this);
            return value.Kind switch
            {
                Kind.Double => BitConverter.Int64BitsToDouble(value.Bits),
                Kind.Bool => value.Bits != 0,
                _ => value.Bits,
            };
        }

        public Tensor clone() => Aten.Call("clone", this);
        public Tensor alias() => Aten.Call("alias", this);
        public Tensor contiguous() => Aten.Call("contiguous", this);

        public Tensor copy_(Tensor source, bool nonBlocking = false)
        {
            Aten.Run("copy_", this, source, nonBlocking);
            return this;
        }

        /// <param name="disposeAfter">Dispose this tensor once it is converted.</param>
        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Converted(Aten.Call("to.dtype", this, type, non_blocking, copy), disposeAfter);

        /// <inheritdoc cref="to(ScalarType, bool, bool, bool)"/>
        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(dtype, device ?? throw new ArgumentNullException(nameof(device)), copy, disposeAfter, non_blocking);

        /// <inheritdoc cref="to(ScalarType, bool, bool, bool)"/>
        public Tensor to(ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Converted(Aten.Call("to.device", this, device, type, non_blocking, copy), disposeAfter);

        /// <inheritdoc cref="to(ScalarType, bool, bool, bool)"/>
        public Tensor to(string device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(new Device(device), copy, disposeAfter, non_blocking);

        /// <inheritdoc cref="to(ScalarType, bool, bool, bool)"/>
        public Tensor to(DeviceType deviceType, int deviceIndex = -1, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(new Device(deviceType, deviceIndex), copy, disposeAfter, non_blocking);

        public Tensor to(Tensor other, bool non_blocking = false) => Aten.Call("to.other", this, other, non_blocking);

        /// <inheritdoc cref="to(ScalarType, bool, bool, bool)"/>
        public Tensor to_type(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(type, copy, disposeAfter, non_blocking);

        public Tensor type(ScalarType dtype) => to(dtype);

        /// <param name="typeFunc">Such as <see cref="FloatTensor"/>.</param>
        public Tensor type(Func<Tensor, Tensor> typeFunc) => typeFunc(this);
        public Tensor type_as(Tensor tensor) => to(tensor.dtype);
        public Tensor @float() => to(ScalarType.Float32);
        public Tensor @double() => to(ScalarType.Float64);
        public Tensor half() => to(ScalarType.Float16);
        public Tensor bfloat16() => to(ScalarType.BFloat16);
        public Tensor @byte() => to(ScalarType.Byte);
        public Tensor @char() => to(ScalarType.Int8);
        public Tensor @short() => to(ScalarType.Int16);
        public Tensor @int() => to(ScalarType.Int32);
        public Tensor @long() => to(ScalarType.Int64);
        public Tensor cfloat() => to(ScalarType.ComplexFloat32);
        public Tensor cdouble() => to(ScalarType.ComplexFloat64);
        public Tensor @bool() => to(ScalarType.Bool);
        public Tensor cpu() => to(CPU);
        public Tensor cuda(Device? device = null, bool non_blocking = false) => to(device ?? CUDA, non_blocking: non_blocking);

        private Tensor Converted(Tensor result, bool disposeAfter)
        {
            if (disposeAfter) Dispose();
            return result;
        }

        /// <summary>A dimension counted from the front.</summary>
        private int Wrap(int dim)
        {
            int dimensions = Describe().Dimensions;
            return dim >= -dimensions && dim < dimensions ? (dim + dimensions) % dimensions
                : throw new ExternalException($"Dimension out of range (expected to be in range of [{-Math.Max(dimensions, 1)}, {Math.Max(dimensions, 1) - 1}], but got {dim})");
        }

        /// <summary>Whether it is the very same object, or has the same type, shape and elements; <c>==</c> compares element by element, as in PyTorch.</summary>
        public override bool Equals(object? obj) =>
            ReferenceEquals(this, obj) || (obj is Tensor { IsInvalid: false } other && !IsInvalid && dtype == other.dtype && device_type == other.device_type && Equals(other));

        /// <summary>Of the object: elements change.</summary>
        public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);
    }

    /// <summary>Opens a dispose scope: the tensors made on this thread until it is disposed are disposed with it.</summary>
    public static DisposeScope NewDisposeScope() => DisposeScopeManager.Open();

    public static DisposeScope? CurrentDisposeScope => DisposeScopeManager.Current;

    /// <summary>Disposes all that <paramref name="expr"/> makes but its result.</summary>
    public static Tensor WrappedTensorDisposeScope(Func<Tensor> expr)
    {
        using DisposeScope scope = NewDisposeScope();
        return expr().MoveToOuterDisposeScope();
    }

    public static Tensor clone(Tensor input) => input.clone();
}
