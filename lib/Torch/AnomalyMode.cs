namespace TorchSharp;

/// <summary>Whether backward looks for what went wrong forward. Disposed, it puts back what was before.</summary>
public class AnomalyMode : IDisposable
{
    private readonly int before = Library.torch_anomaly_mode();

    public AnomalyMode(bool enabled, bool check_nan = true) => Library.torch_set_anomaly_mode(enabled ? 1 : 0, check_nan ? 1 : 0);

    public static bool IsEnabled => Library.torch_anomaly_mode() != 0;
    public static bool ShouldCheckNaN => Library.torch_anomaly_mode() == 3;

    public void Dispose() => Library.torch_set_anomaly_mode(before & 1, before >> 1);
}
