using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Mono.Cecil;
using Mono.Cecil.Cil;

/// <summary>
/// Copies a file of TorchSharp's as the build wants it: the two faults that this mends stand beside each.
/// </summary>
public class MendTorchSharp : Task
{
    [Required]
    public string Source { get; set; }

    [Required]
    public string Target { get; set; }

    /// <summary>The version of libstdc++'s symbols that the native library asks for.</summary>
    [Required]
    public string Version { get; set; }

    public override bool Execute()
    {
        // Beside it first: what lies there may be linked to from other folders, or run.
        string beside = Target + ".new";
        if (Path.GetExtension(Source) == ".dll")
        {
            using (AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(Source))
            {
                KeepArgumentsAlive(assembly.MainModule);
                assembly.Write(beside);
            }
        }
        else
        {
            byte[] file = File.ReadAllBytes(Source);
            if (!SystemHas(Version))
                WeakenNeed(file);
            File.WriteAllBytes(beside, file);
        }
        File.Delete(Target);
        File.Move(beside, Target);
        return true;
    }

    /// <summary>
    /// TorchSharp's methods hand native code the handle of a Scalar or a Tensor, and nothing holds the object any more:
    /// where the garbage collector runs at that moment, what it stands for is freed before it is read (a + b of two
    /// tensors has a Scalar, too). So each method says GC.KeepAlive of its arguments before it returns.
    /// </summary>
    private static void KeepArgumentsAlive(ModuleDefinition module)
    {
        TypeReference collector = new TypeReference("System", "GC", module, module.TypeSystem.CoreLibrary);
        MethodReference keepAlive = new MethodReference("KeepAlive", module.TypeSystem.Void, collector);
        keepAlive.Parameters.Add(new ParameterDefinition(module.TypeSystem.Object));

        foreach (MethodDefinition method in module.GetTypes().SelectMany(type => type.Methods).Where(TakesHandles))
        {
            ParameterDefinition[] held = Arguments(method).Where(HasHandle).ToArray();
            WidenBranches(method.Body);
            ILProcessor code = method.Body.GetILProcessor();
            foreach (Instruction end in method.Body.Instructions.Where(i => i.OpCode == OpCodes.Ret).ToArray())
            {
                // It stays as the place that others jump to: whatever returns passes what follows.
                end.OpCode = OpCodes.Nop;
                Instruction last = end;
                foreach (ParameterDefinition argument in held)
                {
                    Append(code.Create(OpCodes.Ldarg, argument));
                    Append(code.Create(OpCodes.Call, keepAlive));
                }
                Append(code.Create(OpCodes.Ret));

                void Append(Instruction next)
                {
                    code.InsertAfter(last, next);
                    last = next;
                }
            }
        }
    }

    // A short branch may no longer reach what the new instructions part it from.
    private static void WidenBranches(MethodBody body)
    {
        var branches = body.Instructions.Where(i => i.OpCode.OperandType == OperandType.ShortInlineBrTarget);
        foreach (Instruction branch in branches)
        {
            string wide = branch.OpCode.Code.ToString().Replace("_S", "");
            branch.OpCode = (OpCode)typeof(OpCodes).GetField(wide).GetValue(null);
        }
    }

    private static bool TakesHandles(MethodDefinition method) =>
        method.HasBody
        && Arguments(method).Any(HasHandle)
        && method.Body.Instructions.Any(i => i.Operand is MethodReference called && called.Name == "get_Handle");

    private static IEnumerable<ParameterDefinition> Arguments(MethodDefinition method) =>
        method.HasThis ? method.Parameters.Prepend(method.Body.ThisParameter) : method.Parameters;

    private static bool HasHandle(ParameterDefinition argument) =>
        argument.ParameterType.FullName == "TorchSharp.Scalar"
        || argument.ParameterType.FullName == "TorchSharp.torch/Tensor";

    /// <summary>
    /// The native library was linked where libstdc++ is newer than Debian 12's, of which it uses nothing. A need that
    /// is marked as weak (VER_FLG_WEAK of its Vernaux entry) is only remarked upon by the loader.
    /// </summary>
    private void WeakenNeed(byte[] file)
    {
        int entry = Need(file, Version);
        if (entry >= 0)
            file[entry + 4] |= 2;
    }

    // What MSBuild itself runs on: libcoreclr.so has loaded it.
    private static bool SystemHas(string version)
    {
        foreach (string line in File.ReadLines("/proc/self/maps"))
            if (line.EndsWith("/libstdc++.so.6", StringComparison.Ordinal) || line.Contains("/libstdc++.so.6."))
                return Text(File.ReadAllBytes(line.Substring(line.IndexOf('/')))).Contains("\0" + version + "\0");
        return false;
    }

    // A character a byte.
    private static string Text(byte[] file) => Encoding.GetEncoding("ISO-8859-1").GetString(file);

    // The place of the Vernaux entry of a version; -1 where it is not needed.
    private static int Need(byte[] file, string version)
    {
        const int VersionNeeds = 0x6ffffffe;
        string text = Text(file),
            wanted = version + "\0";
        if (!text.StartsWith("\u007fELF\u0002\u0001", StringComparison.Ordinal))
            return -1;
        int sections = (int)BitConverter.ToInt64(file, 0x28),
            size = BitConverter.ToUInt16(file, 0x3A),
            count = BitConverter.ToUInt16(file, 0x3C);
        for (int section = sections; section < sections + size * count; section += size)
        {
            if (BitConverter.ToUInt32(file, section + 4) != VersionNeeds)
                continue;
            int names = sections + size * BitConverter.ToInt32(file, section + 40),
                strings = (int)BitConverter.ToInt64(file, names + 24),
                need = (int)BitConverter.ToInt64(file, section + 24);
            for (int next = 1; next != 0; need += next)
            {
                int entry = need + BitConverter.ToInt32(file, need + 8);
                for (int left = BitConverter.ToUInt16(file, need + 2); left > 0; left--)
                {
                    int name = strings + BitConverter.ToInt32(file, entry + 8);
                    if (string.CompareOrdinal(text, name, wanted, 0, wanted.Length) == 0)
                        return entry;
                    entry += BitConverter.ToInt32(file, entry + 12);
                }
                next = BitConverter.ToInt32(file, need + 12);
            }
        }
        return -1;
    }
}
