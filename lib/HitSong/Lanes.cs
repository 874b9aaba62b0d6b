using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace HitSong;

/// <summary>
/// As many floats as one instruction handles, one a frame: transforms and filters are written once over these and run
/// several frames side by side. Every width does the same operations on each frame, so all give the same bits.
/// </summary>
internal unsafe interface ILanes<TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    static abstract int Count { get; }
    static abstract TSelf Zero { get; }
    static abstract TSelf Load(float* source);
    static abstract void Store(TSelf value, float* destination);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator *(TSelf left, TSelf right);

    static abstract TSelf operator *(TSelf left, float right);

    /// <summary>left · right + addend, rounded once.</summary>
    static abstract TSelf MultiplyAdd(TSelf left, float right, TSelf addend);

    static abstract TSelf Sqrt(TSelf value);
}

/// <summary>16 frames: AVX-512.</summary>
internal readonly unsafe struct Lanes16(Vector512<float> value) : ILanes<Lanes16>
{
    private readonly Vector512<float> value = value;

    public static int Count => 16;
    public static Lanes16 Zero => new(Vector512<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Load(float* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes16 value, float* destination) => value.value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator +(Lanes16 left, Lanes16 right) => new(left.value + right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator -(Lanes16 left, Lanes16 right) => new(left.value - right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator *(Lanes16 left, Lanes16 right) => new(left.value * right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator *(Lanes16 left, float right) => new(left.value * Vector512.Create(right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 MultiplyAdd(Lanes16 left, float right, Lanes16 addend) =>
        new(Vector512.FusedMultiplyAdd(left.value, Vector512.Create(right), addend.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Sqrt(Lanes16 value) => new(Vector512.Sqrt(value.value));
}

/// <summary>8 frames: AVX2.</summary>
internal readonly unsafe struct Lanes8(Vector256<float> value) : ILanes<Lanes8>
{
    private readonly Vector256<float> value = value;

    public static int Count => 8;
    public static Lanes8 Zero => new(Vector256<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Load(float* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes8 value, float* destination) => value.value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator +(Lanes8 left, Lanes8 right) => new(left.value + right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator -(Lanes8 left, Lanes8 right) => new(left.value - right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator *(Lanes8 left, Lanes8 right) => new(left.value * right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator *(Lanes8 left, float right) => new(left.value * Vector256.Create(right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 MultiplyAdd(Lanes8 left, float right, Lanes8 addend) =>
        new(Vector256.FusedMultiplyAdd(left.value, Vector256.Create(right), addend.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Sqrt(Lanes8 value) => new(Vector256.Sqrt(value.value));
}

/// <summary>4 frames: SSE and NEON.</summary>
internal readonly unsafe struct Lanes4(Vector128<float> value) : ILanes<Lanes4>
{
    private readonly Vector128<float> value = value;

    public static int Count => 4;
    public static Lanes4 Zero => new(Vector128<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Load(float* source) => new(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes4 value, float* destination) => value.value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator +(Lanes4 left, Lanes4 right) => new(left.value + right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator -(Lanes4 left, Lanes4 right) => new(left.value - right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator *(Lanes4 left, Lanes4 right) => new(left.value * right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator *(Lanes4 left, float right) => new(left.value * Vector128.Create(right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 MultiplyAdd(Lanes4 left, float right, Lanes4 addend) =>
        new(Vector128.FusedMultiplyAdd(left.value, Vector128.Create(right), addend.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Sqrt(Lanes4 value) => new(Vector128.Sqrt(value.value));
}

/// <summary>One frame: no SIMD.</summary>
internal readonly unsafe struct Lanes1(float value) : ILanes<Lanes1>
{
    private readonly float value = value;

    public static int Count => 1;
    public static Lanes1 Zero => new(0);

    public static Lanes1 Load(float* source) => new(*source);

    public static void Store(Lanes1 value, float* destination) => *destination = value.value;

    public static Lanes1 operator +(Lanes1 left, Lanes1 right) => new(left.value + right.value);

    public static Lanes1 operator -(Lanes1 left, Lanes1 right) => new(left.value - right.value);

    public static Lanes1 operator *(Lanes1 left, Lanes1 right) => new(left.value * right.value);

    public static Lanes1 operator *(Lanes1 left, float right) => new(left.value * right);

    public static Lanes1 MultiplyAdd(Lanes1 left, float right, Lanes1 addend) =>
        new(float.FusedMultiplyAdd(left.value, right, addend.value));

    public static Lanes1 Sqrt(Lanes1 value) => new(MathF.Sqrt(value.value));
}
