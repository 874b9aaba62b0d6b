namespace Research.Tests;

/// <summary>Interrupts of a real kernel: it lives, and keeps its variables, whatever it was at.</summary>
public class KernelInterruptTests(KernelClients clients) : IClassFixture<KernelClients>
{
    // Every second of the list; KERNEL_INTERRUPTS=200 goes through all of it until it has interrupted so often.
    [Fact]
    public void No_interrupt_ends_the_kernel_or_takes_its_variables() =>
        clients.Run(
            """
            stopping = [
                'Enumerable.Range(0, int.MaxValue).Where(i => i % 3 == 0 && i < 0).Count()',
                'while (true) Enumerable.Range(0, int.MaxValue).Sum(i => (long)i);',
                'while (true) Enumerable.Range(0, 1_000_000).OrderBy(i => random.Next()).Count(i => i < 0);',
                'ParallelEnumerable.Range(0, int.MaxValue).Where(i => i < 0).Count()',
                'while (true) numbers.Sort((a, b) => (b % 9).CompareTo(a % 9));',
                'var text = ""; while (true) text += "x";',
                'System.Numerics.BigInteger power = 1; while (true) power *= 3;',
                'while (true) { using var product = matrix.mm(matrix); }',
                'database.Query("SELECT count(*) FROM range(100000000) a, range(100000000) b'
                    ' WHERE a.range % 7 = b.range % 11")',
                '#!sql\nSELECT count(*) FROM range(100000000) a, range(100000000) b WHERE a.range % 7 = b.range % 11',
                'await Task.Delay(600000)',
                'var server = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0); server.Start();\n'
                    'await new System.Net.Http.HttpClient().GetStringAsync($"http://{server.LocalEndpoint}/")',
                'Thread.Sleep(600000);',
                'var holder = new Thread(() => { lock (random) Thread.Sleep(3000); }); holder.Start();'
                    ' Thread.Sleep(100); lock (random) { }',
                'Console.ReadLine()',
                'Parallel.For(0, int.MaxValue, i => { Math.Sqrt(i); });',
                # the signal ends what the cell has started, too; the cell doesn't go on
                'System.Diagnostics.Process.Start("sleep", "60").WaitForExit(); Thread.Sleep(600000);',
                'while (true) { try { while (true) { } } catch { } }',
                'while (true) { try { Thread.Sleep(100000); } catch (Exception) { } finally { for (;;) { } } }',
            ]
            # code of a library or of the system that never comes back to the cell
            deaf = [
                'System.Text.RegularExpressions.Regex.IsMatch(new string(\'a\', 27) + "!", "^(a+)+$")',
                'System.Numerics.BigInteger.Pow(3, 20_000_000)',
                'Enumerable.Range(0, int.MaxValue).Where(int.IsNegative).Count()',
                'sleep(5)',
            ]

            def start():
                manager, client = start_new_kernel(kernel_name='csharp')
                run(client, 'int kept = 41; var random = new Random(1);'
                    'var numbers = Enumerable.Range(0, 1000000).ToList();'
                    'var matrix = TorchSharp.torch.rand(500, 500); using var database = Tables.Database.InMemory();'
                    '[System.Runtime.InteropServices.DllImport("libc.so.6")] static extern int sleep(int s);')
                run(client, '#!python\nhere = 41')
                return manager, client

            def interrupt(code):
                message = client.execute(code, allow_stdin=True)
                while client.get_iopub_msg(timeout=30)['msg_type'] != 'execute_input': pass
                time.sleep(0.5)
                started = time.time()
                manager.interrupt_kernel()
                answer, words = None, ''
                while answer is None:
                    assert manager.is_alive(), code
                    assert time.time() - started < 20, code
                    try:
                        m = client.get_iopub_msg(timeout=0.05)
                        if m['msg_type'] == 'stream': words += m['content']['text']
                        if "doesn't stop yet" in words:
                            assert 'Interrupt once more' in words and 'variables' in words, words
                            manager.interrupt_kernel()
                            words = 'asked'
                    except queue.Empty: pass
                    try:
                        m = client.get_shell_msg(timeout=0.01)
                        if m['parent_header'].get('msg_id') == message: answer = m['content']
                    except queue.Empty: pass
                took = time.time() - started
                reply, outputs = run(client, 'kept + 1')
                # as with any kernel, an interrupt that comes as its cell ends is the next one's
                if words == 'asked' and reply.get('ename') == 'Interrupted': reply, outputs = run(client, 'kept + 1')
                check('42', outputs[-1][1]['data']['text/plain'])
                return took, answer, words

            manager, client = start()
            wanted, done, slow = int(os.environ.get('KERNEL_INTERRUPTS', '0')), 0, []
            codes = stopping + deaf if wanted else (stopping + deaf)[::2]
            while done == 0 or done < wanted:
                for code in codes:
                    took, answer, words = interrupt(code)
                    done += 1
                    if code in deaf and answer['status'] == 'ok': continue  # it was quick
                    check(('Interrupted', code), (answer['ename'], code))
                    if code in stopping and words == 'asked': slow.append((code, took))
                    check(words == 'asked', 'left behind' in answer['evalue'])
            assert len(slow) <= max(1, done // 20), slow
            print(done, 'interrupts')
            # Python was told of none of them
            check('42\n', text(run(client, '#!python\nprint(here + 1)')[1]))
            manager.shutdown_kernel(now=True)
            """
        );

    [Fact]
    public void The_next_kernel_of_a_session_tells_what_the_one_before_died_of() =>
        clients.Run(
            """
            deaths = {
                # in Dispose nothing looks for an interrupt, nor for room on the stack
                'class Deep : IDisposable { public void Dispose() { Dispose(); GC.KeepAlive(this); } }\n'
                    'new Deep().Dispose()': ('a stack overflow',),
                # the runtime ends the process as soon as it has written, so its words may be lost
                'Environment.FailFast("no way");': ('Process terminated', 'without a word'),
                'Environment.Exit(3);': ('without a word',),
            }
            manager, client = start_new_kernel(kernel_name='csharp')
            other, stranger = start_new_kernel(kernel_name='csharp')
            for code, causes in deaths.items():
                run(client, '1')
                client.execute(code)
                for _ in range(300):
                    if not manager.is_alive(): break
                    time.sleep(0.1)
                assert not manager.is_alive(), code
                manager.restart_kernel(now=True)
                client.wait_for_ready(timeout=60)
                told = text(run(client, '1')[1], 'stderr')
                first = code.split('\n')[0]
                assert f'ended in cell [' in told and first in told and any(c in told for c in causes), told
                check('', text(run(client, '1')[1], 'stderr'))
            # a restart as a user asks for it is no death, also in a cell; another session hears of nothing
            client.execute('Thread.Sleep(60000);')
            while client.get_iopub_msg(timeout=30)['msg_type'] != 'execute_input': pass
            manager.restart_kernel(now=False)
            client.wait_for_ready(timeout=60)
            check('', text(run(client, '1')[1], 'stderr'))
            check('', text(run(stranger, '1')[1], 'stderr'))
            pids = [f'csharp-{m.provisioner.process.pid}-' for m in (manager, other)]
            left = [f for f in os.listdir(os.path.dirname(manager.connection_file)) if f.startswith(tuple(pids))]
            check([], left)

            # the notebook that Jupyter's server names is a session, whatever the connection file
            os.environ['JPY_SESSION_NAME'] = '/work/songs.ipynb'
            for told in False, True:
                named, its = start_new_kernel(kernel_name='csharp')
                check(told, 'Environment.Exit(4)' in text(run(its, '1')[1], 'stderr'))
                if not told: its.execute('Environment.Exit(4);')
                for _ in range(100):
                    if told or not named.is_alive(): break
                    time.sleep(0.1)
            for m in manager, other, named: m.shutdown_kernel(now=True)
            """
        );

    [Fact]
    public void Memory_that_is_not_there_is_an_error_of_the_cell() =>
        clients.Run(
            """
            os.environ['DOTNET_GCHeapHardLimit'] = '0x20000000'  # 512 MiB
            manager, client = start_new_kernel(kernel_name='csharp')
            run(client, 'int kept = 41;')
            for code in (
                'var all = new List<byte[]>(); for (int i = 0; i < 100; i++) all.Add(new byte[int.MaxValue]);',
                'var all = new List<int>(); while (true) all.Add(1);',
                'var text = new StringBuilder(); while (true) text.Append("".PadRight(1_000_000));',
                'await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => new byte[int.MaxValue])));',
            ):
                answer, _ = run(client, code)
                check(('OutOfMemoryException', code), (answer.get('ename'), code))
                check('42', run(client, 'kept + 1')[1][-1][1]['data']['text/plain'])
            manager.shutdown_kernel(now=True)
            """
        );
}
