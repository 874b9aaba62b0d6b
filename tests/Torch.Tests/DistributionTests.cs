using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.distributions;

namespace Tests;

/// <summary>Distributions against torch.distributions: the same draws from the same seed, densities, moments and gradients.</summary>
public class DistributionTests
{
    private const string Peer = """
        import sys, json, torch
        from torch.distributions import *
        a = torch.tensor([[0.3, 1.2, 2.5], [0.7, 4.0, 1.5]]); b = torch.tensor([1.5, 0.5, 2.0]); p = torch.tensor([[0.2, 0.5, 0.9], [0.4, 0.1, 0.6]]); m = torch.tensor([[2.0, 0.3], [0.3, 1.0]])
        def floats(t): return t.detach().double().flatten().tolist()
        def attempt(f):
            try: return floats(f())
            except (NotImplementedError, AttributeError, ValueError): return None
        answers = []
        for expression in json.loads(sys.argv[1]):
            x, y, q, k = a.clone().requires_grad_(), b.clone().requires_grad_(), p.clone().requires_grad_(), m.clone().requires_grad_()
            d = eval(expression, globals(), {"x": x, "y": y, "q": q, "k": k})
            torch.manual_seed(7)
            drawn = d.sample((4,))
            log_prob = d.log_prob(drawn)
            if log_prob.requires_grad: log_prob.sum().backward(retain_graph=True)
            answer = {"shapes": [list(drawn.shape), list(log_prob.shape)], "sample": floats(drawn), "log_prob": floats(log_prob), "grads": [None if t.grad is None else floats(t.grad) for t in (x, y, q, k)]}
            for what in ("mean", "variance", "stddev", "mode"): answer[what] = attempt(lambda: getattr(d, what))
            answer["entropy"] = attempt(lambda: d.entropy())
            answer["cdf"] = attempt(lambda: d.cdf(drawn))
            answer["icdf"] = attempt(lambda: d.icdf(torch.tensor(0.3)))
            for t in (x, y, q, k): t.grad = None
            if d.has_rsample:
                torch.manual_seed(8)
                through = (d.rsample((5, 2)).sin() * 2).sum()
                if through.requires_grad: through.backward()
                answer["through"] = [None if t.grad is None else floats(t.grad) for t in (x, y, q, k)]
            torch.manual_seed(9)
            answer["expanded"] = floats(d.expand((6,) + d.batch_shape).sample())
            answers.append(answer)
        print(json.dumps(answers).replace("NaN", '"NaN"').replace("-Infinity", '"-Infinity"').replace(" Infinity", ' "Infinity"').replace("[Infinity", '["Infinity"'))
        """;

    private static readonly (string python, Func<Tensor, Tensor, Tensor, Tensor, Distribution> make)[] cases =
    [
        ("Normal(x, y)", (x, y, q, k) => Normal(x, y)),
        ("Normal(0.5, 2.0)", (x, y, q, k) => Normal(0.5f, 2f)),
        ("Uniform(x, y + 9)", (x, y, q, k) => Uniform(x, y + 9)),
        ("Laplace(x, y)", (x, y, q, k) => Laplace(x, y)),
        ("Cauchy(x, y)", (x, y, q, k) => Cauchy(x, y)),
        ("Exponential(x)", (x, y, q, k) => Exponential(x)),
        ("Gamma(x, y)", (x, y, q, k) => Gamma(x, y)),
        ("Chi2(x)", (x, y, q, k) => Chi2(x)),
        ("FisherSnedecor(x, y + 3)", (x, y, q, k) => FisherSnedecor(x, y + 3)),
        ("Beta(x, y)", (x, y, q, k) => Beta(x, y)),
        ("Dirichlet(x)", (x, y, q, k) => Dirichlet(x)),
        ("Poisson(x)", (x, y, q, k) => Poisson(x)),
        ("Bernoulli(q)", (x, y, q, k) => Bernoulli(q)),
        ("Bernoulli(logits=x)", (x, y, q, k) => Bernoulli(logits: x)),
        ("Geometric(q)", (x, y, q, k) => Geometric(q)),
        ("Geometric(logits=x)", (x, y, q, k) => Geometric(logits: x)),
        ("Binomial(torch.tensor(9.), q)", (x, y, q, k) => Binomial(tensor(9), q)),
        ("Binomial(torch.tensor(9.), logits=x)", (x, y, q, k) => Binomial(tensor(9), logits: x)),
        ("NegativeBinomial(torch.tensor(5.), q)", (x, y, q, k) => NegativeBinomial(tensor(5), q)),
        ("NegativeBinomial(torch.tensor(5.), logits=-x)", (x, y, q, k) => NegativeBinomial(tensor(5), logits: -x)),
        ("Categorical(q)", (x, y, q, k) => Categorical(q)),
        ("Categorical(logits=x)", (x, y, q, k) => Categorical(logits: x)),
        ("OneHotCategorical(q)", (x, y, q, k) => OneHotCategorical(q)),
        ("OneHotCategorical(logits=x)", (x, y, q, k) => OneHotCategorical(logits: x)),
        ("Multinomial(6, q)", (x, y, q, k) => Multinomial(6, q)),
        ("Multinomial(6, logits=x)", (x, y, q, k) => Multinomial(6, logits: x)),
        ("Multinomial(10, torch.ones(6) / 6)", (x, y, q, k) => Multinomial(10, 6)),
        ("MultivariateNormal(y[:2], k)", (x, y, q, k) => MultivariateNormal(y[..2], k)),
        ("MultivariateNormal(x[:, :2], precision_matrix=k)", (x, y, q, k) => MultivariateNormal(x[.., ..2], precision_matrix: k)),
        ("MultivariateNormal(x[:, :2], scale_tril=k.tril())", (x, y, q, k) => MultivariateNormal(x[.., ..2], scale_tril: k.tril())),
        ("Independent(Normal(x, y), 1)", (x, y, q, k) => Independent(Normal(x, y), 1)),
        ("Independent(Bernoulli(q), 2)", (x, y, q, k) => Independent(Bernoulli(q), 2)),
    ];

    [Fact]
    public void DrawAndWeighAsInPython()
    {
        JsonElement[] answers = [.. JsonDocument.Parse(Python.Run(Peer, JsonSerializer.Serialize(cases.Select(c => c.python)))).RootElement.EnumerateArray()];
        List<string> wrong = [], absent = [];
        for (int i = 0; i < cases.Length; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            (string python, JsonElement peer) = (cases[i].python, answers[i]);
            Tensor[] leaves =
            [
                tensor(new[,] { { 0.3f, 1.2f, 2.5f }, { 0.7f, 4, 1.5f } }), tensor([1.5f, 0.5f, 2]),
                tensor(new[,] { { 0.2f, 0.5f, 0.9f }, { 0.4f, 0.1f, 0.6f } }), tensor(new[,] { { 2f, 0.3f }, { 0.3f, 1 } }),
            ];
            foreach (Tensor leaf in leaves) leaf.requires_grad_();
            using Distribution d = cases[i].make(leaves[0], leaves[1], leaves[2], leaves[3]);
            manual_seed(7);
            Tensor drawn = d.sample(4), log_prob = d.log_prob(drawn);
            Same("sample", drawn);
            Same("log_prob", log_prob);
            if (drawn.requires_grad) wrong.Add($"{python}: a sample has a gradient");
            foreach ((Tensor tensor, int n) in new[] { drawn, log_prob }.Select((t, n) => (t, n)))
                if (!tensor.shape.SequenceEqual(peer.GetProperty("shapes")[n].Deserialize<long[]>()!)) wrong.Add($"{python}: the shape [{string.Join(", ", tensor.shape)}]");
            if (log_prob.requires_grad) autograd.backward(log_prob.sum(), retain_graph: true);
            Grads("grads");
            Same("mean", d.mean);
            Same("variance", d.variance);
            Same("stddev", d.stddev);
            Optional("mode", () => d.mode);
            Optional("entropy", d.entropy);
            Optional("cdf", () => d.cdf(drawn));
            Optional("icdf", () => d.icdf(tensor(0.3f)));
            if (peer.TryGetProperty("through", out _))
            {
                foreach (Tensor leaf in leaves) leaf.grad = null;
                manual_seed(8);
                Tensor sum = (d.rsample(5, 2).sin() * 2).sum();
                if (sum.requires_grad) sum.backward();
                Grads("through");
            }
            manual_seed(9);
            using Distribution larger = d.expand(new Size([6, .. d.batch_shape]));
            Same("expanded", larger.sample());

            void Grads(string what)
            {
                for (int n = 0; n < leaves.Length; n++)
                {
                    JsonElement expected = peer.GetProperty(what)[n];
                    if (expected.ValueKind == JsonValueKind.Null != leaves[n].grad is null) wrong.Add($"{python}: {what} {n}: one has a gradient");
                    else if (leaves[n].grad is { } grad) Compare($"{what} {n}", expected, grad);
                }
            }

            void Same(string what, Tensor actual) => Compare(what, peer.GetProperty(what), actual);

            // What Python has, we have or say that we don't.
            void Optional(string what, Func<Tensor> compute)
            {
                if (peer.GetProperty(what).ValueKind == JsonValueKind.Null) return;
                Tensor actual;
                try { actual = compute(); }
                catch (NotSupportedException)
                {
                    absent.Add($"{python}.{what}");
                    return;
                }
                Same(what, actual);
            }

            void Compare(string what, JsonElement expected, Tensor actual)
            {
                double[] theirs = [.. expected.EnumerateArray().Select(e => e.ValueKind == JsonValueKind.String ? e.GetString() switch { "NaN" => double.NaN, "Infinity" => double.PositiveInfinity, _ => double.NegativeInfinity } : e.GetDouble())];
                double[] ours = [.. actual.detach().to(float64).flatten().data<double>()];
                if (theirs.Length != ours.Length || theirs.Zip(ours).Any(v => !(v.First.Equals(v.Second) || Math.Abs(v.First - v.Second) <= 2e-6 * Math.Max(1, Math.Abs(v.First)))))
                    wrong.Add($"{python}: {what}: [{string.Join(", ", ours.Take(6))}], in Python [{string.Join(", ", theirs.Take(6))}]");
            }
        }
        Assert.Empty(wrong);
        // TorchSharp has no mode of these either.
        Assert.Equal(["FisherSnedecor(x, y + 3).mode", "Bernoulli(q).mode", "Bernoulli(logits=x).mode", "Geometric(q).mode", "Geometric(logits=x).mode", "Categorical(q).mode", "Categorical(logits=x).mode", "Independent(Bernoulli(q), 2).mode"], absent);
    }

    [Fact]
    public void SaysWhatIsAmiss()
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => Bernoulli());
        Assert.Throws<ArgumentException>(() => Categorical(ones(2), ones(2)));
        Assert.Throws<ArgumentException>(() => Categorical(tensor(1f)));
        Assert.Throws<ArgumentException>(() => Multinomial(0, 3));
        Assert.Throws<ArgumentException>(() => MultivariateNormal(ones(2)));
        Assert.Throws<ArgumentException>(() => Independent(Normal(0.0), 1));
        Assert.Contains("Categorical has no mode", Assert.Throws<NotSupportedException>(() => Categorical(3).mode).Message);
        using var generator = new Generator(3);
        using var again = new Generator(3);
        using Distribution one = Normal(0.0, 1.0, generator), two = Normal(0.0, 1.0, again);
        Assert.Equal(one.sample(3).data<double>(), two.sample([3]).data<double>());
    }
}
