using System.Reflection;
using System.Text.RegularExpressions;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>
        /// Parameters, buffers and submodules under names. A custom module declares them as fields and calls
        /// <see cref="RegisterComponents"/> at the end of its constructor, which registers them under the fields' names.
        /// </summary>
        public abstract partial class Module : IDisposable
        {
            private readonly string name;
            private readonly List<(string name, Parameter parameter)> ownParameters = [];
            private readonly List<(string name, Tensor buffer, bool persistent)> ownBuffers = [];
            private readonly List<(string name, Module module)> ownModules = [];

            protected Module(string name) => this.name = name;

            public virtual string GetName() => name;

            /// <summary>Whether dropout drops and batch normalization learns.</summary>
            public virtual bool training { get; private set; } = true;

            public virtual void train(bool train = true)
            {
                training = train;
                foreach ((_, Module child) in ownModules) child.train(train);
            }

            public virtual void eval() => train(false);

            /// <summary>
            /// Registers every field that holds a parameter, a module or a tensor (as a buffer), in the order of their declaration;
            /// <see cref="ComponentNameAttribute"/> gives another name than the field's.
            /// </summary>
            protected virtual void RegisterComponents()
            {
                foreach (FieldInfo field in GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).OrderBy(f => f.MetadataToken))
                {
                    string component = ComponentName(field);
                    switch (field.GetValue(this))
                    {
                        case Module module: register_module(component, module); break;
                        case Parameter parameter: register_parameter(component, parameter); break;
                        case Tensor tensor: register_buffer(component, tensor); break;
                    }
                }
            }

            private string ComponentName(FieldInfo field)
            {
                Match property = Regex.Match(field.Name, "^<(.+)>k__BackingField$");
                MemberInfo member = property.Success ? GetType().GetProperty(property.Groups[1].Value, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic) ?? (MemberInfo)field : field;
                return member.GetCustomAttribute<ComponentNameAttribute>()?.Name ?? member.Name;
            }

            public virtual void register_parameter(string name, Parameter param)
            {
                CheckNew(name);
                param.DetachFromDisposeScope();
                ownParameters.Add((name, param));
            }

            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                CheckNew(name);
                tensor.DetachFromDisposeScope();
                ownBuffers.Add((name, tensor, persistent));
            }

            public virtual void register_module(string name, Module submodule)
            {
                CheckNew(name);
                CheckTree(submodule);
                ownModules.Add((name, submodule));
            }

            public virtual void add_module(string name, Module module) => register_module(name, module);

            /// <summary>Takes other submodules in the place of those registered so far.</summary>
            private protected void ReplaceModules(IEnumerable<(string name, Module module)> modules)
            {
                (string name, Module module)[] all = [.. modules];
                foreach ((_, Module module) in all) CheckTree(module);
                ownModules.Clear();
                ownModules.AddRange(all);
            }

            // What walks a module that contains itself does not come back.
            private void CheckTree(Module submodule)
            {
                if (submodule.Tree().Any(m => m.module == this)) throw new ArgumentException($"{GetName()} can't be a part of itself");
            }

            /// <summary>Takes other parameters in the place of those registered so far.</summary>
            private protected void ReplaceParameters(IEnumerable<(string name, Parameter parameter)> parameters)
            {
                ownParameters.Clear();
                ownParameters.AddRange(parameters);
                foreach ((_, Parameter parameter) in ownParameters) parameter.DetachFromDisposeScope();
            }

            private void CheckNew(string name)
            {
                if (name.Length == 0 || name.Contains('.')) throw new ArgumentException($"'{name}' is no name for a part of a module: it is empty or has a dot");
                if (ownParameters.Any(p => p.name == name) || ownBuffers.Any(b => b.name == name) || ownModules.Any(m => m.name == name))
                    throw new InvalidOperationException($"{GetName()} has a part named '{name}' already");
            }

            /// <summary>Each parameter once, even where two modules share it.</summary>
            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var seen = new HashSet<Parameter>(ReferenceEqualityComparer.Instance);
                foreach ((string prefix, Module module) in recurse ? Tree() : [("", this)])
                    foreach ((string name, Parameter parameter) in module.ownParameters)
                        if (seen.Add(parameter)) yield return (prefix + name, parameter);
            }

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(p => p.parameter);

            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                foreach ((string prefix, Module module) in recurse ? Tree() : [("", this)])
                    foreach ((string name, Tensor buffer, bool persistent) in module.ownBuffers)
                        if (persistent || include_nonpersistent) yield return (prefix + name, buffer);
            }

            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(b => b.buffer);

            public virtual IEnumerable<(string name, Module module)> named_children() => ownModules;
            public virtual IEnumerable<Module> children() => ownModules.Select(m => m.module);

            /// <summary>The submodules and theirs, without the module itself.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules() => Tree().Skip(1).Select(m => (m.prefix[..^1], m.module));

            public virtual IEnumerable<Module> modules() => named_modules().Select(m => m.module);

            /// <summary>The module and all below it, parents first, with what stands before the names of their parts.</summary>
            private IEnumerable<(string prefix, Module module)> Tree()
            {
                yield return ("", this);
                foreach ((string name, Module child) in ownModules)
                    foreach ((string prefix, Module module) in child.Tree())
                        yield return ($"{name}.{prefix}", module);
            }

            public virtual bool has_parameter(string target) => get_parameter(target) is not null;
            public virtual bool has_buffer(string target) => get_buffer(target) is not null;
            public virtual Parameter? get_parameter(string target) => named_parameters().FirstOrDefault(p => p.name == target).parameter;
            public virtual Tensor? get_buffer(string target) => named_buffers().FirstOrDefault(b => b.name == target).buffer;

            /// <summary>Calls <paramref name="fn"/> with each submodule, then with the module itself.</summary>
            public virtual Module apply(Action<Module> fn)
            {
                foreach ((_, Module child) in ownModules) child.apply(fn);
                fn(this);
                return this;
            }

            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach (Parameter parameter in parameters())
                {
                    if (set_to_none)
                    {
                        parameter.grad = null;
                        continue;
                    }
                    using Tensor? grad = parameter.grad;
                    grad?.zero_();
                }
            }

            /// <summary>Moves parameters, their gradients and buffers; a type is given to those of floating point alone.</summary>
            internal void Move(Device? device, ScalarType? type)
            {
                using IDisposable no_grad = torch.no_grad();
                foreach (Tensor tensor in parameters().Concat(buffers()).ToArray())
                {
                    using (Tensor moved = Moved(tensor)) Aten.Run("set_data", tensor, moved);
                    using Tensor? grad = tensor.grad;
                    if (grad is null) continue;
                    using Tensor movedGrad = Moved(grad);
                    tensor.grad = movedGrad;
                }

                Tensor Moved(Tensor tensor) => tensor.to(tensor.is_floating_point() ? type ?? tensor.dtype : tensor.dtype, device ?? tensor.device);
            }

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
                if (!disposing) return;
                foreach ((_, Parameter parameter) in ownParameters) parameter.Dispose();
                foreach ((_, Tensor buffer, _) in ownBuffers) buffer.Dispose();
                foreach ((_, Module child) in ownModules) child.Dispose();
            }
        }

        public interface IModule<T, TResult>
        {
            TResult call(T input1);
        }

        public interface IModule<T1, T2, TResult>
        {
            TResult call(T1 input1, T2 input2);
        }

        public interface IModule<T1, T2, T3, TResult>
        {
            TResult call(T1 input1, T2 input2, T3 input3);
        }

        public interface IModule<T1, T2, T3, T4, TResult>
        {
            TResult call(T1 input1, T2 input2, T3 input3, T4 input4);
        }

        public interface IModule<T1, T2, T3, T4, T5, TResult>
        {
            TResult call(T1 input1, T2 input2, T3 input3, T4 input4, T5 input5);
        }

        public interface IModule<T1, T2, T3, T4, T5, T6, TResult>
        {
            TResult call(T1 input1, T2 input2, T3 input3, T4 input4, T5 input5, T6 input6);
        }

        /// <summary>A module of one input.</summary>
        public abstract class Module<T, TResult>(string name) : HookableModule<Func<Module<T, TResult>, T, T>, Func<Module<T, TResult>, T, TResult, TResult>>(name), IModule<T, TResult>
        {
            public abstract TResult forward(T input);

            public TResult call(T input)
            {
                if (!Hooked) return forward(input);
                input = Before(input, (hook, given) => hook(this, given));
                return After(forward(input), (hook, result) => hook(this, input, result));
            }
        }

        /// <summary>A module of two inputs.</summary>
        public abstract class Module<T1, T2, TResult>(string name) : HookableModule<Func<Module<T1, T2, TResult>, T1, T2, (T1, T2)?>, Func<Module<T1, T2, TResult>, T1, T2, TResult, TResult>>(name), IModule<T1, T2, TResult>
        {
            public abstract TResult forward(T1 input1, T2 input2);

            public TResult call(T1 input1, T2 input2)
            {
                if (!Hooked) return forward(input1, input2);
                (input1, input2) = Before((input1, input2), (hook, given) => hook(this, given.Item1, given.Item2) ?? given);
                return After(forward(input1, input2), (hook, result) => hook(this, input1, input2, result));
            }
        }

        /// <summary>A module of three inputs.</summary>
        public abstract class Module<T1, T2, T3, TResult>(string name) : HookableModule<Func<Module<T1, T2, T3, TResult>, T1, T2, T3, (T1, T2, T3)?>, Func<Module<T1, T2, T3, TResult>, T1, T2, T3, TResult, TResult>>(name), IModule<T1, T2, T3, TResult>
        {
            public abstract TResult forward(T1 input1, T2 input2, T3 input3);

            public TResult call(T1 input1, T2 input2, T3 input3)
            {
                if (!Hooked) return forward(input1, input2, input3);
                (input1, input2, input3) = Before((input1, input2, input3), (hook, given) => hook(this, given.Item1, given.Item2, given.Item3) ?? given);
                return After(forward(input1, input2, input3), (hook, result) => hook(this, input1, input2, input3, result));
            }
        }

        /// <summary>A module of four inputs.</summary>
        public abstract class Module<T1, T2, T3, T4, TResult>(string name) : HookableModule<Func<Module<T1, T2, T3, T4, TResult>, T1, T2, T3, T4, (T1, T2, T3, T4)?>, Func<Module<T1, T2, T3, T4, TResult>, T1, T2, T3, T4, TResult, TResult>>(name), IModule<T1, T2, T3, T4, TResult>
        {
            public abstract TResult forward(T1 input1, T2 input2, T3 input3, T4 input4);

            public TResult call(T1 input1, T2 input2, T3 input3, T4 input4)
            {
                if (!Hooked) return forward(input1, input2, input3, input4);
                (input1, input2, input3, input4) = Before((input1, input2, input3, input4), (hook, given) => hook(this, given.Item1, given.Item2, given.Item3, given.Item4) ?? given);
                return After(forward(input1, input2, input3, input4), (hook, result) => hook(this, input1, input2, input3, input4, result));
            }
        }

        /// <summary>A module of five inputs.</summary>
        public abstract class Module<T1, T2, T3, T4, T5, TResult>(string name) : HookableModule<Func<Module<T1, T2, T3, T4, T5, TResult>, T1, T2, T3, T4, T5, (T1, T2, T3, T4, T5)?>, Func<Module<T1, T2, T3, T4, T5, TResult>, T1, T2, T3, T4, T5, TResult, TResult>>(name), IModule<T1, T2, T3, T4, T5, TResult>
        {
            public abstract TResult forward(T1 input1, T2 input2, T3 input3, T4 input4, T5 input5);

            public TResult call(T1 input1, T2 input2, T3 input3, T4 input4, T5 input5)
            {
                if (!Hooked) return forward(input1, input2, input3, input4, input5);
                (input1, input2, input3, input4, input5) = Before((input1, input2, input3, input4, input5), (hook, given) => hook(this, given.Item1, given.Item2, given.Item3, given.Item4, given.Item5) ?? given);
                return After(forward(input1, input2, input3, input4, input5), (hook, result) => hook(this, input1, input2, input3, input4, input5, result));
            }
        }

        /// <summary>A module of six inputs.</summary>
        public abstract class Module<T1, T2, T3, T4, T5, T6, TResult>(string name) : HookableModule<Func<Module<T1, T2, T3, T4, T5, T6, TResult>, T1, T2, T3, T4, T5, T6, (T1, T2, T3, T4, T5, T6)?>, Func<Module<T1, T2, T3, T4, T5, T6, TResult>, T1, T2, T3, T4, T5, T6, TResult, TResult>>(name), IModule<T1, T2, T3, T4, T5, T6, TResult>
        {
            public abstract TResult forward(T1 input1, T2 input2, T3 input3, T4 input4, T5 input5, T6 input6);

            public TResult call(T1 input1, T2 input2, T3 input3, T4 input4, T5 input5, T6 input6)
            {
                if (!Hooked) return forward(input1, input2, input3, input4, input5, input6);
                (input1, input2, input3, input4, input5, input6) = Before((input1, input2, input3, input4, input5, input6), (hook, given) => hook(this, given.Item1, given.Item2, given.Item3, given.Item4, given.Item5, given.Item6) ?? given);
                return After(forward(input1, input2, input3, input4, input5, input6), (hook, result) => hook(this, input1, input2, input3, input4, input5, input6, result));
            }
        }
    }
}
