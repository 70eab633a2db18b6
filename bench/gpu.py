"""The cases of gpu-cases.json in PyTorch with cuDNN, in full float32 as paperlab computes: median milliseconds per training step, one JSON array on the last line."""
import json
import os
import pathlib
import statistics
import sys
import time

from engine import torch_model

CASES = json.loads((pathlib.Path(__file__).parent / "gpu-cases.json").read_text())


def time_on_gpu(torch, kind, shape, batch, steps):
    device = torch.device("cuda")
    model = torch_model(kind, shape).to(device)
    loss = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    sample = (batch, shape[2], *shape[:2]) if len(shape) == 3 else (batch, *shape)
    inputs = torch.rand(sample, device=device)
    labels = torch.arange(batch, device=device) % 10
    times = []
    for _ in range(6):
        torch.cuda.synchronize()
        begun = time.perf_counter()
        for _ in range(steps):
            optimizer.zero_grad()
            loss(model(inputs), labels).backward()
            optimizer.step()
        torch.cuda.synchronize()
        times.append((time.perf_counter() - begun) * 1000 / steps)
    return statistics.median(times[2:])


def main():
    import torch

    if not torch.cuda.is_available():
        sys.exit("PyTorch finds no GPU here.")
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    print(f"PyTorch {torch.__version__}, cuDNN {torch.backends.cudnn.version()}, {torch.cuda.get_device_name()}", file=sys.stderr)
    only = os.environ.get("ENGINE_CASE", "")
    rows = []
    for case in CASES:
        for batch in case["batches"]:
            name = f"{case['title']}, batch {batch}"
            if only not in name:
                continue
            try:
                value = time_on_gpu(torch, case["kind"], tuple(case["shape"]), batch, case["steps"])
                rows.append({"name": name, "value": round(value, 3), "unit": "ms/step", "contender": "PyTorch"})
            except Exception as error:  # one case that fails must not hide the others
                print(f"PyTorch, {name}: {error}", file=sys.stderr)
    print(json.dumps(rows))


main()
