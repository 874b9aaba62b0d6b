using HitSong.Training;
using static TorchSharp.torch;

namespace HitSong.Tests.Training;

public class DataLoaderTests
{
    private readonly List<Tensor> made = [];

    // A batch of 4 MB is handed over by itself; of 100 bytes 32 are handed over at once.
    private const long Large = 4 << 20,
        Small = 100;

    private IEnumerable<Batch> Plan(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Batch batch = new(zeros(1).DetachFromDisposeScope(), null, 1);
            lock (made)
                made.Add(batch.Values);
            yield return batch;
        }
        throw new InvalidDataException("the plan fails");
    }

    [Fact]
    public void Who_wants_no_more_leaves_no_batch_behind_not_even_the_one_in_hand()
    {
        using (DataLoader feed = new(Plan(1000), 1, Large))
        {
            using Batch taken = feed.Take();
            // One was taken, eight are ready, and the tenth is in hand, for which there is no room.
            Assert.True(SpinWait.SpinUntil(() => Made() == 10, TimeSpan.FromSeconds(20)), $"{Made()} were made");
        }
        Assert.Equal(10, Made());
        Assert.All(made, values => Assert.True(values.IsInvalid));

        int Made()
        {
            lock (made)
                return made.Count;
        }
    }

    [Fact]
    public void A_plan_that_fails_leaves_no_batch_behind_and_says_why()
    {
        using (DataLoader feed = new(Plan(3), 1, Small))
            Assert.Throws<InvalidDataException>(() => feed.Take());
        Assert.Equal(3, made.Count);
        Assert.All(made, values => Assert.True(values.IsInvalid));
    }
}
