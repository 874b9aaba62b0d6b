namespace TorchSharp;

public static partial class torch
{
    /// <summary>Discrete Fourier transforms. Along one dimension, n is the length that the input is cut or padded to, −1 its own; along several, s has one for each.</summary>
    public static partial class fft
    {
        public static Tensor fft_(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) => Aten.Call("fft_fft", input, Length(n), dim, Name(norm));
        public static Tensor ifft(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) => Aten.Call("fft_ifft", input, Length(n), dim, Name(norm));
        public static Tensor rfft(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) => Aten.Call("fft_rfft", input, Length(n), dim, Name(norm));
        public static Tensor irfft(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) => Aten.Call("fft_irfft", input, Length(n), dim, Name(norm));
        public static Tensor fft2(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) => Aten.Call("fft_fft2", input, s, dim ?? [-2, -1], Name(norm));
        public static Tensor fftn(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) => Aten.Call("fft_fftn", input, s, dim, Name(norm));
        public static Tensor hfft(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) => Aten.Call("fft_hfft", input, Length(n), dim, Name(norm));
        public static Tensor hfft2(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) => Aten.Call("fft_hfft2", input, s, dim ?? [-2, -1], Name(norm));
        public static Tensor hfftn(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) => Aten.Call("fft_hfftn", input, s, dim, Name(norm));
        public static Tensor ifft2(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) => Aten.Call("fft_ifft2", input, s, dim ?? [-2, -1], Name(norm));
        public static Tensor ifftn(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) => Aten.Call("fft_ifftn", input, s, dim, Name(norm));
        public static Tensor ihfft(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) => Aten.Call("fft_ihfft", input, Length(n), dim, Name(norm));
        public static Tensor ihfft2(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) => Aten.Call("fft_ihfft2", input, s, dim ?? [-2, -1], Name(norm));
        public static Tensor ihfftn(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) => Aten.Call("fft_ihfftn", input, s, dim, Name(norm));
        public static Tensor irfft2(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) => Aten.Call("fft_irfft2", input, s, dim ?? [-2, -1], Name(norm));
        public static Tensor irfftn(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) => Aten.Call("fft_irfftn", input, s, dim, Name(norm));
        public static Tensor rfft2(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) => Aten.Call("fft_rfft2", input, s, dim ?? [-2, -1], Name(norm));
        public static Tensor rfftn(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) => Aten.Call("fft_rfftn", input, s, dim, Name(norm));
        public static Tensor fftshift(Tensor input, long[]? dim = null) => Aten.Call("fft_fftshift", input, dim);
        public static Tensor ifftshift(Tensor input, long[]? dim = null) => Aten.Call("fft_ifftshift", input, dim);
        public static Tensor fftfreq(long n, double d = 1, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => Finished(Aten.Call("fft_fftfreq", n, d, dtype, Arg.Default, InitializeDevice(device)), requires_grad);
        public static Tensor rfftfreq(long n, double d = 1, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => Finished(Aten.Call("fft_rfftfreq", n, d, dtype, Arg.Default, InitializeDevice(device)), requires_grad);

        private static long? Length(long n) => n < 0 ? null : n;
        private static string Name(FFTNormType norm) => norm.ToString().ToLowerInvariant();
    }

    public partial class Tensor
    {
        /// <summary>
        /// Short-time Fourier transform of [samples] or [N, samples]: [(N,) n_fft / 2 + 1, frames]. The hop is a quarter of n_fft where none is
        /// given, the window as long as n_fft.
        /// </summary>
        /// <param name="center">Whether the signal is padded, so that frame t is centred at sample t × hop.</param>
        /// <param name="onesided">Leave out the negative frequencies; so where null and the signal is real.</param>
        /// <param name="return_complex">Whether the result is complex, or its parts stand in a last dimension of 2.</param>
        public Tensor stft(long n_fft, long hop_length = -1, long win_length = -1, Tensor? window = null, bool center = true, PaddingModes pad_mode = PaddingModes.Reflect, bool normalized = false, bool? onesided = null, bool? return_complex = null)
        {
            Tensor signal = this;
            if (center)
            {
                // As Python does, which pads in three dimensions.
                using Tensor image = dim() == 1 ? reshape(1, 1, -1) : unsqueeze(0), padded = nn.functional.pad(image, (n_fft / 2, n_fft / 2), pad_mode);
                signal = dim() == 1 ? padded.view(-1) : padded.squeeze(0);
            }
            Tensor result = Aten.Call("stft", signal, n_fft, hop_length < 0 ? null as long? : hop_length, win_length < 0 ? null as long? : win_length, window, normalized, onesided, return_complex);
            if (center) signal.Dispose();
            return result;
        }

        /// <summary>The signal of a short-time Fourier transform, by overlapping and adding.</summary>
        /// <param name="length">Of the signal; as long as the frames reach where it is −1.</param>
        public Tensor istft(long n_fft, long hop_length = -1, long win_length = -1, Tensor? window = null, bool center = true, bool normalized = false, bool? onesided = null, long length = -1, bool return_complex = false) =>
            Aten.Call("istft", this, n_fft, hop_length < 0 ? null as long? : hop_length, win_length < 0 ? null as long? : win_length, window, center, normalized, onesided, length < 0 ? null as long? : length, return_complex);

        public Tensor real => Aten.Call("real", this);
        public Tensor imag => Aten.Call("imag", this);
        public Tensor angle() => Aten.Call("angle", this);
        public Tensor conj() => Aten.Call("conj", this);
        public Tensor view_as_real() => Aten.Call("view_as_real", this);
        public Tensor view_as_complex() => Aten.Call("view_as_complex", this);
    }

    /// <inheritdoc cref="Tensor.stft"/>
    public static Tensor stft(Tensor input, long n_fft, long hop_length = -1, long win_length = -1, Tensor? window = null, bool center = true, PaddingModes pad_mode = PaddingModes.Reflect, bool normalized = false, bool? onesided = null, bool? return_complex = null) =>
        input.stft(n_fft, hop_length, win_length, window, center, pad_mode, normalized, onesided, return_complex);

    /// <inheritdoc cref="Tensor.istft"/>
    public static Tensor istft(Tensor input, long n_fft, long hop_length = -1, long win_length = -1, Tensor? window = null, bool center = true, bool normalized = false, bool? onesided = null, long length = -1, bool return_complex = false) =>
        input.istft(n_fft, hop_length, win_length, window, center, normalized, onesided, length, return_complex);

    public static Tensor real(Tensor input) => input.real;
    public static Tensor imag(Tensor input) => input.imag;
    public static Tensor angle(Tensor input) => input.angle();
    public static Tensor view_as_real(Tensor input) => input.view_as_real();
    public static Tensor view_as_complex(Tensor input) => input.view_as_complex();
    public static Tensor complex(Tensor real, Tensor imag) => Aten.Call("complex", real, imag);
    public static Tensor polar(Tensor abs, Tensor angle) => Aten.Call("polar", abs, angle);
    public static Tensor hann_window(long len, bool periodic = true, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => Finished(Aten.Call("hann_window.periodic", len, periodic, dtype, Arg.Default, InitializeDevice(device)), requires_grad);
    public static Tensor hamming_window(long len, bool periodic = true, float alpha = 0.54f, float beta = 0.46f, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => Finished(Aten.Call("hamming_window.periodic_alpha_beta", len, periodic, alpha, beta, dtype, Arg.Default, InitializeDevice(device)), requires_grad);
    public static Tensor conj(Tensor input) => input.conj();
    public static Tensor bartlett_window(long len, bool periodic = true, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => Finished(Aten.Call("bartlett_window.periodic", len, periodic, dtype, Arg.Default, InitializeDevice(device)), requires_grad);
    public static Tensor blackman_window(long len, bool periodic = true, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => Finished(Aten.Call("blackman_window.periodic", len, periodic, dtype, Arg.Default, InitializeDevice(device)), requires_grad);
    public static Tensor kaiser_window(long len, bool periodic = true, float beta = 12, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => Finished(Aten.Call("kaiser_window.beta", len, periodic, beta, dtype, Arg.Default, InitializeDevice(device)), requires_grad);
}
