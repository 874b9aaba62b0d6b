using System.Collections;
using System.Diagnostics.CodeAnalysis;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Modules by name, in the order in which they were added.</summary>
    public class ModuleDict<T> : nn.Module, IDictionary<string, T>, IList<(string, T)> where T : nn.Module
    {
        private readonly List<(string, T)> list = [];

        public ModuleDict() : base("ModuleDict") { }

        public T this[string key]
        {
            get => TryGetValue(key, out T? value) ? value : throw new KeyNotFoundException($"No module is named {key}");
            set
            {
                int at = list.FindIndex(item => item.Item1 == key);
                if (at < 0) Add(key, value);
                else this[at] = (key, value);
            }
        }

        public (string, T) this[int index]
        {
            get => list[index];
            set
            {
                list[index] = value;
                Register();
            }
        }

        public int Count => list.Count;
        public bool IsReadOnly => false;
        public ICollection<string> Keys => [.. keys()];
        public ICollection<T> Values => [.. values()];

        public IEnumerator<(string, T)> items() => list.GetEnumerator();
        public IEnumerable<string> keys() => list.Select(item => item.Item1);
        public IEnumerable<T> values() => list.Select(item => item.Item2);

        public void Add(string key, T value)
        {
            register_module(key, value);
            list.Add((key, value));
        }

        public void Add((string, T) item) => Add(item.Item1, item.Item2);
        public void Add(KeyValuePair<string, T> item) => Add(item.Key, item.Value);

        public void Insert(int index, (string, T) item)
        {
            if (ContainsKey(item.Item1)) throw new ArgumentException($"A module is named {item.Item1} already");
            list.Insert(index, item);
            Register();
        }

        public bool Remove(string key)
        {
            bool removed = list.RemoveAll(item => item.Item1 == key) > 0;
            Register();
            return removed;
        }

        public bool Remove((string, T) item) => Contains(item) && Remove(item.Item1);
        public bool Remove(KeyValuePair<string, T> item) => Remove((item.Key, item.Value));
        public void RemoveAt(int index) => Remove(list[index].Item1);

        public void Clear()
        {
            list.Clear();
            Register();
        }

        public void clear() => Clear();
        public bool Contains((string, T) item) => list.Contains(item);
        public bool Contains(KeyValuePair<string, T> item) => Contains((item.Key, item.Value));
        public bool ContainsKey(string key) => list.Exists(item => item.Item1 == key);
        public int IndexOf((string, T) item) => list.IndexOf(item);

        public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value)
        {
            int at = list.FindIndex(item => item.Item1 == key);
            value = at < 0 ? null : list[at].Item2;
            return at >= 0;
        }

        public void CopyTo((string, T)[] array, int arrayIndex) => list.CopyTo(array, arrayIndex);

        public void CopyTo(KeyValuePair<string, T>[] array, int arrayIndex)
        {
            foreach ((string key, T value) in list) array[arrayIndex++] = new(key, value);
        }

        public IEnumerator<(string, T)> GetEnumerator() => list.GetEnumerator();
        IEnumerator<KeyValuePair<string, T>> IEnumerable<KeyValuePair<string, T>>.GetEnumerator() => list.Select(item => new KeyValuePair<string, T>(item.Item1, item.Item2)).GetEnumerator();
        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        private void Register() => ReplaceModules(list.Select(item => (item.Item1, (nn.Module)item.Item2)));
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static ModuleDict<Module> ModuleDict(params (string, Module)[] modules) => ModuleDict<Module>(modules);

            public static ModuleDict<T> ModuleDict<T>(params (string, T)[] modules) where T : Module
            {
                var dictionary = new ModuleDict<T>();
                foreach ((string name, T module) in modules) dictionary.Add(name, module);
                return dictionary;
            }
        }
    }
}
