using TorchSharp;
using static TorchSharp.torch;

namespace Tests;

public class DisposeScopeTests
{
    [Fact]
    public void DisposesWhatWasMadeInIt()
    {
        Tensor outside = ones(2), inside, outer, detached;
        using (NewDisposeScope())
        {
            using (DisposeScope scope = NewDisposeScope())
            {
                inside = ones(2);
                outer = ones(2).MoveToOuterDisposeScope();
                detached = ones(2).DetachFromDisposeScope();
                Assert.True(scope.Contains(inside));
                Assert.False(scope.Contains(outer));
                Assert.Equal(1, scope.DisposablesCount);
                Assert.Same(scope, CurrentDisposeScope);
            }
            Assert.True(inside.IsInvalid);
            Assert.False(outer.IsInvalid);
        }
        Assert.True(outer.IsInvalid);
        Assert.False(detached.IsInvalid);
        Assert.False(outside.IsInvalid);
        Assert.Null(CurrentDisposeScope);
        detached.Dispose();
        outside.Dispose();
    }

    [Fact]
    public void KeepsMovesAndAttaches()
    {
        Tensor outside = ones(2), kept, first, second;
        using DisposeScope outer = NewDisposeScope();
        using (DisposeScope scope = NewDisposeScope())
        {
            Tensor lost = ones(2);
            kept = scope.DisposeEverythingBut(ones(2));
            Assert.True(lost.IsInvalid);
            Assert.False(kept.IsInvalid);
            scope.Attach(outside);
            (first, second) = scope.MoveToOuter(ones(2), ones(2));
            lost = ones(2);
            lost.Dispose();
            Assert.Equal(2, scope.DisposablesCount);
        }
        Assert.True(kept.IsInvalid);
        Assert.True(outside.IsInvalid);
        Assert.Equal([first, second], outer.DisposablesView);
    }

    [Fact]
    public void MovingOutOfTheOutermostScopeDetaches()
    {
        Tensor result = WrappedTensorDisposeScope(() => ones(2) + ones(2));
        Assert.Equal([2f, 2f], result.data<float>());
        result.Dispose();
    }

    [Fact]
    public void StatisticsCountTheThreadsTensors()
    {
        LifetimeStatistics statistics = DisposeScopeManager.Statistics.TensorStatistics;
        statistics.Reset();
        Tensor outside = ones(2);
        using (NewDisposeScope())
        {
            ones(2);
            ones(2).Dispose();
            outside.MoveToOtherDisposeScope(CurrentDisposeScope).DetachFromDisposeScope();
        }
        outside.Dispose();
        Assert.Equal((1, 2, 1, 2), (statistics.CreatedOutsideScopeCount, statistics.CreatedInScopeCount, statistics.DisposedOutsideScopeCount, statistics.DisposedInScopeCount));
        Assert.Equal((1, 1, 0), (statistics.AttachedToScopeCount, statistics.DetachedFromScopeCount, statistics.ThreadTotalLiveCount));
    }

    [Fact]
    public void ScopesMayCloseOutOfOrder()
    {
        DisposeScope first = NewDisposeScope(), second = NewDisposeScope();
        first.Dispose();
        Assert.Same(second, CurrentDisposeScope);
        second.Dispose();
        Assert.Null(CurrentDisposeScope);
    }
}
