using System.Reflection;
using TorchSharp;
using Xunit.Abstractions;

namespace Tests;

/// <summary>Code written against this library compiles against the TorchSharp packages too.</summary>
public class SurfaceTests(ITestOutputHelper output)
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>TorchSharp.PyBridge's members that are implemented, as ../shared/api/README.md gives them.</summary>
    private static readonly string[] PyBridge =
    [
        "save_py(TorchSharp.torch.nn.Module module, String location, IList<String> skip?) : TorchSharp.torch.nn.Module",
        "save_py(TorchSharp.torch.nn.Module module, IO.Stream stream, IList<String> skip?, Boolean leaveOpen?) : TorchSharp.torch.nn.Module",
        "load_py(TorchSharp.torch.nn.Module module, String location, Boolean strict?, IList<String> skip?, Dictionary<String, Boolean> loadedParameters?) : TorchSharp.torch.nn.Module",
        "load_py(TorchSharp.torch.nn.Module module, IO.Stream stream, Boolean strict?, IList<String> skip?, Dictionary<String, Boolean> loadedParameters?, Boolean leaveOpen?) : TorchSharp.torch.nn.Module",
        "save_py(TorchSharp.Modules.OptimizerHelper optimizer, String location) : Void",
        "load_py(TorchSharp.Modules.OptimizerHelper optimizer, String location) : Void",
        "save_safetensors(TorchSharp.torch.nn.Module module, String location, IList<String> skip?) : TorchSharp.torch.nn.Module",
        "save_safetensors(TorchSharp.torch.nn.Module module, IO.Stream stream, IList<String> skip?, Boolean leaveOpen?) : TorchSharp.torch.nn.Module",
        "load_safetensors(TorchSharp.torch.nn.Module module, String location, Boolean strict?, IList<String> skip?, Dictionary<String, Boolean> loadedParameters?) : TorchSharp.torch.nn.Module",
        "load_safetensors(TorchSharp.torch.nn.Module module, IO.Stream stream, Boolean strict?, IList<String> skip?, Dictionary<String, Boolean> loadedParameters?, Boolean leaveOpen?) : TorchSharp.torch.nn.Module",
    ];

    [SkippableFact]
    public void EveryPublicMemberIsOneOfTorchSharps()
    {
        HashSet<string> theirs = [.. File.ReadLines(Repository.Shared("api/torchsharp-0.107.txt"))];
        string[] ours = [.. typeof(torch).Assembly.GetExportedTypes().Where(t => t.Namespace != "TorchSharp.PyBridge").SelectMany(Members).Distinct()];
        string[] extra = [.. ours.Where(m => !theirs.Contains(m))];
        output.WriteLine($"{ours.Length} of TorchSharp's {theirs.Count} lines");
        Assert.True(ours.Length > 500, $"only {ours.Length} members were found");
        Assert.True(extra.Length == 0, $"TorchSharp has none of these {extra.Length}:\n{string.Join('\n', extra.Order())}");
    }

    [Fact]
    public void EveryPublicMemberOfPyBridgeIsOneOfTheirs()
    {
        string[] ours = [.. typeof(torch).Assembly.GetExportedTypes().Where(t => t.Namespace == "TorchSharp.PyBridge").SelectMany(t => t.GetMethods(Declared)).Select(Method)];
        Assert.Equal(PyBridge.Order(), ours.Order());
    }

    /// <summary>A type and its members, as ../shared/tools/api-list.cs prints them.</summary>
    private static IEnumerable<string> Members(Type type)
    {
        string owner = Name(type);
        yield return owner;
        foreach (MemberInfo member in type.GetMembers(Declared))
        {
            switch (member)
            {
                case MethodInfo { IsSpecialName: true } method when !method.Name.StartsWith("op_"): break;
                case MethodInfo method: yield return $"{owner}.{Method(method)}"; break;
                case ConstructorInfo constructor: yield return $"{owner}.ctor({Parameters(constructor)})"; break;
                case PropertyInfo property: yield return $"{owner}.{property.Name}{(property.GetIndexParameters() is { Length: > 0 } i ? "[" + string.Join(", ", i.Select(Parameter)) + "]" : "")} : {Name(property.PropertyType)}"; break;
                case FieldInfo field: yield return $"{owner}.{field.Name} : {Name(field.FieldType)}"; break;
            }
        }
    }

    private static string Method(MethodInfo method) => $"{method.Name}({Parameters(method)}) : {Name(method.ReturnType)}";
    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));
    private static string Parameter(ParameterInfo p) => $"{Name(p.ParameterType)} {p.Name}{(p.IsOptional ? "?" : "")}";

    private static string Name(Type type)
    {
        if (type.IsGenericParameter) return type.Name;
        if (type.IsArray) return Name(type.GetElementType()!) + "[]";
        if (type.IsByRef) return "ref " + Name(type.GetElementType()!);
        string name = (type.FullName ?? type.Namespace + "." + type.Name).Replace('+', '.');
        int tick = name.IndexOf('`');
        if (tick >= 0) name = name[..tick];
        name = name.Replace("System.Collections.Generic.", "").Replace("System.", "");
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name;
    }
}
