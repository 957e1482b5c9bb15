"""PyTorch's loop of the race, in a process of its own: beside TensorFlow it can end both.

Both bring an LLVM, and where those meet in one process, it aborts. tools/benchmark.py starts this
file, sends pickles to its stdin and reads the answers, in pickles, from its stdout: first the
images, then the options of a loop, then any number of ``(method, argument)``.
"""

import pickle
import sys

import torch


def make(train, train_labels, weights, **options):
    """Make the training of the other loops in eager PyTorch."""
    hidden, classes = torch.nn.Linear(784, 128), torch.nn.Linear(128, 10)
    with torch.no_grad():
        for layer, (W, b) in ((hidden, weights[:2]), (classes, weights[2:])):
            layer.weight.copy_(torch.from_numpy(W.T))
            layer.bias.copy_(torch.from_numpy(b))
    layers = torch.nn.Sequential(torch.nn.Flatten(), hidden, torch.nn.ReLU(), classes)
    optimizer = torch.optim.Adam(layers.parameters(), eps=1e-7, **options)  # as in Keras
    loss_of = torch.nn.CrossEntropyLoss()
    train = torch.from_numpy(train)
    labels = torch.from_numpy(train_labels.astype("int64"))

    def model(pixels):
        return layers(pixels.float() / 255)

    def epoch(order):
        total = 0.0
        for batch in torch.from_numpy(order):
            optimizer.zero_grad()
            loss = loss_of(model(train[batch]), labels[batch])  # forward, loss
            loss.backward()  # gradient
            optimizer.step()  # update
            total += loss.detach()
        return float(total) / len(order)

    def predict(x):
        with torch.no_grad():
            return model(torch.from_numpy(x)).numpy()

    return {"epoch": epoch, "predict": predict}


def serve(questions, answers):
    """Answer until nobody asks any more."""

    def answer(value):
        pickle.dump(value, answers)
        answers.flush()

    images = pickle.load(questions)
    answer("ready")
    methods = make(*images, **pickle.load(questions))
    answer("ready")
    while True:
        try:
            method, argument = pickle.load(questions)
        except EOFError:
            return
        answer(methods[method](argument))


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
