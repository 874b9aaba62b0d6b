using System.Runtime.CompilerServices;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules
{
    /// <summary>Modules one after the other, named 0, 1, … where they have no names of their own.</summary>
    public sealed class Sequential : Module<Tensor, Tensor>
    {
        private readonly List<Module<Tensor, Tensor>> steps = [];

        internal Sequential(IEnumerable<(string name, Module<Tensor, Tensor> module)> modules) : base(nameof(Sequential))
        {
            foreach ((string name, Module<Tensor, Tensor> module) in modules) append(name, module);
        }

        public int Count => steps.Count;

        [IndexerName("SequentialItems")]
        public IModule<Tensor, Tensor> this[int index] => steps[index];

        /// <summary>The same modules, from one to another, under the names they have.</summary>
        [IndexerName("SequentialItems")]
        public Sequential this[Range index]
        {
            get
            {
                (int start, int length) = index.GetOffsetAndLength(Count);
                return new Sequential(named_children().Skip(start).Take(length).Select(c => (c.name, (Module<Tensor, Tensor>)c.module)));
            }
        }

        public Sequential append(string name, IModule<Tensor, Tensor> module)
        {
            var step = (Module<Tensor, Tensor>)module;
            register_module(name, step);
            steps.Add(step);
            return this;
        }

        public Sequential append(IModule<Tensor, Tensor> module) => append(steps.Count.ToString(), module);

        /// <summary>What one module hands to the next is disposed once it has been used; autograd keeps what it needs.</summary>
        public override Tensor forward(Tensor tensor)
        {
            if (steps.Count == 0) return tensor.alias();
            Tensor result = steps[0].call(tensor);
            for (int i = 1; i < steps.Count; i++)
            {
                Tensor next = steps[i].call(result);
                if (!ReferenceEquals(next, result) && !ReferenceEquals(result, tensor)) result.Dispose();
                result = next;
            }
            return result;
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Sequential Sequential() => new([]);
            public static Modules.Sequential Sequential(params Module<Tensor, Tensor>[] modules) => Sequential((IEnumerable<Module<Tensor, Tensor>>)modules);
            public static Modules.Sequential Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules) => new(modules);
            public static Modules.Sequential Sequential(IEnumerable<Module<Tensor, Tensor>> modules) => new(modules.Select((module, i) => (i.ToString(), module)));
            public static Modules.Sequential Sequential(IEnumerable<(string name, Module<Tensor, Tensor> submodule)> modules) => new(modules);
        }
    }
}
