using System.Diagnostics;
using Notebooks;

namespace Tests;

public sealed class InterruptionTests : IDisposable
{
    private readonly Cells cells = new();

    public void Dispose() => cells.Dispose();

    // An exception of Post ends the process: an await calls it from where nothing catches.
    [Fact]
    public async Task What_follows_an_await_is_posted_though_the_thread_is_interrupted_meanwhile() =>
        Assert.Equal(
            "0 lost, 0 failed",
            await cells.Show(
                """
                var context = SynchronizationContext.Current;
                int failed = 0, done = 0;
                const int Each = 5_000;
                void Post()
                {
                    for (int i = 0; i < Each; i++)
                        try { context.Post(_ => Interlocked.Increment(ref done), null); }
                        catch (ThreadInterruptedException) { Interlocked.Increment(ref failed); }
                }
                var threads = Enumerable.Range(0, 4).Select(_ => new Thread(Post)).ToArray();
                foreach (var thread in threads) thread.Start();
                while (threads.Any(thread => thread.IsAlive))
                {
                    foreach (var thread in threads) thread.Interrupt();
                    await Task.Delay(1);
                }
                for (int i = 0; i < 100 && done < 4 * Each; i++) await Task.Delay(20);
                $"{4 * Each - done} lost, {failed} failed"
                """
            )
        );

    [Theory]
    [InlineData("Enumerable.Range(0, int.MaxValue).Where(i => i < 0).Count()")]
    [InlineData("while (true) Enumerable.Range(0, int.MaxValue).Sum(i => (long)i);")]
    [InlineData("while (true) Enumerable.Range(0, 1_000_000).OrderBy(i => -i).Count(i => i < 0);")]
    [InlineData("(from i in Enumerable.Range(0, int.MaxValue) where i < 0 select i).Count()")]
    [InlineData("(from i in Enumerable.Range(0, int.MaxValue) select i * 0.5).Max()")]
    [InlineData("(from i in Enumerable.Range(0, int.MaxValue) group i by 0).Count()")]
    [InlineData("ParallelEnumerable.Range(0, int.MaxValue).Where(i => i < 0).Count()")]
    [InlineData("while (true) Parallel.For(0, int.MaxValue, i => Math.Sqrt(i));")]
    [InlineData("Enumerable.Range(0, int.MaxValue).Count(delegate (int i) { return i < 0; })")]
    [InlineData("bool Never(int i) => false; Enumerable.Range(0, int.MaxValue).Count(Never)")]
    [InlineData("int Fib(int n) => n < 2 ? n : Fib(n - 1) + Fib(n - 2); Fib(60)")]
    [InlineData("{ int Fib(int n) => n < 2 ? n : Fib(n - 1) + Fib(n - 2); Fib(60); }")]
    [InlineData(
        "class Fork { int depth; public Fork(int d = 0) => depth = d;"
            + " public int Size => depth > 60 ? 1 : Next.Size + Next.Size;"
            + " Fork Next => new(depth + 1); } new Fork().Size"
    )]
    [InlineData(
        "class Last : IComparer<int> { public int Compare(int a, int b) => a % 9 - b % 9; }"
            + " var numbers = Enumerable.Range(0, 1000).ToArray(); while (true) Array.Sort(numbers, new Last());"
    )]
    [InlineData("{ again: try { goto again; } catch { goto again; } }")]
    [InlineData("int x = 0; switch (x) { case 0: goto case 1; case 1: goto case 0; }")]
    [InlineData("while (true) { try { while (true) { } } catch { } }")]
    [InlineData("while (true) { try { Thread.Sleep(-1); } catch (Exception) { } }")]
    [InlineData("try { while (true) { } } finally { while (true) { } }")]
    [InlineData("Action<int> spin = _ => Thread.Sleep(1); while (true) spin(1);")]
    [InlineData("Func<Task> spin = async () => { while (true) await Task.Yield(); }; await spin();")]
    [InlineData(
        "IEnumerable<int> Naturals() { int i = 0; while (true) yield return i++; } Naturals().Count(i => i < 0)"
    )]
    [InlineData(
        "object gate = new(); var t = new Thread(() => { lock (gate) Thread.Sleep(-1); }) { IsBackground = true };"
            + " t.Start(); Thread.Sleep(100); lock (gate) { }"
    )]
    [InlineData("using var sleep = System.Diagnostics.Process.Start(\"sleep\", \"60\"); sleep.WaitForExit();")]
    [InlineData(
        "using var db = Tables.Database.InMemory();\n"
            + "db.Query(\"SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range % 7 = b.range % 11\")"
    )]
    public async Task A_cell_ends_by_an_exception_of_its_own(string code)
    {
        await cells.Show("int kept = 1;");
        var watch = Stopwatch.StartNew();
        OutputEvent.Error? error = await cells.Interrupt(code);
        Assert.Equal("The cell was interrupted.", error?.Message);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"took {watch.Elapsed}");
        Assert.Equal("2", await cells.Show("await Task.Delay(1); kept + 1"));
    }

    [Fact]
    public async Task A_cell_that_hears_of_nothing_is_left_behind_and_stops_when_it_is_back()
    {
        await cells.Show(
            "int kept = 1; int after = 0; using var database = Tables.Database.InMemory();"
                + " [System.Runtime.InteropServices.DllImport(\"libc.so.6\")] static extern int sleep(int s);"
        );
        OutputEvent.Error? error = await cells.Interrupt("sleep(6); while (true) after++;");
        Assert.Equal("Interrupted", error?.Name);
        Assert.Contains("was left behind", error?.Message);
        Assert.Equal("2", await cells.Show("await Task.Delay(1); kept + 1"));
        Assert.Equal("Interrupted", (await cells.Interrupt("while (true) { }"))?.Name);
        // What is left behind has no part in the queries of the others.
        await cells.Show(
            "for (DateTime end = DateTime.Now.AddSeconds(6); DateTime.Now < end;)"
                + " database.Query(\"SELECT sum(range) FROM range(100000000)\");"
        );
        Assert.Equal("0", await cells.Show("after"));
    }

    [Theory]
    [InlineData("int Deep(int n) => Deep(n + 1) + 1;\nDeep(0)")]
    [InlineData("Func<int, int> deep = null; deep = n => deep(n + 1) + 1;\ndeep(0)")]
    [InlineData("class A { public int Deep { get { return Deep + 1; } } }\nnew A().Deep")]
    public async Task A_recursion_without_end_is_an_error_of_the_cell(string code)
    {
        await cells.Show("int kept = 1;");
        OutputEvent.Error? error = (await cells.Run(code)).Error;
        Assert.Equal("InsufficientExecutionStackException", error?.Name);
        Assert.InRange(error!.Traceback.Count, 50, 110);
        Assert.Contains(error.Traceback, line => line.EndsWith("calls more …"));
        Assert.Equal("      " + code.Split('\n')[1], error.Traceback[^1]);
        Assert.Equal("2", await cells.Show("kept + 1"));
    }

    [Fact]
    public async Task An_interrupt_does_not_reach_through_native_code()
    {
        OutputEvent.Error? error = await cells.Interrupt(
            "[System.Runtime.InteropServices.DllImport(\"libc.so.6\")]"
                + " static extern void qsort(int[] values, nint count, nint size, Compare compare);\n"
                + "delegate int Compare(nint a, nint b);\n"
                + "while (true) qsort(new int[1000], 1000, 4, (a, b) => 0);"
        );
        Assert.Equal("The cell was interrupted.", error?.Message);
    }

    [Fact]
    public async Task What_an_interrupted_cell_waited_for_does_not_let_it_go_on()
    {
        await cells.Show("int after = 0; var gate = new TaskCompletionSource();");
        Assert.NotNull(await cells.Interrupt("try { await gate.Task; after += 1; } finally { after += 10; }"));
        Assert.Equal("10", await cells.Show("gate.SetResult(); await Task.Delay(300); after"));
    }

    [Fact]
    public async Task What_a_cell_says_while_it_cleans_up_is_shown()
    {
        await cells.Interrupt("try { while (true) { } } finally { Console.Write(\" cleaned\"); }");
        Assert.Equal("in cleaned", cells.Printed);
    }

    // Where the engine puts its looks must not alter what the code is.
    [Theory]
    [InlineData("System.Linq.Expressions.Expression<Func<int, int>> e = x => x + 1; e.ToString()", "x => (x + 1)")]
    [InlineData("new[] { 1, 2, 3 }.AsQueryable().Where(i => i > 1).Select(i => i * 2).Sum()", "10")]
    [InlineData(
        "(from i in new[] { 1, 2, 3 }.AsQueryable() where i > 1 select i).Expression.ToString()",
        "System.Int32[].Where(i => (i > 1))"
    )]
    [InlineData("(from i in new[] { 1, 2, 3 } let j = i * i where j > 1 orderby -j select (i, j)).First()", "(3, 9)")]
    [InlineData("int n = 0; Action a = () => n++; Func<int> f = () => n++; a(); f(); n", "2")]
    [InlineData(
        "string Of(Action a) => \"action\"; string Of(Func<int> f) => \"func\"; int One() => 1; Of(() => One())",
        "func"
    )]
    [InlineData("Func<byte> b = () => 1; Func<object> o = () => null; Func<int?> i = () => default; b()", "1")]
    [InlineData("Func<int, Func<int, int>> add = a => b => a + b; add(1)(2)", "3")]
    [InlineData("var twice = (int x) => x * 2; twice(4)", "8")]
    [InlineData(
        "Func<Task<int>> one = async () => await Task.FromResult(1);"
            + " Func<Task> none = async () => await Task.Yield(); await none(); await one()",
        "1"
    )]
    [InlineData("Func<int> fails = () => throw new InvalidOperationException(); 1", "1")]
    [InlineData("int[] a = [1, 2]; ref int At(int i) => ref a[i]; At(1) = 5; a[1]", "5")]
    [InlineData(
        "bool Try(string s, out int n) => int.TryParse(s, out n); Func<string, int> f ="
            + " s => Try(s, out var n) && n is > 0 and var m ? m : -1; f(\"3\")",
        "3"
    )]
    [InlineData(
        "record Point(int X, int Y) { public int Sum => X + Y;"
            + " public static Point operator +(Point a, Point b) => new(a.X + b.X, a.Y + b.Y); }"
            + " (new Point(1, 2) + new Point(3, 4)).Sum",
        "10"
    )]
    [InlineData(
        "class Bag { int v; public int this[int i] { get => v + i; set => v = value; } public int W"
            + " { get; init; } = 7; public Bag() => v = 1; ~Bag() => v = 0; public static implicit operator int(Bag b)"
            + " => b.v; } var bag = new Bag(); bag[0] = 4; bag + bag[1] + bag.W",
        "16"
    )]
    [InlineData(
        "unsafe { int* p = stackalloc int[2]; p[1] = 3; Console.Write(\"\"); } int Len() { Span<int> s ="
            + " stackalloc int[4]; foreach (ref int i in s) i = 2; return s[3]; } Len()",
        "2"
    )]
    [InlineData("IEnumerable<int> Two() { yield return 1; yield return 2; } $\"{Two().Sum(x => x)}\"", "3")]
    [InlineData(
        "int i = 0; while (i < 3) i++; do i++; while (i < 5); for (; i < 7;) i++; foreach (var c in \"ab\") i++; i",
        "9"
    )]
    [InlineData("static int Static(int n) => n + 1; Func<int, int> s = static x => x + 1; Static(s(1))", "3")]
    [InlineData(
        "async Task<int> Slow() { int x = await Task.FromResult(2); await Task.Yield(); return x; }"
            + " var y = await Slow(); await Slow()",
        "2"
    )]
    [InlineData(
        "string s = \"b\"; int r = 0; switch (s) { case \"a\": r = 1; break; case \"b\": r = 2; goto case \"a\"; }"
            + " r",
        "1"
    )]
    [InlineData("Func<dynamic, dynamic> d = x => x + 1; d(1)", "2")]
    [InlineData(
        "interface IShape { double Area => 1.5; } class Square : IShape { } ((IShape)new Square()).Area",
        "1.5"
    )]
    [InlineData("using Pair = System.Collections.Generic.KeyValuePair<int, int>; new Pair(1, 2).Value", "2")]
    public async Task Code_means_what_it_meant(string code, string result) =>
        Assert.Equal(result, await cells.Show(code));

    [Fact]
    public async Task Errors_name_the_columns_that_were_written()
    {
        const string Code = "var squares = new[] { 1 }.Select(x => x.Nothing());";
        OutputEvent.Error error = await cells.Fail(Code);
        Assert.Equal(new string(' ', 4 + Code.IndexOf("Nothing", StringComparison.Ordinal)) + "^", error.Traceback[2]);
    }
}
