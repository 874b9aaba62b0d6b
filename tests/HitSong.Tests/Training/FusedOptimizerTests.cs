using HitSong.Models;
using HitSong.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Tests;

/// <summary>Our optimizers take the steps that TorchSharp's own take, and keep the same state.</summary>
[Collection(DefaultGenerator.Name)]
public class FusedOptimizerTests
{
    public static TheoryData<string, double> Settings
    {
        get
        {
            TheoryData<string, double> settings = [];
            foreach (string name in (string[])["adam", "adamw", "sgd"])
            foreach (double decay in (double[])[0, 0.1])
                settings.Add(name, decay);
            return settings;
        }
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void StepsAreTorchSharpsButForRounding(string name, double decay)
    {
        using DisposeScope scope = NewDisposeScope();
        using SpotifyMlp ours = Model(),
            theirs = Model();
        using OptimizerHelper fused = Fused(name, ours, decay),
            plain = Plain(name, theirs, decay);
        manual_seed(1);
        Tensor x = randn([32, 96], float64),
            y = randint(0, 4, [32]);
        for (int step = 0; step < 50; step++)
        {
            Learn(ours, fused, x, y);
            Learn(theirs, plain, x, y);
        }
        foreach ((Parameter our, Parameter their) in ours.parameters().Zip(theirs.parameters()))
            Assert.Equal(0, (our - their).abs().max().item<double>(), 1e-12);
    }

    /// <summary>
    /// Of gradients as small as Keras' ε, where it decides how long a step is, and of larger ones: parameters after
    /// three steps of torch.optim.Adam(lr=0.01, eps=1e-7) of PyTorch 1.13, from 1, in float64.
    /// </summary>
    [Fact]
    public void EpsilonIsKerasWhereAskedFor()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter parameter = nn.Parameter(ones([4], float64));
        using FusedAdam adam = new([parameter], 0.01, eps: 1e-7);
        foreach (double factor in (double[])[1, -0.5, 2])
        {
            parameter.grad = factor * tensor([1e-9, 1e-7, 1e-5, 1.0], float64);
            adam.step();
        }
        double[] peer = [0.9997941550066709, 0.9900757704165857, 0.9809371581964399, 0.9807555154351382];
        Assert.All(peer.Zip(parameter.data<double>()), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    [Fact]
    public void WhatHasNoGradientStaysAndIsNotCounted()
    {
        using DisposeScope scope = NewDisposeScope();
        using SpotifyMlp ours = Model(),
            theirs = Model();
        using OptimizerHelper fused = Fused("adam", ours, 0),
            plain = Plain("adam", theirs, 0);
        Tensor x = randn([32, 96], float64),
            y = randint(0, 4, [32]);
        foreach ((SpotifyMlp model, OptimizerHelper optimizer) in new[] { (ours, fused), (theirs, plain) })
        {
            // Frozen for three steps: from then on its bias correction is that of fewer steps.
            Parameter first = model.parameters().First();
            first.requires_grad = false;
            Tensor before = first.detach().clone();
            for (int step = 0; step < 3; step++)
                Learn(model, optimizer, x, y);
            Assert.True(before.Equals(first));
            first.requires_grad = true;
            for (int step = 0; step < 3; step++)
                Learn(model, optimizer, x, y);
            Assert.False(before.Equals(first));
        }
        foreach ((Parameter our, Parameter their) in ours.parameters().Zip(theirs.parameters()))
            Assert.Equal(0, (our - their).abs().max().item<double>(), 1e-12);
    }

    [Fact]
    public void StateIsTorchSharpsOwn()
    {
        using DisposeScope scope = NewDisposeScope();
        using SpotifyMlp ours = Model(),
            theirs = Model();
        using OptimizerHelper fused = Fused("adamw", ours, 0.1);
        Tensor x = randn([32, 96], float64),
            y = randint(0, 4, [32]);
        for (int step = 0; step < 3; step++)
            Learn(ours, fused, x, y);
        foreach ((Parameter our, Parameter their) in ours.parameters().Zip(theirs.parameters()))
            using (no_grad())
                their.copy_(our);
        using OptimizerHelper plain = Plain("adamw", theirs, 0.1);
        plain.load_state_dict(fused.state_dict());

        Learn(ours, fused, x, y);
        Learn(theirs, plain, x, y);
        foreach ((Parameter our, Parameter their) in ours.parameters().Zip(theirs.parameters()))
            Assert.Equal(0, (our - their).abs().max().item<double>(), 1e-12);
    }

    // In double precision, where rounding is far below what a wrong formula would make.
    private static SpotifyMlp Model()
    {
        manual_seed(5);
        SpotifyMlp model = new();
        model.to(float64);
        return model;
    }

    private static void Learn(SpotifyMlp model, OptimizerHelper optimizer, Tensor x, Tensor y)
    {
        using DisposeScope scope = NewDisposeScope();
        optimizer.zero_grad();
        nn.functional.cross_entropy(model.call(x), y).backward();
        optimizer.step();
    }

    private static OptimizerHelper Fused(string name, SpotifyMlp model, double decay) =>
        name switch
        {
            "adam" => new FusedAdam(model.parameters(), 1e-3, decay),
            "adamw" => new FusedAdamW(model.parameters(), 1e-3, decay),
            _ => new FusedSgd(model.parameters(), 1e-2, decay),
        };

    private static OptimizerHelper Plain(string name, SpotifyMlp model, double decay) =>
        name switch
        {
            "adam" => optim.Adam(model.parameters(), 1e-3, weight_decay: decay),
            "adamw" => optim.AdamW(model.parameters(), 1e-3, weight_decay: decay),
            _ => optim.SGD(model.parameters(), 1e-2, weight_decay: decay),
        };
}
