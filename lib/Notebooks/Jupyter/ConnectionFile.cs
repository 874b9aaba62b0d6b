using System.Text.Json;

namespace Notebooks.Jupyter;

/// <summary>Where a client expects its kernel, as it wrote it down before it started it.</summary>
/// <param name="Ip">The address to listen on; loopback unless the file says otherwise.</param>
/// <param name="Key">What messages are signed with; empty where they aren't.</param>
/// <param name="ShellPort">Requests.</param>
/// <param name="IopubPort">Outputs, to every client.</param>
/// <param name="StdinPort">Questions to the user.</param>
/// <param name="ControlPort">Requests that don't wait for a running cell.</param>
/// <param name="HeartbeatPort">Echoes.</param>
internal sealed record ConnectionFile(
    string Ip,
    string Key,
    int ShellPort,
    int IopubPort,
    int StdinPort,
    int ControlPort,
    int HeartbeatPort
)
{
    /// <exception cref="NotebookException">The file can't be read, or lacks something.</exception>
    public static ConnectionFile Load(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = json.RootElement;
            string Text(string name, string otherwise) =>
                root.TryGetProperty(name, out JsonElement value) ? value.GetString() ?? otherwise : otherwise;
            int Port(string name) =>
                root.GetProperty(name).GetInt32() is > 0 and < 65536 and var port
                    ? port
                    : throw new FormatException($"{name} is no port");
            if (Text("signature_scheme", "hmac-sha256") is var scheme && scheme != "hmac-sha256")
                throw new FormatException($"signature_scheme is {scheme}; this kernel knows hmac-sha256");
            if (Text("transport", "tcp") is var transport && transport != "tcp")
                throw new FormatException(
                    $"transport is {transport}; this kernel knows tcp. Start the client with --transport=tcp, or set "
                        + "c.KernelManager.transport = 'tcp' in its configuration"
                );
            return new ConnectionFile(
                Text("ip", "127.0.0.1"),
                Text("key", ""),
                Port("shell_port"),
                Port("iopub_port"),
                Port("stdin_port"),
                Port("control_port"),
                Port("hb_port")
            );
        }
        catch (Exception e)
            when (e
                    is IOException
                        or UnauthorizedAccessException
                        or JsonException
                        or KeyNotFoundException
                        or FormatException
                        or InvalidOperationException
            )
        {
            throw new NotebookException($"{path}: no connection file of a Jupyter client: {e.Message}", e);
        }
    }

    /// <summary>A port as ZeroMQ names it.</summary>
    public string Address(int port) => $"tcp://{Ip}:{port}";
}
