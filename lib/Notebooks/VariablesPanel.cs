using Microsoft.CodeAnalysis.Scripting;
using Notebooks.Interactive;
using Tables;

namespace Notebooks;

/// <summary>
/// The variables' names, types and values in a widget that follows them from cell to cell. JupyterLab's "Create New
/// View for Cell Output" sets it beside the notebook.
/// </summary>
internal sealed class VariablesPanel
{
    private readonly Control<string> view;
    private readonly DrawnTable table;

    /// <param name="table">What it shows at first.</param>
    public VariablesPanel(DrawnTable table)
    {
        this.table = table;
        view = Controls.Html(table.ToHtml());
    }

    /// <summary>Variables as a table.</summary>
    public static DrawnTable TableOf(IReadOnlyCollection<ScriptVariable> variables)
    {
        return new DrawnTable(
            [new("Variable"), new("Type"), new("Value")],
            variables.Select(v => new DrawnTable.Cell[] { v.Name, ValueText.TypeName(v.Type), Text(v) })
        )
        {
            Class = "values",
            Notes = [variables.Count == 1 ? "(1 row)" : $"({variables.Count} rows)"],
        };

        static string Text(ScriptVariable variable)
        {
            try
            {
                return ValueText.Short(variable.Value);
            }
            // Of the value's own code.
            catch (Exception e)
            {
                return $"({e.GetType().Name}: {e.Message})";
            }
        }
    }

    /// <summary>Shows other variables.</summary>
    public void Show(DrawnTable variables)
    {
        string html = variables.ToHtml();
        if (html != view.Value)
            view.Value = html;
    }

    /// <summary>The widget, and the table as it was where none is drawn.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle() =>
        new Dictionary<string, object>(view.ToMimeBundle())
        {
            ["text/html"] = table.ToHtml(),
            ["text/plain"] = table.ToText(),
        };
}
