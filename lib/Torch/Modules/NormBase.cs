using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What batch normalization learns and what it counts.</summary>
public abstract class NormBase : nn.Module<Tensor, Tensor>
{
    /// <param name="momentum">The weight of a new batch in the running statistics; without one, all batches weigh the same.</param>
    public NormBase(long num_features, double eps, double? momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype, string name) : base(name)
    {
        this.num_features = num_features;
        this.eps = eps;
        this.momentum = momentum;
        this.affine = affine;
        this.track_running_stats = track_running_stats;
        if (affine)
        {
            weight = Made(ones(num_features, dtype, device));
            bias = Made(zeros(num_features, dtype, device));
        }
        if (track_running_stats)
        {
            running_mean = zeros(num_features, dtype, device);
            running_var = ones(num_features, dtype, device);
            num_batches_tracked = tensor(0L, device: device);
        }
    }

    public long num_features { get; }
    public double eps { get; set; }
    public double? momentum { get; set; }
    public bool affine { get; }
    public bool track_running_stats { get; }
    public Parameter? weight { get; set => Reregister("weight", field = value); }
    public Parameter? bias { get; set => Reregister("bias", field = value); }
    public Tensor? running_mean { get; set => Reregister("running_mean", field = value); }
    public Tensor? running_var { get; set => Reregister("running_var", field = value); }
    public Tensor? num_batches_tracked { get; set => Reregister("num_batches_tracked", field = value); }

    public void reset_running_stats()
    {
        running_mean?.zero_();
        running_var?.fill_(1);
        num_batches_tracked?.zero_();
    }

    public void reset_parameters()
    {
        reset_running_stats();
        if (weight is not null) nn.init.ones_(weight);
        if (bias is not null) nn.init.zeros_(bias);
    }

    private static Parameter Made(Tensor data)
    {
        using (data) return new Parameter(data);
    }
}
