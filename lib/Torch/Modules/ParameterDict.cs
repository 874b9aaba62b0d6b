using System.Collections;
using System.Diagnostics.CodeAnalysis;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Parameters by name, in the order in which they were added.</summary>
    public class ParameterDict : nn.Module, IDictionary<string, Parameter>, IList<(string, Parameter)>
    {
        private readonly List<(string, Parameter)> list = [];

        public ParameterDict() : base("ParameterDict") { }

        public Parameter this[string key]
        {
            get => TryGetValue(key, out Parameter? value) ? value : throw new KeyNotFoundException($"No parameter is named {key}");
            set
            {
                int at = list.FindIndex(item => item.Item1 == key);
                if (at < 0) Add(key, value);
                else this[at] = (key, value);
            }
        }

        public (string, Parameter) this[int index]
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
        public ICollection<Parameter> Values => [.. values()];

        public IEnumerator<(string, Parameter)> items() => list.GetEnumerator();
        public IEnumerable<string> keys() => list.Select(item => item.Item1);
        public IEnumerable<Parameter> values() => list.Select(item => item.Item2);

        public void Add(string key, Parameter value)
        {
            register_parameter(key, value);
            list.Add((key, value));
        }

        public void Add((string, Parameter) item) => Add(item.Item1, item.Item2);
        public void Add(KeyValuePair<string, Parameter> item) => Add(item.Key, item.Value);

        public void Insert(int index, (string, Parameter) item)
        {
            if (ContainsKey(item.Item1)) throw new ArgumentException($"A parameter is named {item.Item1} already");
            list.Insert(index, item);
            Register();
        }

        public bool Remove(string key)
        {
            bool removed = list.RemoveAll(item => item.Item1 == key) > 0;
            Register();
            return removed;
        }

        public bool Remove((string, Parameter) item) => Contains(item) && Remove(item.Item1);
        public bool Remove(KeyValuePair<string, Parameter> item) => Remove((item.Key, item.Value));
        public void RemoveAt(int index) => Remove(list[index].Item1);

        public void Clear()
        {
            list.Clear();
            Register();
        }

        public void clear() => Clear();
        public bool Contains((string, Parameter) item) => list.Contains(item);
        public bool Contains(KeyValuePair<string, Parameter> item) => Contains((item.Key, item.Value));
        public bool ContainsKey(string key) => list.Exists(item => item.Item1 == key);
        public int IndexOf((string, Parameter) item) => list.IndexOf(item);

        public bool TryGetValue(string key, [MaybeNullWhen(false)] out Parameter value)
        {
            int at = list.FindIndex(item => item.Item1 == key);
            value = at < 0 ? null : list[at].Item2;
            return at >= 0;
        }

        public void CopyTo((string, Parameter)[] array, int arrayIndex) => list.CopyTo(array, arrayIndex);

        public void CopyTo(KeyValuePair<string, Parameter>[] array, int arrayIndex)
        {
            foreach ((string key, Parameter value) in list) array[arrayIndex++] = new(key, value);
        }

        public IEnumerator<(string, Parameter)> GetEnumerator() => list.GetEnumerator();
        IEnumerator<KeyValuePair<string, Parameter>> IEnumerable<KeyValuePair<string, Parameter>>.GetEnumerator() => list.Select(item => new KeyValuePair<string, Parameter>(item.Item1, item.Item2)).GetEnumerator();
        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        private void Register() => ReplaceParameters(list);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static ParameterDict ParameterDict(params (string, Parameter)[] parameters)
            {
                var dictionary = new ParameterDict();
                foreach ((string name, Parameter parameter) in parameters) dictionary.Add(name, parameter);
                return dictionary;
            }
        }
    }
}
