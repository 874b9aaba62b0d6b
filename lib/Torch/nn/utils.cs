using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class utils
        {
            /// <summary>Scales all gradients so that their norm together is <paramref name="max_norm"/> at most.</summary>
            /// <returns>The norm before.</returns>
            public static unsafe double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2)
            {
                Parameter[] parameters = [.. tensors];
                nint[] handles = Array.ConvertAll(parameters, p => p.Handle);
                double norm;
                fixed (nint* list = handles) Library.Check(Library.torch_clip_grad_norm(list, handles.Length, max_norm, norm_type, &norm));
                GC.KeepAlive(parameters);
                return norm;
            }
        }
    }
}
