using Tests;

namespace Research.Tests;

/// <summary>
/// A Jupyter data folder of the tests' own, with the kernel spec in it; and Python scripts that find it.
/// </summary>
public sealed class KernelClients : IDisposable
{
    // For every script: the folder, a client that is ready, and `run`, which gives a cell's reply and outputs.
    private const string Prelude = """
        import json, os, queue, signal, subprocess, sys, time
        prefix = sys.argv[1]
        os.environ.update(JUPYTER_PATH=os.path.join(prefix, 'share', 'jupyter'),
                          JUPYTER_DATA_DIR=os.path.join(prefix, 'user'),
                          JUPYTER_CONFIG_DIR=os.path.join(prefix, 'config'),
                          JUPYTER_RUNTIME_DIR=os.path.join(prefix, 'runtime'),
                          IPYTHONDIR=os.path.join(prefix, 'ipython'),
                          JUPYTER_PLATFORM_DIRS='0')
        os.chdir(prefix)
        from jupyter_client.manager import start_new_kernel

        def outputs(client, message):
            found = []
            while True:
                m = client.get_iopub_msg(timeout=30)
                if m['parent_header'].get('msg_id') != message: continue
                if m['msg_type'] == 'status' and m['content']['execution_state'] == 'idle': return found
                if m['msg_type'] not in ('status', 'execute_input'): found.append((m['msg_type'], m['content']))

        def reply(client, message):
            while True:
                m = client.get_shell_msg(timeout=30)
                if m['parent_header'].get('msg_id') == message: return m['content']

        def run(client, code, **more):
            message = client.execute(code, **more)
            return reply(client, message), outputs(client, message)

        def text(found, name='stdout'):
            return ''.join(c['text'] for t, c in found if t == 'stream' and c['name'] == name)

        def check(wanted, got):
            assert wanted == got, f'\nwanted: {wanted!r}\ngot:    {got!r}'

        """;

    private readonly TemporaryFolder folder = new("jupyter");

    public KernelClients()
    {
        var (exitCode, _, errors) = Command.Run("kernel", "install", "--prefix", folder.Path);
        Assert.True(exitCode == 0, errors);
    }

    public string Prefix => folder.Path;

    public string Run(string script, params string[] arguments) =>
        Python.Run(Prelude + script, [folder.Path, .. arguments]);

    public void Dispose() => folder.Dispose();
}
