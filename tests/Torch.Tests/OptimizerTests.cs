using System.Runtime.InteropServices;
using System.Text.Json;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.PyBridge;
using static TorchSharp.torch;

namespace Tests;

/// <summary>Steps where something is odd: settings that change on the way, gradients that are missing or do not fit, groups of very many parameters.</summary>
public class OptimizerTests
{
    [Fact]
    public void AGradientFitsItsTensor()
    {
        using DisposeScope scope = NewDisposeScope();
        var parameter = new Parameter(zeros(1_000_000));
        using Adam optimizer = optim.Adam([parameter]);
        Throws("shape [1000000] can't have a gradient of shape [1]", () => parameter.grad = ones(1));
        Throws("type Float can't have a gradient of type Double", () => parameter.grad = ones(1_000_000, float64));
        Throws("can't be its own gradient", () => parameter.grad = parameter);
        Throws("on cpu can't have a gradient on meta", () => parameter.grad = ones(1_000_000, device: new Device("meta")));
        parameter.grad = ones(1_000_000);
        optimizer.step();
        Assert.Equal(-1e-3f, parameter[999_999].item<float>(), 1e-6f);
    }

    [Fact]
    public void SettingsMayChangeOnTheWay()
    {
        using DisposeScope scope = NewDisposeScope();
        double[][] expected = JsonSerializer.Deserialize<double[][]>(Python.Run("""
            import json, torch
            def train(make, schedule):
                p = torch.nn.Parameter(torch.tensor([1., -2., 3.]))
                o = make([p])
                s = schedule(o)
                for _ in range(4):
                    o.zero_grad(); p.square().sum().backward(); o.step()
                    if s: s.step()
                return p.tolist()
            print(json.dumps([
                train(lambda p: torch.optim.RMSprop(p), lambda o: torch.optim.lr_scheduler.OneCycleLR(o, 0.1, 5)),
                train(lambda p: torch.optim.Adam(p), lambda o: o.param_groups[0].update(amsgrad=True)),
                train(lambda p: torch.optim.RMSprop(p), lambda o: o.param_groups[0].update(centered=True)),
            ]))
            """))!;
        AssertEnds(expected[0], p => optim.RMSProp([p]), o => optim.lr_scheduler.OneCycleLR(o, 0.1, 5));
        AssertEnds(expected[1], p => optim.Adam([p]), o =>
        {
            ((Adam.ParamGroup)o.ParamGroups.Single()).Options.amsgrad = true;
            return null;
        });
        AssertEnds(expected[2], p => optim.RMSProp([p]), o =>
        {
            ((RMSProp.ParamGroup)o.ParamGroups.Single()).Options.centered = true;
            return null;
        });

        static void AssertEnds(double[] expected, Func<Parameter, OptimizerHelper> make, Func<optim.Optimizer, optim.lr_scheduler.LRScheduler?> schedule)
        {
            var parameter = new Parameter(tensor([1f, -2, 3]));
            using OptimizerHelper optimizer = make(parameter);
            optim.lr_scheduler.LRScheduler? scheduler = schedule(optimizer);
            for (int i = 0; i < 4; i++)
            {
                optimizer.zero_grad();
                parameter.square().sum().backward();
                optimizer.step();
                scheduler?.step();
            }
            foreach ((double e, float a) in expected.Zip(parameter.data<float>())) Assert.Equal(e, a, 1e-6);
        }
    }

    [Fact]
    public void WhatHasNoGradientTakesNoStep()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter used = new(ones(2)), unused = new(ones(2));
        using RMSProp optimizer = optim.RMSProp([used, unused]);
        used.sum().backward();
        optimizer.step();
        Assert.Equal([1, 0], optimizer.state_dict().State.Cast<RMSProp.State>().Select(s => s.step));
        Assert.Equal([1f, 1], unused.data<float>().ToArray());
    }

    /// <summary>A worker's stack is small.</summary>
    [Fact]
    public void AGroupMayHaveVeryManyParameters()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] parameters = [.. Enumerable.Range(0, 20_000).Select(_ => new Parameter(zeros(1)))];
        using Adam adam = optim.Adam(parameters);
        using RMSProp rmsprop = optim.RMSProp(parameters);
        using SGD sgd = optim.SGD(parameters, 0.1, momentum: 0.9);
        parameters[^1].grad = ones(1);
        var worker = new Thread(() =>
        {
            foreach (optim.Optimizer optimizer in new optim.Optimizer[] { adam, rmsprop, sgd }) optimizer.step();
            adam.zero_grad();
        }, 256 << 10);
        worker.Start();
        worker.Join();
        Assert.Equal(-1e-3f - 0.1f - 0.1f, parameters[^1].item<float>(), 1e-6f);
        Assert.Null(parameters[^1].grad);
    }

    [Fact]
    public void AStepThatFailsHalfwayKeepsWhatItDid()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter first = new(ones(2)), second;
        using (inference_mode()) second = new Parameter(ones(2));
        using SGD sgd = optim.SGD([first, second], 0.1, momentum: 0.9);
        using Adam adam = optim.Adam([first, second]);
        (first.grad, second.grad) = (ones(2), ones(2));
        Throws("Inplace update to inference tensor", () => sgd.step());
        Assert.Equal([1f, 1], ((SGD.State)sgd.state_dict().State[0]).momentum_buffer!.data<float>().ToArray());
        Throws("Inplace update to inference tensor", () => adam.step());
        Assert.Equal(1, ((Adam.State)adam.state_dict().State[0]).step);
    }

    [Fact]
    public void SparseGradientsAreForSgd()
    {
        using DisposeScope scope = NewDisposeScope();
        using Embedding embedding = nn.Embedding(4, 2, sparse: true);
        nn.init.ones_(embedding.weight);
        embedding.call(tensor([1L, 3, 3])).sum().backward();
        Throws("Adam does not support sparse gradients", () => optim.Adam(embedding.parameters()).step());
        Throws("RMSprop does not support sparse gradients", () => optim.RMSProp(embedding.parameters()).step());
        optim.SGD(embedding.parameters(), 0.1).step();
        Assert.Equal([1f, 1, 0.9f, 0.9f, 1, 1, 1f - 0.1f - 0.1f, 1f - 0.1f - 0.1f], embedding.weight.data<float>().ToArray());
    }

    [Fact]
    public void AStateThatDoesNotFitLeavesTheOptimizerAsItWas()
    {
        using DisposeScope scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        Parameter first = new(ones(2)), second = new(ones(3)), other = new(ones(4));
        using Adam saved = optim.Adam([new Parameter(ones(2)), other], 0.5), optimizer = optim.Adam([first, second], 0.1);
        foreach (Parameter parameter in saved.parameters().Append(first)) parameter.grad = ones_like(parameter);
        saved.step();
        saved.step();
        optimizer.step();
        saved.save_py(folder.At("state"));
        Assert.Contains("exp_avg has the shape [4], and its parameter [3]", Assert.Throws<InvalidOperationException>(() => optimizer.load_py(folder.At("state"))).Message);
        Assert.Equal(0.1, optimizer.ParamGroups.Single().LearningRate);
        Assert.Equal([1, 0], optimizer.state_dict().State.Cast<Adam.State>().Select(s => s.step));
    }

    /// <summary>Python's SGD without momentum saves its buffers as None.</summary>
    [Fact]
    public void NoMomentumInTheFileIsNoneHere()
    {
        using DisposeScope scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        Python.Run("""
            import sys, torch
            p = torch.nn.Parameter(torch.ones(2))
            o = torch.optim.SGD([p], lr=0.1)
            p.sum().backward(); o.step()
            torch.save(o.state_dict(), sys.argv[1])
            """, folder.At("state"));
        var parameter = new Parameter(ones(2));
        using SGD optimizer = optim.SGD([parameter], 0.1, momentum: 0.9);
        parameter.sum().backward();
        optimizer.step();
        optimizer.load_py(folder.At("state"));
        Assert.Null(((SGD.State)optimizer.state_dict().State[0]).momentum_buffer);
        Assert.Equal(0, ((SGD.ParamGroup)optimizer.ParamGroups.Single()).Momentum);
    }

    private static void Throws(string part, Action action) => Assert.Contains(part, Assert.Throws<ExternalException>(action).Message);
}
