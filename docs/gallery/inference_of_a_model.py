"""Energy of a token that nobody measured.

A 70B model on H100 and B200, at batches from 1 to 256. Batch decides more than the device: a machine
that serves one request at a time reads all weights for each token.
"""

from lca.workloads import inference_energy

print("J/token      batch 1             8                 64                256")
for device, count in (("nvidia-h100-sxm5-80gb", 4), ("nvidia-b200-sxm-180gb", 2)):
    cells = []
    for batch in (1, 8, 64, 256):
        found = inference_energy(70e9, 70e9, device, count, "bf16", batch, 400)
        low, middle, high = (3.6e6 * value for value in (found.p5, found.p50, found.p95))
        cells.append(f"{middle:.2g} ({low:.2g} to {high:.2g})")
    print(f"{device.split('-')[1]} x{count}:", "  ".join(cell.ljust(17) for cell in cells))
