using static TorchSharp.torch;

namespace TorchSharp.PyBridge;

/// <summary>Weights from and to files that Python reads and writes.</summary>
public static class PyBridgeModuleExtensions
{
    /// <summary>Writes the module's state as torch.save does today, beside <paramref name="location"/> first and then in its place.</summary>
    /// <param name="skip">Names to leave out.</param>
    public static nn.Module save_py(this nn.Module module, string location, IList<string>? skip = null)
    {
        string beside = location + ".partial";
        using (FileStream stream = File.Create(beside)) module.save_py(stream, skip);
        File.Move(beside, location, overwrite: true);
        return module;
    }

    /// <inheritdoc cref="save_py(nn.Module, string, IList{string})"/>
    public static nn.Module save_py(this nn.Module module, Stream stream, IList<string>? skip = null, bool leaveOpen = false)
    {
        var state = new OrderedDictionary<object, object?>();
        foreach ((string name, Tensor tensor) in module.state_dict())
            if (skip?.Contains(name) != true) state[name] = tensor;
        Checkpoint.Write(stream, state);
        if (!leaveOpen) stream.Dispose();
        return module;
    }

    /// <summary>Reads the module's state from a file of torch.save, today's or that of before 1.6; values are converted to the types the module has.</summary>
    /// <param name="strict">Names on one side alone are an error; shapes always have to agree.</param>
    /// <param name="skip">Names to leave alone.</param>
    /// <param name="loadedParameters">Told of each name of the module whether it was loaded.</param>
    /// <exception cref="InvalidDataException">It is no such file, a damaged one, or one that holds more than a state dict.</exception>
    /// <exception cref="InvalidOperationException">Its names or shapes are not the module's, which is as it was.</exception>
    public static nn.Module load_py(this nn.Module module, string location, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
    {
        using FileStream stream = File.OpenRead(location);
        return module.load_py(stream, strict, skip, loadedParameters);
    }

    /// <inheritdoc cref="load_py(nn.Module, string, bool, IList{string}, Dictionary{string, bool})"/>
    public static nn.Module load_py(this nn.Module module, Stream stream, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null, bool leaveOpen = false)
    {
        using DisposeScope scope = NewDisposeScope();
        if (Checkpoint.Read(stream) is not OrderedDictionary<object, object?> state) throw Checkpoint.Damaged("it holds no state dict");
        var stored = new Dictionary<string, StoredTensor>();
        foreach ((object name, object? value) in state)
            stored[name as string ?? throw Checkpoint.Damaged($"an entry is named {name}, which is no text")] = value as StoredTensor ?? throw Checkpoint.Damaged($"its entry {name} is no tensor");
        Dictionary<string, Tensor> own = module.state_dict();
        module.Compare(own, stored.ToDictionary(s => s.Key, s => s.Value.Size), strict, skip);
        module.Load(stored.Where(s => own.ContainsKey(s.Key)).ToDictionary(s => s.Key, s => s.Value.View()), false, skip, loadedParameters);
        if (!leaveOpen) stream.Dispose();
        return module;
    }

    /// <summary>Writes the module's state as safetensors, beside <paramref name="location"/> first and then in its place.</summary>
    /// <param name="skip">Names to leave out.</param>
    public static nn.Module save_safetensors(this nn.Module module, string location, IList<string>? skip = null)
    {
        string beside = location + ".partial";
        using (FileStream stream = File.Create(beside)) module.save_safetensors(stream, skip);
        File.Move(beside, location, overwrite: true);
        return module;
    }

    /// <inheritdoc cref="save_safetensors(nn.Module, string, IList{string})"/>
    public static nn.Module save_safetensors(this nn.Module module, Stream stream, IList<string>? skip = null, bool leaveOpen = false)
    {
        SafeTensors.Write(stream, module.state_dict().Where(s => skip?.Contains(s.Key) != true));
        if (!leaveOpen) stream.Dispose();
        return module;
    }

    /// <summary>Reads the module's state from safetensors; values are converted to the types the module has.</summary>
    /// <param name="strict">Names on one side alone are an error; shapes always have to agree.</param>
    /// <param name="skip">Names to leave alone.</param>
    /// <param name="loadedParameters">Told of each name of the module whether it was loaded.</param>
    /// <exception cref="InvalidDataException">It is no safetensors file, or a damaged one.</exception>
    /// <exception cref="InvalidOperationException">Its names or shapes are not the module's, which is as it was.</exception>
    public static nn.Module load_safetensors(this nn.Module module, string location, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
    {
        using FileStream stream = File.OpenRead(location);
        return module.load_safetensors(stream, strict, skip, loadedParameters);
    }

    /// <inheritdoc cref="load_safetensors(nn.Module, string, bool, IList{string}, Dictionary{string, bool})"/>
    public static nn.Module load_safetensors(this nn.Module module, Stream stream, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null, bool leaveOpen = false)
    {
        Dictionary<string, Tensor> own = module.state_dict();
        List<SafeTensors.Entry> entries = SafeTensors.ReadHeader(stream);
        module.Compare(own, entries.ToDictionary(e => e.Name, e => e.Shape), strict, skip);
        if (loadedParameters is not null)
            foreach (string name in own.Keys) loadedParameters[name] = false;

        // Everything is read before anything is changed, so that a file that ends too soon leaves the module as it was.
        using DisposeScope scope = NewDisposeScope();
        using IDisposable no_grad = torch.no_grad();
        var read = new Dictionary<string, Tensor>();
        foreach (SafeTensors.Entry entry in entries)
        {
            if (own.ContainsKey(entry.Name) && skip?.Contains(entry.Name) != true) read[entry.Name] = SafeTensors.ReadTensor(stream, entry);
            else SafeTensors.Skip(stream, entry);
        }
        foreach ((string name, Tensor value) in read)
        {
            own[name].copy_(value);
            if (loadedParameters is not null) loadedParameters[name] = true;
        }
        if (!leaveOpen) stream.Dispose();
        return module;
    }
}
