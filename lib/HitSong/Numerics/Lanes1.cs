namespace HitSong.Numerics;

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
