namespace Research.Tests;

public class KernelTests(KernelClients clients) : IClassFixture<KernelClients>
{
    [Fact]
    public void The_kernel_spec_is_installed_listed_and_removed()
    {
        string prefix = Path.Combine(clients.Prefix, "other");
        Assert.Contains("No C# kernel", Command.Run("kernel", "list", "--prefix", prefix).Output);
        Assert.Equal(0, Command.Run("kernel", "install", "--prefix", prefix).ExitCode);
        Assert.Contains("csharp  C#", Command.Run("kernel", "list", "--prefix", prefix).Output);
        Assert.Contains(prefix, Command.Run("kernel", "uninstall", "--prefix", prefix).Output);
        Assert.Contains("There was no C# kernel", Command.Run("kernel", "uninstall", "--prefix", prefix).Output);
        Assert.Contains(
            "C#",
            clients.Run(
                "from jupyter_client.kernelspec import KernelSpecManager\n"
                    + "print(KernelSpecManager().get_kernel_spec('csharp').display_name)"
            )
        );
    }

    [Theory]
    [InlineData("no connection file of a Jupyter client", "{ \"shell_port\": 1 }")]
    [InlineData("no connection file of a Jupyter client", "no json")]
    [InlineData("shell_port is no port", "{ \"shell_port\": 70000 }")]
    [InlineData("hmac-md5", "{ \"signature_scheme\": \"hmac-md5\" }")]
    [InlineData(
        "transport is ipc; this kernel knows tcp. Start the client with --transport=tcp",
        "{ \"transport\": \"ipc\" }"
    )]
    public void A_wrong_connection_file_is_named(string named, string content)
    {
        string file = Path.Combine(clients.Prefix, "wrong.json");
        File.WriteAllText(file, content);
        var (exitCode, _, errors) = Command.Run("kernel", "run", file);
        Assert.Equal(1, exitCode);
        Assert.Contains(file, errors);
        Assert.Contains(named, errors);
        Assert.Single(errors.Trim().Split('\n'));
    }

    [Fact]
    public void A_missing_connection_file_is_named()
    {
        string file = Path.Combine(clients.Prefix, "absent.json");
        var (exitCode, _, errors) = Command.Run("kernel", "run", file);
        Assert.Equal(1, exitCode);
        Assert.Contains(file, Assert.Single(errors.Trim().Split('\n')));
    }

    [Fact]
    public void Of_libtorch_its_errors_are_heard_and_its_remarks_are_not() =>
        clients.Run(
            """
            manager, client = start_new_kernel(kernel_name='csharp')
            try:
                # libtorch remarks upon a padded copy and, where the processor has no NNPACK, on every convolution
                answer, found = run(client, '''
            using TorchSharp;
            using static TorchSharp.torch;
            var convolution = nn.Conv2d(1, 4, (2, 3), Padding.Same);
            convolution.call(ones(2, 1, 64, 64)).sum().backward();
            Console.WriteLine("computed");
            '''
            )
                check('ok', answer['status'])
                check([('stream', {'name': 'stdout', 'text': 'computed\n'})], found)
                answer, _ = run(client, 'ones(2, 3).mm(ones(2, 3))')
                check('error', answer['status'])
                assert 'mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)' in answer['evalue'], answer
            finally:
                client.stop_channels()
                manager.shutdown_kernel(now=True)
            """
        );

    // Jupyter's own test of kernels: every test of it is enabled.
    [Fact]
    public void Jupyter_kernel_test_passes_whole() =>
        Assert.Contains(
            "12 passed",
            clients.Run(
                """
                import unittest, jupyter_kernel_test
                os.environ['JUPYTER_DATA_DIR'] = os.path.join(prefix, 'fresh')  # no history of other sessions

                class CSharp(jupyter_kernel_test.KernelTests):
                    kernel_name = 'csharp'
                    language_name = 'C#'
                    file_extension = '.cs'
                    code_hello_world = 'Console.WriteLine("hello, world")'
                    code_stderr = 'Console.Error.WriteLine("oops")'
                    completion_samples = [
                        {'text': 'Console.ReadLi', 'matches': {'ReadLine'}},
                        {'text': 'string.IsNullOr', 'matches': {'IsNullOrEmpty', 'IsNullOrWhiteSpace'}},
                        {'text': '"\U0001F3B5".Len', 'matches': {'Length'}},
                        {'text': 'File.Exists("sha', 'matches': {'share/'}},
                        {'text': 'string.Join(sepa', 'matches': {'separator:'}},
                        {'text': '#!whos', 'matches': {'#!whos'}},
                    ]
                    complete_code_samples = ['1 + 1', 'if (true) { }', 'int x = 1;', '#!time', '// a comment']
                    incomplete_code_samples = [
                        'for (int i = 0; i < 3; i++) {', 'string s = @"a', 'int F(', '/* a comment']
                    invalid_code_samples = ['int = 3;', '1 +/ 2', '}']
                    code_page_something = '?Console.WriteLine'
                    code_generate_error = 'throw new Exception("no");'
                    code_execute_result = [
                        {'code': '1 + 2', 'result': '3'},
                        {'code': '6 * 7', 'result': '42'},
                        {'code': 'new[] { 1, 2 }', 'result': '[1, 2]'},
                    ]
                    code_display_data = [
                        {'code': 'display(HTML("<b>b</b>"));', 'mime': 'text/html'},
                        {'code': '#!markdown\n# Title', 'mime': 'text/markdown'},
                    ]
                    code_history_pattern = '1?+*'
                    supported_history_operations = ('tail', 'range', 'search')
                    code_inspect_sample = 'Console.WriteLine'
                    code_clear_output = 'clear_output();'

                suite = unittest.defaultTestLoader.loadTestsFromTestCase(CSharp)
                result = unittest.TextTestRunner(stream=sys.stderr, verbosity=2).run(suite)
                assert result.wasSuccessful() and not result.skipped, result
                print(result.testsRun, 'passed')
                """
            )
        );

    [Fact]
    public void Cells_print_ask_fail_and_are_interrupted_as_the_protocol_has_it() =>
        clients.Run(
            """
            os.environ['DOTNET_GCHeapHardLimit'] = '0x20000000'  # 512 MiB
            manager, client = start_new_kernel(kernel_name='csharp')

            # streams keep their order and their names; native code's stdout and other threads' are among them
            answer, found = run(client, '[System.Runtime.InteropServices.DllImport("libc.so.6")] '
                'static extern int puts(string s);\n'
                'puts("native");\n'
                'Console.WriteLine("managed");\n'
                'Console.Error.Write("error");\n'
                'var t = new Thread(() => Console.Write("thread")); t.Start(); t.Join();\n'
                '"end"')
            check('ok', answer['status'])
            check('native\nmanaged\nthread', text(found))
            check('error', text(found, 'stderr'))
            check(('execute_result', 'end'), (found[-1][0], found[-1][1]['data']['text/plain']))

            # displays are updated under their id
            _, found = run(client, 'var h = display(1); h.Update(2);')
            check(['display_data', 'update_display_data'], [t for t, _ in found])
            check(found[0][1]['transient'], found[1][1]['transient'])

            # errors show the cell's own lines
            answer, found = run(client, 'int x = 1;\nthrow new InvalidOperationException("no");')
            check(('error', 'InvalidOperationException', 'no', 3),
                  tuple(answer[key] for key in ('status', 'ename', 'evalue', 'execution_count')))
            assert any('Cell In[3], line 2' in line for line in answer['traceback']), answer
            check('error', found[-1][0])

            # what a frontend evaluates for itself is neither counted nor kept
            answer, found = run(client, 'int y = 5;', silent=True)
            check(([], 3), (found, answer['execution_count']))
            wishes = {'twice': 'y * 2', 'wrong': 'nothing'}
            answer, found = run(client, 'y', store_history=False, user_expressions=wishes)
            check('10', answer['user_expressions']['twice']['data']['text/plain'])
            check('error', answer['user_expressions']['wrong']['status'])
            answer, _ = run(client, 'y')
            check(4, answer['execution_count'])

            # input and passwords
            code = 'var name = Console.ReadLine(); var secret = password("Key: "); $"{name} {secret}"'
            message = client.execute(code, allow_stdin=True)
            asked = client.get_stdin_msg(timeout=30)['content']
            check(('', False), (asked['prompt'], asked['password']))
            client.input('Bo')
            asked = client.get_stdin_msg(timeout=30)['content']
            check(('Key: ', True), (asked['prompt'], asked['password']))
            client.input('s3')
            check('ok', reply(client, message)['status'])
            check('Bo s3', outputs(client, message)[-1][1]['data']['text/plain'])
            answer, _ = run(client, 'Console.ReadLine()', allow_stdin=False)
            assert 'Nobody can be asked' in answer['evalue'], answer
            message = client.execute('input("? ")', allow_stdin=True)
            client.get_stdin_msg(timeout=30)
            manager.interrupt_kernel()
            check('Interrupted', reply(client, message)['ename'])
            outputs(client, message)

            # an endless cell is stopped, by signal and by message; the cells queued behind it don't run; the state is
            # kept
            request = client.session.msg('interrupt_request', {})
            for interrupt in manager.interrupt_kernel, lambda: client.control_channel.send(request):
                codes = ('Console.Write("in"); while (true) { }', 'y = 6;', 'y = 7;')
                messages = [client.execute(code) for code in codes]
                while client.get_iopub_msg(timeout=30)['msg_type'] != 'stream': pass
                interrupt()
                check(['error', 'aborted', 'aborted'], [reply(client, m)['status'] for m in messages])
                outputs(client, messages[-1])
                check('5', run(client, 'y')[1][-1][1]['data']['text/plain'])

            # unless the client wants them to
            messages = [client.execute(code, stop_on_error=False) for code in ('throw new Exception();', 'y += 1;')]
            check(['error', 'ok'], [reply(client, m)['status'] for m in messages])
            run(client, 'y -= 1;')

            # a cell that prints for ever is cut, and can still be stopped; a thousand displays all come, in order
            message = client.execute('while (true) Console.WriteLine("0123456789");')
            printed = ''
            while True:
                m = client.get_iopub_msg(timeout=30)
                if m['msg_type'] == 'stream': printed += m['content']['text']
                if m['msg_type'] == 'display_data': break
            assert 'more than is kept' in m['content']['data']['text/plain'], m
            manager.interrupt_kernel()
            check('Interrupted', reply(client, message)['ename'])
            check(['error'], [t for t, _ in outputs(client, message)])
            assert len(printed) < 1_100_000, len(printed)
            _, found = run(client, 'for (int i = 0; i < 1000; i++) display(i);')
            check([str(i) for i in range(1000)], [c['data']['text/plain'] for _, c in found])

            # a cell that fails on another thread, or in an async void after its end, leaves the kernel alive
            _, found = run(client, 'var bad = new Thread(() => throw new Exception("lost")); '
                'bad.Start(); bad.Join(); Thread.Sleep(50);')
            assert 'lost' in text(found, 'stderr'), found
            run(client, 'async void Lose() { await Task.Delay(100); throw new Exception("late"); }\nLose();')
            late = ''
            while 'late' not in late:
                m = client.get_iopub_msg(timeout=30)
                if m['msg_type'] == 'stream': late += m['content']['text']
            check('5', run(client, 'y')[1][-1][1]['data']['text/plain'])

            # memory that isn't there is an error, not the end
            answer, _ = run(client, 'var all = new List<byte[]>(); '
                'while (true) all.Add(GC.AllocateUninitializedArray<byte>(1 << 26));')
            check('OutOfMemoryException', answer['ename'])

            # restart forgets; shutdown ends the process, while a cell runs too
            for last in '1', 'Console.Write("in"); while (true) { }', 'Console.Write("in"); input("? ")':
                process = manager.provisioner.process
                manager.restart_kernel(now=False)
                check(0, process.poll())
                client.wait_for_ready(timeout=30)
                check('error', run(client, 'y')[0]['status'])
                client.execute(last, allow_stdin=True)
                while client.get_iopub_msg(timeout=30)['msg_type'] != 'execute_input': pass
            process = manager.provisioner.process
            manager.shutdown_kernel(now=False)
            check(0, process.poll())
            """
        );

    [Fact]
    public void Completion_and_help_know_the_session_the_libraries_and_their_comments() =>
        clients.Run(
            """
            manager, client = start_new_kernel(kernel_name='csharp')
            run(client, 'using HitSong.Charts;\n'
                'record Song(string Title, int Plays);\n'
                'var songs = new List<Song>();\n'
                '/// <summary>Halves a number.</summary>\n'
                '/// <param name="number">What is halved.</param>\n'
                'int Half(int number) => number / 2;')

            def complete(code):
                before, _, after = code.partition('|')
                found = reply(client, client.complete(before + after, len(before)))
                known = {m['text']: m for m in found['metadata']['_jupyter_types_experimental']}
                check(found['matches'], list(known))
                return found, known

            for code, name, kind in (
                ('son', 'songs', 'variable'), ('Hal', 'Half', 'method'), ('songs.Firs', 'First', 'method'),
                ('songs.First().Ti', 'Title', 'property'), ('songs.Where(s => s.Pl', 'Plays', 'property'),
                ('songs?.Cou', 'Count', 'property'), ('int local = 1; loc', 'local', 'variable'),
                ('System.Collections.Gen', 'Generic', 'namespace'), ('using HitSong.Ch', 'Charts', 'namespace'),
                ('new LiveC', 'LiveCurves', 'class'), ('DayOfWeek.Mon', 'Monday', 'enum member'),
                ('fore', 'foreach', 'keyword'), ('Half(num', 'number:', 'param'),
                ('File.ReadAllText("share/jup', 'jupyter/', 'path')):
                found, known = complete(code)
                assert name in known, (code, list(known))
                check(kind, known[name]['type'])
                check(len(code), found['cursor_end'])
            # in the middle of a name, all of it is replaced; after one that is outside of Unicode's first plane,
            # characters are counted as the protocol does
            found, known = complete('var s = "\U0001F3B5"; songs.Fi|rst();')
            check((19, 24), (found['cursor_start'], found['cursor_end']))
            assert '+' in complete('Console.WriteLin')[1]['WriteLine']['signature']

            def help(code, at=None):
                found = reply(client, client.inspect(code, len(code) if at is None else at))
                return found['data']['text/plain'] if found['found'] else None

            check('int Half(int number)\n\nHalves a number.\n\nnumber: What is halved.', help('Half'))
            check('List<Song> songs', help('songs'))
            overloads = help('string.Join(')
            assert overloads.count('string string.Join(') >= 5 and 'Concatenates' in overloads, overloads
            assert 'six significant digits' in help('Traces'), help('Traces')
            check(None, help('nowhere'))
            client.stop_channels()
            manager.shutdown_kernel()
            """
        );

    [Fact]
    public void What_a_client_gets_wrong_leaves_the_kernel_alive() =>
        clients.Run(
            """
            import random, socket as tcp, struct, zmq
            manager, client = start_new_kernel(kernel_name='csharp')
            socket = zmq.Context.instance().socket(zmq.DEALER)
            socket.connect(f'tcp://{manager.ip}:{manager.shell_port}')
            request = client.session.msg('execute_request', dict(code='var got = 1;', silent=False))
            frames = client.session.serialize(request)
            wrong = list(frames)
            wrong[1] = b'0' * 64
            deep = [b'{}', b'{}', b'{}', b'{"a":' * 100_000 + b'1' + b'}' * 100_000]
            deep = [b'<IDS|MSG>', client.session.sign(deep), *deep]
            unparsable = [b'<IDS|MSG>', b'', b'{', b'{}', b'{}', b'{}']
            for bad in wrong, frames[:3], deep, [b'no message'], unparsable, [b'\0' * (8 << 20)]:
                socket.send_multipart(bad)
            for kind, content in (
                ('execute_request', {}), ('no_such_request', {}), ('complete_request', {'code': 5}),
                ('comm_msg', {'comm_id': 'none'}), ('history_request', {'n': 'many'})):
                client.session.send(socket, kind, content)
            # a message of more than 256 MiB isn't even read
            def peak():
                status = open(f'/proc/{manager.provisioner.process.pid}/status')
                return int(next(l for l in status if l.startswith('VmHWM')).split()[1]) / 1024
            time.sleep(4)  # the compiler's warm-up takes memory, too
            before, flood = peak(), zmq.Context.instance().socket(zmq.DEALER)
            flood.connect(f'tcp://{manager.ip}:{manager.shell_port}')
            flood.send_multipart([b'\0' * (257 << 20)])
            time.sleep(1)
            flood.close(linger=0)
            check('2', run(client, '1 + 1')[1][-1][1]['data']['text/plain'])
            assert peak() - before < 200, (before, peak())
            # what is no message at all, and a handshake that breaks off or lies, on every port
            greeting = b'\xff' + bytes(8) + b'\x7f\x03\0NULL' + bytes(48)
            def told(name, value, size): return bytes([len(name)]) + name + struct.pack('>i', size) + value
            ports = ((manager.shell_port, b'DEALER'), (manager.control_port, b'DEALER'), (manager.hb_port, b'REQ'),
                     (manager.stdin_port, b'DEALER'), (manager.iopub_port, b'SUB'))
            noise = random.Random(1)
            for port, kind in ports:
                ready = b'\x05READY' + told(b'Socket-Type', kind, len(kind))
                lie = ready + told(b'Identity', b'', -5)
                ready, lie = (greeting + b'\x04' + bytes([len(said)]) + said for said in (ready, lie))
                for sent in (b'GET / HTTP/1.1\r\n\r\n', greeting[:20], ready + b'\x04\0', lie,
                             ready + noise.randbytes(200), greeting[:10] + noise.randbytes(300),
                             greeting + noise.randbytes(300), *(noise.randbytes(300) for _ in range(3))):
                    with tcp.create_connection((manager.ip, port)) as peer:
                        peer.sendall(sent)
                        time.sleep(0.02)
            check('2', run(client, '1 + 1')[1][-1][1]['data']['text/plain'])
            # a client that vanishes without reading its answers
            gone = zmq.Context.instance().socket(zmq.DEALER)
            gone.connect(f'tcp://{manager.ip}:{manager.shell_port}')
            request = dict(code='for (int i = 0; i < 1000; i++) display(i);', silent=False)
            client.session.send(gone, 'execute_request', request)
            gone.close(linger=1000)
            time.sleep(1)
            check('CompilationError', run(client, 'got')[0]['ename'])

            # a second kernel on the same ports says so
            program = manager.kernel_spec.argv[:-1] + [manager.connection_file]
            second = subprocess.run(program, capture_output=True, text=True, timeout=30)
            check(1, second.returncode)
            assert 'is in use' in second.stderr and len(second.stderr.splitlines()) == 1, second.stderr
            check('2', run(client, '1 + 1')[1][-1][1]['data']['text/plain'])
            manager.shutdown_kernel()
            """
        );

    [Fact]
    public void What_a_cell_has_shown_arrives_though_the_kernel_is_shut_down_at_once() =>
        clients.Run(
            """
            manager, client = start_new_kernel(kernel_name='csharp')
            message = client.execute('for (int i = 0; i < 3000; i++) display(i);')
            reply(client, message)
            client.shutdown()
            shown = [content['data']['text/plain'] for _, content in outputs(client, message)]
            check([str(i) for i in range(3000)], shown)
            """
        );

    [Fact]
    public void It_listens_on_loopback_unless_told_otherwise() =>
        clients.Run(
            """
            from jupyter_client.connect import write_connection_file
            from jupyter_client.kernelspec import KernelSpecManager
            file, connection = write_connection_file(os.path.join(prefix, 'local.json'))
            for ip, address in (None, '0100007F'), ('0.0.0.0', '00000000'):
                if ip: connection['ip'] = ip
                else: del connection['ip']
                json.dump(connection, open(file, 'w'), default=bytes.decode)
                program = KernelSpecManager().get_kernel_spec('csharp').argv
                kernel = subprocess.Popen([a.format(connection_file=file) for a in program])
                try:
                    ports = {f'{connection[p]:04X}' for p in connection if p.endswith('_port')}
                    for _ in range(600):
                        sockets = [line.split() for line in open('/proc/net/tcp')]
                        listening = [fields[1].split(':') for fields in sockets if fields[3] == '0A']
                        bound = [(port, at) for at, port in listening if port in ports]
                        if len(bound) == 5: break
                        time.sleep(0.1)
                    check({(port, address) for port in ports}, set(bound))
                finally:
                    kernel.kill()
                    kernel.wait()
            """
        );

    [Fact]
    public void A_kernel_ends_with_its_parent_and_a_dead_kernel_is_seen() =>
        clients.Run(
            """
            starts = '''
            from jupyter_client.manager import start_new_kernel
            import os
            m, c = start_new_kernel(kernel_name="csharp")
            print(m.provisioner.process.pid, flush=True)
            os._exit(1)
            '''
            parent = subprocess.run([sys.executable, '-c', starts], capture_output=True, text=True)
            pid = int(parent.stdout)
            for _ in range(100):
                def ended():
                    if not os.path.exists(f'/proc/{pid}'): return True
                    return open(f'/proc/{pid}/stat').read().split(')')[1].split()[0] == 'Z'
                if ended(): break
                time.sleep(0.1)
            else: raise AssertionError('the kernel outlives its parent')

            manager, client = start_new_kernel(kernel_name='csharp')
            for deadly in 'Environment.Exit(3);', 'Environment.FailFast("no way");':
                client.execute(deadly)
                for _ in range(200):
                    if not manager.is_alive(): break
                    time.sleep(0.1)
                assert not manager.is_alive()
                manager.restart_kernel(now=True)
                client.wait_for_ready(timeout=30)
            check('2', run(client, '1 + 1')[1][-1][1]['data']['text/plain'])
            manager.shutdown_kernel()
            """
        );

    [Fact]
    public void Nbclient_and_nbconvert_execute_a_notebook() =>
        clients.Run(
            """
            import nbformat, nbclient
            notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in (
                'using HitSong.Charts;\nvar chart = Traces.Line([1, 2, 3], [3, 2, 1]).Styled("Loss");\nchart',
                'chart',
                'Console.WriteLine("printed"); await Task.Delay(1); chart.ToText()')],
                metadata={'kernelspec': {'name': 'csharp', 'display_name': 'C#', 'language': 'C#'}})
            nbformat.write(notebook, 'charts.ipynb')
            done = nbclient.NotebookClient(notebook, kernel_name='csharp', timeout=60).execute()
            nbformat.validate(done)
            first, second, last = (cell.outputs for cell in done.cells)
            assert 'application/vnd.plotly.v1+json' in first[0].data, first[0].data.keys()
            # plotly.js stands in the first chart alone
            assert len(first[0].data['text/html']) > 1_000_000 > len(second[0].data['text/html'])
            check(['printed\n', 'Figure "Loss": scatter'], [last[0].text, last[1].data['text/plain']])
            converts = [sys.executable, '-m', 'nbconvert', '--to', 'html', '--execute', 'charts.ipynb']
            converted = subprocess.run(converts, capture_output=True, text=True)
            check(0, converted.returncode)
            page = open('charts.html').read()
            assert 'printed' in page and '<script>Plotly.newPlot("' in page
            """
        );

    [Fact]
    public void Jupyter_console_runs_and_interrupts_in_a_terminal() =>
        clients.Run(
            """
            import pexpect
            arguments = ['-m', 'jupyter_console', '--kernel', 'csharp', '--simple-prompt']
            console = pexpect.spawn(sys.executable, arguments, encoding='utf-8', timeout=40, dimensions=(40, 120))
            console.expect(r'In \[1\]:')
            console.sendline('int twice(int n) => 2 * n;')
            console.expect(r'In \[2\]:')
            console.sendline('twice(21)')
            console.expect(r'Out\[2\]: ?42')
            console.expect(r'In \[3\]:')
            console.sendline('while (true) { }')
            time.sleep(1)
            console.sendintr()
            console.expect('Interrupted')
            console.expect(r'In \[4\]:')
            console.sendline('twice(4)')
            console.expect(r'Out\[4\]: ?8')
            console.sendeof()
            """
        );

    [Fact]
    public void Jupyter_console_completes_goes_on_in_the_next_line_and_remembers() =>
        clients.Run(
            """
            import pexpect
            os.environ.update(PROMPT_TOOLKIT_NO_CPR='1', TERM='xterm', PYTHONFAULTHANDLER='1')
            def start():
                arguments = ['-m', 'jupyter_console', '--kernel', 'csharp', '--ZMQCompleter.timeout=30']
                return pexpect.spawn(sys.executable, arguments, encoding='utf-8', timeout=40, dimensions=(40, 120))

            def talk(console):
                console.expect(r'In \[')
                # Tab completes what is left of the one name, and shows a menu of two
                console.send('string.IsNullOrE\t')
                console.expect('mpty')
                console.send('("")\r')
                console.expect('True')
                console.expect(r'In \[')
                console.send('string.IsNullOr\t')
                console.expect('IsNullOrEmpty.*IsNullOrWhiteSpace')
                console.sendcontrol('c')
                time.sleep(0.5)
                # Return goes on in the next line until the braces are closed
                console.send('int Half(int n) {\r')
                console.expect(r'\.\.\.:')
                console.send('return n / 2; }\r')
                console.expect(r'In \[.*3')
                console.send('Half(8642)\r')
                console.expect('4321')
                console.expect(r'In \[')

            # A console was seen to draw a key and wait for ever: another is asked before the kernel is blamed.
            for last in False, True:
                console = start()
                try:
                    talk(console)
                    break
                except pexpect.TIMEOUT:
                    if last:
                        os.kill(console.pid, signal.SIGABRT)  # it says where it waits
                        raise Exception(console.before + console.read())
                finally:
                    console.close(force=True)
            # arrow up in the next session
            console = start()
            console.expect(r'In \[')
            console.send('\x1b[A')
            console.expect('8642')
            console.close(force=True)
            """
        );

    [Fact]
    public void Sessions_find_what_was_typed_in_those_before() =>
        clients.Run(
            """
            os.environ['JUPYTER_DATA_DIR'] = os.path.join(prefix, 'own')
            os.makedirs('own')
            file = 'own/csharp-history.jsonl'
            with open(file, 'w') as f: f.write('[7, 1, "old"]\nno line of it\n[8]\n[null, 1, "x"]\n')

            def found(client, **wish):
                return reply(client, client.history(raw=True, **wish))['history']

            for session in 8, 9:
                manager, client = start_new_kernel(kernel_name='csharp')
                run(client, f'int typed = {session};')
                run(client, 'typed', allow_stdin=False)
                run(client, '3', store_history=False)
                check([[session, 1, f'int typed = {session};'], [session, 2, 'typed']],
                      found(client, hist_access_type='range', output=False, session=0, start=1))
                check([[session, 2, ['typed', str(session)]]], found(client, hist_access_type='tail', output=True, n=1))
                if session == 9:
                    # what a program executed, which nobody could ask, is not kept
                    check([[7, 1, 'old'], [8, 1, 'int typed = 8;'], [9, 1, 'int typed = 9;'], [9, 2, 'typed']],
                          found(client, hist_access_type='tail', output=False, n=10))
                    check([[8, 1, 'int typed = 8;']], found(client, hist_access_type='range', output=False, session=-1))
                    check([[9, 1, 'int typed = 9;']],
                          found(client, hist_access_type='search', output=False, pattern='int*', n=1))
                client.stop_channels()
                manager.shutdown_kernel()
            os.remove(file)
            manager, client = start_new_kernel(kernel_name='csharp')
            run(client, '1')
            check(0o600, os.stat(file).st_mode & 0o777)
            client.stop_channels()
            manager.shutdown_kernel()
            """
        );

    // What a frontend does when a slider is dragged and a button clicked, without a frontend.
    [Fact]
    public void Controls_speak_the_widgets_protocol() =>
        clients.Run(
            """
            manager, client = start_new_kernel(kernel_name='csharp')
            _, found = run(client, 'var chart = display("at 0.5");\n'
                'var rate = Controls.Slider("rate", 0.5, 0, 1).OnChange(v => chart.Update($"at {v}"));\n'
                'int clicks = 0;\n'
                'display(Controls.Button("Train", () => { clicks++; Console.Write("trained"); }));\n'
                'var model = Controls.Choice("model", "CNN", "LSTM");\n'
                'rate')
            opened = [c for t, c in found if t == 'comm_open']
            models = {c['data']['state']['_model_name']: c for c in opened}
            check({'LayoutModel', 'SliderStyleModel', 'FloatSliderModel', 'ButtonStyleModel', 'ButtonModel',
                   'DescriptionStyleModel', 'DropdownModel'}, set(models))
            slider, button, choice = (models[n + 'Model'] for n in ('FloatSlider', 'Button', 'Dropdown'))
            check(slider['comm_id'], found[-1][1]['data']['application/vnd.jupyter.widget-view+json']['model_id'])
            check('rate: 0.5', found[-1][1]['data']['text/plain'])
            assert slider['data']['state']['layout'][len('IPY_MODEL_'):] in {c['comm_id'] for c in opened}

            def say(comm, **data):
                message = client.session.msg('comm_msg', {'comm_id': comm['comm_id'], 'data': data})
                client.shell_channel.send(message)
                return outputs(client, message['header']['msg_id'])

            told = say(slider, method='update', state={'value': 0.75}, buffer_paths=[])
            check(['update_display_data', 'at 0.75'], [told[-1][0], told[-1][1]['data']['text/plain']])
            check('trained', text(say(button, method='custom', content={'event': 'click'})))
            say(choice, method='update', state={'index': 1})
            check('0.75 1 LSTM', run(client, '$"{rate.Value} {clicks} {model.Value}"')[1][-1][1]['data']['text/plain'])
            check(0.75, say(slider, method='request_state')[0][1]['data']['state']['value'])
            say(slider, method='update', state={'value': 7})
            check('0.75', run(client, 'rate.Value')[1][-1][1]['data']['text/plain'])
            _, found = run(client, 'rate.Value = 0.25;')
            check({'value': 0.25}, found[0][1]['data']['state'])
            message = client.comm_info('jupyter.widget')
            check({c['comm_id'] for c in opened}, set(reply(client, message)['comms']))
            manager.shutdown_kernel()
            """
        );
}
