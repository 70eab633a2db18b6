"""The cases of engine.mjs in Keras 3 (compiled fit) and PyTorch (the quicker of eager and torch.compile): median milliseconds per training step, one JSON array on the last line."""
import json
import os
import statistics
import subprocess
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np

# name, kind, input shape, batch, steps timed
CASES = [
    ("LeNet-5, batch 32", "lenet", (28, 28, 1), 32, 120),
    ("LeNet-5, batch 256", "lenet", (28, 28, 1), 256, 24),
    ("aggregated Model I, batch 1000", "model1", (28, 28, 1), 1000, 4),
    ("aggregated Model III, batch 16", "model3", (28, 28, 1), 16, 120),
    ("LSTM-CNN on rows, batch 128", "lstmcnn", (28, 28), 128, 20),
    ("LSTM 128, 28 x 28, batch 32", "lstm", (28, 28), 32, 60),
    ("LSTM 128, 196 x 1, batch 32", "lstm", (196, 1), 32, 15),
    ("LSTM 128, 784 x 1, batch 32", "lstm", (784, 1), 32, 5),
    ("SimpleRNN 128, 196 x 1, batch 32", "rnn", (196, 1), 32, 15),
    ("knn report CNN+LSTM, batch 256", "knn", (28, 28, 1), 256, 4),
]


def keras_model(kind, shape):
    from keras import Sequential, layers as L

    def convolutions(first, second):
        return [L.Conv2D(first, 5, activation="relu"), L.MaxPooling2D(), L.Conv2D(second, 5, activation="relu"), L.MaxPooling2D(), L.Flatten()]

    def block(filters):
        return [L.Conv2D(filters, 3, padding="same", activation="relu"), L.BatchNormalization(), L.MaxPooling2D()]

    parts = {
        "lenet": lambda: [L.Conv2D(6, 5, padding="same", activation="tanh"), L.AveragePooling2D(2), L.Conv2D(16, 5, activation="tanh"), L.AveragePooling2D(2), L.Flatten(), L.Dense(120, activation="tanh"), L.Dense(84, activation="tanh")],
        "model1": lambda: [*convolutions(16, 32), L.Dense(32), L.Reshape((1, 32)), L.LSTM(160)],
        "model3": lambda: [*convolutions(8, 32), L.Dense(64, activation="relu")],
        "lstmcnn": lambda: [L.BatchNormalization(), L.LSTM(64, return_sequences=True), L.Conv1D(64, 3, activation="relu"), L.Flatten()],
        "lstm": lambda: [L.LSTM(128)],
        "rnn": lambda: [L.SimpleRNN(128)],
        "knn": lambda: [*block(32), *block(64), L.Reshape((7, 448)), L.LSTM(128, return_sequences=True), L.Flatten(), L.Dense(128, activation="relu")],
    }
    model = Sequential([L.Input(shape), *parts[kind](), L.Dense(10, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model


def time_keras(kind, shape, batch, steps):
    count = batch * steps
    inputs = np.random.rand(count, *shape).astype("float32")
    labels = np.arange(count) % 10
    model = keras_model(kind, shape)
    model.fit(inputs, labels, batch_size=batch, epochs=1, verbose=0)
    times = []
    for _ in range(4):
        begun = time.perf_counter()
        model.fit(inputs, labels, batch_size=batch, epochs=1, verbose=0)
        times.append((time.perf_counter() - begun) * 1000 / steps)
    return statistics.median(times)


def torch_model(kind, shape):
    from torch import nn

    class Recurrent(nn.Module):
        """A recurrence over [batch, steps, features]; the last output, or all of them."""

        def __init__(self, layer, whole=False):
            super().__init__()
            self.layer, self.whole = layer, whole

        def forward(self, x):
            outputs, _ = self.layer(x)
            return outputs if self.whole else outputs[:, -1]

    class Apply(nn.Module):
        def __init__(self, function):
            super().__init__()
            self.function = function

        def forward(self, x):
            return self.function(x)

    def convolutions(first, second):
        return [nn.Conv2d(1, first, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(first, second, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()]

    def block(inputs, filters):
        return [nn.Conv2d(inputs, filters, 3, padding=1), nn.ReLU(), nn.BatchNorm2d(filters), nn.MaxPool2d(2)]

    parts = {
        "lenet": lambda: [nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10)],
        "model1": lambda: [*convolutions(16, 32), nn.Linear(512, 32), nn.Unflatten(1, (1, 32)), Recurrent(nn.LSTM(32, 160, batch_first=True)), nn.Linear(160, 10)],
        "model3": lambda: [*convolutions(8, 32), nn.Linear(512, 64), nn.ReLU(), nn.Linear(64, 10)],
        "lstmcnn": lambda: [nn.BatchNorm1d(28), Recurrent(nn.LSTM(28, 64, batch_first=True), True), Apply(lambda x: x.transpose(1, 2)), nn.Conv1d(64, 64, 3), nn.ReLU(), nn.Flatten(), nn.Linear(26 * 64, 10)],
        "lstm": lambda: [Recurrent(nn.LSTM(shape[1], 128, batch_first=True)), nn.Linear(128, 10)],
        "rnn": lambda: [Recurrent(nn.RNN(shape[1], 128, batch_first=True)), nn.Linear(128, 10)],
        "knn": lambda: [*block(1, 32), *block(32, 64), Apply(lambda x: x.permute(0, 2, 3, 1).flatten(2)), Recurrent(nn.LSTM(448, 128, batch_first=True), True), nn.Flatten(), nn.Linear(7 * 128, 128), nn.ReLU(), nn.Linear(128, 10)],
    }
    return nn.Sequential(*parts[kind]())


def time_torch(kind, shape, batch, steps, compiled=False):
    import torch

    model = torch_model(kind, shape)
    if compiled:
        model = torch.compile(model)
    loss = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    sample = (batch, shape[2], *shape[:2]) if len(shape) == 3 else (batch, *shape)
    inputs = torch.rand(sample)
    labels = torch.arange(batch) % 10
    times = []
    for step in range(steps + 3):
        begun = time.perf_counter()
        optimizer.zero_grad()
        loss(model(inputs), labels).backward()
        optimizer.step()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times[3:])


def time_compiled_torch(*case):
    return time_torch(*case, compiled=True)


# What each contender is measured by; the quickest way counts, and each is named beside it.
MEASURES = {"Keras": {"": time_keras}, "PyTorch": {"eager": time_torch, "torch.compile": time_compiled_torch}}


def main(contender):
    only = os.environ.get("ENGINE_CASE", "")
    rows = []
    for name, kind, shape, batch, steps in CASES:
        if only not in name:
            continue
        found = {}
        for way, measure in MEASURES[contender].items():
            try:
                found[way] = round(measure(kind, shape, batch, steps), 2)
            except Exception as error:  # one case that fails must not hide the others
                print(f"{contender}, {way} {name}: {str(error).splitlines()[0]}", file=sys.stderr)
        if not found:
            continue
        rows.append({"name": name, "value": min(found.values()), "unit": "ms/step", "contender": contender})
        if len(found) > 1:
            rows += [{"name": f"{name}: {way}", "value": value, "unit": "ms/step", "contender": contender} for way, value in found.items()]
    return rows


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(main(sys.argv[1])))
    else:
        # Each in a process of its own: TensorFlow and PyTorch bring two copies of LLVM, which end a process that loads both.
        together = []
        for contender in MEASURES:
            answer = subprocess.run([sys.executable, __file__, contender], stdout=subprocess.PIPE, text=True)
            if answer.returncode == 0:
                together += json.loads(answer.stdout.strip().splitlines()[-1])
            else:
                print(f"{contender} ended with {answer.returncode}", file=sys.stderr)
        print(json.dumps(together))
