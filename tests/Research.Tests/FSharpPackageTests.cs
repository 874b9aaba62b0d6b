namespace Research.Tests;

/// <summary>A package that needs a later FSharp.Core than the kernel stands on.</summary>
public sealed class FSharpPackageTests(KernelClients clients) : IClassFixture<KernelClients>
{
    [Fact]
    public void A_later_FSharp_Core_is_loaded_beside_the_kernels() =>
        Assert.Equal(
            "Figure: scatter\n11\nFigure: scatter\n",
            clients.Run(
                """
                import nbformat.v4 as v4, nbclient
                chart = 'Plotly.NET.CSharp.Chart.Line<int, int, string>([1], [7])'
                later = ('#r "nuget: FSharp.Core, 11.0.101"\n'
                         'typeof(Microsoft.FSharp.Core.Unit).Assembly.GetName().Version.Major')
                notebook = v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in (chart, later, chart)])
                nbclient.NotebookClient(notebook, kernel_name='csharp', timeout=300).execute()
                for cell in notebook.cells:
                    print(cell.outputs[-1]['data']['text/plain'])
                """
            )
        );
}
