using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Notebooks;

/// <summary>
/// Sets a notebook's parameters from outside, as Papermill does: the variables that its cell tagged <c>parameters</c>
/// declares get new values in a cell after it, tagged <c>injected-parameters</c>.
/// </summary>
public static class NotebookParameters
{
    private const string Tag = "parameters",
        InjectedTag = "injected-parameters";

    /// <summary>The parameters by name, with the C# of their defaults; empty where the notebook has none.</summary>
    public static IReadOnlyDictionary<string, string> Of(Notebook notebook) =>
        Declared(notebook).ToDictionary(p => p.Key, p => p.Value.Default);

    /// <summary>A copy of the notebook with the given values; those of an earlier injection are gone.</summary>
    /// <param name="notebook">The notebook; it isn't changed.</param>
    /// <param name="values">
    /// Values by parameter, as text: a C# literal of the declared type, where text needs no quotes.
    /// </param>
    /// <exception cref="NotebookException">There is no such parameter, or the value isn't of its type.</exception>
    public static Notebook Inject(Notebook notebook, IReadOnlyDictionary<string, string> values)
    {
        Notebook copy = notebook.Copy();
        copy.Cells.RemoveAll(c => c.HasTag(InjectedTag));
        if (values.Count == 0)
            return copy;
        string where = notebook.Path ?? "The notebook";
        Dictionary<string, Parameter> declared = Declared(copy);
        if (declared.Count == 0)
            throw new NotebookException(
                $"{where}: has no parameters; it would declare them in a cell tagged \"{Tag}\""
            );
        var code = new StringBuilder("// Parameters\n");
        foreach ((string name, string value) in values)
        {
            if (!declared.TryGetValue(name, out Parameter? parameter))
                throw new NotebookException(
                    $"{where}: has no parameter {name}; it has "
                        + $"{string.Join(", ", declared.Select(p => $"{p.Key} ({p.Value.Type}, {p.Value.Default})"))}"
                );
            string literal =
                Literal(parameter.Type, value)
                ?? throw new NotebookException(
                    $"{where}: the parameter {name} is of type {parameter.Type}, and {value} is no such "
                        + $"value; the default is {parameter.Default}"
                );
            code.Append(CultureInfo.InvariantCulture, $"{name} = {literal};\n");
        }
        var cell = new NotebookCell(CellKind.Code, code.ToString().TrimEnd('\n'), InjectedTag);
        cell.Metadata["tags"] = new JsonArray(InjectedTag);
        copy.Cells.Insert(copy.Cells.FindIndex(c => c.HasTag(Tag)) + 1, cell);
        return copy;
    }

    private static Dictionary<string, Parameter> Declared(Notebook notebook)
    {
        if (notebook.Cells.Find(c => c.Kind == CellKind.Code && c.HasTag(Tag)) is not { } cell)
            return [];
        var root = (CompilationUnitSyntax)
            CSharpSyntaxTree.ParseText(cell.Source, new CSharpParseOptions(kind: SourceCodeKind.Script)).GetRoot();
        var parameters = new Dictionary<string, Parameter>();
        IEnumerable<VariableDeclarationSyntax> declarations = root
            .Members.OfType<FieldDeclarationSyntax>()
            .Where(f => !f.Modifiers.Any(SyntaxKind.ConstKeyword))
            .Select(f => f.Declaration);
        foreach (VariableDeclarationSyntax declaration in declarations)
        foreach (VariableDeclaratorSyntax variable in declaration.Variables)
            parameters[variable.Identifier.ValueText] = new Parameter(
                TypeOf(declaration.Type, variable.Initializer?.Value),
                variable.Initializer?.Value.ToString() ?? "default"
            );
        return parameters;
    }

    private static string TypeOf(TypeSyntax declared, ExpressionSyntax? value)
    {
        if (!declared.IsVar)
            return declared.ToString();
        if (value is PrefixUnaryExpressionSyntax signed)
            value = signed.Operand;
        return (value as LiteralExpressionSyntax)?.Token.Value switch
        {
            int => "int",
            long => "long",
            float => "float",
            double => "double",
            decimal => "decimal",
            bool => "bool",
            string => "string",
            _ => "var",
        };
    }

    // The value as C# of the type; null where it is none, or where values of the type can't be written as text.
    private static string? Literal(string type, string value)
    {
        const NumberStyles Whole = NumberStyles.AllowLeadingSign,
            Real = NumberStyles.Float;
        CultureInfo plain = CultureInfo.InvariantCulture;
        string unquoted = value.Length >= 2 && value[0] == '"' && value[^1] == '"' ? value[1..^1] : value;
        if (type.EndsWith('?') && value == "null")
            return "null";
        return type.TrimEnd('?') switch
        {
            "string" => SymbolDisplay.FormatLiteral(unquoted, quote: true),
            "bool" when bool.TryParse(value, out bool flag) => flag ? "true" : "false",
            "int" when int.TryParse(value, Whole, plain, out int number) => number.ToString(plain),
            "long" when long.TryParse(value, Whole, plain, out long number) => number.ToString(plain) + "L",
            "float" when float.TryParse(value, Real, plain, out float number) && float.IsFinite(number) =>
                number.ToString("R", plain) + "f",
            "double" when double.TryParse(value, Real, plain, out double number) && double.IsFinite(number) =>
                number.ToString("R", plain) + "d",
            "decimal" when decimal.TryParse(value, Real, plain, out decimal number) => number.ToString(plain) + "m",
            _ => null,
        };
    }

    private sealed record Parameter(string Type, string Default);
}
