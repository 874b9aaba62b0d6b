using System.Collections;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Parameters by number, registered under their numbers.</summary>
    public class ParameterList : nn.Module, IList<Parameter>
    {
        private readonly List<Parameter> items = [];

        public ParameterList(params Parameter[] parameters) : base("ParameterList") => extend(parameters);

        public Parameter this[int index]
        {
            get => items[index];
            set
            {
                items[index] = value;
                Number();
            }
        }

        public int Count => items.Count;
        public bool IsReadOnly => false;

        public void Add(Parameter item)
        {
            items.Add(item);
            register_parameter((items.Count - 1).ToString(), item);
        }

        public void append(params Parameter[] parameters) => extend(parameters);

        public void extend(IEnumerable<Parameter> parameters)
        {
            foreach (Parameter parameter in parameters) Add(parameter);
        }

        public void Insert(int index, Parameter item)
        {
            items.Insert(index, item);
            Number();
        }

        public bool Remove(Parameter item)
        {
            bool removed = items.Remove(item);
            Number();
            return removed;
        }

        public void RemoveAt(int index)
        {
            items.RemoveAt(index);
            Number();
        }

        public void Clear()
        {
            items.Clear();
            Number();
        }

        public bool Contains(Parameter item) => items.Contains(item);
        public int IndexOf(Parameter item) => items.IndexOf(item);
        public void CopyTo(Parameter[] array, int arrayIndex) => items.CopyTo(array, arrayIndex);
        public IEnumerator<Parameter> GetEnumerator() => items.GetEnumerator();
        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        private void Number() => ReplaceParameters(items.Select((item, i) => (i.ToString(), item)));
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static ParameterList ParameterList(params Parameter[] parameters) => new(parameters);
        }
    }
}
