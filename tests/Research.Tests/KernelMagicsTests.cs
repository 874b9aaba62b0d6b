namespace Research.Tests;

/// <summary>What notebooks of .NET Interactive and their users ask of a kernel, by a real Jupyter client.</summary>
public class KernelMagicsTests(KernelClients clients) : IClassFixture<KernelClients>
{
    [Fact]
    public void Metadata_name_languages_the_user_is_asked_and_variables_are_followed() =>
        clients.Run(
            """
            manager, client = start_new_kernel(kernel_name='csharp')

            # as JupyterLab sends a cell's metadata along
            def tell(code, **metadata):
                content = dict(code=code, silent=False, store_history=True, user_expressions={}, allow_stdin=False)
                message = client.session.msg('execute_request', content, metadata=metadata)
                client.shell_channel.send(message)
                return reply(client, message['header']['msg_id']), outputs(client, message['header']['msg_id'])

            _, found = tell('<b>really?</b>?', dotnet_interactive={'language': 'html'}, cellId='a')
            check('<b>really?</b>?', found[0][1]['data']['text/html'])
            answer, _ = tell('let x = 1', polyglot_notebook={'kernelName': 'fsharp'})
            assert 'this kernel has no F#' in answer['evalue'] and '\n' not in answer['evalue'], answer
            check('2', tell('1 + 1', dotnet_interactive={'language': 'csharp'})[1][-1][1]['data']['text/plain'])

            for code, prompt, hidden in (('#!set --name who --value @input:"Who?"', 'Who? ', False),
                                         ('#!set --name key --value @password:Key', 'Key ', True)):
                message = client.execute(code, allow_stdin=True)
                asked = client.get_stdin_msg(timeout=30)['content']
                check((prompt, hidden), (asked['prompt'], asked['password']))
                client.input('Bo')
                check('ok', reply(client, message)['status'])
                check([], outputs(client, message))
            _, found = run(client, '$"{who} {key} {key.GetClearTextPassword()}"')
            check('Bo ************ Bo', found[-1][1]['data']['text/plain'])

            # a panel of the variables, as a widget that the next cells bring up to date
            _, found = run(client, '#!whos', allow_stdin=True)
            shown = found[-1][1]['data']
            assert shown['text/plain'].splitlines()[1].split() == ['who', 'String', 'Bo'], shown
            assert '************' in shown['text/html'] and 'Bo</td>' in shown['text/html'], shown
            panel = shown['application/vnd.jupyter.widget-view+json']['model_id']
            [opened] = [c for t, c in found if t == 'comm_open' and c['comm_id'] == panel]
            state = opened['data']['state']
            check(('HTMLModel', shown['text/html']), (state['_model_name'], state['value']))
            _, found = run(client, 'var plays = 7;')
            [(kind, told)] = found
            check(('comm_msg', panel), (kind, told['comm_id']))
            assert '>plays</td>' in told['data']['state']['value'], told
            check([], run(client, 'var plays = 7;')[1])
            check(['error'], [t for t, _ in run(client, 'throw new Exception();')[1]])
            # where nobody looks it is a table
            check(['display_data'], [t for t, _ in run(client, '#!whos', allow_stdin=False)[1]])
            manager.shutdown_kernel(now=True)
            """
        );

    [Fact]
    public void In_a_call_the_parameter_that_is_typed_is_marked_and_dotnet_is_linked() =>
        clients.Run(
            """
            manager, client = start_new_kernel(kernel_name='csharp')
            run(client, '/// <summary>Halves a number.</summary>\n'
                '/// <param name="by">What it is divided by.</param>\n'
                'double Half(int number, double by = 2) => number / by;\n'
                'double Half(string number) => 1;\n'
                'class Album { public Album(string title, int year) { } public int this[int disc, int track] => 0; }\n'
                'var album = new Album("A", 1); int plays = 3; var songs = new List<int>();')

            def inspect(code):
                before, _, after = code.partition('|')
                found = reply(client, client.inspect(before + after, len(before)))
                return found['data']['text/plain'] if found['found'] else ''

            for code, signature in (
                ('Half(1, |', 'double Half(int number, »double by = 2«)'),
                ('Half(1, |)', 'double Half(int number, »double by = 2«)'),
                ('Half(by: |', 'double Half(int number, »double by = 2«)'),
                ('Half(|', 'double Half(»string number«)'),
                ('Math.Max(Half(1, |), 2)', 'double Half(int number, »double by = 2«)'),
                ('Math.Max(Half(1, 2), |', 'double Math.Max(double val1, »double val2«)'),
                ('new Album("a", |', 'Album.Album(string title, »int year«)'),
                ('Album other = new(|', 'Album.Album(»string title«, int year)'),
                ('album[1, |]', 'int Album.this[int disc, »int track«]'),
                ('songs.Add(|', 'void List<int>.Add(»int item«)'),
                ('string.Join(",", 1, 2, |', 'string string.Join(string? separator, »params object?[] values«)'),
                ('Console.WriteLine("a, |', 'void Console.WriteLine(»string? value«)')):
                assert signature in inspect(code).splitlines(), (code, inspect(code))
            assert 'What it is divided by.' in inspect('Half(1, |')
            # behind a name in the arguments both are told, on the name the name alone; outside of calls nothing
            check(['int plays', 'Half(»int number«'], [inspect('Half(plays|').splitlines()[0],
                                                       inspect('Half(plays|').splitlines()[2][len('double '):][:17]])
            check('int plays', inspect('Half(pl|ays)'))
            check('', inspect('Half(1, 2)|'))

            # the pages of .NET's own types and members
            site = 'https://learn.microsoft.com/dotnet/api/'
            for code, page in (
                ('StringBuilder|', 'system.text.stringbuilder'), ('string.Join|', 'system.string.join'),
                ('songs.Add|', 'system.collections.generic.list-1.add'), ('DateTime.Now|', 'system.datetime.now'),
                ('new StringBuilder(|', 'system.text.stringbuilder.-ctor'),
                ('Environment.SpecialFolder|', 'system.environment.specialfolder'),
                ('songs.Where|', 'system.linq.enumerable.where')):
                assert f'Documentation: {site}{page}' in inspect(code).splitlines(), (code, inspect(code))
            assert site not in inspect('Half|') and site not in inspect('album|')
            manager.shutdown_kernel(now=True)
            """
        );
}
