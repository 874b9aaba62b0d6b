namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A module that calls others before and after its <c>forward</c>, wherever it is run by <c>call</c>.</summary>
        /// <typeparam name="TPreHook">Given the module and its inputs, gives other inputs or null.</typeparam>
        /// <typeparam name="TPostHook">Given the module, its inputs and its result, gives another result or null.</typeparam>
        public abstract class HookableModule<TPreHook, TPostHook> : Module where TPreHook : Delegate where TPostHook : Delegate
        {
            private readonly List<(string key, Delegate hook)> before = [], after = [];

            private protected HookableModule(string name) : base(name) { }

            private protected bool Hooked => before.Count > 0 || after.Count > 0;

            public HookRemover register_forward_pre_hook(TPreHook hook) => Register(before, hook);
            public HookRemover register_forward_pre_hook(Action<Module> hook) => Register(before, hook);
            public HookRemover register_forward_hook(TPostHook hook) => Register(after, hook);
            public HookRemover register_forward_hook(Action<Module> hook) => Register(after, hook);

            private protected TInput Before<TInput>(TInput given, Func<TPreHook, TInput, TInput?> call) => Through(before, given, call);
            private protected TResult After<TResult>(TResult given, Func<TPostHook, TResult, TResult?> call) => Through(after, given, call);

            private TValue Through<THook, TValue>(List<(string key, Delegate hook)> hooks, TValue value, Func<THook, TValue, TValue?> call) where THook : Delegate
            {
                // A hook may remove itself.
                foreach ((_, Delegate hook) in hooks.ToArray())
                {
                    if (hook is THook own) value = call(own, value) ?? value;
                    else ((Action<Module>)hook)(this);
                }
                return value;
            }

            private HookRemover Register(List<(string key, Delegate hook)> hooks, Delegate hook)
            {
                string key = Guid.NewGuid().ToString();
                hooks.Add((key, hook));
                return new HookRemover(this, key);
            }

            /// <summary>Takes a hook away again.</summary>
            public class HookRemover(HookableModule<TPreHook, TPostHook> module, string key)
            {
                public void remove()
                {
                    module.before.RemoveAll(hook => hook.key == key);
                    module.after.RemoveAll(hook => hook.key == key);
                }
            }
        }
    }
}
