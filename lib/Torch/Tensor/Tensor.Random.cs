namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor uniform_(double from, double to, Generator? generator = null)
        {
            Aten.Run("uniform_", this, from, to, generator);
            return this;
        }

        public Tensor normal_(double mean = 0, double std = 1, Generator? generator = null)
        {
            Aten.Run("normal_", this, mean, std, generator);
            return this;
        }

        public Tensor bernoulli_(double p = 0.5, Generator? generator = null)
        {
            Aten.Run("bernoulli_.float", this, p, generator);
            return this;
        }

        public Tensor bernoulli(Generator? generator = null) => Aten.Call("bernoulli", this, generator);
        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null) => Aten.Call("multinomial", this, num_samples, replacement, generator);
        public Tensor bernoulli_(Tensor p, Generator? generator = null) => InPlace("bernoulli_.Tensor", p, generator);
        public Tensor binomial(Tensor prob, Generator? generator = null) => Aten.Call("binomial", this, prob, generator);
        public Tensor cauchy_(double median = 0, double sigma = 1, Generator? generator = null) => InPlace("cauchy_", median, sigma, generator);
        public Tensor exponential_(double lambda = 1, Generator? generator = null) => InPlace("exponential_", lambda, generator);
        public Tensor geometric_(double p, Generator? generator = null) => InPlace("geometric_", p, generator);
        public Tensor log_normal_(double mean = 1, double std = 2, Generator? generator = null) => InPlace("log_normal_", mean, std, generator);
        public Tensor poisson(Generator? generator = null) => Aten.Call("poisson", this, generator);
        public Tensor random_(double from, double to, Generator? generator = null) => InPlace("random_.from", (long)from, (long)to, generator);
    }

    public static Tensor bernoulli(Tensor input, Generator? generator = null) => input.bernoulli(generator);
    public static Tensor multinomial(Tensor input, long num_samples, bool replacement = false, Generator? generator = null) => input.multinomial(num_samples, replacement, generator);
    public static Tensor binomial(Tensor count, Tensor probs, Generator? generator = null) => count.binomial(probs, generator);

    /// <summary>A draw of the gamma distribution of rate 1 for each concentration, with its gradient.</summary>
    public static Tensor _standard_gamma(Tensor input, Generator? generator = null) => Aten.Call("_standard_gamma", input, generator);

    /// <summary>A draw of the Dirichlet distribution for the concentrations in the last dimension.</summary>
    public static Tensor _sample_dirichlet(Tensor input, Generator? generator = null) => Aten.Call("_sample_dirichlet", input, generator);

    public static Tensor poisson(Tensor input, Generator? generator = null) => input.poisson(generator);
}
