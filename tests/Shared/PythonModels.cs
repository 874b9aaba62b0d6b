namespace Tests;

/// <summary>
/// The networks of the experiments in Python, for tests and benchmarks: layers, names and order of drawing as in the
/// models here.
/// </summary>
internal static class PythonModels
{
    public const string Source = """
        import torch
        from torch import nn
        class Layers(nn.Module):
            def __init__(self, *layers):
                super().__init__()
                self.layers = nn.Sequential(*layers)
            def forward(self, x): return self.layers(x)
        class Images(Layers):
            def forward(self, x): return self.layers(x.unsqueeze(1))
        class Crnn(nn.Module):
            def __init__(self):
                super().__init__()
                layers, channels = [], 1
                for f, p in [(64, (2, 2)), (128, (4, 2)), (128, (4, 2)), (128, (4, 2))]:
                    layers += [nn.Conv2d(channels, f, 3, padding="same"), nn.ELU(), nn.MaxPool2d(p), nn.Dropout(0.1)]
                    channels = f
                self.convolutions = nn.Sequential(*layers)
                self.dropout = nn.Dropout(0.3)
                self.gru1 = nn.GRU(128, 32, batch_first=True)
                self.gru2 = nn.GRU(32, 32, batch_first=True)
                self.fc = nn.Linear(32, 1)
            def forward(self, x):
                x = self.convolutions(x.unsqueeze(1)).squeeze(2).transpose(1, 2)
                x, _ = self.gru1(self.dropout(x))
                _, h = self.gru2(self.dropout(x))
                return self.fc(h.squeeze(0)).squeeze(1).sigmoid()
        class Lstm(nn.Module):
            def __init__(self, batch_first):
                super().__init__()
                self.lstm1 = nn.LSTM(13, 64, 2, bidirectional=True, batch_first=batch_first)
                self.dropout = nn.Dropout(0.5)
                self.fc = nn.Linear(128, 1)
                self.fc2 = nn.Linear(44, 1)
            def forward(self, x):
                x, _ = self.lstm1(x)
                x = torch.relu(self.fc(self.dropout(x))).squeeze(2)
                return torch.sigmoid(self.fc2(x)).squeeze(1)
        def mlp(bands, frames):
            return Layers(nn.Flatten(), nn.Linear(bands * frames, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(),
                          nn.Linear(64, 1), nn.Flatten(0), nn.Sigmoid())
        def cnn(filters, kernels, dropout, bands, frames):
            layers, channels = [], 1
            for f, k, p in zip(filters, kernels, [(2, 4), (2, 4), (2, 2), (2, 2)]):
                layers += [nn.Conv2d(channels, f, k, padding="same"), nn.ReLU(), nn.MaxPool2d(p)]
                channels, bands, frames = f, bands // p[0], frames // p[1]
            layers += [nn.Flatten(), nn.Linear(channels * bands * frames, 128), nn.ReLU()] + dropout
            layers += [nn.Linear(128, 1), nn.Flatten(0), nn.Sigmoid()]
            return Images(*layers)
        def cnn1(bands, frames): return cnn([16, 32, 64, 128], [3] * 4, [nn.Dropout(0.3)], bands, frames)
        def cnn2(bands, frames): return cnn([32, 64, 128, 128], [(2, 3)] * 3 + [3], [], bands, frames)
        def resnet(kind, channels):
            import torchvision
            # torchvision's constructor with another first convolution, drawn in its place.
            first = nn.Conv2d
            class Channels(first):
                def __init__(self, i, o, *a, **k): super().__init__(channels if i == 3 else i, o, *a, **k)
            torchvision.models.resnet.nn.Conv2d = Channels
            try: return getattr(torchvision.models, kind)(num_classes=2)
            finally: torchvision.models.resnet.nn.Conv2d = first
        def spectrogram():
            return Layers(nn.Conv2d(3, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(32 * 15 * 19, 64),
                          nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 3))
        def spotify():
            return Layers(nn.Linear(96, 80), nn.ReLU(), nn.Linear(80, 80), nn.ReLU(), nn.Linear(80, 80), nn.ReLU(),
                          nn.Linear(80, 4))

        """;
}
