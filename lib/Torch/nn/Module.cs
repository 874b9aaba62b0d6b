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
            private bool componentsRegistered;

            /// <summary>What is registered, for classes that register otherwise than by the methods.</summary>
            protected readonly OrderedDict<string, Parameter> _internal_params = new();

            /// <inheritdoc cref="_internal_params"/>
            protected readonly OrderedDict<string, (Tensor buffer, bool persistent)> _internal_buffers = new();

            /// <inheritdoc cref="_internal_params"/>
            protected readonly OrderedDict<string, Module> _internal_submodules = new();

            protected Module(string name) => this.name = name;

            public virtual string GetName() => name;

            /// <summary>Whether dropout drops and batch normalization learns.</summary>
            public virtual bool training { get; private set; } = true;

            public virtual void train(bool train = true)
            {
                training = train;
                foreach (Module child in _internal_submodules.values()) child.train(train);
            }

            public virtual void eval() => train(false);

            /// <summary>
            /// Registers every field that holds a parameter, a module or a tensor (as a buffer), in the order of their declaration, those of base
            /// classes first, but for names that are taken. <see cref="ComponentNameAttribute"/> gives another name than the field's.
            /// It is called for a module of yours that never called it when another one takes it in.
            /// </summary>
            protected virtual void RegisterComponents()
            {
                componentsRegistered = true;
                foreach (FieldInfo field in Fields(GetType()))
                {
                    string component = ComponentName(field);
                    if (Taken(component)) continue;
                    switch (field.GetValue(this))
                    {
                        case Module module: register_module(component, module); break;
                        case Parameter parameter: register_parameter(component, parameter); break;
                        case Tensor tensor: register_buffer(component, tensor); break;
                    }
                }
            }

            /// <summary>The fields of a class and its base classes.</summary>
            private static IEnumerable<FieldInfo> Fields(Type type) => type == typeof(Module) ? [] :
                [.. Fields(type.BaseType!), .. type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).OrderBy(f => f.MetadataToken)];

            private static string ComponentName(FieldInfo field)
            {
                Match property = Regex.Match(field.Name, "^<(.+)>k__BackingField$");
                MemberInfo member = property.Success ? field.DeclaringType!.GetProperty(property.Groups[1].Value, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic) ?? (MemberInfo)field : field;
                return member.GetCustomAttribute<ComponentNameAttribute>()?.Name ?? member.Name;
            }

            /// <param name="param">Null to forget the one of that name.</param>
            public virtual void register_parameter(string name, Parameter? param)
            {
                if (param is null)
                {
                    _internal_params.Remove(name);
                    return;
                }
                CheckNew(name);
                param.DetachFromDisposeScope();
                _internal_params.Add(name, param);
            }

            /// <param name="persistent">Whether it stands in the state dict.</param>
            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                CheckNew(name);
                tensor.DetachFromDisposeScope();
                _internal_buffers.Add(name, (tensor, persistent));
            }

            /// <param name="submodule">Null to forget the one of that name.</param>
            public virtual void register_module(string name, Module? submodule)
            {
                if (submodule is null)
                {
                    _internal_submodules.Remove(name);
                    return;
                }
                CheckNew(name);
                CheckTree(submodule);
                // Classes of this library name their parts themselves.
                if (!submodule.componentsRegistered && submodule.GetType().Assembly != typeof(Module).Assembly) submodule.RegisterComponents();
                _internal_submodules.Add(name, submodule);
            }

            public virtual void add_module(string name, Module module) => register_module(name, module);

            /// <summary>Forgets all parts, without disposing them.</summary>
            protected void ClearModules() => _internal_submodules.Clear();

            /// <summary>Takes another parameter, or none, under a name, in the place where the one before stood.</summary>
            private protected void Reregister(string name, Parameter? parameter)
            {
                if (parameter is null || !_internal_params.ContainsKey(name)) register_parameter(name, parameter);
                else _internal_params[name] = (Parameter)parameter.DetachFromDisposeScope();
            }

            /// <inheritdoc cref="Reregister(string, Parameter)"/>
            private protected void Reregister(string name, Tensor? buffer)
            {
                if (buffer is null) _internal_buffers.Remove(name);
                else if (!_internal_buffers.ContainsKey(name)) register_buffer(name, buffer);
                else _internal_buffers[name] = (buffer.DetachFromDisposeScope(), _internal_buffers[name].persistent);
            }

            /// <summary>Takes other submodules in the place of those registered so far.</summary>
            private protected void ReplaceModules(IEnumerable<(string name, Module module)> modules)
            {
                (string name, Module module)[] all = [.. modules];
                foreach ((_, Module module) in all) CheckTree(module);
                _internal_submodules.Clear();
                foreach ((string name, Module module) in all) register_module(name, module);
            }

            // What walks a module that contains itself does not come back.
            private void CheckTree(Module submodule)
            {
                if (submodule.Tree().Any(m => m.module == this)) throw new ArgumentException($"{GetName()} can't be a part of itself");
            }

            /// <summary>Takes other parameters in the place of those registered so far.</summary>
            private protected void ReplaceParameters(IEnumerable<(string name, Parameter parameter)> parameters)
            {
                _internal_params.Clear();
                foreach ((string name, Parameter parameter) in parameters) register_parameter(name, parameter);
            }

            private bool Taken(string name) => _internal_params.ContainsKey(name) || _internal_buffers.ContainsKey(name) || _internal_submodules.ContainsKey(name);

            private void CheckNew(string name)
            {
                if (name.Length == 0 || name.Contains('.')) throw new ArgumentException($"'{name}' is no name for a part of a module: it is empty or has a dot");
                if (Taken(name)) throw new InvalidOperationException($"{GetName()} has a part named '{name}' already");
            }

            /// <summary>Each parameter once, even where two modules share it.</summary>
            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var seen = new HashSet<Parameter>(ReferenceEqualityComparer.Instance);
                foreach ((string prefix, Module module) in recurse ? Tree() : [("", this)])
                    foreach ((string name, Parameter parameter) in module._internal_params)
                        if (seen.Add(parameter)) yield return (prefix + name, parameter);
            }

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(p => p.parameter);

            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                foreach ((string prefix, Module module) in recurse ? Tree() : [("", this)])
                    foreach ((string name, (Tensor buffer, bool persistent)) in module._internal_buffers)
                        if (persistent || include_nonpersistent) yield return (prefix + name, buffer);
            }

            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(b => b.buffer);

            public virtual IEnumerable<(string name, Module module)> named_children() => (IList<(string, Module)>)_internal_submodules;
            public virtual IEnumerable<Module> children() => _internal_submodules.values();

            /// <summary>The submodules and theirs, without the module itself.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules() => Tree().Skip(1).Select(m => (m.prefix[..^1], m.module));

            public virtual IEnumerable<Module> modules() => named_modules().Select(m => m.module);

            /// <summary>The module and all below it, parents first, with what stands before the names of their parts.</summary>
            private IEnumerable<(string prefix, Module module)> Tree()
            {
                yield return ("", this);
                foreach ((string name, Module child) in _internal_submodules)
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
                foreach (Module child in _internal_submodules.values()) child.apply(fn);
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

            /// <summary>Moves the module and all below it to a device; a class that keeps tensors beside its parameters and buffers overrides it.</summary>
            protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
            {
                Move(new Device(deviceType, deviceIndex), null);
                foreach (Module child in _internal_submodules.values()) child._to(deviceType, deviceIndex, non_blocking);
                return this;
            }

            /// <summary>As <see cref="_to(DeviceType, int, bool)"/>; the type is given to tensors of floating point alone.</summary>
            protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking)
            {
                Move(device, dtype);
                foreach (Module child in _internal_submodules.values()) child._to(device, dtype, non_blocking);
                return this;
            }

            /// <inheritdoc cref="_to(Device, ScalarType, bool)"/>
            protected internal virtual Module _to(ScalarType dtype, bool non_blocking)
            {
                Move(null, dtype);
                foreach (Module child in _internal_submodules.values()) child._to(dtype, non_blocking);
                return this;
            }

            /// <summary>Takes the device and the type of a tensor.</summary>
            public Module _to(Tensor other, bool non_blocking) => _to(other.device, other.dtype, non_blocking);

            /// <summary>Moves the module's own parameters, their gradients and its buffers.</summary>
            private void Move(Device? device, ScalarType? type)
            {
                using IDisposable no_grad = torch.no_grad();
                foreach (Tensor tensor in _internal_params.values().Concat(_internal_buffers.values().Select(b => b.buffer)).ToArray())
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
                foreach (Parameter parameter in _internal_params.values()) parameter.Dispose();
                foreach ((Tensor buffer, _) in _internal_buffers.values()) buffer.Dispose();
                foreach (Module child in _internal_submodules.values()) child.Dispose();
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
