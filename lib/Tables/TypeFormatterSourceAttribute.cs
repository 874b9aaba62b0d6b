namespace Tables;

/// <summary>
/// Says to .NET Interactive how values of a type look. It finds the attribute, and what the source makes, by their
/// names and those of their members, so that no package of its own is needed to carry it.
/// </summary>
/// <param name="formatterSourceType">
/// Has a constructor without parameters and a method <c>CreateTypeFormatters</c>.
/// </param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
internal sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    public Type FormatterSourceType => formatterSourceType;
}
