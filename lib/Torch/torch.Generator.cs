namespace TorchSharp;

public static partial class torch
{
    /// <summary>A source of random numbers: Mersenne Twister on the CPU, as in PyTorch.</summary>
    public sealed class Generator : IDisposable
    {
        // The default generator is libtorch's own and is never freed.
        private readonly bool owned;
        private nint handle;

        private Generator(nint handle) => this.handle = handle;

        /// <param name="seed">What it starts from.</param>
        /// <param name="device">The CPU if none is given.</param>
        public unsafe Generator(ulong seed = 0, Device? device = null)
        {
            nint made;
            this.device = device ?? CPU;
            Library.Check(Library.torch_generator_new(seed, this.device.Packed, &made));
            handle = made;
            owned = true;
        }

        ~Generator() => Dispose();

        /// <summary>The CPU's, which every operation uses that is given no other.</summary>
        public static Generator Default { get; } = new(Library.torch_default_generator());

        public nint Handle => handle != 0 ? handle : throw new InvalidOperationException("The generator was disposed");
        public Device device { get; } = CPU;

        public Generator manual_seed(long seed)
        {
            Library.Check(Library.torch_generator_set_seed(Handle, (ulong)seed));
            return this;
        }

        /// <summary>Seeds it from the operating system's randomness; returns the seed.</summary>
        public long seed()
        {
            long seed = Random.Shared.NextInt64();
            manual_seed(seed);
            return seed;
        }

        public long initial_seed()
        {
            long seed = Library.torch_generator_seed(Handle);
            GC.KeepAlive(this);
            return seed;
        }

        public unsafe Tensor get_state()
        {
            Value state;
            Library.Check(Library.torch_generator_state(Handle, &state));
            GC.KeepAlive(this);
            return new Tensor(state);
        }

        public void set_state(Tensor value)
        {
            Library.Check(Library.torch_generator_set_state(Handle, value.Handle));
            GC.KeepAlive(value);
            GC.KeepAlive(this);
        }

        public void Dispose()
        {
            nint freed = Interlocked.Exchange(ref handle, owned ? 0 : handle);
            if (owned && freed != 0) Library.torch_generator_free(freed);
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>Seeds the default generators of the CPU and of every GPU.</summary>
    public static Generator manual_seed(long seed)
    {
        Library.Check(Library.torch_manual_seed((ulong)seed));
        return Generator.Default;
    }

    public static long seed() => Generator.Default.seed();
    public static long initial_seed() => Generator.Default.initial_seed();
    public static Tensor get_rng_state() => Generator.Default.get_state();
    public static void set_rng_state(Tensor new_state) => Generator.Default.set_state(new_state);

    public static class random
    {
        public static Generator manual_seed(long seed) => torch.manual_seed(seed);
        public static long seed() => torch.seed();
        public static long initial_seed() => torch.initial_seed();
        public static Tensor get_rng_state() => torch.get_rng_state();
        public static void set_rng_state(Tensor new_state) => torch.set_rng_state(new_state);
    }
}
