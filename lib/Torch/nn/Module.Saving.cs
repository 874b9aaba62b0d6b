using System.Text;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        // TorchSharp's own format: how many entries, and for each its name, type, shape and bytes.
        public abstract partial class Module
        {
            /// <summary>Writes the state in TorchSharp's own format, beside <paramref name="location"/> first and then in its place.</summary>
            /// <param name="skip">Names to leave out.</param>
            public virtual Module save(string location, IList<string>? skip = null)
            {
                string beside = location + ".partial";
                using (FileStream stream = File.Create(beside)) save(stream, skip);
                File.Move(beside, location, overwrite: true);
                return this;
            }

            /// <inheritdoc cref="save(string, IList{string})"/>
            public virtual Module save(Stream stream, IList<string>? skip = null)
            {
                using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
                return save(writer, skip);
            }

            /// <inheritdoc cref="save(string, IList{string})"/>
            public virtual Module save(BinaryWriter writer, IList<string>? skip = null)
            {
                save_state_dict(writer, state_dict(), skip);
                return this;
            }

            /// <inheritdoc cref="save(string, IList{string})"/>
            public static void save_state_dict(BinaryWriter writer, Dictionary<string, Tensor> sd, IList<string>? skip = null)
            {
                KeyValuePair<string, Tensor>[] kept = [.. sd.Where(s => skip?.Contains(s.Key) != true)];
                writer.Write7BitEncodedInt64(kept.Length);
                foreach ((string name, Tensor tensor) in kept)
                {
                    writer.Write(name);
                    tensor.Save(writer);
                }
            }

            /// <summary>Reads what <see cref="save(string, IList{string})"/> wrote; shapes have to agree.</summary>
            /// <param name="strict">Names on one side alone are an error.</param>
            /// <param name="skip">Names to leave alone.</param>
            /// <param name="loadedParameters">Told of each name of the module whether it was loaded.</param>
            /// <exception cref="InvalidDataException">It is no such file, or a damaged one.</exception>
            /// <exception cref="InvalidOperationException">Its names or shapes are not the module's, which is as it was.</exception>
            public virtual Module load(string location, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
            {
                using FileStream stream = File.OpenRead(location);
                return load(stream, strict, skip, loadedParameters);
            }

            /// <inheritdoc cref="load(string, bool, IList{string}, Dictionary{string, bool})"/>
            public virtual Module load(Stream stream, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
            {
                using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
                return load(reader, strict, skip, loadedParameters);
            }

            /// <inheritdoc cref="load(string, bool, IList{string}, Dictionary{string, bool})"/>
            public virtual Module load(BinaryReader reader, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
            {
                using DisposeScope scope = NewDisposeScope();
                var read = new Dictionary<string, Tensor>();
                try
                {
                    for (long left = reader.Read7BitEncodedInt64(); left > 0; left--)
                    {
                        string name = reader.ReadString();
                        if (!read.TryAdd(name, TensorExtensionMethods.Load(reader))) throw new InvalidDataException($"Not a sound file of weights: two of its tensors are named {name}");
                    }
                }
                catch (Exception e) when (e is IOException or FormatException or DecoderFallbackException or ArgumentException)
                {
                    throw new InvalidDataException($"Not a sound file of weights: {e.Message}", e);
                }
                Load(read, strict, skip, loadedParameters);
                return this;
            }

            /// <summary>Loads a state dict and tells of each name whether it was in it.</summary>
            internal void Load(Dictionary<string, Tensor> source, bool strict, IList<string>? skip, Dictionary<string, bool>? loadedParameters)
            {
                load_state_dict(source, strict, skip);
                if (loadedParameters is null) return;
                foreach (string name in state_dict().Keys) loadedParameters[name] = source.ContainsKey(name) && skip?.Contains(name) != true;
            }
        }
    }
}
