using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Benchmarks;

/// <summary>
/// FFTW's real transform in single precision: one measured plan, executed frame by frame without a window.
/// </summary>
internal sealed unsafe partial class Fftw : IDisposable
{
    private const uint Measure = 0;

    private readonly int length;
    private readonly float* frame,
        spectrum;
    private readonly PlanHandle plan;

    private Fftw(int length)
    {
        this.length = length;
        frame = (float*)NativeMemory.AlignedAlloc((nuint)length * sizeof(float), 64);
        spectrum = (float*)NativeMemory.AlignedAlloc((nuint)(length + 2) * sizeof(float), 64);
        plan = fftwf_plan_dft_r2c_1d(length, frame, spectrum, Measure);
    }

    /// <summary>Plans a transform; null where this machine has no FFTW.</summary>
    public static Fftw? Plan(int length)
    {
        if (!NativeLibrary.TryLoad("libfftw3f.so.3", out nint library))
            return null;
        NativeLibrary.Free(library);
        return new Fftw(length);
    }

    /// <summary>Transforms every frame of a padded signal.</summary>
    public void Run(float[] padded, int hop)
    {
        for (int start = 0; start + length <= padded.Length; start += hop)
        {
            padded.AsSpan(start, length).CopyTo(new Span<float>(frame, length));
            fftwf_execute(plan);
        }
    }

    public void Dispose()
    {
        plan.Dispose();
        NativeMemory.AlignedFree(frame);
        NativeMemory.AlignedFree(spectrum);
    }

    private sealed class PlanHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle()
        {
            fftwf_destroy_plan(handle);
            return true;
        }
    }

    [LibraryImport("libfftw3f.so.3")]
    private static partial PlanHandle fftwf_plan_dft_r2c_1d(int length, float* input, float* output, uint flags);

    [LibraryImport("libfftw3f.so.3")]
    private static partial void fftwf_execute(PlanHandle plan);

    [LibraryImport("libfftw3f.so.3")]
    private static partial void fftwf_destroy_plan(nint plan);
}
