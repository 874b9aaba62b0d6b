using System.Collections;
using System.Runtime.InteropServices;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests;

/// <summary>Default type and device, shapes, and small members that programs written for TorchSharp use.</summary>
public class DefaultsTests
{
    [Fact]
    public void TheDefaultTypeIsThatOfFactoriesAndModules()
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.Equal(float32, get_default_dtype());
        try
        {
            set_default_dtype(float64);
            Assert.Equal(float64, get_default_dtype());
            Assert.Equal(float64, zeros(2).dtype);
            Assert.Equal(float64, randn(2).dtype);
            Assert.Equal(float64, arange(4.0).dtype);
            Assert.Equal(float64, nn.Linear(2, 3).weight.dtype);
            Assert.Equal(float64, (torch.tensor(1) / 2).dtype);
            Assert.Equal(float32, torch.tensor([1f]).dtype);
            Assert.Equal(int64, arange(4).dtype);
            Assert.Throws<ExternalException>(() => set_default_dtype(int32));
            set_default_tensor_type(zeros(1, bfloat16));
            Assert.Equal(bfloat16, nn.Embedding(2, 3).weight.dtype);
        }
        finally { set_default_dtype(float32); }
    }

    [Fact]
    public void TheDefaultDeviceIsThatOfFactoriesAndModules()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor before = ones(2);
        try
        {
            set_default_device("meta");
            Assert.Equal(DeviceType.META, get_default_device().type);
            Assert.True(zeros(2).is_meta && torch.tensor(3f).is_meta && torch.tensor(new float[2, 2]).is_meta && arange(3).is_meta && full([2], 1).is_meta);
            Assert.True(nn.Linear(2, 3).weight.is_meta);
            // What is read from a file is on the CPU, as it was.
            var stream = new MemoryStream();
            before.Save(stream);
            stream.Position = 0;
            Assert.Equal([1f, 1], Tensor.Load(stream).data<float>());
            Assert.True(zeros_like(before).is_cpu() && zeros(2, device: CPU).is_cpu() && (before + 1).is_cpu());
        }
        finally { set_default_device(CPU); }
        Assert.True(zeros(2).is_cpu());
        Assert.Equal("cuda:1", new Device(1).ToString());
        Assert.False(mps_is_available());
    }

    [Fact]
    public void FinfoIsAsInPython()
    {
        ScalarType[] types = [float16, bfloat16, float32, float64];
        double[][] expected = JsonSerializer.Deserialize<double[][]>(Python.Run("""
            import torch, json
            print(json.dumps([[f.bits, f.eps, f.max, f.min, f.tiny, f.resolution] for f in map(torch.finfo, [torch.float16, torch.bfloat16, torch.float32, torch.float64])]))
            """))!;
        Assert.Equal(expected, types.Select(finfo).Select(f => new[] { f.bits, f.eps, f.max, f.min, f.tiny, f.resolution }));
        Assert.Equal(finfo(float32).eps, finfo().eps);
        Assert.Throws<ArgumentException>(() => finfo(int32));
    }

    [Fact]
    public void SizesCompareAddAndSlice()
    {
        Size size = (2L, 3L, 4L);
        Assert.True(size == new Size([2, 3, 4]) && size != (2L, 3L) && size.GetHashCode() == new Size((2, 3, 4)).GetHashCode());
        Assert.Equal(24, size.numel());
        Assert.Equal([3, 4], size.Slice(1, 3));
        Assert.Equal([3], size.Slice(-2, -1));
        Assert.Equal([2, 3, 4, 5], size + 5L);
        Assert.Equal([2, 3, 4, 5, 6], size + (IEnumerable<long>)[5, 6]);
        Assert.True(Size.Empty.IsScalar && default(Size).IsEmpty && default(Size).numel() == 1);
        using DisposeScope scope = NewDisposeScope();
        Assert.Equal([2, 3, 4], ones(3, 1).expand(size).shape);
        Assert.Equal([5, 2, 3], randint(0, 7, (5L, 2L, 3L)).shape);
        Assert.Equal([2, 3], ones(6).unflatten(0, new Size((2, 3))).shape);
        Assert.Equal([2, 3, 4], ones(2, 3, 4).IntShape().ToArray());
        Assert.Equal(24, new long[] { 2, 3, 4 }.TotalSize());
    }

    [Fact]
    public void ListsHoldScalarsWithinLists()
    {
        using DisposeScope scope = NewDisposeScope();
        var rows = (IList)arange(6).reshape(2, 3).tolist();
        Assert.Equal([3L, 4L, 5L], ((IList)rows[1]!).Cast<Scalar>().Select(s => s.ToInt64()));
        Assert.Equal(2.5, ((Scalar)torch.tensor(2.5).tolist()).ToDouble());
        IList<Tensor> places = torch.tensor(new[,] { { 0, 3 }, { 4, 0 } }).nonzero_as_list();
        Assert.Equal([0L, 1], places[0].data<long>());
        Assert.Equal([1L, 0], places[1].data<long>());
        Assert.Equal([1.5f, 2.5f], new[] { 1.5f, 2.5f }.ToTensor([2, 1]).data<float>());
        Tensor one = 3.ToTensor(requires_grad: false);
        Assert.Equal((int32, 0L, 3), (one.dtype, one.dim(), one.item<int>()));
    }

    [Fact]
    public void TensorsAreCounted()
    {
        using DisposeScope scope = NewDisposeScope();
        long before = Tensor.TotalCount;
        Tensor[] three = [zeros(1), zeros(1), zeros(1)];
        Assert.InRange(Tensor.TotalCount, before - 1000, before + 3);
        Assert.True(Tensor.PeakCount >= 3);
        Thread.MemoryBarrier();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long alive = Tensor.TotalCount;
        foreach (Tensor tensor in three) tensor.Dispose();
        Assert.Equal(alive - 3, Tensor.TotalCount);
    }

    [Fact]
    public void ASavedTensorIsLoadedInPlace()
    {
        using DisposeScope scope = NewDisposeScope();
        var stream = new MemoryStream();
        arange(6f).reshape(2, 3).Save(stream);
        byte[] saved = stream.ToArray();
        Tensor same = zeros(2, 3);
        same.Load(new BinaryReader(new MemoryStream(saved)));
        Assert.Equal([0f, 1, 2, 3, 4, 5], same.data<float>());
        Tensor? none = null;
        TensorExtensionMethods.Load(ref none, new BinaryReader(new MemoryStream(saved)));
        Assert.Equal([2, 3], none!.shape);
        Assert.Contains("[2, 3]", Assert.Throws<ArgumentException>(() => zeros(3).Load(new BinaryReader(new MemoryStream(saved)))).Message);
        Assert.Throws<ArgumentException>(() => zeros(2, 3, int32).Load(new BinaryReader(new MemoryStream(saved))));
    }

    [Fact]
    public void SparseTensorsKeepTheirPlaces()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor dense = torch.tensor(new[,] { { 0f, 2 }, { 3, 0 } }), sparse = sparse_coo_tensor(torch.tensor(new long[,] { { 0, 1 }, { 1, 0 } }), torch.tensor([2f, 3]), [2, 2]);
        Assert.True(sparse.is_sparse && !dense.is_sparse);
        Assert.True(sparse.to_dense().allclose(dense));
        Assert.True(dense.to_sparse().SparseIndices.allclose(sparse.SparseIndices));
        Assert.Equal([2f, 3], dense.to_sparse().SparseValues.data<float>());
        Assert.True(sparse.mm(dense).allclose(dense.mm(dense)));
    }

    [Fact]
    public void ManyIndicesAndComplexNumbers()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor six = arange(64).reshape(2, 2, 2, 2, 2, 2);
        Assert.Equal(0b101101, six[1, 0, 1, 1, 0, 1].item<long>());
        six[1, 1, 1, 1, 1, 1] = -1;
        Assert.Equal(-1, six.flatten()[63].item<long>());
        Tensor z = (1f, 2f);
        Assert.Equal(new System.Numerics.Complex(1, -2), z.conj().item<System.Numerics.Complex>());
        Assert.True(z.conj().is_conj() && !z.is_conj());
        Tensor matrix = torch.tensor([(1f, 2f), (3f, 4f)]).reshape(1, 2);
        Assert.True(matrix.H.allclose(matrix.conj().t()) && matrix.mH.allclose(matrix.H));
        Assert.Equal(float64, ones(2).type(DoubleTensor).dtype);
    }

    [Fact]
    public void ElementsAreReadOneByOneAndAsBytes()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor turned = arange(6f).reshape(2, 3).t();
        Assert.Equal((3f, 3f), (turned.ReadCpuSingle(1), turned.ReadCpuValue<float>(1)));
        Assert.Equal((7L, 7, (short)7, (byte)7, (sbyte)7, 7.0, true), (tensor(7L).ReadCpuInt64(0), tensor(7).ReadCpuInt32(0), tensor((short)7).ReadCpuInt16(0), tensor((byte)7).ReadCpuByte(0), tensor((sbyte)7).ReadCpuSByte(0), tensor(7.0).ReadCpuDouble(0), tensor(true).ReadCpuBool(0)));
        Assert.Equal((1.5f, 1.5f), (tensor([1.5f]).half().ReadCpuFloat16(0), tensor([1.5f]).bfloat16().ReadCpuBFloat16(0)));
        var stream = new MemoryStream();
        turned.WriteBytesToStream(stream);
        Assert.Equal(new float[] { 0, 3, 1, 4, 2, 5 }, MemoryMarshal.Cast<byte, float>(stream.ToArray()).ToArray());
        stream.Position = 0;
        Tensor read = zeros(3, 2);
        read.ReadBytesFromStream(stream);
        Assert.True(read.allclose(turned));
        Assert.Throws<InvalidDataException>(() => read.ReadBytesFromStream(stream));
        using var linear = nn.Linear(2, 1);
        Assert.True(Tensor.op_MinusMinusGreater(read, linear).allclose(linear.call(read)));
        Assert.Equal([-4f], negative_(multiply_(divide_(ones(1), 0.5), tensor([2f]))).data<float>());
    }
}
