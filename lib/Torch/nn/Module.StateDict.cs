namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public abstract partial class Module
        {
            /// <summary>The parameters and persistent buffers themselves, by their full names.</summary>
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                string before = string.IsNullOrEmpty(prefix) ? "" : prefix + ".";
                foreach ((string path, Module module) in Tree())
                {
                    foreach ((string name, Tensor parameter) in module._internal_params) destination[before + path + name] = parameter;
                    foreach ((string name, (Tensor buffer, bool persistent)) in module._internal_buffers)
                        if (persistent) destination[before + path + name] = buffer;
                }
                return destination;
            }

            /// <summary>Copies the values of <paramref name="source"/> into the parameters and buffers of the same names.</summary>
            /// <param name="strict">Names on one side alone are an error; shapes always have to agree.</param>
            /// <param name="skip">Names to leave alone.</param>
            /// <returns>The names that are on one side alone.</returns>
            /// <exception cref="InvalidOperationException">What does not fit, by name and shape; the module is as it was.</exception>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                Dictionary<string, Tensor> own = state_dict();
                (List<string> missing, List<string> unexpected) = Compare(own, source.ToDictionary(s => s.Key, s => s.Value.shape), strict, skip);
                using IDisposable no_grad = torch.no_grad();
                foreach ((string name, Tensor tensor) in own)
                    if (source.TryGetValue(name, out Tensor? value) && skip?.Contains(name) != true) tensor.copy_(value);
                return (missing, unexpected);
            }

            /// <summary>Compares a module's state with what is offered for it, by name and shape.</summary>
            internal (List<string> missing, List<string> unexpected) Compare(Dictionary<string, Tensor> own, Dictionary<string, long[]> offered, bool strict, IList<string>? skip)
            {
                List<string> missing = [.. own.Keys.Where(name => !offered.ContainsKey(name) && skip?.Contains(name) != true)];
                List<string> unexpected = [.. offered.Keys.Where(name => !own.ContainsKey(name) && skip?.Contains(name) != true)];
                var errors = new List<string>();
                if (strict && missing.Count > 0) errors.Add($"missing: {string.Join(", ", missing)}");
                if (strict && unexpected.Count > 0) errors.Add($"unexpected: {string.Join(", ", unexpected)}");
                foreach ((string name, Tensor tensor) in own)
                    if (skip?.Contains(name) != true && offered.TryGetValue(name, out long[]? shape) && !shape.SequenceEqual(tensor.shape))
                        errors.Add($"{name} has the shape [{string.Join(", ", tensor.shape)}] in the module and [{string.Join(", ", shape)}] in what is loaded");
                if (errors.Count > 0) throw new InvalidOperationException($"The state does not fit {GetName()}: {string.Join("; ", errors)}");
                return (missing, unexpected);
            }
        }
    }
}
