using static TorchSharp.torch;

namespace Tests;

public class BackendTests
{
    [Fact]
    public void TensorFloat32IsSetAsInPython()
    {
        Assert.Equal((false, true), (backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32));
        backends.cuda.matmul.allow_tf32 = true;
        backends.cudnn.allow_tf32 = false;
        Assert.Equal((true, false), (backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32));
        backends.cuda.matmul.allow_tf32 = false;
        backends.cudnn.allow_tf32 = true;
    }
}
