using System.Reflection;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;

namespace Notebooks;

/// <summary>
/// Loads what packages bring for notebooks of .NET Interactive, in their folder <c>interactive-extensions/dotnet</c>:
/// assemblies with an <see cref="IKernelExtension"/>, and a script <c>extension.dib</c>.
/// </summary>
/// <remarks>
/// An extension is handed a kernel. Those of Microsoft.Data.Analysis, Plotly.NET and SkiaSharp never look at it: they
/// register formatters. So it is .NET Interactive's own <see cref="CompositeKernel"/> with nothing in it, and what an
/// extension adds to it, magic commands and languages, the user is told: cells don't run in it.
/// </remarks>
internal sealed class PackageExtensions
{
    private readonly CompositeKernel kernel = new();

    // The type of kernels has put a handler of its own in the place of ours.
    public PackageExtensions() => DefaultFormatters.ShowDisplayed();

    /// <summary>The assembly whose types an extension's script names.</summary>
    public static string Reference => typeof(Kernel).Assembly.Location;

    /// <summary>Has the extensions of an assembly register what they have.</summary>
    public async Task LoadAsync(string assembly)
    {
        IEnumerable<Type> types = Assembly
            .Load(AssemblyName.GetAssemblyName(assembly))
            .ExportedTypes.Where(type => type.IsAssignableTo(typeof(IKernelExtension)) && !type.IsAbstract);
        foreach (Type type in types)
            await ((IKernelExtension)Activator.CreateInstance(type)!).OnLoadAsync(kernel);
    }

    /// <summary>
    /// Calls the parts of a package's extension where <see cref="KernelInvocationContext.Current"/> is the kernel's,
    /// and shows what they display. What fails, and what they add that this kernel hasn't, is said, and the cell goes
    /// on.
    /// </summary>
    /// <param name="package">The package.</param>
    /// <param name="run">The cell that asked for it.</param>
    /// <param name="parts">Called on the calling thread.</param>
    public void Load(string package, CellRun run, IEnumerable<Action> parts)
    {
        string[] before = Additions();
        using IDisposable shown = kernel.KernelEvents.Subscribe(new Observer(produced => Show(produced, run)));
        var entered = new TaskCompletionSource<ExecutionContext>(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        kernel.RegisterCommandHandler<LoadExtension>(
            async (_, _) =>
            {
                entered.SetResult(ExecutionContext.Capture()!);
                await left.Task;
            }
        );
        // Nothing of it waits for the cells' thread.
        Task sent = Task.Run(() => kernel.SendAsync(new LoadExtension()));
        try
        {
            Task.WaitAny(sent, entered.Task);
            foreach (Action part in parts)
                ExecutionContext.Run(entered.Task.Result, _ => Try(part), null);
        }
        finally
        {
            left.SetResult();
            sent.Wait();
        }
        string[] added = [.. Additions().Except(before)];
        if (added.Length > 0)
            Say($"adds {string.Join(", ", added)} to the kernel of .NET Interactive, where this one runs your cells");

        void Try(Action part)
        {
            try
            {
                part();
            }
            catch (Exception e) when (!run.Interrupt.IsCancellationRequested)
            {
                Say($"needs what this kernel lacks, or fails in itself ({e.GetType().Name}: {e.Message})");
            }
        }

        void Say(string what) =>
            run.Append(
                error: true,
                $"The extension for notebooks in {package} {what}. The formatters that it registers are used.\n"
            );
    }

    private string[] Additions() => [.. kernel.KernelInfo.SupportedDirectives.Select(directive => directive.Name)];

    private static void Show(KernelEvent produced, CellRun run)
    {
        switch (produced)
        {
            case StandardOutputValueProduced or StandardErrorValueProduced:
                foreach (var text in ((DisplayEvent)produced).FormattedValues)
                    run.Append(error: produced is StandardErrorValueProduced, text.Value);
                break;
            case ErrorProduced error:
                run.Append(error: true, $"{error.Message}\n");
                break;
            case DisplayEvent display:
                run.Emit(DefaultFormatters.Shown(display.Value, display.FormattedValues, display.ValueId, run));
                break;
            case CommandFailed failed:
                run.Append(error: true, $"{failed.Message}\n");
                break;
        }
    }

    private sealed class LoadExtension : KernelCommand;

    private sealed class Observer(Action<KernelEvent> next) : IObserver<KernelEvent>
    {
        public void OnNext(KernelEvent value) => next(value);

        public void OnCompleted() { }

        public void OnError(Exception error) { }
    }
}
