namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class utils
        {
            /// <summary>Sequences of different lengths, packed so that a recurrent network computes no padding.</summary>
            public static partial class rnn
            {
                /// <param name="input">[steps, N, …], or [N, steps, …] with batch_first.</param>
                /// <param name="lengths">[N], int64 on the CPU, each between 1 and the steps.</param>
                /// <param name="enforce_sorted">The sequences come longest first; otherwise they are sorted here, and their results come back in their order.</param>
                public static PackedSequence pack_padded_sequence(Tensor input, Tensor lengths, bool batch_first = false, bool enforce_sorted = true)
                {
                    using DisposeScope scope = NewDisposeScope();
                    long steps = input.size(batch_first ? 1 : 0);
                    if (lengths.is_integral() && lengths.numel() > 0 && lengths.max().item<long>() is var longest && longest > steps) throw new ArgumentException($"A sequence is said to have {longest} steps, and the input has {steps}");
                    Tensor? order = null;
                    if (!enforce_sorted)
                    {
                        (lengths, order) = lengths.sort(0, true);
                        order = order.to(input.device);
                        input = input.index_select(batch_first ? 0 : 1, order);
                    }
                    (Tensor data, Tensor sizes) = Aten.Call2("_pack_padded_sequence", input, lengths, batch_first);
                    return new PackedSequence(data, sizes, order, order?.argsort()).MoveToOuterDisposeScope();
                }

                /// <returns>The sequences, padded to one length, and their lengths.</returns>
                /// <param name="total_length">To pad to; the longest sequence's where null.</param>
                /// <exception cref="ArgumentException"><paramref name="total_length"/> is shorter than the longest sequence.</exception>
                public static (Tensor, Tensor) pad_packed_sequence(PackedSequence sequence, bool batch_first = false, double padding_value = 0, long? total_length = null)
                {
                    long longest = sequence.batch_sizes.shape[0];
                    if (total_length < longest) throw new ArgumentException($"The longest sequence has {longest} steps, more than the total length of {total_length}");
                    using DisposeScope scope = NewDisposeScope();
                    (Tensor padded, Tensor lengths) = Aten.Call2("_pad_packed_sequence", sequence.data, sequence.batch_sizes, batch_first, (Scalar)padding_value, total_length ?? longest);
                    if (sequence.unsorted_indices is { } back) (padded, lengths) = (padded.index_select(batch_first ? 0 : 1, back), lengths.index_select(0, back.cpu()));
                    return (padded.MoveToOuterDisposeScope(), lengths.MoveToOuterDisposeScope());
                }

                /// <param name="sequences">Each [steps, …].</param>
                /// <returns>[longest, N, …], or [N, longest, …] with batch_first.</returns>
                public static Tensor pad_sequence(IEnumerable<Tensor> sequences, bool batch_first = false, double padding_value = 0) =>
                    Aten.Call("pad_sequence", sequences.ToArray(), batch_first, padding_value);

                /// <inheritdoc cref="pack_padded_sequence"/>
                /// <param name="sequences">Each [steps, …].</param>
                public static PackedSequence pack_sequence(IEnumerable<Tensor> sequences, bool enforce_sorted = true)
                {
                    Tensor[] all = [.. sequences];
                    using Tensor padded = pad_sequence(all), lengths = tensor(Array.ConvertAll(all, s => s.shape[0]));
                    return pack_padded_sequence(padded, lengths, false, enforce_sorted);
                }
            }
        }
    }
}
