"""One training by Keras of a case that engine-keras.test.ts wrote; prints losses and weights as JSON on the last line."""
import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
from keras import layers as L

case = json.load(open(sys.argv[1]))
shape = tuple(case["shape"])
head = [L.Dense(4, activation="softmax")]
bodies = {
    "convolutions": lambda: [
        L.Conv2D(5, 3, padding="same", activation="relu"),
        L.BatchNormalization(epsilon=1e-3, momentum=0.9),
        L.MaxPooling2D(2),
        L.Conv2D(6, 2, activation="tanh"),
        L.AveragePooling2D(2),
        L.Flatten(),
    ],
    "lstm": lambda: [L.LSTM(7, return_sequences=True), L.LSTM(5)],
    "simple-rnn": lambda: [L.SimpleRNN(7)],
}
optimizers = {
    "sgd": lambda: keras.optimizers.SGD(0.05),
    "momentum": lambda: keras.optimizers.SGD(0.02, momentum=0.9, nesterov=True),
    "adam": lambda: keras.optimizers.Adam(0.005),
    "rmsprop": lambda: keras.optimizers.RMSprop(0.002),
}
model = keras.Sequential([L.Input(shape), *bodies[case["name"]](), *head])
for layer, given in zip(model.layers, case["weights"], strict=True):
    layer.set_weights([np.array(values, "float32").reshape(own.shape) for values, own in zip(given, layer.get_weights(), strict=True)])
model.compile(optimizer=optimizers[case["optimizer"]](), loss="sparse_categorical_crossentropy")
inputs = np.array(case["inputs"], "float32").reshape(-1, *shape)
labels = np.array(case["labels"])
losses = []
for _ in range(case["steps"]):
    # Else it answers with the mean over all steps so far.
    model.reset_metrics()
    losses.append(float(model.train_on_batch(inputs, labels)))
weights = [np.asarray(weight).ravel().tolist() for layer in model.layers for weight in layer.get_weights()]
print(json.dumps({"losses": losses, "weights": weights}))
