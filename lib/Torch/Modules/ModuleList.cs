using System.Collections;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Modules by number, registered under their numbers.</summary>
    public class ModuleList<T> : nn.Module, IList<T> where T : nn.Module
    {
        private readonly List<T> items = [];

        public ModuleList(params T[] modules) : base("ModuleList") => extend(modules);

        public T this[int index]
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

        public void Add(T item)
        {
            items.Add(item);
            register_module((items.Count - 1).ToString(), item);
        }

        public void append(params T[] parameters) => extend(parameters);

        public void extend(IEnumerable<T> modules)
        {
            foreach (T module in modules) Add(module);
        }

        public void Insert(int index, T item)
        {
            items.Insert(index, item);
            Number();
        }

        public bool Remove(T item)
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

        public bool Contains(T item) => items.Contains(item);
        public int IndexOf(T item) => items.IndexOf(item);
        public void CopyTo(T[] array, int arrayIndex) => items.CopyTo(array, arrayIndex);
        public IEnumerator<T> GetEnumerator() => items.GetEnumerator();
        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        private void Number() => ReplaceModules(items.Select((item, i) => (i.ToString(), (nn.Module)item)));
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static ModuleList<Module> ModuleList(params Module[] modules) => new(modules);
            public static ModuleList<T> ModuleList<T>(params T[] modules) where T : Module => new(modules);
        }
    }
}
